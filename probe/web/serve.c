/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/web/serve.h"

#include "analysis/live/live.h"
#include "analysis/value/strbuf.h"
#include "analysis/value/uuid.h"
#include "analysis/web/shelf.h"
#include "probe/host/now.h"
#include "probe/host/say.h"
#include "probe/sandbox/sandbox.h"
#include "probe/secret/lockdown.h"
#include "probe/web/door.h"
#include "probe/web/parcel.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NICE 10 /* checks first */
#define HEARTBEAT_NS (15 * NS_PER_SEC)
#define PARTS_MAX 4096
#define STATE_KEY "?state="

#define TYPE_TEXT "text/plain; charset=utf-8"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Nothing from elsewhere, nothing inline, in no frame, kept by no cache. */
static const struct door_header headers[] = {
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
	                            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
	{"Cache-Control", "no-store"},
	{NULL, NULL},
};
/* A report has its style within itself, and needs nothing besides: no script, no link, no place of origin. */
static const struct door_header report_policy = {
	"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"};

/* One piece of the page. */
struct part {
	char id[SHELF_ID_MAX]; /* "" = a fixed piece */
	struct door_text *text;
};

struct page {
	struct part *parts;
	size_t count;
	struct part *reports;  /* by the runs' ids; at most PARTS_MAX */
	size_t report_count;
	struct door_text *documents[WEB_DOCUMENTS]; /* but the page */
	struct web_names names;
	char state[SHELF_ID_MAX];
};

struct server {
	struct door *door;
	int channel;
	bool told; /* that a state could not be taken */
	struct page page;
};

/* -- shelves -- */

static void page_free(struct page *p)
{
	for (size_t i = 0; i < p->count; i++)
		door_text_drop(p->parts[i].text);
	free(p->parts);
	for (size_t i = 0; i < p->report_count; i++)
		door_text_drop(p->reports[i].text);
	free(p->reports);
	for (size_t i = 0; i < WEB_DOCUMENTS; i++)
		door_text_drop(p->documents[i]);
	*p = (struct page){0};
}

static const struct part *part_named(const struct part *parts, size_t count, const char *id)
{
	for (size_t i = 0; parts && id[0] && i < count; i++)
		if (strcmp(parts[i].id, id) == 0)
			return &parts[i];
	return NULL;
}

/* What did not change is shared with the former page's parts (or reports). */
static bool take_part(struct part *parts, size_t *count, const struct part *former, size_t former_count, const struct shelf_entry *e)
{
	/* Parts mostly stay at their places. */
	const struct part *old = *count < former_count ? &former[*count] : NULL;
	struct part *fresh = &parts[*count];

	if (*count == PARTS_MAX)
		return false;
	if (!old || strcmp(old->id, e->id) != 0)
		old = part_named(former, former_count, e->id);
	memcpy(fresh->id, e->id, sizeof fresh->id);
	fresh->text = old && door_text_is(old->text, e->text, e->len) ? door_text_hold(old->text) : door_text_new(e->text, e->len);
	if (!fresh->text)
		return false;
	++*count;
	return true;
}

static bool take_entry(struct page *p, const struct page *former, const struct shelf_entry *e)
{
	enum web_document document = e->kind == SHELF_METRICS ? WEB_METRICS : WEB_OPENMETRICS;
	char name[WEB_NAME_MAX];

	switch (e->kind) {
	case SHELF_METRICS:
	case SHELF_OPENMETRICS:
		door_text_drop(p->documents[document]);
		p->documents[document] = door_text_new(e->text, e->len);
		return p->documents[document] != NULL;
	case SHELF_NAME:
		text_format(name, sizeof name, "%.*s", (int)(e->len < sizeof name ? e->len : 0), e->text);
		web_names_add(&p->names, name);
		return true;
	case SHELF_STATE:
		memcpy(p->state, e->id, sizeof p->state);
		return true;
	case SHELF_FIXED:
	case SHELF_PART:
		return take_part(p->parts, &p->count, former->parts, former->count, e);
	case SHELF_REPORT:
		return take_part(p->reports, &p->report_count, former->reports, former->report_count, e);
	}
	return false;
}

