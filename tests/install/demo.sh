# demo.sh - the sample dump comes out as its truth, written by hand, says: `make demo` finds each wire story whole, and
# merges nothing that the truth keeps apart.
set -eu
sample=$TOP/tools/demo/sample.jsonl truth=$TOP/tools/demo/sample.truth.jsonl
"$TOP/tools/demo/run" "$WIREPRINT" "$sample" out >shown.txt 2>&1 || { cat shown.txt; exit 1; }
for name in kept.jsonl removed.jsonl stories.jsonl matches.tsv summary.json; do
    [ -s "out/$name" ] || { echo "no $name"; exit 1; }
done
sort out/kept.jsonl out/removed.jsonl | cmp - <(sort "$sample") || { echo "kept and removed are not the input"; exit 1; }
grep -q '^Ferry with 214 aboard runs aground off Port Sorrel$' shown.txt
grep -q '^12 stories hold' shown.txt

# What README.md shows of it is what comes out; times are left out, and prompts, which name other files.
readme=$(sed -n '/^## Example/,/^## Commands/ s/^    //p' "$TOP/README.md" | grep -v -e '^\$' -e ' s CPU, ')
[ "$(echo "$readme" | wc -l)" -gt 20 ]
while IFS= read -r line; do
    grep -qxF -e "$line" shown.txt || { echo "README.md shows what does not come out: $line"; exit 1; }
done <<<"$readme"

# Lines "id <TAB> number of its line" from a file of clusters.
members() {
    awk '{ s = $0
           while (match(s, /"id" *: *"[^"]*"/)) {
               id = substr(s, RSTART, RLENGTH); s = substr(s, RSTART + RLENGTH)
               sub(/^"id" *: *"/, "", id); sub(/"$/, "", id); print id "\t" FNR } }' "$1"
}
members "$truth" >truth.tsv
members out/stories.jsonl >found.tsv
[ "$(wc -l <truth.tsv)" = "$(grep -c . "$sample")" ] || { echo "the truth is not about every article"; exit 1; }
awk -F'\t' '
    FNR == NR { truth[$1] = $2; size[$2]++; next }
    { found[$1] = $2; count[$2]++; if (!($2 in label)) label[$2] = truth[$1]
      if (truth[$1] != label[$2]) { print $1 " stands in a story that is not its own"; bad = 1 } }
    END {
        for (id in truth) if (size[truth[id]] > 1) {
            stories[truth[id]] = 1
            if (!(id in found)) { print id " is in no story"; bad = 1 }
            else if (count[found[id]] != size[truth[id]]) { print id " is in a story of another size"; bad = 1 }
        }
        for (s in stories) n++
        if (n != 12) { print n " stories in the truth"; bad = 1 }
        exit bad
    }' truth.tsv found.tsv
