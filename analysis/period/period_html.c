/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/period/period_report.h"
#include "analysis/render/html.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

static const char style_more[] =
	".day.good{fill:var(--good)}.day.warn{fill:var(--warn)}.day.bad{fill:var(--bad)}.day.none{fill:var(--edge)}"
	".curve{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.curve.l0{stroke:var(--median)}"
	".curve.l1{stroke:var(--warn);stroke-dasharray:6 4}.head{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;"
	"margin:12px 0}.head div{border:1px solid var(--rule);border-radius:4px;padding:8px 12px}.head b{display:block;font-size:20px}"
	".low{color:var(--bad);font-weight:600}.scroll svg{min-width:680px}section{break-inside:auto}"
	"@media print{.scroll svg{min-width:0}section+section{break-before:page}}";

static void cell_text(struct strbuf *out, const char *text)
{
	strbuf_add(out, "<td>");
	html_text(out, text);
	strbuf_add(out, "</td>");
}

static void cell_share(struct strbuf *out, double value, bool low_is_bad)
{
	char text[16];

	strbuf_addf(out, "<td class=\"n%s\">%s</td>", low_is_bad && value >= 0 && value < 1 ? " low" : "", period_percent(value, text));
}

static void cell_us(struct strbuf *out, bool known, int64_t us)
{
	char text[WORDS_MAX];

	strbuf_addf(out, "<td class=\"n\">%s</td>", known ? ms_words(us * NS_PER_US, true, text) : "–");
}

static void box(struct strbuf *out, const char *name, const char *value)
{
	strbuf_add(out, "<div><b>");
	html_text(out, value);
	strbuf_addf(out, "</b>%s</div>\n", name);
}

static void boxes(struct strbuf *out, const struct period_circuit *c)
{
	const struct history_sum *s = &c->sum;
	const struct period_count all = {s->runs, s->healthy, s->degraded, s->fault, s->undetermined};
	char text[32];

	strbuf_add(out, "<div class=\"head\">\n");
	box(out, "of runs found traffic working", period_percent(period_works(&all), text));
	box(out, "of runs found both links well", period_percent(period_redundant(&all), text));
	snprintf(text, sizeof text, "%lld", (long long)s->incidents);
	box(out, PLURAL(s->incidents, "incident", "incidents"), text);
	snprintf(text, sizeof text, "%lld", (long long)c->path_changes);
	box(out, PLURAL(c->path_changes, "change of path", "changes of path"), text);
	snprintf(text, sizeof text, "%lld", (long long)s->runs);
	box(out, PLURAL(s->runs, "run", "runs"), text);
	strbuf_add(out, "</div>\n");
	if (s->undetermined + s->lost > 0) {
		strbuf_addf(out, "<p>%lld run%s ended undetermined and %lld failed: they count neither as working nor as not.</p>\n",
		            (long long)s->undetermined, PLURAL_S(s->undetermined), (long long)s->lost);
	}
}

static void links(struct strbuf *out, const struct period_circuit *c)
{
	strbuf_add(out, "<h3>Links and domains</h3>\n<div class=\"scroll\"><table><thead><tr><th>link</th><th class=\"n\">link works</th>"
	                "<th class=\"n\">link well</th><th>domain</th><th class=\"n\">mean added delay</th><th class=\"n\">least</th>"
	                "<th class=\"n\">most</th><th class=\"n\">mean loss</th><th class=\"n\">most loss</th></tr></thead><tbody>\n");
	for (int l = 0; l < LINKS; l++) {
		for (int d = DOMAIN_CORPORATE; c->links[l].present && d < DOMAINS; d++) {
			const struct period_segment *s = &c->links[l].segments[d];

			strbuf_add(out, "<tr>");
			if (d == DOMAIN_CORPORATE) {
				cell_text(out, link_name((enum link_id)l));
				cell_share(out, period_works(&c->links[l].count), true);
				cell_share(out, period_redundant(&c->links[l].count), true);
			} else {
				strbuf_add(out, "<td></td><td></td><td></td>");
			}
			cell_text(out, domain_words((enum domain)d));
			cell_us(out, s->timed > 0, s->added_us);
			cell_us(out, s->timed > 0, s->least_us);
			cell_us(out, s->timed > 0, s->most_us);
			cell_share(out, s->measured > 0 ? s->loss : -1, false);
			cell_share(out, s->measured > 0 ? s->worst_loss : -1, false);
			strbuf_add(out, "</tr>\n");
		}
	}
	strbuf_add(out, "</tbody></table></div>\n");
}

