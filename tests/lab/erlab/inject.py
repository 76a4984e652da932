# SPDX-License-Identifier: BSD-2-Clause
"""Applying faults and nuisances to a lab that is up, and healing it."""

from __future__ import annotations

import time
from dataclasses import replace

from . import routing
from .effects import Effects
from .errors import LabError
from .faults import FAULTS
from .nuisances import NUISANCES
from .options import Options
from .runfolder import RunFolder
from .topology import SIDES, Topology

REACT_SECONDS = 30.0
HEAL_SECONDS = 30.0
SETTLE_SECONDS = 1.0


def choose_sides(links: tuple[str, ...], link: str | None, name: str) -> tuple[str, ...]:
    """A fault's links: the first it knows is its default."""
    if not links:
        if link and link != "both":
            raise LabError(f"{name} concerns no link in particular: leave --link out")
        return SIDES
    chosen = link or links[0]
    if chosen not in links:
        raise LabError(f"{name}: --link is one of {', '.join(links)}")
    return SIDES if chosen == "both" else (chosen,)


def inject(folder: RunFolder, topology: Topology, name: str, link: str | None, options: Options,
           wait: bool) -> None:
    fault = FAULTS.get(name)
    if not fault:
        raise LabError(f"no fault '{name}': `lab fault --list` prints them")
    if topology.handoff not in fault.handoffs:
        raise LabError(f"{name} needs handoff {' or '.join(fault.handoffs)}")
    sides = choose_sides(fault.links, link, name)
    effects = Effects(folder, topology)
    effects.record("applied", {"id": name, "links": list(sides) if fault.links else []})
    expected = fault.make(effects, replace(options, sides=sides))
    if wait:
        routing.wait(folder, expected, REACT_SECONDS)


def annoy(folder: RunFolder, topology: Topology, name: str, link: str | None,
          options: Options) -> None:
    nuisance = NUISANCES.get(name)
    if not nuisance:
        raise LabError(f"no nuisance '{name}': one of {', '.join(NUISANCES)}")
    sides = choose_sides(nuisance.links, link, name)
    effects = Effects(folder, topology)
    effects.record("applied", {"id": name, "links": list(sides) if nuisance.links else []})
    nuisance.make(effects, replace(options, sides=sides))


def heal(folder: RunFolder, topology: Topology) -> None:
    effects = Effects(folder, topology)
    effects.heal()
    expected = routing.healthy(topology)
    routing.wait(folder, expected, HEAL_SECONDS)
    if effects.may_shake_bgp():
        time.sleep(SETTLE_SECONDS)
        routing.wait(folder, expected, HEAL_SECONDS)


def catalogue() -> str:
    """What may be injected: id, handoffs, links with the default first, options."""
    rows = [("fault", "handoff", "link", "options, with their defaults")]
    rows += [(f.id, ",".join(f.handoffs), ",".join(f.links) or "-", f.takes)
             for f in FAULTS.values()]
    rows += [("", "", "", ""), ("nuisance", "", "link", "")]
    rows += [(n.id, "l2,l3", ",".join(n.links) or "-", n.takes) for n in NUISANCES.values()]
    return "\n".join(f"{a:24} {b:8} {c:24} {d}".rstrip() for a, b, c, d in rows)
