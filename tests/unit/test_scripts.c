/*
 * test_scripts.c - Arabic, Chinese, Japanese, Thai, Hindi, Russian and Portuguese through the public calls:
 * how many words and shingles a sentence has, which spellings are the same, what a changed copy's coverage
 * is, and what relation is judged.
 *
 * Words are counted by hand, by the definition in text/tokens.h: a run of letters, digits and marks, or one
 * code point where there are no spaces; a shingle is 5 words, 8 where most are single code points. That the
 * words themselves are right is tests/unit/test_tokens.c; here nothing inside the library is known.
 */
#include "wireprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { TEXT_MAX = 8192 };

static struct wp_comparison compare(const char *a, const char *b) {
    struct wp_comparison c = {.size = sizeof c};
    assert_int_equal(wp_compare(a, strlen(a), b, strlen(b), &c, NULL), WP_OK);
    return c;
}

/* Words and shingles of a text; none when there are fewer words than a shingle has. */
static void expect_words(const char *text, uint32_t words, uint32_t width) {
    wp_fingerprint *f;
    assert_int_equal(wp_fingerprint_new(text, strlen(text), &f), WP_OK);
    assert_int_equal(wp_fingerprint_tokens(f), words);
    assert_int_equal(wp_fingerprint_shingles(f), words < width ? 0 : words - width + 1);
    wp_fingerprint_free(f);
}

/* Whether both have the same words. */
static void expect_same(const char *a, const char *b, int same) {
    wp_fingerprint *fa, *fb;
    uint8_t xa[16], xb[16];
    assert_int_equal(wp_fingerprint_new(a, strlen(a), &fa), WP_OK);
    assert_int_equal(wp_fingerprint_new(b, strlen(b), &fb), WP_OK);
    wp_fingerprint_exact(fa, xa);
    wp_fingerprint_exact(fb, xb);
    assert_int_equal(memcmp(xa, xb, sizeof xa) == 0, same);
    wp_fingerprint_free(fa);
    wp_fingerprint_free(fb);
}

/* What a language is tested with: an article in paragraphs, and another one on another matter. */
struct story {
    const char *headline, *body[4], *other_headline, *other[3];
};

static const char *join(char *out, const char *const *parts, size_t count) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(out + n, TEXT_MAX - n, "%s%s", i ? "\n\n" : "", parts[i]);
    assert_true(n < TEXT_MAX);
    return out;
}

/* A new headline, the last paragraph cut off: a copy. The other article: none. Words of the copy that are not
 * the new headline's all stand in the original, so that coverage can be told from the counts. */
static void expect_story(const struct story *s, const char *new_headline) {
    char original[TEXT_MAX], copy[TEXT_MAX], other[TEXT_MAX], head[TEXT_MAX];
    const char *whole[] = {s->headline, s->body[0], s->body[1], s->body[2], s->body[3]};
    const char *cut[] = {new_headline, s->body[0], s->body[1], s->body[2]};
    const char *second[] = {s->other_headline, s->other[0], s->other[1], s->other[2]};
    join(original, whole, 5);
    join(copy, cut, 4);
    join(other, second, 4);
    snprintf(head, sizeof head, "%s", new_headline);

    struct wp_comparison c = compare(original, copy);
    uint32_t own = compare(head, "").tokens_a;
    assert_string_equal(c.relation, "copy");
    assert_true(c.tokens_b < c.tokens_a);
    assert_true(c.longest_run == c.tokens_b - own);
    double expected = (double)(c.tokens_b - own) / c.tokens_b;
    assert_true(c.coverage - expected < 1e-12 && expected - c.coverage < 1e-12);
    assert_true(c.coverage_a < 1.0 && c.coverage_a > 0.5);

    struct wp_comparison d = compare(original, other);
    assert_string_equal(d.relation, "none");
    assert_true(d.coverage < 0.1);
    assert_string_equal(compare(original, original).relation, "exact");
}

