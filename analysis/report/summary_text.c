/* SPDX-License-Identifier: BSD-2-Clause */
/* The page on top of a bundle: for somebody at a provider or at Microsoft who sees it
 * for the first time and has a minute. */
#include "analysis/render/place.h"
#include "analysis/report/evidence_text.h"

#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/report/picture.h"
#include "analysis/report/text_parts.h"
#include "analysis/report/who_acts.h"
#include "analysis/report/watched_lines.h"
#include "analysis/value/plural.h"

#include <inttypes.h>

#define WIDTH 80
#define LABEL_COLUMNS 16

/* "Label         text", wrapped below the text. */
static void field(struct page *p, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	page_text(p, TONE_DIM, label);
	page_to(p, LABEL_COLUMNS);
	page_wrap(p, TONE_PLAIN, text, LABEL_COLUMNS);
}

static void bullet(struct page *p, const char *text)
{
	page_text(p, TONE_PLAIN, "  - ");
	page_wrap(p, TONE_PLAIN, text, 4);
}

static const char *value(const struct az_text *t)
{
	return t->present ? t->text : "";
}

static void about_verdict(struct page *p, const struct circuit_result *c, const struct verdict *v)
{
	char line[SENTENCE_MAX], sure[WORDS_MAX], provider[SENTENCE_MAX];
	const char *contact = v->contact == CONTACT_PROVIDER    ? who_acts_words(c, v, provider, sizeof provider)
	                      : v->contact == CONTACT_MICROSOFT ? "Microsoft"
	                      : v->contact == CONTACT_YOU       ? "the customer"
	                                                        : "";

	text_format(line, sizeof line, "%s%s%s%s%s%s%s, %s", status_shout(v->status), v->fault[0] ? "  " : "", v->fault,
	            v->domain != DOMAIN_NONE ? ", domain " : "", domain_words_of(v->domain, c->plan->handoff), v->link < LINK_NULL ? ", " : "",
	            link_words(v->link), confidence_words(v->confidence, sure));
	field(p, "Finding", line);
	field(p, "", v->summary);
	field(p, "Must act", contact);
	if (v->direction > DIRECTION_UNKNOWN) {
		text_format(line, sizeof line, "%s. %.240s", direction_words(v->direction), v->direction_why);
		field(p, "Direction", line);
	}
}

static void about_run(struct page *p, const struct run_result *r, const struct report_place *place)
{
	char line[256], when[PLACE_TEXT_MAX], error[WORDS_MAX] = "";

	field(p, "Started", place_text(place, r->plan->started_at, when));
	field(p, "Ended", place_text(place, r->ended_at, when));
	if (r->plan->clock.max_error_us >= 0)
		text_format(error, sizeof error, ", error at most %" PRId64 " us", r->plan->clock.max_error_us);
	text_format(line, sizeof line, "%s%s", r->plan->clock.synchronized ? "synchronized" : "not synchronized", error);
	field(p, "Clock", line);
	if (r->plan->clock.steps > 0) {
		step_words(&r->plan->clock, line, sizeof line);
		field(p, "", line);
	}
	field(p, "Measured from", r->plan->host);
	text_format(line, sizeof line, "%s, run %s", r->plan->tool, r->plan->run_id);
	field(p, "Made by", line);
}

static void about_circuit(struct page *p, const struct circuit_result *c)
{
	const struct az_circuit *az = c->azure.snapshot ? &c->azure.snapshot->circuit : NULL;
	char line[2 * AZ_TEXT_MAX];

	field(p, "Circuit", c->plan->name);
	field(p, "Resource id", c->plan->resource_id);
	if (az && az->part.read == AZ_OK) {
		field(p, "Service key", value(&az->service_key));
		text_format(line, sizeof line, "%s%s%s", value(&az->provider_name), az->peering_location.present ? ", " : "",
		            value(&az->peering_location));
		field(p, "Provider", line);
		if (az->bandwidth_mbps.present) {
			text_format(line, sizeof line, "%" PRId64 " Mbit/s", az->bandwidth_mbps.value);
			field(p, "Bandwidth", line);
		}
	}
	text_format(line, sizeof line, "%s, hand-off %s", peering_name(c->plan->peering), handoff_name(c->plan->handoff));
	field(p, "Peering", line);
}

