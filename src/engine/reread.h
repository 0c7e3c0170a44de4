/*
 * reread.h - a text of a plain file, read again when its pair is to be settled.
 *
 * Lines of plain regular files are not kept aside while reading: an article's row says where its line stands,
 * and that line is read, parsed and hashed again. One reader per thread.
 */
#ifndef WP_ENGINE_REREAD_H
#define WP_ENGINE_REREAD_H

#include "engine/run.h"

struct wp_rereader;

/* WP_ENOMEM, WP_EINVAL as wp_record_parser_new. */
enum wp_status wp_rereader_new(struct wp_rereader **out, struct wp_run *run, struct wp_error *err);
void wp_rereader_free(struct wp_rereader *r);
/* The line of an article whose row has line_bytes (that is its length), with WP_RECORD_PADDING readable bytes
 * behind it; borrowed until the next call. Errors as below, but what it says is not looked at. */
enum wp_status wp_reread_line(struct wp_rereader *r, uint32_t rank, const struct wp_article_row *row,
                              const uint8_t **line, struct wp_error *err);
/* Fills shingles[0..row->shingles) of an article whose row has line_bytes. WP_EDAMAGED when the line is not
 * what it was, WP_ENOMEM and those of reading. */
enum wp_status wp_reread_shingles(struct wp_rereader *r, uint32_t rank, const struct wp_article_row *row,
                                  uint64_t *shingles, struct wp_error *err);

#endif
