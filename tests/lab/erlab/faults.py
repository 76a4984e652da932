# SPDX-License-Identifier: BSD-2-Clause
"""The faults: one function each, and the table at the end. A function makes the effects and
returns what routing must come to before the fault counts as applied."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .effects import BOTH, FROM_AZURE, TO_AZURE, Effects
from .errors import LabError
from .frr import FAMILIES, map_name, neighbor_family, neighbor_session
from .options import Options
from .routing import Expected, withdrawn
from .topology import (AS_CUSTOMER, AS_PROVIDER, CE, CORP, MSEE, SIDES, TARGETS, VNET, Peer,
                       Topology, msee, number)

CORE_WIRE = "core1-core2"
MICROSOFT = "MicrosoftPeering"
GATEWAY_WIRES = ("msee1-gw", "msee2-gw")
ETHERNET = 14

Waits = list[Expected]


# ---- shared ----

def outer(topology: Topology, side: str) -> str:
    """The wire that carries the /30."""
    return topology.ends(side).name


def directions(options: Options, default: str) -> str:
    names = {"to-azure": TO_AZURE, "from-azure": FROM_AZURE, "both": BOTH}
    return names[options.direction] if options.direction else default


def loss(fx: Effects, options: Options, *names: str) -> Waits:
    """Towards Azure unless chosen otherwise, so that the ratio is that of a round trip."""
    for name in names:
        fx.wire(name, directions(options, TO_AZURE), f"loss={options.ratio or 0.05:g}")
    return []


def latency(fx: Effects, options: Options, default_ms: float, *names: str) -> Waits:
    """The milliseconds are those of a round trip: half of them each way, all of them when one
    direction is chosen."""
    direction = directions(options, BOTH)
    us = (options.ms or default_ms) * 1000 / (2 if direction == BOTH else 1)
    for name in names:
        fx.wire(name, direction, f"delay={us:.0f}")
    return []


def limit_size(fx: Effects, options: Options, default: int, *names: str) -> Waits:
    """Larger frames vanish without a word."""
    for name in names:
        fx.wire(name, directions(options, BOTH), f"max={(options.size or default) + ETHERNET}")
    return []


def partial(fx: Effects, options: Options, *names: str) -> Waits:
    """Half of the flows, always the same ones."""
    for name in names:
        fx.wire(name, directions(options, BOTH), "partial=1/2")
    return []


def filter_rules(proto: str, how: str, towards: tuple[str, str] | None = None) -> list[str]:
    """nft rules for tcp, udp, icmp, all, tcp/443, ...: one for each address family."""
    name, _, port = proto.partition("/")
    if name not in ("tcp", "udp", "icmp", "all") or (port and not port.isdigit()):
        raise LabError(f"--proto {proto}: tcp, udp, icmp, all, tcp/PORT or udp/PORT")
    if how == "reset" and name != "tcp":
        raise LabError("--how reset: only of TCP")
    rules = []
    for index, (word, icmp, version) in enumerate((("ip", "icmp", 4), ("ip6", "icmpv6", 6))):
        what = [f"{word} daddr {towards[index]}" if towards else f"meta nfproto ipv{version}"]
        if name == "icmp":
            what.append(f"{icmp} type {{ echo-request, echo-reply }}")
        elif name != "all":
            what.append(f"{name} dport {port}" if port else f"meta l4proto {name}")
        verdict = {"drop": "drop", "reset": "reject with tcp reset",
                   "reject": f"reject with {icmp} type admin-prohibited"}[how]
        rules.append(f"{' '.join(what)} {verdict}")
    return rules


def each(sides: tuple[str, ...], make: Callable[[str], Waits]) -> Waits:
    return [expected for side in sides for expected in make(side)]


def both_silent(fx: Effects) -> Waits:
    """Both MSEEs' ports stop, the edges' own carriers stay."""
    for side in SIDES:
        fx.down(msee(side), fx.topology.ends(side).b.device)
    return each(SIDES, lambda side: withdrawn(fx.topology, side))


# ---- corporate ----

def local_link(fx: Effects, options: Options) -> Waits:
    """The probing host's own port is down (or, --how next, its first hop is dead)."""
    fx.down("core1" if options.pick("port", "next") == "next" else "host")
    return []


