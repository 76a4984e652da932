# SPDX-License-Identifier: BSD-2-Clause
"""Waiting until the kernel's routes are as they shall be."""

from __future__ import annotations

import time
from dataclasses import dataclass

from . import netns
from .errors import LabError
from .runfolder import RunFolder
from .topology import CORP, PREFIX, SIDES, VNET, Topology, msee, number

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Expected:
    """A node's main table has this many next hops for the prefix."""
    node: str
    prefix: str
    ways: int


def next_hops(folder: RunFolder, node: str, prefix: str) -> int:
    """Live next hops learned from BGP."""
    family = "-6" if ":" in prefix else "-4"
    rows = netns.ip_json(folder.ns(node), family, "route", "show", prefix, "proto", "bgp")
    count = 0
    for row in rows:
        hops = row.get("nexthops", [row])
        count += sum(1 for hop in hops if "dead" not in hop.get("flags", []))
    return count


def unmet(folder: RunFolder, expected: list[Expected]) -> list[Expected]:
    return [e for e in expected if next_hops(folder, e.node, e.prefix) != e.ways]


def wait(folder: RunFolder, expected: list[Expected], seconds: float) -> None:
    until = time.monotonic() + seconds
    while expected := unmet(folder, expected):
        if time.monotonic() > until:
            first = expected[0]
            raise LabError(f"{first.node} does not come to {first.ways} way(s) to {first.prefix} "
                           f"within {seconds:.0f} s")
        time.sleep(POLL_SECONDS)


def healthy(topology: Topology) -> list[Expected]:
    expected = []
    for family in (0, 1):
        expected += [Expected("core2", VNET[family], 2), Expected("gw", CORP[family], 2)]
        for side in SIDES:
            n, other = number(side), 3 - number(side)
            expected += [Expected(msee(side), CORP[family], 1),
                         Expected(msee(side), VNET[family], 1),
                         Expected(f"edge{n}", VNET[family], 1),
                         Expected(f"edge{other}", PREFIX[side][family], 1),
                         Expected("core2", PREFIX[side][family], 1)]
            if topology.handoff == "l3":
                expected.append(Expected(f"pe{n}", VNET[family], 1))
    return expected


def withdrawn(topology: Topology, side: str) -> list[Expected]:
    """The link's BGP is down at both ends, and the edge has told the corporate network."""
    expected = []
    for family in (0, 1):
        expected += [Expected(msee(side), CORP[family], 0),
                     Expected(f"edge{number(side)}", VNET[family], 0)]
    return expected
