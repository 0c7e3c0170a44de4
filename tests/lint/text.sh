# text.sh - no tabs or trailing blanks in sources, every source opens with a comment, scripts parse, and nothing in
# the tree names a place on somebody's machine or a package registry. Long functions and files are told, not failed.
set -eu
cd "$TOP"
bad=$(mktemp)
files=$(mktemp)
find . \( -path ./.git -o -path ./build -o -path ./bench/runs -o -path ./tests/fuzz/corpus \) -prune -o -type f -print |
    sed 's/^\.\///' | sort >"$files"

sources=$(grep -E '\.(c|h|cc)$' "$files" || true)
for file in $sources; do
    grep -nP '\t' "$file" | head -n 3 | sed "s|^|$file: tab: |" >>"$bad" || true
    grep -nP '[ \t]+$' "$file" | head -n 3 | sed "s|^|$file: blank at the end: |" >>"$bad" || true
    case $(head -c 2 "$file") in '/*' | '//') ;; *) echo "$file: does not open with a comment" >>"$bad" ;; esac
done

for file in $(cat "$files"); do
    case $(head -c 64 "$file" | head -n 1 | tr -d '\0') in
    '#!/bin/sh'*) sh -n "$file" 2>>"$bad" || true ;;
    '#!/usr/bin/env bash'* | '#!/bin/bash'*) bash -n "$file" 2>>"$bad" || true ;;
    *) case $file in *.sh) bash -n "$file" 2>>"$bad" || true ;; esac ;;
    esac
done

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
