/*
 * test_agency.c - agency lines in seven languages, and articles about agencies that have none.
 *
 * Each case is a text with the agency expected and two marks that are taken out before: what stands before
 * the first is the head, what stands behind the second is the tail; "{{" and "}}".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "text/agency.h"

enum { PADDING = 700 };

static struct wp_agency_table *table;

static int set_up(void **state) {
    (void)state;
    return wp_agency_table_new(NULL, &table, NULL) == WP_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    wp_agency_table_free(table);
    return 0;
}

/* The text without its marks, in an allocation of its length. */
static uint8_t *unmark(const char *marked, size_t *len, size_t *head, size_t *tail) {
    const char *open = strstr(marked, "{{"), *close = strstr(marked, "}}");
    size_t n = strlen(marked), h = open ? (size_t)(open - marked) : 0, skip = open ? 2 : 0;
    size_t t = close ? (size_t)(close - marked) : n;
    uint8_t *text = malloc(n ? n : 1);
    assert_non_null(text);
    memcpy(text, marked, h);
    memcpy(text + h, marked + h + skip, t - h - skip);
    *len = t - skip;
    if (close) {
        memcpy(text + *len, close + 2, n - t - 2);
        *len += n - t - 2;
    }
    *head = h;
    *tail = t - skip;
    return text;
}

static void expect_in(const struct wp_agency_table *t, const char *marked, const char *agency) {
    size_t len, head, tail;
    uint8_t *text = unmark(marked, &len, &head, &tail);
    struct wp_agency_found f;
    wp_agency_find(t, text, len, &f);
    if (strcmp(wp_agency_name(t, f.agency), agency) != 0 || f.head_end != head || f.tail_begin != tail)
        print_message("'%s'\n  found '%s', head ends at %u of %zu, tail begins at %u of %zu\n", marked,
                      wp_agency_name(t, f.agency), f.head_end, head, f.tail_begin, tail);
    assert_string_equal(wp_agency_name(t, f.agency), agency);
    assert_int_equal(f.head_end, head);
    assert_int_equal(f.tail_begin, tail);
    free(text);
}

static void expect(const char *marked, const char *agency) {
    expect_in(table, marked, agency);
}

static void english_datelines(void **state) {
    (void)state;
    expect("LAGOS, Nigeria (AP) \u2014 {{The bridge over the lagoon will close for a year.", "AP");
    expect("ABUJA, April 5 (Reuters) - {{The central bank kept its rate.", "Reuters");
    expect("JERUSALEM/RAMALLAH, West Bank, Jan 1 (Reuters) - {{Talks ended.", "Reuters");
    expect("Kaduna, May 18, 2021 (NAN) {{The union says it will go on.", "NAN");
    expect("BEIJING, May 3 (Xinhua) -- {{A new telescope has been built.", "Xinhua");
    expect("RIYADH (SPA) {{The city began the work on Monday.", "SPA");
    expect("(Reuters) - {{A jet returned to its airport.", "Reuters");
    expect("LONDON, Dec 29 (Thomson Reuters Foundation) - {{Organisers said.", "Reuters");
    expect("PARIS - AFP - {{The mayor said no.", "AFP");
    expect("Markets calm before the vote\n\nPARIS (AFP) \u2013 {{Shares rose.", "AFP");
    expect("By Malcolm Vale\nERIMO, Japan, Oct 19 (Reuters) - {{Fishermen said.", "Reuters");
    expect("\xef\xbb\xbf\n  KORVAL (dpa) - {{The ferry was late.", "dpa");
}

