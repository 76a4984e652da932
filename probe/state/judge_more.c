/* SPDX-License-Identifier: BSD-2-Clause */
/* What else Azure says that a person must know: tests and maintenance that explain a link
 * that is down, changes of the last day, ports and light, drops, limits, and where Azure's
 * side of the peering disagrees with the edge's as configured. */
#include "probe/state/judge.h"

#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NEAR_LIMIT 90      /* percent of a limit from which on it is worth a word */
#define CPU_HIGH 85.0      /* percent, of an hour's five-minute averages the highest */
#define CHANGES_SHOWN 3

/* ------------------------------------------------------------------ tests, events, changes */

static const char *or_unknown(const struct az_text *t)
{
	return t->present && t->text[0] ? t->text : "an unknown time";
}

static void judge_tests(const struct az_snapshot *s, struct judgement *j)
{
	const struct az_failover_test *t = NULL;
	for (int l = 0; l < LINKS; l++)
		if (az_failover_test(s, (enum link_id)l, &t) == AZ_FACT_YES)
			judge_add(j, STATE_DEGRADED, (enum link_id)l,
			          "somebody of your organisation takes this link down or drains it on purpose: stop the test to have it back",
			          "a link failover test (%s) is '%s' since %s", t->category.present ? t->category.text : "of any kind",
			          t->status.text, or_unknown(&t->began));
}

static void say_event(const struct az_event *e, enum az_event_when when, bool of_circuit, struct judgement *j)
{
	bool planned = az_text_is(&e->kind, "PlannedMaintenance");
	bool issue = az_text_is(&e->kind, "ServiceIssue");
	const char *means = planned ? "Microsoft maintains one link at a time: traffic moves to the other one, little is lost"
	                    : issue ? "Microsoft has trouble of its own: its tracking id saves a ticket"
	                            : "Microsoft has something to say of the service";
	bool weighs = issue && of_circuit && when == AZ_EVENT_NOW;
	if (when == AZ_EVENT_OVER || (!planned && !issue))
		return;
	judge_add(j, weighs ? STATE_DEGRADED : STATE_HEALTHY, LINK_NULL, means, "%s %s%s: %.120s", e->kind.text,
	          e->id.text, when == AZ_EVENT_NOW ? " goes on" : " is ahead", e->title.text);
}

static bool known_of_circuit(const struct az_snapshot *s, const struct az_event *e)
{
	for (size_t i = 0; s->circuit_events.part.read == AZ_OK && i < s->circuit_events.count; i++)
		if (e->id.present && az_text_is(&s->circuit_events.rows[i].id, e->id.text))
			return true;
	return false;
}

static void judge_events(const struct az_snapshot *s, struct judgement *j)
{
	for (size_t i = 0; s->circuit_events.part.read == AZ_OK && i < s->circuit_events.count; i++)
		say_event(&s->circuit_events.rows[i], az_event_when(&s->circuit_events.rows[i], s->done_at), true, j);
	for (size_t i = 0; s->service_events.part.read == AZ_OK && i < s->service_events.count; i++) {
		const struct az_event *e = &s->service_events.rows[i];
		if (az_event_is_near(e, &s->circuit) && !known_of_circuit(s, e))
			say_event(e, az_event_when(e, s->done_at), false, j);
	}
}

/* Changes alone: the log also has what was read, and Azure's own words of health. */
static bool is_change(const struct az_event *e)
{
	size_t len = strlen(e->operation.text);
	bool writes = (len > 6 && strcmp(e->operation.text + len - 6, "/write") == 0) ||
	              (len > 7 && strcmp(e->operation.text + len - 7, "/delete") == 0);
	return writes && !az_text_is(&e->status, "Started") && !az_text_is(&e->status, "Accepted");
}

