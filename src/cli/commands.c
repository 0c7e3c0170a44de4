/* commands.c - the list of commands, in the order of --help. */
#include "cli/options.h"

extern const struct wp_command wp_command_dedup, wp_command_explain, wp_command_eval, wp_command_gen,
    wp_command_add, wp_command_find, wp_command_stories, wp_command_export, wp_command_delete,
    wp_command_expire, wp_command_compact, wp_command_stats, wp_command_check;

const struct wp_command *const wp_commands[] = {&wp_command_dedup,   &wp_command_explain,
                                                &wp_command_eval,    &wp_command_gen,
                                                &wp_command_add,     &wp_command_find,
                                                &wp_command_stories, &wp_command_export,
                                                &wp_command_delete,  &wp_command_expire,
                                                &wp_command_compact, &wp_command_stats,
                                                &wp_command_check,   NULL};
