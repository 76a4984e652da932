# SPDX-License-Identifier: BSD-2-Clause
"""What looks like a fault and is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .effects import BOTH, FROM_AZURE, Effects
from .errors import LabError
from .options import Options
from .topology import msee

TIME_EXCEEDED = ("icmp type time-exceeded drop", "icmpv6 type time-exceeded drop")
UNREACHABLE = ("icmp type destination-unreachable drop", "icmpv6 type destination-unreachable drop")
# An established session's packets have TTL 1 between neighbours; probes have more.
MUTE = ("icmp type echo-request drop", "icmpv6 type echo-request drop",
        "tcp dport 179 ip ttl != 1 drop", "tcp dport 179 ip6 hoplimit != 1 drop")


def hop(fx: Effects, options: Options) -> str:
    node = options.on or "core2"
    if node not in fx.topology.nodes or not fx.topology.nodes[node].router:
        raise LabError(f"--on {node}: not a router of this lab")
    return node


def rate_limited_hop(fx: Effects, options: Options) -> None:
    """ICMP errors to one destination come at this rate at most (1 a second, a burst of 6)."""
    interval = str(1000 // (options.rate or 1))
    fx.sysctl(hop(fx, options), net__ipv4__icmp_ratelimit=(interval, "0"),
              net__ipv6__icmp__ratelimit=(interval, "0"))


def silent_hop(fx: Effects, options: Options) -> None:
    fx.filter(hop(fx, options), "output", *TIME_EXCEEDED)


def slow_hop(fx: Effects, options: Options) -> None:
    """The hop's own ICMP comes late; what it forwards does not."""
    node = hop(fx, options)
    wires = [link.name for link in fx.topology.links if link.wire and link.b.node == node]
    if not wires:
        raise LabError(f"--on {node}: its link towards the host is no wire; "
                       "`lab up --wire A-B` makes it one")
    for name in wires:
        fx.wire(name, FROM_AZURE, f"own={(options.ms or 30) * 1000:.0f}")


def msee_mute(fx: Effects, options: Options) -> None:
    for side in options.sides:
        fx.filter(msee(side), "input", *MUTE)


def msee_silent(fx: Effects, options: Options) -> None:
    msee_mute(fx, options)
    for side in options.sides:
        fx.filter(msee(side), "output", *TIME_EXCEEDED, *UNREACHABLE)


def distance(fx: Effects, options: Options) -> None:
    """Every wire takes a while, as real ones do (--ms of a round trip each); what comes after adds its own."""
    half = (options.ms or 3) * 1000 / 2
    for link in fx.topology.links:
        if link.wire:
            fx.wire(link.name, BOTH, f"delay={half:.0f}")


@dataclass(frozen=True)
class Nuisance:
    id: str
    make: Callable[[Effects, Options], None]
    links: tuple[str, ...] = ()
    takes: str = ""


MSEES = ("both", "primary", "secondary")

NUISANCES = {nuisance.id: nuisance for nuisance in (
    Nuisance("rate-limited-hop", rate_limited_hop, takes="--on core2 --rate 1"),
    Nuisance("silent-hop", silent_hop, takes="--on core2"),
    Nuisance("slow-hop", slow_hop, takes="--on core2 --ms 30"),
    Nuisance("msee-mute", msee_mute, MSEES),
    Nuisance("msee-silent", msee_silent, MSEES),
    Nuisance("distance", distance, takes="--ms 3"),
)}
