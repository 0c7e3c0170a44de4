/* fold_avx2.c - the folding kernel for AVX2. */
#include "text/fold.h"

#if defined(__x86_64__)
void wp_fold_avx2(struct wp_fold *f) {
    wp_fold_portable(f);
}
#endif