def corp_path_down(fx: Effects, options: Options) -> Waits:
    """core2 is dead (or, --how silent, forwards nothing); the edges keep announcing."""
    if options.pick("down", "silent") == "silent":
        fx.filter("core2", "forward", "drop")
    else:
        fx.down("core2")
    return []


def corp_path_partial(fx: Effects, options: Options) -> Waits:
    return partial(fx, options, CORE_WIRE)


def corp_path_loss(fx: Effects, options: Options) -> Waits:
    return loss(fx, options, CORE_WIRE)


def corp_path_latency(fx: Effects, options: Options) -> Waits:
    return latency(fx, options, 20, CORE_WIRE)


def corp_acl(fx: Effects, options: Options) -> Waits:
    """A firewall on core2; it guards the VNet only, so the control target stays reachable."""
    fx.filter("core2", "forward", *filter_rules(
        options.proto or "tcp/443", options.pick("drop", "reject", "reset"), VNET))
    return []


def corp_edge_down(fx: Effects, options: Options) -> Waits:
    """The customer's edge is off (or, --how port, its port towards the WAN is)."""
    how = options.pick("off", "port")

    def make(side: str) -> Waits:
        node = f"edge{number(side)}"
        fx.down(node, *([fx.topology.ends(side).a.device] if how == "port" else []))
        return [Expected(msee(side), prefix, 0) for prefix in CORP]
    return each(options.sides, make)


def edge_forwarding(fx: Effects, options: Options) -> Waits:
    """The customer's edge is a host: it answers, its sessions stand, and it forwards nothing (or, --how, nothing of one family)."""
    how = options.pick("both", "ipv4", "ipv6")
    for side in options.sides:
        for family, key in (("ipv4", "net__ipv4__ip_forward"), ("ipv6", "net__ipv6__conf__all__forwarding")):
            if how in ("both", family):
                fx.sysctl(fx.topology.edge(side), **{key: ("0", "1")})
    return []


def edge_bgp(fx: Effects, options: Options) -> Waits:
    """BGP towards the MSEE: shut down, or with a wrong password or AS number."""
    how = options.pick("shutdown", "md5", "asn")

    def make(side: str) -> Waits:
        node = fx.topology.edge(side)
        peer = next(p for p in fx.topology.nodes[node].speaker.peers if p.addresses == MSEE[side])
        for address in peer.addresses:
            do, undo = {
                "shutdown": ("neighbor {} shutdown", "no neighbor {} shutdown"),
                "md5": ("neighbor {} password not-the-right-one",
                        f"neighbor {{}} password {peer.password}"),
                "asn": ("neighbor {} local-as 65099 no-prepend replace-as",
                        "no neighbor {} local-as 65099 no-prepend replace-as"),
            }[how]
            fx.bgp(node, [do.format(address)], [undo.format(address)])
        return withdrawn(fx.topology, side)
    return each(options.sides, make)


def no_advertisement(fx: Effects, options: Options) -> Waits:
    """The edge announces nothing (or, --how prefix, not the corporate prefix); its session stays. With l3
    that is the session with the PE."""
    how = options.pick("nothing", "prefix")

    def make(side: str) -> Waits:
        node = f"edge{number(side)}"
        for family, prefix in zip(("ipv4", "ipv6") if how == "prefix" else (), CORP):
            into = f"address-family {family} unicast"
            fx.bgp(node, [into, f"no network {prefix}"], [into, f"network {prefix}"])
        if how == "prefix":
            return [Expected(msee(side), prefix, 0) for prefix in CORP]
        peer = fx.topology.nodes[node].speaker.peers[-1]
        for index, family in enumerate(("ipv4", "ipv6")):
            address = peer.addresses[index]
            into = f"address-family {family} unicast"
            fx.bgp(node, [into, f"neighbor {address} route-map nothing out"],
                   [into, f"neighbor {address} route-map {map_name('to', peer, index)} out"])
        return [Expected(msee(side), prefix, 0) for prefix in CORP]
    return each(options.sides, make)


def prefix_limit(fx: Effects, options: Options) -> Waits:
    """The MSEE accepts one prefix, gets two, and tears the session down, again and again."""
    def make(side: str) -> Waits:
        peer = CE[side]
        for index, family in enumerate(("ipv4", "ipv6")):
            into = f"address-family {family} unicast"
            line = f"neighbor {peer[index]} maximum-prefix"
            fx.bgp(msee(side), [into, f"{line} 1 restart 1"], [into, f"no {line} 1"])
        return []
    return each(options.sides, make)


