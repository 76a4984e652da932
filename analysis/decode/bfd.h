/* SPDX-License-Identifier: BSD-2-Clause */
/* BFD control packets (RFC 5880), in UDP to port 3784 (RFC 5881) or 4784 (RFC 5883). */
#ifndef ERPROBE_DECODE_BFD_H
#define ERPROBE_DECODE_BFD_H

#include "erprobe/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#define BFD_PORT 3784u
#define BFD_PORT_MULTIHOP 4784u

enum bfd_state { BFD_ADMIN_DOWN = 0, BFD_DOWN, BFD_INIT, BFD_UP };

enum bfd_flag { BFD_POLL = 0x20, BFD_FINAL = 0x10, BFD_CPI = 0x08, BFD_AUTH = 0x04, BFD_DEMAND = 0x02, BFD_MULTIPOINT = 0x01 };

/* Reasons that decide something (RFC 5880 4.1). */
enum { BFD_DIAG_EXPIRED = 1, BFD_DIAG_ADMIN = 7 };

struct bfd_packet {
	uint8_t diag;
	uint8_t state;          /* enum bfd_state */
	uint8_t flags;          /* enum bfd_flag */
	uint8_t multiplier;     /* detection time: this many intervals */
	uint32_t own, other;    /* discriminators: of who sends, of whom it is sent to (0 = not known) */
	uint32_t min_tx_us;     /* the least it wants between the packets that it sends */
	uint32_t min_rx_us;     /* and can take */
	uint32_t min_echo_us;
};

/* Reads one. False for what RFC 5880 6.8.6 has every receiver discard: version, lengths,
 * multiplier, multipoint bit, discriminators. */
bool bfd_read(struct rd r, struct bfd_packet *out);

const char *bfd_state_name(uint8_t state);  /* "AdminDown", "Down", "Init", "Up" */
/* RFC 5880 4.1, in its words: "Control Detection Time Expired"; "diagnostic 12" is "unknown". */
const char *bfd_diag_name(uint8_t diag);

#endif
