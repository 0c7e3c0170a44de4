# index_find.sh - a search of an index lists every match that the batch run has, though the index took more for
# furniture; and pages that are nothing but furniture, to who asks with one of them.
set -eu
fail() { echo "$*"; exit 1; }
python3 - <<'END2'
import json
words = lambda stem, n: " ".join(stem + format(i, "03d") for i in range(n))
notice, advert, background = words("cookie", 60), words("advert", 60), words("flood", 40)
def parts(i):
    yield words("story%c" % (97 + i), 60)
    if 6 <= i < 10: # four reports tell what happened before
        yield background
    yield notice
    if i >= 10: # the site is given a new look: when the index sees it for the sixth time it looks at the four, too
        yield advert
with open("dump.jsonl", "w") as f:
    put = lambda **article: f.write(json.dumps(article) + "\n")
    for i in range(16):
        put(id="a%d" % i, text="\n\n".join(parts(i)), title=words("title%c" % (97 + i), 4), url="https://one.com/%d" % i)
    for name in "xyz": # all furniture, but for a word
        put(id="page" + name, text=notice + " " + name, title=words("title" + name, 4), url="https://one.com/" + name)
END2
"$WIREPRINT" dedup -q dump.jsonl --matches matches.tsv
"$WIREPRINT" add -q news dump.jsonl -v verdicts
[ "$(grep -c '"banner"' verdicts)" = 3 ] || fail "the pages are told as something else than banners"
[ "$(cut -f 1,2 matches.tsv | grep -c 'a[6-9]	a[6-9]')" = 6 ] || fail "the batch run does not see what the four share"
tail -n +2 matches.tsv | while IFS="$(printf '\t')" read -r a b rest; do
    for pair in "$a $b" "$b $a"; do
        set -- $pair
        "$WIREPRINT" find news --id "$1" --json | grep -q "\"id\":\"$2\"" || { echo "find $1 misses $2 ($rest)" >>missed; }
    done
done
[ ! -e missed ] || fail "$(cat missed)"
[ "$("$WIREPRINT" find news --id a0 | wc -l)" = 0 ] || fail "find lists articles that share nothing but furniture"
[ "$("$WIREPRINT" find news --id pagex --json | grep -c '"id":"page[yz]"')" = 2 ] || fail "find does not see the other pages"
