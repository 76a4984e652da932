/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/ticket/ticket.h"

#include "analysis/catalogue/catalogue.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/report/picture.h"
#include "analysis/report/text_parts.h"
#include "analysis/ticket/ticket_parts.h"
#include "analysis/value/plural.h"

#include <inttypes.h>
#include <string.h>

#define WIDTH 80
#define LABEL_COLUMNS 22

const char *audience_name(enum audience a)
{
	static const char *const names[AUDIENCES] = {"internal", "provider", "microsoft"};

	return (unsigned)a < AUDIENCES ? names[a] : "internal";
}

bool audience_parse(const char *word, enum audience *out)
{
	for (int a = 0; a < AUDIENCES; a++) {
		if (strcmp(word, audience_name((enum audience)a)) == 0) {
			*out = (enum audience)a;
			return true;
		}
	}
	return false;
}

void ticket_field(struct page *p, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	page_textf(p, TONE_PLAIN, "%s:", label);
	page_to(p, LABEL_COLUMNS);
	page_wrap(p, TONE_PLAIN, text, LABEL_COLUMNS);
}

/* One that is copied in one piece: never broken, however long. */
static void id_field(struct page *p, const char *label, const char *id)
{
	if (id[0] == '\0')
		return;
	page_textf(p, TONE_PLAIN, "%s:", label);
	page_to(p, LABEL_COLUMNS);
	page_text(p, TONE_PLAIN, id);
	page_line(p);
}

static void text_field(struct page *p, const char *label, const struct az_text *t)
{
	if (t->present)
		ticket_field(p, label, t->text);
}

static void number_field(struct page *p, const char *label, const struct az_int *n, const char *unit)
{
	char text[64];

	if (!n->present)
		return;
	text_format(text, sizeof text, "%" PRId64 "%s", n->value, unit);
	ticket_field(p, label, text);
}

void ticket_bullet(struct page *p, const char *text)
{
	page_text(p, TONE_PLAIN, "  - ");
	page_wrap(p, TONE_PLAIN, text, 4);
}

/* What is wrong, in words that hold no address of anybody. */
static const char *title_of(const struct verdict *v)
{
	const struct fault_text *t = fault_text_find(v->fault);

	if (t)
		return t->title;
	return v->status == STATUS_HEALTHY ? "no fault found" : "cause not determined";
}

static void affected(struct page *p, const struct circuit_result *c)
{
	const struct verdict *v = &c->faults[0];

	if (v->status == STATUS_HEALTHY)
		return;
	ticket_field(p, "Affected", v->link < LINK_NULL       ? link_words(v->link)
	                            : v->domain == DOMAIN_NONE ? "not determined: all links are described below"
	                                                       : "what both links share");
}

/* In numbers alone: what the targets are called and where they are is nobody's business here. That a target
 * answers says little where one protocol dies: so how many attempts of each did. */
static void impact(struct page *p, const struct circuit_result *c)
{
	unsigned tested = 0, answer = 0, over[LINKS] = {0}, sent[2] = {0}, got[2] = {0}; /* of pings, of TCP */
	char line[240];

	for (size_t i = 0; i < c->target_count; i++) {
		const struct target_result *t = &c->targets[i];

		if (t->control || !t->tested)
			continue;
		tested++;
		answer += t->reachable;
		for (int l = 0; l < LINKS; l++)
			over[l] += t->reachable && t->over[l];
		for (size_t k = 0; k < t->service_count; k++) {
			sent[t->services[k].port != 0] += t->services[k].sent;
			got[t->services[k].port != 0] += t->services[k].answered;
		}
	}
	if (tested == 0)
		return;
	text_format(line, sizeof line, "%u of %u tested targets in Azure answer: %u over the primary link, %u over the secondary; "
	            "answered of all they were asked: TCP %u of %u, ping %u of %u", answer, tested, over[LINK_PRIMARY], over[LINK_SECONDARY],
	            got[1], sent[1], got[0], sent[0]);
	ticket_field(p, "Impact", line);
}

void report_ticket_subject(const struct circuit_result *c, char subject[TICKET_SUBJECT_MAX])
{
	const struct verdict *v = &c->faults[0];

	text_format(subject, TICKET_SUBJECT_MAX, "ExpressRoute circuit %s, %s%s%s", c->plan->name, link_words(v->link),
	            link_words(v->link)[0] ? ": " : "", title_of(v));
}

static void subject(struct page *p, const struct circuit_result *c)
{
	const struct verdict *v = &c->faults[0];
	char line[TICKET_SUBJECT_MAX];

	report_ticket_subject(c, line);
	ticket_field(p, "Subject", line);
	ticket_field(p, "Severity", v->status == STATUS_FAULT      ? "traffic is lost"
	                     : v->status == STATUS_DEGRADED ? "traffic works, but redundancy or quality is lost"
	                     : v->status == STATUS_HEALTHY  ? "none seen"
	                                                    : "not known");
	affected(p, c);
	impact(p, c);
	page_line(p);
}

