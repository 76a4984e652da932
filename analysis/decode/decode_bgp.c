/* SPDX-License-Identifier: BSD-2-Clause */
/* BGP messages (RFC 4271 section 4):
 *
 *   0                        16       18     19
 *   +------------------------+--------+------+--------------------
 *   | marker, all ones       | length | type | body, length - 19
 *   +------------------------+--------+------+--------------------
 *
 *   OPEN       | version 1 | AS 2 | hold time 2 | identifier 4 | opt. length 1 | parameters
 *              parameter:  | type 1 | length 1 | value |      type 2: capabilities (RFC 5492)
 *              capability: | code 1 | length 1 | value |
 *   RFC 9072:  optional length 255, then type 255, then a length of 2 bytes, and
 *              parameters with lengths of 2 bytes
 *
 *   UPDATE     | withdrawn length 2 | withdrawn | attributes length 2 | attributes | routes |
 *   NOTIFICATION | code 1 | subcode 1 | data |
 */
#include "analysis/decode/bgp.h"

#include "analysis/value/strbuf.h"

#include <string.h>

#define MESSAGE_MAX 4096u     /* RFC 4271 4.1; RFC 8654 keeps it for OPEN and KEEPALIVE */
#define OPEN_BYTES_MIN 29u
#define UPDATE_BYTES_MIN 23u
#define NOTIFICATION_BYTES_MIN 21u
#define REFRESH_BYTES 23u
#define PARAMETERS_MAX 64     /* of one OPEN; more only costs time */

enum { PARAMETER_CAPABILITIES = 2, PARAMETERS_EXTENDED = 255 };
enum capability {
	CAP_MULTIPROTOCOL = 1,    /* RFC 4760 */
	CAP_ROUTE_REFRESH = 2,
	CAP_EXTENDED_MESSAGE = 6,
	CAP_GRACEFUL_RESTART = 64,
	CAP_FOUR_OCTET_AS = 65
};

static bool length_fits(uint8_t type, uint16_t length)
{
	switch (type) {
	case BGP_OPEN:
		return length >= OPEN_BYTES_MIN && length <= MESSAGE_MAX;
	case BGP_UPDATE:
		return length >= UPDATE_BYTES_MIN;
	case BGP_NOTIFICATION:
		return length >= NOTIFICATION_BYTES_MIN;
	case BGP_KEEPALIVE:
		return length == BGP_HEADER_BYTES;
	case BGP_ROUTE_REFRESH:
		return length >= REFRESH_BYTES;
	default:
		return false;
	}
}

bool bgp_header_read(struct rd *r, struct bgp_header *out)
{
	uint64_t first = rd_u64(r), second = rd_u64(r);
	bool ones = first == UINT64_MAX && second == UINT64_MAX;

	out->length = rd_u16(r);
	out->type = rd_u8(r);
	return rd_ok(r) && ones && length_fits(out->type, out->length);
}

/* --- OPEN --- */

/* RFC 4724 3:  | R 1 N 1 reserved 2 | restart time 12 | AFI 16 | SAFI 8 | flags 8 | … */
static void graceful_restart(struct rd r, struct bgp_open *o)
{
	uint16_t first = rd_u16(&r);

	if (!rd_ok(&r))
		return;
	o->graceful_restart = true;
	o->graceful_notification = (first & 0x4000) != 0;
	o->restart_s = first & 0x0fff;
}

/* RFC 4760 8:  | AFI 2 | reserved 1 | SAFI 1 | */
static void multiprotocol(struct rd r, struct bgp_open *o)
{
	uint16_t afi = rd_u16(&r);

	rd_skip(&r, 1);
	uint8_t safi = rd_u8(&r);
	if (rd_ok(&r) && o->family_count < BGP_FAMILIES_MAX)
		o->families[o->family_count++] = (struct bgp_family){afi, safi};
}

static void capability(uint8_t code, struct rd value, struct bgp_open *o)
{
	switch (code) {
	case CAP_MULTIPROTOCOL:
		multiprotocol(value, o);
		break;
	case CAP_ROUTE_REFRESH:
		o->route_refresh = true;
		break;
	case CAP_EXTENDED_MESSAGE:
		o->extended_message = true;
		break;
	case CAP_GRACEFUL_RESTART:
		graceful_restart(value, o);
		break;
	case CAP_FOUR_OCTET_AS:
		if (rd_left(&value) == 4) {
			o->four_octet_as = true;
			o->as = rd_u32(&value);
		}
		break;
	default:
		break;
	}
}

static bool capabilities(struct rd r, struct bgp_open *o)
{
	for (int n = 0; rd_left(&r) > 0 && n < PARAMETERS_MAX; n++) {
		uint8_t code = rd_u8(&r);
		uint8_t len = rd_u8(&r);
		struct rd value = rd_sub(&r, len);
		if (!rd_ok(&r))
			return false;
		capability(code, value, o);
	}
	return true;
}

