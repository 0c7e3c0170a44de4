/* remake.c - see remake.h. */
#include "engine/remake.h"

#include "engine/run.h"
#include "input/date.h"

enum wp_status wp_remaker_init(struct wp_remaker *r, struct wp_error *err) {
    *r = (struct wp_remaker){0};
    WP_TRY(wp_finder_new(&r->finder, 0, NULL, err));
    return wp_owner_cache_new(&r->owners) == WP_OK ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_remaker_release(struct wp_remaker *r) {
    wp_finder_free(r->finder);
    wp_owner_cache_free(r->owners);
    wp_stored_reader_release(&r->reader);
    *r = (struct wp_remaker){0};
}

static enum wp_status remake(void *self, const uint8_t *record, size_t len, struct wp_made_article *out) {
    struct wp_remaker *r = self;
    struct wp_stored_record stored;
    const char *name;
    size_t name_len;
    int64_t date;
    WP_TRY(wp_stored_record_split(&stored, &r->reader, record, len));
    const struct wp_record *a = &stored.record;
    wp_owner_find(r->owners, a, &name, &name_len);
    uint32_t owner = name_len ? wp_owner_number(name, name_len) : 0;
    if (!a->date_len || !wp_date_parse((const char *)a->date, a->date_len, NULL, &date)) date = INT64_MIN;
    enum wp_status status = wp_finder_take(r->finder, a, owner, date, NULL);
    if (status != WP_OK) return status == WP_ENOMEM ? status : WP_EDAMAGED;
    out->row = wp_finder_row(r->finder, a->id, a->id_len);
    out->keys = r->finder->print.samples;
    out->id = a->id;
    out->id_len = a->id_len;
    return WP_OK;
}

struct wp_article_maker wp_remaker_maker(struct wp_remaker *r) {
    return (struct wp_article_maker){remake, r};
}
