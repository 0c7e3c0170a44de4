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
    if (!ZSTD_isError(bad)) bad = ZSTD_CCtx_setParameter(context, ZSTD_c_stableInBuffer, 1); /* no copies */
    if (!ZSTD_isError(bad)) bad = ZSTD_CCtx_setParameter(context, ZSTD_c_stableOutBuffer, 1);
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

/* What is more than compressBound because of parts; and the zstd (1.5.4) from which on a block that stays
 * where it is can be packed in parts: an older one packs it in one, which is as good but for the time to read
 * it. */
enum { PART_BYTES = 16, ZSTD_WITH_PARTS = 10504 };

/* How many bytes the block takes at `to`, or zstd's error. */
static size_t pack(ZSTD_CCtx *context, const uint8_t *block, size_t len, size_t part, void *to, size_t room) {
    ZSTD_inBuffer in = {block, part, 0};
    ZSTD_outBuffer out = {to, room, 0};
    size_t bad = ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
    if (!ZSTD_isError(bad)) bad = ZSTD_CCtx_setPledgedSrcSize(context, len);
    bool parts = part && part < len && ZSTD_versionNumber() >= ZSTD_WITH_PARTS;
    if (!ZSTD_isError(bad) && parts) bad = ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
    in.size = len;
    if (!ZSTD_isError(bad)) bad = ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
    return ZSTD_isError(bad) ? bad : out.pos;
}

enum wp_status wp_pack(struct wp_packer *p, size_t len, size_t part, struct wp_buffer *out) {
    const uint8_t *block = p->large ? p->large : p->area + p->dictionary_bytes;
    size_t bound = ZSTD_compressBound(len) + PART_BYTES;
    WP_TRY(wp_buffer_reserve(out, bound, SIZE_MAX));
    size_t n = pack(p->context, block, len, part, out->data + out->len, bound);
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
    /* of the block at hand */
    struct wp_dictionary *dictionary; /* whose room is taken; NULL: none is */
    const uint8_t *next;              /* what is not unpacked yet, */
    size_t left;                      /* so many bytes */
    uint8_t *to, *out;                /* the room, or out itself; what is there is copied */
    size_t done, len;                 /* bytes of it, of how many */
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
static bool begin_frame(ZSTD_DCtx *context, const struct wp_dictionary *d) {
    for (int i = 0; i < 2; i++)
        if (ZSTD_isError(ZSTD_decompressBegin_usingDDict(context, d ? d->ready : NULL))) return false;
    return true;
}

enum wp_status wp_unpack_begin(struct wp_unpacker *u, struct wp_dictionary *dictionary, const void *block,
                               size_t block_len, void *out, size_t len) {
    uint8_t *room = take_room(dictionary, len);
    u->dictionary = room ? dictionary : NULL;
    u->next = block;
    u->left = block_len;
    u->out = out;
    u->to = room ? room : u->out;
    u->done = 0;
    u->len = len;
    return begin_frame(u->context, dictionary) ? WP_OK : WP_EDAMAGED;
}

void wp_unpack_end(struct wp_unpacker *u) {
    if (u->dictionary) leave_room(u->dictionary);
    u->dictionary = NULL;
}

/* One step: a head, or a part. */
static bool advance(struct wp_unpacker *u, size_t step) {
    if (step > u->left) return false;
    size_t n = ZSTD_decompressContinue(u->context, u->to + u->done, u->len - u->done, u->next, step);
    if (ZSTD_isError(n)) return false;
    if (n && u->to != u->out) memcpy(u->out + u->done, u->to + u->done, n);
    u->next += step;
    u->left -= step;
    u->done += n;
    return true;
}

enum wp_status wp_unpack_to(struct wp_unpacker *u, size_t bytes, size_t *got) {
    while (u->done < bytes) {
        size_t step = ZSTD_nextSrcSizeToDecompress(u->context);
        if (!step || !advance(u, step)) return WP_EDAMAGED;
    }
    *got = u->done;
    return WP_OK;
}

/* All of the frame, which is all of the block. */
static bool unpack_all(struct wp_unpacker *u) {
    size_t step;
    while ((step = ZSTD_nextSrcSizeToDecompress(u->context)) != 0)
        if (!advance(u, step)) return false;
    return u->done == u->len && !u->left;
}

enum wp_status wp_unpack(struct wp_unpacker *u, struct wp_dictionary *dictionary, const void *block,
                         size_t block_len, void *out, size_t len) {
    enum wp_status status = wp_unpack_begin(u, dictionary, block, block_len, out, len);
    if (status == WP_OK && !unpack_all(u)) status = WP_EDAMAGED;
    wp_unpack_end(u);
    return status;
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
