/* SPDX-License-Identifier: BSD-2-Clause */
/* The page's frame: what stands above all, the circuits, what happened. */
#include "analysis/live/live.h"

#include "analysis/render/html.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

#define REFRESH_S 30 /* of the page without its script */
#define TROUBLED_MAX 12
#define BRIEF_FROM 12 /* with more circuits than these, the healthy ones show less */

/* A page under way: one buffer, emptied after each piece. */
struct piece {
	struct strbuf text;
	live_piece_fn *fn;
	void *arg;
	uint64_t sum; /* of all pieces so far: 64-bit FNV-1a */
};

static void hand_over(struct piece *p, const char *id)
{
	struct strbuf *b = &p->text;

	for (size_t i = 0; !b->failed && i < b->len; i++)
		p->sum = (p->sum ^ (uint8_t)b->text[i]) * UINT64_C(1099511628211);
	if (!b->failed && b->len > 0)
		p->fn(p->arg, id, b->text, b->len);
	b->len = 0;
}

/* -- the whole in a sentence -- */

struct tally { size_t of[4], waiting; };

static struct tally count(const struct live_view *v)
{
	struct tally t = {{0}, 0};

	for (size_t i = 0; i < v->count; i++) {
		if (live_waits(&v->circuits[i]))
			t.waiting++;
		else
			t.of[live_status(&v->circuits[i])]++;
	}
	return t;
}

/* The worst status and its mark; while all that was checked is well, waiting for the rest. */
struct whole { const char *name, *mark; };

static struct whole whole_of(const struct tally *t)
{
	static const enum status order[] = {STATUS_FAULT, STATUS_DEGRADED, STATUS_UNDETERMINED};

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (t->of[order[i]] > 0)
			return (struct whole){status_name(order[i]), status_mark(order[i])};
	return t->waiting > 0 ? (struct whole){"waiting", "…"} : (struct whole){status_name(STATUS_HEALTHY), status_mark(STATUS_HEALTHY)};
}

static void some(struct strbuf *out, size_t n, const char *what, bool *first)
{
	if (n > 0)
		strbuf_addf(out, "%s%zu %s", *first ? "" : ", ", n, what);
	*first = *first && n == 0;
}

static void in_words(const struct live_view *v, const struct tally *t, struct strbuf *out)
{
	bool first = true;

	if (t->of[STATUS_HEALTHY] == v->count) {
		strbuf_addf(out, v->count == 1 ? "The circuit is healthy" : v->count == 2 ? "Both circuits are healthy" : "All %zu circuits are healthy", v->count);
		return;
	}
	some(out, t->of[STATUS_FAULT], PLURAL(t->of[STATUS_FAULT], "fault", "faults"), &first);
	some(out, t->of[STATUS_DEGRADED], "degraded", &first);
	some(out, t->of[STATUS_UNDETERMINED], "undetermined", &first);
	some(out, t->of[STATUS_HEALTHY], "healthy", &first);
	some(out, t->waiting, "not checked yet", &first);
}

static void troubled(const struct live_view *v, struct strbuf *out)
{
	static const enum status order[] = {STATUS_FAULT, STATUS_DEGRADED, STATUS_UNDETERMINED};
	size_t shown = 0, all = 0;

	for (size_t o = 0; o < sizeof order / sizeof order[0]; o++) {
		for (size_t i = 0; i < v->count; i++) {
			if (live_waits(&v->circuits[i]) || live_status(&v->circuits[i]) != order[o] || all++ >= TROUBLED_MAX)
				continue;
			strbuf_addf(out, "%s<a class=\"%s\" href=\"#c-%zu\"><span aria-hidden=\"true\">%s </span>", shown++ == 0 ? "<p class=\"jump\">" : " ",
			            status_name(order[o]), i, status_mark(order[o]));
			html_text(out, v->circuits[i].name);
			strbuf_addf(out, "<span class=\"vh\">: %s</span></a>", status_name(order[o]));
		}
	}
	if (all > shown)
		strbuf_addf(out, " and %zu more", all - shown);
	if (shown > 0)
		strbuf_add(out, "</p>\n");
}

static void overview(const struct live_view *v, struct piece *p)
{
	struct tally t = count(v);
	struct strbuf *out = &p->text;
	struct whole now = whole_of(&t);

	strbuf_addf(out, "<section id=\"overview\" class=\"%s\" aria-labelledby=\"overview-h\" data-title=\"%s ", now.name, now.mark);
	in_words(v, &t, out);
	strbuf_addf(out, "\">\n<h2 id=\"overview-h\"><span class=\"mark\" aria-hidden=\"true\">%s</span> ", now.mark);
	in_words(v, &t, out);
	strbuf_add(out, "</h2>\n");
	troubled(v, out);
	if (!v->store_ok)
		strbuf_addf(out, "<p class=\"note\">The history cannot be written to; %zu run%s in memory. The log says why.</p>\n",
		            v->waiting, PLURAL(v->waiting, " waits", "s wait"));
	if (!v->config_ok)
		strbuf_add(out, "<p class=\"note\">The last reload was refused: the former configuration is in force. The log says why.</p>\n");
	strbuf_add(out, "</section>\n");
	hand_over(p, "overview");
}

/* -- what happened -- */

/* The kind of the circuit that an event is of; its events say no more than its name. */
static enum handoff handoff_of(const struct live_view *v, const char *circuit)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->circuits[i].last && strcmp(v->circuits[i].name, circuit) == 0)
			return v->circuits[i].last->handoff;
	return HANDOFF_L2;
}

