#!/bin/bash
# gen.sh - `wireprint gen`: the same dump every time, JSON that is JSON, and a truth that is true.
set -eu
fail() { echo "gen.sh: $*" >&2; exit 1; }

# The same arguments, the same bytes; threads and compression change nothing, the seed and the mix do.
"$WIREPRINT" gen -q --articles 3000 --seed 7 -o one.jsonl --truth one.truth --threads 1
"$WIREPRINT" gen -q --articles 3000 --seed 7 -o two.jsonl --truth two.truth --threads 3
cmp one.jsonl two.jsonl || fail "threads change the dump"
cmp one.truth two.truth || fail "threads change the truth"
"$WIREPRINT" gen -q -n 3000 -s 7 -o three.jsonl.gz -t three.truth.gz
gzip -dc three.jsonl.gz | cmp - one.jsonl || fail "compression changes the dump"
gzip -dc three.truth.gz | cmp - one.truth || fail "compression changes the truth"
"$WIREPRINT" gen -q -n 3000 -s 7 -o - | cmp - one.jsonl || fail "standard output differs"
"$WIREPRINT" gen -q -n 3000 -s 8 -o other.jsonl
cmp -s one.jsonl other.jsonl && fail "another seed makes the same dump"
"$WIREPRINT" gen -q -n 3000 -s 7 --mix cut=1 -o other.jsonl
cmp -s one.jsonl other.jsonl && fail "another mix makes the same dump"

# Bare texts for measuring: without furniture, and without what breaks runs of words up.
bare=furniture=0,edit=0,quotes=0,exact=0.1
"$WIREPRINT" gen -q -n 3000 -s 3 --duplicates 0.4 --mix $bare -o bare.jsonl -t bare.truth
# Generated articles do as a base, too.
"$WIREPRINT" gen -q -n 2000 -s 3 -d 0.4 --base three.jsonl.gz --mix $bare -o based.jsonl -t based.truth

cat > check.py <<'END'
import json, re, sys, datetime
dump, truth, bare, wanted = sys.argv[1], sys.argv[2], sys.argv[3] == "bare", float(sys.argv[4])
word = re.compile(r"[^\W_]+")
articles, order = {}, {}
for number, line in enumerate(open(dump, encoding="utf-8"), 1):
    a = json.loads(line)
    assert list(a) == ["id", "url", "source", "date", "title", "text"], a
    assert a["id"] == "g%07d" % number, a["id"]
    assert a["text"].strip() and a["title"].strip()
    host = a["url"].split("/")[2]
    assert host in (a["source"], "www." + a["source"]), a["url"]
    a["time"] = datetime.datetime.strptime(a["date"], "%Y-%m-%dT%H:%M:%SZ")
    assert a["time"].strftime("/%Y/%m/%d/") in a["url"]
    articles[a["id"]], order[a["id"]] = a, number

def runs(text):
    w = word.findall(text)
    return w, {tuple(w[i:i + 5]) for i in range(len(w) - 4)}

def coverage(a, b):
    """The share of the shorter text's words that stand in runs of five which the other has, too."""
    (wa, ra), (wb, rb) = runs(a["text"]), runs(b["text"])
    if len(wa) > len(wb): wa, ra, wb, rb = wb, rb, wa, ra
    covered = set()
    for i in range(len(wa) - 4):
        if tuple(wa[i:i + 5]) in rb: covered.update(range(i, i + 5))
    return len(covered) / max(1, len(wa))

stories, seen, links, changes, far = 0, {}, [], set(), 0
for line in open(truth, encoding="utf-8"):
    t = json.loads(line)
    if "members" not in t:
        links.append(t)
        continue
    stories += 1
    assert len(t["members"]) >= 2
    assert order[t["members"][0]["id"]] == min(order[m["id"]] for m in t["members"])
    for m in t["members"]:
        assert m["id"] in articles and m["id"] not in seen, m
        seen[m["id"]] = t["story"]
        if "of" not in m:
            assert m is t["members"][0] and m["change"] == []
            continue
        assert seen[m["of"]] == t["story"] and order[m["of"]] < order[m["id"]]
        changes.update(c.split(":")[0] for c in m["change"])
        child, parent = articles[m["id"]], articles[m["of"]]
        found = coverage(child, parent)
        if "exact" in m["change"]:
            assert child["text"] == parent["text"] and child["url"] != parent["url"]
        elif bare:
            assert m["kept"] >= 0.6, m
            # passages of fewer than five words are not seen, and words meet by chance
            assert m["kept"] - 0.12 <= found <= m["kept"] + 0.3, (m, found)
            far += abs(found - m["kept"]) > 0.12
        else:
            assert found >= 0.3, (m, found)
            if "update" in m["change"]: assert child["source"] == parent["source"]
share = len(seen) / len(articles)
assert abs(share - wanted) < 0.06, share
assert far * 10 <= len(seen), (far, len(seen))
for name in "lead cut drop extra reorder dateline tail caption glue exact update".split():
    assert name in changes, name
kinds = set()
for l in links:
    kinds.add(l.get("link", "banner"))
    if "banner" in l:
        assert l["banner"] in articles and l["banner"] not in seen
        continue
    a, b = articles[l["a"]], articles[l["b"]]
    assert order[l["b"]] < order[l["a"]] and l["a"] not in seen, l
    if l["link"] in ("template", "background"): assert a["source"] == b["source"]
    if l["link"] == "template": assert a["text"] != b["text"]
assert kinds == {"excerpt", "roundup", "template", "background", "banner"}, kinds
# Articles that the truth does not tie to any other are strangers.
tied = {x for l in links for x in (l.get("a"), l.get("b"), l.get("banner"))}
free = [a for a in articles.values() if a["id"] not in seen and a["id"] not in tied]
if bare:
    for i in range(0, len(free) - 7, 7):
        assert coverage(free[i], free[i + 7]) < 0.5, (free[i]["id"], free[i + 7]["id"])
print(dump, "stories", stories, "share", round(share, 3))
END
python3 check.py one.jsonl one.truth furnished 0.2
python3 check.py bare.jsonl bare.truth bare 0.4
python3 check.py based.jsonl based.truth bare 0.4

# Mistakes are told, and nothing is left behind.
expect() { # STATUS WORDS ARGUMENT...
    local status=$1 words=$2 got=0; shift 2
    "$WIREPRINT" gen "$@" > out 2> err || got=$?
    [ "$got" = "$status" ] || fail "'$*' ends with $got, not $status: $(cat err)"
    grep -q -- "$words" err || fail "'$*' does not speak of '$words': $(cat err)"
}
expect 2 articles -o x.jsonl
expect 2 DUMP -n 10
expect 2 bogus -n 10 -o x.jsonl --mix bogus=1
expect 2 duplicates -n 10 -o x.jsonl --duplicates 1.5
expect 2 outlets -n 10 -o x.jsonl --outlets 0
expect 2 extra -n 10 -o x.jsonl extra
expect 3 missing.jsonl -n 10 -o x.jsonl --base missing.jsonl
head -n 3 one.jsonl > few.jsonl
expect 2 usable -n 10 -o x.jsonl --base few.jsonl
[ ! -e x.jsonl ] || fail "a failed run left its output"
[ -z "$(find . -name '.*.tmp')" ] || fail "a failed run left a temporary file"
"$WIREPRINT" gen --help | grep -q 'cut.*0.5' || fail "--help does not tell the default mix"
