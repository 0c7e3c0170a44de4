/*
 * codec.c - see codec.h.
 *
 * Sniffing needs up to four bytes, which may come one at a time: they are kept in `head` and handed to the
 * format's own decoder first.
 *
 * zstd is fed block by block: ZSTD_decompressStream forgets to tell what it wrote in the call in which it
 * fails. Its return value says how much it wants next, a block's body together with the three bytes of the
 * header behind it; body and header are handed over in separate calls, so that a call that can fail on a
 * header has no decoded block in hand. That also makes the offset of an error exact to the block.
 */
#include "base/codec.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>
#include "base/zstd_api.h"
#include <zstd_errors.h>

#define HEAD_BYTES 4
#define ZSTD_BLOCK_HEADER_BYTES 3
/* zlib: largest window, and what marks gzip framing. */
#define GZIP_WINDOW_BITS (15 + 16)
#define GZIP_MEMORY_LEVEL 8
/* zlib counts in 32 bits. */
#define ZLIB_PIECE_MAX ((size_t)1 << 30)
#define ZSTD_WORKERS 1
/* News come out 0.7 % larger than with the default of 8 MiB, and one output holds 13 MB instead of 42. */
#define ZSTD_JOB_BYTES (2 << 20)

struct wp_decoder {
    enum wp_format format;
    enum wp_status failed; /* WP_OK, or what every further call returns */
    uint8_t head[HEAD_BYTES];
    size_t head_len, head_used;
    uint64_t total_in, total_out;
    bool inside;       /* within a frame or member */
    bool flush;        /* zstd: the last call filled `out` */
    size_t wants;      /* zstd: what it said it wants next */
    uint64_t piece_at; /* zstd: where in the input the header, or the end of a frame, at hand begins */
    ZSTD_DCtx *zstd;
    z_stream gzip;
    bool gzip_ready;
    bool padding; /* gzip: zero bytes behind a member */
    struct wp_error error;
};

const char *wp_format_name(enum wp_format format) {
    static const char *const names[] = {"unknown", "plain", "gzip", "zstd"};
    return names[format];
}

enum wp_format wp_format_of_name(const char *name) {
    static const struct {
        const char *ending;
        enum wp_format format;
    } table[] = {{".gz", WP_FORMAT_GZIP}, {".zst", WP_FORMAT_ZSTD}, {".zstd", WP_FORMAT_ZSTD}};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].ending);
        if (len > n && !strcmp(name + len - n, table[i].ending)) return table[i].format;
    }
    return WP_FORMAT_PLAIN;
}

static voidpf zlib_alloc(voidpf self, uInt count, uInt size) {
    (void)self;
    return wp_alloc(count, size);
}

static void zlib_free(voidpf self, voidpf area) {
    (void)self;
    wp_free(area);
}

enum wp_status wp_decoder_new(struct wp_decoder **d) {
    *d = wp_zalloc(1, sizeof **d);
    return *d ? WP_OK : WP_ENOMEM;
}

void wp_decoder_free(struct wp_decoder *d) {
    if (!d) return;
    ZSTD_freeDCtx(d->zstd);
    if (d->gzip_ready) inflateEnd(&d->gzip);
    wp_free(d);
}

void wp_decoder_reset(struct wp_decoder *d) {
    d->format = WP_FORMAT_UNKNOWN;
    d->failed = WP_OK;
    d->head_len = d->head_used = d->wants = 0;
    d->total_in = d->total_out = 0;
    d->inside = d->flush = d->padding = false;
    if (d->zstd) ZSTD_DCtx_reset(d->zstd, ZSTD_reset_session_only);
    if (d->gzip_ready) inflateReset(&d->gzip);
}

static enum wp_status damage(struct wp_decoder *d, enum wp_status status, const char *reason) {
    d->failed = wp_fail(&d->error, status, "%s: %s", wp_format_name(d->format), reason);
    wp_error_offset(&d->error, d->total_in);
    return d->failed;
}

/* What the first bytes say: UNKNOWN while they fit a magic number that is not complete. */
static enum wp_format sniff(const uint8_t *p, size_t n) {
    static const uint8_t zstd[4] = {0x28, 0xb5, 0x2f, 0xfd}, skip[4] = {0x50, 0x2a, 0x4d, 0x18};
    if (n == 0) return WP_FORMAT_UNKNOWN;
    if (p[0] == 0x1f) return n < 2 ? WP_FORMAT_UNKNOWN : p[1] == 0x8b ? WP_FORMAT_GZIP : WP_FORMAT_PLAIN;
    bool skippable = (p[0] & 0xf0) == skip[0];
    const uint8_t *magic = skippable ? skip : zstd;
    if (!skippable && p[0] != zstd[0]) return WP_FORMAT_PLAIN;
    if (memcmp(p + 1, magic + 1, n - 1) != 0) return WP_FORMAT_PLAIN;
    return n < HEAD_BYTES ? WP_FORMAT_UNKNOWN : WP_FORMAT_ZSTD;
}

