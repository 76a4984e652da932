/* SPDX-License-Identifier: BSD-2-Clause */
/* Pictures as inline SVG. Coordinates are whole numbers, so that the page is the same
 * bytes everywhere. */
#include "analysis/report/report_html.h"

#include "analysis/report/picture.h"
#include "analysis/report/words.h"

#include <string.h>

enum { WIDTH = 1000, BAND_TOP = 20, BAND_HEIGHT = 120, BORDER_CW = 400, BORDER_WA = 600, MIDDLE = 84 };

enum mood { MOOD_GOOD, MOOD_BAD, MOOD_DOUBT };

static const char *mood_class(enum mood m)
{
	return m == MOOD_GOOD ? "" : m == MOOD_BAD ? " bad" : " doubt";
}

static void band(struct strbuf *out, int from, int to, const char *class, const char *name)
{
	strbuf_addf(out, "<rect class=\"band %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", class, from, BAND_TOP,
	            to - from, BAND_HEIGHT);
	strbuf_addf(out, "<text x=\"%d\" y=\"%d\">%s</text>", from + 8, BAND_TOP + 17, name);
}

static void line(struct strbuf *out, int from, int to, enum mood m)
{
	strbuf_addf(out, "<line class=\"line%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", mood_class(m), from, MIDDLE, to,
	            MIDDLE);
}

static void node(struct strbuf *out, int x, enum mood m, const char *name, const char *address)
{
	strbuf_addf(out, "<circle class=\"node%s\" cx=\"%d\" cy=\"%d\" r=\"9\"/>", mood_class(m), x, MIDDLE);
	if (m == MOOD_BAD)
		strbuf_addf(out, "<path class=\"cross\" d=\"M%d %dl10 10m0 -10l-10 10\"/>", x - 5, MIDDLE - 5);
	strbuf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", x, MIDDLE - 18);
	html_text(out, name);
	strbuf_addf(out, "</text><text class=\"small\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">", x, MIDDLE + 28);
	html_text(out, address);
	strbuf_add(out, "</text>");
}

static const char *state_words(enum domain_state s)
{
	switch (s) {
	case DOMAIN_OK: return "no fault seen";
	case DOMAIN_FAULTY: return "the fault is here";
	case DOMAIN_SUSPECT: return "suspected";
	case DOMAIN_BEYOND: return "behind the fault, not to be seen";
	case DOMAIN_UNMEASURED: break;
	}
	return "not measured";
}

static enum mood mood_of(bool reached, enum domain_state s)
{
	if (reached)
		return MOOD_GOOD;
	return s == DOMAIN_FAULTY || s == DOMAIN_OK ? MOOD_BAD : MOOD_DOUBT;
}

/* The same in words, for those who do not see the picture. */
static void describe(struct strbuf *out, const struct circuit_result *c, const struct link_result *l,
                     const struct reach *reach)
{
	html_textf(out, "Path over the %s. Corporate network: %s. WAN (provider): %s. Azure: %s. The edge %s, the MSEE %s, a "
	           "target over this link %s.",
	           link_words(l->id), state_words(domain_state_of(c, l, DOMAIN_CORPORATE)),
	           state_words(domain_state_of(c, l, DOMAIN_WAN)), state_words(domain_state_of(c, l, DOMAIN_AZURE)),
	           reach->edge ? "was reached" : "was not reached", reach->msee ? "was reached" : "was not reached",
	           reach->target ? "was reached" : "was not reached");
}

static int family_of(const struct link_result *l)
{
	return l->hop_count[FAM4] > 0 || !ip_addr_is_set(&l->msee[FAM6]) ? FAM4 : FAM6;
}

static void nodes(struct strbuf *out, const struct circuit_result *c, const struct link_result *l, int fam,
                  const struct reach *reach)
{
	enum domain_state corporate = domain_state_of(c, l, DOMAIN_CORPORATE), wan = domain_state_of(c, l, DOMAIN_WAN),
	                  azure = domain_state_of(c, l, DOMAIN_AZURE);
	enum mood edge = mood_of(reach->edge, corporate), msee = mood_of(reach->msee, wan),
	          target = mood_of(reach->target, azure);
	int edge_at = c->plan->handoff == HANDOFF_L3 ? BORDER_CW + 30 : BORDER_CW - 60;
	char text[IP_TEXT_MAX];

	line(out, 70, edge_at, edge);
	line(out, edge_at, BORDER_WA + 70, msee);
	line(out, BORDER_WA + 70, WIDTH - 70, target);
	node(out, 70, MOOD_GOOD, "this host", "");
	node(out, edge_at, edge, c->plan->handoff == HANDOFF_L3 ? "provider edge" : "edge", ip_addr_text(&l->ce[fam], text));
	node(out, BORDER_WA + 70, msee, "MSEE", ip_addr_text(&l->msee[fam], text));
	node(out, WIDTH - 70, target, "target", "");
}

static void states(struct strbuf *out, const struct circuit_result *c, const struct link_result *l)
{
	static const struct { enum domain domain; int at; } columns[] = {
		{DOMAIN_CORPORATE, 8}, {DOMAIN_WAN, BORDER_CW + 8}, {DOMAIN_AZURE, BORDER_WA + 8}};

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		const struct segment_result *s = segment_of(l, columns[i].domain);
		char ms[WORDS_MAX];

		strbuf_addf(out, "<text class=\"small\" x=\"%d\" y=\"%d\">", columns[i].at, BAND_TOP + BAND_HEIGHT - 6);
		html_textf(out, "%s%s%s", state_words(domain_state_of(c, l, columns[i].domain)), s && s->latency_known ? "; adds " : "",
		           s && s->latency_known ? ms_words(s->added_latency_ns, true, ms) : "");
		strbuf_add(out, "</text>");
	}
}