def return_path(fx: Effects, options: Options) -> Waits:
    """Whatever comes from the VNet is lost at core2; Azure counts what it sends (--how uncounted: nobody read it)."""
    if options.pick("counted", "uncounted") == "counted":
        fx.azure(metrics=flows(61000000, 58000000))
    fx.filter("core2", "forward", f"ip saddr {VNET[0]} drop", f"ip6 saddr {VNET[1]} drop")
    return []


def corp_mtu(fx: Effects, options: Options) -> Waits:
    """A black hole for large packets before the edges, or (--how icmp) a small MTU that says so."""
    if options.pick("drop", "icmp") == "drop":
        return limit_size(fx, options, 1400, CORE_WIRE)
    size = options.size or 1400
    for device in ("edge1", "edge2"):
        fx.ip("core2", ["link", "set", device, "mtu", str(size)],
              ["link", "set", device, "mtu", "1500"])
    return []


# ---- WAN ----

def not_provisioned(fx: Effects, options: Options) -> Waits:
    fx.azure(provider_state=options.how or "NotProvisioned")
    return wan_cut(fx, SIDES)


def wan_cut(fx: Effects, sides: tuple[str, ...]) -> Waits:
    def make(side: str) -> Waits:
        fx.cut(outer(fx.topology, side))
        return withdrawn(fx.topology, side)
    return each(sides, make)


def circuit_down(fx: Effects, options: Options) -> Waits:
    return wan_cut(fx, options.sides)


def both_down(fx: Effects, options: Options) -> Waits:
    return wan_cut(fx, SIDES)


def wan_edge_down(fx: Effects, options: Options) -> Waits:
    """The PE is off."""
    def make(side: str) -> Waits:
        fx.down(fx.topology.edge(side))
        return withdrawn(fx.topology, side)
    return each(options.sides, make)


def wan_path_down(fx: Effects, options: Options) -> Waits:
    """p loses the way to the PE (or, --how off, is off altogether). PE and MSEE do not notice,
    except that the customer's routes are gone."""
    how = options.pick("cut", "off")

    def make(side: str) -> Waits:
        n = number(side)
        if how == "cut":
            fx.cut(f"p{n}-pe{n}")
        else:
            fx.down(f"p{n}")
        return withdrawn(fx.topology, side)
    return each(options.sides, make)


def wan_vlan(fx: Effects, options: Options) -> Waits:
    """Frames arrive with a tag that nobody expects."""
    def make(side: str) -> Waits:
        fx.wire(outer(fx.topology, side), BOTH, "tag=301")
        ends = fx.topology.ends(side)
        for end in (ends.a, ends.b):
            fx.forget_neighbours(end.node, end.device)
        return withdrawn(fx.topology, side)
    return each(options.sides, make)


def wan_loss(fx: Effects, options: Options) -> Waits:
    return loss(fx, options, *(outer(fx.topology, side) for side in options.sides))


def wan_partial(fx: Effects, options: Options) -> Waits:
    return partial(fx, options, *(outer(fx.topology, side) for side in options.sides))


def wan_latency(fx: Effects, options: Options) -> Waits:
    return latency(fx, options, 10, *(outer(fx.topology, side) for side in options.sides))


def wan_reroute(fx: Effects, options: Options) -> Waits:
    """Behind the customer's edge stands another router of the provider, on a longer way: p shows itself by another
    address, and what crosses the link takes longer."""
    for side in options.sides:
        n = number(side)
        fx.filter(f"p{n}", "output", f"icmp type time-exceeded ip saddr set 172.16.1.{100 + n}",
                  f"icmpv6 type time-exceeded ip6 saddr set fd64:1{n}::99")
    return latency(fx, options, 12, *(outer(fx.topology, side) for side in options.sides))


def wan_jitter(fx: Effects, options: Options) -> Waits:
    """Queueing: from nothing up to the milliseconds are added, the minimum stays."""
    direction = directions(options, TO_AZURE)
    for side in options.sides:
        fx.wire(outer(fx.topology, side), direction, f"jitter={(options.ms or 20) * 1000:.0f}")
    return []


def wan_mtu(fx: Effects, options: Options) -> Waits:
    return limit_size(fx, options, 1400, *(outer(fx.topology, side) for side in options.sides))


