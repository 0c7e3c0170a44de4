/*
 * input_flags.h - the flags of all commands that read dumps: what fields are called, what is no record, what
 * is told meanwhile.
 *
 * A command embeds a struct wp_field_flags or a struct wp_read_flags in its settings, names the rows as a
 * table that it shares, and hands the values to a struct wp_settings (engine/settings.h), which checks them.
 */
#ifndef WP_CLI_INPUT_FLAGS_H
#define WP_CLI_INPUT_FLAGS_H

#include "cli/options.h"
#include "engine/settings.h"

/* What was not given is NULL. */
struct wp_field_flags {
    const char *id, *text, *url, *source, *title, *date, *lang, *date_format;
};

/* max_record begins as WP_FLAG_NOT_GIVEN. */
struct wp_read_flags {
    uint64_t max_record;
    bool strict, quiet, no_progress;
};

/* A number that stands for none. */
#define WP_FLAG_NOT_GIVEN UINT64_MAX

/* Their rows, for wp_command.shared; at: offset of the struct in the command's settings. */
enum { WP_FIELD_FLAG_COUNT = 8, WP_READ_FLAG_COUNT = 4 };
extern const struct wp_flag wp_field_flag_rows[WP_FIELD_FLAG_COUNT];
extern const struct wp_flag wp_read_flag_rows[WP_READ_FLAG_COUNT];
/* Changes what was given. WP_EINVAL with the flag's name. */
enum wp_status wp_field_flags_set(const struct wp_field_flags *f, struct wp_settings *s,
                                  struct wp_error *err);
enum wp_status wp_read_flags_set(const struct wp_read_flags *f, struct wp_settings *s, struct wp_error *err);

/* wp_settings_set of what was given: a text that is not NULL, a number that is not WP_FLAG_NOT_GIVEN. */
enum wp_status wp_flag_set_words(struct wp_settings *s, const char *name, const char *value,
                                 struct wp_error *err);
enum wp_status wp_flag_set_number(struct wp_settings *s, const char *name, uint64_t value,
                                  struct wp_error *err);

#endif
