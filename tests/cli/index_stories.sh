# index_stories.sh - what an index tells anew: a line behind the verdict that shows it, the same stories in all
# commands, after compaction and when the articles are added one by one.
set -eu
fail() { echo "$*"; exit 1; }
python3 - <<'END2'
import json
words = lambda stem, a, b: " ".join(stem + format(i, "03d") for i in range(a, b))
def line(id, text, owner): return json.dumps({"id": id, "text": text, "title": "flood of " + id, "url": "https://%s.com/%s" % (owner, id)}) + "\n"
with open("merge.jsonl", "w") as f:
    f.write(line("first", words("flood", 0, 80), "one"))
    f.write(line("second", words("flood", 80, 160), "two"))
    f.write(line("whole", words("flood", 0, 160), "three"))
titles = ["harvest begins early", "minister resigns today", "players win cup", "banks raise interest", "museum opens doors", "bridge closed again"]
with open("split.jsonl", "w") as f:
    for i, t in enumerate(titles):
        text = (t + " " + words("own" + "abcdef"[i], 0, 30) + " " if i else "") + words("cookie", 0, 90)
        f.write(json.dumps({"id": "s%d" % i, "text": text, "title": t, "url": "https://four.com/%d" % i}) + "\n")
END2
"$WIREPRINT" add -q ix merge.jsonl split.jsonl -v told
grep -A1 '"id":"whole"' told | tail -n 1 | grep -qx '{"event":"merge","story":"1","into":"0"}' || fail "the merge is not told behind its verdict"
grep -q '^{"event":"move","id":"s0","story":"3","into":null}$' told || fail "the banner is not told"
[ "$(grep -c '"event":"move"' told)" -ge 5 ] || fail "the split is not told"
for article in merge split; do
    while read -r line; do
        echo "$line" >one.jsonl
        "$WIREPRINT" add -q by-one one.jsonl -v - >>told-one
    done <$article.jsonl
done
cmp told told-one || fail "other events when added one by one"
check() {
    "$WIREPRINT" export "$1" --stories stories && "$WIREPRINT" check -q "$1"
    python3 - <<'END2'
import json
stories = [json.loads(l) for l in open("stories")]
assert len(stories) == 1 and stories[0]["story"] == "0", stories
members = {m["id"]: m for m in stories[0]["members"]}
assert set(members) == {"first", "second", "whole"}, members
# what each matched, in true numbers: the halves have nothing in common
assert members["second"]["to"] == "whole" and members["second"]["coverage"] == 1, members["second"]
assert 0.45 < members["second"]["jaccard"] < 0.55, members["second"]
END2
    [ "$("$WIREPRINT" stories "$1" | wc -l)" = 1 ] || fail "stories lists others"
    "$WIREPRINT" find "$1" --id second --json | grep -q '"id":"whole".*"story":"0"' || fail "find has another story"
}
check ix
check by-one
"$WIREPRINT" compact ix
check ix