static void datelines_without_an_agency(void **state) {
    (void)state;
    expect("LAKE FOREST, Ill. \u2014 {{The coach was dismissed.", "");
    expect("BENIN CITY \u2013 {{The foundation has asked for help.", "");
    expect("ABUJA\u2014{{President and senators met.", "");
    expect("CAIRO -- {{An Egyptian court convicted four men.", "");
    expect("MONEY RATES - INTERNATIONAL SUMMARY\nU.S. 6.5", "");
    expect("COVID-19 cases rise again in Lagos.", "");
    expect("COVID-19 \u2013 The figures for Lagos.", "");
    expect("ABUJA, April 5 \u2013 {{The figures for Lagos.", "");
    expect("PDP \u2013 the main opposition party \u2013 has said no.", "");
    expect("The bridge \u2013 It was closed in May \u2013 is open.", "");
}

static void english_bylines(void **state) {
    (void)state;
    expect("By John Doe, Associated Press\n{{The vote was close.", "AP");
    expect("By JANE ROE and JOHN DOE, The Associated Press\n\n{{The vote was close.", "AP");
    expect("By dpa/NAN\n\n{{German police are looking for three men.", "dpa");
    expect("By Deborah Ade/NAN\n\n{{The police arraigned a trader.", "NAN");
    expect("By Reuters\n{{Shares fell.", "Reuters");
    expect("Agency Reporter\n\n{{Police in Jos have found the goats.", "");
    expect("Xinhua | Updated: 2017-09-15 17:52\n{{China said no.", "Xinhua");
    expect("AFP - {{The mayor has resigned.", "AFP");
    expect("By Kazeem Ade\n\nThe team lost on penalties.", "");
    expect("By the time Reuters called, the minister had left.\nHe was at sea.", "");
}

static void signed_at_the_end(void **state) {
    (void)state;
    expect("He asked residents to be vigilant. }}(NAN)", "NAN");
    expect(
        "He asked residents to be vigilant.\n\n}}(NAN)\n\nVanguard News Nigeria\n\nKindly Share This Story:",
        "NAN");
    expect("The strike goes on, he said. }}(NAN) (www.nannews.ng)", "NAN");
    expect("The strike goes on in schools }}(NAN)", "NAN");
    expect("\u201cWe shall see,\u201d he said.\n\n}}NAN\n\nVanguard News Nigeria", "NAN");
    expect(
        "The final is on Sunday.\n\n}}AFP\n\nShare this: Twitter\n\nFacebook\n\nLike this: Like Loading...",
        "AFP");
    expect("The final is on Sunday.\n\n}}-AFP", "AFP");
    expect("Profits fell by a third.\n }}Reuter", "Reuters");
    expect("No one was hurt. }}(dpa/NAN)", "dpa");
    expect("No one was hurt.\n\n}}[NAN]\n\nVanguard News Nigeria", "NAN");
    expect("No one was hurt. }}AFP", "AFP");
    expect("No one was hurt.\n}}Reuters - AP - AFP\n(Morning Post 10/03/2017 page 4)", "Reuters");
    expect("No one was hurt. }}(Reporting by Ines Varga; Editing by Tom Bell)", "Reuters");
    expect("No one was hurt.\n}}Source: Xinhua", "Xinhua");
}

static void copyright_tails(void **state) {
    (void)state;
    expect("The season ends on Sunday.\n}}Copyright 2021 The Associated Press. All rights reserved. This "
           "material may not be published, broadcast, rewritten or redistributed.",
           "AP");
    expect("They left at noon.\n}}\u00a9 Agence France-Presse", "AFP");
    expect("They left at noon. }}\u00a9 2016 POLITICO SPRL Log in to access content.", "");
    expect("They left at noon. }}All rights reserved.", "");
    expect("They left at noon.\n}}(NAN)\n\nCopyright 2021 The Courier", "NAN");
    expect("They left at noon.\n}}The Associated Press contributed to this report.", "");
    expect("Copyright law is a mess, the judge said, and left.", "");
    expect("A sign at the door said \u201call rights reserved\u201d and nothing else", "");
}

