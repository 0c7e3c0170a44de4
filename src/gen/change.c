/* change.c - see change.h. */
#include "gen/change.h"

#include <string.h>

#include "gen/expand.h"
#include "gen/token.h"

#define SPARE_BYTES ((size_t)4 << 20)
#define PARENT_MAX ((size_t)1 << 17) /* larger texts are handed on as they are */
#define BRIEF_OF_WORDS 220           /* a parent must have for a brief */
#define HAS(bits, field) ((bits) >> WP_GEN_MIX_##field & 1u)
#define BIT(field) (1u << WP_GEN_MIX_##field)
#define COUNT(array) (sizeof(array) / sizeof *(array))

enum wp_status wp_gen_changer_init(struct wp_gen_changer *c) {
    *c = (struct wp_gen_changer){0};
    return wp_buffer_reserve(&c->spare, SPARE_BYTES, SIZE_MAX);
}

void wp_gen_changer_release(struct wp_gen_changer *c) {
    wp_buffer_release(&c->spare);
}

/* What is being made. */
struct job {
    struct wp_gen_changer *c;
    const struct wp_gen_reprint *reprint;
    struct wp_random *r;
    uint32_t bits;      /* changes asked for; what cannot be done is taken out */
    uint32_t keep;      /* per thousand, by the cut */
    uint32_t own_words; /* of each new paragraph, at least */
};

/* The part that stands in spare from `from` on; kept words of it are the caller's to know. */
static struct wp_gen_part made_part(struct wp_gen_changer *c, size_t from, uint32_t kept) {
    const uint8_t *data = c->spare.data + from;
    uint32_t bytes = (uint32_t)(c->spare.len - from), words = wp_gen_words(data, bytes);
    return (struct wp_gen_part){data, bytes, words, kept < words ? kept : words, "\n\n"};
}

static enum wp_status insert_new(struct job *j, uint32_t at, uint32_t words) {
    size_t from = j->c->spare.len;
    WP_TRY(wp_gen_walk_more(j->reprint->topic, j->r, words, &j->c->spare));
    struct wp_gen_part part = made_part(j->c, from, 0);
    wp_gen_parts_insert(&j->c->parts, at, part);
    return WP_OK;
}

static void cut_end(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    uint32_t all = wp_gen_parts_words(p), want = (uint32_t)((uint64_t)all * j->keep / 1000), words = 0, n = 0;
    while (n < p->count && (words < want || words < 60 || n == 0)) words += p->part[n++].words;
    if (n == p->count) j->bits &= ~BIT(CUT);
    j->keep = all ? (uint32_t)((uint64_t)words * 1000 / all) : 1000;
    p->count = n;
}

/* Takes out one to three parts behind the first two. */
static void drop_parts(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    uint32_t drops = wp_random_between(j->r, 1, 3), dropped = 0;
    for (; dropped < drops && p->count > 4; dropped++)
        wp_gen_parts_remove(p, 1 + wp_random_below(j->r, p->count - 1), 1);
    if (!dropped) j->bits &= ~BIT(DROP);
}

/* Moves one or two parts that follow each other to another place. */
static void move_parts(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    if (p->count < 4) {
        j->bits &= ~BIT(REORDER);
        return;
    }
    uint32_t count = p->count > 6 ? 2 : 1, from = 1 + wp_random_below(j->r, p->count - count - 1);
    struct wp_gen_part moved[2] = {p->part[from], p->part[from + count - 1]};
    wp_gen_parts_remove(p, from, count);
    uint32_t to = 1 + wp_random_below(j->r, p->count - 1);
    if (to == from) to = to + 1 <= p->count ? to + 1 : 1;
    for (uint32_t i = 0; i < count; i++) wp_gen_parts_insert(p, to + i, moved[i]);
}

static enum wp_status replace_lead(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    uint32_t leads = p->count > 5 && wp_random_below(j->r, 3) == 0 ? 2 : 1;
    if (p->count < 3) {
        j->bits &= ~BIT(LEAD);
        return WP_OK;
    }
    wp_gen_parts_remove(p, 0, leads);
    return insert_new(j, 0, j->own_words + wp_random_below(j->r, 20));
}

