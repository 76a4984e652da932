# SPDX-License-Identifier: BSD-2-Clause
"""A lab's run folder: where everything is, the pid files, small JSON documents."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import time
from contextlib import contextmanager
from pathlib import Path

from .errors import LabError

NAME = re.compile(r"[a-z][a-z0-9]{0,7}")


class RunFolder:
    def __init__(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise LabError(f"'{name}': a lab's name is a lower-case letter and up to seven more "
                           "letters or digits")
        self.name = name
        self.base = Path(os.environ.get("ERPROBE_LAB_DIR") or "/run/erprobe-lab").absolute()
        self.path = self.base / name
        self.topology = self.path / "topology.json"
        self.ready = self.path / "ready"
        self.arm_state = self.path / "arm-state.json"
        self.token = self.path / "token"
        self.applied = self.path / "applied.json"
        self.wire_socket = self.path / "wire.sock"

    def ns(self, node: str) -> str:
        return f"{self.name}-{node}"

    def frr(self, node: str) -> Path:
        return self.path / "frr" / node

    def create(self) -> None:
        self.path.mkdir(parents=True, mode=0o755)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def read(self, path: Path, default: object = None) -> object:
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return default

    def write(self, path: Path, document: object) -> None:
        """Whole or not at all: a reader never sees half a document."""
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        fresh.replace(path)

    @contextmanager
    def lock(self):
        """One command at a time changes a lab."""
        self.base.mkdir(parents=True, exist_ok=True)
        path = self.base / f".{self.name}.lock"
        while True:
            with open(path, "w", encoding="ascii") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                if not same_file(path, held.fileno()):
                    continue    # the last holder removed the file while we waited
                try:
                    yield
                finally:
                    if not self.path.exists():
                        path.unlink(missing_ok=True)
                return

    def pids(self) -> list[int]:
        """Processes of the pid files that are still the ones we started."""
        found = []
        for path in [*self.path.glob("*.pid"), *self.path.glob("frr/*/*.pid")]:
            try:
                pid = int(path.read_text(encoding="ascii").split()[0])
            except (OSError, ValueError, IndexError):
                continue
            if self.is_ours(pid):
                found.append(pid)
        return found

    def is_ours(self, pid: int) -> bool:
        """A pid may have been given to somebody else: ours name the run folder."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(self.path).encode() in command


def same_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def end_processes(pids: list[int], patience: float = 2.0) -> None:
    """SIGTERM, then SIGKILL for those that stay."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        until = time.monotonic() + patience
        while pids and time.monotonic() < until:
            pids = [pid for pid in pids if alive(pid)]
            time.sleep(0.02)
        if not pids:
            return


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
