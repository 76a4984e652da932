/* SPDX-License-Identifier: BSD-2-Clause */
/* Days as a strip and a curve. What a colour says stands in each cell's title and in the
 * tables below as words and figures. */
#include "analysis/period/period_report.h"
#include "analysis/render/html.h"
#include "analysis/value/plural.h"

#include <math.h>
#include <stdio.h>

#define DAY_US (INT64_C(86400) * 1000000)
#define LEFT 70.0
#define WIDTH 930.0
#define STRIP_TOP 18.0
#define STRIP_HEIGHT 26.0
#define CURVE_TOP 70.0
#define CURVE_HEIGHT 110.0

struct axis { int64_t first_us; double day_width; int64_t most_us; };

static double x_of(const struct axis *a, int64_t at_us)
{
	int64_t days = (at_us - a->first_us) / DAY_US; /* whole ones */

	return LEFT + (double)days * a->day_width;
}

/* The next of 1, 2, 5, 10, … that the curve stays below. */
static int64_t round_up(int64_t us)
{
	int64_t step = 10;

	while (step * 5 < us)
		step *= 10;
	return us <= step ? step : us <= 2 * step ? 2 * step : 5 * step;
}

static struct axis axis_of(const struct period_view *v, const struct period_circuit *c)
{
	struct axis a = {.first_us = v->since.ns / NS_PER_US, .most_us = 1};
	int64_t days = (v->until.ns / NS_PER_US - 1) / DAY_US - a.first_us / DAY_US + 1;

	a.first_us -= a.first_us % DAY_US;
	a.day_width = WIDTH / (double)(days > 0 ? days : 1);
	for (size_t i = 0; i < c->day_count; i++)
		for (int l = 0; l < 2; l++)
			if (c->days[i].wan_us[l] > a.most_us)
				a.most_us = c->days[i].wan_us[l];
	a.most_us = round_up(a.most_us);
	return a;
}

static const char *day_class(const struct period_count *c)
{
	if (c->fault > 0)
		return "bad";
	return c->degraded > 0 ? "warn" : c->healthy > 0 ? "good" : "none";
}

static void strip(struct strbuf *out, const struct axis *a, const struct period_circuit *c)
{
	char works[16], day[WALL_TEXT_MAX];

	for (size_t i = 0; i < c->day_count; i++) {
		const struct period_day *d = &c->days[i];
		const char *what = day_class(&d->count);
		/* Not by colour alone: a day with a fault is taller than one that is healthy. */
		double top = *what == 'b' ? 0 : *what == 'w' ? 6 : 12;

		wall_text((struct wall_ns){d->at_us * NS_PER_US}, day);
		strbuf_addf(out, "<rect class=\"day %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%.10s: works %s, %lld run%s, "
		            "%lld degraded, %lld fault</title></rect>", what, x_of(a, d->at_us), STRIP_TOP + top, a->day_width * 0.86,
		            STRIP_HEIGHT - top, day, period_percent(period_works(&d->count), works), (long long)d->count.runs, PLURAL_S(d->count.runs),
		            (long long)d->count.degraded, (long long)d->count.fault);
	}
	strbuf_addf(out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">days</text>\n", LEFT - 10, STRIP_TOP + 20);
}

static void curve(struct strbuf *out, const struct axis *a, const struct period_circuit *c, int link)
{
	bool drawn = false;

	for (size_t i = 0; i < c->day_count; i++) {
		const struct period_day *d = &c->days[i];
		bool follows = drawn && i > 0 && d->at_us - c->days[i - 1].at_us == DAY_US && c->days[i - 1].wan_us[link] >= 0;

		if (d->wan_us[link] < 0)
			continue;
		if (!drawn)
			strbuf_addf(out, "<path class=\"curve l%d\" d=\"", link);
		strbuf_addf(out, "%c%.1f %.1f", follows ? 'L' : 'M', x_of(a, d->at_us) + a->day_width * 0.43,
		            CURVE_TOP + CURVE_HEIGHT * (1 - (double)d->wan_us[link] / (double)a->most_us));
		/* A single day is a dot. */
		if (!follows)
			strbuf_add(out, "h.1");
		drawn = true;
	}
	if (drawn)
		strbuf_add(out, "\"/>\n");
}

static void grid(struct strbuf *out, const struct axis *a, const struct period_view *v)
{
	char first[WALL_TEXT_MAX], last[WALL_TEXT_MAX];

	for (int i = 0; i <= 2; i++) {
		double y = CURVE_TOP + CURVE_HEIGHT * i / 2;

		strbuf_addf(out, "<path class=\"grid\" d=\"M%.0f %.1fH%.0f\"/><text class=\"small\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%g ms</text>",
		            LEFT, y, LEFT + WIDTH, LEFT - 10, y + 4, (double)a->most_us * (2 - i) / 2000.0);
	}
	strbuf_addf(out, "<text class=\"small\" x=\"%.0f\" y=\"%.0f\">%.10s</text><text class=\"small\" x=\"%.0f\" y=\"%.0f\" "
	            "text-anchor=\"end\">%.10s</text>\n", LEFT, CURVE_TOP + CURVE_HEIGHT + 18, wall_text(v->since, first), LEFT + WIDTH,
	            CURVE_TOP + CURVE_HEIGHT + 18, wall_text((struct wall_ns){v->until.ns - 1}, last));
	strbuf_addf(out, "<text class=\"small\" x=\"%.0f\" y=\"%.0f\">delay that the WAN adds, mean of each day: </text>"
	            "<path class=\"curve l0\" d=\"M%.0f %.0fh24\"/><text class=\"small\" x=\"%.0f\" y=\"%.0f\">primary</text>"
	            "<path class=\"curve l1\" d=\"M%.0f %.0fh24\"/><text class=\"small\" x=\"%.0f\" y=\"%.0f\">secondary</text>\n",
	            LEFT, CURVE_TOP - 10, LEFT + 270, CURVE_TOP - 14, LEFT + 300, CURVE_TOP - 10, LEFT + 380, CURVE_TOP - 14, LEFT + 410,
	            CURVE_TOP - 10);
}

void period_picture(struct strbuf *out, const struct period_view *v, const struct period_circuit *c)
{
	struct axis a = axis_of(v, c);

	strbuf_add(out, "<svg viewBox=\"0 0 1010 205\" role=\"img\" aria-label=\"");
	html_textf(out, "%s: each day with runs, and the delay that the WAN adds; the same is in the tables", c->name);
	strbuf_add(out, "\">\n");
	strip(out, &a, c);
	grid(out, &a, v);
	curve(out, &a, c, 0);
	curve(out, &a, c, 1);
	strbuf_add(out, "</svg>\n");
}
