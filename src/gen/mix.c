/* mix.c - see mix.h. */
#include "gen/mix.h"

#include <string.h>

#include "gen/random.h"

static const char *const names[] = {
#define WP_GEN_MIX_NAME(field, name, share, meaning) name,
    WP_GEN_MIX_MAP(WP_GEN_MIX_NAME)
#undef WP_GEN_MIX_NAME
};

const struct wp_gen_mix wp_gen_mix_default = {{
#define WP_GEN_MIX_SHARE(field, name, share, meaning) (uint32_t)(share * 1000000 + 0.5),
    WP_GEN_MIX_MAP(WP_GEN_MIX_SHARE)
#undef WP_GEN_MIX_SHARE
}};

enum wp_status wp_gen_share_parse(const char *text, size_t len, uint32_t *share) {
    uint32_t value = 0, unit = WP_GEN_MILLION;
    size_t i = 0;
    if (len && (text[0] == '0' || text[0] == '1')) value = (uint32_t)(text[i++] - '0') * unit;
    if (i < len && text[i] == '.') {
        for (i++; i < len && text[i] >= '0' && text[i] <= '9' && unit > 1; i++) {
            unit /= 10;
            value += (uint32_t)(text[i] - '0') * unit;
        }
    }
    if (!len || i < len || value > WP_GEN_MILLION || (len == 1 && text[0] == '.')) return WP_EINVAL;
    *share = value;
    return WP_OK;
}

static enum wp_status set_share(struct wp_gen_mix *mix, const char *item, size_t len, struct wp_error *err) {
    const char *equals = memchr(item, '=', len);
    size_t name_len = equals ? (size_t)(equals - item) : len;
    for (size_t i = 0; i < WP_GEN_MIX_COUNT; i++) {
        if (strlen(names[i]) != name_len || memcmp(names[i], item, name_len) != 0) continue;
        if (equals && wp_gen_share_parse(equals + 1, len - name_len - 1, &mix->share[i]) == WP_OK)
            return WP_OK;
        return wp_fail(err, WP_EINVAL, "--mix %s takes a share from 0 to 1, as in %s=0.25", names[i],
                       names[i]);
    }
    return wp_fail(err, WP_EINVAL, "--mix knows no '%.*s' (see wireprint gen --help)", (int)name_len, item);
}

enum wp_status wp_gen_mix_parse(struct wp_gen_mix *mix, const char *list, struct wp_error *err) {
    while (list && *list) {
        size_t len = strcspn(list, ",");
        WP_TRY(set_share(mix, list, len, err));
        list += len + (list[len] == ',');
    }
    return WP_OK;
}