def wan_policer(fx: Effects, options: Options) -> Waits:
    """A token bucket of 20 ms: what exceeds the rate is dropped, hardly anything waits. --how full: the circuit
    carries what was bought, Azure counts it, and the policer of this link is set a little lower."""
    if options.pick("slow", "full") == "full":
        fx.azure(metrics={"BitsInPerSecond": series(965000000, PeeringType="Private", DeviceRole="Primary"),
                          "BitsOutPerSecond": series(412000000, PeeringType="Private", DeviceRole="Primary")})
        rate = options.rate or 10000000
        for side in options.sides:
            fx.wire(outer(fx.topology, side), directions(options, TO_AZURE), f"police={rate}", f"load={rate * 11 // 10}")
        return []
    for side in options.sides:
        fx.wire(outer(fx.topology, side), directions(options, BOTH),
                f"rate={options.rate or 1000000}", "queue=20000")
    return []


def wan_flap(fx: Effects, options: Options) -> Waits:
    """Up for so many milliseconds, then down as long, for ever (5 s: longer than the hold time)."""
    half = (options.ms or 5000) * 1000
    for side in options.sides:
        fx.wire(outer(fx.topology, side), BOTH, f"flap={half:.0f}/{half:.0f}")
    return []


def wan_filter(fx: Effects, options: Options) -> Waits:
    """One protocol dies; ARP and BGP pass."""
    for side in options.sides:
        fx.wire(outer(fx.topology, side), directions(options, BOTH),
                f"block={options.proto or 'tcp'}")
    return []


def wan_blackhole(fx: Effects, options: Options) -> Waits:
    """ARP and the established BGP sessions pass, nothing else."""
    for side in options.sides:
        fx.wire(outer(fx.topology, side), directions(options, BOTH),
                *(f"block={name}" for name in ("icmp", "tcp", "udp", "other")))
    return []


# ---- Azure ----

def circuit_disabled(fx: Effects, options: Options) -> Waits:
    fx.azure(circuit_state=options.how or "Disabled",
             paths={side: {"mode": "empty"} for side in SIDES})
    return both_silent(fx)


def peering_disabled(fx: Effects, options: Options) -> Waits:
    paths = {side: {"mode": "empty"} for side in SIDES}
    if options.pick("disabled", "missing") == "missing":
        fx.azure(peering_missing=True, paths=paths)
    else:
        fx.azure(peering_state="Disabled", paths=paths)
    return both_silent(fx)


def peering_config(fx: Effects, options: Options) -> Waits:
    """Azure's side expects another AS number (or, --how vlan, another VLAN; --how both)."""
    topology = fx.topology
    how = options.pick("asn", "vlan", "both")
    if how != "asn":
        fx.azure(vlan=301, **({"peer_asn": 65099} if how == "both" else {}))
        return wan_cut(fx, SIDES)
    fx.azure(peer_asn=65099)
    right = AS_CUSTOMER if topology.handoff == "l2" else AS_PROVIDER

    def make(side: str) -> Waits:
        for address in CE[side]:
            fx.bgp(msee(side), [f"neighbor {address} remote-as 65099"],
                   [f"neighbor {address} remote-as {right}"])
        return withdrawn(topology, side)
    return each(SIDES, make)


def msee_down(fx: Effects, options: Options) -> Waits:
    def make(side: str) -> Waits:
        fx.down(msee(side))
        fx.azure(paths={side: {"mode": "fail"}})
        return withdrawn(fx.topology, side)
    return each(options.sides, make)


def gateway_down(fx: Effects, options: Options) -> Waits:
    """The gateway is off and its neighbours are gone from the MSEEs (or, --how data, it only
    forwards nothing while BGP and the connection look healthy)."""
    if options.pick("off", "data") == "data":
        fx.azure(metrics=flows(61000000, 90))
        fx.filter("gw", "forward", "drop")
        return []
    fx.azure(connection_status="NotConnected")
    fx.down("gw")
    return forget_gateway(fx)


def forget_gateway(fx: Effects) -> Waits:
    """The MSEEs have no session with the gateway any more."""
    for side in SIDES:
        peer = fx.topology.nodes[msee(side)].speaker.peers[-1]
        fx.bgp(msee(side), [f"no neighbor {address}" for address in peer.addresses],
               frr_neighbor(peer))
    return [Expected(node, prefix, 0) for prefix in VNET
            for node in (msee("primary"), msee("secondary"), "core2")]


