#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tshark beside our decoder: agree.py FRAMES CAPTURE...

Every frame of each capture: addresses, TTLs, numbers, what ICMP errors quote, extensions,
and, where the packet comments claim one, the probe that an answer belongs to and the round
trip to the nanosecond. FRAMES is the program made of frames.c. Prints the differences and a
line "CAPTURE: N frames, N answers, N differences" each. Ends with 0 when all agree."""
import functools
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile

FIELDS = """frame.time_epoch frame.comment ip.src ip.dst ip.ttl ip.dsfield ip.id ipv6.src ipv6.dst ipv6.hlim ipv6.tclass
ipv6.flow tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags udp.srcport udp.dstport udp.checksum icmp.type icmp.code
icmp.checksum icmp.mtu icmpv6.mtu icmp.ident icmp.seq icmp.resp_to icmpv6.type icmpv6.code icmpv6.checksum icmpv6.echo.identifier
icmpv6.echo.sequence_number icmpv6.resp_to icmp.mpls.label tcp.analysis.acks_frame arp.src.proto_ipv4
arp.dst.proto_ipv4 arp.src.hw_mac arp.opcode tcp.seq icmp.int_info.name icmp.int_info.role icmp.int_info.index icmp.int_info.ipv4
icmp.int_info.ipv6 icmp.mpls.exp icmp.mpls.s icmp.mpls.ttl ieee8021ad.id vlan.id icmpv6.nd.ns.target_address icmpv6.nd.na.target_address
icmpv6.opt.src_linkaddr icmpv6.opt.target_linkaddr bfd.diag bfd.sta bfd.flags bfd.detect_time_multiplier bfd.my_discriminator
bfd.your_discriminator bfd.desired_min_tx_interval bfd.required_min_rx_interval bfd.required_min_echo_interval bgp.type bgp.length bgp.open.version
bgp.open.myas bgp.cap.mp.afi bgp.cap.mp.safi bgp.cap.4as bgp.open.holdtime bgp.open.identifier bgp.notify.major_error bgp.notify.minor_error
bgp.notify.minor_error_open bgp.notify.minor_error_update bgp.notify.minor_error_expired bgp.notify.minor_error_state
bgp.notify.minor_error_cease bgp.notify.minor_error_unknown bgp.notify.communication bgp.notify.minor_data
tcp.analysis.retransmission""".split()


def tshark(path):
    """Each frame as a dictionary: field to the list of its values, the outermost first."""
    args = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=\x1f",
            "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ip.defragment:FALSE", "-o", "bgp.desegment:FALSE",
            "-o", "tcp.desegment_tcp_streams:FALSE"]
    for field in FIELDS:
        args += ["-e", field]
    for line in subprocess.run(args, capture_output=True, text=True, check=True).stdout.splitlines():
        yield {f: v.split("\x1f") if v else [] for f, v in zip(FIELDS, line.split("\t"))}


def number(text):
    return int(text, 0)


def nth(values, i):
    return number(values[i]) if len(values) > i else None


@functools.lru_cache(maxsize=None)
def canonical(text):
    return str(ipaddress.ip_address(text))


def address(values, i):
    return canonical(values[i]) if len(values) > i else None


def nanoseconds(frame):
    seconds, fraction = frame["frame.time_epoch"][0].split(".")
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0"))


def ip(t, i, v6):
    """The i-th IP header of the frame as our decoder names it."""
    if v6:
        if not t["ipv6.src"][i:]:
            return None
        return {"src": address(t["ipv6.src"], i), "dst": address(t["ipv6.dst"], i), "ttl": nth(t["ipv6.hlim"], i),
                "tos": nth(t["ipv6.tclass"], i), "flow": nth(t["ipv6.flow"], i)}
    if not t["ip.src"][i:]:
        return None
    return {"src": address(t["ip.src"], i), "dst": address(t["ip.dst"], i), "ttl": nth(t["ip.ttl"], i),
            "tos": nth(t["ip.dsfield"], i), "id": nth(t["ip.id"], i)}


def tcp(t, i, full):
    if not t["tcp.srcport"][i:]:
        return None
    out = {"srcport": nth(t["tcp.srcport"], i), "dstport": nth(t["tcp.dstport"], i)}
    if full or t["tcp.seq"]:    # of eight quoted bytes in ICMPv6 it shows no number
        out["seq"] = nth(t["tcp.seq_raw"] if full else t["tcp.seq"], i)
    if full:
        out["ack"] = nth(t["tcp.ack_raw"], i)
        out["flags"] = nth(t["tcp.flags"], i) & 0xFF
    return out


def udp(t, i):
    if not t["udp.srcport"][i:]:
        return None
    return {"srcport": nth(t["udp.srcport"], i), "dstport": nth(t["udp.dstport"], i), "sum": nth(t["udp.checksum"], i)}


def echo(t, i, v6):
    ident, seq = ("icmpv6.echo.identifier", "icmpv6.echo.sequence_number") if v6 else ("icmp.ident", "icmp.seq")
    if not t[ident][i:]:
        return None
    return {"ident": nth(t[ident], i), "seq": nth(t[seq], i)}


def arp(t):
    if not t["arp.src.proto_ipv4"]:
        return None
    return {"reply": number(t["arp.opcode"][0]) == 2, "sender": t["arp.src.proto_ipv4"][0], "target": t["arp.dst.proto_ipv4"][0],
            "mac": t["arp.src.hw_mac"][0]}


def discovery(t):
    target = t["icmpv6.nd.ns.target_address"] or t["icmpv6.nd.na.target_address"]
    if not target:
        return None
    out = {"reply": bool(t["icmpv6.nd.na.target_address"]), "sender": address(t["ipv6.src"], 0), "target": canonical(target[0])}
    mac = t["icmpv6.opt.target_linkaddr"] if out["reply"] else t["icmpv6.opt.src_linkaddr"]
    return {**out, "mac": mac[0] if mac else None}


def bfd(t):
    if not t["bfd.sta"]:
        return None
    fields = {"diag": "diag", "state": "sta", "multiplier": "detect_time_multiplier", "own": "my_discriminator", "other": "your_discriminator",
              "tx": "desired_min_tx_interval", "rx": "required_min_rx_interval", "echo": "required_min_echo_interval"}
    out = {key: number(t[f"bfd.{field}"][0]) for key, field in fields.items()}
    return {**out, "flags": number(t["bfd.flags"][0]) & 0x3F}


def bgp(t):
    """Its messages: of each the type and length, and of the first OPEN and NOTIFICATION what they say."""
    out = [{"type": number(a), "length": number(b)} for a, b in zip(t["bgp.type"], t["bgp.length"])]
    for m in out:
        if m["type"] == 1 and t["bgp.open.version"]:
            short = t["bgp.open.myas"][0]
            m.update({"version": number(t["bgp.open.version"][0]), "as": number((t["bgp.cap.4as"] or [short])[0]),
                      "hold": number(t["bgp.open.holdtime"][0]), "id": t["bgp.open.identifier"][0],
                      "families": [[number(a), number(s)] for a, s in zip(t["bgp.cap.mp.afi"], t["bgp.cap.mp.safi"])]})
        if m["type"] == 3 and t["bgp.notify.major_error"]:
            minor = [v for f in t if f.startswith("bgp.notify.minor_error") for v in t[f]]
            m.update({"code": number(t["bgp.notify.major_error"][0]), "subcode": number(minor[0]) if minor else None,
                      "said": (t["bgp.notify.communication"] or [""])[0]})
            m["hard"] = (m["code"], m["subcode"]) == (6, 9)
            data = bytes.fromhex("".join(t["bgp.notify.minor_data"]).replace(":", ""))
            if m["hard"] and len(data) >= 2:    # RFC 8538: what ended the session is inside; tshark shows the bytes
                m.update({"code": data[0], "subcode": data[1], "said": data[3:3 + data[2]].decode() if len(data) > 2 else ""})
    return out


def same_messages(theirs, ours, complaints):
    if len(theirs) != len(ours):
        complaints.append(f"BGP: tshark {theirs}, erprobe {ours}")
    for a, b in zip(theirs, ours):
        same(a, b, f"BGP type {a['type']}", complaints)


def interface_known(t, ours):
    """Of several interfaces we keep one, that of the lowest role: tshark must know its index, address and name (a name
    that ends its object it does not show)."""
    index, at, name = ours.get("ifindex"), ours.get("ifaddr"), ours.get("ifname")
    if min((number(x) for x in t["icmp.int_info.role"]), default=-1) != ours.get("ifrole", -1):
        return False
    addresses = [canonical(a) for a in t["icmp.int_info.ipv4"] + t["icmp.int_info.ipv6"]]
    roles = len(t["icmp.int_info.role"])
    if roles and ((len(addresses) == roles and not at) or (len(t["icmp.int_info.name"]) == roles and not name)):
        return False    # where each has one, so has the one that we keep
    return ((not index or index in [number(x) for x in t["icmp.int_info.index"]]) and (not at or canonical(at) in addresses)
            and (not name or not t["icmp.int_info.name"] or name in t["icmp.int_info.name"]) and (not t["icmp.int_info.index"] or bool(index)))


def same(theirs, ours, what, complaints):
    """Only the keys that both name are compared; both must name the thing at all."""
    if (theirs is None) != (ours is None):
        complaints.append(f"{what}: tshark {theirs}, erprobe {ours}")
        return
    for key in set(theirs or ()) & set(ours or ()):
        mine = ours[key]
        if key in ("src", "dst"):
            mine = canonical(mine)
        if theirs[key] != mine:
            complaints.append(f"{what}.{key}: tshark {theirs[key]}, erprobe {mine}")


def compare(t, o):
    """What one frame is, according to both."""
    complaints = []
    v6 = bool(t["ipv6.src"])
    icmp = "icmpv6" if v6 else "icmp"
    same(ip(t, 0, v6), o.get("ip"), "ip", complaints)
    if str(nanoseconds(t)) != o["at"]:
        complaints.append(f"time: tshark {nanoseconds(t)}, erprobe {o['at']}")
    if t[icmp + ".type"]:
        ours = o.get("icmp") or {}
        error = number(t[icmp + ".type"][0]) in ((1, 2, 3, 4) if v6 else (3, 4, 5, 11, 12))
        theirs = {"type": nth(t[icmp + ".type"], 0), "code": nth(t[icmp + ".code"], 0), "sum": nth(t[icmp + ".checksum"], 0)}
        same(theirs, {k: v for k, v in ours.items() if k in theirs}, "icmp", complaints)
        if error:
            same(ip(t, 1, v6), ours.get("quote"), "quote", complaints)
            same(tcp(t, 0, False), ours.get("quote_tcp"), "quoted tcp", complaints)
            same(udp(t, 0), ours.get("quote_udp"), "quoted udp", complaints)
            same(echo(t, 0, v6), ours.get("quote_echo"), "quoted echo", complaints)
            labels = [number(x) for x in t["icmp.mpls.label"]]
            if labels != ours.get("mpls", []):
                complaints.append(f"MPLS: tshark {labels}, erprobe {ours.get('mpls', [])}")
            entries = list(zip(labels, *([number(x) for x in t[f"icmp.mpls.{f}"]] for f in ("exp", "s", "ttl"))))
            if entries != [tuple(x) for x in ours.get("entries", [])]:
                complaints.append(f"MPLS: tshark {entries}, erprobe {ours.get('entries')}")
            if not interface_known(t, ours):
                complaints.append(f"interface: tshark {t['icmp.int_info.name']} {t['icmp.int_info.index']}, erprobe {ours}")
            mtu = t[icmp + ".mtu"]
            if mtu and number(mtu[0]) != ours.get("mtu"):
                complaints.append(f"MTU: tshark {mtu[0]}, erprobe {ours.get('mtu')}")
        elif number(t[icmp + ".type"][0]) in ((128, 129) if v6 else (0, 8)):
            same(echo(t, 0, v6), ours.get("echo"), "echo", complaints)
    else:
        same(tcp(t, 0, True), o.get("tcp"), "tcp", complaints)
        same(udp(t, 0), o.get("udp"), "udp", complaints)
    same(arp(t), o.get("arp"), "arp", complaints)
    same(discovery(t), o.get("nd"), "nd", complaints)
    same(bfd(t), o.get("bfd"), "bfd", complaints)
    if bgp(t) or not t["tcp.analysis.retransmission"]:  # which tshark does not read again
        same_messages(bgp(t), o.get("bgp", []), complaints)
    tags = [number(x) for x in t["ieee8021ad.id"] + t["vlan.id"]][:2]
    if tags != o["vlan"]:
        complaints.append(f"tags: tshark {tags}, erprobe {o['vlan']}")
    return complaints


def claim(t, frames):
    """What the comment says of the answer, by tshark's own pairing and stamps."""
    comment = t["frame.comment"][0] if t["frame.comment"] else ""
    if not re.search(r" in answer=.* counted$| in answer=.* counted in spite", comment) or "not counted" in comment:
        return []
    complaints = []
    said = dict(re.findall(r"(\w+)=(\S+)", comment))
    to = int(said["to_frame"])
    v6 = bool(t["ipv6.src"])
    pairs = t["icmpv6.resp_to" if v6 else "icmp.resp_to"]
    if said["answer"] == "echo-reply" and pairs and int(pairs[0]) != to:
        complaints.append(f"answers frame {pairs[0]}, the comment says {to}")
    if said["answer"] == "syn-ack" and t["tcp.analysis.acks_frame"] and int(t["tcp.analysis.acks_frame"][0]) != to:
        complaints.append(f"acknowledges frame {t['tcp.analysis.acks_frame'][0]}, the comment says {to}")
    rtt = nanoseconds(t) - nanoseconds(frames[to - 1])
    micro, fraction = said["rtt_us"].split(".")
    if int(micro) * 1000 + int(fraction) != rtt:
        complaints.append(f"round trip: the stamps say {rtt} ns, the comment {said['rtt_us']} us")
    source = address(t["ipv6.src"] if v6 else t["ip.src"], 0) or (t["arp.src.proto_ipv4"] or [None])[0]
    if source and source != canonical(said["from"]):
        complaints.append(f"comes from {source}, the comment says {said['from']}")
    if "icmp" in said:
        kind = f"{t['icmpv6.type' if v6 else 'icmp.type'][0]}/{t['icmpv6.code' if v6 else 'icmp.code'][0]}"
        if kind != said["icmp"]:
            complaints.append(f"is ICMP {kind}, the comment says {said['icmp']}")
    if "reply_ttl" in said and nth(t["ipv6.hlim" if v6 else "ip.ttl"], 0) != int(said["reply_ttl"]):
        complaints.append(f"has another TTL than the comment's {said['reply_ttl']}")
    if "mpls" in said and said["mpls"].split(",") != [str(number(x)) for x in t["icmp.mpls.label"]]:
        complaints.append(f"has other labels than the comment's {said['mpls']}")
    return complaints