static void circuit_fields(struct page *p, const struct circuit_result *c, enum audience a)
{
	const struct az_snapshot *s = c->azure.snapshot;

	ticket_field(p, "Circuit name", c->plan->name);
	if (s && s->circuit.part.read == AZ_OK) {
		text_field(p, "Service key (s-key)", &s->circuit.service_key);
		text_field(p, "Provider", &s->circuit.provider_name);
		text_field(p, "Peering location", &s->circuit.peering_location);
		number_field(p, "Bandwidth", &s->circuit.bandwidth_mbps, " Mbit/s");
		number_field(p, "S-tag", &s->circuit.stag, "");
	} else {
		ticket_field(p, "Service key (s-key)", "(Azure was not read; please fill in)");
	}
	ticket_field(p, "Peering", peering_name(c->plan->peering));
	ticket_field(p, "Hand-off", c->plan->handoff == HANDOFF_L3   ? "layer 3: the provider's edge holds the near /30 address"
	                     : c->plan->handoff == HANDOFF_L2 ? "layer 2: the customer's edge holds the near /30 address"
	                                                      : "ExpressRoute Direct");
	if (a == AUDIENCE_PROVIDER)
		return;
	id_field(p, "Circuit resource id", c->plan->resource_id);
	id_field(p, "Gateway resource id", c->plan->gateway_id);
	if (s && s->circuit.part.read == AZ_OK)
		text_field(p, "Azure region", &s->circuit.location);
}

static void azure_states(struct page *p, const struct circuit_result *c)
{
	const struct az_snapshot *s = c->azure.snapshot;
	char when[WALL_TEXT_MAX];

	if (!s || !c->azure.available) {
		ticket_field(p, "Azure's view", "could not be read");
		return;
	}
	ticket_field(p, "Azure's view as of", wall_text(c->azure.as_of, when));
	if (s->circuit.part.read == AZ_OK) {
		text_field(p, "  circuit", &s->circuit.circuit_state);
		text_field(p, "  provider", &s->circuit.provider_state);
	}
	if (s->peering.part.read != AZ_OK)
		return;
	text_field(p, "  peering", &s->peering.state);
	number_field(p, "  VLAN id", &s->peering.vlan, "");
	number_field(p, "  peer ASN", &s->peering.peer_asn, "");
	number_field(p, "  Azure ASN", &s->peering.azure_asn, "");
}

static bool inside(const struct az_text *prefix, const char *address)
{
	struct ip_prefix p;
	struct ip_addr a;

	return prefix->present && ip_prefix_parse(prefix->text, &p) && ip_addr_parse(address, &a) && ip_prefix_contains(&p, &a);
}

/* The path's ARP and BGP as Azure sees them: of the /30 and /126 alone. */
static void azure_path(struct page *p, const struct az_snapshot *s, enum link_id l)
{
	char line[4 * AZ_TEXT_MAX];

	for (size_t i = 0; s->arp[l].part.read == AZ_OK && i < s->arp[l].count && i < 4; i++) {
		const struct az_arp_row *row = &s->arp[l].rows[i];

		text_format(line, sizeof line, "%s %s %s", row->interface.text, row->ip.text, row->mac.text);
		if (row->age.present)
			text_format(line + strlen(line), sizeof line - strlen(line), ", age %" PRId64 " min", row->age.value);
		ticket_field(p, "  ARP at the MSEE", line);
	}
	if (s->arp[l].part.read == AZ_OK && s->arp[l].count == 0)
		ticket_field(p, "  ARP at the MSEE", "empty");
	for (size_t i = 0; s->bgp[l].part.read == AZ_OK && i < s->bgp[l].count; i++) {
		const struct az_bgp_row *row = &s->bgp[l].rows[i];

		/* Neighbours inside the VNet are nobody's business here. */
		if (!inside(&s->peering.prefix[l], row->neighbor.text) && !inside(&s->peering.prefix6[l], row->neighbor.text))
			continue;
		ticket_field(p, "  BGP at the MSEE", bgp_row_words(row, line, sizeof line));
	}
}

