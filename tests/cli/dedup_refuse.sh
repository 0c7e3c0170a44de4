#!/bin/bash
# dedup_refuse.sh - what is told before any work is done, with nothing written; help and options.
set -eu
fail() { echo "dedup_refuse.sh: $*" >&2; exit 1; }
printf '{"id":1,"text":"one two three"}\n' > in.jsonl
cp in.jsonl other.jsonl
ln -s in.jsonl link.jsonl
ln in.jsonl hard.jsonl
mkdir folder deep
cp in.jsonl deep/in.jsonl

# refuse STATUS WORDS ARGUMENT...: neither changes nor makes a file.
refuse() {
    local code=$1 words=$2 status=0; shift 2
    "$WIREPRINT" dedup "$@" > "$TMPDIR.out" 2> "$TMPDIR.err" < /dev/null || status=$?
    [ "$status" = "$code" ] || { cat "$TMPDIR.err"; fail "exit status $status instead of $code for: $*"; }
    grep -qF -- "$words" "$TMPDIR.err" || { cat "$TMPDIR.err"; fail "'$words' is not told for: $*"; }
    [ ! -s "$TMPDIR.out" ] || fail "something on standard output for: $*"
    [ "$(wc -l < "$TMPDIR.err")" -le 2 ] || fail "more than an error for: $*"
    [ "$(find . -type f -o -type l | sort)" = "$files" ] || fail "files came or went for: $*"
    cmp -s in.jsonl other.jsonl || fail "the input was changed for: $*"
}
files=$(find . -type f -o -type l | sort)
trap 'rm -f "$TMPDIR.out" "$TMPDIR.err"' EXIT

refuse 3 'missing.jsonl' missing.jsonl -o kept --stories stories
refuse 3 'missing.jsonl' in.jsonl missing.jsonl other.jsonl -o kept --stories stories
refuse 3 'no*.such' in.jsonl 'no*.such' -o kept
refuse 2 'no input' -o kept
refuse 2 'named twice' - - -o kept

refuse 2 'in.jsonl: is an input' in.jsonl -o in.jsonl
refuse 2 'is an input' other.jsonl in.jsonl --stories in.jsonl
refuse 2 'is an input' in.jsonl --matches link.jsonl
refuse 2 'is an input' in.jsonl --removed ./hard.jsonl
refuse 2 'is an input' deep --summary deep/in.jsonl
refuse 2 'is the name of two outputs' in.jsonl -o kept --removed kept
refuse 2 'is the name of two outputs' in.jsonl --stories kept --summary ./kept
refuse 2 'is the name of two outputs' in.jsonl -o deep/../kept --matches kept
refuse 2 'is the name of two outputs' in.jsonl --stories - --matches -
refuse 3 "nowhere/kept: cannot create: no directory 'nowhere'" in.jsonl -o nowhere/kept
refuse 3 'in.jsonl: no such directory for temporary files (--tmp)' in.jsonl --tmp in.jsonl
refuse 2 'folder' in.jsonl -o folder
refuse 3 'no-such-place' in.jsonl --tmp no-such-place -o kept

refuse 2 "unknown option '--storys'" in.jsonl --storys kept
refuse 2 "unknown option '-x'" -x in.jsonl
refuse 2 '--stories needs a value' in.jsonl --stories
refuse 2 '--threads takes' in.jsonl --threads two
refuse 2 '--threads takes' in.jsonl --threads 100000
refuse 2 '--threads takes' in.jsonl --threads -1
refuse 2 '--threads takes' in.jsonl --threads 0
refuse 2 '--memory takes' in.jsonl --memory much
refuse 2 '--memory takes at least 64M' in.jsonl --memory 63M
refuse 2 '--max-record takes' in.jsonl --max-record 3G
refuse 2 'a rule is ' in.jsonl --match jaccard
refuse 2 'jaccard:T takes' in.jsonl --match jaccard:1.5
refuse 2 'jaccard:T takes' in.jsonl --match jaccard:0
refuse 2 'simhash:K takes' in.jsonl --match simhash:129
refuse 2 'a rule is ' in.jsonl --match fuzzy
refuse 2 '--verify takes' in.jsonl --verify twice
refuse 2 '--keep takes' in.jsonl --keep best
refuse 2 '--keep takes' in.jsonl --keep source:
refuse 2 '--text-field needs a value' in.jsonl --text-field ''
refuse 2 '--quiet takes no value' in.jsonl --quiet=yes

# Help is asked for, so it goes to standard output; every flag is in it.
"$WIREPRINT" dedup --help > help.txt 2> err.txt
[ ! -s err.txt ] && grep -q '^usage: wireprint dedup INPUT' help.txt || fail "--help"
for flag in --output --removed --stories --matches --summary --match --verify --keep --owners --threads --memory --tmp --id-field --text-field \
    --url-field --source-field --title-field --date-field --date-format --max-record --strict --no-progress --quiet; do
    grep -q -- "  $flag\|, $flag" help.txt || fail "$flag is not in --help"
done
[ "$(awk '{ if (length($0) > 120) print }' help.txt | wc -l)" = 0 ] || fail "help has lines of more than 120 columns"
"$WIREPRINT" --version | grep -Eq '^wireprint [0-9]+\.[0-9]+\.[0-9]+$' || fail "--version"
"$WIREPRINT" --help | grep -q '^  dedup ' || fail "the list of commands"
status=0
"$WIREPRINT" dedupe in.jsonl > out.txt 2> err.txt || status=$?
[ "$status" = 2 ] && grep -q "no command 'dedupe'" err.txt && [ ! -s out.txt ] || fail "an unknown command"

# Forms of options that mean the same.
"$WIREPRINT" dedup -q in.jsonl -oone --threads=1
"$WIREPRINT" dedup -q -t1 --output two -- in.jsonl
"$WIREPRINT" dedup -q -t 1 -m 65536K --output=three in.jsonl
cmp one in.jsonl && cmp two in.jsonl && cmp three in.jsonl || fail "forms of options"
cp in.jsonl ./-odd
"$WIREPRINT" dedup -q -o four -- -odd
cmp four in.jsonl || fail "--"
