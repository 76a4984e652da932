/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws worlds. Every choice comes from the trial's own seed. */
#include "tests/bench/diagnosis_trial.h"
#include "analysis/report/report.h"
#include "analysis/value/strbuf.h"
#include "tests/bench/diagnosis_rules.h"
#include "tests/sim/learn.h"
#include "tests/sim/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const azure_mode_names[AZURE_MODES] = {"truth", "odd", "partly", "unread", "stale", "aged", "untrue"};

/* --- what can be broken --- */

#define WHERE_L2 1u
#define WHERE_L3 2u
#define WHERE_EDGE 4u /* also with the prober on the edge */
#define WHERE_ALL (WHERE_L2 | WHERE_L3 | WHERE_EDGE)
#define NEEDS_TARGET 8u
#define NEEDS_LINKS 16u /* both */
#define NEEDS_BASELINE 32u
#define NEEDS_TARGETS 64u /* two */
#define WHEN_ASKED 128u    /* not drawn among others: each seed keeps the world that it had */

struct kind { const char *id; enum domain domain; enum trial_class cls; char link; /* l own, b both, - none */ unsigned where; int variants; };

static const struct kind kinds[] = {
	{"none", DOMAIN_NONE, CLASS_HEALTHY, '-', WHERE_ALL, 1},
	{"corp.path-down", DOMAIN_CORPORATE, CLASS_HARD, '-', WHERE_L2 | WHERE_L3, 2},
	{"corp.path-loss", DOMAIN_CORPORATE, CLASS_LOSS, '-', WHERE_L2 | WHERE_L3, 2},
	{"corp.acl", DOMAIN_CORPORATE, CLASS_SERVICE, '-', WHERE_L2 | WHERE_L3 | NEEDS_TARGET, 6},
	{"corp.edge-down", DOMAIN_CORPORATE, CLASS_HARD, 'l', WHERE_L2, 1},
	{"corp.edge-bgp", DOMAIN_CORPORATE, CLASS_HARD, 'l', WHERE_L2 | WHERE_EDGE, 1},
	{"corp.no-advertisement", DOMAIN_CORPORATE, CLASS_HARD, 'l', WHERE_ALL | NEEDS_TARGET, 2},
	{"wan.not-provisioned", DOMAIN_WAN, CLASS_HARD, 'b', WHERE_ALL | NEEDS_LINKS, 1},
	{"wan.circuit-down", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_ALL, 1},
	{"wan.both-down", DOMAIN_WAN, CLASS_HARD, 'b', WHERE_ALL | NEEDS_LINKS, 1},
	{"wan.edge-down", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_L3, 1},
	{"wan.edge-bgp", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_L3, 1},
	{"wan.path-down", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_L3, 1},
	{"wan.loss", DOMAIN_WAN, CLASS_LOSS, 'l', WHERE_ALL, 2},
	{"wan.latency", DOMAIN_WAN, CLASS_DELAY, 'l', WHERE_ALL | NEEDS_LINKS, 1},
	{"wan.jitter", DOMAIN_WAN, CLASS_DELAY, 'l', WHERE_ALL | NEEDS_LINKS, 1},
	{"corp.mtu", DOMAIN_CORPORATE, CLASS_SIZE, '-', WHERE_L2 | WHERE_L3, 2},
	{"wan.mtu", DOMAIN_WAN, CLASS_SIZE, 'l', WHERE_ALL, 2},
	{"wan.filter", DOMAIN_WAN, CLASS_SERVICE, 'l', WHERE_ALL | NEEDS_TARGET | NEEDS_LINKS, 6},
	{"wan.blackhole", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_ALL, 1},
	{"azure.circuit-disabled", DOMAIN_AZURE, CLASS_HARD, 'b', WHERE_ALL | NEEDS_LINKS, 1},
	{"azure.peering-disabled", DOMAIN_AZURE, CLASS_HARD, 'b', WHERE_ALL | NEEDS_LINKS, 2},
	{"azure.peering-config", DOMAIN_AZURE, CLASS_HARD, 'l', WHERE_ALL, 2},
	{"azure.msee-down", DOMAIN_AZURE, CLASS_HARD, 'l', WHERE_ALL, 1},
	{"azure.gateway-down", DOMAIN_AZURE, CLASS_HARD, '-', WHERE_ALL | NEEDS_TARGET, 2},
	{"azure.gateway-loss", DOMAIN_AZURE, CLASS_LOSS, '-', WHERE_ALL | NEEDS_TARGET, 1},
	{"azure.no-routes", DOMAIN_AZURE, CLASS_HARD, '-', WHERE_ALL | NEEDS_TARGET, 2},
	{"azure.udr", DOMAIN_AZURE, CLASS_HARD, '-', WHERE_ALL | NEEDS_TARGET, 1},
	{"azure.nsg", DOMAIN_AZURE, CLASS_SERVICE, '-', WHERE_ALL | NEEDS_TARGET, 4},
	{"azure.target-down", DOMAIN_AZURE, CLASS_HARD, '-', WHERE_ALL | NEEDS_TARGET, 1},
	{"corp.bgp-prefix-limit", DOMAIN_CORPORATE, CLASS_HARD, 'l', WHERE_ALL, 2},
	{"azure.qos-drop", DOMAIN_AZURE, CLASS_LOSS, '-', WHERE_ALL | NEEDS_TARGET, 1},
	{"azure.route-limit", DOMAIN_AZURE, CLASS_HARD, '-', WHERE_ALL | NEEDS_TARGET, 1},
	{"azure.port-disabled", DOMAIN_AZURE, CLASS_HARD, 'l', WHERE_L2 | WHERE_EDGE, 1},
	{"wan.vlan", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_ALL | NEEDS_LINKS, 1},
	{"corp.path-partial", DOMAIN_CORPORATE, CLASS_HARD, '-', WHERE_L2 | WHERE_L3 | NEEDS_TARGETS | WHEN_ASKED, 2},
	{"wan.policer", DOMAIN_WAN, CLASS_LOSS, 'l', WHERE_ALL | WHEN_ASKED, 1},
	{"wan.partial", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_ALL | NEEDS_TARGETS | WHEN_ASKED, 2},
	{"wan.flap", DOMAIN_WAN, CLASS_HARD, 'l', WHERE_L2 | WHERE_L3 | NEEDS_TARGETS | NEEDS_LINKS | WHEN_ASKED, 2},
	{"corp.edge-forwarding", DOMAIN_CORPORATE, CLASS_HARD, 'l', WHERE_L2 | WHEN_ASKED, 4},
	{"corp.return-path", DOMAIN_CORPORATE, CLASS_HARD, '-', WHERE_L2 | WHERE_L3 | NEEDS_TARGETS | WHEN_ASKED, 1},
	{"corp.path-latency", DOMAIN_CORPORATE, CLASS_DELAY, '-', WHERE_L2 | WHERE_L3 | NEEDS_BASELINE, 2},
	{"wan.reroute", DOMAIN_WAN, CLASS_DELAY, 'l', WHERE_L3 | NEEDS_BASELINE, 1},
	{"azure.gateway-latency", DOMAIN_AZURE, CLASS_DELAY, '-', WHERE_ALL | NEEDS_BASELINE | NEEDS_TARGETS, 1},
	{"azure.network-down", DOMAIN_AZURE, CLASS_HARD, '-', WHERE_ALL | NEEDS_TARGETS | WHEN_ASKED, 1},
	{"azure.network-loss", DOMAIN_AZURE, CLASS_LOSS, '-', WHERE_ALL | NEEDS_TARGET | WHEN_ASKED, 1},
	{"azure.maintenance", DOMAIN_AZURE, CLASS_HARD, 'l', WHERE_L2 | WHERE_L3 | NEEDS_TARGET | NEEDS_LINKS, 2},
	{"azure.failover-test", DOMAIN_AZURE, CLASS_HARD, 'l', WHERE_L2 | WHERE_L3 | NEEDS_TARGET | NEEDS_LINKS, 2},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* The likeliest pairs of independent faults, by the product of their priors, where
 * the second leaves the first something to be seen by. "edge-" is the customer's with
 * l2, the provider's with l3. */
static const struct { const char *first, *second; bool other_link; } pairs[] = {
	{"wan.circuit-down", "azure.nsg", false}, {"wan.circuit-down", "azure.target-down", false},
	{"edge-bgp", "azure.nsg", false}, {"edge-bgp", "azure.target-down", false},
	{"edge-down", "azure.nsg", false}, {"edge-down", "azure.target-down", false},
	{"wan.loss", "azure.nsg", false}, {"wan.loss", "azure.target-down", false},
	{"wan.circuit-down", "wan.loss", true}, {"wan.circuit-down", "corp.acl", false},
	{"wan.latency", "azure.nsg", false}, {"wan.latency", "azure.target-down", false}};
#define PAIRS (sizeof pairs / sizeof pairs[0])

const char *trial_fault_id(uint8_t fault)
{
	return fault < KINDS ? kinds[fault].id : NULL;
}

size_t trial_pair_count(void)
{
	return PAIRS;
}

const char *trial_pair_name(uint8_t pair)
{
	static char text[64];
	snprintf(text, sizeof text, "%s + %s", pairs[pair].first, pairs[pair].second);
	return text;
}

bool trial_fault_known(const char *id)
{
	for (uint8_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].id, id) == 0)
			return true;
	return strcmp(id, PAIRS_ALONE) == 0;
}

