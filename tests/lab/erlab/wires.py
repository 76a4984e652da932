# SPDX-License-Identifier: BSD-2-Clause
"""The user-space wire process: building, starting, changing while it runs."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import netns
from .errors import LabError
from .runfolder import RunFolder
from .topology import Topology

LAB = Path(__file__).resolve().parent.parent
PROGRAM = LAB / "build" / "wire"
START_SECONDS = 30.0


def build() -> None:
    if not PROGRAM.exists():
        netns.run(["make", "-s", "-C", str(LAB)])


def start(folder: RunFolder, topology: Topology, seed: int) -> None:
    """Returns once all TAP devices exist in their namespaces."""
    specs = [f"{link.name}={folder.ns(link.a.node)}/{link.a.device},"
             f"{folder.ns(link.b.node)}/{link.b.device}" for link in topology.links if link.wire]
    with open(folder.path / "wire.log", "w", encoding="ascii") as log:
        process = subprocess.Popen(
            [str(PROGRAM), str(folder.wire_socket), str(seed), *specs],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/")
    (folder.path / "wire.pid").write_text(f"{process.pid}\n", encoding="ascii")
    until = time.monotonic() + START_SECONDS
    while not answers(folder):
        if process.poll() is not None or time.monotonic() > until:
            raise LabError("the wire does not start: "
                           + (folder.path / "wire.log").read_text(encoding="utf-8").strip())
        time.sleep(0.01)


def answers(folder: RunFolder) -> bool:
    try:
        command(folder, "show none")
    except LabError:
        return False
    return True


def command(folder: RunFolder, line: str) -> str:
    """Sends one line; the answer without its final "ok"."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
        control.settimeout(5)
        try:
            control.connect(socket_address(folder))
            control.send(line.encode("ascii"))
            answer = control.recv(65536).decode("ascii")
        except OSError as error:
            raise LabError(f"wire: {error}") from error
    body, _, last = answer.rpartition("\n")
    if last != "ok":
        raise LabError(f"wire: {line}: {last.removeprefix('error: ')}")
    return body


def socket_address(folder: RunFolder) -> str:
    if len(os.fsencode(folder.wire_socket)) > 107:
        raise LabError(f"{folder.wire_socket}: too long for a socket's path")
    return str(folder.wire_socket)


def change(folder: RunFolder, wire: str, direction: str, *settings: str) -> None:
    command(folder, f"set {wire} {direction} {' '.join(settings)}")


@dataclass(frozen=True)
class Lateness:
    """How long the wire process waited for a processor: every frame of every wire waited with it. known: whether the
    kernel tells. over: waits of 5 ms and more. moments: (wall clock in ms at its end, waited ms) of the newest."""
    known: bool
    max_ms: float
    over: int
    moments: tuple[tuple[int, float], ...] = ()


def lateness(folder: RunFolder) -> Lateness:
    """Since the last call, or the start."""
    return read_lateness(command(folder, "late clear"))


def read_lateness(line: str) -> Lateness:
    _, known, most, over, *moments = line.split()
    pairs = [moment.split(":") for moment in moments]
    return Lateness(known == "known=1", int(most.removeprefix("max_us=")) / 1000, int(over.removeprefix("over=")),
                    tuple((int(at), int(us) / 1000) for at, us in pairs))


def reset(folder: RunFolder) -> None:
    command(folder, "reset *")
