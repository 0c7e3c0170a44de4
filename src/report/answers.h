/*
 * answers.h - the answers of a batch run, as files.
 *
 *     stories.jsonl   one object per story of two or more, by the first member in input order:
 *                     {"story","lead","size","members":[{"id","relation","to","coverage","jaccard"},...],
 *                      "first_seen","last_seen","owners","wire","languages"}
 *                     a member whose text names an agency has "wire" behind "jaccard"; times are ISO 8601 in
 *                     UTC, null when no member has a date; the last three are lists of names, ordered, or
 *                     null when a run had more names than it keeps; "wire" with the story rule only
 *     matches.tsv     id_a id_b relation coverage jaccard containment, by input order of the earlier of the
 *                     two, then of the other; a is the earlier, but of an excerpt a is the shorter text,
 * whose passage stands in b summary.json    every count, the settings, the time by stage
 *
 * Answers from fingerprints alone say so: "verify":"sketch" in a story and in the summary, a seventh column
 * `verify` in the matches. Ids with tabs or line ends stand in matches.tsv with a space instead. One thread.
 */
#ifndef WP_REPORT_ANSWERS_H
#define WP_REPORT_ANSWERS_H

#include "base/output.h"
#include "engine/run.h"

enum wp_status wp_write_stories(struct wp_run *run, struct wp_output *out, struct wp_error *err);

/* With a set rule (jaccard, simhash) every pair is written, also those between exact copies of matching
 * articles, up to WP_FAMILY_PAIRS_MAX pairs per pair of families; with the others exact copies are listed
 * once, with the article that stands for them. *written counts lines, *left_out pairs beyond the maximum. */
#define WP_FAMILY_PAIRS_MAX ((uint64_t)1 << 20)
enum wp_status wp_write_matches(struct wp_run *run, struct wp_output *out, uint64_t *written,
                                uint64_t *left_out, struct wp_error *err);

#endif
