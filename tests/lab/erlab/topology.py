# SPDX-License-Identifier: BSD-2-Clause
"""What the lab consists of: nodes, links, addresses, routes and BGP speakers. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

HANDOFFS = ("l2", "l3")
SIDES = ("primary", "secondary")

CORP = ("10.10.0.0/16", "fd10:10::/32")
VNET = ("10.101.0.0/16", "fd10:101::/32")

AS_CUSTOMER = 65010
AS_PROVIDER = 64999
AS_MICROSOFT = 12076
AS_GATEWAY = 65515
MD5_PASSWORD = "shared-secret"

HOST = ("10.10.1.10", "fd10:10:1::10")
# Extra addresses of the host; core2 sends what they send over one link only.
SOURCE = {"primary": ("10.10.1.11", "fd10:10:1::11"),
          "secondary": ("10.10.1.12", "fd10:10:1::12")}
CONTROL = ("10.10.9.9", "fd10:10:9::9")
TARGETS = {"t1": ("10.101.7.7", "fd10:101:7::7"), "t2": ("10.101.7.8", "fd10:101:7::8")}

CE = {"primary": ("172.16.3.1", "fd00:3::1"), "secondary": ("172.16.4.1", "fd00:4::1")}
MSEE = {"primary": ("172.16.3.2", "fd00:3::2"), "secondary": ("172.16.4.2", "fd00:4::2")}
PREFIX = {"primary": ("172.16.3.0/30", "fd00:3::/126"),
          "secondary": ("172.16.4.0/30", "fd00:4::/126")}

DOMAINS = {"corporate": CORP, "wan": ("172.16.1.0/24", "100.64.0.0/10", "fd64::/16"),
           "azure": VNET}


@dataclass
class End:
    """One end of a link: the device is named after the neighbour."""
    node: str
    device: str
    addresses: tuple[str, ...]      # with their prefix lengths


@dataclass
class Link:
    """`a` is the customer's side, `b` the one nearer to Azure: direction ab goes to Azure."""
    a: End
    b: End
    wire: bool = False

    @property
    def name(self) -> str:
        return f"{self.a.node}-{self.b.node}"


@dataclass
class Peer:
    """A BGP neighbour over IPv4 and over IPv6."""
    addresses: tuple[str, str]
    asn: int
    send: str | None = None         # name of a prefix policy, see frr.py
    accept: str | None = None
    password: str | None = None
    multihop: bool = False
    source: tuple[str, str] | None = None
    reflect: bool = False           # the neighbour is a route reflector client
    next_hop_self: bool = False
    local: tuple[str, str] = ("", "")   # our own addresses of the sessions; `build` finds them


@dataclass
class Speaker:
    asn: int
    router_id: str
    peers: list[Peer] = field(default_factory=list)
    originate: tuple[str, ...] = ()
    redistribute: tuple[str, ...] = ()
    source: tuple[str, str] | None = None   # what this router's own packets to the VNet carry


@dataclass
class Route:
    prefix: str
    via: str
    source: str | None = None
    table: int | None = None


@dataclass
class Node:
    name: str
    router: bool = True
    loopback: tuple[str, ...] = ()
    routes: list[Route] = field(default_factory=list)
    rules: list[tuple[str, int]] = field(default_factory=list)     # source address, table
    speaker: Speaker | None = None
    ports: tuple[int, ...] = ()     # TCP ports it serves
    bridge: str | None = None       # joins these links' devices: name of the bridge
    bridge_addresses: tuple[str, ...] = ()
    silent: bool = False            # never sends an ICMP error


@dataclass
class Topology:
    handoff: str
    nodes: dict[str, Node]
    links: list[Link]

    def edge(self, side: str) -> str:
        """The node that holds the near address of the link's /30."""
        return self.ends(side).a.node

    def ends(self, side: str) -> Link:
        """The link between that node and the MSEE."""
        return next(link for link in self.links if link.b.node == msee(side))

    def devices(self, node: str) -> list[str]:
        return [end.device for link in self.links for end in (link.a, link.b) if end.node == node]

    def probers(self) -> list[str]:
        return ["host", "edge1", "edge2"] + (["pe1", "pe2"] if self.handoff == "l3" else [])


def number(side: str) -> int:
    return SIDES.index(side) + 1


def msee(side: str) -> str:
    return f"msee{number(side)}"


def join(a: str, a_addresses: tuple[str, ...], b: str, b_addresses: tuple[str, ...],
         wire: bool = False) -> Link:
    return Link(End(a, b, a_addresses), End(b, a, b_addresses), wire)


