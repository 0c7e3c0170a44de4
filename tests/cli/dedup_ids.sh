#!/bin/bash
# dedup_ids.sh - ids that repeat, that are numbers, that are missing or strange; fields by other names and nested ones.
set -eu
fail() { echo "dedup_ids.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }
a='the bridge over the old river will close on monday said the minister of works in lagos'
b='nobody knows why the train to kano left the station two hours before its time last night'

# Repeated ids are told, and each record stays one of its own: the same id may be kept and removed.
printf '{"id":"x","text":"%s"}\n{"id":"x","text":"%s"}\n{"id":"y","text":"%s"}\n{"id":"x","text":"%s"}\n' "$a" "$b" "$b" "$a" > repeated.jsonl
"$WIREPRINT" dedup repeated.jsonl -o kept --removed removed --stories stories --summary summary.json 2> err.txt
expect err.txt "id 'x' stands more than once"
[ "$(count repeated_ids)" = 2 ] || fail "repeated_ids $(count repeated_ids)"
head -n 2 repeated.jsonl | cmp - kept || fail "kept of repeated ids"
tail -n 2 repeated.jsonl | cmp - removed || fail "removed of repeated ids"
expect stories '"lead":"x","size":2,"members":[{"id":"x","relation":"lead","to":"x","coverage":1.0000,"jaccard":1.0000},{"id":"x","relation":"exact","to":"x"'
expect stories '"lead":"x","size":2,"members":[{"id":"x","relation":"lead","to":"x","coverage":1.0000,"jaccard":1.0000},{"id":"y","relation":"exact","to":"x"'
for i in $(seq 30); do printf '{"id":"r%d","text":"w%d"}\n' $((i % 15)) "$i"; done > many.jsonl
"$WIREPRINT" dedup many.jsonl 2> err.txt
[ "$(grep -c 'stands more than once' err.txt)" = 10 ] || fail "$(grep -c 'stands more than once' err.txt) repeated ids are told"
expect err.txt '5 more repeated ids'

# Numbers stay as they are written; 1 and "1" are the same id; ids with quotes, tabs and line ends; no id at all.
cat > ids.jsonl <<END
{"id":12345678901234567890123,"text":"$a"}
{"id":1.50,"text":"$a"}
{"id":-3,"text":"$a"}
{"id":"q\"uo\\\\te","text":"$a"}
{"id":"tab\tand\nend","text":"$a"}
{"id":"Ünï \ud83d\ude00","text":"$a"}
{"id":null,"text":"$a"}
{"text":"$a"}
{"id":"","text":"$a"}
{"id":{"a":1},"text":"$a"}
{"id":"1","text":"$b"}
{"id":1,"text":"$b"}
END
"$WIREPRINT" dedup ids.jsonl --stories stories --matches matches --summary summary.json 2> err.txt
expect err.txt "id '1' stands more than once"
[ "$(count repeated_ids)" = 1 ] || fail "repeated_ids $(count repeated_ids)"
cat > check.py <<'END'
import json
stories = [json.loads(line) for line in open("stories", encoding="utf-8")]
got = [m["id"] for m in stories[0]["members"]]
want = ["12345678901234567890123", "1.50", "-3", 'q"uo\\te', "tab\tand\nend", "Ünï \U0001f600"] + ["ids.jsonl:%d" % n for n in (7, 8, 9, 10)]
assert got == want, got
assert [m["id"] for m in stories[1]["members"]] == ["1", "1"], stories[1]
rows = [line.rstrip("\n").split("\t") for line in open("matches", encoding="utf-8")]
assert rows[0] == "id_a id_b relation coverage jaccard containment".split(), rows[0]
assert all(len(r) == 6 and r[2:] == ["exact", "1.0000", "1.0000", "1.0000"] for r in rows[1:]), rows
assert [r[1] for r in rows[1:]] == [i.replace("\t", " ").replace("\n", " ") for i in want[1:]] + ["1"], rows
END
python3 check.py || fail "ids in the answers"

# Other fields, nested ones, and a field whose name has a dot in it.
cat > nested.jsonl <<END
{"meta":{"key":"n1","when":{"day":"2021-05-02"}},"article":{"body":{"text":"$a"}},"text":"left alone"}
{"meta":{"key":"n2","when":{"day":"2021-05-01"}},"article":{"body":{"text":"$a"}},"text":"other words"}
{"meta.key":"n3","article":{"body":{"text":"$a"}}}
{"meta":{"key":"n4"},"article":{"body":"no object"},"text":"no text under its name"}
END
"$WIREPRINT" dedup nested.jsonl --id-field meta.key --text-field article.body.text --date-field meta.when.day --stories stories --summary summary.json 2> err.txt
[ "$(count rejected_no_text)" = 1 ] && [ "$(count read)" = 4 ] || fail "nested fields: $(count rejected_no_text) without text"
expect err.txt 'nested.jsonl:4: '
expect stories '"lead":"n2","size":3,"members":[{"id":"n1","relation":"exact","to":"n2"'
expect stories '{"id":"n3","relation":"exact"'

# The names of outputs are no part of what stands in them: FILE:LINE is as the file was named.
cp ids.jsonl other.jsonl
"$WIREPRINT" dedup -q ./other.jsonl --matches - | grep -q './other.jsonl:8' || fail "FILE:LINE is not by the name given"
