/*
 * replay.c - gives every file of a corpus to a fuzz target once.
 *
 * `make check` links it with each tests/fuzz/fuzz_NAME.c instead of libFuzzer, so that every input that once
 * broke something, and every seed, is tried by any compiler and under any sanitizer. Arguments are
 * directories or files; the empty input is always tried. It fails when a file cannot be read or when there
 * was none at all. Each input stands in an allocation of its own length, so that a sanitizer sees a read
 * behind its end.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_INPUT_BYTES ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int fail(const char *path, const char *why) {
    fprintf(stderr, "replay: %s: %s\n", path, why);
    return -1;
}

static int replay_file(const char *path, size_t size) {
    if (size > MAX_INPUT_BYTES) return fail(path, "too large for a corpus");
    FILE *file = fopen(path, "rb");
    if (!file) return fail(path, strerror(errno));
    uint8_t *data = malloc(size ? size : 1);
    size_t got = data ? fread(data, 1, size, file) : 0;
    fclose(file);
    printf("%s\n", path); /* said before, so that a crash names its input */
    fflush(stdout);
    if (data && got == size) LLVMFuzzerTestOneInput(data, size);
    free(data);
    return data && got == size ? 1 : fail(path, "could not be read");
}

/* Number of inputs tried under `path`, or -1. Directories are entered. */
static int replay(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) return fail(path, strerror(errno));
    if (!S_ISDIR(info.st_mode)) return replay_file(path, (size_t)info.st_size);
    DIR *dir = opendir(path);
    if (!dir) return fail(path, strerror(errno));
    int count = 0;
    for (struct dirent *entry; count >= 0 && (entry = readdir(dir));) {
        char below[4096];
        if (entry->d_name[0] == '.') continue;
        if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) >= (int)sizeof below) continue;
        int more = replay(below);
        count = more < 0 ? -1 : count + more;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv) {
    int count = 0;
    uint8_t *nothing = calloc(1, 1);
    if (nothing) LLVMFuzzerTestOneInput(nothing, 0);
    free(nothing);
    for (int i = 1; i < argc; i++) {
        int more = replay(argv[i]);
        if (more < 0) return 1;
        count += more;
    }
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
