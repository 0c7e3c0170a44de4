/* article.c - see article.h. Its line of JSON is page.c's. */
#include "gen/article.h"

#include <string.h>

#include "gen/expand.h"
#include "gen/page.h"
#include "gen/template.h"
#include "gen/token.h"

/* What a stream of random numbers is for. */
enum {
    USE_TEXT = 1,
    USE_TITLE = 2,
    USE_CHANGE = 3,
    USE_BACKGROUND = 4,
};

/* Lengths are the base articles', made somewhat shorter because furniture is put around: in per cent. */
#define LENGTH_PER_CENT 85
#define FRESH_WORDS_MIN 45
#define FRESH_WORDS_MAX 8000
#define BACKGROUND_WORDS 110
#define PASSAGE_WORDS 90

enum wp_status wp_gen_maker_init(struct wp_gen_maker *m, const struct wp_gen_world *world) {
    *m = (struct wp_gen_maker){.world = world};
    return wp_gen_changer_init(&m->changer);
}

void wp_gen_maker_release(struct wp_gen_maker *m) {
    wp_gen_changer_release(&m->changer);
    wp_buffer_release(&m->text);
    wp_buffer_release(&m->parent);
    wp_buffer_release(&m->title);
    wp_buffer_release(&m->parent_title);
    wp_buffer_release(&m->page);
    wp_buffer_release(&m->scratch);
}

static uint32_t fresh_words(const struct wp_gen_topic *topic) {
    uint32_t words = topic->source[0].tokens * LENGTH_PER_CENT / 100;
    if (words < FRESH_WORDS_MIN) words = FRESH_WORDS_MIN;
    return words < FRESH_WORDS_MAX ? words : FRESH_WORDS_MAX;
}

/* A new text; leaves its topic in m->topic. */
static enum wp_status make_fresh(struct wp_gen_maker *m, uint64_t number, struct wp_buffer *out) {
    struct wp_random r = wp_random_start(m->world->seed, USE_TEXT, number);
    wp_gen_topic_pick(&m->topic, m->world->base, &r);
    return wp_gen_walk(&m->topic, &r, fresh_words(&m->topic), out);
}

static enum wp_status make_title(struct wp_gen_maker *m, uint64_t number, struct wp_buffer *out) {
    struct wp_random r = wp_random_start(m->world->seed, USE_TITLE, number);
    return wp_gen_title(m->world->base, &r, out);
}

/* The block that outlet `node->outlet` puts under its articles on matter `which`. */
static enum wp_status add_background(struct wp_gen_maker *m, const struct wp_gen_node *node, uint32_t which) {
    struct wp_gen_topic topic;
    struct wp_random r =
        wp_random_start(m->world->seed, USE_BACKGROUND, (uint64_t)node->outlet << 32 | which);
    wp_gen_topic_pick(&topic, m->world->base, &r);
    WP_TRY(wp_buffer_add(&m->text, "\n\n", 2));
    return wp_gen_walk(&topic, &r, BACKGROUND_WORDS, &m->text);
}

/* One passage of a round-up, under its story's headline. */
static enum wp_status add_passage(struct wp_gen_maker *m, const struct wp_gen_node *from,
                                  struct wp_gen_scene *scene) {
    m->parent.len = m->scratch.len = 0;
    WP_TRY(make_fresh(m, from->number, &m->parent));
    WP_TRY(wp_gen_marks(m->world->outlets[from->outlet].marks, &m->parent, 0, &m->scratch));
    struct wp_gen_reprint reprint = {m->parent.data, m->parent.len, &m->topic, scene, &m->world->mix};
    WP_TRY(wp_buffer_add(&m->text, "\n\n", 2));
    WP_TRY(make_title(m, from->number, &m->text));
    WP_TRY(wp_buffer_add(&m->text, "\n\n", 2));
    return wp_gen_change_passage(&m->changer, &reprint, PASSAGE_WORDS, &m->text);
}

