# index_flags.sh - what an index is told: names of fields, owners, agencies, furniture; what of its input it refuses;
# and the filters that depend on them.
set -eu
fail() { echo "$*"; exit 1; }
W() { "$WIREPRINT" "$@"; }
refuse() { # STATUS WORDS COMMAND...: ends so, with these words and nothing else on standard error
    local want=$1 words=$2 status=0
    shift 2
    W "$@" >out 2>err </dev/null || status=$?
    [ "$status" = "$want" ] || fail "$*: exit status $status, not $want: $(cat err)"
    grep -qF -- "$words" err || fail "$*: does not say '$words': $(cat err)"
}
sample=$TOP/tools/demo/sample.jsonl
total=$(wc -l <"$sample")

# Fields of other names, in one index with the usual ones; every byte comes back, and each load is found.
python3 - "$sample" <<'END2'
import json, sys
with open("other.jsonl", "w") as f, open("deep.jsonl", "w") as g:
    for r in map(json.loads, open(sys.argv[1], encoding="utf-8")):
        y, m, d = r["date"][:10].split("-")
        f.write(json.dumps({"key": "o-" + r["id"], "body": r["text"], "link": r["url"], "head": r["title"],
                            "when": "%s/%s/%s" % (m, d, y), "tongue": "en", "text": "not this", "id": 5}) + "\n")
        g.write(json.dumps({"meta": {"id": "d-" + r["id"], "site": "https://" + r["url"].split("/")[2]}, "words": {"all": r["text"]}}) + "\n")
END2
other="--id-field key --text-field body --url-field link --title-field head --date-field when --lang-field tongue --date-format %m/%d/%Y"
deep="--id-field meta.id --text-field words.all --source-field meta.site"
W add -q mixed "$sample"
W add -q mixed other.jsonl $other -v other.v
W add -q mixed deep.jsonl $deep -v deep.v
grep -qF '"id":"o-courier-0301-1"' other.v || fail "--id-field"
[ "$(grep -c '"relation":"exact"' other.v)" = "$total" ] && [ "$(grep -c '"relation":"exact"' deep.v)" = "$total" ] || fail "--text-field"
W export mixed --all -o all.jsonl --stories mixed.stories && cat "$sample" other.jsonl deep.jsonl | cmp - all.jsonl || fail "export gives other bytes"
python3 - <<'END2'
import json
stories = {s["lead"]: s for s in map(json.loads, open("mixed.stories"))}
s = stories["o-mw-0301-1"] # of a day without a time, which is its midnight: earlier than mw-0301-1
assert s["size"] == 21 and s["languages"] == ["en"] and s["first_seen"] == "2025-03-01T00:00:00Z", s
assert "meridianwire.example" in s["owners"] and "https://meridianwire.example" not in s["owners"], s
END2
W add -q mixed other.jsonl $other -v - | grep -qv '"known":true' && fail "added again what was there"
W compact mixed && W check -q mixed || fail "damaged by compaction"
W find mixed --id o-courier-0301-1 | grep -q '^exact .* courier-0301-1 ' || fail "find --id of a record of other names"
sed -n 1p other.jsonl >one.json
first=$(sed -n '1s/.*"id": *"\([^"]*\)".*/\1/p' "$sample")
W find mixed one.json --text-field body --url-field link | grep -q "^exact .* $first " || fail "find with names of fields"
refuse 3 'one.json: no text field' find mixed one.json --text-field nowhere
refuse 3 'other.jsonl: holds more than one record' find mixed other.jsonl
refuse 3 'there is no text in it' find mixed -
refuse 2 '--text-field needs a value' add mixed other.jsonl --text-field ''
refuse 2 '--date-format takes' add mixed other.jsonl --date-format %Q

# Sister outlets: kept by the index, changed for what is there, too, and for one question.
printf 'korvalpost.example, valleytribune.example # one house\n' >owners
printf 'dailylantern.example korvalpost.example\n' >others
: >none
owned() { W find ix --id courier-0301-1 --json "$@" | python3 -c 'import json, sys; print(*sorted({json.loads(l)["owner"] for l in sys.stdin}))'; }
W add -q ix "$sample" --owners owners
W dedup -q "$sample" --owners owners --stories batch.stories
rm owners
W stats ix --json | grep -qF '"owner_groups":1,"agencies":false,"furniture":true' || fail "stats does not tell what the index was told"
W export ix --stories ix.stories
python3 - <<'END2'
import json
def facts(name):
    return {s["lead"]: [[(m["id"], m.get("wire")) for m in s["members"]]] + [s[k] for k in ("size", "first_seen", "last_seen", "owners", "wire", "languages")]
            for s in map(json.loads, open(name))}
