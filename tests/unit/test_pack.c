/* test_pack.c - packed blocks: back as they were, with and without a dictionary, in parts; damage is damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/bytes.h"
#include "base/pack.h"
#include "base/thread.h"
#include "support/random.h"

static void fill(char *out, size_t len, unsigned seed) {
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1103515245 + 12345;
        out[i] = "the quick brown fox jumps over it "[(i + (seed >> 29)) % 34];
    }
}

static void pack_parts(struct wp_packer *p, const void *data, size_t len, size_t part,
                       struct wp_buffer *out) {
    uint8_t *room = wp_packer_room(p, len);
    assert_non_null(room);
    memcpy(room, data, len);
    assert_int_equal(wp_pack(p, len, part, out), WP_OK);
}

static void pack(struct wp_packer *p, const void *data, size_t len, struct wp_buffer *out) {
    pack_parts(p, data, len, 0, out);
}

static void round_trip(const void *dictionary, size_t dictionary_len, size_t *packed_len) {
    struct wp_packer *p;
    struct wp_unpacker *u;
    struct wp_dictionary *d = NULL;
    struct wp_buffer out = {0};
    static char text[400000], back[400000];
    fill(text, sizeof text, 7);
    assert_int_equal(wp_packer_new(&p, 1, dictionary, dictionary_len), WP_OK);
    assert_int_equal(wp_unpacker_new(&u), WP_OK);
    if (dictionary_len) assert_int_equal(wp_dictionary_new(&d, dictionary, dictionary_len), WP_OK);
    assert_int_equal(wp_buffer_add(&out, "head", 4), WP_OK);
    for (size_t len = 0; len <= sizeof text; len += 1 + len * 3) {
        out.len = 4;
        pack(p, text, len, &out);
        assert_memory_equal(out.data, "head", 4);
        memset(back, 'x', sizeof back);
        assert_int_equal(wp_unpack(u, d, out.data + 4, out.len - 4, back, len), WP_OK);
        assert_memory_equal(back, text, len);
        assert_int_equal(wp_unpack(u, d, out.data + 4, out.len - 4, back, len + 1), WP_EDAMAGED);
        if (len) assert_int_equal(wp_unpack(u, d, out.data + 4, out.len - 4, back, len - 1), WP_EDAMAGED);
        if (len) assert_int_equal(wp_unpack(u, d, out.data + 4, out.len - 5, back, len), WP_EDAMAGED);
    }
    out.len = 0;
    pack(p, text, 300, &out);
    *packed_len = out.len;
    wp_buffer_release(&out);
    wp_packer_free(p);
    wp_unpacker_free(u);
    wp_dictionary_free(d);
}

/* A dictionary for texts of `fill`. */
static size_t train(char *dictionary, size_t most) {
    static char samples[200000];
    size_t lengths[400];
    for (unsigned i = 0; i < 400; i++) fill(samples + 500 * i, lengths[i] = 500, i);
    size_t len = wp_dictionary_train(samples, lengths, 400, dictionary, most);
    assert_true(len > 0 && len <= most);
    return len;
}

static void test_round_trip(void **state) {
    (void)state;
    static char dictionary[8192];
    size_t plain, with;
    round_trip(NULL, 0, &plain);
    round_trip(dictionary, train(dictionary, sizeof dictionary), &with);
    assert_true(with < plain);
}

