/* summary.c - see summary.h. */
#include "report/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include "base/cpu.h"
#include "base/json.h"

enum { REPEATED_IDS_TOLD = 10, SOURCES_TOLD = 10, STORIES_TOLD = 10 };

struct wp_totals wp_summary_totals(const struct wp_run *run) {
    struct wp_totals t = {.rejected = wp_rejects_total(&run->rejects), .stories = run->stories.count};
    t.read = run->order.articles + t.rejected;
    for (size_t i = 0; i < run->stories.count; i++) {
        const struct wp_story *s = &run->stories.items[i];
        t.removed += s->size - 1;
        if (s->size > t.largest) t.largest = s->size;
    }
    t.kept = run->order.articles - t.removed;
    return t;
}

static double cpu_seconds(const struct rusage *r) {
    return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) +
           1e-6 * (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec);
}

/* Appends `"key": value,` lines; the first failure stays. */
struct json {
    struct wp_buffer text;
    enum wp_status status;
};

static void put_count(struct json *j, const char *key, uint64_t value) {
    if (j->status == WP_OK) j->status = wp_buffer_print(&j->text, "  \"%s\": %" PRIu64 ",\n", key, value);
}

static void put_real(struct json *j, const char *key, double value) {
    if (j->status == WP_OK) j->status = wp_buffer_print(&j->text, "  \"%s\": %.3f,\n", key, value);
}

static void put_words(struct json *j, const char *key, const char *value) {
    if (j->status == WP_OK) j->status = wp_buffer_print(&j->text, "  \"%s\": ", key);
    if (j->status == WP_OK) j->status = wp_json_string(&j->text, value, strlen(value));
    if (j->status == WP_OK) j->status = wp_buffer_add(&j->text, ",\n", 2);
}

static enum wp_status put_id(struct json *j, struct wp_run *run, uint32_t rank, struct wp_error *err) {
    struct wp_buffer id = {0};
    enum wp_status status = wp_run_id(run, rank, &id, err);
    if (status == WP_OK) status = wp_json_string(&j->text, id.data, id.len);
    wp_buffer_release(&id);
    return status;
}

/* The member that has least in common with the one it matched; of equals the first. */
static const struct wp_member *weakest_member(const struct wp_run *run, const struct wp_story *story) {
    const struct wp_member *members = &run->stories.members[story->first], *weakest = NULL;
    for (uint32_t i = 0; i < story->size; i++) {
        const struct wp_member *m = &members[i];
        if (m->rank == story->lead) continue;
        bool weaker = !weakest || m->coverage < weakest->coverage ||
                      (m->coverage == weakest->coverage && m->jaccard < weakest->jaccard);
        if (weaker) weakest = m;
    }
    return weakest;
}

static enum wp_status put_story(struct json *j, struct wp_run *run, const struct wp_story *story,
                                struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_member *weakest = weakest_member(run, story);
    const struct wp_article_row *row = wp_run_row(run, story->lead, &scratch, err);
    if (!row) return err->status;
    WP_TRY(wp_buffer_print(&j->text, "    {\"story\": \"%016" PRIx64 "\", \"size\": %" PRIu32 ", \"lead\": ",
                           wp_story_name(row), story->size));
    WP_TRY(put_id(j, run, story->lead, err));
    WP_TRY(wp_buffer_print(&j->text, ", \"weakest\": {\"id\": "));
    WP_TRY(put_id(j, run, weakest->rank, err));
    WP_TRY(wp_buffer_print(&j->text, ", \"to\": "));
    WP_TRY(put_id(j, run, weakest->to, err));
    return wp_buffer_print(&j->text, ", \"coverage\": %.4f, \"jaccard\": %.4f}}", (double)weakest->coverage,
                           (double)weakest->jaccard);
}