static void about_link(struct page *p, const struct circuit_result *c, const struct link_result *l)
{
	char line[512], ce[IP_TEXT_MAX], msee[IP_TEXT_MAX];
	struct strbuf text;

	strbuf_init(&text, sizeof line);
	for (size_t fam = 0; fam < FAMILIES; fam++) {
		if (ip_addr_is_set(&l->ce[fam]) || ip_addr_is_set(&l->msee[fam]))
			strbuf_addf(&text, "%snear side %s, MSEE %s", text.len > 0 ? "; " : "", ip_addr_text(&l->ce[fam], ce),
			            ip_addr_text(&l->msee[fam], msee));
	}
	if ((unsigned)l->id < LINKS && c->plan->links[l->id].vlan >= 0)
		strbuf_addf(&text, "; VLAN %d", (int)c->plan->links[l->id].vlan);
	text_format(line, sizeof line, "%s: %s", link_status_words(c, l), text.text ? text.text : "no address known");
	field(p, link_words(l->id), line);
	strbuf_free(&text);
}

/* What was tried on a link, with what came of it. */
static void tested_link(struct page *p, const struct link_result *l)
{
	char line[SENTENCE_MAX + 160];

	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++) {
		const struct check_result *k = &l->checks[i];

		if (k->sent == 0)
			continue;
		bool undecided = check_is_undecided(k) && k->detail[0] != '\0';
		text_format(line, sizeof line, "%s, %s%s: %s, %u of %u answered%s%s", link_words(l->id), k->name,
		            k->family == IP_V6 ? " (IPv6)" : k->family == IP_V4 ? " (IPv4)" : "", k->outcome,
		            (unsigned)k->answered, (unsigned)k->sent, undecided ? "; " : "", undecided ? k->detail : "");
		bullet(p, line);
	}
}

static void tested_target(struct page *p, const struct target_result *t)
{
	char line[NAME_MAX_LEN + 200], address[IP_TEXT_MAX], loss[WORDS_MAX];

	if (!t->tested)
		return;
	text_format(line, sizeof line, "%s %s (%s): %s, %s", t->control ? "control" : "target", t->name,
	            ip_addr_text(&t->address, address), t->reachable ? "all its services answer" : "not all of it answers",
	            loss_words(&t->loss, false, loss));
	bullet(p, line);
}

static void tested(struct page *p, const struct circuit_result *c)
{
	char line[128];

	page_heading(p, "What was tested");
	text_format(line, sizeof line, "%u probe%s sent for this circuit.", (unsigned)c->probes_sent, PLURAL(c->probes_sent, " was", "s were"));
	bullet(p, line);
	for (size_t l = 0; l < c->link_count; l++)
		tested_link(p, &c->links[l]);
	for (size_t i = 0; i < c->target_count; i++)
		tested_target(p, &c->targets[i]);
}

/* What leads against what comes next. */
static void contest(struct page *p, const struct contest *c)
{
	char line[SENTENCE_MAX + WORDS_MAX], next[CLAIM_WORDS_MAX], share[WORDS_MAX];
	const struct weighed *w;
	bool contra;

	if (!c->known)
		return;
	text_format(line, sizeof line, "Weighed against %s (%s)", claim_words(&c->next, next), percent_words(c->next.probability, share));
	page_heading(p, line);
	for (size_t i = 0; (w = contest_at(c, i, &contra)); i++)
		bullet(p, weighed_words(w, contra, line, sizeof line));
	if (c->pro_count + c->contra_count == 0)
		bullet(p, NOTHING_TELLS);
}

/* Where Azure and the wire contradict each other, and what would decide. */
static void about_doubts(struct page *p, const struct circuit_result *c, const struct verdict *v)
{
	char line[SENTENCE_MAX + 2 * WORDS_MAX];

	if (c->contradiction_count > 0)
		page_heading(p, "Azure and the wire contradict each other");
	for (size_t i = 0; i < c->contradiction_count && i < CONTRADICTIONS_MAX; i++) {
		bullet(p, side_words(&c->contradictions[i], false, line, sizeof line));
		bullet(p, side_words(&c->contradictions[i], true, line, sizeof line));
	}
	if (v->decider_count > 0)
		page_heading(p, "What would decide it");
	for (size_t i = 0; i < v->decider_count && i < DECIDERS_MAX; i++)
		bullet(p, v->decided_by[i]);
}

static void seen(struct page *p, const struct circuit_result *c)
{
	const struct verdict *v = &c->faults[0];

	page_heading(p, "What was seen");
	if (v->for_count == 0)
		bullet(p, "Nothing that points to a fault.");
	for (size_t i = 0; i < v->for_count && i < EVIDENCE_MAX; i++)
		bullet(p, v->evidence_for[i]);
	for (size_t f = 1; f < c->fault_count && f < FAULTS_MAX; f++)
		bullet(p, c->faults[f].summary);
	if (v->against_count > 0)
		page_heading(p, "What speaks against the finding");
	for (size_t i = 0; i < v->against_count && i < EVIDENCE_MAX; i++)
		bullet(p, v->evidence_against[i]);
	contest(p, &v->runner_up);
	contest(p, &v->other_domain);
	about_doubts(p, c, v);
}

