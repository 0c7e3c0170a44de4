/*
 * wireprint.h - finds every copy of the same wire story.
 *
 * The only public header. Four groups of calls:
 *   fingerprints   wp_fingerprint_*   what one text looks like
 *   comparison     wp_compare         how two texts overlap, exactly
 *   batch          wp_batch_*         many articles in, stories and matches out
 *   index          wp_index_*         articles one by one into a directory, a verdict on each, every reprint
 *
 * Conventions, which hold wherever a comment does not say otherwise:
 *
 *   errors    Functions that can fail return enum wp_status: WP_OK (0) or a negative code. A struct
 *             wp_error may be NULL; it is filled when the call fails, and untouched or empty else.
 *   pointers  NULL is allowed only where it is said. `new` makes a handle, or sets *out to NULL when it
 *             fails; `free` takes NULL. What a getter returns is borrowed and lives as long as its
 *             handle. Arguments are read during the call and not kept. "Static" strings live for ever.
 *   threads   There are no changeable globals: different handles may be used by different threads at
 *             once, one handle by one thread at a time.
 *   units     Text is UTF-8, lengths and places in it are bytes, shares are 0 to 1. A word is a run of
 *             letters, digits and marks; in scripts written without spaces, each character.
 *
 * Nothing is printed and the process is never ended. One environment variable is read: WIREPRINT_CPU
 * (portable, avx2, avx512) turns newer instructions off, and changes no result.
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
    X(ESCHEME, -14, "another fingerprint scheme")                                                            \
    X(EBUSY, -15, "in use by another writer")                                                                \
    X(EVERSION, -16, "written by a newer version")

enum wp_status {
#define WP_STATUS_ENUM(name, value, text) WP_##name = value,
    WP_STATUS_MAP(WP_STATUS_ENUM)
#undef WP_STATUS_ENUM
};

/* A few English words for any status, also for values that are none; static, never NULL. */
WP_API const char *wp_status_text(enum wp_status status);

/* Where and why a call failed. Fields that are not known are 0 or "". Needs no initialising. */
struct wp_error {
    enum wp_status status;
    uint64_t line;    /* 1-based line in `file`, 0 = unknown */
    uint64_t offset;  /* byte offset in `file`; valid when has_offset */
    int has_offset;   /* 0 or 1 */
    char file[512];   /* name as given; cut at the front if longer */
    char reason[256]; /* what was wrong, in words */
};

/* The library's version, as WP_VERSION was when it was built. Static. */
WP_API const char *wp_version(void);

/* ---- fingerprints ---- */

/* The id of the scheme, that is, of every parameter that changes a fingerprint (src/sketch/SKETCH.md, by
 * which others can make the same). Fingerprints of different schemes must not be compared. */
WP_API uint64_t wp_scheme_id(void);

/* What one text looks like. Immutable: any number of threads may read one. */
typedef struct wp_fingerprint wp_fingerprint;

/* Of len bytes of UTF-8 (bytes that are none separate words); len may be 0. The text is not needed
 * afterwards. WP_ENOMEM; WP_ETOOBIG from 2 GiB on. */
WP_API enum wp_status wp_fingerprint_new(const char *text, size_t len, wp_fingerprint **out);
WP_API void wp_fingerprint_free(wp_fingerprint *f);

/* How many words, and how many shingles: five words in a row (eight where most are single characters), one
 * from each word on, repeats counted. Fewer words have none. */
WP_API uint32_t wp_fingerprint_tokens(const wp_fingerprint *f);
WP_API uint32_t wp_fingerprint_shingles(const wp_fingerprint *f);
/* 16 bytes each, little-endian: XXH3-128 of the words, the same for texts of the same words and only for
 * those; and the SimHash over pairs of neighbouring words. */
WP_API void wp_fingerprint_exact(const wp_fingerprint *f, uint8_t out[16]);
WP_API void wp_fingerprint_simhash(const wp_fingerprint *f, uint8_t out[16]);
/* The sampled shingles' hashes, ascending and distinct; *count is 0 to 128. Borrowed, never NULL. */
WP_API const uint64_t *wp_fingerprint_samples(const wp_fingerprint *f, size_t *count);
/* The hashes of the numbers in the text, ascending and distinct, the 16 lowest at most: *count is 0 to 16.
 * Borrowed, never NULL. */
