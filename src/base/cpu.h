/*
 * cpu.h - which kernels this processor can run.
 *
 * Kernels come in levels; a level implies all below it. WIREPRINT_CPU=portable|avx2|avx512 lowers the level
 * (never raises it above what the processor has); anything else there is ignored.
 */
#ifndef WP_BASE_CPU_H
#define WP_BASE_CPU_H

enum wp_cpu {
    WP_CPU_PORTABLE = 0,
    WP_CPU_AVX2 = 1,   /* AVX2, BMI1, BMI2 */
    WP_CPU_AVX512 = 2, /* AVX-512 F, BW, VL, DQ, VBMI, VBMI2 */
};

/* The level in force now. Reads the environment each time: call once per handle. Any thread. */
enum wp_cpu wp_cpu_level(void);
const char *wp_cpu_name(enum wp_cpu level);

#endif