/* Of a large dictionary nearly all is found again: pieces that were common when it was learnt cost little. */
static void test_large_dictionary(void **state) {
    (void)state;
    enum { PIECES = 5000, PIECE = 40, TIMES = 4 };
    static char samples[PIECES * PIECE * TIMES], dictionary[256 << 10];
    static size_t lengths[PIECES * TIMES];
    struct random r = {3};
    struct wp_packer *p;
    struct wp_buffer out = {0};
    unsigned cheap = 0;
    for (size_t i = 0; i < PIECES * PIECE; i++) samples[i] = (char)('0' + random_below(&r, 75));
    for (size_t i = 1; i < TIMES; i++) memcpy(samples + i * PIECES * PIECE, samples, (size_t)PIECES * PIECE);
    for (size_t i = 0; i < PIECES * TIMES; i++) lengths[i] = PIECE;
    size_t len = wp_dictionary_train(samples, lengths, PIECES * TIMES, dictionary, sizeof dictionary);
    assert_true(len > PIECES * PIECE / 2);
    assert_int_equal(wp_packer_new(&p, 1, dictionary, len), WP_OK);
    for (size_t i = 0; i < PIECES; i++) {
        out.len = 0;
        pack(p, samples + i * PIECE, PIECE, &out);
        cheap += out.len < PIECE * 6 / 10;
    }
    assert_true(cheap > PIECES * 8 / 10);
    wp_buffer_release(&out);
    wp_packer_free(p);
}

/* One dictionary, and blocks of which each thread has its own. */
enum { THREADS = 4, ROUNDS = 2000, SHARED_BYTES = 20000 };
struct shared {
    struct wp_dictionary *dictionary;
    char text[THREADS][SHARED_BYTES];
    struct wp_buffer packed[THREADS];
    unsigned wrong[THREADS];
};

static void unpack_often(void *self, unsigned worker) {
    struct shared *s = self;
    struct wp_unpacker *u;
    char *back = malloc(SHARED_BYTES);
    if (!back || wp_unpacker_new(&u) != WP_OK) abort();
    for (unsigned i = 0; i < ROUNDS; i++) {
        enum wp_status status =
            wp_unpack(u, s->dictionary, s->packed[worker].data, s->packed[worker].len, back, SHARED_BYTES);
        s->wrong[worker] += status != WP_OK || memcmp(back, s->text[worker], SHARED_BYTES) != 0;
    }
    wp_unpacker_free(u);
    free(back);
}

static void test_threads(void **state) {
    (void)state;
    static struct shared s;
    static char dictionary[4096];
    struct wp_packer *p;
    struct wp_pool pool;
    size_t len = train(dictionary, sizeof dictionary);
    assert_int_equal(wp_dictionary_new(&s.dictionary, dictionary, len), WP_OK);
    assert_int_equal(wp_packer_new(&p, 1, dictionary, len), WP_OK);
    for (unsigned i = 0; i < THREADS; i++) {
        fill(s.text[i], SHARED_BYTES, 1000 + i);
        pack(p, s.text[i], SHARED_BYTES, &s.packed[i]);
    }
    assert_int_equal(wp_pool_start(&pool, THREADS, unpack_often, &s, NULL), WP_OK);
    wp_pool_join(&pool);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(s.wrong[i], 0);
        wp_buffer_release(&s.packed[i]);
    }
    wp_packer_free(p);
    wp_dictionary_free(s.dictionary);
}

/* Of two parts the first comes alone, when no more is asked for; and then the second, or damage. */
static void unpack_parts(struct wp_unpacker *u, struct wp_dictionary *d, const struct wp_buffer *packed,
                         const char *text, size_t len, size_t part) {
    char *back = malloc(len);
    size_t got;
    assert_non_null(back);
    for (size_t want = 0; want <= len; want += 1 + len / 7) {
        memset(back, 'x', len);
        assert_int_equal(wp_unpack_begin(u, d, packed->data, packed->len, back, len), WP_OK);
        assert_int_equal(wp_unpack_to(u, want, &got), WP_OK);
        assert_int_equal(got, want == 0 ? 0 : want <= part ? part : len);
        assert_memory_equal(back, text, got);
        assert_int_equal(wp_unpack_to(u, len, &got), WP_OK);
        assert_int_equal(got, len);
        assert_memory_equal(back, text, len);
        wp_unpack_end(u);
        assert_int_equal(wp_unpack_begin(u, d, packed->data, packed->len - 1, back, len), WP_OK);
        bool sound = !want || (want <= part && part < len);
        assert_int_equal(wp_unpack_to(u, want, &got), sound ? WP_OK : WP_EDAMAGED);
        assert_int_equal(wp_unpack_to(u, len, &got), WP_EDAMAGED);
        wp_unpack_end(u);
        assert_int_equal(wp_unpack_begin(u, d, packed->data, packed->len, back, len + 1), WP_OK);
        assert_int_equal(wp_unpack_to(u, len + 1, &got), WP_EDAMAGED);
        wp_unpack_end(u);
    }
    free(back);
}

