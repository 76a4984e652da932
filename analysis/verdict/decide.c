/* SPDX-License-Identifier: BSD-2-Clause */
/* Each thing that was not seen, or not often enough, is worth what it would be expected to weigh:
 * the sum over its outcomes of their probability under the one explanation times the logarithm of
 * what it is under the one to what it is under the other (Kullback and Leibler), from the
 * tables that the posterior itself looks up. */
#include "analysis/verdict/decide.h"

#include "analysis/path/stats.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/contest.h"
#include "analysis/verdict/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less is not worth a sentence: 3 to 1. */
#define WORTH_LEAST 1.1
#define SAME 0.05
/* Shares of answers that no model is surer of. */
#define SHARE_LEAST 1e-3

struct decider { double worth; char says[SENTENCE_MAX]; };
struct deciders { struct decider list[DECIDERS_MAX]; size_t count; };

/* The most useful ones, in order. */
static void offer(struct deciders *d, double worth, const char *says)
{
	size_t at = d->count;
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->list[i].says, says) == 0)
			return;
	while (at > 0 && d->list[at - 1].worth < worth) {
		if (at < DECIDERS_MAX)
			d->list[at] = d->list[at - 1];
		at--;
	}
	if (at == DECIDERS_MAX)
		return;
	d->list[at].worth = worth;
	text_format(d->list[at].says, sizeof d->list[at].says, "%s", says);
	d->count += d->count < DECIDERS_MAX;
}

/* --- what Azure was not asked, or did not say --- */

/* How many outcomes an observation of Azure has beside "not read"; 0: not of this kind. */
static int outcomes_of(enum observation_kind kind)
{
	switch (kind) {
	case OBSERVED_CIRCUIT:
	case OBSERVED_PROVIDER:
	case OBSERVED_GATEWAY: return AZ_BAD;
	case OBSERVED_PEERING: return PEERING_MISSING;
	case OBSERVED_ARP: return ARP_FAILED_TOO;
	case OBSERVED_SESSION: return SESSION_FAILED_TOO;
	case OBSERVED_CONNECTION: return CONNECTION_MISSING;
	default: return 0;
	}
}

/* Of the summary alone: that it lists nobody, whatever the routes beside it would tell. */
static double summary_log(enum az_session_state outcome, char letter)
{
	double l = likelihood_session(outcome, letter);
	if (outcome != SESSION_EMPTY)
		return l;
	return stats_log_add(l, stats_log_add(likelihood_session(SESSION_BRINGS, letter), likelihood_session(SESSION_BRINGS_NONE, letter)));
}

static double outcome_log(enum observation_kind kind, int outcome, char letter)
{
	switch (kind) {
	case OBSERVED_PEERING: return likelihood_peering((enum az_peering_state)outcome, letter);
	case OBSERVED_ARP: return likelihood_arp((enum az_arp_state)outcome, letter);
	case OBSERVED_SESSION: return summary_log((enum az_session_state)outcome, letter);
	case OBSERVED_CONNECTION: return likelihood_connection((enum az_connection_state)outcome, letter);
	case OBSERVED_GATEWAY: return likelihood_gateway((enum az_state)outcome, letter);
	default: return likelihood_state((enum az_state)outcome, letter);
	}
}

static bool was_read(const struct azure_view *a, const struct observation *ob)
{
	switch (ob->kind) {
	case OBSERVED_CIRCUIT: return a->circuit != AZ_UNREAD;
	case OBSERVED_PROVIDER: return a->provider != AZ_UNREAD;
	case OBSERVED_PEERING: return a->peering != PEERING_UNREAD;
	case OBSERVED_ARP: return a->arp[ob->fam][ob->link] != ARP_UNREAD;
	case OBSERVED_SESSION: return a->session[ob->fam][ob->link] != SESSION_UNREAD;
	case OBSERVED_CONNECTION: return a->connection != CONNECTION_UNREAD;
	case OBSERVED_GATEWAY: return a->gateway_peers != AZ_UNREAD;
	default: return true;
	}
}

static const struct az_part *part_of(const struct az_snapshot *s, const struct observation *ob)
{
	switch (ob->kind) {
	case OBSERVED_PEERING: return &s->peering.part;
	case OBSERVED_ARP: return &s->arp[ob->link].part;
	case OBSERVED_SESSION: return &s->bgp[ob->link].part;
	case OBSERVED_CONNECTION: return &s->connections.part;
	case OBSERVED_GATEWAY: return &s->bgp[LINK_PRIMARY].part;
	default: return &s->circuit.part;
	}
}

