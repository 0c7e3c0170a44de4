/* stories.c - wireprint stories: the stories of an index. */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli/index_open.h"
#include "report/index_stories.h"

struct stories_flags {
    const char *since, *until, *owner, *agency, *sort;
    uint64_t min_size, max_size, limit;
    bool json;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct stories_flags, field)
    {"since", 0, WP_FLAG_TEXT, AT(since), "DATE", "with an article published then or later"},
    {"until", 0, WP_FLAG_TEXT, AT(until), "DATE", "begun then or earlier"},
    {"owner", 0, WP_FLAG_TEXT, AT(owner), "NAME", "with an article of this outlet, such as bbc.co.uk"},
    {"agency", 0, WP_FLAG_TEXT, AT(agency), "NAME",
     "with an article that names this news agency, such as AP"},
    {"min-size", 0, WP_FLAG_COUNT, AT(min_size), "N", "of at least N articles [2]"},
    {"max-size", 0, WP_FLAG_COUNT, AT(max_size), "N", "of at most N articles"},
    {"sort", 0, WP_FLAG_TEXT, AT(sort), "BY", "size, spread (different outlets) or recency [size]"},
    {"limit", 'n', WP_FLAG_COUNT, AT(limit), "N", "at most so many"},
    {"json", 0, WP_FLAG_BOOL, AT(json), NULL, "JSON lines, with the members"},
#undef AT
};

static int stories_run(int argc, char **argv);

const struct wp_command wp_command_stories = {
    .name = "stories",
    .usage = "INDEX [options]",
    .summary = "list the stories of an index",
    .details =
        "A line each: story, articles, outlets, first and last date, id and title of the lead (its earliest\n"
        "article). With --json a line is as in the file of `wireprint dedup --stories`.\n"
        "\n"
        "--agency reads the texts of stories that pass the other filters, which takes time in a large "
        "index:\n"
        "give --since, --min-size or --limit with it.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = stories_run,
};

struct lister {
    struct stories_flags flags;
    struct wp_index_reader reader;
    struct wp_index_stories stories;
    struct wp_output out;
    int64_t since, until;
    uint32_t owner;
};

static bool has_owner(const struct lister *l, const struct wp_index_story *s) {
    for (uint32_t i = 0; i < s->size; i++)
        if (l->stories.members[s->first + i].owner == l->owner) return true;
    return false;
}

static bool is_wanted(const struct lister *l, const struct wp_index_story *s) {
    if (s->size < l->flags.min_size || s->size > l->flags.max_size) return false;
    if (l->since != INT64_MIN && s->last_seen < l->since) return false; /* unknown is least */
    if (l->until != INT64_MIN && (s->first_seen == INT64_MIN || s->first_seen > l->until)) return false;
    return !l->owner || has_owner(l, s);
}

static int by_id(const struct wp_index_story *a, const struct wp_index_story *b) {
    return a->story < b->story ? -1 : a->story > b->story;
}

static int compare_size(const void *x, const void *y) {
    const struct wp_index_story *a = x, *b = y;
    return a->size != b->size ? (a->size > b->size ? -1 : 1) : by_id(a, b);
}

static int compare_spread(const void *x, const void *y) {
    const struct wp_index_story *a = x, *b = y;
    return a->owners != b->owners ? (a->owners > b->owners ? -1 : 1) : compare_size(x, y);
}

static int compare_recency(const void *x, const void *y) {
    const struct wp_index_story *a = x, *b = y;
    return a->last_seen != b->last_seen ? (a->last_seen > b->last_seen ? -1 : 1) : by_id(a, b);
}

static enum wp_status choose_order(const char *by, int (**order)(const void *, const void *),
                                   struct wp_error *err) {
    if (!by || strcmp(by, "size") == 0)
        *order = compare_size;
    else if (strcmp(by, "spread") == 0)
        *order = compare_spread;
    else if (strcmp(by, "recency") == 0)
        *order = compare_recency;
    else
        return wp_fail(err, WP_EINVAL, "--sort takes size, spread or recency, not '%s'", by);
    return WP_OK;
}

