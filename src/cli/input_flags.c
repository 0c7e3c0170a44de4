/* input_flags.c - see input_flags.h. */
#include "cli/input_flags.h"

#include <inttypes.h>
#include <stdio.h>

const struct wp_flag wp_field_flag_rows[WP_FIELD_FLAG_COUNT] = {
#define AT(field) offsetof(struct wp_field_flags, field)
    {"id-field", 0, WP_FLAG_TEXT, AT(id), "NAME", "field with the id; a.b for nested ones [id]"},
    {"text-field", 0, WP_FLAG_TEXT, AT(text), "NAME", "field with the text [text]"},
    {"url-field", 0, WP_FLAG_TEXT, AT(url), "NAME", "field with the url [url]"},
    {"source-field", 0, WP_FLAG_TEXT, AT(source), "NAME", "field with the source [source]"},
    {"title-field", 0, WP_FLAG_TEXT, AT(title), "NAME", "field with the title [title]"},
    {"date-field", 0, WP_FLAG_TEXT, AT(date), "NAME", "field with the date [date]"},
    {"lang-field", 0, WP_FLAG_TEXT, AT(lang), "NAME", "field with the language [lang]"},
    {"date-format", 0, WP_FLAG_TEXT, AT(date_format), "FORMAT",
     "such as %m/%d/%Y, tried before the built-in forms"},
#undef AT
};

const struct wp_flag wp_read_flag_rows[WP_READ_FLAG_COUNT] = {
#define AT(field) offsetof(struct wp_read_flags, field)
    {"max-record", 0, WP_FLAG_SIZE, AT(max_record), "SIZE", "longer lines are rejected and told [64M]"},
    {"strict", 0, WP_FLAG_BOOL, AT(strict), NULL, "the first bad record ends the run"},
    {"no-progress", 0, WP_FLAG_BOOL, AT(no_progress), NULL, "no progress line"},
    {"quiet", 'q', WP_FLAG_BOOL, AT(quiet), NULL, "print errors only"},
#undef AT
};

enum wp_status wp_flag_set_words(struct wp_settings *s, const char *name, const char *value,
                                 struct wp_error *err) {
    return value ? wp_settings_set(s, name, value, err) : WP_OK;
}

enum wp_status wp_flag_set_number(struct wp_settings *s, const char *name, uint64_t value,
                                  struct wp_error *err) {
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return value != WP_FLAG_NOT_GIVEN ? wp_settings_set(s, name, text, err) : WP_OK;
}

enum wp_status wp_field_flags_set(const struct wp_field_flags *f, struct wp_settings *s,
                                  struct wp_error *err) {
    const char *const words[][2] = {{"id-field", f->id},       {"text-field", f->text},
                                    {"url-field", f->url},     {"source-field", f->source},
                                    {"title-field", f->title}, {"date-field", f->date},
                                    {"lang-field", f->lang},   {"date-format", f->date_format}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        WP_TRY(wp_flag_set_words(s, words[i][0], words[i][1], err));
    return WP_OK;
}

enum wp_status wp_read_flags_set(const struct wp_read_flags *f, struct wp_settings *s, struct wp_error *err) {
    WP_TRY(wp_flag_set_number(s, "max-record", f->max_record, err));
    s->strict = f->strict;
    return WP_OK;
}
