/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/template.h"

#include "erprobe/bytes.h"
#include "probe/packet/craft.h"

#include <string.h>

/* Where fields lie (RFC 791, 8200; 792, 4443; 768; 9293). */
enum { V4_ID = 4, V4_TTL = 8, V4_SUM = 10, V4_SOURCE = 12, V4_TARGET = 16 };
enum { V6_FLOW = 0, V6_NEXT = 6, V6_SOURCE = 8, V6_TARGET = 24 };
enum { ECHO_SUM = 2, ECHO_ID = 4, ECHO_SEQ = 6, UDP_SUM = 6, TCP_SEQ = 4, TCP_ACK = 8, TCP_SUM = 16 };
enum { PORT_SOURCE = 0, PORT_TARGET = 2, PAYLOAD = 8, PAYLOAD_ID = 16, PAYLOAD_COMPENSATION = 20 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP6 = 58 };

static size_t header_len(uint8_t family)
{
	return family == IP_V6 ? SIZE_IPV6 : SIZE_IPV4;
}

static bool fits(const struct template *t, const struct probe_spec *s)
{
	return t->kind == s->kind && t->family == s->src.family && t->size == s->size && t->tos == s->tos &&
	       t->dont_fragment == s->dont_fragment && t->acks == (s->ack != 0);
}

