/*
 * fold_avx512.c - the folding kernel for AVX-512 (VBMI2): 64 bytes at a time.
 *
 * A block becomes bit masks, one bit per byte: which bytes belong to words, where words start. ASCII is
 * looked up in one 128-byte permutation. Of other characters each lead byte gets the brief class of its code
 * point (unicode.h): for every 64 code points that occur in the block, one 64-byte permutation by the last
 * byte; runs of 64 that are all alike (Han, Hangul) come from a bit map. Then
 *
 *     v      T h e _ - _ d o g .         compress keeps words and the first separator behind each:
 *     word   1 1 1 0 0 0 1 1 1 0         t h e _ d o g _
 *     keep   1 1 1 1 0 0 1 1 1 1         starts: the word bits without one before, moved by pext(., keep)
 *
 * Where tokens touch without a separator (Han), each byte is first paired with a space, and the space kept if
 * a token starts.
 *
 * A block is settled up to its last starter before the first character that the masks cannot express; such
 * characters go through wp_fold_step.
 *
 * Running text of Han and kana, three bytes to a token, is taken by characters instead, fold_han: sixteen at
 * a time, each in 32 bits of a vector with the space behind it.
 */
#include "text/fold.h"

#if defined(__x86_64__)

#include <immintrin.h>

enum {
    BLOCK = 64,
    FEW = 16, /* settled in a block: when no more than these, stay portable for a while */
    A_WHILE = 48,
};

typedef uint64_t mask;

/* A block, decoded. Masks are about the first `settled` bytes only. */
struct block {
    __m512i bytes;  /* folded; a space where no word is */
    mask word;      /* bytes of words */
    mask alone;     /* first bytes of alone characters */
    mask alone_end; /* last bytes of them */
    unsigned settled;
    unsigned taken;   /* input bytes that `settled` stands for: more when some vanished */
    unsigned special; /* position in the input where the portable code must take over; 0 = nowhere */
};

static inline mask below(unsigned n) {
    return _bzhi_u64(~(mask)0, n);
}

static inline unsigned count_bits(mask m) {
    return (unsigned)_mm_popcnt_u64(m);
}

static inline __m512i iota(void) {
    return _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43,
                           42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22,
                           21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/* The positions of the bits of m, plus base, to starts[0..popcount) (and up to 31 more numbers behind). */
static inline void put_starts(uint32_t *starts, mask m, uint32_t base) {
    const __m512i at = _mm512_maskz_compress_epi8(m, iota()), add = _mm512_set1_epi32((int)base);
    _mm512_storeu_si512(starts, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(at)), add));
    if (__builtin_expect(count_bits(m) > 16, 0))
        _mm512_storeu_si512(starts + 16,
                            _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 1)), add));
}

/* Words that separators part: one store. */
static inline void put_words(struct wp_fold *f, __m512i bytes, mask word, unsigned settled) {
    mask before = word << 1 | f->open, keep = (word | before) & below(settled), first = word & ~before;
    _mm512_storeu_si512(f->text + f->out, _mm512_maskz_compress_epi8(keep, bytes));
    put_starts(f->starts + f->count, _pext_u64(first, keep), (uint32_t)f->out);
    f->count += count_bits(first);
    f->out += count_bits(keep);
    f->open = word >> (settled - 1) & 1;
}

/* 32 bytes of a block whose tokens may touch: a space before each token of `gaps`. */
static inline void put_half(struct wp_fold *f, __m512i pairs, uint32_t word, uint32_t first, uint32_t gaps) {
    const mask spaces = 0x5555555555555555, bytes = 0xaaaaaaaaaaaaaaaa;
    mask keep = _pdep_u64(word, bytes) | _pdep_u64(gaps, spaces);
    _mm512_storeu_si512(f->text + f->out, _mm512_maskz_compress_epi8(keep, pairs));
    put_starts(f->starts + f->count, _pext_u64(_pdep_u64(first, bytes), keep), (uint32_t)f->out);
    f->count += count_bits(first);
    f->out += count_bits(keep);
}

