/*
 * run.h - a batch run: what it knows of every article, and the stages it goes through.
 *
 *     reading       harvest.c   records -> fingerprints -> stores        all threads, any order
 *     families      families.c  exact copies, repeated ids               by 64-bit keys
 *     hits          hits.c      postings -> furniture samples, hits      part by part, all threads
 *     furniture     learn.c     examples -> furniture, banners           by owner, all threads
 *     verification  promise.c   hits -> candidates, by neighbourhood     part by part, all threads
 *                   verify.c    candidates -> matches                    part by part, all threads
 *     stories       tell.c      matches -> agreement -> leads            one thread
 *
 * While reading, stores are filled by slot; afterwards everything speaks in ranks (base/order.h). Stores
 * count against one budget and spill beyond it. A run is used by one thread at a time; it starts threads of
 * its own.
 */
#ifndef WP_ENGINE_RUN_H
#define WP_ENGINE_RUN_H

#include <pthread.h>
#include <stdatomic.h>
#include "base/blobs.h"
#include "base/bits.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/order.h"
#include "base/parts.h"
#include "base/rows.h"
#include "engine/labels.h"
#include "engine/ledger.h"
#include "engine/rejects.h"
#include "engine/settings.h"
#include "engine/wire.h"
#include "match/furniture.h"
#include "match/hits.h"
#include "match/relation.h"
#include "sketch/figures.h"
#include "match/twins.h"
#include "story/lead.h"

/* What is kept of every article: 72 bytes. */
struct wp_article_row {
    struct wp_hash128 exact;
    uint64_t id_ref; /* in ids */
    uint64_t
        stream_ref; /* in streams (shelf.h), or, where the line can be read again, its offset in the file */
    int64_t date;   /* seconds since 1970, WP_DATE_UNKNOWN */
    uint32_t tokens, shingles;
    uint32_t owner;      /* hash of the owner's name; 0 = none */
    uint32_t line;       /* in its segment, from 0 */
    uint32_t id_bytes;   /* 0: the id is FILE:LINE */
    uint32_t line_bytes; /* of a line that can be read again; 0: its stream was kept aside */
    uint16_t samples;
    uint8_t width;    /* tokens in a shingle */
    uint8_t unspoken; /* its text speaks of nothing that its title does */
    struct wp_wire wire;
};

/* What the story rule wants to know of an article besides: 50 bytes. */
struct wp_traits {
    struct wp_title title;
    struct wp_figures figures;
};

/* The number of an owner of that name, for wp_article_row. */
static inline uint32_t wp_owner_number(const char *name, size_t len) {
    return wp_label_number(name, len);
}

/* Streams of shingles that are kept aside stay in memory up to this, unless that is limited: a small dump's
 * altogether. They are read again only for candidates, so more of them is not worth memory. */
#define WP_STREAM_RAM_BYTES ((size_t)128 << 20)

/* A longer value of the language field is none; tags such as zh-Hant-TW are shorter. */
#define WP_LANGUAGE_BYTES_MAX 35
/* Fewer tokens than this: a copy is only what is the same, because five words more or less decide everything.
 */
#define WP_TOKENS_MIN 12

/* One verified pair; 24 bytes. */
struct wp_match {
    uint32_t a, b; /* ranks, a < b */
    float coverage, jaccard, containment;
    uint8_t relation;  /* enum wp_relation */
    uint8_t b_shorter; /* the coverage is b's: of an excerpt, b is the one */
    int16_t gain;      /* of being told together, see relation.h */
};

struct wp_run_counts {
    _Atomic uint64_t records, dates_unknown, too_short;
    _Atomic uint64_t postings, candidates, verified, matches;
    _Atomic uint64_t verified_shingles; /* of both articles of every verified pair */
    uint64_t exact_copies, repeated_ids, banners, furniture_shingles;
    uint64_t common_shingles, common_postings; /* sampled shingles of more than fanout.pairs_max articles */
};

/* A member of a story. */
struct wp_member {
    uint32_t rank, to; /* to: rank of the member that it matched */
    float coverage, jaccard;
    uint8_t relation; /* enum wp_relation; WP_RELATION_NONE for the lead */
};

struct wp_story {
    uint64_t first;      /* its members stand at members[first .. first + size - 1], by rank */
    uint32_t size, lead; /* lead: rank */
};

struct wp_stories {
    struct wp_story *items; /* by the rank of the first member */
    size_t count, cap;
    struct wp_member *members;
    size_t member_count, member_cap;
};

struct wp_run {
    /* constant after wp_run_init */
    struct wp_settings settings;
    unsigned features; /* enum wp_feature: what the rule reads */
    bool keeps_streams;
    bool keeps_traits;                      /* the story rule reads them */
    bool learns_furniture;                  /* the same, unless told otherwise */
    const struct wp_agency_table *agencies; /* NULL: a set rule, which looks for no agencies and figures */
    uint32_t tokens_min;                    /* fewer: only exact copies are found */
    struct wp_fanout fanout;
    const char *const *files; /* names of the inputs, for ids and messages; borrowed */
    size_t file_count;