/* Links, families and targets that no probe went to. */
static void untested(struct page *p, const struct circuit_result *c)
{
	char line[NAME_MAX_LEN + 160];
	bool control = false;

	for (size_t l = 0; l < c->link_count; l++) {
		for (size_t fam = 0; fam < FAMILIES; fam++) {
			if (c->links[l].hop_count[fam] > 0)
				continue;
			text_format(line, sizeof line, "%s: no IPv%c path was measured.", link_words(c->links[l].id),
			            fam == FAM6 ? '6' : '4');
			bullet(p, line);
		}
	}
	for (size_t i = 0; i < c->target_count; i++) {
		control = control || (c->targets[i].control && c->targets[i].tested);
		if (c->targets[i].tested)
			continue;
		text_format(line, sizeof line, "%s was not tested.", c->targets[i].name);
		bullet(p, line);
	}
	if (!control)
		bullet(p, "No corporate control target was tested beside the circuit.");
}

static void unseen_azure(struct page *p, const struct circuit_result *c)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = c->azure.snapshot ? az_snapshot_parts(c->azure.snapshot, parts) : 0;
	char line[AZ_ERROR_MAX + 128];

	if (!c->azure.available) {
		text_format(line, sizeof line, "Azure was not read: %s", c->azure.why_not[0] ? c->azure.why_not : "it was not asked");
		bullet(p, line);
		return;
	}
	if (c->azure.not_again[0] != '\0') {
		text_format(line, sizeof line, "Something died after Azure was read, and asked once more it did not tell all: %s", c->azure.not_again);
		bullet(p, line);
	}
	for (size_t i = 0; i < count; i++) {
		if (parts[i]->read != AZ_FAILED)
			continue;
		text_format(line, sizeof line, "Azure's %s could not be read: %s", parts[i]->operation, parts[i]->error);
		bullet(p, line);
	}
}

static void unseen(struct page *p, const struct run_result *r, const struct circuit_result *c)
{
	char line[256];

	page_heading(p, "What was not seen or not tested");
	unseen_azure(p, c);
	untested(p, c);
	if (r->capture_dropped > 0) {
		text_format(line, sizeof line, "The capture lost %" PRIu64 " frame%s; what %s held is not known.", r->capture_dropped,
		            PLURAL_S(r->capture_dropped), PLURAL(r->capture_dropped, "it", "they"));
		bullet(p, line);
	}
	if (r->probes_not_sent > 0) {
		text_format(line, sizeof line, "%u probe%s could not leave the measuring host.", (unsigned)r->probes_not_sent, PLURAL_S(r->probes_not_sent));
		bullet(p, line);
	}
	if (!watched_listened(c))
		bullet(p, "The peerings' own BGP, BFD and ARP frames: nobody listened to them (check --bgp-watch does).");
	bool proven = c->faults[0].direction > DIRECTION_UNKNOWN;
	text_format(line, sizeof line, "%sOnly %s were captured, no payload of anybody.",
	            proven ? "" : "The direction of a loss: round trips do not tell it. ", captured_words(r));
	bullet(p, line);
}

static void circuit(struct page *p, const struct run_result *r, const struct circuit_result *c,
                    const struct report_place *place)
{
	about_verdict(p, c, &c->faults[0]);
	page_line(p);
	about_circuit(p, c);
	for (size_t l = 0; l < c->link_count; l++)
		about_link(p, c, &c->links[l]);
	page_line(p);
	about_run(p, r, place);
	tested(p, c);
	seen(p, c);
	text_watched_bullets(p, c);
	unseen(p, r, c);
}

void report_summary_text(const struct run_result *r, const struct report_place *place, struct strbuf *out)
{
	const struct text_style style = {.width = WIDTH};
	struct page p;

	page_init(&p, &style, out);
	page_text(&p, TONE_STRONG, "ExpressRoute measurement: summary");
	page_line(&p);
	page_line(&p);
	for (size_t i = 0; i < r->circuit_count; i++) {
		if (i > 0)
			page_heading(&p, "----------------------------------------");
		circuit(&p, r, &r->circuits[i], place);
	}
	page_heading(&p, "How to check this");
	page_wrap(&p, TONE_PLAIN,
	          "Every packet behind these statements is in probes.pcapng (Wireshark opens it; each frame has a "
	          "comment). `sha256sum -c manifest-sha256.txt` checks the files, `erprobe evidence verify` all of it, "
	          "and `erprobe replay` computes the finding again from the packets.",
	          0);
}
