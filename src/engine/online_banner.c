/*
 * online_banner.c - does a text tell anything, or is it what a site shows instead of its articles?
 *
 * As in the batch run: when half of it and all but a few words are furniture (finder.h), or when the same
 * words stand under titles that have nothing in common and that they hardly ever speak of (families.c). That
 * can be known from the second article on, whoever owns it.
 */
#include "engine/online_story.h"

/* Of very many articles with the same words the first and the last are looked at. */
static const struct wp_key_limits family_limits = {.all = 32, .first = 4, .near = 28};
enum { FAMILY_MAX = 32 };

/* Articles with the words of the finder's text; it is a member, too, and not listed. */
struct family {
    uint32_t numbers[FAMILY_MAX];
    struct wp_row rows[FAMILY_MAX];
    uint32_t count;
    struct wp_titles_apart apart;
};

static enum wp_status list_family(struct wp_online *o, uint32_t number, struct family *family,
                                  struct wp_error *err) {
    const struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    uint32_t given;
    uint64_t total;
    wp_titles_apart_add(&family->apart, &f->title);
    WP_TRY(
        wp_view_find(now, WP_KEY_EXACT, f->print.exact.low, &family_limits, f->numbers, &given, &total, err));
    for (uint32_t i = 0; i < given; i++) {
        struct wp_row *row = &family->rows[family->count];
        enum wp_status status = wp_view_row(now, f->numbers[i], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        bool same = wp_hash128_equal(row->exact, f->print.exact);
        if (!same || f->numbers[i] == number) continue;
        wp_titles_apart_add(&family->apart, &row->title);
        family->numbers[family->count++] = f->numbers[i];
    }
    return WP_OK;
}

static enum wp_status is_unspoken(struct wp_online *o, const struct family *family, bool *yes,
                                  struct wp_error *err) {
    uint32_t spoken = !o->finder->text.unspoken;
    for (uint32_t i = 0; i < family->count; i++) {
        bool unspoken;
        WP_TRY(wp_profiles_unspoken(&o->finder->profiles, wp_store_now(&o->store), &o->store,
                                    family->numbers[i], &family->rows[i], &unspoken, err));
        spoken += !unspoken;
    }
    *yes = 4 * spoken <= family->count + 1;
    return WP_OK;
}

/* Those who were told before what it now turns out to be. */
static enum wp_status touch_family(struct wp_online *o, const struct family *family, struct wp_error *err) {
    for (uint32_t i = 0; i < family->count; i++)
        if (!wp_row_is_banner(wp_store_now(&o->store), family->numbers[i], &family->rows[i]))
            WP_TRY(wp_online_touch(o, family->numbers[i], WP_TOUCH_ANEW, err));
    return WP_OK;
}

enum wp_status wp_online_is_banner(struct wp_online *o, uint32_t number, bool *banner, struct wp_error *err) {
    const struct wp_finder *f = o->finder;
    struct family family = {.count = 0};
    *banner = wp_finder_is_banner(f);
    if (*banner || !f->print.tokens || f->print.tokens > WP_TITLE_SPOKEN_TOKENS) return WP_OK;
    WP_TRY(list_family(o, number, &family, err));
    if (family.apart.count < 2) return WP_OK;
    WP_TRY(is_unspoken(o, &family, banner, err));
    return *banner ? touch_family(o, &family, err) : WP_OK;
}