/* The largest stories, the largest first, of equals the one told first; returns how many. */
static size_t largest_stories(const struct wp_run *run, const struct wp_story *largest[STORIES_TOLD]) {
    size_t count = 0;
    for (size_t i = 0; i < run->stories.count; i++) {
        const struct wp_story *story = &run->stories.items[i];
        size_t at = count;
        if (count < STORIES_TOLD)
            count++;
        else if (largest[--at]->size >= story->size)
            continue;
        for (; at && largest[at - 1]->size < story->size; at--) largest[at] = largest[at - 1];
        largest[at] = story;
    }
    return count;
}

static void put_stories(struct json *j, struct wp_run *run, struct wp_error *err) {
    const struct wp_story *largest[STORIES_TOLD];
    size_t count = largest_stories(run, largest);
    if (j->status == WP_OK) j->status = wp_buffer_print(&j->text, "  \"largest_stories\": [");
    for (size_t i = 0; i < count && j->status == WP_OK; i++) {
        j->status = wp_buffer_print(&j->text, i ? ",\n" : "\n");
        if (j->status == WP_OK) j->status = put_story(j, run, largest[i], err);
    }
    if (j->status == WP_OK) j->status = wp_buffer_print(&j->text, count ? "\n  ],\n" : "],\n");
}

static void put_counts(struct json *j, const struct wp_summary *s) {
    const struct wp_run *run = s->run;
    struct wp_totals t = wp_summary_totals(run);
    char key[64];
    put_count(j, "read", t.read);
    put_count(j, "kept", t.kept);
    put_count(j, "removed", t.removed);
    put_count(j, "rejected", t.rejected);
    for (size_t i = 0; i < WP_REJECT_REASONS; i++) {
        snprintf(key, sizeof key, "rejected_%s", wp_reject_name(i));
        put_count(j, key, run->rejects.counts[i]);
    }
    put_count(j, "files", run->file_count);
    put_count(j, "files_damaged", s->failure_count);
    put_count(j, "dates_unknown", run->counts.dates_unknown);
    put_count(j, "repeated_ids", run->counts.repeated_ids);
    put_count(j, "too_short_to_compare", run->counts.too_short);
    put_count(j, "exact_copies", run->counts.exact_copies);
    put_count(j, "banners", run->counts.banners);
    put_count(j, "furniture_shingles", run->counts.furniture_shingles);
    put_count(j, "furniture_passages", s->furniture_passages);
    put_count(j, "furniture_left_out", s->furniture_left_out);
    put_count(j, "postings", run->counts.postings);
    put_count(j, "common_shingles", run->counts.common_shingles);
    put_count(j, "common_postings", run->counts.common_postings);
    put_count(j, "candidates", run->counts.candidates);
    put_count(j, "verified", run->counts.verified);
    put_count(j, "verified_shingles", run->counts.verified_shingles);
    put_count(j, "matches", run->counts.matches);
    put_count(j, "match_lines", s->match_lines);
    put_count(j, "match_lines_left_out", s->match_lines_left_out);
    put_count(j, "stories", t.stories);
    put_count(j, "largest_story", t.largest);
}

static void put_settings(struct json *j, const struct wp_run *run) {
    const struct wp_settings *s = &run->settings;
    char text[64];
    put_words(j, "match", wp_rule_text(&s->rule, text, sizeof text));
    put_words(j, "verify", s->verify_exact ? "exact" : "sketch");
    put_words(j, "keep", s->keep_words);
    put_words(j, "furniture", run->learns_furniture ? "on" : "off");
    put_count(j, "owner_groups", s->owner_groups ? wp_owner_groups_count(s->owner_groups) : 0);
    put_count(j, "threads", s->threads);
    put_count(j, "memory_limit_bytes", s->memory_bytes);
    put_count(j, "max_record_bytes", s->max_record_bytes);
    snprintf(text, sizeof text, "%016" PRIx64, wp_scheme_id());
    put_words(j, "scheme", text);
    put_words(j, "cpu", wp_cpu_name(wp_cpu_level()));
    put_words(j, "version", wp_version());
}

