/* SPDX-License-Identifier: BSD-2-Clause */
/* The path over a link as three boxes side by side, stations hanging on a line through
 * them; one below the other where the page is narrow. It is text with a style, no
 * graphic: labels wrap and never lie on one another, and a reader without eyes has all. */
#include "analysis/render/html.h"
#include "analysis/report/report_html.h"

#include "analysis/render/words.h"
#include "analysis/report/picture.h"

#include <string.h>

/* How a station or a piece of the line looks. */
enum mood { MOOD_NONE, MOOD_GOOD, MOOD_PLAIN, MOOD_WARN, MOOD_BAD, MOOD_DOUBT };

static const char *mood_name(enum mood m)
{
	static const char *const names[] = {"none", "good", "plain", "warn", "bad", "doubt"};

	return names[m];
}

/* What hangs on the line: a station, or the domain's mark. */
struct item {
	char name[64], address[IP_TEXT_MAX];
	bool reached, mark;
};

enum { ITEMS_MAX = 5 };

struct way {
	enum domain_state state, next; /* of this domain and of the one behind it */
	struct item items[ITEMS_MAX];
	size_t count;
	bool first, last;  /* the line begins, ends in this domain */
	bool beyond;       /* the first station of the next domain was reached */
};

static const char *state_words(enum domain_state s, bool passed)
{
	switch (s) {
	case DOMAIN_OK: return passed ? "no fault seen" : "nothing seen of it"; /* well in the other family alone */
	case DOMAIN_FAULTY: return "the fault is here";
	case DOMAIN_SUSPECT: return "suspected";
	case DOMAIN_BEYOND: return "behind the fault, not to be seen";
	case DOMAIN_UNMEASURED: break;
	}
	return passed ? "packets pass, not measured" : "not measured";
}

/* A fault that still lets packets pass is marked as one that does not stop them. */
static enum mood line_mood(enum domain_state s, bool reached)
{
	if (s == DOMAIN_FAULTY)
		return reached ? MOOD_WARN : MOOD_BAD;
	if (reached && s == DOMAIN_UNMEASURED)
		return MOOD_PLAIN;
	return reached && s == DOMAIN_OK ? MOOD_GOOD : MOOD_DOUBT;
}

static const char *mark_of(enum mood m, enum domain_state s)
{
	switch (m) {
	case MOOD_GOOD: return MARK_GOOD;
	case MOOD_WARN: return MARK_WARN;
	case MOOD_BAD: return MARK_BAD;
	default: return s == DOMAIN_SUSPECT ? MARK_DOUBT : "·";
	}
}

/* -- what hangs on the line -- */

static void add_station(struct way *w, const char *name, const struct ip_addr *a, bool reached)
{
	struct item *it = &w->items[w->count++];

	*it = (struct item){.reached = reached};
	text_format(it->name, sizeof it->name, "%s", name);
	if (a && ip_addr_is_set(a))
		ip_addr_text(a, it->address);
}

/* The mark stands where a fault breaks the line, else behind the station `usual`. */
static void add_mark(struct way *w, size_t usual)
{
	size_t at = usual < w->count ? usual : w->count;

	for (size_t i = 0; w->state == DOMAIN_FAULTY && i < w->count; i++) {
		if (!w->items[i].reached) {
			at = i;
			break;
		}
	}
	memmove(&w->items[at + 1], &w->items[at], (w->count - at) * sizeof w->items[0]);
	w->items[at] = (struct item){.mark = true};
	w->count++;
}

static void corporate(struct way *w, const struct circuit_result *c, const struct link_result *l, int fam, const struct reach *r)
{
	bool here = l->id < LINKS && c->plan->links[l->id].on_edge[fam];
	struct ip_addr last;
	unsigned hops = corporate_hops_seen(l, fam, &last);
	char name[32];

	w->first = true;
	w->beyond = c->plan->handoff == HANDOFF_L3 ? r->edge : r->msee;
	add_station(w, here ? "this host, the edge" : "this host", here ? &l->ce[fam] : NULL, true);
	if (hops > 0 && !here) {
		text_format(name, sizeof name, hops == 1 ? "1 hop" : "%u hops, the last", hops);
		add_station(w, name, &last, true);
	}
	if (c->plan->handoff != HANDOFF_L3 && !here)
		add_station(w, "edge", &l->ce[fam], r->edge);
	add_mark(w, c->plan->handoff == HANDOFF_L3 || here ? w->count : w->count - 1);
}

