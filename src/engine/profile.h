/*
 * profile.h - what is compared of an article of the index: its stream of shingles, made again from its
 * record.
 *
 * An index keeps no streams: they are larger than the packed text, and made from it in a few microseconds.
 * The last ones are kept, by number, since most of what a new article is compared with is a day old.
 */
#ifndef WP_ENGINE_PROFILE_H
#define WP_ENGINE_PROFILE_H

#include "base/ring.h"
#include "engine/stored.h"
#include "engine/stream.h"
#include "engine/wire.h"
#include "index/store.h"
#include "match/overlap.h"
#include "sketch/figures.h"
#include "sketch/fingerprint.h"

/* Where an article's furniture stands, and how much was known of it when that was found out; all zero is not
 * known. */
struct wp_known_furniture {
    size_t of; /* as many items of the index's furniture; 0: none was looked for */
    struct wp_furniture_spans spans;
};

/* What an article looks like when it is compared: its id, then the shingles as the batch run keeps them
 * (engine/shelf.h), in one piece. */
struct wp_profile {
    uint64_t of; /* number + 1 of the article that it is of; 0 = empty, so that untouched memory is */
    uint32_t id_len, count, tokens;
    uint8_t width;
    bool unspoken;
    uint8_t *data; /* in the ring */
    struct wp_wire wire;
    struct wp_figures figures;
    struct wp_known_furniture furniture;
};

enum { WP_PROFILE_BYTES = 2 << 10 };

/* A profile ready for comparison: 40 bits of each shingle. */
struct wp_compared {
    struct wp_stream stream;
    uint64_t *shingles; /* the stream's, to take furniture and agency lines out of */
    struct wp_wire wire;
    struct wp_figures figures;
    bool unspoken;                        /* short, and says nothing of its title */
    struct wp_known_furniture *furniture; /* borrowed likewise; NULL: nothing is known */
    const uint8_t *packed; /* the stream as it is kept, borrowed, of one that is to be kept; or NULL */
};

/* Loads profiles and keeps the last ones, as long as they fit. One thread. */
struct wp_profiles {
    const struct wp_agency_table *agencies; /* borrowed; NULL: none. Set by who has them, before the first */
    struct wp_stored_reader records;
    struct wp_fingerprinter *printer;
    wp_stream_packer *pack; /* the printer's processor's */
    wp_stream_unpacker *unpack;
    struct wp_text_reader reader;
    struct wp_profile *slots; /* by number modulo slot_count */
    size_t slot_count;
    struct wp_ring ring; /* their data */
    uint64_t *shingles;  /* of the profile that was asked for last, */
    size_t shingle_cap;
    struct wp_known_furniture furniture; /* and what is known of its furniture, if it is not kept */
    uint64_t loaded, found;              /* for measuring: from records, and at hand */
};

/* Keeps as many as fit into so many bytes, WP_PROFILE_BYTES for one of news; 0: none. WP_ENOMEM. Release in
 * any case; it stays where it is till then. */
enum wp_status wp_profiles_init(struct wp_profiles *p, size_t bytes, struct wp_error *err);
void wp_profiles_release(struct wp_profiles *p);
/* Keeps no more than so many bytes when those that are kept now have gone: at most those of the beginning. */
void wp_profiles_limit(struct wp_profiles *p, size_t bytes);

/* The stream and the figures of an article whose row is at hand; the stream may be written to, and is good
 * until the next call. store: the writer's, which
 * also knows records that are not written yet; NULL for readers. WP_EDAMAGED when the record is not what the
 * row says. */
enum wp_status wp_profiles_get(struct wp_profiles *p, const struct wp_view *view,
                               const struct wp_store *store, uint32_t number, const struct wp_row *row,
                               struct wp_compared *out, struct wp_error *err);
/* Is the article short, and says nothing of its title? From the row, where that tells it. Else, and with the
 * errors of, wp_profiles_get. */
enum wp_status wp_profiles_unspoken(struct wp_profiles *p, const struct wp_view *view,
                                    const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                    bool *unspoken, struct wp_error *err);
/* Ask for the memory that wp_profiles_get will need: first the profile's, later its stream's. */
void wp_profiles_prefetch(const struct wp_profiles *p, uint32_t number);
void wp_profiles_prefetch_stream(const struct wp_profiles *p, uint32_t number);
/* Keeps the profile of an article that was just added, with what is known of its furniture, if there is room.
 */
void wp_profiles_put(struct wp_profiles *p, uint32_t number, const struct wp_compared *of, const uint8_t *id,
                     size_t id_len);
/* The id of an article whose profile is kept, or NULL; borrowed until the next call. */
const uint8_t *wp_profiles_id(const struct wp_profiles *p, uint32_t number, size_t *len);
/* Forgets everything: the numbers may mean other articles from now on. */
void wp_profiles_clear(struct wp_profiles *p);
/* The record of an article, taken apart; views live until the next call of anything here. */
enum wp_status wp_profiles_record(struct wp_profiles *p, const struct wp_view *view,
                                  const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                  struct wp_stored_record *out, struct wp_error *err);

#endif