def frr_neighbor(peer: Peer) -> list[str]:
    """The lines that bring a removed neighbour back."""
    lines = neighbor_session(peer)
    for index, (_, family) in enumerate(FAMILIES):
        lines += [f"address-family {family} unicast", *neighbor_family(peer, index),
                  "exit-address-family"]
    return [line.strip() for line in lines]


def gateway_latency(fx: Effects, options: Options) -> Waits:
    return latency(fx, options, 20, *GATEWAY_WIRES)


def gateway_loss(fx: Effects, options: Options) -> Waits:
    return loss(fx, options, *GATEWAY_WIRES)


def no_routes(fx: Effects, options: Options) -> Waits:
    """The gateway announces nothing to the MSEEs (or, --how unlearned, learns nothing)."""
    unlearned = options.pick("unannounced", "unlearned") == "unlearned"
    word, back = ("in", "from") if unlearned else ("out", "to")
    for peer in fx.topology.nodes["gw"].speaker.peers:
        for index, family in enumerate(("ipv4", "ipv6")):
            into, line = f"address-family {family} unicast", f"neighbor {peer.addresses[index]}"
            fx.bgp("gw", [into, f"{line} route-map nothing {word}"],
                   [into, f"{line} route-map {map_name(back, peer, index)} {word}"])
    if unlearned:
        return [Expected("gw", prefix, 0) for prefix in CORP]
    return [Expected("core2", prefix, 0) for prefix in VNET]


def nsg(fx: Effects, options: Options) -> Waits:
    fx.filter(target(options), "input",
              *filter_rules(options.proto or "tcp/443", options.pick("drop", "reset")))
    return []


def target(options: Options) -> str:
    node = options.on or "t1"
    if node not in TARGETS:
        raise LabError(f"--on {node}: one of {', '.join(TARGETS)}")
    return node


def target_down(fx: Effects, options: Options) -> Waits:
    fx.down(target(options))
    return []


def udr(fx: Effects, options: Options) -> Waits:
    """The target's subnet sends what is for elsewhere into nothing."""
    node = target(options)
    for half in ("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"):
        fx.ip(node, ["route", "add", "blackhole", half], ["route", "del", "blackhole", half])
    return []


def maintenance(fx: Effects, options: Options) -> Waits:
    """One MSEE prepends its own AS number in both directions: flows move to the other link; Azure
    says why."""
    fx.azure(events=[{"name": "QK0P-1N8", "properties": {
        "eventType": "PlannedMaintenance", "status": "Active", "title": "Maintenance of your circuit",
        "impactStartTime": ago(600)}}])

    def make(side: str) -> Waits:
        peers = fx.topology.nodes[msee(side)].speaker.peers
        for peer in peers:
            for index, family in enumerate(("ipv4", "ipv6")):
                into = f"address-family {family} unicast"
                line = f"neighbor {peer.addresses[index]} route-map"
                fx.bgp(msee(side), [into, f"{line} {map_name('drain', peer, index)} out"],
                       [into, f"{line} {map_name('to', peer, index)} out"])
        return [Expected("core2", prefix, 1) for prefix in VNET]
    return each(options.sides[:1], make)


def failover_test(fx: Effects, options: Options) -> Waits:
    """Somebody runs a link failover test: the MSEE ends the sessions of that link."""
    side = options.sides[0]
    fx.azure(failover_tests=[{"status": "Running", "linkType": side.capitalize(),
                              "circuitTestCategory": "BgpDisconnect", "startTime": ago(60)}])
    for address in CE[side]:
        fx.bgp(msee(side), [f"neighbor {address} shutdown"], [f"no neighbor {address} shutdown"])
    return withdrawn(fx.topology, side)


def port_disabled(fx: Effects, options: Options) -> Waits:
    """ExpressRoute Direct: the owner has shut one of its two ports. No light, no frame."""
    side = options.sides[0]
    shut = f"link{number(side)}"
    links = [{"name": name, "properties": {"routerName": f"router-{name}", "interfaceName": "Ethernet0/0",
                                           "adminState": "Disabled" if name == shut else "Enabled",
                                           "provisioningState": "Succeeded"}} for name in ("link1", "link2")]
    dark, lit = series(0, link=shut), series(1, link="link1" if shut == "link2" else "link2")
    fx.azure(port={"links": links}, metrics={
        "AdminState": dark + lit, "LineProtocol": dark + lit,
        "RxLightLevel": series(-40, link=shut, lane="0") + series(-3.5, link=lit[0]["metadatavalues"][0]["value"], lane="0")})
    return wan_cut(fx, (side,))


