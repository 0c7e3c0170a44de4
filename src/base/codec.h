/*
 * codec.h - plain, gzip and zstd as streams; the only place that knows zlib and zstd.
 *
 * The decoder finds out by itself what it is handed, by content and never by name: gzip (any number of
 * members, zero padding behind the last), zstd (any number of frames, skippable frames anywhere) or plain.
 * It is fed compressed bytes in pieces of any size and gives decoded bytes in pieces of any size. What stands
 * before a damaged place is always delivered: for zstd up to the damaged block, for gzip up to the damaged
 * symbol (its checksum comes later, so the last bytes of it may be wrong).
 *
 * Each handle belongs to one thread at a time; nothing is shared between handles.
 */
#ifndef WP_BASE_CODEC_H
#define WP_BASE_CODEC_H

#include "base/memory.h"
#include "base/status.h"

enum wp_format {
    WP_FORMAT_UNKNOWN, /* not enough bytes seen yet */
    WP_FORMAT_PLAIN,
    WP_FORMAT_GZIP,
    WP_FORMAT_ZSTD,
};

/* "plain", "gzip", "zstd" or "unknown". */
const char *wp_format_name(enum wp_format format);
/* What the end of a name asks for: .gz, .zst (also .zstd), else plain. */
enum wp_format wp_format_of_name(const char *name);

/* zstd frames that need a larger window than 2 to this are refused, as the zstd program does: it is what one
 * decoder may have to hold in memory. */
#define WP_ZSTD_WINDOW_LOG_MAX 27
/* Level of what is written: zstd's own default, and gzip's. */
#define WP_ZSTD_LEVEL 3
#define WP_GZIP_LEVEL 6

/* A piece of compressed bytes, and room for decoded ones. wp_decoder_run moves both forward. */
struct wp_decoder_io {
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t out_cap;
    size_t in_used; /* set: bytes of `in` consumed */
    size_t out_len; /* set: bytes written to `out` */
};

struct wp_decoder;

/* WP_ENOMEM. */
enum wp_status wp_decoder_new(struct wp_decoder **d);
void wp_decoder_free(struct wp_decoder *d);
/* Ready for the first byte of another file; what it allocated is kept. */
void wp_decoder_reset(struct wp_decoder *d);

/*
 * Decodes until io->in is used up or io->out is full. in_used and out_len are set in any case. After WP_OK
 * with out_len == out_cap there may be more to come: call again with new room before feeding more or
 * finishing. WP_EDAMAGED: the out_len bytes are good, nothing behind them can be had; *err tells the reason
 * and the offset in the compressed file at which the damaged part begins (not the file's name: the decoder
 * knows none). The decoder then stays damaged until reset. WP_ENOMEM likewise.
 */
enum wp_status wp_decoder_run(struct wp_decoder *d, struct wp_decoder_io *io, struct wp_error *err);

/* At the end of the input, when the last run left room in io->out. WP_EDAMAGED when it ends inside a frame or
 * member (offset: where the file ends) or when the decoder is damaged already. */
enum wp_status wp_decoder_finish(struct wp_decoder *d, struct wp_error *err);

enum wp_format wp_decoder_format(const struct wp_decoder *d);
uint64_t wp_decoder_total_in(const struct wp_decoder *d);
uint64_t wp_decoder_total_out(const struct wp_decoder *d);

struct wp_encoder;

/* One frame or member from here to finish. zstd is written with one worker thread beside the caller; the
 * bytes do not depend on threads nor on how the input is cut. WP_ENOMEM, WP_EINVAL for WP_FORMAT_UNKNOWN. */
enum wp_status wp_encoder_new(struct wp_encoder **e, enum wp_format format, struct wp_error *err);
void wp_encoder_free(struct wp_encoder *e);

/* Takes all of `in` and appends what is ready to *out (owned by the caller, who empties it when written). */
enum wp_status wp_encoder_run(struct wp_encoder *e, const uint8_t *in, size_t len, struct wp_buffer *out,
                              struct wp_error *err);
/* Appends the rest. Only wp_encoder_free may follow. */
enum wp_status wp_encoder_finish(struct wp_encoder *e, struct wp_buffer *out, struct wp_error *err);

#endif
