# SPDX-License-Identifier: BSD-2-Clause
"""The rows of the MSEE's and the gateway's tables, from what the routers of the lab show.

The spelling follows real MSEEs: MAC addresses in Cisco's dotted style, the up time in Cisco's
text, the AS path with its origin code, a line end and blanks, the best path marked by a '*'
appended to the next hop.
"""

from __future__ import annotations

import ipaddress
import re
import threading
import time

from errors import ReadError
from readers import Interface, Neighbour, Reader
from state import State
from topology import Link, Node, Topology

GATEWAY_ASN = 65515
RESOLVE_SECONDS = 0.5      # how long an unanswered neighbour may take once it is asked
FAMILIES = (("ipv4Unicast", "ipv4"), ("ipv6Unicast", "ipv6"))
ORIGINS = {"IGP": "I", "EGP": "E", "i": "I", "e": "E"}


# ---------------------------------------------------------------------------- text styles

def dotted_mac(mac: str) -> str:
    """02:cf:2b:02:c2:2b as 02cf.2b02.c22b."""
    digits = re.sub(r"[^0-9a-f]", "", mac.lower())
    return ".".join(digits[i:i + 4] for i in range(0, len(digits), 4))


def cisco_uptime(milliseconds: int) -> str:
    """never, 00:25:24, 1d14h, 8w4d."""
    seconds = milliseconds // 1000
    if milliseconds <= 0:
        return "never"
    days, hours = seconds // 86400, seconds % 86400 // 3600
    if days == 0:
        return f"{hours:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if days < 7:
        return f"{days}d{hours:02d}h"
    return f"{days // 7}w{days % 7}d"


def time_span(milliseconds: int) -> str:
    """.NET's TimeSpan, as the gateway's connectedDuration: 00:19:22.1105221, 3.03:14:13.1796961."""
    seconds, rest = divmod(milliseconds, 1000)
    days, seconds = divmod(seconds, 86400)
    clock = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return (f"{days}." if days else "") + f"{clock}.{rest:03d}0000"


def msee_path(path: str, origin: str) -> str:
    code = ORIGINS.get(origin, "?")
    return f"{path} {code}".strip() + "\n" + " " * 20


def same_family(address: str, family: str) -> bool:
    return (":" in address) == (family == "ipv6")


# ---------------------------------------------------------------------------- MSEE

def summary_row(neighbor: str, peer: dict) -> dict:
    """statePfxRcd is a number as text when the session stands, else the state's name."""
    state = peer.get("state", "Idle")
    reason = peer.get("peerState", "OK")
    if state == "Established":
        text = str(peer.get("pfxRcd", 0))
    elif state == "Idle" and reason in ("Admin", "PfxCt"):
        text = f"Idle ({reason})"
    else:
        text = re.sub(r"\s*\(.*", "", state) if reason == "OK" else state
    return {"neighbor": neighbor, "v": peer.get("version", 4) or 4,
            "as": peer.get("remoteAs", 0),
            "upDown": cisco_uptime(peer.get("peerUptimeMsec", 0)), "statePfxRcd": text}


def summary_rows(document: dict, topology: Topology) -> list[dict]:
    """Customer and gateway neighbours; a session between the MSEEs themselves is not shown."""
    rows = []
    for name, family in FAMILIES:
        peers = (document.get(name) or {}).get("peers") or {}
        for neighbor, peer in peers.items():
            if same_family(neighbor, family) and peer.get("remoteAs") != topology.azure_asn:
                rows.append(summary_row(neighbor, peer))
    return rows


def next_hop_of(route: dict) -> str:
    """A v6 route has a global and a link-local next hop; Azure shows the global one."""
    hops = route.get("nexthops") or [{}]
    chosen = next((h for h in hops if h.get("scope") == "global"), hops[0])
    return chosen.get("ip", "")


def route_rows(document: dict) -> list[dict]:
    rows = []
    default = document.get("defaultLocPrf", 100)
    for network, routes in (document.get("routes") or {}).items():
        for route in routes:
            best = "*" if route.get("bestpath") else ""
            rows.append({"network": network, "nextHop": next_hop_of(route) + best,
                         "locPrf": str(route.get("locPrf", default)),
                         "weight": route.get("weight", 0),
                         "path": msee_path(route.get("path", ""), route.get("origin", ""))})
    return sorted(rows, key=lambda row: network_key(row["network"]))


def network_key(network: str) -> tuple:
    parsed = ipaddress.ip_network(network, strict=False)
    return parsed.version, int(parsed.network_address), parsed.prefixlen