assert facts("batch.stories") == facts("ix.stories")
assert not any("valleytribune.example" in s["owners"] for s in map(json.loads, open("ix.stories")))
END2
W stories ix --owner valleytribune.example --json >a && W stories ix --owner korvalpost.example --json | cmp - a || fail "--owner of a group"
[ -s a ] || fail "--owner finds none"
W find ix --id courier-0301-1 --owner valleytribune.example | grep -q ' post-0301-3 ' || fail "find --owner of a group"
W find ix --id courier-0301-1 --owner valleytribune.example --owners none | grep -q ' post-0301-3 ' && fail "find --owners"
[ "$(owned)" = "$(owned --owners others | sed 's/dailylantern/korvalpost/')" ] && fail "owners are not told by their groups"
W add -q ix "$sample" --owners others # nothing is new but the groups
[ "$(owned --owners others)" = "$(owned)" ] || fail "other owners are not kept"
W add -q ix "$sample" --owners none && owned | grep -q korvalpost.example && owned | grep -q dailylantern.example || fail "an empty file does not part them"
printf 'a.com b.com\nb.com c.com\n' >twice
refuse 2 'twice:2: b.com is in another group already, on line 1' add ix "$sample" --owners twice
refuse 3 'nowhere: cannot open' add ix "$sample" --owners nowhere
refuse 3 'nowhere: cannot open' find ix --id courier-0301-1 --owners nowhere
refuse 2 'standard input' add ix "$sample" --owners -
refuse 2 '--owner takes a name' find ix --id courier-0301-1 --owner ''

# Agencies: of the built-in ones and of a file; their lines are no text.
python3 - <<'END2'
import json
words = lambda stem, n: " ".join(stem + format(i, "03d") for i in range(n))
with open("wire.jsonl", "w") as f:
    def put(id, text): f.write(json.dumps({"id": id, "text": text, "url": "https://%s.com/" % id}) + "\n")
    put("r1", "LAGOS, April 5 (Reuters) - The " + words("bridge", 60) + ".")
    put("r2", "The " + words("bridge", 60) + ".\n\n(Hill Wire)")
    put("h1", "(Hill Wire) - The " + words("flood", 60) + ".")
    put("h2", "The " + words("flood", 60) + ".")
END2
printf 'agency\tHW\tHill Wire\ten\n' >agencies
W add -q wires wire.jsonl
[ "$(W stories wires --agency reuters | wc -l)" = 1 ] && [ -z "$(W stories wires --agency HW)" ] || fail "--agency"
W add -q wires none --agencies agencies
[ "$(W stories wires --agency HW | wc -l)" = 2 ] && [ "$(W stories wires --agency HW -n 1 | wc -l)" = 1 ] || fail "--agencies is not kept"
W stories wires --json | python3 -c '
import json, sys
s = {x["lead"]: x for x in map(json.loads, sys.stdin)}
assert s["r1"]["wire"] == ["HW", "Reuters"], s
assert [m.get("wire") for m in s["h1"]["members"]] == ["HW", None], s'
W find wires --id h2 --json | grep -q '"id":"h1".*"coverage_article":1.0000' || fail "a line of an agency counts as text"
printf 'agency\tHW\n' >bad
refuse 3 'bad:1: four columns' add wires none --agencies bad

# Furniture: taken in from a file; an index that is told to never leaves it out.
python3 - <<'END2'
import json
words = lambda stem, n: " ".join(stem + format(i, "03d") for i in range(n))
banner = words("cookie", 80)
with open("sites.jsonl", "w") as f:
    for i in range(12):
        f.write(json.dumps({"id": "a%d" % i, "text": words("story%c" % (97 + i), 40) + "\n\n" + banner, "title": words("title%c" % (97 + i), 4),
                            "url": "https://one.com/%d" % i}) + "\n")