int trial_class_named(const char *name)
{
	static const char *const names[CLASSES] = {"healthy", "hard", "loss", "delay", "service", "size", "pair"};
	for (int i = 0; i < CLASSES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static uint8_t kind_named(const char *id, enum handoff h)
{
	char name[FAULT_ID_MAX];
	bool edge = strncmp(id, "edge-", 5) == 0;
	snprintf(name, sizeof name, "%s%s", !edge ? "" : h == HANDOFF_L3 ? "wan." : "corp.", id);
	for (uint8_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].id, name) == 0)
			return i;
	return 0;
}

/* --- drawing --- */

#define LEARN_SECONDS 7
struct draw { bool aloud, learns; double loss; /* to be drawn, 0 = any */ struct baseline *known; struct sim_rng r; struct sim_world w; struct trial_record *rec; struct sim_size size; };

static bool chance(struct draw *d, double p)
{
	return sim_uniform(&d->r) < p;
}

static double one_of(struct draw *d, const double *values, size_t count)
{
	return values[(size_t)(sim_uniform(&d->r) * (double)count)];
}
#define ONE_OF(d, ...) one_of(d, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* Of circuits that the customer's own edge ends some are of ExpressRoute Direct, and some of those receive little light
 * for years. By numbers of their own: the rest of the world is as it was. */
