# man.sh - a man page for the program and for each command, each with the options that --help names.
set -eu
command -v scdoc >/dev/null || { echo "scdoc is not installed"; exit 77; }
"$TOP/tools/make-man" "$WIREPRINT" man
for command in $("$WIREPRINT" --help | awk '/^commands:/ {on = 1; next} on && /^  [a-z]/ {print $1} on && /^$/ {exit}'); do
    page=man/wireprint-$command.1
    [ -s "$page" ] || { echo "no page for $command"; exit 1; }
    for flag in $("$WIREPRINT" "$command" --help | sed -n '/^options:/,$ s/^  .*--\([a-z-]*\).*/\1/p'); do
        sed 's/\\//g' "$page" | grep -q -e "--$flag" || { echo "$page: --$flag is missing"; exit 1; }
    done
    grep -q "wireprint-$command" <(sed 's/\\//g' man/wireprint.1) || { echo "wireprint.1 does not list $command"; exit 1; }
done
