#!/bin/bash
# dedup_common.sh - shingles of so many articles that not all their pairs are made are counted, and told when a set rule
# was asked for.
set -eu
fail() { echo "dedup_common.sh: $*" >&2; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }
# 2,100 articles of twelve shared words and eight of their own: 16 shingles each, all of them samples; 8 are shared.
python3 - <<'END'
with open("dump.jsonl", "w") as f:
    for n in range(2100):
        text = ["shared%d" % i for i in range(12)] + ["own%dx%d" % (n, i) for i in range(8)]
        f.write('{"id":%d,"text":"%s"}\n' % (n, " ".join(text)))
END
run() { "$WIREPRINT" dedup "$@" --summary summary.json 2> err.txt; }
for threads in 1 3; do
    run dump.jsonl --match jaccard:0.9 --threads $threads
    [ "$(count common_shingles)" = 8 ] && [ "$(count common_postings)" = 16800 ] ||
        fail "$(count common_shingles) shingles of $(count common_postings) articles, not 8 of 2100"
    grep -q '^warning: 8 shingles are in more than 2000 articles each' err.txt || { cat err.txt; fail "not told"; }
done
run dump.jsonl --match jaccard:0.9 --quiet
[ ! -s err.txt ] || fail "--quiet is not quiet"
run dump.jsonl --match simhash:3
grep -q '^warning: 8 shingles' err.txt || fail "simhash: not told"
# The default rule looks for stories: chains are how it works, and no warning.
run dump.jsonl
[ "$(count common_shingles)" = 8 ] || fail "story: $(count common_shingles)"
grep -q warning err.txt && fail "story: a warning"
# With 2,000 articles every pair is made.
head -n 2000 dump.jsonl > fewer.jsonl
run fewer.jsonl --match jaccard:0.9
[ "$(count common_shingles) $(count common_postings)" = "0 0" ] || fail "2,000 articles: $(count common_shingles)"
grep -q warning err.txt && fail "2,000 articles: a warning"
exit 0
