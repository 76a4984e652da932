/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/frames.h"
#include "erprobe/bytes.h"

#include <string.h>

#define TCP_FLAGS_SYN 0x02
#define TCP_FLAGS_RST 0x04
#define TCP_FLAGS_SYN_ACK 0x12
#define TCP_FLAGS_RST_ACK 0x14

static uint32_t pseudo_sum(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto, size_t len)
{
	uint8_t tail[8] = {0, 0, (uint8_t)(len >> 8), (uint8_t)len, 0, 0, 0, proto};
	uint32_t sum = inet_sum(0, src->bytes, ip_addr_len(src->family));
	sum = inet_sum(sum, dst->bytes, ip_addr_len(dst->family));
	return inet_sum(sum, tail, sizeof tail);
}

/* absent: bytes that the header counts and the capture has cut off. */
static size_t put_ip(uint8_t *out, size_t size, const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
                     uint8_t ttl, uint16_t id, uint32_t label, const uint8_t *body, size_t len, size_t absent)
{
	struct wr w = wr_over(out, size);
	if (src->family == IP_V6) {
		wr_u32(&w, 0x60000000u | label);
		wr_u16(&w, (uint16_t)(len + absent));
		wr_u8(&w, proto);
		wr_u8(&w, ttl);
		wr_bytes(&w, src->bytes, 16);
		wr_bytes(&w, dst->bytes, 16);
	} else {
		uint8_t head[20];
		struct wr h = wr_over(head, sizeof head);
		wr_u16(&h, 0x4500);
		wr_u16(&h, (uint16_t)(20 + len + absent));
		wr_u16(&h, id);
		wr_u16(&h, 0x4000);
		wr_u8(&h, ttl);
		wr_u8(&h, proto);
		wr_u16(&h, 0);
		wr_bytes(&h, src->bytes, 4);
		wr_bytes(&h, dst->bytes, 4);
		uint16_t sum = inet_sum_fold(inet_sum(0, head, sizeof head));
		head[10] = (uint8_t)(sum >> 8);
		head[11] = (uint8_t)sum;
		wr_bytes(&w, head, sizeof head);
	}
	wr_bytes(&w, body, len);
	return wr_len(&w);
}

static size_t put_tcp(uint8_t out[20], const struct ip_addr *src, const struct ip_addr *dst, uint16_t sport, uint16_t dport,
                      uint32_t seq, uint32_t ack, uint8_t flags)
{
	struct wr w = wr_over(out, 20);
	wr_u16(&w, sport);
	wr_u16(&w, dport);
	wr_u32(&w, seq);
	wr_u32(&w, ack);
	wr_u16(&w, (uint16_t)(0x5000 | flags));
	wr_u16(&w, 64240);
	wr_u32(&w, 0);
	uint16_t sum = inet_sum_fold(inet_sum(pseudo_sum(src, dst, 6, 20), out, 20));
	out[16] = (uint8_t)(sum >> 8);
	out[17] = (uint8_t)sum;
	return 20;
}

/* The echo's compensation field brings the checksum to the flow's constant. */
static size_t put_echo(uint8_t *out, const struct probe_spec *s, uint8_t type)
{
	struct wr w = wr_over(out, 64);
	bool v6 = s->dst.family == IP_V6;
	size_t len = 8 + ECHO_PAYLOAD_MIN;
	wr_u8(&w, v6 ? 128 : 8);
	wr_u8(&w, 0);
	wr_u16(&w, s->icmp_sum);
	wr_u16(&w, s->src_port);
	wr_u16(&w, s->dst_port);
	wr_u64(&w, s->token);
	wr_u32(&w, s->id);
	wr_u16(&w, 0);
	uint32_t partial = inet_sum(v6 ? pseudo_sum(&s->src, &s->dst, 58, len) : 0, out, len);
	uint16_t compensation = inet_sum_fold(partial);
	out[20] = (uint8_t)(compensation >> 8);
	out[21] = (uint8_t)compensation;
	if (type != 0xff) { /* a reply: other type, checksum computed anew */
		out[0] = type;
		out[2] = out[3] = 0;
		uint16_t sum = inet_sum_fold(inet_sum(v6 ? pseudo_sum(&s->dst, &s->src, 58, len) : 0, out, len));
		out[2] = (uint8_t)(sum >> 8);
		out[3] = (uint8_t)sum;
	}
	return len;
}

