# index_repair.sh - check --repair: nothing without the flag, a list of what is lost, and a sound index afterwards.
set -eu
fail() { echo "$*"; exit 1; }
W() { "$WIREPRINT" "$@"; }
harm() { # FILE FROM COUNT: turns over bytes
    python3 -c 'import sys; p, a, n = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]); b = bytearray(open(p, "rb").read())
b[a:a + n] = bytes(x ^ 0x5a for x in b[a:a + n]); open(p, "wb").write(b)' "$@"
}
sample=$TOP/tools/demo/sample.jsonl
total=$(wc -l <"$sample")
W add -q ix "$sample"
W delete -q ix post-0228-1
W export ix --all -o before.jsonl --stories before.stories

# A sound index is not touched.
sums() { (cd "$1" && cksum -- *); }
sums ix >before.sums
W check ix --repair >said 2>counts || fail "a sound index is not sound"
[ ! -s said ] && grep -q '^0 damages: 0 articles lost' counts && sums ix | cmp - before.sums || fail "touched a sound index"

# A text block: its articles are lost, told, and nothing else.
texts=$(ls ix/*.txt | head -n 1)
cp -r ix bad && harm "bad/${texts#ix/}" 9000 20
sums bad >bad.sums
W check bad >said && fail "does not see the damage"
sums bad | cmp - bad.sums || fail "repaired without being asked"
status=0
W check bad --repair >said 2>counts || status=$?
[ $status = 1 ] || fail "lost something, and says $status"
grep -q "^damaged  bad/${texts#ix/}: at byte [0-9]*: a block is damaged" said || fail "does not name the damage"
lost=$(grep -c '^lost     article [0-9]*, ' said)
[ "$lost" -gt 0 ] && [ "$lost" -lt 20 ] && grep -q "^1 damages: $lost articles lost, 0 alone, 0 left out" counts ||
    fail "lost $lost"
W check -q bad || fail "not sound after the repair"
W export bad --all -o after.jsonl --stories after.stories
[ "$(wc -l <after.jsonl)" = $((total - 1 - lost)) ] || fail "there are others than those that are not lost"
grep -vxFf before.jsonl after.jsonl && fail "a record is not what it was"
W check bad --repair >said && [ ! -s said ] || fail "a second repair finds something"
W add -q bad "$sample" --resume && W check -q bad || fail "does not go on"
W export bad --all -o after.jsonl && sort after.jsonl | cmp - <(sort "$sample") || fail "what was lost cannot be added again"

# An article whose match was lost, or deleted and compacted away, is told without it.
W delete -q ix mw-0227-1 && W compact ix
grep -v '"mw-0227-1"' "$sample" >others.jsonl
W add -q ix others.jsonl -v - | grep -q '"relation":"copy","to":null' || fail "does not tell of an article whose match has gone"
W add -q ix "$sample" && W delete -q ix post-0228-1
W export ix --all -o before.jsonl --stories before.stories

# Rows: all articles are kept, the stories of some are not known.
segment=$(ls ix/*.seg | head -n 1)
rm -r bad && cp -r ix bad && harm "bad/${segment#ix/}" 200 20
W check bad --repair >said && fail "tells nothing"
grep -q '^alone    article [0-9]*, courier-0301-1$' said || fail "does not name who is alone"
W check -q bad && W export bad --all -o after.jsonl && cmp before.jsonl after.jsonl || fail "lost a record with its row"
[ -f "bad/${segment#ix/}.damaged" ] || fail "the damaged segment is gone"
W find bad --id courier-0301-1 | grep -q mw-0301-1 || fail "does not find with new keys"

# What says where things are costs nothing, however much of it is lost.
for file in manifest "${segment#ix/}"; do
    rm -r bad && cp -r ix bad
    if [ "$file" = manifest ]; then rm bad/manifest; else harm "bad/$file" 3 30; fi
    W check bad >said && fail "does not miss the $file"
    W check bad --repair >said 2>counts || fail "lost something with the $file"
    W export bad --all -o after.jsonl --stories after.stories
    cmp before.jsonl after.jsonl && cmp before.stories after.stories || fail "other articles without the $file"
done

# What held a story together is lost: it is divided, and that is told as add tells it. One that holds stays.
python3 - <<'END2'
import json
def words(name, begin, end): return ["%s%03d" % (name, i) for i in range(begin, end)]
with open("parts.jsonl", "w") as f:
    for n, (name, begin, end) in enumerate([("flood", 0, 80), ("flood", 0, 160), ("flood", 80, 160)] + 3 * [("vote", 0, 80)]):
        text = " ".join(words("own%d" % n, 0, 5) + words(name, begin, end))
        f.write(json.dumps({"id": "a%d" % n, "url": "https://o%d.com/" % n, "text": text}) + "\n")
END2
second_and_fifth() { # FILE: where these blocks begin
    python3 -c 'import struct, sys; b = open(sys.argv[1], "rb").read(); at, blocks = 40, []
while at < len(b): blocks.append(at); at += 24 + struct.unpack("<I", b[at + 4:at + 8])[0]
print(blocks[2], blocks[5])' "$1" # the first one is the dictionary
}
rm -r bad && W add -q bad parts.jsonl --commit 1
W stories bad | awk '{ print $1, $2 }' | sort | cmp - <(printf '0 3\n3 3\n') || fail "not two stories of three"
texts=$(ls bad/*.txt)
for at in $(second_and_fifth "$texts"); do harm "$texts" $((at + 40)) 8; done
rm -rf full && cp -r bad full && status=0
W check full --repair >/dev/full 2>err || status=$?
[ $status = 3 ] && grep -q 'could not be judged anew' err && W check -q full || fail "events that cannot be told: $status"
status=0
W check bad --repair >said 2>counts || status=$?
[ $status = 1 ] && grep -q '^2 damages: 2 articles lost, 0 alone' counts || fail "lost others: $(cat said counts)"
[ "$(grep '^{' said)" = '{"event":"move","id":"a2","story":"0","into":"2"}' ] || fail "does not tell what was divided: $(cat said)"
W stories bad --min-size 1 | awk '{ print $1, $2 }' | sort | cmp - <(printf '0 1\n2 1\n3 2\n') || fail "is not divided"
sums bad >before.sums
W check bad --repair >said && [ ! -s said ] && sums bad | cmp - before.sums || fail "a second repair finds something"

# An empty directory is none, and one that is being written to is left alone.
mkdir none
W check none --repair 2>err && fail "repaired nothing"
grep -q 'none' err || fail "does not name it"
python3 - "$WIREPRINT" "$sample" <<'END2'
import subprocess, sys
w, sample = sys.argv[1:3]
first = subprocess.Popen([w, "add", "-q", "busy", "-", "-v", "-", "--commit", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
first.stdin.write(open(sample, "rb").readline()); first.stdin.flush()
assert first.stdout.readline()
second = subprocess.run([w, "check", "busy", "--repair"], capture_output=True, text=True)
assert second.returncode == 3 and "another process" in second.stderr, second
first.stdin.close(); assert first.wait() == 0
END2
