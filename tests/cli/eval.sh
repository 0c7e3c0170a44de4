#!/bin/bash
# eval: labelled pairs, clusters and what is kept apart, text and JSON, bad input told with file and line. Values worked out by hand.
set -eu
fail() { echo "eval.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }

cat > stories.jsonl <<'END'
{"story":"s1","lead":"a","size":3,"members":[{"id":"a","relation":"lead"},{"id":"b"},{"id":"c"}]}
{"story":"s2","lead":"d","size":2,"members":[{"id":"d"},{"id":7}]}
END

# Pairs: (a b) and (d 7) rightly together, (a c) wrongly, (a d) rightly apart, (e f) missed.
printf 'id_a\tid_b\tlabel\trel\tconfidence\tweight\na\tb\tcopy\tcross\thigh\t6\na\tc\ttemplate\tcross\tlow\t2\n' > pairs.tsv
printf 'a\td\texcerpt\tcross\thigh\t1\nd\t7\tversion\tsame\thigh\t1\ne\tf\tcopy\tcross\tlow\t2\n' >> pairs.tsv
"$WIREPRINT" eval stories.jsonl pairs.tsv > pairs.txt
expect pairs.txt "5 labelled pairs, 3 of one story"
# cross, all, weighted: tp 6, fp 2, fn 2; flat: tp 1, fp 1, fn 1; high: all right
grep -Eq '^cross +all +weighted +4 +0\.750 +0\.750 +0\.750$' pairs.txt || fail "cross all weighted"
grep -Eq '^cross +all +flat +4 +0\.500 +0\.500 +0\.500$' pairs.txt || fail "cross all flat"
grep -Eq '^cross +high +flat +2 +1\.000 +1\.000 +1\.000$' pairs.txt || fail "cross high flat"
expect pairs.txt "story s1 of 3 articles, 1 labelled pairs"
"$WIREPRINT" eval stories.jsonl pairs.tsv --json > pairs.json
expect pairs.json '"worst_merge":{"story":"s1","size":3,"wrong_pairs":1}'
expect pairs.json '"rel":"same","confidence":"all","pairs":1'

# Clusters: found {a b c} {d 7}, true {a b} {c d 7}: pairs 4 found, 4 true, 2 common, of 10.
printf 'a\tx\nb\tx\nc\ty\nd\ty\n7\ty\n' > gold.tsv
gzip -k gold.tsv
"$WIREPRINT" eval stories.jsonl gold.tsv.gz --json > clusters.json
expect clusters.json '"articles":5,"found_pairs":4,"true_pairs":4,"common_pairs":2'
expect clusters.json '"pairs":{"precision":0.500000,"recall":0.500000,"f1":0.500000}'
expect clusters.json '"adjusted_rand":0.166667'         # (2 - 1.6) / (4 - 1.6)
expect clusters.json '"bcubed":{"precision":0.733333'   # (2/3 + 2/3 + 1/3 + 1 + 1) / 5
expect clusters.json '"worst_merge":{"story":"s1","size":3,"wrong_pairs":2,"parts":2'
"$WIREPRINT" eval stories.jsonl gold.tsv --json --articles 10 | grep -qF '"adjusted_rand":0.451220' || fail "--articles"
"$WIREPRINT" eval stories.jsonl stories.jsonl | grep -qF 'no wrong merge' || fail "the same twice"
"$WIREPRINT" eval - gold.tsv --json < stories.jsonl | cmp - clusters.json || fail "standard input"

# Apart: of (a c), (a d), (b x) only the first are in one story; an article in a story of its own stands alone.
printf 'id_a\tid_b\twhy\na\tc\tsidebar\na\td\tsidebar\nb\tx\tsidebar\n' > apart.tsv
"$WIREPRINT" eval stories.jsonl apart.tsv --apart > apart.txt
printf '3 pairs to be kept apart, merged: 1\n  a and c: story s1\n' | cmp - apart.txt || fail "pairs apart"
"$WIREPRINT" eval stories.jsonl apart.tsv --apart --json > apart.json
expect apart.json '{"kind":"apart","of":"pairs","listed":3,"merged":1,"wrong":[{"id_a":"a","id_b":"c","story":"s1"}]}'
printf '{"story":"s3","members":["q"]}\n' | cat stories.jsonl - > more.jsonl
printf 'title\tid\nT\tq\nT\tb\nT\tx\nT\t7\n' > alone.tsv
"$WIREPRINT" eval more.jsonl alone.tsv --apart > alone.txt
printf '4 articles to be kept apart, merged: 2\n  b: story s1\n  7: story s2\n' | cmp - alone.txt || fail "articles apart"
"$WIREPRINT" eval more.jsonl alone.tsv --apart --json > alone.json
expect alone.json '"of":"articles","listed":4,"merged":2,"wrong":[{"id":"b","story":"s1"},{"id":"7","story":"s2"}]}'

# What is wrong is told, with its place.
refuse() {
    local code=$1 words=$2; shift 2
    local got=0
    "$WIREPRINT" eval "$@" > out.txt 2> err.txt || got=$?
    [ "$got" = "$code" ] || fail "exit status $got instead of $code for: $*"
    [ ! -s out.txt ] || fail "something was printed for: $*"
    expect err.txt "$words"
}
printf 'a\tx\nb\n' > bad.tsv
refuse 3 'bad.tsv:2: ' stories.jsonl bad.tsv
printf '{"members":[1]}\n{"members":[\n' > bad.jsonl
refuse 3 'bad.jsonl:2: ' bad.jsonl gold.tsv
refuse 3 'missing.tsv' stories.jsonl missing.tsv
refuse 2 'two files' stories.jsonl
refuse 2 '--articles 3' stories.jsonl gold.tsv --articles 3
refuse 3 'gold.tsv:1: ' stories.jsonl gold.tsv --apart