static bool read_shelf(const void *bytes, size_t len, const struct page *former, struct page *out)
{
	struct shelf_reader r = shelf_over(bytes, len);
	struct shelf_entry e;
	bool ok;

	*out = (struct page){.parts = calloc(PARTS_MAX, sizeof *out->parts), .reports = calloc(PARTS_MAX, sizeof *out->reports)};
	ok = out->parts && out->reports;
	for (int d = WEB_STYLE; ok && d <= WEB_SCRIPT; d++)
		out->documents[d] = former->documents[d] ? door_text_hold(former->documents[d]) : NULL;
	while (ok && shelf_next(&r, &e))
		ok = take_entry(out, former, &e);
	return ok && !r.bad;
}

/* -- streams -- */

static void send_text(struct server *s, struct door_visit *only, const char *text, size_t len)
{
	struct door_text *t = door_text_new(text, len);

	if (t && only)
		door_greet(only, t);
	else if (t)
		door_send(s->door, t);
	door_text_drop(t);
}

/* "data: …" for each line of the text (HTML Standard, section 9.2.5). */
static void add_data(struct strbuf *out, const char *text, size_t len)
{
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		strbuf_add(out, "data: ");
		strbuf_add_bytes(out, text, line);
		strbuf_add_char(out, '\n');
		text += line + (end ? 1 : 0);
		len -= line + (end ? 1 : 0);
	}
}

/* An event without data would not be told (HTML Standard, section 9.2.6). */
static const char again[] = "event: page\ndata: 1\n\n";

static bool same_parts(const struct page *a, const struct page *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->parts[i].id, b->parts[i].id) != 0)
			return false;
	return true;
}

/* What changed since the former page: part by part, or that all is to be read again. */
static void tell(struct server *s, const struct page *former)
{
	const struct page *now = &s->page;
	struct strbuf out;

	if (strcmp(former->state, now->state) == 0)
		return;
	strbuf_init(&out, SHELF_MAX);
	if (!same_parts(former, now)) {
		strbuf_add(&out, again);
	} else {
		for (size_t i = 0; i < now->count; i++) {
			const struct part *p = &now->parts[i];

			if (!p->id[0] || p->text == former->parts[i].text)
				continue;
			strbuf_addf(&out, "event: part\ndata: %s\n", p->id);
			add_data(&out, door_text_bytes(p->text), door_text_len(p->text));
			strbuf_add_char(&out, '\n');
		}
		strbuf_addf(&out, "event: state\ndata: %s\n\n", now->state);
	}
	if (strbuf_ok(&out))
		send_text(s, NULL, out.text, out.len);
	strbuf_free(&out);
}

static void on_heartbeat(void *arg)
{
	struct server *s = arg;

	static const char beat[] = "event: beat\ndata: 1\n\n";

	send_text(s, NULL, beat, sizeof beat - 1);
}

/* -- requests -- */

static void answer_line(struct door_visit *v, int code, const char *line)
{
	struct door_text *t = door_text_new(line, strlen(line));

	door_answer(v, code, TYPE_TEXT, &t, t ? 1 : 0);
	door_text_drop(t);
}

static void answer_page(const struct server *s, struct door_visit *v)
{
	struct door_text **texts = calloc(s->page.count + 1, sizeof *texts);

	for (size_t i = 0; texts && i < s->page.count; i++)
		texts[i] = s->page.parts[i].text;
	if (texts && s->page.count > 0)
		door_answer(v, 200, TYPE_HTML, texts, s->page.count);
	else
		answer_line(v, 503, "not yet; try again in a second\n");
	free(texts);
}

static void answer_events(struct server *s, struct door_visit *v, const char *target)
{
	const char *state = strstr(target, STATE_KEY);
	static const char hello[] = "event: beat\ndata: 1\n\n";

	if (!door_stream(v, "text/event-stream")) {
		answer_line(v, 503, "too many readers\n");
		return;
	}
	send_text(s, v, hello, sizeof hello - 1);
	if (state && strcmp(state + strlen(STATE_KEY), s->page.state) != 0)
		send_text(s, v, again, sizeof again - 1);
}

/* Only reports that were handed over: nothing is looked up in a file system, of which this process has none. */
static void answer_report(const struct server *s, struct door_visit *v, const char *target)
{
	const char *run = web_report_run(target);
	char id[SHELF_ID_MAX];
	const struct part *report;

	text_format(id, sizeof id, "%.*s", run ? UUID_TEXT_MAX - 1 : 0, run ? run : "");
	report = part_named(s->page.reports, s->page.report_count, id);
	if (!report) {
		answer_line(v, 404, "no report of this run is kept here: there is one of the last run of each circuit that is not healthy\n");
		return;
	}
	door_header_instead(v, &report_policy);
	door_answer(v, 200, TYPE_HTML, &report->text, 1);
}