class MseeTables:
    """The three tables of a path and its byte counters, read when they are asked for."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.resolve_seconds = RESOLVE_SECONDS
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], list[dict]] = {}
        self._counters: dict[str, list[int]] = {}
        self._bases: dict[str, list[int]] = {}

    # -- which answer

    def table(self, name: str, link: Link, topology: Topology, state: State) -> list[dict]:
        """Rows of "arp", "routes" or "summary" under the path's mode and lies."""
        lie = state.lie({"summary": "bgp"}.get(name, name), link.name)
        if isinstance(lie, (list, tuple)):
            return list(lie)
        mode = state.path_mode(link.name) or "live"
        if mode == "empty" or (mode == "live" and not ready(state)):
            return []
        if mode == "fail":
            raise ReadError(f"{link.name}: the state says so")
        if mode == "frozen" and (name, link.name) in self._seen:
            rows = self._seen[name, link.name]
        else:
            rows = getattr(self, "_" + name)(link, topology, state)
            self._seen[name, link.name] = rows
        if name == "arp":
            return arp_lie(rows, link, "Incomplete" if mode == "incomplete" else lie)
        return bgp_lie(rows, link, lie) if name == "summary" else rows

    # -- live reading

    def port(self, link: Link) -> tuple[str, Interface]:
        """The MSEE's port; a port that is shut is an MSEE that cannot be asked."""
        ifname = link.ifname or self.reader.interface_with(link.node, link.msee)
        interface = self.reader.interface(link.node, ifname)
        if not interface.up:
            raise ReadError(f"{link.name}: port {ifname} is down")
        return ifname, interface

    def _arp(self, link: Link, _: Topology, state: State) -> list[dict]:
        ifname, interface = self.port(link)
        rows = []
        for ce, msee in ((link.ce, link.msee), (link.ce6, link.msee6)):
            if not ce or not msee:
                continue
            entry = self._resolve(link.node, ifname, ce)
            rows.append({"age": entry.age_seconds // 60 if entry.mac else 0,
                         "interface": "On-Prem", "ipAddress": ce,
                         "macAddress": dotted_mac(entry.mac) if entry.mac else "Incomplete"})
            if not state.no_microsoft_row:
                rows.append({"age": 0, "interface": "Microsoft", "ipAddress": msee,
                             "macAddress": dotted_mac(interface.mac)})
        return rows

    def _resolve(self, node: Node, ifname: str, address: str) -> Neighbour:
        """The cache entry; the MSEE's BGP keeps asking for a neighbour it does not have."""
        found = self._cached(node, ifname, address)
        if found.mac is None:
            self.reader.ask(node, ifname, address)
        until = time.monotonic() + self.resolve_seconds
        while found.mac is None and time.monotonic() < until:
            time.sleep(0.05)
            found = self._cached(node, ifname, address)
        return found

    def _cached(self, node: Node, ifname: str, address: str) -> Neighbour:
        wanted = ipaddress.ip_address(address)
        for entry in self.reader.neighbours(node, ifname):
            if ipaddress.ip_address(entry.address) == wanted:
                return entry
        return Neighbour(address, None, 0)

    def _summary(self, link: Link, topology: Topology, state: State) -> list[dict]:
        self.port(link)
        rows = summary_rows(self.reader.bgp(link.node, "show bgp summary json"), topology)
        if state.gateway_missing or state.connection_missing:
            rows = [row for row in rows if row["as"] != GATEWAY_ASN]
        return rows

    def _routes(self, link: Link, *_: object) -> list[dict]:
        self.port(link)
        rows = []
        for _, family in FAMILIES:
            rows += route_rows(self.reader.bgp(link.node, f"show bgp {family} unicast json"))
        return rows

    # -- counters

    def bytes_in_out(self, link: Link) -> tuple[int, int]:
        """In is into Azure. Only grows: a port made anew continues where the old one ended."""
        with self._lock:
            last = self._counters.setdefault(link.name, [0, 0])
            base = self._bases.setdefault(link.name, [0, 0])
            try:
                ifname = link.ifname or self.reader.interface_with(link.node, link.msee)
                port = self.reader.interface(link.node, ifname)
            except ReadError:
                return last[0], last[1]
            for i, count in enumerate((port.rx_bytes, port.tx_bytes)):
                if base[i] + count < last[i]:
                    base[i] = last[i]
                last[i] = base[i] + count
            return last[0], last[1]


def ready(state: State) -> bool:
    """A circuit without its provider's side gives empty tables with status 200, as recorded from
    a real one; without Azure's side there is no MSEE to ask either."""
    return state.provider_state in ("Provisioned", None) and state.circuit_state == "Enabled"


