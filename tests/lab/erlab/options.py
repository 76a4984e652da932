# SPDX-License-Identifier: BSD-2-Clause
"""What may be chosen of a fault or a nuisance on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import LabError


@dataclass(frozen=True)
class Options:
    sides: tuple[str, ...]          # the links it applies to
    ratio: float | None = None
    ms: float | None = None         # milliseconds, added to a round trip
    size: int | None = None         # bytes of IP
    proto: str | None = None
    how: str | None = None
    direction: str | None = None
    rate: int | None = None         # bits or errors a second
    on: str | None = None           # a node

    def pick(self, *ways: str) -> str:
        """The way it is done: one of `ways`, the first by default."""
        how = self.how or ways[0]
        if how not in ways:
            raise LabError(f"--how {how}: one of {', '.join(ways)}")
        return how
