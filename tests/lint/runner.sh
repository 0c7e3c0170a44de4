# runner.sh - tests/run itself: it finds, counts, stops, shows what failed and exits accordingly, in a tree of its own.
set -eu
tree=$PWD/tree
mkdir -p "$tree/tests/cli" "$tree/build/check/tests/unit" "$tree/tests/unit"
cp "$TOP/tests/run" "$tree/tests/run"
cd "$tree"
run() { env -u WIREPRINT_CPU "$tree/tests/run" --build "$tree/build/check" "$@" >"$tree/out" 2>&1; }
expect() { # LAST-LINE
    [ "$(tail -n 1 "$tree/out")" = "$1" ] || { echo "expected '$1', got:"; cat "$tree/out"; exit 1; }
}

run && { echo "nothing to run, and it passed"; exit 1; }
echo 'echo quiet; [ -z "$(ls)" ] && [ "$(basename "$BUILD")" = check ]' >tests/cli/good.sh
run || { cat out; exit 1; }
expect '1 passed, 0 failed'
! grep -q quiet out || { echo "shows the output of what passed"; exit 1; }
echo 'echo loud; exit 3' >tests/cli/bad.sh
echo 'echo no luck; exit 77' >tests/cli/skipped.sh
echo 'sleep 60' >tests/cli/slow.sh
run --timeout 2 && { echo "a failure passed"; exit 1; }
expect '1 passed, 2 failed, 1 skipped'
grep -q 'FAIL tests/cli/bad.sh (exit status 3)' out && grep -q '^    loud' out && grep -q 'stopped after 2 s' out
grep -q 'skip tests/cli/skipped.sh: no luck' out
run good || { echo "patterns do not choose"; exit 1; }
expect '1 passed, 0 failed'

# cmocka programs, as their output looks: counted inside; a crash is a failure, and so is a program without tests.
rm tests/cli/*.sh
program() { # NAME STATUS LINE...
    local name=$1 status=$2
    shift 2
    { echo '#!/bin/sh'; printf "echo '%s'\n" "$@"; echo "exit $status"; } >"build/check/tests/unit/$name"
    chmod +x "build/check/tests/unit/$name"
    : >"tests/unit/$name.c"
}
program test_a 2 '[       OK ] x' '[       OK ] y' '[  FAILED  ] z' '[  PASSED  ] 2 test(s).' ' 1 SKIPPED TEST(S)' ' 2 FAILED TEST(S)'
run && exit 1
expect '2 passed, 2 failed, 1 skipped'
program test_a 0 '[       OK ] x'
program test_crash 139 '[       OK ] x' '[ RUN      ] y'
program test_none 0 'nothing here'
run && exit 1
expect '2 passed, 2 failed'
rm tests/unit/test_crash.c tests/unit/test_none.c
run || { echo "runs leftovers without a source"; exit 1; }
expect '1 passed, 0 failed'
