# SPDX-License-Identifier: BSD-2-Clause
"""Simple probes for the self-test: what ping and connect see from a node."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import subprocess
import threading
from dataclasses import dataclass

from . import netns

CLONE_NEWNET = 0x40000000
CONNECT_SECONDS = 1.0
ANSWERS = (
    (r"From (\S+) .*(Host Unreachable|Address unreachable)", "host-unreachable"),
    (r"From (\S+) .*(Net Unreachable|No route)", "no-route"),
    (r"From (\S+) .*(Packet filtered|dministratively prohibited)", "prohibited"),
    (r"From (\S+) .*(Time to live exceeded|Hop limit)", "expired"),
    (r"From (\S+) .*(Frag needed|Packet too big)", "too-big"),
)


@dataclass(frozen=True)
class Pinged:
    what: str               # ok, lossy, silent, or what a router said
    by: str | None = None   # who said so
    rtts: tuple[float, ...] = ()

    @property
    def least(self) -> float:
        """What the way itself takes: a busy machine adds to some, a delay that was injected to all."""
        return min(self.rtts, default=-1.0)


def ping(ns: str, destination: str, source: str | None = None, count: int = 3, size: int = 56,
         ttl: int | None = None, interval: float = 0.2) -> Pinged:
    argv = ["ping", "-n", "-c", str(count), "-i", str(interval), "-W", "1", "-s", str(size),
            "-M", "do"]
    argv += ["-I", source] if source else []
    argv += ["-t", str(ttl)] if ttl else []
    done = subprocess.run(netns.inside(ns, [*argv, destination]), capture_output=True, text=True,
                          check=False)
    rtts = tuple(float(rtt) for rtt in re.findall(r"time=([\d.]+) ms", done.stdout))
    if len(rtts) == count:
        return Pinged("ok", None, rtts)
    for pattern, what in ANSWERS:
        if found := re.search(pattern, done.stdout):
            return Pinged(what, found.group(1).rstrip(":"), rtts)
    return Pinged("lossy" if rtts else "silent", None, rtts)


def connect(ns: str, destination: str, port: int, source: str, source_port: int = 0) -> str:
    """open, silent, reset or prohibited. In a thread of its own, which visits the namespace."""
    result = []
    thread = threading.Thread(
        target=lambda: result.append(connect_inside(ns, destination, port, source, source_port)))
    thread.start()
    thread.join()
    return result[0] if result else "error"


def connect_inside(ns: str, destination: str, port: int, source: str, source_port: int) -> str:
    with open(netns.NETNS_DIR / ns, encoding="ascii") as away:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(away.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((source, source_port))
        probe.settimeout(CONNECT_SECONDS)
        try:
            probe.connect((destination, port))
        except TimeoutError:
            return "silent"
        except ConnectionRefusedError:
            return "reset"
        except OSError as error:
            return os.strerror(error.errno) if error.errno else "error"
    return "open"


def expiring(ns: str, destination: str, ttls: range) -> list[str | None]:
    """Who answers when the TTL runs out at each hop: a traceroute of one flow."""
    return [answer.by if answer.what == "expired" else destination if answer.what == "ok" else None
            for answer in (ping(ns, destination, count=1, ttl=ttl) for ttl in ttls)]
