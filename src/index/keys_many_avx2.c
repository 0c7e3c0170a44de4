/* keys_many_avx2.c - wp_keys_find_many where a processor counts and finds bits itself (BMI2). */
#if defined(__x86_64__)

#include "index/keys_many_find.h"

enum wp_status wp_keys_find_many_avx2(const struct wp_keys *k, const uint64_t *keys, uint32_t count,
                                      struct wp_key_look *looks, struct wp_key_hits *hits,
                                      struct wp_error *err) {
    return find_many(k, keys, count, looks, hits, err);
}

#endif
