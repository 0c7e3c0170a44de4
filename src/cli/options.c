/* options.c - see options.h. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMN 30

static bool parse_count(const char *text, uint64_t *out) {
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9') return false;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool parse_size(const char *text, uint64_t *out) {
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9') return false;
    double value = strtod(text, &end);
    if (errno || !isfinite(value)) return false;
    const char *unit = *end ? strchr(units, *end >= 'a' ? *end - 32 : *end) : NULL;
    if (unit) {
        value = ldexp(value, 10 * (int)(unit - units + 1));
        end++;
        if (*end == 'i') end++;
    }
    if (*end == 'B') end++;
    if (*end != '\0' || value >= 0x1p63) return false;
    *out = (uint64_t)value;
    return true;
}

static bool parse_real(const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out);
}

/* A row of one of the command's tables, and where that table's part of the settings begins. */
struct row {
    const struct wp_flag *flag; /* NULL: there is none */
    size_t at;
};

static enum wp_status set_value(struct row row, const char *value, void *settings, struct wp_error *err) {
    static const char *const wanted[] = {"", "", "a whole number", "a size such as 512M", "a number"};
    const struct wp_flag *flag = row.flag;
    void *at = (char *)settings + row.at + flag->offset;
    bool good = true;
    switch (flag->kind) {
    case WP_FLAG_BOOL: *(bool *)at = true; break;
    case WP_FLAG_TEXT: *(const char **)at = value; break;
    case WP_FLAG_COUNT: good = parse_count(value, at); break;
    case WP_FLAG_SIZE: good = parse_size(value, at); break;
    case WP_FLAG_REAL: good = parse_real(value, at); break;
    }
    if (good) return WP_OK;
    return wp_fail(err, WP_EINVAL, "--%s takes %s, not '%s'", flag->name, wanted[flag->kind], value);
}

/* The tables of a command: its own, then those it shares. */
static struct wp_flag_group group_of(const struct wp_command *c, size_t i) {
    return i ? c->shared[i - 1] : (struct wp_flag_group){c->flags, c->flag_count, 0};
}

/* By its name of len bytes, or by its letter when name is NULL. */
static struct row find_flag(const struct wp_command *c, const char *name, size_t len, char letter) {
    for (size_t i = 0; i <= WP_FLAG_GROUPS_MAX; i++) {
        struct wp_flag_group group = group_of(c, i);
        for (size_t k = 0; k < group.count; k++) {
            const struct wp_flag *f = &group.flags[k];
            bool same = name ? strlen(f->name) == len && memcmp(f->name, name, len) == 0
                             : f->letter && f->letter == letter;
            if (same) return (struct row){f, group.at};
        }
    }
    return (struct row){NULL, 0};
}

/* One flag at argv[*at]; *at moves on when the value is the next argument. */
static enum wp_status parse_flag(const struct wp_command *c, int argc, char **argv, int *at, void *settings,
                                 struct wp_error *err) {
    const char *arg = argv[*at], *value = NULL;
    struct row row;
    if (arg[1] == '-') {
        size_t len = strcspn(arg + 2, "=");
        row = find_flag(c, arg + 2, len, 0);
        if (arg[2 + len] == '=') value = arg + 2 + len + 1;
    } else {
        row = find_flag(c, NULL, 0, arg[1]);
        if (arg[2]) value = arg + 2;
    }
    const struct wp_flag *flag = row.flag;
    if (!flag) return wp_fail(err, WP_EINVAL, "unknown option '%s' (see wireprint %s --help)", arg, c->name);
    if (flag->kind == WP_FLAG_BOOL)
        return value ? wp_fail(err, WP_EINVAL, "--%s takes no value", flag->name)
                     : set_value(row, NULL, settings, err);
    if (!value) {
        if (*at + 1 >= argc) return wp_fail(err, WP_EINVAL, "--%s needs a value", flag->name);
        value = argv[++*at];
    }
    return set_value(row, value, settings, err);
}

enum wp_status wp_options_parse(const struct wp_command *command, int argc, char **argv, void *settings,
                                int *operands, struct wp_error *err) {
    bool only_operands = false;
    *operands = 0;
    for (int i = 1; i < argc; i++) {
        if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[++*operands] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return WP_END;
        } else {
            WP_TRY(parse_flag(command, argc, argv, &i, settings, err));
        }
    }
    return WP_OK;
}

static void print_flag(const struct wp_flag *f) {
    char left[96], letter[8] = "    ";
    if (f->letter) snprintf(letter, sizeof letter, "-%c, ", f->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, f->name, f->metavar ? " " : "",
             f->metavar ? f->metavar : "");
    if (strlen(left) + 2 > HELP_COLUMN)
        printf("%s\n%*s%s\n", left, HELP_COLUMN, "", f->help);
    else
        printf("%-*s%s\n", HELP_COLUMN, left, f->help);
}

static void print_help(const struct wp_command *c) {
    printf("usage: wireprint %s %s\n\n%c%s.\n", c->name, c->usage, toupper((unsigned char)c->summary[0]),
           c->summary + 1);
    if (c->details) printf("\n%s\n", c->details);
    if (c->flag_count || c->shared[0].count) printf("\noptions:\n");
    for (size_t i = 0; i <= WP_FLAG_GROUPS_MAX; i++) {
        struct wp_flag_group group = group_of(c, i);
        for (size_t k = 0; k < group.count; k++) print_flag(&group.flags[k]);
    }
}

int wp_options_start(const struct wp_command *command, int argc, char **argv, void *settings, int *operands) {
    struct wp_error err = {0};
    enum wp_status status = wp_options_parse(command, argc, argv, settings, operands, &err);
    if (status == WP_END) {
        print_help(command);
        return WP_EXIT_OK;
    }
    return status == WP_OK ? -1 : wp_command_failed(command, &err);
}

int wp_command_failed(const struct wp_command *command, const struct wp_error *err) {
    char text[1024];
    fprintf(stderr, "wireprint %s: %s\n", command->name, wp_error_text(err, text, sizeof text));
    if (err->status == WP_EINVAL) return WP_EXIT_USAGE;
    return err->status == WP_ECANCELED ? WP_EXIT_SIGNAL : WP_EXIT_FAILED;
}
