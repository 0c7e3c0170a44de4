#!/bin/bash
# dedup_same.sh - the same bytes come out for any threads, memory, kernels, compression and cutting of the same records.
set -eu
cd "$ON_DISK" && mkdir same && cd same && export TMPDIR=$PWD # what is spilled, too
fail() { echo "dedup_same.sh: $*" >&2; exit 1; }
answers='stories.jsonl matches.tsv kept.jsonl removed.jsonl'
count() { sed -n "s/^ *\"$2\": \([0-9]*\),*$/\1/p" "$1/summary.json"; }

# run NAME ARGUMENT...: all answers into a folder.
run() {
    local name=$1; shift
    mkdir "$name"
    "$WIREPRINT" dedup -q -o "$name/kept.jsonl" --removed "$name/removed.jsonl" --stories "$name/stories.jsonl" \
        --matches "$name/matches.tsv" --summary "$name/summary.json" "$@" || fail "$name: exit status $?"
}
same() { # NAME EXPECTED
    for answer in $answers; do cmp "$1/$answer" "$2/$answer" || fail "$answer of $1 is not that of $2"; done
}

python3 "$TOP/tests/support/make_dump.py" 5000 11 200 > dump.jsonl
run one --threads 1 dump.jsonl
for answer in $answers; do [ -s "one/$answer" ] || fail "$answer is empty"; done
run two --threads 2 dump.jsonl
same two one
run four --threads 4 dump.jsonl
same four one

run small --memory 64M --threads 1 --tmp . dump.jsonl
same small one
[ "$(count small bytes_spilled)" -gt 0 ] || fail "with --memory 64M nothing was spilled"
run small4 --memory 64M --threads 4 dump.jsonl
same small4 one
[ "$(find . -name '.*.tmp' -o -name '*.tmp' | wc -l)" = 0 ] || fail "temporary files are left"

for cpu in portable avx2 avx512; do
    WIREPRINT_CPU=$cpu run "$cpu" dump.jsonl
    same "$cpu" one
done

# Compressed, also in several members and frames cut in the middle of lines, also with a skippable frame first.
# Names say nothing: what it is, is seen in the content.
head -c 1234567 dump.jsonl > part1
tail -c +1234568 dump.jsonl > part2
{ gzip -c part1; gzip -1 -c part2; } > members.txt
run gzip members.txt
same gzip one
cat > skip.py <<'END'
import sys
sys.stdout.buffer.write(b"\x53\x2a\x4d\x18" + (1000).to_bytes(4, "little") + b"\n{" * 500)
END
if command -v zstd > /dev/null; then
    { python3 skip.py; zstd -q -c part1; python3 skip.py; zstd -q -5 -c < part2; } > frames.gz
    run zstd frames.gz
    same zstd one
    zstd -q dump.jsonl
    run zstd1 dump.jsonl.zst --threads 4 --memory 64M
    same zstd1 one
fi

# Cut into files (the last line of a file may lack its newline), named, globbed, and as a directory.
mkdir parts
split -l 600 -d -a 3 dump.jsonl parts/x
truncate -s -1 parts/x003
gzip parts/x001
run named parts/x000 parts/x001.gz parts/x00[2-9]
same named one
# Texts of a plain file are read again, others are kept aside while reading: all kinds in one run.
gzip -dc parts/x001.gz | run mixed parts/x000 - parts/x00[2-9]
same mixed one
run mixed2 <(cat parts/x000) parts/x001.gz parts/x00[2-9] --memory 64M --threads 4
same mixed2 one
run glob 'parts/x*'
same glob one
run folder parts --threads 4
same folder one

# Standard input, as a file, a pipe, and a slow pipe of compressed bytes.
run stdin - < dump.jsonl
same stdin one
cat dump.jsonl | run pipe -
same pipe one
{ head -c 100001 members.txt; sleep 0.2; tail -c +100002 members.txt; } | run slow - --memory 64M --threads 1
same slow one

# Outputs compressed by their names hold the same.
"$WIREPRINT" dedup -q dump.jsonl -o kept.gz --stories stories.jsonl.zst
gzip -dc kept.gz | cmp - one/kept.jsonl
if command -v zstd > /dev/null; then zstd -q -dc stories.jsonl.zst | cmp - one/stories.jsonl; fi
"$WIREPRINT" dedup -q dump.jsonl --matches - | cmp - one/matches.tsv

# The other rules, too.
for rule in jaccard:0.3 simhash:12 exact; do
    run "a-$rule" --match "$rule" --threads 1 dump.jsonl
    run "b-$rule" --match "$rule" --threads 4 --memory 64M - < dump.jsonl
    same "b-$rule" "a-$rule"
    run "c-$rule" --match "$rule" --verify sketch --threads 1 dump.jsonl
    run "d-$rule" --match "$rule" --verify sketch --threads 4 --memory 64M members.txt
    same "d-$rule" "c-$rule"
done