static void put_touching(struct wp_fold *f, const struct block *b) {
    const __m512i low =
        _mm512_set_epi8(31, 0, 30, 0, 29, 0, 28, 0, 27, 0, 26, 0, 25, 0, 24, 0, 23, 0, 22, 0, 21, 0, 20, 0,
                        19, 0, 18, 0, 17, 0, 16, 0, 15, 0, 14, 0, 13, 0, 12, 0, 11, 0, 10, 0, 9, 0, 8, 0, 7,
                        0, 6, 0, 5, 0, 4, 0, 3, 0, 2, 0, 1, 0, 0, 0);
    const __m512i spaces = _mm512_set1_epi8(' '), high = _mm512_add_epi8(low, _mm512_set1_epi8(32));
    mask word = b->word, first = word & (~(word << 1 | f->open) | b->alone | b->alone_end << 1);
    mask gaps = f->open ? first : first & (first - 1);
    bool written = f->open || word;
    __m512i pairs = _mm512_mask_permutexvar_epi8(spaces, 0xaaaaaaaaaaaaaaaa, low, b->bytes);
    put_half(f, pairs, (uint32_t)word, (uint32_t)first, (uint32_t)gaps);
    if (b->settled > 32) {
        pairs = _mm512_mask_permutexvar_epi8(spaces, 0xaaaaaaaaaaaaaaaa, high, b->bytes);
        put_half(f, pairs, (uint32_t)(word >> 32), (uint32_t)(first >> 32), (uint32_t)(gaps >> 32));
    }
    f->open = (word & ~b->alone_end) >> (b->settled - 1) & 1;
    f->text[f->out] = ' ';
    f->out += written & !f->open;
    f->alone += count_bits(b->alone);
}

/* Brief classes of the code points that begin at the lead bytes, at those positions. */
static inline __m512i classify(const struct wp_unicode *u, const uint8_t *in, __m512i v, mask two,
                               mask three) {
    const __m512i turn =
        _mm512_set_epi8(0, 63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43,
                        42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22,
                        21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    __m512i class = _mm512_setzero_si512(), next = _mm512_permutexvar_epi8(turn, v);
    while (two) {
        uint8_t lead = in[_tzcnt_u64(two)];
        mask same = _mm512_mask_cmpeq_epi8_mask(two, v, _mm512_set1_epi8((char)lead));
        __m512i page = _mm512_loadu_si512(u->brief + (size_t)(lead & 31) * 64);
        class = _mm512_mask_permutexvar_epi8(class, same, next, page);
        two &= ~same;
    }
    if (!three) return class;
    const __m512i power = _mm512_set1_epi64((long long)0x8040201008040201);
    __m512i group = _mm512_ternarylogic_epi64(
        _mm512_set1_epi8(0x78), _mm512_slli_epi16(v, 3),
        _mm512_and_si512(_mm512_srli_epi16(next, 3), _mm512_set1_epi8(7)), 0xea); /* (a & b) | c */
    __m512i bit = _mm512_shuffle_epi8(power, _mm512_and_si512(next, _mm512_set1_epi8(7)));
    __m512i word =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(u->even[0]), group, _mm512_loadu_si512(u->even[0] + 64));
    __m512i other =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(u->even[1]), group, _mm512_loadu_si512(u->even[1] + 64));
    mask words = _mm512_mask_test_epi8_mask(three, word, bit),
         others = _mm512_mask_test_epi8_mask(three, other, bit);
    class = _mm512_mask_mov_epi8(class, words, _mm512_set1_epi8(WP_BRIEF_WORD));
    class = _mm512_mask_mov_epi8(class, words & others, _mm512_set1_epi8(WP_BRIEF_WORD | WP_BRIEF_ALONE));
    mask mixed = others & ~words;
    if (!mixed) return class;
    __m512i last = _mm512_permutexvar_epi8(turn, next);
    do {
        const uint8_t *at = in + _tzcnt_u64(mixed);
        size_t page_number = (size_t)(at[0] & 15) << 6 | (at[1] & 63);
        mask same = _mm512_mask_cmpeq_epi8_mask(mixed, v, _mm512_set1_epi8((char)at[0]));
        same = _mm512_mask_cmpeq_epi8_mask(same, next, _mm512_set1_epi8((char)at[1]));
        __m512i page = _mm512_loadu_si512(u->brief + page_number * 64);
        if (page_number < 32) page = _mm512_set1_epi8(WP_BRIEF_SPECIAL); /* overlong */
        class = _mm512_mask_permutexvar_epi8(class, same, last, page);
        mixed &= ~same;
    } while (mixed);
    return class;
}