static enum wp_status start_format(struct wp_decoder *d) {
    if (d->format == WP_FORMAT_ZSTD && !d->zstd) {
        d->zstd = ZSTD_createDCtx();
        if (!d->zstd) return damage(d, WP_ENOMEM, "out of memory");
        ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, WP_ZSTD_WINDOW_LOG_MAX);
    }
    if (d->format == WP_FORMAT_GZIP && !d->gzip_ready) {
        d->gzip.zalloc = zlib_alloc;
        d->gzip.zfree = zlib_free;
        if (inflateInit2(&d->gzip, GZIP_WINDOW_BITS) != Z_OK) return damage(d, WP_ENOMEM, "out of memory");
        d->gzip_ready = true;
    }
    d->inside = d->format != WP_FORMAT_PLAIN;
    return WP_OK;
}

static void run_plain(struct wp_decoder *d, struct wp_decoder_io *io) {
    size_t n = io->in_len < io->out_cap ? io->in_len : io->out_cap;
    if (n) memcpy(io->out, io->in, n);
    io->in_used = io->out_len = n;
    d->total_in += n;
}

/* Between members: true when io->in begins with another one. */
static bool next_member(struct wp_decoder *d, struct wp_decoder_io *io) {
    while (io->in_used < io->in_len && io->in[io->in_used] == 0) {
        io->in_used++;
        d->total_in++;
        d->padding = true;
    }
    if (io->in_used == io->in_len) return false;
    if (io->in[io->in_used] != 0x1f || d->padding) {
        damage(d, WP_EDAMAGED, "what follows the last member is not gzip");
        return false;
    }
    inflateReset(&d->gzip);
    d->inside = true;
    return true;
}

static enum wp_status run_gzip(struct wp_decoder *d, struct wp_decoder_io *io) {
    z_stream *z = &d->gzip;
    for (;;) {
        if (!d->inside && !next_member(d, io)) return d->failed;
        size_t in = io->in_len - io->in_used, out = io->out_cap - io->out_len;
        z->next_in = (Bytef *)(uintptr_t)(io->in + io->in_used); /* zlib does not write to it */
        z->avail_in = (uInt)(in < ZLIB_PIECE_MAX ? in : ZLIB_PIECE_MAX);
        z->next_out = io->out + io->out_len;
        z->avail_out = (uInt)(out < ZLIB_PIECE_MAX ? out : ZLIB_PIECE_MAX);
        uInt had_in = z->avail_in, had_out = z->avail_out;
        int rc = inflate(z, Z_NO_FLUSH);
        io->in_used += had_in - z->avail_in;
        io->out_len += had_out - z->avail_out;
        d->total_in += had_in - z->avail_in;
        if (rc == Z_STREAM_END) {
            d->inside = false;
            continue;
        }
        if (rc == Z_MEM_ERROR) return damage(d, WP_ENOMEM, "out of memory");
        if (rc != Z_OK && rc != Z_BUF_ERROR) return damage(d, WP_EDAMAGED, z->msg ? z->msg : "damaged data");
        if (rc == Z_BUF_ERROR || io->out_len == io->out_cap) return WP_OK;
    }
}

static enum wp_status zstd_damage(struct wp_decoder *d, size_t code) {
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation: return damage(d, WP_ENOMEM, "out of memory");
    case ZSTD_error_frameParameter_windowTooLarge:
        return damage(d, WP_EDAMAGED, "needs a window of more than 128 MiB, which is refused");
    case ZSTD_error_dictionary_wrong:
        return damage(d, WP_EDAMAGED,
                      "compressed with a dictionary, which is not at hand: decompress it "
                      "first (zstd -d -D DICTIONARY)");
    case ZSTD_error_prefix_unknown: return damage(d, WP_EDAMAGED, "what follows the last frame is not zstd");
    default: return damage(d, WP_EDAMAGED, ZSTD_getErrorName(code));
    }
}

/* How much to hand over next: nothing when there is output to flush first, else no more than the rest of a
 * body or of a header. The end of a frame goes byte by byte: stored blocks come out as they go in, and a
 * frame of the wrong size fails with its last byte, so what came out before must not hang on how many came
 * with it. */
static size_t zstd_piece(const struct wp_decoder *d, size_t left) {
    size_t piece = d->wants;
    if (d->flush) return 0;
    if (piece == 0) piece = HEAD_BYTES + 1;
    piece = piece > ZSTD_BLOCK_HEADER_BYTES ? piece - ZSTD_BLOCK_HEADER_BYTES : 1;
    return piece < left ? piece : left;
}

