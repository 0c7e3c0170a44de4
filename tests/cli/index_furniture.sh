# index_furniture.sh - what an owner repeats under different stories is learnt as it comes, kept, and does not count:
# neither for a copy nor for a text of its own.
set -eu
fail() { echo "$*"; exit 1; }
python3 - <<'END2'
import json
words = lambda stem, n: " ".join(stem + format(i, "03d") for i in range(n))
furniture = words("cookie", 80)
with open("dump.jsonl", "w") as f:
    for i in range(12): # twelve stories of one outlet under the same notice
        text = words("story%c" % (97 + i), 40) + "\n\n" + furniture
        f.write(json.dumps({"id": "a%d" % i, "text": text, "title": words("title%c" % (97 + i), 4), "url": "https://one.com/%d" % i}) + "\n")
    # another outlet's article is its own, also with the same notice
    f.write(json.dumps({"id": "banner", "text": furniture, "title": words("titlez", 4), "url": "https://one.com/z"}) + "\n")
    f.write(json.dumps({"id": "reprint", "text": words("storyl", 40), "title": words("titlel", 4), "url": "https://two.com/l"}) + "\n")
END2
check() { # VERDICTS
    python3 - "$1" <<'END2'
import json, sys
v = {x["id"]: x for x in map(json.loads, open(sys.argv[1])) if "event" not in x}
assert v["a0"]["relation"] == "new"
assert v["a1"]["relation"] == "copy", v["a1"] # nothing is known yet: two thirds are the same
for i in range(5, 12): # the sixth story shows what it is
    assert v["a%d" % i]["relation"] == "new", v["a%d" % i]
assert v["banner"]["relation"] == "banner" and v["banner"]["to"] is None, v["banner"]
assert v["reprint"]["relation"] in ("copy", "exact") and v["reprint"]["to"] == "a11", v["reprint"]
assert v["reprint"]["coverage"] == 1, v["reprint"]
END2
}
"$WIREPRINT" add -q one dump.jsonl -v one.v
check one.v
split -l 1 dump.jsonl part. # it is kept from run to run
for part in part.*; do "$WIREPRINT" add -q many "$part" -v - >>many.v; done
check many.v
"$WIREPRINT" check -q many || fail "damaged"
"$WIREPRINT" find many --id a11 | grep -q 'reprint' || fail "find does not see the reprint"
[ "$("$WIREPRINT" find many --id a11 | wc -l)" = 1 ] || fail "find lists articles that share nothing but furniture"
