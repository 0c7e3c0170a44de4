/*
 * overlap.c - see overlap.h.
 *
 * The cost is in mispredicted branches, each as dear as five shingles, so every pass over the text avoids
 * branches that depend on it.
 *
 * To set the base, a shingle becomes the head of its chain without a look at the chain; only one whose bits
 * in the sieve are set already (1 in 100, and all repeats) is looked up first.
 *
 * To compare, the sieve first sorts out nearly all shingles that the base has not. What is left is looked up;
 * inside a copied passage the next shingle is that of the base's next position, so that chains are walked
 * only where a passage begins. Those found are marked at their positions in either text: shared shingles are
 * a sum of marks, covered tokens a sum of marks smeared over the width of a shingle.
 */
#include "match/overlap.h"

#include <string.h>

#define MAX_WIDTH 64
#define MIN_HEADS 16
#define HEADS_PER_WORD 8 /* of the sieve: 2 to 4 shingles to a word */
#define MARK_SLACK 8     /* marks are read eight at a time */

void wp_overlap_base_init(struct wp_overlap_base *base) {
    *base = (struct wp_overlap_base){.a.width = 1, .sift = wp_sieve_choose(wp_cpu_level())};
}

void wp_overlap_base_release(struct wp_overlap_base *base) {
    wp_free(base->sieve);
    wp_free(base->heads);
    wp_free(base->links);
    wp_free(base->first);
    wp_free(base->next);
    wp_free(base->repeats);
    wp_free(base->hit_a);
    wp_free(base->hit_b);
    wp_free(base->marks);
    if (base->counter) wp_overlap_base_release(base->counter);
    wp_free(base->counter);
    wp_overlap_base_init(base);
}

static enum wp_status check_stream(const struct wp_stream *s) {
    if (s->width == 0 || s->width > MAX_WIDTH) return WP_EINVAL;
    if (s->count != (s->tokens < s->width ? 0 : s->tokens - s->width + 1)) return WP_EINVAL;
    return s->count > WP_OVERLAP_MAX_SHINGLES ? WP_ETOOBIG : WP_OK;
}

/* Makes *array, which holds `cap` elements, hold `count`; contents are lost. NULL when out of memory. */
static enum wp_status make_room(void *array, size_t cap, size_t count, size_t size) {
    void **at = array;
    if (count <= cap) return WP_OK;
    wp_free(*at);
    *at = wp_alloc(count, size);
    return *at ? WP_OK : WP_ENOMEM;
}

static size_t with_slack(size_t count) {
    return count + count / 2;
}

static enum wp_status make_head_room(struct wp_overlap_base *base, size_t heads) {
    if (heads <= base->head_cap) return WP_OK;
    base->head_cap = 0;
    WP_TRY(make_room(&base->heads, 0, heads, sizeof *base->heads));
    WP_TRY(make_room(&base->sieve, 0, heads / HEADS_PER_WORD, sizeof *base->sieve));
    base->head_cap = heads;
    return WP_OK;
}

static enum wp_status make_position_room(struct wp_overlap_base *base, size_t count) {
    if (count <= base->position_cap) return WP_OK;
    base->position_cap = 0;
    count = with_slack(count);
    WP_TRY(make_room(&base->links, 0, count, sizeof *base->links));
    WP_TRY(make_room(&base->first, 0, count, sizeof *base->first));
    WP_TRY(make_room(&base->next, 0, count, sizeof *base->next));
    WP_TRY(make_room(&base->repeats, 0, count, sizeof *base->repeats));
    base->position_cap = count;
    return WP_OK;
}

static enum wp_status make_hit_room(struct wp_overlap_base *base, size_t count) {
    if (count <= base->hit_cap) return WP_OK;
    base->hit_cap = 0;
    count = with_slack(count);
    WP_TRY(make_room(&base->hit_a, 0, count, sizeof *base->hit_a));
    WP_TRY(make_room(&base->hit_b, 0, count, sizeof *base->hit_b));
    base->hit_cap = count;
    return WP_OK;
}

