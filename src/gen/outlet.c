/*
 * outlet.c - see outlet.h. The wordings are written for this project; real sites say much the same.
 *
 * Furniture is what makes different stories of an outlet look alike, so its length is true to life: a cookie
 * banner of 40 to 90 words, a donation appeal of 60 to 90, a bar of share buttons of 10 to 20.
 */
#include "gen/outlet.h"

#include <string.h>

#include "gen/expand.h"

#define USE_OUTLET 0x6f75746cu
#define WORDINGS 4
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

const char *const wp_gen_month_names[12] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};

static const char *const towns[] = {
    "Karse",       "Port Velda",   "Ombrin",      "Tallowick", "Dervane",        "Hask",
    "Quillan Bay", "Mireside",     "Orsted Hill", "Fennmoor",  "Sallowgate",     "Brask",
    "Tarnholt",    "Evenford",     "Lake Ister",  "Nantry",    "Volsk Point",    "Cardrey",
    "Ammerdown",   "Pell Harbour", "Jurst",       "Ravensey",  "Thornaby Cross", "Ustrand",
    "Wexcombe",    "Zelmar",       "Ikkeby",      "Gorran",    "Lisse",          "Old Marrow"};
static const char *const papers[] = {"Courier",   "Herald", "Gazette",  "Post", "Tribune",
                                     "Observer",  "Echo",   "Standard", "Mail", "Monitor",
                                     "Chronicle", "Star",   "Dispatch", "Wire"};
static const char *const agencies[] = {"Norpress", "ANV",      "Coastal News Agency",
                                       "UPN",      "Meridian", "Agence Velda"};
static const char *const firsts[] = {"Ada",  "Bram",  "Celia",  "Dorin", "Esme",  "Farid",  "Gilda", "Hanno",
                                     "Ines", "Jarek", "Kesi",   "Lorn",  "Mabel", "Nuno",   "Odile", "Pavo",
                                     "Runa", "Silas", "Tamsin", "Ulric", "Vera",  "Wystan", "Yara",  "Zeno"};
static const char *const lasts[] = {
    "Abrell", "Brannock", "Calder",   "Dusane",   "Ekholm",    "Farrow", "Grell",   "Hollis", "Iverne",
    "Jessop", "Kandari",  "Lundquay", "Marrable", "Norrin",    "Oyelan", "Penhale", "Quist",  "Rademar",
    "Soames", "Tessaro",  "Umberly",  "Vantongo", "Wrenfield", "Yarrow", "Zellick"};

static const char *const furniture[WP_GEN_FURNITURE_COUNT][WORDINGS] = {
    {"We use cookies on {d} and similar technologies to recognise your visits and preferences, to measure "
     "how our "
     "pages are used and to show you advertising that fits. By choosing Accept all you agree to this. You "
     "can "
     "change your choice at any time in our privacy centre. Accept all Reject all Manage settings",
     "This website uses cookies. Some are needed for the site to work, others help {n} to improve what it "
     "offers "
     "and to pay for its journalism. You may accept all cookies or choose which ones you allow. For more, "
     "read our "
     "cookie policy and our privacy notice, which tell who receives your data and for how long they are "
     "kept. I "
     "agree More options",
     "Your privacy matters to us. {n} and its 214 partners store and read information on your device, such "
     "as "
     "identifiers in cookies, and process personal data such as the pages you visit, for personalised "
     "content, "
     "advertising and content measurement, audience research and the development of services. With your "
     "consent we "
     "and our partners may use precise location data. You can refuse, or object where processing rests on "
     "legitimate interest. Accept and close Learn more",
     "By continuing to use {d} you accept the use of cookies in accordance with our cookie policy. OK, got "
     "it"},
    {"Home News {c} Latest", "You are here: Home » News » Top stories\n\nPosted by {n} online desk",
     "NEWS | POLITICS | BUSINESS | SPORT | OPINION | MORE", "{n} Newsroom\n\nListen to this article now"},
    {"Photo: {n}", "File photo used to illustrate the story. PHOTO: {n}/Library",
     "A file picture from {c}. Credit: {p} for {n}", "Image source: {a}"},
    {"READ ALSO: {t}", "Related: {t}\n\nMore from {n}", "See also: {t}", "You may also like: {t}"},
    {"ADVERTISEMENT. SCROLL DOWN TO CONTINUE READING.", "Advertisement\n\nStory continues below",
     "Join our channel to receive the news of {n} on your phone as it breaks. Click here to follow.",
     "Promoted"},
    {"Support {n}. Good journalism costs a lot of money, yet only good journalism can keep a society "
     "accountable and "
     "its government honest. For continued free access to the best reporting in {c} we ask you to consider a "
     "modest "
     "contribution to this noble work. By giving to {n} you help to sustain a journalism of relevance and "
     "make sure "
     "it stays free and open to all. Donate today",
     "If you have read this far, you know what independent reporting is worth. {n} has no owner but its "
     "readers and "
     "takes no money from parties. For the price of one coffee a month you can keep our reporters in the "
     "field and "
     "our pages open to everyone. Become a member of {n} now and support our work. One-time gifts are "
     "welcome too.",
     "Do you value our work? {n} depends on people like you. Every gift, large or small, goes to our "
     "newsroom in {c}. "
     "Give now by card or bank transfer. Thank you.",
     "Contribute to {n}: Account name {n} Media Trust, {c} Mutual Bank. Your support lets us tell the "
     "stories that "
     "others would rather leave untold."},
    {"Sign up for the morning letter of {n} and get the five stories that matter in your inbox every day at "
     "seven. "
     "Enter your email address. Subscribe. You can unsubscribe at any time.",
     "Get the latest news delivered straight to your mailbox. Subscribe to the {n} newsletter. Check your "
     "inbox to "
     "confirm your subscription.",
     "Follow {n} for more stories like this one. Download our app.",
     "Do you have a story or a tip for us? Write to newsdesk@{d} or call our news desk in {c}."},
    {"Share this: Facebook Twitter WhatsApp Telegram LinkedIn Print Email",
     "Share on Facebook\n\nShare on Twitter\n\nShare on Pinterest\n\nShare on LinkedIn\n\nCopy link",
     "Share this:\n\nTwitter\n\nFacebook\n\nLike this:\n\nLike Loading...\n\nRelated",
     "SHARE TWEET PIN SHARE 0 Comments. Be the first to comment on this story."},
    {"Copyright {n}. All rights reserved. This material, and other digital content on this website, may not "
     "be "
     "reproduced, published, broadcast, rewritten or redistributed in whole or in part without prior express "
     "permission of {n}.",
     "(c) {n} 2024. Reproduction without permission is prohibited.",
     "Opinions in comments are those of their authors. {n} may remove comments that offend against its "
     "rules. "
     "Contact: editor@{d}",
     "{n} is published in {c} by {c} Press Limited. Terms of use Privacy policy Contact us About us "
     "Advertise"},
};

