/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands where on the screen of `erprobe watch`. */
#include "analysis/live/watch_screen.h"

#include "analysis/render/words.h"
#include "analysis/value/utf8.h"

#include <string.h>

enum { LABEL_COLUMNS = 12, CELL_MOST = 34, TARGET_COLUMNS = 20, STRIP_LABEL = 12,
       WIDTH_LEAST = 40 /* below that the screen cuts */ };

/* A telephone's terminal, or a pane beside others: what is known stands in fewer words, and nothing is cut that wraps. */
static bool is_narrow(const struct page *p)
{
	return p->width < 80;
}

/* --- the head ---------------------------------------------------------------- */

static const char *clock_words(struct wall_ns t, char buf[WALL_TEXT_MAX])
{
	char whole[WALL_TEXT_MAX];

	text_format(buf, WALL_TEXT_MAX, "%.8s UTC", wall_text(t, whole) + sizeof "2026-01-01T" - 1);
	return buf;
}

static void state_of_run(struct page *p, const struct watch_view *v, const struct watch_circuit *c)
{
	if (c->running && is_narrow(p))
		page_textf(p, TONE_DIM, "   checking, %.0f s", (double)c->running_ns / (double)NS_PER_SEC);
	else if (c->running)
		page_textf(p, TONE_DIM, "   checking, %.1f s, %u probes", (double)c->running_ns / (double)NS_PER_SEC,
		           (unsigned)(c->interim ? c->now.probes_sent : 0));
	else if (v->paused)
		page_text(p, TONE_WARN, "   paused");
	else
		page_textf(p, TONE_DIM, "   next check in %.0f s", (double)c->next_ns / (double)NS_PER_SEC);
}

static void head(struct page *p, const struct watch_view *v, const struct watch_circuit *c)
{
	char now[WALL_TEXT_MAX];

	page_text(p, TONE_STRONG, is_narrow(p) ? "erprobe" : "erprobe watch");
	page_textf(p, TONE_DIM, "   %s", clock_words(v->now, now));
	state_of_run(p, v, c);
	page_line(p);
}

/* The other circuits in one line, the chosen one in brackets. */
static void others(struct page *p, const struct watch_view *v)
{
	if (v->count < 2)
		return;
	for (size_t i = 0; i < v->count; i++) {
		const struct watch_circuit *c = &v->circuits[i];
		enum status s = c->known ? c->verdict.status : STATUS_UNDETERMINED;
		const char *mark = c->trouble[0] ? MARK_BAD : c->known ? status_mark(s) : "·";
		char text[NAME_MAX_LEN + 16];

		text_format(text, sizeof text, i == v->chosen ? "[%s %s]" : " %s %s ", mark, c->name);
		if (i > 0 && p->column + utf8_columns(text) + 2 > p->width) {
			page_textf(p, TONE_DIM, " +%zu", v->count - i);
			break;
		}
		page_text(p, c->known ? status_tone(s) : TONE_DIM, text);
	}
	page_line(p);
}

/* "   word" where the line has room for it, else on the next one. */
static void field(struct page *p, enum tone tone, const char *word)
{
	char text[NAME_MAX_LEN + 8];

	text_format(text, sizeof text, "   %s", word);
	page_flow(p, tone, text, 0);
}

/* "! DEGRADED   WAN (provider)   primary link   wan.loss   confidence 0.97" */
static void statement(struct page *p, const struct run_record *r, const char *name)
{
	char buf[WORDS_MAX];
	enum tone tone = status_tone(r->status);

	page_textf(p, tone, "%s %s", status_mark(r->status), status_shout(r->status));
	if (name[0] != '\0')
		field(p, TONE_STRONG, name);
	if (r->domain != DOMAIN_NONE)
		field(p, tone, domain_words_of(r->domain, r->handoff));
	if (r->link < LINKS || r->link == LINK_BOTH)
		field(p, TONE_STRONG, link_words(r->link));
	if (r->fault[0] != '\0' && strcmp(r->fault, "none") != 0)
		field(p, TONE_STRONG, r->fault);
	field(p, TONE_DIM, confidence_words(r->confidence, buf));
	page_line(p);
}

