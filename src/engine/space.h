/*
 * space.h - what a run will write to its temporary directory, told from the sizes of its inputs.
 */
#ifndef WP_ENGINE_SPACE_H
#define WP_ENGINE_SPACE_H

#include "engine/settings.h"

/* What is known of the inputs; 0 for those whose size is not. */
struct wp_space_inputs {
    uint64_t plain_bytes;  /* standard input from a file */
    uint64_t packed_bytes; /* files compressed, by their names */
    uint64_t again_bytes;  /* other files: their texts are read again and not kept aside */
    uint64_t copied_bytes; /* those of standard input that must be kept for writing the records */
};

struct wp_space {
    uint64_t least; /* bytes that are written in any case */
    uint64_t most;  /* as a rule not more than this */
};

struct wp_space wp_space_estimate(const struct wp_settings *settings, const struct wp_space_inputs *inputs);

#define WP_SPACE_WARNING_BYTES 512
/*
 * Compares the estimate with what is free in settings->tmp_dir. What does not fit in any case is WP_ENOSPC:
 * now, not after hours. What might not fit is a sentence in `warning` (else ""), because the estimate is
 * rough; running out of space later is an error that names the place. A system that does not tell what is
 * free is taken to have enough.
 */
enum wp_status wp_space_check(const struct wp_settings *settings, const struct wp_space_inputs *inputs,
                              char warning[WP_SPACE_WARNING_BYTES], struct wp_error *err);

#endif
