/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of BGP in the words of the documents that give them. */
#include "analysis/decode/bgp.h"
#include "analysis/value/strbuf.h"

struct word { uint8_t number; const char *text; };

static const struct word codes[] = {
	{BGP_ERROR_HEADER, "Message Header Error"},
	{BGP_ERROR_OPEN, "OPEN Message Error"},
	{BGP_ERROR_UPDATE, "UPDATE Message Error"},
	{BGP_ERROR_HOLD, "Hold Timer Expired"},
	{BGP_ERROR_FSM, "Finite State Machine Error"},
	{BGP_ERROR_CEASE, "Cease"},
	{BGP_ERROR_REFRESH, "ROUTE-REFRESH Message Error"},
	{BGP_ERROR_SEND_HOLD, "Send Hold Timer Expired"},
	{0, NULL}};

/* RFC 4271 6.1 */
static const struct word header_errors[] = {
	{1, "Connection Not Synchronized"}, {2, "Bad Message Length"}, {3, "Bad Message Type"}, {0, NULL}};
/* RFC 4271 6.2; 7: RFC 5492; 11: RFC 9234. 5 was Authentication Failure (RFC 1771). */
static const struct word open_errors[] = {
	{1, "Unsupported Version Number"}, {2, "Bad Peer AS"}, {3, "Bad BGP Identifier"},
	{4, "Unsupported Optional Parameter"}, {5, "Authentication Failure"}, {6, "Unacceptable Hold Time"},
	{7, "Unsupported Capability"}, {11, "Role Mismatch"}, {0, NULL}};
/* RFC 4271 6.3 */
static const struct word update_errors[] = {
	{1, "Malformed Attribute List"}, {2, "Unrecognized Well-known Attribute"}, {3, "Missing Well-known Attribute"},
	{4, "Attribute Flags Error"}, {5, "Attribute Length Error"}, {6, "Invalid ORIGIN Attribute"},
	{7, "AS Routing Loop"}, {8, "Invalid NEXT_HOP Attribute"}, {9, "Optional Attribute Error"},
	{10, "Invalid Network Field"}, {11, "Malformed AS_PATH"}, {0, NULL}};
/* RFC 6608 */
static const struct word state_errors[] = {
	{1, "Unexpected Message in OpenSent"}, {2, "Unexpected Message in OpenConfirm"},
	{3, "Unexpected Message in Established"}, {0, NULL}};
/* RFC 4486; 9: RFC 8538; 10: RFC 9384 */
static const struct word ceases[] = {
	{BGP_CEASE_PREFIXES, "Maximum Number of Prefixes Reached"},
	{BGP_CEASE_SHUTDOWN, "Administrative Shutdown"},
	{BGP_CEASE_DECONFIGURED, "Peer De-configured"},
	{BGP_CEASE_RESET, "Administrative Reset"},
	{BGP_CEASE_REJECTED, "Connection Rejected"},
	{BGP_CEASE_CHANGED, "Other Configuration Change"},
	{BGP_CEASE_COLLISION, "Connection Collision Resolution"},
	{BGP_CEASE_RESOURCES, "Out of Resources"},
	{BGP_CEASE_HARD_RESET, "Hard Reset"},
	{BGP_CEASE_BFD_DOWN, "BFD Down"},
	{0, NULL}};
/* RFC 7313 */
static const struct word refresh_errors[] = {{1, "Invalid Message Length"}, {0, NULL}};

static const char *find(const struct word *w, uint8_t number)
{
	for (; w && w->text; w++)
		if (w->number == number)
			return w->text;
	return NULL;
}

static const struct word *subcodes_of(uint8_t code)
{
	switch (code) {
	case BGP_ERROR_HEADER: return header_errors;
	case BGP_ERROR_OPEN: return open_errors;
	case BGP_ERROR_UPDATE: return update_errors;
	case BGP_ERROR_FSM: return state_errors;
	case BGP_ERROR_CEASE: return ceases;
	case BGP_ERROR_REFRESH: return refresh_errors;
	default: return NULL;
	}
}

const char *bgp_error_words(uint8_t code, uint8_t subcode, char out[BGP_WORDS_MAX])
{
	const char *what = find(codes, code), *why = find(subcodes_of(code), subcode);

	if (!what)
		text_format(out, BGP_WORDS_MAX, "error %u, subcode %u", (unsigned)code, (unsigned)subcode);
	else if (why)
		text_format(out, BGP_WORDS_MAX, "%s: %s", what, why);
	else if (subcode != 0)
		text_format(out, BGP_WORDS_MAX, "%s: subcode %u", what, (unsigned)subcode);
	else
		text_format(out, BGP_WORDS_MAX, "%s", what);
	return out;
}

const char *bgp_type_name(uint8_t type)
{
	static const char *const names[BGP_TYPES] = {
		[BGP_OPEN] = "OPEN",
		[BGP_UPDATE] = "UPDATE",
		[BGP_NOTIFICATION] = "NOTIFICATION",
		[BGP_KEEPALIVE] = "KEEPALIVE",
		[BGP_ROUTE_REFRESH] = "ROUTE-REFRESH",
	};

	return type < BGP_TYPES && names[type] ? names[type] : "message";
}

const char *bgp_family_words(struct bgp_family f, char out[BGP_FAMILY_WORDS_MAX])
{
	if (f.afi >= 1 && f.afi <= 2 && f.safi >= 1 && f.safi <= 2)
		text_format(out, BGP_FAMILY_WORDS_MAX, "IPv%d %s", f.afi == 1 ? 4 : 6, f.safi == 1 ? "unicast" : "multicast");
	else
		text_format(out, BGP_FAMILY_WORDS_MAX, "family %u/%u", (unsigned)f.afi, (unsigned)f.safi);
	return out;
}
