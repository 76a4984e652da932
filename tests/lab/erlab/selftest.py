# SPDX-License-Identifier: BSD-2-Clause
"""The lab's own test: runs the `lab` command as a user would and looks with ping and connect.

Several labs run side by side, each with a share of the faults, so that it ends in minutes."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from . import netns, routing, wires
from .expectations import FAULT_CHECKS, NUISANCE_CHECKS, View
from .faults import FAULTS
from .runfolder import RunFolder, alive, end_processes
from .topology import build
from .wires import LAB

TIMED_OUT = 124     # what timeout(1) says of a process that it ended
SHARES = 4      # labs of each handoff


def short_name(number: int) -> str:
    """Base 36: a process id in four letters, since a lab's name has eight."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


# What a run that was killed left behind has another name than what this one makes.
OWN = "s" + short_name(os.getpid())
FOREIGN, CUT_SHORT = OWN + "x", OWN + "y"


# Takes all of one processor, for 40 ms at a time.
HOG = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
while True:
    end = time.monotonic() + 0.04
    while time.monotonic() < end:
        pass
    time.sleep(0.02)
"""


class Tally:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.passed = self.failed = 0

    def check(self, what: str, good: bool, seen: object = "") -> None:
        with self.lock:
            self.passed += good
            self.failed += not good
            print(f"{'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": {seen}"),
                  flush=True)


def lab(name: str, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(LAB / "lab"), words[0], "--name", name, *words[1:]],
                          capture_output=True, text=True, check=False)


def check_command(tally: Tally, name: str, *words: str) -> bool:
    done = lab(name, *words)
    tally.check(f"{name}: lab {' '.join(words)}", done.returncode == 0, done.stderr.strip())
    return done.returncode == 0


def check_healthy(tally: Tally, view: View) -> None:
    """Everything reachable, the paths as drawn, the gateway silent, flows over both links."""
    for index, family in enumerate(("IPv4", "IPv6")):
        for what, good, seen in view.healthy(index):
            tally.check(f"{view.folder.name}: {family}: {what}", good, seen)


def check_fault(tally: Tally, view: View, name: str, words: tuple[str, ...], checks) -> None:
    label = f"{view.folder.name}: {' '.join((name, *words))}"
    before = time.monotonic()
    done = lab(view.folder.name, "fault" if name in FAULTS else "nuisance", name, *words)
    if done.returncode != 0:
        tally.check(label, False, done.stderr.strip())
    else:
        with ThreadPoolExecutor() as pool:
            results = [r for part in pool.map(lambda i: checks(view, i), (0, 1)) for r in part]
        wrong = [f"{what}: {seen}" for what, good, seen in results if not good]
        tally.check(f"{label} ({len(results)} observations, {time.monotonic() - before:.0f} s)", not wrong, "; ".join(wrong))
    done = lab(view.folder.name, "heal")
    healed = not routing.unmet(view.folder, routing.healthy(view.topology))
    tally.check(f"{view.folder.name}: heals from {name}", done.returncode == 0 and healed,
                done.stderr.strip())


def share(handoff: str, index: int) -> list[tuple[str, tuple[str, ...], object]]:
    """Every SHARES-th check that this handoff allows."""
    rows = [row for row in FAULT_CHECKS if handoff in FAULTS[row[0]].handoffs] + NUISANCE_CHECKS
    return rows[index::SHARES]


def exercise(tally: Tally, name: str, handoff: str, index: int) -> None:
    if not check_command(tally, name, "up", handoff, "--dual"):
        return
    view = View(RunFolder(name), build(handoff))
    if index == 0:
        check_healthy(tally, view)
    for fault, words, checks in share(handoff, index):
        check_fault(tally, view, fault, words, checks)


def check_lateness(tally: Tally, name: str) -> None:
    """A wire that waits for a processor counts it: it is left with one processor, which another process takes in turns
    before it, while pings cross the wire."""
    folder = RunFolder(name)
    pid = int((folder.path / "wire.pid").read_text(encoding="ascii"))
    allowed, before = os.sched_getaffinity(pid), wires.lateness(folder)
    tally.check(f"{name}: the wire knows how late it is", before.known, before)
    hog = subprocess.Popen(["chrt", "-f", "50", "timeout", "2", sys.executable, "-c", HOG, str(min(allowed))], stderr=subprocess.DEVNULL)
    try:
        os.sched_setaffinity(pid, {min(allowed)})
        lab(name, "run", "--", "ping", "-q", "-c", "50", "-i", "0.03", "10.101.7.7")
        hog.wait()
    finally:
        os.sched_setaffinity(pid, allowed)
    held = wires.lateness(folder)
    if hog.returncode != TIMED_OUT:
        print(f"skip {name}: the wire counts that it was late: no process may run as real-time here", flush=True)
        return
    tally.check(f"{name}: the wire counts that it was late", held.max_ms >= 5 and held.over > 0 and len(held.moments) > 0, held)
    after = wires.lateness(folder)
    tally.check(f"{name}: and forgets it when asked", after.over < held.over, after)


def check_refusals(tally: Tally, name: str) -> None:
    done = lab(name, "up", "l2")
    tally.check(f"{name}: up twice is refused in one line",
                done.returncode != 0 and done.stderr.count("\n") == 1, done.stderr)
    netns.run(["ip", "netns", "add", f"{FOREIGN}-host"])
    done = lab(FOREIGN, "up", "l2")
    tally.check("a foreign namespace is refused and left alone",
                done.returncode != 0 and netns.exists(f"{FOREIGN}-host"), done.stderr)
    netns.run(["ip", "netns", "delete", f"{FOREIGN}-host"])


def check_dead(tally: Tally, name: str) -> None:
    """A lab whose processes were all killed, and which nobody took down, is in nobody's way."""
    folder = RunFolder(name)
    spaces = [folder.ns(node) for node in folder.read(folder.topology)["nodes"]]
    while pids := set(folder.pids() + netns.processes_in(spaces)):
        end_processes(list(pids), patience=0)
    done = lab(name, "up", "l2")
    tally.check(f"{name}: up where a killed lab was", done.returncode == 0
                and "has no process left" in done.stderr, done.stderr)


