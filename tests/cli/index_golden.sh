# index_golden.sh - an index that was written when its format version was new opens, says what it said then, and goes
# on: tests/data/golden_index_VERSION, of tests/data/golden_records.jsonl. 30 records in a segment, one of them deleted,
# 6 in the log of a writer that was killed.
set -eu
fail() { echo "$*"; exit 1; }
records=$TOP/tests/data/golden_records.jsonl
look() {
    "$WIREPRINT" export golden --all -o all.jsonl --stories stories.jsonl
    grep -v '"id": *"post-0228-1"' "$records" | cmp - all.jsonl || fail "other records"
    "$WIREPRINT" check -q golden || fail "damaged"
    python3 - <<'END2'
import json
stories = {s["story"]: [m["id"] for m in s["members"]] for s in map(json.loads, open("stories.jsonl"))}
assert stories["11"] == ["mw-0301-1", "courier-0301-1", "post-0301-3", "herald-0301-1", "lantern-0301-2",
                         "mw-0301-4", "post-0301-6"], stories
END2
}
for kept in "$TOP"/tests/data/golden_index_*; do
    rm -rf golden
    cp -r "$kept" golden
    "$WIREPRINT" find golden --id courier-0301-1 | head -n 1 | grep -q '^copy .* mw-0301-1 ' || fail "finds otherwise"
    "$WIREPRINT" stats golden --json | grep -q '"articles":35,"deleted":1,.*"in_log":6,"segments":1' || fail "counts otherwise"
    look
    before=$(ls golden)
    [ "$before" = "$(ls "$kept")" ] || fail "reading changed files"
    "$WIREPRINT" add -q golden "$records" --resume # deleted ones come back
    "$WIREPRINT" delete -q golden post-0228-1
    look
    "$WIREPRINT" compact golden >log # all of one version now
    look
done