WP_API const uint32_t *wp_fingerprint_numbers(const wp_fingerprint *f, size_t *count);
/* The MinHash sketch: 256 bins of one byte, 0 = empty. Borrowed. */
WP_API const uint8_t *wp_fingerprint_sketch(const wp_fingerprint *f);

/* Estimated Jaccard similarity of the shingle sets, 0 to 1 (root mean square error about 0.025). 0 when
 * either has no shingles, also of a text with itself, and when their shingles are of different widths. */
WP_API double wp_fingerprint_jaccard(const wp_fingerprint *a, const wp_fingerprint *b);
/* Bits in which the SimHashes differ, 0 to 128. */
WP_API unsigned wp_fingerprint_hamming(const wp_fingerprint *a, const wp_fingerprint *b);

/* ---- comparison: how two texts overlap, exactly ---- */

/*
 * The first three fields and the last are set by the caller (zero all, then set size), the rest by
 * wp_compare.
 *
 * Coverage is the share of a text's words that stand in runs of five or more (eight, where most words are
 * single characters) which the other text has too; Jaccard and containment are of the sets of such runs, of
 * just that length. All are 0 for texts with fewer words, also when relation is "exact", and between a text
 * mostly in a script without spaces and one that is not.
 *
 * By the rule "story" the pair is judged as a batch with both articles judges it, by the facts given here: of
 * either text lines of the built-in news agencies count in no number (see "agencies" below), figures are
 * compared. Furniture cannot be known of two texts alone, so that all of it counts, as with "furniture"
 * "off".
 */
struct wp_comparison {
    size_t size;       /* sizeof (struct wp_comparison) */
    const char *match; /* the rule, as dedup's --match: "story", "jaccard:0.5" ...; NULL = "story" */
    int same_owner;    /* 1: one publisher has both, 0: not, or not known */

    const char *relation;          /* "exact", "copy", "excerpt" (rule "story" only), "none"; static */
    double coverage;               /* of the text with fewer words; of equally long ones the smaller */
    double coverage_a, coverage_b; /* of each */
    double jaccard;                /* shared by all */
    double containment;            /* shared by those of the text that has fewer */
    uint32_t longest_run;          /* words of the longest run that both have; 0 = none */
    uint32_t tokens_a, tokens_b;   /* words of each that count */
    uint32_t simhash_distance;     /* bits, 0 to 128 */

    int64_t seconds_apart; /* between the dates of the two, 0 or more; 0: not known */
};

/* Compares two texts, exactly; a length may be 0. WP_EINVAL for another size or an unknown rule, WP_ETOOBIG
 * for a text of 2 GiB or of more than 2^25 words, WP_ENOMEM; *out is unchanged when it fails. Any thread. */
WP_API enum wp_status wp_compare(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                                 struct wp_comparison *out, struct wp_error *err);

/* The shared passages, in the order of the first text. Immutable: any number of threads may read them. */
typedef struct wp_passages wp_passages;

/* Bytes [begin, end) of either original text, and how many words that is, the same in both. */
struct wp_passage {
    size_t begin_a, end_a, begin_b, end_b;
    uint32_t tokens;
};

/* Of all of either text: together the passages mark the words that coverage by the rule "jaccard" counts.
 * They may overlap by a few words, and what one text says twice is a passage for each time. WP_ETOOBIG as
 * wp_compare, WP_ENOMEM. The texts are not needed afterwards. */
WP_API enum wp_status wp_passages_new(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                                      wp_passages **out);
WP_API void wp_passages_free(wp_passages *p);
WP_API size_t wp_passages_count(const wp_passages *p);
/* WP_EINVAL beyond the end. */
WP_API enum wp_status wp_passages_get(const wp_passages *p, size_t index, struct wp_passage *out);

/* ---- batch: many articles in, stories and matches out ---- */

/*
 * A batch goes through three steps: set (before the first article), add, finish; then it is asked. Articles
 * are known by number, in the order of adding from 0; what is refused takes no number. Answers are the same
 * for any number of threads and any memory limit, and the stories are those of `wireprint dedup`. One
 * thread at a time; wp_batch_finish starts threads of its own and ends them.
 */
typedef struct wp_batch_run wp_batch_run;

