# install.sh - `make install` into a scratch DESTDIR, then the example is built against that and nothing else: as C and
# as C++, with the shared and with the static library, by the flags that pkg-config gives. Then uninstall leaves no file.
set -eu
scratch=$PWD dest=$PWD/dest prefix=/opt/wireprint
make_in_tree() { make -C "$TOP" --no-print-directory -s VARIANT="$VARIANT" "$@" DESTDIR="$dest" PREFIX="$prefix"; }
unset MAKEFLAGS MAKELEVEL
make_in_tree install

version=$(sed -n 's/^#define WP_VERSION "\(.*\)"/\1/p' "$dest$prefix/include/wireprint.h")
for file in bin/wireprint lib/libwireprint.a "lib/libwireprint.so.$version" include/wireprint.h lib/pkgconfig/wireprint.pc; do
    [ -s "$dest$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
[ "$("$dest$prefix/bin/wireprint" --version)" = "wireprint $version" ]
objdump -p "$dest$prefix/lib/libwireprint.so" | grep -q 'SONAME *libwireprint.so.0$'

# pkg-config as a user in front of that file system would call it; the libraries below ours are the system's.
export PKG_CONFIG_PATH=$dest$prefix/lib/pkgconfig
ours() { pkg-config --define-variable=prefix="$dest$prefix" "$@" wireprint; }
[ "$(ours --modversion)" = "$version" ]
! grep -q "$dest" "$PKG_CONFIG_PATH/wireprint.pc" || { echo "DESTDIR stands in wireprint.pc"; exit 1; }

cp "$TOP/tests/install/example.c" example.c
cp example.c example.cc
cc -std=c99 -Wall -Wextra -Wpedantic -Werror example.c $(ours --cflags --libs) -o shared-c
c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror example.cc $(ours --cflags --libs) -o shared-cc
static_libs=$(ours --libs --static | sed "s|-lwireprint|$dest$prefix/lib/libwireprint.a|")
cc -std=c99 example.c $(ours --cflags) $static_libs -o static-c
c++ -std=c++11 example.cc $(ours --cflags) $static_libs -o static-cc

for program in shared-c shared-cc static-c static-cc; do
    LD_LIBRARY_PATH=$dest$prefix/lib ./$program >$program.out || { echo "$program failed"; cat $program.out; exit 1; }
    cmp shared-c.out $program.out
done
cat shared-c.out
# 17 and 13 words of the second text's 37 stand in the first; the third is of neither.
grep -qx 'copy: 81 % shared' shared-c.out && grep -qx 'a story of 2, lead: Courier' shared-c.out
[ "$(wc -l <shared-c.out)" = 3 ]
ldd static-c | grep -q libwireprint && { echo "the static example needs the shared library"; exit 1; }
env -u LD_LIBRARY_PATH ./static-c >/dev/null
[ "$(wc -l <"$TOP/tests/install/example.c")" -le 50 ] || { echo "the example has grown"; exit 1; }

make_in_tree uninstall
left=$(find "$dest" -not -type d)
[ -z "$left" ] || { echo "left after uninstall: $left"; exit 1; }
cd "$scratch"
