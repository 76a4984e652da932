/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/render/html.h"
#include "analysis/report/report_html.h"

#include "analysis/render/words.h"
#include "analysis/report/watched_lines.h"

#include <string.h>

static void cell(struct strbuf *out, const char *text, bool number)
{
	strbuf_add(out, number ? "<td class=\"n\">" : "<td>");
	html_text(out, text);
	strbuf_add(out, "</td>");
}

/* A short word that does not break over lines. */
static void word_cell(struct strbuf *out, const char *text)
{
	strbuf_add(out, "<td class=\"k\">");
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

static void loss_cell(struct strbuf *out, const struct ratio_bound *r)
{
	char text[WORDS_MAX];

	cell(out, r->known ? loss_figures(r, false, text) : "–", true);
}

static void hop_address(struct strbuf *out, const struct circuit_result *c, const struct hop_result *h)
{
	char text[IP_TEXT_MAX], words[256];

	strbuf_addf(out, "<td class=\"addr\">%s", h->address_count > 0 ? ip_addr_text(&h->addresses[0], text) : "silent");
	hop_words(c, h, words, sizeof words);
	if (words[0] != '\0') {
		strbuf_add(out, "<small>");
		html_text(out, words);
		strbuf_add(out, "</small>");
	}
	for (size_t i = 1; i < h->address_count && i < HOP_ADDRESSES_MAX; i++)
		strbuf_addf(out, "<small>%s, %s</small>", ip_addr_text(&h->addresses[i], text), other_address_words(h));
	strbuf_add(out, "</td>");
}

static void hop_row(struct strbuf *out, const struct circuit_result *c, const struct hop_result *h, int64_t most)
{
	strbuf_add(out, "<tr>");
	number_cell(out, h->ttl);
	hop_address(out, c, h);
	word_cell(out, domain_words(h->domain));
	strbuf_addf(out, "<td class=\"n\">%lu of %lu</td>", (unsigned long)h->answered, (unsigned long)h->sent);
	loss_cell(out, &h->path_loss);
	ms_cell(out, &h->rtt, h->rtt.min_ns);
	ms_cell(out, &h->rtt, h->rtt.median_ns);
	ms_cell(out, &h->rtt, h->rtt.p95_ns);
	ms_cell(out, &h->rtt, h->rtt.max_ns);
	strbuf_add(out, "<td class=\"bars\">");
	html_bar(out, &h->rtt, most);
	strbuf_add(out, "</td></tr>\n");
}

static void hops(struct strbuf *out, const struct circuit_result *c, const struct link_result *l, size_t fam)
{
	int64_t most = html_slowest(l->hops[fam], l->hop_count[fam]);
	char ms[WORDS_MAX];

	if (l->hop_count[fam] == 0)
		return;
	strbuf_add(out, "<h3>Hops: ");
	html_textf(out, "%s, IPv%c", link_words(l->id), fam == FAM6 ? '6' : '4');
	strbuf_add(out, "</h3>\n<div class=\"scroll\"><table><thead><tr><th class=\"n\">TTL</th><th>address</th><th>domain</th>"
	                "<th class=\"n\">answered</th><th class=\"n\">path loss</th><th class=\"n\">min ms</th>"
	                "<th class=\"n\">median</th><th class=\"n\">95 %</th><th class=\"n\">max</th><th class=\"bars\">");
	html_textf(out, "round trip, 0 to %s", ms_words(most, true, ms));
	strbuf_add(out, "</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		hop_row(out, c, &l->hops[fam][i], most);
	strbuf_add(out, "</tbody></table></div>\n");
}

static void check_row(struct strbuf *out, const struct check_result *k, const char *link)
{
	char ms[WORDS_MAX];

	strbuf_add(out, "<tr>");
	word_cell(out, link);
	word_cell(out, k->name);
	cell(out, k->family == IP_V4 ? "IPv4" : k->family == IP_V6 ? "IPv6" : "both", false);
	word_cell(out, k->outcome);
	strbuf_addf(out, "<td class=\"n\">%lu of %lu</td>", (unsigned long)k->answered, (unsigned long)k->sent);
	cell(out, k->rtt.known ? ms_words(k->rtt.median_ns, true, ms) : "–", true);
	cell(out, k->detail, false);
	strbuf_add(out, "</tr>\n");
}

void html_checks(struct strbuf *out, const struct circuit_result *c)
{
	size_t all = 0;

	for (size_t l = 0; l < c->link_count && l < LINKS; l++)
		all += c->links[l].check_count;
	if (all == 0)
		return;
	strbuf_add(out, "<h3>What was tried</h3>\n<div class=\"scroll\"><table><thead><tr><th>link</th><th>check</th><th>family</th><th>outcome</th>"
	                "<th class=\"n\">answered</th><th class=\"n\">median</th><th>what that says</th></tr></thead><tbody>\n");
	for (size_t l = 0; l < c->link_count && l < LINKS; l++)
		for (size_t i = 0; i < c->links[l].check_count && i < CHECKS_MAX; i++)
			check_row(out, &c->links[l].checks[i], i == 0 ? link_name(c->links[l].id) : "");
	strbuf_add(out, "</tbody></table></div>\n");
}

struct watched_rows { struct strbuf *out; const char *link; };

static void watched_row(void *arg, bool strong, const char *text)
{
	struct watched_rows *rows = arg;

	strbuf_add(rows->out, "<tr>");
	word_cell(rows->out, rows->link);
	rows->link = "";
	strbuf_add(rows->out, strong ? "<td><strong>" : "<td>");
	html_text(rows->out, text);
	strbuf_add(rows->out, strong ? "</strong></td></tr>\n" : "</td></tr>\n");
}

void html_watched(struct strbuf *out, const struct circuit_result *c)
{
	if (!watched_listened(c))
		return;
	strbuf_add(out, "<h3>" WATCHED_HEADING "</h3>\n<table><thead><tr><th>link</th><th>what passed of BGP, BFD and ARP</th></tr></thead><tbody>\n");
	for (size_t l = 0; l < c->link_count && l < LINKS; l++) {
		struct watched_rows rows = {out, link_name(c->links[l].id)};

		watched_lines(c, &c->links[l], watched_row, &rows);
	}
	strbuf_add(out, "</tbody></table>\n");
}

void html_segments(struct strbuf *out, const struct circuit_result *c)
{
	char text[IP_TEXT_MAX], ms[WORDS_MAX];

	strbuf_add(out, "<h3>Segments</h3>\n<div class=\"scroll\"><table><thead><tr><th>link</th><th>segment</th><th>from</th><th>to</th>"
	                "<th class=\"n\">added latency</th><th class=\"n\">loss</th></tr></thead><tbody>\n");
	for (size_t l = 0; l < c->link_count && l < LINKS; l++) {
		for (size_t i = 0; i < c->links[l].segment_count && i < DOMAINS; i++) {
			const struct segment_result *s = &c->links[l].segments[i];

			strbuf_add(out, "<tr>");
			word_cell(out, i == 0 ? link_name(c->links[l].id) : "");
			word_cell(out, domain_words_of(s->domain, c->plan->handoff));
			cell(out, ip_addr_is_set(&s->from) ? ip_addr_text(&s->from, text) : "–", false);
			cell(out, ip_addr_is_set(&s->to) ? ip_addr_text(&s->to, text) : "–", false);
			cell(out, s->latency_known ? ms_words(s->added_latency_ns, true, ms) : "–", true);
			loss_cell(out, &s->loss);
			strbuf_add(out, "</tr>\n");
		}
	}
	strbuf_add(out, "</tbody></table></div>\n");
}

void html_hops(struct strbuf *out, const struct circuit_result *c)
{
	for (size_t l = 0; l < c->link_count && l < LINKS; l++)
		for (size_t fam = 0; fam < FAMILIES; fam++)
			hops(out, c, &c->links[l], fam);
	strbuf_add(out, "<p class=\"note\">Answered counts raw answers, which many routers limit. Path loss is what the path up to a hop loses, with "
	                "its 95 % interval, since later hops answered. The bars run from min to 95 %, with a mark at the median.</p>\n");
}
