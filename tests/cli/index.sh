# index.sh - add, find, stories, export, delete, expire, compact, stats, check: the life of an index, on a disk.
set -eu
cd "$ON_DISK" && mkdir index && cd index
fail() { echo "$*"; exit 1; }
W() { "$WIREPRINT" "$@"; }
sample=$TOP/tools/demo/sample.jsonl
total=$(wc -l <"$sample")

# One verdict per article, in input order; the same when added in pieces, by several runs, or again.
W add -q ix "$sample" -v verdicts.jsonl
[ "$(wc -l <verdicts.jsonl)" = "$total" ] || fail "not one verdict per article"
python3 - "$sample" verdicts.jsonl <<'END2'
import json, sys
records = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
verdicts = [json.loads(l) for l in open(sys.argv[2], encoding="utf-8")]
assert [r["id"] for r in records] == [v["id"] for v in verdicts]
story = {}
for v in verdicts:
    assert list(v)[:7] == ["id", "story", "relation", "to", "coverage", "jaccard", "first_seen"], v
    if v["relation"] in ("exact", "copy"):
        assert v["to"] in story, v
    if v["relation"] == "new":
        assert v["to"] is None and v["coverage"] == 0, v
    story[v["id"]] = v["story"]
assert any(v["relation"] == "excerpt" for v in verdicts)
END2
for t in 1 3; do
    W add -q threads$t "$sample" -v threads$t.jsonl --threads $t --now 2024-05-01
    cmp threads$t.jsonl verdicts.jsonl || fail "other verdicts with $t threads"
done
for file in threads1/*.txt threads1/*.seg threads1/*.state threads1/manifest; do
    cmp "$file" "threads3/${file##*/}" || fail "other files with more threads"
done
head -n 40 "$sample" >first.jsonl
tail -n +41 "$sample" | zstd -q -o second.jsonl.zst
W add -q pieces first.jsonl -v a.jsonl --commit 7
W add -q pieces second.jsonl.zst -v - >b.jsonl
cat a.jsonl b.jsonl | cmp - verdicts.jsonl || fail "other verdicts when added in pieces"
W add -q pieces "$sample" -v again.jsonl
[ "$(grep -c '"known":true' again.jsonl)" = "$total" ] || fail "added again what was there"
sed 's/,"known":true//' again.jsonl >again.plain
python3 - verdicts.jsonl again.plain <<'END2'
import json, sys
a, b = ([json.loads(l) for l in open(f)] for f in sys.argv[1:3])
for x, y in zip(a, b): # first_seen may have become earlier since
    del x["first_seen"], y["first_seen"]
    assert x == y, (x, y)
END2
W add -q pieces "$sample" --resume -v resumed.jsonl
[ ! -s resumed.jsonl ] || fail "--resume did not skip what is in"

# Records without an id, bad lines, durability named in the verdict.
printf '%s\n' '{"text":"one two three"}' 'no json' '{"id":"x"}' >odd.jsonl
W add -q odd odd.jsonl -v odd.v --durability none
grep -q '"id":"odd.jsonl:1".*"relation":"new".*"durability":"none"' odd.v || fail "an article without an id"
[ "$(grep -c '"relation":"rejected"' odd.v)" = 2 ] || fail "rejected lines have no verdict"
W add -q odd odd.jsonl --durability never 2>err && fail "took a durability that there is not"

# find: by id and by two paragraphs; filters.
W find ix --id courier-0301-1 --json >found.jsonl
python3 - <<'END2'
import json
found = [json.loads(l) for l in open("found.jsonl")]
records = {r["id"]: r for r in map(json.loads, open("first.jsonl"))}
assert "mw-0301-1" in {f["id"] for f in found} and "courier-0301-1" not in {f["id"] for f in found}
copies = [f for f in found if f["relation"] == "copy"]
assert len(copies) == 6 and all(f["coverage"] >= 0.6 for f in copies)
text = records["courier-0301-1"]["text"].encode()
for f in found:
    if f["id"] not in records: continue
    other = records[f["id"]]["text"].encode()
    for p in f["passages"]:
        a, b = (" ".join(t[slice(*p[k])].decode().lower().split()) for t, k in ((text, "text"), (other, "article")))
        assert a.split()[0][:3] == b.split()[0][:3], (a, b)