static const char *const banners[] = {
    "Please enable JavaScript and cookies to continue. {d} is checking the security of your connection "
    "before "
    "you proceed. This may take a few seconds.",
    "You have reached your limit of free articles. Log in or subscribe to {n} to go on reading. Subscribers "
    "get "
    "unlimited access to all stories, the digital edition and the archive. Already a member? Sign in.",
    "We use cookies on {d} to give you the best experience. By clicking Accept you consent to all of them. "
    "Your "
    "browser does not support the video element. Please update your browser or switch JavaScript on to see "
    "this "
    "page.",
    "403. Access to {d} from your region is not possible at present. We are working on a solution. We "
    "apologise "
    "for the inconvenience. The team of {n}"};
static const char *const datelines[] = {"{C}, {m} ({a}) - ",
                                        "{C} ({a}) — ",
                                        "({a}) - ",
                                        "By {p}, {c}\n\n",
                                        "{c}, {m}, 2024 ({a}) – ",
                                        "By {p} with agency reports\n\n"};
static const char *const tails[] = {"({a})",
                                    "— {a}",
                                    "{a}",
                                    "Reporting by {p}; editing by {p} ({a})",
                                    "({a}) All rights reserved by the agency.",
                                    "Source: {a}. Additional reporting by {n}."};
static const char *const captions[] = {
    "{p} at a meeting in {c} on {m}. Photo: {a}", "A view of {c} in this file photo. ({a}/{p})",
    "FILE PHOTO: People walk through {c}, {m}. {a}/{p}", "{p}, who spoke to {n} in {c}. | Picture: {n}"};

struct wp_gen_date wp_gen_date_of(uint32_t day) {
    static const uint8_t lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct wp_gen_date d = {2024, 1, 1};
    for (;; d.year++) {
        uint32_t leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
        if (day < 365 + leap) break;
        day -= 365 + leap;
    }
    uint32_t leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
    for (; d.month <= 12; d.month++) {
        uint32_t days = lengths[d.month - 1] + (d.month == 2 ? leap : 0);
        if (day < days) break;
        day -= days;
    }
    d.day = day + 1;
    return d;
}

const char *wp_gen_town(struct wp_random *r) {
    return towns[wp_random_below(r, COUNT(towns))];
}

enum wp_status wp_gen_put_person(struct wp_random *r, struct wp_buffer *out) {
    WP_TRY(wp_gen_put(out, firsts[wp_random_below(r, COUNT(firsts))]));
    WP_TRY(wp_gen_put(out, " "));
    return wp_gen_put(out, lasts[wp_random_below(r, COUNT(lasts))]);
}

/* "Port Velda Courier", and the same as a domain: small letters without spaces. A number tells outlets apart
 * once towns and words are used up. */
static void set_names(struct wp_gen_outlet *o, uint32_t number) {
    const char *paper = papers[(number / COUNT(towns) + number) % COUNT(papers)];
    uint32_t round = number / (COUNT(towns) * COUNT(papers));
    size_t at = 0;
    o->city = towns[number % COUNT(towns)];
    for (const char *part = o->city; part; part = part == o->city ? paper : NULL) {
        size_t len = strlen(part);
        if (at) o->name[at++] = ' ';
        memcpy(o->name + at, part, len);
        at += len;
    }
    for (; round; round /= 10) o->name[at++] = (char)('0' + round % 10);
    o->name[at] = 0;
    size_t d = 0;
    for (size_t i = 0; i < at; i++)
        if (o->name[i] != ' ')
            o->domain[d++] = (char)(o->name[i] >= 'A' && o->name[i] <= 'Z' ? o->name[i] | 32 : o->name[i]);
    memcpy(o->domain + d, ".example", sizeof ".example");
}

