/*
 * wireprint.h - finds every copy of the same wire story.
 *
 * The only public header. Three groups of calls:
 *   fingerprints   wp_fingerprint_*   what one text looks like
 *   comparison     wp_compare         how two texts overlap, exactly
 *   batch          wp_batch_*         many articles in, stories and matches out
 *
 * Conventions. Functions that can fail return enum wp_status: WP_OK (0) or a negative code; where a
 * struct wp_error is taken it may be NULL and is filled when the call fails. `new` makes, `free` takes
 * NULL. Pointers that a getter returns are borrowed and live as long as the handle they came from, or as
 * the comment says. The library keeps no changeable globals: different handles may be used from different
 * threads at once, one handle from one thread at a time. Text is UTF-8, lengths are bytes. Nothing is
 * printed and the process is never ended.
 */
#ifndef WIREPRINT_H
#define WIREPRINT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WP_VERSION "0.1.0"

#if defined(__GNUC__)
#define WP_API __attribute__((visibility("default")))
#else
#define WP_API
#endif

/* name, value, text */
#define WP_STATUS_MAP(X)                                                                                     \
    X(OK, 0, "success")                                                                                      \
    X(END, -1, "end of data")                                                                                \
    X(ENOMEM, -2, "out of memory")                                                                           \
    X(EINVAL, -3, "invalid argument")                                                                        \
    X(EIO, -4, "input/output error")                                                                         \
    X(ENOENT, -5, "no such file")                                                                            \
    X(ENOSPC, -6, "no space left on device")                                                                 \
    X(EFORMAT, -7, "not a record")                                                                           \
    X(EUTF8, -8, "not UTF-8")                                                                                \
    X(ETEXT, -9, "no text field")                                                                            \
    X(ETOOBIG, -10, "larger than the limit")                                                                 \
    X(EDAMAGED, -11, "damaged data")                                                                         \
    X(ECANCELED, -12, "interrupted")                                                                         \
    X(ESYSTEM, -13, "system error")                                                                          \
    X(ESCHEME, -14, "another fingerprint scheme")

enum wp_status {
#define WP_STATUS_ENUM(name, value, text) WP_##name = value,
    WP_STATUS_MAP(WP_STATUS_ENUM)
#undef WP_STATUS_ENUM
};

/* A fixed English sentence without a full stop for any status; never NULL. */
WP_API const char *wp_status_text(enum wp_status status);

/* Where and why a call failed. Fields that are not known are 0 or "". */
struct wp_error {
    enum wp_status status;
    uint64_t line;    /* 1-based line in `file`, 0 = unknown */
    uint64_t offset;  /* byte offset in `file`; valid when has_offset */
    int has_offset;   /* 0 or 1 */
    char file[512];   /* name as given; cut at the front if longer */
    char reason[256]; /* what was wrong, in words */
};

/* The library's version, as WP_VERSION was when it was built. */
WP_API const char *wp_version(void);

/* ---- fingerprints ---- */

/* The id of the scheme: every parameter that changes a fingerprint (src/sketch/SKETCH.md). */
WP_API uint64_t wp_scheme_id(void);

/* What one text looks like. Immutable; any number of threads may read one. */
typedef struct wp_fingerprint wp_fingerprint;

/* Of len bytes of UTF-8 (bytes that are none separate words). WP_ENOMEM; WP_ETOOBIG beyond 2 GiB. */
WP_API enum wp_status wp_fingerprint_new(const char *text, size_t len, wp_fingerprint **out);
WP_API void wp_fingerprint_free(wp_fingerprint *f);

/* Words (code points, in scripts without spaces), and shingles in order with repeats. */
WP_API uint32_t wp_fingerprint_tokens(const wp_fingerprint *f);
WP_API uint32_t wp_fingerprint_shingles(const wp_fingerprint *f);
/* 16 bytes each: XXH3-128 of the words (low half first, little-endian), and the 128-bit SimHash likewise. */
WP_API void wp_fingerprint_exact(const wp_fingerprint *f, uint8_t out[16]);
WP_API void wp_fingerprint_simhash(const wp_fingerprint *f, uint8_t out[16]);
/* The sampled shingles' hashes, ascending, 0 to 128 of them; borrowed. */
WP_API const uint64_t *wp_fingerprint_samples(const wp_fingerprint *f, size_t *count);
/* The hashes of up to 16 different numbers in the text, ascending; borrowed. */
WP_API const uint32_t *wp_fingerprint_numbers(const wp_fingerprint *f, size_t *count);
/* The MinHash sketch: 256 bins of one byte, 0 = empty; borrowed. */
WP_API const uint8_t *wp_fingerprint_sketch(const wp_fingerprint *f);

/* Estimated Jaccard similarity of the shingle sets, 0..1 (root mean square error about 0.025). */
WP_API double wp_fingerprint_jaccard(const wp_fingerprint *a, const wp_fingerprint *b);
/* Bits in which the SimHashes differ, 0..128. */
WP_API unsigned wp_fingerprint_hamming(const wp_fingerprint *a, const wp_fingerprint *b);