/* The check that goes on says something else by now, and is sure enough to be heard. */
#define SO_FAR_CONFIDENCE 0.9

static bool says_otherwise(const struct watch_circuit *c)
{
	return c->interim && c->decided && c->now.confidence >= SO_FAR_CONFIDENCE && c->now.status != STATUS_UNDETERMINED &&
	       (c->now.status != c->verdict.status || c->now.link != c->verdict.link || strcmp(c->now.fault, c->verdict.fault) != 0);
}

static void verdict(struct page *p, const struct watch_circuit *c)
{
	char since[WALL_TEXT_MAX];
	const struct run_record *r = &c->verdict;

	statement(p, r, c->name);
	page_wrap(p, TONE_PLAIN, r->summary, 0);
	if (c->decided) {
		page_textf(p, TONE_DIM, "since %s", clock_words(c->since, since));
		if (r->contact != CONTACT_NONE && r->status != STATUS_HEALTHY && r->status != STATUS_UNDETERMINED) {
			page_text(p, TONE_PLAIN, "   who must act: ");
			page_wrap(p, TONE_PLAIN, contact_words(r->contact, r->handoff), 2);
		} else {
			page_line(p);
		}
	}
	if (says_otherwise(c)) {
		page_text(p, TONE_DIM, "this check so far: ");
		statement(p, &c->now, "");
	}
}

/* --- links x domains --------------------------------------------------------- */

static const enum domain columns_of[] = {DOMAIN_CORPORATE, DOMAIN_WAN, DOMAIN_AZURE};

/* Does the verdict put the fault into this cell? */
static bool is_accused(const struct run_record *r, enum link_id l, enum domain d)
{
	return r->status != STATUS_HEALTHY && r->domain == d && (r->link == l || r->link == LINK_BOTH || r->link == LINK_NULL);
}

static size_t cell_columns(const struct page *p)
{
	size_t share = (p->width - LABEL_COLUMNS) / 3;

	return share < CELL_MOST ? share : CELL_MOST;
}

/* Loss that cannot be chance is no tick, whoever the verdict will name. */
#define LOSS_SEEN 0.01

static const char *cell_mark(const struct record_segment *s, bool accused)
{
	if (accused)
		return MARK_BAD;
	return s->loss.known && s->loss.low > LOSS_SEEN ? MARK_WARN : MARK_GOOD;
}

static void cell(struct page *p, const struct watch_circuit *c, enum link_id l, enum domain d)
{
	const struct record_segment *s = &c->now.links[l].segments[d];
	char ms[WORDS_MAX], loss[WORDS_MAX], text[2 * WORDS_MAX + 8];
	bool accused = is_accused(&c->verdict, l, d);
	size_t columns = cell_columns(p) - 1;

	if (!s->present || s->added_us == RECORD_UNKNOWN) {
		text_format(text, sizeof text, "%s %s", accused ? MARK_BAD : "·", s->present ? "no answer" : "not seen");
	} else {
		ms_words(s->added_us * 1000, true, ms);
		text_format(text, sizeof text, "%s %s%s, %s", cell_mark(s, accused), s->added_us < 0 ? "" : "+", ms,
		            loss_words(&s->loss, false, loss));
		if (utf8_columns(text) > columns)
			text_format(text, sizeof text, "%s %s%s, %s", cell_mark(s, accused), s->added_us < 0 ? "" : "+", ms,
			            segment_loss_words(&s->loss, true, accused, loss));
		if (utf8_columns(text) > columns && is_narrow(p)) /* the mark has judged the loss */
			text_format(text, sizeof text, "%s %s%s", cell_mark(s, accused), s->added_us < 0 ? "" : "+", ms);
	}
	page_cell(p, accused ? TONE_BAD : s->present ? TONE_PLAIN : TONE_DIM, text, columns);
	page_text(p, TONE_PLAIN, " ");
}

