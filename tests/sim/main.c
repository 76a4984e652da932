/* SPDX-License-Identifier: BSD-2-Clause */
/* sim FAULT [primary|secondary] [l2|l3|direct] [4|6|dual] [seed] [learned]: one simulated run, the
 * whole text report. sim --matrix [seeds]: every fault on each link, handoff and
 * family; prints what was not named right. sim --baseline [seeds]: the same after a
 * baseline was learned, and what nothing but a baseline can tell. */
#include "analysis/report/report.h"
#include "tests/sim/learn.h"
#include "tests/sim/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const faults[] = {"none", "corp.path-down", "corp.acl", "corp.edge-down", "corp.edge-forwarding", "corp.edge-bgp",
	"wan.not-provisioned", "wan.circuit-down", "wan.both-down", "wan.edge-down", "wan.edge-bgp", "wan.path-down", "wan.loss",
	"wan.latency", "wan.blackhole", "azure.circuit-disabled", "azure.peering-disabled", "azure.msee-down",
	"azure.gateway-down", "azure.nsg", "azure.target-down", "corp.path-loss", "corp.no-advertisement", "wan.jitter",
	"wan.filter", "azure.gateway-loss", "azure.network-down", "azure.network-loss", "azure.peering-config", "azure.maintenance", "azure.port-disabled", "azure.route-filter", "azure.prefix-validation", "corp.bgp-prefix-limit", "azure.qos-drop", "azure.route-limit", "wan.vlan", "azure.failover-test", "own.api", "corp.mtu", "wan.mtu", "wan.partial", "corp.path-partial", "wan.policer", "wan.flap", "corp.return-path"};

/* Nothing in the run itself stands beside these: asked after a baseline was learned alone. */
static const char *const beside_baseline[] = {"corp.path-latency", "wan.reroute", "azure.gateway-latency"};

/* What one run is asked. */
struct question {
	const char *fault;
	int link;             /* of a fault of one link */
	enum handoff handoff;
	const char *fam;
	uint64_t seed;
	int learned;          /* runs that a baseline is learned from; 0 = none */
	bool both;            /* wan.latency: on both links alike */
	int kind;             /* of the fault's own kinds */
	bool back;            /* what is lost is lost on the way back */
	bool undecidable;     /* nothing may be named: it looks healthy */
	bool idle_edge;       /* on the edge itself; no traffic crosses the secondary link, and of what is asked there half is lost */
};

#define LEARNED 4
#define IDLE_EDGE_SEEDS 4
#define LEARN_SECONDS 7

static bool setup(const struct question *q, struct sim_world *w, struct plan *p)
{
	struct sim_size size = {.variant = q->both ? 1 : q->kind, .ms = q->both ? 2 : 0, .back = q->back, .loss = q->idle_edge ? 0.5 : 0};
	world_init(w, q->handoff == HANDOFF_L3 ? HANDOFF_L3 : HANDOFF_L2, strcmp(q->fam, "6") != 0, strcmp(q->fam, "4") != 0, q->seed);
	w->on_edge = w->passive_secondary = q->idle_edge;
	if (q->handoff == HANDOFF_DIRECT)
		world_direct(w);
	struct baseline *known = q->learned > 0 ? sim_learn(w, q->seed, q->learned, LEARN_SECONDS) : NULL;
	if (!world_fault(w, q->fault, q->link, &size)) {
		free(known);
		return false;
	}
	world_plan(w, p, q->seed);
	p->circuits[0].baseline = known;
	return true;
}

/* In a dual-stack world each target is listed once a family: one fault shows twice. */
static bool is_of_target(const char *fault)
{
	return strcmp(fault, "azure.nsg") == 0 || strcmp(fault, "azure.target-down") == 0;
}

static bool stands_among(const struct verdict *v, const char *fault)
{
	for (size_t i = 0; i < v->alternative_count; i++)
		if (strcmp(v->alternatives[i].fault, fault) == 0)
			return true;
	return false;
}

/* Nothing that one run and Azure tell decides it: nobody is accused, and it stands among what may be. */
static bool stays_open(const struct verdict *v, const char *fault)
{
	return stands_among(v, fault) && v->status == STATUS_UNDETERMINED && v->domain == DOMAIN_NONE;
}

