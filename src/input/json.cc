/*
 * json.cc - see json.h.
 *
 * simdjson's on-demand walk, one document a line, one parser for all lines. Its first stage finds the
 * structure of the line and checks UTF-8 and quotes with the best kernel of the machine; that is nearly all
 * of the time. The walk visits every member: what is asked for is noted, everything else is checked, since
 * on-demand by itself steps over what it is not asked for. A scalar's end is known from where the next token
 * begins, so that no string is looked at twice and none is copied.
 */
#include "input/json.h"

#include <cstring>
#include <new>
#include <utility>

#include <simdjson.h>

extern "C" {
#include "base/memory.h"
#include "input/escape.h"
}

using namespace simdjson;

namespace {

/* A parser that has grown beyond this for one giant line is given back before the next ordinary one. */
constexpr size_t KEEP_BYTES = size_t(4) << 20;
constexpr size_t FIRST_BYTES = size_t(64) << 10;

/* What of each path is still to be found at a level; NULL = the path does not lead here. */
struct Wanted {
    const char *rest[WP_JSON_PATHS_MAX];
    size_t len[WP_JSON_PATHS_MAX];
};

} // namespace

struct wp_json {
    ondemand::parser parser;
    Wanted top;
    size_t count;
    size_t capacity;
    /* of the line at hand: */
    wp_json_value *values;
    const char *reason;
    size_t depth;
};

namespace {

enum wp_status refuse(wp_json *j, const char *reason) {
    j->reason = reason;
    return WP_EFORMAT;
}

/* JSON's grammar of numbers: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
bool is_number(const uint8_t *p, const uint8_t *end) {
    auto digits = [&]() {
        const uint8_t *from = p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        return p > from;
    };
    if (p < end && *p == '-') p++;
    if (p < end && *p == '0')
        p++;
    else if (!digits())
        return false;
    if (p < end && *p == '.' && (p++, !digits())) return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        if (!digits()) return false;
    }
    return p == end;
}

bool is_word(const uint8_t *p, size_t len) {
    return (len == 4 && (!memcmp(p, "null", 4) || !memcmp(p, "true", 4))) ||
           (len == 5 && !memcmp(p, "false", 5));
}

/* `wanted` strings are decoded, and so checked, by whoever asked for them. */
enum wp_status read_scalar(wp_json *j, std::string_view token, bool wanted, wp_json_value *out) {
    const uint8_t *p = reinterpret_cast<const uint8_t *>(token.data());
    size_t len = token.size();
    while (len && (p[len - 1] == ' ' || p[len - 1] == '\t' || p[len - 1] == '\r' || p[len - 1] == '\n'))
        len--;
    if (len == 0) return refuse(j, "not JSON: a value is missing");
    if (p[0] == '"') {
        if (len < 2 || p[len - 1] != '"') return refuse(j, "not JSON: a string does not end");
        *out = {WP_JSON_STRING, p + 1, len - 2};
        if (!wanted && !wp_escape_check(p + 1, len - 2))
            return refuse(j, "not JSON: a bad escape in a string");
        return WP_OK;
    }
    bool number = is_number(p, p + len);
    if (!number && !is_word(p, len)) return refuse(j, "not JSON: not a value");
    *out = {number ? WP_JSON_NUMBER : WP_JSON_OTHER, p, len};
    return WP_OK;
}

/* What of the paths goes on below the member `key`, and which paths end in it (as bits). */
unsigned match_key(const wp_json *j, const Wanted *here, std::string_view key, Wanted *below, bool *deeper) {
    unsigned hits = 0;
    *deeper = false;
    for (size_t i = 0; i < j->count; i++) {
        const char *rest = here->rest[i];
        size_t len = here->len[i], used = key.size();
        below->rest[i] = nullptr;
        /* Lengths first: most names differ in them. */
        if (!rest || len < used || (len > used && rest[used] != '.')) continue;
        if (memcmp(rest, key.data(), used) != 0) continue;
        if (len == used) {
            hits |= 1u << i;
        } else {
            below->rest[i] = rest + used + 1;
            below->len[i] = len - used - 1;
            *deeper = true;
        }
    }
    return hits;
}

enum wp_status from_simdjson(wp_json *j, error_code error) {
    if (error == MEMALLOC) return WP_ENOMEM;
    if (error == CAPACITY) {
        j->reason = "4 GiB or more";
        return WP_ETOOBIG;
    }
    if (error == DEPTH_ERROR) return refuse(j, "nested too deeply");
    if (error == INCORRECT_TYPE) return refuse(j, "not a JSON object");
    if (error == UNCLOSED_STRING) return refuse(j, "not JSON: a string does not end");
    if (error == UNESCAPED_CHARS) return refuse(j, "not JSON: a control character inside a string");
    return refuse(j, "not JSON");
}

enum wp_status read_object(wp_json *j, ondemand::object object, const Wanted *here);
enum wp_status read_array(wp_json *j, ondemand::array array);

/* `hits` are the paths that end here, `below` those that go on (NULL = none). */
enum wp_status read_value(wp_json *j, ondemand::value value, unsigned hits, const Wanted *below) {
    wp_json_value found = {WP_JSON_OTHER, nullptr, 0};
    std::string_view token = value.raw_json_token();
    enum wp_status status;
    for (size_t i = 0; i < j->count; i++) /* the first of a name counts */
        if (j->values[i].kind != WP_JSON_ABSENT) hits &= ~(1u << i);
    if (!token.empty() && (token[0] == '{' || token[0] == '[')) {
        if (++j->depth >= WP_JSON_DEPTH_MAX) return refuse(j, "nested too deeply");
        if (token[0] == '{') {
            ondemand::object object;
            if (auto error = value.get_object().get(object)) return from_simdjson(j, error);
            status = read_object(j, object, below);
        } else {
            ondemand::array array;
            if (auto error = value.get_array().get(array)) return from_simdjson(j, error);
            status = read_array(j, array);
        }
        j->depth--;
    } else {
        status = read_scalar(j, token, hits != 0, &found);
    }
    if (status != WP_OK) return status;
    for (size_t i = 0; hits >> i; i++)
        if (hits >> i & 1) j->values[i] = found;
    return WP_OK;
}

enum wp_status read_array(wp_json *j, ondemand::array array) {
    for (auto element : array) {
        ondemand::value value;
        if (auto error = std::move(element).get(value)) return from_simdjson(j, error);
        enum wp_status status = read_value(j, value, 0, nullptr);
        if (status != WP_OK) return status;
    }
    return WP_OK;
}

/* The key without its quotes. `decoded` holds it when it has escapes. */
enum wp_status read_key(wp_json *j, ondemand::field &field, wp_buffer *decoded, std::string_view *key) {
    const char *raw = field.key().raw();
    size_t len = 0;
    bool plain = true;
    for (; raw[len] != '"'; len++) {
        if (raw[len] != '\\') continue;
        plain = false;
        len++;
    }
    *key = std::string_view(raw, len);
    if (plain) return WP_OK;
    enum wp_status status = wp_buffer_reserve(decoded, len + WP_ESCAPE_PADDING, SIZE_MAX);
    if (status != WP_OK) return status;
    if (!wp_escape_decode(reinterpret_cast<const uint8_t *>(raw), len, decoded->data, &len))
        return refuse(j, "not JSON: a bad escape in a key");
    *key = std::string_view(reinterpret_cast<const char *>(decoded->data), len);
    return WP_OK;
}

enum wp_status read_member(wp_json *j, ondemand::field &field, const Wanted *here) {
    wp_buffer decoded = {};
    std::string_view key;
    Wanted below;
    bool deeper = false;
    unsigned hits = 0;
    enum wp_status status = read_key(j, field, &decoded, &key);
    if (status == WP_OK) {
        if (here) hits = match_key(j, here, key, &below, &deeper);
        status = read_value(j, field.value(), hits, deeper ? &below : nullptr);
    }
    if (decoded.data) wp_buffer_release(&decoded);
    return status;
}

enum wp_status read_object(wp_json *j, ondemand::object object, const Wanted *here) {
    for (auto member : object) {
        ondemand::field field;
        if (auto error = std::move(member).get(field)) return from_simdjson(j, error);
        enum wp_status status = read_member(j, field, here);
        if (status != WP_OK) return status;
    }
    return WP_OK;
}

enum wp_status grow(wp_json *j, size_t len) {
    if (len <= j->capacity && (j->capacity <= KEEP_BYTES || len > KEEP_BYTES)) return WP_OK;
    size_t want = FIRST_BYTES;
    while (want < len && want <= SIZE_MAX / 2) want *= 2;
    if (want > SIMDJSON_MAXSIZE_BYTES) want = SIMDJSON_MAXSIZE_BYTES;
    if (j->capacity > want) j->parser = ondemand::parser();
    j->capacity = 0;
    if (auto error = j->parser.allocate(want, WP_JSON_DEPTH_MAX + 2)) return from_simdjson(j, error);
    j->capacity = want;
    return WP_OK;
}

enum wp_status read_document(wp_json *j, const uint8_t *line, size_t len) {
    ondemand::document document;
    ondemand::object object;
    if (auto error = j->parser.iterate(line, len, len + WP_JSON_PADDING).get(document)) {
        if (error == EMPTY) return WP_END;
        if (error != MEMALLOC && error != CAPACITY &&
            !validate_utf8(reinterpret_cast<const char *>(line), len))
            return WP_EUTF8;
        return from_simdjson(j, error);
    }
    if (auto error = document.get_object().get(object)) return from_simdjson(j, error);
    enum wp_status status = read_object(j, object, &j->top);
    if (status != WP_OK) return status;
    /* At the end there is no location any more. */
    if (document.current_location().error() != OUT_OF_BOUNDS)
        return refuse(j, "not JSON: more than one value");
    return WP_OK;
}

} // namespace

