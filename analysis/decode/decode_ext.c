/* SPDX-License-Identifier: BSD-2-Clause */
/* Extensions of ICMP errors (RFC 4884):
 *
 *   8                         8 + length
 *   +-------------------------+----+----------+----------+--------+---------
 *   | quoted datagram, padded | 2  | reserved | checksum | object | object
 *   |                         |(4b)| (12 bit) | (16 bit) |        |
 *   +-------------------------+----+----------+----------+--------+---------
 *   object: | length, itself included (16) | class (8) | type (8) | payload |
 *
 * The length of the quote stands in the ICMP header: in its sixth byte and in
 * 32-bit words for ICMP types 3, 11 and 12; in its fifth byte and in 64-bit words
 * for ICMPv6 types 1 and 3 (sections 4.1 to 4.5).
 *
 * Routers older than RFC 4884 set no length and append the extensions after 128
 * bytes of quote. Section 5.5 leaves it to the receiver whether to look there.
 * We do, and believe it only if version and a checksum that is not nought are
 * right: the bytes might be the quoted datagram's own. */
#include "analysis/decode/layers.h"
#include "analysis/value/strbuf.h"

#include <string.h>

#define EXT_VERSION 2
#define EXT_HEADER 4u
#define LEGACY_QUOTE 128u
#define OBJECTS_MAX 16 /* in one structure; more only costs time */

enum object_class { CLASS_MPLS = 1, CLASS_INTERFACE = 2 };

/* RFC 5837 4.1, the type of an interface object:
 *    7 6   5 4   3     2    1    0
 *   +-----+-----+-----+----+----+----+
 *   |role | 0 0 |index|addr|name|MTU |   role: enum interface_role
 *   +-----+-----+-----+----+----+----+ */
enum { IF_ROLE_SHIFT = 6, IF_INDEX = 0x08, IF_ADDR = 0x04, IF_NAME = 0x02 };
/* Address family numbers (IANA) before an address: | AFI (16) | reserved (16) | address | */
enum { AFI_IPV4 = 1, AFI_IPV6 = 2 };
#define IF_NAME_OCTETS_MAX 64 /* RFC 5837 4.3, its length octet included */

/* Bytes of quote that the header declares; 0 when it declares none. */
static size_t declared_quote(uint8_t family, const struct decoded_icmp *icmp)
{
	if (family == IP_V4 && (icmp->type == 3 || icmp->type == 11 || icmp->type == 12))
		return ((icmp->rest >> 16) & 0xff) * 4u;
	if (family == IP_V6 && (icmp->type == 1 || icmp->type == 3))
		return (icmp->rest >> 24) * 8u;
	return 0;
}

/* RFC 4884 gives these types alone a place for extensions. */
static bool may_extend(uint8_t family, uint8_t type)
{
	return family == IP_V4 ? type == 3 || type == 11 || type == 12 : type == 1 || type == 3;
}

/* MPLS label stack entry (RFC 4950, RFC 3032):
 *   | label (20) | exp (3) | bottom of stack (1) | TTL (8) | */
static void mpls_object(struct rd r, struct decoded_extensions *x)
{
	while (rd_left(&r) >= 4 && x->mpls_count < MPLS_LABELS_MAX) {
		uint32_t entry = rd_u32(&r);
		x->mpls[x->mpls_count++] = (struct mpls_label){
			.label = entry >> 12,
			.exp = (entry >> 9) & 7,
			.bottom = (entry >> 8) & 1,
			.ttl = entry & 0xff,
		};
	}
}

static struct ip_addr interface_addr(struct rd *r)
{
	uint8_t bytes[16];
	uint16_t afi = rd_u16(r);
	uint8_t family = afi == AFI_IPV4 ? IP_V4 : afi == AFI_IPV6 ? IP_V6 : IP_NONE;

	rd_skip(r, 2);
	rd_bytes(r, bytes, ip_addr_len(family));
	return rd_ok(r) && family != IP_NONE ? ip_addr_from(family, bytes) : ip_addr_none();
}

