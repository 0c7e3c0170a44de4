# dedup_counts.sh - what --summary says of the work done: postings, candidates, pairs verified and their shingles.
set -eu
fail() { echo "$*"; exit 1; }
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }

# Two copies of 100 different words that differ in the last two, an article with nothing in common, and one that
# is too short to be compared.
python3 - <<'END'
import json
words = lambda stem, n: [stem + format(i, "03d") for i in range(n)]
texts = words("alpha", 100), words("alpha", 98) + ["other", "end"], words("beta", 60), words("gamma", 5)
with open("dump.jsonl", "w") as f:
    for i, text in enumerate(texts):
        f.write(json.dumps({"id": str(i), "text": " ".join(text), "url": "http://outlet%d.com/" % i}) + "\n")
END
"$WIREPRINT" dedup -q dump.jsonl --summary summary.json
# A text of n different words has n - 4 shingles, and at least 16 of them, about one in twelve, are samples: the
# three texts here are too short for more. The short one has none.
[ "$(count too_short_to_compare)" = 1 ] || fail "$(count too_short_to_compare) too short"
[ "$(count postings)" = 48 ] || fail "$(count postings) postings, not 3 times 16"
[ "$(count candidates)" = 1 ] && [ "$(count verified)" = 1 ] || fail "$(count candidates) candidates, $(count verified) verified"
[ "$(count verified_shingles)" = 192 ] || fail "$(count verified_shingles) shingles compared, not twice 96"
[ "$(count matches)" = 1 ] && [ "$(count removed)" = 1 ] || fail "$(count matches) matches, $(count removed) removed"