/* ---- comparison: how two texts overlap, exactly ---- */

/* The first three are set before wp_compare, the rest by it. Coverage is the share of a text's words that
 * stand in runs of five or more (eight characters, in scripts without spaces) which the other text has too.
 */
struct wp_comparison {
    size_t size;       /* sizeof (struct wp_comparison) */
    const char *match; /* the rule, as dedup's --match: "story", "jaccard:0.5" ...; NULL = "story" */
    int same_owner;    /* 1: both are of one publisher */

    const char *relation;          /* "exact", "copy", "excerpt", "none"; static */
    double coverage;               /* of the shorter text */
    double coverage_a, coverage_b; /* of each */
    double jaccard, containment;   /* of the shingle sets; containment in the larger one */
    uint32_t longest_run;          /* words of the longest shared run */
    uint32_t tokens_a, tokens_b;   /* words of each */
    uint32_t simhash_distance;     /* bits, 0..128 */
};

/* WP_EINVAL for another size or an unknown rule, WP_ETOOBIG beyond 2 GiB or 2^25 words, WP_ENOMEM. */
WP_API enum wp_status wp_compare(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                                 struct wp_comparison *out, struct wp_error *err);

/* The shared passages, in the order of the first text. Immutable; any number of threads may read them. */
typedef struct wp_passages wp_passages;

/* Bytes [begin, end) of either original text, and how many words that is. */
struct wp_passage {
    size_t begin_a, end_a, begin_b, end_b;
    uint32_t tokens;
};

/* WP_ETOOBIG, WP_ENOMEM; *out is then NULL. The texts are not needed afterwards. */
WP_API enum wp_status wp_passages_new(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                                      wp_passages **out);
WP_API void wp_passages_free(wp_passages *p);
WP_API size_t wp_passages_count(const wp_passages *p);
/* WP_EINVAL beyond the end. */
WP_API enum wp_status wp_passages_get(const wp_passages *p, size_t index, struct wp_passage *out);

/* ---- batch: many articles in, stories and matches out ---- */

/*
 * A batch goes through three steps: set (before the first article), add, finish; then it is asked. Articles
 * are known by number, in the order of adding from 0. Answers are the same for any number of threads and any
 * memory limit. One thread at a time; wp_batch_finish starts threads of its own and ends them.
 */
typedef struct wp_batch_run wp_batch_run;

/* What is known of an article. Strings end in NUL; NULL is unknown. Borrowed during the call only. */
struct wp_article {
    const char *text; /* text_len bytes of UTF-8 */
    size_t text_len;
    const char *id;     /* for the caller; repeated ids are counted, not refused */
    const char *url;    /* its registrable domain is the owner */
    const char *source; /* the owner when there is no url */
    const char *date;   /* ISO 8601, RFC 2822, epoch seconds, or the "date-format" setting */
};

/* A member of a story. */
struct wp_batch_member {
    uint64_t article, to; /* `to`: the member that it matched; itself for the lead */
    const char *relation; /* "lead", "exact", "copy"; static */
    double coverage, jaccard;
};

/* A matching pair, a < b. */
struct wp_batch_match {
    uint64_t a, b;
    const char *relation; /* "exact", "copy", "excerpt"; static */
    double coverage, jaccard, containment;
};

WP_API enum wp_status wp_batch_new(wp_batch_run **out);
WP_API void wp_batch_free(wp_batch_run *b);

/* A setting by the name of dedup's flag: "match", "verify", "keep", "threads", "memory" (bytes), "tmp",
 * "date-format", "max-record". Copied. WP_EINVAL with words. Not after the first article. */
WP_API enum wp_status wp_batch_set(wp_batch_run *b, const char *name, const char *value,
                                   struct wp_error *err);

/* Adds one article. WP_ETEXT without text, WP_ETOOBIG for one beyond 2 GiB: it is not added and the batch
 * goes on. WP_ENOMEM, WP_ENOSPC, ...: the batch can then only be freed. */
WP_API enum wp_status wp_batch_add(wp_batch_run *b, const struct wp_article *article, struct wp_error *err);
/* Finds the matches and the stories. No article may be added afterwards. */
WP_API enum wp_status wp_batch_finish(wp_batch_run *b, struct wp_error *err);

/* After finishing. Stories of two or more, in the order of their first members. */
WP_API size_t wp_batch_story_count(const wp_batch_run *b);
WP_API size_t wp_batch_story_size(const wp_batch_run *b, size_t story);
WP_API uint64_t wp_batch_story_lead(const wp_batch_run *b, size_t story);
/* Member number `member` of a story, in the order of adding. WP_EINVAL beyond the end. */
WP_API enum wp_status wp_batch_story_member(const wp_batch_run *b, size_t story, size_t member,
                                            struct wp_batch_member *out);
/* The next matching pair, ordered by (a, b); WP_END behind the last. Exact copies are listed once, with the
 * first of their kind. */
WP_API enum wp_status wp_batch_match_next(wp_batch_run *b, struct wp_batch_match *out, struct wp_error *err);

#ifdef __cplusplus
}
#endif
#endif