static void offer_azure(const struct posterior *p, const struct observation *ob, char own, char theirs, struct deciders *d)
{
	static const char *const names[] = {[OBSERVED_CIRCUIT] = "state of the circuit", [OBSERVED_PROVIDER] = "state of the provider's side",
		[OBSERVED_PEERING] = "state of the peering", [OBSERVED_ARP] = "ARP table", [OBSERVED_SESSION] = "BGP summary",
		[OBSERVED_CONNECTION] = "list of the gateway's connections", [OBSERVED_GATEWAY] = "BGP summaries of both paths"};
	char says[SENTENCE_MAX], why[AZ_ERROR_MAX + 32] = "what it says does not tell";
	int outcomes = outcomes_of(ob->kind);
	double worth = 0;
	if (outcomes == 0 || was_read(&p->seen->azure, ob))
		return;
	for (int i = 1; i <= outcomes; i++)
		worth += exp(outcome_log(ob->kind, i, own)) * (outcome_log(ob->kind, i, own) - outcome_log(ob->kind, i, theirs));
	const struct az_snapshot *s = p->seen->snapshot;
	const struct az_part *part = s ? part_of(s, ob) : NULL;
	if (!p->seen->path->plan->azure_asked)
		text_format(why, sizeof why, "Azure was not asked: azure.auth is none");
	else if (!s || part->read == AZ_NOT_ASKED)
		text_format(why, sizeof why, "no answer in this run");
	else if (part->read == AZ_FAILED)
		text_format(why, sizeof why, "%s", part->error);
	bool of_path = ob->kind == OBSERVED_ARP || ob->kind == OBSERVED_SESSION;
	text_format(says, sizeof says, "Azure's %s%s%s%s (%.200s)", names[ob->kind], of_path ? " of the " : "",
	            of_path ? link_name((enum link_id)ob->link) : "", of_path ? " path" : "", why);
	if (worth >= WORTH_LEAST)
		offer(d, worth, says);
}

/* --- who answers nothing --- */

static bool is_border(enum group_class cls)
{
	return cls == GROUP_EDGE || cls == GROUP_MSEE || cls == GROUP_BGP;
}

/* What it would weigh if this end, honest as it may be, answered as the one explanation has it. */
static double worth_of_answers(const struct traffic_group *silent, char own, char theirs)
{
	struct traffic_group g = *silent;
	struct group_likelihood l;
	g.answered = g.sent;
	for (uint8_t i = 0; i < g.flow_count; i++)
		g.flows[i].answered = g.flows[i].sent;
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &l);
	return fabs(likelihood_of(&l, own, 0) - likelihood_of(&l, theirs, 0));
}

static void offer_border(const struct traffic_group *g, char own, char theirs, struct deciders *d)
{
	char says[SENTENCE_MAX], addr[IP_TEXT_MAX], service[32];
	double worth = is_border(g->cls) && g->link < LINKS && g->answered == 0 && g->sent > 0 ? worth_of_answers(g, own, theirs) : 0;
	if (worth < WORTH_LEAST)
		return;
	service_words(g->kind, g->port, service, sizeof service);
	text_format(says, sizeof says, "An answer of the %s %s (%s) to %s, which answers none here: allow it, or run erprobe on the segment of this address",
	            g->cls == GROUP_EDGE ? "edge" : "MSEE", ip_addr_text(&g->addr, addr), link_name((enum link_id)g->link), service);
	offer(d, worth, says);
}

/* --- a longer run --- */

/* Share that answers; below 0: the letter does not say. */
static double share_of(char letter, int grid)
{
	double share = letter == 'A' || letter == '.' ? 1 : letter == 'X' ? 0 : letter == 'L' ? 1 - loss_grid(grid) : letter == 'l' ? 1 - loss_grid(grid) / 2 : -1;
	return share < 0 ? share : fmin(fmax(share, SHARE_LEAST), 1 - SHARE_LEAST);
}

/* What as many probes again would be expected to weigh. */
static double worth_of_as_many(const struct traffic_group *g, char own, int grid, char theirs, int their_grid)
{
	double a = share_of(own, grid), b = share_of(theirs, their_grid);
	if (a < 0 || b < 0 || g->answered == 0)
		return 0;
	return g->sent * (a * log(a / b) + (1 - a) * log((1 - a) / (1 - b)));
}

static void offer_longer_run(const struct posterior *p, double worth, struct deciders *d)
{
	char says[SENTENCE_MAX];
	uint32_t sent = 0;
	for (size_t i = 0; i < p->seen->group_count; i++)
		sent += p->seen->groups[i].sent;
	text_format(says, sizeof says, "A longer run: as many probes again (%u so far)", (unsigned)sent);
	if (worth >= WORTH_LEAST)
		offer(d, worth, says);
}

/* --- what the catalogue names --- */