static enum wp_status run_zstd(struct wp_decoder *d, struct wp_decoder_io *io) {
    while (io->out_len < io->out_cap && (d->flush || io->in_used < io->in_len)) {
        ZSTD_inBuffer in = {io->in + io->in_used, zstd_piece(d, io->in_len - io->in_used), 0};
        ZSTD_outBuffer out = {io->out + io->out_len, io->out_cap - io->out_len, 0};
        if (d->wants == 0 || d->wants >= ZSTD_BLOCK_HEADER_BYTES) d->piece_at = d->total_in;
        size_t code = ZSTD_decompressStream(d->zstd, &out, &in);
        if (ZSTD_isError(code)) {
            zstd_damage(d, code);
            wp_error_offset(&d->error, d->piece_at);
            return d->failed;
        }
        io->in_used += in.pos;
        io->out_len += out.pos;
        d->total_in += in.pos;
        d->flush = out.pos == out.size;
        d->wants = code;
        /* A call for flushing only, when nothing was left, leaves it where it was: between frames. */
        d->inside = code != 0 && (d->inside || in.pos != 0);
    }
    return WP_OK;
}

static enum wp_status run_format(struct wp_decoder *d, struct wp_decoder_io *io) {
    enum wp_status status = WP_OK;
    io->in_used = io->out_len = 0;
    if (d->format == WP_FORMAT_PLAIN) run_plain(d, io);
    if (d->format == WP_FORMAT_GZIP) status = run_gzip(d, io);
    if (d->format == WP_FORMAT_ZSTD) status = run_zstd(d, io);
    d->total_out += io->out_len;
    return status;
}

/* Feeds the bytes that were kept for sniffing. */
static enum wp_status run_head(struct wp_decoder *d, struct wp_decoder_io *io) {
    struct wp_decoder_io part = {.in = d->head + d->head_used,
                                 .in_len = d->head_len - d->head_used,
                                 .out = io->out,
                                 .out_cap = io->out_cap};
    enum wp_status status = run_format(d, &part);
    d->head_used += part.in_used;
    io->out_len = part.out_len;
    return status;
}

enum wp_status wp_decoder_run(struct wp_decoder *d, struct wp_decoder_io *io, struct wp_error *err) {
    io->in_used = io->out_len = 0;
    while (d->format == WP_FORMAT_UNKNOWN && io->in_used < io->in_len) {
        d->head[d->head_len++] = io->in[io->in_used++];
        d->format = sniff(d->head, d->head_len);
        if (d->format != WP_FORMAT_UNKNOWN) start_format(d);
    }
    if (d->format != WP_FORMAT_UNKNOWN && d->failed == WP_OK && d->head_used < d->head_len) run_head(d, io);
    if (d->format != WP_FORMAT_UNKNOWN && d->failed == WP_OK && d->head_used == d->head_len) {
        struct wp_decoder_io rest = {.in = io->in + io->in_used,
                                     .in_len = io->in_len - io->in_used,
                                     .out = io->out + io->out_len,
                                     .out_cap = io->out_cap - io->out_len};
        run_format(d, &rest);
        io->in_used += rest.in_used;
        io->out_len += rest.out_len;
    }
    if (d->failed != WP_OK && err) *err = d->error;
    return d->failed;
}

enum wp_status wp_decoder_finish(struct wp_decoder *d, struct wp_error *err) {
    bool cut_magic = d->format == WP_FORMAT_UNKNOWN && d->head_len > 0;
    if (cut_magic) d->total_in = d->head_len;
    if (d->failed == WP_OK && (d->inside || cut_magic)) {
        d->failed = wp_fail(&d->error, WP_EDAMAGED, "truncated: the file ends inside compressed data");
        wp_error_offset(&d->error, d->total_in);
    }
    if (d->failed != WP_OK && err) *err = d->error;
    return d->failed;
}

enum wp_format wp_decoder_format(const struct wp_decoder *d) {
    return d->format;
}

uint64_t wp_decoder_total_in(const struct wp_decoder *d) {
    return d->total_in;
}

uint64_t wp_decoder_total_out(const struct wp_decoder *d) {
    return d->total_out;
}

struct wp_encoder {
    enum wp_format format;
    ZSTD_CCtx *zstd;
    z_stream gzip;
    bool gzip_ready;
};

