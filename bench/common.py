"""bench/common - what bench/run and bench/quality share: commands timed by the CPU of the child process, and the file of
runs that both keep. Standard library only."""
import datetime, json, os, re, resource, subprocess, time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def timed(command):
    """CPU and wall seconds of a command whose output is thrown away."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def peak_memory(command):
    """Bytes that a command had in memory at most."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return usage.ru_maxrss * 1024


def in_turn(runs, commands):
    """The best (CPU, wall) of each command in `runs` rounds of all of them. Each is run twice in a row, and the second
    time counts: on a virtual machine memory that was free for some seconds belongs to the host again, and to touch it
    costs up to 2.4 s a GB, whoever does."""
    best = {name: (1e9, 1e9) for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            timed(command)
            cpu, wall = timed(command)
            best[name] = (min(best[name][0], cpu), min(best[name][1], wall))
    return best


def output(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, text=True).stdout


def corpus(folder, name):
    """The file of a corpus, or None when it is not there, which is told."""
    file = os.path.join(folder, name + ".jsonl.zst")
    if os.path.exists(file):
        return file
    print("left out: no %s.jsonl.zst among the corpora" % name)


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    return {"cpu": model.group(1) if model else "unknown", "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)}


def run_file(prefix=""):
    """Where the runs of this machine are kept."""
    name = "%s-%d-cores" % (machine()["cpu"].lower(), os.cpu_count())
    return os.path.join(TOP, "bench", "runs", prefix + re.sub(r"[^a-z0-9]+", "-", name) + ".jsonl")


def keep(file, settings, rows):
    """Appends a run to a file, as one JSON line."""
    commit = subprocess.run(["git", "-C", TOP, "describe", "--always", "--dirty"], stdout=subprocess.PIPE, text=True).stdout
    run = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "commit": commit.strip(),
           "machine": machine(), **settings, "rows": rows}
    os.makedirs(os.path.dirname(os.path.abspath(file)), exist_ok=True)
    with open(file, "a") as f:
        f.write(json.dumps(run) + "\n")
    print("kept in " + os.path.relpath(file, TOP))
