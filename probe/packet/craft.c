/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/craft.h"

#include "erprobe/bytes.h"
#include "probe/packet/template.h"

#include <libnet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYN_MSS_IPV4 1460    /* of a 1500-byte link */
#define SYN_MSS_IPV6 1440
#define ND_HOP_LIMIT 255     /* RFC 4861, 7.1.1: proof that no router passed it on */
#define PAYLOAD_MAX PROBE_SIZE_MAX

struct craft {
	libnet_t *net;
	uint8_t payload[PAYLOAD_MAX];
	struct templates templates;
};

struct craft *craft_new(char *err, size_t err_size)
{
	char why[LIBNET_ERRBUF_SIZE] = "";
	struct craft *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->net = libnet_init(LIBNET_NONE, NULL, why);
	if (c != NULL && c->net != NULL)
		return c;
	snprintf(err, err_size, "cannot prepare the packet builder: %.100s", c == NULL ? "out of memory" : why);
	free(c);
	return NULL;
}

void craft_free(struct craft *c)
{
	if (c == NULL)
		return;
	libnet_destroy(c->net);
	free(c);
}

uint16_t craft_compensation(uint32_t partial, uint16_t wanted)
{
	/* inet_sum_fold() complements: it is already -partial. */
	uint32_t sum = (uint32_t)inet_sum_fold(partial) + (uint16_t)~wanted;

	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static uint16_t size_of(const struct probe_spec *s)
{
	uint16_t least = (uint16_t)(probe_size_min(s->kind, s->src.family) + (s->is_signed ? TCP_SIGNATURE_BYTES : 0));

	return s->size != 0 ? s->size : least;
}

static struct libnet_in6_addr in6(const struct ip_addr *a)
{
	struct libnet_in6_addr out;

	memcpy(&out, a->bytes, sizeof(out));
	return out;
}

/* libnet wants IPv4 addresses as they lie in memory on the wire. */
static uint32_t in4(const struct ip_addr *a)
{
	uint32_t out;

	memcpy(&out, a->bytes, sizeof(out));
	return out;
}

/* Puts the IP header before what was built so far; transport is its length. */
static bool build_ip(struct craft *c, const struct probe_spec *s, uint8_t protocol, uint16_t transport,
                     uint8_t ttl)
{
	if (s->src.family == IP_V6)
		return libnet_build_ipv6(s->tos, s->flow_label, transport, protocol, ttl, in6(&s->src),
		                         in6(&s->dst), NULL, 0, c->net, 0) != -1;
	return libnet_build_ipv4((uint16_t)(SIZE_IPV4 + transport), s->tos, s->ip_id,
	                         s->dont_fragment ? IP_DF : 0, ttl, protocol, 0, in4(&s->src),
	                         in4(&s->dst), NULL, 0, c->net, 0) != -1;
}

/* RFC 4443, 2.3 with RFC 8200, 8.1: ICMPv6 also sums
 *
 *   source (16) | destination (16) | length (4) | zero (3) | next header (1)
 *
 * while ICMP sums nothing but itself (RFC 792). */
static uint32_t pseudo_sum6(const struct probe_spec *s, uint8_t protocol, uint32_t transport)
{
	uint8_t pseudo[40];
	struct wr w = wr_over(pseudo, sizeof(pseudo));

	wr_bytes(&w, s->src.bytes, 16);
	wr_bytes(&w, s->dst.bytes, 16);
	wr_u32(&w, transport);
	wr_u32(&w, protocol);
	return inet_sum(0, pseudo, wr_len(&w));
}

/* RFC 768 over IPv4:
 *
 *   source (4) | destination (4) | zero (1) | protocol (1) | length (2) */
static uint32_t pseudo_sum4(const struct probe_spec *s, uint8_t protocol, uint32_t transport)
{
	uint8_t pseudo[12];
	struct wr w = wr_over(pseudo, sizeof(pseudo));

	wr_bytes(&w, s->src.bytes, 4);
	wr_bytes(&w, s->dst.bytes, 4);
	wr_u16(&w, protocol);
	wr_u16(&w, (uint16_t)transport);
	return inet_sum(0, pseudo, wr_len(&w));
}

/* The payload of probe.h; sum is that of all before it. */
static void fill_payload(struct craft *c, const struct probe_spec *s, uint32_t sum, size_t payload_len)
{
	struct wr p = wr_over(c->payload, payload_len);

	wr_u64(&p, s->token);
	wr_u32(&p, s->id);
	sum = inet_sum(sum, c->payload, wr_len(&p)); /* the rest is zeros */
	wr_u16(&p, craft_compensation(sum, s->icmp_sum));
	wr_zero(&p, payload_len - wr_len(&p));
}

/* Fills the echo payload of probe.h so that the whole message sums to icmp_sum. */
static void fill_echo(struct craft *c, const struct probe_spec *s, uint8_t type, size_t payload_len)
{
	uint8_t header[SIZE_ICMP];
	struct wr h = wr_over(header, sizeof(header));
	uint32_t sum = 0;

	wr_u8(&h, type);
	wr_u8(&h, 0);
	wr_u16(&h, 0); /* the checksum counts as zero in its own sum */
	wr_u16(&h, s->src_port);
	wr_u16(&h, s->dst_port);
	if (s->src.family == IP_V6)
		sum = pseudo_sum6(s, IPPROTO_ICMPV6, (uint32_t)(SIZE_ICMP + payload_len));
	fill_payload(c, s, inet_sum(sum, header, sizeof(header)), payload_len);
}

/* The same for UDP, whose checksum always covers addresses and length. */
static void fill_udp(struct craft *c, const struct probe_spec *s, uint16_t transport)
{
	uint8_t header[SIZE_UDP];
	struct wr h = wr_over(header, sizeof(header));
	uint32_t sum = s->src.family == IP_V6 ? pseudo_sum6(s, IPPROTO_UDP, transport)
	                                      : pseudo_sum4(s, IPPROTO_UDP, transport);

	wr_u16(&h, s->src_port);
	wr_u16(&h, s->dst_port);
	wr_u16(&h, transport);
	wr_u16(&h, 0);
	fill_payload(c, s, inet_sum(sum, header, sizeof(header)), transport - SIZE_UDP);
}

/* RFC 792 and RFC 4443, 4.1:
 *
 *   | type | code 0 | checksum | identifier | sequence | payload (probe.h) … */
static bool build_echo(struct craft *c, const struct probe_spec *s)
{
	bool v6 = s->src.family == IP_V6;
	uint16_t transport = (uint16_t)(size_of(s) - (v6 ? SIZE_IPV6 : SIZE_IPV4));
	uint16_t payload_len = (uint16_t)(transport - SIZE_ICMP);
	libnet_ptag_t tag;

	/* A checksum of zero makes libnet compute it, which gives zero again. */
	fill_echo(c, s, v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO, payload_len);
	if (v6)
		tag = libnet_build_icmpv6_echo(ICMP6_ECHO_REQUEST, 0, s->icmp_sum, s->src_port, s->dst_port,
		                               c->payload, payload_len, c->net, 0);
	else
		tag = libnet_build_icmpv4_echo(ICMP_ECHO, 0, s->icmp_sum, s->src_port, s->dst_port,
		                               c->payload, payload_len, c->net, 0);
	return tag != -1 && build_ip(c, s, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, transport, s->ttl);
}

/* RFC 768:
 *
 *   | source port | destination port | length | checksum | payload (probe.h) … */
static bool build_udp(struct craft *c, const struct probe_spec *s)
{
	uint16_t transport = (uint16_t)(size_of(s) - (s->src.family == IP_V6 ? SIZE_IPV6 : SIZE_IPV4));

	fill_udp(c, s, transport);
	return libnet_build_udp(s->src_port, s->dst_port, transport, s->icmp_sum, c->payload, transport - SIZE_UDP,
	                        c->net, 0) != -1 &&
	       build_ip(c, s, IPPROTO_UDP, transport, s->ttl);
}

/* A SYN as a normal stack sends it, with the one option that no middlebox misses:
 *
 *   | kind 2 | length 4 | maximum segment size | */
static bool build_options(struct craft *c, const struct probe_spec *s)
{
	uint8_t options[TCP_SIGNATURE_BYTES + SIZE_TCP_MSS];
	struct wr w = wr_over(options, sizeof(options));

	if (s->is_signed) {
		wr_u32(&w, UINT32_C(0x01011312)); /* probe.h draws it */
		wr_bytes(&w, s->digest, TCP_DIGEST_BYTES);
	}
	if (s->kind == PROBE_TCP_SYN) {
		wr_u8(&w, 2);
		wr_u8(&w, SIZE_TCP_MSS);
		wr_u16(&w, s->src.family == IP_V6 ? SYN_MSS_IPV6 : SYN_MSS_IPV4);
	}
	return wr_len(&w) == 0 || libnet_build_tcp_options(options, (uint32_t)wr_len(&w), c->net, 0) != -1;
}

/* Bytes asked for beyond the headers are zeros of payload. */
static bool build_tcp(struct craft *c, const struct probe_spec *s)
{
	bool syn = s->kind == PROBE_TCP_SYN;
	uint16_t header = (uint16_t)(SIZE_TCP + (syn ? SIZE_TCP_MSS : 0) + (s->is_signed ? TCP_SIGNATURE_BYTES : 0));
	uint16_t transport = (uint16_t)(size_of(s) - (s->src.family == IP_V6 ? SIZE_IPV6 : SIZE_IPV4));
	uint32_t payload_len = (uint32_t)transport - header;
	/* RFC 9293, 3.5.2: a RST that answers an acknowledgment carries none; ours ends a
	 * SYN-ACK and acknowledges it where the spec says so. */
	uint8_t flags = syn ? TH_SYN : (uint8_t)(s->ack != 0 ? TH_RST | TH_ACK : TH_RST);
	libnet_ptag_t tag;

	if (!build_options(c, s))
		return false;
	memset(c->payload, 0, payload_len);
	tag = libnet_build_tcp(s->src_port, s->dst_port, s->seq, s->ack, flags, syn ? TCP_SYN_WINDOW : 0, 0, 0,
	                       transport, payload_len > 0 ? c->payload : NULL, payload_len, c->net, 0);
	return tag != -1 && build_ip(c, s, IPPROTO_TCP, transport, s->ttl);
}

/* RFC 826 for IPv4 over Ethernet:
 *
 *   | hardware 1 | protocol 0x0800 | 6 | 4 | request 1 |
 *   | sender MAC | sender IP | zeros | wanted IP | */
static bool build_arp(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6])
{
	static const uint8_t nobody[6] = {0};
	static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	return libnet_build_arp(ARPHRD_ETHER, ETHERTYPE_IP, 6, 4, ARPOP_REQUEST, link_addr, s->src.bytes,
	                        nobody, s->dst.bytes, NULL, 0, c->net, 0) != -1 &&
	       libnet_build_ethernet(everybody, link_addr, ETHERTYPE_ARP, NULL, 0, c->net, 0) != -1;
}

