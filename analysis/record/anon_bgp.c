/* SPDX-License-Identifier: BSD-2-Clause */
/* What may go out of BGP messages. Each segment is looked at by itself: a message that does
 * not begin in it is not known, and becomes zero.
 *
 *   OPEN          version, AS, hold time stay; the identifier is replaced like an address; of the
 *                 capabilities code and length stay, and the values of those that are read
 *   NOTIFICATION  code and subcode stay, and the limit of 6/1; every letter of a shutdown
 *                 communication becomes an x
 *   KEEPALIVE, ROUTE-REFRESH and end-of-RIB stay, other UPDATEs become zero */
#include "analysis/record/anon.h"

#include "analysis/decode/bgp.h"

#include <string.h>

enum { OPEN_ID_AT = 5, OPEN_FIXED = 10, PARAMETER_CAPABILITIES = 2, LIMIT_END = 2 + 7 };

struct piece { uint8_t *at; size_t len; };

static void blank(uint8_t *at, size_t len)
{
	if (len > 0)
		memset(at, 0, len);
}

/* Capabilities whose values are read, and name nobody: RFC 4760, 2918, 8654, 4724, 6793. */
static bool is_harmless(uint8_t code)
{
	return code == 1 || code == 2 || code == 6 || code == 64 || code == 65;
}

static void map_capabilities(struct piece p)
{
	while (p.len >= 2 && (size_t)p.at[1] + 2 <= p.len) {
		size_t len = (size_t)p.at[1] + 2;

		if (!is_harmless(p.at[0]))
			blank(p.at + 2, len - 2);
		p.at += len;
		p.len -= len;
	}
	blank(p.at, p.len);
}

static void map_open(const struct anon *a, struct piece p)
{
	struct ip_addr id;

	if (p.len < OPEN_FIXED) {
		blank(p.at, p.len);
		return;
	}
	id = ip_addr_from(IP_V4, p.at + OPEN_ID_AT);
	id = anon_addr(a, &id);
	memcpy(p.at + OPEN_ID_AT, id.bytes, 4);
	p.at += OPEN_FIXED;
	p.len -= OPEN_FIXED;
	while (p.len >= 2 && (size_t)p.at[1] + 2 <= p.len) {
		size_t len = (size_t)p.at[1] + 2;

		if (p.at[0] == PARAMETER_CAPABILITIES)
			map_capabilities((struct piece){p.at + 2, len - 2});
		else
			blank(p.at + 2, len - 2);
		p.at += len;
		p.len -= len;
	}
	blank(p.at, p.len);
}

/* RFC 9003: | length 1 | text |, behind code and subcode, and behind those inside a hard reset. */
static void map_said(uint8_t *at, size_t len)
{
	size_t said = len > 0 ? at[0] : 0;

	if (len == 0)
		return;
	if (said > len - 1)
		said = len - 1;
	memset(at + 1, 'x', said);
	blank(at + 1 + said, len - 1 - said);
}

static void map_notification(struct piece p)
{
	uint8_t *code = p.at;
	size_t left = p.len;

	if (left >= 4 && code[0] == BGP_ERROR_CEASE && code[1] == BGP_CEASE_HARD_RESET) {
		code += 2;
		left -= 2;
	}
	if (left < 2)
		return;
	if (code[0] == BGP_ERROR_CEASE && (code[1] == BGP_CEASE_SHUTDOWN || code[1] == BGP_CEASE_RESET))
		map_said(code + 2, left - 2);
	else if (code[0] == BGP_ERROR_CEASE && code[1] == BGP_CEASE_PREFIXES && left >= LIMIT_END)
		blank(code + LIMIT_END, left - LIMIT_END);
	else
		blank(code + 2, left - 2);
}

static void map_update(struct piece p)
{
	struct bgp_family family;

	if (!bgp_update_is_end(rd_over(p.at, p.len), &family))
		blank(p.at, p.len);
}

static void map_message(const struct anon *a, uint8_t type, struct piece body)
{
	switch (type) {
	case BGP_OPEN: map_open(a, body); break;
	case BGP_NOTIFICATION: map_notification(body); break;
	case BGP_UPDATE: map_update(body); break;
	default: break; /* KEEPALIVE has no body, ROUTE-REFRESH a family */
	}
}

void anon_bgp(const struct anon *a, uint8_t *payload, size_t len)
{
	size_t at = 0, kept = 0; /* bytes before kept are done */

	while (len - at >= BGP_HEADER_BYTES) {
		struct rd r = rd_over(payload + at, BGP_HEADER_BYTES);
		struct bgp_header h;

		if (!bgp_header_read(&r, &h)) {
			at++;
			continue;
		}
		size_t have = h.length < len - at ? h.length : len - at;
		blank(payload + kept, at - kept);
		map_message(a, h.type, (struct piece){payload + at + BGP_HEADER_BYTES, have - BGP_HEADER_BYTES});
		at += have;
		kept = at;
	}
	blank(payload + kept, len - kept);
}
