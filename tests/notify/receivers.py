#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Receivers of messages on loopback: HTTP, SMTP, syslog over UDP, TCP and a local socket.

    receivers.py FOLDER

Ports go to FOLDER/ports as shell variables. What comes in is written to FOLDER/got, a JSON
document a line. How HTTP answers is in FOLDER/mode: a status (200 without it), with
"slow SECONDS" waiting first, "drop" closing without an answer. SMTP reads FOLDER/smtp: the
answer to the recipient ("250 ok" without it)."""

import json
import os
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]
lock = threading.Lock()


def note(kind, **what):
    with lock, open(f"{folder}/got", "a", encoding="utf-8") as f:
        f.write(json.dumps({"kind": kind, "at": time.time(), **what}) + "\n")


def word(name, default):
    try:
        with open(f"{folder}/{name}", encoding="utf-8") as f:
            return f.read().strip() or default
    except OSError:
        return default


class Web(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode("utf-8", "strict")
        mode = word("mode", "200")
        if mode.startswith("slow"):
            time.sleep(float(mode.split()[1]))
            mode = "200"
        try:
            document = json.loads(body)
        except ValueError:
            document = None
        status = 0 if mode == "drop" else int(mode)
        note("http", path=self.path, status=status, body=body, document=document,
             headers={k.lower(): v for k, v in self.headers.items()})
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "3")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 here")
        data, sender, to = "", "", []
        while line := self.rfile.readline(8192).decode("utf-8", "replace").rstrip("\r\n"):
            verb = line.upper()
            if verb.startswith("DATA"):
                self.say("354 go on")
                while (part := self.rfile.readline(65536).decode("utf-8", "replace")) not in (".\r\n", ""):
                    data += part
                note("mail", sender=sender, to=to, data=data)
                self.say("250 taken")
            elif verb.startswith("MAIL"):
                sender = line[10:]
                self.say("250 ok")
            elif verb.startswith("RCPT"):
                answer = word("smtp", "250 ok")
                to.append(line[8:])
                if not answer.startswith("250"):
                    note("mail-refused", answer=answer)
                self.say(answer)
            elif verb.startswith("QUIT"):
                self.say("221 bye")
                return
            else:
                self.say("250 here")


class LogTcp(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.rfile.read(1):
            while (c := self.rfile.read(1)) != b" ":
                length += c
            note("tcp", text=self.rfile.read(int(length)).decode())


def datagrams(kind, s):
    while True:
        note(kind, text=s.recv(65536).decode())


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    for server in (ThreadingHTTPServer, socketserver.ThreadingTCPServer):
        server.allow_reuse_address = True
        server.daemon_threads = True
    local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    local.bind(f"{folder}/log.sock")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    for kind, s in (("local", local), ("udp", udp)):
        threading.Thread(target=datagrams, args=(kind, s), daemon=True).start()
    http = int(os.environ.get("HTTP_PORT", "0"))
    ports = {"HTTP": serve(ThreadingHTTPServer(("127.0.0.1", http), Web)),
             "SMTP": serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)),
             "TCP": serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), LogTcp)), "UDP": udp.getsockname()[1]}
    with open(f"{folder}/ports.new", "w", encoding="utf-8") as f:
        f.writelines(f"{name}={port}\n" for name, port in ports.items())
    os.rename(f"{folder}/ports.new", f"{folder}/ports")
    threading.Event().wait()


main()