extern "C" enum wp_status wp_json_new(struct wp_json **out, const char *const *paths, size_t count) {
    *out = nullptr;
    if (count > WP_JSON_PATHS_MAX) return WP_EINVAL;
    void *area = wp_alloc(1, sizeof(wp_json));
    if (!area) return WP_ENOMEM;
    wp_json *j = new (area) wp_json();
    j->count = count;
    for (size_t i = 0; i < count; i++) {
        j->top.rest[i] = paths[i];
        j->top.len[i] = strlen(paths[i]);
    }
    *out = j;
    return WP_OK;
}

extern "C" void wp_json_free(struct wp_json *j) {
    if (!j) return;
    j->~wp_json();
    wp_free(j);
}

extern "C" enum wp_status wp_json_read(struct wp_json *j, const uint8_t *line, size_t len,
                                       struct wp_json_value *values, const char **reason) {
    j->reason = "";
    j->values = values;
    j->depth = 0;
    for (size_t i = 0; i < j->count; i++) values[i] = {WP_JSON_ABSENT, nullptr, 0};
    enum wp_status status = len > SIMDJSON_MAXSIZE_BYTES ? from_simdjson(j, CAPACITY) : grow(j, len);
    if (status == WP_OK) status = read_document(j, line, len);
    if (status == WP_END) j->reason = "an empty line";
    if (status == WP_EUTF8) j->reason = "not UTF-8";
    if (status == WP_ENOMEM) j->reason = "out of memory";
    *reason = j->reason;
    return status;
}
