/*
 * owner.c - see owner.h.
 *
 * A registrable domain is always the end of its host, so the cache keeps hosts and where in them the owner
 * begins. It is direct-mapped: a host that meets another one in its place takes it. libpsl takes about a
 * microsecond, the cache some ten nanoseconds.
 */
#include "input/owner.h"

#include <libpsl.h>
#include <stdbool.h>
#include <string.h>
#include "base/hash.h"
#include "base/memory.h"

/* 2^13 hosts of up to 53 bytes, 512 KiB: crawls of one day name some ten thousand outlets. */
#define SLOT_BITS 13
#define SLOT_HOST_MAX 53

struct slot {
    uint64_t hash;
    uint8_t len;   /* of the host, 0 = empty */
    uint8_t start; /* of the owner within it */
    char host[SLOT_HOST_MAX];
};

struct wp_owner_cache {
    const psl_ctx_t *psl; /* constant; NULL when libpsl was built without a list */
    const struct wp_owner_groups *groups;
    char host[WP_OWNER_MAX + 1]; /* of the record at hand, NUL behind it */
    size_t host_len;
    struct slot slots[1 << SLOT_BITS];
};

enum wp_status wp_owner_cache_new(struct wp_owner_cache **out) {
    struct wp_owner_cache *c = *out = wp_zalloc(1, sizeof *c);
    if (!c) return WP_ENOMEM;
    c->psl = psl_builtin();
    return WP_OK;
}

void wp_owner_cache_free(struct wp_owner_cache *cache) {
    wp_free(cache);
}

void wp_owner_cache_join(struct wp_owner_cache *cache, const struct wp_owner_groups *groups) {
    cache->groups = groups;
}

static inline uint8_t lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Bytes that can stand in a host name; those above 0x7f belong to names in other scripts. */
static inline bool is_host_byte(uint8_t c) {
    uint8_t l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c >= 0x80;
}

/* Where "scheme://" or "//" ends, or 0. */
static size_t skip_scheme(const uint8_t *s, size_t len) {
    size_t i = 0;
    while (i < len &&
           ((lower(s[i]) >= 'a' && lower(s[i]) <= 'z') || (i && is_host_byte(s[i])) || s[i] == '+'))
        i++;
    if (i && (i == len || s[i] != ':')) return 0;
    i += i > 0;
    return len - i >= 2 && s[i] == '/' && s[i + 1] == '/' ? i + 2 : 0;
}

static bool is_authority_end(uint8_t c) {
    return c == '/' || c == '?' || c == '#' || c == '\\';
}

/* Copies the host of [USER@]HOST[:PORT] in lower case; false when there is none. */
static bool take_host(struct wp_owner_cache *c, const uint8_t *s, size_t len) {
    size_t end = 0, from = 0, n = 0;
    for (; end < len && !is_authority_end(s[end]); end++)
        if (s[end] == '@') from = end + 1;
    if (from < end && s[from] == '[') { /* an IPv6 address, kept with its brackets */
        for (; from < end && n < WP_OWNER_MAX; from++) {
            c->host[n++] = (char)lower(s[from]);
            if (s[from] == ']') break;
        }
        c->host_len = n;
        return from < end && n > 2 && s[from] == ']';
    }
    for (; from < end && n < WP_OWNER_MAX && is_host_byte(s[from]); from++)
        c->host[n++] = (char)lower(s[from]);
    if (from < end && s[from] != ':') return false;
    while (n && c->host[n - 1] == '.') n--;
    c->host_len = n;
    return n > 0;
}

static bool is_address(const char *host, size_t len) {
    if (host[0] == '[') return true;
    for (size_t i = 0; i < len; i++)
        if (host[i] != '.' && (host[i] < '0' || host[i] > '9')) return false;
    return true;
}

/* Where in c->host the owner begins. */
static size_t look_up(struct wp_owner_cache *c) {
    c->host[c->host_len] = 0;
    if (!c->psl || is_address(c->host, c->host_len)) return 0;
    const char *owner = psl_registrable_domain(c->psl, c->host);
    return owner ? (size_t)(owner - c->host) : 0;
}

static void find_by_host(struct wp_owner_cache *c, const char **name, size_t *len) {
    size_t start;
    if (c->host_len > SLOT_HOST_MAX) {
        start = look_up(c);
    } else {
        uint64_t hash = wp_hash64(c->host, c->host_len);
        struct slot *slot = &c->slots[hash >> (64 - SLOT_BITS)];
        if (slot->hash != hash || slot->len != c->host_len || memcmp(slot->host, c->host, c->host_len) != 0) {
            slot->hash = hash;
            slot->len = (uint8_t)c->host_len;
            slot->start = (uint8_t)look_up(c);
            memcpy(slot->host, c->host, c->host_len);
        }
        start = slot->start;
    }
    *name = c->host + start;
    *len = c->host_len - start;
}

static bool looks_like_host(const uint8_t *s, size_t len) {
    bool dot = false;
    for (size_t i = 0; i < len; i++) {
        if (!is_host_byte(s[i])) return false;
        dot |= s[i] == '.' && i > 0 && i + 1 < len;
    }
    return dot && len <= WP_OWNER_MAX;
}

/* The longest beginning of s that is no longer than max and does not end inside a character. */
static size_t cut_utf8(const uint8_t *s, size_t len, size_t max) {
    if (len <= max) return len;
    while (max && (s[max] & 0xc0) == 0x80) max--;
    return max;
}

static void find_by_source(struct wp_owner_cache *c, const uint8_t *s, size_t len, const char **name,
                           size_t *out_len) {
    while (len && s[len - 1] <= ' ') len--;
    while (len && s[0] <= ' ') s++, len--;
    size_t scheme = skip_scheme(s, len);
    if (scheme ? take_host(c, s + scheme, len - scheme) : looks_like_host(s, len) && take_host(c, s, len)) {
        find_by_host(c, name, out_len);
        return;
    }
    len = cut_utf8(s, len, WP_OWNER_MAX);
    for (size_t i = 0; i < len; i++) c->host[i] = (char)lower(s[i]);
    *name = c->host;
    *out_len = len;
}

/* "www.example.com/path" and "example.com:8080/path" are urls too, if a dot stands in the host. */
static bool has_bare_host(const uint8_t *s, size_t len) {
    size_t n = 0;
    while (n < len && is_host_byte(s[n])) n++;
    return (n == len || s[n] == ':' || is_authority_end(s[n])) && looks_like_host(s, n);
}

void wp_owner_find(struct wp_owner_cache *c, const struct wp_record *record, const char **name, size_t *len) {
    const uint8_t *url = record->url;
    size_t url_len = record->url_len;
    while (url_len && url[0] <= ' ') url++, url_len--;
    size_t scheme = skip_scheme(url, url_len);
    if ((scheme || has_bare_host(url, url_len)) && take_host(c, url + scheme, url_len - scheme))
        find_by_host(c, name, len);
    else
        find_by_source(c, record->source, record->source_len, name, len);
    if (c->groups) wp_owner_groups_join(c->groups, name, len);
}