static void draw_direct(struct draw *d, uint64_t seed)
{
	struct sim_rng own = {.s = (seed + 1) * 0x9E3779B97F4A7C15ULL};
	for (int warm = 0; warm < 8; warm++)
		sim_uniform(&own);
	if (d->w.handoff != HANDOFF_L2 || sim_uniform(&own) >= 0.25)
		return;
	world_direct(&d->w);
	for (int l = 0; l < LINKS; l++)
		if (sim_uniform(&own) < 0.01)
			direct_weak(&d->w, l);
}

static void draw_shape(struct draw *d, uint64_t seed)
{
	double fam = sim_uniform(&d->r);
	bool v4 = fam < 0.8, v6 = fam >= 0.6;
	world_init(&d->w, chance(d, 0.5) ? HANDOFF_L3 : HANDOFF_L2, v4, v6, seed ^ 0x5157);
	d->w.on_edge = d->w.handoff == HANDOFF_L2 && chance(d, 0.25);
	d->w.link_count = chance(d, 0.06) ? 1 : LINKS;
	d->w.no_controls = chance(d, 0.15);
	double targets = sim_uniform(&d->r);
	d->w.target_count = targets < 0.04 ? 0 : targets < 0.2 ? 1 : 2;
	d->w.asn_configured = chance(d, 0.3);
	draw_direct(d, seed);
}

/* --- nuisances: none of these is a fault --- */

static void draw_manners(struct draw *d, struct sim_manners *m)
{
	double x = sim_uniform(&d->r);
	if (x < 0.10)
		m->answers = 0;
	else if (x < 0.20)
		m->answers = sim_between(&d->r, 0.05, 0.8);
	else if (x < 0.40)
		m->per_second = sim_between(&d->r, 1, 20);
	if (chance(d, 0.12)) {
		m->slow_ms = sim_between(&d->r, 1, 30);
		m->slow_spread_ms = sim_between(&d->r, 0, 10);
	}
}