static uint16_t word_at(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put_word(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* A packet in the making: the copy, and its sums as they stand. */
struct patch { uint8_t *bytes; uint32_t ip_sum, sum; };

/* One word, counted in the sums that cover it. A sum only loses what it had. */
static void set(struct patch *p, size_t at, uint16_t v, bool in_ip, bool in_transport)
{
	uint16_t old = word_at(p->bytes + at);

	if (in_ip)
		p->ip_sum += (uint32_t)v - old;
	if (in_transport)
		p->sum += (uint32_t)v - old;
	put_word(p->bytes + at, v);
}

static void set_transport32(struct patch *p, size_t at, uint32_t v)
{
	set(p, at, (uint16_t)(v >> 16), false, true);
	set(p, at + 2, (uint16_t)v, false, true);
}

static uint16_t folded(uint32_t sum)
{
	return (uint16_t)inet_sum_fold(sum);
}

static void set_ip4(struct patch *p, const struct probe_spec *s, bool pseudo)
{
	set(p, V4_ID, s->ip_id, true, false);
	set(p, V4_TTL, (uint16_t)(s->ttl << 8 | p->bytes[V4_TTL + 1]), true, false);
	for (size_t i = 0; i < 4; i += 2) {
		set(p, V4_SOURCE + i, word_at(s->src.bytes + i), true, pseudo);
		set(p, V4_TARGET + i, word_at(s->dst.bytes + i), true, pseudo);
	}
}

static void set_ip6(struct patch *p, const struct probe_spec *s)
{
	put_word(p->bytes + V6_FLOW, (uint16_t)((word_at(p->bytes + V6_FLOW) & 0xfff0) | (s->flow_label >> 16 & 0xf)));
	put_word(p->bytes + V6_FLOW + 2, (uint16_t)s->flow_label);
	p->bytes[V6_NEXT + 1] = s->ttl;
	for (size_t i = 0; i < 16; i += 2) {
		set(p, V6_SOURCE + i, word_at(s->src.bytes + i), false, true);
		set(p, V6_TARGET + i, word_at(s->dst.bytes + i), false, true);
	}
}

/* The payload of probe.h behind an echo's or a datagram's header at `at`. */
static void set_payload(struct patch *p, const struct probe_spec *s, size_t at)
{
	set_transport32(p, at + PAYLOAD, (uint32_t)(s->token >> 32));
	set_transport32(p, at + PAYLOAD + 4, (uint32_t)s->token);
	set_transport32(p, at + PAYLOAD_ID, s->id);
	put_word(p->bytes + at + PAYLOAD_COMPENSATION, craft_compensation(p->sum, s->icmp_sum));
}

static void set_transport(struct patch *p, const struct probe_spec *s, size_t at)
{
	bool echo = s->kind == PROBE_ICMP_ECHO;

	set(p, at + (echo ? ECHO_ID : PORT_SOURCE), s->src_port, false, true);
	set(p, at + (echo ? ECHO_SEQ : PORT_TARGET), s->dst_port, false, true);
	if (echo || s->kind == PROBE_UDP) {
		put_word(p->bytes + at + (echo ? ECHO_SUM : UDP_SUM), s->icmp_sum);
		set_payload(p, s, at);
		return;
	}
	set_transport32(p, at + TCP_SEQ, s->seq);
	set_transport32(p, at + TCP_ACK, s->ack);
	put_word(p->bytes + at + TCP_SUM, folded(p->sum));
}

size_t templates_build(const struct templates *t, const struct probe_spec *s, uint8_t *out)
{
	for (size_t i = 0; i < TEMPLATES_MAX; i++) {
		const struct template *k = &t->list[i];
		if (k->kind == 0 || !fits(k, s) || s->dst.family != s->src.family)
			continue;
		struct patch p = {out, k->ip_sum, k->sum};
		memcpy(out, k->bytes, k->len);
		if (k->family == IP_V6)
			set_ip6(&p, s);
		else
			set_ip4(&p, s, k->kind != PROBE_ICMP_ECHO);
		set_transport(&p, s, header_len(k->family));
		if (k->family == IP_V4)
			put_word(out + V4_SUM, folded(p.ip_sum));
		return k->len;
	}
	return 0;
}

/* -- keeping -- */

static uint32_t words(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += word_at(p + i);
	return len % 2 == 1 ? sum + (uint32_t)(p[len - 1] << 8) : sum;
}

static uint8_t protocol_of(const struct probe_spec *s)
{
	if (s->kind == PROBE_ICMP_ECHO)
		return s->src.family == IP_V6 ? PROTOCOL_ICMP6 : PROTOCOL_ICMP;
	return s->kind == PROBE_UDP ? PROTOCOL_UDP : PROTOCOL_TCP;
}

/* Addresses, length and protocol, where the transport's checksum covers them. */
static uint32_t pseudo_words(const struct probe_spec *s, size_t transport)
{
	size_t address = ip_addr_len(s->src.family);

	if (s->kind == PROBE_ICMP_ECHO && s->src.family == IP_V4)
		return 0;
	return words(s->src.bytes, address) + words(s->dst.bytes, address) + (uint32_t)transport + protocol_of(s);
}

static size_t sum_place(uint8_t kind)
{
	return kind == PROBE_ICMP_ECHO ? ECHO_SUM : kind == PROBE_UDP ? UDP_SUM : TCP_SUM;
}

void templates_keep(struct templates *t, const struct probe_spec *s, const uint8_t *datagram, size_t len)
{
	size_t head = header_len(s->src.family);
	struct template *k = &t->list[t->next % TEMPLATES_MAX];

	if (s->kind == PROBE_NEIGHBOUR || len > TEMPLATE_BYTES_MAX || len < head + SIZE_UDP)
		return;
	t->next++;
	*k = (struct template){.kind = s->kind, .family = s->src.family, .tos = s->tos, .dont_fragment = s->dont_fragment,
	                       .size = s->size, .acks = s->ack != 0, .len = len};
	memcpy(k->bytes, datagram, len);
	k->ip_sum = words(datagram, head) - (s->src.family == IP_V4 ? word_at(datagram + V4_SUM) : 0u);
	k->sum = pseudo_words(s, len - head) + words(datagram + head, len - head) - word_at(datagram + head + sum_place(s->kind));
	if (s->kind == PROBE_ICMP_ECHO || s->kind == PROBE_UDP)
		k->sum -= word_at(datagram + head + PAYLOAD_COMPENSATION);
}