static const struct story arabic = {
    "افتتاح جسر جديد في المدينة القديمة",
    {"افتتح وزير النقل صباح اليوم الاثنين الجسر الجديد الذي يربط المدينة القديمة بالميناء، بعد ثلاث سنوات من "
     "أعمال البناء التي شارك فيها أكثر من ٤٠٠ عامل.",
     "وقال الوزير في كلمة أمام الحضور إن الجسر سيخفف الازدحام عن الطريق الساحلي، وإن الحافلات ستعبره مجانا "
     "خلال الشهر الأول من التشغيل.",
     "وطالب سكان الحي المجاور بإضافة ممر للمشاة وإنارة كافية في الليل، فيما وعدت البلدية بدراسة الطلب قبل "
     "نهاية العام.",
     "وكان المشروع قد توقف مرتين بسبب الأمطار الغزيرة وتأخر وصول الحديد من الخارج."},
    "ارتفاع أسعار القمح في الأسواق العالمية",
    {"ارتفعت أسعار القمح في تعاملات أمس لليوم الرابع على التوالي، متأثرة بموجة الجفاف التي ضربت الحقول في "
     "نصف "
     "الكرة الشمالي.",
     "ويتوقع تجار أن تبقى الأسعار مرتفعة حتى موسم الحصاد القادم، إذ تراجعت المخزونات إلى أدنى مستوى منذ عشرة "
     "أعوام.",
     "وتستورد دول كثيرة معظم حاجتها من الحبوب، وتخشى الحكومات أن ينعكس ذلك على سعر الخبز."}};

static void arabic_texts(void **state) {
    (void)state;
    expect_words("قال الوزير، يوم الاثنين: «الجسر مفتوح».", 6, 5);
    /* marks belong to their word, in any order; with and without them are different words */
    expect_same("مُحَمَّد", "مُحَمَّد", 1);
    expect_same("محم\u0651\u064eد", "محم\u064e\u0651د", 1);
    expect_same("كَتَبَ", "كتب", 0);
    expect_words("كَتَبَ الطَّالِبُ الدَّرْسَ", 3, 5);
    /* the tatweel is a letter (Lm), so that a stretched word is another word, but still one */
    expect_same("الريـــاض", "الرياض", 0);
    expect_words("وصل إلى الريـــاض مساء أمس", 5, 5);
    /* presentation forms are folded, direction marks vanish */
    expect_same("\ufefb أحد", "لا أحد", 1);
    expect_same("\u200fقال\u200f الوزير", "قال الوزير", 1);
    expect_same("٤٠٠ عامل", "400 عامل", 0); /* NFKC keeps the digits of a script */
    expect_story(&arabic, "وزير النقل يقص شريط الجسر");
}

static const struct story chinese = {
    "新大桥今天正式通车",
    {"经过三年建设，连接老城区和港口的新大桥今天上午正式通车，四百多名建设者参加了通车仪式。",
     "交通部门负责人表示，大桥将缓解沿海公路的拥堵状况，首月公交车免费通行，预计每天通行车辆两万辆次。",
     "附近居民希望增设人行通道和夜间照明，市政部门承诺年底前研究解决，并将结果向社会公布。",
     "工程曾因连日暴雨和钢材运输延误两度停工。"},
    "国际小麦价格连续上涨",
    {"受北半球持续干旱影响，国际市场小麦价格昨日连续第四个交易日上涨，创下十年来新高。",
     "贸易商预计，在下一个收获季节到来以前，价格仍将处于高位，目前库存已降至最低水平。",
     "不少国家的粮食依赖进口，各国政府担心面包价格随之上调。"}};

static void chinese_texts(void **state) {
    (void)state;
    expect_words("新大桥今天正式通车，市民很高兴。", 14, 8);
    expect_words("北京5月3日电，GDP增长５％。", 11, 8); /* 北 京 5 月 3 日 电 gdp 增 长 5 */
    expect_words("华为发布Mate新款", 7, 8);             /* a word in Latin letters is one among them */
    expect_same("ＧＤＰ增长５％", "gdp增长5", 1);
    expect_same("新大桥，今天 通车。", "新大桥今天通车", 1); /* signs and spaces do not count */
    expect_same("台灣", "台湾", 0);                          /* other characters are other words */
    expect_story(&chinese, "三年建成 一桥飞架老城与港口");
}

static const struct story japanese = {
    "新しい橋が開通",
    {"旧市街と港を結ぶ新しい橋が三日午前に開通し、工事に携わった四百人以上が式典に参加した。",
     "国土交通省の担当者は、海岸道路の渋滞が緩和されると説明し、最初の一か月はバスの料金を無料にすると述べた"
     "。",
     "周辺の住民は歩道と夜間の照明を求めており、市は年内に検討結果を公表すると約束した。",
     "工事は大雨と鉄鋼の遅れのために二度中断していた。"},
    "小麦の国際価格が上昇",
    {"北半球の干ばつの影響で、小麦の国際価格は四日続けて上昇し、十年ぶりの高値をつけた。",
     "商社は次の収穫期まで高値が続くとみており、在庫は最低の水準まで減っている。",
     "輸入に頼る国が多く、各国の政府はパンの値上がりを心配している。"}};

