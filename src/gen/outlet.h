/*
 * outlet.h - the fictional outlets of a dump: names, domains, habits, furniture.
 *
 * An outlet is made from (seed, number) alone. Its habits (which marks it uses, how its datelines look) and
 * the wording of its furniture never change within a dump; some outlets are sisters of the one before them
 * and share its furniture. Domains end in ".example", which nobody can own.
 */
#ifndef WP_GEN_OUTLET_H
#define WP_GEN_OUTLET_H

#include "base/memory.h"
#include "gen/random.h"

#define WP_GEN_OUTLETS_MAX 5000

enum wp_gen_marks { WP_GEN_MARKS_AS_WRITTEN, WP_GEN_MARKS_STRAIGHT, WP_GEN_MARKS_CURLY };

/* Where furniture stands. */
enum wp_gen_furniture {
    WP_GEN_COOKIE,     /* head */
    WP_GEN_CRUMBS,     /* head */
    WP_GEN_PICTURE,    /* head */
    WP_GEN_RELATED,    /* inside, another headline in it */
    WP_GEN_AD,         /* inside */
    WP_GEN_DONATION,   /* tail */
    WP_GEN_NEWSLETTER, /* tail */
    WP_GEN_SHARE,      /* tail */
    WP_GEN_COPYRIGHT,  /* tail */
    WP_GEN_FURNITURE_COUNT
};

struct wp_gen_outlet {
    char name[48], domain[48];
    const char *city, *agency;
    enum wp_gen_marks marks;
    uint8_t dateline, tail, caption;         /* wording */
    uint8_t wording[WP_GEN_FURNITURE_COUNT]; /* 1 + which, 0 = the outlet has none of this kind */
    uint32_t share[WP_GEN_FURNITURE_COUNT];  /* of its articles that show it, per million */
};

struct wp_gen_outlet wp_gen_outlet_make(uint64_t seed, uint32_t number);

/* What may stand in a gap besides the outlet's own words. */
struct wp_gen_scene {
    const struct wp_gen_outlet *outlet;
    const char *title; /* of another article; not NUL-terminated; may be NULL */
    size_t title_len;
    struct wp_random *r; /* for figures and names */
    uint32_t day;        /* since 1 January 2024 */
};

/* Append one piece of furniture of a kind the outlet has; a dateline such as "KARSE, May 4 (Norpress) - "; an
 * agency's tail; a caption; a whole banner-only article. */
enum wp_status wp_gen_outlet_furniture(const struct wp_gen_scene *scene, enum wp_gen_furniture kind,
                                       struct wp_buffer *out);
enum wp_status wp_gen_outlet_dateline(const struct wp_gen_scene *scene, struct wp_buffer *out);
enum wp_status wp_gen_outlet_tail(const struct wp_gen_scene *scene, struct wp_buffer *out);
enum wp_status wp_gen_outlet_caption(const struct wp_gen_scene *scene, struct wp_buffer *out);
enum wp_status wp_gen_outlet_banner(const struct wp_gen_scene *scene, struct wp_buffer *out);

/* Fills the gaps {n}ame {d}omain {c}ity {C}ITY {a}gency {m}onth and day, {t}itle, {p}erson, {f}igure. */
enum wp_status wp_gen_scene_expand(const struct wp_gen_scene *scene, const char *pattern,
                                   struct wp_buffer *out);

/* Year, month (1-12) and day of a day counted from 1 January 2024. */
struct wp_gen_date {
    uint32_t year, month, day;
};
struct wp_gen_date wp_gen_date_of(uint32_t day);
extern const char *const wp_gen_month_names[12];

/* A fictional person's name of two words. */
enum wp_status wp_gen_put_person(struct wp_random *r, struct wp_buffer *out);
/* A fictional town. */
const char *wp_gen_town(struct wp_random *r);

#endif
