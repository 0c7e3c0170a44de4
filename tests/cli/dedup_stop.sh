#!/bin/bash
# dedup_stop.sh - SIGINT and SIGTERM in the middle of reading, of a stalled pipe and of writing: exit status 130 within
# a second, no file left, what stood under an output's name untouched. A failure does not wait for a stalled pipe.
set -eu
fail() { echo "dedup_stop.sh: $*" >&2; exit 1; }
slow=1 # sanitizers take their time to end a process
case ${VARIANT:-} in asan | tsan | ubsan) slow=10 ;; esac

python3 "$TOP/tests/support/make_dump.py" 2000 21 > dump.jsonl
mkfifo pipe
mkdir out
now() { date +%s%3N; }

# start ARGUMENT...: in the background, its standard input left open (a shell gives background jobs /dev/null).
start() {
    rm -rf out && mkdir out && echo old > out/kept
    "$WIREPRINT" dedup "$@" -o out/kept --removed out/removed.gz --stories out/stories --matches out/matches.zst --summary out/summary \
        <&0 > out.txt 2> err.txt &
    pid=$!
}
# stopped SIGNAL EXPECTED: sends it, waits, looks.
stopped() {
    local begin status=0
    begin=$(now)
    [ "$1" = none ] || kill -"$1" "$pid"
    wait "$pid" || status=$?
    [ $(($(now) - begin)) -le $((1000 * slow)) ] || fail "$1: took $(($(now) - begin)) ms to end"
    [ "$status" = "$2" ] || { cat err.txt; fail "$1: exit status $status instead of $2"; }
    [ "$(ls -A out)" = kept ] && [ "$(cat out/kept)" = old ] || fail "$1: left in the folder: $(ls -A out)"
    [ ! -s out.txt ] || fail "$1: something on standard output"
}

# A pipe that stalls in the middle; named, and as standard input.
for signal in INT TERM; do
    start pipe --tmp out
    exec 8> pipe
    head -c 1000000 dump.jsonl >&8
    sleep 0.3
    [ "$(ls -A out | wc -l)" -gt 1 ] || fail "no output is written aside"
    stopped $signal 130
    exec 8>&-
done
exec 8<> pipe
start - --threads 1 --memory 64M < pipe
head -c 1000000 dump.jsonl | gzip >&8
sleep 0.3
stopped INT 130
exec 8>&-

# A pipe to which nobody has written, or that nobody has opened for writing yet.
start pipe
sleep 0.3
stopped INT 130

# In the middle of a dump that is large enough to be in the middle of, at several moments. (Until it has caught
# signals, a job in the background ignores them; outputs are opened afterwards.)
for i in $(seq 60); do sed "s/\"id\": \"a/\"id\": \"$i-/" dump.jsonl; done | gzip -1 > large.gz
for wait in 0.02 0.1 0.25; do
    start large.gz large.gz large.gz large.gz --no-progress
    until [ "$(ls -A out | wc -l)" -gt 1 ]; do sleep 0.01; done
    sleep $wait
    stopped INT 130
done

# --strict and a bad record, while the pipe stays open: the end is not waited for.
start --strict pipe
exec 8> pipe
# What comes behind the bad record may find nobody to read it.
(head -n 1500 dump.jsonl; echo oops; tail -n 500 dump.jsonl; cat dump.jsonl) >&8 2> /dev/null || true
stopped none 3
exec 8>&-
grep -q '^wireprint dedup: pipe:1501: ' err.txt || { cat err.txt; fail "the place of a bad record in a pipe"; }
