/* SPDX-License-Identifier: BSD-2-Clause */
/* The text report: the verdict first, then the picture, then the proof. A healthy
 * circuit gets a few lines; -v gives everything of it too. */
#include "analysis/report/report.h"

#include "analysis/render/words.h"
#include "analysis/report/text_parts.h"
#include "analysis/value/plural.h"

#include <inttypes.h>

#define OVERVIEW_INDENT 16

static void rule(struct page *p)
{
	page_line(p);
	for (size_t i = 0; i < p->width; i++)
		page_text(p, TONE_DIM, "═");
	page_line(p);
	page_line(p);
}

static void circuit(struct page *p, const struct circuit_result *c, struct wall_ns now)
{
	bool healthy = c->faults[0].status == STATUS_HEALTHY && c->fault_count == 0;

	text_verdict(p, c);
	text_links(p, c);
	if (!healthy || p->verbose)
		text_reasons(p, c);
	text_watched(p, c);
	text_targets(p, c);
	text_azure(p, c, now);
	if (!healthy || p->verbose)
		text_hops(p, c);
}

static void overview_field(struct page *p, const char *text)
{
	char spaced[2 * NAME_MAX_LEN];

	if (text[0] == '\0')
		return;
	text_format(spaced, sizeof spaced, "   %s", text);
	page_flow(p, TONE_PLAIN, spaced, OVERVIEW_INDENT);
}

/* Several circuits: which of them need a look? */
static void overview(struct page *p, const struct run_result *r)
{
	for (size_t i = 0; i < r->circuit_count; i++) {
		const struct verdict *v = &r->circuits[i].faults[0];

		page_textf(p, status_tone(v->status), "%s ", status_mark(v->status));
		page_cell(p, status_tone(v->status), status_shout(v->status), OVERVIEW_INDENT - 2);
		page_flow(p, TONE_STRONG, r->circuits[i].plan->name, OVERVIEW_INDENT);
		overview_field(p, v->fault);
		overview_field(p, link_words(v->link));
		page_line(p);
	}
	rule(p);
}

static const char *end_words(enum end_reason r)
{
	switch (r) {
	case END_DECIDED: return "";
	case END_BUDGET: return "Stopped at the probe budget (--budget).";
	case END_DEADLINE: return "Stopped at the deadline (--deadline).";
	case END_INTERRUPTED: return "Interrupted: this is what was known by then.";
	case END_HELPER_LOST: return "The packet helper ended early: this is what was known by then.";
	}
	return "";
}

static void warning(struct page *p, const char *text)
{
	page_text(p, TONE_WARN, MARK_WARN);
	page_to(p, 2);
	page_wrap(p, TONE_PLAIN, text, 2);
}

/* Where something died after Azure was read, and it did not tell all of it once more. */
static void warn_of_azure(struct page *p, const struct circuit_result *c)
{
	char text[NAME_MAX_LEN + AZ_ERROR_MAX + 160];

	if (c->azure.not_again[0] == '\0')
		return;
	text_format(text, sizeof text, "%s: something died after Azure was read, and asked once more it did not tell all: %s.",
	            c->plan->name, c->azure.not_again);
	warning(p, text);
}

/* What weakens the measurement itself must not hide in a table. */
static void warnings(struct page *p, const struct run_result *r)
{
	const char *end = end_words(r->end_reason);
	char text[160];

	if (end[0] != '\0')
		warning(p, end);
	for (size_t i = 0; i < r->circuit_count; i++)
		warn_of_azure(p, &r->circuits[i]);
	if (r->capture_dropped > 0) {
		text_format(text, sizeof text, "The capture lost %" PRIu64 " frame%s: the evidence of those moments is set aside.",
		            r->capture_dropped, PLURAL_S(r->capture_dropped));
		warning(p, text);
	}
	if (r->plan->clock.steps > 0) {
		step_words(&r->plan->clock, text, sizeof text);
		warning(p, text);
	}
	if (r->plan->clock.stall_us > 0) {
		text_format(text, sizeof text, "This host was busy: erprobe did not run for %" PRId64 ".%d s once. Round trips are the kernel's and stay true.",
		            r->plan->clock.stall_us / 1000000, (int)(r->plan->clock.stall_us / 100000 % 10));
		warning(p, text);
	}
	if (r->probes_not_sent > 0) {
		text_format(text, sizeof text, "%u probe%s could not leave this host.", (unsigned)r->probes_not_sent, PLURAL_S(r->probes_not_sent));
		warning(p, text);
	}
	if (r->match.forged > 0) {
		text_format(text, sizeof text, "%" PRIu64 " answer%s carried a wrong key and did not count.", r->match.forged, PLURAL_S(r->match.forged));
		warning(p, text);
	}
}

static void footer(struct page *p, const struct run_result *r)
{
	char took[WORDS_MAX], started[WALL_TEXT_MAX], resets[WORDS_MAX] = "";
	int64_t ns = wall_since(r->ended_at, r->plan->started_at);

	page_line(p);
	warnings(p, r);
	text_format(took, sizeof took, "%" PRId64 ".%d s", ns / NS_PER_SEC, (int)(ns / (NS_PER_SEC / 10) % 10));
	if (r->resets_sent > 0)
		text_format(resets, sizeof resets, " (and %" PRIu64 " %s of half-open connections)", r->resets_sent,
		            PLURAL(r->resets_sent, "reset", "resets"));
	page_textf(p, TONE_DIM, "%u probe%s of %u allowed%s in %s, %" PRIu64 " frame%s captured, %" PRIu64 " lost", (unsigned)r->probes_sent,
	           PLURAL_S(r->probes_sent), (unsigned)r->plan->limits.budget, resets, ns >= 0 ? took : "-", r->capture_received,
	           PLURAL_S(r->capture_received), r->capture_dropped);
	page_line(p);
	page_textf(p, TONE_DIM, "run %s", r->plan->run_id);
	page_line(p);
	page_textf(p, TONE_DIM, "started %s, clock %s; ", wall_text(r->plan->started_at, started),
	           r->plan->clock.synchronized ? "synchronized" : "not synchronized");
	page_flow(p, TONE_DIM, r->plan->tool, 2);
	page_line(p);
}

void report_check_text(const struct run_result *r, const struct text_style *style, struct strbuf *out)
{
	struct page p;

	page_init(&p, style, out);
	if (r->circuit_count > 1)
		overview(&p, r);
	for (size_t i = 0; i < r->circuit_count; i++) {
		if (i > 0)
			rule(&p);
		circuit(&p, &r->circuits[i], r->ended_at);
	}
	footer(&p, r);
}