static void update_prefixes(void **state) {
    (void)state;
    expect("UPDATE 2-{{Ferry runs aground off Port Sorrel", "");
    expect("CORRECTED-UPDATE 1-{{Ferry runs aground off Port Sorrel", "");
    expect("WRAPUP 1-{{Stocks rise, bonds fall", "");
    expect("URGENT - {{Ferry runs aground", "");
    expect("BREAKING: {{Ferry runs aground", "");
    expect("(UPDATED) {{Ferry runs aground", "");
    expect("UPDATE 1-KORVAL (Reuters) - {{A ferry ran aground.", "Reuters");
    expect("Breaking-down lorries block the road to Ibadan.", "");
    expect("Update on the ferry: it is still there.", "");
    expect("Urgent action is needed, he said.", "");
}

static void about_agencies(void **state) {
    (void)state;
    expect("Reuters said on Monday it would cut 200 jobs.", "");
    expect("The News Agency of Nigeria (NAN) reports that the bridge is closed.", "");
    expect("Agence France-Presse (AFP) has a new chairman. He told staff so.", "");
    expect("The Australian Federal Police (AFP) said it had no comment.", "");
    expect("He was questioned by the Australian Federal Police (AFP)", "");
    expect("He spoke with the News Agency of Nigeria (NAN)", "");
    expect("A photographer with the Reuters news agency was hurt.", "");
    expect("The count was made by Reuters.", "");
    expect("The app has been taken down, Reuters reported.", "");
    expect("The Associated Press (AP) is reporting that the mall was evacuated.", "");
    expect("The governor (AP) \u2013 as his party is called \u2013 lost. It was close.", "");
    expect("Two men were seen at the shore \u00a9Boris Horvat (AFP)", "");
    expect("Firms were named in the papers \u00a9jgd (AFP)", "");
    expect("They met at the fair. (AP Photo/Zabi Karimi)", "");
    expect("The All Progressives Congress (APC) has won the governorship", "");
    expect("AP classes are popular at the school.", "");
    expect("MAP: Where the storm will hit first", "");
    expect("Lusa is the name of a ship that sank in the bay.", "");
}

static void spanish(void **state) {
    (void)state;
    expect("Madrid, 5 abr (EFE).- {{El puente cerrar\u00e1 el lunes, dijo el ministro.", "EFE");
    expect("BUENOS AIRES (T\u00e9lam) - {{La ministra habl\u00f3 ayer.", "T\u00e9lam");
    expect("\u00daLTIMA HORA: {{Un terremoto sacude la costa.", "");
    expect("ACTUALIZACI\u00d3N 2-{{La bolsa cae por la tarde.", "");
    expect("Por Ana Ruiz, Agencia EFE\n{{El puente est\u00e1 cerrado.", "EFE");
    expect("El puente est\u00e1 cerrado. }}EFE", "EFE");
    expect("El puente est\u00e1 cerrado.\n}}(Con informaci\u00f3n de AFP y Reuters)", "AFP");
    expect("El puente est\u00e1 cerrado.\n}}\u00a9 EFE 2021. Todos los derechos reservados.", "EFE");
    expect("El puente est\u00e1 cerrado.\n}}TODOS LOS DERECHOS RESERVADOS", "");
    expect("La agencia EFE cumple ochenta a\u00f1os y lo celebra en Madrid.", "");
    expect("Defendieron todos los derechos reservados a los pueblos.", "");
}

