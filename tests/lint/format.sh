# format.sh - every C and C++ source is as clang-format would write it (`make format`).
set -eu
command -v clang-format >/dev/null || { echo "clang-format is not installed"; exit 77; }
scratch=$PWD
cd "$TOP"
find src include tests bench \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) -not -path '*/corpus/*' -print0 |
    xargs -0 clang-format --dry-run 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: .*clang-format.*/\1/p' |
    sort | uniq -c | awk '{print $2 ": " $1 " places are not as clang-format writes them"}' >"$scratch/bad.txt"
cat "$scratch/bad.txt"
[ ! -s "$scratch/bad.txt" ]
