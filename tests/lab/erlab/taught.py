# SPDX-License-Identifier: BSD-2-Clause
"""What only a baseline can tell: a configuration with a history of its own, and healthy runs that fill it. The
lab's routers are microseconds apart, so the nuisance "distance" gives its wires the delay of real ones first."""

from __future__ import annotations

import os
import subprocess

RUNS = 4
TOLD_BY_BASELINE = ("corp.path-latency", "azure.gateway-latency", "wan.reroute")


def with_history(config: str, folder: str) -> str:
    """The same configuration, in the folder, with its history beside it."""
    path = os.path.join(folder, "taught-" + os.path.basename(config))
    state = os.path.join(folder, os.path.basename(config) + ".state")
    os.makedirs(state, exist_ok=True)
    with open(config, encoding="utf-8") as f:
        lines = [line for line in f.read().split("\n") if not line.startswith("history:")]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines + [f"history: {{path: {state}/history.db}}", ""]))
    return path


def teach(lab: list[str], name: str, erprobe: str, config: str, runs: int = RUNS) -> str | None:
    """Runs it on the healthy lab, at its distances. None when all were healthy, else why not."""
    done = subprocess.run([*lab, "nuisance", "distance", "--name", name], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"lab nuisance distance: {done.stderr.strip()[-200:]}"
    for run in range(runs):
        done = subprocess.run([*lab, "run", "--name", name, "--", erprobe, "check", "-q", "-c", config],
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            return f"healthy run {run + 1} exits with {done.returncode}: {(done.stdout or done.stderr).strip()[:200]}"
    return None
