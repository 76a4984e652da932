/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/period/history_report.h"

#include "analysis/render/json_values.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define US_PER_SEC INT64_C(1000000)
#define MINUTE_TEXT_MAX 20

static const char *kind_name(enum history_kind k)
{
	static const char *const names[HISTORY_KINDS] = {
		[HISTORY_INCIDENT] = "incident", [HISTORY_PATH_CHANGE] = "path", [HISTORY_AZURE_CHANGE] = "azure",
		[HISTORY_RUN] = "run", [HISTORY_HOP] = "hop"};

	return k < HISTORY_KINDS ? names[k] : "run";
}

double history_availability(const struct history_sum *s)
{
	int64_t told = s->healthy + s->degraded + s->fault;

	return told > 0 ? (double)(s->healthy + s->degraded) / (double)told : -1;
}

static struct wall_ns wall_us(int64_t us)
{
	return (struct wall_ns){us * NS_PER_US};
}

/* -- text -- */

/* "2026-01-31 12:00" */
static const char *minute(int64_t us, char buf[MINUTE_TEXT_MAX])
{
	char full[WALL_TEXT_MAX];

	wall_text(wall_us(us), full);
	snprintf(buf, MINUTE_TEXT_MAX, "%.10s %.5s", full, full + 11);
	return buf;
}

static void text_sums(struct page *p, const struct history_view *v)
{
	page_heading(p, "Circuits");
	page_cell(p, TONE_DIM, "", 26);
	page_text(p, TONE_DIM, "    runs  healthy degraded    fault  unclear   failed   works  incidents");
	page_line(p);
	for (size_t i = 0; i < v->sum_count; i++) {
		const struct history_sum *s = &v->sums[i];
		double works = history_availability(s);

		page_cell(p, TONE_STRONG, s->circuit, 26);
		page_textf(p, TONE_PLAIN, "%8lld %8lld %8lld %8lld %8lld %8lld", (long long)s->runs, (long long)s->healthy,
		           (long long)s->degraded, (long long)s->fault, (long long)s->undetermined, (long long)s->lost);
		if (works < 0)
			page_text(p, TONE_DIM, "       -");
		else
			page_textf(p, works < 1 ? TONE_BAD : TONE_GOOD, " %6.2f%%", floor(works * 10000 + 1e-6) / 100); /* 100 means all */
		page_textf(p, TONE_PLAIN, " %10lld", (long long)s->incidents);
		page_line(p);
	}
}

static enum tone tone_of(const struct history_item *i)
{
	if (strcmp(i->status, "fault") == 0)
		return TONE_BAD;
	if (strcmp(i->status, "degraded") == 0)
		return TONE_WARN;
	return strcmp(i->status, "healthy") == 0 ? TONE_GOOD : TONE_PLAIN;
}

static void text_span(struct page *p, const struct history_item *i, int64_t now_us)
{
	char span[WORDS_MAX];

	if (i->kind == HISTORY_PATH_CHANGE || i->kind == HISTORY_AZURE_CHANGE)
		return;
	if (i->until_us < 0)
		page_textf(p, TONE_WARN, "  open for %s", span_words(now_us - i->at_us, span));
	else
		page_textf(p, TONE_PLAIN, "  %s", span_words(i->until_us - i->at_us, span));
}

static void text_details(struct page *p, const struct history_item *i)
{
	if (i->kind == HISTORY_HOP) {
		page_textf(p, TONE_PLAIN, "  ttl %lld  answered %lld of %lld", (long long)i->ttl, (long long)i->answered,
		           (long long)i->sent);
		if (i->median_us >= 0)
			page_textf(p, TONE_PLAIN, "  median %.2f ms", (double)i->median_us / 1000);
	}
	page_line(p);
	if (i->before[0] || i->after[0]) {
		page_text(p, TONE_DIM, "                    was ");
		page_wrap(p, TONE_PLAIN, i->before[0] ? i->before : "-", 24);
		page_text(p, TONE_DIM, "                    is  ");
		page_wrap(p, TONE_PLAIN, i->after[0] ? i->after : "-", 24);
	}
	if (i->summary[0]) {
		page_text(p, TONE_PLAIN, "                    ");
		page_wrap(p, TONE_PLAIN, i->summary, 20);
	}
}

static void text_item(struct page *p, const struct history_item *i, int64_t now_us)
{
	char at[MINUTE_TEXT_MAX];

	page_textf(p, TONE_DIM, "%s  ", minute(i->at_us, at));
	page_textf(p, TONE_PLAIN, "%-8s  ", kind_name(i->kind));
	page_textf(p, TONE_STRONG, "%s", i->circuit);
	if (i->link[0])
		page_textf(p, TONE_PLAIN, "  %s", i->link);
	if (i->status[0])
		page_textf(p, tone_of(i), "  %s", i->status);
	if (i->what[0])
		page_textf(p, TONE_PLAIN, "  %s", i->what);
	if (i->planned)
		page_text(p, TONE_WARN, "  planned maintenance");
	if (i->flapping)
		page_text(p, TONE_WARN, "  flapping");
	text_span(p, i, now_us);
	if (i->run_id[0] && i->kind == HISTORY_RUN)
		page_textf(p, TONE_DIM, "  %s", i->run_id);
	text_details(p, i);
}

void history_text_items(struct page *p, const struct history_view *v)
{
	page_heading(p, v->item_count > 0 ? "What happened" : "Nothing happened");
	for (size_t i = 0; i < v->item_count; i++)
		text_item(p, &v->items[i], v->until.ns / NS_PER_US);
	if (v->cut) {
		page_text(p, TONE_WARN, "There is more; name a circuit, or a shorter time with --since and --until.");
		page_line(p);
	}
}

