/* postings.c - two bit tables: seen once, seen twice. See postings.h. */
#include "match/postings.h"

#include <string.h>

#define BITS_PER_POSTING 8

/* Bits in one table: a power of two, at least BITS_PER_POSTING a posting. */
static unsigned table_log(size_t count) {
    unsigned log = 6;
    while (((size_t)1 << log) < count * BITS_PER_POSTING && log < 32) log++;
    return log;
}

size_t wp_posting_table_words(size_t count) {
    return ((size_t)2 << table_log(count)) / 64;
}

size_t wp_postings_repeated(uint64_t *postings, size_t count, uint64_t *table) {
    if (!count) return 0; /* and then there need be no table */
    unsigned log = table_log(count), shift = 64 - log;
    size_t words = ((size_t)1 << log) / 64, kept = 0;
    uint64_t *seen = table, *twice = table + words;
    memset(table, 0, 2 * words * sizeof *table);
    for (size_t i = 0; i < count; i++) {
        uint64_t at = postings[i] >> shift, bit = (uint64_t)1 << (at % 64);
        twice[at / 64] |= seen[at / 64] & bit;
        seen[at / 64] |= bit;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t at = postings[i] >> shift;
        postings[kept] = postings[i];
        kept += twice[at / 64] >> (at % 64) & 1;
    }
    return kept;
}
