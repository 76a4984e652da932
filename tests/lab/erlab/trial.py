# SPDX-License-Identifier: BSD-2-Clause
"""One run of erprobe on a lab that is up, and what is to be said of it: is the fault named right, in time, and does
its evidence replay to the same bytes?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass

from . import wires
from .errors import LabError
from .rows import Row
from .runfolder import RunFolder

CHECK_SECONDS, REPLAY_SECONDS = 120, 60
# A run that is on its way: its first answers have come, its end is far.
MIDWAY_SECONDS = 2.0
BLIND = "noazure"
RIGHT, NEAR, WRONG, MISSED, UNDECIDED, BROKEN = "right", "near", "wrong", "missed", "undecided", "broken"


@dataclass(frozen=True)
class Case:
    """What is injected, where, and who asks."""
    row: Row
    handoff: str
    link: str | None
    where: str
    family: str


@dataclass
class Outcome:
    """problems: why it did not pass. grade: what the verdict is worth by itself: right; near, the domain is right
    but the fault, its link or a second fault is not; wrong, another domain, or a fault where there is none; missed,
    called healthy; undecided; broken, there was no document."""
    case: Case
    grade: str
    problems: list[str]
    took: float
    confidence: float = 0.0
    said: str = ""
    direction: str | None = None
    late: wires.Lateness | None = None  # the wires' own during the run; None: not asked, or no answer

    def lab_late(self) -> bool:
        """It is not right, and the wire process waited for a processor meanwhile: a queue on every wire that nobody
        injected, which erprobe rightly tells of."""
        return bool(self.problems) and self.late is not None and self.late.over > 0

    def lateness(self) -> str:
        if self.late is None or not self.late.known:
            return "(how late the lab was is not known)"
        return f"(the lab itself was late by {self.late.max_ms:.1f} ms on all its wires, {self.late.over} times 5 ms or more)"


def lateness(folder: RunFolder) -> wires.Lateness | None:
    try:
        return wires.lateness(folder)
    except LabError:
        return None


def grade_of(row: Row, link: str | None, verdict: dict, others: set[str]) -> str:
    if row.healthy:
        return {"healthy": RIGHT, "undetermined": UNDECIDED}.get(verdict["status"], WRONG)
    if verdict["status"] == "healthy":
        return MISSED
    if verdict["domain"] is None:
        return UNDECIDED
    if verdict["domain"] != row.domain:
        return WRONG
    same = verdict["fault"] == row.fault and verdict["link"] == reads(row, link)
    return RIGHT if same and not others else NEAR


def reads(row: Row, link: str | None) -> str | None:
    return link if row.reads == "link" else row.reads


def stood_for(row: Row, verdict: dict) -> bool:
    """What cannot be told apart from here is named all the same, by the verdict or beside it."""
    named = {a["fault"] for a in verdict["alternatives"]} | {verdict["fault"]}
    return bool(row.stands) and row.fault in named and verdict["fault"] in (None, row.fault, *row.stands)


def named_blindly(row: Row, where: str, verdict: dict) -> bool:
    """Without Azure much looks alike: nobody else's domain is accused, and the fault is named."""
    return where == BLIND and row.domain and verdict["domain"] in (None, row.domain) and row.fault in {a["fault"] for a in verdict["alternatives"]}


def problems_of(row: Row, link: str | None, circuit: dict, where: str = "flow") -> list[str]:
    verdict, found = circuit["verdict"], []
    want = None if row.healthy else row.fault
    if row.healthy and verdict["status"] != "healthy":
        found.append(f"status {verdict['status']}")
    if not stood_for(row, verdict) and not named_blindly(row, where, verdict):
        if verdict["fault"] != want:
            found.append(f"fault {verdict['fault']}")
        if want and verdict["link"] != reads(row, link):
            found.append(f"link {verdict['link']}")
        if want and verdict["domain"] != row.domain:
            found.append(f"domain {verdict['domain']}")
    if (others := others_of(row, circuit)) and not named_blindly(row, where, verdict):
        found.append(f"also {','.join(sorted(others))}")
    if row.direction and verdict["direction"] != row.direction:
        found.append(f"direction {verdict['direction']}")
    if row.way and verdict["direction"] not in (None, "unknown", row.way):
        found.append(f"direction {verdict['direction']}")
    if row.fault == "own.api" and circuit["azure"]["available"]:
        found.append("azure available")
    return found