static void draw_borders(struct draw *d)
{
	if (chance(d, 0.5)) { /* borders that answer */
		for (int l = 0; l < LINKS; l++)
			d->w.manners[l][NODE_CE] = d->w.manners[l][NODE_PE] = (struct sim_manners){.answers = 1};
		return;
	}
	for (int l = 0; l < d->w.link_count; l++) {
		struct sim_manners *edge = &d->w.manners[l][d->w.handoff == HANDOFF_L3 ? NODE_PE : NODE_CE];
		struct sim_manners *msee = &d->w.manners[l][NODE_MSEE];
		edge->mute_ping = chance(d, 0.05);
		msee->mute_ping = chance(d, 0.10);
		msee->mute_tcp = chance(d, 0.35);
		if (chance(d, 0.06))
			msee->answers = 0;
		msee->slow_spread_ms = chance(d, 0.1) ? sim_between(&d->r, 0.5, 5) : 0;
	}
	/* Azure's two devices are alike: a slow control plane is mostly on both. */
	if (chance(d, 0.08)) {
		double ms = sim_between(&d->r, 1, 30);
		bool one = chance(d, 0.3);
		d->w.manners[0][NODE_MSEE].slow_ms = ms;
		d->w.manners[1][NODE_MSEE].slow_ms = one ? 0 : ms + sim_between(&d->r, -1, 1);
	}
}

static void draw_ways(struct draw *d)
{
	struct sim_world *w = &d->w;
	w->passive_secondary = chance(d, 0.2);
	double back = sim_uniform(&d->r);
	w->back = back < 0.85 ? RETURN_BY_FLOW : back < 0.9 ? RETURN_SAME : back < 0.95 ? RETURN_PRIMARY : RETURN_SECONDARY;
	w->members[NODE_CORE2] = chance(d, 0.15) ? 2 : 1;
	w->members[NODE_P] = chance(d, 0.2) ? 3 : 1;
	w->no_route_at_edge = chance(d, 0.3);
	double wan_ms = sim_between(&d->r, 0.4, 15), wan_jitter = sim_between(&d->r, 0.02, 0.8);
	for (int l = 0; l < LINKS; l++) {
		w->hidden[l][NODE_P] = w->handoff == HANDOFF_L3 && chance(d, 0.25);
		w->delay_ms[l][NODE_MSEE] = wan_ms + sim_between(&d->r, 0, 1.2); /* one way: up to 2.4 ms apart there and back, of 5 that links may differ by */
		w->jitter_ms[l][NODE_MSEE] = wan_jitter;
		w->jitter_ms[l][NODE_GW] = sim_between(&d->r, 0.02, 1);
	}
	w->benign = chance(d, 0.5) ? 5e-5 : 0; /* over 5 to 8 wires, both ways: about 5e-4 */
	w->capture_loss = chance(d, 0.06) ? sim_between(&d->r, 0.0005, 0.03) : 0;
	d->rec->capture_loss = w->capture_loss > 0;
	for (int t = 0; t < SIM_TARGETS; t++)
		w->target_mute_ping[t] = chance(d, 0.2);
}

static void draw_nuisances(struct draw *d)
{
	for (int l = 0; l < LINKS; l++)
		for (int n = NODE_CORE1; n < NODE_MSEE; n++)
			draw_manners(d, &d->w.manners[l][n]);
	draw_borders(d);
	draw_ways(d);
}

static bool border_answers(const struct sim_world *w)
{
	for (int l = 0; l < w->link_count; l++) {
		const struct sim_manners *edge = &w->manners[l][w->handoff == HANDOFF_L3 ? NODE_PE : NODE_CE];
		const struct sim_manners *msee = &w->manners[l][NODE_MSEE], *customer = &w->manners[l][NODE_CE];
		if (!w->on_edge && (edge->mute_ping || edge->answers < 0.9))
			return false;
		if (msee->mute_ping || msee->answers < 0.9)
			return false;
		/* with l3 the corporate domain ends at the customer's edge */
		if (w->handoff == HANDOFF_L3 && customer->answers < 0.9)
			return false;
	}
	return true;
}

/* --- the fault --- */

static bool fits(const struct draw *d, const struct kind *k)
{
	const struct sim_world *w = &d->w;
	unsigned here = w->on_edge ? WHERE_EDGE : w->handoff == HANDOFF_L3 ? WHERE_L3 : WHERE_L2;
	return (k->where & here) && (!(k->where & NEEDS_BASELINE) || d->learns) && (!(k->where & NEEDS_TARGETS) || w->target_count > 1) && (!(k->where & NEEDS_TARGET) || w->target_count > 0) &&
	       (!(k->where & NEEDS_LINKS) || w->link_count == LINKS);
}