static void test_parts(void **state) {
    (void)state;
    enum { LEN = 20000, PART = 9000 };
    static char dictionary[8192], text[LEN], back[LEN];
    size_t len = train(dictionary, sizeof dictionary), got;
    struct random r = {5};
    struct wp_packer *p;
    struct wp_unpacker *u, *other;
    struct wp_dictionary *d;
    struct wp_buffer packed = {0};
    assert_int_equal(wp_packer_new(&p, 1, dictionary, len), WP_OK);
    assert_int_equal(wp_dictionary_new(&d, dictionary, len), WP_OK);
    assert_int_equal(wp_unpacker_new(&u), WP_OK);
    assert_int_equal(wp_unpacker_new(&other), WP_OK);
    for (unsigned incompressible = 0; incompressible < 2; incompressible++) {
        fill(text, LEN, 7);
        for (size_t i = 0; incompressible && i < LEN; i++) text[i] = (char)random_below(&r, 256);
        packed.len = 0;
        pack_parts(p, text, LEN, PART, &packed);
        unpack_parts(u, d, &packed, text, LEN, PART);
        assert_int_equal(wp_unpack(u, d, packed.data, packed.len, back, LEN), WP_OK);
        assert_memory_equal(back, text, LEN);
        /* while the other one has the room */
        assert_int_equal(wp_unpack_begin(other, d, packed.data, packed.len, back, LEN), WP_OK);
        assert_int_equal(wp_unpack_to(other, 1, &got), WP_OK);
        unpack_parts(u, d, &packed, text, LEN, PART);
        assert_int_equal(wp_unpack_to(other, LEN, &got), WP_OK);
        wp_unpack_end(other);
        assert_memory_equal(back, text, LEN);
    }
    packed.len = 0;
    pack_parts(p, text, LEN, LEN, &packed); /* the second one would be empty */
    unpack_parts(u, d, &packed, text, LEN, LEN);
    wp_buffer_release(&packed);
    wp_packer_free(p);
    wp_unpacker_free(u);
    wp_unpacker_free(other);
    wp_dictionary_free(d);
}

/* What stands for bytes that could not be read, and holds nothing. */
static void test_skipped(void **state) {
    (void)state;
    uint8_t frame[8 + 100] = {0}, out[1];
    struct wp_unpacker *u;
    assert_int_equal(wp_unpacker_new(&u), WP_OK);
    for (unsigned len = 0; len <= 100; len += 50) {
        wp_store32(frame, 0x184d2a50);
        wp_store32(frame + 4, len);
        assert_int_equal(wp_unpack(u, NULL, frame, 8 + len, out, 0), WP_OK);
        assert_int_equal(wp_unpack(u, NULL, frame, 8 + len, out, 1), WP_EDAMAGED);
        assert_int_equal(wp_unpack(u, NULL, frame, 7 + len, out, 0), WP_EDAMAGED);
    }
    wp_unpacker_free(u);
}

static void test_too_little(void **state) {
    (void)state;
    char dictionary[1024];
    size_t length = 3;
    assert_int_equal(wp_dictionary_train("abc", &length, 1, dictionary, sizeof dictionary), 0);
    assert_int_equal(wp_dictionary_train("", NULL, 0, dictionary, sizeof dictionary), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_large_dictionary),
        cmocka_unit_test(test_threads),    cmocka_unit_test(test_parts),
        cmocka_unit_test(test_skipped),    cmocka_unit_test(test_too_little)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
