/*
 * online.h - the online run: articles are added to an index one by one, and each gets its verdict at once.
 *
 * The batch run sees everything and then decides; here a story grows as its articles come. An article joins
 * the story that it gains most by, or founds one; a story's id is the number of its founder, and stays. When
 * an article shows that stories around it are one, or divided wrongly, that is put right (online_divide.c).
 * When it shows what its owner repeats everywhere, those that were told by it are looked at again
 * (online_repair.c). What changes then of what was told before is an event, written down with the article.
 *
 * What an article matches is found by finder.h and judged by match/relation.h. Nothing depends on commits,
 * flushes or memory: the same articles in the same order give the same verdicts.
 *
 * One thread at a time; snapshots (wp_store_snapshot of the store) may be taken by any.
 */
#ifndef WP_ENGINE_ONLINE_H
#define WP_ENGINE_ONLINE_H

#include "engine/ration.h"
#include "engine/finder.h"
#include "engine/terms.h"
#include "index/seen.h"

struct wp_online_options {
    struct wp_store_options store;
    uint64_t memory_bytes;          /* 0 = WP_ONLINE_MEMORY */
    const char *date_format;        /* tried before the built-in forms; may be NULL; borrowed */
    const struct wp_fields *fields; /* of the lines that will be added; NULL = the defaults */
    struct wp_terms_given terms;    /* kept in the index */
    uint32_t now;                   /* when articles are added, seconds since 1970; 0 = as the clock has it */
};
#define WP_ONLINE_MEMORY ((uint64_t)1 << 30)

struct wp_online_verdict {
    uint32_t number, story;
    uint32_t to;               /* the article that it matches best; WP_NUMBER_NONE for a new story */
    enum wp_relation relation; /* to that; WP_RELATION_NONE = new */
    double coverage, jaccard;  /* of that pair */
    int64_t first_seen;        /* the earliest date in the story, INT64_MIN when none is known */
    bool banner;               /* nothing but furniture of its owner: in no story */
    bool unchanged;            /* the id was there with the same text: nothing was added */
    bool replaced;             /* the id was there with another text, which this one replaces */
};

/* What was told before, told anew. A merge: one story became part of another. A move: an article is told in
 * another story; into WP_NUMBER_NONE: it turned out to be nothing but a banner, and is in no story. */
enum wp_online_event_kind { WP_EVENT_MERGE, WP_EVENT_MOVE };
struct wp_online_event {
    enum wp_online_event_kind kind;
    uint32_t number; /* the article; a merge has WP_NUMBER_NONE */
    uint32_t story, into;
};

struct wp_online_story {
    int64_t first_seen;
    uint32_t members;
    uint32_t last; /* the member with the highest number, when there is any */
};

/* What the finder's text has to do with one story. */
struct wp_tie {
    uint32_t story;
    uint32_t met; /* members that were compared and had something in common */
    uint32_t copies;
    int64_t gain;                                /* of these, added up (match/relation.h) */
    const struct wp_found_match *best, *founder; /* copies; founder: NULL when it is none */
};
enum { WP_TIES_MAX = 64 };

/* In wp_online.masked: nobody has counted them. */
enum { WP_MASKED_UNKNOWN = UINT8_MAX };

struct wp_online {
    struct wp_store store;
    struct wp_terms terms;
    struct wp_finder *finder;
    struct wp_preparer preparer;     /* of articles that come unprepared */
    struct wp_prepared prepared;     /* the last one of these */
    uint32_t now;                    /* 0 = as the clock has it */
    struct wp_online_story *stories; /* by the founder's number */
    uint32_t *next;                  /* by number: the next member of its story (online_story.h) */
    size_t story_count, story_cap, next_cap;
    struct wp_online_event *events; /* of the last call */
    size_t event_count, event_cap;
    struct wp_tie ties[WP_TIES_MAX]; /* scratch: of the finder's text */
    size_t tie_count;
    uint8_t *masked; /* by number: samples that are furniture (online_masked.c) */
    size_t masked_cap;
    uint64_t *touched; /* articles to be looked at again (online_repair.c) */
    size_t touched_count, touched_cap;
    struct wp_buffer names;  /* of the fields, as stored with each article */
    struct wp_buffer stored; /* scratch */
    struct wp_seen seen;     /* of everything added so far, once enough was added here */
    bool seen_stays;         /* there was no memory for a larger one, or for any */
    uint32_t added;          /* since it was opened */
    uint64_t memory_bytes;   /* constant */
    bool flushes_given;      /* constant: flush_rows is not the ration's */
    struct wp_ration ration; /* as the index is now, or was some articles ago */
};

/* For writing: locks. *o is filled in place; close in any case. */
enum wp_status wp_online_open(struct wp_online *o, const char *dir, const struct wp_online_options *options,
                              struct wp_error *err);
