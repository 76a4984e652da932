/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run found: the contract's result document as a value. analysis/diagnose
 * fills it, analysis/report prints it. All text is printable UTF-8 already made
 * safe for a terminal (no control characters). */
#ifndef ERPROBE_RESULT_H
#define ERPROBE_RESULT_H

#include "erprobe/event.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOPS_MAX 64             /* TTLs shown of one path */
#define HOP_ADDRESSES_MAX 8     /* ECMP: addresses that answered at one TTL */
#define MPLS_LABELS_MAX 8
#define SENTENCE_MAX 320
#define FAULT_ID_MAX 32
#define EVIDENCE_MAX 8          /* sentences for, against */
#define ALTERNATIVES_MAX 5
#define STEPS_MAX 6
#define FAULTS_MAX 4            /* concurrent faults named in one circuit */
#define CHECKS_MAX 24           /* named checks of one link */

enum status { STATUS_HEALTHY = 0, STATUS_DEGRADED = 1, STATUS_FAULT = 2, STATUS_UNDETERMINED = 3 };
const char *status_name(enum status s);

enum contact { CONTACT_NONE = 0, CONTACT_YOU, CONTACT_PROVIDER, CONTACT_MICROSOFT };
const char *contact_name(enum contact c); /* NULL for CONTACT_NONE */

/* A share with its bound: answered/sent never stands alone. */
struct ratio_bound { double ratio, low, high; bool known; };

/* Round trips in nanoseconds; known = false when none was measured. */
struct rtt_summary { bool known; int64_t min_ns, median_ns, p95_ns, max_ns, jitter_ns; };

struct mpls_label { uint32_t label; uint8_t exp; uint8_t bottom; uint8_t ttl; };

struct hop_result {
	uint8_t ttl;
	struct ip_addr addresses[HOP_ADDRESSES_MAX]; /* most frequent first */
	uint8_t address_count;
	enum domain domain;
	char role[24];                 /* "edge", "msee", "gateway", "target", "" */
	uint32_t sent, answered;
	struct ratio_bound loss;       /* raw share unanswered at this hop: not path loss */
	struct ratio_bound path_loss;  /* envelope: path loss up to here is at most this */
	struct rtt_summary rtt;
	struct mpls_label mpls[MPLS_LABELS_MAX];
	uint8_t mpls_count;
	int16_t reply_ttl;             /* most frequent TTL of the answers, -1 = none */
	char note[48];                 /* "silent, normal for the gateway", … */
};

struct segment_result {
	enum domain domain;
	struct ip_addr from, to;       /* IP_NONE where unknown */
	bool latency_known;
	int64_t added_latency_ns;
	struct ratio_bound loss;
};

/* One thing tried on a link, with what came of it: "ping edge", "tcp 179 msee ttl 255". */
struct check_result {
	char name[48];
	char outcome[32];              /* "answers", "silent", "refused", "unreachable", "not applicable", … */
	char detail[SENTENCE_MAX];
	uint8_t family;                /* enum ip_family, 0 = both */
	uint32_t sent, answered;
	struct rtt_summary rtt;
};

struct link_result {
	enum link_id id;
	struct ip_addr ce[FAMILIES], msee[FAMILIES];
	enum status status;
	struct hop_result *hops[FAMILIES];   /* path towards Azure over this link; owned */
	size_t hop_count[FAMILIES];
	struct segment_result segments[DOMAINS]; /* corporate, wan, azure in this order */
	size_t segment_count;
	struct check_result checks[CHECKS_MAX];
	size_t check_count;
};

struct service_result { uint16_t port; /* 0 = ping */ char outcome[32]; uint32_t sent, answered; struct rtt_summary rtt; };

struct target_result {
	char name[NAME_MAX_LEN];
	struct ip_addr address;
	bool control;
	bool reachable;                      /* all its configured services, by some way */
	bool tested;
	bool over[LINKS];                    /* flows seen to cross this link and be answered */
	struct service_result services[TARGET_PORTS_MAX + 1];
	size_t service_count;
	struct ratio_bound loss;
	struct rtt_summary rtt;
};

struct alternative {
	char fault[FAULT_ID_MAX];
	enum domain domain;
	enum link_id link;
	double probability;
	char decided_by[SENTENCE_MAX];
};

struct verdict {
	enum status status;
	enum domain domain;                  /* DOMAIN_NONE prints null */
	char fault[FAULT_ID_MAX];            /* "" prints null */
	enum link_id link;                   /* LINK_NULL prints null */
	struct ip_addr segment_from, segment_to;
	double confidence;                   /* of the domain, 0..1 */
	char summary[SENTENCE_MAX];
	char evidence_for[EVIDENCE_MAX][SENTENCE_MAX];
	size_t for_count;
	char evidence_against[EVIDENCE_MAX][SENTENCE_MAX];
	size_t against_count;
	struct alternative alternatives[ALTERNATIVES_MAX];
	size_t alternative_count;
	char next_steps[STEPS_MAX][SENTENCE_MAX];
	size_t step_count;
	enum contact contact;
};

/* Azure's part as the result document shows it. */
struct azure_result {
	bool available;
	struct wall_ns as_of;
	const struct az_snapshot *snapshot;  /* owned by the diagnosis; NULL when never asked */
	char why_not[AZ_ERROR_MAX];          /* "" when available */
};

/* Traffic died for a moment and lived again: when the first and the last probe of it left. */
struct interruption {
	struct wall_ns from, to;
	uint32_t lost;                       /* probes; 0 = there was none */
};

struct circuit_result {
	const struct plan_circuit *plan;
	struct azure_result azure;
	struct link_result links[LINKS];
	size_t link_count;
	struct target_result *targets;       /* owned */
	size_t target_count;
	struct verdict faults[FAULTS_MAX];   /* faults[0] is the verdict, also when healthy */
	size_t fault_count;                  /* real faults among them; 0 when healthy */
	uint32_t probes_sent;
	struct interruption interruption;    /* its losses count for no fault */
};

/* Validity of answers: which test failed, how often (analysis/path/match.h). */
#define MATCH_TESTS_MAX 12
struct match_counts {
	uint64_t matched, duplicate, late, forged, foreign, malformed;
	uint64_t failed[MATCH_TESTS_MAX];    /* per named test */
};

struct run_result {
	const struct plan *plan;
	struct wall_ns ended_at;
	enum end_reason end_reason;
	uint32_t probes_sent;                /* outgoing probe frames seen in the capture */
	uint32_t probes_not_sent;
	uint64_t capture_received, capture_dropped;
	struct match_counts match;
	struct circuit_result *circuits;     /* owned */
	size_t circuit_count;
};

/* Frees all that the result owns, not the struct itself. */
void run_result_free(struct run_result *r);
/* Exit code of `check`: the worst circuit's. */
int run_result_exit_code(const struct run_result *r);

#endif
