/* cpu.c - see cpu.h. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"portable", "avx2", "avx512"};

static enum wp_cpu detect(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return WP_CPU_PORTABLE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
        return WP_CPU_AVX512;
    return WP_CPU_AVX2;
#else
    return WP_CPU_PORTABLE;
#endif
}

enum wp_cpu wp_cpu_level(void) {
    enum wp_cpu level = detect();
    const char *asked = getenv("WIREPRINT_CPU");
    for (int i = 0; asked && i < (int)level; i++)
        if (strcmp(asked, names[i]) == 0) return (enum wp_cpu)i;
    return level;
}

const char *wp_cpu_name(enum wp_cpu level) {
    return names[level];
}
