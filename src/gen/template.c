/*
 * template.c - see template.h.
 *
 * Gaps besides those of outlet.h: {r}ate such as 412.75, {g}oals or degrees 0-9, {h}our such as 7:45, {k} a
 * sum such as 3,482,117, {w}eekday, {u}p or down, {s} a team. Names of teams and goods stay, figures change.
 */
#include "gen/template.h"

#include <string.h>

#include "gen/expand.h"

struct template {
    const char *title, *text;
};

static const struct template templates[WP_GEN_TEMPLATES] = {
    {"Crown to Dollar: exchange rates for {w}, {m}",
     "The Velda crown opened at {r} to the dollar at the official window on {w}, {m}, data published by the "
     "Central "
     "Exchange in {c} showed.\n\nThis is {f} points {u} from the {r} at which it closed on the day before. "
     "Turnover "
     "at the window stood at {k} dollars.\n\nAt the parallel market in {c}, traders who spoke to {n} sold "
     "the dollar "
     "for {r} crowns and bought it for {r}.\n\nBelow are the rates of the day, buying and selling.\n\nUS "
     "dollar: {r} "
     "/ {r}\n\nPound sterling: {r} / {r}\n\nEuro: {r} / {r}\n\nSwiss franc: {r} / {r}\n\nYen: {r} / "
     "{r}\n\nOrsted "
     "mark: {r} / {r}\n\nThe figures are indications. Banks and bureaux de change may ask for other rates, "
     "and {n} "
     "takes no responsibility for their use. Readers are advised to compare offers before they exchange "
     "money."},
    {"League fixtures, results and table after {w}'s games",
     "Here are the results of {w}, {m}, in the Coastal Premier League, with the table and the next fixtures "
     "as "
     "compiled by {n}.\n\nRavensey Rovers {g} - {g} Hask United\n\nOmbrin Town {g} - {g} "
     "Mireside\n\nTarnholt {g} - "
     "{g} Port Velda\n\nCardrey Athletic {g} - {g} Gorran Stars\n\nZelmar {g} - {g} Dervane City\n\nIn {c}, "
     "{f} "
     "spectators saw the match. The next round of games will be played on {w} at {h}. All times are "
     "local.\n\nTop of "
     "the table\n\nHask United {f} points\n\nTarnholt {f} points\n\nRavensey Rovers {f} points\n\nOmbrin "
     "Town {f} "
     "points\n\nThe first two teams qualify for the Northern Cup, the last three play in the second division "
     "next "
     "season."},
    {"Weather in {c}: what to expect on {w}, {m}",
     "The Meteorological Service expects a high of {f} degrees and a low of {g} degrees in {c} on {w}, {m}, "
     "with a "
     "chance of rain of {f} per cent in the afternoon.\n\nThe sun rises at {h} and sets at {h}. Winds from "
     "the west "
     "at {f} kilometres an hour will go {u} towards the evening. The sea off {c} has {f} degrees.\n\nFor the "
     "day "
     "after, forecasters see a high of {f} degrees. Farmers in the valley should expect {f} millimetres of "
     "rain until "
     "the end of the week, the service said in its daily bulletin.\n\nThe service asks residents to avoid "
     "low-lying "
     "roads when it rains and to keep gutters clear. In an emergency call {f}. This bulletin is written from "
     "the data "
     "of the service and appears every day."},
    {"Stocks: index closes {u} at {r} on {w}", "The All-Share Index of the {c} Stock Exchange closed at {k} "
                                               "points on {w}, {m}, {u} {r} from its last close, as "
                                               "investors traded {k} shares worth {k} crowns in {f} "
                                               "deals.\n\nMarket capitalisation stood at {k} crowns.\n\n"
                                               "Velda Cement led the gainers with {r} to close at {r} crowns "
                                               "a share, followed by Ister Breweries with {r} and "
                                               "Hask Foods with {r}.\n\nOn the other side, Coastal Insurance "
                                               "lost most, with {r}, to close at {r}. Meridian "
                                               "Bank fell by {r} to {r}, and Ombrin Sugar by {r} to "
                                               "{r}.\n\nThe volume of shares traded by the most active, "
                                               "Tarnholt Trust, was {k}, worth {k} crowns. Analysts polled "
                                               "by {n} expect the market to trade in a narrow range "
                                               "for the rest of the week."},
    {"Market prices in {c}: rice, beans, oil and more",
     "These are the prices of staple foods in the markets of {c} on {w}, {m}, as collected by the reporters "
     "of {n}."
     "\n\nRice, long grain, 50 kg: {k} crowns\n\nBeans, brown, one bag: {k} crowns\n\nPalm oil, 25 litres: "
     "{k} crowns"
     "\n\nTomatoes, one basket: {k} crowns\n\nOnions, one bag: {k} crowns\n\nYams, hundred: {k} "
     "crowns\n\nFlour, 50 "
     "kg: {k} crowns\n\nCooking gas, 12.5 kg: {k} crowns\n\nTraders said that prices went {u} by {f} per "
     "cent in one "
     "week because of the cost of transport. The price of diesel stood at {r} crowns a litre.\n\nPrices may "
     "differ "
     "between markets and from one hour to the next. Write to the desk if yours differ."},
    {"Winning numbers of the {w} draw, {m}", "The winning numbers of the state lottery drawn in {c} on {w}, "
                                             "{m}, are {f}, {f}, {f}, {f}, {f} and {f}. The "
                                             "bonus number is {g}.\n\nThe jackpot of {k} crowns was won by "
                                             "{g} players. In the second class {f} players get "
                                             "{k} crowns each, in the third {f} players get {f} "
                                             "crowns.\n\nThe next draw takes place on {w} at {h}. Tickets "
                                             "are sold until one hour before. The jackpot will be {k} "
                                             "crowns.\n\nAll statements without guarantee. Gambling "
                                             "can be addictive; help is to be had, free and without names, "
                                             "from the counsellors of the state. {n} publishes "
                                             "the numbers after each draw."}};

