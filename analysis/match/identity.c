/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyed values of probes. */
#include "analysis/match/identity.h"

#include "erprobe/bytes.h"

#include <string.h>

/* --- SipHash-2-4 ----------------------------------------------------------- */

struct sip { uint64_t v0, v1, v2, v3; };

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_rounds(struct sip *s, int count)
{
	for (int i = 0; i < count; i++) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_rounds(s, 2);
	s->v0 ^= word;
}

static struct sip sip_begin(const uint8_t key[16])
{
	struct rd k = rd_over(key, 16);
	uint64_t k0 = rd_u64_le(&k), k1 = rd_u64_le(&k);

	/* The paper's four constants: "somepseudorandomlygeneratedbytes". */
	return (struct sip){k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
	                    k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
}

/* The last word: the bytes left over, and the length modulo 256 on top. */
static uint64_t sip_end(struct sip *s, uint64_t left_over, size_t len)
{
	sip_word(s, left_over | (uint64_t)len << 56);
	s->v2 ^= 0xff;
	sip_rounds(s, 4);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t siphash(const uint8_t key[16], const void *data, size_t len)
{
	struct rd r = rd_over(data, len);
	struct sip s = sip_begin(key);
	uint64_t left_over = 0;

	while (rd_left(&r) >= 8)
		sip_word(&s, rd_u64_le(&r));
	for (int shift = 0; rd_left(&r) > 0; shift += 8)
		left_over |= (uint64_t)rd_u8(&r) << shift;
	return sip_end(&s, left_over, len);
}

/* --- keyed values ---------------------------------------------------------- */

/* What a value is for; hashed first, so that no value tells anything of another. */
enum purpose { FOR_TOKEN = 1, FOR_IP_ID, FOR_ICMP_SUM, FOR_FLOW_LABEL, FOR_SEQ_ROUND, FOR_UDP_SUM };

/* The hash of  | purpose (1) | flow id (2) | a (2) | b (1) |, little-endian: it is
 * less than one word of SipHash, and so needs no buffer. */
#define KEYED_BYTES 6
static uint64_t keyed(const struct plan *p, enum purpose purpose, uint16_t flow, uint16_t a, uint8_t b)
{
	struct sip s = sip_begin(p->key);

	return sip_end(&s, (uint64_t)purpose | (uint64_t)flow << 8 | (uint64_t)a << 24 | (uint64_t)b << 40,
	               KEYED_BYTES);
}

uint64_t identity_token(const struct plan *p, const struct plan_flow *f, uint16_t index, uint8_t ttl)
{
	return keyed(p, FOR_TOKEN, f->id, index, ttl);
}

uint16_t identity_ip_id(const struct plan *p, const struct plan_flow *f, uint16_t index, uint8_t ttl)
{
	return (uint16_t)(1 + keyed(p, FOR_IP_ID, f->id, index, ttl) % UINT16_MAX);
}

/* A TCP answer returns nothing but the sequence number, so the number must name
 * its probe. It is | index (16) | TTL (8) | nought (8) |, enciphered: a Feistel
 * network whose round function is the keyed hash. Four rounds make it a strong
 * pseudo-random permutation (Luby, Rackoff 1988); that it is a permutation keeps
 * the numbers of one flow distinct, and it can be read back without a search. */
#define SEQ_ROUNDS 4

static uint16_t seq_round(const struct plan *p, const struct plan_flow *f, uint16_t half, int round)
{
	return (uint16_t)keyed(p, FOR_SEQ_ROUND, f->id, half, (uint8_t)round);
}

uint32_t identity_seq(const struct plan *p, const struct plan_flow *f, uint16_t index, uint8_t ttl)
{
	uint16_t left = index, right = (uint16_t)(ttl << 8);

	for (int round = 0; round < SEQ_ROUNDS; round++) {
		uint16_t next = left ^ seq_round(p, f, right, round);
		left = right;
		right = next;
	}
	return (uint32_t)left << 16 | right;
}

bool identity_seq_open(const struct plan *p, const struct plan_flow *f, uint32_t seq,
                       uint16_t *index, uint8_t *ttl)
{
	uint16_t left = (uint16_t)(seq >> 16), right = (uint16_t)seq;

	for (int round = SEQ_ROUNDS - 1; round >= 0; round--) {
		uint16_t before = right ^ seq_round(p, f, left, round);
		right = left;
		left = before;
	}
	*index = left;
	*ttl = (uint8_t)(right >> 8);
	return (right & 0xff) == 0;
}

static uint32_t udp_shift(const struct plan *p, const struct plan_flow *f)
{
	return (uint32_t)(keyed(p, FOR_UDP_SUM, f->id, 0, 0) % UDP_INDEXES);
}

uint16_t identity_udp_sum(const struct plan *p, const struct plan_flow *f, uint16_t index)
{
	return (uint16_t)(1 + (index % UDP_INDEXES + udp_shift(p, f)) % UDP_INDEXES);
}

bool identity_udp_open(const struct plan *p, const struct plan_flow *f, uint16_t sum, uint16_t *index)
{
	if (sum == 0 || sum > UDP_INDEXES)
		return false;
	*index = (uint16_t)((sum - 1u + UDP_INDEXES - udp_shift(p, f)) % UDP_INDEXES);
	return true;
}

void identity_flow(const struct plan *p, struct plan_flow *f)
{
	/* 0 and 0xffff are the two forms of nought in one's complement, and
	 * libraries that fill in checksums take 0 for "not set". */
	f->icmp_sum = (uint16_t)(1 + keyed(p, FOR_ICMP_SUM, f->id, 0, 0) % (UINT16_MAX - 1));
	/* RFC 6437 2: 20 bits, and 0 means "no label". */
	f->flow_label = (uint32_t)(1 + keyed(p, FOR_FLOW_LABEL, f->id, 0, 0) % 0xfffff);
}

void identity_probe(const struct plan *p, const struct plan_flow *f, uint32_t id, uint16_t index,
                    uint8_t ttl, uint16_t size, struct probe_spec *out)
{
	bool echo = f->kind == PROBE_ICMP_ECHO;

	memset(out, 0, sizeof(*out)); /* it crosses the packet channel, padding too */
	out->id = id;
	out->kind = f->kind;
	out->iface = f->iface;
	out->ttl = ttl;
	out->src = f->src;
	out->dst = f->dst;
	if (f->kind == PROBE_NEIGHBOUR)
		return;
	out->dont_fragment = 1; /* a fragment would lose its ports, and so its way */
	out->src_port = f->src_port;
	out->dst_port = echo ? index : f->dst_port;
	out->ip_id = identity_ip_id(p, f, index, ttl);
	out->flow_label = f->flow_label;
	if (echo) {
		out->icmp_sum = f->icmp_sum;
		out->size = size;
		out->token = identity_token(p, f, index, ttl);
	} else if (f->kind == PROBE_UDP) {
		out->icmp_sum = identity_udp_sum(p, f, index);
		out->size = size;
		out->token = identity_token(p, f, index, ttl);
	} else {
		out->size = size;
		out->seq = identity_seq(p, f, index, ttl);
	}
}
