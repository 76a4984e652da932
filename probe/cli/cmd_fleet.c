/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe fleet`: many edges, one view. erprobe-export asks the store: this program
 * links no database client. */
#define _GNU_SOURCE /* pipe2 */
#include "probe/channel/program.h"
#include "probe/cli/commands.h"
#include "probe/cli/fleet_read.h"
#include "probe/cli/history_place.h"
#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SINCE_DEFAULT_S 3600
#define ANSWER_MAX ((size_t)256 << 20)

enum fleet_key { KEY_SINCE = 0x200, KEY_EXPORTER };

static const struct argp_option fleet_options[] = {
	{"since", KEY_SINCE, "WHEN", 0, "what an edge found before then does not count: how long ago (1h, 2d) or a time; default 1h", 0},
	{"exporter", KEY_EXPORTER, "PATH", 0, "run this erprobe-export", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct fleet_line { struct common_options common; const char *since, *exporter; };

static error_t parse_fleet(int key, char *arg, struct argp_state *state)
{
	struct fleet_line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_SINCE:
		l->since = arg;
		return 0;
	case KEY_EXPORTER:
		l->exporter = arg;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (l->common.arg_count > 0 && !l->common.help && !l->common.version)
			return options_complain(&l->common, "'%s' is one word too many", l->common.args[0]);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp fleet_argp = {
	fleet_options, parse_fleet, NULL,
	"What all edges found last, from the fleet store: circuits worst first, providers, edges that are silent. What several edges "
	"see of one circuit is joined: bad from two sites clears both corporate networks.\v"
	"Exit code: 0 all healthy, 1 the worst is degraded, 2 a fault, 3 undetermined, nothing found, or an error.",
	children, NULL, NULL};

static bool read_all(int fd, struct strbuf *out)
{
	char data[65536];
	ssize_t n;
	while ((n = read(fd, data, sizeof(data))) != 0) {
		if (n > 0)
			strbuf_add_bytes(out, data, (size_t)n);
		else if (errno != EINTR)
			return false;
	}
	return strbuf_ok(out);
}

/* Where the exporter is. False after a line on standard error. */
static bool find_exporter(const char *given, char path[PROGRAM_PATH_ROOM])
{
	char err[PROGRAM_ERROR_ROOM];
	if (given) {
		snprintf(path, PROGRAM_PATH_ROOM, "%s", given);
		return true;
	}
	if (program_find("erprobe-export", path, err, sizeof(err)))
		return true;
	fprintf(stderr, "erprobe fleet: %s: install it, or name it with --exporter\n", err);
	return false;
}

/* How it ended: an exit code above 0 is told by itself. False after a line on standard error. */
static bool ended_well(const char *program, pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno == EINTR)
			continue;
		fprintf(stderr, "erprobe fleet: lost sight of %s: %s\n", program, strerror(errno));
		return false;
	}
	if (WIFSIGNALED(status))
		fprintf(stderr, "erprobe fleet: %s was killed by signal %d\n", program, WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Its answer; its complaints go to our standard error, under the name by which we start it: that of
 * this command, argv[0]. False after a line there. */
static bool run_exporter(const char *program, char *const argv[], struct strbuf *out)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	int ends[2], code;
	pid_t pid;
	bool ok;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		fprintf(stderr, "erprobe fleet: no pipe to %s: %s\n", program, strerror(errno));
		return false;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	code = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	ok = code == 0 && read_all(ends[0], out);
	close(ends[0]);
	if (code != 0) {
		fprintf(stderr, "erprobe fleet: cannot start %s: %s\n", program, strerror(code));
		return false;
	}
	if (!ended_well(program, pid))
		return false;
	if (!ok)
		fprintf(stderr, "erprobe fleet: out of memory for what %s found, or it is more than %zu MiB\n", program, ANSWER_MAX >> 20);
	return ok;
}

static bool ask(const struct fleet_line *l, int64_t since_s, struct strbuf *out)
{
	char path[PROGRAM_PATH_ROOM], name[] = "erprobe fleet", seconds[24], since[] = "--since", query[] = "--query", c[] = "-c";
	char *config = l->common.config ? strdup(l->common.config) : NULL;
	char *argv[] = {name, query, since, seconds, config ? c : NULL, config, NULL};
	snprintf(seconds, sizeof(seconds), "%lld", (long long)since_s);
	bool ok = find_exporter(l->exporter, path) && run_exporter(path, argv, out);
	free(config);
	return ok;
}

static void add_incidents(const struct fleet_found *f, struct fleet_circuit *circuits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < f->count_count; k++)
			if (strcmp(f->counts[k].id, circuits[i].first->id) == 0)
				circuits[i].incidents = (size_t)f->counts[k].incidents;
}

static int show(const struct fleet_line *l, struct fleet_found *f, struct fleet_view *v)
{
	const struct text_style style = {
		.color = terminal_color(l->common.color, STDOUT_FILENO), .verbose = l->common.verbose, .width = terminal_width(STDOUT_FILENO)};
	struct fleet_circuit *circuits = calloc(f->seen_count + 1, sizeof(*circuits));
	struct strbuf out;
	int code = EXIT_ERROR;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	if (circuits) {
		v->count = fleet_join(f->seen, f->seen_count, circuits);
		v->circuits = circuits;
		v->edges = f->edges;
		v->edge_count = f->edge_count;
		add_incidents(f, circuits, v->count);
		if (l->common.format == CHECK_TEXT)
			fleet_text(v, &style, &out);
		else
			fleet_json(v, l->common.format == CHECK_JSONL, &out);
		code = history_place_print(&l->common, &out) ? fleet_exit_code(v) : EXIT_ERROR;
	} else {
		fputs("erprobe fleet: out of memory\n", stderr);
	}
	strbuf_free(&out);
	free(circuits);
	return code;
}

int cmd_fleet(int argc, char **argv)
{
	struct fleet_line l = {0};
	struct fleet_found found = {0};
	struct strbuf answer;
	char err[200] = "";
	struct wall_ns now = now_wall();
	int64_t since_us = now.ns / NS_PER_US - INT64_C(1000000) * SINCE_DEFAULT_S;
	int code = EXIT_ERROR;
	enum options_end end = options_parse(&fleet_argp, "erprobe fleet", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (!history_place_time(&l.common, "--since", l.since, now, &since_us))
		return EXIT_ERROR;
	struct fleet_view v = {.at = now, .since_ns = now.ns - since_us * NS_PER_US};
	strbuf_init(&answer, ANSWER_MAX);
	if (ask(&l, v.since_ns / NS_PER_SEC + 1, &answer)) {
		if (fleet_read(answer.text ? answer.text : "", answer.len, &found, err, sizeof(err)))
			code = show(&l, &found, &v);
		else
			fprintf(stderr, "erprobe fleet: %s\n", err);
	}
	fleet_found_free(&found);
	strbuf_free(&answer);
	return code;
}
