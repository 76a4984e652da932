/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe-export: takes finished runs from the history to the fleet's store, now or when
 * it can be reached again. Its own program: nothing else of erprobe links libpq. */
#include "erprobe/exit_code.h"
#include "probe/cli/options.h"
#include "probe/export/export.h"
#include "probe/export/store.h"
#include "probe/host/host_name.h"
#include "probe/host/now.h"
#include "probe/host/output.h"
#include "probe/secret/lockdown.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SINCE_DEFAULT_S 3600
#define SINCE_HIGHEST_S 1000000000u

#define OWN_NAME "erprobe-export"
#define FOR_FLEET "erprobe fleet" /* argv[0] of one that `erprobe fleet` has started: its user typed that */

enum key { KEY_ONCE = 0x200, KEY_QUERY, KEY_SCHEMA, KEY_SINCE };

static const struct argp_option export_options[] = {
	{"once", KEY_ONCE, NULL, 0, "take what waits and end", 0},
	{"schema", KEY_SCHEMA, NULL, 0, "print the SQL that makes the store's tables, and end", 0},
	{"query", KEY_QUERY, NULL, 0, "print what the edges found last as JSON lines, and end (for erprobe fleet)", 0},
	{"since", KEY_SINCE, "SECONDS", 0, "with --query: what is older does not count; default 3600", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct line { struct common_options common; bool once, query, schema; uint32_t since_s; };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct line *l = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &l->common; return 0;
	case KEY_ONCE: l->once = true; return 0;
	case KEY_QUERY: l->query = true; return 0;
	case KEY_SCHEMA: l->schema = true; return 0;
	case KEY_SINCE:
		return options_need(option_count(arg, 1, SINCE_HIGHEST_S, &l->since_s), &l->common, "--since", arg, "seconds, from 1");
	case ARGP_KEY_SUCCESS:
		if (l->common.arg_count > 0 && !l->common.help && !l->common.version)
			return options_complain(&l->common, "'%s' is one word too many", l->common.args[0]);
		if (l->common.format_given)
			return options_complain(&l->common, "it has no formats: --query prints JSON lines, --schema SQL");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&formless_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp export_argp = {
	export_options, parse, NULL,
	"Takes finished runs from the audit's history to the stores that the configuration's part export names, again and again, "
	"and what waited once a store can be reached again.\v"
	"Exit code: 0 after SIGTERM or SIGINT, or when all is taken; 3 for an error, and with --once when a store took nothing.",
	children, NULL, NULL};

static volatile sig_atomic_t stopping;

static void on_stop(int number)
{
	(void)number;
	stopping = 1;
}

static bool read_config(struct exporter *e, const struct line *l)
{
	if (!options_load_config(&l->common, &e->config))
		return false;
	snprintf(e->history_path, sizeof e->history_path, "%s", config_history_path(&e->config));
	if (e->config.export.edge[0])
		snprintf(e->edge, sizeof e->edge, "%s", e->config.export.edge);
	else
		host_name(e->edge, sizeof e->edge);
	e->sinks[0] = (struct sink){.name = "postgresql", .send = sink_postgresql, .wanted = e->config.export.conninfo_path[0] != '\0'};
	e->sinks[1] = (struct sink){.name = "http", .send = sink_http, .wanted = e->config.export.url[0] || e->config.export.url_path[0]};
	e->quiet = l->common.quiet;
	if (l->query ? e->sinks[0].wanted : e->sinks[0].wanted || e->sinks[1].wanted)
		return true;
	fprintf(stderr, "%s: the configuration names no store: write export.postgresql%s\n", e->name, l->query ? "" : " or export.http");
	return false;
}

static void rest(int64_t ns)
{
	struct timespec t = {ns / NS_PER_SEC, ns % NS_PER_SEC};

	nanosleep(&t, NULL); /* a signal ends it */
}

/* Sinks do not wait for one another. */
static bool serve(struct exporter *e, bool once)
{
	int64_t every = (e->config.export.every_s > 0 ? e->config.export.every_s : EXPORT_EVERY_DEFAULT_S) * NS_PER_SEC;
	int64_t due[2] = {0, 0};
	bool ok = true;

	while (!stopping) {
		int64_t next = INT64_MAX;

		for (int i = 0; i < 2 && !stopping; i++) {
			struct sink *s = &e->sinks[i];

			if (!s->wanted)
				continue;
			if (now_mono().ns >= due[i]) {
				ok = export_round(e, s) && ok;
				due[i] = s->again_ns ? s->again_ns : now_mono().ns + every;
			}
			next = due[i] < next ? due[i] : next;
		}
		if (once)
			break;
		if (next > now_mono().ns && !stopping)
			rest(next - now_mono().ns < NS_PER_SEC ? next - now_mono().ns : NS_PER_SEC);
	}
	return ok || !once;
}

static int print_schema(void)
{
	struct strbuf schema;

	strbuf_init(&schema, STRBUF_MAX_DEFAULT);
	store_schema(&schema);
	bool ok = strbuf_ok(&schema) && schema.text && output_write(schema.text, schema.len);
	strbuf_free(&schema);
	if (!ok)
		fputs(OWN_NAME ": the schema cannot be written to standard output\n", stderr);
	return ok ? EXIT_DONE : EXIT_ERROR;
}

int main(int argc, char **argv)
{
	static struct exporter e;
	struct sigaction act = {.sa_handler = on_stop}, ignore = {.sa_handler = SIG_IGN};
	struct line l = {.since_s = SINCE_DEFAULT_S};
	enum options_end end;
	int code;

	if (!output_fill_gaps(OWN_NAME))
		return EXIT_ERROR;
	/* It holds passwords. */
	if (!lockdown_no_dump()) {
		fputs(OWN_NAME ": a core file, which would hold passwords, cannot be ruled out on this host\n", stderr);
		return EXIT_ERROR;
	}
	sigaction(SIGPIPE, &ignore, NULL);
	e.name = argc > 0 && strcmp(argv[0], FOR_FLEET) == 0 ? FOR_FLEET : OWN_NAME;
	end = options_parse(&export_argp, e.name, argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (l.schema)
		return print_schema();
	if (!read_config(&e, &l))
		return EXIT_ERROR;
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	code = l.query ? export_query(&e, l.since_s) : serve(&e, l.once) ? EXIT_DONE : EXIT_ERROR;
	pg_close(e.pg);
	config_free(&e.config);
	return code;
}
