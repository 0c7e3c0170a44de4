# layers.sh - a folder of src/ includes only itself and folders above it in the order that is also the way of an
# article; cli sees all. Includes are written relative to src; each third-party header stands in one file only.
set -eu
cd "$TOP"
order='base text input ingest sketch match story index engine report gen cli'
third_party='xxhash.h zstd.h zlib.h simdjson.h utf8proc.h libpsl.h uv.h'
bad=$(mktemp)

for dir in src/*/; do
    case " $order " in *" $(basename "$dir") "*) ;; *) echo "$dir: not in the order of layers ($order)" >>"$bad" ;; esac
done

find src -name '*.[ch]' -o -name '*.cc' | sort | while read -r file; do
    from=${file#src/} from=${from%%/*}
    [ "$from" = cli ] && continue
    allowed="${order%%"$from"*}$from"
    sed -n 's/^# *include "\([^"]*\)".*/\1/p' "$file" | while read -r header; do
        [ "$header" = wireprint.h ] && continue
        case " $allowed " in
        *" ${header%%/*} "*) [ -f "src/$header" ] || echo "$file: includes \"$header\", which is no file under src" ;;
        *) echo "$file: includes \"$header\", which is below $from" ;;
        esac
    done
done >>"$bad"

for header in $third_party; do
    files=$(grep -rlE "^# *include *[<\"]$header[>\"]" src | sort || true)
    [ "$(echo "$files" | grep -c .)" -le 1 ] || echo "<$header> is included in more than one file:" $files >>"$bad"
done
# The public header stands alone.
grep -E '^# *include' include/wireprint.h | grep -vE '<(stddef|stdint|stdbool)\.h>' |
    sed 's/^/include\/wireprint.h: /' >>"$bad" || true

cat "$bad"
[ ! -s "$bad" ]