static enum wp_status make_mark_room(struct wp_overlap_base *base, size_t count) {
    if (count <= base->mark_cap) return WP_OK;
    base->mark_cap = 0;
    WP_TRY(make_room(&base->marks, 0, with_slack(count), 1));
    base->mark_cap = with_slack(count);
    return WP_OK;
}

static uint32_t heads_for(uint32_t count) {
    uint32_t heads = MIN_HEADS;
    while (heads < 2 * count) heads *= 2;
    return heads;
}

/* Position + 1 of the first occurrence of a shingle among those set so far, 0 = none. */
static inline uint32_t find_entry(const struct wp_overlap_base *base, const uint64_t *shingles,
                                  uint64_t shingle) {
    uint32_t entry = base->heads[(uint32_t)shingle & base->head_mask];
    while (entry && shingles[entry - 1] != shingle) entry = base->links[entry - 1];
    return entry;
}

/* Chains position i to the earlier ones of its shingle. While the base is set, hit_a[first] is the last of
 * them. */
static void add_repeat(struct wp_overlap_base *base, uint32_t first, uint32_t i) {
    uint32_t last = base->next[first] == WP_OVERLAP_NONE ? first : base->hit_a[first];
    base->first[i] = first;
    base->next[last] = i;
    base->hit_a[first] = i;
    base->repeats[base->repeat_count++] = i;
}

static void set_shingles(struct wp_overlap_base *base, const uint64_t *shingles, uint32_t n) {
    uint32_t *heads = base->heads, *links = base->links, head_mask = base->head_mask;
    uint64_t *sieve = base->sieve;
    size_t sieve_mask = base->sieve_mask;
    for (uint32_t i = 0; i < n; i++) base->first[i] = i;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t *word = &sieve[wp_sieve_word(shingles[i], sieve_mask)], bits = wp_sieve_bits(shingles[i]);
        if (!(bits & ~*word)) {
            uint32_t entry = find_entry(base, shingles, shingles[i]);
            if (entry) {
                add_repeat(base, entry - 1, i);
                continue;
            }
        }
        uint32_t *head = &heads[(uint32_t)shingles[i] & head_mask];
        *word |= bits;
        links[i] = *head;
        *head = i + 1;
    }
}

enum wp_status wp_overlap_base_set(struct wp_overlap_base *base, const struct wp_stream *a) {
    WP_TRY(check_stream(a));
    uint32_t n = a->count, heads = heads_for(n);
    base->a = (struct wp_stream){.width = 1}; /* empty, should anything fail below */
    WP_TRY(make_head_room(base, heads));
    WP_TRY(make_position_room(base, n));
    WP_TRY(make_hit_room(base, n));
    base->head_mask = heads - 1;
    base->sieve_mask = heads / HEADS_PER_WORD - 1;
    base->repeat_count = 0;
    memset(base->heads, 0, heads * sizeof *base->heads);
    memset(base->sieve, 0, heads / HEADS_PER_WORD * sizeof *base->sieve);
    if (n) memset(base->next, 0xff, n * sizeof *base->next); /* WP_OVERLAP_NONE */
    set_shingles(base, a->shingles, n);
    base->a = *a;
    base->a.distinct = n - base->repeat_count - (a->mask ? a->mask->shingles : 0);
    return WP_OK;
}

uint32_t wp_overlap_base_find(const struct wp_overlap_base *base, uint64_t shingle) {
    if (!base->a.count) return WP_OVERLAP_NONE;
    return find_entry(base, base->a.shingles, shingle) - 1; /* no entry gives WP_OVERLAP_NONE */
}

