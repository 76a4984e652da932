#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for Azure Resource Manager, whose MSEE tables are those of the lab's routers.

    arm.py --topology RUN/topology.json --state RUN/arm-state.json --token-file RUN/token \\
           --port 8079 --pidfile RUN/arm.pid [--log RUN/requests.jsonl] [--standalone]

Runs in the foreground and ends on SIGTERM.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import signal
import ssl
import sys
import time
from pathlib import Path
from typing import TextIO

sys.dont_write_bytecode = True   # leave nothing beside the sources

from api import Api
from listen import listening_socket, listening_socket_in
from readers import LabReader
from server import ArmServer
from topology import load_topology

END_SIGNALS = {signal.SIGTERM, signal.SIGINT}
TOKEN_SECONDS = 24 * 3600


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--topology", type=Path, help="what the lab built (JSON)")
    parser.add_argument("--state", type=Path, help="the switches (JSON), read at each request")
    parser.add_argument("--token-file", type=Path, help="bearer token; made if missing")
    parser.add_argument("--port", type=int, default=8079)
    parser.add_argument("--pidfile", type=Path, help="written once it listens")
    parser.add_argument("--log", type=Path, help="one JSON line a request")
    parser.add_argument("--standalone", action="store_true",
                        help="listen in this namespace too")
    parser.add_argument("--tls", type=Path, help="speak TLS with this certificate and key (PEM)")
    parser.add_argument("--self-check", action="store_true", help="run the tests and end")
    parsed = parser.parse_args(argv)
    if not parsed.self_check and parsed.token_file is None:
        parser.error("--token-file is required")
    return parsed


def segment(document: dict | bytes) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_token() -> str:
    """Three base64url parts as those of Entra ID; the signature is random."""
    now = int(time.time())
    claims = {"aud": "https://management.azure.com/", "iat": now, "nbf": now,
              "exp": now + TOKEN_SECONDS, "jti": secrets.token_hex(8)}
    return ".".join((segment({"typ": "JWT", "alg": "RS256"}), segment(claims),
                     segment(secrets.token_bytes(256))))


def ensure_token(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(new_token() + "\n")


def open_servers(options: argparse.Namespace, api: Api, log: TextIO | None) -> list[ArmServer]:
    """One server a prober's namespace. All sockets are made before the first thread starts."""
    probers = load_topology(options.topology).probers
    listeners = [listening_socket_in(ns, options.port) for ns in probers]
    if options.standalone or not probers:
        listeners.append(listening_socket(options.port))
    return [ArmServer(listener, api, log, tls_context(options.tls)) for listener in listeners]


def tls_context(certificate: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def serve(options: argparse.Namespace) -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)   # before any thread, for sigwait
    ensure_token(options.token_file)
    api = Api(options.topology, options.state, options.token_file, LabReader())
    log = open(options.log, "a", encoding="utf-8") if options.log else None
    servers = open_servers(options, api, log)
    for server in servers:
        server.start()
    if options.pidfile:
        options.pidfile.write_text(f"{os.getpid()}\n", encoding="ascii")
    try:
        signal.sigwait(END_SIGNALS)
    finally:
        stop(servers, api, options.pidfile)
    return 0


def stop(servers: list[ArmServer], api: Api, pidfile: Path | None) -> None:
    api.stopping.set()
    for server in servers:
        server.shutdown()
        server.server_close()
    if pidfile:
        pidfile.unlink(missing_ok=True)


def main(argv: list[str]) -> int:
    options = arguments(argv)
    if options.self_check:
        import test_arm
        return test_arm.main()
    try:
        return serve(options)
    except OSError as error:
        print(f"arm: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
