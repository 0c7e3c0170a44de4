/* commands.c - the list of commands, in the order of --help. */
#include "cli/options.h"

extern const struct wp_command wp_command_dedup, wp_command_explain, wp_command_eval, wp_command_gen;

const struct wp_command *const wp_commands[] = {&wp_command_dedup, &wp_command_explain, &wp_command_eval,
                                                &wp_command_gen, NULL};
