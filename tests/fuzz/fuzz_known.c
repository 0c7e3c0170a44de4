/*
 * fuzz_known.c - a file of furniture made of anything: refused with words, and with a line unless it is no
 * text at all, or lines that are printed as what is read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "engine/known.h"

static void require(int truth) {
    if (!truth) abort();
}

static enum wp_status read_bytes(struct wp_known *k, const void *data, size_t size, struct wp_error *err) {
    char name[64];
    int fd = memfd_create("known", 0);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    enum wp_status status = wp_known_read(k, name, NULL, err);
    close(fd);
    return status;
}

static void print(const struct wp_known *k, struct wp_buffer *out) {
    require(wp_known_print_header(out) == WP_OK);
    for (size_t i = 0; i < k->count; i++) require(wp_known_print(k, &k->lines[i], out) == WP_OK);
}

/* What is printed is read as the same lines and shingles. */
static void go_round(const struct wp_known *k) {
    struct wp_known *again;
    struct wp_buffer first = {0}, second = {0};
    print(k, &first);
    require(wp_known_new(&again) == WP_OK);
    require(read_bytes(again, first.data, first.len, NULL) == WP_OK);
    require(again->count == k->count && again->shingle_count == k->shingle_count);
    require(!k->shingle_count ||
            memcmp(again->shingles, k->shingles, k->shingle_count * sizeof *k->shingles) == 0);
    for (size_t i = 0; i < k->count; i++) require(again->lines[i].owner == k->lines[i].owner);
    print(again, &second);
    require(second.len == first.len && memcmp(second.data, first.data, first.len) == 0);
    wp_buffer_release(&first);
    wp_buffer_release(&second);
    wp_known_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct wp_known *known;
    struct wp_error err = {0};
    require(wp_known_new(&known) == WP_OK);
    enum wp_status status = read_bytes(known, data, size, &err);
    if (status == WP_OK) {
        require(known->count <= size);
        go_round(known);
    } else {
        require(err.status == status && err.reason[0] && err.file[0]);
        require(status == WP_EDAMAGED || (err.line && (status == WP_EFORMAT || status == WP_ETOOBIG)));
    }
    wp_known_free(known);
    return 0;
}
