/* SPDX-License-Identifier: BSD-2-Clause */
/* Which targets answer, what of them, and over which link. */
#include "analysis/report/text_parts.h"

#include "analysis/render/words.h"
#include "analysis/value/utf8.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS_MAX 20
#define SERVICE_INDENT 6 /* of what does not fit behind the address */

/* As wide as the widest of the list, so that the list lines up. */
struct columns { size_t name, address; };

static bool all_answers(const struct service_result *s)
{
	return s->sent > 0 && s->answered == s->sent;
}

/* "tcp 443 answers, 4.10 ms"; what is not clean says how many. */
static void service(struct page *p, const struct service_result *s)
{
	char text[160], port[WORDS_MAX] = "ping", count[WORDS_MAX] = "", rtt[WORDS_MAX];

	if (s->port != 0)
		snprintf(port, sizeof port, "tcp %u", s->port);
	if (!all_answers(s) && s->sent > 0)
		snprintf(count, sizeof count, " (%u of %u)", (unsigned)s->answered, (unsigned)s->sent);
	text_format(text, sizeof text, " %s %s%s%s%s ", port, s->outcome, count, s->rtt.known ? ", " : "",
	            s->rtt.known ? ms_words(s->rtt.median_ns, true, rtt) : "");
	page_flow(p, all_answers(s) ? TONE_PLAIN : TONE_STRONG, text, SERVICE_INDENT);
}

static void target(struct page *p, const struct target_result *t, const struct columns *w)
{
	char address[IP_TEXT_MAX];
	enum status s = !t->tested ? STATUS_UNDETERMINED : t->reachable ? STATUS_HEALTHY : STATUS_FAULT;

	page_textf(p, status_tone(s), "  %s ", status_mark(s));
	page_cell(p, TONE_STRONG, t->name, w->name);
	page_text(p, TONE_PLAIN, "  ");
	ip_addr_text(&t->address, address);
	page_cell(p, TONE_PLAIN, address, w->address);
	page_text(p, TONE_PLAIN, " ");
	if (!t->tested)
		page_text(p, TONE_STRONG, " not tested");
	for (size_t i = 0; i < t->service_count && i < TARGET_PORTS_MAX + 1; i++)
		service(p, &t->services[i]);
	page_flow(p, TONE_DIM, over_words(t), SERVICE_INDENT + 1);
	page_line(p);
}

static struct columns columns_for(const struct circuit_result *c)
{
	struct columns w = {0, 0};
	char text[NAME_MAX_LEN * 3]; /* one unsafe byte becomes three */

	for (size_t i = 0; i < c->target_count; i++) {
		text_safe(text, sizeof text, c->targets[i].name);
		size_t name = utf8_columns(text), address = strlen(ip_addr_text(&c->targets[i].address, text));

		w.name = name > w.name ? name : w.name;
		w.address = address > w.address ? address : w.address;
	}
	if (w.name > NAME_COLUMNS_MAX)
		w.name = NAME_COLUMNS_MAX;
	return w;
}

void text_targets(struct page *p, const struct circuit_result *c)
{
	struct columns w = columns_for(c);

	if (c->target_count == 0)
		return;
	page_heading(p, "Targets");
	for (size_t i = 0; i < c->target_count; i++)
		target(p, &c->targets[i], &w);
}
