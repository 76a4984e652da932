# SPDX-License-Identifier: BSD-2-Clause
"""FRR: configurations, daemons with a state folder of their own for each node, vtysh."""

from __future__ import annotations

import os
import shutil
import time

from . import netns
from .errors import LabError
from .runfolder import RunFolder
from .topology import AS_MICROSOFT, CORP, VNET, Node, Peer, Speaker, Topology

DAEMONS = "/usr/lib/frr"
START_SECONDS = 30.0

# Names of prefixes. The customer's announcement is the corporate prefix and the loopbacks of
# the edges, so that an edge's own packets find their way back over its own link.
PREFIX_LISTS = {
    "corp": [(CORP[0], None), ("10.10.0.0/24", 32), ("100.64.0.0/24", 32),
             (CORP[1], None), ("fd10:10::/64", 128), ("fd64::/64", 128)],
    "vnet": [(VNET[0], None), (VNET[1], None)],
    "corp-aggregate": [(CORP[0], None), (CORP[1], None)],
}
# Route maps: what is refused, what is let through (None = everything else).
POLICIES = {
    "corp": (None, "corp"),
    "own": (None, "own"),                   # an edge's announcement: not the other's loopback
    "vnet": (None, "vnet"),
    "not-vnet": ("vnet", None),             # core2: an edge never uses the other edge's way
    "not-corp": ("corp-aggregate", None),   # the aggregate is for the outside only
    "all": (None, None),
}
FAMILIES = (("ip", "ipv4"), ("ipv6", "ipv6"))


def prefix_lists(speaker: Speaker) -> list[str]:
    own = [(prefix, None) for prefix in CORP + (speaker.source or ())]
    lines = []
    for name, entries in [*PREFIX_LISTS.items(), ("own", own)]:
        for seq, (prefix, length) in enumerate(entries, 1):
            word = "ipv6" if ":" in prefix else "ip"
            prefix += "" if "/" in prefix else "/128" if ":" in prefix else "/32"
            limit = f" ge {length}" if length else ""
            lines.append(f"{word} prefix-list {name} seq {seq} permit {prefix}{limit}")
    return lines


def route_map(name: str, family: str, action: str, seq: int, prefixes: str | None,
              *settings: str) -> list[str]:
    word = dict((b, a) for a, b in FAMILIES)[family]
    match = [f" match {word} address prefix-list {prefixes}"] if prefixes else []
    return [f"route-map {name} {action} {seq}", *match, *(f" {s}" for s in settings), "exit"]


def map_name(word: str, peer: Peer, index: int) -> str:
    """Each neighbour has maps of its own: "to" and "from" it, and "drain" for maintenance."""
    return f"{word}-{peer.addresses[0]}-{FAMILIES[index][1]}"


def peer_maps(peer: Peer, index: int) -> list[str]:
    """IPv6 next hops are written out: they are global addresses, as people read them, and bgpd
    may forget its own after the device was down."""
    family = FAMILIES[index][1]
    to = [f"set ipv6 next-hop global {peer.local[1]}"] if index else []
    accept = ["set ipv6 next-hop prefer-global"] if index else []
    prepend = f"set as-path prepend {AS_MICROSOFT} {AS_MICROSOFT}"
    lines = []
    for word, policy, settings in (("to", peer.send, to), ("from", peer.accept, accept),
                                   ("drain", peer.send, [prepend, *to])):
        refused, allowed = POLICIES[policy or "all"]
        name = map_name(word, peer, index)
        if refused:
            lines += route_map(name, family, "deny", 10, refused)
        lines += route_map(name, family, "permit", 20, allowed, *settings)
    return lines


def route_maps(speaker: Speaker) -> list[str]:
    lines = [line for peer in speaker.peers for index in (0, 1) for line in peer_maps(peer, index)]
    return lines + ["route-map nothing deny 10", "exit"]


def own_source(speaker: Speaker) -> list[str]:
    """The router's own packets to the VNet carry an address that the VNet knows."""
    lines = []
    if not speaker.source:
        return lines
    for (word, family), address in zip(FAMILIES, speaker.source):
        name = f"source-{family}"
        lines += route_map(name, family, "permit", 10, "vnet", f"set src {address}")
        lines += route_map(name, family, "permit", 20, None)
        lines.append(f"{word} protocol bgp route-map {name}")
    return lines


def neighbor_session(peer: Peer) -> list[str]:
    lines = []
    for index, address in enumerate(peer.addresses):
        words = [f"remote-as {peer.asn}", "timers 1 3", "timers connect 1",
                 "advertisement-interval 0"]
        if peer.password:
            words.append(f"password {peer.password}")
        if peer.multihop:
            # The second line keeps a session that came back from looking for a direct link.
            words += ["ebgp-multihop 8", "disable-connected-check"]
        if peer.source:
            words.append(f"update-source {peer.source[index]}")
        lines += [f" neighbor {address} {word}" for word in words]
    return lines


