# tiny.sh - dumps of nothing, of one article, and of articles too short to have a fingerprint are dumps like others.
set -eu
run() { "$WIREPRINT" dedup -q in.jsonl -o kept.jsonl --stories stories.jsonl --matches matches.tsv --summary summary.json "$@"; }
expect() { # KEPT STORIES
    [ "$(wc -l <kept.jsonl)" = "$1" ] || { echo "kept $(wc -l <kept.jsonl), not $1"; exit 1; }
    [ "$(wc -l <stories.jsonl)" = "$2" ] || { echo "$(wc -l <stories.jsonl) stories, not $2"; exit 1; }
}
for threads in 1 3; do
    : >in.jsonl
    run --threads $threads
    expect 0 0
    echo '{"id":"a","text":"One two."}' >in.jsonl
    run --threads $threads
    expect 1 0
    echo '{"id":"b","text":"One, two!"}' >>in.jsonl
    echo '{"id":"c","text":"Three four five."}' >>in.jsonl
    echo '{"id":"d","text":""}' >>in.jsonl
    for rule in story exact jaccard:0.5 simhash:3; do
        run --threads $threads --match $rule
        [ $rule != exact ] || expect 3 1
    done
done
