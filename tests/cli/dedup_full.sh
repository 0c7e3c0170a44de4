#!/bin/bash
# dedup_full.sh - a disk that fills while answers or temporary files are written: a clear error, nothing under the final
# names, what was there before untouched, nothing left. On a file system of 3 MB of its own when one can be mounted
# (as root, in a mount namespace), else with a limit on the size of files.
set -eu
fail() { echo "dedup_full.sh: $*" >&2; exit 1; }
if [ "${1:-}" != inside ]; then
    python3 "$TOP/tests/support/make_dump.py" 4000 41 > dump.jsonl
    for i in 1 2 3 4 5 6; do sed "s/\"id\": \"a/\"id\": \"$i-/; s/\"text\": \"/&$i /" dump.jsonl; done > large.jsonl

    # A device that is always full needs no rights at all.
    status=0
    "$WIREPRINT" dedup -q dump.jsonl -o /dev/full --stories stories 2> err.txt || status=$?
    [ "$status" = 3 ] && grep -q '^wireprint dedup: /dev/full: .*No space left on device' err.txt || { cat err.txt; fail "/dev/full: exit status $status"; }
    [ ! -e stories ] || fail "/dev/full: the stories were written"

    # A file that may not grow: 512-byte blocks in POSIX, 1024-byte ones in bash.
    echo old > kept
    status=0
    (trap '' XFSZ; ulimit -f 500; "$WIREPRINT" dedup -q dump.jsonl -o kept --stories stories 2> err.txt) || status=$?
    [ "$status" = 3 ] && grep -q '^wireprint dedup: kept: ' err.txt || { cat err.txt; fail "a file that may not grow: exit status $status"; }
    [ "$(cat kept)" = old ] && [ ! -e stories ] && [ -z "$(find . -name '*.tmp')" ] || fail "a file that may not grow: $(ls -A)"

    mkdir small
    unshare -m true 2> /dev/null && unshare -m sh -c 'mount -t tmpfs -o size=1m none small' 2> /dev/null ||
        { echo "no file system can be mounted here; the rest passed"; exit 77; }
    exec unshare -m bash "$TOP/tests/cli/dedup_full.sh" inside
fi

mount -t tmpfs -o size=3m none small
# full NAME ARGUMENT...: fails for want of space, naming what has no room.
full() {
    local name=$1 status=0; shift
    echo old > small/kept
    "$WIREPRINT" dedup -q "$@" > out.txt 2> err.txt || status=$?
    [ "$status" = 3 ] || { cat err.txt; fail "exit status $status with $*"; }
    grep -Eq "^wireprint dedup: $name: .*No space left on device" err.txt || { cat err.txt; fail "the full disk is not told with $*"; }
    [ "$(ls -A small)" = kept ] && [ "$(cat small/kept)" = old ] || fail "left with $*: $(ls -A small)"
    [ ! -e stories ] && [ ! -e matches ] && [ -z "$(find . -name '*.tmp')" ] || fail "other answers were written with $*"
}
[ "$(stat -c %s large.jsonl)" -gt 12000000 ] || fail "the dump is too small"
full small/kept large.jsonl --match exact -o small/kept --stories stories --matches matches
full small/kept large.jsonl --match exact -o small/kept --tmp . --threads 1 --removed removed
full small/kept.gz large.jsonl --match exact -o small/kept.gz
gzip -1 -k large.jsonl # texts of a plain file do not spill
full 'small/.*' large.jsonl.gz --stories stories --tmp small --memory 64M --threads 1 # spilling has no room
full 'small/.*' - --stories stories --tmp small --removed removed < <(cat large.jsonl) # nor has the copy of a pipe

# With room elsewhere the same run is good.
"$WIREPRINT" dedup -q large.jsonl.gz --stories small/stories --tmp . --memory 64M || fail "with room for temporary files"
[ "$(wc -l < small/stories)" -gt 500 ] || fail "stories"
# Too little room for what may be needed is told beforehand.
"$WIREPRINT" dedup large.jsonl --tmp small --memory 64M 2>&1 | grep -q 'warning: small has .* MB free, and temporary files may need' || fail "no warning about the room for temporary files"
# What fits into memory needs no room.
"$WIREPRINT" dedup large.jsonl --tmp small > out.txt 2>&1 || fail "a run that needs no temporary files"
grep -q warning out.txt && fail "a warning for a run that needs no temporary files"
# What must be written there and cannot be is refused, naming both sizes, before anything is read.
status=0
"$WIREPRINT" dedup -q - -o here --tmp small < large.jsonl > out.txt 2> err.txt || status=$?
[ "$status" = 3 ] && [ ! -e here ] || fail "standard input without room for its copy: exit status $status"
needs=$(awk "BEGIN {printf \"%.1f\", $(stat -c %s large.jsonl) / 1e6}")
grep -q "^wireprint dedup: small: .* MB free, but the copy of standard input needs $needs MB (see --tmp)" err.txt || { cat err.txt; fail "not refused"; }
"$WIREPRINT" dedup -q - --tmp small --match exact < large.jsonl || fail "standard input that needs no copy"