static void draw_size(struct draw *d, enum trial_class cls)
{
	struct sim_size *s = &d->size;
	*s = (struct sim_size){.loss = 0};
	if (cls == CLASS_LOSS) {
		s->loss = ONE_OF(d, 0.005, 0.01, 0.02, 0.03, 0.05, 0.10, 0.20, 0.50);
		s->loss = d->loss > 0 ? d->loss : s->loss; /* drawn all the same: the rest of the world stays */
		s->burst_s = chance(d, 0.4) ? ONE_OF(d, 0.02, 0.1, 0.5) : 0;
		s->back = chance(d, 0.5);
	} else if (cls == CLASS_DELAY) {
		s->ms = ONE_OF(d, 0.5, 1, 2, 4, 7, 10, 20, 50);
		s->back = chance(d, 0.5);
	}
	if (s->loss > 0) {
		d->rec->loss = s->loss;
		d->rec->burst_s = s->burst_s;
	}
	if (s->ms > 0)
		d->rec->ms = s->ms;
	d->rec->loss_back = s->back;
}

static bool break_it(struct draw *d, uint8_t index, int link)
{
	const struct kind *k = &kinds[index];
	draw_size(d, k->cls);
	d->size.variant = (int)(sim_uniform(&d->r) * k->variants);
	if (!fits(d, k) || !world_fault(&d->w, k->id, link, &d->size))
		return false;
	d->rec->variant = (uint8_t)d->size.variant;
	if (k->cls == CLASS_HEALTHY)
		return true;
	bool both = k->link == 'b' || (k->link == 'l' && d->size.variant == 1 &&
	            (strcmp(k->id, "corp.no-advertisement") == 0 || strcmp(k->id, "azure.peering-config") == 0 ||
	             strcmp(k->id, "corp.bgp-prefix-limit") == 0) && d->w.link_count == LINKS);
	bool own = k->link == 'l' || (strcmp(k->id, "corp.path-down") == 0 && d->size.variant == 1); /* one customer edge, l3 */
	d->rec->truth[d->rec->truth_count++] = (struct trial_truth){.fault = index, .domain = (uint8_t)k->domain,
		.link = (uint8_t)(both ? LINK_BOTH : own ? (enum link_id)link : LINK_NULL)};
	return true;
}

/* The second fault of a pair names what is left of the first. */
static bool draw_pair(struct draw *d, int link)
{
	const size_t count = PAIRS;
	uint8_t pair = (uint8_t)(sim_uniform(&d->r) * (double)count);
	d->rec->pair = pair;
	d->rec->cls = CLASS_PAIR;
	if (d->w.link_count < LINKS || d->w.target_count < 2)
		return false;
	return break_it(d, kind_named(pairs[pair].first, d->w.handoff), link) &&
	       break_it(d, kind_named(pairs[pair].second, d->w.handoff), pairs[pair].other_link ? 1 - link : link);
}

static uint8_t one_of_class(struct draw *d, enum trial_class cls)
{
	size_t n = 0;
	uint8_t of[KINDS];
	for (uint8_t i = 0; i < KINDS; i++)
		if (kinds[i].cls == cls && !(kinds[i].where & WHEN_ASKED) && fits(d, &kinds[i]))
			of[n++] = i;
	return n > 0 ? of[(size_t)(sim_uniform(&d->r) * (double)n)] : 0;
}

static bool draw_fault(struct draw *d, const char *fault)
{
	static const double share[CLASSES] = {.24, .27, .16, .10, .09, .03, .11};
	int link = d->w.link_count == LINKS && chance(d, 0.5);
	if (fault && strcmp(fault, PAIRS_ALONE) == 0)
		return draw_pair(d, link);
	if (fault) {
		uint8_t only = kind_named(fault, d->w.handoff);
		d->rec->cls = (uint8_t)kinds[only].cls;
		return break_it(d, only, link);
	}
	double x = sim_uniform(&d->r);
	int cls = 0;
	while (cls < CLASSES - 1 && x >= share[cls])
		x -= share[cls++];
	d->rec->cls = (uint8_t)cls;
	if (cls == CLASS_PAIR)
		return draw_pair(d, link);
	uint8_t index = one_of_class(d, (enum trial_class)cls);
	return kinds[index].cls == (enum trial_class)cls && break_it(d, index, link);
}

