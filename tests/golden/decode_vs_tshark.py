#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares our decoder with tshark, field by field, on the frames of make_samples.py.

    tests/golden/decode_vs_tshark.py      (CC chooses the compiler)

Exit 0: they agree. 1: they do not; each difference is printed. 77: skipped, with
the reason. Where the two differ on purpose, DIFFERS says why.
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import make_samples

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SNAPLEN = 512

FIELDS = """ieee8021ad.id vlan.id ip.src ip.dst ip.proto ip.ttl ip.dsfield ip.len ip.id ip.flags.df ip.frag_offset
ip.checksum.status ipv6.src ipv6.dst ipv6.nxt ipv6.hlim ipv6.tclass ipv6.plen ipv6.flow
ipv6.fraghdr.offset icmp.type icmp.code icmp.checksum icmp.checksum.status icmp.ident icmp.seq
icmpv6.type icmpv6.code icmpv6.checksum icmpv6.checksum.status icmpv6.echo.identifier
icmpv6.echo.sequence_number icmp.ext.checksum.status icmp.mpls.label icmp.mpls.exp icmp.mpls.s
icmp.mpls.ttl icmp.int_info.index icmp.int_info.ipv4 icmp.int_info.ipv6 tcp.srcport tcp.dstport
tcp.seq tcp.ack tcp.seq_raw tcp.ack_raw tcp.flags tcp.window_size_value udp.srcport udp.dstport udp.length data.data
icmp.mtu icmpv6.mtu arp.opcode arp.src.proto_ipv4 arp.dst.proto_ipv4 arp.src.hw_mac
icmpv6.nd.ns.target_address icmpv6.nd.na.target_address icmpv6.opt.src_linkaddr
icmpv6.opt.target_linkaddr""".split()

# name of a frame: words of ours that tshark is not asked about, and why.
DIFFERS = {
    # tshark reads extensions after 128 bytes whatever their checksum is
    "exceeded-mpls-legacy-bad": "ext mpls",
    "exceeded-mpls-legacy-no-sum": "ext mpls",
    # tshark shows objects whose checksum is wrong; we do not believe them
    "exceeded-mpls-bad": "ext mpls",
    "exceeded-object-too-long": "ext mpls",
    "exceeded-ext-version-1": "ext mpls",
    # the checksum field of nought is "none made" to us, wrong to tshark
    "exceeded-mpls-no-sum": "ext",
    # tshark believes the quoted length, which some stacks spoil
    "exceeded-quoted-short-length": "qtcp qseq",
    # an error that quotes an error: we do not follow
    "exceeded-quoted-error": "*",
    # we read two tags
    "three-tags": "vlan",
    # tshark reads no ICMP header of less than 8 bytes in a quote
    "exceeded-quote-24": "qicmp qsum",
    # it looks for extensions without a length in ICMP, not in ICMPv6
    "v6-exceeded-mpls-legacy": "ext mpls",
    # and shows no number of a TCP header of 8 bytes in an ICMPv6 quote
    "v6-unreachable-admin": "qseq",
    # a timestamp request has an id and a number as well; it is no echo
    "timestamp-request": "echo",
}


def skip(why):
    print(f"SKIP decode_vs_tshark: {why}")
    sys.exit(77)


def write_pcap(path, frames):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, SNAPLEN, 1))
        for i, frame in enumerate(frames):
            cut = frame[:SNAPLEN]
            out.write(struct.pack("<IIII", i, 0, len(cut), len(frame)) + cut)


def our_lines(folder, pcap):
    tool = os.path.join(folder, "decode_dump")
    sources = ["tests/golden/decode_dump.c"]
    for part in ("decode", "value"):
        base = os.path.join("analysis", part)
        sources += [os.path.join(base, f) for f in os.listdir(os.path.join(ROOT, base)) if f.endswith(".c")]
    subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-D_DEFAULT_SOURCE",
                    "-Iinclude", "-I.", "-O1", "-o", tool, *sources, "-lm"], cwd=ROOT, check=True)
    out = subprocess.run([tool, pcap], check=True, stdout=subprocess.PIPE).stdout
    return out.decode().splitlines()