static void put_costs(struct json *j, const struct wp_summary *s) {
    const struct wp_run *run = s->run;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    put_count(j, "bytes_in", s->raw_bytes);
    put_count(j, "bytes_decoded", s->decoded_bytes);
    put_count(j, "bytes_spilled", run->budget.spilled_bytes);
    put_count(j, "peak_memory_bytes", (uint64_t)usage.ru_maxrss * 1024);
    put_real(j, "cpu_seconds", cpu_seconds(&usage));
    put_real(j, "read_seconds", run->stage_seconds[WP_STAGE_READ]);
    put_real(j, "families_seconds", run->stage_seconds[WP_STAGE_FAMILIES]);
    put_real(j, "hits_seconds", run->stage_seconds[WP_STAGE_HITS]);
    put_real(j, "furniture_seconds", run->stage_seconds[WP_STAGE_FURNITURE]);
    put_real(j, "verify_seconds", run->stage_seconds[WP_STAGE_VERIFY]);
    put_real(j, "stories_seconds", run->stage_seconds[WP_STAGE_STORIES]);
    put_real(j, "output_seconds", s->output_seconds);
    put_real(j, "wall_seconds", s->wall_seconds);
}

enum wp_status wp_summary_write(const struct wp_summary *s, struct wp_output *out, struct wp_error *err) {
    struct json j = {0};
    put_counts(&j, s);
    put_stories(&j, s->run, err);
    put_settings(&j, s->run);
    put_costs(&j, s);
    enum wp_status status = j.status;
    if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
    if (status == WP_OK) status = wp_output_write(out, "{\n", 2, err);
    if (status == WP_OK) status = wp_output_write(out, j.text.data, j.text.len - 2, err); /* the last comma */
    if (status == WP_OK) status = wp_output_write(out, "\n}\n", 3, err);
    wp_buffer_release(&j.text);
    return status;
}

/* A set rule promises its pairs, and of common shingles it does not have all (match/hits.h). The default rule
 * looks for stories, which need not every pair. */
static enum wp_status warn_of_common(const struct wp_run *run, struct wp_buffer *out) {
    if (!run->counts.common_shingles || run->settings.rule.match == WP_MATCH_STORY) return WP_OK;
    return wp_buffer_print(out,
                           "warning: %" PRIu64 " shingles are in more than %" PRIu32
                           " articles each, which were compared with the first %" PRIu32 " and the %" PRIu32
                           " before them only: some pairs of them may be missing\n",
                           run->counts.common_shingles, run->fanout.pairs_max, run->fanout.first,
                           run->fanout.near);
}

static enum wp_status warn_of_sources(const struct wp_run *run, struct wp_buffer *out) {
    const struct wp_names *names = &run->unknown_sources;
    if (!names->count) return WP_OK;
    WP_TRY(wp_buffer_print(out, "warning: no record is of an owner named in --keep: "));
    for (size_t i = 0; i < names->count && i < SOURCES_TOLD; i++)
        WP_TRY(wp_buffer_print(out, "%s'%.100s'", i ? ", " : "", names->items[i]));
    if (names->count > SOURCES_TOLD)
        WP_TRY(wp_buffer_print(out, " and %zu more", names->count - SOURCES_TOLD));
    return wp_buffer_add(out, "\n", 1);
}

