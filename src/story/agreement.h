/*
 * agreement.h - from compared pairs to stories: correlation clustering.
 *
 * Connected components would chain unlike articles through ones in between, so that a few bridges make one
 * blob of a hundred; and a star of all that match one article puts together two that were found to have
 * little in common. Here a division into stories is worth the sum of the gains of all pairs told together:
 * much for a sure pair of copies, little for a doubtful one, less than nothing for a pair that was compared
 * and found apart, or never met. What is looked for is the division worth most:
 *
 *     1. everybody stands alone;
 *     2. one after the other moves to the story that it gains most by, or leaves its own if it loses by it;
 *     3. two stories become one where that gains, the greatest gain first;
 *     4. again from 2, until nothing moves or WP_AGREEMENT_ROUNDS are over.
 *
 * (Local search for correlation clustering: Bansal, Blum and Chawla 2004, "Correlation Clustering"; moves and
 * merges as in the Louvain method of Blondel et al. 2008.) In the end each story has a representative, the
 * member with the most gain, and every other member matches it, or at least half of the members, or is a sure
 * copy of one that matches it (the end of a text whose beginning another kept); who does not leaves. Of a
 * story of many hundred not all pairs are compared, so that no more than WP_AGREEMENT_ABSENT pairs that never
 * met count against a move.
 *
 * Gains are whole numbers and ties go to the earlier article, so that the result depends on the input alone.
 */
#ifndef WP_STORY_AGREEMENT_H
#define WP_STORY_AGREEMENT_H

#include "story/graph.h"

enum { WP_AGREEMENT_ROUNDS = 20, WP_AGREEMENT_ABSENT = 12 };

/* story[n] becomes the representative of n's story (itself for one on its own); story has g->nodes entries.
 * sure: the gain of a sure copy; absent: that of a pair without an edge, 0 or less. WP_ENOMEM. */
enum wp_status wp_agree(const struct wp_graph *g, int32_t sure, int32_t absent, uint32_t *story);

#endif
