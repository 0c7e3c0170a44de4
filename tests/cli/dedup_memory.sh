#!/bin/bash
# dedup_memory.sh - --memory SIZE: the run stays under it plus 64 MB, nearly everything having been spilled, and says the
# same, for any number of threads; temporary files have no names.
set -eu
fail() { echo "dedup_memory.sh: $*" >&2; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }
python3 "$TOP/tests/support/make_dump.py" 5000 51 150 > dump.jsonl
# Ten dumps of words that are others in each, as far as they have an o in them.
python3 - <<'END'
data = open("dump.jsonl", encoding="utf-8").read()
with open("large.jsonl", "w", encoding="utf-8") as out:
    for i in range(10):
        out.write(data.replace("o", "aeiou"[i % 5] + "xz"[i % 2] + chr(98 + i)).replace('"id": "a', '"id": "%d-' % i))
END
gzip -1 -k large.jsonl
run() { "$WIREPRINT" dedup -q -o kept --removed removed --stories stories --matches matches --summary summary.json "$@"; }
run large.jsonl
for answer in kept removed stories matches; do mv $answer all.$answer; done
[ "$(wc -l < all.stories)" -gt 5000 ] || fail "too few stories"
mkdir tmp
# Texts of a plain file are read again, those of a compressed one spill.
for input in large.jsonl large.jsonl.gz; do
    threads=$((${threads:-0} * 3 + 1)) least=4000000
    [ $input = large.jsonl ] || least=25000000
    run $input --memory 64M --tmp tmp --threads $threads
    for answer in kept removed stories matches; do cmp $answer all.$answer || fail "$answer with --memory 64M"; done
    [ "$(count bytes_spilled)" -gt $least ] || fail "$(count bytes_spilled) bytes spilled"
    case ${VARIANT:-} in
    asan | tsan | ubsan) ;;
    *) [ "$(count peak_memory_bytes)" -le $((128 << 20)) ] || fail "$(count peak_memory_bytes) bytes of memory" ;;
    esac
    [ -z "$(ls -A tmp)" ] || fail "temporary files are left"
done
