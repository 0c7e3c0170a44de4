/* row_table.c - see row_table.h. */
#include "index/row_table.h"

/* The columns in their order. */
enum column {
    DATE, /* 0: not known; else 1 + the distance from the least one */
    TOKENS,
    SHINGLES, /* tokens less shingles */
    OWNER,
    BLOCK,
    PLACE,
    TEXTS,
    SAMPLES,
    WIDTH,
    ADDED,
    STORY, /* the article's number less this one, as is `to` */
    TO,
    RELATION, /* with what is told of the title */
    COVERAGE,
    JACCARD,
    COLUMNS
};
_Static_assert((int)COLUMNS == (int)WP_ROW_COLUMNS, "the header knows how many columns there are");

enum {
    EXACT_AT = 16, /* in a row */
    TITLE_AT = 32,
    HASHES = 48,
    DATE_AT = COLUMNS + 1, /* in a shape */
    LEAST_AT = DATE_AT + 8,
    GROUP = 480, /* rows that an entry of `places` is about */
    GROUP_BYTES = 4 + GROUP / 8,
};
#define UNKNOWN ((uint64_t)INT64_MIN)
#define SIGN ((uint64_t)1 << 63) /* turned over, dates compare as numbers without one */

static enum wp_status bad(const struct wp_row_table *t, struct wp_error *err) {
    return wp_fail_file(err, WP_EDAMAGED, t->rows.name, "the rows do not add up");
}

/* ---- a row as columns ---- */

/* 0 is for none, so that it costs no bits; an article that is tied to itself, which there is not, takes the
 * value that none would have had. */
static uint32_t swap_none(uint32_t number, uint32_t distance) {
    return distance == 0 ? number - WP_NUMBER_NONE : distance == number - WP_NUMBER_NONE ? 0 : distance;
}

static void to_columns(const struct wp_row *row, uint32_t number, uint64_t columns[COLUMNS]) {
    columns[DATE] = (uint64_t)row->date;
    columns[TOKENS] = row->tokens;
    columns[SHINGLES] = row->tokens - row->shingles;
    columns[OWNER] = row->owner;
    columns[BLOCK] = row->block;
    columns[PLACE] = row->place;
    columns[TEXTS] = row->texts;
    columns[SAMPLES] = row->samples;
    columns[WIDTH] = row->width;
    columns[ADDED] = row->added;
    columns[STORY] = number - row->story;
    columns[TO] = swap_none(number, number - row->to);
    columns[RELATION] = wp_row_ties(row);
    columns[COVERAGE] = row->coverage;
    columns[JACCARD] = row->jaccard;
}

static void from_columns(struct wp_row *row, uint32_t number, const uint64_t columns[COLUMNS]) {
    row->date = (int64_t)columns[DATE];
    row->tokens = (uint32_t)columns[TOKENS];
    row->shingles = row->tokens - (uint32_t)columns[SHINGLES];
    row->owner = (uint32_t)columns[OWNER];
    row->block = (uint32_t)columns[BLOCK];
    row->place = (uint16_t)columns[PLACE];
    row->texts = (uint16_t)columns[TEXTS];
    row->samples = (uint16_t)columns[SAMPLES];
    row->width = (uint8_t)columns[WIDTH];
    row->added = (uint32_t)columns[ADDED];
    row->story = number - (uint32_t)columns[STORY];
    row->to = number - swap_none(number, (uint32_t)columns[TO]);
    wp_row_set_ties(row, (uint8_t)columns[RELATION]);
    row->coverage = (uint16_t)columns[COVERAGE];
    row->jaccard = (uint16_t)columns[JACCARD];
}

/* ---- shapes ---- */

void wp_row_shape_begin(struct wp_row_shape *s) {
    *s = (struct wp_row_shape){0};
    for (unsigned c = 0; c < COLUMNS; c++) s->least[c] = UINT64_MAX;
}

static void take_value(struct wp_row_shape *s, enum column c, uint64_t value) {
    if (value < s->least[c]) s->least[c] = value;
    if (value > s->most[c]) s->most[c] = value;
}

void wp_row_shape_take(struct wp_row_shape *s, const struct wp_row *row, uint32_t number) {
    uint64_t columns[COLUMNS];
    to_columns(row, number, columns);
    if (columns[DATE] != UNKNOWN) take_value(s, DATE, columns[DATE] ^ SIGN);
    for (unsigned c = TOKENS; c < COLUMNS; c++) take_value(s, c, columns[c]);
}

void wp_row_shape_take_any_record(struct wp_row_shape *s) {
    for (unsigned c = BLOCK; c <= TEXTS; c++) {
        take_value(s, c, 0);
        take_value(s, c, c == BLOCK ? UINT32_MAX : UINT16_MAX);
    }
}