static enum wp_status start_encoder(struct wp_encoder *e) {
    if (e->format == WP_FORMAT_ZSTD) {
        if (!(e->zstd = ZSTD_createCCtx())) return WP_ENOMEM;
        ZSTD_CCtx_setParameter(e->zstd, ZSTD_c_compressionLevel, WP_ZSTD_LEVEL);
        ZSTD_CCtx_setParameter(e->zstd, ZSTD_c_checksumFlag, 1);
        /* Refused by a libzstd without threads, which then compresses in the calling thread. */
        ZSTD_CCtx_setParameter(e->zstd, ZSTD_c_nbWorkers, ZSTD_WORKERS);
        ZSTD_CCtx_setParameter(e->zstd, ZSTD_c_jobSize, ZSTD_JOB_BYTES);
    }
    if (e->format == WP_FORMAT_GZIP) {
        e->gzip.zalloc = zlib_alloc;
        e->gzip.zfree = zlib_free;
        if (deflateInit2(&e->gzip, WP_GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY_LEVEL,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            return WP_ENOMEM;
        e->gzip_ready = true;
    }
    return e->format == WP_FORMAT_UNKNOWN ? WP_EINVAL : WP_OK;
}

enum wp_status wp_encoder_new(struct wp_encoder **e, enum wp_format format, struct wp_error *err) {
    *e = wp_zalloc(1, sizeof **e);
    if (!*e) return wp_fail(err, WP_ENOMEM, "out of memory");
    (*e)->format = format;
    enum wp_status status = start_encoder(*e);
    if (status == WP_OK) return WP_OK;
    wp_encoder_free(*e);
    *e = NULL;
    return wp_fail(err, status, "cannot start %s compression", wp_format_name(format));
}

void wp_encoder_free(struct wp_encoder *e) {
    if (!e) return;
    ZSTD_freeCCtx(e->zstd);
    if (e->gzip_ready) deflateEnd(&e->gzip);
    wp_free(e);
}

static enum wp_status encode_zstd(struct wp_encoder *e, ZSTD_inBuffer *in, ZSTD_EndDirective end,
                                  struct wp_buffer *out) {
    size_t left;
    do {
        WP_TRY(wp_buffer_reserve(out, ZSTD_CStreamOutSize(), SIZE_MAX));
        ZSTD_outBuffer room = {out->data + out->len, out->cap - out->len, 0};
        left = ZSTD_compressStream2(e->zstd, &room, in, end);
        if (ZSTD_isError(left))
            return ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation ? WP_ENOMEM : WP_ESYSTEM;
        out->len += room.pos;
    } while (end == ZSTD_e_end ? left != 0 : in->pos < in->size);
    return WP_OK;
}

static enum wp_status encode_gzip(struct wp_encoder *e, int flush, struct wp_buffer *out) {
    z_stream *z = &e->gzip;
    int rc;
    do {
        WP_TRY(wp_buffer_reserve(out, ZSTD_CStreamOutSize(), SIZE_MAX));
        size_t room = out->cap - out->len < ZLIB_PIECE_MAX ? out->cap - out->len : ZLIB_PIECE_MAX;
        z->next_out = out->data + out->len;
        z->avail_out = (uInt)room;
        rc = deflate(z, flush);
        if (rc == Z_STREAM_ERROR) return WP_ESYSTEM;
        out->len += room - z->avail_out;
    } while (flush == Z_FINISH ? rc != Z_STREAM_END : z->avail_out == 0);
    return WP_OK;
}

static enum wp_status encode(struct wp_encoder *e, const uint8_t *in, size_t len, struct wp_buffer *out) {
    if (e->format == WP_FORMAT_PLAIN) return wp_buffer_add(out, in, len);
    if (e->format == WP_FORMAT_ZSTD) {
        ZSTD_inBuffer piece = {in, len, 0};
        return encode_zstd(e, &piece, ZSTD_e_continue, out);
    }
    for (size_t done = 0; done < len;) {
        size_t n = len - done < ZLIB_PIECE_MAX ? len - done : ZLIB_PIECE_MAX;
        e->gzip.next_in = (Bytef *)(uintptr_t)(in + done);
        e->gzip.avail_in = (uInt)n;
        WP_TRY(encode_gzip(e, Z_NO_FLUSH, out));
        done += n;
    }
    return WP_OK;
}

enum wp_status wp_encoder_run(struct wp_encoder *e, const uint8_t *in, size_t len, struct wp_buffer *out,
                              struct wp_error *err) {
    enum wp_status status = len ? encode(e, in, len, out) : WP_OK;
    return status == WP_OK ? WP_OK : wp_fail(err, status, "cannot compress (%s)", wp_format_name(e->format));
}

enum wp_status wp_encoder_finish(struct wp_encoder *e, struct wp_buffer *out, struct wp_error *err) {
    enum wp_status status = WP_OK;
    ZSTD_inBuffer nothing = {NULL, 0, 0};
    if (e->format == WP_FORMAT_ZSTD) status = encode_zstd(e, &nothing, ZSTD_e_end, out);
    if (e->format == WP_FORMAT_GZIP) {
        e->gzip.avail_in = 0;
        status = encode_gzip(e, Z_FINISH, out);
    }
    return status == WP_OK ? WP_OK : wp_fail(err, status, "cannot compress (%s)", wp_format_name(e->format));
}
