# SPDX-License-Identifier: BSD-2-Clause
"""Ready configurations for erprobe: by where it probes from, and by address family."""

from __future__ import annotations

from .azure import CIRCUIT, CIRCUIT_ID, GATEWAY_ID, PEERING, PORT
from .runfolder import RunFolder
from .topology import (AS_CUSTOMER, AS_PROVIDER, CE, CONTROL, DOMAINS, MSEE, SIDES, SOURCE, TARGETS, Topology)

FAMILIES = {"ipv4": (0,), "ipv6": (1,), "dual": (0, 1)}
SUFFIX = {"ipv4": "-v4", "ipv6": "-v6", "dual": "-dual"}
VLAN = 300  # as the stand-in for Azure has it
SERVICES = (("app", "t1", "443, 22"), ("db", "t2", "443"))


def addresses(pair: tuple[str, str], family: str) -> str:
    """One address as it is, one of each family as a list. Quoted: IPv6 has colons."""
    chosen = [f'"{pair[i]}"' for i in FAMILIES[family]]
    return chosen[0] if len(chosen) == 1 else f"[{', '.join(chosen)}]"


def azure(folder: RunFolder, kind: str) -> list[str]:
    if kind == "noazure":
        return ["azure:", "  auth: {method: none}"]
    return ["azure:", "  cloud: custom",
            f'  endpoints: {{management: "http://127.0.0.1:{PORT}"}}',
            f"  auth: {{method: token_file, path: {folder.token}}}"]


def link(topology: Topology, kind: str, side: str, family: str) -> str:
    fields = [f"ce: {addresses(CE[side], family)}", f"msee: {addresses(MSEE[side], family)}"]
    if kind == "source":
        fields.append(f"source: {addresses(SOURCE[side], family)}")
    if kind == "edge1" and side == "primary":
        fields.append(f"interface: {topology.ends(side).a.device}")
    if kind in ("own", "tagged"):
        fields += [f"asn: {AS_PROVIDER if topology.handoff == 'l3' else AS_CUSTOMER}", f"vlan: {VLAN + (kind == 'tagged' and side == 'primary')}"]
    return f"      {side}: {{{', '.join(fields)}}}"


def domains(family: str) -> list[str]:
    lines = []
    for domain, prefixes in DOMAINS.items():
        chosen = [f'"{p}"' for p in prefixes if int(":" in p) in FAMILIES[family]]
        lines.append(f"      {domain}: [{', '.join(chosen)}]")
    return lines


def endpoints(name: str, pair: tuple[str, str], ports: str, family: str) -> list[str]:
    """An entry has one address, so a node with two families is two entries."""
    both = len(FAMILIES[family]) > 1
    return [f'      - {{name: {name}{"-v6" if both and i else ""}, address: "{pair[i]}", '
            f"tcp: [{ports}]}}" for i in FAMILIES[family]]


def render(folder: RunFolder, topology: Topology, kind: str, family: str) -> str:
    lines = azure(folder, kind) + [
        "circuits:",
        f"  - name: {CIRCUIT}",
        f"    resource_id: {CIRCUIT_ID}",
        f"    peering: {'MicrosoftPeering' if kind == 'microsoft' else PEERING}",
        f"    handoff: {'direct' if kind == 'direct' else topology.handoff}",
        "    links:",
        *(link(topology, kind, side, family) for side in SIDES),
        "    domains:",
        *domains(family),
        *([] if kind == "microsoft" else [f"    gateway_id: {GATEWAY_ID}"]),
        "    targets:",
    ]
    for name, node, ports in SERVICES:
        lines += endpoints(name, TARGETS[node], ports, family)
    lines += ["    controls:", *endpoints("dc-1", CONTROL, "53", family)]
    lines += [f"history: {{path: {folder.path}/history-{kind}-{family}.db}}"]
    return "\n".join(lines) + "\n"


def write(folder: RunFolder, topology: Topology, family: str) -> None:
    """erprobe.yaml and erprobe-KIND.yaml have the chosen family; with -v4, -v6, -dual behind
    them, the one named."""
    kinds = ["flow", "source", "edge1", "noazure", "own", "tagged", "microsoft"]
    for kind in kinds + (["direct"] if topology.handoff == "l2" else []):
        stem = "erprobe" if kind == "flow" else f"erprobe-{kind}"
        for each, suffix in SUFFIX.items():
            text = render(folder, topology, kind, each)
            (folder.path / f"{stem}{suffix}.yaml").write_text(text, encoding="ascii")
            if each == family:
                (folder.path / f"{stem}.yaml").write_text(text, encoding="ascii")
