/* SPDX-License-Identifier: BSD-2-Clause */
/* What the audit remembers of one run of one circuit: the part of the result document
 * that history, metrics and the live page need. A plain value; no pointers. */
#ifndef ERPROBE_AUDIT_RECORD_H
#define ERPROBE_AUDIT_RECORD_H

#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_HOPS_MAX 128   /* of both links and both families; further ones are left out */
#define RECORD_OTHERS_MAX 3   /* further addresses of one hop likewise */
#define RECORD_TARGETS_MAX 64 /* targets and controls likewise */
#define RECORD_FACTS_MAX 24
#define RECORD_UNKNOWN INT64_MIN /* a time that was not measured */

/* How a run ended. Only a finished one says anything of the circuit. */
enum record_outcome {
	RECORD_FINISHED,
	RECORD_INTERRUPTED, /* the service, or the run by itself, was told to end meanwhile */
	RECORD_FAILED       /* no document: the process died, or could not run */
};
const char *record_outcome_name(enum record_outcome o);

/* Times in microseconds, RECORD_UNKNOWN when nothing answered. */
struct record_rtt { int64_t min_us, median_us, p95_us, max_us; };

struct record_hop {
	uint8_t link;   /* enum link_id: primary or secondary */
	uint8_t family; /* 4 or 6 */
	uint8_t ttl;
	uint8_t domain; /* enum domain */
	bool target;    /* a target answered here: an end of some flows, no part of the way that all take */
	char address[IP_TEXT_MAX]; /* the most frequent one, "" = silent */
	struct ip_addr others[RECORD_OTHERS_MAX]; /* that answered besides: a router has several, and balanced paths have several routers */
	uint32_t sent, answered;
	struct record_rtt rtt;
};

struct record_segment {
	bool present;
	int64_t added_us;
	struct ratio_bound loss;
};

struct record_link {
	bool present;
	enum status status;
	struct record_segment segments[DOMAINS]; /* by enum domain */
};

struct record_target {
	char name[NAME_MAX_LEN];
	bool control, tested, reachable;
	struct ratio_bound loss;
	struct record_rtt rtt;
};

/* What Azure said of one setting or state. */
struct record_fact { char key[40]; char value[96]; };

/* What is usual has slowly become longer, as the baseline of the run says. */
struct record_drift {
	bool known;                /* the run had a baseline to say it by */
	bool open;
	enum link_id link;         /* both where both have */
	enum domain domain;        /* DOMAIN_NONE: the whole way to the MSEE */
	struct wall_ns since;
	char summary[SENTENCE_MAX];
};

struct run_record {
	char run_id[UUID_TEXT_MAX];   /* "" when there is no document */
	char circuit[NAME_MAX_LEN];
	struct wall_ns started_at, ended_at;
	enum record_outcome outcome;
	bool deep;
	char trouble[SENTENCE_MAX];   /* why there is no document, else "" */
	uint32_t probes_sent;
	uint64_t capture_dropped;

	/* The verdict; meaningless unless finished. */
	enum status status;
	enum domain domain;
	char fault[FAULT_ID_MAX];     /* "" = none */
	enum link_id link;            /* LINK_NULL = none */
	double confidence;
	enum contact contact;
	char summary[SENTENCE_MAX];

	enum handoff handoff;

	bool azure_available;
	char azure_why_not[SENTENCE_MAX];
	struct record_fact facts[RECORD_FACTS_MAX];
	size_t fact_count;
	char maintenance[SENTENCE_MAX]; /* planned maintenance that went on, in Azure's words; "" = none known */

	struct record_drift drift;
	struct record_link links[LINKS];
	struct record_hop hops[RECORD_HOPS_MAX];
	size_t hop_count;
	struct record_target targets[RECORD_TARGETS_MAX];
	size_t target_count;
};

/* The path over a link as text: "10.10.1.1 * 10.10.11.2,172.16.3.1 172.16.3.2", IPv4's, or IPv6's where there is no
 * other, without the targets: which of them was asked most is chance. All addresses of a hop, in their order. "" when
 * nothing answered. A line that is too long is cut. */
void record_path(const struct run_record *r, enum link_id link, char *text, size_t size);
/* Do two such paths differ at a hop that answered in both: has it no address in both? Silence is no difference. */
bool record_path_differs(const char *before, const char *after);
/* The value of a fact, NULL when it was not read. */
const char *record_fact(const struct run_record *r, const char *key);
/* Does this run ask for a deep one: another verdict, or another path, than before?
 * `before` is the last finished run of the circuit, NULL for none. Never after a deep one. */
bool record_wants_deep(const struct run_record *before, const struct run_record *now);

#endif