static void blame(struct strbuf *out, const struct period_circuit *c)
{
	char text[WORDS_MAX];

	if (c->sum.incidents == 0)
		return;
	strbuf_add(out, "<h3>Who had to act</h3>\n<div class=\"scroll\"><table><thead><tr><th>domain</th><th class=\"n\">incidents</th><th class=\"n\">fault</th>"
	                "<th class=\"n\">degraded</th><th class=\"n\">of that in planned maintenance</th></tr></thead><tbody>\n");
	for (int d = DOMAIN_NONE; d < DOMAINS; d++) {
		const struct period_blame *b = &c->blame[d];

		if (b->incidents == 0)
			continue;
		strbuf_add(out, "<tr>");
		cell_text(out, d == DOMAIN_NONE ? "nobody named" : domain_words((enum domain)d));
		strbuf_addf(out, "<td class=\"n\">%lld</td>", (long long)b->incidents);
		strbuf_addf(out, "<td class=\"n\">%s</td>", span_words(b->fault_us, text));
		strbuf_addf(out, "<td class=\"n\">%s</td>", span_words(b->degraded_us, text));
		strbuf_addf(out, "<td class=\"n\">%s</td></tr>\n", span_words(b->planned_us, text));
	}
	strbuf_add(out, "</tbody></table></div>\n");
}

static void months(struct strbuf *out, const struct period_circuit *c)
{
	struct period_month m;
	size_t day = 0;

	strbuf_add(out, "<h3>By month</h3>\n<div class=\"scroll\"><table><thead><tr><th>month</th><th class=\"n\">runs</th><th class=\"n\">works</th><th class=\"n\">both "
	                "links well</th><th class=\"n\">WAN, primary</th><th class=\"n\">WAN, secondary</th></tr></thead><tbody>\n");
	while (period_month(c, &day, &m)) {
		strbuf_addf(out, "<tr><td>%s</td><td class=\"n\">%lld</td>", m.name, (long long)m.count.runs);
		cell_share(out, period_works(&m.count), true);
		cell_share(out, period_redundant(&m.count), true);
		cell_us(out, m.wan_us[0] >= 0, m.wan_us[0]);
		cell_us(out, m.wan_us[1] >= 0, m.wan_us[1]);
		strbuf_add(out, "</tr>\n");
	}
	strbuf_add(out, "</tbody></table></div>\n");
}

static void when(struct strbuf *out, int64_t us)
{
	char text[WALL_TEXT_MAX];

	wall_text((struct wall_ns){us * NS_PER_US}, text);
	strbuf_addf(out, "<td>%.10s %.5s</td>", text, text + 11);
}

static void incidents(struct strbuf *out, const struct period_view *v, const struct period_circuit *c)
{
	char span[WORDS_MAX], sure[WORDS_MAX];
	bool any = false;

	for (size_t i = 0; i < v->item_count; i++) {
		const struct history_item *it = &v->items[i];

		if (it->kind != HISTORY_INCIDENT || strcmp(it->circuit, c->name) != 0)
			continue;
		if (!any)
			strbuf_add(out, "<h3>Incidents</h3>\n<div class=\"scroll\"><table><thead><tr><th>began (UTC)</th><th class=\"n\">lasted</th><th>link</th>"
			                "<th>domain</th><th>what</th></tr></thead><tbody>\n");
		any = true;
		strbuf_add(out, "<tr>");
		when(out, it->at_us);
		strbuf_addf(out, "<td class=\"n\">%s%s</td>", it->until_us < 0 ? "open, " : "",
		            span_words((it->until_us < 0 ? v->until.ns / NS_PER_US : it->until_us) - it->at_us, span));
		cell_text(out, it->link);
		cell_text(out, it->domain);
		strbuf_add(out, "<td><strong>");
		html_textf(out, "%s %s", it->status, it->what);
		strbuf_add(out, "</strong>");
		html_textf(out, "%s%s", it->confidence >= 0 ? ", " : "", it->confidence >= 0 ? confidence_words(it->confidence, sure) : "");
		if (it->planned)
			strbuf_add(out, ", <strong>planned maintenance</strong>");
		if (it->flapping)
			strbuf_add(out, ", <strong>flapping</strong>");
		strbuf_add(out, "<br>");
		html_text(out, it->summary);
		strbuf_add(out, "</td></tr>\n");
	}
	strbuf_add(out, any ? "</tbody></table></div>\n" : "<p>No incident.</p>\n");
}

