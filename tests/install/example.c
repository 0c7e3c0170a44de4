/* example.c - two outlets' versions of one story, and a stranger; C99 and C++11. */
#include <stdio.h>
#include <string.h>
#include <wireprint.h>

#define DIVERS "Divers are to look at the damage before the end of the week"
#define BRIDGE "the bridge at Holm will be closed from Monday because a barge has struck its middle pier"
static const char *const texts[] = {"From Monday no way across: " BRIDGE ", says the council. " DIVERS ".",
                                    "HOLM (MW) - On Friday the council said " BRIDGE ". " DIVERS ".",
                                    "Nine choirs have put their names down for the singing on the quay."};
static const char *const sources[] = {"Courier", "Herald", "Lantern"};

static void check(enum wp_status status, const struct wp_error *err) {
    if (status != WP_OK) fprintf(stderr, "%s: %s\n", wp_status_text(status), err->reason);
}

int main(void) {
    struct wp_error err = {WP_OK, 0, 0, 0, "", ""};
    wp_fingerprint *a = NULL, *b = NULL;
    check(wp_fingerprint_new(texts[0], strlen(texts[0]), &a), &err);
    check(wp_fingerprint_new(texts[1], strlen(texts[1]), &b), &err);
    if (a && b) printf("Hamming distance %u of 128 bits\n", wp_fingerprint_hamming(a, b));
    wp_fingerprint_free(a);
    wp_fingerprint_free(b);

    struct wp_comparison pair;
    memset(&pair, 0, sizeof pair);
    pair.size = sizeof pair;
    enum wp_status status = wp_compare(texts[0], strlen(texts[0]), texts[1], strlen(texts[1]), &pair, &err);
    if (status == WP_OK) printf("%s: %.0f %% shared\n", pair.relation, 100 * pair.coverage);

    wp_batch_run *batch = NULL;
    if (status == WP_OK) status = wp_batch_new(&batch);
    for (int i = 0; i < 3 && status == WP_OK; i++) {
        struct wp_article article = {texts[i], strlen(texts[i]), NULL, NULL, sources[i], "2025-03-01", NULL};
        status = wp_batch_add(batch, &article, &err);
    }
    if (status == WP_OK) status = wp_batch_finish(batch, &err);
    for (size_t s = 0; status == WP_OK && s < wp_batch_story_count(batch); s++)
        printf("a story of %u, lead: %s\n", (unsigned)wp_batch_story_size(batch, s),
               sources[wp_batch_story_lead(batch, s)]);
    wp_batch_free(batch);
    check(status, &err);
    return status == WP_OK ? 0 : 1;
}
