/*
 * fuzz_cluster_line.c - a line of stories.jsonl made of anything: refused with a reason, or members that lie
 * inside what they were parsed from.
 */
#include <stdlib.h>
#include <string.h>
#include "report/cluster_line.h"

#define PADDING 64

static void touch(const struct wp_cluster_text *t) {
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < t->len; i++) sum ^= (uint8_t)t->data[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct wp_cluster_line parsed;
    const char *reason = NULL;
    uint8_t *line = calloc(size + PADDING, 1);
    if (!line) return 0;
    if (size) memcpy(line, data, size);
    enum wp_status status = wp_cluster_line_read(&parsed, line, size, &reason);
    if (status == WP_OK) {
        touch(&parsed.name);
        for (size_t i = 0; i < parsed.count; i++) {
            touch(&parsed.members[i]);
            touch(&parsed.details[i].relation);
            touch(&parsed.details[i].to);
            touch(&parsed.details[i].coverage);
            touch(&parsed.details[i].jaccard);
        }
    } else if (status != WP_EFORMAT || !reason) {
        abort();
    }
    free(line);
    return 0;
}
