# index_kill.sh - SIGKILL at moments of its own choosing: every verdict that was printed is in the index, in order.
set -eu
"$WIREPRINT" gen -n 3000 -o dump.jsonl 2>/dev/null
python3 - "$WIREPRINT" <<'END2'
import json, os, random, signal, subprocess, sys, time
w = sys.argv[1]
lines = open("dump.jsonl", "rb").readlines()
ids = [json.loads(l)["id"] for l in lines]
random.seed(3)
told = 0
for turn in range(12):
    p = subprocess.Popen([w, "add", "-q", "ix", "dump.jsonl", "--resume", "-v", "-", "--commit", str(random.choice([1, 10, 100]))],
                         stdout=subprocess.PIPE)
    want = random.randrange(1, 150)
    got = [p.stdout.readline() for _ in range(want) if told + want < len(lines)]
    p.send_signal(signal.SIGKILL)
    got += p.stdout.read().split(b"\n")[:-1]
    p.wait()
    told += sum("event" not in json.loads(l) for l in got)
    out = subprocess.run([w, "export", "ix", "--all", "-o", "-"], capture_output=True)
    assert out.returncode == 0, out.stderr
    there = [json.loads(l)["id"] for l in out.stdout.splitlines()]
    assert there == ids[:len(there)], "not a prefix of what was sent"
    assert len(there) >= told, (len(there), told)
    told = len(there)
    check = subprocess.run([w, "check", "ix"], capture_output=True, text=True)
    assert check.returncode == 0, check
assert subprocess.run([w, "add", "-q", "ix", "dump.jsonl"]).returncode == 0
out = subprocess.run([w, "export", "ix", "--all", "-o", "-"], capture_output=True).stdout
assert out == b"".join(lines)
END2
