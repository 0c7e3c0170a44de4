#!/bin/bash
# bench_quality: the counting of bench/quality on made-up corpora with few articles, where every figure is worked out by
# hand. Only what no rule of the program can see otherwise: equal texts, texts without a word in common, Jaccard.
set -eu
fail() { echo "bench_quality.sh: $*" >&2; exit 1; }
command -v zstd >/dev/null || { echo "no zstd program"; exit 77; }

mkdir corpora gold
python3 - <<'END_OF_PYTHON'
import json, subprocess

def words(name, count):
    return " ".join("%s%s" % (name, "abcdefghij"[n // 10] + "abcdefghij"[n % 10]) for n in range(count))

def dump(name, articles):
    lines = "".join(json.dumps({"id": i, "text": t, **more}) + "\n" for i, t, more in articles)
    subprocess.run(["zstd", "-qo", "corpora/%s.jsonl.zst" % name], input=lines.encode(), check=True)

# a and b are one story, e and f too but for no rule; c and d are two.
dump("ngr-dev", [(i, words(w, 90), {}) for i, w in (("a", "p"), ("b", "p"), ("c", "q"), ("d", "r"), ("e", "s"), ("f", "t"))])
with open("gold/ngr-dev-pairs.tsv", "w") as f:
    f.write("id_a\tid_b\trel\tlabel\tconfidence\tweight\na\tb\tcross\tcopy\thigh\t3\ne\tf\tcross\tcopy\tlow\t1\n"
            "c\td\tsame\tdifferent\thigh\t1\n")
with open("gold/ngr-dev-banner-only.tsv", "w") as f:
    f.write("id\ttitle\na\tA\nc\tC\n")

# X = a: cut to 80 of 100 words, J = 76 / 96. b: too short to be asked for. c: not the same. d: whole, and once more as e
# with 12 other words in front, J = 84 / 108; the pairs of d and of e are equal.
d = words("d", 100)
e = words("z", 12) + " " + " ".join(d.split()[12:])
dump("fakebr", [("full/a", words("a", 100), {}), ("trunc/a", words("a", 80), {}), ("full/b", words("b", 50), {}),
                ("trunc/b", words("b", 40), {}), ("full/c", words("c", 100), {}), ("trunc/c", words("x", 100), {}),
                ("full/d", d, {}), ("trunc/d", d, {}), ("full/e", e, {}), ("trunc/e", e, {})])

# One template with other numbers at its end, ten days apart, J = 78 / 92; one report twice.
table = words("t", 80)
dump("reuters-21578", [("1", table + " 3-1/2 4.5 1,000 7 8", {"date": "1-MAR-1987 10:00:00"}),
                       ("2", table + " 3-1/4 4.5 2,000 seven 8", {"date": "11-MAR-1987 10:00:00"}),
                       ("3", words("u", 80) + " 1 2 3", {"date": "1-MAR-1987 10:00:00"}),
                       ("4", words("u", 80) + " 1 2 3", {"date": "2-MAR-1987 10:00:00"})])
END_OF_PYTHON

"$TOP/bench/quality" --corpora corpora --gold gold --runs 1 --keep runs.jsonl --verbose > out.txt || { cat out.txt; fail "it failed"; }
for missing in traps-politico giveme5w1h saudinewsnet-dev; do
    grep -q "^left out: no $missing.jsonl.zst" out.txt || fail "$missing is not there, and that was not told"
done

python3 - <<'END_OF_PYTHON' || { cat out.txt; fail "a figure is wrong"; }
import json
with open("runs.jsonl") as f:
    run, = map(json.loads, f)
assert run["date"] and run["machine"]["cores"], run
rows = {r["figure"]: r for r in run["rows"]}
wrong = 0

def expect(figure, *values):
    """Of the default rule (None: not asked), then of J 0.8, 0.7 and 0.5."""
    global wrong
    got = [rows[figure]["measured"], *rows[figure]["peers"].values()]
    if any(v is not None and abs(v - g) > 1e-6 for v, g in zip(values, got)):
        print("%s: %s, not %s" % (figure, got, values))
        wrong += 1

cross, same = "cross-outlet, %s confidence, weighted: ", "same outlet, any confidence, flat: "
for score, value in (("precision", 1), ("recall", 0.75), ("F1", 1.5 / 1.75)):
    expect(cross % "any" + score, *[round(value, 6)] * 4)
expect(cross % "high" + "F1", 1, 1, 1, 1)
expect(same + "F1", 1, 1, 1, 1)
expect("index, " + cross % "any" + "F1", round(1.5 / 1.75, 6))
expect("index, " + cross % "high" + "F1", 1)
expect("matches of 500 articles that find misses", 0)
wrong += abs(float(rows["index, " + cross % "any" + "F1"]["target"].split()[1]) - (1.5 / 1.75 - 0.03)) > 1e-3
expect("banner-only articles in a story, of 2", 1, 1, 1, 1)
expect("of 4 pairs of 60 words or more, in one story", None, 2 / 4, 3 / 4, 3 / 4)
expect("stories of two subjects, listed below", None, 0, 1, 1)
expect("stories of two subjects that share under half", 0, 0, 0, 0)
expect("the 20 largest: templates with other numbers", None, 1, 1, 1)
expect("the 20 largest: more than 3 days apart", None, 1, 1, 1)
row = rows["banner-only articles in a story, of 2"]
wrong += row["target"] != "<= 2" or row["ok"] is not True
wrong += rows[cross % "any" + "F1"]["ok"] is not False
raise SystemExit(wrong)
END_OF_PYTHON