/* RFC 4861, 4.3, to the solicited-node group of the wanted address (RFC 4291,
 * 2.7.1: ff02::1:ff and its last three bytes; RFC 2464, 7: 33:33 and the group's
 * last four):
 *
 *   | 135 | 0 | checksum | reserved | wanted address (16) | 1 | 1 | sender MAC (6) | */
static bool build_solicitation(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6])
{
	uint8_t option[8] = {1, 1};
	uint8_t group_mac[6] = {0x33, 0x33, 0xff};
	uint8_t group[16] = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
	struct probe_spec ip = *s;

	memcpy(option + 2, link_addr, 6);
	memcpy(group + 13, s->dst.bytes + 13, 3);
	memcpy(group_mac + 3, s->dst.bytes + 13, 3);
	ip.dst = ip_addr_from(IP_V6, group);
	ip.tos = 0;
	ip.flow_label = 0;
	return libnet_build_icmpv6_ndp_nsol(ND_NEIGHBOR_SOLICIT, 0, 0, in6(&s->dst), option, sizeof(option),
	                                    c->net, 0) != -1 &&
	       build_ip(c, &ip, IPPROTO_ICMPV6, SIZE_SOLICIT, ND_HOP_LIMIT) &&
	       libnet_build_ethernet(group_mac, link_addr, ETHERTYPE_IPV6, NULL, 0, c->net, 0) != -1;
}

