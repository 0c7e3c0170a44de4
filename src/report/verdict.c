/* verdict.c - see verdict.h. */
#include "report/verdict.h"

#include <string.h>
#include <time.h>
#include "base/json.h"

enum wp_status wp_json_date(struct wp_buffer *out, int64_t seconds) {
    struct tm tm;
    char text[40];
    time_t t = (time_t)seconds;
    if (seconds == INT64_MIN || !gmtime_r(&t, &tm)) return wp_buffer_add(out, "null", 4);
    size_t n = strftime(text, sizeof text, "\"%Y-%m-%dT%H:%M:%SZ\"", &tm);
    return wp_buffer_add(out, text, n);
}

enum wp_status wp_verdict_write(struct wp_buffer *out, const struct wp_verdict_line *line) {
    const struct wp_online_verdict *v = line->verdict;
    bool new = v->relation == WP_RELATION_NONE;
    WP_TRY(wp_buffer_print(out, "{\"id\":"));
    WP_TRY(wp_json_string(out, line->id, line->id_len));
    WP_TRY(wp_buffer_print(out, ",\"story\":\"%u\",\"relation\":\"%s\",\"to\":", v->story,
                           v->banner ? "banner"
                           : new     ? "new"
                                     : wp_relation_name(v->relation)));
    if (new || !line->to_len) /* it may have gone since */
        WP_TRY(wp_buffer_print(out, "null"));
    else
        WP_TRY(wp_json_string(out, line->to, line->to_len));
    WP_TRY(
        wp_buffer_print(out, ",\"coverage\":%.4f,\"jaccard\":%.4f,\"first_seen\":", v->coverage, v->jaccard));
    WP_TRY(wp_json_date(out, v->first_seen));
    if (v->unchanged) WP_TRY(wp_buffer_print(out, ",\"known\":true"));
    if (v->replaced) WP_TRY(wp_buffer_print(out, ",\"replaced\":true"));
    if (!line->lasting) WP_TRY(wp_buffer_print(out, ",\"durability\":\"none\""));
    return wp_buffer_print(out, "}\n");
}

enum wp_status wp_verdict_rejected(struct wp_buffer *out, const char *id, const char *reason) {
    WP_TRY(wp_buffer_print(out, "{\"id\":"));
    WP_TRY(wp_json_string(out, id, strlen(id)));
    WP_TRY(wp_buffer_print(out, ",\"story\":null,\"relation\":\"rejected\",\"to\":null,\"coverage\":0,"
                                "\"jaccard\":0,\"first_seen\":null,\"reason\":"));
    WP_TRY(wp_json_string(out, reason, strlen(reason)));
    return wp_buffer_print(out, "}\n");
}

/* id: of the article that was moved; not read for a merge. */
static enum wp_status write_event(struct wp_buffer *out, const struct wp_online_event *event,
                                  const uint8_t *id, size_t id_len) {
    bool move = event->kind == WP_EVENT_MOVE;
    WP_TRY(wp_buffer_print(out, "{\"event\":\"%s\"", move ? "move" : "merge"));
    if (move) {
        WP_TRY(wp_buffer_print(out, ",\"id\":"));
        WP_TRY(wp_json_string(out, id, id_len));
    }
    WP_TRY(wp_buffer_print(out, ",\"story\":\"%u\",\"into\":", event->story));
    return event->into == WP_NUMBER_NONE ? wp_buffer_print(out, "null}\n")
                                         : wp_buffer_print(out, "\"%u\"}\n", event->into);
}

enum wp_status wp_events_write(struct wp_buffer *out, struct wp_online *o, struct wp_buffer *id,
                               struct wp_error *err) {
    for (size_t i = 0; i < o->event_count; i++) {
        const struct wp_online_event *event = &o->events[i];
        id->len = 0;
        if (event->kind == WP_EVENT_MOVE) WP_TRY(wp_online_id(o, event->number, id, err));
        enum wp_status status = write_event(out, event, id->data, id->len);
        if (status != WP_OK) return wp_fail(err, status, "out of memory");
    }
    return WP_OK;
}
