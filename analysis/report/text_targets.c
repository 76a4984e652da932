/* SPDX-License-Identifier: BSD-2-Clause */
/* Which targets answer, what of them, and over which link. */
#include "analysis/report/text_parts.h"

#include "analysis/report/words.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS 18
#define ADDRESS_COLUMNS 17

static bool all_answers(const struct service_result *s)
{
	return s->sent > 0 && s->answered == s->sent;
}

/* "tcp 443 answers 98 of 100, 4.10 ms" */
static void service(struct page *p, const struct service_result *s, bool first)
{
	char what[80], rtt[WORDS_MAX] = "";

	if (s->port == 0)
		snprintf(what, sizeof what, "ping ");
	else
		snprintf(what, sizeof what, "tcp %u ", s->port);
	page_text(p, TONE_PLAIN, first ? "" : "; ");
	page_text(p, TONE_PLAIN, what);
	page_text(p, all_answers(s) ? TONE_PLAIN : TONE_STRONG, s->outcome);
	if (!all_answers(s) && s->sent > 0)
		page_textf(p, TONE_PLAIN, " (%u of %u)", (unsigned)s->answered, (unsigned)s->sent);
	if (s->rtt.known)
		page_textf(p, TONE_DIM, " %s", ms_words(s->rtt.median_ns, true, rtt));
}

static const char *over_words(const struct target_result *t)
{
	if (t->control)
		return "not over the circuit";
	if (t->over[LINK_PRIMARY] && t->over[LINK_SECONDARY])
		return "over both links";
	if (t->over[LINK_PRIMARY])
		return "over the primary link";
	if (t->over[LINK_SECONDARY])
		return "over the secondary link";
	return t->reachable ? "link not seen" : "";
}

static void target(struct page *p, const struct target_result *t)
{
	char address[IP_TEXT_MAX];
	enum status s = !t->tested ? STATUS_UNDETERMINED : t->reachable ? STATUS_HEALTHY : STATUS_FAULT;

	page_textf(p, status_tone(s), "  %s ", status_mark(s));
	page_cell(p, TONE_STRONG, t->name, NAME_COLUMNS);
	page_text(p, TONE_PLAIN, " ");
	page_cell(p, TONE_PLAIN, ip_addr_text(&t->address, address), t->address.family == IP_V6 ? strlen(address) : ADDRESS_COLUMNS);
	page_text(p, TONE_PLAIN, " ");
	if (!t->tested)
		page_text(p, TONE_STRONG, "not tested");
	for (size_t i = 0; i < t->service_count && i < TARGET_PORTS_MAX + 1; i++)
		service(p, &t->services[i], i == 0);
	const char *over = over_words(t);
	if (over[0] != '\0')
		page_textf(p, TONE_DIM, "  %s", over);
	page_line(p);
}

void text_targets(struct page *p, const struct circuit_result *c)
{
	if (c->target_count == 0)
		return;
	page_heading(p, "Targets");
	for (size_t i = 0; i < c->target_count; i++)
		target(p, &c->targets[i]);
}
