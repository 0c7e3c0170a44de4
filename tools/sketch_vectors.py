#!/usr/bin/env python3
"""Writes tests/data/sketch_vectors.tsv: what src/sketch/SKETCH.md says about some texts.

An implementation of that page in Python, independent of the library: needs `pip install xxhash`, and nothing of ours.
Usage: tools/sketch_vectors.py > tests/data/sketch_vectors.tsv

Python's Unicode data may be older or newer than the scheme's 15.0, so the texts keep to characters that both know.
Bytes that are not UTF-8 stand in the texts as Python's surrogates U+DC80 to U+DCFF (errors="surrogateescape").
"""
import random
import unicodedata

import xxhash

ALONE = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
         (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
SCHEME = """wireprint-scheme 1
tokens nfkc-casefold-nfkc LNM cf-vanish u200b-split alone-scripts
hash xxh3 unseeded
shingle 5 8
sample 12 16 128
minhash oneperm 256 bin 0-7 key 8-39 value 1+(8-15)%255
simhash 128 width 2
numbers 32 16
"""


def is_alone(c):
    return any(a <= ord(c) <= b for a, b in ALONE)


def tokens(text):
    done, now = [], ""
    text = "".join(" " if "\udc80" <= c <= "\udcff" else c for c in text)
    for c in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()):
        category = unicodedata.category(c)
        if category == "Cf" and c != "\u200b":
            continue
        if category[0] in "LNM" and not is_alone(c):
            now += c
            continue
        if now:
            done.append(now)
            now = ""
        if category[0] in "LNM":
            done.append(c)
    return done + [now] if now else done


def hash64(data):
    return xxhash.xxh3_64_intdigest(data)


def hash128(data):
    return xxhash.xxh3_128_intdigest(data)


def bytes128(value):
    return value.to_bytes(16, "little").hex()


def samples(hashes):
    distinct = sorted(set(hashes))
    low = [h for h in distinct if 12 * h < 2 ** 64]
    return (low if len(low) >= 16 else distinct[:16])[:128]


def sketch(hashes):
    least = [2 ** 32 - 1] * 256
    for h in hashes:
        least[h & 255] = min(least[h & 255], h >> 8 & 0xFFFFFFFF)
    return bytes(0 if k == 2 ** 32 - 1 else 1 + k % 256 % 255 for k in least)


def simhash(words):
    votes = [hash128(" ".join(words[i:i + 2]).encode()) for i in range(len(words) - 1)]
    return sum(1 << bit for bit in range(128) if 2 * sum(v >> bit & 1 for v in votes) > len(votes))


def estimate(a, b):
    """Jaccard similarity by two sketches of one width."""
    equal = sum(x == y != 0 for x, y in zip(a, b))
    both = sum(x != 0 != y for x, y in zip(a, b))
    either = sum(x != 0 or y != 0 for x, y in zip(a, b))
    return min(1.0, max(0.0, (255 * equal - both) / (254 * either))) if either else 0.0


def escape(text):
    if any("\udc80" <= c <= "\udcff" for c in text):
        return "".join(f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else escape(c) for c in text)
    plain = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return "".join(plain.get(c) or (c if c.isprintable() or c.isalnum() else
                                    c if ord(c) > 0xFFFF else f"\\u{ord(c):04x}") for c in text)


def row(name, text, before):
    """The line of a text, and what the next line is compared with."""
    words = tokens(text)
    alone = sum(len(w) == 1 and is_alone(w) for w in words)
    width = 8 if 2 * alone > len(words) else 5
    folded = " ".join(words).encode()
    hashes = [hash64(" ".join(words[i:i + width]).encode()) for i in range(len(words) - width + 1)]
    numbers = sorted({hash64(w.encode()) & 0xFFFFFFFF for w in words if unicodedata.category(w[0]) == "Nd"})
    bins, votes = sketch(hashes), simhash(words)
    other = before or (width, bins, votes)
    fields = [
        name, escape(text), folded.decode(), str(alone), str(width), bytes128(hash128(folded)), bytes128(votes),
        str(len(hashes)), ",".join(f"{h:016x}" for h in samples(hashes)) or "-", f"{hash64(bins):016x}",
        f"{len(numbers)}:" + ",".join(f"{n:08x}" for n in numbers[:16]),
        f"{estimate(bins, other[1]) if width == other[0] else 0:.6f}", str(bin(votes ^ other[2]).count("1"))]
    return "\t".join(fields), (width, bins, votes)


def invented(seed, words, vocabulary):
    """A long text: words of made-up syllables, some numbers, some repetition."""
    draw = random.Random(seed)
    syllables = [a + b for a in "bdfghklmnprstvz" for b in ("a", "e", "i", "o", "ou", "é", "ü")]
    known = ["".join(draw.choice(syllables) for _ in range(draw.randint(1, 4))) for _ in range(vocabulary)]
    out = []
    for i in range(words):
        w = str(draw.randint(0, 3000)) if draw.random() < 0.04 else known[int(vocabulary * draw.random() ** 3)]
        out.append(w.capitalize() if i % 13 == 0 else w)
    return ", ".join(" ".join(out[i:i + 9]) for i in range(0, len(out), 9))


