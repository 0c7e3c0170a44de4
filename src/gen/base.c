/*
 * base.c - reading a base: paragraphs not seen before, joined to articles; see base.h.
 *
 * Leaves the index to index.c and the built-in articles to builtin.c. Between add and finish, `text` holds
 * the kept paragraphs of article i up to text_end[i], two line feeds between paragraphs.
 */
#include "gen/base.h"

#include <string.h>

#include "base/hash.h"
#include "gen/token.h"
#include "input/line_file.h"
#include "input/record.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)
#define SEEN_FIRST ((size_t)1 << 16)

static enum wp_status grow_seen(struct wp_gen_base *base) {
    size_t cap = base->seen_cap ? base->seen_cap * 2 : SEEN_FIRST;
    uint64_t *seen = wp_zalloc(cap, sizeof *seen);
    if (!seen) return WP_ENOMEM;
    for (size_t i = 0; i < base->seen_cap; i++) {
        size_t at = base->seen[i] & (cap - 1);
        if (!base->seen[i]) continue;
        while (seen[at]) at = (at + 1) & (cap - 1);
        seen[at] = base->seen[i];
    }
    wp_free(base->seen);
    base->seen = seen;
    base->seen_cap = cap;
    return WP_OK;
}

/* Remembers a paragraph; *again tells whether it was known. */
static enum wp_status remember(struct wp_gen_base *base, const uint8_t *p, size_t len, bool *again) {
    if (base->seen_count * 2 >= base->seen_cap) WP_TRY(grow_seen(base));
    uint64_t hash = wp_hash64(p, len);
    if (!hash) hash = 1;
    size_t at = hash & (base->seen_cap - 1);
    while (base->seen[at] && base->seen[at] != hash) at = (at + 1) & (base->seen_cap - 1);
    *again = base->seen[at] == hash;
    if (!*again) base->seen_count++;
    base->seen[at] = hash;
    return WP_OK;
}

/* Appends `len` bytes with white space made single and control characters taken out. */
static enum wp_status add_clean(struct wp_buffer *to, const uint8_t *p, size_t len) {
    WP_TRY(wp_buffer_reserve(to, len, WP_GEN_BASE_TEXT_MAX));
    uint8_t *out = to->data + to->len, *from = out;
    for (size_t i = 0; i < len; i++) {
        bool space = p[i] <= ' ' || p[i] == 0x7f;
        if (!space) *out++ = p[i];
        if (space && out > from && out[-1] != ' ') *out++ = ' ';
    }
    if (out > from && out[-1] == ' ') out--;
    to->len += (size_t)(out - from);
    return WP_OK;
}

/* Adds one paragraph if it is new and the article has room for it. */
static enum wp_status add_paragraph(struct wp_gen_base *base, size_t article, const uint8_t *p, size_t len) {
    struct wp_buffer *text = &base->text;
    size_t before = text->len;
    bool again = false;
    if (len > WP_GEN_ARTICLE_MAX) return WP_OK;
    if (before > article) WP_TRY(wp_buffer_add(text, "\n\n", 2));
    size_t start = text->len;
    WP_TRY(add_clean(text, p, len));
    if (text->len > start) WP_TRY(remember(base, text->data + start, text->len - start, &again));
    if (text->len == start || again || text->len - article > WP_GEN_ARTICLE_MAX) text->len = before;
    return WP_OK;
}

static enum wp_status add_ends(struct wp_gen_base *base) {
    size_t titles_cap = base->titles_cap;
    WP_TRY(WP_GROW(base->text_end, base->count, base->cap));
    WP_TRY(WP_GROW(base->title_end, base->count, titles_cap));
    base->titles_cap = titles_cap;
    base->text_end[base->count] = (uint32_t)base->text.len;
    base->title_end[base->count] = (uint32_t)base->titles.len;
    base->count++;
    return WP_OK;
}

enum wp_status wp_gen_base_add(struct wp_gen_base *base, const char *title, size_t title_len,
                               const char *text, size_t text_len) {
    const uint8_t *p = (const uint8_t *)text, *end = p + text_len;
    size_t article = base->text.len;
    if (text_len > WP_GEN_BASE_TEXT_MAX / 2 || article > WP_GEN_BASE_TEXT_MAX - 2 * text_len - 2)
        return WP_END;
    if (base->titles.len > WP_GEN_BASE_TITLES_MAX) return WP_END;
    while (p < end) {
        const uint8_t *line = memchr(p, '\n', (size_t)(end - p));
        if (!line) line = end;
        WP_TRY(add_paragraph(base, article, p, (size_t)(line - p)));
        p = line + 1;
    }
    if (wp_gen_words(base->text.data + article, base->text.len - article) < WP_GEN_WORDS_MIN) {
        base->text.len = article;
        return WP_OK;
    }
    WP_TRY(add_clean(&base->titles, (const uint8_t *)title, title_len > 200 ? 0 : title_len));
    return add_ends(base);
}

static enum wp_status read_lines(struct wp_gen_base *base, struct wp_line_file *file,
                                 struct wp_record_parser *parser, struct wp_error *err) {
    struct wp_record record;
    const uint8_t *line;
    const char *reason;
    size_t len;
    for (;;) {
        enum wp_status status = wp_line_file_next(file, &line, &len, err);
        if (status != WP_OK) return status == WP_END ? WP_OK : status;
        status = wp_record_parse(parser, line, len, &record, &reason);
        if (status == WP_ENOMEM) return wp_fail(err, status, "reading the base");
        if (status != WP_OK) continue;
        status = wp_gen_base_add(base, (const char *)record.title, record.title_len,
                                 (const char *)record.text, record.text_len);
        if (status == WP_END) return WP_OK;
        if (status != WP_OK) return wp_fail(err, status, "keeping the base: %s", wp_status_text(status));
    }
}

enum wp_status wp_gen_base_read(struct wp_gen_base *base, const char *name, struct wp_error *err) {
    struct wp_line_file file = {0};
    struct wp_record_parser *parser = NULL;
    enum wp_status status = wp_record_parser_new(&parser, NULL, err);
    if (status == WP_OK) status = wp_line_file_open(&file, name, LINE_MAX_BYTES, err);
    if (status == WP_OK) status = read_lines(base, &file, parser, err);
    wp_line_file_close(&file);
    wp_record_parser_free(parser);
    return status;
}

const uint8_t *wp_gen_base_title(const struct wp_gen_base *base, size_t i, size_t *len) {
    size_t start = i ? base->title_end[i - 1] : 0;
    *len = base->title_end[i] - start;
    return base->titles.data + start;
}

void wp_gen_base_release(struct wp_gen_base *base) {
    wp_buffer_release(&base->text);
    wp_buffer_release(&base->titles);
    wp_free(base->text_end);
    wp_free(base->title_end);
    wp_free(base->seen);
    wp_buffer_release(&base->packed);
    wp_free(base->place);
    *base = (struct wp_gen_base){0};
}
