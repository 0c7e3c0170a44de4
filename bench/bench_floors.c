/*
 * bench_floors.c - what the matching stages could cost at the very least.
 *
 *   bench_floors POSTINGS SHINGLES
 *
 * Prints the CPU seconds to sort POSTINGS random postings of 8 bytes (in parts, as the run keeps them), and
 * to copy streams of SHINGLES in all (as they are kept), as lines of `sort SECONDS` and `copy SECONDS`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/memory.h"
#include "base/sort.h"
#include "engine/shelf.h"
#include "match/postings.h"

#define COPY_BYTES ((size_t)64 << 20)

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static double sort_seconds(uint64_t postings) {
    size_t each = (size_t)(postings / WP_POSTING_PARTS) + 1;
    uint64_t *from = wp_alloc(each, 8), *keys = wp_alloc(each, 8), *scratch = wp_alloc(each, 8), seed = 1,
             sum = 0;
    if (!from || !keys || !scratch) exit(1);
    for (size_t i = 0; i < each; i++) from[i] = next_random(&seed);
    memset(scratch, 1, each * 8);
    double begin = cpu_seconds();
    for (size_t part = 0; part < WP_POSTING_PARTS; part++) {
        memcpy(keys, from, each * 8);
        sum += wp_sort64(keys, scratch, each)[each / 2];
    }
    double took = cpu_seconds() - begin;
    fprintf(stderr, "%s", sum == 42 ? "!" : "");
    wp_free(from);
    wp_free(keys);
    wp_free(scratch);
    return took;
}

static double copy_seconds(uint64_t bytes) {
    uint8_t *from = wp_alloc_large(COPY_BYTES), *to = wp_alloc_large(COPY_BYTES);
    if (!from || !to) exit(1);
    memset(from, 1, COPY_BYTES);
    memset(to, 2, COPY_BYTES);
    double begin = cpu_seconds();
    for (uint64_t done = 0; done < bytes; done += COPY_BYTES) {
        memcpy(to, from, bytes - done < COPY_BYTES ? (size_t)(bytes - done) : COPY_BYTES);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
    double took = cpu_seconds() - begin;
    wp_free(from);
    wp_free(to);
    return took;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    printf("sort %.6f\n", sort_seconds(strtoull(argv[1], NULL, 10)));
    printf("copy %.6f\n", copy_seconds(strtoull(argv[2], NULL, 10) * WP_STREAM_BYTES));
    return 0;
}
