#!/bin/bash
# dedup_pipe.sh - inputs that can be read only once (named pipes, <(...)) also give the records back; what is asked of
# standard output goes there; a reader that closes its end is an error, not a death.
set -eu
fail() { echo "dedup_pipe.sh: $*" >&2; exit 1; }
python3 "$TOP/tests/support/make_dump.py" 1500 31 > dump.jsonl
head -n 800 dump.jsonl > one.jsonl
tail -n +801 dump.jsonl > two.jsonl
"$WIREPRINT" dedup -q one.jsonl two.jsonl -o kept --removed removed --stories stories

run() { timeout 20 "$WIREPRINT" dedup -q "$@" -o kept1 --removed removed1 --stories stories1 || fail "exit status $? for: $*"; }
same() { for answer in kept removed stories; do cmp $answer ${answer}1 || fail "$answer: $*"; done; }
run <(cat one.jsonl) <(gzip -c two.jsonl)
same "two pipes"
mkfifo pipe
cat two.jsonl > pipe &
run one.jsonl pipe
same "a file and a named pipe"
cat one.jsonl > pipe &
run pipe - < two.jsonl
same "a named pipe and standard input"
(head -n 10 one.jsonl; exec tail -n +11 one.jsonl) | run - two.jsonl --threads 1 --memory 64M
same "standard input and a file"
exec 9< one.jsonl
read -r _ <&9
run - <&9 # from where it stands, as a shell would have it
grep -q '"a0"' kept1 && fail "standard input was read from its beginning" || true

# Standard output takes any answer, and nothing else is printed there.
"$WIREPRINT" dedup dump.jsonl -o - 2> err.txt | cmp - kept || fail "-o -"
"$WIREPRINT" dedup dump.jsonl --stories - 2> err.txt | cmp - stories || fail "--stories -"
"$WIREPRINT" dedup dump.jsonl --summary - --quiet 2> err.txt | python3 -c 'import json, sys; assert json.load(sys.stdin)["read"] == 1500' || fail "--summary -"
[ ! -s err.txt ] || fail "--quiet printed something"
"$WIREPRINT" dedup dump.jsonl -o /dev/stdout 2> err.txt | cmp - kept || fail "-o /dev/stdout"
"$WIREPRINT" dedup dump.jsonl > out.txt 2> err.txt
[ ! -s out.txt ] && [ "$(wc -l < err.txt)" -ge 3 ] && grep -q '^1500 records read: ' err.txt || fail "the report"
grep -q "$(printf '\r')" err.txt && fail "progress although standard error is no terminal" || true

# Progress on a terminal, and not with --no-progress.
if command -v script > /dev/null; then
    mkfifo slow
    { sleep 1.2; cat dump.jsonl; } > slow &
    script -qec "$WIREPRINT dedup slow" term.txt > /dev/null < /dev/null
    grep -q "$(printf '\r')" term.txt && grep -q 'articles' term.txt || fail "no progress on a terminal"
    script -qec "$WIREPRINT dedup dump.jsonl --no-progress" term.txt > /dev/null < /dev/null
    grep -q "$(printf '\033')" term.txt && fail "progress with --no-progress" || true
fi

# The other end of standard output goes away.
for i in 1 2 3 4 5 6 7 8; do cat dump.jsonl; done | sed 's/"text": "/&'"x"' /' > large.jsonl
status=0
{ "$WIREPRINT" dedup -q large.jsonl -o - --stories stories2 --match exact 2> err.txt || echo $? > status.txt; } | head -c 10 > /dev/null
status=$(cat status.txt 2> /dev/null || echo 0)
[ "$status" = 3 ] || [ "$status" = 141 ] || fail "a closed standard output: exit status $status"
[ ! -e stories2 ] || fail "a closed standard output: the stories were written"
[ "$(find . -name '*.tmp' -o -name '.stories2*' | wc -l)" = 0 ] || fail "a closed standard output: $(find . -name '*.tmp')"

# An input that changes between the reading and the writing is told: shorter, other bytes of the same size, another file.
for change in shorter other replaced; do
    cp one.jsonl changing.jsonl
    rm -f kept2
    "$WIREPRINT" dedup -q changing.jsonl pipe -o kept2 2> err.txt &
    pid=$!
    exec 8> pipe
    cat two.jsonl >&8
    sleep 0.3
    case $change in
    shorter) truncate -s -5000 changing.jsonl ;;
    other) sed 's/a/e/g' changing.jsonl > x && cat x > changing.jsonl ;;
    replaced) cp one.jsonl x && mv x changing.jsonl ;;
    esac
    exec 8>&-
    status=0
    wait $pid || status=$?
    [ "$status" = 3 ] && [ ! -e kept2 ] && grep -q '^wireprint dedup: changing.jsonl: changed while it was being read' err.txt ||
        { cat err.txt; fail "a changed input ($change): exit status $status"; }
done
