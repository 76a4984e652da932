#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The matrix' own test: what a verdict is worth, what is counted, that every fault of the lab is asked, and that the
labs go however the process ends. Needs no root: the lab is a script that writes down what it is told."""
import argparse
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from erlab import rows, taught, trial, wires  # noqa: E402
from erlab.faults import FAULTS  # noqa: E402
from erlab.pool import Pool, Unit  # noqa: E402
from erlab.tally import Tally  # noqa: E402
from erlab.topology import HANDOFFS  # noqa: E402
from erlab.trial import MISSED, NEAR, RIGHT, UNDECIDED, WRONG, Case, Outcome  # noqa: E402

MATRIX = runpy.run_path(os.path.join(HERE, "matrix"))
SECONDS = 30    # for what another process does


def circuit(status, domain, fault, link, others=(), alternatives=()):
    return {"verdict": {"status": status, "domain": domain, "fault": fault, "link": link, "confidence": 0.97, "direction": "unknown",
                        "alternatives": [{"fault": name} for name in alternatives]},
            "faults": [{"fault": name} for name in (*([fault] if fault else []), *others)], "azure": {"available": True}}


def find(name):
    return next(r for r in rows.ROWS if r.name == name)


class Grades(unittest.TestCase):
    def grade(self, name, link, *verdict, **more):
        row, seen = find(name), circuit(*verdict, **more)
        return trial.grade_of(row, link, seen["verdict"], trial.others_of(row, seen)), bool(trial.problems_of(row, link, seen))

    def test_of_a_fault(self):
        for verdict, others, grade in (
                (("degraded", "wan", "wan.loss", "primary"), (), RIGHT),
                (("degraded", "wan", "wan.loss", "primary"), ("azure.nsg",), NEAR),
                (("degraded", "wan", "wan.loss", "secondary"), (), NEAR),
                (("degraded", "wan", "wan.blackhole", "primary"), (), NEAR),
                (("degraded", "azure", "azure.gateway-loss", None), (), WRONG),
                (("healthy", None, None, None), (), MISSED),
                (("undetermined", None, None, None), (), UNDECIDED)):
            self.assertEqual(self.grade("wan.loss", "primary", *verdict, others=others), (grade, grade != RIGHT), verdict)

    def test_of_health(self):
        self.assertEqual(self.grade("none", None, "healthy", None, None, None), (RIGHT, False))
        self.assertEqual(self.grade("none", None, "undetermined", None, None, None), (UNDECIDED, True))
        self.assertEqual(self.grade("none", None, "degraded", "wan", "wan.loss", "primary"), (WRONG, True))

    def test_what_cannot_be_told_apart(self):
        row = find("azure.udr")
        for fault, alternatives, passes in (("azure.target-down", ("azure.udr",), True), ("azure.target-down", (), False),
                                            ("azure.nsg", ("azure.udr",), False), ("azure.udr", (), True)):
            seen = circuit("fault", "azure", fault, None, alternatives=alternatives)
            self.assertEqual(not trial.problems_of(row, None, seen), passes, (fault, alternatives))


    def test_without_azure(self):
        row = find("wan.not-provisioned")
        for verdict, where, passes in (
                (circuit("undetermined", None, None, None, alternatives=("wan.not-provisioned",)), "noazure", True),
                (circuit("undetermined", None, None, None, alternatives=("wan.not-provisioned",)), "flow", False),
                (circuit("undetermined", None, None, None), "noazure", False),
                (circuit("fault", "wan", "wan.both-down", "both", alternatives=("wan.not-provisioned",)), "noazure", True),
                (circuit("fault", "azure", "azure.circuit-disabled", "both", alternatives=("wan.not-provisioned",)), "noazure", False)):
            self.assertEqual(not trial.problems_of(row, None, verdict, where), passes, (verdict, where))


class Rows(unittest.TestCase):
    def test_every_fault_is_asked_on_every_handoff(self):
        asked = {(r.fault, handoff) for r in rows.ROWS for handoff in r.handoffs}
        left = {(f.id, handoff) for f in FAULTS.values() for handoff in f.handoffs} - asked - rows.NOT_ASKED
        self.assertEqual(left, set())
        self.assertEqual(rows.NOT_ASKED & asked, set())

    def test_names(self):
        names = [r.name for r in rows.ROWS]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual([r.name for r in rows.choose(["wan.loss", "own.api"], False)], ["wan.loss", "own.api"])
        self.assertTrue(all(r.fault.startswith("corp.") and not r.more for r in rows.choose(["corp."], False)))
        self.assertEqual(len(rows.choose([], True)), len(rows.ROWS))
        self.assertTrue(all(set(r.handoffs) <= set(HANDOFFS) for r in rows.ROWS))


class Counts(unittest.TestCase):
    def test_figures(self):
        tally = Tally(None)
        for name, grade, confidence in (("wan.loss", RIGHT, 1), ("wan.loss", NEAR, 1), ("wan.loss", WRONG, .96), ("wan.loss", WRONG, .9),
                                        ("corp.acl", RIGHT, 1), ("corp.acl", MISSED, 1), ("none", WRONG, .9), ("azure.udr", UNDECIDED, .5)):
            tally.add(Outcome(Case(find(name), "l2", None, "flow", "v4"), grade, [] if grade == RIGHT else ["no"], 1.0, confidence))
        figures = tally.figures()
        for line in ("right domain, link and fault       1 of 2 (50.0 %)", "soft faults: right domain                       2 of 4 (50.0 %)",
                     "hard, soft       0 of 2, 1 of 4", "called healthy: hard, soft                      1 of 2, 0 of 4",
                     "no nuisance: false alarms              1 of 1", "undecided 1"):
            self.assertIn(line, figures)
        self.assertIn("1/1/2/0/0", tally.table())
        self.assertEqual((tally.passed, tally.failed), (2, 6))


class LabLate(unittest.TestCase):
    LATE, QUICK = "late known=1 max_us=25400 over=2 1000:25400 2000:5100", "late known=1 max_us=900 over=0"

    def outcome(self, problems, line):
        return Outcome(Case(find("none"), "l2", None, "flow", "v4"), WRONG if problems else RIGHT, problems, 1.0, .97,
                       late=wires.read_lateness(line) if line else None)

    def judged(self, *outcomes):
        """What the matrix makes of runs that come out so: its tally, what it said, and the runs that were not made."""
        left, said, tally = list(outcomes), [], Tally(None)
        work = MATRIX["Work"](argparse.Namespace(wheres=["flow"], again=0), tally, find("none"), "l2", None, ["v4"], 1)
        work.once = lambda *_: left.pop(0)
        work.judged(argparse.Namespace(pool=argparse.Namespace(say=said.append)), None, outcomes[0].case, None)
        return tally, "\n".join(said), left

    def test_read(self):
        late = wires.read_lateness(self.LATE)
        self.assertEqual((late.known, late.max_ms, late.over, late.moments), (True, 25.4, 2, ((1000, 25.4), (2000, 5.1))))
        self.assertEqual(wires.read_lateness("late known=0 max_us=0 over=0").known, False)

    def test_made_once_more(self):
        for again, counted in (([], (1, 0)), (["fault wan.jitter"], (0, 1))):
            tally, said, left = self.judged(self.outcome(["fault wan.jitter"], self.LATE), self.outcome(again, self.LATE))
            self.assertEqual(((tally.passed, tally.failed), left, tally.late.total()), (counted, [], 1))
            self.assertIn("the lab itself was late by 25.4 ms", said)
            self.assertIn("made again    1", tally.figures())
            self.assertRegex(tally.table(), r"none .* 1$")

    def test_taught_once_more(self):
        """A baseline that was learned while the lab was late."""
        for lines, whys, result, count in (((self.LATE,), ["wan.jitter", None], None, 1), ((self.QUICK,), ["wan.jitter"], "wan.jitter", 0),
                                           ((self.LATE, self.LATE), ["wan.jitter", "wan.loss"], "wan.loss", 1)):
            tally, left = Tally(None), list(whys)
            answers = [line for line in lines for line in (self.QUICK, line)] + [self.QUICK]
            work = MATRIX["Work"](argparse.Namespace(wheres=["flow"], erprobe="erprobe"), tally, find("none"), "l2", None, ["v4"], 1)
            prober = argparse.Namespace(config=lambda *_: "/none.yaml", folder=None)
            worker = argparse.Namespace(evidence="/nowhere", lab_name="x", pool=argparse.Namespace(say=lambda _: None))
            with mock.patch.object(taught, "teach", lambda *_: left.pop(0)), mock.patch.object(taught, "with_history", lambda *_: "c"), \
                    mock.patch.object(trial, "lateness", lambda _: wires.read_lateness(answers.pop(0))):
                why = work.taught(worker, prober, "v4", {})
            self.assertEqual((why and why.split()[0], left, tally.late.total()), (result, [], count))

    def test_not_excused(self):
        """The lab was in time, or nobody knows, or the run was right."""
        for first, counted in ((self.outcome(["no"], self.QUICK), (0, 1)), (self.outcome(["no"], None), (0, 1)),
                               (self.outcome([], self.LATE), (1, 0))):
            tally, _, left = self.judged(first, self.outcome([], self.QUICK))
            self.assertEqual(((tally.passed, tally.failed), len(left), tally.late.total()), (counted, 1, 0))


CHILD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from erlab.pool import Pool
print(Pool(sys.argv[2], "x", 2, None, 0, 1, lambda: None).guard.evidence, flush=True)
time.sleep(600)
"""


