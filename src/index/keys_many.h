/*
 * keys_many.h - many keys of a list, looked up side by side.
 *
 * A key by itself is one thing behind the other: the directory's line, the block's, a count of zeros, a key
 * to compare, a count of ones; and whether it is there nobody foresees. So many are taken through three
 * steps, each for all of them, and each but the last asks for the memory of the next:
 *
 *     prefetch   asks for where the directory has them
 *     locate     reads it, and asks for the blocks
 *     find       searches those
 *
 * Several lists, or other work, may come in between. The steps are for blocks as nearly all are. What is not
 * in memory yet or not yet checked, a large block, an odd one, a damaged one is left to wp_keys_find.
 */
#ifndef WP_INDEX_KEYS_MANY_H
#define WP_INDEX_KEYS_MANY_H

#include "base/cpu.h"
#include "index/keys.h"

/* What is known of a key so far. */
struct wp_key_look {
    uint64_t begin;           /* of its block: byte of the entries, */
    uint16_t len;             /* bytes; 0: left to wp_keys_find, */
    uint16_t entries, firsts; /* how many, and the bit where the bits of them begin */
    uint16_t place;           /* of the key among those of the block */
};

void wp_keys_prefetch(const struct wp_keys *k, const uint64_t *keys, uint32_t count);
void wp_keys_locate(const struct wp_keys *k, const uint64_t *keys, uint32_t count, struct wp_key_look *looks);
/* count: up to WP_KEYS_PER_ARTICLE. looks: as they were located. hits[i] is what wp_keys_find says of
 * keys[i]. WP_EDAMAGED. */
typedef enum wp_status wp_keys_finder(const struct wp_keys *k, const uint64_t *keys, uint32_t count,
                                      struct wp_key_look *looks, struct wp_key_hits *hits,
                                      struct wp_error *err);
wp_keys_finder wp_keys_find_many, wp_keys_find_many_avx2;
/* The best kernel for a processor of that level (wp_cpu_level); they differ in speed only. */
wp_keys_finder *wp_keys_finder_choose(enum wp_cpu level);

#endif
