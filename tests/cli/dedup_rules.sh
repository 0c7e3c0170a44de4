#!/bin/bash
# dedup_rules.sh - --match, --verify and --keep, on a few articles whose likeness is worked out by hand.
set -eu
fail() { echo "dedup_rules.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }
lead() { sed -n 's/.*"lead":"\([^"]*\)".*/\1/p' stories; }

# 40 words each: w1..w40, and p20 shares the first 20 of them, p30 the first 30; q is another text.
# Shingles of five: 36 each. p30 shares 26 with w: J = 26/46 = 0.5652, coverage 30/40. p20: 16/56 = 0.2857, 20/40;
# p20 and p30 share the first 20 words too: 16/56. w2 is w in other marks and cases: the same words.
w() { seq -f "w%.0f" -s ' ' "$1" "$2"; }
x() { seq -f "$1%.0f" -s ' ' "$2" "$3"; }
{
    printf '{"id":"w","source":"Daily","date":"2021-01-05","text":"%s"}\n' "$(w 1 40)"
    printf '{"id":"p30","source":"Post","date":"2021-01-03","text":"%s %s"}\n' "$(w 1 30)" "$(x m 1 10)"
    printf '{"id":"p20","source":"Times","date":"2021-01-01","text":"%s %s"}\n' "$(w 1 20)" "$(x n 1 20)"
    printf '{"id":"w2","source":"Cable","text":"%s, %s!"}\n' "$(w 1 7)" "$(w 8 40 | tr w W)"
    printf '{"id":"q","source":"Daily","date":"2020-01-01","text":"%s"}\n' "$(x q 1 40)"
} > in.jsonl
run() { "$WIREPRINT" dedup -q in.jsonl --stories stories --matches matches "$@"; }
matches() { # EXPECTED: "a b relation jaccard" lines
    tail -n +2 matches | awk '{print $1, $2, $3, $5}' > got
    printf '%s\n' "$@" | cmp - got > /dev/null || { cat got >&2; fail "expected: $*"; }
}

run --match exact
matches 'w w2 exact 1.0000'
run --match jaccard:0.5652
matches 'w p30 copy 0.5652' 'w w2 exact 1.0000' 'p30 w2 copy 0.5652'
run --match jaccard:0.57
matches 'w w2 exact 1.0000'
run --match jaccard:0.28
matches 'w p30 copy 0.5652' 'w p20 copy 0.2857' 'w w2 exact 1.0000' 'p30 p20 copy 0.2857' 'p30 w2 copy 0.5652' 'p20 w2 copy 0.2857'
run --match simhash:0
matches 'w w2 exact 1.0000'
grep -v ' q \|^q ' matches > /dev/null
run --match simhash:128
[ "$(tail -n +2 matches | grep -c q)" = 0 ] || fail "simhash:128 pairs what shares nothing" # no candidates without a shared shingle
[ "$(tail -n +2 matches | wc -l)" = 6 ] || fail "simhash:128"

# The default: p30 is a copy by coverage 0.75; half the words are not enough for one, but for an excerpt.
run
expect matches "$(printf 'w\tp30\tcopy\t0.7500\t0.5652\t0.7222')" # 26 of 36 shingles
expect matches "$(printf 'w\tw2\texact\t1.0000\t1.0000\t1.0000')"
grep -q "$(printf 'w\tp20\tcopy')" matches && fail "p20 is no copy of w"
[ "$(wc -l < stories)" = 1 ] || fail "$(wc -l < stories) stories"
expect stories '"size":3'
grep -q p20 stories && fail "an excerpt joined a story"

# --keep: earliest by date, unknown dates last; longest; first; by source in the order of the list.
run --keep earliest
[ "$(lead)" = p30 ] || fail "earliest: $(lead)"
expect stories '{"id":"w","relation":"copy","to":"p30","coverage":0.7500,"jaccard":0.5652}'
expect stories '{"id":"w2","relation":"copy","to":"p30","coverage":0.7500,"jaccard":0.5652}'
run --keep first
[ "$(lead)" = w ] || fail "first: $(lead)"
expect stories '{"id":"w2","relation":"exact","to":"w","coverage":1.0000,"jaccard":1.0000}'
run --keep source:Nobody,Cable,Post
[ "$(lead)" = w2 ] || fail "source: $(lead)"
expect stories '{"id":"w","relation":"exact","to":"w2"'
run --keep source:Post,Cable
[ "$(lead)" = p30 ] || fail "source: $(lead)"
run --keep source:Nobody
[ "$(lead)" = p30 ] || fail "a source that is not there: by date, so p30, not $(lead)"
printf '{"id":"long","source":"Post","date":"2022-01-01","text":"%s %s"}\n' "$(w 1 40)" "$(x z 1 9)" >> in.jsonl
run --keep longest
[ "$(lead)" = long ] || fail "longest: $(lead)"

# --verify sketch says so, everywhere.
run --verify sketch --match jaccard:0.4 --summary summary.json
[ "$(head -n 1 matches | cut -f 7)" = verify ] && [ "$(tail -n +2 matches | cut -f 7 | sort -u)" = sketch ] || fail "matches do not say sketch"
[ "$(grep -c '"verify":"sketch"' stories)" = "$(wc -l < stories)" ] && [ -s stories ] || fail "stories do not say sketch"
expect summary.json '"verify": "sketch"'
"$WIREPRINT" dedup in.jsonl --verify sketch 2>&1 | grep -q 'judged from sketches' || fail "the report does not say sketch"
run --summary summary.json
expect summary.json '"verify": "exact"'
grep -q sketch stories matches && fail "exact answers say sketch"
expect summary.json '"match": "story"'

# Fewer than twelve words: only what is the same.
printf '{"id":1,"text":"one two three four five six seven eight nine ten eleven"}\n%s\n%s\n' \
    '{"id":2,"text":"one two three four five six seven eight nine ten"}' '{"id":3,"text":"One two three, four five six seven eight nine ten."}' > in.jsonl
run
matches '2 3 exact 1.0000'

# A source may be named as its url or host would name it; spaces around names do not count.
{
    printf '{"id":"a","url":"https://news.thecable.ng/1","date":"2021-01-01","text":"%s"}\n' "$(w 1 40)"
    printf '{"id":"b","url":"https://punchng.com/1","date":"2021-01-02","text":"%s"}\n' "$(w 1 40)"
    printf '{"id":"c","source":"The Nation","date":"2021-01-03","text":"%s"}\n' "$(w 1 40)"
} > in.jsonl
for list in www.punchng.com:b PUNCHNG.com:b 'nobody, https://punchng.com/ ,thecable.ng:b' ',,the nation:c' 'thecable.ng:a'; do
    run --keep "source:${list%:*}"
    [ "$(lead)" = "${list##*:}" ] || fail "--keep source:${list%:*} leads to $(lead)"
done
