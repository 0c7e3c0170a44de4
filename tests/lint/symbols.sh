# symbols.sh - what the libraries export begins with wp_, and the shared one exports exactly what the header marks
# WP_API. Weak symbols of C++ templates in the static library do not count.
set -eu
scratch=$PWD
cd "$TOP"
[ -f "$BUILD/libwireprint.a" ] || { echo "no static library in this build"; exit 77; }
bad=$(mktemp)
nm -g --defined-only "$BUILD/libwireprint.a" 2>/dev/null | awk 'NF == 3 && $2 !~ /[WVuvw]/ {print $3}' | sort -u |
    grep -v '^wp_' | grep -vE '^_?_?(asan|ubsan|tsan|odr)_' | sed 's/^/libwireprint.a: strange symbol /' >>"$bad" || true

if [ -f "$BUILD/libwireprint.so" ]; then
    # Declarations may span lines: join them, then take the name before the first parenthesis after WP_API.
    tr '\n' ' ' <include/wireprint.h | sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/||g' | grep -oE 'WP_API [^;(]*\(' |
        grep -oE 'wp_[a-z0-9_]+ *\($' | tr -d ' (' | sort -u >"$scratch/declared"
    nm -D --defined-only "$BUILD/libwireprint.so" | awk '$2 != "A" {print $3}' | sed 's/@.*//' | sort -u >"$scratch/exported"
    [ -s "$scratch/declared" ] || echo "found no WP_API in the header" >>"$bad"
    comm -23 "$scratch/declared" "$scratch/exported" | sed 's/^/in the header but not exported: /' >>"$bad"
    comm -13 "$scratch/declared" "$scratch/exported" | sed 's/^/exported but not in the header: /' >>"$bad"
fi
cat "$bad"
[ ! -s "$bad" ]
