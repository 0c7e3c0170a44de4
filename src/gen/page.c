/* page.c - see page.h. */
#include "gen/page.h"

#include <string.h>

#include "base/bytes.h"
#include "gen/expand.h"

enum { USE_FURNITURE = 5, USE_URL = 6 };

#define SLUG_MAX 70
#define DAY_SECONDS 86400u

static bool shows(const struct wp_gen_outlet *o, enum wp_gen_furniture kind, struct wp_random *r) {
    return wp_random_chance(r, o->share[kind]) && o->wording[kind];
}

/* Adds furniture of the kinds first..last, each a paragraph; before is true in front of the text. */
static enum wp_status add_kinds(struct wp_gen_maker *m, const struct wp_gen_scene *scene,
                                enum wp_gen_furniture first, enum wp_gen_furniture last) {
    for (enum wp_gen_furniture kind = first; kind <= last; kind++) {
        if (!shows(scene->outlet, kind, scene->r)) continue;
        if (m->page.len) WP_TRY(wp_buffer_add(&m->page, "\n\n", 2));
        WP_TRY(wp_gen_outlet_furniture(scene, kind, &m->page));
    }
    return WP_OK;
}

/* Where furniture inside the text goes: behind the first paragraph that ends in its second third. */
static size_t inside_at(const struct wp_buffer *text) {
    for (size_t i = text->len / 3; i + 2 < text->len; i++)
        if (text->data[i] == '\n' && text->data[i + 1] == '\n') return i;
    return text->len;
}

static enum wp_status add_text(struct wp_gen_maker *m, size_t from, size_t to) {
    if (from == to) return WP_OK;
    if (m->page.len) WP_TRY(wp_buffer_add(&m->page, "\n\n", 2));
    while (from < to && m->text.data[from] == '\n') from++;
    return wp_buffer_add(&m->page, m->text.data + from, to - from);
}

/* m->text with its outlet's furniture, into m->page. */
static enum wp_status furnish(struct wp_gen_maker *m, const struct wp_gen_node *node) {
    const struct wp_gen_world *w = m->world;
    struct wp_random r = wp_random_start(w->seed, USE_FURNITURE, node->number);
    bool furnished = wp_random_chance(&r, w->mix.share[WP_GEN_MIX_FURNITURE]) && node->kind != WP_GEN_BANNER;
    m->page.len = m->parent_title.len = 0;
    if (!furnished) return add_text(m, 0, m->text.len);
    WP_TRY(wp_gen_title(w->base, &r, &m->parent_title));
    struct wp_gen_scene scene = {&w->outlets[node->outlet], (const char *)m->parent_title.data,
                                 m->parent_title.len, &r, node->day};
    size_t inside = inside_at(&m->text);
    WP_TRY(add_kinds(m, &scene, WP_GEN_COOKIE, WP_GEN_PICTURE));
    WP_TRY(add_text(m, 0, inside));
    WP_TRY(add_kinds(m, &scene, WP_GEN_RELATED, WP_GEN_AD));
    WP_TRY(add_text(m, inside, m->text.len));
    return add_kinds(m, &scene, WP_GEN_DONATION, WP_GEN_COPYRIGHT);
}

/* True when none of eight bytes needs an escape: no control character, quote or backslash. */
static bool is_plain(uint64_t v) {
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t quote = v ^ (ones * '"'), slash = v ^ (ones * '\\');
    uint64_t low = (v - ones * 0x20) & ~v, q = (quote - ones) & ~quote, s = (slash - ones) & ~slash;
    return ((low | q | s) & high) == 0;
}

/* Appends a JSON string. The text is UTF-8 already; its only control character is the line feed. */
static enum wp_status put_string(struct wp_buffer *out, const uint8_t *p, size_t len) {
    WP_TRY(wp_buffer_reserve(out, 2 * len + 16, SIZE_MAX));
    uint8_t *to = out->data + out->len;
    const uint8_t *end = p + len;
    *to++ = '"';
    while (p < end) {
        if (end - p >= 8 && is_plain(wp_load64(p))) {
            memcpy(to, p, 8);
            to += 8;
            p += 8;
            continue;
        }
        uint8_t c = *p++;
        if (c == '\n' || c == '"' || c == '\\') *to++ = '\\';
        *to++ = c == '\n' ? 'n' : c < 0x20 ? ' ' : c;
    }
    *to++ = '"';
    out->len = (size_t)(to - out->data);
    return WP_OK;
}

