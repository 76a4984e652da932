# SPDX-License-Identifier: BSD-2-Clause
"""Listening sockets on 127.0.0.1, in this network namespace and in others."""

from __future__ import annotations

import ctypes
import os
import socket

CLONE_NEWNET = 0x40000000
BACKLOG = 64


def enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"setns: {os.strerror(number)}")


def namespace_path(name: str) -> str:
    return name if "/" in name else f"/run/netns/{name}"


def listening_socket(port: int) -> socket.socket:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen(BACKLOG)
    except OSError:
        server.close()
        raise
    return server


def listening_socket_in(name: str, port: int) -> socket.socket:
    """A socket stays in the namespace in which it was made, so the thread visits it once."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        away = os.open(namespace_path(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            enter(away)
            try:
                return listening_socket(port)
            finally:
                enter(home)
        finally:
            os.close(away)
    finally:
        os.close(home)
