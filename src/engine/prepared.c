/* prepared.c - see prepared.h. */
#include "engine/prepared.h"

#include "engine/heading.h"
#include "engine/shelf.h"
#include "input/date.h"
#include "match/overlap.h"

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_prepared_release(struct wp_prepared *p) {
    wp_free(p->stream);
    *p = (struct wp_prepared){0};
}

static enum wp_status keep_shingles(struct wp_prepared *p, struct wp_fingerprinter *printer) {
    size_t count;
    const uint64_t *shingles = wp_fingerprinter_shingles(printer, &count);
    p->stream_bytes = count * WP_STREAM_BYTES;
    if (p->stream_bytes > p->stream_cap) {
        wp_free(p->stream);
        p->stream = wp_alloc(p->stream_bytes, 1);
        p->stream_cap = p->stream ? p->stream_bytes : 0;
        if (!p->stream) return WP_ENOMEM;
    }
    wp_stream_packer *pack = wp_stream_pack_choose(wp_tokenizer_cpu(wp_fingerprinter_tokenizer(printer)));
    pack(p->stream, shingles, count);
    return WP_OK;
}

enum wp_status wp_prepare_text(struct wp_prepared *out, struct wp_fingerprinter *printer,
                               const struct wp_agency_table *agencies, const struct wp_record *record,
                               struct wp_error *err) {
    const struct wp_look_wants wants = {agencies, WP_FEATURE_SAMPLES};
    enum wp_status status = wp_heading_read(record, wp_fingerprinter_tokenizer(printer), &out->title);
    if (status == WP_OK)
        status = wp_look_take(printer, &wants, record->text, record->text_len, &out->print, &out->look);
    if (status == WP_ETOOBIG) return wp_fail(err, status, "the text is too long");
    if (status != WP_OK || keep_shingles(out, printer) != WP_OK) return no_memory(err);
    const struct wp_tokens *tokens = wp_fingerprinter_tokens(printer);
    out->unspoken = !wp_title_spoken(&out->title, tokens);
    if (!wp_title_known(&out->title)) wp_title_take(&out->title, tokens, WP_TITLE_FIRST_TOKENS);
    if (out->print.tokens < WP_TOKENS_MIN || out->print.shingles > WP_OVERLAP_MAX_SHINGLES)
        out->print.sample_count = 0;
    return WP_OK;
}

enum wp_status wp_preparer_init(struct wp_preparer *p, const struct wp_agency_table *agencies,
                                const char *date_format, struct wp_error *err) {
    *p = (struct wp_preparer){.agencies = agencies, .date_format = date_format};
    if (wp_fingerprinter_new(&p->printer) != WP_OK || wp_owner_cache_new(&p->owners) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

void wp_preparer_release(struct wp_preparer *p) {
    wp_fingerprinter_free(p->printer);
    wp_owner_cache_free(p->owners);
    *p = (struct wp_preparer){0};
}

enum wp_status wp_preparer_run(struct wp_preparer *p, const struct wp_record *record, struct wp_prepared *out,
                               struct wp_error *err) {
    const char *name;
    size_t len;
    wp_owner_find(p->owners, record, &name, &len);
    out->owner = len ? wp_owner_number(name, len) : 0;
    bool dated = record->date_len &&
                 wp_date_parse((const char *)record->date, record->date_len, p->date_format, &out->date);
    if (!dated) out->date = INT64_MIN;
    return wp_prepare_text(out, p->printer, p->agencies, record, err);
}