static void judge_changes(const struct az_events *log, struct judgement *j)
{
	size_t shown = 0;
	for (size_t i = 0; log->part.read == AZ_OK && i < log->count && shown < CHANGES_SHOWN; i++) {
		const struct az_event *e = &log->rows[i];
		if (!is_change(e))
			continue;
		shown++;
		judge_add(j, STATE_HEALTHY, LINK_NULL, "the circuit was changed within the last day: did the trouble begin then?",
		          "%.80s, %s, at %.19s by %.60s", e->title.text, e->status.present ? e->status.text : "outcome unknown",
		          or_unknown(&e->began), e->caller.present ? e->caller.text : "somebody");
	}
}

/* ------------------------------------------------------------------ the edge as configured */

/* Where a session stands, it is what the file says of the edge that is wrong. */
static enum state_status settings_weight(const struct judgement *j, int l)
{
	for (int f = 0; f < FAMILIES; f++)
		if (j->paths[l].session[f].established)
			return STATE_HEALTHY;
	return STATE_DEGRADED;
}

static void judge_settings(const struct plan_circuit *c, const struct az_peering *p, struct judgement *j)
{
	static const char means[] = "the two sides do not agree: correct the one that is wrong; a session cannot stand so";
	for (int l = 0; l < LINKS && p->part.read == AZ_OK && p->present; l++) {
		const struct plan_link *own = &c->links[l];
		if (own->asn >= 0 && own->configured && p->peer_asn.present && p->peer_asn.value != own->asn)
			judge_add(j, settings_weight(j, l), (enum link_id)l, means, "Azure expects AS %" PRId64 ", the edge is configured with AS %"
			          PRId64, p->peer_asn.value, own->asn);
		if (own->vlan >= 0 && own->configured && p->vlan.present && p->vlan.value != own->vlan)
			judge_add(j, settings_weight(j, l), (enum link_id)l, means, "Azure has VLAN %" PRId64 ", the edge is configured with VLAN %d",
			          p->vlan.value, (int)own->vlan);
	}
}

static void judge_addresses(const struct plan_circuit *c, const struct az_peering *p, struct judgement *j)
{
	char text[IP_TEXT_MAX];
	for (int l = 0; l < LINKS && p->part.read == AZ_OK && p->present; l++) {
		const struct az_text *prefixes[FAMILIES] = {&p->prefix[l], &p->prefix6[l]};
		for (int f = 0; f < FAMILIES; f++) {
			struct ip_prefix net;
			const struct ip_addr *own = &c->links[l].ce[f];
			if (!c->links[l].configured || c->links[l].derived || !ip_addr_is_set(own) || !prefixes[f]->present ||
			    !ip_prefix_parse(prefixes[f]->text, &net) || ip_prefix_contains(&net, own))
				continue;
			judge_add(j, settings_weight(j, l), (enum link_id)l,
			          "the two sides do not agree: the edge's address is the first of Azure's prefix",
			          "Azure has %s for this link, the edge is configured with %s", prefixes[f]->text,
			          ip_addr_text(own, text));
		}
	}
}

/* ------------------------------------------------------------------ limits and load */

static void judge_limits(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++) {
			const struct session_reading *r = &j->paths[l].session[f];
			int64_t most = az_prefix_limit(s, c->peering, f);
			if (r->established && most > 0 && r->prefixes * 100 >= most * NEAR_LIMIT)
				judge_add(j, STATE_HEALTHY, (enum link_id)l,
				          "beyond the limit Microsoft ends the session: announce fewer prefixes, or aggregate them",
				          "the edge announces %" PRId64 " prefixes; the limit is %" PRId64, r->prefixes, most);
		}
}

static void judge_vnet_limit(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	size_t customer, gateway, most = 0;
	for (int l = 0; l < LINKS && c->peering == PEERING_PRIVATE; l++)
		if (az_route_counts(s, (enum link_id)l, FAM4, &customer, &gateway) && gateway > most)
			most = gateway;
	if (most * 100 >= (size_t)AZ_VNET_PREFIXES_V4 * NEAR_LIMIT)
		judge_add(j, STATE_HEALTHY, LINK_NULL, "beyond the limit Azure cuts the gateway's connection to the circuit",
		          "the virtual networks announce %zu prefixes; the limit is %d", most, AZ_VNET_PREFIXES_V4);
}