/* How many of a hundred outlets have each kind. */
static const uint8_t has_furniture[WP_GEN_FURNITURE_COUNT] = {8, 12, 20, 40, 12, 12, 20, 45, 12};

struct wp_gen_outlet wp_gen_outlet_make(uint64_t seed, uint32_t number) {
    struct wp_gen_outlet o = {0};
    set_names(&o, number);
    uint32_t family =
        number % 6 == 5 ? number - 1 : number; /* every sixth is a sister of the one before it */
    struct wp_random r = wp_random_start(seed, USE_OUTLET, family);
    static const uint8_t marks[] = {WP_GEN_MARKS_AS_WRITTEN, WP_GEN_MARKS_AS_WRITTEN, WP_GEN_MARKS_AS_WRITTEN,
                                    WP_GEN_MARKS_STRAIGHT,   WP_GEN_MARKS_CURLY,      WP_GEN_MARKS_CURLY};
    o.marks = marks[wp_random_below(&r, COUNT(marks))];
    o.agency = agencies[wp_random_below(&r, COUNT(agencies))];
    o.dateline = (uint8_t)wp_random_below(&r, COUNT(datelines));
    o.tail = (uint8_t)wp_random_below(&r, COUNT(tails));
    o.caption = (uint8_t)wp_random_below(&r, COUNT(captions));
    for (size_t i = 0; i < WP_GEN_FURNITURE_COUNT; i++) {
        bool has = wp_random_below(&r, 100) < has_furniture[i];
        uint8_t wording = (uint8_t)(1 + wp_random_below(&r, WORDINGS));
        uint32_t share = wp_random_between(&r, 300000, 1000000);
        o.wording[i] = has ? wording : 0;
        o.share[i] = share;
    }
    return o;
}

static enum wp_status put_upper(const char *text, struct wp_buffer *out) {
    size_t from = out->len;
    WP_TRY(wp_gen_put(out, text));
    for (size_t i = from; i < out->len; i++)
        if (out->data[i] >= 'a' && out->data[i] <= 'z') out->data[i] &= 0xdf;
    return WP_OK;
}

static enum wp_status fill_gap(void *self, char letter, struct wp_buffer *out) {
    const struct wp_gen_scene *s = self;
    struct wp_gen_date date = wp_gen_date_of(s->day);
    switch (letter) {
    case 'n': return wp_gen_put(out, s->outlet->name);
    case 'd': return wp_gen_put(out, s->outlet->domain);
    case 'c': return wp_gen_put(out, s->outlet->city);
    case 'C': return put_upper(s->outlet->city, out);
    case 'a': return wp_gen_put(out, s->outlet->agency);
    case 'p': return wp_gen_put_person(s->r, out);
    case 't': return s->title ? wp_buffer_add(out, s->title, s->title_len) : WP_OK;
    case 'f': return wp_gen_put_number(out, wp_random_between(s->r, 2, 999), 0);
    case 'm':
        WP_TRY(wp_gen_put(out, wp_gen_month_names[date.month - 1]));
        WP_TRY(wp_gen_put(out, " "));
        return wp_gen_put_number(out, date.day, 0);
    default: return wp_gen_put(out, "?");
    }
}

enum wp_status wp_gen_scene_expand(const struct wp_gen_scene *scene, const char *pattern,
                                   struct wp_buffer *out) {
    struct wp_gen_gaps gaps = {fill_gap, (void *)(uintptr_t)scene};
    return wp_gen_expand(pattern, &gaps, out);
}

enum wp_status wp_gen_outlet_furniture(const struct wp_gen_scene *scene, enum wp_gen_furniture kind,
                                       struct wp_buffer *out) {
    uint8_t wording = scene->outlet->wording[kind];
    return wording ? wp_gen_scene_expand(scene, furniture[kind][wording - 1], out) : WP_OK;
}

enum wp_status wp_gen_outlet_dateline(const struct wp_gen_scene *scene, struct wp_buffer *out) {
    return wp_gen_scene_expand(scene, datelines[scene->outlet->dateline], out);
}

enum wp_status wp_gen_outlet_tail(const struct wp_gen_scene *scene, struct wp_buffer *out) {
    return wp_gen_scene_expand(scene, tails[scene->outlet->tail], out);
}

enum wp_status wp_gen_outlet_caption(const struct wp_gen_scene *scene, struct wp_buffer *out) {
    return wp_gen_scene_expand(scene, captions[scene->outlet->caption], out);
}

enum wp_status wp_gen_outlet_banner(const struct wp_gen_scene *scene, struct wp_buffer *out) {
    return wp_gen_scene_expand(scene, banners[scene->outlet->wording[WP_GEN_COOKIE] % COUNT(banners)], out);
}