static void measure(struct wp_row_shape *s) {
    unsigned bits = 0;
    for (unsigned c = 0; c < COLUMNS; c++) bits += s->bits[c];
    s->row_bytes = HASHES + (bits + 7) / 8;
}

void wp_row_shape_end(struct wp_row_shape *s) {
    for (unsigned c = 0; c < COLUMNS; c++) {
        bool any = s->least[c] <= s->most[c];
        if (!any) s->least[c] = s->most[c] = 0;
        s->bits[c] = any ? (uint8_t)wp_packed_bits(s->most[c] - s->least[c] + (c == DATE)) : 0;
    }
    s->least[DATE] ^= SIGN;
    measure(s);
}

void wp_row_shape_write(uint8_t out[WP_ROW_SHAPE_BYTES], const struct wp_row_shape *s) {
    memcpy(out, s->bits, COLUMNS);
    out[COLUMNS] = 0;
    wp_store64(out + DATE_AT, s->least[DATE]);
    for (unsigned c = TOKENS; c < COLUMNS; c++)
        wp_store32(out + LEAST_AT + 4 * (c - TOKENS), (uint32_t)s->least[c]);
}

int wp_row_shape_read(struct wp_row_shape *s, const uint8_t in[WP_ROW_SHAPE_BYTES]) {
    *s = (struct wp_row_shape){0};
    memcpy(s->bits, in, COLUMNS);
    s->least[DATE] = wp_load64(in + DATE_AT);
    for (unsigned c = TOKENS; c < COLUMNS; c++) s->least[c] = wp_load32(in + LEAST_AT + 4 * (c - TOKENS));
    for (unsigned c = 0; c < COLUMNS; c++)
        if (s->bits[c] > (c == DATE ? 64 : 32)) return -1;
    measure(s);
    return in[COLUMNS] == 0 ? 0 : -1;
}

/* ---- reading ---- */

int wp_row_table_valid(const struct wp_row_table *t, uint64_t there) {
    uint64_t groups = there == t->count ? 0 : ((uint64_t)t->count + GROUP - 1) / GROUP;
    return there <= t->count && t->rows.len == there * t->shape.row_bytes &&
           t->places.len == groups * GROUP_BYTES;
}

/* Which of the rows is that of article first + i; -1 when it has gone. */
static enum wp_status find_row(const struct wp_row_table *t, uint32_t i, int64_t *row, struct wp_error *err) {
    *row = i;
    if (!t->places.len) return WP_OK;
    uint64_t at = (uint64_t)(i / GROUP) * GROUP_BYTES;
    unsigned bit = i % GROUP;
    WP_TRY(wp_section_check(&t->places, at, GROUP_BYTES, err));
    const uint8_t *group = t->places.data + at, *bits = group + 4;
    if (!(bits[bit / 8] >> bit % 8 & 1)) {
        *row = -1;
        return WP_OK;
    }
    *row = wp_load32(group);
    for (; bit >= 32; bit -= 32, bits += 4) *row += wp_packed_count(wp_load32(bits));
    *row += wp_packed_count(wp_load32(bits) & wp_packed_mask(bit));
    return WP_OK;
}

/* The packed columns of a row. */
static void read_columns(const struct wp_row_table *t, const struct wp_section_bytes *row,
                         uint64_t columns[COLUMNS]) {
    const struct wp_row_shape *s = &t->shape;
    uint64_t at = 8 * HASHES, date = wp_packed_load64(row->data, row->len, at, s->bits[DATE]);
    columns[DATE] = date ? s->least[DATE] + date - 1 : UNKNOWN;
    at += s->bits[DATE];
    for (unsigned c = TOKENS; c < COLUMNS; at += s->bits[c++])
        columns[c] = s->least[c] + wp_packed_load(row->data, row->len, at, s->bits[c]);
}

enum wp_status wp_row_table_read(const struct wp_row_table *t, uint32_t number, struct wp_row *row,
                                 struct wp_error *err) {
    uint8_t copy[WP_SECTION_COPY_BYTES];
    struct wp_section_bytes bytes;
    uint64_t columns[COLUMNS];
    int64_t which;
    *row = (struct wp_row){0};
    WP_TRY(find_row(t, number - t->first, &which, err));
    if (which < 0) return WP_OK;
    uint64_t at = (uint64_t)which * t->shape.row_bytes;
    WP_TRY(wp_section_read(&t->rows, at, t->shape.row_bytes, copy, &bytes, err));
    const uint8_t *p = bytes.data;
    row->id = (struct wp_hash128){wp_load64(p), wp_load64(p + 8)};
    row->exact = (struct wp_hash128){wp_load64(p + EXACT_AT), wp_load64(p + EXACT_AT + 8)};
    for (int i = 0; i < WP_TITLE_WORDS; i++)
        row->title.words[i] = (uint16_t)(p[TITLE_AT + 2 * i] | p[TITLE_AT + 2 * i + 1] << 8);
    read_columns(t, &bytes, columns);
    from_columns(row, number, columns);
    return row->added ? WP_OK : bad(t, err);
}

