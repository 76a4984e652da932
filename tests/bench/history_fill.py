#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fills a history that `erprobe audit` began (what it found goes) with the runs of many circuits, by SQL alone:
a year of 50 circuits would take the service a year.

    history_fill.py DATABASE CIRCUITS DAYS EVERY_SECONDS DETAIL_DAYS [END_SECONDS]

Every circuit is healthy but for an hour in which the provider loses its primary link (every
ninth day), an hour of loss at Azure (every 31st day) and a change of path (every 20th day).
Runs, links, segments, hops and targets are those of the last DETAIL_DAYS in full; sums by hour
and day, incidents, events and changes of all."""

import sqlite3
import sys
import time

HOUR, DAY = 3600 * 10**6, 86400 * 10**6

db_path, circuits, days, every, detail = sys.argv[1], *map(int, sys.argv[2:6])
end = int(sys.argv[6]) if len(sys.argv) > 6 else int(time.time())
every *= 10**6
until = end * 10**6
until -= until % every
since = until - days * DAY
d = sqlite3.connect(db_path, isolation_level=None)
for line in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-400000", "PRAGMA temp_store=MEMORY", "BEGIN"):
    d.execute(line)


def run(sql, **values):
    d.execute(sql, {"since": since, "until": until, "every": every, "circuits": circuits, "hour": HOUR, "day": DAY,
                    "detailed": until - detail * DAY, **values})


# What a run finds, as a function of circuit and time.
BAD = """CASE WHEN (at / :day + c * 3) % 9 = 4 AND at % :day BETWEEN (c % 20) * :hour AND (c % 20 + 1) * :hour - 1 THEN 'degraded'
         WHEN (at / :day + c * 7) % 31 = 6 AND at % :day BETWEEN 3 * :hour AND 4 * :hour - 1 THEN 'fault' ELSE 'healthy' END"""

for table in ("run", "tally", "rollup", "link", "segment", "hop", "target", "link_day", "memory", "path", "circuit"):
    d.execute(f"DELETE FROM {table}")
run("INSERT INTO circuit(name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :circuits)"
    " SELECT printf('circuit-%03d', i) FROM n WHERE true ON CONFLICT DO NOTHING")
run("INSERT INTO path(hops) VALUES('10.10.1.1 172.16.1.1 172.16.3.2 10.101.7.7'),('10.10.1.1 172.16.1.9 172.16.3.2 10.101.7.7')"
    " ON CONFLICT DO NOTHING")
run("CREATE TEMP TABLE who AS SELECT id AS cid, CAST(substr(name, 9) AS INTEGER) AS c FROM circuit WHERE name LIKE 'circuit-%'")
run(f"""INSERT INTO run(run_id,circuit,started,ended,outcome,deep,status,domain,fault,link,confidence,contact,summary,probes,dropped,azure)
    WITH RECURSIVE t(at) AS (SELECT :since UNION ALL SELECT at + :every FROM t WHERE at + :every < :until)
    SELECT printf('%08x-%04x-7%03x-b%03x-%012x', (at / 1000) >> 16, (at / 1000) & 65535, c, c, at / 1000 * 1000 + c), cid, at + c * 1000,
           at + c * 1000 + 4200000, 'finished', 0, s, CASE s WHEN 'degraded' THEN 'wan' WHEN 'fault' THEN 'azure' END,
           CASE s WHEN 'degraded' THEN 'wan.circuit-down' WHEN 'fault' THEN 'azure.loss' END,
           CASE s WHEN 'degraded' THEN 'primary' WHEN 'fault' THEN 'both' END, 0.997,
           CASE s WHEN 'degraded' THEN 'provider' WHEN 'fault' THEN 'microsoft' END,
           CASE s WHEN 'healthy' THEN 'Both links work; 3 of 3 targets answer.'
                  WHEN 'degraded' THEN 'On the primary link: layer 2 between edge and MSEE is down; traffic still works over the other link.'
                  ELSE 'Beyond the MSEE packets are lost on both links: 20 % on the way to every target.' END, 612, 0, 1
    FROM (SELECT at, cid, c, {BAD} AS s FROM t CROSS JOIN who ORDER BY at, cid)""")
for unit, width in (("hour", HOUR), ("day", DAY)):
    run("INSERT INTO tally SELECT circuit, :unit, started - started % :width, count(*), sum(status='healthy'), sum(status='degraded'),"
        " sum(status='fault'), 0, 0 FROM run GROUP BY 1, 3 ORDER BY 1, 3", unit=unit, width=width)
    # Delay: a base of the circuit and link, a daily wave, a step of 900 us on the WAN in the second half.
    run("""INSERT INTO rollup SELECT circuit, :unit, at, link, domain, runs, runs, runs * added, added - 150, added + 400, runs, 0, 0
        FROM (SELECT t.circuit, t.at, l.link, m.domain, t.runs,
                     m.base + t.circuit * 37 % 900 + l.more + (t.at / :hour) % 24 * 11 + iif(m.domain='wan' AND t.at > :half, 900, 0) AS added
              FROM tally t CROSS JOIN (SELECT 'primary' AS link, 0 AS more UNION SELECT 'secondary', 350) l
              CROSS JOIN (SELECT 'corporate' AS domain, 300 AS base UNION SELECT 'wan', 4200 UNION SELECT 'azure', 900) m WHERE t.unit=:unit)
        ORDER BY 1, 3, 4, 5""", unit=unit, half=(since + until) // 2)
run("INSERT INTO link_day SELECT circuit, at, l.link, runs, iif(l.link='primary', healthy, healthy + degraded), 0,"
    " fault + iif(l.link='primary', degraded, 0), 0 FROM tally CROSS JOIN (SELECT 'primary' AS link UNION SELECT 'secondary') l WHERE unit='day'"
    " ORDER BY 1, 2, 3")
run("INSERT INTO link SELECT id, l.link, iif(l.link='primary' AND status='degraded', 'fault', 'healthy'), 1 FROM run"
    " CROSS JOIN (SELECT 'primary' AS link UNION SELECT 'secondary') l WHERE started >= :detailed ORDER BY 1, 2")
run("INSERT INTO segment SELECT run, link, m.domain, m.base + run % 500, 0, 0, 0.03 FROM link"
    " CROSS JOIN (SELECT 'corporate' AS domain, 300 AS base UNION SELECT 'wan', 4200 UNION SELECT 'azure', 900) m ORDER BY 1, 2, 3")
run("""INSERT INTO hop SELECT run, link, 4, ttl, printf('10.%d.%d.1', iif(link='primary', 1, 2), ttl), iif(ttl < 3, 'corporate',
    iif(ttl < 6, 'wan', 'azure')), 8, 8, ttl * 700, ttl * 800, ttl * 900, ttl * 1000 FROM link CROSS JOIN
    (WITH RECURSIVE n(ttl) AS (SELECT 1 UNION ALL SELECT ttl + 1 FROM n WHERE ttl < 8) SELECT ttl FROM n) ORDER BY 1, 2, 3, 4""")
run("INSERT INTO target SELECT id, t.name, t.name='dc', 1, 0, 6100, 7400 FROM run CROSS JOIN (SELECT 'app' AS name UNION SELECT 'db' UNION SELECT"
    " 'dc') t WHERE started >= :detailed ORDER BY 1, 2")
run("""CREATE TEMP TABLE spell AS SELECT circuit, min(id) AS first, max(id) AS last, min(started) AS opened, max(started) AS closed, status, domain,
    fault, link, contact, summary, min(run_id) AS key FROM (SELECT *, row_number() OVER (PARTITION BY circuit ORDER BY started) -
    row_number() OVER (PARTITION BY circuit, status ORDER BY started) AS part FROM run) WHERE status <> 'healthy'
    GROUP BY circuit, status, part ORDER BY opened""")
run("INSERT INTO incident(circuit,opened,closed,status,domain,fault,link,confidence,contact,summary,key,maintenance) SELECT circuit, opened,"
    " closed + 3 * :every, status, domain, fault, link, 0.997, contact, summary, key, iif(opened / :day % 18 = 4, 'Circuit maintenance', NULL) FROM spell")
run("INSERT INTO event(incident,at,step,run) SELECT i.id, i.opened + :every, 'opened', s.first FROM incident i JOIN spell s USING(circuit, opened)"
    " UNION ALL SELECT i.id, i.closed, 'closed', s.last FROM incident i JOIN spell s USING(circuit, opened) ORDER BY 2")
run("""INSERT INTO change(circuit,at,kind,what,before,after,run) SELECT circuit, started, 'path', 'primary',
    '10.10.1.1 172.16.1.1 172.16.3.2 10.101.7.7', '10.10.1.1 172.16.1.9 172.16.3.2 10.101.7.7', id FROM run
    WHERE started / :day % 20 = 11 AND started % :day BETWEEN 5 * :hour AND 5 * :hour + :every - 1""")
run("INSERT OR REPLACE INTO memory(circuit,last_run,bad,runs,first_bad,seen_runs) SELECT circuit, max(id), 0, 3, 0, 0 FROM run GROUP BY 1")
d.execute("COMMIT")
d.execute("PRAGMA optimize")
d.execute("PRAGMA wal_checkpoint(TRUNCATE)")
print("runs", d.execute("SELECT count(*) FROM run").fetchone()[0], "incidents", d.execute("SELECT count(*) FROM incident").fetchone()[0])
