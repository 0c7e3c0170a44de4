/* resident.c - see resident.h. */
#include "index/resident.h"

#include "base/memory.h"

enum {
    ROOM_PART = 64,    /* of the limit is given back at once: nobody waits long for that */
    LOOK_WINDOWS = 16, /* that are mapped between two looks at what the process has in memory, each of which
                          costs about what mapping one does */
    OVER_PART = 32,    /* of the limit may be too much while one gives back: then the others wait for it */
    MISSES_MAX = 8,    /* in a row, after which a window is mapped: somebody goes over the file */
};

static size_t windows_of(uint64_t bytes) {
    uint64_t n = bytes / WP_WINDOW_BYTES;
    return n < 1 ? 1 : n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

/* How many are left when the hand has been round. From there on a few bytes are copied; what is above is for
 * those who need a window. */
static size_t keep_of(size_t most) {
    return most - most / ROOM_PART;
}

struct wp_resident *wp_resident_new(uint64_t bytes) {
    struct wp_resident *r = wp_zalloc(1, sizeof *r);
    if (!r) return NULL;
    atomic_init(&r->users, 1);
    atomic_init(&r->most, windows_of(bytes));
    r->others = wp_memory_in_use().mapped;
    pthread_mutex_init(&r->turn, NULL);
    return r;
}

struct wp_resident *wp_resident_share(struct wp_resident *r) {
    if (r) atomic_fetch_add(&r->users, 1);
    return r;
}

void wp_resident_drop(struct wp_resident *r) {
    if (!r || atomic_fetch_sub(&r->users, 1) != 1) return;
    pthread_mutex_destroy(&r->turn);
    wp_free(r);
}

uint64_t wp_resident_bytes(const struct wp_resident *r) {
    return (uint64_t)atomic_load_explicit(&r->marked, memory_order_relaxed) * WP_WINDOW_BYTES;
}

/* ---- the hand ---- */

/* The hand passes a window: one that was read since it came by last stays. Returns whether the window is to
 * be given back, or was not there. */
static bool pass(struct wp_resident *r, struct wp_windows *w, size_t i) {
    unsigned char in_use = WP_WINDOW_IN_USE;
    if (atomic_compare_exchange_strong(&w->marks[i], &in_use, WP_WINDOW_PASSED)) return false;
    if (atomic_exchange(&w->marks[i], WP_WINDOW_AWAY) != WP_WINDOW_AWAY) atomic_fetch_sub(&r->marked, 1);
    return true;
}

/* Gives back windows [begin, end) of a file. */
static void give_back(const struct wp_windows *w, size_t begin, size_t end) {
    size_t from = begin ? begin * WP_WINDOW_BYTES - w->lead : 0;
    if (end > begin) wp_map_forget(w->map, from, end * WP_WINDOW_BYTES - w->lead - from);
}

/* From the hand on to the next window that stays, or to the end of the file, or to where there are no more
 * than `keep`; moves the hand behind it. */
static void give_back_run(struct wp_resident *r, size_t keep) {
    struct wp_windows *w = r->hand;
    size_t begin = r->hand_at, end = begin;
    while (end < w->count && atomic_load(&r->marked) > keep && pass(r, w, end)) end++;
    give_back(w, begin, end);
    r->hand_at = end + 1;
    if (r->hand_at < w->count) return;
    r->hand = w->next;
    r->hand_at = 0;
}

/* Who comes while another thread gives back goes on: it is being seen to, unless that is too slow. The hand
 * gets round twice at most, however fast others read. */
static void make_room(struct wp_resident *r) {
    size_t most = atomic_load(&r->most), keep = keep_of(most);
    if (atomic_load(&r->marked) > most + most / OVER_PART)
        pthread_mutex_lock(&r->turn);
    else if (pthread_mutex_trylock(&r->turn) != 0)
        return;
    const struct wp_windows *first = r->hand;
    for (unsigned rounds = 0; first && rounds < 3 && atomic_load(&r->marked) > keep;) {
        give_back_run(r, keep);
        rounds += r->hand == first && r->hand_at == 0;
    }
    pthread_mutex_unlock(&r->turn);
}

/* Gives back all windows of a file. Turn is held. */
static void forget_all(struct wp_windows *w) {
    for (size_t i = 0; i < w->count; i++)
        if (atomic_exchange(&w->marks[i], WP_WINDOW_AWAY) != WP_WINDOW_AWAY)
            atomic_fetch_sub(&w->of->marked, 1);
    give_back(w, 0, w->count);
}

/* Has the system mapped more than was marked? */
static void look(struct wp_resident *r) {
    uint64_t mapped = wp_memory_in_use().mapped, most = atomic_load(&r->most);
    if (pthread_mutex_trylock(&r->turn) != 0) return;
    if (mapped < r->others) r->others = mapped;
    if (mapped - r->others > (most + most / ROOM_PART + LOOK_WINDOWS) * WP_WINDOW_BYTES) {
        struct wp_windows *w = r->hand;
        do {
            forget_all(w);
            w = w->next;
        } while (w != r->hand);
        r->others = wp_memory_in_use().mapped;
    }
    pthread_mutex_unlock(&r->turn);
}

void wp_resident_limit(struct wp_resident *r, uint64_t bytes) {
    atomic_store(&r->most, windows_of(bytes));
    if (atomic_load(&r->marked) > windows_of(bytes)) make_room(r);
}

bool wp_windows_may_map_(struct wp_windows *w, size_t window) {
    const struct wp_resident *r = w->of;
    if (atomic_load_explicit(&r->marked, memory_order_relaxed) <
        keep_of(atomic_load_explicit(&r->most, memory_order_relaxed)))
        return true;
    if (atomic_exchange_explicit(&w->missed, window, memory_order_relaxed) != window)
        atomic_store_explicit(&w->misses, 0, memory_order_relaxed);
    return atomic_fetch_add_explicit(&w->misses, 1, memory_order_relaxed) + 1 >= MISSES_MAX;
}

void wp_windows_mark_(struct wp_windows *w, size_t window) {
    struct wp_resident *r = w->of;
    if (atomic_exchange(&w->marks[window], WP_WINDOW_IN_USE) != WP_WINDOW_AWAY) return;
    size_t marked = atomic_fetch_add(&r->marked, 1) + 1;
    if (atomic_fetch_add_explicit(&r->added, 1, memory_order_relaxed) % LOOK_WINDOWS == LOOK_WINDOWS - 1)
        look(r);
    if (marked > atomic_load_explicit(&r->most, memory_order_relaxed)) make_room(r);
}

/* ---- files ---- */

enum wp_status wp_windows_watch(struct wp_windows *w, struct wp_resident *r, const struct wp_map *map) {
    size_t lead = (uintptr_t)map->data % WP_WINDOW_BYTES, count = (lead + map->len) / WP_WINDOW_BYTES + 1;
    atomic_uchar *marks = wp_zalloc(count, sizeof *marks);
    if (!marks) return WP_ENOMEM;
    *w = (struct wp_windows){.of = wp_resident_share(r),
                             .map = map,
                             .marks = marks,
                             .count = count,
                             .missed = count,
                             .lead = lead};
    pthread_mutex_lock(&r->turn);
    if (r->hand) {
        w->next = r->hand;
        w->before = r->hand->before;
        w->before->next = w->next->before = w;
    } else {
        r->hand = w->next = w->before = w;
        r->hand_at = 0;
    }
    pthread_mutex_unlock(&r->turn);
    return WP_OK;
}

void wp_windows_forget(struct wp_windows *w) {
    pthread_mutex_lock(&w->of->turn);
    forget_all(w);
    pthread_mutex_unlock(&w->of->turn);
}

void wp_windows_release(struct wp_windows *w) {
    struct wp_resident *r = w->of;
    if (!r) return;
    pthread_mutex_lock(&r->turn);
    forget_all(w);
    w->before->next = w->next;
    w->next->before = w->before;
    if (r->hand == w) {
        r->hand = w->next == w ? NULL : w->next;
        r->hand_at = 0;
    }
    pthread_mutex_unlock(&r->turn);
    wp_free((void *)w->marks);
    wp_resident_drop(r);
    *w = (struct wp_windows){0};
}