static void draw_azure_before(struct draw *d)
{
	static const double share[AZURE_MODES] = {.55, .15, .08, .10, .05, .04, .03};
	double x = sim_uniform(&d->r);
	d->rec->azure = 0;
	while (d->rec->azure < AZURE_MODES - 1 && x >= share[d->rec->azure])
		x -= share[d->rec->azure++];
	d->w.azure_stale = d->rec->azure == AZURE_STALE || d->rec->azure == AZURE_AGED;
	d->w.azure_age_s = d->rec->azure == AZURE_AGED ? sim_between(&d->r, 300, 1200) : 0;
	d->w.azure_unread = d->rec->azure == AZURE_UNREAD;
}

static void draw_azure_after(struct draw *d)
{
	if (d->rec->azure == AZURE_PARTLY)
		world_azure_partly(&d->w, 0.4, &d->r);
	if (d->rec->azure == AZURE_QUIRK || d->rec->azure == AZURE_LIE)
		world_azure_odd(&d->w, d->rec->azure == AZURE_QUIRK, &d->r);
}

/* What a baseline of a few runs tells: a millisecond, or a tenth of the way. */
static double least_ms(const struct trial_record *r)
{
	const char *id = r->truth_count > 0 ? kinds[r->truth[0].fault].id : "none";
	if (!r->learned)
		return 7;
	if (strcmp(id, "wan.latency") == 0)
		return 1;
	return strcmp(id, "corp.path-latency") == 0 || strcmp(id, "wan.reroute") == 0 ? 2 : strcmp(id, "azure.gateway-latency") == 0 ? 4 : 7;
}

static bool is_named(const struct trial_record *r, const char *id)
{
	return r->truth_count > 0 && strcmp(kinds[r->truth[0].fault].id, id) == 0;
}

/* Nothing is dead, one link idles: on the edge itself all that a session's end leaves to be seen, anywhere else what a
 * drained link does. Many an idle link is meant so, and Azure's word is older than the fault, or was not read. */
static bool idles_alone(const struct trial_record *r)
{
	bool untold = r->azure == AZURE_STALE || r->azure == AZURE_AGED || r->azure == AZURE_UNREAD;
	bool drained = (is_named(r, "azure.maintenance") && r->variant == 0) || (is_named(r, "azure.failover-test") && r->variant == 1);
	bool session = is_named(r, "corp.edge-bgp") || is_named(r, "corp.bgp-prefix-limit");
	return untold && (drained || (session && r->on_edge && r->truth[0].link < LINKS && !r->single_link));
}

/* What is broken is a link's way back, and nothing but its MSEE's own answers comes that way. */
static bool nothing_returns(const struct draw *d)
{
	const struct trial_record *r = d->rec;
	const struct sim_world *w = &d->w;
	if (r->cls == CLASS_HEALTHY || !r->loss_back || r->truth_count == 0 || r->truth[0].link >= LINKS)
		return false;
	int link = r->truth[0].link;
	return w->back == (link == 0 ? RETURN_SECONDARY : RETURN_PRIMARY) || (w->back == RETURN_SAME && w->passive_secondary && link == 1);
}

/* The provider carries frames and the customer's edge answers before the filter: of TCP nothing behind it is asked but targets.
 * That those live by the other link tells that it is not the edge; where none does, nothing tells. */
static bool filtered_one_way(const struct draw *d)
{
	const struct sim_world *w = &d->w;
	return is_named(d->rec, "wan.filter") && w->filters[0].kind == PROBE_TCP_SYN && w->handoff == HANDOFF_L2 && !w->on_edge &&
	       w->filtered > 0 && w->unfiltered == 0;
}

/* Below 1 % of loss and 5 ms of difference FAULTS.md sees no fault; a burst that is
 * expected less than five times may not have come at all. What nothing but an MSEE's
 * own answers crosses hurts nobody, a filter that no service meets least of all; what only
 * Azure could tell was not told; and without a border nothing tells the corporate network from
 * the WAN behind it. */
static bool is_grey(const struct draw *d, double seconds)
{
	const struct trial_record *r = d->rec;
	const struct sim_world *w = &d->w;
	bool only_azure_knows = r->truth_count > 0 && w->on_edge && r->truth[0].link < LINKS && r->azure != AZURE_TRUE &&
	                        strcmp(kinds[r->truth[0].fault].id, "corp.no-advertisement") == 0;
	bool nothing_filtered = is_named(r, "wan.filter") && w->filtered == 0;
	bool loss = r->loss > 0 && (r->loss < 0.01 || (r->burst_s > 0 && r->loss * seconds / r->burst_s < 5));
	bool delay = r->ms > 0 && r->ms < least_ms(r);
	bool no_border = r->truth_count > 0 && !r->borders && strcmp(kinds[r->truth[0].fault].id, "corp.path-latency") == 0;
	return no_border || loss || delay || r->unmet || nothing_filtered || only_azure_knows || idles_alone(r);
}

