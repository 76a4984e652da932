/* SPDX-License-Identifier: BSD-2-Clause */
/* Many edges, one view: what several edges found of the same circuit is joined to one
 * verdict. A pure function of what each edge found last.
 *
 * The domains weigh against each other as odds. An edge's verdict counts as it is sure of
 * it. Two more things are known that no edge can know alone:
 *
 * - Corporate networks fail independently. For the corporate network to be at fault where
 *   k edges see a fault, all k must have failed at the same time: each beyond the first
 *   costs a factor of FLEET_COINCIDENCE. The same circuit bad from two sites clears both.
 * - Provider and Azure are shared. Where an edge finds the same circuit healthy meanwhile,
 *   a fault in what is shared costs a factor of FLEET_UNSEEN. */
#ifndef ERPROBE_FLEET_H
#define ERPROBE_FLEET_H

#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLEET_COINCIDENCE 0.01
#define FLEET_UNSEEN 0.05
#define FLEET_SURE 0.9 /* from then on a domain is named */
#define FLEET_ID_MAX 512

/* What one edge found last of one circuit. Texts may come from anywhere. */
struct fleet_seen {
	char edge[NAME_MAX_LEN];
	char circuit[NAME_MAX_LEN];  /* its name there */
	char id[FLEET_ID_MAX];       /* Azure's resource id in lower case, else the name: the same circuit everywhere */
	char provider[NAME_MAX_LEN]; /* "" = not known */
	struct wall_ns at;
	enum status status;
	enum domain domain;
	enum link_id link;
	char fault[FAULT_ID_MAX];
	double confidence;
	char maintenance[SENTENCE_MAX];
	char summary[SENTENCE_MAX];
};

struct fleet_circuit {
	const struct fleet_seen *first; /* of its edges, the one that is worst; the others follow it */
	size_t edges;                   /* that found anything of it */
	size_t bad, healthy, unclear;   /* of those: degraded or fault; healthy; undetermined */
	size_t incidents;               /* opened in the last 30 days, by all edges */
	enum status status;             /* the worst of the edges' */
	enum domain domain;             /* joint; DOMAIN_NONE when it is not decided */
	double confidence;              /* in that domain; of DOMAIN_NONE: in the likeliest */
	bool corporate_cleared;         /* by more than one edge */
	bool shared_cleared;            /* WAN and Azure, by edges that find it healthy */
	bool planned;                   /* some edge knows of planned maintenance */
	char why[SENTENCE_MAX];         /* the join in a sentence */
};

/* Sorts seen (by circuit, worst edge first) and fills out, worst circuit first. out has room
 * for count. Returns how many circuits there are. */
size_t fleet_join(struct fleet_seen *seen, size_t count, struct fleet_circuit *out);

#endif