/* libnet 1.1.6 writes the low byte of the flow label twice, so the word is ours:
 *
 *   | version 6 (4) | traffic class (8) | flow label (20) |   RFC 8200, 3 */
static void set_flow_word(const struct probe_spec *s, uint8_t *datagram)
{
	struct wr w = wr_over(datagram, 4);

	wr_u32(&w, UINT32_C(6) << 28 | (uint32_t)s->tos << 20 | (s->flow_label & 0xfffff));
}

static bool build_layers(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6])
{
	if (s->kind == PROBE_NEIGHBOUR)
		return s->src.family == IP_V6 ? build_solicitation(c, s, link_addr) : build_arp(c, s, link_addr);
	if (s->kind == PROBE_UDP)
		return build_udp(c, s);
	return s->kind == PROBE_ICMP_ECHO ? build_echo(c, s) : build_tcp(c, s);
}

/* Guards the arithmetic above; policy has refused all of this before. */
static bool can_build(const struct probe_spec *s)
{
	if (ip_addr_len(s->src.family) == 0 || s->src.family != s->dst.family)
		return false;
	if (s->kind == PROBE_NEIGHBOUR)
		return true;
	return probe_size_min(s->kind, s->src.family) != 0 && size_of(s) <= PROBE_SIZE_MAX &&
	       size_of(s) >= probe_size_min(s->kind, s->src.family);
}

size_t craft_build_anew(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6], uint8_t *out)
{
	uint8_t *packet = NULL;
	uint32_t len = 0;

	if (!can_build(s))
		return 0;
	if (!build_layers(c, s, link_addr) || libnet_pblock_coalesce(c->net, &packet, &len) == -1)
		len = 0;
	if (len > CRAFT_BYTES_MAX)
		len = 0;
	if (len > 0)
		memcpy(out, packet, len);
	if (len > 0 && s->kind != PROBE_NEIGHBOUR && s->src.family == IP_V6)
		set_flow_word(s, out);
	free(packet); /* LIBNET_NONE: no alignment bytes before it */
	libnet_clear_packet(c->net);
	return len;
}

size_t craft_build(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6], uint8_t *out)
{
	size_t len = can_build(s) && !s->is_signed ? templates_build(&c->templates, s, out) : 0;

	if (len > 0)
		return len;
	len = craft_build_anew(c, s, link_addr, out);
	if (len > 0 && !s->is_signed)
		templates_keep(&c->templates, s, out, len);
	return len;
}
