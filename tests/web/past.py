# SPDX-License-Identifier: BSD-2-Clause
"""A day of runs in a history that the service has made, for what the page shows of it."""

import math
import sqlite3
import time


def fill(path, circuit, fault_hours=(), every_s=300, base_us=2000):
    """A run every so often up to now; those whose age in hours lies in [from, to) are faults."""
    d = sqlite3.connect(path, timeout=10)
    now = int(time.time() * 1e6)
    d.execute("INSERT OR IGNORE INTO circuit(name) VALUES(?)", (circuit,))
    number = d.execute("SELECT id FROM circuit WHERE name=?", (circuit,)).fetchone()[0]
    for age in range(86400 - 60, 60, -every_s):
        bad = any(low <= age / 3600 < high for low, high in fault_hours)
        at = now - age * 1_000_000
        status = "fault" if bad else "healthy"
        run = d.execute("INSERT INTO run(circuit,started,ended,outcome,deep,status,domain,fault,link,confidence,summary,probes,dropped,azure)"
                        " VALUES(?,?,?,'finished',0,?,?,?,?,0.97,'',420,0,1)",
                        (number, at, at + 900_000, status, *(("wan", "wan.circuit-down", "primary") if bad else (None, None, None)))).lastrowid
        for i, link in enumerate(("primary", "secondary")):
            if not (bad and i == 0):
                us = int(base_us * (1 + 0.1 * i) + 250 * math.sin(age / 9000 + i) + age * 7919 % 120)
                d.execute("INSERT INTO segment(run,link,domain,added_us,loss) VALUES(?,?,'wan',?,0)", (run, link, us))
    d.commit()
    d.close()
