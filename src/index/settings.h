/*
 * settings.h - what an index was told once and every command must know: which owners are sisters, which
 * further agencies there are, whether furniture is left out.
 *
 *     header | head (a: bit 0, furniture counts as text) | bytes of owners, of agencies (32 bits each)
 *            | owners | agencies
 *
 * The index keeps the two files byte for byte, as they would be read, and does not look into them
 * (engine/terms.h does). The file `settings` is there when somebody has set something; it is replaced by
 * rename, so that a reader finds the old or the new one. Rows and stories do not depend on it: they keep
 * what was decided when they were made.
 */
#ifndef WP_INDEX_SETTINGS_H
#define WP_INDEX_SETTINGS_H

#include <stdbool.h>
#include "base/fs.h"
#include "base/memory.h"
#include "index/format.h"

#define WP_MAGIC_SETTINGS 0x54455357u /* "WSET" */
#define WP_SETTINGS_NAME "settings"
#define WP_SETTINGS_ASIDE "settings.new"
/* Of either file. */
#define WP_SETTINGS_TEXT_MAX ((size_t)64 << 20)

/* Zero-initialised is what an index has that was told nothing. */
struct wp_index_settings {
    struct wp_buffer owners, agencies; /* len 0: none */
    bool no_furniture;
};
void wp_index_settings_release(struct wp_index_settings *s);

/* Reads the file in `dir`; without one nothing is set. *s is filled in place; release in any case.
 * WP_EDAMAGED, WP_EVERSION or WP_ESCHEME with the file's name, WP_ENOMEM. */
enum wp_status wp_index_settings_read(struct wp_index_settings *s, const char *dir, struct wp_error *err);
/* Replaces it, lasting when this returns WP_OK. By the writer alone. */
enum wp_status wp_index_settings_write(const struct wp_index_settings *s, const struct wp_fs *fs,
                                       const char *dir, struct wp_error *err);

#endif