static enum wp_status add_extra(struct job *j) {
    uint32_t extras = wp_random_between(j->r, 1, 3);
    for (uint32_t i = 0; i < extras; i++) {
        uint32_t at = 1 + wp_random_below(j->r, j->c->parts.count);
        WP_TRY(insert_new(j, at, j->own_words + wp_random_below(j->r, 40)));
    }
    return WP_OK;
}

static size_t quote_at(const uint8_t *p, const uint8_t *end) {
    if (*p == '"') return 1;
    return end - p >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0x9c || p[2] == 0x9d) ? 3 : 0;
}

/* A paragraph that opens with a quotation, without its marks and as something that was said. */
static enum wp_status report_speech(struct job *j, struct wp_gen_part *part) {
    static const char *const openings[] = {"He said that ", "She added that ", "According to the statement, ",
                                           "They also said that "};
    struct wp_buffer *spare = &j->c->spare;
    const uint8_t *p = part->data, *end = p + part->bytes;
    size_t from = spare->len, skip = 0;
    const char *join = part->join;
    WP_TRY(wp_gen_put(spare, openings[wp_random_below(j->r, COUNT(openings))]));
    p += quote_at(p, end);
    size_t first = spare->len;
    while (p < end) {
        const uint8_t *run = p;
        while (p < end && !(skip = quote_at(p, end))) p++;
        WP_TRY(wp_buffer_add(spare, run, (size_t)(p - run)));
        if (p < end) p += skip;
    }
    uint8_t *c = spare->data + first;
    if (spare->len > first + 1 && *c >= 'A' && *c <= 'Z' && c[1] >= 'a' && c[1] <= 'z') *c |= 32;
    *part = made_part(j->c, from, part->kept);
    part->join = join;
    return WP_OK;
}

static enum wp_status report_quotes(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    bool done = false;
    for (uint32_t i = 1; i < p->count; i++) {
        struct wp_gen_part *part = &p->part[i];
        if (!part->bytes || !quote_at(part->data, part->data + part->bytes)) continue;
        WP_TRY(report_speech(j, part));
        done = true;
    }
    if (!done) j->bits &= ~BIT(QUOTES);
    return WP_OK;
}

static const char *const synonyms[][2] = {{"said", "stated"},
                                          {"told", "informed"},
                                          {"also", "equally"},
                                          {"however", "though"},
                                          {"about", "roughly"},
                                          {"many", "several"},
                                          {"during", "in"},
                                          {"while", "as"},
                                          {"because", "since"},
                                          {"added", "noted"},
                                          {"killed", "slain"},
                                          {"arrested", "detained"},
                                          {"government", "administration"},
                                          {"people", "persons"},
                                          {"yesterday", "on the day before"},
                                          {"according", "going by"},
                                          {"would", "will"},
                                          {"big", "large"},
                                          {"show", "indicate"},
                                          {"began", "started"},
                                          {"help", "assist"},
                                          {"asked", "urged"},
                                          {"ended", "closed"}};

static const char *synonym_of(const uint8_t *word, size_t len) {
    for (size_t i = 0; i < COUNT(synonyms); i++)
        if (synonyms[i][0][0] == *word && strlen(synonyms[i][0]) == len &&
            memcmp(synonyms[i][0], word, len) == 0)
            return synonyms[i][1];
    return NULL;
}

/* Replaces half the words that have a synonym in one part; *changed counts them. */
static enum wp_status edit_part(struct job *j, struct wp_gen_part *part, uint32_t *changed) {
    struct wp_buffer *spare = &j->c->spare;
    const uint8_t *p = part->data, *end = p + part->bytes, *run = p;
    size_t from = spare->len;
    uint32_t before = *changed;
    for (p = wp_gen_word_next(p, end); p < end; p = wp_gen_word_next(p, end)) {
        const uint8_t *word = p;
        p = wp_gen_word_end(p, end);
        const char *other = synonym_of(word, (size_t)(p - word));
        if (!other || wp_random_below(j->r, 2)) continue;
        WP_TRY(wp_buffer_add(spare, run, (size_t)(word - run)));
        WP_TRY(wp_gen_put(spare, other));
        run = p;
        (*changed)++;
    }
    if (*changed == before) return WP_OK;
    WP_TRY(wp_buffer_add(spare, run, (size_t)(end - run)));
    const char *join = part->join;
    uint32_t lost = *changed - before;
    *part = made_part(j->c, from, part->kept > lost ? part->kept - lost : 0);
    part->join = join;
    return WP_OK;
}