enum wp_status wp_overlap_count_distinct(struct wp_overlap_base *base, const struct wp_stream *b,
                                         struct wp_overlap *o) {
    o->distinct_b = b->distinct;
    if (b->distinct || !b->count) return WP_OK;
    if (!base->counter) {
        base->counter = wp_alloc(1, sizeof *base->counter);
        if (!base->counter) return WP_ENOMEM;
        wp_overlap_base_init(base->counter);
    }
    WP_TRY(wp_overlap_base_set(base->counter, b));
    o->distinct_b = base->counter->a.distinct;
    return WP_OK;
}

/* After the sieve: keeps those of the first `n` positions in hit_b that are in the base, and puts one
 * position there beside each. Returns how many. */
static uint32_t find_hits(const struct wp_overlap_base *base, const uint64_t *shingles, uint32_t n) {
    const uint64_t *of_a = base->a.shingles;
    uint32_t *restrict hit_a = base->hit_a, *restrict hit_b = base->hit_b;
    uint32_t last = base->a.count - 1, at = 0, kept = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = hit_b[k];
        uint64_t shingle = shingles[i];
        if (at < last && of_a[at + 1] == shingle) {
            at++;
        } else {
            uint32_t entry = find_entry(base, of_a, shingle);
            if (!entry) continue;
            at = entry - 1;
        }
        hit_a[kept] = at;
        hit_b[kept++] = i;
    }
    return kept;
}

static void mark_hits(const struct wp_overlap_base *base, uint8_t *restrict in_a, uint8_t *restrict in_b) {
    const uint32_t *restrict hit_a = base->hit_a, *restrict hit_b = base->hit_b,
                             *restrict first = base->first;
    uint32_t n = base->hit_count;
    for (uint32_t k = 0; k < n; k++) {
        in_b[hit_b[k]] = 1;
        in_a[first[hit_a[k]]] = 1;
    }
}

static inline uint64_t load_word(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The sum of eight bytes that are 0 or 1. */
static inline uint32_t sum_bytes(uint64_t word) {
    return (uint32_t)(word * 0x0101010101010101u >> 56);
}

/* Eight bytes at a time: MARK_SLACK bytes behind marks[count] are readable and 0. */
static uint32_t sum_marks(const uint8_t *marks, uint32_t count) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i += 8) sum += sum_bytes(load_word(marks + i));
    return sum;
}

static inline uint32_t sum_smeared(const uint8_t *marks, const uint8_t *masked, uint32_t tokens,
                                   uint32_t width) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < tokens; i += 8) {
        uint64_t covered = load_word(marks + i);
        for (uint32_t s = 1; s < width; s++) covered |= load_word(marks + i - s);
        if (masked) covered &= ~load_word(masked + i);
        sum += sum_bytes(covered);
    }
    return sum;
}

/* Tokens that count and stand in a marked shingle: a mark at i covers i .. i + width - 1. There are width - 1
 * zeros before marks[0], and none but zeros from marks[tokens - width + 1] on. */
static uint32_t sum_covered(const uint8_t *marks, const struct wp_stream *s) {
    const uint8_t *masked = s->mask ? s->mask->tokens : NULL;
    switch (s->width) { /* those of the scheme unrolled */
    case 5: return masked ? sum_smeared(marks, masked, s->tokens, 5) : sum_smeared(marks, NULL, s->tokens, 5);
    case 8: return masked ? sum_smeared(marks, masked, s->tokens, 8) : sum_smeared(marks, NULL, s->tokens, 8);
    default: return sum_smeared(marks, masked, s->tokens, s->width);
    }
}

