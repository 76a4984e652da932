# SPDX-License-Identifier: BSD-2-Clause
"""A web server that is not Azure: `thief.py PORT-FILE LOG MODE`.

Writes its port to PORT-FILE, one line for each request to LOG (with the Authorization header: a
test looks for the token there), and answers as MODE says.
"""

from __future__ import annotations

import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HUGE = 100 << 20


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        with open(self.server.log_file, "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path} {self.headers.get('Authorization')}\n")
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            getattr(self, "mode_" + self.server.mode)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = answer

    def reply(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def mode_log(self) -> None:
        self.reply(b'{"value":[],"properties":{"circuitProvisioningState":"STOLEN"}}')

    def mode_echo(self) -> None:
        """Repeats the secret where a careless reader would print it."""
        secret = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.reply(('{"name":"%s","properties":{"circuitProvisioningState":"%s"},'
                    '"error":{"code":"%s","message":"%s"}}' % ((secret,) * 4)).encode(),
                   200 if self.command == "GET" else 400,
                   {"x-ms-correlation-request-id": secret[:40]})

    def mode_huge(self) -> None:
        self.reply(b"x" * HUGE)

    def mode_endless(self) -> None:
        """No length is announced, so only counting helps."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(HUGE >> 16):
            self.wfile.write(b"[" * 65536)
        self.close_connection = True

    def mode_headers(self) -> None:
        self.send_response(200)
        for number in range(2000):
            self.send_header(f"X-Fill-{number}", "y" * 400)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def mode_nested(self) -> None:
        self.reply(b'{"properties":' + b"[" * 500000 + b"]" * 500000 + b"}")

    def mode_drip(self) -> None:
        """A body that never ends, a byte at a time."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while True:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.2)

    def mode_slow(self) -> None:
        """Headers that never end, one after the other, slowly."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Fill: y\r\n")
            self.wfile.flush()
            time.sleep(0.2)

    def mode_silent(self) -> None:
        """Takes the request, and keeps the connection."""
        time.sleep(60)

    def mode_half(self) -> None:
        """Closes its half of the connection within the body, and stays."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        time.sleep(60)

    def mode_html(self) -> None:
        self.reply(b"<html><title>Sign in to the proxy</title></html>", 200,
                   {"Content-Type": "text/html"})

    def mode_escapes(self) -> None:
        self.reply(b'{"name":"a\\u001b[2Jb","properties":{"circuitProvisioningState":"Ena\\u001b]0;x\\u0007'
                   b'bled\\n\\u202efault","state":"Enabled"},"value":[{"neighbor":"\\u001b[31m"}]}')

    def log_message(self, *_: object) -> None:
        """The log file has it."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients go away in the middle: that is what the modes are for."""


def main(port_file: str, log_file: str, mode: str) -> None:
    server = Server(("127.0.0.1", 0), Handler)
    server.log_file = log_file
    server.mode = mode
    with open(port_file, "w", encoding="ascii") as out:
        out.write(f"{server.server_port}\n")
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
