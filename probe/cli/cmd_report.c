/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe report`: a time of the history as a page for the review with the provider. */
#include "probe/cli/commands.h"
#include "probe/cli/history_place.h"
#include "probe/history/history_period.h"
#include "probe/host/host_name.h"
#include "probe/host/now.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum report_key { KEY_SINCE = 0x200, KEY_UNTIL, KEY_MONTH, KEY_HTML };
#define SINCE_DEFAULT_S (30 * 86400)
#define FORMAT_HTML 1
#define DAY_US (INT64_C(86400) * 1000000)

static const struct argp_option report_options[] = {
	{"since", KEY_SINCE, "WHEN", 0, "from that day on, UTC: how long ago (30d) or a day (2026-01-31); default 30d", 0},
	{"until", KEY_UNTIL, "WHEN", 0, "up to the end of that day, or midnight when a day is named; default now", 0},
	{"month", KEY_MONTH, "YYYY-MM", 0, "this month, in place of the two", 0},
	{"html", KEY_HTML, NULL, 0, "one page of HTML, for screen and paper: the same as --format html", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct report_line {
	struct common_options common;
	const char *since, *until, *month;
	bool html;
};

static const char *const formats[] = {"html", NULL};

static error_t parse_report(int key, char *arg, struct argp_state *state)
{
	struct report_line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		l->common.more_formats = formats;
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_SINCE:
		l->since = arg;
		return 0;
	case KEY_UNTIL:
		l->until = arg;
		return 0;
	case KEY_MONTH:
		l->month = arg;
		return 0;
	case KEY_HTML:
		l->html = true;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (l->month && (l->since || l->until))
			return options_complain(&l->common, "--month stands alone, without --since and --until");
		if (l->html && l->common.format_given)
			return options_complain(&l->common, "--html is a format: no other beside it");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp report_argp = {
	report_options, parse_report, "[CIRCUIT...]",
	"Sums a time of the audit's history up: availability and latency by link and domain, who had to act for how long, incidents, "
	"changes of path, by month.\v"
	"Exit code: 0, also when nothing happened; 3 when there is no history or an error.",
	children, NULL, NULL};

/* The first instant of a month and of the next. */
static bool month_bounds(const char *text, int64_t *since_us, int64_t *until_us)
{
	char day[24];
	struct wall_ns a, b;
	long year = 0, month = 0;
	if (strlen(text) == 7 && text[4] == '-' && strspn(text, "0123456789") == 4 && strspn(text + 5, "0123456789") == 2) {
		year = strtol(text, NULL, 10);
		month = strtol(text + 5, NULL, 10);
	}
	if (year < 1970 || year > 9998 || month < 1 || month > 12)
		return false;
	snprintf(day, sizeof(day), "%04ld-%02ld-01T00:00:00Z", year, month);
	bool good = wall_parse(day, &a);
	snprintf(day, sizeof(day), "%04ld-%02ld-01T00:00:00Z", month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1);
	good = good && wall_parse(day, &b);
	if (!good)
		return false;
	*since_us = a.ns / NS_PER_US;
	*until_us = b.ns / NS_PER_US;
	return true;
}

static bool find_times(const struct report_line *l, struct wall_ns now, int64_t *since_us, int64_t *until_us)
{
	char safe[64];
	*until_us = now.ns / NS_PER_US;
	*since_us = *until_us - INT64_C(1000000) * SINCE_DEFAULT_S;
	if (l->month) {
		if (!month_bounds(l->month, since_us, until_us)) {
			text_safe(safe, sizeof(safe), l->month);
			fprintf(stderr, "erprobe report: '%s' is no value for --month; expected a month such as 2026-01\n", safe);
			return false;
		}
	} else if (!history_place_time(&l->common, "--since", l->since, now, since_us) ||
	           !history_place_time(&l->common, "--until", l->until, now, until_us)) {
		return false;
	}
	if (*since_us >= *until_us) {
		fputs("erprobe report: the time ends before it begins\n", stderr);
		return false;
	}
	/* The roll-ups are of whole days, UTC. */
	*since_us -= *since_us % DAY_US;
	*until_us += (DAY_US - *until_us % DAY_US) % DAY_US;
	if (*until_us > now.ns / NS_PER_US)
		*until_us = now.ns / NS_PER_US;
	return true;
}

static void write_report(const struct report_line *l, const struct period_view *v, struct strbuf *out)
{
	const struct common_options *c = &l->common;
	const struct text_style style = {
		.color = terminal_color(c->color, STDOUT_FILENO), .verbose = c->verbose, .width = terminal_width(STDOUT_FILENO)};
	if (l->html || c->more_format == FORMAT_HTML)
		period_html(v, out);
	else if (c->format == CHECK_TEXT)
		period_text(v, &style, out);
	else
		period_json(v, c->format == CHECK_JSONL, out);
}

static int report(const struct report_line *l, struct history *h, const struct history_query *q, struct wall_ns now)
{
	struct history_period period;
	char err[HISTORY_ERROR_MAX], host[NAME_MAX_LEN];
	struct period_view v = {.since = {q->since_us * NS_PER_US}, .until = {q->until_us * NS_PER_US}, .made_at = now, .host = host,
	                        .tool = "erprobe " ERPROBE_VERSION};
	struct strbuf out;
	int code = EXIT_ERROR;
	host_name(host, sizeof(host));
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	if (!history_period(h, q, &period, &v, err, sizeof(err))) {
		fprintf(stderr, "erprobe report: %s\n", err);
	} else {
		write_report(l, &v, &out);
		code = history_place_print(&l->common, &out) ? EXIT_DONE : EXIT_ERROR;
	}
	history_period_free(&period);
	strbuf_free(&out);
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct report_line l = {0};
	struct history_query q = {0};
	struct wall_ns now = now_wall();
	enum options_end end = options_parse(&report_argp, "erprobe report", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	q.circuits = l.common.args;
	q.circuit_count = l.common.arg_count;
	if (!find_times(&l, now, &q.since_us, &q.until_us))
		return EXIT_ERROR;
	struct history *h = history_place_open(&l.common);
	int code = h ? report(&l, h, &q, now) : EXIT_ERROR;
	history_close(h);
	return code;
}