/* --- running --- */

/* 30 rounds for what is dead, 100 for delay, 300 for loss: the MSEE is asked about
 * fifteen times a second. */
static double fixed_seconds(struct draw *d)
{
	switch ((enum trial_class)d->rec->cls) {
	case CLASS_LOSS: return 20;
	case CLASS_DELAY: return 7;
	case CLASS_HEALTHY: return ONE_OF(d, 6, 7, 20);
	case CLASS_SIZE: return 7; /* the limit is searched for */
	case CLASS_PAIR: return 20;
	default: return 2.3;
	}
}

static void take_result(const struct sim_outcome *o, struct trial_record *r)
{
	const struct circuit_result *c = &o->result.circuits[0];
	r->status = (uint8_t)c->faults[0].status;
	r->confidence = c->faults[0].confidence;
	r->said_count = (uint8_t)c->fault_count;
	for (size_t i = 0; i < c->fault_count; i++) {
		const struct verdict *v = &c->faults[i];
		struct trial_said *s = &r->said[i];
		text_format(s->fault, sizeof s->fault, "%s", v->fault);
		s->domain = (uint8_t)v->domain;
		s->link = (uint8_t)v->link;
		s->confidence = v->confidence;
	}
	r->seconds = o->seconds;
	r->probes = o->probes;
}

static void print_outcome(const struct trial_record *r, const struct sim_outcome *o)
{
	struct strbuf b;
	struct text_style style = {.verbose = true};
	const char *versus = getenv("SIM_VERSUS");
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	report_check_text(&o->result, &style, &b);
	diagnosis_explain(o->diagnosis, 0, versus ? versus : r->truth_count > 0 ? kinds[r->truth[0].fault].id : "none", &b);
	if (b.text)
		fputs(b.text, stdout);
	strbuf_free(&b);
}

static void describe(struct draw *d)
{
	struct trial_record *r = d->rec;
	r->handoff = (uint8_t)(d->w.direct ? HANDOFF_DIRECT : d->w.handoff);
	r->families = (uint8_t)((d->w.fam[FAM4] ? 1 : 0) | (d->w.fam[FAM6] ? 2 : 0));
	r->on_edge = d->w.on_edge;
	r->single_link = d->w.link_count < LINKS;
	r->no_controls = d->w.no_controls;
	r->no_targets = d->w.target_count == 0;
	r->clear = r->borders && (r->azure == AZURE_TRUE || r->azure == AZURE_QUIRK) && !r->single_link && !r->no_controls &&
	           !r->no_targets && !r->capture_loss;
}

static void run_it(struct draw *d, uint64_t seed, const struct trial_options *o)
{
	struct plan p;
	struct sim_outcome out;
	struct trial_record *r = d->rec;
	double seconds = o->mode == RUN_FIXED && o->seconds > 0 ? o->seconds : fixed_seconds(d);
	r->live = o->mode == RUN_LIVE || (o->mode == RUN_MIXED && chance(d, 0.25));
	d->w.azure_tables_s = o->tables_s;
	world_plan(&d->w, &p, seed);
	p.circuits[0].baseline = d->known; /* the plan's from now on */
	d->known = NULL;
	bool loss_or_dead = r->cls == CLASS_HEALTHY || r->cls == CLASS_LOSS || r->cls == CLASS_HARD;
	if (loss_or_dead && !r->no_targets) {
		r->ruled = true;
		rules_judge(&d->w, &p, r->rule);
	}
	r->failed = !sim_run(&d->w, &p, r->live ? 0 : seconds, &out);
	if (!r->failed) {
		take_result(&out, r);
		r->unmet = nothing_returns(d);
		r->one_way = filtered_one_way(d);
		r->grey = is_grey(d, r->seconds);
		if (d->aloud)
			print_outcome(r, &out);
		sim_outcome_free(&out);
	}
	plan_free(&p);
}

/* --- once more, after a baseline --- */

/* So many runs tell how much healthy ones differ. */
#define AGAIN_LEARNED 8

static bool is_step(const struct trial_record *r)
{
	return r->truth_count == 1 && strcmp(kinds[r->truth[0].fault].id, "wan.latency") == 0;
}

