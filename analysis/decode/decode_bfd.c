/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 5880 4.1:
 *
 *   +---------+---------+---------+-------------+-------------+--------+
 *   | version | diag    | state   | P F C A D M | detect mult | length |
 *   | 3 bit   | 5 bit   | 2 bit   | 6 bit       | 8 bit       | 8 bit  |
 *   +---------+---------+---------+-------------+-------------+--------+
 *   | my discriminator 32 | your discriminator 32                      |
 *   | desired min TX 32   | required min RX 32   | required min echo 32|
 *   +------------------------------------------------------------------+
 *   | with A: authentication, at least 2 bytes                         |
 *   intervals in microseconds
 */
#include "analysis/decode/bfd.h"

#define BFD_VERSION 1
#define BFD_BYTES 24u
#define BFD_BYTES_AUTH 26u

static bool is_valid(const struct bfd_packet *p, uint8_t version, uint8_t length, size_t have)
{
	size_t least = p->flags & BFD_AUTH ? BFD_BYTES_AUTH : BFD_BYTES;

	return version == BFD_VERSION && length >= least && length <= have && p->multiplier != 0 &&
	       !(p->flags & BFD_MULTIPOINT) && p->own != 0 &&
	       (p->other != 0 || p->state == BFD_DOWN || p->state == BFD_ADMIN_DOWN);
}

bool bfd_read(struct rd r, struct bfd_packet *out)
{
	size_t have = rd_left(&r);
	uint8_t first = rd_u8(&r);
	uint8_t second = rd_u8(&r);
	struct bfd_packet p = {.diag = first & 0x1f, .state = second >> 6, .flags = second & 0x3f};

	p.multiplier = rd_u8(&r);
	uint8_t length = rd_u8(&r);
	p.own = rd_u32(&r);
	p.other = rd_u32(&r);
	p.min_tx_us = rd_u32(&r);
	p.min_rx_us = rd_u32(&r);
	p.min_echo_us = rd_u32(&r);
	if (!rd_ok(&r) || !is_valid(&p, first >> 5, length, have))
		return false;
	*out = p;
	return true;
}

const char *bfd_state_name(uint8_t state)
{
	static const char *const names[] = {"AdminDown", "Down", "Init", "Up"};

	return names[state & 3];
}

const char *bfd_diag_name(uint8_t diag)
{
	static const char *const names[] = {
		"No Diagnostic", "Control Detection Time Expired", "Echo Function Failed", "Neighbor Signaled Session Down",
		"Forwarding Plane Reset", "Path Down", "Concatenated Path Down", "Administratively Down",
		"Reverse Concatenated Path Down"};

	return diag < sizeof names / sizeof names[0] ? names[diag] : "unknown diagnostic";
}
