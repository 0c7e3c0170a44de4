# headers.sh - every header compiles alone, and has the include guard that its path asks for.
set -eu
scratch=$PWD
cd "$TOP"
# A *_impl.h or *_template.h is a body that other files instantiate: no guard, not compiled alone.
headers=$(find include/wireprint.h src -name '*.h' | grep -vE '_(impl|template|kernel)\.h$' | sort)
[ "$(echo "$headers" | wc -l)" -gt 50 ] || { echo "found no headers"; exit 1; }
status=0

grep -HE '^#(ifndef|define) [A-Z0-9_]+$' $headers | awk -F'[: ]' -v headers="$headers" '
    {has[$1, $2, $3]}
    END {
        count = split(headers, header, "\n")
        for (i = 1; i <= count; i++) {
            guard = header[i]
            sub(/^(include|src)\//, "", guard); sub(/\.h$/, "", guard); gsub(/[\/-]/, "_", guard)
            guard = (header[i] ~ /^src/ ? "WP_" : "") toupper(guard) "_H"
            if ((header[i], "#ifndef", guard) in has && (header[i], "#define", guard) in has) continue
            print header[i] ": no include guard " guard; bad = 1
        }
        exit bad
    }' || status=1

# One call of the compiler for all is cheaper than one for each.
for header in $headers; do echo "#include \"$TOP/$header\"" >"$scratch/${header//\//-}.c"; done
compile() { ${CC:-cc} -std=c17 -D_GNU_SOURCE -Iinclude -Isrc -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only "$@"; }
compile "$scratch"/*.c || { echo "a header does not compile alone, see above"; status=1; }
exit $status
