/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody is told of an incident: one event as a plain value, and when to try
 * again after a receiver did not take it. */
#ifndef ERPROBE_AUDIT_NOTICE_H
#define ERPROBE_AUDIT_NOTICE_H

#include "analysis/audit/incident.h"

#include <stdint.h>

#define NOTICE_KEY_MAX 64
#define NOTICE_TITLE_MAX 400

/* Texts may come from the configuration, from Azure or from a hop: writers make them safe. */
struct notice {
	char key[NOTICE_KEY_MAX];      /* of the event, the same at every try: receivers drop doubles by it */
	char incident[NOTICE_KEY_MAX]; /* of the incident, the same in all its events */
	enum incident_step step;       /* opened, changed or closed */
	bool test;                     /* nothing happened: somebody tries the channel */
	char circuit[NAME_MAX_LEN];
	char edge[NAME_MAX_LEN];       /* the host that measured */
	struct wall_ns at;             /* of the run that made the event */
	struct wall_ns opened_at;      /* when the incident began */
	enum status status;            /* of a closed one: what it was */
	enum domain domain;
	enum handoff handoff;          /* of the circuit */
	enum link_id link;             /* LINK_NULL = none */
	char fault[FAULT_ID_MAX];      /* "" = none */
	double confidence;
	enum contact contact;
	char summary[SENTENCE_MAX];
	char maintenance[SENTENCE_MAX]; /* Azure had this planned maintenance then; "" = none known */
	bool flapping;                  /* it goes and comes again and again */
	char run_id[UUID_TEXT_MAX];
};

/* One line for a title: "ExpressRoute frankfurt-1: FAULT, WAN (provider), primary link
 * (wan.circuit-down)". Cut with "…". Returns buf. */
const char *notice_title(const struct notice *n, char buf[NOTICE_TITLE_MAX]);

/* How long to wait after `tries` tries failed (1 = the first), in nanoseconds: 5 s doubled
 * each time, at most 15 min, spread by `seed` to between a half and all of that; never less
 * than the receiver asked for (retry_after_s, below 0: it did not), of which an hour counts. */
#define NOTICE_RETRY_LEAST_NS (5 * NS_PER_SEC)
#define NOTICE_RETRY_MOST_NS (900 * NS_PER_SEC)
#define NOTICE_RETRY_ASKED_MOST_S 3600
int64_t notice_retry_ns(uint64_t seed, unsigned tries, int64_t retry_after_s);

#endif
