/*
 * plan.h - the order of articles in a dump: when a story breaks, and which outlet runs it when.
 *
 * The plan is drawn one article after the other by a single thread, from the seed alone, and costs next to
 * nothing beside the making. Time runs evenly through the dump. The copies that a story will get are put into
 * a queue by their time when the story breaks: 70 % on the same day, 25 % on the next, the rest within five.
 * Memory is bounded by what can be pending in five days, whatever the number of articles.
 */
#ifndef WP_GEN_PLAN_H
#define WP_GEN_PLAN_H

#include "base/memory.h"
#include "gen/mix.h"
#include "gen/order.h"
#include "gen/random.h"

#define WP_GEN_RECENT 2048     /* articles that excerpts and round-ups may draw on */
#define WP_GEN_STORY_LINES 12  /* versions of a story that later copies may be made from */
#define WP_GEN_OUTLET_BLOCKS 8 /* background blocks of one outlet */

struct wp_gen_plan_settings {
    uint64_t articles, seed;
    uint32_t outlets;
    uint32_t duplicates; /* share of articles in clusters, per million */
    struct wp_gen_mix mix;
};

struct wp_gen_plan;

/* WP_ENOMEM; WP_EINVAL for shares that cannot be met together. */
enum wp_status wp_gen_plan_new(struct wp_gen_plan **plan, const struct wp_gen_plan_settings *settings,
                               struct wp_error *err);
void wp_gen_plan_free(struct wp_gen_plan *plan);

/* The next article; WP_END behind the last. WP_ENOMEM. */
enum wp_status wp_gen_plan_next(struct wp_gen_plan *plan, struct wp_gen_order *order);

#endif
