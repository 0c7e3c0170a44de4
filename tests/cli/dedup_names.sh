#!/bin/bash
# dedup_names.sh - names of files with anything in them are read, stand in ids and messages, and control no terminal;
# a directory with something that may not be read is refused by that name before any work is done.
set -eu
fail() { echo "dedup_names.sh: $*" >&2; exit 1; }
expect() { grep -qF -- "$2" "$1" || { cat -v "$1" >&2; fail "'$2' is not in $1"; }; }
text='the bridge over the old river will close on monday said the minister of works in lagos'
record="{\"text\":\"$text\"}"

mkdir odd
for name in ' blank ' 'quo"te' "quo'te" 'back\slash' 'star*[x]?' $'tab\t' $'new\nline' $'esc\033[31m' 'ünïcode 你好' '#hash' '$(x)' 'a,b' '-dash' '%s%n'; do
    printf '%s\n' "$record" > "odd/$name"
done
count=$(printf '%s\0' odd/* | tr -dc '\0' | wc -c)
[ "$count" = 14 ] || fail "$count odd names"
"$WIREPRINT" dedup odd -o kept --removed removed --stories stories --matches matches 2> err.txt
[ "$(wc -l < kept)" = 1 ] && [ "$(wc -l < removed)" = 13 ] || fail "kept $(wc -l < kept), removed $(wc -l < removed)"
python3 - odd/* << 'END' || fail "ids by FILE:LINE"
import json, sys
story = json.loads(open("stories").read())
ids = [m["id"] for m in story["members"]]
sys.exit(sorted(ids) != sorted(name + ":1" for name in sys.argv[1:]))
END
[ "$(wc -l < matches)" = 14 ] || fail "a name broke the lines of the matches"
awk -F '\t' 'NF != 6' matches | grep . && fail "a name broke the columns of the matches"
for name in odd/*; do # each by its own name, which may look like a pattern or, with --, like an option
    "$WIREPRINT" dedup -q -- "$name" || fail "$(printf %q "$name") by its name"
done
(cd odd && "$WIREPRINT" dedup -q -- *) || fail "names without a directory"
# A name that is no UTF-8: U+FFFD in JSON.
printf '%s\n%s\n' "$record" "$record" > $'\xff'.jsonl
"$WIREPRINT" dedup -q $'\xff'.jsonl --stories stories
python3 -c 'import json; assert json.loads(open("stories", encoding="utf-8").read())["lead"] == "\ufffd.jsonl:1"' || fail "a name that is no UTF-8"

# Messages are one line each and hold no escape sequence, whatever files and ids are called.
printf 'no record\n%s\n' '{"id":"x\u001b[2J\n","text":"one"}' > $'bad\n\033[31m'
printf '%s\n' '{"id":"x\u001b[2J\n","text":"two"}' >> $'bad\n\033[31m'
"$WIREPRINT" dedup $'bad\n\033[31m' 2> err.txt
expect err.txt 'bad??[31m:1: not a JSON object'
expect err.txt "id 'x?[2J?' stands more than once"
grep -q "$(printf '\033')" err.txt && fail "an escape sequence in a message"
printf '%s\n' "$record" | gzip | head -c 30 > $'cut\033[31m'
"$WIREPRINT" dedup -q $'cut\033[31m' 2> err.txt || true
expect err.txt 'cut?[31m: at byte 30: truncated'
"$WIREPRINT" dedup $'missing\033x' 2> err.txt && fail "a missing file"
expect err.txt 'missing?x: cannot open: No such file'

# What may not be read. Root may read everything, unless it gives that up.
mkdir -p locked/dir
printf '%s\n' "$record" > locked/a
printf '%s\n' "$record" > locked/b
may_not=()
if [ "$(id -u)" = 0 ]; then
    may_not=(setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search)
    "${may_not[@]}" true 2> /dev/null || { echo "no setpriv; the rest passed"; exit 77; }
fi
refuse() { # NAME INPUT...
    local name=$1 status=0; shift
    "${may_not[@]}" "$WIREPRINT" dedup "$@" -o out --stories out.stories 2> err.txt || status=$?
    [ "$status" = 3 ] || { cat err.txt; fail "exit status $status for $*"; }
    [ "$(cat err.txt)" = "wireprint dedup: $name: cannot open: Permission denied" ] || { cat err.txt; fail "$name is not told"; }
    [ ! -e out ] && [ ! -e out.stories ] || fail "something was written"
}
chmod 0 locked/b
"${may_not[@]}" cat locked/b > /dev/null 2>&1 && { echo "this user may read everything; the rest passed"; exit 77; }
refuse locked/b locked
refuse locked/b locked/a locked/b
refuse locked/b 'locked/*'
chmod 644 locked/b
chmod 0 locked/dir
refuse locked/dir locked
chmod 755 locked/dir
"${may_not[@]}" "$WIREPRINT" dedup -q locked || fail "once it may be read"