enum wp_status wp_online_close(struct wp_online *o, struct wp_error *err);
void wp_online_abandon(struct wp_online *o);

/* Takes in what a file of furniture knows (engine/known.h), as if it had been learnt; *count is how many
 * shingles were new. Commits. WP_EINVAL when the index leaves no furniture out; errors of the file. */
enum wp_status wp_online_know(struct wp_online *o, const char *file, uint64_t *count, struct wp_error *err);

/* A record as it came, and the id to use when it has none of its own. */
struct wp_online_article {
    const struct wp_record *record; /* parsed from line; an id is needed, here or in given_id */
    const uint8_t *line;
    size_t line_len;
    const uint8_t *given_id;
    size_t given_id_len;
};

/* Adds an article. It lasts after the next wp_online_commit. WP_ETOOBIG for a text that is too long: it is
 * not added, and the run goes on. After any other failure (store.h) everything since the last commit is lost.
 */
enum wp_status wp_online_add(struct wp_online *o, const struct wp_online_article *article,
                             struct wp_online_verdict *out, struct wp_error *err);

/* An article that was prepared (prepared.h) with o->terms.agencies and the date format of this load. */
struct wp_online_arrival {
    struct wp_prepared *prepared; /* left with other buffers, to be filled again */
    const uint8_t *line;
    size_t line_len;
    const uint8_t *id; /* one is needed */
    size_t id_len;
    bool id_given; /* it does not stand in the record */
};
/* Adds it, as wp_online_add does, which prepares it first. */
enum wp_status wp_online_add_prepared(struct wp_online *o, const struct wp_online_arrival *arrival,
                                      struct wp_online_verdict *out, struct wp_error *err);
enum wp_status wp_online_commit(struct wp_online *o, struct wp_error *err);
/* The living article of that id in what was added so far, or WP_NUMBER_NONE. */
enum wp_status wp_online_number(struct wp_online *o, const uint8_t *id, size_t len, uint32_t *number,
                                struct wp_error *err);
/* Removes an article. */
enum wp_status wp_online_delete(struct wp_online *o, uint32_t number, struct wp_error *err);
/* The id of an article, appended to *out. WP_ENOENT when it has gone, and its record with it. */
enum wp_status wp_online_id(struct wp_online *o, uint32_t number, struct wp_buffer *out,
                            struct wp_error *err);

/* online_learn.c: what of the finder's text is furniture is learnt, if the index leaves it out, and taken
 * out; who has it of those before is touched. */
enum wp_status wp_online_learn(struct wp_online *o, struct wp_error *err);
/* online_banner.c: is the finder's text, which is masked, nothing but a banner? number: its own, if it is
 * stored. Who has the same words and was told in a story is touched then. */
enum wp_status wp_online_is_banner(struct wp_online *o, uint32_t number, bool *banner, struct wp_error *err);
/* online_repair.c: looks at what this article, by the ties and the matches that it had, shows to be wrong:
 * divides the stories around it anew, or merges them and adds to o->touched who may be told in the wrong one.
 */
enum wp_status wp_online_doubt(struct wp_online *o, uint32_t number, uint32_t story, struct wp_error *err);
/* Why an article is looked at again; of several reasons the last one holds. */
enum wp_touch {
    WP_TOUCH_MASKED, /* something of it has become furniture: judged anew if that is much, and it gains no
                        more where it is */
    WP_TOUCH_LEFT,   /* another one has left its story: if it gains no more */
    WP_TOUCH_ANEW    /* in any case */
};
/* Adds an article to o->touched. */
enum wp_status wp_online_touch(struct wp_online *o, uint32_t number, enum wp_touch why, struct wp_error *err);
/* Looks at o->touched again. The finder's text is another one afterwards. */
enum wp_status wp_online_repair(struct wp_online *o, struct wp_error *err);

/* online_masked.c: notes how many samples of the finder's text, which is masked and was added under that
 * number, are furniture. */
void wp_masked_note(struct wp_online *o, uint32_t number);
/* A shingle is becoming furniture of an owner, or of all, which the finder has not taken in yet: counts it
 * for those who have it as a sample, and touches them. */
enum wp_status wp_masked_count(struct wp_online *o, uint32_t owner, uint64_t shingle, struct wp_error *err);
/* It is not known of any article any more. */
void wp_masked_forget(struct wp_online *o);
/* Is so much of an article furniture that it may be told wrongly? alone: in its story. The finder's text may
 * be another one afterwards. */
enum wp_status wp_masked_is_much(struct wp_online *o, uint32_t number, const struct wp_row *row, bool alone,
                                 bool *much, struct wp_error *err);

/* The living article of an id in a view, or WP_NUMBER_NONE. */
enum wp_status wp_view_number(const struct wp_view *v, const uint8_t *id, size_t len, uint32_t *number,
                              struct wp_row *row, struct wp_error *err);

#endif
