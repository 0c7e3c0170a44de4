/*
 * fuzz_owner_groups.c - a file of sister outlets made of anything: refused with words, and with a line unless
 * it is no text at all, or groups whose names go by themselves.
 */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "input/owner.h"

static void require(int truth) {
    if (!truth) abort();
}

/* Every run of letters of the file is looked up; the answer is in its own group. */
static void look_up(const struct wp_owner_groups *groups, const char *text, size_t size) {
    for (size_t i = 0, n; i < size; i += n + 1) {
        for (n = 0; i + n < size && text[i + n] > ' ' && text[i + n] != ','; n++) {
        }
        const char *name = text + i, *again;
        size_t len = n, again_len;
        wp_owner_groups_join(groups, &name, &len);
        again = name;
        again_len = len;
        wp_owner_groups_join(groups, &again, &again_len);
        require(again_len == len && memcmp(again, name, len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char name[64];
    struct wp_owner_groups *groups;
    struct wp_error err = {0};
    int fd = memfd_create("owners", 0);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    enum wp_status status = wp_owner_groups_read(&groups, name, &err);
    if (status == WP_OK) {
        require(wp_owner_groups_count(groups) <= size);
        look_up(groups, (const char *)data, size);
    } else {
        require(!groups && err.status == status && err.reason[0] && err.file[0]);
        require(status == WP_EDAMAGED || (err.line && (status == WP_EINVAL || status == WP_ETOOBIG)));
    }
    wp_owner_groups_free(groups);
    close(fd);
    return 0;
}
