/*
 * online_masked.c - how many of an article's samples are furniture by now.
 *
 * What becomes furniture stands in many articles that were told before, and hardly one of them is told
 * wrongly because of it: it was a line of theirs. Which ones it may be can be known without their texts.
 * Whoever has a sampled shingle is listed under it in the index, so for each shingle that becomes furniture
 * those are counted up, and only where furniture is a large part of all samples the text is read and
 * compared. Of articles that were there before the index was opened it is not known, and counted from the
 * record when somebody asks.
 */
#include "engine/online_story.h"

#include <string.h>

/* Of so many samples one must be furniture. A banner has half of them (wp_finder_is_banner), and nothing but
 * a banner leaves a story that it is alone in. Of those that turned out to be told wrongly in a story of
 * several 98 of 100 have a quarter, and of those that were told rightly 10. */
enum { PART_ALONE = 2, PART = 4 };

_Static_assert((int)WP_SAMPLES_MAX < (int)WP_MASKED_UNKNOWN, "all samples may be counted");

void wp_masked_note(struct wp_online *o, uint32_t number) {
    const struct wp_finder *f = o->finder;
    o->masked[number] = (uint8_t)(f->print.sample_count - f->key_count);
}

void wp_masked_forget(struct wp_online *o) {
    if (o->story_count) memset(o->masked, WP_MASKED_UNKNOWN, o->story_count);
}

enum wp_status wp_masked_count(struct wp_online *o, uint32_t owner, uint64_t shingle, struct wp_error *err) {
    const struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    uint32_t given;
    uint64_t total;
    if (o->seen.words && !wp_seen_may_have(&o->seen, shingle)) return WP_OK;
    WP_TRY(wp_view_find(now, WP_KEY_SHINGLE, shingle, &WP_KEY_ALL_LIMITS, f->numbers, &given, &total, err));
    if (total > given) wp_masked_forget(o);
    for (uint32_t i = 0; i < given; i++) {
        uint32_t number = f->numbers[i], its;
        WP_TRY(wp_finder_owner(f, now, number, &its, err));
        bool has = f->furniture.count && wp_furniture_has(&f->furniture, its, shingle);
        if (has || (owner != WP_FURNITURE_OF_ALL && its != owner)) continue;
        o->masked[number] += o->masked[number] != WP_MASKED_UNKNOWN;
        WP_TRY(wp_online_touch(o, number, WP_TOUCH_MASKED, err));
    }
    return WP_OK;
}

/* From its record. */
static enum wp_status find_out(struct wp_online *o, uint32_t number, const struct wp_row *row,
                               struct wp_error *err) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_stored_record stored;
    WP_TRY(wp_finder_take_record(f, now, &o->store, number, row, &stored, err));
    WP_TRY(wp_finder_mask(f, now, err));
    wp_masked_note(o, number);
    return WP_OK;
}

enum wp_status wp_masked_is_much(struct wp_online *o, uint32_t number, const struct wp_row *row, bool alone,
                                 bool *much, struct wp_error *err) {
    if (o->masked[number] == WP_MASKED_UNKNOWN) WP_TRY(find_out(o, number, row, err));
    *much = (alone ? PART_ALONE : PART) * o->masked[number] >= row->samples;
    return WP_OK;
}
