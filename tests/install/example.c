/* example.c - two reprints and a stranger: fingerprints compared, then a batch. C99 and C++; needs only
 * wireprint.h. */
#include <stdio.h>
#include <string.h>
#include <wireprint.h>

static const char *const texts[] = {
    "The bridge at Holm will be closed from Monday because a barge has struck its middle pier, the council "
    "said. "
    "Divers are to look at the damage before the end of the week, and buses will go round by Grenne "
    "meanwhile.",
    "HOLM (MW) - No way across: the bridge at Holm will be closed from Monday because a barge has struck its "
    "middle "
    "pier, the council said. Divers are to look at the damage before the end of the week.",
    "Nine choirs have put their names down for the singing on the quay, two more than last summer, and the "
    "town asks "
    "for quiet between four and six so that they can hear themselves.",
};

static int failed(const char *what, enum wp_status status, const struct wp_error *err) {
    fprintf(stderr, "%s: %s %s\n", what, wp_status_text(status), err ? err->reason : "");
    return 1;
}

int main(void) {
    wp_fingerprint *a = NULL, *b = NULL;
    enum wp_status status = wp_fingerprint_new(texts[0], strlen(texts[0]), &a);
    if (status == WP_OK) status = wp_fingerprint_new(texts[1], strlen(texts[1]), &b);
    if (status != WP_OK) return failed("fingerprint", status, NULL);
    printf("Jaccard about %.1f, %u words and %u\n", wp_fingerprint_jaccard(a, b), wp_fingerprint_tokens(a),
           wp_fingerprint_tokens(b));
    wp_fingerprint_free(a);
    wp_fingerprint_free(b);

    static const char *const owners[] = {"Courier", "Herald", "Lantern"};
    struct wp_error err;
    wp_batch_run *batch = NULL;
    if ((status = wp_batch_new(&batch)) != WP_OK) return failed("batch", status, NULL);
    status = wp_batch_set(batch, "threads", "2", &err);
    for (int i = 0; i < 3 && status == WP_OK; i++) {
        struct wp_article article = {texts[i], strlen(texts[i]), NULL, NULL, owners[i], "2025-03-01"};
        status = wp_batch_add(batch, &article, &err);
    }
    if (status == WP_OK) status = wp_batch_finish(batch, &err);
    if (status != WP_OK) return failed("batch", status, &err);
    for (size_t s = 0; s < wp_batch_story_count(batch); s++)
        printf("story of %lu, lead: article %lu\n", (unsigned long)wp_batch_story_size(batch, s),
               (unsigned long)wp_batch_story_lead(batch, s));
    wp_batch_free(batch);
    return 0;
}
