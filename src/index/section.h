/*
 * section.h - the parts of a segment: written in one go, checked block by block when first read.
 *
 * A section is bytes in a segment file; every WP_CHECK_BYTES of it (the last block may be shorter) have an
 * XXH3-64, and these stand behind the section. A reader maps the file and asks for ranges; the blocks that
 * a range touches are checked the first time, and what is damaged is named and never used.
 *
 *     header | section 0 | checksums 0 | section 1 | checksums 1 | ... | footer | trailer
 *
 * The footer lists the sections, the trailer says where the footer is: see FORMAT.md.
 */
#ifndef WP_INDEX_SECTION_H
#define WP_INDEX_SECTION_H

#include "base/bits.h"
#include "base/fs.h"
#include "index/format.h"
#include "index/resident.h"

enum { WP_SECTIONS_MAX = 16 };

/* What the footer says of a section. */
struct wp_section_entry {
    uint32_t kind;
    uint32_t a, b;   /* as the kind defines */
    uint64_t offset; /* in the file */
    uint64_t len;    /* without the checksums, which stand behind it */
    uint64_t c;      /* as the kind defines */
};
enum { WP_SECTION_ENTRY_BYTES = 40 };

/* A section of a mapped file. Any thread may read. */
struct wp_section {
    const uint8_t *data;
    uint64_t len;
    const uint8_t *checks;      /* 8 bytes for each block */
    struct wp_bits checked;     /* by block: found to be sound */
    const char *name;           /* of the file; borrowed */
    uint64_t offset;            /* in the file */
    struct wp_windows *windows; /* of the file, which are told what is read; borrowed; NULL: not watched */
};

/* The entry must lie inside the file: WP_EDAMAGED. WP_ENOMEM. The mapping and the name are borrowed. */
enum wp_status wp_section_init(struct wp_section *s, const struct wp_section_entry *entry,
                               const uint8_t *file, size_t file_len, const char *name, struct wp_error *err);
void wp_section_release(struct wp_section *s);
/* Makes sure that bytes [offset, offset + len) are there and sound, before they are read. WP_EDAMAGED with
 * file and offset. */
enum wp_status wp_section_check(const struct wp_section *s, uint64_t offset, uint64_t len,
                                struct wp_error *err);

/* Are bytes [offset, offset + len), 1 to WP_CHECK_BYTES, in memory and sound, as far as is known? Then they
 * may be read, which counts as use of their windows. */
static inline bool wp_section_is_ready(const struct wp_section *s, uint64_t offset, uint64_t len) {
    if (offset > s->len || len > s->len - offset) return false;
    uint64_t last = offset + len - 1; /* in the same block and window, or the next */
    if (!wp_bits_get(&s->checked, offset / WP_CHECK_BYTES) ||
        !wp_bits_get(&s->checked, last / WP_CHECK_BYTES))
        return false;
    if (!s->windows) return true;
    if (!wp_windows_are_near(s->windows, s->offset + offset) ||
        !wp_windows_are_near(s->windows, s->offset + last))
        return false;
    wp_windows_touch(s->windows, s->offset + offset, len);
    return true;
}

/* Bytes of a section, and how many there are from there on. */
struct wp_section_bytes {
    const uint8_t *data;
    uint64_t len;
};
enum { WP_SECTION_COPY_BYTES = 1024 };
/* Inside: the same when they are not ready. */
enum wp_status wp_section_fetch_(const struct wp_section *s, uint64_t offset, uint64_t len,
                                 uint8_t copy[WP_SECTION_COPY_BYTES], struct wp_section_bytes *bytes,
                                 struct wp_error *err);
/* Makes sure, as wp_section_check, of a few bytes somewhere, which *bytes are from then on: where they are
 * mapped, or in `copy` when they are not in memory yet and there is no room for more pages (resident.h). More
 * than WP_SECTION_COPY_BYTES are mapped in any case. When copy is NULL all are mapped. WP_EIO, too. */
static inline enum wp_status wp_section_read(const struct wp_section *s, uint64_t offset, uint64_t len,
                                             uint8_t copy[WP_SECTION_COPY_BYTES],
                                             struct wp_section_bytes *bytes, struct wp_error *err) {
    if (!len || len > WP_CHECK_BYTES || !wp_section_is_ready(s, offset, len))
        return wp_section_fetch_(s, offset, len, copy, bytes, err);
    *bytes = (struct wp_section_bytes){s->data + offset, s->len - offset};
    return WP_OK;
}

/* Writes a segment file: header, then section after section. */
struct wp_section_writer {
    const struct wp_fs *fs;
    struct wp_file file;
    uint8_t *buffer; /* WP_CHECK_BYTES: the block being filled */
    size_t used;
    uint64_t offset; /* bytes written */
    struct wp_buffer checks;
    struct wp_section_entry sections[WP_SECTIONS_MAX];
    unsigned count;
    uint8_t *out; /* larger writes */
    size_t out_used;
};

/* Creates the file and writes its header. */
enum wp_status wp_section_writer_open(struct wp_section_writer *w, const struct wp_fs *fs, const char *name,
                                      uint32_t number, struct wp_error *err);
enum wp_status wp_section_begin(struct wp_section_writer *w, uint32_t kind, struct wp_error *err);
enum wp_status wp_section_write(struct wp_section_writer *w, const void *data, size_t len,
                                struct wp_error *err);
/* Ends the section that began last; a, b, c go to its entry. */
enum wp_status wp_section_end(struct wp_section_writer *w, uint32_t a, uint32_t b, uint64_t c,
                              struct wp_error *err);
/* Writes footer (the caller's bytes, then the entries) and trailer, syncs, closes. */
enum wp_status wp_section_writer_finish(struct wp_section_writer *w, const void *meta, size_t meta_len,
                                        struct wp_error *err);
void wp_section_writer_release(struct wp_section_writer *w);

/* Finds footer and entries in a mapped segment file. *meta is borrowed. */
enum wp_status wp_sections_read(const uint8_t *file, size_t len, const char *name, const uint8_t **meta,
                                size_t *meta_len, struct wp_section_entry *entries, unsigned *count,
                                struct wp_error *err);

#endif
