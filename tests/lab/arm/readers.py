# SPDX-License-Identifier: BSD-2-Clause
"""Reads the lab's routers: ip(8) for neighbours and counters, bgpd's own socket for BGP."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Protocol

from errors import ReadError
from topology import Node
from vty import ask

COMMAND_SECONDS = 5.0


@dataclass(frozen=True)
class Interface:
    """An MSEE's port."""
    up: bool
    mac: str
    rx_bytes: int
    tx_bytes: int


@dataclass(frozen=True)
class Neighbour:
    """One entry of the ARP or ND cache; mac is None while nobody has answered."""
    address: str
    mac: str | None
    age_seconds: int


class Reader(Protocol):
    """What the tables need to know of a router; tests put their own in its place."""

    def interface(self, node: Node, ifname: str) -> Interface: ...

    def interface_with(self, node: Node, address: str) -> str: ...

    def neighbours(self, node: Node, ifname: str) -> list[Neighbour]: ...

    def ask(self, node: Node, ifname: str, address: str) -> None: ...

    def bgp(self, node: Node, command: str) -> dict: ...


def run(argv: list[str]) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReadError(str(error)) from error
    if done.returncode != 0:
        raise ReadError(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def parse_json(what: str, text: str) -> object:
    try:
        return json.loads(text or "[]")
    except ValueError as error:
        raise ReadError(f"{what}: not JSON: {text[:80]}") from error


def run_json(argv: list[str]) -> object:
    return parse_json(" ".join(argv), run(argv).strip())


def parse_neighbour(raw: dict) -> Neighbour:
    """FAILED and INCOMPLETE entries keep no usable address, whatever they once held."""
    unusable = {"FAILED", "INCOMPLETE", "NONE"} & set(raw.get("state", []))
    return Neighbour(raw["dst"], None if unusable else raw.get("lladdr"),
                     int(raw.get("confirmed", raw.get("updated", 0))))


class LabReader:
    """The live reader."""

    def _ip(self, node: Node, *words: str) -> list:
        if not node.ns:
            raise ReadError(f"{node.name}: no namespace is known")
        return run_json(["ip", "-n", node.ns, "-s", "-j", *words])

    def interface(self, node: Node, ifname: str) -> Interface:
        rows = self._ip(node, "link", "show", "dev", ifname)
        if not rows:
            raise ReadError(f"{node.name}: no interface {ifname}")
        counters = rows[0].get("stats64", {})
        return Interface("UP" in rows[0].get("flags", []), rows[0].get("address", ""),
                         counters.get("rx", {}).get("bytes", 0),
                         counters.get("tx", {}).get("bytes", 0))

    def interface_with(self, node: Node, address: str) -> str:
        for row in self._ip(node, "addr", "show"):
            if any(a.get("local") == address for a in row.get("addr_info", [])):
                return row["ifname"]
        raise ReadError(f"{node.name}: no interface has {address}")

    def neighbours(self, node: Node, ifname: str) -> list[Neighbour]:
        rows = self._ip(node, "neigh", "show", "dev", ifname)
        return [parse_neighbour(row) for row in rows if "dst" in row]

    def ask(self, node: Node, ifname: str, address: str) -> None:
        """Makes the kernel resolve the address, as a BGP connection attempt would: no packet
        but the ARP request or neighbour solicitation itself leaves."""
        if node.ns:
            run(["ip", "-n", node.ns, "neigh", "replace", address, "dev", ifname, "use"])

    def bgp(self, node: Node, command: str) -> dict:
        """The JSON of a show command; `vty` is a folder of sockets or a name for vtysh -N."""
        if not node.vty:
            raise ReadError(f"{node.name}: no vty socket is known")
        if "/" in node.vty:
            document = parse_json(command, ask(f"{node.vty}/bgpd.vty", command, COMMAND_SECONDS))
        else:
            document = run_json(["vtysh", "-N", node.vty, "-d", "bgpd", "-c", command])
        if not isinstance(document, dict):
            raise ReadError(f"{node.name}: {command}: no answer")
        return document
