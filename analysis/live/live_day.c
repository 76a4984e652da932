/* SPDX-License-Identifier: BSD-2-Clause */
/* The last day as inline SVG. Whole numbers for coordinates: the same bytes everywhere. */
#include "analysis/live/live.h"

#include "analysis/render/html.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

/* Pixels from top to bottom; across, the strip takes what width there is. */
enum { STRIP = 20, GAP = 10, CURVE = 36, ROOM = 2, HOURS = 18 };
enum { CELL = 10, WIDTH = DAY_SLOTS * CELL }; /* of the curve's own coordinates */

static const char *const classes[DAY_MARKS] = {
	[DAY_NONE] = "none", [DAY_HEALTHY] = "healthy", [DAY_FAILED] = "lost", [DAY_UNDETERMINED] = "undetermined",
	[DAY_DEGRADED] = "degraded", [DAY_FAULT] = "fault"};

/* "12:15" */
static const char *clock_words(int64_t us, char buf[8])
{
	int64_t minute = us / 60000000 % 1440;

	snprintf(buf, 8, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
	return buf;
}

/* The end of the run of slots that look like this one. */
static int same_until(const struct day *d, int from)
{
	int to = from + 1;

	while (to < DAY_SLOTS && day_slot(d, to)->mark == day_slot(d, from)->mark)
		to++;
	return to;
}

/* So many slots as a share of the width. */
static void share(int slots, struct strbuf *out)
{
	int hundredths = slots * 10000 / DAY_SLOTS;

	strbuf_addf(out, "%d.%02d%%", hundredths / 100, hundredths % 100);
}

static void strip(const struct day *d, struct strbuf *out)
{
	char from[8], to[8];

	for (int i = 0, next; i < DAY_SLOTS; i = next) {
		enum day_mark m = day_slot(d, i)->mark;

		next = same_until(d, i);
		/* Height says it too, to those who tell no colours apart. */
		int height = m == DAY_FAULT || m == DAY_DEGRADED ? STRIP : m == DAY_NONE ? 4 : STRIP * 2 / 3;

		strbuf_addf(out, "<rect class=\"m-%s\" x=\"", classes[m]);
		share(i, out);
		strbuf_addf(out, "\" y=\"%d\" width=\"", STRIP - height);
		share(next - i, out);
		strbuf_addf(out, "\" height=\"%d\"><title>%s–%s UTC: %s</title></rect>", height, clock_words(day_slot_us(d, i), from),
		            clock_words(day_slot_us(d, next), to), day_mark_words(m));
	}
}

/* -- the WAN's delay -- */

/* Of what was measured, and of what is drawn. */
struct range { int64_t least, most, low, high; };

static int64_t mean(const struct day_slot *s, int link)
{
	return s->wan_runs[link] > 0 ? s->wan_sum_us[link] / s->wan_runs[link] : RECORD_UNKNOWN;
}

static bool range_of(const struct day *d, struct range *r)
{
	bool known = false;

	for (int i = 0; i < DAY_SLOTS; i++) {
		for (int link = 0; link < 2; link++) {
			int64_t us = mean(day_slot(d, i), link);

			if (us == RECORD_UNKNOWN)
				continue;
			r->least = !known || us < r->least ? us : r->least;
			r->most = !known || us > r->most ? us : r->most;
			known = true;
		}
	}
	/* A flat line stays flat: less than a millisecond up and down is no mountain. */
	r->low = r->most - r->least < 1000 ? (r->most + r->least) / 2 - 500 : r->least;
	r->high = r->most - r->least < 1000 ? r->low + 1000 : r->most;
	return known;
}

static void curve(const struct day *d, int link, const struct range *r, struct strbuf *out)
{
	bool open = false;

	for (int i = 0; i <= DAY_SLOTS; i++) {
		int64_t us = i < DAY_SLOTS ? mean(day_slot(d, i), link) : RECORD_UNKNOWN;

		if (us == RECORD_UNKNOWN) {
			if (open)
				strbuf_add(out, "\"/>");
			open = false;
			continue;
		}
		if (!open)
			strbuf_addf(out, "<polyline class=\"l%d\" points=\"", link);
		int y = ROOM + CURVE - (int)((us - r->low) * CURVE / (r->high - r->low));
		strbuf_addf(out, "%s%d,%d", open ? " " : "", i * CELL + 1, y);
		/* One slot alone has a length too. */
		strbuf_addf(out, " %d,%d", i * CELL + CELL - 1, y);
		open = true;
	}
}

static void hours(const struct day *d, int bottom, struct strbuf *out)
{
	char text[8];

	for (int i = 0; i < DAY_SLOTS; i++) {
		int64_t us = day_slot_us(d, i);

		if (us % (INT64_C(6) * 3600000000) != 0 || i < 2 || i > DAY_SLOTS - 4)
			continue;
		strbuf_add(out, "<rect class=\"hour\" x=\"");
		share(i, out);
		strbuf_addf(out, "\" y=\"0\" width=\"1\" height=\"%d\"/><text dx=\"4\" x=\"", bottom + HOURS - 4);
		share(i, out);
		strbuf_addf(out, "\" y=\"%d\">%s</text>", bottom + HOURS - 5, clock_words(us, text));
	}
}

/* -- the same in words -- */

struct counts { uint32_t runs, healthy; int bad_slots; };

static void describe(const struct day *d, const struct range *r, bool curved, struct strbuf *out)
{
	struct counts n = {0, 0, 0};
	char least[WORDS_MAX], most[WORDS_MAX], from[8], to[8];

	for (int i = 0; i < DAY_SLOTS; i++) {
		n.runs += day_slot(d, i)->runs;
		n.healthy += day_slot(d, i)->healthy;
	}
	strbuf_addf(out, "Last 24 hours: %u check%s", (unsigned)n.runs, PLURAL_S(n.runs));
	if (n.runs > 0)
		strbuf_addf(out, n.healthy == n.runs ? ", all healthy" : ", %u healthy", (unsigned)n.healthy);
	for (int i = 0, next; i < DAY_SLOTS && n.bad_slots < 4; i = next) {
		enum day_mark m = day_slot(d, i)->mark;

		next = same_until(d, i);
		if (m == DAY_FAULT || m == DAY_DEGRADED)
			strbuf_addf(out, "%s %s %s–%s", n.bad_slots++ > 0 ? "," : ";", day_mark_words(m), clock_words(day_slot_us(d, i), from),
			            clock_words(day_slot_us(d, next), to));
	}
	if (n.bad_slots == 4)
		strbuf_add(out, ", …");
	if (curved) {
		ms_words(r->least * NS_PER_US, false, least);
		ms_words(r->most * NS_PER_US, true, most);
		/* "2.00 to 2.49 ms"; what scatters by less than is shown, once. */
		if (strncmp(least, most, strlen(least)) == 0 && most[strlen(least)] == ' ')
			strbuf_addf(out, "; WAN adds %s", most);
		else
			strbuf_addf(out, "; WAN adds %s to %s", least, most);
	}
	strbuf_add(out, ".");
}

void live_day_html(const struct day *d, const char *name, struct strbuf *out)
{
	struct range r = {0, 0, 0, 0};
	bool curved = range_of(d, &r);
	int bottom = STRIP + (curved ? GAP + CURVE + 2 * ROOM : ROOM);

	strbuf_addf(out, "<figure class=\"day\"><svg width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"", bottom + HOURS);
	html_textf(out, "The last day of %s; the words below say the same", name);
	strbuf_add(out, "\">");
	hours(d, bottom, out);
	strip(d, out);
	if (curved)
		strbuf_addf(out, "<svg y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">", STRIP + GAP,
		            CURVE + 2 * ROOM, WIDTH, CURVE + 2 * ROOM);
	for (int link = 0; curved && link < 2; link++)
		curve(d, link, &r, out);
	strbuf_add(out, curved ? "</svg></svg><figcaption>" : "</svg><figcaption>");
	describe(d, &r, curved, out);
	if (curved)
		strbuf_add(out, " <span class=\"key\"><i class=\"l0\"></i>primary <i class=\"l1\"></i>secondary</span>");
	strbuf_add(out, "</figcaption></figure>\n");
}
