#!/bin/bash
# explain: files and ids, plain, gzip and from standard input; marks, JSON offsets, and what is wrong told clearly.
set -eu
fail() { echo "explain.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }

# 14 and 12 words, 10 of them in one run; 6 of 12 shingles.
printf 'Our man in Lagos: the bridge over the old river will close on Monday.\n' > a.txt
printf 'The BRIDGE over the old river will close, on Monday, he said' > b.txt
"$WIREPRINT" explain a.txt b.txt > out.txt
expect out.txt 'none by --match story: 83.3 % of the shorter text and 71.4 % of the longer one are shared'
expect out.txt '90 % of the shorter makes a copy' # of twelve words
grep -Eq '^words +14 +12$' out.txt || fail words
grep -Eq '^coverage +71\.4 % +83\.3 %$' out.txt || fail coverage
grep -Eq '^Jaccard +0\.5000 ' out.txt || fail Jaccard
grep -Eq '^containment +0\.7500 ' out.txt || fail containment
grep -Eq '^longest run +10 ' out.txt || fail run
expect out.txt 'Our man in Lagos: [[1: the bridge over the old river will close on Monday]].'
expect out.txt '[[1: The BRIDGE over the old river will close, on Monday]], he said'
"$WIREPRINT" explain a.txt b.txt --color always | grep -qF "$(printf '\033[1;32m[1]\033[0;32mthe bridge')" || fail color
"$WIREPRINT" explain a.txt b.txt --match jaccard:0.51 | grep -qF 'none by --match jaccard:0.51: Jaccard is 0.5000, less than 0.51.' ||
    fail jaccard
"$WIREPRINT" explain a.txt - --match jaccard:0.5 < b.txt | grep -qF 'copy by' || fail "standard input"

"$WIREPRINT" explain a.txt b.txt --json > out.json
expect out.json '"relation":"none","match":"story"'
expect out.json '"jaccard":0.500000,"containment":0.750000,"longest_run":10'
expect out.json '"passages":[{"a":[18,68],"b":[0,51],"words":10}]'
[ "$(head -c 68 a.txt | tail -c +19)" = 'the bridge over the old river will close on Monday' ] || fail "offsets in a"
[ "$(head -c 51 b.txt)" = 'The BRIDGE over the old river will close, on Monday' ] || fail "offsets in b"

# Records: in files of their own, and by id in dumps.
cat > dump.jsonl <<'END'
{"id":"one","url":"https://www.punchng.com/x","title":"A bridge","text":"Our man in Lagos: the bridge over the old river will close on Monday."}
not a record
{"id":2,"url":"https://m.punchng.com/y","text":"The BRIDGE over the old river will close, on Monday, he said"}
{"text":"A text without an id, the bridge over the old river will close on Monday at last"}
{"id":"one","text":"The second of this id."}
END
"$WIREPRINT" explain one 2 --in dump.jsonl > out.txt
expect out.txt 'A  one (punchng.com): A bridge'
expect out.txt 'B  2 (punchng.com)'
expect out.txt 'nor is there a passage of 30 words, or enough in pieces'
gzip -k dump.jsonl
"$WIREPRINT" explain one 2 --in dump.jsonl.gz --json | grep -qF '"same_owner":true' || fail gzip
"$WIREPRINT" explain one dump.jsonl:4 --in dump.jsonl --match jaccard:0.3 | grep -qF 'copy by' || fail FILE:LINE
mkdir more && printf '{"id":"far","text":"Elsewhere, the bridge over the old river will close on Monday, the mayor said"}\n' > more/x.jsonl
"$WIREPRINT" explain far one --in dump.jsonl more --match jaccard:0.3 | grep -qF 'copy by' || fail "two dumps"
"$WIREPRINT" explain one one --in dump.jsonl | grep -qF 'The second of this id.' || fail "one id twice"
{ printf '\357\273\277'; head -1 dump.jsonl; } > record.json # a byte order mark is no text
printf '{\n  "id": "p",\n  "text": "The bridge over the old river will close on Monday. Is it?"\n}\n' > pretty.json
"$WIREPRINT" explain record.json pretty.json | grep -qF 'A  record.json (punchng.com): A bridge' || fail "record file"
printf '{"id":"q","body":{"words":"other field"}}\n' > nested.json
"$WIREPRINT" explain nested.json a.txt --text-field body.words | grep -qF 'other field' || fail "nested field"

# What else a run reads: dates, agency lines; and what of it is missing here.
expect out.txt 'Not known here: what is furniture (see --furniture), the date of either.'
python3 - <<'END' # 50 words of 70 are shared, and there are agency lines of four and two words in one
import json
words = lambda stem, n: " ".join(stem + chr(97 + i // 10) + chr(97 + i % 10) for i in range(n))
with open("facts.jsonl", "w") as f:
    for row in ({"id": "a", "source": "One", "date": "05.04.2021", "text": "LAGOS, April 5 (Reuters) - The %s %s. (Post Wire)" % (words("s", 49), words("p", 30))},
                {"id": "b", "source": "Two", "date": "13.04.2021", "text": "The %s %s." % (words("s", 49), words("q", 20))}):
        f.write(json.dumps(row) + "\n")
END
"$WIREPRINT" explain a b --in facts.jsonl > out.txt
expect out.txt 'copy by --match story: 71.4 % of the shorter text'
expect out.txt 'the date of either.'
grep -Eq '^do not count +4 +0   words of agency lines$' out.txt || fail "a dateline counts"
expect out.txt '{{LAGOS, April 5 (Reuters}}'
"$WIREPRINT" explain a b --in facts.jsonl --date-format %d.%m.%Y --json > out.json
expect out.json '"relation":"excerpt"' # nine days apart
expect out.json '"not_known":["furniture"],"a":{"name":"a","owner":"one","title":null,"date":"2021-04-05T00:00:00Z"'
expect out.json '"furniture_a":[[0,23]],"furniture_b":[]'
printf 'agency\tPost Wire\tPost Wire\ten\n' > agencies.tsv
"$WIREPRINT" explain a b --in facts.jsonl --agencies agencies.tsv | grep -Eq '^do not count +6 +0 ' || fail "--agencies"
"$WIREPRINT" explain a b --in facts.jsonl --match jaccard:0.1 > out.txt # of a set rule all words
grep -Eq '^words +86 +70$' out.txt || fail "words of a set rule"
grep -q 'Not known' out.txt && fail "a set rule reads nothing else"
"$WIREPRINT" explain a.txt b.txt | grep -qF 'what is furniture (see --furniture), the owner of either, the date of either.' ||
    fail "plain texts"

# A passage in two long texts that meet in no sampled span, or in too few: no run compares them.
python3 - <<'END'
import json, random
r = random.Random(4)
word = lambda: "".join(r.choice("abcdefghijklmnop") for _ in range(6))
passage = [word() for _ in range(32)]
with open("far.jsonl", "w") as f:
    for name in "x", "y":
        text = [word() for _ in range(400)] + passage + [word() for _ in range(400)]
        f.write(json.dumps({"id": name, "text": " ".join(text)}) + "\n")
END
"$WIREPRINT" dedup -q far.jsonl --matches far.tsv
[ "$(wc -l < far.tsv)" = 1 ] || fail "the run has found the passage"
"$WIREPRINT" explain x y --in far.jsonl > out.txt
expect out.txt 'it is an excerpt by a passage of 32 words'
grep -Eq '^A run may well leave them out: they meet in [0-3] of their sampled spans' out.txt || fail "the run is not told of"
"$WIREPRINT" explain x y --in far.jsonl --json | grep -q '"meetings":[0-3],"candidate":false,' || fail "candidate"

# Nothing that a terminal would obey.
printf 'red \033[31m text' > evil.txt
"$WIREPRINT" explain evil.txt a.txt | grep -q "$(printf '\033')" && fail "an escape came through"

# Long unshared parts are cut, and not with --full.
{ for i in $(seq 300); do printf 'w%d ' "$i"; done; cat a.txt; } > long.txt
"$WIREPRINT" explain long.txt a.txt | grep -qF ' bytes ...] ' || fail "not cut"
"$WIREPRINT" explain long.txt a.txt --full | grep -qF 'w149 w150 w151' || fail "cut in spite of --full"

refuse() {
    local code=$1 words=$2; shift 2
    local got=0
    "$WIREPRINT" explain "$@" > out.txt 2> err.txt < /dev/null || got=$?
    [ "$got" = "$code" ] || fail "exit status $got instead of $code for: $*"
    [ ! -s out.txt ] || fail "something was printed for: $*"
    expect err.txt "$words"
}
refuse 2 'two articles' a.txt
refuse 2 'two articles' a.txt b.txt c.txt
refuse 3 'missing.txt' a.txt missing.txt
refuse 3 "no record has the id 'nobody'" one nobody --in dump.jsonl
refuse 3 "only one record has the id '2'" 2 2 --in dump.jsonl
refuse 3 'missing.jsonl' one 2 --in missing.jsonl
head -1 dump.jsonl > two.jsonl; tail -1 dump.jsonl >> two.jsonl
refuse 2 'more than one record: name them by id' two.jsonl a.txt
printf '{"id":"t"}\n' > textless.json
refuse 3 'textless.json' textless.json a.txt
refuse 2 'a rule is' a.txt b.txt --match sometimes
refuse 2 '--date-format takes' a.txt b.txt --date-format %Q
refuse 3 'missing.tsv' a.txt b.txt --agencies missing.tsv
refuse 2 '--color takes' a.txt b.txt --color pink
refuse 2 'only one of the two' - -