static enum wp_status make_roundup(struct wp_gen_maker *m, const struct wp_gen_order *order,
                                   struct wp_gen_scene *scene) {
    WP_TRY(wp_gen_scene_expand(scene,
                               "{n} brings you the stories of the day in brief: what happened in {c} and "
                               "beyond on {m}.",
                               &m->text));
    for (uint32_t i = 0; i < order->passages; i++) WP_TRY(add_passage(m, &order->passage[i], scene));
    return wp_gen_scene_expand(scene, "\n\nThat was the day. {n} will be back tomorrow.", &m->text);
}

/* The text of a first version. */
static enum wp_status make_first(struct wp_gen_maker *m, const struct wp_gen_order *order,
                                 struct wp_gen_scene *scene) {
    const struct wp_gen_node *node = &order->line[0];
    switch (node->kind) {
    case WP_GEN_TEMPLATE:
        WP_TRY(wp_gen_template_title(scene, order->which, &m->title));
        return wp_gen_template_text(scene, order->which, &m->text);
    case WP_GEN_ROUNDUP:
        WP_TRY(wp_gen_scene_expand(scene, "{m}: the day in {c} and beyond", &m->title));
        return make_roundup(m, order, scene);
    case WP_GEN_BANNER:
        WP_TRY(wp_gen_scene_expand(scene, "{n}", &m->title));
        return wp_gen_outlet_banner(scene, &m->text);
    default:
        WP_TRY(make_title(m, node->number, &m->title));
        WP_TRY(make_fresh(m, node->number, &m->text));
        return node->kind == WP_GEN_BACKGROUND ? add_background(m, node, order->which) : WP_OK;
    }
}

static void swap_buffers(struct wp_buffer *a, struct wp_buffer *b) {
    struct wp_buffer was = *a;
    *a = *b;
    *b = was;
}

/* Turns m->text and m->title, which are the parent's, into those of `node`. */
static enum wp_status make_next(struct wp_gen_maker *m, const struct wp_gen_node *node,
                                struct wp_gen_scene *scene, struct wp_gen_note *note) {
    if (node->kind == WP_GEN_EXACT) {
        *note = (struct wp_gen_note){1u << WP_GEN_MIX_EXACT, 1000, 1000};
        return WP_OK;
    }
    swap_buffers(&m->text, &m->parent);
    m->text.len = 0;
    struct wp_gen_reprint reprint = {m->parent.data, m->parent.len, &m->topic, scene, &m->world->mix};
    if (node->kind == WP_GEN_UPDATE)
        WP_TRY(wp_gen_change_update(&m->changer, &reprint, &m->text, note));
    else if (node->kind == WP_GEN_EXCERPT)
        WP_TRY(wp_gen_change_excerpt(&m->changer, &reprint, &m->text, note));
    else
        WP_TRY(wp_gen_change_reprint(&m->changer, &reprint, &m->text, note));
    if (node->kind == WP_GEN_EXCERPT || note->changes >> WP_GEN_MIX_HEADLINE & 1) {
        m->title.len = 0;
        return make_title(m, node->number, &m->title);
    }
    return WP_OK;
}

enum wp_status wp_gen_maker_article(struct wp_gen_maker *m, const struct wp_gen_order *order,
                                    struct wp_buffer *out, struct wp_gen_note *note) {
    const struct wp_gen_world *w = m->world;
    const struct wp_gen_node *shown = &order->line[0], *self = &order->line[order->depth - 1];
    *note = (struct wp_gen_note){0};
    m->text.len = m->title.len = 0;
    for (uint32_t i = 0; i < order->depth; i++) {
        const struct wp_gen_node *node = &order->line[i];
        struct wp_random r = wp_random_start(w->seed, USE_CHANGE, node->number);
        struct wp_gen_scene scene = {&w->outlets[node->outlet], NULL, 0, &r, node->day};
        WP_TRY(i == 0 ? make_first(m, order, &scene) : make_next(m, node, &scene, note));
        if (node->kind != WP_GEN_EXACT) shown = node;
        if (node->kind != WP_GEN_EXACT)
            WP_TRY(wp_gen_marks(w->outlets[node->outlet].marks, &m->text, 0, &m->scratch));
    }
    return wp_gen_page(m, shown, self, out);
}
