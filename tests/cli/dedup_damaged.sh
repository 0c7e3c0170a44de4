#!/bin/bash
# dedup_damaged.sh - compressed files that are cut or corrupt: what came before the damage is used, the file and the
# offset are told, the exit status is 1, and the other inputs are unharmed.
set -eu
fail() { echo "dedup_damaged.sh: $*" >&2; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }

python3 "$TOP/tests/support/make_dump.py" 3000 8 > dump.jsonl
python3 "$TOP/tests/support/make_dump.py" 200 9 | sed 's/"id": "a/"id": "b/' > sound.jsonl
gzip -k dump.jsonl
gz_bytes=$(stat -c %s dump.jsonl.gz)

# damaged FILE LEAST: exit status 1, FILE told with an offset, at least LEAST records before the damage, which are
# the first ones of the dump; the second pass (-o) stops where the first did, for any number of threads.
damaged() {
    local file=$1 least=$2 status=0 threads
    for threads in 1 4; do
        rm -f kept removed
        "$WIREPRINT" dedup "$file" sound.jsonl --threads $threads -o kept --removed removed --summary summary.json 2> err.txt || status=$?
        [ "$status" = 1 ] || { cat err.txt; fail "$file: exit status $status"; }
        grep -Eq "^$file: (at byte [0-9]+: )?.*" err.txt && grep -Eq "^$file: at byte [0-9]+: " err.txt || { cat err.txt; fail "$file: no offset told"; }
        [ "$(grep -c "^$file: " err.txt)" = 1 ] || fail "$file: told more than once"
        offset=$(sed -n "s/^$file: at byte \([0-9]*\): .*/\1/p" err.txt)
        [ "$offset" -le "$(stat -c %s "$file")" ] || fail "$file: byte $offset is behind the end"
        [ "$(count files_damaged)" = 1 ] || fail "$file: files_damaged $(count files_damaged)"
        [ "$(count read)" = $(($(count kept) + $(count removed) + $(count rejected))) ] || fail "$file: counts do not add up"
        [ "$(count rejected)" = 0 ] || { cat err.txt; fail "$file: the line that the damage cut was not dropped"; }
        cat kept removed | grep '"id": "a' | sort > got
        [ "$(wc -l < got)" -ge "$least" ] || fail "$file: $(wc -l < got) records, not $least"
        grep . dump.jsonl | head -n "$(wc -l < got)" | sort | cmp - got || fail "$file: not the first records of the dump"
        [ "$(cat kept removed | grep -c '"id": "b')" = 200 ] || fail "$file: the sound file was not read to its end"
        [ "$threads" = 1 ] || cmp got got1 || fail "$file: another end with $threads threads"
        mv got got1
        status=0
    done
}
flip() { # FROM TO OFFSET: one byte becomes another
    python3 -c 'import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[int(sys.argv[3])] ^= 0x55
open(sys.argv[2], "wb").write(data)' "$@"
}

head -c $((gz_bytes * 9 / 10)) dump.jsonl.gz > cut.gz
damaged cut.gz 2000
head -c $((gz_bytes - 4)) dump.jsonl.gz > tail.gz # the length at the very end is missing
damaged tail.gz 2900
flip dump.jsonl.gz flip.gz $((gz_bytes / 2)) # some byte in the middle: the checksum tells at the latest
status=0
"$WIREPRINT" dedup -q flip.gz 2> err.txt || status=$?
[ "$status" = 1 ] && grep -q '^flip.gz: at byte ' err.txt || fail "flip.gz: exit status $status"
flip dump.jsonl.gz crc.gz $((gz_bytes - 7))
damaged crc.gz 2900
{ cat dump.jsonl.gz; echo "this is no second member"; } > garbage.gz
damaged garbage.gz 3000
head -c 5 dump.jsonl.gz > header.gz
damaged header.gz 0

if command -v zstd > /dev/null; then
    zstd -q --check dump.jsonl
    zst_bytes=$(stat -c %s dump.jsonl.zst)
    head -c $((zst_bytes * 9 / 10)) dump.jsonl.zst > cut.zst
    damaged cut.zst 1500
    head -c $((zst_bytes - 2)) dump.jsonl.zst > tail.zst
    damaged tail.zst 2000
    flip dump.jsonl.zst check.zst $((zst_bytes - 2))
    damaged check.zst 2000
    flip dump.jsonl.zst flip.zst $((zst_bytes / 2))
    status=0
    "$WIREPRINT" dedup -q flip.zst 2> err.txt || status=$?
    [ "$status" = 1 ] && grep -q '^flip.zst: at byte ' err.txt || fail "flip.zst: exit status $status"
    head -c 6 dump.jsonl.zst > header.zst
    damaged header.zst 0
    # The first frame is good, the second is not.
    { head -n 1000 dump.jsonl | zstd -q -c; head -c $((zst_bytes / 2)) dump.jsonl.zst; } > second.zst
    "$WIREPRINT" dedup -q second.zst --summary summary.json 2> err.txt && fail "second.zst: exit status 0"
    [ "$(count read)" -ge 980 ] && [ "$(count repeated_ids)" -ge 500 ] || fail "second.zst: read $(count read)"
fi

# From standard input, with a second pass; a plain file cannot be damaged.
status=0
"$WIREPRINT" dedup -q - -o kept --removed removed < cut.gz 2> err.txt || status=$?
[ "$status" = 1 ] || fail "standard input: exit status $status"
"$WIREPRINT" dedup -q cut.gz -o kept1 --removed removed1 2> /dev/null || true
cmp kept kept1 && cmp removed removed1 || fail "standard input: other records than from the file"
# With --strict damage is told and used as without: it is no bad record.
status=0
"$WIREPRINT" dedup -q --strict cut.gz 2> err.txt || status=$?
[ "$status" = 1 ] || [ "$status" = 3 ] || fail "--strict: exit status $status"
