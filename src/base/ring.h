/*
 * ring.h - memory for things of many sizes, of which the last ones are kept.
 *
 * One area that is filled from its beginning to its end and then again from its beginning: what is put there
 * drives out what was put longest ago. So what goes leaves no holes, nothing is ever moved, and an area that
 * is to be smaller is so when it has been gone round once.
 */
#ifndef WP_BASE_RING_H
#define WP_BASE_RING_H

#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

/* Told of each thing that is driven out, before its memory is used again. It must not touch the ring. */
typedef void wp_ring_gone(void *self, uint32_t name, const uint8_t *data);

/* Zero-initialised: no room for anything. Not for two threads. */
struct wp_ring {
    uint8_t *area;
    size_t cap, limit;  /* bytes: of the area, and that may be used of it */
    size_t first, next; /* where the oldest thing is, and where the next one goes */
    size_t end;         /* behind the last thing of the round before; 0: there is nothing left of it */
    wp_ring_gone *gone; /* both constant */
    void *self;
};

/* Bytes that a thing takes besides its own, and that the sum is rounded up to. */
enum { WP_RING_HEAD_BYTES = 8, WP_RING_ALIGN = 8 };

/* An area of so many bytes, which are in memory from the moment that they are used. 0 is no room for
 * anything. WP_ENOMEM. Release in any case. */
enum wp_status wp_ring_init(struct wp_ring *r, size_t bytes, wp_ring_gone *gone, void *self);
void wp_ring_release(struct wp_ring *r);
/* Memory for a thing, which is called `name` when it goes. NULL when there is not so much of it; then all is
 * as it was. Aligned to WP_RING_ALIGN. */
uint8_t *wp_ring_put(struct wp_ring *r, uint32_t name, size_t bytes);
/* So many bytes, at most those of the area, may be used from the next round on; the memory of the others is
 * given back to the system when nothing is in it any more. */
void wp_ring_limit(struct wp_ring *r, size_t bytes);
/* Forgets everything; nobody is told. */
void wp_ring_clear(struct wp_ring *r);

#endif