def both(prefixes: tuple[str, ...], via: tuple[str, str], table: int | None = None) -> list[Route]:
    """Routes to prefixes of either family via the neighbour's address of that family."""
    return [Route(p, via[":" in p], table=table) for p in prefixes]


def corporate_nodes() -> list[Node]:
    host = Node("host", router=False, routes=[
        Route("default", "10.10.1.1", HOST[0]), Route("::/0", "fd10:10:1::1", HOST[1])])
    core1 = Node("core1", routes=both(("0.0.0.0/0", "::/0"), ("10.10.2.2", "fd10:10:2::2")))
    ctl = Node("ctl", router=False, ports=(53,),
               routes=both(("0.0.0.0/0", "::/0"), ("10.10.9.1", "fd10:10:9::1")))
    return [host, core1, core2(), ctl]


def core2() -> Node:
    """Corporate core: ECMP over both edges; the host's extra sources are bound to one edge."""
    node = Node("core2", routes=both(("10.10.1.0/24", "fd10:10:1::/64"),
                                     ("10.10.2.1", "fd10:10:2::1")))
    peers = []
    for side in SIDES:
        n = number(side)
        edge = (f"10.10.1{n}.2", f"fd10:10:1{n}::2")
        peers.append(Peer(edge, AS_CUSTOMER, send="not-vnet", reflect=True, next_hop_self=True))
        node.rules += [(address, 100 + n) for address in SOURCE[side]]
        node.routes += both(VNET + PREFIX[side], edge, table=100 + n)
    node.speaker = Speaker(AS_CUSTOMER, "10.10.2.2", peers, redistribute=("connected", "kernel"))
    return node


def corporate_links() -> list[Link]:
    links = [
        join("host", ("10.10.1.10/24", "10.10.1.11/24", "10.10.1.12/24",
                      "fd10:10:1::10/64", "fd10:10:1::11/64", "fd10:10:1::12/64"),
             "core1", ("10.10.1.1/24", "fd10:10:1::1/64")),
        join("core1", ("10.10.2.1/30", "fd10:10:2::1/64"),
             "core2", ("10.10.2.2/30", "fd10:10:2::2/64"), wire=True),
        join("core2", ("10.10.9.1/24", "fd10:10:9::1/64"),
             "ctl", ("10.10.9.9/24", "fd10:10:9::9/64")),
    ]
    for n in (1, 2):
        links.append(join("core2", (f"10.10.1{n}.1/30", f"fd10:10:1{n}::1/64"),
                          f"edge{n}", (f"10.10.1{n}.2/30", f"fd10:10:1{n}::2/64")))
    return links


def edge(side: str, outside: Peer) -> Node:
    """A customer edge; `outside` is the MSEE or the provider."""
    n = number(side)
    core = Peer((f"10.10.1{n}.1", f"fd10:10:1{n}::1"), AS_CUSTOMER, send="not-corp",
                next_hop_self=True)
    loopback = (f"10.10.0.{n}", f"fd10:10::{n}")
    return Node(f"edge{n}", loopback=(loopback[0] + "/32", loopback[1] + "/128"),
                speaker=Speaker(AS_CUSTOMER, loopback[0], [core, outside],
                                originate=CORP, redistribute=("connected", "kernel"),
                                source=loopback))


def azure_nodes(customer_asn: int) -> list[Node]:
    nodes = []
    gw_peers = []
    for side in SIDES:
        n = number(side)
        base = 4 * (n - 1)
        near, far = (
            (f"10.101.255.{base + i}", f"fd10:101:ff::{base + i}") for i in (1, 2))
        nodes.append(Node(msee(side), speaker=Speaker(AS_MICROSOFT, MSEE[side][0], [
            Peer(CE[side], customer_asn, send="vnet", accept="corp", password=MD5_PASSWORD),
            Peer(far, AS_GATEWAY, send="corp", accept="vnet")])))
        gw_peers.append(Peer(near, AS_MICROSOFT, send="vnet", accept="corp"))
    nodes.append(Node("gw", silent=True, bridge="vnet",
                      bridge_addresses=("10.101.7.1/24", "fd10:101:7::1/64"),
                      speaker=Speaker(AS_GATEWAY, "10.101.7.1", gw_peers, originate=VNET)))
    for name in TARGETS:
        nodes.append(Node(name, router=False, ports=(443, 22),
                          routes=both(("0.0.0.0/0", "::/0"), ("10.101.7.1", "fd10:101:7::1"))))
    return nodes