paragraphs = records["courier-0301-1"]["text"].split("\n\n")
open("query.txt", "w").write("\n\n".join(paragraphs[1:3]))
END2
W find ix query.txt | grep -q 'courier-0301-1' || fail "two paragraphs do not find their article"
W find ix - <query.txt | cmp - <(W find ix query.txt) || fail "standard input is another query"
[ "$(W find ix --id courier-0301-1 -n 2 | wc -l)" = 2 ] || fail "--limit"
[ "$(W find ix --id courier-0301-1 --owner korvalpost.example | wc -l)" = 2 ] || fail "--owner"
enough=$(python3 -c 'import json; print(sum(json.loads(l)["coverage"] >= 0.7 for l in open("found.jsonl")))')
[ "$enough" -gt 2 ] && [ "$(W find ix --id courier-0301-1 --min-coverage 0.7 | wc -l)" = "$enough" ] || fail "--min-coverage"
W find ix --id courier-0301-1 --since 2025-03-01T19:00:00Z --until 2025-03-02 | grep -q courier-0304 && fail "--until"
W find ix --id nobody 2>err && fail "found nobody"
grep -q nobody err || fail "does not name the id"
W find nowhere query.txt 2>err && fail "found in an index that there is not"

# stories and export: what a batch run over the same says.
W dedup -q "$sample" -o kept.jsonl --stories stories.jsonl
W export ix -o ix.kept --stories ix.stories --matches ix.matches
W export ix --all -o ix.all && cmp ix.all "$sample" || fail "export --all is not what came in"
python3 - <<'END2'
import json
groups = lambda f: sorted(sorted(m["id"] for m in json.loads(l)["members"]) for l in open(f))
assert groups("stories.jsonl") == groups("ix.stories")
leads = lambda f: sorted(json.loads(l)["lead"] for l in open(f))
assert leads("stories.jsonl") == leads("ix.stories")
END2
cmp kept.jsonl ix.kept || fail "export keeps other records than dedup"
[ "$(W stories ix | wc -l)" = "$(wc -l <stories.jsonl)" ] || fail "stories lists others"
[ "$(W stories ix --sort spread --min-size 5 --json -n 3 | wc -l)" = 3 ] || fail "stories --json"
W stories ix --sort loudness 2>err && fail "sorts by loudness"

# New versions, deletion, expiry, compaction.
sed -n 1p "$sample" | sed 's/"text": *"/&Correction: an earlier report was wrong. /' >version.jsonl
W add -q ix version.jsonl -v - | grep -q '"replaced":true' || fail "a new version does not replace the old one"
W export ix --all -o ix.all && [ "$(wc -l <ix.all)" = "$total" ] || fail "both versions are there"
grep -q 'Correction' ix.all || fail "the new version is not there"
W delete -q ix courier-0301-1 mw-0301-1
W delete -q ix courier-0301-1 2>err && fail "deleted it twice"
W find ix query.txt | grep -q 'courier-0301-1' && fail "found what was deleted"
W check -q ix || fail "damaged"
W compact ix && W check -q ix || fail "damaged by compaction"
W find ix query.txt | grep -q 'post-0301-3' || fail "does not find after compaction"
[ "$(W stats ix --json | sed 's/.*"articles":\([0-9]*\).*/\1/')" = $((total - 2)) ] || fail "stats counts wrong"
W expire ix --older-than 1d --now 1970-02-01 --dry-run 2>&1 | grep -q '^0 articles would' || fail "expire --now"
W expire ix --older-than 1d --now yesterday 2>/dev/null && fail "took no date for one"
W add ix "$sample" --now 1969-01-01 2>/dev/null && fail "added before the beginning of time"
W expire ix --older-than 1d --dry-run 2>&1 | grep -q "^$((total - 2)) articles would" || fail "expire --dry-run"
W expire -q ix --older-than 1d && [ -z "$(W stories ix)" ] || fail "expire left stories"
W compact ix && W check -q ix || fail "damaged when empty"
W add -q ix "$sample" -v anew.jsonl # numbers are new; what was learnt of furniture stays
[ "$(grep -vc '"event"' anew.jsonl)" = "$total" ] && ! grep -q '"known"' anew.jsonl || fail "what expired is still known"

# One writer.
python3 - "$WIREPRINT" "$sample" <<'END2'
import subprocess, sys
w, sample = sys.argv[1:3]
first = subprocess.Popen([w, "add", "-q", "busy", "-", "-v", "-", "--commit", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
lines = open(sample, "rb").readlines()
first.stdin.write(lines[0]); first.stdin.flush()
assert first.stdout.readline()
second = subprocess.run([w, "add", "busy", sample], capture_output=True, text=True)
assert second.returncode == 3 and "another process" in second.stderr, second
reader = subprocess.run([w, "export", "busy", "--all", "-o", "-"], capture_output=True)
assert reader.stdout == lines[0], reader
first.stdin.close(); assert first.wait() == 0
END2