static void links(struct page *p, const struct watch_circuit *c)
{
	page_line(p);
	page_to(p, LABEL_COLUMNS);
	for (size_t i = 0; i < sizeof columns_of / sizeof columns_of[0]; i++)
		page_cell(p, TONE_STRONG, is_narrow(p) && columns_of[i] == DOMAIN_WAN ? "WAN" : domain_words_of(columns_of[i], c->now.handoff), cell_columns(p));
	page_line(p);
	for (int l = 0; l < LINKS; l++) {
		const struct record_link *link = &c->now.links[l];

		if (!link->present)
			continue;
		page_textf(p, status_tone(link->status), "%s ", status_mark(link->status));
		page_cell(p, TONE_STRONG, link_name((enum link_id)l), LABEL_COLUMNS - 2);
		for (size_t i = 0; i < sizeof columns_of / sizeof columns_of[0]; i++)
			cell(p, c, (enum link_id)l, columns_of[i]);
		page_line(p);
	}
}

static void strip_row(struct page *p, const struct watch_circuit *c, const char *label, int link)
{
	size_t room = p->width > STRIP_LABEL + 1 ? p->width - STRIP_LABEL - 1 : 1;
	size_t first = c->strip_count > room ? c->strip_count - room : 0;

	page_cell(p, TONE_DIM, label, STRIP_LABEL);
	for (size_t i = first; i < c->strip_count; i++) {
		const struct watch_mark *m = &c->strip[i];
		enum status s = (enum status)(link < 0 ? m->status : m->links[link]);

		page_text(p, m->failed ? TONE_DIM : status_tone(s), m->failed ? "x" : status_mark(s));
	}
	page_line(p);
}

static void strips(struct page *p, const struct watch_circuit *c)
{
	if (c->strip_count == 0)
		return;
	page_line(p);
	strip_row(p, c, "last checks", -1);
	for (int l = 0; l < LINKS; l++)
		if (c->now.links[l].present)
			strip_row(p, c, link_name((enum link_id)l), l);
}

static void targets(struct page *p, const struct run_record *r)
{
	if (r->target_count == 0)
		return;
	page_heading(p, "Targets");
	for (size_t i = 0; i < r->target_count; i++) {
		const struct record_target *t = &r->targets[i];
		bool good = t->tested && t->reachable;
		char ms[WORDS_MAX], loss[WORDS_MAX];

		page_textf(p, !t->tested ? TONE_DIM : good ? TONE_GOOD : TONE_BAD, "  %s ", !t->tested ? "·" : good ? MARK_GOOD : MARK_BAD);
		page_cell(p, TONE_STRONG, t->name, is_narrow(p) ? TARGET_COLUMNS / 2 : TARGET_COLUMNS);
		page_cell(p, TONE_PLAIN, t->rtt.median_us == RECORD_UNKNOWN ? "no answer" : ms_words(t->rtt.median_us * 1000, true, ms), 12);
		page_text(p, TONE_PLAIN, loss_words(&t->loss, false, loss));
		if (t->control)
			page_text(p, TONE_DIM, "  control");
		page_line(p);
	}
}

/* --- the other pages --------------------------------------------------------- */

static void hops_of(struct page *p, const struct run_record *r, int link)
{
	char heading[WORDS_MAX], ms[WORDS_MAX];

	text_format(heading, sizeof heading, "%s: hops", link_name((enum link_id)link));
	page_heading(p, heading);
	for (size_t i = 0; i < r->hop_count; i++) {
		const struct record_hop *h = &r->hops[i];

		if (h->link != link)
			continue;
		page_textf(p, TONE_DIM, "  %3u  ", h->ttl);
		page_cell(p, h->address[0] ? TONE_PLAIN : TONE_DIM, h->address[0] ? h->address : "no answer", is_narrow(p) ? 24 : 28);
		if (!is_narrow(p)) /* the address says more than the domain */
			page_cell(p, TONE_DIM, domain_words((enum domain)h->domain), 16);
		page_textf(p, TONE_PLAIN, is_narrow(p) ? "%u of %u" : "%u of %u answered", (unsigned)h->answered, (unsigned)h->sent);
		if (h->rtt.median_us != RECORD_UNKNOWN)
			page_textf(p, TONE_PLAIN, "   %s", ms_words(h->rtt.median_us * 1000, true, ms));
		page_line(p);
	}
}

