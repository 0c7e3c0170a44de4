/*
 * words.c - see words.h. A world of its own: no real person, place or company is meant.
 *
 * Gaps: {n}oun {N}ouns {a}djective {v}erb in the past, with an object {i}nfinitive likewise {g}erund {d}: how or
 * when {o}rganisation {r}ole {x} noun phrase {X} plural phrase {c}lause {e}nd of a sentence {b} reason; filled
 * by builtin.c: {p} first person {q} second person by full name, {P} {Q} by surname, {t} and {T} towns, {w}eekday
 * {m}onth and day, {f} small and {k} large figure, {y}ear, {z} a name made of syllables.
 */
#include "gen/words.h"

#define LIST(name) ((struct wp_gen_words_list){name, sizeof name / sizeof *name})

static const char *const nouns[] = {
    "government", "council", "report", "plan", "budget", "project", "court", "election", "bill", "company", "market",
    "programme", "committee", "union", "harbour", "bridge", "school", "hospital", "road", "contract", "agreement",
    "proposal", "decision", "statement", "meeting", "campaign", "investigation", "strike", "tax", "price", "factory",
    "railway", "airport", "power", "water", "fishery", "harvest", "storm", "flood", "fire", "accident", "trial",
    "verdict", "appeal", "sentence", "charge", "fund", "loan", "debt", "bank", "currency", "export", "shipment",
    "vaccine", "clinic", "outbreak", "university", "library", "museum", "festival", "concert", "match", "season",
    "coach", "club", "league", "title", "border", "treaty", "embassy", "delegation", "summit", "visit", "ceremony",
    "law", "reform", "pension", "wage", "licence", "permit", "quarry", "mine", "pipeline", "refinery", "turbine",
    "dam", "reservoir", "ferry", "lighthouse", "canal", "tunnel", "station", "terminal", "warehouse", "depot",
    "archive", "survey", "census", "audit", "inquiry", "petition", "protest", "curfew", "ceasefire", "patrol",
    "rescue", "search", "wreck", "cargo", "crew", "fleet", "squadron", "garrison", "barracks", "orchard", "vineyard",
    "meadow", "forest", "glacier", "island", "valley", "coast", "delta", "province", "district", "parish", "ward",
    "precinct", "settlement", "estate", "farm", "mill", "brewery", "bakery", "workshop", "laboratory", "observatory",
    "telescope", "satellite", "network", "server", "platform", "software", "battery", "grid", "meter", "tariff",
    "subsidy", "quota", "embargo", "levy", "grant", "scholarship", "curriculum", "exam", "diploma", "choir",
    "orchestra", "gallery", "manuscript", "novel", "biography", "documentary", "broadcast", "newspaper", "interview",
    "rumour", "scandal", "allegation", "confession", "testimony", "witness", "ransom", "raid", "arrest", "warrant",
    "bail", "acquittal", "amnesty", "coalition", "opposition", "cabinet", "parliament", "senate", "assembly",
    "mandate", "ballot", "referendum", "turnout", "majority", "veto", "decree", "ordinance", "charter", "clause",
    "drought", "epidemic", "landslide", "earthquake", "blackout", "shortage", "surplus", "deficit", "dividend",
    "merger", "takeover", "bankruptcy", "auction", "lottery", "insurance", "claim", "premium", "mortgage", "rent"};
static const char *const plurals[] = {
    "residents", "workers", "members", "officials", "people", "students", "families", "voters", "farmers", "teachers",
    "police officers", "judges", "lawyers", "doctors", "nurses", "patients", "children", "drivers", "passengers",
    "traders", "fishermen", "engineers", "soldiers", "investors", "experts", "scientists", "journalists", "writers",
    "players", "supporters", "visitors", "neighbours", "tenants", "landlords", "companies", "banks", "schools",
    "houses", "roads", "villages", "towns", "ships", "trains", "trucks", "buses", "boats", "prices", "wages", "taxes",
    "loans", "documents", "records", "figures", "results", "measures", "rules", "talks", "reports", "plans",
    "proposals", "delays", "losses", "gains", "jobs", "shops", "markets", "fields", "crops", "cattle", "volunteers",
    "refugees", "pensioners", "apprentices", "clerks", "sailors", "dockers", "miners", "weavers", "printers",
    "beekeepers", "archivists", "surveyors", "auditors", "inspectors", "magistrates", "bishops", "councillors",
    "delegates", "diplomats", "hostages", "smugglers", "poachers", "burglars", "suspects", "witnesses", "victims",
    "survivors", "orphans", "widows", "veterans", "musicians", "painters", "actors", "athletes", "referees", "rowers",
    "cyclists", "pilots", "cadets", "recruits", "rebels", "bandits", "creditors", "shareholders", "customers"};