class Ends(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.told = os.path.join(self.folder.name, "told")
        self.lab = os.path.join(self.folder.name, "lab")
        with open(self.lab, "w", encoding="ascii") as f:
            f.write(f'#!/bin/bash\necho "$*" >>{self.told}\n')
        os.chmod(self.lab, 0o755)

    def words(self):
        try:
            with open(self.told, encoding="ascii") as f:
                return f.read().split("\n")[:-1]
        except FileNotFoundError:
            return []

    def test_killed(self):
        for number in (signal.SIGKILL, signal.SIGTERM):
            if os.path.exists(self.told):
                os.remove(self.told)
            child = subprocess.Popen([sys.executable, "-B", "-c", CHILD, HERE, self.lab], stdout=subprocess.PIPE, text=True)
            evidence = child.stdout.readline().strip()
            self.assertTrue(os.path.isdir(evidence))
            child.send_signal(number)
            child.wait()
            child.stdout.close()
            until = time.monotonic() + SECONDS
            while os.path.exists(evidence) and time.monotonic() < until:
                time.sleep(0.05)
            self.assertFalse(os.path.exists(evidence))
            self.assertEqual(set(self.words()), {"down --name x0", "down --name x1"})

    def test_worked_off(self):
        done = []
        pool = Pool(self.lab, "x", 2, None, 0, 1, lambda: None)
        for handoff in ("l2", "l2", "l2", "l3"):
            pool.add(Unit(handoff, lambda worker: not done.append(worker.handoff)))
        self.assertEqual(pool.run(), 0)
        self.assertEqual(sorted(done), ["l2", "l2", "l2", "l3"])
        seeds = [word.split()[3] for word in self.words() if word.startswith("up ")]
        self.assertEqual(len(seeds), len(set(seeds)))
        self.assertEqual(sum(word.startswith("up ") for word in self.words()), sum(word.startswith("down ") for word in self.words()))
        self.assertFalse(os.path.exists(pool.guard.evidence))

    def test_out_of_time(self):
        pool = Pool(self.lab, "x", 1, None, 0.000001, 1, lambda: None)
        pool.add(Unit("l2", lambda worker: self.fail("begun")))
        time.sleep(0.01)
        self.assertEqual(pool.run(), 1)

    def test_paused(self):
        pause = os.path.join(self.folder.name, "pause")
        open(pause, "w", encoding="ascii").close()
        done = []
        pool = Pool(self.lab, "x", 1, pause, 0.5, 1, lambda: None)
        pool.add(Unit("l2", lambda worker: not done.append(1)))
        self.assertEqual((pool.run(), done), (1, []))

    def test_a_lab_that_fails(self):
        """Another is tried, and after some the unit counts as failed."""
        for good, tries in ((2, 2), (9, 3)):
            failed, done = [], []
            pool = Pool(self.lab, "x", 1, None, 0, 1, lambda failed=failed: failed.append(1))
            pool.add(Unit("l2", lambda worker, done=done, good=good: not done.append(1) and len(done) >= good))
            self.assertEqual(pool.run(), 0)
            self.assertEqual((len(done), failed), (tries, [] if good == tries else [1]))

    def test_a_worker_that_breaks(self):
        """Its lab goes, and it is counted."""
        failed = []
        pool = Pool(self.lab, "x", 1, None, 0, 1, lambda: failed.append(1))
        pool.add(Unit("l2", lambda worker: 1 / 0))
        pool.run()
        self.assertEqual(failed, [1])
        self.assertIn("down --name x", self.words())


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
