"""corpus_tokens.py REFERENCE CORPUS.jsonl.zst...: texts and their tokens for test_corpus_tokens.c.

Writes, for every article, its text, a 0 byte, the tokens joined by single spaces as REFERENCE (exact_join.py)
makes them, a space, the shingle width, and a 0 byte.
"""
import importlib.util
import json
import subprocess
import sys
import types

# Only the tokeniser of the reference is used: what it needs for joining may be missing.
for name in ("numpy", "scipy", "scipy.sparse"):
    sys.modules.setdefault(name, types.ModuleType(name))
spec = importlib.util.spec_from_file_location("reference", sys.argv[1])
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)
out = sys.stdout.buffer
for name in sys.argv[2:]:
    with subprocess.Popen(["zstd", "-dc", name], stdout=subprocess.PIPE) as zstd:
        for line in zstd.stdout:
            text = json.loads(line).get("text") if line.strip() else None
            if not text:
                continue
            text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
            words = reference.tokens(text)
            out.write(text.encode() + b"\0" + " ".join(words).encode() + b" %d\0" % reference.width(words))
