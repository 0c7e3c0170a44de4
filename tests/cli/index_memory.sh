#!/bin/bash
# index_memory.sh - add --memory SIZE: the process stays under it, however its index is cut into segments by that, and
# verdicts, stories and records are the same.
set -eu
fail() { echo "index_memory.sh: $*" >&2; exit 1; }
articles=30000
"$WIREPRINT" gen -q --articles $articles --seed 7 -o dump.jsonl
# Prints the peak of memory in KiB.
add() {
    python3 - "$WIREPRINT" add -q "$@" <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}
for memory in 112M 2G; do
    most=$((112 << 20))
    [ $memory = 112M ] || most=$((2 << 30))
    peak=$(add index.$memory dump.jsonl --memory $memory -v verdicts.$memory)
    "$WIREPRINT" export index.$memory -o kept.$memory --stories stories.$memory 2> /dev/null
    case ${VARIANT:-} in
    asan | tsan | ubsan) ;;
    *) [ "$peak" -le $((most / 1024)) ] || fail "$peak KiB with --memory $memory" ;;
    esac
done
[ "$(wc -l < verdicts.2G)" -ge $articles ] || fail "too few verdicts"
for answer in verdicts kept stories; do cmp $answer.112M $answer.2G || fail "other $answer with less memory"; done
