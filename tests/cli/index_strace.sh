# index_strace.sh - SIGKILL, by strace, at every write, truncation, sync, rename and removal of an add, of one that
# recovers, of a delete, a compaction and a repair: what was acknowledged is there, and nothing that was not sent.
#
# With `make check-fault` (WIREPRINT_FAULT_SEEDS is set) commits are smaller, and so the points more.
set -eu
[ "$VARIANT" != tsan ] || { echo "one thread, thousands of system calls: nothing to learn"; exit 77; }
command -v strace >/dev/null || { echo "no strace"; exit 77; }
strace -o /dev/null -e inject=fsync:signal=KILL:when=1 true 2>/dev/null || { echo "tracing is not permitted"; exit 77; }
# Killing a process loses nothing that a file system was given, so that one in memory will do, and is fast.
if scratch=$(mktemp -d -p /dev/shm wp_strace.XXXXXX 2>/dev/null); then
    trap 'rm -rf "$scratch"' EXIT
    cd "$scratch"
fi
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # a traced process cannot look for leaks
"$WIREPRINT" gen -n 70 -o dump.jsonl 2>/dev/null
python3 - "$WIREPRINT" <<'END2'
import json, os, shutil, subprocess, sys
w = sys.argv[1]
commit = "1" if "WIREPRINT_FAULT_SEEDS" in os.environ else "10"
calls = ["write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "unlink"]
lines = open("dump.jsonl", "rb").readlines()
ids = [json.loads(l)["id"] for l in lines]
open("first.jsonl", "wb").writelines(lines[:40])
open("rest.jsonl", "wb").writelines(lines[40:])
KILLED = (-9, 137)

def traced(call, n, *command):
    return subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=%s:signal=KILL:when=%d" % (call, n), w, *command],
                          capture_output=True)

def plain(*command):
    done = subprocess.run([w, *command], capture_output=True)
    assert done.returncode == 0, (command, done)
    return done.stdout

def there(index):
    if not os.path.exists(index + "/manifest"):
        return []
    plain("check", index)
    out = plain("export", index, "--all", "-o", "-").splitlines(True)
    sent = set(lines)
    assert all(l in sent for l in out), "a record that was not sent"
    found = [json.loads(l)["id"] for l in out]
    assert len(set(found)) == len(found), "an article is there twice"
    return found

def told(out):
    return [json.loads(l)["id"] for l in out.split(b"\n")[:-1]]

# An index with a log (its writer was killed), and one with segments, dead articles and an empty log.
assert traced("write", 11, "add", "-q", "logged", "first.jsonl", "-v", "-", "--commit", "5").returncode in KILLED
logged = there("logged")
assert 5 <= len(logged) < 40, len(logged)
for part in range(3):
    open("part.jsonl", "wb").writelines(lines[20 * part:20 * part + 20])
    plain("add", "-q", "cut", "part.jsonl")
plain("delete", "-q", "cut", ids[3], ids[25])
cut = there("cut")
shutil.copytree("cut", "bad")
texts = sorted(f for f in os.listdir("bad") if f.endswith(".txt"))[0]
data = bytearray(open("bad/" + texts, "rb").read())
data[3000:3010] = b"x" * 10
open("bad/" + texts, "wb").write(data)
shutil.copytree("bad", "whole")
subprocess.run([w, "check", "-q", "whole", "--repair"], stdout=subprocess.DEVNULL)
whole = there("whole")
assert 40 < len(whole) < len(cut)

def after_add(before, sent):
    def look(out):
        acknowledged, found = set(before) | set(told(out)), there("ix")
        assert acknowledged <= set(found) <= set(sent), (sorted(acknowledged - set(found)), sorted(set(found) - set(sent)))
        plain("add", "-q", "ix", "dump.jsonl", "--resume")
        assert sorted(there("ix")) == sorted(ids)
    return look

def after_delete(out):
    assert there("ix") in (cut, [i for i in cut if i != ids[7]])

def after_compact(out):
    assert there("ix") == cut
    plain("compact", "ix")
    assert there("ix") == cut

def after_repair(out):
    subprocess.run([w, "check", "-q", "ix", "--repair"], stdout=subprocess.DEVNULL)
    assert there("ix") == whole

cases = [
    ("add", None, ("add", "-q", "ix", "first.jsonl", "-v", "-", "--commit", commit), after_add([], ids[:40])),
    ("recovery", "logged", ("add", "-q", "ix", "rest.jsonl", "-v", "-", "--commit", commit), after_add(logged, ids)),
    ("delete", "cut", ("delete", "-q", "ix", ids[7]), after_delete),
    ("compact", "cut", ("compact", "ix"), after_compact),
    ("repair", "bad", ("check", "-q", "ix", "--repair"), after_repair),
]
points = 0
for name, start, command, look in cases:
    killed = 0
    for call in calls:
        n = 1
        while True:
            shutil.rmtree("ix", ignore_errors=True)
            if start: shutil.copytree(start, "ix")
            run = traced(call, n, *command)
            if run.returncode not in KILLED:
                break
            try:
                look(run.stdout)
            except AssertionError as e:
                sys.exit("%s, killed at %s %d: %s" % (name, call, n, e))
            killed += 1
            n += 1
    assert killed >= 4, (name, killed)
    points += killed
print("%d points" % points, file=sys.stderr)
END2