def ours(program, path):
    """Each frame as our decoder sees it."""
    said = subprocess.run([program, path], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def shifted(frame, by):
    """The frame with the numbers that tshark gives to others of its capture, counted from there."""
    for field in ("icmp.resp_to", "icmpv6.resp_to", "tcp.analysis.acks_frame"):
        frame[field] = [str(int(n) - by) for n in frame[field]]
    return frame


def all_at_once(mine):
    """Each capture to its frames, by one tshark: most of its time goes into its start."""
    together = {}
    with tempfile.NamedTemporaryFile(suffix=".pcapng") as merged:
        subprocess.run(["mergecap", "-a", "-w", merged.name, *mine], check=True)
        frames = list(tshark(merged.name))
    before = 0
    for path, frames_of_ours in mine.items():
        until = before + len(frames_of_ours)
        together[path] = [shifted(frame, before) for frame in frames[before:until]]
        before = until
    together[path] += frames[before:]
    return together


def nothing_left(path):
    """Did the host of this bundle let no probe out? Then its capture is rightly empty."""
    run = os.path.join(os.path.dirname(path), "run.json")
    if not os.path.exists(run):
        return False
    with open(run, encoding="utf-8") as f:
        document = json.load(f)
    return document.get("probes_sent") == 0 and document.get("probes_not_sent", 0) > 0


def differences(path, theirs, mine):
    if len(theirs) != len(mine) or (not theirs and not nothing_left(path)):
        return [f"tshark reads {len(theirs)} frames, erprobe {len(mine)}"]
    return [f"frame {place}: {complaint}" for place, (t, o) in enumerate(zip(theirs, mine), 1)
            for complaint in compare(t, o) + claim(t, theirs)]


def main():
    program, *paths = sys.argv[1:]
    mine = {path: ours(program, path) for path in paths}
    together = all_at_once(mine)
    bad = 0
    for path in paths:
        theirs = together[path]
        complaints = differences(path, theirs, mine[path])
        if complaints:  # by itself: tshark may have paired a frame with one of a capture before
            theirs = list(tshark(path))
            complaints = differences(path, theirs, mine[path])
        for complaint in complaints:
            print(f"{path}: {complaint}")
        bad += len(complaints)
        claimed = sum("counted" in (t["frame.comment"] or [""])[0] for t in theirs)
        print(f"{path}: {len(theirs)} frames, {claimed} answers, {len(complaints)} differences")
    return 1 if bad else 0


sys.exit(main())