static void sentences(struct page *p, const char *heading, const char *bullet, const char (*list)[SENTENCE_MAX], size_t count)
{
	if (count > 0)
		page_heading(p, heading);
	for (size_t i = 0; i < count && i < WATCH_REASONS_MAX; i++) {
		page_textf(p, TONE_DIM, "  %s ", bullet);
		page_wrap(p, TONE_PLAIN, list[i], 4);
	}
}

static void why(struct page *p, const struct watch_circuit *c)
{
	sentences(p, "Why", "+", c->reasons.pro, c->reasons.pro_count);
	sentences(p, "Against it", "-", c->reasons.contra, c->reasons.contra_count);
	sentences(p, "What to do next", ">", c->reasons.steps, c->reasons.step_count);
	if (c->reasons.pro_count + c->reasons.contra_count + c->reasons.step_count == 0) {
		page_line(p);
		page_wrap(p, TONE_DIM, "Nothing speaks for a fault.", 0);
	}
}

static void help(struct page *p)
{
	static const char *const lines[] = {
		"q        end", "space    pause, go on", "r        check now", "up down  another circuit",
		"l        links and targets", "h        hops", "w        why, and what to do next", "?        this page",
	};

	page_heading(p, "Keys");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		page_textf(p, TONE_PLAIN, "  %s", lines[i]);
		page_line(p);
	}
	page_line(p);
	page_wrap(p, TONE_DIM, "Each check is a whole diagnosis, as `erprobe check` makes it, within the same limits of rate and "
	          "budget. A mark of the strip is one check: " MARK_GOOD " healthy, " MARK_WARN " degraded, " MARK_BAD
	          " fault, " MARK_DOUBT " undetermined, x none came.", 0);
}

static void body(struct page *p, const struct watch_view *v, const struct watch_circuit *c)
{
	if (v->page == WATCH_HELP) {
		help(p);
		return;
	}
	if (c->trouble[0] != '\0') {
		page_text(p, TONE_BAD, "The last check gave no result: ");
		page_wrap(p, TONE_PLAIN, c->trouble, 2);
	}
	if (!c->known) {
		if (c->trouble[0] == '\0')
			page_wrap(p, TONE_DIM, "The first check has begun; what it finds is shown as it comes.", 0);
		return;
	}
	verdict(p, c);
	if (v->page == WATCH_HOPS) {
		for (int l = 0; l < LINKS; l++)
			if (c->now.links[l].present)
				hops_of(p, &c->now, l);
	} else if (v->page == WATCH_WHY) {
		why(p, c);
	} else {
		links(p, c);
		strips(p, c);
		targets(p, &c->now);
	}
}

/* Keeps the first lines of what was drawn since `from`. */
static void keep_lines(struct strbuf *out, size_t from, size_t lines)
{
	for (size_t i = from; i < out->len; i++)
		if (out->text[i] == '\n' && --lines == 0) {
			out->len = i + 1;
			out->text[out->len] = '\0';
			return;
		}
}

void watch_screen(const struct watch_view *v, bool color, int width, int height, struct strbuf *out)
{
	struct text_style style = {.color = color, .width = width};
	size_t from = out->len, lines = height < 2 ? 1 : (size_t)height;
	struct page p;

	page_init(&p, &style, out);
	if (width < PAGE_WIDTH_MIN)
		p.width = width > WIDTH_LEAST ? (size_t)width : WIDTH_LEAST;
	if (v->chosen < v->count) {
		const struct watch_circuit *c = &v->circuits[v->chosen];

		head(&p, v, c);
		others(&p, v);
		body(&p, v, c);
	}
	keep_lines(out, from, lines > 1 ? lines - 1 : 1);
	if (lines == 1)
		return;
	page_text(&p, TONE_DIM, !is_narrow(&p)  ? "q end   space pause   r check now   l links   h hops   w why   ? help"
	                        : p.width >= 52 ? "q end  space pause  r now  l links  h hops  w why  ?"
	                                        : "q end   ? keys");
	page_line(&p);
}
