#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does a redacted bundle hold nothing of what was removed?

    leaks.py FULL REDACTED provider|microsoft

Takes the secrets from the full bundle (addresses, MACs, names, ids) and looks for each in
every file of the redacted one: as text (UTF-8, UTF-16, URL-encoded), as hex with and
without separators, as decimal, as bytes in both orders, as base64. Prints each leak; the last line is "N looked for, N found"."""

import base64
import ipaddress
import json
import os
import re
import struct
import sys
import urllib.parse


def load(bundle, path):
    with open(os.path.join(bundle, "data", path), encoding="utf-8") as f:
        return json.load(f)


def packets(bundle):
    with open(os.path.join(bundle, "data/probes.pcapng"), "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        kind, total = struct.unpack_from("<II", data, at)
        if kind == 6:
            length = struct.unpack_from("<I", data, at + 20)[0]
            yield data[at + 28:at + 28 + length]
        at += total


def addresses_of(bundle):
    found, macs = set(), set()
    for p in packets(bundle):
        macs |= {p[0:6], p[6:12]}
        if p[12:14] == b"\x08\x00":
            found |= {ipaddress.ip_address(p[26:30]), ipaddress.ip_address(p[30:34])}
        elif p[12:14] == b"\x86\xdd":
            found |= {ipaddress.ip_address(p[22:38]), ipaddress.ip_address(p[38:54])}
        elif p[12:14] == b"\x08\x06":
            found |= {ipaddress.ip_address(p[28:32]), ipaddress.ip_address(p[38:42])}
            macs |= {p[22:28], p[32:38]}
    macs = {m for m in macs if not m[0] & 1 and any(m)}
    return found, macs


def kept_networks(plan, audience):
    own = "wan" if audience == "provider" else "azure"
    nets = []
    for c in plan["circuits"]:
        for link in c["links"]:
            for key in ("ce", "msee"):
                for a in link[key].values():
                    if a:
                        a = ipaddress.ip_address(a)
                        nets.append(ipaddress.ip_network(f"{a}/{30 if a.version == 4 else 126}", strict=False))
        nets += [ipaddress.ip_network(d["prefix"]) for d in c["domains"] if d["domain"] == own]
        if audience == "microsoft":
            nets += [ipaddress.ip_network(t["address"]) for t in c["targets"] if not t["control"]]
    return nets


def encodings(value):
    """What a value may look like: bytes to look for."""
    if isinstance(value, str):
        raw = value.encode()
        yield raw
        if len(value) < 4:  # any two bytes occur by chance in some encoding
            return
        yield value.upper().encode()
        yield value.lower().encode()
        yield raw.hex().encode()
        yield value.encode("utf-16-le")
        yield value.encode("utf-16-be")
        yield raw[::-1]
        if urllib.parse.quote(value, safe="") != value:
            yield urllib.parse.quote(value, safe="").encode()
        for skip in range(3):  # base64 begins at any of three places
            text = base64.b64encode(b"\0" * skip + raw)
            yield text[(skip * 4 + 2) // 3 + 1:len(text) - 4]
        return
    if isinstance(value, bytes):
        raw = value
        pairs = [f"{b:02x}" for b in raw]
        yield ":".join(pairs).encode()
        yield "-".join(pairs).encode()
        yield "".join(pairs).encode()
        yield "".join(pairs).upper().encode()
        yield ":".join(pairs).upper().encode()
        yield ".".join("".join(pairs)[i:i + 4] for i in (0, 4, 8)).encode()
        yield base64.b64encode(raw)
        yield ":".join(pairs).encode("utf-16-le")
        yield urllib.parse.quote(":".join(pairs), safe="").encode()
        yield str(int.from_bytes(raw, "big")).encode()
        yield raw
        yield raw[::-1]
        return
    raw = value.packed
    yield str(value).encode()
    yield str(value).encode("utf-16-le")
    yield str(value).encode("utf-16-be")
    yield base64.b64encode(str(value).encode()).rstrip(b"=")[:-1]
    yield str(value).encode().hex().encode()
    yield str(int(value)).encode()
    yield str(int.from_bytes(raw[::-1], "big")).encode()
    yield raw[::-1].hex().encode()
    if value.version == 6:
        yield raw[::-1]
        yield urllib.parse.quote(str(value), safe="").encode()
    if value.version == 6:
        yield value.exploded.encode()
        yield raw
    yield raw.hex().encode()


def text_bounded(data, needle):
    """10.1.1.1 inside of 10.1.1.10 is none, nor is a digit string within another."""
    at = data.find(needle)
    while at >= 0:
        before, after = data[at - 1:at], data[at + len(needle):at + len(needle) + 1]
        if not (before.isalnum() or before in (b".", b":")) and not (after.isalnum() or after in (b":",)):
            return True
        at = data.find(needle, at + 1)
    return False


def raw_ipv4(bundle, secret):
    """Bytes of an IPv4 address in packets, at even places: so all headers and quotes have them."""
    return any(p[at:at + 4] == secret.packed for p in packets(bundle) for at in range(14, len(p) - 3, 2))


def secrets(full, audience):
    plan, run = load(full, "plan.json"), load(full, "run.json")
    addresses, macs = addresses_of(full)
    for c in plan["circuits"]:
        addresses |= {ipaddress.ip_address(t["address"]) for t in c["targets"]}
    kept = kept_networks(plan, audience)
    addresses = {a for a in addresses if not any(a in n for n in kept if n.version == a.version)
                 and not a.is_multicast and not a.is_unspecified}
    names = {i["name"] for i in plan["interfaces"]}
    names |= {t["name"] for c in plan["circuits"] for t in c["targets"] if t["control"] or audience == "provider"}
    if len(run["host"]) > 3:
        names.add(run["host"])
    if audience == "provider":
        snapshot = open(os.path.join(full, "data/azure/snapshot.json"), encoding="utf-8").read()
        for c in plan["circuits"]:
            parts = c["resource_id"].split("/")
            if len(parts) > 4:
                names |= {parts[2], parts[4], c["resource_id"], "/subscriptions/"}
        azure = json.loads(snapshot)

        def correlations(v):
            if isinstance(v, dict):
                for key, inner in v.items():
                    if key == "correlation_id" and isinstance(inner, str) and inner:
                        names.add(inner)
                    correlations(inner)
            elif isinstance(v, list):
                for inner in v:
                    correlations(inner)

        correlations(azure)
    # Every link address that Azure's tables show.
    for c in load(full, "azure/snapshot.json")["circuits"]:
        for table in re.findall(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b|\b(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}\b", json.dumps(c)):
            macs.add(bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", table)))
    return addresses, macs, {n for n in names if n}


def main():
    full, redacted, audience = sys.argv[1:4]
    addresses, macs, names = secrets(full, audience)
    files = {}
    for folder, _, here in os.walk(redacted):
        for name in here:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                files[os.path.relpath(path, redacted)] = f.read()
    looked = found = 0
    for secret in sorted(addresses, key=str) + sorted(macs) + sorted(names):
        looked += 1
        for path, data in files.items():
            if isinstance(secret, str) and len(secret) < 4 and path.endswith(".pcapng"):
                continue  # two letters occur by chance in so many bytes
            for needle in encodings(secret):
                if len(needle) < 2:
                    continue
                text = needle.isascii() and len(needle) < 24
                if text_bounded(data, needle) if text else needle in data:
                    found += 1
                    print(f"{path} holds {secret!r} as {needle!r}")
                    break
        if getattr(secret, "version", 0) == 4 and raw_ipv4(redacted, secret):
            found += 1
            print(f"a packet holds {secret}")
    print(f"{looked} looked for, {found} found")
    sys.exit(found != 0 or looked == 0)


main()