static const char *const adjectives[] = {
    "new", "local", "national", "last", "public", "former", "large", "small", "old", "final", "first", "second",
    "joint", "special", "federal", "regional", "financial", "political", "economic", "medical", "legal", "private",
    "early", "late", "long", "short", "high", "low", "main", "major", "minor", "current", "recent", "annual",
    "monthly", "daily", "urgent", "secret", "open", "strong", "weak", "serious", "fatal", "violent", "peaceful",
    "controversial", "popular", "costly", "cheap", "modern", "ancient", "coastal", "northern", "southern", "eastern",
    "western", "rural", "urban", "foreign", "domestic", "military", "civil", "criminal", "electronic", "digital",
    "solar", "nuclear", "industrial", "agricultural", "seasonal", "temporary", "permanent", "partial", "complete",
    "independent", "unanimous", "provisional", "preliminary", "unexpected", "overdue", "ambitious", "modest",
    "generous", "harsh", "lenient", "disputed", "abandoned", "restored", "damaged", "flooded", "crowded", "remote",
    "mountainous", "fertile", "barren", "wooden", "wealthy", "poor", "vulnerable", "elderly", "young", "experienced",
    "unskilled", "unpaid", "reluctant", "outspoken", "embattled", "veteran", "outgoing", "acting", "honorary"};
static const char *const pasts[] = {
    "approved", "rejected", "announced", "opened", "closed", "began", "ended", "signed", "cancelled", "delayed",
    "supported", "opposed", "criticised", "praised", "defended", "presented", "published", "discussed", "reviewed",
    "examined", "completed", "started", "launched", "stopped", "suspended", "resumed", "extended", "reduced",
    "increased", "doubled", "funded", "financed", "inspected", "repaired", "rebuilt", "demolished", "sold", "bought",
    "leased", "seized", "recovered", "lost", "found", "attacked", "protected", "guarded", "blocked", "cleared",
    "visited", "left", "joined", "founded", "dissolved", "adopted", "amended", "repealed", "challenged", "upheld",
    "overturned", "postponed", "welcomed", "condemned", "denied", "confirmed", "leaked", "withheld", "released",
    "circulated", "ignored", "neglected", "revived", "modernised", "privatised", "nationalised", "audited",
    "investigated", "monitored", "measured", "mapped", "flooded", "evacuated", "surrounded", "occupied", "liberated",
    "mortgaged", "auctioned", "donated", "inherited", "restored", "dedicated", "renamed", "endorsed", "boycotted"};
static const char *const infinitives[] = {
    "approve", "reject", "announce", "open", "close", "begin", "end", "sign", "cancel", "delay", "support", "oppose",
    "defend", "present", "publish", "discuss", "review", "examine", "complete", "start", "launch", "stop", "suspend",
    "resume", "extend", "reduce", "increase", "double", "fund", "finance", "inspect", "repair", "rebuild", "demolish",
    "sell", "buy", "lease", "seize", "recover", "find", "protect", "guard", "block", "clear", "visit", "leave",
    "join", "found", "dissolve", "adopt", "amend", "repeal", "challenge", "uphold", "overturn", "postpone",
    "welcome", "confirm", "release", "ignore", "revive", "modernise", "privatise", "audit", "investigate", "monitor",
    "measure", "map", "evacuate", "restore", "rename", "endorse", "boycott", "save", "strengthen", "finish"};
static const char *const gerunds[] = {
    "approving", "opening", "closing", "ending", "signing", "delaying", "supporting", "opposing", "defending",
    "publishing", "discussing", "reviewing", "completing", "launching", "stopping", "suspending", "extending",
    "reducing", "raising", "funding", "inspecting", "repairing", "rebuilding", "selling", "buying", "seizing",
    "recovering", "protecting", "blocking", "visiting", "leaving", "joining", "adopting", "amending", "repealing",
    "postponing", "releasing", "ignoring", "reviving", "modernising", "auditing", "monitoring", "restoring"};
static const char *const manners[] = {
    "on {w}", "last week", "this year", "in {y}", "again", "at last", "without a vote", "by a narrow majority",
    "late on {w}", "after a long debate", "in secret", "in the presence of the press", "before noon", "on {m}",
    "for the second time", "within {f} days", "at a cost of {k} crowns", "under pressure from {o}", "in {t}",
    "near {T}", "in the district of {z}", "despite the objections of {X}", "at the request of {o}",
    "with immediate effect", "until further notice", "for {f} months", "ahead of schedule", "against all forecasts",
    "in the face of rising costs", "at short notice", "by the end of {y}", "through an agent", "from {m} onwards"};
