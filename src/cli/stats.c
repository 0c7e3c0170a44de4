/* stats.c - wireprint stats: how much of what an index holds. */
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>
#include "base/json.h"
#include "cli/index_open.h"
#include "report/index_stories.h"
#include "report/verdict.h"

struct stats_flags {
    bool json;
};

static const struct wp_flag flags[] = {
    {"json", 0, WP_FLAG_BOOL, offsetof(struct stats_flags, json), NULL, "one JSON object"},
};

static int stats_run(int argc, char **argv);

const struct wp_command wp_command_stats = {
    .name = "stats",
    .usage = "INDEX [--json]",
    .summary = "count what is in an index, and its bytes",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = stats_run,
};

struct figures {
    uint64_t articles, dead, numbers, stories, stories_of_two, in_log;
    uint64_t segments, text_files, segment_bytes, text_bytes;
    uint64_t shingle_keys, furniture, owner_groups;
    bool own_agencies, no_furniture;
    int64_t first_seen, last_seen;
};

static void count_files(const struct wp_view *v, struct figures *f) {
    f->segments = v->segment_count;
    f->text_files = v->texts_count;
    for (size_t i = 0; i < v->segment_count; i++) {
        f->segment_bytes += v->files.segments[i].bytes;
        f->shingle_keys += v->segments[i]->keys[WP_KEY_SHINGLE].shape.count;
    }
    for (size_t i = 0; i < v->texts_count; i++) {
        uint64_t bytes = 0;
        wp_file_size(&v->texts[i]->texts.file, &bytes, NULL);
        f->text_bytes += bytes;
    }
    f->in_log = v->memtable ? v->end - v->memtable->table->first : 0;
    f->numbers = v->end;
    f->dead = v->state->dead_count;
}

/* What the index was told, and has learnt. */
static void count_terms(const struct wp_index_reader *r, struct figures *f) {
    f->furniture = r->view->state->furniture_count;
    f->owner_groups = r->terms.groups ? wp_owner_groups_count(r->terms.groups) : 0;
    f->own_agencies = r->terms.settings.agencies.len > 0;
    f->no_furniture = r->terms.settings.no_furniture;
}

static void count_stories(const struct wp_index_stories *s, struct figures *f) {
    f->articles = s->member_count;
    f->stories = s->count;
    f->first_seen = f->last_seen = INT64_MIN;
    for (size_t i = 0; i < s->count; i++) {
        const struct wp_index_story *story = &s->items[i];
        f->stories_of_two += story->size > 1;
        if (story->first_seen == INT64_MIN) continue;
        if (f->first_seen == INT64_MIN || story->first_seen < f->first_seen)
            f->first_seen = story->first_seen;
        if (story->last_seen > f->last_seen) f->last_seen = story->last_seen;
    }
}

static enum wp_status write_json(const struct figures *f, struct wp_buffer *out) {
    WP_TRY(wp_buffer_print(out,
                           "{\"articles\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"stories\":%" PRIu64
                           ",\"stories_of_two_or_more\":%" PRIu64 ",\"in_log\":%" PRIu64
                           ",\"segments\":%" PRIu64 ",\"text_files\":%" PRIu64 ",\"segment_bytes\":%" PRIu64
                           ",\"text_bytes\":%" PRIu64 ",\"shingle_keys\":%" PRIu64,
                           f->articles, f->dead, f->stories, f->stories_of_two, f->in_log, f->segments,
                           f->text_files, f->segment_bytes, f->text_bytes, f->shingle_keys));
    WP_TRY(wp_buffer_print(out,
                           ",\"owner_groups\":%" PRIu64 ",\"agencies\":%s,\"furniture\":%s"
                           ",\"furniture_shingles\":%" PRIu64 ",\"first_seen\":",
                           f->owner_groups, f->own_agencies ? "true" : "false",
                           f->no_furniture ? "false" : "true", f->furniture));
    WP_TRY(wp_json_date(out, f->first_seen));
    WP_TRY(wp_buffer_print(out, ",\"last_seen\":"));
    WP_TRY(wp_json_date(out, f->last_seen));
    return wp_buffer_print(out, "}\n");
}

static enum wp_status write_text(const struct figures *f, struct wp_buffer *out) {
    double each = f->articles ? 1.0 / (double)f->articles : 0;
    WP_TRY(wp_buffer_print(out,
                           "articles      %" PRIu64 " (%" PRIu64 " deleted, %" PRIu64 " in the log)\n"
                           "stories       %" PRIu64 ", %" PRIu64 " of two articles or more\n"
                           "segments      %" PRIu64 ", %.1f MB, %.0f bytes an article, %.1f keys an article\n"
                           "text files    %" PRIu64 ", %.1f MB, %.0f bytes an article\n",
                           f->articles, f->dead, f->in_log, f->stories, f->stories_of_two, f->segments,
                           (double)f->segment_bytes / 1e6, (double)f->segment_bytes * each,
                           (double)f->shingle_keys * each, f->text_files, (double)f->text_bytes / 1e6,
                           (double)f->text_bytes * each));
    WP_TRY(wp_buffer_print(out, "outlets       %" PRIu64 " groups of sister outlets%s\n", f->owner_groups,
                           f->own_agencies ? "; further agencies" : ""));
    if (f->no_furniture) return wp_buffer_print(out, "furniture     counts as text\n");
    return wp_buffer_print(out, "furniture     %" PRIu64 " shingles do not count as text\n", f->furniture);
}

static enum wp_status run_all(const struct stats_flags *flags_given, int operands, char **argv,
                              struct wp_error *err) {
    struct wp_index_reader reader = {0};
    struct wp_index_stories stories = {0};
    struct wp_buffer out = {0};
    struct figures f = {0};
    if (operands != 1) return wp_fail(err, WP_EINVAL, "one index is wanted (see wireprint stats --help)");
    enum wp_status status = wp_index_reader_open(&reader, argv[1], NULL, err);
    if (status == WP_OK) status = wp_index_stories_gather(&stories, reader.view, err);
    if (status == WP_OK) {
        count_files(reader.view, &f);
        count_terms(&reader, &f);
        count_stories(&stories, &f);
        status = flags_given->json ? write_json(&f, &out) : write_text(&f, &out);
        if (status != WP_OK) wp_fail(err, status, "out of memory");
    }
    if (status == WP_OK && fwrite(out.data, 1, out.len, stdout) != out.len)
        status = wp_fail(err, WP_EIO, "standard output cannot be written");
    wp_buffer_release(&out);
    wp_index_stories_release(&stories);
    wp_index_reader_close(&reader);
    return status;
}

static int stats_run(int argc, char **argv) {
    struct stats_flags f = {0};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_stats, argc, argv, &f, &operands);
    if (status >= 0) return status;
    return run_all(&f, operands, argv, &err) == WP_OK ? WP_EXIT_OK
                                                      : wp_command_failed(&wp_command_stats, &err);
}
