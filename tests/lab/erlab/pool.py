# SPDX-License-Identifier: BSD-2-Clause
"""Several labs side by side, each worked by a thread of its own, and a guard that removes them however this
process ends: a run mostly waits, so many share few processors."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .runfolder import RunFolder

# A process of its own session, so that no signal to ours reaches it. It waits for a word, and when none
# comes before its standard input ends, we were killed: it does what we would have done. Twice, as a
# `lab up` that was on its way then ends later.
GUARD = r"""trap '' INT TERM HUP
read -r word && exit 0
evidence=$1 lab=$2
shift 2
for pass in 1 2; do
	for name in "$@"; do "$lab" down --name "$name" >/dev/null 2>&1; done
	[ "$pass" = 2 ] || sleep 3
done
rm -rf "$evidence"
"""

TRIES = 3   # of a unit whose lab fails
BUILDERS = 2    # labs that are built at once: it takes all of a processor


@dataclass
class Unit:
    """What is done on one lab between two healings. work: False when the lab did not do its part."""
    handoff: str
    work: Callable[[Worker], bool]
    tries: int = 0


class Guard:
    def __init__(self, lab: str, names: list[str]) -> None:
        self.evidence = tempfile.mkdtemp(prefix="erprobe-matrix-")
        os.chmod(self.evidence, 0o755)
        self.process = subprocess.Popen(["bash", "-c", GUARD, "guard", self.evidence, lab, *names], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, text=True)

    def dismiss(self) -> None:
        """All is tidy: there is nothing left to guard."""
        self.process.communicate("done\n")
        shutil.rmtree(self.evidence, ignore_errors=True)


class Worker(threading.Thread):
    def __init__(self, pool: Pool, name: str, handoff: str) -> None:
        super().__init__(daemon=True)
        self.pool, self.lab_name, self.handoff = pool, name, handoff
        self.up = False
        self.evidence = os.path.join(pool.guard.evidence, name)

    def lab(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.pool.lab, *words, "--name", self.lab_name], capture_output=True, text=True, check=False)

    def must(self, *words: str) -> bool:
        done = self.lab(*words)
        if done.returncode != 0:
            self.pool.say(f"matrix: lab {' '.join(words)} ({self.lab_name}): {done.stderr.strip() or done.stdout.strip()}")
        return done.returncode == 0

    def folder(self) -> RunFolder:
        return RunFolder(self.lab_name)

    def run(self) -> None:
        os.makedirs(self.evidence, exist_ok=True)
        os.chmod(self.evidence, 0o755)
        try:
            while unit := self.pool.take(self):
                if unit.handoff != self.handoff or not self.up:
                    self.down()
                    self.handoff = unit.handoff
                    with self.pool.building:
                        self.up = self.must("up", unit.handoff, "--seed", str(next(self.pool.seeds)))
                self.begin(unit)
        finally:
            self.down()

    def begin(self, unit: Unit) -> None:
        """What breaks in one unit must not end the others, nor be passed over. A lab that does not come up or does
        not do as it is told, on a machine that is not quiet, tells nothing of erprobe: another one is tried."""
        try:
            if self.up and unit.work(self):
                return
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.pool.say(f"matrix: {unit.handoff}: {type(error).__name__}: {error}")
            unit.tries = TRIES
        self.renew()
        unit.tries += 1
        if unit.tries < TRIES:
            self.pool.add(unit)
        else:
            self.pool.failed()

    def renew(self) -> None:
        """Whatever is left of the lab goes; the next unit gets a new one."""
        self.up = False
        self.must("down")

    def down(self) -> None:
        if self.up:
            self.must("down")
            self.up = False


class Pool:
    """pause: while this file exists nothing is begun. seconds: nothing is begun after so many, or 0. seed: of the
    chance of the wires; each lab gets one of its own, or all would lose the same packets."""

    def __init__(self, lab: str, name: str, jobs: int, pause: str | None, seconds: float, seed: int, failed: Callable[[], None]) -> None:
        self.lab, self.pause, self.failed = lab, pause, failed
        self.seeds = itertools.count(seed)
        self.until = time.monotonic() + seconds if seconds else None
        self.lock = threading.Lock()
        self.building = threading.Semaphore(BUILDERS)
        self.queues: dict[str, deque[Unit]] = {}
        self.names = [name] if jobs == 1 else [f"{name}{i}" for i in range(jobs)]
        self.guard = Guard(lab, self.names)

    def say(self, line: str) -> None:
        with self.lock:
            print(line, flush=True)

    def add(self, unit: Unit) -> None:
        self.queues.setdefault(unit.handoff, deque()).append(unit)

    def over(self) -> bool:
        return self.until is not None and time.monotonic() >= self.until

    def take(self, worker: Worker) -> Unit | None:
        """The next of the worker's own hand-off, else of the one with most left."""
        while self.pause and os.path.exists(self.pause) and not self.over():
            time.sleep(1)
        with self.lock:
            queue = self.queues.get(worker.handoff) or max(self.queues.values(), key=len, default=None)
            return queue.popleft() if queue and not self.over() else None

    def run(self) -> int:
        """Works all off. How many units were never begun."""
        handoffs = list(self.queues)
        workers = [Worker(self, name, handoffs[i % len(handoffs)]) for i, name in enumerate(self.names) if handoffs]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.guard.dismiss()
        return sum(len(queue) for queue in self.queues.values())
