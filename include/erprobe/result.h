/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run found: the contract's result document as a value. analysis/diagnose
 * fills it, analysis/report prints it. All text is printable UTF-8 already made
 * safe for a terminal (no control characters). */
#ifndef ERPROBE_RESULT_H
#define ERPROBE_RESULT_H

#include "erprobe/event.h"
#include "erprobe/exit_code.h"
#include "erprobe/plan.h"
#include "erprobe/watched.h"

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
#define DECIDERS_MAX 3
#define FAULTS_MAX 4            /* concurrent faults named in one circuit */
#define CHECKS_MAX 24           /* named checks of one link */

enum status {
	STATUS_HEALTHY = EXIT_HEALTHY,
	STATUS_DEGRADED = EXIT_DEGRADED,
	STATUS_FAULT = EXIT_FAULT,
	STATUS_UNDETERMINED = EXIT_UNDETERMINED
};
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

/* The largest datagram that a link carries, in one family. */
struct path_mtu {
	uint16_t asked;                /* full size, 0 = not tested */
	uint16_t carried;              /* largest that was answered whole, 0 = none */
	uint16_t refused;              /* smallest that was not, 0 = none */
	char outcome[24];              /* "passes", "too large", "dies silently", "not decided" */
	struct ip_addr told_by;        /* who says "too large"; unset where nobody does */
	bool both_ways;                /* its echo came back whole: proven there and back */
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
	struct path_mtu path_mtu[FAMILIES];
	const struct peering_seen *watched[FAMILIES]; /* owned by the diagnosis; both NULL where nobody watched */
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
	bool beside;                         /* true together with what is said, not instead of it */
	char decided_by[SENTENCE_MAX];
};

/* Who says it: a probe's fate, Azure, or what the passive watch of a link heard. */
enum evidence_source { EVIDENCE_WIRE = 0, EVIDENCE_AZURE, EVIDENCE_WATCH };

/* One observation between two claims. */
struct weighed {
	char statement[SENTENCE_MAX];
	double log_ratio;                    /* natural log, above 0: how many times likelier it is under the one than under the other */
	enum evidence_source source;
	struct wall_ns as_of;                /* 0 = not known */
	bool of_link;                        /* of a link and its two ends alone: nothing of the networks behind them */
};

/* A fault as it may be claimed; "" = that there is none (beside the others). */
struct claim {
	char fault[FAULT_ID_MAX];
	enum domain domain;
	enum link_id link;
	double probability;
};

/* What leads against what comes next, and what speaks most for (pro) and against (contra) the leader. */
#define WEIGHED_MAX 3
struct contest {
	bool known;
	struct claim leader, next;
	struct weighed pro[WEIGHED_MAX], contra[WEIGHED_MAX];
	size_t pro_count, contra_count;
};

/* Forward: what goes from here to Azure; return: what comes back. */
enum direction { DIRECTION_NONE = 0 /* it has none: nothing is lost or late */, DIRECTION_UNKNOWN, DIRECTION_FORWARD, DIRECTION_RETURN,
	DIRECTION_BOTH };
const char *direction_name(enum direction d); /* "unknown", "forward", …; NULL for DIRECTION_NONE */

struct verdict {
	enum status status;
	enum domain domain;                  /* DOMAIN_NONE prints null */
	char fault[FAULT_ID_MAX];            /* "" prints null */
	enum link_id link;                   /* LINK_NULL prints null */
	struct ip_addr segment_from, segment_to;
	enum direction direction;            /* of what is lost or late */
	char direction_why[SENTENCE_MAX];    /* what proves it, or why it is not known; "" without one */
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
	char decided_by[DECIDERS_MAX][SENTENCE_MAX]; /* what would decide, when undetermined: what tells most first */
	size_t decider_count;
	struct contest runner_up;            /* against the next best; !known without one */
	struct contest other_domain;         /* against the next best of another domain, where the runner-up is of the same */
};

/* Azure's part as the result document shows it. */
struct azure_result {
	bool available;
	struct wall_ns as_of;
	const struct az_snapshot *snapshot;  /* owned by the diagnosis; NULL when never asked */
	char why_not[AZ_ERROR_MAX];          /* "" when available */
	char not_again[AZ_ERROR_MAX];        /* something died after it was read, and not all could be read once more: why; else "" */
};

/* Traffic died for a moment and lived again: when the first and the last probe of it left. */
struct interruption {
	struct wall_ns from, to;
	uint32_t lost;                       /* probes; 0 = there was none */
};

/* Which of two links answers later, and by how much it may without being called slow: none of them has a baseline. */
struct links_apart {
	enum link_id link;
	int64_t more_ns;                     /* 0 = they hardly differ, or a baseline tells */
	int64_t allowed_ns;
};

/* What the baseline of one link and family said of this run. Times are to the MSEE. */
struct baseline_result {
	enum link_id link;
	uint8_t fam;                         /* FAM4 or FAM6 */
	uint32_t runs;                       /* that it was learned from */
	struct wall_ns since, last;          /* the first and the last of them */
	char said[24];                       /* "as usual", "slower", "jitter", "new path", "another way", … */
	bool compared;                       /* the next four are known */
	int64_t now_ns, usual_ns, more_ns;   /* more: of the WAN alone where its border answers */
	int64_t allowed_ns;                  /* less than this is no news */
	bool path;                           /* new_hop answered at new_ttl, where usual_hop did */
	uint8_t new_ttl;
	struct ip_addr new_hop, usual_hop;
	bool back_changed;                   /* answers come with another TTL over the same hops */
	bool drifts;                         /* what is usual has slowly become longer */
	struct wall_ns drift_since;
	enum domain drift_domain;            /* DOMAIN_NONE: of the whole way to the MSEE */
	int64_t drift_from_ns, drift_to_ns;
};

/* Azure says of a link that it lives and the wire that it is dead, or the other way round. */
#define CONTRADICTIONS_MAX 4
struct contradiction {
	enum link_id link;
	uint8_t fam;
	char azure[SENTENCE_MAX], wire[SENTENCE_MAX];
	bool of_link;                        /* the wire's side names nobody behind the link */
	struct wall_ns azure_at, wire_at;    /* when Azure answered; the latest that the wire showed */
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
	struct contradiction contradictions[CONTRADICTIONS_MAX];
	size_t contradiction_count;
	struct interruption interruption;    /* its losses count for no fault */
	struct links_apart apart;
	struct baseline_result baseline[LINKS * FAMILIES];
	size_t baseline_count;               /* 0 without a baseline */
};

/* Validity of answers: which test failed, how often (analysis/match/match.h). */
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
	uint64_t resets_sent;                /* RSTs that ended what a probe half opened: no probes, not in the log */
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
