# SPDX-License-Identifier: BSD-2-Clause
"""What faults and nuisances are made of. Every effect is written down before it is made, so
that `heal` can take all of them back, in another process and after a crash too."""

from __future__ import annotations

from . import azure, frr, netns, network, wires
from .runfolder import RunFolder
from .topology import Topology

# What crosses the customer's side of a wire in direction "ab" is on its way to Azure.
TO_AZURE, FROM_AZURE, BOTH = "ab", "ba", "both"


class Effects:
    def __init__(self, folder: RunFolder, topology: Topology) -> None:
        self.folder = folder
        self.topology = topology
        self.journal = folder.read(folder.applied) or {
            "applied": [], "tables": [], "undo": [], "touched": [], "wires": []}

    def record(self, key: str, entry: object) -> None:
        self.journal[key].append(entry)
        self.folder.write(self.folder.applied, self.journal)

    # ---- wires ----

    def wire(self, name: str, direction: str, *settings: str) -> None:
        self.record("wires", name)
        wires.change(self.folder, name, direction, *settings)

    def cut(self, name: str, direction: str = BOTH) -> None:
        """Nothing passes, the carrier stays. The neighbours' tables age at once, as they would
        within a minute."""
        self.wire(name, direction, "loss=1")
        link = next(link for link in self.topology.links if link.name == name)
        for end in (link.a, link.b):
            self.forget_neighbours(end.node, end.device)

    def forget_neighbours(self, node: str, device: str) -> None:
        netns.run(["ip", "-n", self.folder.ns(node), "neigh", "flush", "dev", device],
                  check=False)

    # ---- packet filters ----

    def filter(self, node: str, hook: str, *rules: str) -> None:
        """Adds a table of its own with these rules at a hook: input, output, forward."""
        table = f"fault{len(self.journal['tables'])}"
        self.record("tables", [node, table])
        body = "\n".join(f"    {rule}" for rule in rules)
        text = (f"table inet {table} {{\n  chain rules {{\n"
                f"    type filter hook {hook} priority -10\n{body}\n  }}\n}}\n")
        netns.run(netns.inside(self.folder.ns(node), ["nft", "-f", "-"]), text)

    # ---- devices and routes ----

    def down(self, node: str, *devices: str) -> None:
        """Takes devices down; all of the node's when none is named: the node is dead."""
        self.record("touched", node)
        chosen = devices or tuple(self.topology.devices(node))
        netns.run(["ip", "-n", self.folder.ns(node), "-batch", "-"],
                  "".join(f"link set {device} down\n" for device in chosen))
        for link in self.topology.links:
            for near, far in ((link.a, link.b), (link.b, link.a)):
                if near.node == node and near.device in chosen:
                    self.forget_neighbours(far.node, far.device)

    def ip(self, node: str, do: list[str], undo: list[str]) -> None:
        self.record("undo", ["ip", node, undo])
        netns.run(["ip", "-n", self.folder.ns(node), *do])

    def sysctl(self, node: str, **values: tuple[str, str]) -> None:
        """name=(value, value that heals); __ stands for a dot."""
        for name, (value, healed) in values.items():
            key = name.replace("__", ".")
            self.record("undo", ["sysctl", node, [f"{key}={healed}"]])
            netns.run(netns.inside(self.folder.ns(node), ["sysctl", "-q", f"{key}={value}"]))

    # ---- BGP ----

    def bgp(self, node: str, do: list[str], undo: list[str]) -> None:
        """Configuration lines below `router bgp`."""
        asn = self.topology.nodes[node].speaker.asn
        self.record("undo", ["bgp", node, undo])
        configure_bgp(self.folder, node, asn, do)

    # ---- Azure's words ----

    def azure(self, **changes: object) -> None:
        azure.switch(self.folder, **changes)

    # ---- the way back ----

    def may_shake_bgp(self) -> bool:
        """A session may have been close to its end when it was healed."""
        return bool(self.journal["wires"] or self.journal["touched"] or self.journal["undo"])

    def heal(self) -> None:
        wires.reset(self.folder)
        azure.heal(self.folder)
        for node, table in self.journal["tables"]:
            netns.run(netns.inside(self.folder.ns(node),
                                   ["nft", "delete", "table", "inet", table]), check=False)
        for node in dict.fromkeys(self.journal["touched"]):
            netns.run(["ip", "-n", self.folder.ns(node), "-batch", "-"],
                      network.configure(self.topology, node))
        for kind, node, lines in reversed(self.journal["undo"]):
            self.undo(kind, node, lines)
        self.folder.applied.unlink(missing_ok=True)

    def undo(self, kind: str, node: str, lines: list[str]) -> None:
        if kind == "ip":
            netns.run(["ip", "-n", self.folder.ns(node), *lines], check=False)
        elif kind == "sysctl":
            netns.run(netns.inside(self.folder.ns(node), ["sysctl", "-q", *lines]))
        elif kind == "bgp":
            configure_bgp(self.folder, node, self.topology.nodes[node].speaker.asn, lines)


def configure_bgp(folder: RunFolder, node: str, asn: int, lines: list[str]) -> None:
    frr.vtysh(folder, node, ["configure terminal", f"router bgp {asn}", *lines, "end"])
