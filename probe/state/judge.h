/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's own words say of a circuit, judged carefully: for `erprobe state`, which
 * sends no probe. An empty table, a failed read, zero counters, an absent status or
 * enableBgp false is never a fault. */
#ifndef ERPROBE_AZURE_JUDGE_H
#define ERPROBE_AZURE_JUDGE_H

#include "erprobe/addr.h"
#include "erprobe/exit_code.h"
#include "erprobe/plan.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDINGS_MAX 40
#define FINDING_TEXT_MAX 256

enum state_status {
	STATE_HEALTHY = EXIT_HEALTHY,
	STATE_DEGRADED = EXIT_DEGRADED,
	STATE_FAULT = EXIT_FAULT,
	STATE_UNREAD = EXIT_UNDETERMINED /* nothing was read, or nothing of the circuit itself and no fault elsewhere */
};
/* "healthy", "degraded", "fault", "unread". */
const char *state_status_name(enum state_status s);

struct finding {
	enum state_status weight;      /* STATE_HEALTHY: a remark that changes nothing */
	enum link_id link;             /* LINK_NULL where it is of the whole circuit */
	char what[FINDING_TEXT_MAX];   /* one line, safe to print */
	char means[FINDING_TEXT_MAX];
};

/* One BGP session between the MSEE and the customer's or provider's router. */
struct session_reading {
	bool known;                    /* the summary has this neighbour and its state */
	bool established;
	int64_t prefixes;              /* received from it, when established */
	const struct az_bgp_row *row;  /* in the snapshot; NULL when not known */
};

enum arp_reading { ARP_UNKNOWN = 0, ARP_RESOLVED, ARP_UNANSWERED };

struct path_reading {
	struct ip_addr edge[FAMILIES]; /* first usable address of the path's prefix; may be unset */
	enum arp_reading arp[FAMILIES];
	struct session_reading session[FAMILIES];
	size_t gateway_up, gateway_all; /* sessions with the gateway's instances (AS 65515) */
	bool down;                     /* nothing of this path carries traffic */
};

struct judgement {
	enum state_status status;
	struct path_reading paths[LINKS];
	struct finding findings[FINDINGS_MAX]; /* worst first */
	size_t count;
};

/* c: which peering, gateway and edge addresses are expected. s must outlive the judgement. */
void judge_snapshot(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j);

/* Used between judge.c, judge_paths.c and judge_more.c. */
void judge_add(struct judgement *j, enum state_status weight, enum link_id link, const char *means,
               const char *format, ...) __attribute__((format(printf, 5, 6)));
void judge_read_paths(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j);
void judge_ports(const struct az_snapshot *s, struct judgement *j); /* judge_more.c; after the paths are read, before they are judged */
void judge_paths(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j);
void judge_more(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j); /* judge_more.c */
/* Case does not matter in Azure's words. False when absent. */
bool judge_is(const struct az_text *t, const char *word);

#endif