/* What is known of an article. Strings end in NUL; NULL is unknown, except for text. */
struct wp_article {
    const char *text;   /* text_len bytes of UTF-8; bytes that are none separate words */
    size_t text_len;    /* may be 0 */
    const char *id;     /* any; answers speak of numbers, so that it is not needed */
    const char *url;    /* its registrable domain is the owner (see "owners") */
    const char *source; /* the owner when there is no url */
    const char *date;   /* ISO 8601, RFC 2822, epoch seconds, or by "date-format"; else taken as unknown */
    const char
        *title; /* tells furniture from stories; without it the url's words or the text's first ones do */
};

/* A member of a story. coverage and jaccard are those of the pair (article, to); 1 for the lead. */
struct wp_batch_member {
    uint64_t article, to; /* `to`: the member that it matched; itself for the lead */
    const char *relation; /* "lead", "exact", "copy"; static */
    double coverage, jaccard;
};

/* A matching pair, a < b. The numbers are as in struct wp_comparison, but 1 for exact copies of any length.
 * With "verify" "sketch" they are estimates. */
struct wp_batch_match {
    uint64_t a, b;
    const char *relation; /* "exact", "copy", "excerpt"; static */
    double coverage, jaccard, containment;
};

/* WP_ENOMEM. */
WP_API enum wp_status wp_batch_new(wp_batch_run **out);
/* At any time. Temporary files are removed. */
WP_API void wp_batch_free(wp_batch_run *b);

/*
 * A setting, by the name of dedup's flag. Names and values are copied.
 *
 *     match        story, jaccard:T, simhash:K, exact                  [story]
 *     verify       exact, sketch                                       [exact]
 *     keep         earliest, longest, first, source:OWNER,OWNER,...    [earliest]
 *     furniture    on, off: leave out what a site repeats around its
 *                  stories (match story)                               [on]
 *     owners       file of sister outlets, see below; read at once     [none]
 *     agencies     file of further news agencies, see below; likewise  [none]
 *     threads      1 to 1024                                           [the processors there are]
 *     memory       bytes to stay under, 67108864 or more               [no limit]
 *     tmp          directory for what does not fit into memory         [.]
 *     date-format  such as %m/%d/%Y, tried before the built-in forms   [none]
 *     max-record   bytes of the longest text taken, 2 to 2147483647    [67108864]
 *
 * A file of sister outlets has one group a line: names of owners (domains or sources) with white space or
 * commas between them, a name that has such in itself in double quotes, comments from # on. The owners of a
 * group count as one, which goes by the first name.
 *
 * With "match" "story" datelines, bylines and tails that name a news agency do not count as text ("LAGOS,
 * April 5 (Reuters) -", "(NAN)"). A file of agencies adds to the built-in ones. A row has four columns with
 * tabs between: the word agency, a short name, forms of the name with | between, a language (not read). A
 * form that begins with = is matched as it is written behind it, else in any case.
 *
 * WP_EINVAL for a name or a value that does not fit, with words, and after the first article; WP_ENOMEM; for
 * "owners" and "agencies" also WP_ENOENT and the like, each with file and line, WP_EINVAL for an owner in two
 * groups, and WP_EFORMAT for a row of agencies that is none. The setting is then as it was.
 */
WP_API enum wp_status wp_batch_set(wp_batch_run *b, const char *name, const char *value,
                                   struct wp_error *err);

/* Adds one article. WP_ETEXT when text is NULL, WP_ETOOBIG for a text longer than "max-record": it is not
 * added, and the batch goes on. WP_EINVAL after finishing. With WP_ENOMEM, WP_ENOSPC, WP_EIO or WP_ESYSTEM
 * the batch can only be freed. */
WP_API enum wp_status wp_batch_add(wp_batch_run *b, const struct wp_article *article, struct wp_error *err);
/* Finds the matches and the stories; takes as long as that takes. No article may be added afterwards. Once
 * finished, does nothing. When it fails (WP_ENOMEM, WP_ENOSPC, WP_EIO, WP_ESYSTEM) the batch can only be
 * freed. */
WP_API enum wp_status wp_batch_finish(wp_batch_run *b, struct wp_error *err);

/* After finishing (before: none). Stories of two or more, in the order of their first members. A story beyond
 * the end has size 0 and lead UINT64_MAX. */
