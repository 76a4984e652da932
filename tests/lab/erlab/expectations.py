# SPDX-License-Identifier: BSD-2-Clause
"""What each fault must look like on the wire, for the self-test. A check takes the view of a lab
and an address family (0 = IPv4, 1 = IPv6) and yields (what, good, seen)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import routing, wires
from .probes import connect, expiring, ping
from .runfolder import RunFolder
from .topology import CE, CONTROL, CORP, HOST, MSEE, SOURCE, TARGETS, Topology, msee

Result = tuple[str, bool, object]
FLOWS = 16
CORE1 = ("10.10.1.1", "fd10:10:1::1")
CORE2 = ("10.10.2.2", "fd10:10:2::2")
P1 = ("172.16.1.2", "fd64:11::2")
UNREACHABLE = ("silent", "host-unreachable", "no-route")


@dataclass(frozen=True)
class View:
    folder: RunFolder
    topology: Topology

    def pings(self, label: str, destination: str, wanted: str | tuple[str, ...], index: int,
              bound: str | None = None, on: str = "host", **more) -> Result:
        source = None
        if on == "host":
            source = SOURCE[bound][index] if bound else HOST[index]
        seen = ping(self.folder.ns(on), destination, source, **more)
        good = seen.what in ((wanted,) if isinstance(wanted, str) else wanted)
        return label, good, f"{seen.what} by {seen.by}" if seen.by else seen.what

    def delays(self, label: str, destination: str, low: float, high: float, index: int,
               bound: str | None = None) -> Result:
        source = SOURCE[bound][index] if bound else HOST[index]
        seen = ping(self.folder.ns("host"), destination, source, count=10, interval=0.05)
        return label, seen.what == "ok" and low <= seen.least <= high, seen

    def loses(self, label: str, destination: str, index: int, bound: str | None = None) -> Result:
        source = SOURCE[bound][index] if bound else HOST[index]
        seen = ping(self.folder.ns("host"), destination, source, count=40, interval=0.01)
        return label, 10 <= len(seen.rtts) <= 38, f"{len(seen.rtts)} of 40 answered"

    def tcp(self, label: str, destination: str, port: int, wanted: str, index: int,
            bound: str | None = None) -> Result:
        source = SOURCE[bound][index] if bound else HOST[index]
        seen = connect(self.folder.ns("host"), destination, port, source)
        return label, seen == wanted, seen

    def flows(self, index: int, bound: str | None = None) -> int:
        """How many flows to the target work."""
        source = SOURCE[bound][index] if bound else HOST[index]

        def opens(port: int) -> bool:
            return connect(self.folder.ns("host"), TARGETS["t1"][index], 443, source,
                           port) == "open"
        with ThreadPoolExecutor(FLOWS) as pool:
            return sum(pool.map(opens, range(42000, 42000 + FLOWS)))

    def sessions_stand(self) -> Result:
        return ("BGP stands", not (unmet := routing.unmet(
            self.folder, routing.healthy(self.topology))), unmet)

    def announced(self) -> Result:
        """The MSEEs still have the customer's routes."""
        ways = [routing.next_hops(self.folder, msee(side), CORP[0]) for side in MSEE]
        return "the MSEEs have the routes", ways == [1, 1], ways

    def path(self, index: int, side: str) -> list[str | None]:
        """The hops of a healthy path, the gateway unseen."""
        n = ("primary", "secondary").index(side) + 1
        hops = [CORE1[index], CORE2[index], (f"10.10.1{n}.2", f"fd10:10:1{n}::2")[index]]
        if self.topology.handoff == "l3":
            hops += [(f"172.16.1.{4 * n - 2}", f"fd64:1{n}::2")[index],
                     (f"100.64.{n}.2", f"fd64:2{n}::2")[index]]
        return hops + [MSEE[side][index], None, TARGETS["t1"][index]]

    def healthy(self, index: int) -> Iterator[Result]:
        host = self.folder.ns("host")
        for label, pair in (("target app", TARGETS["t1"]), ("target db", TARGETS["t2"]),
                            ("control", CONTROL), ("E primary", CE["primary"]),
                            ("E secondary", CE["secondary"]), ("M primary", MSEE["primary"]),
                            ("M secondary", MSEE["secondary"])):
            yield self.pings(f"{label} answers ping", pair[index], "ok", index)
        for side in SOURCE:
            yield self.pings(f"target over the {side}", TARGETS["t1"][index], "ok", index, side)
        for port in (443, 22):
            yield self.tcp(f"target serves {port}", TARGETS["t1"][index], port, "open", index)
        yield self.tcp("control serves 53", CONTROL[index], 53, "open", index)
        yield self.tcp("M takes connections on 179", MSEE["primary"][index], 179, "open", index)
        wanted = self.path(index, "primary"), self.path(index, "secondary")
        seen = expiring(host, TARGETS["t1"][index], range(1, len(wanted[0]) + 1))
        yield "path as drawn, gateway silent", seen in wanted, seen
        yield "ECMP uses both links", *self.both_links(index)
        yield self.pings("the edge itself reaches the target", TARGETS["t1"][index], "ok", index,
                         on=self.topology.edge("primary"))

    def both_links(self, index: int) -> tuple[bool, object]:
        """Frames to Azure over each outer wire while sixteen flows are opened."""
        names = [self.topology.ends(side).name for side in MSEE]

        def counters() -> list[int]:
            lines = wires.command(self.folder, "show").splitlines()
            return [int(line.split("frames=")[1].split()[0]) for name in names for line in lines
                    if line.startswith(f"{name} ab ")]
        before = counters()
        opened = self.flows(index)
        grown = [b - a for a, b in zip(before, counters())]
        return opened == FLOWS and min(grown) >= 6, f"{opened} opened, frames {grown}"


