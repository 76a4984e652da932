# SPDX-License-Identifier: BSD-2-Clause
"""Long operations: 202 with a URL to ask, until the result is there.

Two patterns of Azure Resource Manager: polling the Location URL (as recorded from the ARP table
of a real circuit) and polling an Azure-AsyncOperation status document.
"""

from __future__ import annotations

import threading
import time
import traceback
import uuid
from dataclasses import dataclass, field
from typing import Callable

from errors import ArmError, ReadError, internal, unreadable

KEEP_SECONDS = 600.0


@dataclass
class Operation:
    """One started operation; the result is a document, raw text, or an error."""
    name: str
    path: str | None
    ready_at: float
    never_ends: bool = False
    pattern: str = "location"
    identity: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)
    result: object = None
    error: ArmError | None = None
    finished: bool = False

    def done(self) -> bool:
        return self.finished and not self.never_ends and time.monotonic() >= self.ready_at


class Operations:
    """All operations of this process, found by the GUID in their URL."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Operation] = {}

    def start(self, operation: Operation, work: Callable[[], object]) -> None:
        """The router is read in a thread of its own, as Azure does it behind its API."""
        with self._lock:
            self._forget_old()
            self._known[operation.identity] = operation
        threading.Thread(target=self._run, args=(operation, work), daemon=True).start()

    def find(self, identity: str) -> Operation:
        with self._lock:
            found = self._known.get(identity.lower())
        if found is None:
            raise ArmError(404, "OperationNotFound", f"The operation '{identity}' is not known.")
        return found

    @staticmethod
    def _run(operation: Operation, work: Callable[[], object]) -> None:
        try:
            operation.result = work()
        except ArmError as error:
            operation.error = error
        except ReadError as error:
            operation.error = unreadable(error)
        except Exception as error:   # a bug here must show as a failed operation, not a hang
            traceback.print_exc()
            operation.error = internal(f"{type(error).__name__}: {error}")
        operation.finished = True

    def _forget_old(self) -> None:
        limit = time.monotonic() - KEEP_SECONDS
        for identity in [i for i, op in self._known.items() if op.started < limit]:
            del self._known[identity]


def status_document(operation: Operation) -> dict:
    """The Azure-AsyncOperation document; always a status, an error when it failed."""
    if not operation.done():
        return {"status": "InProgress"}
    if operation.error is not None:
        return {"status": "Failed", **operation.error.document()}
    if operation.pattern == "async-only":
        return {"status": "Succeeded", "properties": operation.result}
    return {"status": "Succeeded"}
