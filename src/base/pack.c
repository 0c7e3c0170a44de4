/* pack.c - see pack.h. */
#include "base/pack.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#define ZDICT_STATIC_LINKING_ONLY /* for the trainer without a search for its parameters */
#include <zdict.h>
#include "base/zstd_api.h"

/* Training: fewer samples teach nothing; a segment of K bytes is taken where its words of D bytes are most
 * common. zstd's own choice tries five lengths of segment, for five times the time, and finds none better. */
enum { TRAIN_MINIMUM = 8, TRAIN_K = 200, TRAIN_D = 8, TRAIN_TABLE_LOG = 20 };

/* A table that has room for the places of a dictionary of some 256 KiB, looked up by words of seven bytes:
 * zstd's own for level 1 has forgotten most of it, and shorter matches cost more than they save. */
enum { DICTIONARY_HASH_LOG = 15, DICTIONARY_MATCH_MIN = 7 };

/* Behind a dictionary. Longer blocks, which are few, are packed and unpacked elsewhere. */
enum { ROOM_BYTES = 256 << 10 };

struct wp_packer {
    ZSTD_CCtx *context;
    uint8_t *area; /* dictionary, then ROOM_BYTES for a block */
    size_t dictionary_bytes;
    uint8_t *large; /* a longer block; NULL as long as there is none */
};

/* Everything that is set stays for all blocks. */
static size_t prepare(ZSTD_CCtx *context, int level, const void *dictionary, size_t bytes) {
    size_t bad = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    if (!ZSTD_isError(bad)) bad = ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);
    if (!ZSTD_isError(bad)) bad = ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    if (ZSTD_isError(bad) || !bytes) return bad;
    bad = ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, DICTIONARY_HASH_LOG);
    if (!ZSTD_isError(bad)) bad = ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, DICTIONARY_MATCH_MIN);
    return ZSTD_isError(bad) ? bad : ZSTD_CCtx_loadDictionary_byReference(context, dictionary, bytes);
}

enum wp_status wp_packer_new(struct wp_packer **out, int level, const void *dictionary, size_t bytes) {
    struct wp_packer *p = wp_zalloc(1, sizeof *p);
    *out = p;
    if (!p) return WP_ENOMEM;
    p->context = ZSTD_createCCtx();
    p->area = bytes < SIZE_MAX - ROOM_BYTES ? wp_alloc(bytes + ROOM_BYTES, 1) : NULL;
    p->dictionary_bytes = bytes;
    if (p->area && bytes) memcpy(p->area, dictionary, bytes);
    if (p->area && p->context && !ZSTD_isError(prepare(p->context, level, p->area, bytes))) return WP_OK;
    wp_packer_free(p);
    *out = NULL;
    return WP_ENOMEM;
}

void wp_packer_free(struct wp_packer *p) {
    if (!p) return;
    ZSTD_freeCCtx(p->context);
    wp_free(p->area);
    wp_free(p->large);
    wp_free(p);
}

uint8_t *wp_packer_room(struct wp_packer *p, size_t len) {
    wp_free(p->large);
    p->large = len > ROOM_BYTES ? wp_alloc(len, 1) : NULL;
    return len > ROOM_BYTES ? p->large : p->area + p->dictionary_bytes;
}

enum wp_status wp_pack(struct wp_packer *p, size_t len, struct wp_buffer *out) {
    const uint8_t *block = p->large ? p->large : p->area + p->dictionary_bytes;
    size_t bound = ZSTD_compressBound(len);
    WP_TRY(wp_buffer_reserve(out, bound, SIZE_MAX));
    size_t n = ZSTD_compress2(p->context, out->data + out->len, bound, block, len);
    wp_free(p->large);
    p->large = NULL;
    if (ZSTD_isError(n)) return WP_ENOMEM; /* nothing else can go wrong with room for the worst */
    out->len += n;
    return WP_OK;
}

struct wp_dictionary {
    uint8_t *area; /* dictionary, then ROOM_BYTES for a block: memory that is not touched before it is used */
    size_t bytes;
    ZSTD_DDict *ready; /* refers to the area */
    atomic_flag taken; /* is the room */
};