/* Adds 32 to the two-byte code points that begin at `leads`. */
static inline __m512i raise(__m512i v, mask leads) {
    v = _mm512_mask_add_epi8(v, leads << 1, v, _mm512_set1_epi8(32));
    mask over = _mm512_mask_cmpgt_epu8_mask(leads << 1, v, _mm512_set1_epi8((char)0xbf));
    v = _mm512_mask_sub_epi8(v, over, v, _mm512_set1_epi8(64));
    return _mm512_mask_add_epi8(v, over >> 1, v, _mm512_set1_epi8(1));
}

static inline unsigned highest(mask m) {
    return m ? 63 - (unsigned)_lzcnt_u64(m) : 0;
}

/* Takes the bytes that vanish out of the block. */
static void squeeze(struct block *b, mask vanish) {
    mask keep = ~vanish & below(b->settled);
    b->bytes = _mm512_maskz_compress_epi8(keep, b->bytes);
    b->word = _pext_u64(b->word, keep);
    b->alone = _pext_u64(b->alone, keep);
    b->alone_end = _pext_u64(b->alone_end, keep);
    b->settled = count_bits(keep);
}

/* Decodes a block with bytes that are not ASCII; in[0..64) are its bytes as far as the text goes. */
static inline struct block decode(const struct wp_unicode *u, const uint8_t *in, __m512i v, __m512i ascii) {
    struct block b;
    mask high = (mask)_mm512_movepi8_mask(v);
    mask two_or_more = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)0xc2));
    mask three_or_more = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)0xe0));
    mask four = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)0xf0));
    mask two = two_or_more & ~three_or_more, three = three_or_more & ~four;
    mask tails = _mm512_mask_cmplt_epu8_mask(high, v, _mm512_set1_epi8((char)0xc0)),
         expected = (two | three) << 1 | three << 2;
    mask stop = four | (high & ~two_or_more & ~tails) | (tails ^ expected) | (two & (mask)1 << 63) |
                (three & (mask)3 << 62);
    mask whole = below((unsigned)_tzcnt_u64(stop));
    /* A character is whole when none of its bytes is at or behind the first stop. */
    two &= whole & whole >> 1;
    three &= whole & whole >> 2;
    __m512i class = classify(u, in, v, two, three);
    mask word = _mm512_test_epi8_mask(class, _mm512_set1_epi8(WP_BRIEF_WORD));
    mask marks = _mm512_test_epi8_mask(class, _mm512_set1_epi8(WP_BRIEF_MARK));
    mask raised = _mm512_test_epi8_mask(class, _mm512_set1_epi8(WP_BRIEF_RAISED));
    mask vanish = _mm512_test_epi8_mask(class, _mm512_set1_epi8(WP_BRIEF_VANISH));
    stop |= _mm512_test_epi8_mask(class, _mm512_set1_epi8(WP_BRIEF_SPECIAL));
    stop |= marks & ((marks & two) << 2 | (marks & three) << 3);
    b.alone = _mm512_test_epi8_mask(class, _mm512_set1_epi8(WP_BRIEF_ALONE));
    mask starters = ~high | ((two | three) & ~marks);
    unsigned at = (unsigned)_tzcnt_u64(stop);
    b.settled = b.taken = highest(starters & below(at));
    b.special = at;
    mask settled = below(b.settled);
    if (raised) v = raise(v, raised);
    word |= (word & (two | three)) << 1 | (word & three) << 2;
    word |= _mm512_cmpneq_epi8_mask(ascii, _mm512_set1_epi8(' ')) & ~high;
    b.word = word & settled;
    b.alone &= settled;
    b.alone_end = b.alone << 2;
    b.bytes = _mm512_mask_mov_epi8(ascii, high, v);
    b.bytes = _mm512_mask_mov_epi8(_mm512_set1_epi8(' '), word, b.bytes);
    vanish &= settled;
    if (vanish) squeeze(&b, vanish | (vanish & (two | three)) << 1 | (vanish & three) << 2);
    return b;
}

