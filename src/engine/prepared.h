/*
 * prepared.h - what an index wants to know of an article that follows from its record alone.
 *
 * Folding a text, hashing its shingles, finding its figures, agency lines, owner and date needs no index: it
 * can be done ahead, on another thread, while the articles before are decided (ahead.h). What comes out is a
 * value that the finder takes over.
 */
#ifndef WP_ENGINE_PREPARED_H
#define WP_ENGINE_PREPARED_H

#include "engine/look.h"
#include "input/owner.h"
#include "sketch/title.h"

/* Zero-initialised is empty; may be filled again and again. Moves from thread to thread as a whole. */
struct wp_prepared {
    struct wp_fingerprint print; /* no samples when the text is too short or too long to be compared */
    struct wp_look look;
    struct wp_title title; /* of a text without one, its first words */
    bool unspoken;         /* the text is short, and says nothing of its title */
    uint8_t *stream;       /* its print.shingles shingles as they are kept (shelf.h) */
    size_t stream_bytes, stream_cap;
    uint32_t owner; /* by itself, without its sisters; 0: none. With date, of wp_preparer_run only */
    int64_t date;   /* INT64_MIN: unknown */
};

void wp_prepared_release(struct wp_prepared *p);
/* Bytes beside the struct itself. */
static inline size_t wp_prepared_bytes(const struct wp_prepared *p) {
    return p->stream_bytes;
}

/* Fills all but owner and date; of the record text, title and url are read, and need not stay. agencies:
 * whose lines do not count as text; NULL: none. WP_ETOOBIG, WP_ENOMEM: *out is undefined, and may be filled
 * again. */
enum wp_status wp_prepare_text(struct wp_prepared *out, struct wp_fingerprinter *printer,
                               const struct wp_agency_table *agencies, const struct wp_record *record,
                               struct wp_error *err);

/* Prepares articles, one thread at a time. */
struct wp_preparer {
    struct wp_fingerprinter *printer;
    struct wp_owner_cache *owners;
    const struct wp_agency_table *agencies; /* borrowed; as above */
    const char *date_format;                /* borrowed; NULL: the built-in forms only */
};

/* WP_ENOMEM. Release in any case. */
enum wp_status wp_preparer_init(struct wp_preparer *p, const struct wp_agency_table *agencies,
                                const char *date_format, struct wp_error *err);
void wp_preparer_release(struct wp_preparer *p);
/* Fills all; as wp_prepare_text. */
enum wp_status wp_preparer_run(struct wp_preparer *p, const struct wp_record *record, struct wp_prepared *out,
                               struct wp_error *err);

#endif
