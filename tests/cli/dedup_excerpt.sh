# dedup_excerpt.sh - of an excerpt the shorter text stands first in the matches, wherever it stands in the dump.
set -eu
fail() { echo "FAILED: $*"; exit 1; }

# words FROM TO: so many different words.
words() { seq -f 'word%g' "$1" "$2" | tr '\n' ' '; }
record() { printf '{"id":"%s","source":"%s","text":"%s"}\n' "$1" "$2" "$3"; }

passage=$(words 1 50)
record long One "$(words 100 400) $passage $(words 500 800)" > a.jsonl
record brief Two "$(words 1000 1060) $passage" >> a.jsonl
tac a.jsonl > b.jsonl
for dump in a b; do
    for threads in 1 2; do
        "$WIREPRINT" dedup -q "$dump.jsonl" --matches m --stories s --threads "$threads" || fail "exit status"
        [ "$(tail -n +2 m | cut -f 1-3)" = "$(printf 'brief\tlong\texcerpt')" ] || fail "$dump: $(tail -n +2 m)"
        [ ! -s s ] || fail "an excerpt joined a story"
    done
done