def series(value: float, **dimensions: str) -> list[dict]:
    """A series of Azure Monitor with one sample, of a moment ago."""
    return [{"metadatavalues": [{"name": {"value": name}, "value": word} for name, word in dimensions.items()],
             "data": [{"timeStamp": ago(120), "average": value, "minimum": value, "maximum": value}]}]


def flows(into: float, out: float) -> dict:
    """The traffic of the latest minutes, in bits a second."""
    return {name: series(value, PeeringType="Private", DeviceRole="Primary")
            for name, value in (("BitsInPerSecond", into), ("BitsOutPerSecond", out))}


def route_limit(fx: Effects, options: Options) -> Waits:
    """The virtual networks announce more prefixes than a circuit takes: the gateway counts them, and
    the MSEEs have ended its sessions."""
    fx.azure(metrics={"ExpressRouteGatewayCountOfRoutesAdvertisedToPeer":
                      series(1001, roleInstance="GatewayTenantWorker_IN_0", bgpPeerAddress="10.101.255.4")})
    return forget_gateway(fx)


def qos_drop(fx: Effects, options: Options) -> Waits:
    """More is sent than was bought: the MSEEs drop part of it, and count what they drop."""
    fx.azure(metrics={"QosDropBitsInPerSecond": series(48000000), "QosDropBitsOutPerSecond": series(0)})
    return loss(fx, options, *GATEWAY_WIRES)


def route_filter(fx: Effects, options: Options) -> Waits:
    """Microsoft peering without a route filter: Azure announces nothing."""
    fx.azure(peering=MICROSOFT, route_filter=False)
    for side in SIDES:
        peer = next(p for p in fx.topology.nodes[msee(side)].speaker.peers if p.addresses == CE[side])
        for index, family in enumerate(("ipv4", "ipv6")):
            into, line = f"address-family {family} unicast", f"neighbor {peer.addresses[index]} route-map"
            fx.bgp(msee(side), [into, f"{line} nothing out"], [into, f"{line} {map_name('to', peer, index)} out"])
    return [Expected("core2", prefix, 0) for prefix in VNET]


def network_down(fx: Effects, options: Options) -> Waits:
    """Behind a Microsoft peering nothing is forwarded, while its sessions stand."""
    fx.azure(peering=MICROSOFT, metrics=flows(61000000, 90))
    fx.filter("gw", "forward", "drop")
    return []


def network_loss(fx: Effects, options: Options) -> Waits:
    fx.azure(peering=MICROSOFT)
    return gateway_loss(fx, options)


def prefix_validation(fx: Effects, options: Options) -> Waits:
    """Microsoft peering whose prefixes nobody has vouched for: Microsoft does not start the sessions."""
    fx.azure(peering=MICROSOFT, public_prefixes=options.how or "ValidationNeeded")

    def make(side: str) -> Waits:
        for address in CE[side]:
            fx.bgp(msee(side), [f"neighbor {address} shutdown"], [f"no neighbor {address} shutdown"])
        return withdrawn(fx.topology, side)
    return each(SIDES, make)


