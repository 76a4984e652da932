# SPDX-License-Identifier: BSD-2-Clause
"""HTTP/1.1 in front of the API: one thread a connection."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TextIO

from api import Api, Request, Response
from routes import split_target

MAX_BODY = 1 << 20
LENGTH_REQUIRED = (b"<!DOCTYPE HTML><HTML><HEAD><TITLE>Length Required</TITLE></HEAD>\r\n"
                   b"<BODY><h2>Length Required</h2><hr><p>HTTP Error 411. The request must be "
                   b"chunked or have a content length.</p></BODY></HTML>\r\n")


class RequestLog:
    """One JSON line a request, without the token; tests read what was asked of Azure."""

    def __init__(self, out: TextIO | None) -> None:
        self.out = out
        self._lock = threading.Lock()

    def write(self, method: str, target: str, operation: str, status: int) -> None:
        if self.out is None:
            return
        path, query = split_target(target)
        line = json.dumps({"time": round(time.time(), 6), "method": method, "path": path,
                           "query": query, "operation": operation, "status": status or None})
        with self._lock:
            self.out.write(line + "\n")
            self.out.flush()


class Handler(BaseHTTPRequestHandler):
    """Reads a request, hands it to the API and writes the answer in one piece."""

    body = b""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "ArmServer"

    def answer(self) -> None:
        if not self._read_body():
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.api.handle(
            Request(self.command, self.path, headers, self.body, self.server.tls))
        self.server.log.write(self.command, self.path, response.operation, response.status)
        if response.drop:
            self.close_connection = True
            return
        self._send(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer

    def _read_body(self) -> bool:
        """Azure's front end wants a length for a POST; only a sign-in has a body."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("Content-Length")
        if length is None and self.command in ("POST", "PUT", "PATCH"):
            self.close_connection = True
            self._send(Response(411, {"Content-Type": "text/html; charset=us-ascii"},
                                LENGTH_REQUIRED))
            return False
        if not (length or "0").isdigit() or int(length or 0) > MAX_BODY:
            self.close_connection = True
            self._send(Response(400, {"Content-Type": "text/html"}, b"Bad Request"))
            return False
        self.body = self.rfile.read(int(length or 0))
        return True

    def _read_chunks(self) -> bool:
        while True:
            line = self.rfile.readline(64).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                self.close_connection = True
                return False
            self.rfile.read(min(size, MAX_BODY) + 2)
            if size == 0:
                return True

    def _send(self, response: Response) -> None:
        body = b"" if response.status == 204 else response.body
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def version_string(self) -> str:
        return "Microsoft-HTTPAPI/2.0"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(timestamp, usegmt=True)

    def log_message(self, *_: object) -> None:
        """The request log has it."""


class ArmServer(ThreadingHTTPServer):
    """Serves on a socket that somebody else made, perhaps in another namespace."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket.socket, api: Api, log: TextIO | None = None,
                 tls: ssl.SSLContext | None = None) -> None:
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.context = tls
        self.api = api
        self.log = RequestLog(log)

    @property
    def tls(self) -> bool:
        return self.context is not None

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        """The handshake belongs to the connection's own thread: a client may never speak."""
        if self.context is not None:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)   # type: ignore[arg-type]

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no event; anything else is a bug and is shown."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(*_)   # type: ignore[arg-type]

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        return thread
