/* settings.c - see settings.h. */
#include "engine/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/thread.h"
#include "input/date.h"

static const char *const keep_names[] = {"earliest", "longest", "first", "source"};

const char *wp_keep_name(enum wp_keep keep) {
    return keep_names[keep];
}

void wp_settings_init(struct wp_settings *s) {
    *s = (struct wp_settings){.verify_exact = true,
                              .keep = WP_KEEP_EARLIEST,
                              .keep_words = "earliest",
                              .threads = wp_threads_available(),
                              .tmp_dir = ".",
                              .furniture = true,
                              .max_record_bytes = WP_MAX_RECORD_BYTES};
    (void)wp_rule_parse("story", &s->rule, NULL);
}

static enum wp_status set_keep(struct wp_settings *s, const char *value, struct wp_error *err) {
    s->keep_words = value;
    for (int i = WP_KEEP_EARLIEST; i <= WP_KEEP_FIRST; i++) {
        if (strcmp(value, keep_names[i]) != 0) continue;
        s->keep = (enum wp_keep)i;
        return WP_OK;
    }
    if (strncmp(value, "source:", 7) != 0 || !value[7])
        return wp_fail(err, WP_EINVAL, "--keep takes earliest, longest, first or source:LIST, not '%s'",
                       value);
    s->keep = WP_KEEP_SOURCE;
    s->sources = value + 7;
    return WP_OK;
}

static enum wp_status set_verify(struct wp_settings *s, const char *value, struct wp_error *err) {
    s->verify_exact = strcmp(value, "exact") == 0;
    if (s->verify_exact || strcmp(value, "sketch") == 0) return WP_OK;
    return wp_fail(err, WP_EINVAL, "--verify takes exact or sketch, not '%s'", value);
}

static enum wp_status set_furniture(struct wp_settings *s, const char *value, struct wp_error *err) {
    s->furniture = strcmp(value, "on") == 0;
    if (s->furniture || strcmp(value, "off") == 0) return WP_OK;
    return wp_fail(err, WP_EINVAL, "furniture is on or off, not '%s'", value);
}

static enum wp_status set_match(struct wp_settings *s, const char *value, struct wp_error *err) {
    return wp_rule_parse(value, &s->rule, err);
}

static enum wp_status parse_number(const char *name, const char *value, uint64_t *out, struct wp_error *err) {
    char *end;
    errno = 0;
    *out = strtoull(value, &end, 10);
    if (errno || *end || value[0] < '0' || value[0] > '9')
        return wp_fail(err, WP_EINVAL, "--%s takes a whole number, not '%s'", name, value);
    return WP_OK;
}

static enum wp_status set_threads(struct wp_settings *s, const char *value, struct wp_error *err) {
    uint64_t threads;
    WP_TRY(parse_number("threads", value, &threads, err));
    if (threads < 1 || threads > WP_THREADS_MAX)
        return wp_fail(err, WP_EINVAL, "--threads takes 1 to %d, not '%s'", WP_THREADS_MAX, value);
    s->threads = (unsigned)threads;
    return WP_OK;
}

static enum wp_status set_memory(struct wp_settings *s, const char *value, struct wp_error *err) {
    WP_TRY(parse_number("memory", value, &s->memory_bytes, err));
    if (s->memory_bytes < WP_MEMORY_MIN_BYTES)
        return wp_fail(err, WP_EINVAL, "--memory takes at least 64M, not %s bytes", value);
    return WP_OK;
}

static enum wp_status set_max_record(struct wp_settings *s, const char *value, struct wp_error *err) {
    WP_TRY(parse_number("max-record", value, &s->max_record_bytes, err));
    if (s->max_record_bytes < 2 || s->max_record_bytes > UINT32_MAX / 2)
        return wp_fail(err, WP_EINVAL, "--max-record takes 2 bytes or more, and less than 2G, not %s", value);
    return WP_OK;
}

static enum wp_status set_date_format(struct wp_settings *s, const char *value, struct wp_error *err) {
    if (!*value || !wp_date_format_valid(value))
        return wp_fail(err, WP_EINVAL, "--date-format takes a format such as %%m/%%d/%%Y, not '%s'", value);
    s->date_format = value;
    return WP_OK;
}

/* Settings whose value needs a look, by the name of their flag. */
static const struct {
    const char *name;
    enum wp_status (*set)(struct wp_settings *, const char *, struct wp_error *);
} setters[] = {{"match", set_match},           {"verify", set_verify},          {"keep", set_keep},
               {"furniture", set_furniture},   {"threads", set_threads},        {"memory", set_memory},
               {"max-record", set_max_record}, {"date-format", set_date_format}};

/* Settings that are words. */
static const struct {
    const char *name;
    size_t offset;
} words[] = {{"tmp", offsetof(struct wp_settings, tmp_dir)},
             {"id-field", offsetof(struct wp_settings, fields.id)},
             {"text-field", offsetof(struct wp_settings, fields.text)},
             {"url-field", offsetof(struct wp_settings, fields.url)},
             {"source-field", offsetof(struct wp_settings, fields.source)},
             {"title-field", offsetof(struct wp_settings, fields.title)},
             {"date-field", offsetof(struct wp_settings, fields.date)},
             {"lang-field", offsetof(struct wp_settings, fields.lang)}};

enum wp_status wp_settings_set(struct wp_settings *s, const char *name, const char *value,
                               struct wp_error *err) {
    const struct wp_settings before = *s;
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        if (strcmp(name, setters[i].name) != 0) continue;
        enum wp_status status = setters[i].set(s, value, err);
        if (status != WP_OK) *s = before;
        return status;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(name, words[i].name) != 0) continue;
        if (!*value) return wp_fail(err, WP_EINVAL, "--%s needs a value", name);
        memcpy((char *)s + words[i].offset, &value, sizeof value);
        return WP_OK;
    }
    return wp_fail(err, WP_EINVAL, "there is no setting '%s'", name);
}
