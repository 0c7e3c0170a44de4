/*
 * manifest.h - which files make up the index: the one file that is replaced, by rename.
 *
 *     header | head | next file | next number | log | growing text file | state    (32 bits each)
 *            | segments: count 32, each: number | level | first | count (32) | bytes (64)
 *            | texts:    count 32, each: number (32) | bytes (64)
 *
 * What is not listed is not part of the index; a writer removes such files when it opens it. Segments stand
 * in the order of their articles' numbers and do not overlap; the log's articles come behind them.
 */
#ifndef WP_INDEX_MANIFEST_H
#define WP_INDEX_MANIFEST_H

#include <stdbool.h>
#include "base/fs.h"
#include "base/memory.h"
#include "index/format.h"

#define WP_MAGIC_MANIFEST 0x4e414d57u /* "WMAN" */

struct wp_manifest_segment {
    uint32_t number, level;
    uint32_t first, count; /* articles */
    uint64_t bytes;        /* of the file */
};

struct wp_manifest_texts {
    uint32_t number;
    uint64_t bytes; /* that segments refer to; what the log says is behind them */
};

struct wp_manifest {
    uint32_t next_file;
    uint32_t next_number; /* of the first article in the log */
    uint32_t log;         /* 0 = none: nothing was added since the last flush */
    uint32_t growing;     /* text file that further records go to; one of `texts`; 0 = none yet */
    uint32_t state;       /* 0 = none */
    struct wp_manifest_segment *segments;
    size_t segment_count, segment_cap;
    struct wp_manifest_texts *texts;
    size_t texts_count, texts_cap;
};

void wp_manifest_release(struct wp_manifest *m);
/* WP_ENOMEM; *to is then empty. */
enum wp_status wp_manifest_copy(struct wp_manifest *to, const struct wp_manifest *from);
/* Do both name the same files? */
bool wp_manifest_is_same(const struct wp_manifest *a, const struct wp_manifest *b);
enum wp_status wp_manifest_add_segment(struct wp_manifest *m, const struct wp_manifest_segment *s);
enum wp_status wp_manifest_add_texts(struct wp_manifest *m, uint32_t number, uint64_t bytes);

/* WP_ENOENT when there is none, WP_EDAMAGED, WP_EVERSION, WP_ESCHEME. Release in any case. */
enum wp_status wp_manifest_read(struct wp_manifest *m, const char *dir, struct wp_error *err);
/* Writes it aside, syncs, renames, syncs the directory: when this returns WP_OK, the new one is in force and
 * lasting. When it fails at or behind the rename, either may be in force. */
enum wp_status wp_manifest_write(const struct wp_manifest *m, const struct wp_fs *fs, const char *dir,
                                 struct wp_error *err);

#endif
