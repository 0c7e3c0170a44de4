/*
 * state.h - what changes about articles that are written down already.
 *
 * Segments never change, so that deaths (deleted, expired, replaced by a new version) and changes of stories
 * are kept beside them: all of it in memory, and as a whole in a state file that each flush writes anew. What
 * came since is in the log. Small: one bit an article, and a pair for each change of a story.
 *
 * Shared by snapshots: a state that a snapshot holds is not changed any more, the writer goes on with a copy
 * (wp_state_edit).
 *
 *     header | head | dead: count 32, then varints, each the distance from the number before
 *                   | merges: count 32, then story 32 | into 32, by story
 *                   | moves: count 32, then article 32 | story 32, by article
 *                   | furniture: count 32, then owner 32 | shingle 40
 */
#ifndef WP_INDEX_STATE_H
#define WP_INDEX_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include "base/fs.h"
#include "base/memory.h"
#include "index/format.h"

#define WP_MAGIC_STATE 0x41545357u /* "WSTA" */

/* A merge of a story into itself takes the merge back: the story stands alone again. A move to no story
 * (WP_NUMBER_NONE) says that the article is a banner: it has its own number for a story, whatever was merged.
 */
struct wp_state_pair {
    uint32_t from, to;
};

/* A shingle (low 40 bits) that is furniture of an owner. */
struct wp_state_furniture {
    uint32_t owner;
    uint64_t shingle;
};

/* Pairs sorted by `from`, each once. */
struct wp_state_pairs {
    struct wp_state_pair *items;
    size_t count, cap;
};

struct wp_state {
    atomic_uint users;
    uint64_t *dead; /* by number */
    size_t words;
    uint64_t dead_count;
    struct wp_state_pairs merges, moves;
    struct wp_state_furniture *furniture; /* in the order of learning; only ever added to */
    size_t furniture_count, furniture_cap;
};

/* An empty one, with one user. WP_ENOMEM. */
enum wp_status wp_state_new(struct wp_state **out);
struct wp_state *wp_state_share(struct wp_state *s);
/* Frees it with its last user. NULL is fine. */
void wp_state_drop(struct wp_state *s);
/* Makes *s one that only the caller uses, by copying it if need be. */
enum wp_status wp_state_edit(struct wp_state **s);

/* Changes, after wp_state_edit. WP_ENOMEM: nothing changed. */
enum wp_status wp_state_kill(struct wp_state *s, uint32_t number);
enum wp_status wp_state_merge(struct wp_state *s, uint32_t story, uint32_t into);
enum wp_status wp_state_move(struct wp_state *s, uint32_t number, uint32_t story);

/* Beyond WP_STATE_FURNITURE_MAX nothing is taken, which is no failure. */
#define WP_STATE_FURNITURE_MAX ((size_t)1 << 20)
enum wp_status wp_state_learn(struct wp_state *s, uint32_t owner, uint64_t shingle);

static inline bool wp_state_is_dead(const struct wp_state *s, uint32_t number) {
    return number / 64 < s->words && (s->dead[number / 64] >> (number % 64) & 1);
}
/* The story that an article belongs to, given the one that its row names. */
uint32_t wp_state_story(const struct wp_state *s, uint32_t number, uint32_t story);
/* The same before merges. */
uint32_t wp_state_base(const struct wp_state *s, uint32_t number, uint32_t story);
/* The story that this one was merged into, or WP_NUMBER_NONE. */
uint32_t wp_state_into(const struct wp_state *s, uint32_t story);
/* Was it found out after it was added that the article is a banner? */
bool wp_state_is_banner(const struct wp_state *s, uint32_t number);

/* Writes the file and syncs it. */
enum wp_status wp_state_write(const struct wp_state *s, const struct wp_fs *fs, const char *dir,
                              uint32_t number, struct wp_error *err);
/* Reads it into a new state. Numbers must be below `end`: WP_EDAMAGED. */
enum wp_status wp_state_read(struct wp_state **out, const char *dir, uint32_t number, uint32_t end,
                             struct wp_error *err);

#endif
