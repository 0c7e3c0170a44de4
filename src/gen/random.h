/*
 * random.h - the generator's own random numbers: the same on every machine.
 *
 * xoshiro256** whose state is filled by splitmix64 from a seed and two numbers that name the use (what for,
 * and of which article). There is one stream per (article, use), never one stream that is shared, so that an
 * article can be made again, by any thread, from its number alone. Whole numbers only: shares are parts of a
 * million.
 */
#ifndef WP_GEN_RANDOM_H
#define WP_GEN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#define WP_GEN_MILLION 1000000u

struct wp_random {
    uint64_t s[4];
};

/* One step of splitmix64: also a good mixer of a counter. */
static inline uint64_t wp_random_mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The stream named by (seed, use, number). */
static inline struct wp_random wp_random_start(uint64_t seed, uint64_t use, uint64_t number) {
    struct wp_random r;
    uint64_t x = wp_random_mix(seed ^ wp_random_mix(use ^ wp_random_mix(number)));
    for (int i = 0; i < 4; i++) r.s[i] = wp_random_mix(x + (uint64_t)i * 0x9e3779b97f4a7c15u);
    return r;
}

static inline uint64_t wp_random_next(struct wp_random *r) {
    uint64_t *s = r->s, t = s[1] << 17, x = s[1] * 5;
    x = ((x << 7) | (x >> 57)) * 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return x;
}

/* 0..n-1 for n from 1 to 2^32; 0 for n = 0. */
static inline uint32_t wp_random_below(struct wp_random *r, uint64_t n) {
    return (uint32_t)(((wp_random_next(r) >> 32) * n) >> 32);
}

/* low..high, both included. */
static inline uint32_t wp_random_between(struct wp_random *r, uint32_t low, uint32_t high) {
    return low + wp_random_below(r, (uint64_t)high - low + 1);
}

/* True in `share` of a million cases. */
static inline bool wp_random_chance(struct wp_random *r, uint32_t share) {
    return wp_random_below(r, WP_GEN_MILLION) < share;
}

#endif