    struct wp_budget budget;
    pthread_mutex_t lock; /* guards order, rejects and names while reading */
    struct wp_order order;
    struct wp_rejects rejects;
    struct wp_labels owner_names, language_names; /* by the numbers in the rows */

    struct wp_rows articles, traits, sketches, simhashes;
    struct wp_rows languages; /* uint32_t; 0 = none */
    struct wp_blobs ids, streams;
    struct wp_chunk_pool chunks; /* of postings, hits and matches, which come one after the other */
    struct wp_parts postings, exact_keys, id_keys, hits, examples, met, matches;
    struct wp_hit_form hit_form; /* of hits, which are made when the number of articles is known */
    struct wp_twin_list copies, same_ids;
    struct wp_bits copied;              /* by slot: an exact copy of an earlier article */
    struct wp_bits sparse;              /* by rank: few samples; none with a least number of tokens */
    struct wp_bits unspoken;            /* by rank: as in the row */
    uint32_t *owners;                   /* by rank; made from the rows after reading */
    struct wp_furniture furniture;      /* that of earlier runs from the beginning */
    struct wp_ledger ledger;            /* with settings.keeps_furniture */
    _Atomic uint8_t *furniture_samples; /* by rank: how many of its samples are furniture; NULL: none are */
    _Atomic uint8_t *known_samples; /* by rank: further ones that earlier runs know; NULL: nothing is known */
    struct wp_bits banners;         /* by rank: nothing but furniture */
    struct wp_stories stories;
    struct wp_names unknown_sources; /* of --keep source:LIST: names that no article goes by */

    struct wp_run_counts counts;
    atomic_bool cancel;    /* set from any thread or a signal handler: the run ends with WP_ECANCELED */
    struct wp_error error; /* the first failure of a worker; guarded by lock */
    _Atomic int stage;     /* enum wp_stage, for progress */
    double stage_seconds[6];
};

enum wp_stage {
    WP_STAGE_READ,
    WP_STAGE_FAMILIES,
    WP_STAGE_HITS,
    WP_STAGE_FURNITURE,
    WP_STAGE_VERIFY,
    WP_STAGE_STORIES
};

/* Takes over nothing: settings are copied, strings and names borrowed. */
enum wp_status wp_run_init(struct wp_run *run, const struct wp_settings *settings, const char *const *files,
                           size_t file_count, struct wp_error *err);
void wp_run_release(struct wp_run *run);

/* After reading: everything up to the stories. */
enum wp_status wp_run_finish(struct wp_run *run, struct wp_error *err);

/* Keeps the first failure for the run. Any thread. */
void wp_run_fail(struct wp_run *run, const struct wp_error *err);

/* The row of a rank (in place or in scratch); NULL after a failed read. Any thread, after reading. */
const struct wp_article_row *wp_run_row(struct wp_run *run, uint32_t rank, struct wp_article_row *scratch,
                                        struct wp_error *err);
/* Likewise; only in a run that keeps traits. */
const struct wp_traits *wp_run_traits(struct wp_run *run, uint32_t rank, struct wp_traits *scratch,
                                      struct wp_error *err);
/* The language of a rank (0 = none told), by its number; WP_EIO and the like. */
enum wp_status wp_run_language(struct wp_run *run, uint32_t rank, uint32_t *language, struct wp_error *err);
/* The id of a rank, appended to an emptied buffer without a NUL. */
enum wp_status wp_run_id(struct wp_run *run, uint32_t rank, struct wp_buffer *out, struct wp_error *err);
/* Where an article stands: the number of its file and its line, from 1. */
void wp_run_place(struct wp_run *run, uint32_t rank, const struct wp_article_row *row, uint32_t *file,
                  uint64_t *line);

/* A story is named after the text of its lead, so that the same story has the same name in every run over
 * it. */
static inline uint64_t wp_story_name(const struct wp_article_row *lead) {
    return lead->exact.high ^ lead->exact.low;
}

/* The samples of an article that are not furniture, and about how many of its shingles are not. */
static inline uint32_t wp_run_own_samples(const struct wp_run *run, uint32_t rank,
                                          const struct wp_article_row *row) {
    return row->samples - (run->furniture_samples ? run->furniture_samples[rank] : 0u);
}
static inline double wp_run_own_shingles(const struct wp_run *run, uint32_t rank,
                                         const struct wp_article_row *row) {
    return row->samples ? (double)row->shingles * wp_run_own_samples(run, rank, row) / row->samples : 0;
}

/* The stages, each in the file of its name. */
enum wp_status wp_run_find_families(struct wp_run *run, struct wp_error *err);
enum wp_status wp_run_make_hits(struct wp_run *run, struct wp_error *err);
enum wp_status wp_run_learn(struct wp_run *run, struct wp_error *err);
enum wp_status wp_run_verify(struct wp_run *run, struct wp_error *err);
enum wp_status wp_run_tell(struct wp_run *run, struct wp_error *err);

#endif