def azure_links() -> list[Link]:
    links = []
    for side in SIDES:
        base = 4 * (number(side) - 1)
        links.append(join(
            msee(side), (f"10.101.255.{base + 1}/30", f"fd10:101:ff::{base + 1}/126"),
            "gw", (f"10.101.255.{base + 2}/30", f"fd10:101:ff::{base + 2}/126"), wire=True))
    for name, (v4, v6) in TARGETS.items():
        links.append(join("gw", (), name, (v4 + "/24", v6 + "/64")))
    return links


def outer_link(near: str, side: str) -> Link:
    """The wire that carries the /30 and the /126."""
    return join(near, (CE[side][0] + "/30", CE[side][1] + "/126"),
                msee(side), (MSEE[side][0] + "/30", MSEE[side][1] + "/126"), wire=True)


def layer2() -> tuple[list[Node], list[Link]]:
    """The customer's edge speaks BGP with the MSEE."""
    nodes, links = [], []
    for side in SIDES:
        nodes.append(edge(side, Peer(MSEE[side], AS_MICROSOFT, send="own", accept="vnet",
                                     password=MD5_PASSWORD)))
        links.append(outer_link(f"edge{number(side)}", side))
    return nodes, links


def layer3() -> tuple[list[Node], list[Link]]:
    """The provider's PE speaks BGP with the MSEE, and over p with the customer's edge."""
    nodes, links = [], []
    for side in SIDES:
        n = number(side)
        block = 4 * (n - 1)
        ce, p_ce = ((f"172.16.1.{block + i}", f"fd64:1{n}::{i}") for i in (1, 2))
        p_pe, pe = ((f"100.64.{n}.{i}", f"fd64:2{n}::{i}") for i in (1, 2))
        loopback = (f"100.64.0.{n}", f"fd64::{n}")
        pe_loopback = (loopback[0] + "/32", loopback[1] + "/128")
        ce_net = (f"172.16.1.{block}/30", f"fd64:1{n}::/64")
        pe_net = (f"100.64.{n}.0/30", f"fd64:2{n}::/64")

        node = edge(side, Peer(loopback, AS_PROVIDER, send="own", accept="vnet", multihop=True,
                               source=ce))
        node.routes += both(pe_net + pe_loopback + PREFIX[side], p_ce)
        nodes.append(node)
        nodes.append(Node(f"p{n}", routes=both(CORP, ce)
                          + both(VNET + PREFIX[side] + pe_loopback, pe)))
        nodes.append(Node(
            f"pe{n}", loopback=pe_loopback, routes=both(CORP + ce_net, p_pe),
            speaker=Speaker(AS_PROVIDER, loopback[0], [
                Peer(ce, AS_CUSTOMER, send="vnet", accept="corp", multihop=True, source=loopback),
                Peer(MSEE[side], AS_MICROSOFT, send="corp", accept="vnet",
                     password=MD5_PASSWORD)], originate=pe_loopback, source=loopback)))
        links += [
            join(f"edge{n}", (ce[0] + "/30", ce[1] + "/64"),
                 f"p{n}", (p_ce[0] + "/30", p_ce[1] + "/64")),
            join(f"p{n}", (p_pe[0] + "/30", p_pe[1] + "/64"),
                 f"pe{n}", (pe[0] + "/30", pe[1] + "/64"), wire=True),
            outer_link(f"pe{n}", side),
        ]
    return nodes, links


def bare(address: str) -> str:
    return address.partition("/")[0]


def find_local(node: str, peer: Peer, links: list[Link]) -> tuple[str, str]:
    """Our end of the link whose other end has the neighbour's addresses."""
    if peer.source:
        return peer.source
    for link in links:
        for near, far in ((link.a, link.b), (link.b, link.a)):
            if near.node == node and peer.addresses[0] in map(bare, far.addresses):
                return bare(near.addresses[0]), bare(near.addresses[1])
    raise ValueError(f"{node}: {peer.addresses[0]} is nobody's")


def build(handoff: str, extra_wires: list[str] | None = None) -> Topology:
    between = layer2() if handoff == "l2" else layer3()
    customer_asn = AS_CUSTOMER if handoff == "l2" else AS_PROVIDER
    nodes = corporate_nodes() + between[0] + azure_nodes(customer_asn)
    links = corporate_links() + between[1] + azure_links()
    for link in links:
        link.wire = link.wire or link.name in (extra_wires or ())
    for node in nodes:
        for peer in node.speaker.peers if node.speaker else ():
            peer.local = find_local(node.name, peer, links)
    return Topology(handoff, {node.name: node for node in nodes}, links)