def ago(seconds: float) -> str:
    """As Azure writes times."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))


def own_api(fx: Effects, options: Options) -> Waits:
    how = options.pick("refuse", "error", "throttle", "unauthorized", "slow")
    fx.azure(**{"refuse": {"down": True}, "error": {"http_status": 503},
                "throttle": {"http_status": 429}, "unauthorized": {"http_status": 401},
                "slow": {"latency_ms": int(options.ms or 15000)}}[how])
    return []


# ---- the table ----

@dataclass(frozen=True)
class Fault:
    id: str
    make: Callable[[Effects, Options], Waits]
    links: tuple[str, ...] = ()     # first the default; empty: it concerns no link in particular
    handoffs: tuple[str, ...] = ("l2", "l3")
    takes: str = ""                 # options it looks at, for --list


ANY = ("primary", "secondary", "both")
WAY = "--direction"

FAULTS = {fault.id: fault for fault in (
    Fault("corp.local-link", local_link, takes="--how port|next"),
    Fault("corp.path-down", corp_path_down, takes="--how down|silent"),
    Fault("corp.path-partial", corp_path_partial),
    Fault("corp.path-loss", corp_path_loss, takes=f"--ratio 0.05 {WAY}"),
    Fault("corp.path-latency", corp_path_latency, takes=f"--ms 20 {WAY}"),
    Fault("corp.acl", corp_acl, takes="--proto tcp/443 --how drop|reject|reset"),
    Fault("corp.edge-down", corp_edge_down, ANY, ("l2",), "--how off|port"),
    Fault("corp.edge-forwarding", edge_forwarding, ANY, ("l2",), "--how both|ipv4|ipv6"),
    Fault("corp.edge-bgp", edge_bgp, ANY, ("l2",), "--how shutdown|md5|asn"),
    Fault("corp.bgp-prefix-limit", prefix_limit, ANY, ("l2",)),
    Fault("corp.no-advertisement", no_advertisement, ("both", "primary", "secondary"), takes="--how nothing|prefix"),
    Fault("corp.return-path", return_path, takes="--how counted|uncounted"),
    Fault("corp.mtu", corp_mtu, takes="--size 1400 --how drop|icmp"),
    Fault("wan.not-provisioned", not_provisioned, takes="--how STATE"),
    Fault("wan.circuit-down", circuit_down, ANY),
    Fault("wan.both-down", both_down),
    Fault("wan.edge-down", wan_edge_down, ANY, ("l3",)),
    Fault("wan.edge-bgp", edge_bgp, ANY, ("l3",), "--how shutdown|md5|asn"),
    Fault("wan.partial", wan_partial, ANY),
    Fault("wan.vlan", wan_vlan, ANY),
    Fault("wan.path-down", wan_path_down, ANY, ("l3",), "--how cut|off"),
    Fault("wan.loss", wan_loss, ANY, takes=f"--ratio 0.05 {WAY}"),
    Fault("wan.latency", wan_latency, ANY, takes=f"--ms 10 {WAY}"),
    Fault("wan.reroute", wan_reroute, ANY, ("l3",), f"--ms 12 {WAY}"),
    Fault("wan.jitter", wan_jitter, ANY, takes=f"--ms 20 {WAY}"),
    Fault("wan.mtu", wan_mtu, ANY, takes=f"--size 1400 {WAY}"),
    Fault("wan.policer", wan_policer, ANY, takes=f"--rate 1000000 --how slow|full {WAY}"),
    Fault("wan.flap", wan_flap, ANY, takes="--ms 5000"),
    Fault("wan.filter", wan_filter, ANY, takes=f"--proto tcp|udp|icmp|tcp/443 {WAY}"),
    Fault("wan.blackhole", wan_blackhole, ANY, takes=WAY),
    Fault("azure.circuit-disabled", circuit_disabled, takes="--how STATE"),
    Fault("azure.peering-disabled", peering_disabled, takes="--how disabled|missing"),
    Fault("azure.peering-config", peering_config, takes="--how asn|vlan|both"),
    Fault("azure.msee-down", msee_down, ANY),
    Fault("azure.gateway-down", gateway_down, takes="--how off|data"),
    Fault("azure.gateway-latency", gateway_latency, takes=f"--ms 20 {WAY}"),
    Fault("azure.gateway-loss", gateway_loss, takes=f"--ratio 0.05 {WAY}"),
    Fault("azure.network-down", network_down),
    Fault("azure.network-loss", network_loss, takes=f"--ratio 0.05 {WAY}"),
    Fault("azure.no-routes", no_routes, takes="--how unannounced|unlearned"),
    Fault("azure.udr", udr, takes="--on t1|t2"),
    Fault("azure.nsg", nsg, takes="--proto tcp/443 --how drop|reset --on t1|t2"),
    Fault("azure.target-down", target_down, takes="--on t1|t2"),
    Fault("azure.maintenance", maintenance, ("primary", "secondary")),
    Fault("azure.failover-test", failover_test, ("primary", "secondary")),
    Fault("azure.port-disabled", port_disabled, ("primary", "secondary"), ("l2",)),
    Fault("azure.route-limit", route_limit),
    Fault("azure.qos-drop", qos_drop, takes=f"--ratio 0.05 {WAY}"),
    Fault("azure.route-filter", route_filter),
    Fault("azure.prefix-validation", prefix_validation, takes="--how STATE"),
    Fault("own.api", own_api, takes="--how refuse|error|throttle|unauthorized|slow"),
)}