/* A block that holds more than ASCII, at f->pos. */
static void fold_mixed(struct wp_fold *f, __m512i v, __m512i ascii) {
    struct block b = decode(f->unicode, f->in + f->pos, v, ascii);
    if (b.settled) {
        if (b.alone)
            put_touching(f, &b);
        else
            put_words(f, b.bytes, b.word, b.settled);
    }
    size_t begin = f->pos;
    f->pos = begin + b.taken < f->len ? begin + b.taken : f->len;
    if (b.taken >= FEW && b.special >= BLOCK - 3) return;
    wp_fold_step(f, b.taken < FEW ? begin + A_WHILE : begin + b.special + 1);
}

/* --- Han and kana --- */

enum {
    CHARS = 16,
    HAN_FEW = 4, /* with fewer among CHARS it is other text, which blocks do better */
};

/* CHARS characters; the bits of the masks are theirs. */
struct chars {
    __m512i bytes; /* of each up to three in 32 bits, then what follows */
    mask heads;    /* first bytes of characters, in the text */
    __mmask16 alone, word, ascii;
    uint64_t other; /* what is none of those and no separator; ends with a bit behind the last character */
};

/* Whether to try: at least three characters in a row. */
static inline bool han_begins(const uint8_t *in, size_t left) {
    return left >= BLOCK && in[0] >= 0xe3 && in[0] < 0xea && in[3] >= 0xe2 && in[6] >= 0xe2;
}

/* Of code points, which are tokens by themselves and which are separators. What is not known here, being
 * rarer, is neither. */
static inline void han_classify(const struct wp_unicode *u, __m512i code, __mmask16 *alone,
                                __mmask16 *apart) {
    __m512i from_han = _mm512_sub_epi32(code, _mm512_set1_epi32((int)u->han_begin));
    __m512i block = _mm512_srli_epi32(code, 8), four = _mm512_srli_epi32(code, 2);
    __m512i pairs = _mm512_setzero_si512();
    for (int i = 0; i < WP_UNICODE_HAN_BLOCKS; i++) {
        __mmask16 here = _mm512_cmpeq_epi32_mask(block, _mm512_set1_epi32(wp_unicode_han_blocks[i]));
        __m512i found = _mm512_permutexvar_epi8(four, _mm512_loadu_si512(u->han_signs[i]));
        pairs = _mm512_mask_mov_epi32(pairs, here, found);
    }
    __m512i at = _mm512_and_si512(_mm512_add_epi32(code, code), _mm512_set1_epi32(6));
    pairs = _mm512_srlv_epi32(pairs, at);
    *alone = _mm512_cmplt_epu32_mask(from_han, _mm512_set1_epi32((int)u->han_count)) |
             _mm512_test_epi32_mask(pairs, _mm512_set1_epi32(WP_HAN_SIGN_ALONE));
    *apart = _mm512_test_epi32_mask(pairs, _mm512_set1_epi32(WP_HAN_SIGN_APART));
}

/* The characters that begin at in, of which BLOCK bytes are there. */
static inline struct chars han_decode(const struct wp_unicode *u, const uint8_t *in, const __m512i *table) {
    const __m512i fours =
        _mm512_set_epi8(15, 15, 15, 15, 14, 14, 14, 14, 13, 13, 13, 13, 12, 12, 12, 12, 11, 11, 11, 11, 10,
                        10, 10, 10, 9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 3,
                        3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    struct chars c;
    __m512i v = _mm512_loadu_si512(in);
    mask tails = _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8((char)0xc0));
    mask leads = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)0xe0));
    mask broken = tails ^ (leads << 1 | leads << 2);
    c.heads = ~tails;
    __m512i at = _mm512_maskz_compress_epi8(c.heads, iota());
    at = _mm512_add_epi8(_mm512_permutexvar_epi8(fours, at), _mm512_set1_epi32(0x020100));
    __m512i raw = _mm512_permutexvar_epi8(at, v);
    __m512i folded = _mm512_permutex2var_epi8(table[0], raw, table[1]);
    folded = _mm512_and_si512(folded, _mm512_set1_epi32(0xff));
    c.ascii = _mm512_testn_epi32_mask(raw, _mm512_set1_epi32(0x80));
    c.word = _mm512_mask_cmpneq_epi32_mask(c.ascii, folded, _mm512_set1_epi32(' '));
    __mmask16 apart, three = _mm512_cmpeq_epi32_mask(_mm512_and_si512(raw, _mm512_set1_epi32(0xc0c0f0)),
                                                     _mm512_set1_epi32(0x8080e0));
    __m512i code = _mm512_and_si512(raw, _mm512_set1_epi32(0x3f3f0f));
    code = _mm512_maddubs_epi16(code, _mm512_set1_epi32(0x010140)); /* 64 and 1 times the first two bytes */
    han_classify(u, _mm512_madd_epi16(code, _mm512_set1_epi32(0x010040)), &c.alone, &apart);
    c.alone &= three;
    c.other = ~(uint64_t)(c.ascii | (three & (c.alone | apart)));
    c.other |= ~(uint64_t)0 << 1 << (count_bits(c.heads & below((unsigned)_tzcnt_u64(broken))) - 1);
    c.bytes = _mm512_ternarylogic_epi32(raw, _mm512_set1_epi32(0xffffff), _mm512_set1_epi32(' ' << 24),
                                        0xea); /* (a & b) | c */
    c.bytes = _mm512_mask_or_epi32(c.bytes, c.ascii, folded, _mm512_set1_epi32(' ' << 8));
    return c;
}