def neighbor_family(peer: Peer, index: int) -> list[str]:
    words = ["activate", f"route-map {map_name('to', peer, index)} out",
             f"route-map {map_name('from', peer, index)} in", "soft-reconfiguration inbound"]
    if peer.reflect:
        words.append("route-reflector-client")
    if peer.next_hop_self:
        words.append("next-hop-self force" if peer.reflect else "next-hop-self")
    return [f"  neighbor {peer.addresses[index]} {word}" for word in words]


def bgp(speaker: Speaker) -> list[str]:
    lines = [f"router bgp {speaker.asn}", f" bgp router-id {speaker.router_id}",
             " no bgp default ipv4-unicast", " no bgp network import-check",
             " bgp bestpath as-path multipath-relax",
             " bgp route-reflector allow-outbound-policy"]
    for peer in speaker.peers:
        lines += neighbor_session(peer)
    for index, (_, family) in enumerate(FAMILIES):
        lines.append(f" address-family {family} unicast")
        lines += [f"  network {p}" for p in speaker.originate if (":" in p) == bool(index)]
        lines += [f"  redistribute {what}" for what in speaker.redistribute]
        lines += ["  maximum-paths 4", "  maximum-paths ibgp 4"]
        for peer in speaker.peers:
            lines += neighbor_family(peer, index)
        lines.append(" exit-address-family")
    return lines + ["exit"]


def bgpd_config(speaker: Speaker) -> str:
    return "\n".join(["log file bgpd.log warnings", *prefix_lists(speaker), *route_maps(speaker),
                      *bgp(speaker)]) + "\n"


def zebra_config(speaker: Speaker) -> str:
    # With next hop objects in the kernel, zebra loses track of them when a device goes down.
    return "\n".join(["no zebra nexthop kernel enable", *prefix_lists(speaker),
                      *own_source(speaker)]) + "\n"


def speakers(topology: Topology) -> list[Node]:
    return [node for node in topology.nodes.values() if node.speaker]


def daemon(folder: RunFolder, node: str, name: str) -> list[str]:
    """The command that starts a daemon, a little preferred: hold times are three seconds."""
    home = folder.frr(node)
    return netns.inside(folder.ns(node), [
        "nice", "-n", "-10", f"{DAEMONS}/{name}", "-d", "-u", "frr", "-g", "frr", "-P", "0",
        "-f", f"{home}/{name}.conf", "-i", f"{home}/{name}.pid", "-z", f"{home}/zserv.api",
        "--vty_socket", str(home), "--log", f"file:{home}/{name}.log", "--log-level", "warnings"])


def write_configs(folder: RunFolder, topology: Topology) -> None:
    for node in speakers(topology):
        home = folder.frr(node.name)
        home.mkdir(parents=True)
        (home / "bgpd.conf").write_text(bgpd_config(node.speaker), encoding="ascii")
        (home / "zebra.conf").write_text(zebra_config(node.speaker), encoding="ascii")
        for path in (home, *home.iterdir()):
            shutil.chown(path, "frr", "frr")


def start(folder: RunFolder, topology: Topology) -> None:
    """zebra everywhere first, as bgpd waits seconds when it finds none."""
    write_configs(folder, topology)
    nodes = [node.name for node in speakers(topology)]
    netns.run_all([(daemon(folder, node, "zebra"), None) for node in nodes])
    until = time.monotonic() + START_SECONDS
    while not all((folder.frr(node) / "zserv.api").exists() for node in nodes):
        if time.monotonic() > until:
            raise LabError("zebra does not start: see the logs below " + str(folder.path / "frr"))
        time.sleep(0.02)
    netns.run_all([(daemon(folder, node, "bgpd"), None) for node in nodes])


def forget(pids: set[int]) -> None:
    """FRR leaves a folder for each process below /var/tmp/frr."""
    for pid in pids:
        for name in ("zebra", "bgpd"):
            path = f"/var/tmp/frr/{name}.{pid}"
            if os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)


def vtysh(folder: RunFolder, node: str, commands: list[str], daemon_name: str = "bgpd") -> str:
    """Runs commands in one session of vtysh; configuration needs its own `configure terminal`."""
    argv = ["vtysh", "--vty_socket", str(folder.frr(node)), "-d", daemon_name]
    for command in commands:
        argv += ["-c", command]
    return netns.run(argv)
