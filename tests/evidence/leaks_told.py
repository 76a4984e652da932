#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does leaks.py tell a leak from a replacement that happens to be another's original?

    leaks_told.py FULL REDACTED provider|microsoft

Makes copies of the redacted bundle in which the latter, or a leak, is true. Each line is what was not told; exit code 1
where there is one."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from leaks import CHANCE, ipaddress, secrets, words  # noqa: E402

PCAPNG = "data/probes.pcapng"


def replace(bundle, old, new):
    """In packets as bytes, whose comments keep their lengths; in every other file as text."""
    for folder, _, here in os.walk(bundle):
        for name in here:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                data = f.read()
            data = data.replace(old.packed, new.packed) if name.endswith(".pcapng") else data.replace(str(old).encode(), str(new).encode())
            with open(path, "wb") as f:
                f.write(data)


def main():
    full, less, audience = sys.argv[1:4]
    missed = []
    before, after = words(full), words(less)
    now_at = {place: word for word, places in after.items() for place in places}
    of_packets = sorted((a for a in secrets(full, audience, [])[0] if a.version == 4 and len(before.get(a.packed, [])) > CHANCE), key=str)
    moved, original = of_packets[:2]
    other = ipaddress.ip_address(now_at[before[moved.packed][0]])
    own = ipaddress.ip_address(now_at[before[original.packed][0]])
    with tempfile.TemporaryDirectory(prefix="erprobe-leaks.") as work:
        def told(what, code, change):
            copy = os.path.join(work, "copy")
            shutil.copytree(less, copy)
            change(copy)
            done = subprocess.run([os.path.join(os.path.dirname(os.path.abspath(__file__)), "leaks.py"), full, copy, audience],
                                  capture_output=True, text=True, check=False)
            if done.returncode != code:
                missed.append(f"{what}: exit code {done.returncode}, {done.stdout}{done.stderr}")
            shutil.rmtree(copy)

        def leak_of_one_frame(copy):
            replace(copy, other, original)
            path = os.path.join(copy, PCAPNG)
            with open(path, "rb") as f:
                data = f.read()
            with open(path, "wb") as f:
                f.write(data.replace(own.packed, original.packed, 1))

        def mixed(copy):
            """Half of what one was replaced by, and all of another."""
            path = os.path.join(copy, PCAPNG)
            with open(path, "rb") as f:
                data = f.read()
            with open(path, "wb") as f:
                f.write(data.replace(other.packed, original.packed, data.count(other.packed) // 2))

        def text_alone(copy):
            with open(os.path.join(copy, "data/environment.json"), "a", encoding="utf-8") as f:
                f.write(f'"{original}"')

        told("nothing of it", 0, lambda copy: None)
        told("a replacement that is another's original", 0, lambda copy: replace(copy, other, original))
        told("the same, and it stayed in one frame", 1, leak_of_one_frame)
        told("some places of a replacement alone", 1, mixed)
        told("in a text alone", 1, text_alone)
        told("all of it stayed", 1, lambda copy: replace(copy, own, original))
    print("\n".join(missed))
    sys.exit(bool(missed))


main()