static void event_row(const struct live_event *e, enum handoff handoff, struct strbuf *out)
{
	static const char *const kinds[] = {
		[LIVE_OPENED] = "incident opened", [LIVE_CHANGED] = "incident changed", [LIVE_CLOSED] = "incident closed", [LIVE_PATH] = "path changed"};
	bool bad = e->kind == LIVE_OPENED || e->kind == LIVE_CHANGED;

	strbuf_add(out, "<tr><td>");
	live_time(out, e->at_us, "");
	strbuf_add(out, "</td><th scope=\"row\">");
	html_text(out, e->circuit);
	strbuf_addf(out, "</th><td class=\"%s\">%s%s", bad ? status_name(e->status) : e->kind == LIVE_CLOSED ? "healthy" : "",
	            bad ? status_mark(e->status) : e->kind == LIVE_CLOSED ? MARK_GOOD : "", bad || e->kind == LIVE_CLOSED ? " " : "");
	strbuf_add(out, kinds[e->kind]);
	if (e->kind == LIVE_CLOSED)
		strbuf_addf(out, ", was %s", status_name(e->status));
	strbuf_add(out, "</td><td>");
	if (e->kind != LIVE_PATH && e->domain != DOMAIN_NONE)
		strbuf_addf(out, "%s, ", domain_words_of(e->domain, handoff));
	if (link_words(e->link)[0])
		strbuf_addf(out, "%s: ", link_words(e->link));
	html_text(out, e->text);
	strbuf_add(out, "</td></tr>\n");
}

static void events(const struct live_view *v, struct piece *p)
{
	struct strbuf *out = &p->text;

	strbuf_add(out, "<section id=\"events\" aria-labelledby=\"events-h\">\n<h2 id=\"events-h\">Events</h2>\n");
	if (v->event_count == 0) {
		strbuf_add(out, "<p class=\"dim\">None so far. An incident opens when several checks in a row find the same trouble.</p>\n");
	} else {
		strbuf_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"events-h\"><table><caption>The newest first</caption>"
		                "<thead><tr><th scope=\"col\">When</th><th scope=\"col\">Circuit</th><th scope=\"col\">What</th>"
		                "<th scope=\"col\">Where and why</th></tr></thead><tbody>\n");
		for (size_t i = 0; i < v->event_count; i++)
			event_row(&v->events[i], handoff_of(v, v->events[i].circuit), out);
		strbuf_add(out, "</tbody></table></div>\n");
	}
	strbuf_add(out, "</section>\n");
	hand_over(p, "events");
}

/* -- the frame -- */

static void head(const struct live_view *v, struct piece *p)
{
	struct tally t = count(v);
	struct strbuf *out = &p->text;

	strbuf_add(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	                "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	strbuf_addf(out, "%s ", whole_of(&t).mark);
	in_words(v, &t, out);
	strbuf_add(out, " · erprobe ");
	html_text(out, v->host);
	strbuf_addf(out, "</title>\n<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/live.css\"><script src=\"/live.js\" defer></script>\n"
	            "<noscript><meta http-equiv=\"refresh\" content=\"%d\"></noscript></head>\n<body>\n", REFRESH_S);
	strbuf_add(out, "<a class=\"skip\" href=\"#main\">To the circuits</a>\n<header class=\"top\"><h1>erprobe <span>");
	html_text(out, v->host);
	strbuf_addf(out, "</span></h1><p id=\"connection\"><noscript>Without script: read again every %d s</noscript></p></header>\n"
	            "<div id=\"said\" class=\"vh\" role=\"status\" aria-live=\"polite\"></div>\n", REFRESH_S);
	hand_over(p, "");
}

static void tail(const struct live_view *v, const char *state, struct piece *p)
{
	strbuf_addf(&p->text, "</main>\n<footer class=\"bottom\" data-state=\"%s\">erprobe ", state);
	html_text(&p->text, v->version);
	strbuf_add(&p->text, " · times in UTC · <a href=\"/metrics\">metrics</a> · <code>erprobe history</code> and <code>erprobe report</code> tell more"
	                     "</footer>\n</body></html>\n");
	hand_over(p, "");
}

bool live_page(const struct live_view *v, char state[LIVE_ID_MAX], live_piece_fn *fn, void *arg)
{
	struct piece p = {.fn = fn, .arg = arg, .sum = UINT64_C(14695981039346656037)};
	enum live_room room = v->count > BRIEF_FROM ? LIVE_BRIEF : v->count > 2 ? LIVE_SOME : LIVE_FEW;
	static const char *const rooms[] = {[LIVE_FEW] = "few", [LIVE_SOME] = "many", [LIVE_BRIEF] = "brief"};
	char id[LIVE_ID_MAX];
	size_t told = 0; /* bytes of reasons */
	bool ok;

	strbuf_init(&p.text, STRBUF_MAX_DEFAULT);
	head(v, &p);
	strbuf_add(&p.text, "<main id=\"main\" tabindex=\"-1\">\n");
	hand_over(&p, "");
	overview(v, &p);
	strbuf_addf(&p.text, "<section id=\"circuits\" class=\"%s\" aria-label=\"Circuits\">\n", rooms[room]);
	hand_over(&p, "");
	for (size_t i = 0; i < v->count; i++) {
		snprintf(id, sizeof id, "c-%zu", i);
		told += live_circuit_html(&v->circuits[i], id, room, told < LIVE_WHY_BYTES, &p.text);
		hand_over(&p, id);
	}
	strbuf_add(&p.text, "</section>\n");
	hand_over(&p, "");
	events(v, &p);
	snprintf(state, LIVE_ID_MAX, "%016llx", (unsigned long long)p.sum);
	tail(v, state, &p);
	ok = strbuf_ok(&p.text);
	strbuf_free(&p.text);
	return ok;
}
