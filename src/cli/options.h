/*
 * options.h - one row per flag: the parser, `--help` and the man page read the same tables.
 *
 * A command describes itself by a struct wp_command whose rows point into its own settings struct by offset.
 * Values are checked here (numbers, sizes, ranges); what they mean is the command's business.
 */
#ifndef WP_CLI_OPTIONS_H
#define WP_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

enum wp_flag_kind {
    WP_FLAG_BOOL,  /* bool; no value */
    WP_FLAG_TEXT,  /* const char *; points into argv */
    WP_FLAG_COUNT, /* uint64_t; decimal, not negative */
    WP_FLAG_SIZE,  /* uint64_t bytes; K, M, G, T and KiB ... suffixes are powers of 1024 */
    WP_FLAG_REAL,  /* double */
};

struct wp_flag {
    const char *name; /* without "--" */
    char letter;      /* short form, 0 = none */
    enum wp_flag_kind kind;
    size_t offset;       /* of the value in the settings struct */
    const char *metavar; /* name of the value in --help, NULL for WP_FLAG_BOOL */
    const char *help;    /* one sentence, default in brackets */
};

/* A table that several commands have: its offsets count from `at` in the settings struct. */
struct wp_flag_group {
    const struct wp_flag *flags;
    size_t count, at;
};

enum { WP_FLAG_GROUPS_MAX = 2 };

struct wp_command {
    const char *name;    /* "dedup" */
    const char *usage;   /* "INPUT... [-o KEPT]" */
    const char *summary; /* one line for the list of commands */
    const char *details; /* paragraphs for --help; may be NULL */
    const struct wp_flag *flags;
    size_t flag_count;
    struct wp_flag_group shared[WP_FLAG_GROUPS_MAX]; /* stand behind its own; none when count is 0 */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit status */
};

/* Exit statuses of every command. */
enum {
    WP_EXIT_OK = 0,
    WP_EXIT_PARTIAL = 1, /* finished, but some input was damaged and what was sound was used */
    WP_EXIT_USAGE = 2,
    WP_EXIT_FAILED = 3,   /* stopped by an error; nothing under a final name was changed */
    WP_EXIT_SIGNAL = 130, /* stopped by SIGINT or SIGTERM */
};

/* Fills `settings` from argv[1..argc-1]. Operands are moved to the front of argv in their order and counted
 * in *operands: argv[1..*operands]. "--flag value", "--flag=value", "-o value", "-ovalue" and "--" are
 * understood. WP_EINVAL with words for an unknown flag or a value that does not fit. `--help` returns WP_END.
 */
enum wp_status wp_options_parse(const struct wp_command *command, int argc, char **argv, void *settings,
                                int *operands, struct wp_error *err);

/* Parses and does what every command does the same: prints help (returns WP_EXIT_OK) or the usage error
 * (returns WP_EXIT_USAGE); returns -1 when the command should go on. */
int wp_options_start(const struct wp_command *command, int argc, char **argv, void *settings, int *operands);

/* Prints "wireprint COMMAND: error" to stderr and returns the exit status that fits. */
int wp_command_failed(const struct wp_command *command, const struct wp_error *err);

/* Every command, in the order of --help; ends with NULL. */
extern const struct wp_command *const wp_commands[];

#endif
