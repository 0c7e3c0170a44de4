/* lead.c - see lead.h. */
#include "story/lead.h"

/* Order-keeping map of a date to an unsigned number; the unknown one becomes the greatest. */
static uint64_t date_key(int64_t date) {
    return date == INT64_MIN ? UINT64_MAX : (uint64_t)date ^ ((uint64_t)1 << 63);
}

struct wp_lead_key wp_lead_by_date(int64_t date) {
    return (struct wp_lead_key){date_key(date), 0};
}

struct wp_lead_key wp_lead_by_length(uint32_t tokens) {
    return (struct wp_lead_key){UINT32_MAX - tokens, 0};
}

struct wp_lead_key wp_lead_by_source(uint32_t place, int64_t date) {
    return (struct wp_lead_key){place, date_key(date)};
}