/* What a large echo has beyond the smallest. */
static size_t cut_off(const struct probe_spec *s)
{
	size_t least = (s->dst.family == IP_V6 ? 40u : 20u) + 8 + ECHO_PAYLOAD_MIN;
	return s->kind == PROBE_ICMP_ECHO && s->size > least ? s->size - least : 0;
}

static size_t put_probe(uint8_t *out, size_t size, const struct probe_spec *s, uint8_t ttl)
{
	uint8_t body[64];
	bool v6 = s->dst.family == IP_V6;
	if (s->kind == PROBE_TCP_SYN) {
		size_t n = put_tcp(body, &s->src, &s->dst, s->src_port, s->dst_port, s->seq, 0, TCP_FLAGS_SYN);
		return put_ip(out, size, &s->src, &s->dst, 6, ttl, s->ip_id, s->flow_label, body, n, 0);
	}
	size_t n = put_echo(body, s, 0xff);
	return put_ip(out, size, &s->src, &s->dst, v6 ? 58 : 1, ttl, s->ip_id, s->flow_label, body, n, cut_off(s));
}

static void finish_cut(struct frame *f, struct wall_ns at, uint8_t family, const uint8_t *ip, size_t len, size_t absent)
{
	memset(f, 0, sizeof *f);
	f->at = at;
	struct wr w = wr_over(f->bytes, sizeof f->bytes);
	wr_zero(&w, 12);
	wr_u16(&w, family == IP_V6 ? 0x86dd : 0x0800);
	wr_bytes(&w, ip, len);
	f->cap_len = (uint16_t)wr_len(&w);
	f->wire_len = (uint32_t)(f->cap_len + absent);
}

static void finish(struct frame *f, struct wall_ns at, uint8_t family, const uint8_t *ip, size_t len)
{
	finish_cut(f, at, family, ip, len, 0);
}

/* RFC 826, to all for a request; the same host answers for every address here. */
static void finish_arp(struct frame *f, struct wall_ns at, bool reply, const struct ip_addr *sender, const struct ip_addr *target)
{
	static const uint8_t us[6] = {2, 0, 0, 0, 0, 1}, them[6] = {2, 0, 0, 0, 0, 2};
	memset(f, 0, sizeof *f);
	f->at = at;
	struct wr w = wr_over(f->bytes, sizeof f->bytes);
	wr_bytes(&w, reply ? (const void *)us : "\xff\xff\xff\xff\xff\xff", 6);
	wr_bytes(&w, reply ? them : us, 6);
	wr_u16(&w, 0x0806);
	wr_u32(&w, 0x00010800);
	wr_u16(&w, 0x0604);
	wr_u16(&w, reply ? 2 : 1);
	wr_bytes(&w, reply ? them : us, 6);
	wr_bytes(&w, sender->bytes, 4);
	wr_bytes(&w, reply ? (const void *)us : "\0\0\0\0\0\0", 6);
	wr_bytes(&w, target->bytes, 4);
	f->cap_len = (uint16_t)wr_len(&w);
	f->wire_len = f->cap_len;
}

/* RFC 4861 4.3 and 4.4, hop limit 255 (7.1). */
static void finish_nd(struct frame *f, struct wall_ns at, bool reply, const struct ip_addr *us, const struct ip_addr *them)
{
	uint8_t body[32] = {0}, ip[128];
	struct ip_addr to = reply ? *us : *them;
	const struct ip_addr *from = reply ? them : us;
	if (!reply) { /* the solicited-node multicast address, RFC 4291 2.7.1 */
		static const uint8_t prefix[13] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
		memcpy(to.bytes, prefix, sizeof prefix);
	}
	body[0] = reply ? 136 : 135;
	body[4] = reply ? 0x60 : 0; /* solicited, override */
	memcpy(body + 8, them->bytes, 16);
	memcpy(body + 24, reply ? "\2\1\2\0\0\0\0\2" : "\1\1\2\0\0\0\0\1", 8);
	uint16_t sum = inet_sum_fold(inet_sum(pseudo_sum(from, &to, 58, sizeof body), body, sizeof body));
	body[2] = (uint8_t)(sum >> 8);
	body[3] = (uint8_t)sum;
	finish(f, at, IP_V6, ip, put_ip(ip, sizeof ip, from, &to, 58, 255, 0, 0, body, sizeof body, 0));
	if (!reply) { /* RFC 2464 7 */
		memcpy(f->bytes, "\x33\x33", 2);
		memcpy(f->bytes + 2, to.bytes + 12, 4);
	}
}

