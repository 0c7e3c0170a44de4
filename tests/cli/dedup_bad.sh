#!/bin/bash
# dedup_bad.sh - records that are none: counted by reason, the first ten of each told with file and line, the rest
# of the run unharmed; --strict stops at the first and writes nothing.
set -eu
fail() { echo "dedup_bad.sh: $*" >&2; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }
told() { grep -c "^$1" err.txt || true; }
bad_json='{"id":"cut","text":"a'
no_text='{"id":"none","title":"only a title"}'

python3 "$TOP/tests/support/make_dump.py" 300 3 > good.jsonl
cat > mix.py <<'END'
import sys
good = open("good.jsonl", "rb").read().split(b"\n")[:-1]
bad = {
    "json": [b'{"id":"cut","text":"a', b"[1,2]", b'"text"', b"12", b'{"text":"x"} {"text":"y"}', b'{"text":"tab\there"}',
             b"{'text':'x'}", b'{"text":"x",}', b"text", b"null", b"{", b'{"text":"\\x"}'],
    "utf8": [b'{"text":"\xff"}', b'{"text":"\xc0\xaf"}', b'{"text":"\xed\xa0\x80"}', b'{"text":"cut \xe4\xb8"}',
             b'{"text":"\xf5\x80\x80\x80"}', b'{"title":"\xe9","text":"x"}'],
    "text": [b"{}", b'{"id":"none"}', b'{"text":null}', b'{"text":12}', b'{"text":["x"]}', b'{"Text":"x"}'] * 2,
    "long": [b'{"text":"' + b"word " * 700 + b'"}'] * 11,
}
out, places = [], []
good_at = 0
for reason, lines in sorted(bad.items()):
    for line in lines:
        out += good[good_at:good_at + 5]
        good_at += 5
        out.append(line)
        places.append((reason, len(out)))
out += good[good_at:]
open("mixed.jsonl", "wb").write(b"\n".join(out) + b"\n")
for reason, place in places:
    print(reason, place)
END
python3 mix.py > places
"$WIREPRINT" dedup -q good.jsonl -o good.kept --stories good.stories
status=0
"$WIREPRINT" dedup mixed.jsonl --max-record 3000 -o kept --stories stories --summary summary.json 2> err.txt || status=$?
[ "$status" = 0 ] || fail "exit status $status"
cmp kept good.kept || fail "bad records changed what was kept"
cmp stories good.stories || fail "bad records changed the stories"
[ "$(count rejected_not_json) $(count rejected_not_utf8) $(count rejected_no_text) $(count rejected_too_long)" = "12 6 12 11" ] ||
    fail "rejected: $(count rejected_not_json) $(count rejected_not_utf8) $(count rejected_no_text) $(count rejected_too_long)"
[ "$(count rejected)" = 41 ] && [ "$(count read)" = 341 ] || fail "$(count rejected) of $(count read) rejected"

# The first ten of each reason are told, the others are counted.
for reason in json utf8 text long; do
    grep "^$reason" places | head -n 10 | while read -r _ line; do
        [ "$(told "mixed.jsonl:$line: ")" = 1 ] || fail "line $line ($reason) is told $(told "mixed.jsonl:$line: ") times"
    done
done
[ "$(told mixed.jsonl:)" = 36 ] || { cat err.txt; fail "$(told mixed.jsonl:) places are told"; }
grep -q '2 more (not_json)' err.txt && grep -q '2 more (no_text)' err.txt && grep -q '1 more (too_long)' err.txt || fail "what is more is not told"

# The same report for any number of threads and in any cut of the input.
grep -v ' CPU, ' err.txt > err1.txt
"$WIREPRINT" dedup mixed.jsonl --max-record 3000 --threads 4 2>&1 | grep -v ' CPU, ' | cmp - err1.txt || fail "another report with 4 threads"
split -l 100 mixed.jsonl piece.
"$WIREPRINT" dedup piece.* --max-record 3000 --threads 4 2> err.txt
[ "$(told piece.)" = 36 ] || fail "in pieces $(told piece.) are told"
line=$(awk '$1 == "utf8" && $2 > 200 {print $2; exit}' places)
[ "$(told "piece.ac:$((line - 200)): ")" = 1 ] || fail "line $line is not line $((line - 200)) of piece.ac"

# The lines count on through many batches.
{ python3 "$TOP/tests/support/make_dump.py" 4000 4; echo 'oops'; } > long.jsonl
"$WIREPRINT" dedup -q long.jsonl --threads 4 2> err.txt
grep -q "^long.jsonl:$(wc -l < long.jsonl): " err.txt || { cat err.txt; fail "the place in a long file"; }

# --strict: fatal, with the place, nothing written, what was there untouched.
strict() { # EXPECTED-PLACE FILE...
    local place=$1 status=0; shift
    rm -rf out && mkdir out && echo old > out/kept
    "$WIREPRINT" dedup --strict --max-record 3000 "$@" -o out/kept --removed out/removed --stories out/stories --matches out/matches \
        --summary out/summary > out.txt 2> err.txt || status=$?
    [ "$status" = 3 ] || fail "--strict: exit status $status with $*"
    [ "$(ls -A out)" = kept ] && [ "$(cat out/kept)" = old ] || fail "--strict wrote something: $(ls -A out)"
    grep -qF "$place" err.txt || { cat err.txt; fail "--strict does not name $place"; }
}
head -n 20 good.jsonl > head.jsonl
for bad in "$bad_json" "$no_text" "$(printf '{"text":"\xff"}')" "$(printf '{"text":"%04000d"}' 7)"; do
    { cat head.jsonl; printf '%s\n' "$bad"; cat good.jsonl; } > strict.jsonl
    strict "strict.jsonl:$(($(wc -l < head.jsonl) + 1))" good.jsonl strict.jsonl --threads 1
done
strict "strict.jsonl:$(($(wc -l < head.jsonl) + 1))" strict.jsonl good.jsonl --threads 4
"$WIREPRINT" dedup -q --strict good.jsonl || fail "--strict refuses what is good"

# A date that is not understood, and one that is: no reject.
printf '{"id":1,"text":"x y","date":"yesterday"}\n{"id":2,"text":"y z","date":"2021-03-04"}\n{"id":3,"text":"z","date":"31/12/2020"}\n' > dates.jsonl
"$WIREPRINT" dedup dates.jsonl --summary summary.json 2> err.txt
[ "$(count dates_unknown)" = 2 ] && [ "$(count rejected)" = 0 ] || fail "dates_unknown $(count dates_unknown)"
grep -q '2 dates not understood' err.txt || fail "unknown dates are not told"
"$WIREPRINT" dedup -q dates.jsonl --date-format %d/%m/%Y --summary summary.json
[ "$(count dates_unknown)" = 1 ] || fail "--date-format: dates_unknown $(count dates_unknown)"