/* Then the counts, from the hits as marks. */
static enum wp_status count_overlap(struct wp_overlap_base *base, const struct wp_stream *b,
                                    struct wp_overlap *out) {
    uint32_t pad = b->width - 1;
    size_t bytes = (size_t)base->a.tokens + b->tokens + 2 * ((size_t)pad + MARK_SLACK);
    WP_TRY(make_mark_room(base, bytes));
    memset(base->marks, 0, bytes);
    uint8_t *in_a = base->marks + pad, *in_b = in_a + base->a.tokens + MARK_SLACK + pad;
    mark_hits(base, in_a, in_b);
    out->shared = sum_marks(in_a, base->a.count);
    for (uint32_t k = 0; k < base->repeat_count; k++)
        in_a[base->repeats[k]] = in_a[base->first[base->repeats[k]]];
    out->covered_a = sum_covered(in_a, &base->a);
    out->covered_b = sum_covered(in_b, b);
    return WP_OK;
}

/* How many shingles are equal from a[i] and b[j] on. */
static uint32_t run_length(const struct wp_stream *a, const struct wp_stream *b, uint32_t i, uint32_t j) {
    uint32_t len = 1;
    while (i + len < a->count && j + len < b->count && a->shingles[i + len] == b->shingles[j + len]) len++;
    return len;
}

/* The longest common run of shingles. Every pair of equal positions lies in one run that cannot be continued
 * to the left; each such run is measured once, from its beginning. */
static uint32_t longest_run_with_repeats(const struct wp_overlap_base *base, const struct wp_stream *b) {
    const uint64_t *of_a = base->a.shingles, *of_b = b->shingles;
    uint32_t best = 0, steps = 0;
    for (uint32_t k = 0; k < base->hit_count && steps < WP_OVERLAP_RUN_STEPS; k++) {
        uint32_t j = base->hit_b[k];
        for (uint32_t i = base->first[base->hit_a[k]]; i != WP_OVERLAP_NONE; i = base->next[i]) {
            if (++steps >= WP_OVERLAP_RUN_STEPS) break;
            if (i && j && of_a[i - 1] == of_b[j - 1]) continue;
            uint32_t len = run_length(&base->a, b, i, j);
            steps += len;
            if (len > best) best = len;
        }
    }
    return best;
}

/* The same when no shingle stands twice in the base: the hits themselves are the only pairs. */
static uint32_t longest_run_of_hits(const struct wp_overlap_base *base) {
    uint32_t best = 1, len = 1;
    for (uint32_t k = 1; k < base->hit_count; k++) {
        bool goes_on = base->hit_b[k] == base->hit_b[k - 1] + 1 && base->hit_a[k] == base->hit_a[k - 1] + 1;
        len = goes_on ? len + 1 : 1;
        best = len > best ? len : best;
    }
    return best;
}

void wp_overlap_find_run(const struct wp_overlap_base *base, const struct wp_stream *b,
                         struct wp_overlap *o) {
    if (!base->hit_count) return;
    uint32_t run = base->repeat_count ? longest_run_with_repeats(base, b) : longest_run_of_hits(base);
    o->longest_run = run + b->width - 1;
}

enum wp_status wp_overlap_compare(struct wp_overlap_base *base, const struct wp_stream *b, unsigned want,
                                  struct wp_overlap *out) {
    *out = (struct wp_overlap){0};
    base->hit_count = 0;
    WP_TRY(check_stream(b));
    out->distinct_a = base->a.distinct;
    out->tokens_a = wp_stream_own(&base->a);
    out->width = base->a.width;
    out->tokens_b = wp_stream_own(b);
    out->distinct_b = b->distinct;
    if (want & WP_OVERLAP_DISTINCT) WP_TRY(wp_overlap_count_distinct(base, b, out));
    if (b->width != base->a.width || !b->count || !base->a.count) return WP_OK;
    WP_TRY(make_hit_room(base, b->count));
    uint32_t maybe = base->sift(base->sieve, base->sieve_mask, b->shingles, b->count, base->hit_b);
    base->hit_count = find_hits(base, b->shingles, maybe);
    if (!base->hit_count) return WP_OK;
    WP_TRY(count_overlap(base, b, out));
    if (want & WP_OVERLAP_RUN) wp_overlap_find_run(base, b, out);
    return WP_OK;
}
