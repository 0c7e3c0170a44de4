/* kept.c - see kept.h. */
#include "report/kept.h"

#include "base/bits.h"
#include "report/second_pass.h"

struct writing {
    struct wp_kept *k;
    struct wp_bits removed;
};

static enum wp_status mark_removed(struct writing *w) {
    const struct wp_stories *stories = &w->k->run->stories;
    WP_TRY(wp_bits_init(&w->removed, w->k->run->order.articles));
    for (size_t s = 0; s < stories->count; s++) {
        const struct wp_story *story = &stories->items[s];
        for (uint32_t i = 0; i < story->size; i++) {
            uint32_t rank = stories->members[story->first + i].rank;
            if (rank != story->lead) wp_bits_set(&w->removed, rank);
        }
    }
    return WP_OK;
}

/* wp_second_pass.next: every article. */
static enum wp_status every(void *self, uint64_t *rank, struct wp_error *err) {
    (void)self, (void)rank, (void)err;
    return WP_OK;
}

/* wp_second_pass.visit */
static enum wp_status write_line(void *self, uint32_t rank, const uint8_t *line, size_t len,
                                 struct wp_error *err) {
    struct writing *w = self;
    bool removed = wp_bits_get(&w->removed, rank);
    struct wp_output *out = removed ? w->k->removed : w->k->kept;
    w->k->removed_count += removed;
    w->k->kept_count += !removed;
    if (!out) return WP_OK;
    WP_TRY(wp_output_write(out, line, len, err));
    return wp_output_write(out, "\n", 1, err);
}

enum wp_status wp_write_kept(struct wp_kept *k, struct wp_error *err) {
    struct writing w = {.k = k};
    struct wp_second_pass pass = {.run = k->run,
                                  .copies = k->copies,
                                  .stamps = k->stamps,
                                  .next = every,
                                  .visit = write_line,
                                  .self = &w};
    k->kept_count = k->removed_count = 0;
    enum wp_status status = mark_removed(&w);
    status = status == WP_OK ? wp_second_pass_run(&pass, err) : wp_fail(err, status, "out of memory");
    wp_bits_release(&w.removed);
    return status;
}
