/* SPDX-License-Identifier: BSD-2-Clause */
/* IP addresses and prefixes as values: no allocation, no name look-up. */
#ifndef ERPROBE_ADDR_H
#define ERPROBE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The numbers are the IP version field of a packet; IP_NONE means "no address". */
enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

/* Index of a family in arrays of two (plan links, per-family statistics). */
enum { FAM4 = 0, FAM6 = 1, FAMILIES = 2 };

struct ip_addr {
	uint8_t family;    /* enum ip_family */
	uint8_t bytes[16]; /* network order; IPv4 uses the first 4, the rest is zero */
};

struct ip_prefix {
	struct ip_addr addr; /* host bits are zero */
	uint8_t len;         /* 0..32 or 0..128 */
};

#define IP_TEXT_MAX 46     /* INET6_ADDRSTRLEN: the longest text form with its NUL */
#define PREFIX_TEXT_MAX 50 /* the same with "/128" */

/* Bytes of an address of this family: 4, 16, or 0 for IP_NONE. */
static inline size_t ip_addr_len(uint8_t family) { return family == IP_V4 ? 4 : family == IP_V6 ? 16 : 0; }
/* FAM4 or FAM6; -1 for IP_NONE. */
int ip_family_index(uint8_t family);
static inline struct ip_addr ip_addr_none(void) { return (struct ip_addr){IP_NONE, {0}}; }
/* Builds an address from network-order bytes: 4 for IP_V4, 16 for IP_V6. */
static inline struct ip_addr ip_addr_from(uint8_t family, const uint8_t *bytes)
{
	struct ip_addr a = ip_addr_none();
	size_t len = ip_addr_len(family);

	if (len == 0)
		return a;
	a.family = family;
	memcpy(a.bytes, bytes, len);
	return a;
}
static inline bool ip_addr_is_set(const struct ip_addr *a) { return a->family == IP_V4 || a->family == IP_V6; }
/* Asked several times a packet, like the ones above. */
static inline bool ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return false;
	return a->family == IP_V4 ? memcmp(a->bytes, b->bytes, 4) == 0 : memcmp(a->bytes, b->bytes, ip_addr_len(a->family)) == 0;
}
/* Total order (family, then bytes) for sorting. */
int ip_addr_compare(const struct ip_addr *a, const struct ip_addr *b);
/* Parses exactly one literal address. False (and *out unset) on anything else. */
bool ip_addr_parse(const char *text, struct ip_addr *out);
/* Writes the canonical text (RFC 5952 for IPv6; "-" for IP_NONE) to buf and returns buf. */
const char *ip_addr_text(const struct ip_addr *a, char buf[IP_TEXT_MAX]);
bool ip_addr_is_loopback(const struct ip_addr *a);
bool ip_addr_is_multicast(const struct ip_addr *a);
bool ip_addr_is_unspecified(const struct ip_addr *a);
bool ip_addr_is_this_network(const struct ip_addr *a); /* 0.0.0.0/8, to which no packet may go (RFC 6890, 2.2.2) */
bool ip_addr_is_link_local(const struct ip_addr *a);
/* Is the text an IPv6 address with a zone index behind it, such as fe80::1%eth0 (RFC 4007 section 11)? ip_addr_parse() takes none. */
bool ip_text_has_zone(const char *text);
bool ip_addr_is_broadcast(const struct ip_addr *a); /* 255.255.255.255 only */
bool ip_addr_is_v4_mapped(const struct ip_addr *a); /* ::ffff:0:0/96 (RFC 4291, 2.5.5.2) */

/* Parses "10.0.0.0/8" or a bare address (its full length). Host bits must be zero. */
bool ip_prefix_parse(const char *text, struct ip_prefix *out);
const char *ip_prefix_text(const struct ip_prefix *p, char buf[PREFIX_TEXT_MAX]);
bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_addr *a);
/* The nth address of a prefix (0 = network address). Family IP_NONE when outside it. */
struct ip_addr ip_prefix_nth(const struct ip_prefix *p, uint32_t n);

#endif
