/* rejects.c - see rejects.h. */
#include "engine/rejects.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    enum wp_status status;
    const char *name;
} reasons[WP_REJECT_REASONS] = {
    {WP_EFORMAT, "not_json"}, {WP_EUTF8, "not_utf8"}, {WP_ETEXT, "no_text"}, {WP_ETOOBIG, "too_long"}};

enum wp_status wp_reject_status(size_t reason) {
    return reasons[reason].status;
}

const char *wp_reject_name(size_t reason) {
    return reasons[reason].name;
}

static bool before(const struct wp_reject *a, const struct wp_reject *b) {
    if (a->file != b->file) return a->file < b->file;
    if (a->sequence != b->sequence) return a->sequence < b->sequence;
    return a->line < b->line;
}

static void tell(struct wp_rejects *r, size_t reason, const struct wp_reject *reject) {
    struct wp_reject *told = r->told[reason];
    size_t count = r->told_count[reason];
    if (count == WP_REJECTS_TOLD) {
        if (!before(reject, &told[count - 1])) return;
        count--;
    }
    size_t at = count;
    while (at > 0 && before(reject, &told[at - 1])) at--;
    memmove(&told[at + 1], &told[at], (count - at) * sizeof *told);
    told[at] = *reject;
    r->told_count[reason] = count + 1;
}

void wp_rejects_add(struct wp_rejects *r, const struct wp_reject *reject) {
    size_t reason = 0;
    for (size_t i = 0; i < WP_REJECT_REASONS; i++)
        if (reasons[i].status == reject->status) reason = i;
    r->counts[reason]++;
    tell(r, reason, reject);
}

void wp_rejects_merge(struct wp_rejects *into, const struct wp_rejects *from) {
    for (size_t i = 0; i < WP_REJECT_REASONS; i++) {
        into->counts[i] += from->counts[i];
        for (size_t j = 0; j < from->told_count[i]; j++) tell(into, i, &from->told[i][j]);
    }
}

uint64_t wp_rejects_total(const struct wp_rejects *r) {
    uint64_t total = 0;
    for (size_t i = 0; i < WP_REJECT_REASONS; i++) total += r->counts[i];
    return total;
}

const struct wp_reject *wp_rejects_first(const struct wp_rejects *r) {
    const struct wp_reject *first = NULL;
    for (size_t i = 0; i < WP_REJECT_REASONS; i++)
        if (r->told_count[i] && (!first || before(&r->told[i][0], first))) first = &r->told[i][0];
    return first;
}