static void link_fields(struct page *p, const struct circuit_result *c, const struct link_result *l)
{
	char line[256], ce[IP_TEXT_MAX], msee[IP_TEXT_MAX];

	page_line(p);
	text_format(line, sizeof line, "%s", link_status_words(c, l));
	ticket_field(p, l->id == LINK_PRIMARY ? "Primary link" : "Secondary link", line);
	for (size_t fam = 0; fam < FAMILIES; fam++) {
		if (!ip_addr_is_set(&l->ce[fam]) && !ip_addr_is_set(&l->msee[fam]))
			continue;
		text_format(line, sizeof line, "%s (near side), %s (MSEE)", ip_addr_text(&l->ce[fam], ce),
		            ip_addr_text(&l->msee[fam], msee));
		ticket_field(p, fam == FAM6 ? "  /126 addresses" : "  /30 addresses", line);
	}
	if ((unsigned)l->id < LINKS && c->plan->links[l->id].vlan >= 0) {
		text_format(line, sizeof line, "%d", (int)c->plan->links[l->id].vlan);
		ticket_field(p, "  VLAN at our edge", line);
	}
	if ((unsigned)l->id < LINKS && c->azure.snapshot && c->azure.available)
		azure_path(p, c->azure.snapshot, l->id);
	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++) {
		const struct check_result *k = &l->checks[i];
		char median[WORDS_MAX], name[CHECK_NAME_WORDS_MAX];

		if (k->sent == 0)
			continue;
		text_format(line, sizeof line, "%s: %s, %u of %u answered%s%s%s", check_name_words(l, k, name), k->outcome, (unsigned)k->answered,
		            (unsigned)k->sent, k->rtt.known ? ", median " : "", k->rtt.known ? ms_words(k->rtt.median_ns, true, median) : "",
		            check_is_undecided(k) ? "; no target has answered full size" : ""); /* its detail has addresses */
		ticket_bullet(p, line);
	}
}

static void segments(struct page *p, const struct link_result *l, enum handoff handoff)
{
	char line[256], loss[WORDS_MAX], ms[WORDS_MAX];

	for (size_t i = 0; i < l->segment_count && i < DOMAINS; i++) {
		const struct segment_result *s = &l->segments[i];

		text_format(line, sizeof line, "%s, %s: added latency %s, %s", link_words(l->id), domain_words_of(s->domain, handoff),
		            s->latency_known ? ms_words(s->added_latency_ns, true, ms) : "not measured",
		            loss_words(&s->loss, false, loss));
		ticket_bullet(p, line);
	}
}

/* The link beside itself on healthy days. */
static void usual(struct page *p, const struct circuit_result *c)
{
	char line[256], was[WORDS_MAX], is[WORDS_MAX];

	for (size_t i = 0; i < c->baseline_count && i < LINKS * FAMILIES; i++) {
		const struct baseline_result *b = &c->baseline[i];

		if (!b->compared)
			continue;
		text_format(line, sizeof line, "%s, IPv%c, edge of ours to MSEE and back: now %s, usually %s (%u healthy runs): %s", link_words(b->link),
		            b->fam == FAM6 ? '6' : '4', ms_words(b->now_ns, true, is), ms_words(b->usual_ns, true, was), (unsigned)b->runs, b->said);
		ticket_bullet(p, line);
	}
}

/* Each answer of Azure can be found again in Microsoft's logs by this. */
static void correlations(struct page *p, const struct circuit_result *c)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = c->azure.snapshot ? az_snapshot_parts(c->azure.snapshot, parts) : 0;
	char line[256], when[WALL_TEXT_MAX];

	page_heading(p, "Requests to Azure Resource Manager (correlation ids)");
	for (size_t i = 0; i < count; i++) {
		if (parts[i]->read == AZ_NOT_ASKED)
			continue;
		text_format(line, sizeof line, "%s  %s  HTTP %d  %s", wall_text(parts[i]->at, when), parts[i]->operation,
		            (int)parts[i]->http_status, parts[i]->correlation_id[0] ? parts[i]->correlation_id : "no correlation id");
		ticket_bullet(p, line);
	}
}

/* What the finding rests on, beside the next best one. A provider is told of the links and
 * their ends alone, Microsoft besides of what lies in its networks. */
static void contest(struct page *p, const struct circuit_result *of, const struct contest *c, enum audience a)
{
	char line[SENTENCE_MAX + WORDS_MAX], next[CLAIM_WORDS_MAX], share[WORDS_MAX];
	const struct fault_text *text;
	const struct weighed *w;
	bool contra;
	size_t said = 0;

	if (!c->known)
		return;
	text = fault_text_find(c->next.fault);
	text_format(line, sizeof line, "What tells our finding from %s%s%s (%s)", claim_words(&c->next, next), text ? ": " : "",
	            text ? text->title : "", percent_words(c->next.probability, share));
	page_heading(p, line);
	for (size_t i = 0; (w = contest_at(c, i, &contra)); i++) {
		if ((a == AUDIENCE_PROVIDER && !w->of_link) || !ticket_may_say(of, a, w->statement))
			continue;
		ticket_bullet(p, weighed_words(w, contra, line, sizeof line));
		said++;
	}
	if (said == 0)
		ticket_bullet(p, c->pro_count + c->contra_count == 0 ? NOTHING_TELLS : "What was seen in other networks than yours.");
}

