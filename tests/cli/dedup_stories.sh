#!/bin/bash
# dedup_stories: what a story tells of itself: times, owners, agencies, languages; the largest stories of the summary.
set -eu
fail() { echo "dedup_stories.sh: $*" >&2; exit 1; }
expect() { [ "$1" = "$2" ] || fail "'$1' instead of '$2'"; }
run() { "$WIREPRINT" dedup -q dump.jsonl --stories stories.jsonl --matches matches.tsv --summary summary.json "$@"; }

# a: a dateline of four words, 30 that b has, six of its own. c: b and an agency at its end. d, e: two more texts twice.
python3 - <<'END'
import json
def words(prefix, count): return " ".join("%s%d" % (prefix, i) for i in range(count))
b = words("W", 30) + " " + words("n", 15)
rows = [
    {"id": "a", "url": "https://www.one.com/1", "date": "2021-05-03T10:00:00+01:00", "lang": "en",
     "text": "LAGOS, April 5 (Reuters) - " + words("W", 30) + " " + words("m", 6)},
    {"id": "b", "url": "https://two.com/1", "date": "2021-05-01", "lang": "en", "text": b + "."},
    {"id": "c", "source": 'The "Third"', "lang": "pt-BR", "text": b + ". (NAN)"},
    {"id": "d", "text": words("q", 40)},
    {"id": "e", "text": words("q", 40), "lang": "a language tag of more than 35 bytes is none"},
    {"id": "f", "text": words("x", 40), "date": "2021-05-01", "url": "https://two.com/2"},
    {"id": "g", "text": words("x", 40), "date": "2021-04-30", "url": "https://www.two.com/3", "lang": 7},
]
with open("dump.jsonl", "w") as f:
    for row in rows: f.write(json.dumps(row) + "\n")
END
run
# Of a's 36 words that count 30 are b's, 26 shingles of 36 + 41 - 26. c has one shingle more than b: its last, with NAN.
expect "$(sed -E '1!d; s/"story":"[0-9a-f]{16}"/NAME/' stories.jsonl)" '{NAME,"lead":"b","size":3,"members":['\
'{"id":"a","relation":"copy","to":"b","coverage":0.8333,"jaccard":0.5098,"wire":"Reuters"},'\
'{"id":"b","relation":"lead","to":"b","coverage":1.0000,"jaccard":1.0000},'\
'{"id":"c","relation":"copy","to":"b","coverage":1.0000,"jaccard":0.9762,"wire":"NAN"}],'\
'"first_seen":"2021-05-01T00:00:00Z","last_seen":"2021-05-03T09:00:00Z",'\
'"owners":["one.com","the \"third\"","two.com"],"wire":["NAN","Reuters"],"languages":["en","pt-BR"]}'
expect "$(sed -E '2!d; s/.*\],"first/"first/' stories.jsonl)" '"first_seen":null,"last_seen":null,"owners":[],"wire":[],"languages":[]}'
expect "$(sed -E '3!d; s/.*\],"first/"first/' stories.jsonl)" \
    '"first_seen":"2021-04-30T00:00:00Z","last_seen":"2021-05-01T00:00:00Z","owners":["two.com"],"wire":[],"languages":["7"]}'
expect "$(sed -n 's/.*"lead":"\(.\)".*/\1/p' stories.jsonl | tr '\n' ' ')" 'b d g ' # the earliest; no date: the first

# The largest stories, and their weakest links; names as in the stories.
python3 - <<'END'
import json
told = json.load(open("summary.json"))["largest_stories"]
stories = [json.loads(line) for line in open("stories.jsonl")]
assert [(t["story"], t["size"], t["lead"]) for t in told] == [(s["story"], s["size"], s["lead"]) for s in stories], told
assert [t["weakest"] for t in told] == [
    {"id": "a", "to": "b", "coverage": 0.8333, "jaccard": 0.5098},
    {"id": "e", "to": "d", "coverage": 1.0, "jaccard": 1.0},
    {"id": "f", "to": "g", "coverage": 1.0, "jaccard": 1.0}], told
END

# The same in every run.
cp stories.jsonl first.jsonl
run --threads 1 && cmp stories.jsonl first.jsonl
run --threads 3 --memory 64M && cmp stories.jsonl first.jsonl

