/*
 * finder_parts.h - what the files of a finder share; for nobody else.
 *
 *     finder.c            taking a text; a search from its beginning to its end
 *     finder_furniture.c  what of a text does not count
 *     finder_doubt.c      ... and what a search looks up all the same
 *     finder_meet.c       keys -> candidates
 *     finder_compare.c    candidates -> matches
 */
#ifndef WP_ENGINE_FINDER_PARTS_H
#define WP_ENGINE_FINDER_PARTS_H

#include "engine/finder.h"

static inline enum wp_status wp_finder_no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* Room for `count` numbers in an array that is not kept. */
static inline enum wp_status wp_finder_room(uint64_t **array, size_t *cap, size_t count) {
    if (count <= *cap) return WP_OK;
    wp_free(*array);
    *array = wp_alloc(count, sizeof **array);
    *cap = *array ? count : 0;
    return *array ? WP_OK : WP_ENOMEM;
}

static inline enum wp_status wp_finder_add_match(struct wp_finder *f, const struct wp_found_match *match,
                                                 struct wp_error *err) {
    if (WP_GROW(f->matches, f->match_count, f->match_cap) != WP_OK) return wp_finder_no_memory(err);
    f->matches[f->match_count++] = *match;
    return WP_OK;
}

/* Takes the owner's furniture and agency lines out of the shingles of a text: of an article, or of the one at
 * hand. WP_ENOMEM. */
enum wp_status wp_finder_take_out(struct wp_finder *f, struct wp_compared *text, uint32_t owner,
                                  bool article);
/* Which of the samples that are furniture are looked up after all, by a search that doubts; f->keys is filled
 * anew. After wp_finder_mask. */
enum wp_status wp_finder_doubt(struct wp_finder *f, const struct wp_view *view, struct wp_error *err);

/* Adds every article that has the same words to the matches, whatever of them is furniture, and however few
 * they are. */
enum wp_status wp_finder_list_exact(struct wp_finder *f, const struct wp_view *view, uint32_t except,
                                    struct wp_error *err);
/* Fills f->candidates with the articles that the keys meet, best first. */
enum wp_status wp_finder_meet(struct wp_finder *f, const struct wp_view *view, const struct wp_search *search,
                              struct wp_error *err);
/* Compares the candidates, and adds those that match to the matches. */
enum wp_status wp_finder_compare_candidates(struct wp_finder *f, const struct wp_view *view,
                                            const struct wp_store *store, const struct wp_search *search,
                                            uint32_t except, struct wp_error *err);

#endif
