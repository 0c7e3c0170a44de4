/* ration.c - see ration.h. Figures were measured on generated news, 2.9 KB a record. */
#include "engine/ration.h"

#include "index/memtable.h"

/* Program and libraries 6 MiB, tables of agencies and words, zstd with its dictionary, what waits for a
 * commit (16 MiB of lines at most, packed), samples for a dictionary, verdicts. */
#define FIXED_BYTES ((uint64_t)60 << 20)
#define REST_MIN ((uint64_t)32 << 20)

enum {
    ARTICLE_BYTES = 24,   /* struct wp_online_story, the next member, the owner */
    FURNITURE_BYTES = 56, /* twice in a state, once in a set that is half empty, and its growing */
    SEGMENT_PART = 2,     /* of what may be shared out: half */
    MEMTABLE_PART = 4,    /* of what is left: a quarter */
    SEEN_PART = 5,        /* the power of two below it is taken */
    TRIM_PART = 16,       /* kept free: pages that are touched until somebody looks */
    ROW_BYTES = 1950,     /* of a memtable: row, 38 entries of 32 bytes, and room for sorting their keys */
    SMALL_ROWS = 6000,    /* with more its table of keys has TABLE_BYTES */
    TABLE_BYTES = 33 << 20,
    FLUSH_ROWS_MIN = 4096,
    TOUCHED_BYTES = 1 << 20, /* of segments by one article, at the very most */
    LOOK_MIN = 4,
    LOOK_MAX = 64,
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

/* As many articles as what is kept free will do for. */
static uint32_t look_near(uint64_t margin) {
    uint64_t articles = margin / TOUCHED_BYTES;
    return articles < LOOK_MIN ? LOOK_MIN : articles > LOOK_MAX ? LOOK_MAX : (uint32_t)articles;
}

struct wp_ration wp_ration_of(const struct wp_ration_needs *needs) {
    uint64_t own = FIXED_BYTES + needs->articles * ARTICLE_BYTES + needs->furniture * FURNITURE_BYTES;
    uint64_t rest = needs->memory_bytes > own + REST_MIN ? needs->memory_bytes - own : REST_MIN;
    uint64_t margin = rest / TRIM_PART, left = rest - rest / SEGMENT_PART - margin;
    uint64_t seen = largest_power(left / SEEN_PART), memtable = left / MEMTABLE_PART;
    uint64_t taken = memtable + (needs->seen_bytes > seen ? needs->seen_bytes : seen);
    return (struct wp_ration){
        .flush_rows = flush_rows(memtable),
        .seen_bytes = (size_t)seen,
        .profile_bytes = (size_t)(taken < left ? left - taken : 1),
        .own_bytes = own + left,
        .near_bytes = own + rest - 4 * margin,
        .trim_bytes = own + rest - margin,
        .look_near = look_near(margin),
    };
}
