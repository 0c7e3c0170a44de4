# demo.sh - the sample dump comes out as its truth says: each of the twelve wire stories found as one story, and nothing
# merged that the truth keeps apart (banner pages, which only furniture tells apart, may stand with each other).
set -eu
sample=$TOP/tools/demo/sample.jsonl truth=$TOP/tools/demo/sample.truth.tsv
[ "$(grep -c . "$sample")" = "$(grep -vc '^#' "$truth")" ]
"$TOP/tools/demo/run" "$WIREPRINT" "$sample" out >shown.txt 2>&1 || { cat shown.txt; exit 1; }
for name in kept.jsonl removed.jsonl stories.jsonl matches.tsv summary.json; do [ -s "out/$name" ]; done
sort out/kept.jsonl out/removed.jsonl | cmp - <(sort "$sample") || { echo "kept and removed are not the input"; exit 1; }
grep -q '^Ferry with 214 aboard runs aground off Port Sorrel$' shown.txt
grep -q 'stories hold' shown.txt

# member <TAB> number of its story
awk '{ s = $0; n++; while (match(s, /"id":"[^"]*"/)) { print substr(s, RSTART + 6, RLENGTH - 7) "\t" n; s = substr(s, RSTART + RLENGTH) } }' \
    out/stories.jsonl >members.tsv
awk -F'\t' '
    FNR == NR { if ($0 !~ /^#/) label[$1] = $2; next }
    { story[$1] = $2; members[$2] = members[$2] " " $1 }
    END {
        for (id in label) if (label[id] !~ /^(-|own-|banner-|rates-|tides-|roundup)/) of[label[id]] = of[label[id]] " " id
        for (l in of) {
            count = split(of[l], ids, " "); best = 0; split("", seen); labels++
            for (i = 1; i <= count; i++) if (ids[i] in story && ++seen[story[ids[i]]] > best) best = seen[story[ids[i]]]
            pieces += count; together += best
            if (best < count) printf "note: %s: %d of %d in one story\n", l, best, count
            if (best < count * 0.75) { printf "%s is not found: %d of %d\n", l, best, count; bad = 1 }
        }
        for (n in members) {
            count = split(members[n], ids, " "); split("", seen); kinds = 0
            for (i = 1; i <= count; i++) {
                l = label[ids[i]]; sub(/^banner-[a-z]*-.*/, "banner", l)
                if (!(l in seen)) { seen[l] = 1; kinds++ }
            }
            if (kinds > 1) { printf "merged what is apart:%s\n", members[n]; bad = 1 }
        }
        printf "%d labels, %d of %d members in their story\n", labels, together, pieces
        exit bad || labels != 12
    }' "$truth" members.tsv
