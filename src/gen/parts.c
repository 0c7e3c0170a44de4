/* parts.c - see parts.h. */
#include "gen/parts.h"

#include <string.h>

#include "gen/token.h"

#define FEW_PARAGRAPHS 4

/* The end of the paragraph, or of the sentence, that begins at p. */
static const uint8_t *part_end(const uint8_t *p, const uint8_t *end, bool sentences) {
    for (; p + 1 < end; p++) {
        if (p[0] == '\n' && p[1] == '\n') return p;
        if (sentences && p[0] == '.' && p[1] == ' ' && p + 2 < end && p[2] >= 'A' && p[2] <= 'Z')
            return p + 1;
    }
    return end;
}

static void cut(struct wp_gen_parts *parts, const uint8_t *text, size_t bytes, bool sentences) {
    const uint8_t *p = text, *end = text + bytes;
    parts->count = 0;
    while (p < end) {
        const uint8_t *stop = parts->count + 1 < WP_GEN_PARTS_MAX ? part_end(p, end, sentences) : end;
        struct wp_gen_part *part = &parts->part[parts->count++];
        uint32_t words = wp_gen_words(p, (size_t)(stop - p));
        bool paragraph = stop == end || *stop == '\n';
        *part = (struct wp_gen_part){p, (uint32_t)(stop - p), words, words, paragraph ? "\n\n" : " "};
        for (p = stop; p < end && *p <= ' ';) p++;
    }
}

void wp_gen_parts_cut(struct wp_gen_parts *parts, const uint8_t *text, size_t bytes) {
    cut(parts, text, bytes, false);
    if (parts->count < FEW_PARAGRAPHS) cut(parts, text, bytes, true);
}

void wp_gen_parts_insert(struct wp_gen_parts *parts, uint32_t at, struct wp_gen_part part) {
    if (parts->count >= sizeof parts->part / sizeof *parts->part) return;
    memmove(&parts->part[at + 1], &parts->part[at], (parts->count - at) * sizeof part);
    parts->part[at] = part;
    parts->count++;
}

void wp_gen_parts_remove(struct wp_gen_parts *parts, uint32_t at, uint32_t count) {
    memmove(&parts->part[at], &parts->part[at + count], (parts->count - at - count) * sizeof *parts->part);
    parts->count -= count;
}

uint32_t wp_gen_parts_words(const struct wp_gen_parts *parts) {
    uint32_t words = 0;
    for (uint32_t i = 0; i < parts->count; i++) words += parts->part[i].words;
    return words;
}

uint32_t wp_gen_parts_kept(const struct wp_gen_parts *parts) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < parts->count; i++) kept += parts->part[i].kept;
    return kept;
}

enum wp_status wp_gen_parts_join(const struct wp_gen_parts *parts, struct wp_buffer *out) {
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct wp_gen_part *part = &parts->part[i];
        WP_TRY(wp_buffer_add(out, part->data, part->bytes));
        if (i + 1 < parts->count) WP_TRY(wp_buffer_add(out, part->join, strlen(part->join)));
    }
    return WP_OK;
}