/* Puts the first `count` characters. */
static inline void han_put(struct wp_fold *f, const struct chars *c, unsigned count) {
    const mask fourth = 0x1111111111111111;
    uint32_t word = c->word & (uint32_t)below(count), alone = c->alone & (uint32_t)below(count);
    uint32_t first = word & ~(word << 1 | f->open), last = word & ~(word >> 1) & (uint32_t)below(count - 1);
    f->text[f->out] = ' ';
    f->out += f->open & ~word;
    mask keep = _pdep_u64(alone, fourth) * 15 | _pdep_u64(word, fourth) | _pdep_u64(last, fourth) << 1;
    first |= alone;
    _mm512_storeu_si512(f->text + f->out, _mm512_maskz_compress_epi8(keep, c->bytes));
    put_starts(f->starts + f->count, _pext_u64(_pdep_u64(first, fourth), keep), (uint32_t)f->out);
    f->count += count_bits(first);
    f->alone += count_bits(alone);
    f->out += count_bits(keep);
    f->open = word >> (count - 1) & 1;
}

/* As far as there is nothing but Han, kana, their signs and some ASCII. The last character looked at tells
 * only that the one before it is whole, with no mark behind. */
static __attribute__((noinline)) void fold_han(struct wp_fold *f, const __m512i *table) {
    while (f->len - f->pos >= BLOCK) {
        struct chars c = han_decode(f->unicode, f->in + f->pos, table);
        unsigned count = CHARS - 1;
        if (__builtin_expect(c.other & 0xffff, 0)) count = (unsigned)_tzcnt_u64(c.other) - 1;
        if ((int)count <= 0) return;
        han_put(f, &c, count);
        f->pos += _tzcnt_u64(_pdep_u64((mask)1 << count, c.heads));
        if (count < CHARS - 1 || count_bits(c.alone) < HAN_FEW) return;
    }
}

void wp_fold_avx512(struct wp_fold *f) {
    const __m512i spaces = _mm512_set1_epi8(' ');
    __m512i table[2];
    uint8_t folded[128];
    for (int i = 0; i < 128; i++) folded[i] = f->unicode->ascii[i] ? f->unicode->ascii[i] : ' ';
    table[0] = _mm512_loadu_si512(folded);
    table[1] = _mm512_loadu_si512(folded + 64);
    while (f->pos < f->len && f->status == WP_OK) {
        size_t left = f->len - f->pos;
        const uint8_t *in = f->in + f->pos;
        if (han_begins(in, left)) {
            size_t before = f->pos;
            fold_han(f, table);
            if (f->pos != before) continue;
        }
        __m512i v = left >= BLOCK ? _mm512_loadu_si512(in)
                                  : _mm512_mask_loadu_epi8(spaces, below((unsigned)left), in);
        __m512i ascii = _mm512_permutex2var_epi8(table[0], v, table[1]);
        if (_mm512_movepi8_mask(v)) {
            fold_mixed(f, v, ascii);
            continue;
        }
        unsigned settled = left > BLOCK && in[BLOCK] >= 0x80 ? BLOCK - 1 : BLOCK;
        mask word = _mm512_cmpneq_epi8_mask(ascii, spaces) & below(settled);
        put_words(f, ascii, word, settled);
        f->pos += settled < left ? settled : left;
    }
}

#endif
