#!/bin/bash
# dedup_owners.sh - --owners: sister outlets count as one owner, in the rule and in --keep, and what is wrong with the
# file is told with its line; --keep source:LIST tells which names nobody has; explain takes the same file.
set -eu
fail() { echo "dedup_owners.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }
words() { seq -f "$1%.0f" -s ' ' "$2" "$3"; }
lead() { sed -n 's/.*"lead":"\([^"]*\)".*/\1/p' stories; }

# A passage of 50 words, a quarter of either text: an excerpt between two owners, nothing within one.
printf '{"id":"short","url":"https://www.punchng.com/1","text":"%s %s"}\n' "$(words w 1 50)" "$(words s 1 150)" > in.jsonl
printf '{"id":"long","source":"The Nation","text":"%s %s"}\n' "$(words w 1 50)" "$(words l 1 160)" >> in.jsonl
printf '# sisters\n\nelsewhere.example, www.punchng.com "the nation"\n' > owners
relation() { "$WIREPRINT" dedup -q in.jsonl --matches matches --summary summary.json "$@"; tail -n +2 matches | cut -f 3; }
[ "$(relation)" = excerpt ] || fail "two owners: $(relation)"
expect summary.json '"owner_groups": 0'
[ -z "$(relation --owners owners)" ] || fail "one owner: $(relation --owners owners)"
expect summary.json '"owner_groups": 1'
gzip -k owners
for threads in 1 3; do
    [ -z "$(relation --owners owners.gz --threads $threads)" ] || fail "a compressed file of owners, $threads threads"
done
printf 'the nation\npunchng.com\n' > apart # two groups, neither of which joins the two
[ "$(relation --owners apart)" = excerpt ] || fail "owners in two groups"
: > none
[ "$(relation --owners none)" = excerpt ] || fail "no groups"

"$WIREPRINT" explain short long --in in.jsonl > out.txt
expect out.txt 'A  short (punchng.com)'
expect out.txt 'excerpt by --match story'
"$WIREPRINT" explain short long --in in.jsonl --owners owners > out.txt
expect out.txt 'A  short (elsewhere.example)'
expect out.txt 'B  long (elsewhere.example)'
grep -q 'excerpt by' out.txt && fail "explain takes no notice of --owners"
head -1 in.jsonl > short.json
tail -1 in.jsonl > long.json
"$WIREPRINT" explain short.json long.json --owners owners --json > out.txt
expect out.txt '"same_owner":true'

# In --keep one name of a group stands for all.
printf '{"id":"a","source":"Daily","date":"2021-01-01","text":"%s"}\n' "$(words w 1 40)" > in.jsonl
printf '{"id":"b","source":"Sunday","date":"2021-01-02","text":"%s"}\n' "$(words w 1 40)" >> in.jsonl
printf '{"id":"c","source":"Post","date":"2021-01-03","text":"%s"}\n' "$(words w 1 40)" >> in.jsonl
printf 'weekend sunday\n' > owners
keep() { "$WIREPRINT" dedup in.jsonl --stories stories "$@" 2> err.txt; }
keep --keep source:weekend,post
[ "$(lead)" = c ] || fail "without --owners: $(lead)"
expect err.txt "warning: no record is of an owner named in --keep: 'weekend'"
keep --keep source:weekend,post --owners owners
[ "$(lead)" = b ] || fail "with --owners: $(lead)"
grep -q warning err.txt && fail "a warning for a name that records have"

# Names that nobody has: once each, as they were given, and no error.
keep --keep 'source:Nobody, The Cable ,Post,nobody,,www.cable.example'
[ "$(lead)" = c ] || fail "names that nobody has: $(lead)"
expect err.txt "--keep: 'Nobody', 'The Cable', 'www.cable.example'"
[ "$(grep -c warning err.txt)" = 1 ] || fail "told more than once"
keep --keep "source:$(seq -s , 15)"
expect err.txt "'10' and 5 more"
keep --keep source:Nobody -q
[ ! -s err.txt ] || fail "--quiet is not quiet"
for policy in earliest longest first source:daily; do
    keep --keep $policy
    grep -q warning err.txt && fail "a warning with --keep $policy"
done

# What is wrong with the file is told before any work is done.
refuse() { # CODE WORDS FILE
    local status=0
    rm -f kept
    "$WIREPRINT" dedup in.jsonl -o kept --owners "$3" > out.txt 2> err.txt < /dev/null || status=$?
    [ "$status" = "$1" ] || { cat err.txt; fail "exit status $status instead of $1 for $3"; }
    expect err.txt "$2"
    [ ! -e kept ] && [ ! -s out.txt ] && [ "$(wc -l < err.txt)" = 1 ] || fail "more than an error for $3"
}
printf 'a.com b.com\n# c.com\nc.com www.b.com\n' > twice
refuse 2 'twice:3: b.com is in another group already, on line 1' twice
printf 'a.com\n"The Nation b.com\n' > quote
refuse 2 'quote:2: a quote does not end' quote
printf 'caf\351\n' > latin
refuse 2 'latin:1: not UTF-8' latin
refuse 3 'missing: cannot open' missing
refuse 2 'standard input' -
head -c 20 /dev/zero | gzip | head -c 15 > cut.gz
refuse 3 'cut.gz: at byte 15: truncated' cut.gz
cp owners before
status=0
"$WIREPRINT" dedup -q in.jsonl --owners owners --stories ./owners 2> err.txt || status=$?
[ "$status" = 2 ] && cmp -s owners before || fail "the file of owners was overwritten"
expect err.txt 'is the file of --owners'
