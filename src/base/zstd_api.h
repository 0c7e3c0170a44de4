/* zstd_api.h - the one place that includes zstd: for streams (codec.c) and single blocks (pack.c). */
#ifndef WP_BASE_ZSTD_API_H
#define WP_BASE_ZSTD_API_H

#define ZSTD_STATIC_LINKING_ONLY /* for a dictionary that is not copied */
#include <zstd.h>

#endif