# ---- corporate ----

def local_link(view: View, i: int) -> Iterator[Result]:
    yield view.pings("core1", CORE1[i], UNREACHABLE, i)
    yield view.pings("C", CONTROL[i], UNREACHABLE, i)
    yield view.announced()


def path_down(view: View, i: int) -> Iterator[Result]:
    yield view.pings("core1", CORE1[i], "ok", i)
    yield view.pings("E", CE["primary"][i], UNREACHABLE, i)
    yield view.pings("C", CONTROL[i], UNREACHABLE, i)
    yield view.pings("T", TARGETS["t1"][i], UNREACHABLE, i)
    yield view.announced()


def some_flows(bound: str | None):
    def check(view: View, i: int) -> Iterator[Result]:
        worked = view.flows(i, bound)
        yield "part of the flows", 0 < worked < FLOWS, worked
        yield "the same part again", view.flows(i, bound) == worked, ""
    return check


def path_loss(view: View, i: int) -> Iterator[Result]:
    yield view.loses("C", CONTROL[i], i)
    yield view.loses("T", TARGETS["t1"][i], i)
    yield view.pings("core1", CORE1[i], "ok", i)


def path_latency(view: View, i: int) -> Iterator[Result]:
    yield view.delays("C", CONTROL[i], 20, 35, i)
    yield view.delays("core1", CORE1[i], 0, 8, i)


def acl(answer: str):
    def check(view: View, i: int) -> Iterator[Result]:
        yield view.tcp("443", TARGETS["t1"][i], 443, answer, i)
        yield view.tcp("22", TARGETS["t1"][i], 22, "open", i)
        yield view.pings("ping", TARGETS["t1"][i], "ok", i)
        yield view.tcp("C", CONTROL[i], 53, "open", i)
    return check


def other_link_clean(view: View, i: int) -> Iterator[Result]:
    yield view.pings("other E", CE["secondary"][i], "ok", i)
    yield view.pings("other M", MSEE["secondary"][i], "ok", i)
    yield view.pings("T over the other", TARGETS["t1"][i], "ok", i, "secondary")
    yield view.pings("T", TARGETS["t1"][i], "ok", i)


def edge_down(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], UNREACHABLE, i)
    yield view.pings("M", MSEE["primary"][i], UNREACHABLE, i, "primary")
    yield from other_link_clean(view, i)