static void portuguese(void **state) {
    (void)state;
    expect("Lisboa, 05 mai (Lusa) - {{A ponte fecha na segunda-feira.", "Lusa");
    expect("Bras\u00edlia (Ag\u00eancia Brasil) \u2013 {{A ponte fecha na segunda-feira.",
           "Ag\u00eancia Brasil");
    expect("ATUALIZA\u00c7\u00c3O: {{Sobe para dez o n\u00famero de feridos.", "");
    expect("URGENTE: {{Presidente renuncia ao cargo.", "");
    expect("A ponte fecha, disse ele. }}(Ag\u00eancia Brasil)", "Ag\u00eancia Brasil");
    expect("O plano foi adiado\", diz ainda a defesa. }}(*Com informa\u00e7\u00f5es da AFP)", "AFP");
    expect("As ambi\u00e7\u00f5es s\u00e3o conhecidas. }}/ AFP, EFE e Reuters", "AFP");
    expect("A ponte fecha.\n}}\u00a9 2015 The Economist. Todos os direitos reservados.", "");
    expect("A Ag\u00eancia Brasileira de Intelig\u00eancia (Abin) negou tudo.", "");
    expect("O detido foi levado pela Pol\u00edcia Federal Australiana (AFP)", "");
}

static void french(void **state) {
    (void)state;
    expect("Paris, 5 mai 2021 (AFP) - {{Le pont sera ferm\u00e9 lundi.", "AFP");
    expect("ALGER (APS) \u2013 {{Le ministre a visit\u00e9 le port.", "APS");
    expect("MISE \u00c0 JOUR : {{Le pont est ferm\u00e9.", "");
    expect("Par Jean Roux, AFP\n{{Le pont est ferm\u00e9.", "AFP");
    expect("Le pont est ferm\u00e9.\n}}(avec AFP)", "AFP");
    expect("Le pont est ferm\u00e9.\n}}Tous droits r\u00e9serv\u00e9s \u2013 Agence France-Presse", "AFP");
    expect("L\u2019Agence France-Presse a nomm\u00e9 un directeur \u00e0 Dakar.", "");
}

static void german(void **state) {
    (void)state;
    expect("Berlin (dpa) - {{Die Br\u00fccke wird am Montag gesperrt.", "dpa");
    expect("BERLIN/M\u00dcNCHEN (dpa-AFX) - {{Der DAX ist gestiegen.", "dpa");
    expect("EILMELDUNG: {{Minister tritt zur\u00fcck", "");
    expect("Von Anna Weber, dpa\n{{Die Br\u00fccke ist zu.", "dpa");
    expect("Die Br\u00fccke ist zu. }}(dpa)", "dpa");
    expect("Die Br\u00fccke ist zu.\n}}Quelle: dpa, AFP", "dpa");
    expect("Die Br\u00fccke ist zu.\n}}Alle Rechte vorbehalten.", "");
    expect("Die dpa hat einen neuen Chefredakteur ernannt.", "");
}

static void arabic(void **state) {
    (void)state;
    expect("الرياض - واس\n{{بدأت أمانة المدينة أعمال الصيانة.", "SPA");
    expect("باريس (رويترز) - {{قال الوزير إن الجسر سيغلق يوم الاثنين.", "Reuters");
    expect("واس- جدة: {{أعلنت الجامعة عن توفر مقاعد جديدة.", "SPA");
    expect("القاهرة - أ ف ب: {{توصل الرئيسان إلى اتفاق.", "AFP");
    expect(" الرياض 26 شوال 1436 هـ الموافق 11 اغسطس 2015 م واس\n{{توقعت الرئاسة هطول الأمطار.\n }}// انتهى "
           "//\n 11:20 ت م \n",
           "SPA");
    expect("عاجل: {{انهيار جسر في المدينة.", "");
    expect("انهار الجسر يوم الاثنين. }}(رويترز)", "Reuters");
    expect("انهار الجسر يوم الاثنين. }}«رويترز»", "Reuters");
    expect("انهار الجسر يوم الاثنين }}(أ ف ب).", "AFP");
    expect("انهار الجسر يوم الاثنين.\n}}جميع الحقوق محفوظة", "");
    expect("قالت وكالة رويترز إن الجسر مغلق.", "");
    expect("واستقبل الوزير ضيوفه في مكتبه.", "");
    expect("وقال مصدر لوكالة الأنباء الألمانية (د.ب.أ)", "");
}