/* Kinds of corp.edge-forwarding, as fault.c has them. */
enum { EDGE_AS_A_HOST, EDGE_HOP_ANSWERS, EDGE_NO_FAMILY, EDGE_AS_A_HOST_NO_FAMILY, EDGE_KINDS };

/* Where an edge forwards nothing of all there is and its own hop answers, it looks as if the provider did, who is by far the likelier: what
 * is said of him tells how to see whether it is the edge. Where its hop is silent, or one family is hit, nobody is accused, unless that hop tells. */
static bool edge_is_right(const struct question *q, const struct verdict *v)
{
	bool told = stands_among(v, q->fault);
	for (size_t i = 0; i < v->step_count; i++)
		told = told || strstr(v->next_steps[i], q->fault);
	bool named = strcmp(v->fault, q->fault) == 0 && (int)v->link == q->link;
	bool host = q->kind == EDGE_AS_A_HOST || q->kind == EDGE_AS_A_HOST_NO_FAMILY;
	if (host && q->learned > 0 && named) /* its hop is known to answer, and answers nothing */
		return true;
	if (q->kind == EDGE_AS_A_HOST_NO_FAMILY)
		return stays_open(v, q->fault);
	if (q->kind == EDGE_NO_FAMILY || strcmp(q->fam, "dual") != 0)
		return stays_open(v, q->fault) || (told && strcmp(v->fault, "wan.blackhole") == 0 && (int)v->link == q->link);
	return (q->kind == EDGE_HOP_ANSWERS && stays_open(v, q->fault)) || named;
}

static bool is_right(const struct question *q, const struct circuit_result *c)
{
	const struct verdict *v = &c->faults[0];
	if (strcmp(q->fault, "corp.return-path") == 0 || strcmp(q->fault, "azure.network-down") == 0)
		return stays_open(v, q->fault);
	if (strcmp(q->fault, "corp.edge-forwarding") == 0)
		return edge_is_right(q, v);
	bool nothing = q->undecidable || strcmp(q->fault, "own.api") == 0 || strcmp(q->fault, "none") == 0;
	if (nothing)
		return v->fault[0] == '\0' && v->status == STATUS_HEALTHY && c->fault_count == 0;
	if (v->direction > DIRECTION_UNKNOWN && v->direction != (q->back ? DIRECTION_RETURN : DIRECTION_FORWARD))
		return false;
	if (strcmp(v->fault, q->fault) != 0 || (c->fault_count > 1 && !is_of_target(q->fault)))
		return false;
	return q->both ? v->link == LINK_BOTH : v->link >= LINKS || (int)v->link == q->link;
}

static int one(const struct question *q, bool print)
{
	struct sim_world w;
	struct plan p = {0};
	struct sim_outcome o;
	if (!setup(q, &w, &p)) {
		world_free(&w);
		return -1;
	}
	if (!sim_run(&w, &p, 0, &o))
		return 2;
	const struct verdict *v = &o.result.circuits[0].faults[0];
	bool right = is_right(q, &o.result.circuits[0]);
	if (print) {
		struct strbuf b;
		struct text_style style = {.verbose = true};
		strbuf_init(&b, STRBUF_MAX_DEFAULT);
		report_check_text(&o.result, &style, &b);
		diagnosis_explain(o.diagnosis, 0, getenv("SIM_VERSUS") ? getenv("SIM_VERSUS") : q->fault, &b);
		fputs(b.text, stdout);
		strbuf_free(&b);
	}
	if (print || !right)
		printf("%s %-24s %s %s %-4s seed %llu: %s %s link=%d conf=%.3f faults=%zu %.1fs %u probes%s %s\n", right ? "ok  " : "BAD ",
		       q->fault, handoff_name(q->handoff), q->both ? "both" : q->link ? "sec" : "pri", q->fam,
		       (unsigned long long)q->seed, status_name(v->status),
		       v->fault[0] ? v->fault : "-", (int)v->link, v->confidence, o.result.circuits[0].fault_count, o.seconds, o.probes,
		       q->back ? " back" : "", direction_name(v->direction) ? direction_name(v->direction) : "");
	sim_outcome_free(&o);
	plan_free(&p);
	world_free(&w);
	return right ? 0 : 1;
}