struct filling {
    const struct wp_gen_scene *scene;
};

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

/* A number in groups of three. */
static enum wp_status put_sum(struct wp_random *r, struct wp_buffer *out) {
    static const uint32_t orders[] = {10000, 100000, 1000000, 100000000};
    uint32_t sum = wp_random_between(r, 1000, orders[wp_random_below(r, 4)]);
    if (sum >= 1000000) {
        WP_TRY(wp_gen_put_number(out, sum / 1000000, 0));
        WP_TRY(wp_gen_put(out, ","));
    }
    WP_TRY(wp_gen_put_number(out, sum / 1000 % 1000, sum >= 1000000 ? 3 : 0));
    WP_TRY(wp_gen_put(out, ","));
    return wp_gen_put_number(out, sum % 1000, 3);
}

static enum wp_status fill_gap(void *self, char letter, struct wp_buffer *out) {
    const struct wp_gen_scene *scene = ((struct filling *)self)->scene;
    struct wp_random *r = scene->r;
    const char pattern[] = {'{', letter, '}', 0};
    switch (letter) {
    case 'r':
        WP_TRY(wp_gen_put_number(out, wp_random_between(r, 1, 899), 0));
        WP_TRY(wp_gen_put(out, "."));
        return wp_gen_put_number(out, wp_random_below(r, 100), 2);
    case 'g': return wp_gen_put_number(out, wp_random_below(r, 10), 0);
    case 'h':
        WP_TRY(wp_gen_put_number(out, wp_random_between(r, 5, 21), 0));
        WP_TRY(wp_gen_put(out, ":"));
        return wp_gen_put_number(out, wp_random_below(r, 60), 2);
    case 'k': return put_sum(r, out);
    case 'w': return wp_gen_put(out, weekdays[scene->day % 7]);
    case 'u': return wp_gen_put(out, wp_random_below(r, 2) ? "up" : "down");
    default: return wp_gen_scene_expand(scene, pattern, out);
    }
}

enum wp_status wp_gen_template_text(const struct wp_gen_scene *scene, uint32_t which, struct wp_buffer *out) {
    struct filling filling = {scene};
    struct wp_gen_gaps gaps = {fill_gap, &filling};
    return wp_gen_expand(templates[which % WP_GEN_TEMPLATES].text, &gaps, out);
}

enum wp_status wp_gen_template_title(const struct wp_gen_scene *scene, uint32_t which,
                                     struct wp_buffer *out) {
    struct filling filling = {scene};
    struct wp_gen_gaps gaps = {fill_gap, &filling};
    return wp_gen_expand(templates[which % WP_GEN_TEMPLATES].title, &gaps, out);
}
