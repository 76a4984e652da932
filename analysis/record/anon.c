/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/record/anon.h"

#include "analysis/match/identity.h"

#include <string.h>

/* Prefixes that say what kind an address is: their own bits stay. With `whole` all in
 * them does: these addresses are nobody's. */
struct kind { uint8_t family, len, bytes[2]; bool whole; };
static const struct kind kinds[] = {
	{IP_V4, 8, {0, 0}, true},       {IP_V4, 8, {10, 0}, false},     {IP_V4, 10, {100, 64}, false},
	{IP_V4, 8, {127, 0}, true},     {IP_V4, 16, {169, 254}, false}, {IP_V4, 12, {172, 16}, false},
	{IP_V4, 16, {192, 168}, false}, {IP_V4, 3, {224, 0}, true},     {IP_V6, 8, {0, 0}, true},
	{IP_V6, 3, {0x20, 0}, false},   {IP_V6, 8, {0xfd, 0}, false},   {IP_V6, 10, {0xfe, 0x80}, false},
	{IP_V6, 8, {0xff, 0}, true},
};

static bool bit_of(const uint8_t *bytes, unsigned i)
{
	return (bytes[i / 8] >> (7 - i % 8) & 1) != 0;
}

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned n)
{
	unsigned whole = n / 8, rest = n % 8;

	if (whole > 0 && memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool anon_keep(struct anon *a, const struct ip_prefix *p)
{
	if (!ip_addr_is_set(&p->addr))
		return true;
	if (a->kept_count >= ANON_KEPT_MAX)
		return false;
	a->kept[a->kept_count++] = *p;
	return true;
}

bool anon_is_kept(const struct anon *a, const struct ip_addr *addr)
{
	for (size_t i = 0; i < a->kept_count; i++) {
		if (ip_prefix_contains(&a->kept[i], addr))
			return true;
	}
	return false;
}

/* Bit i stays where the way to it, or beyond it, is one that stays: for every node of
 * the tree of prefixes the answer depends on the bits before alone, so that the whole
 * is one-to-one. */
static bool bit_stays(const struct anon *a, const struct ip_addr *addr, unsigned i)
{
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		const struct kind *kind = &kinds[k];
		uint8_t bytes[16] = {kind->bytes[0], kind->bytes[1]};
		unsigned shared = i < kind->len ? i : kind->len;

		if (kind->family == addr->family && (i < kind->len || kind->whole) && same_bits(addr->bytes, bytes, shared))
			return true;
	}
	for (size_t k = 0; k < a->kept_count; k++) {
		const struct ip_prefix *p = &a->kept[k];
		unsigned shared = i < p->len ? i : p->len;

		if (p->addr.family == addr->family && same_bits(addr->bytes, p->addr.bytes, shared))
			return true;
	}
	return false;
}

static bool flip(const struct anon *a, const struct ip_addr *addr, unsigned i)
{
	uint8_t node[18] = {addr->family, (uint8_t)i};

	for (unsigned b = 0; b < i; b++) {
		if (bit_of(addr->bytes, b))
			node[2 + b / 8] |= (uint8_t)(0x80 >> b % 8);
	}
	return (siphash(a->key, node, sizeof node) & 1) != 0;
}

struct ip_addr anon_addr(const struct anon *a, const struct ip_addr *addr)
{
	struct ip_addr out = *addr;

	for (unsigned i = 0; i < 8 * ip_addr_len(addr->family); i++) {
		if (!bit_stays(a, addr, i) && flip(a, addr, i))
			out.bytes[i / 8] ^= (uint8_t)(0x80 >> i % 8);
	}
	return out;
}

struct ip_prefix anon_prefix(const struct anon *a, const struct ip_prefix *p)
{
	struct ip_prefix out = {anon_addr(a, &p->addr), p->len};

	for (unsigned i = p->len; i < 8 * ip_addr_len(p->addr.family); i++)
		out.addr.bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	return out;
}

void anon_link_addr(const struct anon *a, const uint8_t in[6], uint8_t out[6])
{
	static const uint8_t zero[6];
	uint64_t hash = siphash(a->key, in, 6);

	if ((in[0] & 1) != 0 || memcmp(in, zero, 6) == 0) {
		memmove(out, in, 6);
		return;
	}
	out[0] = 0x02; /* locally administered, one station */
	for (int i = 1; i < 6; i++)
		out[i] = (uint8_t)(hash >> (8 * i));
}