# Of two of one date the first leads, and one without a date behind both, wherever it stands.
for order in 'x y z' 'y z x' 'z x y'; do
    for id in $order; do
        case $id in x) date= ;; *) date=2021-05-01 ;; esac
        printf '{"id":"%s","date":"%s","text":"%s"}\n' $id "$date" "$(seq -s ' ' -f 'v%g' 40)"
    done > dated.jsonl
    "$WIREPRINT" dedup -q dated.jsonl --stories dated.out
    grep -qF "\"lead\":\"$(echo "$order" | tr -d 'x ' | cut -c 1)\"" dated.out || fail "the lead of $order"
done

# A field of another name; owners that count as one.
sed 's/"lang"/"tongue"/' dump.jsonl > other.jsonl
"$WIREPRINT" dedup -q other.jsonl --stories other.out --lang-field tongue && cmp other.out first.jsonl
"$WIREPRINT" dedup -q other.jsonl --stories other.out
expect "$(grep -c '"languages":\[\]}' other.out)" 3
echo 'one.com two.com' > owners.txt
run --owners owners.txt
grep -qF '"owners":["one.com","the \"third\""],' stories.jsonl || fail "owners joined"

# A set rule knows nothing of agencies: the dateline counts, and no name is told.
run --match jaccard:0.4
grep -q '"wire"' stories.jsonl && fail "an agency by a set rule"
grep -qF '{"id":"a","relation":"copy","to":"b","coverage":0.7500,"jaccard":0.5098}' stories.jsonl || fail "jaccard"
# From fingerprints alone the name is told.
run --verify sketch
grep -qF '"wire":"NAN"' stories.jsonl || fail "sketch"

# Agencies of one's own.
sed 's/Reuters/Korval/; s/LAGOS, April 5/Lagos/' dump.jsonl > korval.jsonl
"$WIREPRINT" dedup -q korval.jsonl --stories korval.out
grep -qF '"coverage":0.7895,' korval.out || fail "an agency nobody knows" # 30 of 38
printf 'agency\tKNS\tKorval|Korval News Service\ten\n' > agencies.tsv
"$WIREPRINT" dedup -q korval.jsonl --stories korval.out --agencies agencies.tsv
grep -qF '"coverage":0.8333,"jaccard":0.5306,"wire":"KNS"}' korval.out || fail "an agency of one's own" # 26 of 34 + 41 - 26
grep -qF '"wire":["KNS","NAN"]' korval.out || fail "the agencies"
echo 'agency' >> agencies.tsv
"$WIREPRINT" dedup -q korval.jsonl --stories bad.out --agencies agencies.tsv 2> err.txt && fail "a bad table"
grep -q 'agencies.tsv:2: four columns' err.txt || { cat err.txt >&2; fail "not told"; }
[ ! -e bad.out ] || fail "written in spite of it"

# What a site shows instead of its articles is no story, and is told.
{
    printf '{"id":1,"title":"Ferry aground off the northern coast","text":"%s"}\n' "$(seq -s ' ' -f 'banner%g' 40)"
    printf '{"id":2,"title":"Parliament elects another speaker","text":"%s"}\n' "$(seq -s ' ' -f 'banner%g' 40)"
} > banner.jsonl
"$WIREPRINT" dedup banner.jsonl --stories banner.out --no-progress 2> err.txt
[ ! -s banner.out ] || fail "a story of banners"
grep -qx '2 articles are nothing but a banner: no story' err.txt || { cat err.txt >&2; fail "the banners are not told"; }

# More than ten stories: the ten largest, of equals the first.
python3 - <<'END'
import json
with open("dump.jsonl", "w") as f:
    for story in range(14):
        for copy in range(2 + story % 7):
            text = " ".join("s%dw%d" % (story, i) for i in range(30))
            f.write(json.dumps({"id": "%d/%d" % (story, copy), "text": text}) + "\n")
END
run
python3 - <<'END'
import json
told = json.load(open("summary.json"))["largest_stories"]
assert [t["lead"] for t in told] == ["%d/0" % s for s in (6, 13, 5, 12, 4, 11, 3, 10, 2, 9)], told
assert [t["size"] for t in told] == [8, 8, 7, 7, 6, 6, 5, 5, 4, 4], told
END
exit 0
