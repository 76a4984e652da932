/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe history`: what changed, when, and for how long; and two runs side by side. */
#include "probe/cli/commands.h"
#include "probe/cli/history_place.h"
#include "probe/cli/options.h"
#include "probe/history/history_list.h"
#include "probe/host/now.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum history_key { KEY_SINCE = 0x200, KEY_UNTIL, KEY_LINK, KEY_RUNS, KEY_HOPS };
#define SINCE_DEFAULT_S (7 * 86400)

static const struct argp_option history_options[] = {
	{"since", KEY_SINCE, "WHEN", 0, "from then on: how long ago (24h, 7d) or a time (2026-01-31, 2026-01-31T12:00:00Z); default 7d", 0},
	{"until", KEY_UNTIL, "WHEN", 0, "up to then; default now", 0},
	{"link", KEY_LINK, "primary|secondary", 0, "this link alone", 0},
	{"runs", KEY_RUNS, NULL, 0, "every run too", 0},
	{"hops", KEY_HOPS, NULL, 0, "every hop too: when it was seen, how much it answered", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct history_line {
	struct common_options common;
	struct history_query query;
	const char *since, *until;
};

static const char *const formats[] = {"csv", NULL};

static error_t parse_history(int key, char *arg, struct argp_state *state)
{
	struct history_line *l = state->input;
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
	case KEY_LINK:
		l->query.link = arg;
		return strcmp(arg, "primary") == 0 || strcmp(arg, "secondary") == 0 ? 0
		       : options_complain(&l->common, "'%s' is no value for --link; expected primary or secondary", arg);
	case KEY_RUNS:
		l->query.kinds[HISTORY_RUN] = true;
		return 0;
	case KEY_HOPS:
		l->query.kinds[HISTORY_HOP] = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp history_argp = {
	history_options, parse_history, "[CIRCUIT...]\ndiff RUN-ID RUN-ID",
	"What the audit remembers: availability, incidents, changes of path and of what Azure reports, per circuit. "
	"diff: what is different between two runs.\v"
	"Exit code: 0, also when nothing happened; 3 when there is no history or an error.",
	children, NULL, NULL};

static void write_view(const struct common_options *c, const struct history_view *v, struct strbuf *out)
{
	const struct text_style style = {
		.color = terminal_color(c->color, STDOUT_FILENO), .verbose = c->verbose, .width = terminal_width(STDOUT_FILENO)};
	if (c->more_format == 1)
		history_csv(v, out);
	else if (c->format == CHECK_TEXT)
		history_text(v, &style, out);
	else
		history_json(v, c->format == CHECK_JSONL, out);
}

static int list(struct history_line *l, struct history *h)
{
	struct history_found found;
	struct strbuf out;
	char err[HISTORY_ERROR_MAX];
	int code = EXIT_ERROR;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	if (!history_list(h, &l->query, &found, err, sizeof(err))) {
		fprintf(stderr, "%s: %s\n", l->common.command, err);
	} else {
		const struct history_view v = {
			.since = {l->query.since_us * NS_PER_US}, .until = {l->query.until_us * NS_PER_US},
			.sums = found.sums, .sum_count = found.sum_count,
			.items = found.items, .item_count = found.item_count, .cut = found.cut,
		};
		write_view(&l->common, &v, &out);
		code = history_place_print(&l->common, &out) ? EXIT_DONE : EXIT_ERROR;
	}
	history_found_free(&found);
	strbuf_free(&out);
	return code;
}

static int diff(const struct history_line *l, struct history *h)
{
	struct strbuf out;
	char err[HISTORY_ERROR_MAX];
	int code = EXIT_ERROR;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	enum diff_format format = l->common.format == CHECK_JSON ? DIFF_JSON : l->common.format == CHECK_JSONL ? DIFF_JSONL : DIFF_TEXT;
	if (history_diff(h, l->common.args[1], l->common.args[2], format, &out, err, sizeof(err)))
		code = history_place_print(&l->common, &out) ? EXIT_DONE : EXIT_ERROR;
	else
		fprintf(stderr, "%s: %s\n", l->common.command, err);
	strbuf_free(&out);
	return code;
}

int cmd_history(int argc, char **argv)
{
	struct history_line l = {.query.kinds = {[HISTORY_INCIDENT] = true, [HISTORY_PATH_CHANGE] = true, [HISTORY_AZURE_CHANGE] = true}};
	struct wall_ns now = now_wall();
	enum options_end end = options_parse(&history_argp, "erprobe history", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	bool is_diff = l.common.arg_count > 0 && strcmp(l.common.args[0], "diff") == 0;
	l.query.until_us = now.ns / NS_PER_US;
	l.query.since_us = l.query.until_us - INT64_C(1000000) * SINCE_DEFAULT_S;
	l.query.circuits = l.common.args;
	l.query.circuit_count = l.common.arg_count;
	if (!history_place_time(&l.common, "--since", l.since, now, &l.query.since_us) ||
	    !history_place_time(&l.common, "--until", l.until, now, &l.query.until_us))
		return EXIT_ERROR;
	if (is_diff && (l.common.arg_count != 3 || l.common.more_format == 1)) {
		fputs("erprobe history: diff takes two run ids, as `erprobe history --runs` lists them, and prints text, json or jsonl\n", stderr);
		return EXIT_ERROR;
	}
	struct history *h = history_place_open(&l.common);
	int code = !h ? EXIT_ERROR : is_diff ? diff(&l, h) : list(&l, h);
	history_close(h);
	return code;
}
