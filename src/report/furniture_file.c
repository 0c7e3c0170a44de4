/* furniture_file.c - see furniture_file.h. */
#include "report/furniture_file.h"

#include <stdlib.h>
#include <string.h>
#include "engine/reread.h"
#include "input/owner.h"
#include "report/second_pass.h"
#include "sketch/fingerprint.h"
#include "text/unicode.h"

struct fetching {
    struct wp_furniture_file *f;
    const struct wp_ledger_lines *lines; /* by rank */
    size_t at;                           /* the first whose text is missing */
    struct wp_record_parser *parser;
    struct wp_owner_cache *owners;
    struct wp_fingerprinter *printer;
    struct wp_rereader *rereader; /* made when first needed */
    struct wp_buffer passage;
};

/* ---- one passage ---- */

static bool is_blank(uint32_t c) {
    return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* White space, and what controls a terminal, becomes single blanks. */
static enum wp_status fold_blanks(const uint8_t *text, size_t len, struct wp_buffer *out) {
    bool blank = false;
    WP_TRY(wp_buffer_reserve(out, len, SIZE_MAX));
    for (size_t i = 0, n; i < len; i += n) {
        uint32_t c = 0;
        n = wp_utf8_decode(text + i, len - i, &c);
        bool white = !n || is_blank(c);
        if (!n) n = 1;
        if (white && !blank) out->data[out->len++] = ' ';
        for (size_t k = 0; k < n && !white; k++) out->data[out->len++] = text[i + k];
        blank = white;
    }
    return WP_OK;
}

/* Adds the passage that stands in the buffer if it is read back as what was learnt. */
static enum wp_status add_if_same(struct fetching *t, const struct wp_ledger_line *line,
                                  struct wp_known_passage *p, bool *added) {
    const uint64_t *shingles;
    size_t count;
    unsigned span;
    p->text = (const char *)t->passage.data;
    p->text_len = t->passage.len;
    enum wp_status status = wp_known_hash(t->f->known, p, &shingles, &count, &span);
    if (status == WP_OK && wp_ledger_print(shingles, count) != line->print) return WP_OK;
    if (status == WP_OK) status = wp_known_add(t->f->known, p);
    *added = status == WP_OK;
    return status == WP_EINVAL || status == WP_ETOOBIG ? WP_OK : status;
}

/* A passage as it stands there; as its folded words where it begins or ends inside a character that makes
 * several words, or is too long with what stands between them. */
static enum wp_status add_passage(struct fetching *t, const struct wp_ledger_line *line,
                                  const struct wp_record *record, const struct wp_tokens *tokens,
                                  const struct wp_source_range *ranges) {
    struct wp_known_passage p = {.count = line->articles, .first_seen = line->first_seen, .span = line->span};
    uint32_t begin = ranges[line->first].begin, end = ranges[line->first + line->tokens - 1].end;
    bool added = false;
    if (line->owner != WP_FURNITURE_OF_ALL) wp_owner_find(t->owners, record, &p.owner, &p.owner_len);
    t->passage.len = 0;
    WP_TRY(fold_blanks(record->text + begin, end - begin, &t->passage));
    WP_TRY(add_if_same(t, line, &p, &added));
    if (added) return WP_OK;
    begin = tokens->starts[line->first], end = tokens->starts[line->first + line->tokens] - 1;
    t->passage.len = 0;
    WP_TRY(wp_buffer_add(&t->passage, tokens->text + begin, end - begin));
    WP_TRY(add_if_same(t, line, &p, &added));
    t->f->left_out += !added;
    return WP_OK;
}

/* ---- one article ---- */

/* Is it what the run has read? Leaves its words with their places. */
static enum wp_status read_article(struct fetching *t, uint32_t rank, const struct wp_record *record,
                                   struct wp_tokens *tokens, const struct wp_source_range **ranges,
                                   struct wp_error *err) {
    struct wp_article_row scratch;
    struct wp_fingerprint print;
    struct wp_run *run = t->f->run;
    const char *owner;
    size_t owner_len;
    const struct wp_article_row *row = wp_run_row(run, rank, &scratch, err);
    if (!row) return err->status;
    wp_owner_find(t->owners, record, &owner, &owner_len);
    bool same_owner = row->owner == (owner_len ? wp_owner_number(owner, owner_len) : 0);
    enum wp_status status = wp_fingerprinter_run(t->printer, record->text, record->text_len, 0, &print);
    bool same = same_owner && status == WP_OK && wp_hash128_equal(print.exact, row->exact);
    if (status != WP_ENOMEM && !same)
        return wp_fail_file(err, WP_EDAMAGED, run->files[wp_order_of_rank(&run->order, rank)->file],
                            "changed while it was being read");
    if (status == WP_OK)
        status = wp_tokens_with_offsets(wp_fingerprinter_tokenizer(t->printer), record->text,
                                        record->text_len, tokens, ranges);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

/* wp_second_pass.visit */
static enum wp_status visit(void *self, uint32_t rank, const uint8_t *line, size_t len,
                            struct wp_error *err) {
    struct fetching *t = self;
    struct wp_record record = {.text_len = 0};
    struct wp_tokens tokens;
    const struct wp_source_range *ranges;
    const char *words;
    enum wp_status status = wp_record_parse(t->parser, line, len, &record, &words);
    if (status == WP_ENOMEM) return wp_fail(err, status, "out of memory");
    if (status != WP_OK) record = (struct wp_record){.text = line}; /* no article: it has changed */
    WP_TRY(read_article(t, rank, &record, &tokens, &ranges, err));
    for (; t->at < t->lines->count && t->lines->items[t->at].rank == rank; t->at++) {
        status = add_passage(t, &t->lines->items[t->at], &record, &tokens, ranges);
        if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    }
    return WP_OK;
}

/* wp_second_pass.next: what can be read by its place is read here, so that all come in one order. */
static enum wp_status next(void *self, uint64_t *rank, struct wp_error *err) {
    struct fetching *t = self;
    struct wp_article_row scratch;
    while (t->at < t->lines->count) {
        const uint8_t *line;
        *rank = t->lines->items[t->at].rank;
        const struct wp_article_row *row = wp_run_row(t->f->run, (uint32_t)*rank, &scratch, err);
        if (!row) return err->status;
        if (!row->line_bytes) return WP_OK;
        if (atomic_load(&t->f->run->cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
        if (!t->rereader) WP_TRY(wp_rereader_new(&t->rereader, t->f->run, err));
        WP_TRY(wp_reread_line(t->rereader, (uint32_t)*rank, row, &line, err));
        WP_TRY(visit(t, (uint32_t)*rank, line, row->line_bytes, err));
    }
    *rank = WP_SECOND_PASS_NONE;
    return WP_OK;
}

static enum wp_status prepare(struct fetching *t, struct wp_error *err) {
    const struct wp_settings *s = &t->f->run->settings;
    WP_TRY(wp_record_parser_new(&t->parser, &s->fields, err));
    enum wp_status status = wp_fingerprinter_new(&t->printer);
    if (status == WP_OK) status = wp_owner_cache_new(&t->owners);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    wp_owner_cache_join(t->owners, s->owner_groups);
    return WP_OK;
}

/* Adds what was learnt to what was known. */
static enum wp_status fetch(struct wp_furniture_file *f, struct wp_error *err) {
    struct fetching t = {.f = f, .lines = &f->run->ledger.lines};
    struct wp_second_pass pass = {
        .run = f->run, .copies = f->copies, .stamps = f->stamps, .next = next, .visit = visit, .self = &t};
    enum wp_status status = prepare(&t, err);
    if (status == WP_OK) status = wp_second_pass_run(&pass, err);
    wp_record_parser_free(t.parser);
    wp_fingerprinter_free(t.printer);
    wp_owner_cache_free(t.owners);
    wp_rereader_free(t.rereader);
    wp_buffer_release(&t.passage);
    return status;
}

/* ---- all of it ---- */

static void count_known(struct wp_furniture_file *f) {
    const struct wp_known_met *met = f->run->ledger.known;
    for (size_t i = 0; met && i < f->known->count; i++) {
        struct wp_known_line *line = &f->known->lines[i];
        line->count += met[i].articles;
        if (line->count > WP_KNOWN_COUNT_MAX) line->count = WP_KNOWN_COUNT_MAX;
        if (met[i].first_seen == WP_DATE_UNKNOWN) continue;
        if (line->first_seen == WP_DATE_UNKNOWN || met[i].first_seen < line->first_seen)
            line->first_seen = met[i].first_seen;
    }
}

static int compare_bytes(const void *a, size_t a_len, const void *b, size_t b_len) {
    size_t least = a_len < b_len ? a_len : b_len;
    int order = least ? memcmp(a, b, least) : 0;
    return order ? order : a_len < b_len ? -1 : a_len > b_len;
}

static int compare_lines(const void *x, const void *y, void *known) {
    const struct wp_known_line *a = x, *b = y;
    const struct wp_known *k = known;
    size_t a_len = 0, b_len = 0;
    const char *a_name = "", *b_name = "";
    if (a->name != WP_INTERN_NONE) a_name = wp_intern_text(&k->names, a->name, &a_len);
    if (b->name != WP_INTERN_NONE) b_name = wp_intern_text(&k->names, b->name, &b_len);
    int order = compare_bytes(a_name, a_len, b_name, b_len);
    if (order) return order;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    order = compare_bytes(k->texts.data + a->text, a->text_bytes, k->texts.data + b->text, b->text_bytes);
    return order ? order : a->text < b->text ? -1 : a->text > b->text;
}

static enum wp_status write_lines(struct wp_known *k, struct wp_output *out, struct wp_error *err) {
    struct wp_buffer line = {0};
    if (k->count) qsort_r(k->lines, k->count, sizeof *k->lines, compare_lines, k);
    enum wp_status status = wp_known_print_header(&line);
    for (size_t i = 0; i <= k->count; i++) {
        if (status != WP_OK) wp_fail(err, status, "out of memory");
        if (status == WP_OK) status = wp_output_write(out, line.data, line.len, err);
        if (status != WP_OK || i == k->count) break;
        line.len = 0;
        status = wp_known_print(k, &k->lines[i], &line);
    }
    wp_buffer_release(&line);
    return status;
}

enum wp_status wp_write_furniture(struct wp_furniture_file *f, struct wp_output *out, struct wp_error *err) {
    f->left_out = f->run->ledger.lines.left_out;
    count_known(f);
    WP_TRY(fetch(f, err));
    f->passages = f->known->count;
    return write_lines(f->known, out, err);
}