void history_text(const struct history_view *v, const struct text_style *style, struct strbuf *out)
{
	char since[MINUTE_TEXT_MAX], until[MINUTE_TEXT_MAX];
	int64_t end = v->until.ns / NS_PER_US;
	struct page p;

	page_init(&p, style, out);
	page_textf(&p, TONE_STRONG, "%s to %s UTC", minute(v->since.ns / NS_PER_US, since), minute(end, until));
	page_line(&p);
	text_sums(&p, v);
	history_text_items(&p, v);
}

/* -- JSON -- */

static void time_us(struct json_out *j, const char *key, int64_t us)
{
	char text[WALL_TEXT_MAX];

	json_text(j, key, us < 0 ? NULL : wall_text(wall_us(us), text));
}

static void json_sum(struct json_out *j, const struct history_sum *s)
{
	double works = history_availability(s);

	json_object(j, NULL);
	json_text(j, "name", s->circuit);
	json_int(j, "runs", s->runs);
	json_int(j, "healthy", s->healthy);
	json_int(j, "degraded", s->degraded);
	json_int(j, "fault", s->fault);
	json_int(j, "undetermined", s->undetermined);
	json_int(j, "failed", s->lost);
	if (works < 0)
		json_null(j, "availability");
	else
		json_number(j, "availability", works);
	json_int(j, "incidents", s->incidents);
	json_object_end(j);
}

static void item_object(struct json_out *j, const struct history_item *i)
{
	json_object(j, NULL);
	json_text(j, "kind", kind_name(i->kind));
	time_us(j, "at", i->at_us);
	time_us(j, "until", i->until_us);
	json_text(j, "circuit", i->circuit);
	json_text_or_null(j, "link", i->link);
	json_text_or_null(j, "what", i->what);
	json_text_or_null(j, "status", i->status);
	json_text_or_null(j, "domain", i->domain);
	if (i->confidence < 0)
		json_null(j, "confidence");
	else
		json_number(j, "confidence", i->confidence);
	json_text_or_null(j, "before", i->before);
	json_text_or_null(j, "after", i->after);
	json_text_or_null(j, "summary", i->summary);
	json_text_or_null(j, "run_id", i->run_id);
	if (i->kind == HISTORY_INCIDENT) {
		json_bool(j, "planned_maintenance", i->planned);
		json_bool(j, "flapping", i->flapping);
	}
	if (i->kind == HISTORY_HOP) {
		json_int_or_null(j, "ttl", i->ttl >= 0, i->ttl);
		json_int_or_null(j, "sent", i->sent >= 0, i->sent);
		json_int_or_null(j, "answered", i->answered >= 0, i->answered);
		json_int_or_null(j, "median_us", i->median_us >= 0, i->median_us);
	}
	json_object_end(j);
}

void history_json_items(struct json_out *j, const struct history_item *items, size_t count, bool cut)
{
	json_array(j, "items");
	for (size_t i = 0; i < count; i++)
		item_object(j, &items[i]);
	json_array_end(j);
	json_bool(j, "cut", cut);
}

void history_json(const struct history_view *v, bool compact, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.history/1");
	time_us(&j, "since", v->since.ns / NS_PER_US);
	time_us(&j, "until", v->until.ns / NS_PER_US);
	json_array(&j, "circuits");
	for (size_t i = 0; i < v->sum_count; i++)
		json_sum(&j, &v->sums[i]);
	json_array_end(&j);
	history_json_items(&j, v->items, v->item_count, v->cut);
	json_object_end(&j);
	json_finish(&j);
}

/* -- CSV -- */

static void cell(struct strbuf *out, const char *text, bool last)
{
	char safe[HISTORY_TEXT_MAX];

	text_safe(safe, sizeof safe, text);
	strbuf_add_char(out, '"');
	if (safe[0] && strchr("=+-@", safe[0]))
		strbuf_add_char(out, '\'');
	for (const char *c = safe; *c; c++) {
		if (*c == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, *c);
	}
	strbuf_add(out, last ? "\"\r\n" : "\",");
}

static void number_cell(struct strbuf *out, int64_t value, bool last)
{
	if (value >= 0)
		strbuf_addf(out, "%lld", (long long)value);
	strbuf_add(out, last ? "\r\n" : ",");
}

void history_csv(const struct history_view *v, struct strbuf *out)
{
	char text[WALL_TEXT_MAX];

	strbuf_add(out, "at,until,duration_s,kind,circuit,link,what,status,domain,before,after,summary,run_id,ttl,sent,answered,"
	                "median_us\r\n");
	for (size_t i = 0; i < v->item_count; i++) {
		const struct history_item *it = &v->items[i];

		cell(out, wall_text(wall_us(it->at_us), text), false);
		cell(out, it->until_us < 0 ? "" : wall_text(wall_us(it->until_us), text), false);
		number_cell(out, it->until_us < 0 ? -1 : (it->until_us - it->at_us) / US_PER_SEC, false);
		cell(out, kind_name(it->kind), false);
		cell(out, it->circuit, false);
		cell(out, it->link, false);
		cell(out, it->what, false);
		cell(out, it->status, false);
		cell(out, it->domain, false);
		cell(out, it->before, false);
		cell(out, it->after, false);
		cell(out, it->summary, false);
		cell(out, it->run_id, false);
		number_cell(out, it->ttl, false);
		number_cell(out, it->sent, false);
		number_cell(out, it->answered, false);
		number_cell(out, it->median_us, true);
	}
}
