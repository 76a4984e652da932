# SPDX-License-Identifier: BSD-2-Clause
"""Asks an FRR daemon over its own socket, as vtysh(1) does: a command and a NUL, then the answer, three NULs and
a status. vtysh itself builds the commands of every daemon each time it starts, which takes longer than all it asks."""

from __future__ import annotations

import socket

from errors import ReadError

STATUS_BYTES = 4
DONE = 0


def answer(vty: socket.socket, command: str) -> tuple[str, int]:
    """The text of the answer and its status."""
    vty.sendall(command.encode("ascii") + b"\0")
    heard = b""
    while len(heard) < STATUS_BYTES or heard[-STATUS_BYTES:-1] != bytes(STATUS_BYTES - 1):
        more = vty.recv(65536)
        if not more:
            raise ReadError(f"{command}: the daemon closed its socket")
        heard += more
    return heard[:-STATUS_BYTES].decode("utf-8", "replace").strip(), heard[-1]


def ask(path: str, command: str, seconds: float) -> str:
    """One command at the daemon's socket; what it answers."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as vty:
            vty.settimeout(seconds)
            vty.connect(path)
            answer(vty, "enable")
            text, status = answer(vty, command)
    except OSError as error:
        raise ReadError(f"{path}: {command}: {error}") from error
    if status != DONE:
        raise ReadError(f"{path}: {command}: status {status} {text}".strip())
    return text