static void japanese_texts(void **state) {
    (void)state;
    expect_words("新しい橋が、三日に開通した。", 12, 8);
    expect_same("ｶﾞｲﾄﾞ", "ガイド", 1);            /* half-width kana with their marks */
    expect_same("か\u3099くせい", "がくせい", 1); /* a mark for the voiced sound */
    expect_same("カメラ", "かめら", 0);
    expect_words("カメラーを買った", 8, 8); /* the long vowel sign is a letter, alone like the rest */
    expect_story(&japanese, "三年がかりの大橋、港へ");
}

static const struct story thai = {
    "เปิดสะพานใหม่แล้ววันนี้",
    {"รัฐมนตรีคมนาคมเปิดสะพานใหม่ที่เชื่อมเมืองเก่ากับท่าเรือเมื่อเช้าวันจันทร์ หลังก่อสร้างนานสามปี",
     "รัฐมนตรีกล่าวว่าสะพานนี้จะช่วยลดการจราจรติดขัดบนถนนเลียบชายฝั่ง และรถเมล์จะวิ่งฟรีในเดือนแรก",
     "ชาวบ้านใกล้เคียงขอให้เพิ่มทางเดินเท้าและไฟส่องสว่าง เทศบาลรับปากจะพิจารณาก่อนสิ้นปี", "โครงการหยุดไปสองครั้งเพราะฝนตกหนัก"},
    "ราคาข้าวสาลีในตลาดโลกสูงขึ้น",
    {"ราคาข้าวสาลีเพิ่มขึ้นเป็นวันที่สี่ติดต่อกันเมื่อวานนี้ เนื่องจากภัยแล้งในซีกโลกเหนือ",
     "พ่อค้าคาดว่าราคาจะยังสูงจนถึงฤดูเก็บเกี่ยวหน้า เพราะคลังเหลือน้อยที่สุดในรอบสิบปี",
     "หลายประเทศนำเข้าธัญพืชเกือบทั้งหมดและกังวลเรื่องราคาขนมปัง"}};

static void thai_texts(void **state) {
    (void)state;
    expect_words("สะพานใหม่ 25", 10, 8);          /* nine code points, tone marks among them, and a number */
    expect_same("น้ำ", "น\u0e49\u0e4d\u0e32", 1); /* the vowel that NFKC takes apart */
    expect_same("สะพาน ใหม่", "สะพานใหม่", 1);
    expect_story(&thai, "คนแห่ชมแน่นขนัดตั้งแต่เช้ามืด");
}

static const struct story hindi = {
    "पुराने शहर में नया पुल खुला",
    {"परिवहन मंत्री ने सोमवार सुबह उस नए पुल का उद्घाटन किया जो पुराने शहर को बंदरगाह से जोड़ता है। इसे बनाने में "
     "तीन साल लगे और चार सौ से ज़्यादा मज़दूरों ने काम किया।",
     "मंत्री ने कहा कि पुल से तट की सड़क पर भीड़ कम होगी और पहले महीने बसें बिना किराए के चलेंगी।",
     "पास के मोहल्ले के लोगों ने पैदल रास्ते और रात की रोशनी की माँग की है। नगर निगम ने साल के अंत तक विचार करने का "
     "भरोसा दिया।",
     "भारी बारिश और लोहे की देरी के कारण काम दो बार रुका था।"},
    "दुनिया के बाज़ारों में गेहूँ महँगा",
    {"उत्तरी गोलार्ध में सूखे के असर से गेहूँ के दाम कल लगातार चौथे दिन बढ़े और दस साल की ऊँचाई पर पहुँच गए।",
     "व्यापारियों का अनुमान है कि अगली फ़सल तक दाम ऊँचे रहेंगे क्योंकि भंडार सबसे निचले स्तर पर हैं।",
     "कई देश अपना ज़्यादातर अनाज बाहर से मँगाते हैं और सरकारों को रोटी महँगी होने का डर है।"}};