void html_picture(struct strbuf *out, const struct circuit_result *c, const struct link_result *l)
{
	int fam = family_of(l);
	struct reach reach = reach_of(c, l, fam);

	strbuf_addf(out, "<svg role=\"img\" viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\"><title>", WIDTH,
	            BAND_TOP + BAND_HEIGHT + 10);
	describe(out, c, l, &reach);
	strbuf_add(out, "</title>");
	band(out, 0, BORDER_CW, "c", "Corporate network");
	band(out, BORDER_CW, BORDER_WA, "w", "WAN (provider)");
	band(out, BORDER_WA, WIDTH, "a", "Azure");
	nodes(out, c, l, fam, &reach);
	states(out, c, l);
	strbuf_add(out, "</svg>\n<p>");
	describe(out, c, l, &reach);
	strbuf_add(out, "</p>\n");
}

/* -- round trips -- */

enum { ROW = 22, LEFT = 300, RIGHT = 900 };

static int64_t slowest(const struct hop_result *hops, size_t count)
{
	int64_t most = 1;

	for (size_t i = 0; i < count; i++) {
		if (hops[i].rtt.known && hops[i].rtt.p95_ns > most)
			most = hops[i].rtt.p95_ns;
	}
	return most;
}

static int scale(int64_t ns, int64_t most)
{
	double x = (double)ns / (double)most * (RIGHT - LEFT);

	return LEFT + (int)(x < 0 ? 0 : x);
}

static void timing_row(struct strbuf *out, const struct hop_result *h, int y, int64_t most)
{
	char address[IP_TEXT_MAX], text[WORDS_MAX];

	strbuf_addf(out, "<text x=\"0\" y=\"%d\">", y + 14);
	html_textf(out, "%u  %s", (unsigned)h->ttl, h->address_count > 0 ? ip_addr_text(&h->addresses[0], address) : "silent");
	strbuf_addf(out, "</text><line class=\"grid\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", LEFT, y + 10, RIGHT, y + 10);
	if (!h->rtt.known)
		return;
	int from = scale(h->rtt.min_ns, most), to = scale(h->rtt.p95_ns, most), median = scale(h->rtt.median_ns, most);
	strbuf_addf(out, "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"10\"/>", from, y + 5,
	            to - from > 2 ? to - from : 2);
	strbuf_addf(out, "<rect class=\"mark\" x=\"%d\" y=\"%d\" width=\"3\" height=\"16\"/>", median, y + 2);
	strbuf_addf(out, "<text x=\"%d\" y=\"%d\">", RIGHT + 10, y + 14);
	html_text(out, ms_words(h->rtt.median_ns, true, text));
	strbuf_add(out, "</text>");
}

void html_timing(struct strbuf *out, const struct hop_result *hops, size_t count, const char *name)
{
	int64_t most = slowest(hops, count);
	int y = 0;

	strbuf_addf(out, "<svg role=\"img\" viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\"><title>", WIDTH,
	            (int)count * ROW + 4);
	html_textf(out, "Round trips by hop, %s: bars from the least to 95 %%, marks at the median; the table has the figures.",
	           name);
	strbuf_add(out, "</title>");
	for (size_t i = 0; i < count; i++, y += ROW)
		timing_row(out, &hops[i], y, most);
	strbuf_add(out, "</svg>\n");
}
