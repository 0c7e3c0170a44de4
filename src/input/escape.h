/*
 * escape.h - the backslashes inside a JSON string.
 *
 * A raw string is what stands between the quotes, known to be valid UTF-8 without control characters. Escapes
 * are decoded as RFC 8259 says. Surrogates: a pair is one code point; a half without its other half, which
 * valid UTF-8 cannot hold, becomes U+FFFD, because one broken emoji is no reason to lose an article.
 */
#ifndef WP_INPUT_ESCAPE_H
#define WP_INPUT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cpu.h"

/* Bytes behind the output's end that decoding may overwrite, and behind the input's that it may read. */
#define WP_ESCAPE_PADDING 64

/* The place of the first backslash in s[0, len), or len. Reads up to WP_ESCAPE_PADDING bytes behind len. */
size_t wp_escape_find(const uint8_t *s, size_t len);

/* True when every escape in the string is well formed. Reads like wp_escape_find. */
bool wp_escape_check(const uint8_t *s, size_t len);

/* Decodes s[0, len) into out, which has room for len + WP_ESCAPE_PADDING bytes (decoding never makes longer)
 * and does not overlap; *out_len bytes are good. False at an escape that is not well formed. Kernels differ
 * in speed only. */
typedef bool wp_escape_decoder(const uint8_t *s, size_t len, uint8_t *out, size_t *out_len);
/* The best kernel for a processor of that level (wp_cpu_level). */
wp_escape_decoder *wp_escape_choose(enum wp_cpu level);

wp_escape_decoder wp_escape_decode; /* the portable one */
wp_escape_decoder wp_escape_decode_avx512;

/* For kernels: one escape at s (a backslash), `left` bytes to the string's end. Writes what it stands for to
 * *out (up to 4 bytes, *put of them good) and returns how long it is, 0 when it is not well formed. */
size_t wp_escape_one(const uint8_t *s, size_t left, uint8_t *out, size_t *put);

#endif
