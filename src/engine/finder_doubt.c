/*
 * finder_doubt.c - what of a text is furniture, for a search that must not miss anything.
 *
 * An index learns furniture as its articles come, and what was learnt holds: of an owner who says the same
 * phrases again and again it takes more for furniture than the batch run, which chooses from all that the
 * owner published the articles in whose texts it looks. So whoever asks for reprints is shown what either way
 * of looking shows. Candidates come from every sample of the text that its owner does not show under so many
 * stories as make one furniture, whatever was learnt since. They are compared without what is taken for
 * furniture, and those that do not match so are compared with it (finder_compare.c). Two articles that share
 * nothing but a sidebar never meet: their owner does repeat that.
 *
 * A text that is nothing but furniture is looked for as it is.
 */
#include "engine/finder_parts.h"

/* What more articles have is repeated by somebody, and not looked at. */
enum { DOUBTED_MAX = 64 };
static const struct wp_key_limits doubted = {.all = DOUBTED_MAX};

/* Does the text's owner have this key under different stories, so many as make it furniture? */
static enum wp_status is_repeated(struct wp_finder *f, const struct wp_view *view, uint64_t key,
                                  bool *repeated, struct wp_error *err) {
    struct wp_titles_apart apart = {.count = 0};
    uint32_t given;
    uint64_t total;
    WP_TRY(wp_view_find(view, WP_KEY_SHINGLE, key, &doubted, f->numbers, &given, &total, err));
    for (uint32_t i = given; f->owner && i-- > 0 && apart.count < WP_FURNITURE_STORIES;) {
        struct wp_row row;
        enum wp_status status = wp_view_row(view, f->numbers[i], &row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (row.owner == f->owner) wp_titles_apart_add(&apart, &row.title);
    }
    *repeated = total > DOUBTED_MAX || apart.count == WP_FURNITURE_STORIES;
    return WP_OK;
}

enum wp_status wp_finder_doubt(struct wp_finder *f, const struct wp_view *view, struct wp_error *err) {
    const struct wp_fingerprint *print = &f->print;
    bool banner = wp_finder_is_banner(f);
    if (f->key_count == print->sample_count) return WP_OK;
    f->looked_up = NULL;
    f->key_count = 0;
    for (uint32_t i = 0; i < print->sample_count; i++) {
        uint64_t key = print->samples[i];
        bool repeated = false;
        if (!banner && wp_furniture_has(&f->furniture, f->owner, key & WP_KEY_MASK))
            WP_TRY(is_repeated(f, view, key, &repeated, err));
        if (!repeated) f->keys[f->key_count++] = key;
    }
    return WP_OK;
}
