# SPDX-License-Identifier: BSD-2-Clause
"""Up and down."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time

from . import azure, configs, frr, netns, network, routing, services, wires
from .errors import LabError
from .runfolder import RunFolder, end_processes
from .topology import Topology, build

CONVERGE_SECONDS = 60.0
NEEDED = ("ip", "nsenter", "nft", "sysctl", "ethtool", "vtysh", "make")


def check_machine() -> None:
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        raise LabError(f"{', '.join(missing)}: not installed")


def nodes_of(folder: RunFolder) -> list[str]:
    """The nodes of a lab as its folder describes it, whether it is up, broken or dead."""
    return list((folder.read(folder.topology) or {"nodes": {}})["nodes"])


def refuse_leftovers(folder: RunFolder) -> None:
    """A lab that lives is nobody's to clear. One whose processes are all gone (a machine that
    was restarted, a runner that was killed) is a heap of files and namespaces."""
    if not folder.path.exists():
        return
    nodes = nodes_of(folder)
    spaces = [folder.ns(node) for node in nodes]
    if not folder.pids() and not netns.processes_in(spaces):
        print(f"lab: '{folder.name}' has no process left: clearing what it left", file=sys.stderr)
        clear(folder, nodes)
    elif folder.ready.exists():
        raise LabError(f"lab '{folder.name}' is already up: `lab down --name {folder.name}` ends it")
    else:
        raise LabError(f"{folder.path} is what a broken lab left: "
                       f"`lab down --name {folder.name}` clears it")


def stop_on_signals() -> None:
    """An interrupted `up` takes itself down, whatever interrupted it."""
    def leave(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, leave)


def up(folder: RunFolder, handoff: str, family: str, seed: int, extra_wires: list[str]) -> None:
    check_machine()
    refuse_leftovers(folder)
    topology = build(handoff, extra_wires)
    network.refuse_taken(folder, topology)
    wires.build()
    stop_on_signals()
    before = time.monotonic()
    folder.create()
    try:
        assemble(folder, topology, family, seed)
    except BaseException:
        if not isinstance(sys.exc_info()[1], LabError):
            print("lab: interrupted: clearing up", file=sys.stderr)
        clear(folder, list(topology.nodes))
        raise
    folder.write(folder.ready, {"handoff": handoff, "family": family, "wires": extra_wires})
    print(f"lab {folder.name} ({handoff}) is up after {time.monotonic() - before:.1f} s: "
          f"{folder.path}")


def assemble(folder: RunFolder, topology: Topology, family: str, seed: int) -> None:
    folder.write(folder.topology, azure.describe(folder, topology))     # `down` reads it
    network.create(folder, topology, seed)
    frr.start(folder, topology)
    listener = services.start(folder, topology)
    configs.write(folder, topology, family)
    azure.start(folder)
    services.wait(folder, listener)
    routing.wait(folder, routing.healthy(topology), CONVERGE_SECONDS)


def clear(folder: RunFolder, nodes: list[str]) -> None:
    """Removes all that may exist of a lab."""
    namespaces = [folder.ns(node) for node in nodes if netns.exists(folder.ns(node))]
    # Again, as a daemon that was starting may have forked meanwhile.
    while pids := set(folder.pids() + netns.processes_in(namespaces)):
        end_processes(list(pids))
        frr.forget(pids)
    for ns in namespaces:
        subprocess.run(["ip", "netns", "delete", ns], check=False)
    folder.remove()


def down(folder: RunFolder) -> None:
    if not folder.path.exists():
        print(f"lab '{folder.name}' is not up")
        return
    clear(folder, nodes_of(folder))


def current(folder: RunFolder) -> Topology:
    """The topology of a lab that is up."""
    ready = folder.read(folder.ready)
    if ready is None:
        raise LabError(f"lab '{folder.name}' is not up")
    return build(ready["handoff"], ready["wires"])