enum wp_status wp_dictionary_new(struct wp_dictionary **out, const void *data, size_t bytes) {
    struct wp_dictionary *d = wp_zalloc(1, sizeof *d);
    *out = d;
    if (!d) return WP_ENOMEM;
    atomic_flag_clear(&d->taken);
    d->area = bytes < SIZE_MAX - ROOM_BYTES ? wp_alloc(bytes + ROOM_BYTES, 1) : NULL;
    d->bytes = bytes;
    if (d->area && bytes) memcpy(d->area, data, bytes);
    if (d->area) d->ready = ZSTD_createDDict_byReference(d->area, bytes);
    if (d->ready) return WP_OK;
    wp_dictionary_free(d);
    *out = NULL;
    return WP_ENOMEM;
}

void wp_dictionary_free(struct wp_dictionary *d) {
    if (!d) return;
    ZSTD_freeDDict(d->ready);
    wp_free(d->area);
    wp_free(d);
}

/* The room behind the dictionary, which is then the caller's until leave_room; NULL when it is not to be had.
 */
static uint8_t *take_room(struct wp_dictionary *d, size_t len) {
    if (!d || len > ROOM_BYTES) return NULL;
    return atomic_flag_test_and_set_explicit(&d->taken, memory_order_acquire) ? NULL : d->area + d->bytes;
}

static void leave_room(struct wp_dictionary *d) {
    atomic_flag_clear_explicit(&d->taken, memory_order_release);
}

struct wp_unpacker {
    ZSTD_DCtx *context;
};

enum wp_status wp_unpacker_new(struct wp_unpacker **out) {
    struct wp_unpacker *u = wp_zalloc(1, sizeof *u);
    *out = u;
    if (!u) return WP_ENOMEM;
    u->context = ZSTD_createDCtx();
    if (u->context) return WP_OK;
    wp_free(u);
    *out = NULL;
    return WP_ENOMEM;
}

void wp_unpacker_free(struct wp_unpacker *u) {
    if (!u) return;
    ZSTD_freeDCtx(u->context);
    wp_free(u);
}

/* A dictionary that is not the one of the frame before is taken to be out of the processor's caches, and what
 * is asked for ahead then costs more than it saves: so each is named twice. */
static bool begin(ZSTD_DCtx *context, const struct wp_dictionary *d) {
    for (int i = 0; i < 2; i++)
        if (ZSTD_isError(ZSTD_decompressBegin_usingDDict(context, d ? d->ready : NULL))) return false;
    return true;
}

/* Unpacks a frame, all of the block, into to[len]. */
static bool unpack(ZSTD_DCtx *context, const uint8_t *block, size_t block_len, uint8_t *to, size_t len) {
    size_t done = 0, n;
    while ((n = ZSTD_nextSrcSizeToDecompress(context)) != 0) {
        if (n > block_len) return false;
        size_t more = ZSTD_decompressContinue(context, to + done, len - done, block, n);
        if (ZSTD_isError(more)) return false;
        done += more;
        block += n;
        block_len -= n;
    }
    return done == len && !block_len;
}

enum wp_status wp_unpack(struct wp_unpacker *u, struct wp_dictionary *dictionary, const void *block,
                         size_t block_len, void *out, size_t len) {
    uint8_t *room = take_room(dictionary, len);
    bool good = begin(u->context, dictionary) && unpack(u->context, block, block_len, room ? room : out, len);
    if (room && good && len) memcpy(out, room, len);
    if (room) leave_room(dictionary);
    return good ? WP_OK : WP_EDAMAGED;
}

size_t wp_dictionary_train(const void *samples, const size_t *lengths, unsigned count, void *out,
                           size_t most) {
    if (count < TRAIN_MINIMUM) return 0;
    ZDICT_fastCover_params_t params = {.k = TRAIN_K,
                                       .d = TRAIN_D,
                                       .f = TRAIN_TABLE_LOG,
                                       .splitPoint = 1,
                                       .accel = 1,
                                       .zParams = {.compressionLevel = 1}};
    size_t n = ZDICT_trainFromBuffer_fastCover(out, most, samples, lengths, count, params);
    return ZDICT_isError(n) ? 0 : n;
}
