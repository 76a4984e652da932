# SPDX-License-Identifier: BSD-2-Clause
"""What the lab built: names, addresses and where each router's control socket is."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = SUBSCRIPTION + "/resourceGroups/rg-er/providers/Microsoft.Network"
PATHS = ("primary", "secondary")


@dataclass(frozen=True)
class Node:
    """A router of the lab: a network namespace and the folder of FRR's vty sockets."""
    name: str
    ns: str | None = None
    vty: str | None = None


@dataclass(frozen=True)
class Link:
    """One of the two paths of a peering, as seen from the MSEE that ends it."""
    name: str
    prefix: str
    prefix6: str | None
    ce: str
    msee: str
    ce6: str | None
    msee6: str | None
    node: Node
    ifname: str | None

    @property
    def customer_addresses(self) -> tuple[str, ...]:
        return tuple(a for a in (self.ce, self.ce6) if a)


@dataclass(frozen=True)
class Topology:
    """The names are those of Azure where Azure has one."""
    name: str = "lab"
    handoff: str = "l2"
    probers: tuple[str, ...] = ()
    location: str = "germanywestcentral"
    circuit_id: str = GROUP + "/expressRouteCircuits/frankfurt-1"
    peering: str = "AzurePrivatePeering"
    peer_asn: int = 65010
    azure_asn: int = 12076
    vlan: int = 300
    links: dict[str, Link] = field(default_factory=dict)
    gateway: Node = Node("gw")
    gateway_id: str = GROUP + "/virtualNetworkGateways/gw-1"
    connection_name: str = "conn-1"

    @property
    def service_provider_runs_layer3(self) -> bool:
        return self.handoff == "l3"


def host_of(prefix: str | None, number: int) -> str | None:
    """ExpressRoute's rule: the first usable address is the edge's, the second the MSEE's."""
    if not prefix:
        return None
    return str(ipaddress.ip_network(prefix, strict=False).network_address + number)


def parse_node(name: str, nodes: dict) -> Node:
    raw = nodes.get(name) or {}
    return Node(name, raw.get("ns"), raw.get("vty") or raw.get("pathspace"))


def parse_link(name: str, circuit: dict, nodes: dict) -> Link:
    raw = circuit.get(name) or {}
    prefix = raw.get("prefix") or {"primary": "172.16.3.0/30"}.get(name, "172.16.4.0/30")
    prefix6 = raw.get("prefix6") or None
    node = raw.get("msee_node") or {"primary": "msee1"}.get(name, "msee2")
    return Link(
        name, prefix, prefix6,
        raw.get("ce") or host_of(prefix, 1), raw.get("msee") or host_of(prefix, 2),
        raw.get("ce6") or host_of(prefix6, 1), raw.get("msee6") or host_of(prefix6, 2),
        parse_node(node, nodes), raw.get("msee_if"))


def parse_topology(raw: dict) -> Topology:
    """Missing keys take defaults, so that a lab may say only what differs."""
    circuit = raw.get("circuit") or {}
    nodes = raw.get("nodes") or {}
    base = Topology()
    return Topology(
        name=raw.get("name", base.name),
        handoff=raw.get("handoff", base.handoff),
        probers=tuple(raw.get("probers") or ()),
        location=raw.get("location", base.location),
        circuit_id=circuit.get("resource_id", base.circuit_id),
        peering=circuit.get("peering", base.peering),
        peer_asn=circuit.get("peer_asn", base.peer_asn),
        azure_asn=circuit.get("azure_asn", base.azure_asn),
        vlan=circuit.get("vlan", base.vlan),
        links={name: parse_link(name, circuit, nodes) for name in PATHS},
        gateway=parse_node(raw.get("gateway_node", "gw"), nodes),
        gateway_id=raw.get("gateway_id") or base.gateway_id,
        connection_name=raw.get("connection_name") or base.connection_name)


def load_topology(path: Path | None) -> Topology:
    if path is None or not path.exists():
        return parse_topology({})
    return parse_topology(json.loads(path.read_text(encoding="utf-8")))
