/*
 * tokens.h - text to tokens: NFKC, case folding, word boundaries.
 *
 * A token is a maximal run of letters, numbers and marks of NFKC(casefold(NFKC(text))); format characters
 * (Cf) vanish, only U+200B separates. In scripts written without spaces (Han, kana, Thai, Lao, Khmer,
 * Myanmar) one code point is one token ("alone"). reference/exact_join.py says the same in twenty lines.
 *
 * Input is UTF-8 of less than 2^31 bytes. A byte that is no part of a well-formed sequence separates. Nothing
 * before or behind the input is read, and it need not be aligned or terminated.
 */
#ifndef WP_TEXT_TOKENS_H
#define WP_TEXT_TOKENS_H

#include <stddef.h>
#include <stdint.h>
#include "base/cpu.h"
#include "base/status.h"

/* Longest text in bytes. */
#define WP_TEXT_BYTES_MAX ((size_t)INT32_MAX)

enum { WP_TOKENS_BEHIND = 16 };

/* Borrowed from the tokenizer until its next run. Token i is text[starts[i] .. starts[i+1]-1): the byte
 * behind it is one 0x20, also behind the last. starts[count] is set: the position where a next token would
 * start; so are WP_TOKENS_BEHIND more, to the same, for kernels that read whole vectors. */
struct wp_tokens {
    const uint8_t
        *text;       /* folded tokens, one 0x20 between; 128 bytes before it and 64 behind it are readable */
    size_t text_len; /* without the 0x20 behind the last token */
    const uint32_t *starts; /* count + 1 + WP_TOKENS_BEHIND */
    size_t count;
    size_t alone; /* tokens that are one code point of a script without spaces */
};

/* Bytes [begin, end) of the original text that a token came from; for a token out of a character that makes
 * several ("½"), that character's. */
struct wp_source_range {
    uint32_t begin, end;
};

/* Holds all scratch; one per thread. */
struct wp_tokenizer;

/* The kernel is chosen here: wp_cpu_level() at this moment. WP_ENOMEM. */
enum wp_status wp_tokenizer_new(struct wp_tokenizer **out);
void wp_tokenizer_free(struct wp_tokenizer *t);
enum wp_cpu wp_tokenizer_cpu(const struct wp_tokenizer *t);

/* Fills *out. WP_ETOOBIG (text, or what it folds to, is too long), WP_ENOMEM; the tokenizer stays usable. */
enum wp_status wp_tokenizer_run(struct wp_tokenizer *t, const uint8_t *utf8, size_t len,
                                struct wp_tokens *out);

/* The same tokens by the portable code, slower, with the place of each in the original: (*ranges)[0..count),
 * borrowed like the tokens. */
enum wp_status wp_tokens_with_offsets(struct wp_tokenizer *t, const uint8_t *utf8, size_t len,
                                      struct wp_tokens *out, const struct wp_source_range **ranges);

#endif