static enum wp_status edit_words(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    uint32_t changed = 0;
    for (uint32_t i = 0; i < p->count; i++)
        if (p->part[i].kept) WP_TRY(edit_part(j, &p->part[i], &changed));
    if (!changed) j->bits &= ~BIT(EDIT);
    return WP_OK;
}

static enum wp_status add_dateline(struct job *j) {
    struct wp_gen_part *part = &j->c->parts.part[0];
    size_t from = j->c->spare.len;
    const char *join = part->join;
    WP_TRY(wp_gen_outlet_dateline(j->reprint->scene, &j->c->spare));
    WP_TRY(wp_buffer_add(&j->c->spare, part->data, part->bytes));
    *part = made_part(j->c, from, part->kept);
    part->join = join;
    return WP_OK;
}

static enum wp_status add_tail(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    size_t from = j->c->spare.len;
    WP_TRY(wp_gen_outlet_tail(j->reprint->scene, &j->c->spare));
    p->part[p->count - 1].join = wp_random_below(j->r, 2) ? " " : "\n\n";
    wp_gen_parts_insert(p, p->count, made_part(j->c, from, 0));
    return WP_OK;
}

static enum wp_status add_caption(struct job *j) {
    size_t from = j->c->spare.len;
    WP_TRY(wp_gen_outlet_caption(j->reprint->scene, &j->c->spare));
    uint32_t at = wp_random_below(j->r, 2) && j->c->parts.count > 2 ? 1 : 0;
    wp_gen_parts_insert(&j->c->parts, at, made_part(j->c, from, 0));
    return WP_OK;
}

static void glue_parts(struct job *j) {
    struct wp_gen_parts *p = &j->c->parts;
    for (uint32_t i = 0; i < p->count; i++)
        if (wp_random_below(j->r, 2)) p->part[i].join = "";
}

/* Makes every change asked for. What is done to the parent's parts comes first, what is put in comes last. */
static enum wp_status make(struct job *j) {
    wp_gen_parts_cut(&j->c->parts, j->reprint->parent, j->reprint->parent_bytes);
    j->c->spare.len = 0;
    if (HAS(j->bits, CUT)) cut_end(j);
    if (HAS(j->bits, DROP)) drop_parts(j);
    if (HAS(j->bits, REORDER)) move_parts(j);
    if (HAS(j->bits, QUOTES)) WP_TRY(report_quotes(j));
    if (HAS(j->bits, EDIT)) WP_TRY(edit_words(j));
    if (HAS(j->bits, LEAD)) WP_TRY(replace_lead(j));
    if (HAS(j->bits, EXTRA)) WP_TRY(add_extra(j));
    if (HAS(j->bits, DATELINE)) WP_TRY(add_dateline(j));
    if (HAS(j->bits, CAPTION)) WP_TRY(add_caption(j));
    if (HAS(j->bits, TAIL)) WP_TRY(add_tail(j));
    if (HAS(j->bits, GLUE)) glue_parts(j);
    return WP_OK;
}

/* Per thousand of the shorter text's words that are unchanged. */
static uint32_t kept_share(const struct job *j) {
    uint32_t parent = wp_gen_words(j->reprint->parent, j->reprint->parent_bytes);
    uint32_t words = wp_gen_parts_words(&j->c->parts), kept = wp_gen_parts_kept(&j->c->parts);
    uint32_t shorter = words < parent ? words : parent;
    uint32_t share = shorter ? (uint32_t)((uint64_t)kept * 1000 / shorter) : 0;
    return share < 1000 ? share : 1000;
}

