#!/bin/bash
# explain_story: a line for each member, the weakest link, texts and passages; names cut short; and what is wrong.
set -eu
fail() { echo "explain_story.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }
refuse() { # status, words, arguments
    local status=$1 words=$2 got=0
    shift 2
    "$WIREPRINT" explain "$@" > out.txt 2> err.txt || got=$?
    [ "$got" = "$status" ] || { cat err.txt >&2; fail "exit $got, not $status: $*"; }
    grep -qF -- "$words" err.txt || { cat err.txt >&2; fail "'$words' is not told: $*"; }
    [ ! -s out.txt ] || fail "something printed: $*"
}

python3 - <<'END'
import json
def words(prefix, first, count): return " ".join("%s%d" % (prefix, i) for i in range(first, first + count))
rows = [
    {"id": "lead", "url": "https://one.com/1", "date": "2021-05-01", "title": "The whole of it", "text": words("w", 0, 60)},
    {"id": "near", "url": "https://two.com/1", "date": "2021-05-02T08:30:00Z", "title": "Nearly\nall \x1b[31m",
     "text": words("w", 0, 50) + " " + words("m", 0, 10)},
    {"text": words("w", 10, 42) + " " + words("n", 0, 18)},
    {"id": "else", "text": words("z", 0, 50)},
    {"id": "else too", "text": words("z", 0, 50)},
]
with open("dump.jsonl", "w") as f:
    for row in rows: f.write(json.dumps(row) + "\n")
END
"$WIREPRINT" dedup -q dump.jsonl --stories stories.jsonl
name=$(sed -n 's/^{"story":"\([0-9a-f]*\)","lead":"lead".*/\1/p' stories.jsonl)
[ ${#name} = 16 ] || fail "no story"
story() { "$WIREPRINT" explain --stories stories.jsonl --in dump.jsonl --story "$@"; }

# 42 words of 60 are shared with the lead: the weakest; 38 shingles of 56 + 56 - 38.
story "$name" > out.txt
sed 's/^/> /' > wanted.txt <<END
story $name: 3 articles, the lead is lead

relation  coverage  Jaccard  longest run  date                  article
lead             -        -            -  2021-05-01T00:00:00Z  lead (one.com): The whole of it
copy        0.8333   0.6970           50  2021-05-02T08:30:00Z  near to lead (two.com): Nearly?all ?[31m
copy        0.7000   0.5135           42  -                     dump.jsonl:3 to lead

The weakest link is dump.jsonl:3 to lead: 70.0 % of the shorter text are shared, Jaccard is 0.5135, and the longest run has 42 words.
END
sed 's/^/> /; s/\xef\xbf\xbd/?/g' out.txt | diff wanted.txt - >&2 || fail "text"

# The beginning of the name will do; the dump may be another format, in several files, in another order.
story "${name:0:5}" | cmp - out.txt || fail "a short name"
gzip -k dump.jsonl && head -2 dump.jsonl > two.jsonl && printf '{"id":"dump.jsonl:3","text":"%s"}\n' "$(seq -s ' ' -f 'w%g' 10 51)" > third.jsonl
"$WIREPRINT" explain --story "$name" --stories stories.jsonl --in third.jsonl two.jsonl | grep -qF 'dump.jsonl:3 to lead' || fail "two dumps"
gzip stories.jsonl && "$WIREPRINT" explain --story "$name" --stories stories.jsonl.gz --in dump.jsonl | cmp - out.txt || fail gzip
gunzip stories.jsonl.gz

# Texts.
story "$name" --full > full.txt
head -n "$(wc -l < out.txt)" full.txt | cmp - out.txt || fail "--full: the lines"
expect full.txt 'near to lead'
expect full.txt '--- dump.jsonl:3 ---'
expect full.txt '[[1: w10 w11 '
[ "$(grep -c '^--- lead ---$' full.txt)" = 2 ] || fail "the lead beside each"
story "$name" --color always | grep -qF "$(printf '\033[1mrelation')" || fail color

# For programs.
story "$name" --json > out.json
story "$name" --json --full > full.json
python3 - "$name" <<'END'
import json, sys
x, full = json.load(open("out.json")), json.load(open("full.json"))
assert (x["story"], x["lead"], x["size"]) == (sys.argv[1], "lead", 3), x
assert x["weakest"] == {"id": "dump.jsonl:3", "to": "lead", "coverage": 0.7, "jaccard": 0.5135}, x
lead, near, third = x["members"]
assert lead == {"id": "lead", "relation": "lead", "to": "lead", "coverage": 1, "jaccard": 1, "owner": "one.com",
                "date": "2021-05-01T00:00:00Z", "title": "The whole of it"}, lead
assert (near["longest_run"], near["title"]) == (50, "Nearly\nall \x1b[31m"), near
assert (third["owner"], third["date"], third["title"]) == (None, None, None), third
texts = {json.loads(line).get("id"): json.loads(line)["text"] for line in open("dump.jsonl")}
(passage,) = full["members"][2]["passages"]
assert passage["words"] == 42, passage
assert texts[None][slice(*passage["a"])] == texts["lead"][slice(*passage["b"])], passage
for member in full["members"]: member.pop("passages", None)
assert full == x
END

# One id twice in one story: each record is one of the two members.
printf '{"id":"x","text":"%s"}\n{"id":"x","text":"%s more"}\n' "$(seq -s ' ' 1 40)" "$(seq -s ' ' 1 40)" > same.jsonl
"$WIREPRINT" dedup -q same.jsonl --stories same.out 2> /dev/null
"$WIREPRINT" explain --story '' --stories same.out --in same.jsonl > out.txt
grep -Eq '^copy +1\.0000 +0\.9730 +40 .* x to x$' out.txt || { cat out.txt >&2; fail "one id twice"; }

# What is wrong.
refuse 3 "no story's name begins with 'nothing'" --story nothing --stories stories.jsonl --in dump.jsonl
refuse 2 "the name of more than one story begins with ''" --story '' --stories stories.jsonl --in dump.jsonl
refuse 3 "the story's member 'dump.jsonl:3' is not in the dump" --story "$name" --stories stories.jsonl --in two.jsonl
refuse 3 "3 members of the story are not in the dump, 'lead' is the first" --story "$name" --stories stories.jsonl --in same.jsonl
refuse 3 "nowhere.jsonl: cannot open" --story "$name" --stories nowhere.jsonl --in dump.jsonl
refuse 3 "nowhere.jsonl" --story "$name" --stories stories.jsonl --in nowhere.jsonl
refuse 2 "go together" --story "$name" --in dump.jsonl
refuse 2 "go together" --story "$name" --stories stories.jsonl
refuse 2 "go together" --stories stories.jsonl --in dump.jsonl
refuse 2 "--match is for two articles" --story "$name" --stories stories.jsonl --in dump.jsonl --match exact
echo 'no JSON' > bad.jsonl
refuse 3 "bad.jsonl:1: no JSON object" --story "$name" --stories bad.jsonl --in dump.jsonl
echo '{"story":"s","members":["lead","near"]}' > bare.jsonl
refuse 3 "do not tell what they matched" --story s --stories bare.jsonl --in dump.jsonl
member='{"id":"near","relation":"copy","to":"near","coverage":1,"jaccard":1}'
echo '{"story":"s","members":['"$member,$member"']}' > circle.jsonl
refuse 3 "has no single lead" --story s --stories circle.jsonl --in dump.jsonl
exit 0
