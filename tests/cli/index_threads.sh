#!/bin/bash
# index_threads.sh - add with any number of threads: the same verdicts, words, exit status and files, whatever is wrong
# with the inputs; it stops at a signal, and a failure does not wait for a stalled pipe.
set -eu
shopt -s nullglob
fail() { echo "index_threads.sh: $*" >&2; exit 1; }
slow=1 # sanitizers take their time to end a process
case ${VARIANT:-} in asan | tsan | ubsan) slow=10 ;; esac
now() { date +%s%3N; }

"$WIREPRINT" gen -n 2000 -o dump.jsonl 2>/dev/null

# Inputs with all that there is: compression, damage, bad lines, blank ones, long ones, no ids, new versions.
python3 - <<'END2'
import json
lines = open("dump.jsonl", "rb").read().splitlines(keepends=True)
bad = [b"no json\n", b"\n", b'{"id":"t"}\n', b'{"id":"u","text":5}\n', b"\xff\xfe\n", b"   \r\n", b"x" * 30000 + b"\n"]
with open("odd.jsonl", "wb") as f:
    for i, line in enumerate(lines[:1000]):
        record = json.loads(line)
        if i % 7 == 0: del record["id"]
        if i % 11 == 0: record["id"] = "same-%d" % (i % 5)
        f.write(json.dumps(record, ensure_ascii=i % 2 == 0).encode() + b"\n")
        if i % 25 == 0: f.write(bad[i // 25 % len(bad)])
END2
tail -n +1001 dump.jsonl | head -n 750 | zstd -q -o whole.zst
head -c $(($(stat -c %s whole.zst) / 2)) whole.zst >cut.zst
tail -n 250 dump.jsonl | gzip >end.gz

# same NAME EXIT ARGUMENT...: adds to an empty index, or to a copy of the index `before`, with 1, 2 and 3 threads.
same() {
    local name=$1 want=$2 t status file
    shift 2
    for t in 1 2 3; do
        rm -rf ix.$t
        [ ! -d before ] || cp -r before ix.$t
        status=0
        "$WIREPRINT" add "ix.$t" "$@" -v v.$t --threads $t --now 2024-05-01 2>err.$t <dump.jsonl || status=$?
        [ "$status" = "$want" ] || { cat err.$t; fail "$name, $t threads: exit status $status, not $want"; }
        [ $t = 1 ] && continue
        cmp v.1 v.$t || fail "$name: other verdicts with $t threads"
        sed "s/ix\.$t/ix.1/g" err.$t | cmp err.1 - || fail "$name: other words with $t threads"
        [ "$(ls ix.1 2>&1)" = "$(ls ix.$t 2>&1 | sed "s/ix\.$t/ix.1/")" ] || fail "$name: other files with $t threads"
        for file in ix.1/*; do
            cmp "$file" "ix.$t/${file##*/}" || fail "$name: ${file##*/} differs with $t threads"
        done
    done
}
inputs="odd.jsonl cut.zst - end.gz"
same everything 1 $inputs --max-record 20000 --commit 333
[ "$(grep -c '"relation":"rejected"' v.1)" -gt 20 ] && grep -q '"replaced":true' v.1 || fail "the load is too smooth"
grep -q '^wireprint add: cut.zst' err.1 || fail "the damage was not told"
same strict 3 $inputs --strict
grep -q '^wireprint add: odd.jsonl:2: ' err.1 || fail "the bad line was not told"
same missing 3 end.gz whole.zst nowhere dump.jsonl
same fields 2 end.gz --text-field ''
[ ! -e ix.1 ] || fail "made an index without a field to read"
"$WIREPRINT" add -q before end.gz whole.zst --now 2024-05-01
same resume 1 $inputs --resume
same again 1 $inputs

# What comes through a pipe is told as it comes, and after a signal what was told is there.
mkfifo pipe
for signal in INT TERM; do
    rm -rf ix
    "$WIREPRINT" add -q ix pipe -v told --commit 10 --threads 2 2>err &
    pid=$!
    exec 8>pipe
    head -n 500 dump.jsonl >&8
    until [ -e ix/manifest ]; do sleep 0.01; done
    kill -$signal "$pid"
    # What comes behind may find nobody to read it.
    tail -n +501 dump.jsonl >&8 2>/dev/null || true
    exec 8>&-
    status=0
    wait "$pid" || status=$?
    [ "$status" = 130 ] || { cat err; fail "$signal: exit status $status"; }
    "$WIREPRINT" export ix --all -o there
    grep -v '"event"' told | head -n "$(wc -l <there)" | wc -l >told.count
    cmp there <(head -n "$(wc -l <there)" dump.jsonl) || fail "$signal: not the first articles"
    [ "$(cat told.count)" = "$(wc -l <there)" ] || fail "$signal: $(cat told.count) told, $(wc -l <there) there"
    "$WIREPRINT" check -q ix || fail "$signal: damaged"
done

# While a pipe is stalled what came through it is told, and a signal is answered.
for t in 1 2; do
    rm -rf ix told
    "$WIREPRINT" add -q ix pipe -v - --threads $t >told 2>err &
    pid=$!
    exec 8>pipe
    head -n 20 dump.jsonl >&8
    until [ "$(grep -vc '"event"' told)" = 20 ]; do sleep 0.01; done
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" = 130 ] || { cat err; fail "a signal while a pipe is stalled: exit status $status"; }
    exec 8>&-
    "$WIREPRINT" export ix --all -o there
    cmp there <(head -n 20 dump.jsonl) || fail "a signal while a pipe is stalled: not what came"
done

# --strict and a bad record, while the pipe stays open, and another one that nobody opens: neither is waited for.
mkfifo unopened
for t in 1 2; do
    rm -rf ix
    "$WIREPRINT" add -q ix pipe unopened --strict --threads $t 2>err &
    pid=$!
    exec 8>pipe
    # What comes behind the bad record may find nobody to read it.
    (head -n 300 dump.jsonl; echo oops; head -n 5 dump.jsonl) >&8 2>/dev/null || true
    begin=$(now) status=0
    wait "$pid" || status=$?
    [ "$status" = 3 ] || { cat err; fail "a bad record in a pipe: exit status $status"; }
    [ $(($(now) - begin)) -le $((3000 * slow)) ] || fail "waited for a stalled pipe"
    grep -q '^wireprint add: pipe:301: ' err || { cat err; fail "the place of a bad record in a pipe"; }
    exec 8>&-
done
