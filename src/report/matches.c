/*
 * matches.c - matches.tsv. See answers.h.
 *
 * The run's matches are between articles that stand for themselves and their exact copies. The list of pairs
 * to write is made of those, the families of copies, and, for a set rule, all pairs between two families; it
 * goes through parts by the lower rank, so that it comes out sorted whatever its size.
 */
#include "report/answers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "match/hits.h"

struct writer {
    struct wp_run *run;
    struct wp_output *out;
    struct wp_parts pairs;
    struct wp_parts_sender sender;
    uint32_t ranks_per_part;
    bool every_pair;
    uint64_t written, left_out;
    struct wp_buffer id_a, id_b, line;
    struct wp_match *items;
    size_t cap;
};

static enum wp_status send_pair(struct writer *w, const struct wp_match *m, uint32_t x, uint32_t y,
                                struct wp_error *err) {
    struct wp_match pair = *m;
    pair.a = x < y ? x : y;
    pair.b = x < y ? y : x;
    return wp_parts_send(&w->sender, pair.a / w->ranks_per_part, &pair, err);
}

/* All pairs between the families of a and b, each family being an article and its exact copies. */
static enum wp_status send_families(struct writer *w, const struct wp_match *m, struct wp_error *err) {
    const struct wp_twin_list *copies = &w->run->copies;
    size_t a, a_end, b, b_end;
    if (!w->every_pair || !copies->count) return send_pair(w, m, m->a, m->b, err);
    wp_twins_of(copies, m->a, &a, &a_end);
    wp_twins_of(copies, m->b, &b, &b_end);
    uint64_t sent = 0, all = (uint64_t)(a_end - a + 1) * (b_end - b + 1);
    for (size_t i = a; i <= a_end; i++) {
        for (size_t j = b; j <= b_end && sent < WP_FAMILY_PAIRS_MAX; j++, sent++)
            WP_TRY(send_pair(w, m, i == a ? m->a : copies->items[i - 1].twin,
                             j == b ? m->b : copies->items[j - 1].twin, err));
    }
    w->left_out += all - sent;
    return WP_OK;
}

/* The pairs within one family: copies->items[begin .. end). */
static enum wp_status send_family(struct writer *w, size_t begin, size_t end, struct wp_error *err) {
    const struct wp_twin *items = w->run->copies.items;
    const struct wp_match same = {
        .relation = WP_RELATION_EXACT, .coverage = 1, .jaccard = 1, .containment = 1};
    uint64_t sent = 0;
    for (size_t i = begin; i < end; i++) WP_TRY(send_pair(w, &same, items[i].first, items[i].twin, err));
    if (!w->every_pair) return WP_OK;
    for (size_t i = begin; i < end; i++)
        for (size_t j = i + 1; j < end && sent < WP_FAMILY_PAIRS_MAX; j++, sent++)
            WP_TRY(send_pair(w, &same, items[i].twin, items[j].twin, err));
    w->left_out += (uint64_t)(end - begin) * (end - begin - 1) / 2 - sent;
    return WP_OK;
}

static enum wp_status make_room(struct writer *w, size_t count) {
    while (count > w->cap) WP_TRY(wp_grow_((void **)&w->items, &w->cap, sizeof *w->items));
    return WP_OK;
}