static void judge_load(const struct az_snapshot *s, struct judgement *j)
{
	double value = 0, highest = 0;
	if (az_qos_drops(s, &value) == AZ_FACT_YES)
		judge_add(j, STATE_DEGRADED, LINK_NULL,
		          "traffic above the circuit's bandwidth is lost at Microsoft's edge: use both links, or buy more",
		          "Microsoft dropped up to %.0f bit/s within the last hour", value);
	for (size_t i = 0; s->gateway_load.part.read == AZ_OK && i < s->gateway_load.count; i++) {
		const struct az_metric *m = &s->gateway_load.rows[i];
		if (az_text_is(&m->name, "ExpressRouteGatewayCpuUtilization") && az_text_number(&m->highest, &value) && value > highest)
			highest = value;
	}
	if (highest >= CPU_HIGH)
		judge_add(j, STATE_DEGRADED, LINK_NULL, "the gateway is at its end: delay and loss behind it; a larger SKU, or FastPath",
		          "the gateway's CPU was at %.0f %% within the last hour", highest);
}

/* ------------------------------------------------------------------ ports, reach, prefixes */

void judge_ports(const struct az_snapshot *s, struct judgement *j)
{
	bool both = az_port_down(s, LINK_PRIMARY) == AZ_FACT_YES && az_port_down(s, LINK_SECONDARY) == AZ_FACT_YES;
	both = both || (j->paths[LINK_PRIMARY].down && j->paths[LINK_SECONDARY].down); /* the cause weighs what its consequence does */
	double dbm = 0;
	for (int l = 0; l < LINKS; l++) {
		if (az_port_down(s, (enum link_id)l) == AZ_FACT_YES)
			judge_add(j, both ? STATE_FAULT : STATE_DEGRADED, (enum link_id)l,
			          "shut by its admin state, or nothing is heard on it: enable it, else check fibre and cross-connect",
			          "Microsoft's port of this link is down");
		else if (az_light_bad(s, (enum link_id)l, &dbm) == AZ_FACT_YES)
			judge_add(j, STATE_DEGRADED, (enum link_id)l,
			          "healthy is -10 to 0 dBm: clean or replace fibre or optics, at your end first",
			          "Microsoft's port receives light of %.1f dBm", dbm);
	}
}

static void judge_reach(const struct az_reaches *r, struct judgement *j)
{
	for (size_t i = 0; r->part.read == AZ_OK && i < r->count; i++)
		if (az_text_is(&r->rows[i].status, "Disconnected"))
			judge_add(j, STATE_DEGRADED, LINK_NULL, "your sites do not reach each other over Microsoft's network",
			          "Global Reach connection %.80s is '%s'", r->rows[i].name.text, r->rows[i].status.text);
}

static void judge_prefixes(const struct plan_circuit *c, const struct az_peerings *p, struct judgement *j)
{
	for (size_t i = 0; c->peering == PEERING_MICROSOFT && p->part.read == AZ_OK && i < p->prefix_count; i++) {
		const struct az_public_prefix *row = &p->prefixes[i];
		if (row->state.present && !az_text_is(&row->state, "Configured"))
			judge_add(j, STATE_DEGRADED, LINK_NULL, "Microsoft accepts a public prefix once it has validated it: prove that it is yours",
			          "public prefix %s is '%s', not Configured", row->prefix.text, row->state.text);
	}
}

void judge_more(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	judge_tests(s, j);
	judge_settings(c, &s->peering, j);
	judge_addresses(c, &s->peering, j);
	judge_prefixes(c, &s->peerings, j);
	judge_reach(&s->reach, j);
	judge_reach(&s->reach_from, j);
	if (c->peering == PEERING_PRIVATE) /* no gateway is behind the other */
		judge_load(s, j);
	judge_limits(c, s, j);
	judge_vnet_limit(c, s, j);
	judge_events(s, j);
	judge_changes(&s->activity, j);
}