static void wan(struct way *w, const struct circuit_result *c, const struct link_result *l, int fam, const struct reach *r)
{
	w->beyond = r->msee;
	if (c->plan->handoff == HANDOFF_L3)
		add_station(w, "provider edge", &l->ce[fam], r->edge);
	add_mark(w, w->count);
}

static void azure(struct way *w, const struct circuit_result *c, const struct link_result *l, int fam, const struct reach *r)
{
	char name[64];

	w->last = true;
	add_station(w, "MSEE", &l->msee[fam], r->msee);
	if (target_station(c, l, fam, name, sizeof name)) {
		if (c->plan->peering == PEERING_PRIVATE)
			add_station(w, "gateway", NULL, r->gateway);
		add_station(w, name, NULL, r->target);
	}
	add_mark(w, 1);
}

/* -- drawing -- */

/* Was the next station from here on reached? */
static bool reaches(const struct way *w, size_t from)
{
	while (from < w->count && w->items[from].mark)
		from++;
	if (from < w->count)
		return w->items[from].reached;
	/* Behind the last one of all the mark says what became of it. */
	return w->last ? w->items[w->count - 2].reached : w->beyond;
}

static enum mood piece(const struct way *w, size_t into)
{
	if ((w->first && into == 0) || (w->last && into == w->count))
		return MOOD_NONE;
	/* What leads out of a domain shows what became of it there. */
	return line_mood(into == w->count && w->next == DOMAIN_FAULTY ? w->next : w->state, reaches(w, into));
}

static void draw_item(struct strbuf *out, const struct way *w, size_t i)
{
	const struct item *it = &w->items[i];
	enum mood m = it->mark ? line_mood(w->state, reaches(w, i)) : it->reached ? MOOD_GOOD : w->state == DOMAIN_FAULTY ? MOOD_BAD : MOOD_DOUBT;

	strbuf_addf(out, "<li class=\"%s i-%s o-%s\"><i class=\"m-%s\">", it->mark ? "mark" : "at", mood_name(piece(w, i)),
	            mood_name(piece(w, i + 1)), mood_name(m));
	if (it->mark)
		strbuf_add(out, mark_of(m, w->state));
	strbuf_add(out, "</i>");
	if (!it->mark) {
		strbuf_add(out, "<b>");
		html_text(out, it->name);
		strbuf_addf(out, "</b>%s%s%s%s", it->address[0] ? "<span>" : "", it->address, it->address[0] ? "</span>" : "",
		            it->reached ? "" : "<em>not reached</em>");
	}
	strbuf_add(out, "</li>");
}

/* Did packets get through the mark of the domain? */
static bool passed(const struct way *w)
{
	size_t mark = 0;

	while (mark + 1 < w->count && !w->items[mark].mark)
		mark++;
	return reaches(w, mark);
}

static void draw_state(struct strbuf *out, const struct way *w, const struct segment_result *s)
{
	enum mood m = line_mood(w->state, passed(w));
	char text[WORDS_MAX];

	strbuf_addf(out, "<p class=\"state\"><b class=\"m-%s\">%s %s</b>", mood_name(m), mark_of(m, w->state),
	            state_words(w->state, passed(w)));
	if (w->state == DOMAIN_OK && !passed(w))
		s = NULL; /* its figures are of the other family */
	if (s && s->latency_known) {
		strbuf_add(out, "<span>adds ");
		html_text(out, ms_words(s->added_latency_ns, true, text));
		strbuf_add(out, "</span>");
	}
	if (s && s->loss.known) {
		strbuf_add(out, "<span>");
		html_text(out, loss_words(&s->loss, false, text));
		strbuf_add(out, "</span>");
	}
	strbuf_add(out, "</p>");
}

