#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes decode_samples.h: frames for the decoder's tests, each with what it says.

    tests/golden/make_samples.py > tests/golden/decode_samples.h
    tests/golden/make_samples.py --seeds DIR    (one file a frame, for the fuzzer)

The frames are built here from their fields, and the expected lines are written by
hand beside them, so that nothing of the decoder is used to test the decoder.
"""
import ipaddress
import os
import struct
import sys

US, RT, DST = "10.10.1.1", "172.16.1.9", "10.101.7.7"
US6, RT6, DST6 = "2001:db8:10::1", "2001:db8:172::9", "2001:db8:101::7"
MAC_US, MAC_RT = bytes.fromhex("02000a0a0101"), bytes.fromhex("02000a0a0102")
TOKEN = 0x1122334455667788


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packed(address):
    return ipaddress.ip_address(address).packed


def eth(body, kind, tags=(), dst=MAC_US, src=MAC_RT):
    out = dst + src
    for tpid, tci in tags:
        out += struct.pack("!HH", tpid, tci)
    return out + struct.pack("!H", kind) + body


def ip4(src, dst, proto, body, ttl=64, ident=0x1234, frag=0, tos=0, options=b"", total=None, bad=0):
    words = 5 + len(options) // 4
    total = total if total is not None else words * 4 + len(body)
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | words, tos, total, ident, frag, ttl, proto, 0,
                       packed(src), packed(dst)) + options
    head = head[:10] + struct.pack("!H", checksum(head) ^ bad) + head[12:]
    return head + body


def ip6(src, dst, nxt, body, hop=64, tc=0, flow=0, payload=None):
    payload = payload if payload is not None else len(body)
    return struct.pack("!IHBB16s16s", 6 << 28 | tc << 20 | flow, payload, nxt, hop,
                       packed(src), packed(dst)) + body


def icmp4(kind, code, rest, body, bad=0):
    msg = struct.pack("!BBHI", kind, code, 0, rest) + body
    return msg[:2] + struct.pack("!H", checksum(msg) ^ bad) + msg[4:]


def icmp6(src, dst, kind, code, rest, body):
    msg = struct.pack("!BBHI", kind, code, 0, rest) + body
    pseudo = packed(src) + packed(dst) + struct.pack("!II", len(msg), 58)
    return msg[:2] + struct.pack("!H", checksum(pseudo + msg)) + msg[4:]


def tcp(sport, dport, seq, ack=0, flags=2, window=64240, options=b"", offset=None):
    words = offset if offset is not None else 5 + len(options) // 4
    return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, words << 4, flags, window, 0, 0) + options


def udp(sport, dport, body):
    return struct.pack("!HHHH", sport, dport, 8 + len(body), 0) + body


def payload(size=14):
    return (struct.pack("!QIH", TOKEN, 77, 0xbeef) + b"\0" * size)[:size]


def echo4(kind=8, size=14):
    return icmp4(kind, 0, 0x4d2 << 16 | 5, payload(size))


def extension(*objects, bad=0, version=2, no_sum=False):
    body = b"".join(struct.pack("!HBB", 4 + len(p), c, t) + p for c, t, p in objects)
    head = struct.pack("!BBH", version << 4, 0, 0) + body
    total = 0 if no_sum else checksum(head) ^ bad
    return head[:2] + struct.pack("!H", total) + head[4:]


def label(number, exp, bottom, ttl):
    return struct.pack("!I", number << 12 | exp << 9 | bottom << 8 | ttl)


def if_name(text):
    raw = text.encode()
    raw += b"\0" * (-(len(raw) + 1) % 4)
    return bytes([len(raw) + 1]) + raw


PROBE4 = ip4(US, DST, 1, echo4(), ttl=1, ident=0xabcd, frag=0x4000)          # an echo at its last hop
SYN4 = ip4(US, DST, 6, tcp(40001, 443, 3000000000, options=b"\2\4\5\xb4"), ttl=1, ident=0xabcd, frag=0x4000)
PROBE6 = ip6(US6, DST6, 58, icmp6(US6, DST6, 128, 0, 0x4d2 << 16 | 5, payload()), hop=1, flow=0xabcde)
SYN6 = ip6(US6, DST6, 6, tcp(40001, 179, 7, options=b"\2\4\5\xa0"), hop=1, flow=0xabcde)
STACK = (1, 1, label(16001, 0, 0, 1) + label(24005, 5, 1, 255))
IFACE = (2, 0x0e, struct.pack("!IHH4s", 517, 1, 0, packed("192.0.2.33")) + if_name("ge-0/0/1.100"))
IFACE6 = (2, 0x04, struct.pack("!HH16s", 2, 0, packed("2001:db8::33")))
IFACE_OUT = (2, 0x88, struct.pack("!I", 9))


def pad(quote, size=128):
    return quote + b"\0" * (size - len(quote))


def exceeded4(quote, ext=b"", words=0, kind=11, code=0, rest=0, src=RT, bad=0, **kw):
    return eth(ip4(src, US, 1, icmp4(kind, code, rest | words << 16, quote + ext, bad), **kw), 0x0800)


def exceeded6(quote, ext=b"", words=0, kind=3, code=0, rest=0):
    return eth(ip6(RT6, US6, 58, icmp6(RT6, US6, kind, code, rest | words << 24, quote + ext)), 0x86dd)


def ext_header(nxt, size=8):
    return bytes([nxt, size // 8 - 1]) + b"\1\4" + b"\0" * (size - 4)


def solicitation(options, kind=135, src=RT6, dst=US6, target=US6, hop=255):
    body = packed(target) + options
    return eth(ip6(src, dst, 58, icmp6(src, dst, kind, 0, 0x60000000 if kind == 136 else 0, body), hop=hop), 0x86dd)


def arp(op, sender=RT, target=US, hardware=1, hlen=6):
    return eth(struct.pack("!HHBBH6s4s6s4s", hardware, 0x800, hlen, 4, op, MAC_RT, packed(sender),
                           MAC_US if op == 2 else b"\0" * 6, packed(target)), 0x0806)


IP = f"ip={RT}>{US} proto=1 ttl=64 tos=0 len=%d id=0x1234"
IP6 = f"ip={RT6}>{US6} proto=58 ttl=64 tos=0 len=%d flow=0x00000"
Q4 = f"qip={US}>{DST} qproto=1 qttl=1 qtos=0 qlen=42 qid=0xabcd qdf"
QT = f"qip={US}>{DST} qproto=6 qttl=1 qtos=0 qlen=44 qid=0xabcd qdf"
Q6 = f"qip={US6}>{DST6} qproto=58 qttl=1 qtos=0 qlen=62 qflow=0xabcde"
QI = "qicmp=8/0 qsum=%(echo)s qecho=1234,5"
QI6 = "qicmp=128/0 qsum=%(echo6)s qecho=1234,5"
TOK = "token=0x1122334455667788 %sprobe=77"
QTOK = "q" + TOK % "q"


def sum_of(frame, at):
    return "0x%04x" % struct.unpack("!H", frame[at:at + 2])


def samples():
    """(name, frame, line); %(sum)s is the ICMP checksum of the frame, taken from its bytes."""
    yield "echo-reply", eth(ip4(DST, US, 1, echo4(0), ttl=57), 0x0800), \
        f"ok ip={DST}>{US} proto=1 ttl=57 tos=0 len=42 id=0x1234 icmp=0/0 sum=%(sum)s echo=1234,5 {TOK % ''}"
    yield "echo-reply-padded", eth(ip4(DST, US, 1, echo4(0)) + b"\x5a\xa6\x11" * 6, 0x0800), \
        f"ok ip={DST}>{US} proto=1 ttl=64 tos=0 len=42 id=0x1234 icmp=0/0 sum=%(sum)s echo=1234,5 {TOK % ''}"
    yield "echo-reply-no-payload", eth(ip4(DST, US, 1, echo4(0, 8)), 0x0800), \
        f"ok ip={DST}>{US} proto=1 ttl=64 tos=0 len=36 id=0x1234 icmp=0/0 sum=%(sum)s echo=1234,5"
    yield "echo-reply-large", eth(ip4(DST, US, 1, echo4(0, 1472), ttl=57), 0x0800), \
        f"cut ip={DST}>{US} proto=1 ttl=57 tos=0 len=1500 id=0x1234 icmp=0/0 sum=%(sum)s icmpsum=bad echo=1234,5 {TOK % ''}"
    yield "echo-request-options", eth(ip4(US, DST, 1, echo4(), options=b"\x94\4\0\0"), 0x0800), \
        f"ok ip={US}>{DST} proto=1 ttl=64 tos=0 len=46 id=0x1234 icmp=8/0 sum=%(sum)s echo=1234,5 {TOK % ''}"
    yield "exceeded-28", exceeded4(PROBE4[:28]), f"ok {IP % 56} icmp=11/0 sum=%(sum)s error rest=0x00000000 {Q4} {QI}"
    yield "exceeded-full", exceeded4(PROBE4), \
        f"ok {IP % 70} icmp=11/0 sum=%(sum)s error rest=0x00000000 {Q4} {QI} {QTOK}"
    yield "exceeded-tcp-28", exceeded4(SYN4[:28]), \
        f"ok {IP % 56} icmp=11/0 sum=%(sum)s error rest=0x00000000 {QT} qtcp=40001>443 qseq=3000000000"
    yield "exceeded-tcp-full", exceeded4(SYN4), \
        f"ok {IP % 72} icmp=11/0 sum=%(sum)s error rest=0x00000000 {QT} qtcp=40001>443 qseq=3000000000 " \
        "qack=0 qflags=0x02 qwindow=64240"
    yield "exceeded-udp", exceeded4(ip4(US, DST, 17, udp(33434, 33435, b"xy"), ttl=1)), \
        f"ok {IP % 58} icmp=11/0 sum=%(sum)s error rest=0x00000000 qip={US}>{DST} qproto=17 qttl=1 qtos=0 " \
        "qlen=30 qid=0x1234 qudp=33434>33435 qudplen=10"
    yield "exceeded-tos", exceeded4(PROBE4[:28], tos=0xc0), \
        f"ok ip={RT}>{US} proto=1 ttl=64 tos=192 len=56 id=0x1234 icmp=11/0 sum=%(sum)s error rest=0x00000000 {Q4} {QI}"
    yield "exceeded-mpls", exceeded4(pad(PROBE4), extension(STACK), words=32), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good mpls=16001/0/0/1 mpls=24005/5/1/255"
    yield "exceeded-mpls-legacy", exceeded4(pad(SYN4), extension(STACK)), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00000000 {QT} qtcp=40001>443 qseq=3000000000 " \
        "qack=0 qflags=0x02 qwindow=64240 ext=good mpls=16001/0/0/1 mpls=24005/5/1/255"
    yield "exceeded-mpls-legacy-bad", exceeded4(pad(PROBE4), extension(STACK, bad=1)), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00000000 {Q4} {QI} {QTOK}"
    yield "exceeded-mpls-legacy-no-sum", exceeded4(pad(PROBE4), extension(STACK, no_sum=True)), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00000000 {Q4} {QI} {QTOK}"
    yield "exceeded-mpls-bad", exceeded4(pad(PROBE4), extension(STACK, bad=1), words=32), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=bad"
    yield "exceeded-mpls-no-sum", exceeded4(pad(PROBE4), extension(STACK, no_sum=True), words=32), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good mpls=16001/0/0/1 mpls=24005/5/1/255"
    yield "exceeded-ext-version-1", exceeded4(pad(PROBE4), extension(STACK, version=1), words=32), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK}"
    yield "exceeded-interface", exceeded4(pad(PROBE4), extension(IFACE_OUT, IFACE), words=32), \
        f"ok {IP % 200} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good if=517,192.0.2.33,ge-0/0/1.100"
    yield "exceeded-interface-6", exceeded4(pad(PROBE4), extension(IFACE6, IFACE_OUT), words=32), \
        f"ok {IP % 192} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good if=0,2001:db8::33,"
    yield "exceeded-interface-hostile-name", \
        exceeded4(pad(PROBE4), extension((2, 0x02, if_name("a\x1b[2Jb"))), words=32), \
        f"ok {IP % 172} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good if=0,-,a\\xef\\xbf\\xbd[2Jb"
    yield "exceeded-object-too-long", exceeded4(pad(PROBE4), ext_raw(b"\0\x30\1\1" + label(1, 0, 1, 1)), words=32), \
        f"ok {IP % 168} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good"
    yield "exceeded-object-length-3", \
        exceeded4(pad(PROBE4), ext_raw(b"\0\3\1\1" + label(1, 0, 1, 1)), words=32), \
        f"ok {IP % 168} icmp=11/0 sum=%(sum)s error rest=0x00200000 {Q4} {QI} {QTOK} ext=good"
    yield "exceeded-length-beyond-end", exceeded4(PROBE4, words=200), \
        f"ok {IP % 70} icmp=11/0 sum=%(sum)s error rest=0x00c80000 {Q4} {QI} {QTOK}"
    yield "exceeded-bad-sum", exceeded4(PROBE4[:28], bad=1), \
        f"ok {IP % 56} icmp=11/0 sum=%(sum)s icmpsum=bad error rest=0x00000000 {Q4} {QI}"
    yield "exceeded-no-quote", exceeded4(b""), f"malformed {IP % 28} icmp=11/0 sum=%(sum)s error rest=0x00000000"
    yield "exceeded-quote-24", exceeded4(PROBE4[:24]), \
        f"ok {IP % 52} icmp=11/0 sum=%(sum)s error rest=0x00000000 {Q4} qicmp=8/0 qsum=%(echo)s"
    yield "exceeded-quoted-error", exceeded4(ip4(US, DST, 1, icmp4(11, 0, 0, PROBE4[:28]), ttl=1)), \
        f"ok {IP % 84} icmp=11/0 sum=%(sum)s error rest=0x00000000 qip={US}>{DST} qproto=1 qttl=1 qtos=0 " \
        "qlen=56 qid=0x1234 qicmp=11/0 qsum=%(nested)s"
    yield "exceeded-quoted-fragment", exceeded4(ip4(US, DST, 6, b"12345678", ttl=1, frag=0x00b9)), \
        f"ok {IP % 56} icmp=11/0 sum=%(sum)s error rest=0x00000000 qip={US}>{DST} qproto=6 qttl=1 qtos=0 " \
        "qlen=28 qid=0x1234 qfragment"
    yield "exceeded-quoted-short-length", exceeded4(ip4(US, DST, 6, SYN4[20:28], ttl=1, total=20)), \
        f"ok {IP % 56} icmp=11/0 sum=%(sum)s error rest=0x00000000 qip={US}>{DST} qproto=6 qttl=1 qtos=0 " \
        "qlen=20 qid=0x1234 qtcp=40001>443 qseq=3000000000"
    yield "unreachable-port", exceeded4(SYN4[:28], kind=3, code=3), \
        f"ok {IP % 56} icmp=3/3 sum=%(sum)s error rest=0x00000000 {QT} qtcp=40001>443 qseq=3000000000"
    yield "fragmentation-needed", exceeded4(SYN4[:28], kind=3, code=4, rest=1400), \
        f"ok {IP % 56} icmp=3/4 sum=%(sum)s error rest=0x00000578 {QT} qtcp=40001>443 qseq=3000000000"
    yield "redirect", exceeded4(PROBE4[:28], kind=5, code=1, rest=0x0a0a01fe), \
        f"ok {IP % 56} icmp=5/1 sum=%(sum)s error rest=0x0a0a01fe {Q4} {QI}"
    yield "timestamp-request", eth(ip4(RT, US, 1, icmp4(13, 0, 1, b"\0" * 12)), 0x0800), \
        f"ok {IP % 40} icmp=13/0 sum=%(sum)s"
    yield "vlan", eth(ip4(DST, US, 1, echo4(0)), 0x0800, [(0x8100, 0xa064)]), \
        f"ok vlan=100 ip={DST}>{US} proto=1 ttl=64 tos=0 len=42 id=0x1234 icmp=0/0 sum=%(sum)s echo=1234,5 {TOK % ''}"
    yield "qinq", eth(ip4(DST, US, 1, echo4(0)), 0x0800, [(0x88a8, 200), (0x8100, 100)]), \
        f"ok vlan=200 vlan=100 ip={DST}>{US} proto=1 ttl=64 tos=0 len=42 id=0x1234 icmp=0/0 sum=%(sum)s echo=1234,5 {TOK % ''}"
    yield "three-tags", eth(ip4(DST, US, 1, echo4(0)), 0x0800, [(0x88a8, 3), (0x8100, 2), (0x8100, 1)]), \
        "unknown vlan=3 vlan=2"
    yield "syn", eth(SYN4, 0x0800), \
        f"ok ip={US}>{DST} proto=6 ttl=1 tos=0 len=44 id=0xabcd df tcp=40001>443 seq=3000000000 ack=0 flags=0x02 window=64240"
    yield "syn-ack", eth(ip4(DST, US, 6, tcp(443, 40001, 99, 3000000001, 0x12, 65535, b"\2\4\5\xb4"), ident=0), 0x0800), \
        f"ok ip={DST}>{US} proto=6 ttl=64 tos=0 len=44 id=0x0000 tcp=443>40001 seq=99 ack=3000000001 flags=0x12 window=65535"
    yield "rst", eth(ip4(DST, US, 6, tcp(443, 40001, 0, 3000000001, 0x14, 0)), 0x0800), \
        f"ok ip={DST}>{US} proto=6 ttl=64 tos=0 len=40 id=0x1234 tcp=443>40001 seq=0 ack=3000000001 flags=0x14 window=0"
    yield "tcp-offset-4", eth(ip4(DST, US, 6, tcp(443, 40001, 0, offset=4)), 0x0800), \
        f"malformed ip={DST}>{US} proto=6 ttl=64 tos=0 len=40 id=0x1234 tcp=443>40001 seq=0"
    yield "tcp-offset-beyond", eth(ip4(DST, US, 6, tcp(443, 40001, 0, offset=6)), 0x0800), \
        f"malformed ip={DST}>{US} proto=6 ttl=64 tos=0 len=40 id=0x1234 tcp=443>40001 seq=0 ack=0 flags=0x02 window=64240"
    yield "udp", eth(ip4(DST, US, 17, udp(53, 5353, b"abc")), 0x0800), \
        f"ok ip={DST}>{US} proto=17 ttl=64 tos=0 len=31 id=0x1234 udp=53>5353 udplen=11"
    yield "fragment-first", eth(ip4(DST, US, 1, echo4(0)[:16], frag=0x2000), 0x0800), \
        f"cut ip={DST}>{US} proto=1 ttl=64 tos=0 len=36 id=0x1234 icmp=0/0 sum=%(sum)s icmpsum=bad echo=1234,5"
    yield "fragment-later", eth(ip4(DST, US, 1, b"abcdefgh", frag=0x0002), 0x0800), \
        f"ok ip={DST}>{US} proto=1 ttl=64 tos=0 len=28 id=0x1234 fragment"
    yield "ip-bad-sum", eth(ip4(DST, US, 17, udp(53, 5353, b""), bad=1), 0x0800), \
        f"ok ip={DST}>{US} proto=17 ttl=64 tos=0 len=28 id=0x1234 ipsum=bad udp=53>5353 udplen=8"
    yield "ip-header-length-4", eth(b"\x44" + ip4(DST, US, 17, udp(1, 2, b""))[1:], 0x0800), "malformed"
    yield "ip-version-5", eth(b"\x55" + ip4(DST, US, 17, udp(1, 2, b""))[1:], 0x0800), "malformed"
    yield "ip-total-below-header", eth(ip4(DST, US, 17, udp(1, 2, b""), total=19), 0x0800), "malformed"
    yield "ip-total-beyond-frame", eth(ip4(DST, US, 17, udp(1, 2, b""), total=99), 0x0800), \
        f"cut ip={DST}>{US} proto=17 ttl=64 tos=0 len=99 id=0x1234 udp=1>2 udplen=8"
    yield "ip-icmp-of-4-bytes", eth(ip4(DST, US, 1, b"\0\0\xff\xff"), 0x0800), \
        f"malformed ip={DST}>{US} proto=1 ttl=64 tos=0 len=24 id=0x1234"
    yield "gre", eth(ip4(DST, US, 47, b"\0\0\x08\0"), 0x0800), f"unknown ip={DST}>{US} proto=47 ttl=64 tos=0 len=24 id=0x1234"
    yield "lldp", eth(b"\2\7\4" + MAC_RT, 0x88cc), "unknown"
    yield "runt", eth(b"", 0)[:13], "malformed"
    yield "arp-request", arp(1), f"ok nb=request,{RT},{US} mac=02:00:0a:0a:01:02"
    yield "arp-reply", arp(2), f"ok nb=reply,{RT},{US} mac=02:00:0a:0a:01:02"
    yield "arp-rarp-op", arp(3), "unknown"
    yield "arp-token-ring", arp(1, hardware=6), "unknown"
    yield "arp-hardware-length-5", arp(1, hlen=5), "malformed"
    yield "v6-echo-reply", eth(ip6(DST6, US6, 58, icmp6(DST6, US6, 129, 0, 0x4d2 << 16 | 5, payload()), hop=58, tc=8, flow=3), 0x86dd), \
        f"ok ip={DST6}>{US6} proto=58 ttl=58 tos=8 len=62 flow=0x00003 icmp=129/0 sum=%(sum)s echo=1234,5 {TOK % ''}"
    yield "v6-exceeded-full", exceeded6(PROBE6), \
        f"ok {IP6 % 110} icmp=3/0 sum=%(sum)s error rest=0x00000000 {Q6} {QI6} {QTOK}"
    yield "v6-exceeded-48", exceeded6(PROBE6[:48]), \
        f"ok {IP6 % 96} icmp=3/0 sum=%(sum)s error rest=0x00000000 {Q6} {QI6}"
    yield "v6-exceeded-tcp", exceeded6(SYN6), \
        f"ok {IP6 % 112} icmp=3/0 sum=%(sum)s error rest=0x00000000 qip={US6}>{DST6} qproto=6 qttl=1 qtos=0 qlen=64 " \
        "qflow=0xabcde qtcp=40001>179 qseq=7 qack=0 qflags=0x02 qwindow=64240"
    yield "v6-exceeded-mpls", exceeded6(pad(PROBE6), extension(STACK), words=16), \
        f"ok {IP6 % 192} icmp=3/0 sum=%(sum)s error rest=0x10000000 {Q6} {QI6} {QTOK} ext=good mpls=16001/0/0/1 mpls=24005/5/1/255"
    yield "v6-exceeded-mpls-legacy", exceeded6(pad(PROBE6), extension(STACK)), \
        f"ok {IP6 % 192} icmp=3/0 sum=%(sum)s error rest=0x00000000 {Q6} {QI6} {QTOK} ext=good mpls=16001/0/0/1 mpls=24005/5/1/255"
    yield "v6-unreachable-admin", exceeded6(SYN6[:48], kind=1, code=1), \
        f"ok {IP6 % 96} icmp=1/1 sum=%(sum)s error rest=0x00000000 qip={US6}>{DST6} qproto=6 qttl=1 qtos=0 qlen=64 " \
        "qflow=0xabcde qtcp=40001>179 qseq=7"
    yield "v6-too-big", exceeded6(PROBE6[:48], kind=2, rest=1280), \
        f"ok {IP6 % 96} icmp=2/0 sum=%(sum)s error rest=0x00000500 {Q6} {QI6}"
    yield "v6-hop-by-hop-and-options", \
        eth(ip6(DST6, US6, 0, ext_header(60) + ext_header(6, 16) + tcp(179, 40001, 1, 8, 0x14, 0)), 0x86dd), \
        f"ok ip={DST6}>{US6} proto=6 ttl=64 tos=0 len=84 flow=0x00000 tcp=179>40001 seq=1 ack=8 flags=0x14 window=0"
    yield "v6-routing", eth(ip6(DST6, US6, 43, bytes([17, 2, 4, 0]) + b"\0" * 20 + udp(1, 2, b"")), 0x86dd), \
        f"ok ip={DST6}>{US6} proto=17 ttl=64 tos=0 len=72 flow=0x00000 udp=1>2 udplen=8"
    yield "v6-fragment-first", eth(ip6(DST6, US6, 44, b"\6\0\0\1\0\0\0\7" + tcp(179, 40001, 1, 8, 0x14, 0)), 0x86dd), \
        f"cut ip={DST6}>{US6} proto=6 ttl=64 tos=0 len=68 flow=0x00000 tcp=179>40001 seq=1 ack=8 flags=0x14 window=0"
    yield "v6-fragment-atomic", eth(ip6(DST6, US6, 44, b"\6\0\0\0\0\0\0\7" + tcp(179, 40001, 1, 8, 0x14, 0)), 0x86dd), \
        f"ok ip={DST6}>{US6} proto=6 ttl=64 tos=0 len=68 flow=0x00000 tcp=179>40001 seq=1 ack=8 flags=0x14 window=0"
    yield "v6-fragment-later", eth(ip6(DST6, US6, 44, b"\6\0\0\x10\0\0\0\7" + b"abcdefgh"), 0x86dd), \
        f"ok ip={DST6}>{US6} proto=6 ttl=64 tos=0 len=56 flow=0x00000 fragment"
    yield "v6-auth", eth(ip6(DST6, US6, 51, bytes([17, 4, 0, 0]) + b"\0" * 20 + udp(1, 2, b"")), 0x86dd), \
        f"ok ip={DST6}>{US6} proto=17 ttl=64 tos=0 len=72 flow=0x00000 udp=1>2 udplen=8"
    yield "v6-nine-extensions", eth(ip6(DST6, US6, 60, ext_header(60) * 8 + ext_header(17) + udp(1, 2, b"")), 0x86dd), \
        f"malformed ip={DST6}>{US6} proto=0 ttl=64 tos=0 len=120 flow=0x00000"
    yield "v6-extension-beyond", eth(ip6(DST6, US6, 60, b"\x11\x09\0\0\0\0\0\0"), 0x86dd), \
        f"malformed ip={DST6}>{US6} proto=0 ttl=64 tos=0 len=48 flow=0x00000"
    yield "v6-version-4", eth(b"\x40" + ip6(DST6, US6, 17, udp(1, 2, b""))[1:], 0x86dd), "malformed"
    yield "nd-solicitation", solicitation(b"\1\1" + MAC_RT), \
        f"ok ip={RT6}>{US6} proto=58 ttl=255 tos=0 len=72 flow=0x00000 icmp=135/0 sum=%(sum)s nb=request,{RT6},{US6} mac=02:00:0a:0a:01:02"
    yield "nd-advertisement", solicitation(b"\2\1" + MAC_RT, kind=136, target=RT6), \
        f"ok ip={RT6}>{US6} proto=58 ttl=255 tos=0 len=72 flow=0x00000 icmp=136/0 sum=%(sum)s nb=reply,{RT6},{RT6} mac=02:00:0a:0a:01:02"
    yield "nd-advertisement-bare", solicitation(b"", kind=136, target=RT6), \
        f"ok ip={RT6}>{US6} proto=58 ttl=255 tos=0 len=64 flow=0x00000 icmp=136/0 sum=%(sum)s nb=reply,{RT6},{RT6}"
    yield "nd-option-nonce-first", solicitation(b"\x0e\1abcdef" + b"\1\1" + MAC_RT), \
        f"ok ip={RT6}>{US6} proto=58 ttl=255 tos=0 len=80 flow=0x00000 icmp=135/0 sum=%(sum)s nb=request,{RT6},{US6} mac=02:00:0a:0a:01:02"
    yield "nd-option-length-0", solicitation(b"\1\0" + MAC_RT), \
        f"malformed ip={RT6}>{US6} proto=58 ttl=255 tos=0 len=72 flow=0x00000 icmp=135/0 sum=%(sum)s nb=request,{RT6},{US6}"
    yield "nd-option-beyond", solicitation(b"\1\2" + MAC_RT), \
        f"malformed ip={RT6}>{US6} proto=58 ttl=255 tos=0 len=72 flow=0x00000 icmp=135/0 sum=%(sum)s nb=request,{RT6},{US6}"


def ext_raw(body):
    head = b"\x20\0\0\0" + body
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]


def icmp_sum_at(frame):
    """Where the ICMP checksum stands in a frame without extension headers."""
    at = 12
    while frame[at:at + 2] in (b"\x81\0", b"\x88\xa8"):
        at += 4
    v4 = frame[at:at + 2] == b"\x08\0"
    return at + 4 + ((frame[at + 2] & 15) * 4 if v4 else 40)


def lines():
    fixed = {"echo": sum_of(PROBE4, 22), "echo6": sum_of(PROBE6, 42),
             "nested": sum_of(icmp4(11, 0, 0, PROBE4[:28]), 2)}
    for name, frame, line in samples():
        if "%(sum)s" in line:
            fixed["sum"] = sum_of(frame, icmp_sum_at(frame))
        yield name, frame, line % fixed


def wrap(text, width=100):
    return "\n".join('\t\t"%s"' % text[i:i + width] for i in range(0, len(text), width))


def seeds(folder):
    for name, frame, _ in lines():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(b"\0" + frame[:512])  # the target's first byte: nothing cut


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--seeds":
        seeds(sys.argv[2])
        return
    print("/* SPDX-License-Identifier: BSD-2-Clause */")
    print("/* Written by make_samples.py: frames, and what the decoder must say of them. */")
    print("static const struct sample { const char *name, *hex, *line; } samples[] = {")
    for name, frame, line in lines():
        print('\t{"%s",\n%s,\n\t\t"%s"},' % (name, wrap(frame.hex()), line))
    print("};")


if __name__ == "__main__":
    main()
