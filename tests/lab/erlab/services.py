# SPDX-License-Identifier: BSD-2-Clause
"""The servers in targets and control: one process for all of them."""

from __future__ import annotations

import subprocess

from .azure import wait_for
from .runfolder import RunFolder
from .topology import Topology
from .wires import LAB


def start(folder: RunFolder, topology: Topology) -> subprocess.Popen:
    """Does not wait: see `wait`."""
    specs = [f"{folder.ns(node.name)}:{','.join(map(str, node.ports))}"
             for node in topology.nodes.values() if node.ports]
    with open(folder.path / "listener.log", "w", encoding="ascii") as log:
        process = subprocess.Popen(
            ["/usr/bin/python3", str(LAB / "listener.py"), str(folder.path / "listener.pid"),
             *specs], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            cwd="/")
    (folder.path / "listener-start.pid").write_text(f"{process.pid}\n", encoding="ascii")
    return process


def wait(folder: RunFolder, process: subprocess.Popen) -> None:
    wait_for(folder, folder.path / "listener.pid", process, "the listener")
