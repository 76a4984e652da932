/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen, one piece at a time: traffic, errors, delays, sizes, what was overheard, and what
 * Azure says; and how likely each is under an explanation. */
#ifndef ERPROBE_OBSERVED_H
#define ERPROBE_OBSERVED_H

#include "analysis/diagnose/posterior.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing seen: what it is, and how likely it is under an explanation. */
enum observation_kind {
	OBSERVED_GROUP, OBSERVED_REFUSED, OBSERVED_UNREACH_MSEE, OBSERVED_UNREACH_TARGET, OBSERVED_DELAY, OBSERVED_USE,
	OBSERVED_HOST, OBSERVED_CIRCUIT, OBSERVED_PROVIDER, OBSERVED_PEERING, OBSERVED_ARP, OBSERVED_SESSION,
	OBSERVED_CONNECTION, OBSERVED_GATEWAY, OBSERVED_SETTINGS, OBSERVED_SIZE, OBSERVED_SAYS, OBSERVED_HEARD,
	OBSERVED_SHARED, OBSERVED_FLAP
};
struct observation {
	enum observation_kind kind;
	uint8_t link, fam;
	uint8_t says;       /* OBSERVED_SAYS: enum azure_says; OBSERVED_HEARD: enum heard_what; OBSERVED_SHARED: enum shared_place */
	uint32_t group;     /* place in observables.groups for the first four kinds */
	bool of_azure;      /* rests on an answer of Azure's, not on the wire */
	double share;       /* weight: several views of one thing share it */
};
/* Azure's answer that an observation rests on, by its age; NULL for what the wire shows. */
const struct azure_age *observation_age(const struct azure_view *a, const struct observation *ob);
/* Room that observations_list() needs. */
size_t observations_room(const struct observables *o);
/* Lists all observations into out, which has observations_room() places; returns how many. */
size_t observations_list(const struct observables *o, struct observation *out);
/* Weighted log-likelihood of one observation under an explanation. */
double observation_log(const struct posterior *p, const struct observation *ob, const struct explanation *e, int grid);

/* The letter (catalogue.h) under which it is looked up there. */
char observation_letter(const struct posterior *p, const struct observation *ob, const struct explanation *e);
/* The same of one hypothesis alone. */
char hypothesis_letter(const struct posterior *p, const struct observation *ob, const struct hypothesis *h);
/* Weighted log-likelihood of one observation under a letter. grid: the rate of loss, place in loss_grid(), where the
 * letter speaks of one. */
double observation_log_under(const struct posterior *p, const struct observation *ob, char letter, int grid);

/* What all of Azure's answers are worth together, natural log. said: the sum of their log-likelihoods under an explanation;
 * before: under "no fault". Each answer is weighed as true of now, but that one is late says that the others are:
 * what reads them out may lag behind the devices as a whole, and then they tell of the circuit before the fault. So however
 * many of them deny a fault, they deny it no further than that is rare. */
double azure_word_log(double said, double before);

#endif
