/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/report_html.h"

#include "analysis/report/words.h"

#include <string.h>

static void cell(struct strbuf *out, const char *text, bool number)
{
	strbuf_add(out, number ? "<td class=\"n\">" : "<td>");
	html_text(out, text);
	strbuf_add(out, "</td>");
}

static void number_cell(struct strbuf *out, uint32_t n)
{
	strbuf_addf(out, "<td class=\"n\">%lu</td>", (unsigned long)n);
}

static void ms_cell(struct strbuf *out, const struct rtt_summary *r, int64_t ns)
{
	char text[WORDS_MAX];

	cell(out, r->known ? ms_words(ns, false, text) : "–", true);
}

/* "4.2 % (1.0 % – 7.0 %)" with its interval always beside it. */
static void loss_cell(struct strbuf *out, const struct ratio_bound *r)
{
	char ratio[WORDS_MAX], low[WORDS_MAX], high[WORDS_MAX];

	strbuf_add(out, "<td class=\"n\">");
	if (r->known)
		html_textf(out, "%s (%s – %s)", percent_words(r->ratio, ratio), percent_words(r->low, low), bound_words(r->high, high));
	else
		strbuf_add(out, "–");
	strbuf_add(out, "</td>");
}

static void hop_row(struct strbuf *out, const struct hop_result *h)
{
	char text[IP_TEXT_MAX];
	const char *domain = domain_words(h->domain);

	strbuf_add(out, "<tr>");
	number_cell(out, h->ttl);
	strbuf_add(out, "<td>");
	for (uint8_t i = 0; i < h->address_count && i < HOP_ADDRESSES_MAX; i++)
		html_textf(out, "%s%s", i > 0 ? ", " : "", ip_addr_text(&h->addresses[i], text));
	html_textf(out, "%s%s%s", h->address_count > 0 ? "" : "silent", h->role[0] ? " – " : "", h->role);
	for (uint8_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX; i++)
		html_textf(out, " MPLS %lu", (unsigned long)h->mpls[i].label);
	strbuf_add(out, "</td>");
	cell(out, domain, false);
	number_cell(out, h->sent);
	number_cell(out, h->answered);
	loss_cell(out, &h->path_loss);
	ms_cell(out, &h->rtt, h->rtt.min_ns);
	ms_cell(out, &h->rtt, h->rtt.median_ns);
	ms_cell(out, &h->rtt, h->rtt.p95_ns);
	ms_cell(out, &h->rtt, h->rtt.max_ns);
	cell(out, h->note, false);
	strbuf_add(out, "</tr>\n");
}

static void hops(struct strbuf *out, const struct link_result *l, size_t fam)
{
	char name[64];

	if (l->hop_count[fam] == 0)
		return;
	text_format(name, sizeof name, "%s, IPv%c", link_words(l->id), fam == FAM6 ? '6' : '4');
	strbuf_add(out, "<h3>Hops: ");
	html_text(out, name);
	strbuf_add(out, "</h3>\n");
	html_timing(out, l->hops[fam], l->hop_count[fam], name);
	strbuf_add(out, "<table><thead><tr><th class=\"n\">TTL</th><th>address</th><th>domain</th><th class=\"n\">sent</th>"
	                "<th class=\"n\">answered</th><th class=\"n\">path loss (95 %)</th><th class=\"n\">min ms</th>"
	                "<th class=\"n\">median</th><th class=\"n\">95 %</th><th class=\"n\">max</th><th></th></tr></thead><tbody>\n");
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		hop_row(out, &l->hops[fam][i]);
	strbuf_add(out, "</tbody></table>\n");
}

static void checks(struct strbuf *out, const struct link_result *l)
{
	if (l->check_count == 0)
		return;
	strbuf_add(out, "<h3>What was tried: ");
	html_text(out, link_words(l->id));
	strbuf_add(out, "</h3>\n<table><thead><tr><th>check</th><th>family</th><th>outcome</th><th class=\"n\">sent</th>"
	                "<th class=\"n\">answered</th><th></th></tr></thead><tbody>\n");
	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++) {
		const struct check_result *k = &l->checks[i];

		strbuf_add(out, "<tr>");
		cell(out, k->name, false);
		cell(out, k->family == IP_V4 ? "IPv4" : k->family == IP_V6 ? "IPv6" : "both", false);
		cell(out, k->outcome, false);
		number_cell(out, k->sent);
		number_cell(out, k->answered);
		cell(out, k->detail, false);
		strbuf_add(out, "</tr>\n");
	}
	strbuf_add(out, "</tbody></table>\n");
}

static void segments(struct strbuf *out, const struct link_result *l)
{
	char text[IP_TEXT_MAX], ms[WORDS_MAX];

	strbuf_add(out, "<h3>Segments: ");
	html_text(out, link_words(l->id));
	strbuf_add(out, "</h3>\n<table><thead><tr><th>segment</th><th>from</th><th>to</th><th class=\"n\">added latency</th>"
	                "<th class=\"n\">loss</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < l->segment_count && i < DOMAINS; i++) {
		const struct segment_result *s = &l->segments[i];

		strbuf_add(out, "<tr>");
		cell(out, domain_words(s->domain), false);
		cell(out, ip_addr_is_set(&s->from) ? ip_addr_text(&s->from, text) : "–", false);
		cell(out, ip_addr_is_set(&s->to) ? ip_addr_text(&s->to, text) : "–", false);
		cell(out, s->latency_known ? ms_words(s->added_latency_ns, true, ms) : "–", true);
		loss_cell(out, &s->loss);
		strbuf_add(out, "</tr>\n");
	}
	strbuf_add(out, "</tbody></table>\n");
}

void html_link_tables(struct strbuf *out, const struct circuit_result *c, const struct link_result *l)
{
	(void)c;
	if (l->segment_count > 0)
		segments(out, l);
	hops(out, l, FAM4);
	hops(out, l, FAM6);
	checks(out, l);
}
