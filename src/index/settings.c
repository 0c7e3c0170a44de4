/* settings.c - see settings.h. */
#include "index/settings.h"

#include "index/small_file.h"

enum { LENGTHS_BYTES = 8, FRONT_BYTES = WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES + LENGTHS_BYTES };

void wp_index_settings_release(struct wp_index_settings *s) {
    wp_buffer_release(&s->owners);
    wp_buffer_release(&s->agencies);
    *s = (struct wp_index_settings){0};
}

/* ---- reading ---- */

static const char damaged[] = "the settings are damaged";

static enum wp_status is_damaged(const char *name, struct wp_error *err) {
    return wp_fail_file(err, WP_EDAMAGED, name, "%s", damaged);
}

static enum wp_status take(struct wp_index_settings *s, const struct wp_buffer *b, const char *name,
                           struct wp_error *err) {
    struct wp_block_head head;
    WP_TRY(wp_header_check(b->data, b->len, WP_INDEX_SETTINGS, 0, name, err));
    const uint8_t *at = b->data + WP_HEADER_BYTES, *stored = at + WP_BLOCK_HEAD_BYTES;
    if (b->len < FRONT_BYTES) return is_damaged(name, err);
    wp_block_head_read(&head, at);
    if (head.magic != WP_MAGIC_SETTINGS || head.stored != b->len - FRONT_BYTES + LENGTHS_BYTES ||
        !wp_block_is_sound(at, stored, head.stored))
        return is_damaged(name, err);
    uint32_t owners = wp_load32(stored), agencies = wp_load32(stored + 4);
    if ((uint64_t)owners + agencies != b->len - FRONT_BYTES) return is_damaged(name, err);
    s->no_furniture = head.a & 1;
    enum wp_status status = wp_buffer_add(&s->owners, b->data + FRONT_BYTES, owners);
    if (status == WP_OK) status = wp_buffer_add(&s->agencies, b->data + FRONT_BYTES + owners, agencies);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "out of memory");
}

enum wp_status wp_index_settings_read(struct wp_index_settings *s, const char *dir, struct wp_error *err) {
    struct wp_buffer b = {0};
    *s = (struct wp_index_settings){0};
    char *name = wp_path_join(dir, WP_SETTINGS_NAME);
    if (!name) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_status status = WP_OK;
    if (wp_file_kind(name) != WP_FILE_MISSING) {
        status = wp_small_file_read(&b, name, FRONT_BYTES + 2 * WP_SETTINGS_TEXT_MAX, damaged, err);
        if (status == WP_OK) status = take(s, &b, name, err);
    }
    wp_buffer_release(&b);
    wp_free(name);
    return status;
}

/* ---- writing ---- */

static enum wp_status make_file(const struct wp_index_settings *s, struct wp_buffer *b) {
    uint8_t front[FRONT_BYTES] = {0};
    uint8_t *lengths = front + WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES;
    wp_header_write(front, WP_INDEX_SETTINGS, 0);
    wp_store32(lengths, (uint32_t)s->owners.len);
    wp_store32(lengths + 4, (uint32_t)s->agencies.len);
    WP_TRY(wp_buffer_add(b, front, sizeof front));
    WP_TRY(wp_buffer_add(b, s->owners.data, s->owners.len));
    WP_TRY(wp_buffer_add(b, s->agencies.data, s->agencies.len));
    const uint8_t *stored = b->data + WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES;
    wp_block_head_write(b->data + WP_HEADER_BYTES, WP_MAGIC_SETTINGS, s->no_furniture, 0, stored,
                        b->len - WP_HEADER_BYTES - WP_BLOCK_HEAD_BYTES);
    return WP_OK;
}

enum wp_status wp_index_settings_write(const struct wp_index_settings *s, const struct wp_fs *fs,
                                       const char *dir, struct wp_error *err) {
    struct wp_buffer b = {0};
    enum wp_status status = make_file(s, &b);
    if (status == WP_OK)
        status = wp_small_file_replace(&b, fs, dir, WP_SETTINGS_NAME, WP_SETTINGS_ASIDE, err);
    else
        wp_fail(err, status, "out of memory");
    wp_buffer_release(&b);
    return status;
}