/* There and back from the host to the MSEE. */
static double round_trip_ms(const struct sim_world *w, int link)
{
	double ms = 0;
	for (int n = w->on_edge ? NODE_MSEE : NODE_CORE1; n <= NODE_MSEE; n++)
		if (w->handoff == HANDOFF_L3 || (n != NODE_P && n != NODE_PE))
			ms += 2 * w->delay_ms[link][n] + w->delay_back_ms[link][n];
	return ms;
}

#define SCATTER_OF_MEAN 2.46 /* two exponential delays of one mean, from 10 % to 80 % */

static void note_step(const struct sim_world *healthy, const struct sim_world *broken, struct trial_record *r)
{
	int link = r->truth[0].link == LINK_SECONDARY;
	r->way_ms = round_trip_ms(healthy, link);
	r->apart_ms = round_trip_ms(broken, link) - round_trip_ms(broken, 1 - link);
	r->scatter_ms = SCATTER_OF_MEAN * healthy->jitter_ms[link][NODE_MSEE];
}

/* As it was before it broke; Azure's snapshot is the broken world's, and not asked. */
static struct baseline *learn(const struct sim_world *w, uint64_t seed, int runs, struct trial_record *r)
{
	struct sim_world healthy = *w;
	healthy.azure_unread = true;
	struct baseline *b = sim_learn(&healthy, seed, runs, LEARN_SECONDS);
	r->learned = b != NULL;
	return b;
}

static void run_again(struct draw *d, const struct sim_world *healthy, uint64_t seed)
{
	struct trial_record *first = d->rec, second = *first;
	if (first->learned || first->live || first->failed || !first->clear || !is_step(first))
		return;
	d->rec = &second;
	d->known = learn(healthy, seed, AGAIN_LEARNED, &second);
	if (second.learned) {
		run_it(d, seed, &(struct trial_options){.mode = RUN_FIXED});
		first->again = !second.failed;
		first->again_outcome = (uint8_t)trial_outcome(&second);
	}
	d->rec = first;
}

static bool is_asked(const struct trial_options *o, const struct trial_record *r)
{
	return (o->classes == 0 || (o->classes & 1 << r->cls)) && (o->azure == 0 || (o->azure & 1 << r->azure)) &&
	       (o->handoffs == 0 || (o->handoffs & 1 << r->handoff)) && (!o->clear || r->clear);
}

static void end_worlds(struct sim_world *w)
{
	if (w->before)
		az_snapshot_free(&w->before->azure);
	world_free(w);
}

static void draw_and_run(uint64_t seed, const struct trial_options *o, bool aloud, struct trial_record *r)
{
	struct draw d = {.aloud = aloud, .learns = o->learned > 0, .loss = o->loss, .r = {.s = (seed + 1) * 0xD1342543DE82EF95ULL}, .rec = r};
	for (int warm = 0; warm < 8; warm++)
		sim_uniform(&d.r);
	for (int again = 0; again < 200; again++) {
		memset(r, 0, sizeof *r);
		r->seed = seed;
		draw_shape(&d, seed);
		draw_nuisances(&d);
		r->borders = border_answers(&d.w);
		draw_azure_before(&d);
		struct sim_world healthy = d.w;
		bool breaks = o->breaks_s > 0 && az_snapshot_copy(&healthy.azure, &d.w.azure);
		bool drawn = draw_fault(&d, o->fault);
		draw_azure_after(&d);
		describe(&d);
		r->skipped = drawn && !is_asked(o, r);
		if (breaks) {
			d.w.before = &healthy;
			d.w.breaks_s = o->breaks_s;
		}
		if (r->skipped) {
			end_worlds(&d.w);
			return;
		}
		if (drawn && o->learned > 0)
			d.known = learn(&healthy, seed, o->learned, r);
		if (drawn && !r->single_link)
			r->differ_ms = fabs(round_trip_ms(&d.w, LINK_PRIMARY) - round_trip_ms(&d.w, LINK_SECONDARY));
		if (drawn && is_step(r))
			note_step(&healthy, &d.w, r);
		if (drawn) {
			run_it(&d, seed, o);
			run_again(&d, &healthy, seed);
		}
		end_worlds(&d.w);
		if (drawn)
			return;
	}
	r->failed = true;
}

void trial_run(uint64_t seed, const struct trial_options *o, struct trial_record *r)
{
	draw_and_run(seed, o, false, r);
}

void trial_run_aloud(uint64_t seed, const struct trial_options *o, struct trial_record *r)
{
	draw_and_run(seed, o, true, r);
}
