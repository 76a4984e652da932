# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces: creation, commands inside, many commands at once."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from .errors import LabError

NETNS_DIR = Path("/run/netns")


def run(argv: list[str], stdin: str | None = None, check: bool = True) -> str:
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def run_all(jobs: list[tuple[list[str], str | None]]) -> None:
    """Starts all commands, each with its own standard input, and waits for all. When
    interrupted it leaves none of them behind."""
    started = []
    try:
        for argv, stdin in jobs:
            started.append((argv, begin(argv, stdin)))
        problems = []
        for argv, process in started:
            output = process.communicate()[0]
            if process.returncode != 0:
                problems.append(f"{' '.join(argv)}: {output.strip()}")
    except BaseException:
        for _, process in started:
            process.kill()
            process.wait()
        raise
    if problems:
        raise LabError(problems[0])


def begin(argv: list[str], stdin: str | None) -> subprocess.Popen:
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    if stdin:
        process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None
    return process


def exists(ns: str) -> bool:
    return (NETNS_DIR / ns).exists()


def inside(ns: str, argv: list[str]) -> list[str]:
    """The command line that runs argv in the namespace. Cheaper than `ip netns exec`, which
    also mounts a /sys of its own."""
    return ["nsenter", f"--net={NETNS_DIR / ns}", "--", *argv]


def ip_json(ns: str, *words: str) -> list:
    output = run(["ip", "-n", ns, "-j", *words], check=False).strip()
    try:
        return json.loads(output) if output else []
    except ValueError:
        return []


def processes_in(namespaces: list[str]) -> list[int]:
    """Everything that runs in these namespaces, found in one pass over /proc."""
    inodes = set()
    for ns in namespaces:
        try:
            inodes.add((NETNS_DIR / ns).stat().st_ino)
        except OSError:
            continue
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if os.stat(f"/proc/{entry}/ns/net").st_ino in inodes:
                found.append(int(entry))
        except OSError:
            continue
    return found
