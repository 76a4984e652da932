# SPDX-License-Identifier: BSD-2-Clause
"""A running `erprobe audit` with a stand-in for the checks, for the tests of what it serves."""

import http.client
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(seconds, condition):
    """Waits for it; its last value."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return value


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.code = int(lines[0].split(" ")[1]) if lines[0].startswith("HTTP/") else 0
        self.headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Service:
    """The service, its log and its files in a folder of its own."""

    def __init__(self, build, circuits=("a", "b"), audit="", checker_ms=20, every="1s", listen=True, limits=(), journal=False):
        self.erprobe = os.path.abspath(os.path.join(build, "erprobe"))
        self.folder = tempfile.mkdtemp(prefix="erprobe-web.")
        self.host, self.port = "127.0.0.1", free_port()
        self.circuits, self.audit, self.every, self.listen = list(circuits), audit, every, listen
        self.process, self.checker_ms, self.limits = None, checker_ms, limits
        self.journal, self.writes = journal, []  # as if the journal read it; then what each write wrote
        os.makedirs(f"{self.folder}/say")
        open(f"{self.folder}/say/calls", "w", encoding="ascii").close()
        subprocess.run(["cc", "-O1", "-D_DEFAULT_SOURCE", "-D_POSIX_C_SOURCE=200809L", "-o", f"{self.folder}/checker",
                        f"{ROOT}/tests/audit/checker.c"], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self):
        quoted = [f"  - {{name: {name!r}, links: {{primary: {{ce: 192.0.2.1, msee: 192.0.2.2}}}}}}" for name in self.circuits]
        keys = [f"every: {self.every}"] + ([f'listen: "127.0.0.1:{self.port}"'] if self.listen else [] if "listen:" in self.audit else ["listen: none"]) + ([self.audit] if self.audit else [])
        with open(f"{self.folder}/a.yaml", "w", encoding="utf-8") as f:
            f.write("\n".join(["azure: {auth: {method: none}}", "circuits:", *quoted, f"audit: {{{', '.join(keys)}}}",
                               f"history: {{path: {self.folder}/db/history.db}}", ""]))

    def start(self):
        self.write()
        ends = os.pipe2(os.O_DIRECT | os.O_CLOEXEC) if self.journal else ()
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                [self.erprobe, "audit", "--checker", f"{self.folder}/checker", "-c", f"{self.folder}/a.yaml"],
                stdout=subprocess.DEVNULL, stderr=ends[1] if self.journal else log, stdin=subprocess.DEVNULL, preexec_fn=self.lower,
                env={**os.environ, "CHECKER_DIR": f"{self.folder}/say", "CHECKER_MS": str(self.checker_ms), "CHECKER_BUNDLES": "1",
                     **({"JOURNAL_STREAM": "8:1"} if self.journal else {})})
        if self.journal:
            os.close(ends[1])
            threading.Thread(target=self.keep, args=(ends[0],), daemon=True).start()
        return self

    def keep(self, end):
        """A pipe of packets gives each write by itself."""
        with open(f"{self.folder}/log", "ab", 0) as log:
            while data := os.read(end, 65536):
                self.writes.append(data)
                log.write(data)
        os.close(end)

    def lower(self):
        for what, most in self.limits:
            resource.setrlimit(what, (most, most))

    def stop(self, number=signal.SIGTERM):
        """Ends it; its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process = None
        return code

    def reload(self):
        self.write()
        before = self.log().count("configuration reloaded")
        self.process.send_signal(signal.SIGHUP)
        return until(5, lambda: self.log().count("configuration reloaded") > before)

    def say(self, circuit, word):
        """What the checks of this circuit find from now on."""
        with open(f"{self.folder}/say/{circuit}.new", "w", encoding="ascii") as f:
            f.write(word)
        os.rename(f"{self.folder}/say/{circuit}.new", f"{self.folder}/say/{circuit}")

    def log(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def calls(self):
        """(circuit, began, ended) of every check, in seconds."""
        with open(f"{self.folder}/say/calls", encoding="ascii") as f:
            rows = [line.split() for line in f]
        return [(row[0], int(row[1]) / 1000, int(row[2]) / 1000) for row in rows]

    def children(self):
        """The processes below it that are no checks."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
                    parent = int(f.read().rpartition(")")[2].split()[1])
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    checks = b"checker\0check" in f.read()
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and not checks:
                found.append(int(pid))
        return found

    def server(self):
        """The process that serves, once there is one that lasts."""
        return until(10, lambda: next(iter(self.children()), 0))

    def raw(self, data, timeout=10):
        """Sends these bytes; all that comes back until the connection ends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as s:
            s.sendall(data)
            got = b""
            try:
                while piece := s.recv(65536):
                    got += piece
            except ConnectionResetError:
                pass
            return Answer(got)

    def get(self, path, method="GET", host=None, **headers):
        c = http.client.HTTPConnection(self.host, self.port, timeout=10)
        fields = {"Host": host or f"localhost:{self.port}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        try:
            c.request(method, path, headers=fields)
            r = c.getresponse()
            answer = Answer(b"")
            answer.code, answer.body = r.status, r.read()
            answer.headers = {k.lower(): v for k, v in r.getheaders()}
            return answer
        finally:
            c.close()

    def served(self, path="/metrics"):
        try:
            return self.get(path).code == 200
        except OSError:
            return False

    def ready(self):
        """Waits until metrics are served, with a run of every circuit."""
        def done():
            try:
                text = self.get("/metrics").text
            except OSError:
                return False
            return len(re.findall(r"^erprobe_last_run_duration_seconds\S+ (?!0\.0+$)", text, re.M)) == len(self.circuits)
        return until(15, done)


def status(pid, name):
    """A line of /proc/PID/status."""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return re.search(rf"^{name}:\s*(.*)$", f.read(), re.M)[1]


def rss_kb(pid):
    return int(status(pid, "VmRSS").split()[0])


def cpu_s(pid):
    """What it has computed so far, in seconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
