#!/bin/bash
# dedup_sizes.sh - nothing at all, records larger than a batch, records at the limit, and thousands of small files.
set -eu
fail() { echo "dedup_sizes.sh: $*" >&2; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }
run() { "$WIREPRINT" dedup -q -o kept --removed removed --stories stories --matches matches --summary summary.json "$@" 2> err.txt; }

# Empty inputs of every kind are no error, and give empty answers.
: > empty.jsonl
gzip -kc empty.jsonl > empty.gz
printf '\n\n   \n\r\n' > blank.jsonl
printf '\xef\xbb\xbf' > mark.jsonl
mkdir none
for input in empty.jsonl empty.gz blank.jsonl mark.jsonl none /dev/null; do
    run "$input" || fail "$input: exit status $?"
    [ "$(count read)" = 0 ] && [ "$(count kept)" = 0 ] || fail "$input: read $(count read)"
    [ ! -s kept ] && [ ! -s removed ] && [ ! -s stories ] && [ "$(wc -l < matches)" = 1 ] || fail "$input: something came out"
done
run - < /dev/null || fail "empty standard input"
printf '\xef\xbb\xbf{"id":"m","text":"after a byte order mark"}\r\n' > mark.jsonl
run mark.jsonl empty.jsonl empty.gz
[ "$(count kept)" = 1 ] && [ "$(count rejected)" = 0 ] && grep -q '"m"' kept || fail "a byte order mark"

# A text of 3 MB is larger than a batch; its copy with another beginning is found; neighbours are as ever.
cat > large.py <<'END'
import random
rng = random.Random(4)
words = ["%x" % rng.getrandbits(40) for _ in range(280000)]
text = " ".join(words)
for i, t in enumerate(["small one before", text, "small one between", "other beginning " * 50 + text[1000:], "small one after"]):
    print('{"id":"%d","text":"%s"}' % (i, t))
END
python3 large.py > large.jsonl
[ "$(wc -c < large.jsonl)" -gt 6000000 ] || fail "the large record is not large"
for threads in 1 4; do
    run large.jsonl --threads $threads
    [ "$(cut -f 1,2,3 matches | tail -n +2)" = "$(printf '1\t3\tcopy')" ] || fail "large records: $(cat matches)"
    grep -v '^{"id":"3"' large.jsonl | cmp - kept && grep '^{"id":"3"' large.jsonl | cmp - removed || fail "large records are not as they came"
done
gzip -1 < large.jsonl | run - --memory 64M
grep -v '^{"id":"3"' large.jsonl | cmp - kept || fail "large records through a pipe"

# --max-record counts the bytes of a line without its end: at the limit is good, one more is not.
line='{"id":1,"text":"0123456789"}'
printf '%s\n{"id":2,"text":"0123456789x"}\n%s' "$line" "$line" > limit.jsonl
run limit.jsonl --max-record ${#line}
[ "$(count rejected_too_long)" = 1 ] && [ "$(count read)" = 3 ] && grep -q '^limit.jsonl:2: ' err.txt || fail "--max-record"
run large.jsonl --max-record 1M
[ "$(count rejected_too_long)" = 2 ] && [ "$(count kept)" = 3 ] || fail "--max-record 1M: $(count rejected_too_long) rejected"
grep -q '^large.jsonl:2: ' err.txt && grep -q '^large.jsonl:4: ' err.txt || { cat err.txt; fail "lines too long are not told with their place"; }
[ "$(grep -c small kept)" = 3 ] || fail "neighbours of lines that are too long"

# Two thousand small files, in a tree; every second one compressed.
python3 - <<'END'
import gzip, os, random
rng = random.Random(9)
words = ["v%d" % i for i in range(3000)]
texts = []
whole = []
for i in range(2000):
    text = " ".join(rng.choice(words) for _ in range(40)) if i % 5 else rng.choice(texts or ["start"])
    texts.append(text)
    line = ('{"id":"f%04d","text":"%s"}\n' % (i, text)).encode()
    whole.append(line)
    os.makedirs("tree/%02d" % (i // 100), exist_ok=True)
    data = gzip.compress(line, 1) if i % 2 else line.rstrip(b"\n")
    open("tree/%02d/%04d" % (i // 100, i), "wb").write(data)
open("whole.jsonl", "wb").write(b"".join(whole))
END
run whole.jsonl --threads 1
for answer in kept removed stories matches; do mv $answer whole.$answer; done
for threads in 1 3; do
    run tree --threads $threads
    [ "$(count files)" = 2000 ] && [ "$(count read)" = 2000 ] || fail "read $(count read) of $(count files) files"
    for answer in kept removed stories matches; do cmp $answer whole.$answer || fail "$answer of many small files"; done
done
[ "$(wc -l < removed)" -ge 350 ] || fail "no copies in many small files"
# Few descriptors are enough.
(ulimit -n 100 && run tree) || { cat err.txt; fail "with 100 descriptors"; }
cmp kept whole.kept || fail "with 100 descriptors: other records"
