/* test_date_table.c - dates beside Python's datetime and email.utils (date_table.h, by make_date_table.py).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "input/date.h"
#include "model/date_table.h"

static void as_python(void **state) {
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t seconds = -1;
        bool understood = wp_date_parse(table[i].text, strlen(table[i].text), table[i].format, &seconds);
        if (understood == table[i].understood && (!understood || seconds == table[i].seconds)) continue;
        wrong++;
        print_message("%s by %s: %lld, not %lld\n", table[i].text,
                      table[i].format ? table[i].format : "itself", (long long)seconds,
                      (long long)table[i].seconds);
    }
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_python)};
    return cmocka_run_group_tests_name("date table", tests, NULL, NULL);
}
