/* ration.c - see ration.h. Figures were measured on generated news, 2.9 KB a record. */
#include "engine/ration.h"

#include "index/memtable.h"

/* Program and libraries 6 MiB, tables of agencies and words, zstd with its dictionary, what waits for a
 * commit (16 MiB of lines at most, packed), samples for a dictionary, verdicts. */
#define FIXED_BYTES ((uint64_t)60 << 20)
#define PROGRAM_BYTES ((uint64_t)8 << 20) /* of these: mapped */
/* Kept free besides, however little there is: what a merge of large segments touches between two looks. */
#define FREE_BYTES ((uint64_t)12 << 20)
#define REST_MIN ((uint64_t)32 << 20)
#define SEGMENTS_MIN ((uint64_t)4 << 20)

enum {
    ARTICLE_BYTES = 24,   /* struct wp_online_story, the next member, the owner */
    FURNITURE_BYTES = 56, /* twice in a state, once in a set that is half empty, and its growing */
    SEGMENT_PART = 2,     /* of what may be shared out: half at most */
    MEMTABLE_PART = 4,    /* of what is left: a quarter */
    SEEN_PART = 5,        /* the power of two below it is taken */
    FREE_PART = 16,       /* kept free: what is allocated until somebody looks */
    SEEN_BYTES = 16,      /* of an article's 40 keys; with less, most that are not there pass */
    ROW_BYTES = 1950,     /* of a memtable: row, 38 entries of 32 bytes, and room for sorting their keys */
    SMALL_ROWS = 6000,    /* with more its table of keys has TABLE_BYTES */
    TABLE_BYTES = 33 << 20,
    FLUSH_ROWS_MIN = 4096,
};

static uint64_t largest_power(uint64_t most) {
    uint64_t n = 1;
    while (2 * n <= most) n *= 2;
    return n;
}

static uint32_t flush_rows(uint64_t bytes) {
    uint64_t rows = bytes / ROW_BYTES;
    if (rows > SMALL_ROWS) rows = bytes > TABLE_BYTES ? (bytes - TABLE_BYTES) / ROW_BYTES : 0;
    if (bytes / ROW_BYTES > SMALL_ROWS && rows < SMALL_ROWS) rows = SMALL_ROWS;
    if (rows < FLUSH_ROWS_MIN) return FLUSH_ROWS_MIN;
    return rows > WP_MEMTABLE_ROWS ? WP_MEMTABLE_ROWS : (uint32_t)rows;
}

struct wp_ration wp_ration_of(const struct wp_ration_needs *needs) {
    uint64_t own = FIXED_BYTES + needs->articles * ARTICLE_BYTES + needs->furniture * FURNITURE_BYTES;
    uint64_t all = needs->memory_bytes, spoken_for = own + FREE_BYTES;
    uint64_t rest = all > spoken_for + REST_MIN ? all - spoken_for : REST_MIN;
    uint64_t margin = rest / FREE_PART, half = rest / SEGMENT_PART;
    uint64_t left = rest - margin - (needs->segment_bytes < half ? needs->segment_bytes : half);
    uint64_t seen = largest_power(left / SEEN_PART), memtable = left / MEMTABLE_PART;
    if (seen < needs->articles * SEEN_BYTES) seen = 0;
    uint64_t taken = memtable + (needs->seen_bytes > seen ? needs->seen_bytes : seen);
    return (struct wp_ration){
        .flush_rows = flush_rows(memtable),
        .seen_bytes = (size_t)seen,
        .profile_bytes = (size_t)(taken < left ? left - taken : 1),
        .own_bytes = own + left,
        .most_bytes = own + rest - margin,
    };
}

uint64_t wp_ration_segments(const struct wp_ration *r, uint64_t own) {
    uint64_t others = own ? own + PROGRAM_BYTES : r->own_bytes;
    return r->most_bytes > others + SEGMENTS_MIN ? r->most_bytes - others : SEGMENTS_MIN;
}
