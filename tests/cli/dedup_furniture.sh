#!/bin/bash
# dedup_furniture.sh - --furniture FILE: what was learnt is written with the other outputs, and only with them, read
# back it gives the same stories, it helps the first articles of an owner; the same bytes for any threads, memory,
# compression and way in; --no-furniture; what does not go together. explain takes the same file.
set -eu
fail() { echo "dedup_furniture.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }

# 400 stories in up to four of five outlets, each of which has a sidebar, a sign-off and its daily cookie pages.
cat > make.py <<'END'
import json, random, sys
rng = random.Random(7)
letters = "abcdefghijklmnopqrstuvwxyz"
word = lambda: "".join(rng.choice(letters) for _ in range(rng.randint(3, 8)))
words = lambda n: " ".join(word() for _ in range(n))
outlets = [f"outlet{i}.example" for i in range(5)]
side = {o: (words(60), words(25), words(50)) for o in outlets}
first, later = open("first.jsonl", "w"), open("later.jsonl", "w")
number = 0
def put(out, outlet, title, text, day):
    global number
    number += 1
    out.write(json.dumps({"id": f"a{number}", "url": f"https://www.{outlet}/{number}", "title": title,
                          "date": f"2021-05-{day:02}", "text": text}) + "\n")
for story in range(400):
    out = first if story < 395 else later
    title, text = words(6), words(120)
    for outlet in rng.sample(outlets, rng.randint(1, 4)):
        put(out, outlet, title + " " + word(), f"{title}. {text}\n{side[outlet][0]}\n\n{words(12)} {side[outlet][1]}", 10 + story % 15)
for day in range(12):
    for outlet in outlets:
        put(first, outlet, words(5), side[outlet][2] + f" {word()} {word()}", 10 + day)
title = words(5)
for _ in range(2):
    put(later, outlets[0], title, side[outlets[0]][2] + f" {word()} {word()}", 28)
END
python3 make.py
run() { "$WIREPRINT" dedup -q --summary summary.json "$@"; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }

run first.jsonl --stories plain
run first.jsonl --stories stories --furniture known.tsv -o kept
cmp plain stories || fail "--furniture changes the stories of a first run"
expect summary.json '"furniture": "on"'
[ "$(head -1 known.tsv)" = "$(printf 'owner\tcount\tfirst_seen\tpassage\tspan')" ] || fail "header"
[ "$(tail -n +2 known.tsv | cut -f 1 | sort -u | grep -c 'outlet.\.example\|\*')" -ge 5 ] || fail "owners: $(cut -f 1 known.tsv)"
[ "$(count furniture_passages)" = $(($(wc -l < known.tsv) - 1)) ] || fail "passages in the summary"
[ "$(tail -n +2 known.tsv | cut -f 3 | sort | head -1)" = 2021-05-10 ] || fail "first_seen"
# Each sidebar stands there, word for word.
python3 - <<'END'
import json
side = {}
for line in open("first.jsonl"):
    article = json.loads(line)
    parts = article["text"].split("\n")
    if len(parts) > 1: side[article["url"].split("/")[2][4:]] = parts[1]
rows = [line.rstrip("\n").split("\t") for line in open("known.tsv")][1:]
for owner, text in side.items():
    articles = sum(text in line and owner in line for line in open("first.jsonl"))
    found = [row for row in rows if row[0] == owner and text in row[3]]
    assert len(found) == 1, (owner, found)
    assert int(found[0][1]) == articles, (owner, found[0][1], articles)
END

# The same bytes, however it comes in.
gzip -k first.jsonl
split -n l/2 first.jsonl part.
gzip part.aa
mkfifo pipe
i=0
for args in "first.jsonl --threads 1" "first.jsonl --threads 5" "first.jsonl.gz --threads 3" "first.jsonl --memory 64M" \
    "first.jsonl.gz --memory 64M --threads 2" "part.aa.gz part.ab --threads 2"; do
    rm -f other.tsv
    run $args --furniture other.tsv
    cmp known.tsv other.tsv || fail "$args"
done
rm other.tsv
run - --furniture other.tsv < first.jsonl
cmp known.tsv other.tsv || fail "standard input"
rm other.tsv
cat first.jsonl.gz > pipe & run pipe --furniture other.tsv
cmp known.tsv other.tsv || fail "a pipe"

# Again, with what is known: the same stories and passages, counted on.
for threads in 1 4; do
    cp known.tsv again.tsv
    run first.jsonl.gz --stories stories --furniture again.tsv --threads $threads
    cmp plain stories || fail "other stories with what was learnt from them"
    cmp <(cut -f 1,3- known.tsv | sort) <(cut -f 1,3- again.tsv | sort) || fail "other passages"
    [ "$(cut -f 2 again.tsv | awk '{n += $1} END {print n}')" -gt "$(cut -f 2 known.tsv | awk '{n += $1} END {print n}')" ] ||
        fail "nothing was counted on"
done
gzip -c known.tsv > known.tsv.gz
run first.jsonl --stories stories --furniture known.tsv.gz
cmp plain stories || fail "a compressed file of furniture"
gzip -dc known.tsv.gz | cmp - again.tsv || fail "it is not written compressed"

# A cold start: two cookie pages of an outlet are a story, unless it is known what they are.
run later.jsonl --stories stories
tail -2 later.jsonl | sed 's/.*"id": "\([^"]*\)".*/\1/' > pages
grep -q "\"id\":\"$(head -1 pages)\"" stories || fail "the pages are apart without the file"
cp known.tsv later.tsv
run later.jsonl --stories stories --furniture later.tsv
grep -q "\"id\":\"$(head -1 pages)\"" stories && fail "the pages are together with the file"
[ "$(count banners)" = 2 ] || fail "$(count banners) banners"
[ "$(wc -l < later.tsv)" = "$(wc -l < known.tsv)" ] || fail "what was known is lost"

"$WIREPRINT" explain $(cat pages) --in later.jsonl > out.txt
expect out.txt 'copy by'
expect out.txt 'Not known here: what is furniture (see --furniture)'
"$WIREPRINT" explain $(cat pages) --in later.jsonl --furniture known.tsv > out.txt
expect out.txt 'none by'
expect out.txt '{{'
grep -Eq '^words +2 +2$' out.txt || fail "explain counts furniture"
"$WIREPRINT" explain $(cat pages) --in later.jsonl --furniture known.tsv --json | grep -q '"furniture_a":\[\[0,[0-9]*\]\]' || fail "ranges"
"$WIREPRINT" explain $(cat pages) --in later.jsonl --furniture known.tsv --color always | grep -qF "$(printf '\033[2m')" || fail "not dim"

# Without: nothing is learnt.
run first.jsonl --no-furniture --stories stories
expect summary.json '"furniture": "off"'
[ "$(count furniture_shingles)" = 0 ] || fail "learnt with --no-furniture"
cmp -s plain stories && fail "--no-furniture changes nothing"

# What goes wrong leaves the file as it was, and names it.
refuse() { local code=0; "$WIREPRINT" "$@" > /dev/null 2> err.txt || code=$?; [ $code -ge 2 ] || fail "exit $code: $*"; }
cp known.tsv before.tsv
printf 'outlet0.example\tmany\t\tone two three four five\t5\n' >> known.tsv
cp known.tsv bad.tsv
refuse dedup first.jsonl --furniture bad.tsv --stories stories
expect err.txt "bad.tsv:$(wc -l < bad.tsv): the count is no number"
cmp known.tsv bad.tsv || fail "a bad file was replaced"
refuse explain a b --in later.jsonl --furniture bad.tsv
expect err.txt "bad.tsv:$(wc -l < bad.tsv): the count is no number"
refuse explain a b --in later.jsonl --furniture missing.tsv
expect err.txt missing.tsv
cp before.tsv known.tsv
refuse dedup first.jsonl --furniture known.tsv --stories missing/stories
cmp known.tsv before.tsv || fail "a run that failed replaced the file"
echo 'no record' | cat first.jsonl - > strict.jsonl
refuse dedup --strict strict.jsonl --furniture known.tsv
cmp known.tsv before.tsv || fail "a strict run that failed replaced the file"
refuse dedup first.jsonl --furniture known.tsv --no-furniture
expect err.txt 'exclude each other'
refuse dedup first.jsonl --furniture known.tsv --match jaccard:0.5
expect err.txt '--match story only'
refuse dedup first.jsonl --furniture -
refuse dedup first.jsonl --furniture first.jsonl
refuse dedup first.jsonl --furniture known.tsv --stories known.tsv
expect err.txt 'two outputs'
[ -z "$(ls -A | grep '\.tmp$' || true)" ] || fail "temporary files are left"

# From fingerprints alone nothing new is learnt, and what is known stays.
cp known.tsv sketch.tsv
run first.jsonl --verify sketch --furniture sketch.tsv
cmp <(cut -f 1,3- known.tsv | sort) <(cut -f 1,3- sketch.tsv | sort) || fail "--verify sketch"