static const char *const organisations[] = {
    "the Ministry of Works", "the city council", "the police", "the {t} Port Authority", "the Court of Appeal",
    "the Coastal Railway", "the Ministry of Health", "the opposition", "the Farmers' League", "the Electoral Office",
    "the University of {t}", "the Central Exchange", "the Ombrin Mining Company", "the Dockers' Union", "the navy",
    "the Teachers' Union", "Velda Cement", "the Board of Trade", "the Revenue Office", "the {z} Foundation",
    "the Ministry of Education", "the Senate", "the Auditor's Office", "the fire brigade", "the Water Board",
    "the Ister Power Company", "the Supreme Court", "the {t} Chamber of Commerce", "the Red Lantern Society",
    "the Fisheries Inspectorate", "the Northern Provinces Commission", "the {z} Group", "the Nurses' Association",
    "the Hask Steel Works", "the Coast Guard", "the Football Federation", "the National Theatre", "the Geological Survey",
    "the Housing Agency", "the Meteorological Service", "the Progress Party", "the Agrarian Union", "the Civic List",
    "the {z} Cooperative", "the State Prosecutor", "the Border Guard", "the Relief Committee", "the Press Council"};
static const char *const roles[] = {
    "spokesman", "spokeswoman", "minister", "mayor", "chairman", "director", "governor", "judge", "inspector",
    "commissioner", "secretary", "president", "manager", "professor", "engineer", "prosecutor", "senator", "captain",
    "superintendent", "treasurer", "deputy mayor", "chief executive", "lawyer", "surgeon", "rector", "coach",
    "union leader", "eyewitness", "farmer", "harbour master", "colonel", "archbishop", "auditor", "envoy", "councillor"};
static const char *const phrases[] = {
    "the {n}", "the {a} {n}", "a {a} {n}", "the {n} of {t}", "the {n} and the {n}", "plans for the {n}",
    "the {a} {n} in {t}", "the future of the {n}", "a {n} worth {k} crowns", "the {n} near {T}",
    "the cost of the {n}", "the question of the {n}", "the {a} {n} of {y}", "its {n}", "their {a} {n}",
    "the {n} that {o} had {v}", "the {n} for {X}", "parts of the {n}", "a share of the {n}", "the {z} {n}"};
static const char *const plural_phrases[] = {
    "{N}", "{a} {N}", "some {f} {N}", "the {N} of {t}", "hundreds of {N}", "many {N}", "{N} and {N}",
    "{a} {N} from {T}", "more than {f} {N}", "most of the {N}", "the families of {N}", "{N} in the district"};
static const char *const clauses[] = {
    "the {n} would be {v} {d}", "{X} should not pay for the {n}", "nobody had {v} {x}", "it was too early to {i} {x}",
    "{o} had {v} {x} {d}", "there was no money for {x}", "{x} remained the first task", "the {N} had a right to {x}",
    "{x} could be {v} {d}", "{g} {x} would help {X}", "talks about {x} were going on", "{x} and {x} belonged together",
    "the loss of {x} had hurt {X}", "{o} was ready to {i} {x}", "the {N} would have to wait", "this was a matter for {o}",
    "work on {x} would begin {d}", "{f} per cent of the {N} agreed", "{x} had cost {k} crowns so far"};
static const char *const ends[] = {
    "{d}", "{d}", "{b}", "the {r} said", "according to {o}", "as {p} had promised", "a report by {o} says", "{d} {b}",
    "people close to {o} said", "it was learnt in {t} {d}", "the {a} {n} shows", "{P} told reporters {d}"};
static const char *const reasons[] = {
    "because of {x}", "in order to {i} {x}", "after {X} had {v} {x}", "as {o} wanted to {i} {x}", "to help {X}",
    "although {X} had {v} it", "while {X} were waiting for {x}", "so that {X} can use {x}", "without {g} {x}",
    "before {g} {x}", "instead of {g} {x}", "since {x} was {v} {d}", "if {o} does not {i} {x}"};
static const char *const leads[] = {
    "{o} {v} {x} {d}, ending months of dispute about {x}.",
    "{p}, the {r} of {o}, {v} {x} {d} and asked {X} to {i} {x}.",
    "{X} in {t} {v} {x} {d} {b}, {o} said.",
    "At least {f} {N} were hurt when {x} near {T} was {v} {d}, {o} said {d}.",
    "A court in {t} has {v} {x} {b}, a {r} said {d}.",
    "{o} will {i} {x} {b}, its {r}, {p}, announced in {t} {d}.",
    "The {r} of {o}, {p}, has {v} {x} and promised to {i} {x} {d}.",
    "After {f} years of work, {x} in {t} was {v} {d} before {X}.",
    "Prices of the {n} rose by {f} per cent in {t} {d}, figures by {o} show.",
    "{X} are still waiting for {x}, {f} days after {o} {v} {x}.",
    "{o} and {o} signed an agreement in {t} {d} to {i} {x}.",
    "The {n} of {T} is to be {v} {d}, although {X} have {v} it, {p} told the press."};