WP_API size_t wp_batch_story_count(const wp_batch_run *b);
WP_API size_t wp_batch_story_size(const wp_batch_run *b, size_t story);
/* The number of the article that stands for the story. */
WP_API uint64_t wp_batch_story_lead(const wp_batch_run *b, size_t story);
/* Member number `member` of a story, in the order of adding. WP_EINVAL beyond the end. */
WP_API enum wp_status wp_batch_story_member(const wp_batch_run *b, size_t story, size_t member,
                                            struct wp_batch_member *out);
/* The next matching pair, ordered by (a, b); WP_END behind the last, as often as asked. Of exact copies only
 * the first is paired with others; the rest are listed once each, with that first. WP_EINVAL before
 * finishing; WP_ENOMEM, WP_EIO. */
WP_API enum wp_status wp_batch_match_next(wp_batch_run *b, struct wp_batch_match *out, struct wp_error *err);

/* ---- index: articles one by one into a directory, a verdict on each, every reprint of a text ---- */

/*
 * An index is a directory that outlives the process (src/index/FORMAT.md). One handle at a time may write to
 * it, in one process; any number may read. A handle may be used by several threads at once: adding and
 * committing take turns, finding waits for nobody. Files of the index are mapped; one for reading has at most
 * 256 MiB of them in memory at once, whatever their size, one for writing as much as its limit leaves.
 *
 * Articles have numbers, in the order of adding, that are never used again; and ids, given by the caller. An
 * article of an id that is there already replaces it, unless its text is the same: then nothing is added. A
 * story is known by the number of one of its articles, which stays, whatever comes later, unless an event
 * says otherwise: when an article shows that two stories are one, or that others do not belong where they
 * are.
 *
 * An index keeps what it was told of sister outlets and agencies: a handle for writing changes that, one for
 * reading has its own files for itself. Either holds for what is there, too, but stories that were told
 * stand.
 *
 * What was added lasts once wp_index_commit has returned WP_OK, and is lost together with everything since
 * the last commit when a call fails, unless it says otherwise. WP_ENOSPC: the handle goes on when there is
 * space again. WP_EIO, and any failed sync: no later write succeeds; finding goes on.
 */
typedef struct wp_index wp_index;

/* Zero all, then set size. */
struct wp_index_options {
    size_t size;             /* sizeof (struct wp_index_options) */
    int write;               /* 0: for reading. 1: for writing, too */
    int create;              /* with write: make the directory and the index when there is none */
    int lazy;                /* commits survive the end of the process, but perhaps not of the machine */
    uint64_t memory;         /* with write: bytes to use; 0 = 1 GiB */
    const char *date_format; /* tried before the built-in forms; NULL = none */
    const char *owners, *agencies; /* files, as for wp_batch_set; NULL = those that the index has */
    int no_furniture;              /* when it is made: furniture counts as text, for ever */
};

/* WP_ENOENT when there is no index, WP_EBUSY when somebody else writes, WP_EDAMAGED, WP_EVERSION or
 * WP_ESCHEME with the file's name; WP_EINVAL for options of another size, and for no_furniture of an index
 * that holds articles; for files those of wp_batch_set; WP_ENOMEM and those of the system. */
WP_API enum wp_status wp_index_open(const char *dir, const struct wp_index_options *options, wp_index **out,
                                    struct wp_error *err);
/* Commits when open for writing, and frees in any case; NULL is fine. No other thread may be in a call. */
WP_API enum wp_status wp_index_close(wp_index *index, struct wp_error *err);

/* What an article changed of what was told before. "merge": a story became part of another; number and id
 * mean nothing. "move": an article is told in another story; into UINT64_MAX: it turned out to be nothing but
 * furniture, and is in no story. */
struct wp_story_event {
    const char *event; /* "merge", "move"; static */
    uint64_t number, story, into;
    const char *id; /* of the article */
};

/* What an article turned out to be. */
struct wp_verdict {
    uint64_t number, story;
    const char *relation; /* "new", "exact", "copy", "excerpt", "banner" (nothing but furniture); static */
    const char *to;       /* id of the article that it matches best; NULL for "new", and when that has gone */
    double coverage, jaccard; /* of that pair; 0 for "new" */
    int64_t first_seen;       /* the earliest date in the story, seconds since 1970; INT64_MIN = unknown */
    int known;                /* 1: the id was there with the same text; nothing was added */
    int replaced;             /* 1: the id was there with another text, which this one replaced */
    const struct wp_story_event *events; /* in the order in which they hold; freed with the verdict */
    size_t event_count;
};

