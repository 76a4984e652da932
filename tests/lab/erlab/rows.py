# SPDX-License-Identifier: BSD-2-Clause
"""What the matrix asks: one row a fault as it is injected, and how its verdict must read. Data only."""

from __future__ import annotations

from dataclasses import dataclass

# Most seconds of a run.
HARD, SOFT, LONG = 5.0, 15.0, 30.0
PREFIXES = {"corp": "corporate", "wan": "wan", "azure": "azure"}
HEALTHY = ("none", "own.api")
# Quality is lost, nothing is cut: told by counting and by times.
QUALITY = ("corp.path-loss", "corp.path-latency", "corp.mtu", "wan.loss", "wan.latency", "wan.jitter", "wan.mtu", "wan.policer",
           "wan.reroute", "azure.gateway-loss", "azure.gateway-latency", "azure.network-loss", "azure.qos-drop")
# Healthy, all the same: each a set of nuisances with their options.
NUISANCES = {
    "at one hop": (("rate-limited-hop", "silent-hop", "slow-hop", "msee-mute"),),
    "each at its own": (("silent-hop", "--on", "core1"), ("slow-hop",), ("rate-limited-hop", "--on", "edge1"), ("msee-mute",)),
    "silent MSEEs": (("distance",), ("silent-hop", "--on", "core1"), ("rate-limited-hop", "--on", "edge2"), ("slow-hop",), ("msee-silent",)),
}


@dataclass(frozen=True)
class Row:
    what: str                   # the fault's id and the lab's options
    handoffs: tuple[str, ...]
    links: tuple[str, ...]      # injected on each of these; none: it concerns no link
    reads: str | None           # the verdict's link; "link": the one it was injected on
    limit: float
    # What shows with a configuration of its own alone (the edge's AS and VLAN, another peering, Direct; flows bound to
    # the links): erprobe-CONFIG.yaml. It is asked from the host, with Azure.
    config: str = ""
    # Azure alone tells: not asked without it, nor on an edge, which is moved by nothing.
    azure: bool = False
    direction: str | None = None    # where the direction is provable it must be proven
    way: str | None = None      # the direction that it has, proven or not: another must not be named
    # Cannot be told apart from these from here: one of them may be the verdict, or none, while all are named.
    stands: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()    # where nobody can see it: not asked from there
    taught: bool = False        # a baseline alone tells
    midway: bool = False        # injected while a run is on its way
    more: bool = False          # with --all alone: longer, or open
    nuisances: str = ""
    note: str = ""              # tells rows of one fault apart

    @property
    def fault(self) -> str:
        return self.what.split()[0]

    @property
    def name(self) -> str:
        return self.what + (f" {self.note}" if self.note else "") + (f" with nuisances {self.nuisances}" if self.nuisances else "")

    @property
    def healthy(self) -> bool:
        return self.fault in HEALTHY

    @property
    def domain(self) -> str | None:
        return None if self.healthy else PREFIXES[self.fault.split(".")[0]]

    @property
    def soft(self) -> bool:
        return self.fault in QUALITY


BOTH_HANDOFFS = ("l2", "l3")
EACH = ("primary", "secondary")


def row(what: str, handoffs: str, links: str, reads: str | None, limit: float, **more) -> Row:
    """links: "-" none, "link" each of both, or one by its name."""
    return Row(what, tuple(handoffs.split()), {"-": (), "link": EACH}.get(links, (links,)), reads, limit, **more)


