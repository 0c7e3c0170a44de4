/*
 * xxh3.h - inside src/sketch: what the span kernels need of the XXH3 specification.
 *
 * XXH3-64, unseeded, of 17 to 128 bytes is the sum of up to eight terms, two for each 32 bytes begun, then
 * mixed:
 *
 *     level   for bytes   first 16 bytes at     last 16 bytes at
 *       0      17..128     begin                 end - 16
 *       1      33..128     begin + 16            end - 32
 *       2      65..128     begin + 32            end - 48
 *       3      97..128     begin + 48            end - 64
 *
 * A term is fold(low ^ secret[0], high ^ secret[1]), where fold is the product's low half ^ its high half.
 * The kernels compute the terms of a level for many spans at once; the library does all other lengths.
 */
#ifndef WP_SKETCH_XXH3_H
#define WP_SKETCH_XXH3_H

#include <stdint.h>

enum {
    WP_XXH3_LEVELS = 4,
    WP_XXH3_LEN_MIN = 17,
    WP_XXH3_LEN_MAX = 128,
};

/* Secret of each level: two words for the front term, two for the back term. */
static const uint64_t wp_xxh3_secret[WP_XXH3_LEVELS][4] = {
    {0xbe4ba423396cfeb8, 0x1cad21f72c81017c, 0xdb979083e96dd4de, 0x1f67b3b7a4a44072},
    {0x78e5c0cc4ee679cb, 0x2172ffcc7dd05a82, 0x8e2443f7744608b8, 0x4c263a81e69035e0},
    {0xcb00c391bb52283c, 0xa32e531b8b65d088, 0x4ef90da297486471, 0xd8acdea946ef1938},
    {0x3f349ce33f76faa8, 0x1d4f0bc7c7bbdcf9, 0x3159b4cd4be0518a, 0x647378d9c97e9fc8},
};

#define WP_XXH3_LENGTH_FACTOR 0x9e3779b185ebca87 /* the sum begins with length * this */
#define WP_XXH3_MIX_FACTOR 0x165667919e3779f9    /* h ^= h >> 37, h *= this, h ^= h >> 32 */

#endif