static uint32_t draw_changes(const struct wp_gen_mix *mix, struct wp_random *r) {
    uint32_t bits = 0;
    for (uint32_t i = WP_GEN_MIX_HEADLINE; i <= WP_GEN_MIX_GLUE; i++)
        if (wp_random_chance(r, mix->share[i])) bits |= 1u << i;
    return bits;
}

enum wp_status wp_gen_change_reprint(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                     struct wp_buffer *out, struct wp_gen_note *note) {
    struct job j = {c, reprint, reprint->scene->r, 0, 0, 25};
    uint32_t drawn = draw_changes(reprint->mix, j.r), keep = wp_random_between(j.r, 300, 900);
    /* What is given up first when too little of the parent would be left. */
    static const uint32_t mild[] = {0, BIT(EXTRA), BIT(EXTRA) | BIT(CUT), BIT(EXTRA) | BIT(CUT) | BIT(LEAD)};
    if (reprint->parent_bytes > PARENT_MAX) drawn &= BIT(HEADLINE);
    for (size_t i = 0; i < COUNT(mild); i++) {
        j.bits = drawn & ~mild[i];
        j.keep = keep;
        WP_TRY(make(&j));
        if (kept_share(&j) >= WP_GEN_KEPT_MIN) break;
    }
    *note = (struct wp_gen_note){j.bits, j.keep, kept_share(&j)};
    return wp_gen_parts_join(&c->parts, out);
}

enum wp_status wp_gen_change_update(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                    struct wp_buffer *out, struct wp_gen_note *note) {
    struct job j = {c, reprint, reprint->scene->r, BIT(UPDATE), 1000, 20};
    WP_TRY(make(&j));
    if (reprint->parent_bytes <= PARENT_MAX) {
        uint32_t places[] = {0, 1, c->parts.count};
        uint32_t added = wp_random_between(j.r, 1, 3);
        for (uint32_t i = 0; i < added; i++) WP_TRY(insert_new(&j, places[i], 15 + wp_random_below(j.r, 30)));
        if (wp_random_below(j.r, 2)) WP_TRY(edit_words(&j));
    }
    *note = (struct wp_gen_note){BIT(UPDATE), 1000, kept_share(&j)};
    return wp_gen_parts_join(&c->parts, out);
}

/* Leaves only a passage of at most `words` words (but one part at least) that begins at part `at`. */
static void keep_passage(struct wp_gen_parts *p, uint32_t at, uint32_t words) {
    uint32_t n = 0, sum = 0;
    if (at >= p->count) at = 0;
    wp_gen_parts_remove(p, 0, at);
    while (n < p->count && (n == 0 || sum + p->part[n].words <= words)) sum += p->part[n++].words;
    p->count = n;
}

enum wp_status wp_gen_change_passage(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                     uint32_t words, struct wp_buffer *out) {
    wp_gen_parts_cut(&c->parts, reprint->parent, reprint->parent_bytes);
    uint32_t half = c->parts.count / 2;
    keep_passage(&c->parts, wp_random_below(reprint->scene->r, half + 1), words);
    return wp_gen_parts_join(&c->parts, out);
}

enum wp_status wp_gen_change_excerpt(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                     struct wp_buffer *out, struct wp_gen_note *note) {
    struct job j = {c, reprint, reprint->scene->r, 0, 1000, 20};
    uint32_t parent = wp_gen_words(reprint->parent, reprint->parent_bytes);
    bool brief = parent >= BRIEF_OF_WORDS;
    WP_TRY(make(&j));
    uint32_t at = brief ? 0 : wp_random_below(j.r, c->parts.count);
    keep_passage(&c->parts, at, brief ? parent / 5 : parent / 2);
    WP_TRY(insert_new(&j, 0, brief ? 10 : 120));
    if (!brief) WP_TRY(insert_new(&j, c->parts.count, 200));
    uint32_t words = wp_gen_parts_words(&c->parts);
    *note = (struct wp_gen_note){
        BIT(EXCERPT), 1000, words ? (uint32_t)((uint64_t)wp_gen_parts_kept(&c->parts) * 1000 / words) : 0};
    return wp_gen_parts_join(&c->parts, out);
}
