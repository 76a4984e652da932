# SPDX-License-Identifier: BSD-2-Clause
"""What the end-to-end tests of the Azure side share: a stand-in, a configuration, a run of
erprobe, and a count of what held."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARM = HERE.parent / "lab" / "arm" / "arm.py"
GROUP = ("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-er/providers/"
         "Microsoft.Network")
CIRCUIT = GROUP + "/expressRouteCircuits/frankfurt-1"
TENANT, CLIENT = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"
MAC = "02cf.2b02.c22"
HEALTHY = {
    "lro_seconds": 0.1, "retry_after": 0,
    "lies": {
        "arp": {p: [{"age": 3, "interface": "On-Prem", "ipAddress": f"172.16.{n}.1",
                     "macAddress": f"{MAC}{n}"}] for p, n in (("primary", 3), ("secondary", 4))},
        "bgp": {p: [{"neighbor": f"172.16.{n}.1", "v": 4, "as": 65010, "upDown": "8w4d",
                     "statePfxRcd": "12"},
                    {"neighbor": "10.100.255.12", "v": 4, "as": 65515, "upDown": "8w4d",
                     "statePfxRcd": "3"}] for p, n in (("primary", 3), ("secondary", 4))},
        "routes": {"primary": [
            {"network": "10.100.0.0/16", "nextHop": "10.100.255.13*", "locPrf": "100", "weight": 0,
             "path": "65515 I\n                    "},
            {"network": "10.10.0.0/16", "nextHop": "172.16.3.1", "locPrf": "100", "weight": 0,
             "path": "65010 I"}], "secondary": []}},
    "operations": {"bgp_peers": {"body": json.dumps({"value": [
        {"neighbor": "10.100.255.4", "asn": 12076, "state": "Connected"}]})},
        "advertised_routes": {"body": json.dumps({"value": [
            {"network": "10.100.0.0/16", "nextHop": "10.100.255.12", "sourcePeer": None,
             "origin": "Igp", "asPath": "65515", "weight": 0, "localAddress": "10.100.255.12"}]})},
        "learned_routes": {"body": json.dumps({"value": [
            {"network": "10.10.0.0/16", "nextHop": "10.100.255.4", "sourcePeer": "10.100.255.4",
             "origin": "EBgp", "asPath": "12076-65010", "weight": 32769,
             "localAddress": "10.100.255.12"}]})}}}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Bench:
    """A folder, a stand-in, and the erprobe under test."""

    def __init__(self, erprobe: str, tls: Path | None = None, topology: dict | None = None) -> None:
        self.erprobe = str(Path(erprobe).resolve())
        self.work = Path(tempfile.mkdtemp(prefix="erprobe-azure."))
        self.port = free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.log_file = self.work / "arm.log"
        arguments = [sys.executable, str(ARM), "--standalone", "--port", str(self.port),
                     "--token-file", str(self.work / "token"), "--state", str(self.work / "state.json"),
                     "--log", str(self.log_file), "--pidfile", str(self.work / "arm.pid")]
        if tls:
            arguments += ["--tls", str(tls)]
        if topology:
            self.file("topology.json", json.dumps(topology))
            arguments += ["--topology", str(self.work / "topology.json")]
        self.server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=open(self.work / "arm.err", "w"))
        atexit.register(self.server.kill)   # also of a test that ends by an exception
        self._wait_for(self.work / "arm.pid")
        self.passed = self.failed = 0
        self.rows: list[tuple[str, str]] = []
        self.outputs = ""
        self.code, self.out, self.err, self.took = 0, "", "", 0.0
        self.state()

    def _wait_for(self, path: Path) -> None:
        for _ in range(100):
            if path.exists() and path.stat().st_size:
                return
            time.sleep(0.05)
        raise SystemExit(f"server did not start: {(self.work / 'arm.err').read_text()}")

    def file(self, name: str, text: str) -> Path:
        path = self.work / name
        fresh = self.work / (name + ".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(path)
        return path

    def state(self, **changes: object) -> None:
        operations = HEALTHY["operations"] | changes.pop("operations", {})
        self.file("state.json", json.dumps(HEALTHY | changes | {"operations": operations}))
        self.log_file.write_text("")

    def config(self, auth: str, management: str | None = None, login: str | None = None,
               more: str = "", circuit: str = CIRCUIT) -> Path:
        return self.file("erprobe.yaml", f"""azure:
  cloud: custom
  endpoints: {{management: "{management or self.url}", login: "{login or self.url}"}}
  auth: {{{auth}}}
circuits:
  - name: frankfurt-1
    resource_id: {circuit}
    peering: AzurePrivatePeering
    handoff: l2
{more}""")

    def run(self, *arguments: str, command: str = "state", env: dict | None = None,
            seconds: float = 60, config: bool = True) -> None:
        began = time.monotonic()
        line = [self.erprobe, command] + (["-c", str(self.work / "erprobe.yaml")] if config else [])
        home = {"HOME": str(self.work), "XDG_STATE_HOME": str(self.work / "state")}
        done = subprocess.run(line + list(arguments), capture_output=True, text=True, check=False,
                              env=clean() | home | (env or {}), timeout=seconds)
        self.took = time.monotonic() - began
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.outputs += self.out + self.err

    def snapshot(self) -> dict:
        try:
            return json.loads(self.out)["circuits"][0]["snapshot"]
        except (ValueError, LookupError):
            return {}

    def flat(self) -> str:
        """The text without its line breaks."""
        return " ".join((self.out + " " + self.err).split())

    def log(self) -> list[dict]:
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def ok(self, name: str, held: object, note: str = "") -> None:
        if held:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {name} {note}")
            for line in (self.out + self.err).splitlines()[:30]:
                print(f"    | {line}")
        self.rows.append((name, "ok" if held else "FAILED"))

    def says(self, name: str, words: str) -> None:
        self.ok(name, words in self.flat(), f"(not said: {words})")

    def finish(self) -> int:
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.work, ignore_errors=True)
        for name, result in self.rows:
            print(f"  {result:6} {name}")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def clean() -> dict:
    """Our environment without what steers sign-in and TLS."""
    drop = ("AZURE_", "IDENTITY_", "IMDS_", "SSL_CERT", "CURL_CA", "http_proxy", "https_proxy",
            "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "XDG_")
    return {k: v for k, v in os.environ.items() if not k.startswith(drop)}