static enum wp_status print_line(struct lister *l, struct wp_index_writer *w, const struct wp_index_story *s,
                                 struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    WP_TRY(wp_view_row(w->view, s->lead, &row, err));
    WP_TRY(wp_profiles_record(w->profiles, w->view, NULL, s->lead, &row, &stored, err));
    char dates[2][24] = {"-", "-"};
    int64_t seen[2] = {s->first_seen, s->last_seen};
    for (int i = 0; i < 2; i++) {
        time_t t = (time_t)seen[i];
        struct tm tm;
        if (seen[i] != INT64_MIN && gmtime_r(&t, &tm))
            strftime(dates[i], sizeof dates[i], "%Y-%m-%dT%H:%M", &tm);
    }
    const struct wp_record *r = &stored.record;
    w->line.len = 0;
    enum wp_status status = wp_buffer_print(&w->line, "%-10u %5u %4u  %-16s  %-16s  ", s->story, s->size,
                                            s->owners, dates[0], dates[1]);
    if (status == WP_OK) status = wp_buffer_add(&w->line, r->id, r->id_len);
    if (status == WP_OK) status = wp_buffer_add(&w->line, "  ", 2);
    if (status == WP_OK) status = wp_buffer_add(&w->line, r->title, r->title_len);
    if (status == WP_OK) wp_text_disarm((char *)w->line.data, w->line.len);
    if (status == WP_OK) status = wp_buffer_add(&w->line, "\n", 1);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    return wp_output_write(&l->out, w->line.data, w->line.len, err);
}

static enum wp_status list(struct lister *l, struct wp_error *err) {
    struct wp_index_writer w = {.view = l->reader.view,
                                .terms = &l->reader.terms,
                                .profiles = &l->reader.finder->profiles,
                                .finder = l->reader.finder,
                                .out = &l->out};
    enum wp_status status = WP_OK;
    uint64_t left = l->flags.limit;
    for (size_t i = 0; i < l->stories.count && left && status == WP_OK; i++) {
        const struct wp_index_story *s = &l->stories.items[i];
        bool wanted = is_wanted(l, s);
        if (wanted && l->flags.agency)
            status = wp_index_story_is_wire(&w, &l->stories, s, l->flags.agency, &wanted, err);
        if (!wanted || status != WP_OK) continue;
        left--;
        status = l->flags.json ? wp_index_story_write(&w, &l->stories, s, err) : print_line(l, &w, s, err);
    }
    wp_index_writer_release(&w);
    return status;
}

static enum wp_status run_all(struct lister *l, int operands, char **argv, struct wp_error *err) {
    int (*order)(const void *, const void *) = compare_size;
    if (operands != 1) return wp_fail(err, WP_EINVAL, "one index is wanted (see wireprint stories --help)");
    if (!l->flags.limit) return wp_fail(err, WP_EINVAL, "--limit takes 1 story or more");
    if (l->flags.min_size > l->flags.max_size)
        return wp_fail(err, WP_EINVAL, "--min-size is more than --max-size");
    l->since = l->until = INT64_MIN;
    WP_TRY(wp_flag_date(l->flags.since, "since", &l->since, err));
    WP_TRY(wp_flag_date(l->flags.until, "until", &l->until, err));
    WP_TRY(choose_order(l->flags.sort, &order, err));
    WP_TRY(wp_index_reader_open(&l->reader, argv[1], NULL, err));
    WP_TRY(wp_flag_owner(&l->reader, l->flags.owner, &l->owner, err));
    WP_TRY(wp_index_stories_gather(&l->stories, l->reader.view, err));
    if (l->stories.count) qsort(l->stories.items, l->stories.count, sizeof *l->stories.items, order);
    WP_TRY(wp_output_open(&l->out, "-", err));
    WP_TRY(list(l, err));
    return wp_output_commit(&l->out, err);
}

static int stories_run(int argc, char **argv) {
    struct lister l = {.flags = {.min_size = 2, .max_size = UINT64_MAX, .limit = UINT64_MAX}};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_stories, argc, argv, &l.flags, &operands);
    if (status >= 0) return status;
    status = run_all(&l, operands, argv, &err) == WP_OK ? WP_EXIT_OK
                                                        : wp_command_failed(&wp_command_stories, &err);
    wp_output_free(&l.out);
    wp_index_stories_release(&l.stories);
    wp_index_reader_close(&l.reader);
    return status;
}