def arp_lie(rows: list[dict], link: Link, lie: object) -> list[dict]:
    """"Incomplete" or a MAC for the customer's rows."""
    if not isinstance(lie, str):
        return rows
    return [dict(row, macAddress=lie) if row["ipAddress"] in link.customer_addresses else row
            for row in rows]


def bgp_lie(rows: list[dict], link: Link, lie: object) -> list[dict]:
    """A state's name, or "Established", for the customer's sessions."""
    if not isinstance(lie, str):
        return rows
    return [lying_session(row, lie) if row["neighbor"] in link.customer_addresses else row
            for row in rows]


def lying_session(row: dict, lie: str) -> dict:
    stands = row["statePfxRcd"].isdigit()
    if lie == "Established":
        return row if stands else dict(row, upDown="01:00:00", statePfxRcd="1")
    if lie.isdigit():
        return dict(row, statePfxRcd=lie, upDown=row["upDown"] if stands else "01:00:00")
    return dict(row, statePfxRcd=lie)


# ---------------------------------------------------------------------------- gateway

def dashed(path: str) -> str:
    """The gateway joins AS numbers with '-'."""
    return "-".join(path.split())


class GatewayTables:
    """The BGP operations of a virtual network gateway. Like Azure's, they show one instance."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def _neighbors(self, node: Node) -> dict[str, dict]:
        document = self.reader.bgp(node, "show bgp neighbors json")
        return {k: v for k, v in document.items() if isinstance(v, dict) and "remoteAs" in v}

    def bgp_peers(self, node: Node, peer: str | None) -> list[dict]:
        rows = []
        for address, raw in self._neighbors(node).items():
            if peer is None or address == peer:
                rows.append(peer_row(address, raw))
        return rows

    def learned_routes(self, node: Node) -> list[dict]:
        locals_ = {k: v.get("hostLocal") for k, v in self._neighbors(node).items()}
        rows = []
        for _, family in FAMILIES:
            document = self.reader.bgp(node, f"show bgp {family} unicast json")
            own = next((a for a in locals_.values() if a and same_family(a, family)),
                       document.get("routerId", ""))
            for network, routes in (document.get("routes") or {}).items():
                rows += [learned_row(network, route, locals_, own) for route in routes]
        return sorted(rows, key=lambda row: network_key(row["network"]))

    def advertised_routes(self, node: Node, peer: str) -> list[dict]:
        """For an address that is no peer Azure answers with an empty list."""
        known = self._neighbors(node).get(peer)
        if known is None:
            return []
        own = known.get("hostLocal", "")
        family = "ipv6" if ":" in peer else "ipv4"
        document = self.reader.bgp(
            node, f"show bgp {family} unicast neighbors {peer} advertised-routes json")
        rows = [{"localAddress": own, "network": network, "nextHop": own, "sourcePeer": None,
                 "origin": "Igp" if raw.get("bgpOriginCode") == "i" else "Incomplete",
                 "asPath": dashed(f"{document.get('localAS', '')} {raw.get('path', '')}"),
                 "weight": 0}
                for network, raw in (document.get("advertisedRoutes") or {}).items()]
        return sorted(rows, key=lambda row: network_key(row["network"]))


def peer_row(address: str, raw: dict) -> dict:
    """Azure knows only Connected, Connecting, Idle, Stopped and Unknown."""
    connected = raw.get("bgpState") == "Established"
    states = {"Established": "Connected", "Idle": "Idle"}
    families = (raw.get("addressFamilyInfo") or {}).values()
    messages = raw.get("messageStats") or {}
    return {"localAddress": raw.get("hostLocal") or "", "neighbor": address,
            "asn": raw["remoteAs"], "state": states.get(raw.get("bgpState"), "Connecting"),
            "connectedDuration": time_span(raw.get("bgpTimerUpMsec", 0)) if connected else None,
            "routesReceived": sum(f.get("acceptedPrefixCounter", 0) for f in families),
            "messagesSent": messages.get("totalSent", 0),
            "messagesReceived": messages.get("totalRecv", 0)}


def learned_row(network: str, route: dict, locals_: dict[str, str | None], own: str) -> dict:
    """The VNet's own prefixes are of origin Network, those from the MSEEs of origin EBgp."""
    peer = route.get("peerId", "")
    if peer not in locals_:
        return {"localAddress": own, "network": network, "nextHop": None, "sourcePeer": own,
                "origin": "Network", "asPath": "", "weight": 32768}
    return {"localAddress": locals_[peer] or own, "network": network,
            "nextHop": next_hop_of(route), "sourcePeer": peer, "origin": "EBgp",
            "asPath": dashed(route.get("path", "")), "weight": 32769}
