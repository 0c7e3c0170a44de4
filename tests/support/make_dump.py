#!/usr/bin/env python3
"""make_dump.py ARTICLES SEED [WORDS]: JSON lines for the command-line cases, the same for the same arguments.

One in four articles copies an earlier one: as it is, with a new head, or with its end cut. A few are short, and
a few lines are blank, end in CR LF or hold other scripts. Ids are unique: a0, a1, ...
"""
import json
import random
import sys

articles, seed = int(sys.argv[1]), int(sys.argv[2])
length = int(sys.argv[3]) if len(sys.argv) > 3 else 120
rng = random.Random(seed)
vocabulary = ["".join(rng.choice("bcdfglmnprstv") + rng.choice("aeiou") for _ in range(rng.randint(1, 4)))
              for _ in range(20000)]
other = ["El señor «Núñez» dijo: —no—", "上海 的 新闻 稿", "أخبار اليوم", "naïve “quotes” … and 3.5 %"]
outlets = ["punchng.com", "vanguardngr.com", "premiumtimesng.com", "thecable.ng", "dailypost.ng"]


def words(count):
    return [rng.choice(vocabulary) for _ in range(count)]


out = sys.stdout
texts = []
for i in range(articles):
    kind = rng.random()
    if kind < 0.25 and texts:
        text = list(texts[rng.randrange(max(0, len(texts) - 400), len(texts))])
        change = rng.randrange(3)
        if change == 1:
            text = words(rng.randint(5, 25)) + text[10:]
        elif change == 2:
            text = text[: max(1, len(text) * 3 // 4)]
    elif kind < 0.27:
        text = words(rng.randint(1, 14))
    else:
        text = words(rng.randint(length // 2, length * 3 // 2))
        if kind < 0.4:
            text.insert(rng.randrange(len(text)), rng.choice(other))
        texts.append(text)
    record = {"id": "a%d" % i, "url": "https://www.%s/%d" % (rng.choice(outlets), i), "text": " ".join(text),
              "date": "2021-03-%02dT%02d:00:00Z" % (1 + i * 28 // articles, rng.randrange(24))}
    out.write(json.dumps(record, ensure_ascii=rng.random() < 0.5))
    out.write("\r\n" if i % 97 == 5 else "\n")
    if i % 89 == 7:
        out.write("\n")