static void chinese(void **state) {
    (void)state;
    expect("新华社北京5月3日电（新华社记者王平、李和）{{新的望远镜已经建成。", "Xinhua");
    expect("北京5月3日电（新华社记者王平）{{新的望远镜已经建成。", "Xinhua");
    expect("中新社上海5月3日电 {{新的大桥昨天通车。", "CNS");
    expect("央视网消息（新闻联播）：{{新的大桥昨天通车。", "CCTV");
    expect("新华社快讯：{{新的大桥昨天通车。", "Xinhua");
    expect("快讯：{{新的大桥昨天通车。", "");
    expect("【快讯】{{新的大桥昨天通车。", "");
    expect("新的大桥昨天通车。}}（新华社）", "Xinhua");
    expect("新的大桥昨天通车。}}（完）", "");
    expect("新的大桥昨天通车。\n}}来源：新华社", "Xinhua");
    expect("新的大桥昨天通车。\n}}版权所有，未经授权不得转载", "");
    expect("新华社成立九十周年，北京举行座谈会。", "");
    expect("新华社记者从水利部获悉，汛期将至。", "");
    expect("记者今天从财政部了解到，收入增长。", "");
}

static void other_scripts(void **state) {
    (void)state;
    expect("【東京＝共同】{{政府は三日、新しい計画を発表した。", "Kyodo");
    expect("［ワシントン　５日　ロイター］ - {{政府は計画を発表した。", "Reuters");
    expect("(서울=연합뉴스) {{정부는 새 계획을 발표했다.", "Yonhap");
    expect("МОСКВА (ТАСС) \u2014 {{Мост закрыли на ремонт.", "TASS");
    expect("СРОЧНО: {{Мост закрыли на ремонт.", "");
    expect("Мост закрыли на ремонт. }}(тасс)", "TASS"); /* a phrase in any case, by Unicode */
}

/* Nothing but the windows is looked at, and a name in the middle of a text is none. */
static void windows(void **state) {
    (void)state;
    static struct {
        char text[4 * PADDING];
        size_t len;
    } b;
    for (int i = 0; i < PADDING / 7; i++) b.len += (size_t)sprintf(b.text + b.len, "a word ");
    b.len += (size_t)sprintf(b.text + b.len, "said.\n(NAN)\n");
    size_t tail = b.len - 6;
    for (int i = 0; i < 60; i++) b.len += (size_t)sprintf(b.text + b.len, "line\n");
    struct wp_agency_found f;
    wp_agency_find(table, (uint8_t *)b.text, b.len, &f);
    assert_int_equal(f.agency, 0); /* too much behind it */
    wp_agency_find(table, (uint8_t *)b.text, tail + 26, &f);
    assert_string_equal(wp_agency_name(table, f.agency), "NAN");
    assert_int_equal(f.tail_begin, tail);
    expect("", "");
    expect(" \n ", "");
    expect("(Reuters){{", "Reuters");
}

static void names(void **state) {
    (void)state;
    assert_string_equal(wp_agency_name(table, 0), "");
    assert_string_equal(wp_agency_name(table, 1), "AP");
    assert_string_equal(wp_agency_name(table, (uint16_t)(wp_agency_count(table) + 1)), "");
    assert_string_not_equal(wp_agency_name(table, wp_agency_count(table)), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_datelines),
        cmocka_unit_test(datelines_without_an_agency),
        cmocka_unit_test(english_bylines),
        cmocka_unit_test(signed_at_the_end),
        cmocka_unit_test(copyright_tails),
        cmocka_unit_test(update_prefixes),
        cmocka_unit_test(about_agencies),
        cmocka_unit_test(spanish),
        cmocka_unit_test(portuguese),
        cmocka_unit_test(french),
        cmocka_unit_test(german),
        cmocka_unit_test(arabic),
        cmocka_unit_test(chinese),
        cmocka_unit_test(other_scripts),
        cmocka_unit_test(windows),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests_name("agency", tests, set_up, tear_down);
}
