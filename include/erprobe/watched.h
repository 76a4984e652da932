/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen of a peering without asking anybody: the frames of its BGP and BFD
 * sessions, and who claims its two addresses. Facts, no judgement. */
#ifndef ERPROBE_WATCHED_H
#define ERPROBE_WATCHED_H

#include "erprobe/addr.h"
#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

#define WATCH_NOTICES_MAX 8   /* NOTIFICATIONs kept: the latest */
#define WATCH_CHANGES_MAX 12  /* BFD state changes kept: the latest */
#define WATCH_MACS_MAX 4
#define WATCH_TAGS_MAX 4
#define WATCH_FAMILIES_MAX 8
#define WATCH_SAID_MAX 256

/* Who sent it: the holder of the near /30 address (E), or of the far one (M). */
enum watch_side { WATCH_NEAR = 0, WATCH_FAR = 1, WATCH_SIDES = 2 };

struct watch_open {
	bool seen;
	struct wall_ns at;
	uint32_t as;
	uint16_t hold_s;
	uint8_t router_id[4];
	uint16_t afi[WATCH_FAMILIES_MAX];
	uint8_t safi[WATCH_FAMILIES_MAX];
	uint8_t family_count;
	bool graceful_restart;
};

/* One side's part in the session. */
struct watch_talk {
	uint32_t opens, updates, notifications, keepalives, refreshes;
	uint32_t syns;                /* it asked for the session */
	struct wall_ns called_at;     /* the latest of them */
	uint32_t accepted, refusals;  /* SYNs of the other side that it answered, with a SYN-ACK or with a RST */
	bool tcp_md5, tcp_ao;         /* its segments are signed */
	bool end_of_rib;
	bool spoke;                   /* a message was seen: the two below are known */
	struct wall_ns last;          /* its latest message of any kind */
	int64_t longest_gap_ns;       /* between two of its messages in one session; 0 = only one */
	struct watch_open open;       /* the latest */
};

struct watch_notice {
	struct wall_ns at;
	uint8_t side;                 /* enum watch_side: who sent it */
	uint8_t code, subcode;
	bool hard_reset;              /* RFC 8538 */
	bool has_limit;
	uint32_t limit;               /* prefixes allowed, where 6/1 says so */
	char said[WATCH_SAID_MAX];    /* shutdown communication, safe to print */
};

enum watch_session {
	WATCH_SESSION_UNSEEN = 0,     /* no frame of it */
	WATCH_SESSION_OPENING,        /* it is asked for, or OPENs were exchanged */
	WATCH_SESSION_UP,             /* KEEPALIVEs or UPDATEs are exchanged and acknowledged */
	WATCH_SESSION_DOWN            /* it ended: NOTIFICATION, RST or FIN, and it is not up again */
};

struct watch_bfd_side {
	bool seen;
	uint32_t packets;
	uint8_t state, diag;          /* RFC 5880; the latest */
	uint8_t multiplier;
	uint32_t min_tx_us, min_rx_us;
	struct wall_ns last;
	int64_t longest_gap_ns;
};

struct watch_bfd_change { struct wall_ns at; uint8_t side, from, to, diag; };

/* A hardware address that somebody claims for one of the two addresses. */
struct watch_claim { uint8_t mac[6]; uint32_t times, gratuitous; };

struct watch_neighbour {
	uint32_t asked;               /* times that the other side asked for it */
	struct watch_claim claims[WATCH_MACS_MAX];
	uint8_t claim_count;
	uint8_t latest;               /* place in claims[] */
	uint32_t changes;             /* how often another address claimed it than before */
};

struct watch_tags { uint16_t tpid[2], vlan[2]; uint8_t count; uint32_t frames; };

/* One link in one family: one BGP session, at most one BFD session. */
struct peering_seen {
	uint32_t frames;              /* of it; 0 = nothing below is known */
	enum watch_session session;
	struct wall_ns session_at;    /* since when */
	uint32_t sessions_ended;      /* how often it was up and came down */
	struct watch_talk talk[WATCH_SIDES];
	struct watch_notice notices[WATCH_NOTICES_MAX]; /* in the order of time */
	uint8_t notice_count;
	struct watch_bfd_side bfd[WATCH_SIDES];
	struct watch_bfd_change changes[WATCH_CHANGES_MAX];
	uint8_t change_count;
	struct watch_neighbour neighbour[WATCH_SIDES]; /* who claims the near, the far address */
	struct watch_tags tags[WATCH_TAGS_MAX];        /* outer tag first */
	uint8_t tag_count;
	uint32_t untagged;            /* frames without any */
	uint32_t holes;               /* places where bytes of the session were not seen */
};

#endif