static void neighbour(const struct probe_spec *s, struct wall_ns at, bool reply, struct frame *f)
{
	if (s->dst.family == IP_V6)
		finish_nd(f, at, reply, &s->src, &s->dst);
	else
		finish_arp(f, at, reply, reply ? &s->dst : &s->src, reply ? &s->src : &s->dst);
}

void frame_of_probe(const struct probe_spec *s, struct wall_ns at, struct frame *f)
{
	uint8_t ip[256];
	if (s->kind == PROBE_NEIGHBOUR)
		neighbour(s, at, false, f);
	else
		finish_cut(f, at, s->dst.family, ip, put_probe(ip, sizeof ip, s, s->ttl), cut_off(s));
}

void frame_of_reset(const struct probe_spec *s, struct wall_ns at, struct frame *f)
{
	uint8_t body[64], ip[256];
	size_t n = put_tcp(body, &s->src, &s->dst, s->src_port, s->dst_port, s->seq + 1, 0, TCP_FLAGS_RST);
	finish(f, at, s->dst.family, ip, put_ip(ip, sizeof ip, &s->src, &s->dst, 6, 64, 0, 0, body, n, 0));
}

static size_t put_error(uint8_t *out, size_t size, const struct probe_spec *s, const struct sim_answer *a)
{
	bool v6 = s->dst.family == IP_V6;
	uint8_t quote[200], body[256];
	size_t n = put_probe(quote, sizeof quote, s, 1);
	if (!v6 && n > 28)
		n = 28; /* RFC 792: the header and eight bytes */
	struct wr w = wr_over(body, sizeof body);
	wr_u8(&w, a->type);
	wr_u8(&w, a->code);
	wr_u16(&w, 0);
	wr_u32(&w, a->mtu);
	wr_bytes(&w, quote, n);
	size_t len = wr_len(&w);
	uint16_t sum = inet_sum_fold(inet_sum(v6 ? pseudo_sum(&a->from, &s->src, 58, len) : 0, body, len));
	body[2] = (uint8_t)(sum >> 8);
	body[3] = (uint8_t)sum;
	return put_ip(out, size, &a->from, &s->src, v6 ? 58 : 1, a->reply_ttl, 7, 0, body, len, 0);
}

void frame_of_answer(const struct probe_spec *s, const struct sim_answer *a, struct wall_ns at, struct frame *f)
{
	uint8_t ip[512], body[64];
	bool v6 = s->dst.family == IP_V6;
	size_t n, absent = 0;
	if (a->type == SIM_NEIGHBOUR) {
		neighbour(s, at, true, f);
		return;
	}
	if (a->is_error) {
		n = put_error(ip, sizeof ip, s, a);
	} else if (a->type == SIM_SYN_ACK || a->type == SIM_RST) {
		uint8_t flags = a->type == SIM_RST ? TCP_FLAGS_RST_ACK : TCP_FLAGS_SYN_ACK;
		n = put_tcp(body, &s->dst, &s->src, s->dst_port, s->src_port, a->type == SIM_RST ? 0 : 12345, s->seq + 1, flags);
		n = put_ip(ip, sizeof ip, &s->dst, &s->src, 6, a->reply_ttl, a->id, 0, body, n, 0);
	} else {
		n = put_echo(body, s, v6 ? 129 : 0);
		n = put_ip(ip, sizeof ip, &s->dst, &s->src, v6 ? 58 : 1, a->reply_ttl, a->id, 0, body, n, cut_off(s));
		absent = cut_off(s);
	}
	finish_cut(f, at, s->dst.family, ip, n, absent);
}
