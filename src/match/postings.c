/* postings.c - dropping the shingles of one article only. See postings.h. */
#include "match/postings.h"

#include "base/recurring.h"

size_t wp_posting_table_words(size_t count) {
    return wp_recurring_words(count);
}

size_t wp_postings_repeated(uint64_t *postings, size_t count, uint64_t *table) {
    if (!count) return 0; /* and then there need be no table */
    const struct wp_recurring seen = wp_recurring_begin(table, count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) wp_recurring_note(&seen, postings[i]);
    for (size_t i = 0; i < count; i++) {
        uint64_t posting = postings[i];
        postings[kept] = posting;
        kept += wp_recurring_maybe(&seen, posting);
    }
    return kept;
}
