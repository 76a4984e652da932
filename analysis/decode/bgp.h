/* SPDX-License-Identifier: BSD-2-Clause */
/* BGP-4 messages (RFC 4271), one at a time, as a listener on the way reads them. What
 * an UPDATE carries is not read: only whether it ends the first exchange of routes. */
#ifndef ERPROBE_DECODE_BGP_H
#define ERPROBE_DECODE_BGP_H

#include "erprobe/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BGP_PORT 179
#define BGP_HEADER_BYTES 19u
#define BGP_MARKER_BYTES 16u
#define BGP_FAMILIES_MAX 8
#define BGP_WORDS_MAX 96
/* RFC 9003: up to 255 octets of UTF-8; a byte that is none becomes three. */
#define BGP_SHUTDOWN_MAX 256

enum bgp_type {
	BGP_OPEN = 1,
	BGP_UPDATE,
	BGP_NOTIFICATION,
	BGP_KEEPALIVE,
	BGP_ROUTE_REFRESH, /* RFC 2918 */
	BGP_TYPES
};
const char *bgp_type_name(uint8_t type); /* "OPEN", …; "message" for others */

struct bgp_header {
	uint16_t length; /* of the message, header included: 19 .. 65,535 */
	uint8_t type;    /* enum bgp_type */
};

/* Reads a header. False unless the marker is all ones, the type known and the length one
 * that a message of this type can have (RFC 4271 6.1; up to 65,535 for UPDATE,
 * NOTIFICATION and ROUTE-REFRESH by RFC 8654). */
bool bgp_header_read(struct rd *r, struct bgp_header *out);

struct bgp_family { uint16_t afi; uint8_t safi; };

struct bgp_open {
	uint8_t version;
	uint32_t as;               /* by RFC 6793 where the capability is there, else the 16-bit field */
	uint16_t hold_s;           /* proposed; 0 = no keepalives are wanted */
	uint8_t router_id[4];
	struct bgp_family families[BGP_FAMILIES_MAX];
	uint8_t family_count;      /* 0: IPv4 unicast alone, without a word of it */
	bool four_octet_as;        /* RFC 6793 */
	bool route_refresh;        /* RFC 2918 */
	bool extended_message;     /* RFC 8654 */
	bool graceful_restart;     /* RFC 4724 */
	bool graceful_notification; /* RFC 8538: the N flag */
	uint16_t restart_s;
};
/* Reads the body of an OPEN. False when it ends too soon or its lengths contradict each
 * other; what was read until then is kept. */
bool bgp_open_read(struct rd body, struct bgp_open *out);

enum bgp_error {
	BGP_ERROR_HEADER = 1,
	BGP_ERROR_OPEN = 2,
	BGP_ERROR_UPDATE = 3,
	BGP_ERROR_HOLD = 4,
	BGP_ERROR_FSM = 5,
	BGP_ERROR_CEASE = 6,
	BGP_ERROR_REFRESH = 7,   /* RFC 7313 */
	BGP_ERROR_SEND_HOLD = 8  /* RFC 9687 */
};
enum { BGP_OPEN_BAD_AS = 2 };
enum bgp_cease {
	BGP_CEASE_PREFIXES = 1,
	BGP_CEASE_SHUTDOWN = 2,
	BGP_CEASE_DECONFIGURED = 3,
	BGP_CEASE_RESET = 4,
	BGP_CEASE_REJECTED = 5,
	BGP_CEASE_CHANGED = 6,
	BGP_CEASE_COLLISION = 7,
	BGP_CEASE_RESOURCES = 8,
	BGP_CEASE_HARD_RESET = 9, /* RFC 8538 */
	BGP_CEASE_BFD_DOWN = 10   /* RFC 9384 */
};

struct bgp_notification {
	uint8_t code, subcode;     /* what ended the session: of a hard reset the ones inside it */
	bool hard_reset;           /* RFC 8538: no graceful restart either */
	char said[BGP_SHUTDOWN_MAX]; /* shutdown communication (RFC 9003), safe to print; "" = none */
	bool has_limit;            /* RFC 4486 4: which family, and how many prefixes at most */
	uint16_t limit_afi;
	uint8_t limit_safi;
	uint32_t limit;
};
/* Reads the body of a NOTIFICATION. False when not even code and subcode are there. */
bool bgp_notification_read(struct rd body, struct bgp_notification *out);
/* In words: "Hold Timer Expired", "Cease: Administrative Shutdown". Returns out. */
const char *bgp_error_words(uint8_t code, uint8_t subcode, char out[BGP_WORDS_MAX]);

/* Is this whole body of an UPDATE an end-of-RIB marker (RFC 4724 2)? Of which family. */
bool bgp_update_is_end(struct rd body, struct bgp_family *out);
/* "IPv4 unicast", "IPv6 unicast", "family 25/65". Returns out. */
#define BGP_FAMILY_WORDS_MAX 32
const char *bgp_family_words(struct bgp_family f, char out[BGP_FAMILY_WORDS_MAX]);

#endif