static void answer_document(const struct server *s, struct door_visit *v, enum web_document what)
{
	static const char *const types[WEB_DOCUMENTS] = {
		[WEB_STYLE] = "text/css; charset=utf-8", [WEB_SCRIPT] = "text/javascript; charset=utf-8",
		[WEB_METRICS] = TYPE_METRICS, [WEB_OPENMETRICS] = TYPE_OPENMETRICS};
	struct door_text *t = s->page.documents[what];

	if (t)
		door_answer(v, 200, types[what], &t, 1);
	else
		answer_line(v, 503, "not yet; try again in a second\n");
}

static void on_request(void *arg, struct door_visit *v, const struct web_request *r)
{
	struct server *s = arg;
	enum web_document what;
	int code = web_judge(r, &s->page.names, &what);

	if (code == 200 && what == WEB_PAGE)
		answer_page(s, v);
	else if (code == 200 && what == WEB_EVENTS)
		answer_events(s, v, r->target);
	else if (code == 200 && what == WEB_REPORT)
		answer_report(s, v, r->target);
	else if (code == 200)
		answer_document(s, v, what);
	else if (code == 421)
		answer_line(v, code, "not by this name: ask by address or as localhost, or name it in audit.names\n");
	else
		answer_line(v, code, code == 403 ? "not for other sites\n" : code == 400 ? "no usable Host header\n" : "there is / and /metrics\n");
}

/* -- the channel -- */

/* The new state, in place of the former. NULL, or why it could not be taken. */
static const char *take_shelf(struct server *s, int fd)
{
	struct stat st;
	struct page fresh, former;
	void *bytes;
	size_t len;
	bool good;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (st.st_size <= 0 || st.st_size > (off_t)SHELF_MAX)
		return "it is empty, or too large";
	len = (size_t)st.st_size;
	bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return strerror(errno);
	good = read_shelf(bytes, len, &s->page, &fresh);
	munmap(bytes, len);
	if (!good) {
		page_free(&fresh);
		return "out of memory, or it is too large";
	}
	former = s->page;
	s->page = fresh;
	tell(s, &former);
	page_free(&former);
	return NULL;
}

/* Readers see the former state meanwhile: its loss is named once, asked for again, and its end named. */
static void take_state(struct server *s, int fd)
{
	const char *why = take_shelf(s, fd);

	if (why)
		parcel_ask_again(s->channel);
	if (why && !s->told)
		say(SAY_WARNING, "the process that serves the page: page and metrics stand still: the new state cannot be taken: %s; "
		    "asked for again every second", why);
	else if (!why && s->told)
		say(SAY_WARNING, "the process that serves the page: page and metrics are up to date again");
	s->told = why != NULL;
}

static void on_parcel(void *arg)
{
	struct server *s = arg;
	enum parcel what;
	bool gone;
	int fd;

	while ((what = parcel_take(s->channel, &fd, &gone)) != PARCEL_NONE) {
		if (what == PARCEL_LISTEN) {
			door_listen(s->door, fd);
			continue;
		}
		take_state(s, fd);
		close(fd);
	}
	if (gone)
		_exit(0);
}

/* -- the process -- */

static bool prepare(struct server *s, struct loop *l, char *err, size_t err_size)
{
	s->door = door_open(l, on_request, s, headers, err, err_size);
	if (!s->door)
		return false;
	s->page.documents[WEB_STYLE] = door_text_new(live_style, strlen(live_style));
	s->page.documents[WEB_SCRIPT] = door_text_new(live_script, strlen(live_script));
	if (loop_readable(l, s->channel, on_parcel, s) && loop_every(l, HEARTBEAT_NS, on_heartbeat, s))
		return true;
	text_format(err, err_size, "out of memory");
	return false;
}

void serve(int channel, pid_t parent)
{
	struct server s = {.channel = channel};
	char err[300] = "out of memory";
	struct loop *l = NULL;

	if (!lockdown(channel, parent))
		_exit(1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN); /* to a whole group: the service says when it is over */
	setpriority(PRIO_PROCESS, 0, NICE);
	tzset(); /* reads a file, which the Date header would want later */
	l = loop_new();
	if (l && prepare(&s, l, err, sizeof err) && sandbox_web(parent, DOOR_GUESTS_MAX, err, sizeof err)) {
		loop_run(l); /* on_parcel() ends the process */
		text_format(err, sizeof err, "its event loop failed");
	}
	say(SAY_ERROR, "the process that serves the page ends: %s", err);
	_exit(1);
}