enum wp_status wp_summary_text(const struct wp_summary *s, struct wp_buffer *out) {
    const struct wp_run *run = s->run;
    struct wp_totals t = wp_summary_totals(run);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double wall = s->wall_seconds > 0 ? s->wall_seconds : 1e-9;
    WP_TRY(wp_buffer_print(
        out, "%" PRIu64 " records read: %" PRIu64 " kept, %" PRIu64 " removed, %" PRIu64 " rejected\n",
        t.read, t.kept, t.removed, t.rejected));
    WP_TRY(wp_buffer_print(out,
                           "%" PRIu64 " stories, the largest of %" PRIu64 "; %" PRIu64
                           " exact copies, %" PRIu64 " matching pairs%s\n",
                           t.stories, t.largest, run->counts.exact_copies, run->counts.matches,
                           run->settings.verify_exact ? "" : " (judged from sketches)"));
    if (run->counts.banners)
        WP_TRY(wp_buffer_print(out, "%" PRIu64 " article%s nothing but a banner: no story\n",
                               run->counts.banners, run->counts.banners == 1 ? " is" : "s are"));
    if (run->counts.dates_unknown)
        WP_TRY(wp_buffer_print(out, "%" PRIu64 " dates not understood (see --date-format)\n",
                               run->counts.dates_unknown));
    WP_TRY(warn_of_common(run, out));
    WP_TRY(warn_of_sources(run, out));
    if (s->furniture_left_out)
        WP_TRY(wp_buffer_print(
            out, "warning: %" PRIu64 " passages of furniture were not written, for lack of room\n",
            s->furniture_left_out));
    return wp_buffer_print(out, "%.2f s, %.2f s CPU, %.0f MB/s, peak memory %.0f MB\n", s->wall_seconds,
                           cpu_seconds(&usage), (double)s->decoded_bytes / wall / 1e6,
                           (double)usage.ru_maxrss * 1024 / 1e6);
}

/* The line of a reject in its file, from the segments. */
static uint64_t reject_line(const struct wp_run *run, const struct wp_reject *reject) {
    for (size_t i = 0; i < run->order.count; i++) {
        const struct wp_segment *s = &run->order.by_rank[i];
        if (s->file == reject->file && s->sequence == reject->sequence) return s->first_line + reject->line;
    }
    return 0;
}

/* Ends the line that begins at `begin`. */
static enum wp_status end_line(struct wp_buffer *out, size_t begin) {
    wp_text_disarm((char *)out->data + begin, out->len - begin);
    return wp_buffer_add(out, "\n", 1);
}

static enum wp_status tell_rejects(const struct wp_run *run, size_t reason, struct wp_buffer *out) {
    const struct wp_rejects *r = &run->rejects;
    for (size_t i = 0; i < r->told_count[reason]; i++) {
        const struct wp_reject *reject = &r->told[reason][i];
        size_t begin = out->len;
        WP_TRY(wp_buffer_print(out, "%s:%" PRIu64 ": %s", run->files[reject->file], reject_line(run, reject),
                               reject->words));
        WP_TRY(end_line(out, begin));
    }
    if (r->counts[reason] == r->told_count[reason]) return WP_OK;
    return wp_buffer_print(out, "... and %" PRIu64 " more (%s)\n", r->counts[reason] - r->told_count[reason],
                           wp_reject_name(reason));
}

static enum wp_status tell_repeated_ids(struct wp_run *run, struct wp_buffer *out, struct wp_error *err) {
    struct wp_buffer id = {0};
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < run->same_ids.count && i < REPEATED_IDS_TOLD && status == WP_OK; i++) {
        size_t begin = out->len;
        status = wp_run_id(run, run->same_ids.items[i].twin, &id, err);
        if (status == WP_OK)
            status = wp_buffer_print(out, "id '%.*s' stands more than once; each is a record of its own",
                                     (int)(id.len < 200 ? id.len : 200), (const char *)id.data);
        if (status == WP_OK) status = end_line(out, begin);
    }
    if (status == WP_OK && run->same_ids.count > REPEATED_IDS_TOLD)
        status =
            wp_buffer_print(out, "... and %zu more repeated ids\n", run->same_ids.count - REPEATED_IDS_TOLD);
    wp_buffer_release(&id);
    return status;
}

enum wp_status wp_summary_complaints(const struct wp_summary *s, struct wp_buffer *out,
                                     struct wp_error *err) {
    char text[1024];
    for (size_t i = 0; i < s->failure_count; i++)
        WP_TRY(wp_buffer_print(out, "%s (what came before is used)\n",
                               wp_error_text(&s->failures[i].error, text, sizeof text)));
    for (size_t i = 0; i < WP_REJECT_REASONS; i++) WP_TRY(tell_rejects(s->run, i, out));
    return tell_repeated_ids(s->run, out, err);
}
