/* SPDX-License-Identifier: BSD-2-Clause */
/* The result as a value: free it, and its exit code. */
#include "erprobe/result.h"

#include <stdlib.h>

static void free_circuit(struct circuit_result *c)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			free(c->links[l].hops[fam]);
	free(c->targets);
}

void run_result_free(struct run_result *r)
{
	for (size_t i = 0; i < r->circuit_count; i++)
		free_circuit(&r->circuits[i]);
	free(r->circuits);
	r->circuits = NULL;
	r->circuit_count = 0;
}

/* What is worse? "Undetermined" may be a fault, so it outranks "degraded", which
 * is known to work; a proven fault outranks a doubt. */
static int severity(enum status s)
{
	switch (s) {
	case STATUS_HEALTHY: return 0;
	case STATUS_DEGRADED: return 1;
	case STATUS_UNDETERMINED: return 2;
	case STATUS_FAULT: return 3;
	}
	return 2;
}

/* A run without any circuit found nothing out: undetermined. */
int run_result_exit_code(const struct run_result *r)
{
	if (r->circuit_count == 0)
		return EXIT_UNDETERMINED;
	enum status worst = STATUS_HEALTHY;
	for (size_t i = 0; i < r->circuit_count; i++) {
		enum status s = r->circuits[i].faults[0].status;

		if (severity(s) > severity(worst))
			worst = s;
	}
	return (int)worst;
}
