# SPDX-License-Identifier: BSD-2-Clause
"""Counts what the matrix saw: a row a fault, a column a hand-off, link and family; then the figures of all."""

from __future__ import annotations

import os
import threading
from collections import Counter, defaultdict

from .rows import ROWS
from .trial import BLIND, BROKEN, MISSED, NEAR, RIGHT, UNDECIDED, WRONG, Outcome

SURE = 0.95     # what is said at this confidence must be true
LINKS = {"primary": "pri", "secondary": "sec", None: "-"}
LEGEND = ("right/near/wrong/missed/undecided of the runs; one number alone: all of them right. near: right domain, other fault or link;\n"
          "wrong: another domain, or a fault where there is none; missed: called healthy. from: where erprobe probes from.\n"
          "lab late: runs not counted else, for the wires themselves waited for a processor; each was made once more.")


class Tally:
    def __init__(self, path: str | None) -> None:
        """path: a file that always holds the table of what was seen so far, or None."""
        self.path = path
        self.lock = threading.Lock()
        self.passed = self.failed = 0
        self.cells: dict[tuple, Counter] = defaultdict(Counter)
        self.seen: list[Outcome] = []
        self.late: Counter = Counter()      # runs not right while the lab itself was late, made once more; by (row, link, where)

    def add(self, outcome: Outcome) -> None:
        case = outcome.case
        with self.lock:
            self.passed += not outcome.problems
            self.failed += bool(outcome.problems)
            self.seen.append(outcome)
            self.cells[(case.row.name, case.handoff, case.link, case.family, case.where)][outcome.grade] += 1
            self.write()

    def lab_late(self, outcome: Outcome) -> None:
        """Neither passed nor failed: what was run again in its place is added by itself."""
        case = outcome.case
        with self.lock:
            self.late[(case.row.name, case.link, case.where)] += 1

    def fail(self) -> None:
        """What was to be asked could not be: the lab did not do it."""
        with self.lock:
            self.failed += 1

    def write(self) -> None:
        if not self.path:
            return
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            f.write(self.table() + "\n" + self.figures() + "\n")
        os.replace(self.path + ".new", self.path)

    def table(self) -> str:
        order = {r.name: i for i, r in enumerate(ROWS)}
        names = sorted({key[0] for key in self.cells}, key=lambda n: (order.get(n, len(order)), n))
        columns = sorted({(key[1], key[3]) for key in self.cells})
        heads = [f"{handoff} {family}" for handoff, family in columns]
        lines = [LEGEND, "", f"{'fault':<46} {'link':<4} {'from':<9} " + " ".join(f"{h:>14}" for h in [*heads, "lab late"])]
        for name in names:
            for link, where in sorted({(k[2], k[4]) for k in self.cells if k[0] == name}, key=lambda lw: (lw[1], str(lw[0]))):
                cells = [brief(self.cells.get((name, h, link, f, where))) for h, f in columns]
                lines.append(f"{name:<46} {LINKS.get(link, link):<4} {where:<9} " + " ".join(f"{c:>14}" for c in [*cells, self.late[(name, link, where)] or ""]).rstrip())
        return "\n".join(lines)

    def figures(self) -> str:
        faults = [o for o in self.seen if not o.case.row.healthy and o.grade != BROKEN]
        blind = [o for o in faults if o.case.where == BLIND]
        told = [o for o in faults if not o.case.row.stands and o.case.where != BLIND]
        hard, soft = [o for o in told if not o.case.row.soft], [o for o in told if o.case.row.soft]
        apart = [o for o in faults if o.case.row.stands and o.case.where != BLIND]
        well = [o for o in self.seen if o.case.row.healthy and o.grade != BROKEN]
        annoyed = [o for o in well if o.case.row.nuisances]
        plain = [o for o in well if not o.case.row.nuisances]
        ways = [(o.direction, o.case.row.direction or o.case.row.way) for o in faults if o.grade == RIGHT and (o.case.row.direction or o.case.row.way)]
        lines = [
            f"hard faults: right domain, link and fault       {share(hard, RIGHT)}",
            f"hard faults: right domain                       {share(hard, RIGHT, NEAR)}",
            f"soft faults: right domain                       {share(soft, RIGHT, NEAR)}",
            f"soft faults: right domain, link and fault       {share(soft, RIGHT)}",
            f"wrong domain at {SURE:.2f} and more: hard, soft       {sure(hard)} of {len(hard)}, {sure(soft)} of {len(soft)}",
            f"called healthy: hard, soft                      {count(hard, MISSED)} of {len(hard)}, {count(soft, MISSED)} of {len(soft)}",
            f"not to be told apart, both named: right domain  {share(apart, RIGHT, NEAR)}, wrong {count(apart, WRONG)}, undecided {count(apart, UNDECIDED)}",
            f"without Azure: right domain                     {share(blind, RIGHT, NEAR)}, wrong {count(blind, WRONG)}, missed {count(blind, MISSED)}, undecided {count(blind, UNDECIDED)}",
            f"healthy, no nuisance: false alarms              {count(plain, WRONG)} of {len(plain)}, undecided {count(plain, UNDECIDED)}",
            f"healthy, with nuisances: false alarms           {count(annoyed, WRONG)} of {len(annoyed)}, undecided {count(annoyed, UNDECIDED)}",
            f"direction of what has one: proven, wrongly      {sum(d == way for d, way in ways)}, {sum(d not in (None, 'unknown', way) for d, way in ways)} of {len(ways)}",
            f"not right while the lab was late, made again    {self.late.total()}",
            f"no document, or not ended                       {sum(o.grade == BROKEN for o in self.seen)} of {len(self.seen)}",
        ]
        return "\n".join(lines)


def brief(counts: Counter | None) -> str:
    if not counts:
        return ""
    if set(counts) == {RIGHT}:
        return str(counts[RIGHT])
    return "/".join(str(counts[g]) for g in (RIGHT, NEAR, WRONG, MISSED, UNDECIDED)) + (f" ({counts[BROKEN]} broken)" if counts[BROKEN] else "")


def count(outcomes: list[Outcome], *grades: str) -> int:
    return sum(o.grade in grades for o in outcomes)


def share(outcomes: list[Outcome], *grades: str) -> str:
    n = count(outcomes, *grades)
    return f"{n} of {len(outcomes)}" + (f" ({100 * n / len(outcomes):.1f} %)" if outcomes else "")


def sure(outcomes: list[Outcome]) -> int:
    return sum(o.grade == WRONG and o.confidence >= SURE for o in outcomes)
