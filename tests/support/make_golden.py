#!/usr/bin/env python3
"""make_golden.py - writes tests/data/golden_index_VERSION, when the format of the index has changed: PROGRAM.

30 of tests/data/golden_records.jsonl in a segment, one of them deleted, 6 in the log of a writer that is killed, so
that every kind of file is there. tests/cli/index_golden.sh says what it must hold. Run it once for a new format
version, and never to make a failing test pass: the index of an older version is what others have on their disks.
"""
import os, shutil, struct, subprocess, sys, tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")
IN_SEGMENT, DELETED = 30, "post-0228-1"


def main():
    program, index = sys.argv[1], os.path.join(tempfile.mkdtemp(), "index")
    with open(os.path.join(HERE, "golden_records.jsonl"), "rb") as f:
        lines = f.readlines()
    subprocess.run([program, "add", "-q", index, "-"], input=b"".join(lines[:IN_SEGMENT]), check=True)
    subprocess.run([program, "delete", "-q", index, DELETED], check=True)
    writer = subprocess.Popen([program, "add", "-q", index, "-", "--commit", "1", "--verdicts", "-"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    writer.stdin.write(b"".join(lines[IN_SEGMENT:]))
    writer.stdin.flush()
    for _ in lines[IN_SEGMENT:]:
        writer.stdout.readline()
    writer.kill()
    writer.wait()
    with open(os.path.join(index, "manifest"), "rb") as f:
        version = struct.unpack_from("<I", f.read(), 12)[0]
    shutil.copytree(index, os.path.join(HERE, "golden_index_%d" % version))
    shutil.rmtree(os.path.dirname(index))


main()