END2
W dedup -q sites.jsonl --furniture learnt.tsv
W add cold sites.jsonl -v cold.v 2>/dev/null
W add told sites.jsonl --furniture learnt.tsv -v told.v 2>err
grep -q '^[1-9][0-9]* shingles of furniture were new' err || fail "does not tell what it took in"
W add bare sites.jsonl --no-furniture -v bare.v 2>/dev/null
copies() { grep -c '"relation":"copy"' "$1" || true; }
[ "$(copies told.v)" = 0 ] && [ "$(copies cold.v)" -gt 0 ] && [ "$(copies bare.v)" = 11 ] || fail "furniture: $(copies told.v) $(copies cold.v) $(copies bare.v)"
sed '2~2s/one\.com/two.com/' sites.jsonl >sisters.jsonl # what sisters repeat is learnt as of one, at once and from run to run
echo 'one.com two.com' >house
W add -q sisters sisters.jsonl --owners house -v sisters.v && cmp sisters.v cold.v || fail "sisters do not share furniture"
split -l 1 sisters.jsonl part.
for part in part.*; do W add -q parts "$part" --owners house -v - >>parts.v; done
cmp parts.v cold.v || fail "sisters do not share furniture from run to run"
W add -q bare sites.jsonl --no-furniture && W add -q bare sites.jsonl || fail "--no-furniture, again"
refuse 2 'excludes --furniture' add bare sites.jsonl --furniture learnt.tsv
refuse 2 '--no-furniture is for a new index' add cold sites.jsonl --no-furniture
refuse 2 'exclude each other' add new sites.jsonl --furniture learnt.tsv --no-furniture
refuse 3 'sites.jsonl:1: no file of furniture' add cold sites.jsonl --furniture sites.jsonl

# One rule.
W add -q cold sites.jsonl --match story
refuse 2 '--match jaccard:0.5 is for dedup' add cold sites.jsonl --match jaccard:0.5
refuse 2 'a rule is story' add cold sites.jsonl --match loud

# Bad input: told and counted by reason; --strict stops and keeps what came before; a damaged file is used so far.
{ head -n 3 "$sample" && printf '%s\n' nonsense '{"id":"b"}' && tail -n +4 "$sample" | head -n 3; } >bad.jsonl
W add strict bad.jsonl 2>err -v strict.v && grep -qF 'bad.jsonl:4: not a JSON object' err && grep -qF '5 rejected' err && fail "counts wrong"
grep -qF '8 records read: 6 added' err && grep -qF '2 rejected (1 not_json, 1 no_text)' err || fail "does not count by reason"
[ "$(wc -l <strict.v)" = 8 ] || fail "not a verdict on each line"
rm -r strict
refuse 3 'bad.jsonl:4: not a JSON object; what came before was added' add strict bad.jsonl --strict -v strict.v
[ "$(wc -l <strict.v)" = 3 ] && W export strict --all -o - | cmp - <(head -n 3 "$sample") || fail "--strict does not keep what came before"
refuse 0 ': longer than --max-record' add long "$sample" --max-record 2K
gzip -c "$sample" | head -c 20000 >cut.gz
refuse 1 'cut.gz: at byte 20000: truncated' add cut cut.gz
[ "$(W stats cut --json | sed 's/.*"articles":\([0-9]*\).*/\1/')" -gt 20 ] || fail "what came before the damage is not used"
refuse 0 '0 records read' add empty none
W stories empty && W stats empty >/dev/null && W check -q empty && W compact empty || fail "an empty index"
refuse 2 '--memory takes at least 64M' add cut none --memory 5
refuse 2 '--commit takes' add cut none --commit 0

W delete cut mw-0301-1 mw-0301-1 2>err && grep -qx '1 article deleted' err || fail "an id that is named twice counts twice"

# What is no index is not made one, and is told.
mkdir -p things && echo >things/file
refuse 2 'things: is no index and holds other files' add things "$sample"
refuse 2 'none: is a file; an index is a directory' add none "$sample"
[ "$(ls things)" = file ] || fail "left files in a directory that is no index"
for command in find stories stats compact check 'expire --older-than 1d' 'delete --id x' 'export -o -'; do
    refuse 3 'nowhere: there is no index' $command nowhere
done
refuse 2 'nothing to write' export ix
refuse 2 '--all goes with -o' export ix --all --stories x
refuse 2 '--min-size is more than --max-size' stories ix --min-size 3 --max-size 2
refuse 2 '--limit takes' stories ix --limit 0
refuse 2 '--limit takes' find ix --id courier-0301-1 --limit 0
refuse 2 '--min-coverage takes a share' find ix --id courier-0301-1 --min-coverage 2
for command in add find stories export delete expire compact stats check; do
    refuse 2 "unknown option '--loud'" $command ix --loud
    W $command --help | grep -q "^usage: wireprint $command INDEX" || fail "$command --help"
done

# Damage to the settings is found and named.
W add -q damaged none --owners others
printf 'x' | dd of=damaged/settings bs=1 seek=80 conv=notrunc 2>/dev/null
W check -q damaged >out && fail "damage to the settings is not found"
grep -q '^damaged/settings: the settings are damaged' out || fail "damage to the settings is not named"
refuse 3 'damaged/settings' stories damaged
