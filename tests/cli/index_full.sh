# index_full.sh - a file system that is full: the add says so and stops, what it acknowledged is there and can be
# read, and the next add goes on once there is room. A small tmpfs at many sizes; then a limit on the size of files.
set -eu
if scratch=$(mktemp -d -p /dev/shm wp_full.XXXXXX 2>/dev/null); then # no waiting for a disk
    trap 'rm -rf "$scratch"' EXIT
    cd "$scratch"
fi
"$WIREPRINT" gen -n 1500 -o dump.jsonl 2>/dev/null
cat >limits.py <<'END2'
import json, os, resource, shutil, signal, subprocess, sys
w = sys.argv[1]
lines = open("dump.jsonl", "rb").readlines()
ids = [json.loads(l)["id"] for l in lines]

def limit_files(bytes, ignore):
    def apply():
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, resource.RLIM_INFINITY))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignore else signal.SIG_DFL)
    return apply

def add(index, prepare=None):
    """Adds what is missing; the ids that were acknowledged, and the process."""
    done = subprocess.run([w, "add", "-q", index, "dump.jsonl", "--resume", "-v", "-", "--commit", "50"],
                          capture_output=True, preexec_fn=prepare, restore_signals=False)
    return [json.loads(l)["id"] for l in done.stdout.split(b"\n")[:-1]], done

def there(index):
    """What can be read, which is a beginning of what was sent. Reading needs no room."""
    if not os.path.exists(index + "/manifest"):
        return []
    check = subprocess.run([w, "check", index], capture_output=True, text=True)
    assert check.returncode == 0, check
    out = subprocess.run([w, "export", index, "--all", "-o", "-"], capture_output=True)
    assert out.returncode == 0, out.stderr
    found = out.stdout.splitlines(True)
    assert found == lines[:len(found)], "not what was sent"
    return ids[:len(found)]

def fill(index, prepare, words):
    """Twice into a full disk: it stops with words, and loses nothing."""
    acknowledged = []
    for turn in range(2):
        told, done = add(index, prepare)
        acknowledged += told
        assert done.returncode == 3 or done.returncode == -signal.SIGXFSZ, (done.returncode, done.stderr)
        assert done.returncode < 0 or words in done.stderr.decode(), done.stderr
        assert set(acknowledged) <= set(there(index)), "lost what was acknowledged"
    return acknowledged

def go_on(index):
    told, done = add(index)
    assert done.returncode == 0, done.stderr
    assert there(index) == ids

if sys.argv[2] == "tmpfs":
    most = 0
    for kib in list(range(40, 1200, 170)) + [1700, 2300]:
        os.mkdir("m")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dk" % kib, "tmpfs", "m"], check=True)
        most = max(most, len(fill("m/ix", None, "No space left")))
        subprocess.run(["mount", "-o", "remount,size=64m", "m"], check=True)
        go_on("m/ix")
        subprocess.run(["umount", "m"], check=True)
        os.rmdir("m")
    assert 300 < most < len(ids), most
else:
    for kib in (1, 60, 400, 1100):
        for ignore in (True, False):
            fill("ix", limit_files(kib << 10, ignore), "File too large")
            go_on("ix")
            shutil.rmtree("ix")
END2
python3 limits.py "$WIREPRINT" files
# As root, or as root of a name space of one's own.
for mounting in "unshare -m" "unshare -rm"; do
    if $mounting sh -c 'mkdir -p m && mount -t tmpfs -o size=100k tmpfs m' 2>/dev/null; then
        rmdir m
        $mounting python3 limits.py "$WIREPRINT" tmpfs
        exit 0
    fi
done
echo "mounting is not permitted: only the limit on files was tried"
exit 77
