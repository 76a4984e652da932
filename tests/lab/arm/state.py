# SPDX-License-Identifier: BSD-2-Clause
"""The switches: what Azure shall claim, and how its API shall misbehave.

The file is read again for each request, so a test changes Azure by writing it.
Every key has a default that means "healthy".
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field, fields
from pathlib import Path


@dataclass(frozen=True)
class Switch:
    """How one operation misbehaves."""
    http_status: int | None = None    # answer at once with this status
    delay_ms: int = 0                 # wait before the answer
    body: str | None = None           # raw text in place of the document
    content_type: str = "application/json; charset=utf-8"
    never_ends: bool = False          # a long operation stays "in progress", a plain one hangs
    redirect: str | None = None       # 307 to this URL
    location: str | None = None       # the long operation's URL, in place of our own
    final_status: int | None = None   # a long operation ends with this status
    drop: bool = False                # close the connection without an answer


@dataclass(frozen=True)
class State:
    circuit_state: str | None = "Enabled"
    provider_state: str | None = "Provisioned"
    circuit_provisioning: str = "Succeeded"
    peering_state: str = "Enabled"
    peering_provisioning: str = "Succeeded"
    peering_missing: bool = False
    peerings_embedded: bool = True    # false: not refreshed since the provider configured layer 3
    extra_peerings: tuple[str, ...] = ()
    page_size: int | None = None
    peering: str | None = None        # the lab's peering is this one, in place of the topology's
    route_filter: bool = True         # Microsoft peering: false has none, and nothing is announced
    public_prefixes: str = "Configured"  # Microsoft peering: advertisedPublicPrefixesState
    peer_asn: int | None = None
    vlan: int | None = None
    primary_prefix: str | None = None
    secondary_prefix: str | None = None
    last_modified_by: str | None = None
    connection_status: str | None = "Connected"
    connection_provisioning: str = "Succeeded"
    connection_missing: bool = False
    gateway_provisioning: str = "Succeeded"
    gateway_missing: bool = False
    down: bool = False
    http_status: int | None = None
    operations: dict[str, dict] = field(default_factory=dict)
    latency_ms: int = 0
    retry_after: int | None = 1
    lro_seconds: float = 0.5
    lro: str = "location"             # location | async | async-only
    paths: dict[str, dict] = field(default_factory=dict)
    lies: dict[str, dict] = field(default_factory=dict)
    no_microsoft_row: bool = False
    health: dict | None = None        # Resource Health of the circuit
    events: tuple[dict, ...] = ()     # Service Health events
    activity: tuple[dict, ...] = ()   # activity log of the circuit
    failover_tests: tuple[dict, ...] = ()
    reach: tuple[dict, ...] = ()      # Global Reach: connections that the circuit made
    reach_from: tuple[dict, ...] = ()  # and those that others made to it
    port: dict | None = None          # ExpressRoute Direct: properties of its port
    hub: dict | None = None           # Virtual WAN: "inbound" and "outbound" routes of its hub
    metrics: dict[str, object] = field(default_factory=dict)
    sign_in: dict[str, object] = field(default_factory=dict)

    def switch(self, operation: str, path: str | None = None) -> Switch:
        """The switch of "arp.primary" before that of "arp"."""
        raw = self.operations.get(f"{operation}.{path}") if path else None
        if raw is None:
            raw = self.operations.get(operation) or {}
        known = {f.name for f in fields(Switch)}
        warn_unknown(f"operations.{operation}", raw, known)
        return Switch(**{k: v for k, v in raw.items() if k in known})

    def path_mode(self, path: str) -> str | None:
        return (self.paths.get(path) or {}).get("mode")

    def lie(self, table: str, path: str) -> object:
        return (self.lies.get(table) or {}).get(path)


def warn_unknown(where: str, raw: dict, known: set[str]) -> None:
    """A mistyped switch would make its test pass for nothing: say so."""
    for key in raw.keys() - known:
        print(f"arm: {where}: unknown key '{key}'", file=sys.stderr, flush=True)


def parse_state(raw: dict) -> State:
    known = {f.name for f in fields(State)}
    warn_unknown("state", raw, known)
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in known}
    return State(**values)


class StateFile:
    """Reads the file; while a writer is in the middle of it, the last good state stands."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.last = State()

    def read(self) -> State:
        for _ in range(5):
            try:
                self.last = self._read_once()
                return self.last
            except ValueError:
                time.sleep(0.02)
        print(f"arm: {self.path} is not JSON; the last good state stands",
              file=sys.stderr, flush=True)
        return self.last

    def _read_once(self) -> State:
        if self.path is None:
            return State()
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return State()
        raw = json.loads(text)
        if not isinstance(raw, dict):
            raise ValueError("not an object")
        return parse_state(raw)