static bool is_read(const struct az_part *part) { return part->read == AZ_OK; }

/* A table that is read by path: this link's; of a fault that is of no one link, both. */
static bool is_read_of(const struct az_part *primary, const struct az_part *secondary, uint8_t link)
{
	return (link == LINK_SECONDARY || is_read(primary)) && (link == LINK_PRIMARY || is_read(secondary));
}

static bool part_is_read(const struct az_snapshot *s, enum decided_part part, uint8_t link)
{
	switch (part) {
	case BY_CIRCUIT: return is_read(&s->circuit.part);
	case BY_PEERING: return is_read(&s->peering.part);
	case BY_ARP: return is_read_of(&s->arp[LINK_PRIMARY].part, &s->arp[LINK_SECONDARY].part, link);
	case BY_ROUTES: return is_read_of(&s->routes[LINK_PRIMARY].part, &s->routes[LINK_SECONDARY].part, link);
	case BY_GATEWAY: return is_read(&s->connections.part) && is_read(&s->gateway_peers.part);
	case BY_PORT: return is_read(&s->port.part);
	case BY_TESTS: return is_read(&s->failover_tests.part);
	case BY_DROPS: return is_read(&s->drops.part);
	case DECIDED_ELSEWHERE: break;
	}
	return false;
}

void decide_words(const struct posterior *p, const struct hypothesis *h, char *buf, size_t size)
{
	const struct az_snapshot *s = p->seen->snapshot;
	const struct fault_text *text = h->row->scope == SCOPE_NONE ? NULL : fault_text_find(h->row->id);
	const char *says = text ? text->decided_by : "";
	bool read = says[0] != '\0' && s && !s->stale && part_is_read(s, fault_decided_part(h->row->id), h->link);
	text_format(buf, size, "%s%s", says, read ? "; what Azure said in this run leaves it open, and may be minutes old: read it again" : "");
}

/* --- all of it --- */

/* What the catalogue names for each; differ: something seen from here does tell the two apart, if not enough. */
static void offer_another_vantage(const struct posterior *p, const struct explanation *e, const struct explanation *rival, bool differ, struct deciders *d)
{
	char says[SENTENCE_MAX], words[SENTENCE_MAX];
	const struct explanation *both[] = {e, rival};
	for (size_t i = 0; i < 2; i++) {
		const struct hypothesis *h = &both[i]->parts[both[i]->count - 1];
		decide_words(p, h, words, sizeof words);
		if (words[0] == '\0')
			continue;
		text_format(says, sizeof says, "%s %s: %s", differ ? "For" : "Nothing that is seen from here tells the two apart; for", h->row->id, words);
		offer(d, 0, says);
	}
}

/* It is the domain that is in doubt: what tells two faults of one domain apart would not end that. */
static const struct explanation *doubted_for(const struct posterior *p, const struct explanation *e)
{
	const struct explanation *next = contest_next_best(p, e, 0, false), *elsewhere = contest_next_best(p, e, 0, true);
	bool same = next && next->count == 1 && e->count == 1 && next->parts[0].row->domain == e->parts[0].row->domain;
	return same && elsewhere ? elsewhere : next;
}

void decide_fill(const struct posterior *p, const struct explanation *e, struct verdict *v)
{
	const struct explanation *rival = doubted_for(p, e);
	struct observation *obs = calloc(observations_room(p->seen), sizeof *obs);
	struct deciders d = {.count = 0};
	double again = 0;
	bool differ = false;
	if (!obs || !rival) {
		free(obs);
		return;
	}
	size_t n = observations_list(p->seen, obs);
	for (size_t i = 0; i < n; i++) {
		char own = observation_letter(p, &obs[i], e), theirs = observation_letter(p, &obs[i], rival);
		const struct traffic_group *g = &p->seen->groups[obs[i].group];
		if (own == theirs && (obs[i].kind != OBSERVED_GROUP || own != 'L' || e->grid == rival->grid))
			continue;
		differ = differ || fabs(observation_log(p, &obs[i], e, e->grid) - observation_log(p, &obs[i], rival, rival->grid)) > SAME;
		if (obs[i].kind == OBSERVED_GROUP) {
			offer_border(g, own, theirs, &d);
			again += worth_of_as_many(g, own, e->grid, theirs, rival->grid);
		} else {
			offer_azure(p, &obs[i], own, theirs, &d);
		}
	}
	offer_longer_run(p, again, &d);
	if (!differ || d.count == 0)
		offer_another_vantage(p, e, rival, differ, &d);
	for (size_t i = 0; i < d.count; i++)
		text_format(v->decided_by[v->decider_count++], SENTENCE_MAX, "%s.", d.list[i].says);
	free(obs);
}