struct tally { unsigned passed, failed; };

static void ask(struct tally *t, const struct question *q)
{
	int r = one(q, false);
	t->passed += r == 0;
	t->failed += r > 0;
}

static void ask_everywhere(struct tally *t, struct question q, uint64_t seeds, int links)
{
	static const char *const fams[] = {"4", "6", "dual"};
	for (int h = 0; h <= 1; h++)
		for (int link = 0; link < links; link++)
			for (size_t fam = 0; fam < 3; fam++)
				for (uint64_t seed = 1; seed <= seeds; seed++) {
					q.handoff = h ? HANDOFF_L3 : HANDOFF_L2;
					q.link = link;
					q.fam = fams[fam];
					q.seed = seed;
					ask(t, &q);
				}
}

static int matrix(uint64_t seeds, int learned)
{
	struct tally t = {0};
	/* What asks for the neighbour's address is lost as often as what asks the neighbour. */
	for (uint64_t seed = 1; seed <= IDLE_EDGE_SEEDS; seed++)
		ask(&t, &(struct question){.fault = "wan.loss", .link = LINK_SECONDARY, .handoff = HANDOFF_L2, .fam = seed % 2 ? "4" : "6", .seed = seed, .idle_edge = true});
	for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
		ask_everywhere(&t, (struct question){.fault = faults[f], .learned = learned}, seeds, LINKS);
		for (int link = 0; link < LINKS && strcmp(faults[f], "wan.not-provisioned") != 0; link++)
			ask(&t, &(struct question){.fault = faults[f], .link = link, .learned = learned, .handoff = HANDOFF_DIRECT, .fam = "4", .seed = 1});
	}
	for (size_t f = 0; learned > 0 && f < sizeof beside_baseline / sizeof beside_baseline[0]; f++)
		ask_everywhere(&t, (struct question){.fault = beside_baseline[f], .learned = learned}, seeds, LINKS);
	for (int kind = EDGE_HOP_ANSWERS; kind < EDGE_KINDS; kind++)
		ask_everywhere(&t, (struct question){.fault = "corp.edge-forwarding", .learned = learned, .kind = kind}, seeds, LINKS);
	/* In IPv4 the targets' ids tell the direction of a loss: the wrong one must never be said. */
	ask_everywhere(&t, (struct question){.fault = "wan.loss", .learned = learned, .back = true}, seeds, LINKS);
	/* Both links slower than before by as much: no link shows it of the other. */
	ask_everywhere(&t, (struct question){.fault = "wan.latency", .both = true, .undecidable = true}, seeds, 1);
	if (learned > 0)
		ask_everywhere(&t, (struct question){.fault = "wan.latency", .both = true, .learned = learned}, seeds, 1);
	printf("%u passed, %u failed\n", t.passed, t.failed);
	return t.failed != 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: sim FAULT [primary|secondary|both] [l2|l3|direct] [4|6|dual] [seed] [learned] | sim --matrix|--baseline [SEEDS]\n");
	return 3;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage();
	if (strcmp(argv[1], "--matrix") == 0 || strcmp(argv[1], "--baseline") == 0)
		return matrix(argc > 2 ? strtoull(argv[2], NULL, 10) : 1, argv[1][2] == 'b' ? LEARNED : 0);
	struct question q = {.fault = argv[1], .fam = argc > 4 ? argv[4] : "4", .seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1};
	q.link = argc > 2 && strcmp(argv[2], "secondary") == 0;
	q.both = argc > 2 && strcmp(argv[2], "both") == 0;
	q.handoff = argc <= 3 ? HANDOFF_L2 : strcmp(argv[3], "l3") == 0 ? HANDOFF_L3 : strcmp(argv[3], "direct") == 0 ? HANDOFF_DIRECT : HANDOFF_L2;
	q.learned = argc > 6 ? LEARNED : 0;
	q.undecidable = q.both && q.learned == 0;
	int r = one(&q, true);
	if (r < 0)
		fprintf(stderr, "sim: %s is not simulated with this handoff\n", argv[1]);
	return r;
}