static const char *const sentences[] = {
    "{P} said that {c}.", "He added that {c} {b}.", "“{c}, and {c},” {P} said {d}.", "“We cannot {i} {x} {b},” he said.",
    "She told {X} in {t} that {c}.", "According to {q}, {r} of {o}, {c}.", "{o} had {v} {x} {d}, {e}.",
    "The {n} was {v} {d}, {e}.", "{X} had asked {o} to {i} {x} {b}.", "Critics say that {c}, while {X} want to {i} {x}.",
    "The {a} {n} covers {f} {N} and {f} {N}.", "It is the {a} {n} since {y}, {e}.", "Of the {f} {N}, {f} were {v} {d}.",
    "{Q}, who leads {o}, {v} {x} {d}.", "“It is time to {i} {x},” said {q}, a {r} from {T}. “{c}.”",
    "In {y}, {o} had {v} {x} {b}.", "That would mean {g} {x}, which {X} have {v} {d}.", "Under the plan, {X} will {i} {x} {d}.",
    "Work on {x} is expected to begin on {m} and to take {f} months.", "The cost is put at {k} crowns, {e}.",
    "{o} declined to comment on {x}.", "A second {n}, for {k} crowns, was {v} {d}.", "{X} {v} {x} {d}, {e}.",
    "Neither {P} nor {Q} would say whether {c}.", "{X} from {T} said that they had not been told about {x}.",
    "The {r} of {o}, {q}, called {x} “a {a} {n}” and {v} {x}.", "Earlier, {P} had {v} {x} at a meeting with {X}.",
    "Whether {o} can {i} {x} {d} is an open question.", "For {X}, {x} matters more than {x}, {e}.",
    "Meanwhile, {X} {v} {x} {b}.", "“I have seen {x} and {x},” {Q} recalled. “{c}.”", "Since then {x} has been {v} {d}.",
    "The {N} include {f} {N}, {f} {N} and a {r}.", "{q} denied that {c}.", "Asked about {x}, {P} said that {c}.",
    "At {z}, a village of {f} {N}, {x} was {v} {d}.", "{o} warned {X} against {g} {x} {d}.",
    "The two sides have {v} {x} but not {x}.", "A vote on {x} is planned for {m}.", "{X} were taken to {t}, {e}.",
    "{P}, {f}, has been {r} of {o} since {y}.", "He had {v} {x} before he joined {o} in {y}.",
    "“{X} need {x}, not {x},” the {r} said.", "Some {X} fear that {c}.", "Last year {o} {v} {f} {N}, {e}.",
    "The {n} at {T} stands {f} metres above {x}.", "No date has been set for {g} {x}, {e}.",
    "In a letter to {o}, {X} asked {P} to {i} {x} {d}.", "The {a} {n} belongs to {o}, which {v} it in {y}.",
    "“Without {x}, {c},” {Q} warned.", "Inspectors found {x} and {f} {a} {N} {d}.", "{d}, {X} will {i} {x}, {e}.",
    "Shares of the {z} company fell by {f} per cent {d} {b}."};
static const char *const headlines[] = {
    "{o} to {i} {x}", "{P}: {c}", "{X} wait for {x}", "{t}: {x} {v} {d}", "{f} {N} hurt near {T}",
    "Why {X} want to {i} {x}", "{o} and {o} argue about {x}", "{a} {n} for {t}", "{P} {v} {x}", "Court {v} {x} in {t}"};

struct wp_gen_words_list wp_gen_words_of(char letter) {
    switch (letter) {
    case 'n': return LIST(nouns);
    case 'N': return LIST(plurals);
    case 'a': return LIST(adjectives);
    case 'v': return LIST(pasts);
    case 'i': return LIST(infinitives);
    case 'g': return LIST(gerunds);
    case 'd': return LIST(manners);
    case 'o': return LIST(organisations);
    case 'r': return LIST(roles);
    case 'x': return LIST(phrases);
    case 'X': return LIST(plural_phrases);
    case 'c': return LIST(clauses);
    case 'e': return LIST(ends);
    case 'b': return LIST(reasons);
    default: return (struct wp_gen_words_list){0};
    }
}

struct wp_gen_words_list wp_gen_words_leads(void) {
    return LIST(leads);
}

struct wp_gen_words_list wp_gen_words_sentences(void) {
    return LIST(sentences);
}

struct wp_gen_words_list wp_gen_words_headlines(void) {
    return LIST(headlines);
}