/* Whose name the wire's side holds is nobody's business at the provider. */
static void contradiction(struct page *p, const struct circuit_result *of, const struct contradiction *k, bool first, enum audience a)
{
	char line[SENTENCE_MAX + 2 * WORDS_MAX];

	if (first)
		page_heading(p, "Azure and the wire contradict each other");
	ticket_bullet(p, side_words(k, false, line, sizeof line));
	if ((a != AUDIENCE_PROVIDER || k->of_link) && ticket_may_say(of, a, k->wire))
		ticket_bullet(p, side_words(k, true, line, sizeof line));
	else
		ticket_bullet(p, "On the wire target traffic says otherwise.");
}

/* What is said of links alone has nothing in it that a reader may not see. */
static bool names_no_target(const struct verdict *v)
{
	return v->domain != DOMAIN_NONE && v->link < LINK_NULL;
}

static void measured(struct page *p, const struct run_result *r, const struct circuit_result *c, enum audience a,
                     const struct report_place *place)
{
	char line[256], when[PLACE_TEXT_MAX], sure[WORDS_MAX];
	const struct verdict *v = &c->faults[0];
	const struct fault_text *t = fault_text_find(v->fault);

	ticket_field(p, "Seen from", place_text(place, r->plan->started_at, when));
	ticket_field(p, "Seen until", place_text(place, r->ended_at, when));
	text_format(line, sizeof line, "%s%s%s%s, %s", status_name(v->status), v->fault[0] ? ", " : "", v->fault,
	            v->domain != DOMAIN_NONE || v->status == STATUS_HEALTHY ? "" : ", domain not determined", confidence_words(v->confidence, sure));
	ticket_field(p, "Our finding", line);
	if (names_no_target(v) || a == AUDIENCE_INTERNAL)
		ticket_field(p, "In a sentence", v->summary);
	ticket_field(p, "As a rule", t ? t->meaning : "");
	ticket_field(p, "Domain", domain_words_of(v->domain, c->plan->handoff));
	if (v->direction != DIRECTION_NONE) {
		text_format(line, sizeof line, "%s. %.200s", direction_words(v->direction), v->direction_why);
		ticket_field(p, "Direction", line);
	}
	text_format(line, sizeof line, "%u probe%s (ICMP and TCP), no customer traffic; our clock is %s", (unsigned)c->probes_sent, PLURAL_S(c->probes_sent),
	            r->plan->clock.synchronized ? "synchronized" : "not synchronized: the times may be off");
	ticket_field(p, "Measured with", line);
	page_line(p);
}

static void ticket(struct page *p, const struct run_result *r, const struct circuit_result *c, enum audience a,
                   const struct report_place *place)
{
	subject(p, c);
	measured(p, r, c, a, place);
	circuit_fields(p, c, a);
	azure_states(p, c);
	for (size_t l = 0; l < c->link_count; l++)
		link_fields(p, c, &c->links[l]);
	contest(p, c, &c->faults[0].runner_up, a);
	contest(p, c, &c->faults[0].other_domain, a);
	for (size_t i = 0; i < c->contradiction_count && i < CONTRADICTIONS_MAX; i++)
		contradiction(p, c, &c->contradictions[i], i == 0, a);
	page_heading(p, "Latency and loss by segment");
	for (size_t l = 0; l < c->link_count; l++)
		segments(p, &c->links[l], c->plan->handoff);
	usual(p, c);
	text_watched_bullets(p, c);
	if (a != AUDIENCE_PROVIDER)
		correlations(p, c);
	ticket_ask(p, c, a);
	page_heading(p, "Attached");
	page_wrap(p, TONE_PLAIN,
	          "A bundle with every packet of this measurement (probes.pcapng, opens in Wireshark; each frame says what it is), the path "
	          "over each link as mtr prints it (mtr.txt), a page with pictures (report.html), the result and its digests. `erprobe "
	          "evidence verify` checks it and computes the finding again.",
	          0);
	page_textf(p, TONE_PLAIN, "Run %s, %s", r->plan->run_id, r->plan->tool);
	page_line(p);
	if (c->faults[0].status != STATUS_HEALTHY)
		ticket_fill_in(p, a);
}

void report_ticket_one(const struct run_result *r, const struct circuit_result *c, enum audience a, const struct report_place *place, struct strbuf *out)
{
	const struct text_style style = {.width = WIDTH};
	struct page p;

	page_init(&p, &style, out);
	ticket(&p, r, c, a, place);
}

void report_ticket(const struct run_result *r, enum audience a, const struct report_place *place, struct strbuf *out)
{
	const struct text_style style = {.width = WIDTH};
	struct page p;

	page_init(&p, &style, out);
	for (size_t i = 0; i < r->circuit_count; i++) {
		if (i > 0)
			page_heading(&p, "----------------------------------------");
		ticket(&p, r, &r->circuits[i], a, place);
	}
}
