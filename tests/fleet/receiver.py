#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A receiver of newline-delimited JSON on loopback: receiver.py FOLDER. Its port goes to
FOLDER/http.port, each line to FOLDER/http.lines, headers and path of each request to
FOLDER/http.heads; it answers with the status in FOLDER/http.status (200 without it)."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

folder = sys.argv[1]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = 200
        if os.path.exists(f"{folder}/http.status"):
            with open(f"{folder}/http.status", encoding="utf-8") as f:
                status = int(f.read())
        with open(f"{folder}/http.heads", "a", encoding="utf-8") as f:
            f.write(json.dumps({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}}) + "\n")
        if status == 200:
            for line in body.splitlines():
                json.loads(line)
            with open(f"{folder}/http.lines", "a", encoding="utf-8") as f:
                f.write(body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
with open(f"{folder}/http.port.new", "w", encoding="utf-8") as f:
    f.write(str(server.server_address[1]))
os.rename(f"{folder}/http.port.new", f"{folder}/http.port")
server.serve_forever()
