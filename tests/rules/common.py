# SPDX-License-Identifier: BSD-2-Clause
"""What the rules share: the tree to look at, C without comments and strings, the count."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The rules' own test points this at trees that break them.
ROOT = os.environ.get("RULES_ROOT") or os.path.dirname(os.path.dirname(HERE))

SKIPPED_FOLDERS = {".git", "build", "__pycache__"}
SEEDS = os.path.join("tests", "fuzz", "seeds")


class Tally:
    """Counts, prints what failed, and ends the script."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, what):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"FAIL {what}")

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


def files(*endings, under=()):
    """Paths below ROOT, sorted, that are or would be committed; all, or with these endings."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), ROOT)
            if endings and not name.endswith(endings):
                continue
            if under and not path.startswith(tuple(under)):
                continue
            found.append(path)
    return found


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as f:
        return f.read()


TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


def blank(match):
    """Same lines, no words: line numbers stay right."""
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + text[0]
    return " " + "\n" * text.count("\n")


def code(path):
    """C with comments gone and literals emptied; #include lines keep their names."""
    text = read(path)
    includes = re.sub(r"^(\s*#\s*include\s*)\"([^\"\n]*)\"", r"\1<\2>", text, flags=re.M)
    return TOKEN.sub(blank, includes)


def allowed(name):
    """NAME.allow beside the rules: "WHAT: reason" lines, as a dictionary."""
    entries = {}
    path = os.environ.get("RULES_ALLOW") or os.path.join(HERE, name)
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.strip()
            if line and not line.startswith("#"):
                what, _, why = line.partition(": ")
                entries[what] = why
    return entries


def output(*argv):
    """Standard output of a command of the toolchain; ends the script when it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout
