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
    ARTICLE_BYTES = 25,    /* struct wp_online_story, the next member, the owner, masked samples */
    FURNITURE_BYTES = 56,  /* twice in a state, once in a set that is half empty, and its growing */
    SEGMENT_BYTES = 240,   /* of an article */
    FREE_PART = 16,        /* of what may be shared out: what is allocated until somebody looks */
    SEEN_PART = 4,         /* of it, at most */
    SEEN_BYTES = 6,        /* of an article's 40 keys; with less, most that are not there pass */
    WINDOW_PART = 32,      /* of segments: their windows are larger, and a few are kept free (resident.h) */
    OTHERS_PART = 4,       /* of what is left, at least: memtable and profiles */
    MEMTABLE_PART = 3,     /* of that, at most */
    AHEAD_BYTES = 8 << 10, /* articles are looked ahead by, one for as many that may be shared out: till what
                              is taken from the others is back */
    ROW_BYTES = 1950,      /* of a memtable: row, 38 entries of 32 bytes, and room for sorting their keys */
    SMALL_ROWS = 6000,     /* with more its table of keys has TABLE_BYTES */
    TABLE_BYTES = 33 << 20,
    FLUSH_ROWS_MIN = 4096,
};

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t memtable_bytes(uint32_t rows) {
    return (uint64_t)rows * ROW_BYTES + (rows > SMALL_ROWS ? TABLE_BYTES : 0);
}

/* Of a memtable of so many bytes at most, or of one that is of use at all. */
static uint32_t flush_rows(uint64_t bytes) {
    uint64_t rows = bytes > TABLE_BYTES ? (bytes - TABLE_BYTES) / ROW_BYTES : 0;
    if (rows <= SMALL_ROWS) rows = least(bytes / ROW_BYTES, SMALL_ROWS);
    if (rows < FLUSH_ROWS_MIN) return FLUSH_ROWS_MIN;
    return (uint32_t)least(rows, WP_MEMTABLE_ROWS);
}

/* Memory of all segments when the index has `more` articles more. */
static uint64_t wanted_of_segments(const struct wp_ration_needs *needs, uint64_t more) {
    uint64_t bytes = needs->segment_bytes + (needs->waiting + more) * SEGMENT_BYTES;
    return bytes + bytes / WINDOW_PART;
}

/* Of the table of seen keys, which may have `most`. */
static uint64_t seen_bytes(const struct wp_ration_needs *needs, uint64_t most) {
    uint64_t wanted = least(needs->seen_wanted, most);
    return wanted > needs->seen_bytes ? wanted : needs->seen_bytes;
}

struct wp_ration wp_ration_of(const struct wp_ration_needs *needs) {
    uint64_t own = FIXED_BYTES + needs->articles * ARTICLE_BYTES + needs->furniture * FURNITURE_BYTES;
    uint64_t all = needs->memory_bytes, spoken_for = own + FREE_BYTES;
    uint64_t rest = all > spoken_for + REST_MIN ? all - spoken_for : REST_MIN;
    uint64_t margin = rest / FREE_PART, shared = rest - margin, seen_most = shared / SEEN_PART;
    if (seen_most < needs->articles * SEEN_BYTES) seen_most = 0;
    uint64_t seen = least(seen_bytes(needs, seen_most), shared), left = shared - seen;
    left -= least(wanted_of_segments(needs, rest / AHEAD_BYTES), left - left / OTHERS_PART);
    uint32_t rows = flush_rows(left / MEMTABLE_PART);
    uint64_t profiles = left - least(left, memtable_bytes(rows));
    return (struct wp_ration){
        .flush_rows = rows,
        .seen_bytes = (size_t)seen_most,
        .profile_bytes = (size_t)(profiles ? profiles : 1),
        .own_bytes = own + seen + left,
        .most_bytes = own + shared,
    };
}

uint64_t wp_ration_segments(const struct wp_ration *r, uint64_t own) {
    uint64_t others = own ? own + PROGRAM_BYTES : r->own_bytes;
    return r->most_bytes > others + SEGMENTS_MIN ? r->most_bytes - others : SEGMENTS_MIN;
}
