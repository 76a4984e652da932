/* SPDX-License-Identifier: BSD-2-Clause */
/* One trial: a world drawn from a seed, its truth, and what erprobe and the field's
 * rules say of it. The record is plain data, so that a process can hand it over a pipe. */
#ifndef ERPROBE_BENCH_TRIAL_H
#define ERPROBE_BENCH_TRIAL_H

#include "erprobe/result.h"

#include <stdbool.h>
#include <stdint.h>

#define TRIAL_FAULTS 2
#define RULES 3

enum trial_class { CLASS_HEALTHY, CLASS_HARD, CLASS_LOSS, CLASS_DELAY, CLASS_SERVICE, CLASS_SIZE, CLASS_PAIR, CLASSES };
enum azure_mode { AZURE_TRUE, AZURE_QUIRK, AZURE_PARTLY, AZURE_UNREAD, AZURE_STALE, AZURE_AGED, AZURE_LIE, AZURE_MODES };
extern const char *const azure_mode_names[AZURE_MODES];

struct trial_truth { uint8_t fault; uint8_t domain, link; /* enum domain, enum link_id */ };
struct trial_said { char fault[FAULT_ID_MAX]; uint8_t domain, link; double confidence; };

struct trial_record {
	uint64_t seed;
	uint8_t cls;              /* enum trial_class */
	uint8_t handoff, families, azure, variant; /* families: bit mask of 1 << FAM4/FAM6 */
	bool on_edge, single_link, no_controls, no_targets, capture_loss;
	bool borders;             /* edge and MSEE answer us on every link */
	bool clear;               /* borders answer, Azure tells the truth, both links, controls and targets are there */
	bool grey;                /* too small or too rare to be called a fault: healthy is right too */
	bool loss_back;
	bool unmet;               /* nothing but an MSEE's own answers meets the fault: it may as well be the MSEE's habit */
	bool one_way;             /* a filter of TCP between an edge that no probe runs on and the MSEE, and none of that service came to a target by the
	                           * other link: an edge of the customer's that filters what it forwards is seen the same way */
	bool learned;             /* a baseline was learned before */
	bool live;                /* ran until decided; else for a fixed time */
	double loss, burst_s, ms;
	double way_ms;            /* round trip to the MSEE of the link that is slower, before it was */
	double apart_ms;          /* by how much it is slower than the other's then */
	double differ_ms;         /* round trips to the two MSEEs, as it was asked; 0 also with a single link */
	double scatter_ms;        /* of round trips over it from 10 % to 80 %, before */
	uint8_t pair;             /* place in the table of pairs, CLASS_PAIR only */
	uint8_t truth_count;
	struct trial_truth truth[TRIAL_FAULTS];
	/* what was said */
	uint8_t status;           /* enum status */
	uint8_t said_count;       /* 0 when healthy or undetermined */
	struct trial_said said[FAULTS_MAX];
	double confidence;        /* of the first statement, healthy included */
	double seconds;
	uint32_t probes;
	bool failed;              /* the trial could not be run */
	bool skipped;             /* it was not asked for: nothing was run */
	/* A delay step without a baseline is looked at once more after one was learned. */
	bool again;
	uint8_t again_outcome;    /* enum outcome */
	/* what the rules said: enum domain, DOMAIN_NONE = no fault; ruled: they were asked */
	bool ruled;
	uint8_t rule[RULES];
};

#define PAIRS_ALONE "pairs"
enum run_mode { RUN_MIXED, RUN_LIVE, RUN_FIXED };
struct trial_options {
	enum run_mode mode;
	double seconds;        /* RUN_FIXED; 0 = by kind of fault */
	const char *fault;     /* only this one; PAIRS_ALONE; NULL = any, and pairs */
	int classes;           /* bit mask of 1 << enum trial_class: the others are drawn, so that each seed keeps its world, and skipped; 0 = all */
	int azure;             /* bit mask of 1 << enum azure_mode, likewise */
	int handoffs;          /* bit mask of 1 << enum handoff, likewise */
	bool clear;            /* skip as well what is not clear (trial_record) */
	double loss;           /* with a fault of loss: so much of it; 0 = drawn */
	int learned;           /* runs of a baseline before it; 0 = none */
	double breaks_s;       /* the fault begins so long after the start of the run; 0 = it is there before */
	double tables_s;       /* Azure's tables come so long after the start, its other answers at once; 0 = all after a second */
};

/* Runs the trial of this seed. Never fails: r->failed tells. */
void trial_run(uint64_t seed, const struct trial_options *o, struct trial_record *r);

/* The same, with the whole text report and the posterior on standard output; SIM_VERSUS
 * names the fault that the leading explanation is weighed against (else the truth). */
void trial_run_aloud(uint64_t seed, const struct trial_options *o, struct trial_record *r);

/* Names: the id of a truth's fault; NULL past the end of the table; of the k-th pair. */
const char *trial_fault_id(uint8_t fault);
const char *trial_pair_name(uint8_t pair);
size_t trial_pair_count(void);
/* The class of this name ("hard", "pair", …), or -1. */
int trial_class_named(const char *name);
/* Is it a fault that can be drawn alone, or PAIRS_ALONE? */
bool trial_fault_known(const char *id);

enum outcome { RIGHT_ID, RIGHT_LINK, RIGHT_DOMAIN, PARTLY, UNDECIDED, MISSED, WRONG, OUTCOMES };
/* How a record's verdict stands to its truth. For a healthy circuit RIGHT_ID is
 * "healthy" and WRONG a false alarm; PARTLY is one of two faults. */
enum outcome trial_outcome(const struct trial_record *r);
/* Is this statement's domain that of a true fault? */
bool trial_domain_right(const struct trial_record *r, const struct trial_said *s);

#endif