static void hindi_texts(void **state) {
    (void)state;
    /* vowel signs, the virama and the nasal sign are marks inside their word; the danda is none */
    expect_words("मंत्री ने कहा कि पुल खुला है।", 7, 5);
    expect_words("उद्घाटन", 1, 5);
    /* the nukta: one code point or two */
    expect_same("\u095bमीन", "\u091c\u093cमीन", 1);
    expect_same("की", "कि", 0); /* long and short vowel are not the same word */
    expect_words("\u0967\u0968 साल", 2, 5);
    expect_story(&hindi, "तीन साल बाद पुल पर दौड़ीं बसें");
}

static const struct story russian = {
    "В старом городе открыли новый мост",
    {"Министр транспорта в понедельник утром открыл новый мост, который соединяет старый город с портом. Его "
     "строили "
     "три года, в работах участвовало более 400 человек.",
     "Министр сказал, что мост разгрузит прибрежную дорогу и что в первый месяц автобусы будут ходить по "
     "нему "
     "бесплатно.",
     "Жители соседнего квартала просят сделать тротуар и освещение; мэрия обещала рассмотреть просьбу до "
     "конца года.",
     "Стройку дважды останавливали из-за ливней и задержек с поставками стали."},
    "Пшеница на мировых рынках дорожает",
    {"Цены на пшеницу вчера выросли четвёртый день подряд из-за засухи в Северном полушарии и достигли "
     "максимума за "
     "десять лет.",
     "Торговцы считают, что цены останутся высокими до следующего урожая, потому что запасы сократились.",
     "Многие страны ввозят почти всё зерно, и правительства опасаются, что подорожает хлеб."}};

static void russian_texts(void **state) {
    (void)state;
    expect_words("Из-за ливней мост закрыли в 2021 году.", 8, 5);
    expect_same("МИНИСТР СКАЗАЛ", "министр сказал", 1);
    expect_same("ЁЛКА и\u0306", "ёлка й", 1); /* a breve as a mark of its own */
    expect_same("ёлка", "елка", 0);
    expect_story(&russian, "Автобусы пошли по новому мосту");
}

static const struct story portuguese = {
    "Nova ponte é inaugurada na cidade velha",
    {"O ministro dos Transportes inaugurou na manhã desta segunda-feira a nova ponte que liga a cidade velha "
     "ao porto, "
     "depois de três anos de obras em que trabalharam mais de 400 pessoas.",
     "Segundo o ministro, a ponte vai aliviar o trânsito na estrada do litoral, e os ônibus não cobrarão "
     "passagem no "
     "primeiro mês.",
     "Moradores do bairro vizinho pedem calçada e iluminação; a prefeitura prometeu estudar o pedido até o "
     "fim do ano.",
     "A construção parou duas vezes por causa das chuvas e do atraso na entrega do aço."},
    "Preço do trigo sobe nos mercados mundiais",
    {"O preço do trigo subiu ontem pelo quarto dia seguido, puxado pela seca no hemisfério norte, e chegou "
     "ao maior "
     "valor em dez anos.",
     "Comerciantes acreditam que a alta vai durar até a próxima colheita, porque os estoques nunca foram tão "
     "baixos.",
     "Muitos países importam quase todo o grão, e os governos temem que o pão fique mais caro."}};

static void portuguese_texts(void **state) {
    (void)state;
    expect_words("Não cobrarão passagem na segunda-feira, disse.", 7, 5);
    expect_same("CORAÇÃO À SOMBRA", "corac\u0327a\u0303o a\u0300 sombra", 1);
    expect_same("avô", "avó", 0);
    expect_same("n.º 5", "n o 5", 1); /* the ordinal sign is the letter that it shows */
    expect_story(&portuguese, "Ministro corta a fita e promete ônibus de graça");
}

/* Nothing is in common between scripts, also in what both have: numbers and names in Latin letters. */
static void across_scripts(void **state) {
    (void)state;
    char a[TEXT_MAX], b[TEXT_MAX];
    const struct story *all[] = {&arabic, &chinese, &japanese, &thai, &hindi, &russian, &portuguese};
    for (size_t i = 0; i < 7; i++)
        for (size_t k = i + 1; k < 7; k++)
            assert_string_equal(compare(join(a, all[i]->body, 4), join(b, all[k]->body, 4)).relation, "none");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arabic_texts),     cmocka_unit_test(chinese_texts),
        cmocka_unit_test(japanese_texts),   cmocka_unit_test(thai_texts),
        cmocka_unit_test(hindi_texts),      cmocka_unit_test(russian_texts),
        cmocka_unit_test(portuguese_texts), cmocka_unit_test(across_scripts),
    };
    return cmocka_run_group_tests_name("scripts", tests, NULL, NULL);
}
