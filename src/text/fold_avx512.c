/* fold_avx512.c - the folding kernel for AVX512. */
#include "text/fold.h"

#if defined(__x86_64__)
void wp_fold_avx512(struct wp_fold *f) {
    wp_fold_portable(f);
}
#endif