/* The three domains in the order of the path. */
static const struct {
	enum domain domain;
	const char *class;
	void (*fill)(struct way *w, const struct circuit_result *c, const struct link_result *l, int fam, const struct reach *r);
} columns[] = {{DOMAIN_CORPORATE, "c", corporate}, {DOMAIN_WAN, "w", wan}, {DOMAIN_AZURE, "a", azure}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *column_name(size_t column, enum handoff h)
{
	return columns[column].domain == DOMAIN_CORPORATE ? "Corporate network" : domain_words_of(columns[column].domain, h);
}

static void draw_domain(struct strbuf *out, const struct circuit_result *c, const struct link_result *l, size_t column, const struct way *w)
{
	strbuf_addf(out, "<div class=\"domain %s\"><h4>%s</h4>\n<ol class=\"way\">", columns[column].class, column_name(column, c->plan->handoff));
	for (size_t i = 0; i < w->count; i++)
		draw_item(out, w, i);
	strbuf_add(out, "</ol>\n");
	draw_state(out, w, segment_of(l, columns[column].domain));
	strbuf_add(out, "</div>\n");
}

/* The same in one sentence. */
static void caption(struct strbuf *out, const struct circuit_result *c, const struct link_result *l, const struct way ways[COLUMNS],
                    const struct reach *reach)
{
	/* Azure's way is more than the MSEE and the mark where there are targets. */
	bool any_target = ways[COLUMNS - 1].count > 2;

	strbuf_add(out, "<figcaption>");
	html_textf(out, "Path over the %s.", link_words(l->id));
	for (size_t i = 0; i < COLUMNS; i++)
		html_textf(out, " %s: %s.", column_name(i, c->plan->handoff), state_words(ways[i].state, passed(&ways[i])));
	html_textf(out, " The %s %s, the MSEE %s%s", c->plan->handoff == HANDOFF_L3 ? "provider edge" : "edge",
	           reach->edge ? "was reached" : "was not reached", reach->msee ? "was reached" : "was not reached",
	           !any_target ? "." : reach->target ? ", a target over this link was reached." : ", a target over this link was not reached.");
	strbuf_add(out, "</figcaption>");
}

static void draw_family(struct strbuf *out, const struct circuit_result *c, const struct link_result *l, int fam)
{
	struct reach reach = reach_of(c, l, fam);
	struct way ways[COLUMNS] = {0};

	for (size_t i = 0; i < COLUMNS; i++) {
		ways[i].state = domain_state_of(c, l, columns[i].domain);
		ways[i].next = i + 1 < COLUMNS ? domain_state_of(c, l, columns[i + 1].domain) : DOMAIN_OK;
		columns[i].fill(&ways[i], c, l, fam, &reach);
	}
	strbuf_add(out, "<div class=\"domains\">\n");
	for (size_t i = 0; i < COLUMNS; i++)
		draw_domain(out, c, l, i, &ways[i]);
	strbuf_add(out, "</div>\n");
	caption(out, c, l, ways, &reach);
}

void html_picture(struct strbuf *out, const struct circuit_result *c, const struct link_result *l)
{
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (!picture_shows(l, fam))
			continue;
		strbuf_add(out, "<figure>");
		if (picture_shows(l, FAM4) && picture_shows(l, FAM6))
			strbuf_add(out, fam == FAM6 ? "<p>IPv6</p>" : "<p>IPv4</p>");
		draw_family(out, c, l, fam);
		strbuf_add(out, "</figure>\n");
	}
}

/* -- round trips -- */

enum { BAR_WIDTH = 200 };

int64_t html_slowest(const struct hop_result *hops, size_t count)
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
	double x = (double)ns / (double)most * BAR_WIDTH;

	return x < 0 ? 0 : x > BAR_WIDTH ? BAR_WIDTH : (int)x;
}

void html_bar(struct strbuf *out, const struct rtt_summary *r, int64_t most)
{
	int from = scale(r->min_ns, most), to = scale(r->p95_ns, most), median = scale(r->median_ns, most);

	strbuf_addf(out, "<svg class=\"rtt\" viewBox=\"0 0 %d 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	            "<path class=\"grid\" d=\"M0 7h%d\"/>", BAR_WIDTH, BAR_WIDTH);
	if (r->known)
		strbuf_addf(out, "<rect class=\"bar\" x=\"%d\" y=\"3\" width=\"%d\" height=\"8\"/><rect class=\"median\" x=\"%d\" y=\"0\" "
		            "width=\"3\" height=\"14\"/>", from, to - from > 2 ? to - from : 2, median < BAR_WIDTH - 3 ? median : BAR_WIDTH - 3);
	strbuf_add(out, "</svg>");
}