/*   | length, itself included (8) | name, padded with zeros to 4 bytes |
 * The name is the router's free choice, so it is made safe to print at once. */
static void interface_name(struct rd *r, char *out, size_t size)
{
	char raw[IF_NAME_OCTETS_MAX] = "";
	size_t octets = rd_u8(r);

	if (octets < 1 || octets > IF_NAME_OCTETS_MAX)
		return;
	rd_bytes(r, raw, octets - 1);
	if (rd_ok(r))
		text_safe(out, size, raw);
}

const char *interface_role_name(uint8_t role)
{
	static const char *const names[INTERFACE_ROLES] = {"incoming", "part of incoming", "outgoing", "next hop"};

	return role < INTERFACE_ROLES ? names[role] : "unknown";
}

/* Of several interface objects the one of the incoming interface is kept: it
 * belongs to the path that the probe took. One that tells nothing, or nothing that
 * holds, is none. Behind an address of a family that nobody knows the length of, a
 * name cannot be found. */
static void interface_object(struct rd r, uint8_t type, struct decoded_extensions *x)
{
	uint8_t role = type >> IF_ROLE_SHIFT;

	if (x->has_interface && role >= x->interface_role)
		return;
	uint32_t index = type & IF_INDEX ? rd_u32(&r) : 0;
	struct ip_addr addr = type & IF_ADDR ? interface_addr(&r) : ip_addr_none();
	char name[sizeof(x->interface_name)] = "";
	if (type & IF_NAME && (!(type & IF_ADDR) || ip_addr_is_set(&addr)))
		interface_name(&r, name, sizeof(name));
	if (index == 0 && !ip_addr_is_set(&addr) && name[0] == '\0')
		return;
	x->has_interface = true;
	x->interface_role = role;
	x->interface_index = index;
	x->interface_addr = addr;
	memcpy(x->interface_name, name, sizeof(name));
}

static void read_objects(struct rd r, struct decoded_extensions *x)
{
	for (int n = 0; n < OBJECTS_MAX && rd_left(&r) >= 4; n++) {
		uint16_t len = rd_u16(&r);
		uint8_t class = rd_u8(&r);
		uint8_t type = rd_u8(&r);
		if (len < 4)
			return;
		struct rd payload = rd_sub(&r, len - 4u);
		if (!rd_ok(&r))
			return;
		if (class == CLASS_MPLS && type == 1)
			mpls_object(payload, x);
		else if (class == CLASS_INTERFACE)
			interface_object(payload, type, x);
	}
}

/* An extension structure in all of r. Its objects are read only when the sum is
 * right or was not made (section 8: nought); a cut structure has no known sum. */
static bool read_structure(struct rd r, bool whole, bool legacy, struct decoded_extensions *x)
{
	struct rd all = r;
	uint8_t version = rd_u8(&r) >> 4;

	rd_skip(&r, 1);
	uint16_t sum = rd_u16(&r);
	if (!rd_ok(&r) || version != EXT_VERSION)
		return false;

	bool right = sum == 0 || inet_sum_fold(inet_sum(0, all.at, rd_left(&all))) == 0;
	if (legacy && (sum == 0 || !right || !whole))
		return false;
	x->present = true;
	x->checksum_ok = whole && right;
	if (x->checksum_ok)
		read_objects(r, x);
	return true;
}

struct rd decode_extensions(uint8_t family, const struct decoded_icmp *icmp, const struct span *body,
                            struct decoded_extensions *x)
{
	size_t declared = declared_quote(family, icmp);
	size_t quote = declared != 0 ? declared : LEGACY_QUOTE;
	size_t have = rd_left(&body->r);

	if (!may_extend(family, icmp->type) || have < quote)
		return body->r;
	struct rd rest = body->r;
	struct rd quoted = rd_sub(&rest, quote);
	bool found = have >= quote + EXT_HEADER &&
	             read_structure(rest, body->whole, declared == 0, x);
	/* A declared length holds without extensions as well; 128 does not. */
	return found || declared != 0 ? quoted : body->r;
}