def others_of(row: Row, circuit: dict) -> set[str]:
    return set() if row.healthy else {str(f["fault"]) for f in circuit["faults"]} - {row.fault, *row.stands}


class Prober:
    """Runs erprobe on one lab. begin, when given, is called once while a run is on its way."""

    def __init__(self, folder: RunFolder, evidence: str, erprobe: str, keep: str | None) -> None:
        self.folder, self.evidence, self.erprobe, self.keep = folder, evidence, erprobe, keep

    def config(self, where: str, family: str) -> str:
        base = "erprobe" if where == "flow" else f"erprobe-{where}"
        return str(self.folder.path / f"{base}-{family}.yaml")

    def inside(self, node: str) -> list[str]:
        """As `lab run` does it, without a Python of its own for each run."""
        return ["ip", "netns", "exec", self.folder.ns(node)]

    def check(self, where: str, config: str, history: bool, begin=None) -> tuple[dict | None, float, subprocess.CompletedProcess]:
        command = [*self.inside("edge1" if where == "edge1" else "host"), self.erprobe, "check", "-q", "--json",
                   *([] if history else ["--no-history"]), "-c", config, "--evidence", self.evidence]
        timer = threading.Timer(MIDWAY_SECONDS, begin) if begin else None
        began = time.monotonic()
        if timer:
            timer.start()
        done = subprocess.run(command, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False)
        took = time.monotonic() - began
        if timer:
            timer.join()
        try:
            return json.loads(done.stdout), took, done
        except json.JSONDecodeError:
            return None, took, done

    def replay(self, bundle: str, live: subprocess.CompletedProcess) -> str | None:
        done = subprocess.run([self.erprobe, "replay", "--json", bundle], capture_output=True, text=True, timeout=REPLAY_SECONDS, check=False)
        same = done.stdout == live.stdout and done.returncode == live.returncode and "concludes otherwise" not in done.stderr
        return None if same else f"replay differs (exit {done.returncode}): {done.stderr.strip()[-160:]}"

    def run(self, case: Case, limit: float, config: str | None = None, begin=None) -> Outcome:
        """Looks once and judges. config: another than the case's own, with a history of its own."""
        lateness(self.folder)
        try:
            document, took, live = self.check(case.where, config or self.config(case.where, case.family), bool(config), begin)
        except subprocess.TimeoutExpired:
            return Outcome(case, BROKEN, [f"not ended after {CHECK_SECONDS} s"], CHECK_SECONDS)
        if document is None:
            return Outcome(case, BROKEN, [f"no document, exit {live.returncode}: {live.stderr.strip()[-200:]}"], took)
        late = lateness(self.folder)
        circuit = document["circuits"][0]
        verdict, row = circuit["verdict"], case.row
        problems = problems_of(row, case.link, circuit, case.where)
        if took > limit + 0.5:
            problems.append(f"took {took:.1f} s")
        bundle = os.path.join(self.evidence, document["run_id"])
        if unlike := self.replay(bundle, live):
            problems.append(unlike)
        if problems and self.keep:
            shutil.copytree(bundle, os.path.join(self.keep, document["run_id"]))
            problems.append(f"kept {document['run_id']}")
        shutil.rmtree(bundle, ignore_errors=True)
        grade = grade_of(row, case.link, verdict, others_of(row, circuit))
        if grade == NEAR and stood_for(row, verdict):
            grade = RIGHT
        return Outcome(case, grade, problems, took, verdict["confidence"], describe(verdict), verdict["direction"], late)


def describe(verdict: dict) -> str:
    others = ", ".join(f"{a['fault']}/{a['link']} {a.get('probability', 0):.2f}" for a in verdict["alternatives"][:3])
    return f"[{verdict['status']} {verdict['fault']} {verdict['link']} {verdict['confidence']:.2f}; {others}]"
