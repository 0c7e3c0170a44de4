/* main.c - finds the command by its name and runs it. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static void print_commands(FILE *to) {
    fprintf(
        to,
        "usage: wireprint COMMAND ...\n\nFinds every copy of the same wire story, and which article copied "
        "which passage.\n\ncommands:\n");
    for (size_t i = 0; wp_commands[i]; i++)
        fprintf(to, "  %-10s %s\n", wp_commands[i]->name, wp_commands[i]->summary);
    fprintf(to, "\nwireprint COMMAND --help tells more; wireprint --version tells the version.\n");
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; wp_commands[i]; i++)
        if (strcmp(name, wp_commands[i]->name) == 0) return wp_commands[i]->run(argc - 1, argv + 1);
    if (strcmp(name, "--version") == 0) {
        printf("wireprint %s\n", wp_version());
        return WP_EXIT_OK;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_commands(stdout);
        return WP_EXIT_OK;
    }
    if (*name) fprintf(stderr, "wireprint: no command '%s'\n", name);
    print_commands(stderr);
    return WP_EXIT_USAGE;
}
