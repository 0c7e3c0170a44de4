# headers.sh - every header compiles alone, and has the include guard that its path asks for.
set -eu
cd "$TOP"
status=0
for header in include/wireprint.h $(find src -name '*.h' | sort); do
    path=${header#include/} path=${path#src/}
    case $header in
    include/*) guard=WIREPRINT_H ;;
    *) guard=WP_$(echo "${path%.h}" | tr 'a-z/-' 'A-Z__')_H ;;
    esac
    # A *_impl.h or *_template.h is a body that other files instantiate: no guard, not compiled alone.
    case $header in *_impl.h | *_template.h | *_kernel.h) continue ;; esac
    if ! { grep -qx "#ifndef $guard" "$header" && grep -qx "#define $guard" "$header"; }; then
        echo "$header: no include guard $guard"
        status=1
    fi
    if ! ${CC:-cc} -std=c17 -D_GNU_SOURCE -Iinclude -Isrc -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only -x c \
        -include "$header" /dev/null; then
        echo "$header: does not compile alone"
        status=1
    fi
done
exit $status
