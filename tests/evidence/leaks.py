#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does a redacted bundle hold nothing of what was removed?

    leaks.py FULL REDACTED provider|microsoft [PREFIX...]

PREFIX: of a trace, what stays as it is. Takes the secrets from the full bundle (addresses, MACs, names, ids) and looks for each in
every file of the redacted one: as text (UTF-8, UTF-16, URL-encoded), as hex with and
without separators, as decimal, as bytes in both orders, as base64. REDACTED may be a
.zip or .tar.gz: what is packed in it is looked at. Prints each leak; the last line is
"N looked for, N found"."""

import base64
import ipaddress
import json
import os
import re
import shutil
import struct
import sys
import tempfile
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


def kept_networks(plan, audience, prefixes):
    own = "wan" if audience == "provider" else "azure"
    nets = [ipaddress.ip_network(p) for p in prefixes]
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


def disguises(text):
    """A text as base64, which begins at any of three places, and with every byte as %XX."""
    raw = text.encode()
    for skip in range(3):
        coded = base64.b64encode(b"\0" * skip + raw)
        yield coded[(skip * 4 + 2) // 3 + 1:len(coded) - 4]
    for form in ("%%%02X", "%%%02x"):
        yield "".join(form % b for b in raw).encode()


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
        yield from disguises(value)
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
        yield from disguises(":".join(pairs))
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
    yield from disguises(str(value))
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


def words(bundle):
    """Where in packets each four bytes stand, (frame, offset), at even places: so all headers and quotes
    have IPv4 addresses."""
    found = {}
    for number, p in enumerate(packets(bundle)):
        for at in range(14, len(p) - 3, 2):
            found.setdefault(p[at:at + 4], []).append((number, at))
    return found


STRADDLES = 28  # the end of an IPv4 header's source and the beginning of its destination: 10.9.2.2, 10.10.7.7 has 2.2.10.10
CHANCE = 2  # so often any four bytes may stand in sequence numbers and checksums, which are new


def stands_for_another(raw, before, after, was_at):
    """Is it what something else was replaced by, and no more? Replacements are of the same networks as what they replace,
    so that one may be another's original: then all its places had one other value before, and all places of that value
    have it now. What stayed where it was, or was put among others, is none of it."""
    places = after.get(raw, [])
    was = {was_at.get(place) for place in places}
    if len(was) != 1 or raw in was or None in was:
        return False
    return set(before[was.pop()]) == set(places)


def in_packet(raw, before, after):
    """Is it where it was, or in more places than chance puts it? Frames are the same, one by one."""
    places = after.get(raw, [])
    if not set(places).isdisjoint(before.get(raw, [])):
        return True
    return len(places) > CHANCE


def in_packet_reversed(raw, after):
    """No header has it so. A probe's payload (token, number, what keeps the checksum) stays as it was, and may have
    any four bytes by chance, with those that answer and quote it."""
    return sum(at != STRADDLES for _, at in after.get(raw, [])) > 2 * CHANCE


def is_address(text):
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def secrets(full, audience, prefixes):
    plan, run = load(full, "plan.json"), load(full, "run.json")
    addresses, macs = addresses_of(full)
    for c in plan["circuits"]:
        addresses |= {ipaddress.ip_address(t["address"]) for t in c["targets"]}
    for f in plan["flows"]:
        addresses |= {ipaddress.ip_address(f[key]) for key in ("src", "dst", "next_hop") if f[key]}
    kept = kept_networks(plan, audience, prefixes)
    addresses = {a for a in addresses if not any(a in n for n in kept if n.version == a.version)
                 and not a.is_multicast and not a.is_unspecified}
    names = {i["name"] for i in plan["interfaces"]}
    names |= {t["name"] for c in plan["circuits"] for t in c["targets"] if t["control"] or audience == "provider"}
    if len(plan["host"]) > 3:
        names.add(plan["host"])
    if "trace" in plan:
        names |= {d for d in plan["trace"]["destinations"] if d and not is_address(d)}
        names |= {n["name"] for n in plan["trace"]["names"]}
        return addresses, macs, {n for n in names if n}
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


def unpacked(path, into):
    """The folder of a bundle that came as an archive."""
    shutil.unpack_archive(path, into)
    return os.path.join(into, os.listdir(into)[0])


def main():
    with tempfile.TemporaryDirectory(prefix="erprobe-leaks.") as into:
        full, redacted, audience = sys.argv[1:4]
        look(full, redacted if os.path.isdir(redacted) else unpacked(redacted, into), audience, sys.argv[4:])


def look(full, redacted, audience, prefixes):
    addresses, macs, names = secrets(full, audience, prefixes)
    files = {}
    for folder, _, here in os.walk(redacted):
        for name in here:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                files[os.path.relpath(path, redacted)] = f.read()
    looked = found = 0
    before, after = words(full), words(redacted)
    was_at = {place: word for word, places in before.items() for place in places}
    for secret in sorted(addresses, key=str) + sorted(macs) + sorted(names):
        looked += 1
        if getattr(secret, "version", 0) == 4 and stands_for_another(secret.packed, before, after, was_at):
            continue  # it stands in texts for the other one too
        needles = [n for n in encodings(secret) if len(n) > 1]
        for path, data in files.items():
            if isinstance(secret, str) and len(secret) < 4 and path.endswith(".pcapng"):
                continue  # two letters occur by chance in so many bytes
            for needle in needles:
                text = needle.isascii() and len(needle) < 24
                if text_bounded(data, needle) if text else needle in data:
                    found += 1
                    print(f"{path} holds {secret!r} as {needle!r}")
                    break
        if getattr(secret, "version", 0) == 4 and (
                in_packet(secret.packed, before, after) or in_packet_reversed(secret.packed[::-1], after)):
            found += 1
            print(f"a packet holds {secret}")
    print(f"{looked} looked for, {found} found")
    sys.exit(found != 0 or looked == 0)


if __name__ == "__main__":
    main()