void wp_row_table_prefetch(const struct wp_row_table *t, uint32_t number) {
    uint64_t at = (uint64_t)(number - t->first) * t->shape.row_bytes;
    if (t->places.len || at + t->shape.row_bytes > t->rows.len) return;
    __builtin_prefetch(t->rows.data + at);
    __builtin_prefetch(t->rows.data + at + t->shape.row_bytes - 1);
}

void wp_row_table_covers(const struct wp_row_table *t, uint64_t at, uint64_t len, uint32_t *first,
                         uint32_t *count) {
    int64_t low = (int64_t)(at / t->shape.row_bytes), high = (int64_t)((at + len - 1) / t->shape.row_bytes);
    uint32_t begin = t->count, end = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        int64_t row;
        bool known = find_row(t, i, &row, NULL) == WP_OK;
        if (known && (row < low || row > high)) continue;
        if (i < begin) begin = i;
        end = i + 1;
    }
    *first = t->first + (begin < end ? begin : 0);
    *count = begin < end ? end - begin : 0;
}

/* ---- writing ---- */

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

enum wp_status wp_row_writer_begin(struct wp_row_writer *w, struct wp_section_writer *out, uint32_t kind,
                                   const struct wp_row_shape *shape, uint32_t first, struct wp_error *err) {
    *w = (struct wp_row_writer){.out = out, .shape = shape, .first = first, .next = first};
    return wp_section_begin(out, kind, err);
}

static enum wp_status pack_row(struct wp_row_writer *w, const struct wp_row *row) {
    uint64_t columns[COLUMNS];
    uint8_t hashes[HASHES];
    struct wp_packed_writer p;
    wp_store64(hashes, row->id.low);
    wp_store64(hashes + 8, row->id.high);
    wp_store64(hashes + EXACT_AT, row->exact.low);
    wp_store64(hashes + EXACT_AT + 8, row->exact.high);
    for (int i = 0; i < WP_TITLE_WORDS; i++) {
        hashes[TITLE_AT + 2 * i] = (uint8_t)row->title.words[i];
        hashes[TITLE_AT + 2 * i + 1] = (uint8_t)(row->title.words[i] >> 8);
    }
    w->packed.len = 0;
    WP_TRY(wp_buffer_add(&w->packed, hashes, sizeof hashes));
    to_columns(row, w->next, columns);
    uint64_t date = columns[DATE] == UNKNOWN ? 0 : columns[DATE] - w->shape->least[DATE] + 1;
    WP_TRY(wp_packed_begin(&p, &w->packed, 8 * (uint64_t)w->shape->row_bytes));
    wp_packed_put(&p, date, w->shape->bits[DATE]);
    for (unsigned c = TOKENS; c < COLUMNS; c++)
        wp_packed_put(&p, columns[c] - w->shape->least[c], w->shape->bits[c]);
    wp_packed_end(&p);
    return WP_OK;
}

static enum wp_status note_place(struct wp_row_writer *w, bool there) {
    uint32_t bit = (w->next - w->first) % GROUP;
    if (!bit) {
        uint8_t group[GROUP_BYTES] = {0};
        wp_store32(group, w->there);
        WP_TRY(wp_buffer_add(&w->places, group, sizeof group));
    }
    w->places.data[w->places.len - GROUP / 8 + bit / 8] |= (uint8_t)(there << bit % 8);
    return WP_OK;
}

enum wp_status wp_row_writer_add(struct wp_row_writer *w, const struct wp_row *row, struct wp_error *err) {
    if (note_place(w, row != NULL) != WP_OK || (row && pack_row(w, row) != WP_OK)) return no_memory(err);
    w->next++;
    if (!row) return WP_OK;
    w->there++;
    return wp_section_write(w->out, w->packed.data, w->packed.len, err);
}

enum wp_status wp_row_writer_end(struct wp_row_writer *w, struct wp_error *err) {
    return wp_section_end(w->out, 0, 0, w->there, err);
}

enum wp_status wp_row_writer_places(struct wp_row_writer *w, uint32_t kind, struct wp_error *err) {
    bool all = w->there == w->next - w->first;
    WP_TRY(wp_section_begin(w->out, kind, err));
    if (!all) WP_TRY(wp_section_write(w->out, w->places.data, w->places.len, err));
    return wp_section_end(w->out, 0, 0, 0, err);
}

void wp_row_writer_release(struct wp_row_writer *w) {
    wp_buffer_release(&w->packed);
    wp_buffer_release(&w->places);
    *w = (struct wp_row_writer){0};
}
