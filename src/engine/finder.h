/*
 * finder.h - one text against the whole index: candidates, then comparisons.
 *
 * The same two steps as the batch run, the other way round: the text's sampled shingles are looked up, what
 * meets it often enough is a candidate, and candidates are compared in full by the same functions
 * (src/match). Work is bounded whatever the index holds: of a shingle that very many articles share only the
 * first and the last few are taken, and only when much of the text is made of such shingles.
 *
 * A finder belongs to one thread at a time.
 */
#ifndef WP_ENGINE_FINDER_H
#define WP_ENGINE_FINDER_H

#include "engine/prepared.h"
#include "engine/profile.h"
#include "match/relation.h"

/* How far a search goes. */
struct wp_search {
    struct wp_key_limits limits;
    double mixed_share,
        own_share;         /* of the text's samples that are common, for these to count: match/hits.h */
    uint32_t hits_min;     /* meetings that make a candidate */
    uint32_t compared_max; /* candidates compared, best first */
    uint32_t vain_max;   /* of those that meet the text in the very same samples: after so many in a row that
                            do not match the others are not compared. 0: all are */
    bool exact_listed;   /* exact copies are listed by their words, not compared */
    bool promising_only; /* leave out what cannot be a match, by its meetings */
    bool measured;       /* tell all numbers of what matches: the longest run, and Jaccard */
    bool doubts;         /* what is taken for furniture may be none: finder_doubt.c */
    double excerpt_coverage; /* that makes an excerpt, too, where the rule asks for more; 0: the rule alone */
};

/* As the batch run does it, but for what is hopeless; the same, whole; for whoever asks for every reprint of
 * a text; and for a text so short, a few paragraphs, that one meeting must do. */
extern const struct wp_search wp_search_adding, wp_search_exporting, wp_search_finding, wp_search_passage;
/* Samples from which on a text is no passage. */
enum { WP_PASSAGE_SAMPLES = 20 };

struct wp_found_candidate {
    uint32_t number, hits;
    uint32_t samples; /* which of the text's it meets, as a sum of their hashes */
    uint32_t slot;    /* of the counting table */
};

/* A candidate that was compared and matches. */
struct wp_found_match {
    uint32_t number;
    struct wp_row row;
    struct wp_overlap overlap; /* a: the text, b: the article; without distinct_b and longest_run unless the
                                  search is `measured` */
    enum wp_relation relation;
    int gain;         /* match/relation.h */
    uint32_t samples; /* of the candidate */
};

/* Owners that share a place in finder.learnt are taken for one. */
enum { WP_FINDER_OWNERS = 1 << 12 };

struct wp_finder {
    struct wp_rule rule; /* story */
    struct wp_profiles profiles;
    struct wp_fingerprinter *printer;
    struct wp_overlap_base base;
    struct wp_prepared prepared; /* scratch of wp_finder_take */

    /* the text at hand */
    struct wp_fingerprint print;
    struct wp_compared text;         /* as it is */
    struct wp_known_furniture known; /* text.furniture */
    struct wp_title title;
    uint8_t *packed; /* its shingles as they came, */
    uint64_t *shingles, *masked;
    size_t packed_cap, shingle_cap, masked_cap;
    uint32_t owner;
    int64_t date;
    struct wp_stream own;          /* without furniture and agency lines; after wp_finder_mask */
    uint64_t keys[WP_SAMPLES_MAX]; /* samples that are no furniture */
    uint32_t key_count;
    bool base_set;
    const struct wp_search *search; /* that goes on; else NULL */
    bool whole;                     /* nothing is furniture, for now */

    /* furniture: what a view's state lists, taken in as far as furniture_taken */
    struct wp_furniture furniture;
    size_t furniture_taken;
    size_t learnt[WP_FINDER_OWNERS]; /* by bits of the owner: behind which item the last of its own stands, */
    size_t learnt_of_all;            /* or of what is furniture of all */
    struct wp_mask mask, other_mask;
    size_t mask_cap, other_cap;

    uint32_t *owners; /* of the articles below owner_count, by number: wp_finder_know_owner */
    size_t owner_count, owner_cap;

    /* its candidates and matches */
    uint32_t *numbers; /* of one key */
    struct wp_key_batch batch;
    const struct wp_key_limits
        *looked_up;  /* the limits by which batch was filled for these keys; NULL: it was not */
    uint32_t *table; /* candidate + 1, by hash of the number */
    size_t table_size;
    struct wp_found_candidate *candidates;
    size_t candidate_count, candidate_cap;
    struct wp_found_match *matches;
    size_t match_count, match_cap;
};

/* bytes: of profiles that are kept. agencies: whose lines do not count as text; NULL: none; borrowed.
 * WP_ENOMEM. */
enum wp_status wp_finder_new(struct wp_finder **out, size_t bytes, const struct wp_agency_table *agencies,
                             struct wp_error *err);
void wp_finder_free(struct wp_finder *f);