def check_interrupted(tally: Tally) -> None:
    """Whatever moment `up` is interrupted at, nothing stays."""
    for delay in (0.4, 1.0):
        process = subprocess.Popen([str(LAB / "lab"), "up", "l2", "--name", CUT_SHORT],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGTERM)
        process.wait()
        tally.check(f"interrupted after {delay} s, `up` leaves nothing", nothing_left(CUT_SHORT),
                    leftovers(CUT_SHORT))


def leftovers(name: str) -> list[str]:
    folder = RunFolder(name)
    left = [ns for ns in os.listdir(netns.NETNS_DIR) if ns.startswith(f"{name}-")]
    left += [str(folder.path)] if folder.path.exists() else []
    return left + [f"pid {pid}" for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                   if folder.is_ours(pid) and alive(pid)]


def nothing_left(name: str, patience: float = 10) -> bool:
    """An ended process stands in /proc until init has taken note of it."""
    until = time.monotonic() + patience
    while leftovers(name) and time.monotonic() < until:
        time.sleep(0.2)
    return not leftovers(name)


def main() -> int:
    argparse.ArgumentParser(prog="selftest", description="Builds labs of both handoffs, injects each fault, and sees that it does what it is "
                            "for: some five minutes, as root.").parse_args()
    if os.geteuid() != 0:
        print("selftest: needs root", file=sys.stderr)
        return 1
    tally = Tally()
    labs = [(OWN + "abcdefgh"[SHARES * (handoff == "l3") + index], handoff, index)
            for handoff in ("l2", "l3") for index in range(SHARES)]
    before = time.monotonic()
    check_interrupted(tally)
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda each: exercise(tally, *each), labs))
        check_refusals(tally, labs[0][0])
        check_lateness(tally, labs[0][0])
        check_dead(tally, labs[0][0])
    finally:
        for name, _, _ in labs:
            lab(name, "down")
            tally.check(f"{name}: down leaves nothing", nothing_left(name), leftovers(name))
    print(f"after {time.monotonic() - before:.0f} s")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0
