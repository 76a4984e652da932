/* SPDX-License-Identifier: BSD-2-Clause */
/* From verdicts to incidents, with hysteresis: an incident opens when k of the last n
 * finished runs of a circuit were not healthy with the confidence asked for, and closes
 * when the last n were all healthy: a flap is one incident. What goes and comes again and
 * again is damped, as RFC 2439 damps routes: from the third spell on it takes twice as many
 * healthy runs, from the fifth on four times as many. Runs that were interrupted,
 * failed or ended undetermined say nothing and leave everything as it is. */
#ifndef ERPROBE_AUDIT_INCIDENT_H
#define ERPROBE_AUDIT_INCIDENT_H

#include "analysis/audit/record.h"

#include <stdbool.h>
#include <stdint.h>

#define INCIDENT_RUNS_MAX 16
#define INCIDENT_FLAPPING 3  /* spells from which on a circuit is said to flap */
#define INCIDENT_CALM 8      /* times n healthy runs after an incident: its spells are forgotten */

struct incident_rule {
	uint8_t need, of;  /* k of n, 1 <= need <= of <= INCIDENT_RUNS_MAX */
	double confidence; /* of a verdict that is not healthy, 0..1 */
};

/* What is remembered of a circuit between runs; zeroed: nothing yet. */
struct incident_state {
	uint32_t bad;       /* a bit a run, the newest lowest: 1 = not healthy */
	uint8_t runs;       /* how many of the bits count, at most `of` */
	bool open;
	struct wall_ns opened_at; /* start of the first bad run of those that opened it */
	struct wall_ns first_bad; /* of the bad runs in the window; valid while bad != 0 */
	enum status status;       /* of the open incident, as last told */
	enum domain domain;
	enum link_id link;
	char fault[FAULT_ID_MAX];
	char seen_fault[FAULT_ID_MAX]; /* another verdict than the one told, and how many runs in a row */
	enum link_id seen_link;
	uint8_t seen_runs;
	uint8_t spells;     /* times that it went bad, of the open incident and of those not long before it; at most 255 */
	uint8_t calm;       /* healthy runs in a row, at most 255 */
};

enum incident_step {
	INCIDENT_SAME = 0,
	INCIDENT_OPENED,
	INCIDENT_CHANGED, /* another fault or link than the one told, `need` runs in a row */
	INCIDENT_CLOSED
};
const char *incident_step_name(enum incident_step s);

/* Does the open incident, or the one just closed, go and come again and again? */
bool incident_is_flapping(const struct incident_state *s);
/* Takes one run in. */
enum incident_step incident_take(struct incident_state *s, const struct incident_rule *rule, const struct run_record *r);

#endif