def tshark_rows(pcap):
    command = ["tshark", "-n", "-r", pcap, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=;",
               "-o", "ip.check_checksum:TRUE", "-o", "tcp.relative_sequence_numbers:FALSE",
               "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    for line in out.decode(errors="replace").splitlines():
        values = line.split("\t")
        yield {f: v.split(";") if v else [] for f, v in zip(FIELDS, values)}


def nth(row, field, n):
    values = row[field]
    return values[n] if n < len(values) else None


def number(text):
    return None if text is None else int(text, 0)


def ip_words(row, q, n):
    """The words of the nth IP header, as decode_text.h writes them."""
    v4 = bool(row["ip.src"])
    if v4 and nth(row, "ip.src", n):
        yield f"{q}ip={nth(row, 'ip.src', n)}>{nth(row, 'ip.dst', n)}"
        yield f"{q}proto={nth(row, 'ip.proto', n)}"
        yield f"{q}ttl={nth(row, 'ip.ttl', n)}"
        yield f"{q}tos={number(nth(row, 'ip.dsfield', n))}"
        yield f"{q}len={nth(row, 'ip.len', n)}"
        yield f"{q}id={nth(row, 'ip.id', n)}"
        if nth(row, "ip.flags.df", n) in ("1", "True"):
            yield f"{q}df"
        if (number(nth(row, "ip.frag_offset", n)) or 0) > 0:
            yield f"{q}fragment"
        if nth(row, "ip.checksum.status", n) == "0":
            yield f"{q}ipsum=bad"
    elif not v4 and nth(row, "ipv6.src", n):
        yield f"{q}ip={nth(row, 'ipv6.src', n)}>{nth(row, 'ipv6.dst', n)}"
        if nth(row, "ipv6.nxt", n) not in ("0", "43", "44", "51", "60"):
            yield f"{q}proto={nth(row, 'ipv6.nxt', n)}"
        yield f"{q}ttl={nth(row, 'ipv6.hlim', n)}"
        yield f"{q}tos={number(nth(row, 'ipv6.tclass', n))}"
        yield f"{q}len={number(nth(row, 'ipv6.plen', n)) + 40}"
        yield f"{q}flow=0x{number(nth(row, 'ipv6.flow', n)):05x}"
        if (number(nth(row, "ipv6.fraghdr.offset", n)) or 0) > 0:
            yield f"{q}fragment"


def transport_words(row, q):
    if row["tcp.srcport"]:
        yield f"{q}tcp={row['tcp.srcport'][0]}>{row['tcp.dstport'][0]}"
        # the raw fields are not made of a header in an ICMP error
        seq = row["tcp.seq_raw"] or row["tcp.seq"]
        if seq:
            yield f"{q}seq={seq[0]}"
        if row["tcp.flags"]:
            ack = row["tcp.ack_raw"] or row["tcp.ack"] or ["0"]
            yield f"{q}ack={ack[0]}"
            yield f"{q}flags=0x{number(row['tcp.flags'][0]):02x}"
            yield f"{q}window={nth(row, 'tcp.window_size_value', 0)}"
    if row["udp.srcport"]:
        yield f"{q}udp={row['udp.srcport'][0]}>{row['udp.dstport'][0]}"
        yield f"{q}udplen={row['udp.length'][0]}"


def icmp_words(row):
    p = "icmp" if row["icmp.type"] else "icmpv6"
    ident, seq = ("icmp.ident", "icmp.seq") if p == "icmp" else \
        ("icmpv6.echo.identifier", "icmpv6.echo.sequence_number")
    if not row[p + ".type"]:
        return
    yield f"icmp={row[p + '.type'][0]}/{row[p + '.code'][0]}"
    yield f"sum={row[p + '.checksum'][0]}"
    if nth(row, p + ".checksum.status", 0) == "0":
        yield "icmpsum=bad"
    q = "q" if is_error(row) else ""
    if row[ident]:
        yield f"{q}echo={number(row[ident][0])},{number(row[seq][0])}"
        data = (row["data.data"] or [""])[0]
        if len(data) >= 24:
            yield f"{q}token=0x{data[:16]}"
            yield f"{q}probe={int(data[16:24], 16)}"
    if nth(row, p + ".type", 1):
        yield f"qicmp={row[p + '.type'][1]}/{row[p + '.code'][1]}"
        yield f"qsum={row[p + '.checksum'][1]}"


def is_error(row):
    if row["icmp.type"]:
        return row["icmp.type"][0] in ("3", "4", "5", "11", "12")
    return bool(row["icmpv6.type"]) and row["icmpv6.type"][0] in ("1", "2", "3", "4")


def extension_words(row):
    status = nth(row, "icmp.ext.checksum.status", 0)
    if status is not None:
        yield "ext=" + ("good" if status == "1" else "bad")
    for n, label in enumerate(row["icmp.mpls.label"]):
        bottom = 1 if nth(row, "icmp.mpls.s", n) in ("1", "True") else 0
        yield f"mpls={label}/{number(nth(row, 'icmp.mpls.exp', n))}/{bottom}/{nth(row, 'icmp.mpls.ttl', n)}"


def interface_known(row, words):
    """Of several interfaces we keep one: tshark must know its index and address."""
    for word in words:
        if key(word) == "if":
            index, address, _ = word[3:].split(",", 2)
            return (index in ["0", *row["icmp.int_info.index"]] and
                    address in ["-", *row["icmp.int_info.ipv4"], *row["icmp.int_info.ipv6"]])
    return not row["icmp.int_info.index"]


def neighbour_words(row):
    if row["arp.opcode"] and row["arp.opcode"][0] in ("1", "2") and row["arp.src.proto_ipv4"]:
        kind = "request" if row["arp.opcode"][0] == "1" else "reply"
        yield f"nb={kind},{row['arp.src.proto_ipv4'][0]},{row['arp.dst.proto_ipv4'][0]}"
        yield f"mac={nth(row, 'arp.src.hw_mac', 0)}"
    for kind, target, mac in (("request", "ns", "src"), ("reply", "na", "target")):
        if row[f"icmpv6.nd.{target}.target_address"]:
            yield f"nb={kind},{row['ipv6.src'][0]},{row[f'icmpv6.nd.{target}.target_address'][0]}"
            if row[f"icmpv6.opt.{mac}_linkaddr"]:
                yield f"mac={row[f'icmpv6.opt.{mac}_linkaddr'][0]}"


def tshark_words(row):
    words = [f"vlan={v}" for v in row["ieee8021ad.id"] + row["vlan.id"]]
    words += ip_words(row, "", 0)
    words += icmp_words(row)
    if is_error(row):
        words += ip_words(row, "q", 1)
    words += transport_words(row, "q" if is_error(row) else "")
    words += extension_words(row)
    words += neighbour_words(row)
    return words


def key(word):
    return word.split("=")[0]


def compare(name, ours, theirs, differs):
    """Differences as text. Of a packet that we call broken, ours may say less."""
    status, *words = ours.split(" ")
    aside = (differs or "").split()
    if aside == ["*"]:
        return []
    # not in tshark's fields: what follows from others
    aside += ["error", "rest"]
    aside.append("if")  # see interface_known
    mine = [w for w in words if key(w) not in aside]
    other = [w for w in theirs if key(w) not in aside]
    extension_chain = not any(key(w) == "proto" for w in other)
    if extension_chain:
        mine = [w for w in mine if key(w) != "proto"]
    missing = [w for w in other if w not in mine] if status == "ok" else \
        [w for w in other if w not in mine and key(w) in map(key, mine)]
    extra = [w for w in mine if w not in other and (status == "ok" or key(w) in map(key, other))]
    return [f"{name}: only tshark says {w}" for w in missing] + [f"{name}: only we say {w}" for w in extra]


def header_is_current():
    made = subprocess.run([sys.executable, make_samples.__file__], check=True, stdout=subprocess.PIPE).stdout
    with open(os.path.join(os.path.dirname(make_samples.__file__), "decode_samples.h"), "rb") as header:
        return header.read() == made


def main():
    if not header_is_current():
        print("decode_samples.h is not what make_samples.py writes: run it again")
        return 1
    if shutil.which("tshark") is None:
        skip("tshark is not installed")
    if shutil.which(os.environ.get("CC", "cc").split()[0]) is None:
        skip("no C compiler")
    samples = list(make_samples.samples())
    with tempfile.TemporaryDirectory(prefix="erprobe-golden-") as folder:
        os.chmod(folder, 0o755)  # tshark may give up root before it reads
        pcap = os.path.join(folder, "samples.pcap")
        write_pcap(pcap, [frame for _, frame, _ in samples])
        ours = our_lines(folder, pcap)
        rows = list(tshark_rows(pcap))
    if not len(samples) == len(ours) == len(rows):
        print(f"frames: {len(samples)} made, {len(ours)} decoded by us, {len(rows)} by tshark")
        return 1
    differences, words = [], 0
    for (name, _, _), line, row in zip(samples, ours, rows):
        found = tshark_words(row)
        words += len(found)
        differences += compare(name, line, found, DIFFERS.get(name))
        if not interface_known(row, line.split(" ")):
            differences.append(f"{name}: tshark knows another interface")
        if name in DIFFERS and not compare(name, line, found, None):
            differences.append(f"{name}: stands in DIFFERS without need")
    print("\n".join(differences))
    print(f"decode_vs_tshark: {len(samples)} frames, {words} words of tshark's, {len(differences)} differences")
    return 1 if differences or words < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