def edited(text):
    """A reprint of it: another beginning, the end cut, one word in thirty another one."""
    out = text.split()
    out = "Of this more was told by an agency on Friday".split() + out[len(out) // 10:len(out) * 4 // 5]
    return " ".join("changed" if i % 30 == 17 else w for i, w in enumerate(out))


def growing_words():
    """Spans of 9 to 639 bytes: XXH3 goes another way from 17, 129 and 241 bytes on."""
    alphabet = "etaoinshrdlucmfwypvbgkjqxz\u00e9\u0436"
    return " ".join("".join(alphabet[(7 * n + i * i) % len(alphabet)] for i in range(n)) for n in [1] * 4 + list(range(1, 130)))


def invented_chinese(seed, count):
    draw = random.Random(seed)
    out = "".join(chr(0x4E00 + int(1200 * draw.random() ** 2)) for _ in range(count))
    return "\u3002".join(out[i:i + 23] for i in range(0, count, 23))


TEXTS = [
    ("empty", ""),
    ("separators", " \t\u2014 \u201c\u2026\u201d\u200b\n"),
    ("one word", "Reuters"),
    ("four words", "LONDON (Reuters) \u2013 Oil slips"),
    ("five words", "Oil slips on supply fears."),
    ("curly quotes", "\u201cIt\u2019s not over,\u201d the minister said\u00a0\u2014 twice \u2014 on Friday; \u2018we won\u2019t "
                     "rest\u2019 until all 1,250 families are re\u00adhoused, at a cost of \u20a63.5\u00a0billion."),
    ("straight quotes", "\"It's not over,\" the minister said -- twice -- on Friday; 'we won't rest' until all 1,250 "
                        "families are rehoused, at a cost of N3.5 billion."),
    ("spanish", "El Gobierno anunci\u00f3 ayer que la inversi\u00f3n alcanzar\u00e1 los 12 millones; \u00abser\u00e1 un A\u00d1O "
                "dif\u00edcil\u00bb, se\u00f1al\u00f3 la ministra."),
    ("german", "Stra\u00dfenbahn entgleist: GRO\u1e9eE Verz\u00f6gerungen in K\u00d6LN, Fu\u00dfg\u00e4nger unverletzt."),
    ("decomposed", "Cafe\u0301 Mu\u0308nchen, A\u030angstro\u0308m, n\u0303andu\u0301, Vie\u0323\u0302t Nam, "
                   "q\u0323\u0307uestion q\u0307\u0323uestion"),
    ("composed", "Caf\u00e9 M\u00fcnchen, \u00c5ngstr\u00f6m, \u00f1and\u00fa, Vi\u1ec7t Nam, q\u0323\u0307uestion q\u0323\u0307uestion"),
    ("ligatures", "The \ufb01rst o\ufb03ce of the \ufb02eet: \u00bd of \u33a5 5\u00b2 \u2460\u2461 \u2122 \u210c \u0132sselmeer \u01c4ungla"),
    ("full width", "\uff26\uff35\uff2c\uff2c \uff57\uff49\uff44\uff54\uff48\u3000\uff11\uff12\uff13\uff0c\uff76\uff9e\uff77\uff9e "
                   "\uff8a\uff9f\uff9d"),
    ("greek", "\u039f\u03b4\u03c5\u03c3\u03c3\u03ad\u03b1\u03c2 \u1f88\u03c1\u03c7\u1f74 \u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3 "
              "\u1fb3 \u0390 \u1fd3 \u03b1\u0345\u0301"),
    ("russian", "\u041c\u043e\u0441\u043a\u0432\u0430, 5 \u043c\u0430\u044f. \u041f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442 "
                "\u0437\u0430\u044f\u0432\u0438\u043b, \u0447\u0442\u043e \u0401\u043b\u043a\u0438\u043d \u0438 "
                "\u0418\u0306\u043e\u0434 \u0432\u0441\u0451 \u0440\u0435\u0448\u0430\u0442."),
    ("turkish", "\u0130STANBUL'da I\u015e\u0131k, \u0131rmak ve \u0130zmir: I\u0307ki b\u00fcy\u00fck olay ya\u015fand\u0131"),
    ("arabic", "\u0642\u0627\u0644 \u0648\u0632\u064a\u0631 \u0627\u0644\u062e\u0627\u0631\u062c\u064a\u0629 \u0625\u0646 "
               "\u0627\u0644\u0645\u0628\u0627\u062d\u062b\u0627\u062a \u0633\u062a\u0633\u062a\u0645\u0631\u060c \u0641\u064a "
               "\u0661\u0665 \u064a\u0648\u0644\u064a\u0648 2015\u061b \u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f "
               "\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f \u200f\ufdfa\u200f \ufefb \u0627\u0644\u0640\u0640\u0639"),
    ("persian", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u06f1\u06f2\u06f3 \u06a9\u062a\u0627\u0628\u200c\u0647\u0627 "
                "\u0631\u0627 \u0628\u0628\u06cc\u0646\u0645"),
    ("hebrew", "\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea \u05d1\u05bc\u05b0\u05e8\u05b5\u05d0 "
               "\ufb2a\ufb1d \u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \u05d1\u05bb\u05db\u05bc\u05dc"),
    ("hindi", "\u092a\u094d\u0930\u0927\u093e\u0928\u092e\u0902\u0924\u094d\u0930\u0940 \u0928\u0947 "
              "\u0915\u0939\u093e \u0915\u093f \u096a\u0967 \u0932\u094b\u0917 \u0918\u093e\u092f\u0932 "
              "\u0939\u0941\u090f\u0964 \u0958\u0932\u092e \u0915\u093c\u0932\u092e \u0921\u093c\u0930\u0928\u093c"),
    ("thai", "\u0e19\u0e32\u0e22\u0e01\u0e23\u0e31\u0e10\u0e21\u0e19\u0e15\u0e23\u0e35\u0e01\u0e25\u0e48\u0e32\u0e27\u0e27\u0e48"
             "\u0e32\u0e19\u0e49\u0e33 25 \u0e3f \u0e40\u0e1e\u0e34\u0e48\u0e21\u0e02\u0e36\u0e49\u0e19 \u0e14\u0e39\u0e48"),
    ("khmer", "\u1793\u17b6\u1799\u1780\u179a\u178a\u17d2\u178b\u1798\u1793\u17d2\u178f\u17d2\u179a\u17b8\u200b\u1794\u17b6\u1793"),
    ("lao", "\u0e9b\u0eb0\u0ec0\u0e97\u0e94\u0ea5\u0eb2\u0ea7 \u0e99\u0ec9\u0eb3 \u0edd\u0eb2\u0e8d \u0ed1\u0ed2"),
    ("myanmar", "\u1019\u103c\u1014\u103a\u1019\u102c\u1014\u102d\u102f\u1004\u103a\u1004\u1036 \u1041\u1042 \u104b"),
    ("chinese", "\u65b0\u534e\u793e\u5317\u4eac5\u67083\u65e5\u7535\uff08\u8bb0\u8005\u738b\u660e\uff09\u56fd\u52a1\u9662\u603b"
                "\u7406\u8868\u793a\uff0c\u4eca\u5e74GDP\u589e\u957f\uff15\uff0e\uff13\uff05\u3002\u300c\u6211\u4eec\u300d\uf9d1"
                "\U00020000\U0002f800\u3005"),
    ("half chinese", "APEC \u4e2d\u56fd AND \u65e5\u672c met in \u4e0a\u6d77 today ok"),
    ("japanese", "\u6771\u4eac\u30bf\u30ef\u30fc\u3067\u3001\u304b\u3099\u304f\u305b\u3044\u304c\u300c\u30cf\u309a\u30f3\u300d\u3092"
                 "\u98df\u3079\u305f\u3002\u337b\u5143\u5e74 \u3316 \ufe38"),
    ("korean", "\uc11c\uc6b8 \uc2dc\uc7a5\uc740 \u1112\u1161\u11ab\u1100\u1173\u11af \ud55c\uae00 \ud558\u11ab "
               "\uc815\ubd80\uac00 \ubc1c\ud45c\ud588\ub2e4"),
    ("emoji", "Breaking \U0001f6a8 news\U0001f469\u200d\U0001f692 to\ufe0fday \U0001d400\U0001d7d8\U0001d7d9 "
              "#\ufe0f\u20e3 x\u20e3y"),
    ("format characters", "co\u00adop\u200der\u200cate\u2060 zero\u200bwidth \ufeffmark\u061c e\u200d\u0301nd \u202bx\u202c"),
    ("marks first", "\u0301abc \u0323\u0301 d\u0338 <\u0338 =\u0338e \u0344 x\u0345\u0301"),
    ("numbers", "In 2021, 45 of 1,250; 7th 3rd 45 0x1F \u0663\u0664 \u096a \uff19 \u00b2 \u216f a1 1a 2021 " +
                " ".join(str(i * 7919) for i in range(20))),
    ("repetition", "vote " * 40 + "no " * 3),
    ("sixteen distinct", " ".join(f"w{i % 16}" for i in range(400))),
    ("article of 190 words", invented(1, 190, 60)),
    ("article of 700 words", invented(2, 700, 300)),
    ("article of 700 words, reprinted", edited(invented(2, 700, 300))),
    ("article of 3000 words", invented(3, 3000, 900)),
    ("chinese article", invented_chinese(4, 2500)),
    ("growing words", growing_words()),
    ("bytes that are not utf-8", b"a\xffb c\xc0\xafd e\xe2\x82f \xed\xa0\x80g h\xf4\x90\x80\x80i\xc3"
                                 b" caf\xc3\xa9 \x80 end\xf0\x9f".decode(errors="surrogateescape")),
]

if __name__ == "__main__":
    print(f"{hash64(SCHEME.encode()):016x}")
    last = None
    for name, text in TEXTS:
        line, last = row(name, text, last)
        print(line)
