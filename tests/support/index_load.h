/*
 * index_load.h - a load for an index, and what must be in it after each step.
 *
 * Steps add new articles, copies, new versions and repetitions, and delete; every few steps there is a
 * commit. The load keeps what the index must hold after each step, so that one found on a disk after a crash
 * can be held against it: it must be that of some step, not before the last one that was acknowledged.
 */
#ifndef TESTS_SUPPORT_INDEX_LOAD_H
#define TESTS_SUPPORT_INDEX_LOAD_H

#include "base/fs.h"

enum { LOAD_IDS = 24, LOAD_STEPS_MAX = 400 };

struct load {
    const char *dir;
    unsigned steps, commit_every, flush_rows;
    unsigned texts_bytes;   /* of a text file, about; 0: as many as the store likes */
    unsigned compact_until; /* sessions up to this step end with compacting; 0: none */
    int pack_ahead;
    /* by step: the version of each id that must be there, 0 = none; [0] is before the first */
    unsigned char versions[LOAD_STEPS_MAX + 1][LOAD_IDS];
    unsigned sent, acknowledged; /* steps */
};

void load_init(struct load *l, const char *dir, unsigned steps);
/* Runs the steps after the acknowledged ones, until something fails; closes the index. Returns the first
 * failure, or WP_OK when all went well. fs NULL: the real one. */
enum wp_status load_run(struct load *l, const struct wp_fs *fs, struct wp_error *err);
/* The same, but leaves the index as a process that was killed would, when `killed`: with its log. */
enum wp_status load_run_open(struct load *l, const struct wp_fs *fs, int killed, struct wp_error *err);
/* The same, reopening the index after every `session` steps. */
enum wp_status load_run_sessions(struct load *l, const struct wp_fs *fs, unsigned session,
                                 struct wp_error *err);
/* Does the index in `dir` (0: look only; 1: open it for writing, which recovers, and close it) hold what it
 * may hold? Prints and returns 0 when it does not. */
int load_holds(const struct load *l, const char *dir, int write);
/* The line of an id's version, into out[size]. */
size_t load_line(unsigned id, unsigned version, char *out, size_t size);

#endif