/* The headline in small ASCII letters with hyphens between words. */
static enum wp_status put_slug(struct wp_buffer *out, const struct wp_buffer *title) {
    size_t from = out->len;
    for (size_t i = 0; i < title->len && out->len - from < SLUG_MAX; i++) {
        uint8_t c = title->data[i];
        bool word = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (c >= 'A' && c <= 'Z') c |= 32;
        if (!word && (out->len == from || out->data[out->len - 1] == '-')) continue;
        WP_TRY(wp_buffer_add(out, word ? (const char *)&c : "-", 1));
    }
    if (out->len > from && out->data[out->len - 1] == '-') out->len--;
    return out->len == from ? wp_gen_put(out, "article") : WP_OK;
}

static enum wp_status put_date(struct wp_buffer *out, const struct wp_gen_node *node, const char *between) {
    struct wp_gen_date d = wp_gen_date_of(node->day);
    WP_TRY(wp_gen_put_number(out, d.year, 4));
    WP_TRY(wp_gen_put(out, between));
    WP_TRY(wp_gen_put_number(out, d.month, 2));
    WP_TRY(wp_gen_put(out, between));
    return wp_gen_put_number(out, d.day, 2);
}

static enum wp_status put_time(struct wp_buffer *out, uint32_t seconds) {
    WP_TRY(wp_gen_put(out, "T"));
    WP_TRY(wp_gen_put_number(out, seconds % DAY_SECONDS / 3600, 2));
    WP_TRY(wp_gen_put(out, ":"));
    WP_TRY(wp_gen_put_number(out, seconds / 60 % 60, 2));
    WP_TRY(wp_gen_put(out, ":"));
    WP_TRY(wp_gen_put_number(out, seconds % 60, 2));
    return wp_gen_put(out, "Z");
}

static enum wp_status put_url(struct wp_gen_maker *m, const struct wp_gen_node *self, struct wp_buffer *out) {
    static const char *const again[] = {"-2", "/amp", "?utm_source=feed", "?page=all"};
    const struct wp_gen_outlet *o = &m->world->outlets[self->outlet];
    struct wp_random r = wp_random_start(m->world->seed, USE_URL, self->number);
    WP_TRY(wp_gen_put(out, "https://"));
    WP_TRY(wp_gen_put(out, wp_random_below(&r, 2) ? "www." : ""));
    WP_TRY(wp_gen_put(out, o->domain));
    WP_TRY(wp_gen_put(out, "/"));
    WP_TRY(put_date(out, self, "/"));
    WP_TRY(wp_gen_put(out, "/"));
    WP_TRY(put_slug(out, &m->title));
    return self->kind == WP_GEN_EXACT ? wp_gen_put(out, again[wp_random_below(&r, 4)]) : WP_OK;
}

enum wp_status wp_gen_put_id(struct wp_buffer *out, uint64_t number) {
    WP_TRY(wp_gen_put(out, "g"));
    return wp_gen_put_number(out, number, 7);
}

enum wp_status wp_gen_page(struct wp_gen_maker *m, const struct wp_gen_node *shown,
                           const struct wp_gen_node *self, struct wp_buffer *out) {
    WP_TRY(furnish(m, shown));
    WP_TRY(wp_gen_put(out, "{\"id\":\""));
    WP_TRY(wp_gen_put_id(out, self->number));
    WP_TRY(wp_gen_put(out, "\",\"url\":\""));
    WP_TRY(put_url(m, self, out));
    WP_TRY(wp_gen_put(out, "\",\"source\":\""));
    WP_TRY(wp_gen_put(out, m->world->outlets[self->outlet].domain));
    WP_TRY(wp_gen_put(out, "\",\"date\":\""));
    WP_TRY(put_date(out, self, "-"));
    WP_TRY(put_time(out, self->seconds));
    WP_TRY(wp_gen_put(out, "\",\"title\":"));
    WP_TRY(put_string(out, m->title.data, m->title.len));
    WP_TRY(wp_gen_put(out, ",\"text\":"));
    WP_TRY(put_string(out, m->page.data, m->page.len));
    return wp_gen_put(out, "}\n");
}
