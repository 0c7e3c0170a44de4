/*
 * furniture.h - text that belongs to a site and not to its stories.
 *
 * Cookie banners, donation appeals, share lines, sidebars, archive lists, background that is told again under
 * every report: a passage is furniture of an owner when the owner repeats it under different stories. Stories
 * are counted, not articles: a passage counts once for all articles whose titles are alike, so that a reprint
 * or a page that was crawled under five addresses does not erase itself. At WP_FURNITURE_STORIES stories that
 * have nothing in common it is furniture. What as many short texts say that speak of none of their titles,
 * whoever shows them ("please enable JavaScript"), is furniture of all.
 *
 *     repeats.h     finds the sampled shingles that are (in the postings), and articles to look at
 *     engine/learn  finds all shingles that are, in the texts of those articles
 *     here          the set of them, and taking them out of a text
 *
 * Each owner has a set of shingles, of which the low 40 bits count: whoever takes furniture out of a text
 * asks for many shingles of one owner, which then lie near each other. Filled by one thread, then read by
 * any.
 */
#ifndef WP_MATCH_FURNITURE_H
#define WP_MATCH_FURNITURE_H

#include <stdbool.h>
#include "base/memory.h"
#include "match/sieve.h"

/* Found on 23,000 articles of 28 outlets: from 4 on nearly all site text is found and, from 6 on, almost no
 * story is lost that an outlet followed up a few times. */
#define WP_FURNITURE_STORIES 6
/* Among articles that were chosen because they have something of it this many are enough: they are a small
 * part of all that the owner published. */
#define WP_FURNITURE_FEW_STORIES 4
/* More shingles than this are not learnt (32 MiB). */
#define WP_FURNITURE_MAX ((size_t)1 << 21)
#define WP_FURNITURE_SHINGLE_BITS 40
/* The owner of what every site may show: pages that say nothing of their titles, whoever shows them. */
#define WP_FURNITURE_OF_ALL 0u

struct wp_furniture_set {
    uint64_t *table; /* open addressing: shingle + 1, 0 = empty */
    uint32_t owner, count;
    size_t cap;
};

struct wp_furniture {
    struct wp_furniture_set *owners; /* open addressing by owner; one without a table is an empty place */
    struct wp_furniture_set of_all;
    size_t owner_count, owner_cap;
    size_t count;      /* of all sets together */
    uint64_t left_out; /* not taken in, for lack of room */
    wp_sieve *sift;
    uint64_t *sieve;   /* of all shingles, whoever owns them */
    uint64_t *front;   /* the sieve folded to fewer words, as long as there is little: what is looked at */
    size_t front_mask; /* words - 1 */
};

/* WP_ENOMEM. Releasing takes what is zero-initialised. */
enum wp_status wp_furniture_init(struct wp_furniture *f);
void wp_furniture_release(struct wp_furniture *f);
/* Beyond WP_FURNITURE_MAX it is counted in left_out and not taken. WP_ENOMEM. */
enum wp_status wp_furniture_add(struct wp_furniture *f, uint32_t owner, uint64_t shingle);
/* False: nobody has this shingle, as far as one look tells. */
static inline bool wp_furniture_may_have(const struct wp_furniture *f, uint64_t shingle) {
    return f->count && wp_sieve_passes(f->front[wp_sieve_word(shingle, f->front_mask)], shingle);
}
/* Of the owner, or of all. */
bool wp_furniture_has(const struct wp_furniture *f, uint32_t owner, uint64_t shingle);

/* Ask for the memory of an owner's furniture, before a text of it is gone through. */
void wp_furniture_prefetch(const struct wp_furniture *f, uint32_t owner);

/* What of a text does not count. Zero-initialised: all counts. */
struct wp_mask {
    uint8_t *tokens;   /* 1 = does not count; by token, WP_MASK_SLACK zeros behind. NULL: all count */
    uint32_t shingles; /* that were taken out */
    uint32_t own;      /* tokens that do count */
};
enum { WP_MASK_SLACK = 8 };

/* Marks a shingle that was taken out. In those that are there it must be clear. */
#define WP_SHINGLE_TAKEN_OUT ((uint64_t)1 << 63)

/* Takes the first `head` and the last `tail` of a text's tokens out as wp_beside_take_out does furniture,
 * agency lines for example: the shingles that lie within them, and the tokens themselves. After the
 * furniture, with the same mask and tag. Together they may be more than there are; a text without shingles is
 * left as it is. */
void wp_ends_take_out(uint32_t head, uint32_t tail, uint64_t *shingles, uint32_t count, uint32_t width,
                      uint32_t tag, struct wp_mask *mask);

/* Where the furniture stands in a text, for who meets the text again: runs of shingles. */
enum { WP_FURNITURE_SPANS = 4, WP_FURNITURE_UNKNOWN = 255 };
struct wp_furniture_spans {
    uint32_t count; /* WP_FURNITURE_UNKNOWN: not looked for, or in more runs than there is room for */
    struct wp_furniture_span {
        uint32_t first, end;
    } items[WP_FURNITURE_SPANS];
};

/* What does not count of one article: furniture, and its ends. */
struct wp_beside {
    const struct wp_furniture *furniture; /* NULL: none is known */
    uint32_t owner;                       /* 0 = none: furniture of all only */
    uint32_t head, tail;                  /* tokens of agency lines */
    struct wp_furniture_spans *spans;     /* taken where they are known, else filled; NULL: not wanted */
};
/* May there be any? false: a mask is not needed. */
static inline bool wp_beside_any(const struct wp_beside *beside) {
    return (beside->furniture && beside->furniture->count) || beside->head || beside->tail;
}
/* Takes it out of a text of `tokens` tokens and max(0, tokens - width + 1) shingles (the low 40 bits count;
 * in text order): each becomes a number that equals no shingle and, as long as tags differ, none taken out of
 * another text. tag < 2^20. mask->tokens is zeroed by the caller and filled, the rest of *mask is set. */
void wp_beside_take_out(const struct wp_beside *beside, uint64_t *shingles, uint32_t tokens, uint32_t width,
                        uint32_t tag, struct wp_mask *mask);
/* The mask where anything was taken out, else NULL. */
static inline const struct wp_mask *wp_mask_if_any(const struct wp_mask *mask, uint32_t tokens) {
    return mask->tokens && mask->own < tokens ? mask : NULL;
}

#endif
