/*
 * sample.c - see sample.h.
 *
 * Hashes are evenly spread, so that a number's place in sorted order is known within a few positions: one
 * pass drops each near its place, an insertion sort settles the rest. What an adversary does to the spread
 * costs at most the square of SORT_PART, because no more than that many are ever sorted at once.
 */
#include "sketch/sample.h"

#include <string.h>

enum {
    SORT_PART = 512, /* candidates sorted at a time; more than WP_SAMPLES_MAX */
    AIM = 32,        /* candidates that a limit for a short text should let through: twice WP_SAMPLES_MIN */
};

static size_t insertion_sort(uint64_t *numbers, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint64_t v = numbers[i];
        size_t j = i;
        for (; j > 0 && numbers[j - 1] > v; j--) numbers[j] = numbers[j - 1];
        numbers[j] = v;
    }
    size_t n = count > 0;
    for (size_t i = 1; i < count; i++) {
        numbers[n] = numbers[i];
        n += numbers[i] != numbers[n - 1];
    }
    return n;
}

/* At most SORT_PART numbers. Place p of 2 * count is where numbers from p / (2 * count) of the limit on go.
 */
static size_t sort_part(uint64_t *numbers, size_t count, uint64_t limit) {
    if (count < 12) return insertion_sort(numbers, count);
    uint64_t copy[SORT_PART];
    uint16_t at[SORT_PART], place[2 * SORT_PART + 2];
    size_t places = 2 * count;
    uint64_t scale = (uint64_t)((double)places * 0x1p64 / ((double)limit + 1));
    memset(place, 0, (places + 2) * sizeof *place);
    for (size_t i = 0; i < count; i++) {
        size_t p = (size_t)((unsigned __int128)numbers[i] * scale >> 64);
        at[i] = (uint16_t)(p < places ? p : places);
        place[at[i] + 1]++;
        copy[i] = numbers[i];
    }
    unsigned sum = 0;
    for (size_t p = 1; p <= places; p++) place[p] = (uint16_t)(sum += place[p]);
    for (size_t i = 0; i < count; i++) numbers[place[at[i]]++] = copy[i];
    return insertion_sort(numbers, count);
}

size_t wp_sample_sort(uint64_t *numbers, size_t count, uint64_t limit) {
    size_t kept = 0, next = 0;
    while (next < count) {
        size_t take = count - next < SORT_PART - kept ? count - next : SORT_PART - kept;
        memmove(numbers + kept, numbers + next, take * sizeof *numbers);
        next += take;
        kept = sort_part(numbers, kept + take, limit);
        if (next < count && kept > WP_SAMPLES_MAX) kept = WP_SAMPLES_MAX;
    }
    return kept;
}

/* A limit that lets about AIM of `count` hashes through, at least the sampling limit. */
static uint64_t first_limit(size_t count) {
    if (count <= 2 * AIM) return UINT64_MAX;
    uint64_t limit = UINT64_MAX / count * AIM;
    return limit > WP_SAMPLE_LIMIT ? limit : WP_SAMPLE_LIMIT;
}

unsigned wp_sample_select(const struct wp_shingle_kernel *kernel, const uint64_t *hashes, size_t count,
                          uint64_t *scratch, uint64_t *samples) {
    uint64_t limit = first_limit(count);
    size_t n;
    for (;;) {
        n = wp_sample_sort(scratch, kernel->select(hashes, count, limit, scratch), limit);
        if (n >= WP_SAMPLES_MIN || limit == UINT64_MAX) break;
        limit = limit > UINT64_MAX / 4 ? UINT64_MAX : limit * 4; /* many repetitions */
    }
    size_t below = 0;
    while (below < n && scratch[below] <= WP_SAMPLE_LIMIT) below++;
    if (below < WP_SAMPLES_MIN) below = n < WP_SAMPLES_MIN ? n : WP_SAMPLES_MIN;
    if (below > WP_SAMPLES_MAX) below = WP_SAMPLES_MAX;
    memcpy(samples, scratch, below * sizeof *samples);
    return (unsigned)below;
}