/* Forgets what it keeps of articles and furniture: the numbers may mean other articles from now on. */
void wp_finder_reset(struct wp_finder *f);

/* Keeps an article's owner at hand, so that its row need not be read for it. In the order of numbers, from 0
 * on: who does it must do it for all. WP_ENOMEM. */
enum wp_status wp_finder_know_owner(struct wp_finder *f, uint32_t owner);
/* Inside. */
enum wp_status wp_finder_owner_of_row_(const struct wp_view *view, uint32_t number, uint32_t *owner,
                                       struct wp_error *err);
/* The owner of an article: 0 when it has none or has gone. Kept, or from its row. */
static inline enum wp_status wp_finder_owner(const struct wp_finder *f, const struct wp_view *view,
                                             uint32_t number, uint32_t *owner, struct wp_error *err) {
    if (number >= f->owner_count) return wp_finder_owner_of_row_(view, number, owner, err);
    *owner = f->owners[number];
    return WP_OK;
}

/* Takes a text: of the record text, title and url are read (and need not stay). owner: 0 is none; date:
 * INT64_MIN is unknown. WP_ETOOBIG, WP_ENOMEM. */
enum wp_status wp_finder_take(struct wp_finder *f, const struct wp_record *record, uint32_t owner,
                              int64_t date, struct wp_error *err);
/* Takes a text that was prepared with the finder's agencies. *p is left with other buffers, to be filled
 * again. WP_ENOMEM. */
enum wp_status wp_finder_adopt(struct wp_finder *f, struct wp_prepared *p, uint32_t owner, int64_t date,
                               struct wp_error *err);
/* The row of the text at hand under an id: all that follows from the record, in no story yet. */
struct wp_row wp_finder_row(const struct wp_finder *f, const uint8_t *id, size_t id_len);
/* Takes the owner's furniture, as the view knows it, and agency lines out of the text. f->own.mask->own words
 * are left. Done by wp_finder_search, too. WP_ENOMEM. */
enum wp_status wp_finder_mask(struct wp_finder *f, const struct wp_view *view, struct wp_error *err);
/* Is half of its samples furniture, and too little left for a story of its own? After wp_finder_mask. */
static inline bool wp_finder_is_banner(const struct wp_finder *f) {
    uint32_t furniture = f->print.sample_count - f->key_count;
    return furniture && 2 * furniture >= f->print.sample_count && f->own.mask &&
           f->own.mask->own < WP_STORY_TOKENS_MIN;
}
/* Looks the keys up, after wp_finder_mask; wp_finder_search does it when it was not done by the same limits.
 */
enum wp_status wp_finder_look_up(struct wp_finder *f, const struct wp_view *view,
                                 const struct wp_key_limits *limits, struct wp_error *err);
/* Has the article of that row the same words as the text at hand? Two texts without a word have not. */
static inline bool wp_finder_same_text(const struct wp_finder *f, const struct wp_row *row) {
    return row->tokens && wp_hash128_equal(row->exact, f->print.exact) && row->tokens == f->print.tokens;
}
/* The living article with the lowest number that has the same words, or WP_NUMBER_NONE. */
enum wp_status wp_finder_exact(struct wp_finder *f, const struct wp_view *view, uint32_t *number,
                               struct wp_row *row, struct wp_error *err);
/* Fills f->matches, best first: by coverage, then hits, then number. `except`: an article that is left out.
 * Exact copies are matches with WP_RELATION_EXACT. store as in profile.h. A search that doubts compares what
 * does not match without furniture once more with it, and leaves the text at hand like that. */
enum wp_status wp_finder_search(struct wp_finder *f, const struct wp_view *view, const struct wp_store *store,
                                const struct wp_search *search, uint32_t except, struct wp_error *err);

/* ---- two articles of the index ---- */

/* Makes a stored article the text at hand as it came, from its record, which *stored is then (as profile.h):
 * to be searched with. */
enum wp_status wp_finder_take_record(struct wp_finder *f, const struct wp_view *view,
                                     const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                     struct wp_stored_record *stored, struct wp_error *err);
/* Makes a stored article the text at hand, masked, to be compared, not searched with. */
enum wp_status wp_finder_take_stored(struct wp_finder *f, const struct wp_view *view,
                                     const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                     struct wp_error *err);
/* Compares the text at hand, once it is masked, with the article of m->number and m->row, and fills the rest
 * of m, relation WP_RELATION_NONE included. */
enum wp_status wp_finder_compare(struct wp_finder *f, const struct wp_view *view,
                                 const struct wp_store *store, struct wp_found_match *m,
                                 struct wp_error *err);
/* Counts the different shingles of an article that was compared with the text at hand, if it was not done:
 * Jaccard and containment can be told from then on. Nothing may have been learnt in between. */
enum wp_status wp_finder_count_distinct(struct wp_finder *f, const struct wp_view *view,
                                        const struct wp_store *store, struct wp_found_match *m,
                                        struct wp_error *err);

#endif