static bool parameters(struct rd r, bool extended, struct bgp_open *o)
{
	for (int n = 0; rd_left(&r) > 0 && n < PARAMETERS_MAX; n++) {
		uint8_t type = rd_u8(&r);
		size_t len = extended ? rd_u16(&r) : rd_u8(&r);
		struct rd value = rd_sub(&r, len);
		if (!rd_ok(&r) || (type == PARAMETER_CAPABILITIES && !capabilities(value, o)))
			return false;
	}
	return true;
}

bool bgp_open_read(struct rd body, struct bgp_open *out)
{
	struct rd r = body;

	memset(out, 0, sizeof(*out));
	out->version = rd_u8(&r);
	out->as = rd_u16(&r);
	out->hold_s = rd_u16(&r);
	rd_bytes(&r, out->router_id, sizeof(out->router_id));
	size_t len = rd_u8(&r);
	if (!rd_ok(&r))
		return false;
	struct rd longer = r;
	bool extended = len != 0 && rd_u8(&longer) == PARAMETERS_EXTENDED;
	if (extended) {
		len = rd_u16(&longer);
		r = longer;
	}
	struct rd all = rd_sub(&r, len);
	return rd_ok(&r) && rd_left(&r) == 0 && parameters(all, extended, out);
}

/* --- NOTIFICATION --- */

/* RFC 9003 2:  | length 1 | that many octets of UTF-8 | */
static void communication(struct rd r, struct bgp_notification *n)
{
	char raw[BGP_SHUTDOWN_MAX] = "";
	size_t len = rd_u8(&r);

	if (len >= sizeof(raw))
		len = sizeof(raw) - 1;
	rd_bytes(&r, raw, len);
	if (!rd_ok(&r))
		return;
	/* A NUL inside would hide what follows it. */
	for (size_t i = 0; i < len; i++)
		if (raw[i] == '\0')
			raw[i] = '\x01';
	text_safe(n->said, sizeof(n->said), raw);
}

/* RFC 4486 4:  | AFI 2 | SAFI 1 | upper bound of prefixes 4 | */
static void prefix_limit(struct rd r, struct bgp_notification *n)
{
	uint16_t afi = rd_u16(&r);
	uint8_t safi = rd_u8(&r);
	uint32_t limit = rd_u32(&r);

	if (!rd_ok(&r))
		return;
	n->has_limit = true;
	n->limit_afi = afi;
	n->limit_safi = safi;
	n->limit = limit;
}

bool bgp_notification_read(struct rd body, struct bgp_notification *out)
{
	struct rd r = body;

	memset(out, 0, sizeof(*out));
	out->code = rd_u8(&r);
	out->subcode = rd_u8(&r);
	if (!rd_ok(&r))
		return false;
	/* RFC 8538 3.1: a hard reset carries code, subcode and data of its reason. */
	if (out->code == BGP_ERROR_CEASE && out->subcode == BGP_CEASE_HARD_RESET && rd_left(&r) >= 2) {
		out->hard_reset = true;
		out->code = rd_u8(&r);
		out->subcode = rd_u8(&r);
	}
	if (out->code != BGP_ERROR_CEASE)
		return true;
	if (out->subcode == BGP_CEASE_SHUTDOWN || out->subcode == BGP_CEASE_RESET)
		communication(r, out);
	else if (out->subcode == BGP_CEASE_PREFIXES)
		prefix_limit(r, out);
	return true;
}

/* --- UPDATE --- */

enum { ATTRIBUTE_EXTENDED = 0x10, ATTRIBUTE_UNREACHABLE = 15 };

/* IPv4 unicast: nothing at all. Other families: one attribute, MP_UNREACH_NLRI, that
 * withdraws nothing:  | flags 1 | 15 | length 1 or 2: 3 | AFI 2 | SAFI 1 | */
bool bgp_update_is_end(struct rd body, struct bgp_family *out)
{
	struct rd r = body;
	uint16_t withdrawn = rd_u16(&r);
	uint16_t attributes = rd_u16(&r);

	if (!rd_ok(&r) || withdrawn != 0 || attributes != rd_left(&r))
		return false;
	*out = (struct bgp_family){1, 1};
	if (attributes == 0)
		return true;
	uint8_t flags = rd_u8(&r);
	uint8_t type = rd_u8(&r);
	size_t len = flags & ATTRIBUTE_EXTENDED ? rd_u16(&r) : rd_u8(&r);
	out->afi = rd_u16(&r);
	out->safi = rd_u8(&r);
	return rd_ok(&r) && type == ATTRIBUTE_UNREACHABLE && len == 3 && rd_left(&r) == 0;
}
