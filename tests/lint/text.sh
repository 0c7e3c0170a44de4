# text.sh - no tabs or trailing blanks in sources, every source opens with a comment, scripts parse, and nothing in
# the tree names a place on somebody's machine or a package registry. Long functions and files are told, not failed.
set -eu
cd "$TOP"
bad=$(mktemp)
files=$(mktemp)
find . \( -path ./.git -o -path ./build -o -path ./bench/runs -o -path ./tests/fuzz/corpus \) -prune -o -type f -print |
    sed 's/^\.\///' | sort >"$files"

sources=$(grep -E '\.(c|h|cc)$' "$files" || true)
at_most_three() { grep -m 3 -HnP "$1" $sources | sed "s|^\([^:]*\):|\1: $2: |" >>"$bad" || true; }
at_most_three '\t' 'tab'
at_most_three '[ \t]+$' 'blank at the end'
awk 'FNR == 1 {seen[FILENAME]; if (!/^\/[*\/]/) print FILENAME ": does not open with a comment"; nextfile}
     END {for (i = 1; i < ARGC; i++) if (!(ARGV[i] in seen)) print ARGV[i] ": does not open with a comment"}' $sources >>"$bad"

# Scripts by their first line, and by their names.
xargs -d '\n' grep -aHm 1 '' <"$files" | tr -d '\0' |
    awk -F: '{line = substr($0, length($1) + 2)}
             line ~ /^#!\/bin\/sh/ {print "sh " $1; next}
             line ~ /^#!\/(usr\/bin\/env |bin\/)bash/ || $1 ~ /\.sh$/ {print "bash " $1}' |
    while read -r shell file; do $shell -n "$file" 2>>"$bad" || true; done

# Written with brackets, so that this file does not find itself.
places='/wor[k]/|/roo[t]/|/hom[e]/[a-z]|/User[s]/'
registries='deb[.]debia[n]|pyp[i][.]org|crate[s][.]io|npmj[s][.]|maven[.]or[g]|repo1[.]mave[n]|proxy[.]golan[g]'
grep -v '^tests/data/' "$files" | xargs -d '\n' grep -nIE "$places|$registries" | cut -c 1-160 >>"$bad" || true

cat "$bad"
awk 'FNR == 1 {start = 0}
     /^[a-zA-Z].*\{$/ && !/^(struct|enum|union|extern|namespace|typedef)[^(]*\{$/ && !/=/ {start = FNR; name = $0}
     /^}/ && start {if (FNR - start > 60) printf "note: %s:%d: %d lines: %s\n", FILENAME, start, FNR - start, name; start = 0}
    ' $(echo "$sources" | grep -E '^src/') || true
wc -l $(echo "$sources" | grep -E '^src/') | awk '$1 > 450 && $2 != "total" {print "note: " $2 ": " $1 " lines"}'
[ ! -s "$bad" ]