static enum wp_status send_all(struct writer *w, struct wp_error *err) {
    struct wp_run *run = w->run;
    const struct wp_twin_list *copies = &run->copies;
    for (size_t part = 0; part < run->matches.part_count; part++) {
        size_t count = wp_parts_count(&run->matches, part);
        if (make_room(w, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
        WP_TRY(wp_parts_read(&run->matches, part, w->items, err));
        for (size_t i = 0; i < count; i++) WP_TRY(send_families(w, &w->items[i], err));
    }
    for (size_t i = 0, end; i < copies->count; i = end) {
        for (end = i + 1; end < copies->count && copies->items[end].first == copies->items[i].first; end++) {
        }
        WP_TRY(send_family(w, i, end, err));
    }
    return wp_parts_sender_flush(&w->sender, err);
}

static int compare_pairs(const void *x, const void *y) {
    const struct wp_match *a = x, *b = y;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static void make_one_field(struct wp_buffer *id) {
    for (size_t i = 0; i < id->len; i++)
        if (id->data[i] == '\t' || id->data[i] == '\n' || id->data[i] == '\r') id->data[i] = ' ';
}

static enum wp_status write_pair(struct writer *w, const struct wp_match *m, bool new_a,
                                 struct wp_error *err) {
    if (new_a) {
        WP_TRY(wp_run_id(w->run, m->a, &w->id_a, err));
        make_one_field(&w->id_a);
    }
    WP_TRY(wp_run_id(w->run, m->b, &w->id_b, err));
    make_one_field(&w->id_b);
    bool turned = m->relation == WP_RELATION_EXCERPT && m->b_shorter; /* the excerpt comes first */
    const struct wp_buffer *first = turned ? &w->id_b : &w->id_a, *second = turned ? &w->id_a : &w->id_b;
    w->line.len = 0;
    WP_TRY(wp_buffer_add(&w->line, first->data, first->len));
    WP_TRY(wp_buffer_add(&w->line, "\t", 1));
    WP_TRY(wp_buffer_add(&w->line, second->data, second->len));
    WP_TRY(wp_buffer_print(&w->line, "\t%s\t%.4f\t%.4f\t%.4f%s\n", wp_relation_name(m->relation),
                           (double)m->coverage, (double)m->jaccard, (double)m->containment,
                           w->run->settings.verify_exact ? "" : "\tsketch"));
    w->written++;
    return wp_output_write(w->out, w->line.data, w->line.len, err);
}

static enum wp_status write_all(struct writer *w, struct wp_error *err) {
    WP_TRY(wp_output_print(w->out, err, "id_a\tid_b\trelation\tcoverage\tjaccard\tcontainment%s\n",
                           w->run->settings.verify_exact ? "" : "\tverify"));
    for (size_t part = 0; part < w->pairs.part_count; part++) {
        size_t count = wp_parts_count(&w->pairs, part);
        if (make_room(w, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
        WP_TRY(wp_parts_take(&w->pairs, part, w->items, err));
        if (count) qsort(w->items, count, sizeof *w->items, compare_pairs);
        for (size_t i = 0; i < count; i++)
            WP_TRY(write_pair(w, &w->items[i], i == 0 || w->items[i].a != w->items[i - 1].a, err));
    }
    return WP_OK;
}

enum wp_status wp_write_matches(struct wp_run *run, struct wp_output *out, uint64_t *written,
                                uint64_t *left_out, struct wp_error *err) {
    struct writer w = {.run = run, .out = out, .ranks_per_part = wp_hits_ranks_per_part(run->order.articles)};
    w.every_pair =
        run->settings.rule.match == WP_MATCH_JACCARD || run->settings.rule.match == WP_MATCH_SIMHASH;
    enum wp_status status =
        wp_parts_init(&w.pairs, sizeof(struct wp_match), WP_HIT_PARTS, WP_HIT_CHUNK_BYTES, &run->budget);
    if (status == WP_OK) status = wp_parts_sender_init(&w.sender, &w.pairs, 64);
    if (status == WP_OK) status = send_all(&w, err);
    if (status == WP_OK) status = write_all(&w, err);
    if (status == WP_ENOMEM) wp_fail(err, status, "out of memory for the matches");
    wp_parts_sender_release(&w.sender);
    wp_parts_release(&w.pairs);
    wp_free(w.items);
    wp_buffer_release(&w.id_a);
    wp_buffer_release(&w.id_b);
    wp_buffer_release(&w.line);
    *written = w.written;
    *left_out = w.left_out;
    return status;
}