def edge_forwarding(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("M", MSEE["primary"][i], "silent", i)
    yield view.pings("on E, M", MSEE["primary"][i], "ok", i, on=view.topology.edge("primary"))
    yield view.sessions_stand()


def edge_bgp(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("M has no way back", MSEE["primary"][i], "silent", i)
    yield view.pings("T bound to it", TARGETS["t1"][i], "no-route", i, "primary")
    yield view.pings("on E, M", MSEE["primary"][i], "ok", i, on=view.topology.edge("primary"))
    yield from other_link_clean(view, i)


def no_advertisement(view: View, i: int) -> Iterator[Result]:
    for side in CE:
        yield view.pings("E", CE[side][i], "ok", i)
        yield view.pings("M", MSEE[side][i], "silent", i)
        yield view.pings("T", TARGETS["t1"][i], "silent", i, side)
    yield view.pings("on E, M", MSEE["primary"][i], "ok", i, on=view.topology.edge("primary"))


def return_path(view: View, i: int) -> Iterator[Result]:
    yield view.pings("M", MSEE["primary"][i], "ok", i)
    yield view.pings("T", TARGETS["t1"][i], "silent", i)


def corp_mtu(view: View, i: int) -> Iterator[Result]:
    yield view.pings("small", TARGETS["t1"][i], "ok", i)
    yield view.pings("large to C", CONTROL[i], "silent", i, size=1440)


def corp_mtu_said(view: View, i: int) -> Iterator[Result]:
    yield view.pings("large", TARGETS["t1"][i], "too-big", i, size=1440)


def prefix_limit(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("T bound to it", TARGETS["t1"][i], "no-route", i, "primary")
    yield from other_link_clean(view, i)


# ---- WAN ----

def circuit_down(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("M", MSEE["primary"][i], "host-unreachable", i, count=5)
    yield view.pings("T bound to it", TARGETS["t1"][i], "no-route", i, "primary")
    yield from other_link_clean(view, i)


def both_down(view: View, i: int) -> Iterator[Result]:
    for side in CE:
        yield view.pings(f"E {side}", CE[side][i], "ok", i)
        yield view.pings(f"M {side}", MSEE[side][i], "host-unreachable", i, count=5)
    yield view.pings("T", TARGETS["t1"][i], "no-route", i)


def pe_down(view: View, i: int) -> Iterator[Result]:
    yield view.pings("p", P1[i], "ok", i)
    yield view.pings("PE", CE["primary"][i], UNREACHABLE, i)
    yield view.pings("M", MSEE["primary"][i], UNREACHABLE, i)
    yield from other_link_clean(view, i)


def p_cut(view: View, i: int) -> Iterator[Result]:
    yield from pe_down(view, i)
    yield view.pings("PE and M see each other", MSEE["primary"][i], "ok", i, on="pe1")


def p_off(view: View, i: int) -> Iterator[Result]:
    yield view.pings("p", P1[i], UNREACHABLE, i)
    yield view.pings("PE and M see each other", MSEE["primary"][i], "ok", i, on="pe1")
    yield from other_link_clean(view, i)


def wan_loss(view: View, i: int) -> Iterator[Result]:
    yield view.loses("M", MSEE["primary"][i], i)
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("other M", MSEE["secondary"][i], "ok", i)


def wan_latency(view: View, i: int) -> Iterator[Result]:
    yield view.delays("M", MSEE["primary"][i], 30, 45, i)
    yield view.delays("E", CE["primary"][i], 0, 12, i)
    yield view.delays("other M", MSEE["secondary"][i], 0, 12, i)


def wan_jitter(view: View, i: int) -> Iterator[Result]:
    seen = ping(view.folder.ns("host"), MSEE["primary"][i], HOST[i], count=40, interval=0.03)
    spread = max(seen.rtts, default=0) - min(seen.rtts, default=0)
    yield "spread", seen.what == "ok" and spread > 10 and min(seen.rtts) < 8, (seen.what, spread)


def wan_mtu(view: View, i: int) -> Iterator[Result]:
    yield view.pings("large to E", CE["primary"][i], "ok", i, size=1440)
    yield view.pings("large to M", MSEE["primary"][i], "silent", i, size=1440)
    yield view.pings("small to M", MSEE["primary"][i], "ok", i)


def wan_filter(view: View, i: int) -> Iterator[Result]:
    yield view.pings("M", MSEE["primary"][i], "ok", i)
    yield view.tcp("T", TARGETS["t1"][i], 443, "silent", i, "primary")
    yield view.pings("T by ping", TARGETS["t1"][i], "ok", i, "primary")
    yield view.sessions_stand()


def blackhole(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("M", MSEE["primary"][i], "silent", i, count=8)
    yield view.tcp("M on 179", MSEE["primary"][i], 179, "silent", i)
    yield view.sessions_stand()


# ---- Azure ----

def both_msees_silent(view: View, i: int) -> Iterator[Result]:
    for side in CE:
        yield view.pings(f"E {side}", CE[side][i], "ok", i)
        yield view.pings(f"M {side}", MSEE[side][i], UNREACHABLE, i)


def msee_down(view: View, i: int) -> Iterator[Result]:
    yield view.pings("E", CE["primary"][i], "ok", i)
    yield view.pings("M", MSEE["primary"][i], UNREACHABLE, i)
    yield from other_link_clean(view, i)


def sessions_ended(view: View, i: int) -> Iterator[Result]:
    for side in CE:
        yield view.pings(f"E {side}", CE[side][i], "ok", i)
        yield view.pings(f"M {side} has no way back", MSEE[side][i], "silent", i)
    yield view.pings("T", TARGETS["t1"][i], "no-route", i)
    yield view.pings("on E, M", MSEE["primary"][i], "ok", i, on=view.topology.edge("primary"))


def past_msees(target: str):
    def check(view: View, i: int) -> Iterator[Result]:
        for side in MSEE:
            yield view.pings(f"M {side}", MSEE[side][i], "ok", i)
        yield view.pings("T", TARGETS["t1"][i], target, i)
    return check


def gateway_latency(view: View, i: int) -> Iterator[Result]:
    yield view.delays("T", TARGETS["t1"][i], 20, 35, i)
    yield view.delays("M", MSEE["primary"][i], 0, 10, i)


def gateway_loss(view: View, i: int) -> Iterator[Result]:
    yield view.loses("T", TARGETS["t1"][i], i)
    yield view.pings("M", MSEE["primary"][i], "ok", i)


def nsg(view: View, i: int) -> Iterator[Result]:
    yield view.tcp("443", TARGETS["t1"][i], 443, "silent", i)
    yield view.tcp("22", TARGETS["t1"][i], 22, "open", i)
    yield view.tcp("other target", TARGETS["t2"][i], 443, "open", i)
    yield view.pings("ping", TARGETS["t1"][i], "ok", i)


def target_silent(view: View, i: int) -> Iterator[Result]:
    yield view.pings("T", TARGETS["t1"][i], "silent", i)
    yield view.tcp("443", TARGETS["t1"][i], 443, "silent", i)
    yield view.pings("other target", TARGETS["t2"][i], "ok", i)


def drained(view: View, i: int) -> Iterator[Result]:
    yield view.pings("M", MSEE["primary"][i], "ok", i)
    yield view.pings("T", TARGETS["t1"][i], "ok", i, count=10)


def wire_clean(view: View, i: int) -> Iterator[Result]:
    yield view.pings("T", TARGETS["t1"][i], "ok", i)
    yield view.sessions_stand()


# ---- nuisances ----

def rate_limited(view: View, i: int) -> Iterator[Result]:
    host = view.folder.ns("host")
    answers = [ping(host, TARGETS["t1"][i], HOST[i], count=1, ttl=2).what for _ in range(12)]
    yield "errors are few", 1 <= answers.count("expired") <= 10, answers.count("expired")
    yield view.pings("T", TARGETS["t1"][i], "ok", i)


def silent_hop(view: View, i: int) -> Iterator[Result]:
    yield view.pings("hop 2", TARGETS["t1"][i], "silent", i, ttl=2)
    yield view.pings("hop 3", TARGETS["t1"][i], "expired", i, ttl=3)


def slow_hop(view: View, i: int) -> Iterator[Result]:
    yield view.delays("core2 itself", CORE2[i], 30, 45, i)
    yield view.delays("what it forwards", CONTROL[i], 0, 10, i)


def mute(hop: str):
    def check(view: View, i: int) -> Iterator[Result]:
        ttl = len(view.path(i, "primary")) - 2
        yield view.pings("M by ping", MSEE["primary"][i], "silent", i)
        yield view.tcp("M by 179", MSEE["primary"][i], 179, "silent", i)
        yield view.pings("M as a hop", TARGETS["t1"][i], hop, i, "primary", ttl=ttl)
        yield view.pings("T", TARGETS["t1"][i], "ok", i)
        yield view.sessions_stand()
    return check


PROHIBITED = "No route to host", "Permission denied"


def rejected(view: View, i: int) -> Iterator[Result]:
    yield view.tcp("443", TARGETS["t1"][i], 443, PROHIBITED[i], i)
    yield view.pings("ping", TARGETS["t1"][i], "ok", i)


FAULT_CHECKS = [
    ("corp.local-link", (), local_link),
    ("corp.local-link", ("--how", "next"), local_link),
    ("corp.path-down", (), path_down),
    ("corp.path-down", ("--how", "silent"), path_down),
    ("corp.path-partial", (), some_flows(None)),
    ("corp.path-loss", ("--ratio", "0.3"), path_loss),
    ("corp.path-latency", (), path_latency),
    ("corp.acl", (), acl("silent")),
    ("corp.acl", ("--how", "reject"), rejected),
    ("corp.acl", ("--how", "reset"), acl("reset")),
    ("corp.edge-down", (), edge_down),
    ("corp.edge-forwarding", (), edge_forwarding),
    ("corp.edge-bgp", (), edge_bgp),
    ("corp.edge-bgp", ("--how", "md5"), edge_bgp),
    ("corp.edge-bgp", ("--how", "asn"), edge_bgp),
    ("corp.bgp-prefix-limit", (), prefix_limit),
    ("corp.no-advertisement", (), no_advertisement),
    ("corp.no-advertisement", ("--how", "prefix"), no_advertisement),
    ("corp.return-path", (), return_path),
    ("corp.mtu", (), corp_mtu),
    ("corp.mtu", ("--how", "icmp"), corp_mtu_said),
    ("wan.not-provisioned", (), both_down),
    ("wan.circuit-down", (), circuit_down),
    ("wan.both-down", (), both_down),
    ("wan.edge-down", (), pe_down),
    ("wan.edge-bgp", (), edge_bgp),
    ("wan.path-down", (), p_cut),
    ("wan.path-down", ("--how", "off"), p_off),
    ("wan.partial", (), some_flows("primary")),
    ("wan.vlan", (), circuit_down),
    ("wan.loss", ("--ratio", "0.3"), wan_loss),
    ("wan.latency", ("--ms", "30"), wan_latency),
    ("wan.jitter", (), wan_jitter),
    ("wan.mtu", (), wan_mtu),
    ("wan.filter", (), wan_filter),
    ("wan.blackhole", (), blackhole),
    ("azure.circuit-disabled", (), both_msees_silent),
    ("azure.peering-disabled", (), both_msees_silent),
    ("azure.msee-down", (), msee_down),
    ("azure.gateway-down", (), past_msees("no-route")),
    ("azure.gateway-down", ("--how", "data"), past_msees("silent")),
    ("azure.gateway-latency", (), gateway_latency),
    ("azure.gateway-loss", ("--ratio", "0.3"), gateway_loss),
    ("azure.network-down", (), past_msees("silent")),
    ("azure.network-loss", ("--ratio", "0.3"), gateway_loss),
    ("azure.no-routes", (), past_msees("no-route")),
    ("azure.nsg", (), nsg),
    ("azure.udr", (), target_silent),
    ("azure.target-down", (), target_silent),
    ("azure.maintenance", (), drained),
    ("azure.failover-test", (), edge_bgp),
    ("azure.peering-config", ("--how", "both"), both_down),
    ("azure.port-disabled", (), circuit_down),
    ("azure.route-limit", (), past_msees("no-route")),
    ("azure.qos-drop", ("--ratio", "0.3"), gateway_loss),
    ("azure.route-filter", (), past_msees("no-route")),
    ("azure.prefix-validation", (), sessions_ended),
    ("own.api", (), wire_clean),
]
NUISANCE_CHECKS = [
    ("rate-limited-hop", (), rate_limited),
    ("silent-hop", (), silent_hop),
    ("slow-hop", (), slow_hop),
    ("msee-mute", (), mute("expired")),
    ("msee-silent", (), mute("silent")),
]
