# SPDX-License-Identifier: BSD-2-Clause
"""Turns a topology into namespaces, links, addresses, routes and kernel settings."""

from __future__ import annotations

import zlib

from . import netns, wires
from .errors import LabError
from .runfolder import RunFolder
from .topology import End, Node, Route, Topology

# Set before any device exists: new devices copy `default`. Equal ways are chosen by addresses, protocol and ports, from
# the packet (policy 3 with these fields): policy 1 takes the hash that a sender's socket left with the packet, another
# one for each SYN-ACK, which no router outside of this kernel would see.
NODE_SYSCTL = """\
net.ipv4.conf.all.rp_filter = 0
net.ipv4.conf.default.rp_filter = 0
net.ipv4.icmp_ratelimit = 0
-net.ipv4.icmp_msgs_per_sec = 1000000
-net.ipv4.icmp_msgs_burst = 100000
net.ipv4.fib_multipath_hash_policy = 3
net.ipv4.fib_multipath_hash_fields = 55
-net.ipv4.fib_multipath_hash_seed = {seed}
net.ipv4.ping_group_range = 0 2147483647
net.ipv6.icmp.ratelimit = 0
net.ipv6.fib_multipath_hash_policy = 3
net.ipv6.fib_multipath_hash_fields = 55
net.ipv6.conf.all.disable_ipv6 = 0
net.ipv6.conf.default.disable_ipv6 = 0
net.ipv6.conf.all.accept_dad = 0
net.ipv6.conf.default.accept_dad = 0
net.ipv6.conf.all.accept_ra = 0
net.ipv6.conf.default.accept_ra = 0
net.ipv6.conf.default.router_solicitations = 0
"""
ROUTER_SYSCTL = """\
net.ipv4.ip_forward = 1
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv6.conf.all.forwarding = 1
net.ipv6.conf.default.forwarding = 1
"""
# A neighbour that stops answering is noticed within about five seconds, and each packet to a
# dead one draws "host unreachable" after 3 x 300 ms; the kernel's own values are far slower.
DEVICE_SYSCTL = """\
net.{family}.neigh.{device}.base_reachable_time_ms = 3000
net.{family}.neigh.{device}.retrans_time_ms = 300
net.{family}.neigh.{device}.delay_first_probe_time = 1
net.{family}.neigh.{device}.ucast_solicit = 2
"""
SILENT_RULES = """\
table inet lab {
  chain output {
    type filter hook output priority 0
    icmp type { destination-unreachable, time-exceeded } drop
    icmpv6 type { destination-unreachable, time-exceeded } drop
  }
}
"""


def refuse_taken(folder: RunFolder, topology: Topology) -> None:
    """Nothing that somebody else made is ever touched."""
    taken = [folder.ns(name) for name in topology.nodes if netns.exists(folder.ns(name))]
    if taken:
        raise LabError(f"namespace {taken[0]} exists and is not of this lab: remove it, "
                       "or give the lab another --name")


def create(folder: RunFolder, topology: Topology, seed: int) -> None:
    netns.run(["ip", "-batch", "-"],
              "".join(f"netns add {folder.ns(name)}\n" for name in topology.nodes))
    netns.run_all([(netns.inside(folder.ns(node.name), ["sysctl", "-q", "-p", "-"]),
                    NODE_SYSCTL.format(seed=choice_of(node.name, seed)) + (ROUTER_SYSCTL if node.router else ""))
                   for node in topology.nodes.values()])
    netns.run(["ip", "-batch", "-"], "".join(
        f"link add {link.a.device} netns {folder.ns(link.a.node)} type veth "
        f"peer name {link.b.device} netns {folder.ns(link.b.node)}\n"
        for link in topology.links if not link.wire))
    wires.start(folder, topology, seed)
    netns.run_all([(["ip", "-n", folder.ns(name), "-batch", "-"],
                    once(topology, name) + configure(topology, name))
                   for name in topology.nodes])
    netns.run_all([(["ip", word, "-n", folder.ns(node.name), "-batch", "-"], rules(node, word))
                   for node in topology.nodes.values() if node.rules for word in ("-4", "-6")])
    netns.run_all([job for name in topology.nodes for job in settle(folder, topology, name)])


def choice_of(node: str, seed: int) -> int:
    """Each router chooses for itself among equal ways: an answer may come back by the other link."""
    return zlib.crc32(f"{seed} {node}".encode("ascii")) or 1


def ends_of(topology: Topology, node: str) -> list[End]:
    return [end for link in topology.links for end in (link.a, link.b) if end.node == node]


def rules(node: Node, family: str) -> str:
    return "".join(f"rule add from {source} lookup {table} priority {1000 + table}\n"
                   for source, table in node.rules if (":" in source) == (family == "-6"))


def once(topology: Topology, name: str) -> str:
    """Commands that must not be repeated."""
    node = topology.nodes[name]
    if not node.bridge:
        return ""
    lines = [f"link add {node.bridge} type bridge forward_delay 0 mcast_snooping 0"]
    lines += [f"link set {end.device} master {node.bridge}"
              for end in ends_of(topology, name) if not end.addresses]
    return "".join(line + "\n" for line in lines)


def configure(topology: Topology, name: str) -> str:
    """Addresses, links up, routes. Harmless when repeated: healing does so."""
    node = topology.nodes[name]
    lines = [f"addr replace {address} dev lo nodad" if ":" in address
             else f"addr replace {address} dev lo" for address in node.loopback]
    lines.append("link set lo up")
    devices = [(end.device, end.addresses) for end in ends_of(topology, name)]
    if node.bridge:
        devices.append((node.bridge, node.bridge_addresses))
    for device, addresses in devices:
        lines += [f"addr replace {a} dev {device}{' nodad' if ':' in a else ''}"
                  for a in addresses]
        lines.append(f"link set {device} up")
    lines += [replace_route(route) for route in node.routes]
    # Whoever is bound to a link must not move to the other when that link's device is gone.
    for route in node.routes:
        if route.table:
            lines.append(f"route replace unreachable {route.prefix} table {route.table} "
                         "metric 4000")
    return "".join(line + "\n" for line in lines)


def replace_route(route: Route) -> str:
    source = f" src {route.source}" if route.source else ""
    table = f" table {route.table}" if route.table else ""
    return f"route replace {route.prefix} via {route.via}{source}{table}"


def settle(folder: RunFolder, topology: Topology, name: str) -> list[tuple[list[str], str | None]]:
    """What needs the devices to exist: neighbour timing, checksums made in software (so that
    captures show true ones), and the gateway's silence."""
    node = topology.nodes[name]
    devices = topology.devices(name) + ([node.bridge] if node.bridge else [])
    sysctl = "".join(DEVICE_SYSCTL.format(family=family, device=device)
                     for device in devices for family in ("ipv4", "ipv6"))
    veths = [end.device for link in topology.links if not link.wire
             for end in (link.a, link.b) if end.node == name]
    offload = "".join(f"ethtool -K {device} tx off gro off >/dev/null\n" for device in veths)
    jobs = [(netns.inside(folder.ns(name), ["sysctl", "-q", "-p", "-"]), sysctl),
            (netns.inside(folder.ns(name), ["sh"]), offload)]
    if node.silent:
        jobs.append((netns.inside(folder.ns(name), ["nft", "-f", "-"]), SILENT_RULES))
    return jobs
