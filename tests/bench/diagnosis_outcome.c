/* SPDX-License-Identifier: BSD-2-Clause */
/* A verdict held against the truth. */
#include "tests/bench/diagnosis_trial.h"

#include <string.h>

bool trial_domain_right(const struct trial_record *r, const struct trial_said *s)
{
	for (int i = 0; i < r->truth_count; i++)
		if (r->truth[i].domain == s->domain)
			return true;
	return false;
}

/* How well a true fault was named: 3 id, 2 link, 1 domain, 0 not. */
static int named(const struct trial_record *r, const struct trial_truth *t)
{
	int best = 0;
	for (int i = 0; i < r->said_count; i++) {
		const struct trial_said *s = &r->said[i];
		bool domain = s->domain == t->domain, link = s->link == t->link, id = strcmp(s->fault, trial_fault_id(t->fault)) == 0;
		int score = !domain ? 0 : link && id ? 3 : link ? 2 : 1;
		if (score > best)
			best = score;
	}
	return best;
}

enum outcome trial_outcome(const struct trial_record *r)
{
	if (r->status == STATUS_UNDETERMINED)
		return UNDECIDED;
	if (r->status == STATUS_HEALTHY)
		return r->truth_count == 0 || r->grey ? RIGHT_ID : MISSED;
	for (int i = 0; i < r->said_count; i++)
		if (!trial_domain_right(r, &r->said[i]))
			return WRONG;
	if (r->said_count < r->truth_count)
		return PARTLY; /* one statement is never two faults */
	int least = 3;
	for (int i = 0; i < r->truth_count; i++) {
		int score = named(r, &r->truth[i]);
		least = score < least ? score : least;
	}
	return least == 3 ? RIGHT_ID : least == 2 ? RIGHT_LINK : least == 1 ? RIGHT_DOMAIN : PARTLY;
}
