#!/bin/bash
# dedup_records.sh - kept and removed records are the input's lines byte for byte and in order; the counts add up.
set -eu
fail() { echo "dedup_records.sh: $*" >&2; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }

python3 "$TOP/tests/support/make_dump.py" 2000 5 > dump.jsonl
cat >> dump.jsonl <<'END'
not json
{"id":"x1"}
{"id" : "spaces" ,	"text" : "Ünï  \u00e9 \/ odd   spacing \"kept\" as it came"  }
{"text":"no id at all, and   trailing blanks"}   
   
{"id":"x2","text":null}
{"id":"last","text":"the last line has no newline"}
END
truncate -s -1 dump.jsonl
"$WIREPRINT" dedup -q dump.jsonl -o kept.jsonl --removed removed.jsonl --stories stories.jsonl --summary summary.json 2> err.txt

# Lines of the input, without what was refused and the blank ones, in their order; a merge by the lists of
# members tells which should be where.
cat > check.py <<'END'
import json
lines = open("dump.jsonl", "rb").read().split(b"\n")
good, ids = [], []
for number, line in enumerate(lines, 1):
    try:
        record = json.loads(line)
        if isinstance(record, dict) and isinstance(record.get("text"), str):
            good.append(line)
            ids.append(record.get("id", "dump.jsonl:%d" % number))
    except ValueError:
        pass
removed = set()
for story in map(json.loads, open("stories.jsonl", encoding="utf-8")):
    members = [m["id"] for m in story["members"]]
    assert story["size"] == len(members) >= 2 and story["lead"] in members, story
    assert [m["relation"] for m in story["members"] if m["id"] == story["lead"]] == ["lead"], story
    assert all(m["to"] in members for m in story["members"]), story
    assert not removed & set(members), "in two stories"
    removed |= set(members) - {story["lead"]}
kept = b"".join(line + b"\n" for line, i in zip(good, ids) if i not in removed)
gone = b"".join(line + b"\n" for line, i in zip(good, ids) if i in removed)
assert len(removed) > 100
assert open("kept.jsonl", "rb").read() == kept, "kept"
assert open("removed.jsonl", "rb").read() == gone, "removed"
print(len(good) - len(removed), len(removed))
END
read -r kept removed < <(python3 check.py)
[ "$kept" ] || fail "the records are not those of the input"
[ "$(count kept)" = "$kept" ] && [ "$(count removed)" = "$removed" ] || fail "summary: $(count kept) kept, $(count removed) removed"
[ "$(count rejected)" = 3 ] || fail "summary: $(count rejected) rejected"
[ "$(count read)" = $((kept + removed + 3)) ] || fail "read is not kept + removed + rejected"
python3 -c 'import json; json.load(open("summary.json"))' || fail "the summary is no JSON"

# Only the kept, only the removed, and nothing at all: a report changes nothing.
cp dump.jsonl before.jsonl
"$WIREPRINT" dedup -q dump.jsonl -o only.jsonl 2> /dev/null
cmp only.jsonl kept.jsonl
"$WIREPRINT" dedup -q dump.jsonl --removed only.jsonl 2> /dev/null # replaces what was there
cmp only.jsonl removed.jsonl
ls > list1
"$WIREPRINT" dedup dump.jsonl > out.txt 2> report.txt
rm out.txt report.txt
ls | cmp - list1 || fail "a report without outputs left a file"
cmp dump.jsonl before.jsonl || fail "the input was changed"