/* Adds an article; id and text are needed. *out is to be freed. WP_ETEXT without text, WP_EINVAL without id
 * or when not open for writing, WP_ETOOBIG for a text that is too long: these lose nothing. Else see above.
 */
WP_API enum wp_status wp_index_add(wp_index *index, const struct wp_article *article, struct wp_verdict **out,
                                   struct wp_error *err);
WP_API void wp_verdict_free(struct wp_verdict *verdict);
/* Deletes the article of an id. WP_ENOENT when there is none: nothing is lost. */
WP_API enum wp_status wp_index_delete(wp_index *index, const char *id, struct wp_error *err);
/* Makes everything added and deleted so far last. */
WP_API enum wp_status wp_index_commit(wp_index *index, struct wp_error *err);

/* Of a handle for reading: takes in what was committed since it was opened or refreshed last, by whatever
 * process, and other owners and agencies that the index was told, for snapshots that are taken from now on.
 * *changed (may be NULL) is 1 when there was something, else 0. Costs as much as there is new, and next to
 * nothing when there is nothing: a service may ask before every answer. A handle for writing knows of all
 * commits, and nothing is done. When it fails the handle stays as it was: WP_ENOENT when the index has gone,
 * and what wp_index_open says. */
WP_API enum wp_status wp_index_refresh(wp_index *index, int *changed, struct wp_error *err);

/* The index as the last commit left it (of a handle for reading: as it was when opened or refreshed last).
 * Never changes; any number of threads may use one. It must be freed before its index is closed. */
typedef struct wp_snapshot wp_snapshot;
WP_API enum wp_status wp_index_snapshot(wp_index *index, wp_snapshot **out, struct wp_error *err);
WP_API void wp_snapshot_free(wp_snapshot *snapshot);
/* Living articles in it. */
WP_API uint64_t wp_snapshot_articles(const wp_snapshot *snapshot);

/* Zero all, then set size. A few paragraphs of an article will do. */
struct wp_query {
    size_t size;      /* sizeof (struct wp_query) */
    const char *text; /* text_len bytes; or NULL: */
    size_t text_len;
    const char *id;      /* the stored article of that id, which is not its own reprint */
    const char *url;     /* where the text is from, if anywhere; NULL = not known */
    double min_coverage; /* of the shorter text; 0 = all that match */
    int has_since, has_until;
    int64_t since, until; /* dates, seconds since 1970; articles without one are then left out */
    const char *owner;    /* only articles of this outlet, such as "bbc.co.uk"; NULL = of all */
    uint32_t limit;       /* at most so many; 0 = 100 */
    int passages;         /* 1: find the passages, too */
};

/* Bytes [begin, end) of the text and of the article's. */
struct wp_found_passage {
    uint32_t begin_text, end_text, begin_article, end_article, words;
};

/* A reprint. Strings are "" when not known, and live as long as the answer. */
struct wp_found_item {
    uint64_t number, story;
    const char *id, *url, *owner, *title;
    int64_t date;         /* seconds since 1970; INT64_MIN = unknown */
    const char *relation; /* "exact", "copy", "excerpt"; static */
    double coverage;      /* of the shorter one */
    double coverage_text, coverage_article, jaccard;
    uint32_t longest; /* words of the longest passage */
    const struct wp_found_passage *passages;
    size_t passage_count;
};

/* The reprints of a text, best first. Immutable. */
typedef struct wp_found wp_found;
/* WP_EINVAL for a query of another size, or without text and id; WP_ENOENT when no article has the id;
 * WP_EDAMAGED, WP_ETOOBIG, WP_ENOMEM. */
WP_API enum wp_status wp_snapshot_find(wp_snapshot *snapshot, const struct wp_query *query, wp_found **out,
                                       struct wp_error *err);
WP_API void wp_found_free(wp_found *found);
WP_API size_t wp_found_count(const wp_found *found);
/* WP_EINVAL beyond the end. */
WP_API enum wp_status wp_found_get(const wp_found *found, size_t index, struct wp_found_item *out);

#ifdef __cplusplus
}
#endif
#endif
