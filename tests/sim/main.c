/* SPDX-License-Identifier: BSD-2-Clause */
/* sim FAULT [primary|secondary] [l2|l3] [4|6|dual] [seed]: one simulated run, the
 * whole text report. sim --matrix [seeds]: every fault on each link, handoff and
 * family; prints what was not named right. */
#include "analysis/report/report.h"
#include "tests/sim/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const faults[] = {"none", "corp.path-down", "corp.acl", "corp.edge-down", "corp.edge-bgp",
	"wan.not-provisioned", "wan.circuit-down", "wan.both-down", "wan.edge-down", "wan.edge-bgp", "wan.path-down", "wan.loss",
	"wan.latency", "wan.blackhole", "azure.circuit-disabled", "azure.peering-disabled", "azure.msee-down",
	"azure.gateway-down", "azure.nsg", "azure.target-down", "corp.path-loss", "corp.no-advertisement", "wan.jitter",
	"wan.filter", "azure.gateway-loss", "azure.peering-config", "own.api"};

static bool setup(const char *fault, int link, enum handoff h, const char *fam, uint64_t seed, struct sim_world *w,
                  struct plan *p)
{
	world_init(w, h, strcmp(fam, "6") != 0, strcmp(fam, "4") != 0, seed);
	if (!world_fault(w, fault, link, NULL))
		return false;
	world_plan(w, p, seed);
	return true;
}

/* In a dual-stack world each target is listed once a family: one fault shows twice. */
static bool is_of_target(const char *fault)
{
	return strcmp(fault, "azure.nsg") == 0 || strcmp(fault, "azure.target-down") == 0;
}

static int one(const char *fault, int link, enum handoff h, const char *fam, uint64_t seed, bool print)
{
	struct sim_world w;
	struct plan p = {0};
	struct sim_outcome o;
	if (!setup(fault, link, h, fam, seed, &w, &p)) {
		world_free(&w);
		return -1;
	}
	if (!sim_run(&w, &p, 0, &o))
		return 2;
	const struct verdict *v = &o.result.circuits[0].faults[0];
	const char *want = strcmp(fault, "own.api") == 0 || strcmp(fault, "none") == 0 ? "" : fault;
	bool right = strcmp(v->fault, want) == 0 && (want[0] != '\0' || v->status == STATUS_HEALTHY) &&
	             (v->link >= LINKS || (int)v->link == link) && (o.result.circuits[0].fault_count <= 1 || is_of_target(fault));
	if (print) {
		struct strbuf b;
		struct text_style style = {.verbose = true};
		strbuf_init(&b, STRBUF_MAX_DEFAULT);
		report_check_text(&o.result, &style, &b);
		diagnosis_explain(o.diagnosis, 0, getenv("SIM_VERSUS") ? getenv("SIM_VERSUS") : fault, &b);
		fputs(b.text, stdout);
		strbuf_free(&b);
	}
	if (print || !right)
		printf("%s %-24s %s %s %-4s seed %llu: %s %s link=%d conf=%.3f faults=%zu %.1fs %u probes\n", right ? "ok  " : "BAD ",
		       fault, h == HANDOFF_L3 ? "l3" : "l2", link ? "sec" : "pri", fam, (unsigned long long)seed, status_name(v->status),
		       v->fault[0] ? v->fault : "-", (int)v->link, v->confidence, o.result.circuits[0].fault_count, o.seconds, o.probes);
	sim_outcome_free(&o);
	plan_free(&p);
	world_free(&w);
	return right ? 0 : 1;
}

static int matrix(uint64_t seeds)
{
	static const char *const fams[] = {"4", "6", "dual"};
	unsigned passed = 0, failed = 0;
	for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++)
		for (int h = 0; h <= 1; h++)
			for (int link = 0; link < LINKS; link++)
				for (size_t fam = 0; fam < 3; fam++)
					for (uint64_t seed = 1; seed <= seeds; seed++) {
						int r = one(faults[f], link, h ? HANDOFF_L3 : HANDOFF_L2, fams[fam], seed, false);
						passed += r == 0;
						failed += r > 0;
					}
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--matrix") == 0)
		return matrix(argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
	if (argc < 2) {
		fprintf(stderr, "usage: sim FAULT [primary|secondary] [l2|l3] [4|6|dual] [seed] | sim --matrix [SEEDS]\n");
		return 3;
	}
	int link = argc > 2 && strcmp(argv[2], "secondary") == 0;
	enum handoff h = argc > 3 && strcmp(argv[3], "l3") == 0 ? HANDOFF_L3 : HANDOFF_L2;
	int r = one(argv[1], link, h, argc > 4 ? argv[4] : "4", argc > 5 ? strtoull(argv[5], NULL, 10) : 1, true);
	if (r < 0)
		fprintf(stderr, "sim: %s is not simulated with this handoff\n", argv[1]);
	return r;
}
