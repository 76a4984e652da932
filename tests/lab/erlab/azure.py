# SPDX-License-Identifier: BSD-2-Clause
"""The Azure Resource Manager stand-in: what it reads, starting it, its switches."""

from __future__ import annotations

import subprocess
import sys
import time

from .errors import LabError
from .runfolder import RunFolder
from .topology import AS_CUSTOMER, AS_MICROSOFT, AS_PROVIDER, CE, MSEE, PREFIX, SIDES, Topology, msee
from .wires import LAB

ARM = LAB / "arm" / "arm.py"
PORT = 8079
START_SECONDS = 30.0

GROUP = ("/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-network"
         "/providers/Microsoft.Network")
CIRCUIT = "frankfurt-1"
CIRCUIT_ID = f"{GROUP}/expressRouteCircuits/{CIRCUIT}"
GATEWAY_ID = f"{GROUP}/virtualNetworkGateways/gw-1"
PEERING = "AzurePrivatePeering"

HEALTHY = {
    "circuit_state": "Enabled", "provider_state": "Provisioned", "peering_state": "Enabled",
    "peering_missing": False, "connection_status": "Connected", "connection_missing": False,
    "down": False, "http_status": None, "latency_ms": 0,
    "paths": {"primary": {"mode": "live"}, "secondary": {"mode": "live"}}, "lies": {},
}


def circuit_side(topology: Topology, side: str) -> dict:
    outer = topology.ends(side)
    return {"prefix": PREFIX[side][0], "prefix6": PREFIX[side][1],
            "ce": CE[side][0], "ce6": CE[side][1], "msee": MSEE[side][0], "msee6": MSEE[side][1],
            "ce_node": outer.a.node, "ce_if": outer.a.device,
            "msee_node": msee(side), "msee_if": outer.b.device}


def describe(folder: RunFolder, topology: Topology) -> dict:
    """The contents of topology.json."""
    nodes = {}
    for name, node in topology.nodes.items():
        nodes[name] = {"ns": folder.ns(name), "router": node.router,
                       "loopback": list(node.loopback), "ports": list(node.ports)}
        if node.speaker:
            nodes[name] |= {"vty": str(folder.frr(name)), "asn": node.speaker.asn,
                            "router_id": node.speaker.router_id}
    links = [{"name": link.name, "wire": link.wire,
              "a": {"node": link.a.node, "if": link.a.device, "addresses": link.a.addresses},
              "b": {"node": link.b.node, "if": link.b.device, "addresses": link.b.addresses}}
             for link in topology.links]
    circuit = {"name": CIRCUIT, "resource_id": CIRCUIT_ID, "peering": PEERING,
               "azure_asn": AS_MICROSOFT,
               "peer_asn": AS_CUSTOMER if topology.handoff == "l2" else AS_PROVIDER}
    circuit |= {side: circuit_side(topology, side) for side in SIDES}
    return {"name": folder.name, "handoff": topology.handoff, "run": str(folder.path),
            "nodes": nodes, "links": links, "circuit": circuit, "gateway_node": "gw",
            "gateway_id": GATEWAY_ID, "wires": [link.name for link in topology.links if link.wire],
            "wire_socket": str(folder.wire_socket),
            "probers": [folder.ns(name) for name in topology.probers()]}


def start(folder: RunFolder) -> None:
    folder.write(folder.arm_state, HEALTHY)
    if not ARM.exists():
        print(f"lab: warning: {ARM} is missing, so nothing answers for Azure", file=sys.stderr)
        return
    pidfile = folder.path / "arm.pid"
    with open(folder.path / "arm.log", "w", encoding="ascii") as log:
        process = subprocess.Popen(
            ["/usr/bin/python3", str(ARM), "--topology", str(folder.topology),
             "--state", str(folder.arm_state), "--token-file", str(folder.token),
             "--port", str(PORT), "--pidfile", str(pidfile),
             "--log", str(folder.path / "arm-requests.jsonl")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/")
    (folder.path / "arm-start.pid").write_text(f"{process.pid}\n", encoding="ascii")
    wait_for(folder, pidfile, process, "the Azure stand-in")


def wait_for(folder: RunFolder, pidfile, process: subprocess.Popen, what: str) -> None:
    """A server writes its pid file once it listens."""
    until = time.monotonic() + START_SECONDS
    while not pidfile.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise LabError(f"{what} does not start: see the logs in {folder.path}")
        time.sleep(0.02)


def switch(folder: RunFolder, **changes: object) -> None:
    """Changes what Azure claims; `paths` is merged side by side."""
    state = folder.read(folder.arm_state, dict(HEALTHY))
    paths = changes.pop("paths", {})
    state |= changes
    state["paths"] = state.get("paths", {}) | paths
    folder.write(folder.arm_state, state)


def heal(folder: RunFolder) -> None:
    folder.write(folder.arm_state, HEALTHY)