ROWS = (
    row("none", "l2 l3", "-", None, SOFT),
    row("own.api", "l2 l3", "-", None, SOFT),
    # IPv6 addresses go with the port, and a link bound to one that does not exist is an error of the configuration.
    row("corp.local-link", "l2 l3", "-", None, HARD, hidden=("source",)),
    row("corp.local-link --how next", "l2", "-", None, HARD),
    row("corp.local-link", "l2 l3", "-", None, SOFT, midway=True, more=True, note="midway"),
    row("corp.path-down", "l2 l3", "-", None, HARD),
    row("corp.path-down --how silent", "l2 l3", "-", None, HARD, more=True),
    row("corp.path-partial", "l2 l3", "-", None, LONG, more=True),
    row("corp.path-loss", "l2 l3", "-", None, LONG, way="forward", more=True),
    row("corp.path-latency", "l2 l3", "-", None, LONG, taught=True, more=True),
    row("corp.acl", "l2 l3", "-", None, HARD),
    row("corp.acl --how reject", "l2 l3", "-", None, HARD, more=True),
    row("corp.acl --how reset", "l2 l3", "-", None, HARD, more=True),
    row("corp.mtu", "l2 l3", "-", None, SOFT),
    row("corp.mtu --how icmp", "l2 l3", "-", None, SOFT, direction="forward"),
    # Large pings to the targets must cross the link: routers choose for pings by their addresses alone, and may
    # send all of them over the other one.
    row("wan.mtu", "l2 l3", "link", "link", SOFT, config="source"),
    row("wan.mtu", "l2 l3", "link", "link", LONG, stands=("none",), more=True, note="by flow"),
    row("wan.mtu --direction to-azure", "l2 l3", "link", "link", SOFT, config="source", direction="forward", more=True),
    row("corp.edge-down", "l2", "link", "link", HARD),
    row("corp.edge-down --how port", "l2", "link", "link", HARD, more=True),
    row("corp.edge-forwarding", "l2", "link", "link", SOFT, stands=("wan.blackhole",), more=True),
    row("corp.edge-bgp", "l2", "link", "link", HARD),
    row("corp.edge-bgp --how asn", "l2", "link", "link", HARD, more=True),
    row("corp.bgp-prefix-limit", "l2", "link", "link", SOFT, more=True),
    row("corp.no-advertisement", "l2 l3", "-", "both", SOFT, azure=True),
    row("corp.no-advertisement --how prefix", "l2 l3", "-", "both", SOFT, azure=True),
    # Azure's figures lag by minutes and hold other networks' traffic: alone they accuse nobody.
    row("corp.return-path", "l2 l3", "-", None, SOFT, way="return", stands=("azure.gateway-down",), more=True),
    row("wan.not-provisioned", "l2 l3", "-", "both", HARD),
    row("wan.circuit-down", "l2 l3", "link", "link", HARD),
    row("wan.both-down", "l2 l3", "-", "both", HARD),
    row("wan.edge-down", "l3", "link", "link", HARD),
    row("wan.edge-bgp", "l3", "link", "link", HARD),
    row("wan.path-down", "l3", "link", "link", HARD),
    row("wan.path-down --how off", "l3", "link", "link", HARD, more=True),
    row("wan.blackhole", "l2 l3", "link", "link", SOFT, more=True),
    row("wan.partial", "l2 l3", "link", "link", LONG, more=True),
    row("wan.filter", "l2 l3", "link", "link", LONG, more=True),
    row("wan.loss", "l2 l3", "link", "link", LONG, way="forward"),
    row("wan.loss --direction from-azure", "l2 l3", "link", "link", LONG, way="return", more=True),
    row("wan.loss --ratio 0.02", "l2 l3", "link", "link", LONG, way="forward", more=True),
    row("wan.latency", "l2 l3", "link", "link", SOFT),
    row("wan.jitter", "l2 l3", "link", "link", LONG, way="forward", more=True),
    row("wan.reroute", "l3", "link", "link", LONG, taught=True, more=True),
    row("wan.flap --ms 1500", "l3", "link", "link", LONG),
    row("wan.policer --how full", "l2", "link", "link", LONG, azure=True, way="forward"),
    row("wan.vlan", "l2", "primary", "link", SOFT, config="tagged"),
    row("azure.circuit-disabled", "l2 l3", "-", "both", HARD),
    row("azure.peering-disabled", "l2 l3", "-", "both", HARD),
    row("azure.peering-config --how vlan", "l2 l3", "-", "both", SOFT, config="own"),
    row("azure.peering-config --how both", "l2 l3", "-", "both", SOFT, config="own"),
    row("azure.peering-config", "l2 l3", "-", "both", SOFT, config="own", more=True),
    # The wire alone shows what wan.circuit-down does, which is likelier by far.
    row("azure.msee-down", "l2 l3", "link", "link", HARD, hidden=("noazure",)),
    row("azure.gateway-down", "l2 l3", "-", None, HARD),
    row("azure.gateway-down --how data", "l3", "-", None, HARD, azure=True),
    row("azure.gateway-latency", "l2 l3", "-", None, LONG, taught=True, more=True),
    row("azure.gateway-loss", "l2 l3", "-", None, LONG, way="forward", more=True),
    # Behind a Microsoft peering, where there is no gateway.
    row("azure.network-down", "l2 l3", "-", None, SOFT, config="microsoft", stands=("corp.return-path",)),
    row("azure.network-loss", "l2 l3", "-", None, LONG, config="microsoft", way="forward", more=True),
    row("azure.qos-drop", "l2 l3", "-", None, LONG, azure=True, direction="forward"),
    row("azure.no-routes", "l2 l3", "-", None, SOFT, azure=True),
    row("azure.no-routes --how unlearned", "l2 l3", "-", None, SOFT, azure=True),
    row("azure.route-limit", "l2 l3", "-", None, SOFT, azure=True),
    row("azure.nsg", "l2 l3", "-", None, HARD),
    row("azure.nsg --how reset", "l2 l3", "-", None, HARD, more=True),
    row("azure.target-down", "l2 l3", "-", None, HARD),
    row("azure.udr", "l2 l3", "-", None, HARD, stands=("azure.target-down",), more=True),
    row("azure.port-disabled", "l2", "link", "link", SOFT, config="direct"),
    row("azure.route-filter", "l2 l3", "-", "both", SOFT, config="microsoft"),
    row("azure.prefix-validation", "l2 l3", "-", "both", SOFT, config="microsoft"),
    # Flows that are bound to a link do not move, and Azure does not say which it is.
    row("azure.maintenance", "l2 l3", "link", "link", SOFT, azure=True, hidden=("source",)),
    row("azure.failover-test", "l2 l3", "link", "link", SOFT, azure=True),  # Azure alone tells, when it has answered
)


# Not shown on this hand-off in one run, and why.
NOT_ASKED = {
    ("wan.vlan", "l3"),         # the edge is the provider's: nobody configures its VLAN here
    ("wan.flap", "l2"),         # the customer's own edge may be what went up and down: both are named
    ("wan.policer", "l3"),      # told by Azure's counters, on either hand-off alike
}


def annoyed(names: tuple[str, ...]) -> list[Row]:
    """Healthy, with these sets of nuisances on."""
    return [row("none", "l2 l3", "-", None, SOFT, nuisances=name) for name in names]


def choose(words: list[str], everything: bool) -> list[Row]:
    """The rows by their names; a word that ends with a dot is all of a domain. No word: all."""
    rows = [r for r in ROWS if everything or not r.more]
    if not words:
        return rows
    return [r for word in words for r in (rows if word.endswith(".") else ROWS)
            if (r.what.startswith(word) if word.endswith(".") else word == r.name)]
