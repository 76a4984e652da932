#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The lab's servers: accepts TCP connections in several namespaces and says nothing.

    listener.py PIDFILE NETNS:PORT[,PORT...] ...
"""

import ctypes
import os
import selectors
import signal
import socket
import sys

CLONE_NEWNET = 0x40000000
BACKLOG = 1024
CLIENTS_MAX = 800


def enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def listening_socket(port: int) -> socket.socket:
    """Dual-stack."""
    server = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("::", port))
    server.listen(BACKLOG)
    server.setblocking(False)
    return server


def open_all(specs: list[str]) -> list[socket.socket]:
    servers = []
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    for spec in specs:
        ns, _, ports = spec.partition(":")
        away = os.open(f"/run/netns/{ns}", os.O_RDONLY)
        enter(away)
        os.close(away)
        servers += [listening_socket(int(port)) for port in ports.split(",")]
        enter(home)
    os.close(home)
    return servers


class Clients:
    """Open connections, oldest first; the oldest goes when there are too many."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self.selector = selector
        self.open: dict[socket.socket, None] = {}

    def add(self, server: socket.socket) -> None:
        try:
            client, _ = server.accept()
        except OSError:
            return
        client.setblocking(False)
        self.open[client] = None
        self.selector.register(client, selectors.EVENT_READ, self.read)
        if len(self.open) > CLIENTS_MAX:
            self.close(next(iter(self.open)))

    def read(self, client: socket.socket) -> None:
        try:
            if client.recv(65536):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.close(client)

    def close(self, client: socket.socket) -> None:
        del self.open[client]
        self.selector.unregister(client)
        client.close()


def main() -> int:
    selector = selectors.DefaultSelector()
    clients = Clients(selector)
    for server in open_all(sys.argv[2:]):
        selector.register(server, selectors.EVENT_READ, clients.add)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(sys.argv[1], "w", encoding="ascii") as pidfile:
        pidfile.write(f"{os.getpid()}\n")
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)


if __name__ == "__main__":
    sys.exit(main())