static void changes(struct strbuf *out, const struct period_view *v, const struct period_circuit *c)
{
	bool any = false;

	for (size_t i = 0; i < v->item_count; i++) {
		const struct history_item *it = &v->items[i];

		if ((it->kind != HISTORY_PATH_CHANGE && it->kind != HISTORY_AZURE_CHANGE) || strcmp(it->circuit, c->name) != 0)
			continue;
		if (!any)
			strbuf_add(out, "<h3>Changes of path and of what Azure reports</h3>\n<div class=\"scroll\"><table><thead><tr><th>when (UTC)</th>"
			                "<th>what</th><th>was</th><th>is</th></tr></thead><tbody>\n");
		any = true;
		strbuf_add(out, "<tr>");
		when(out, it->at_us);
		strbuf_add(out, "<td>");
		html_textf(out, "%s%s", it->kind == HISTORY_PATH_CHANGE ? "path, " : "Azure: ", it->kind == HISTORY_PATH_CHANGE ? it->link : it->what);
		strbuf_add(out, "</td>");
		cell_text(out, it->before);
		cell_text(out, it->after);
		strbuf_add(out, "</tr>\n");
	}
	if (any)
		strbuf_add(out, "</tbody></table></div>\n");
}

static void circuit(struct strbuf *out, const struct period_view *v, const struct period_circuit *c)
{
	strbuf_add(out, "<section><h2>Circuit ");
	html_text(out, c->name);
	strbuf_add(out, "</h2>\n");
	if (c->sum.runs == 0) {
		strbuf_add(out, "<p>No run in this time.</p></section>\n");
		return;
	}
	boxes(out, c);
	strbuf_add(out, "<div class=\"scroll\">");
	period_picture(out, v, c);
	strbuf_add(out, "</div>\n");
	links(out, c);
	blame(out, c);
	months(out, c);
	incidents(out, v, c);
	changes(out, v, c);
	strbuf_add(out, "</section>\n");
}

static void overview(struct strbuf *out, const struct period_view *v)
{
	if (v->count < 2)
		return;
	strbuf_add(out, "<section><h2>All circuits</h2>\n<div class=\"scroll\"><table><thead><tr><th>circuit</th><th class=\"n\">works</th><th class=\"n\">both "
	                "links well</th><th class=\"n\">incidents</th><th class=\"n\">changes of path</th><th class=\"n\">runs</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < v->count; i++) {
		const struct history_sum *s = &v->circuits[i].sum;
		const struct period_count all = {s->runs, s->healthy, s->degraded, s->fault, s->undetermined};

		strbuf_add(out, "<tr>");
		cell_text(out, v->circuits[i].name);
		cell_share(out, period_works(&all), true);
		cell_share(out, period_redundant(&all), true);
		strbuf_addf(out, "<td class=\"n\">%lld</td><td class=\"n\">%lld</td><td class=\"n\">%lld</td></tr>\n", (long long)s->incidents,
		            (long long)v->circuits[i].path_changes, (long long)s->runs);
	}
	strbuf_add(out, "</tbody></table></div></section>\n");
}

void period_html(const struct period_view *v, struct strbuf *out)
{
	char since[WALL_TEXT_MAX], until[WALL_TEXT_MAX], made[WALL_TEXT_MAX];

	html_begin(out, "ExpressRoute report", style_more);
	strbuf_add(out, "<h1>ExpressRoute: availability, latency, incidents</h1>\n<p class=\"sub\">");
	html_textf(out, "%.10s %.5s to %.10s %.5s UTC, measured from %s", wall_text(v->since, since), since + 11, wall_text(v->until, until),
	           until + 11, v->host);
	strbuf_add(out, "</p>\n");
	overview(out, v);
	for (size_t i = 0; i < v->count; i++)
		circuit(out, v, &v->circuits[i]);
	if (v->cut)
		strbuf_add(out, "<p><strong>There is more than this page holds: name a circuit or a shorter time.</strong></p>\n");
	strbuf_add(out, "<footer><p>Shares are of runs with a verdict. A link works while traffic passes it; it is well while nothing of it is "
	                "degraded either. Added delay is what a domain adds to the round trip, as the median of a run; mean, least and most are over "
	                "runs. Loss is that of the path through the domain.</p><p>");
	html_textf(out, "Made %s by %s.", wall_text(v->made_at, made), v->tool);
	strbuf_add(out, "</p></footer>\n</body></html>\n");
}
