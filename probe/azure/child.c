/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader's child: one loop over all calls of all circuits. */
#include "probe/azure/child.h"

#include "analysis/render/words.h"
#include "probe/azure/last_good.h"
#include "probe/azure/record.h"
#include "probe/azure/session.h"
#include "probe/host/files.h"
#include "probe/host/library.h"
#include "probe/host/now.h"
#include "probe/host/state_folder.h"
#include "probe/sandbox/sandbox.h"
#include "probe/secret/lockdown.h"
#include "probe/signin/signin.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Parts that end together go up in one record; a person does not see the difference. */
#define FLUSH_NS (50 * NS_PER_MS)
#define WAIT_MOST_NS (500 * NS_PER_MS)

/* What a request is for; comes back with its answer. */
struct owner {
	struct session *session;
	size_t index;
	unsigned token;      /* generation of the token that it was sent with */
};

struct child {
	int fd;
	const struct url_base *base;
	struct http *http;
	struct signin signin;
	struct session *sessions;
	struct owner *owners;      /* SESSION_CALLS for each session */
	struct mono_ns *flushed;   /* when each session's snapshot last went up */
	size_t count;
	struct mono_ns deadline;
	char folder[STATE_FOLDER_MAX]; /* of the last good snapshots; "" = there is none */
	bool pipe_broken;
};

/* 0..1; without randomness the back-off is merely not spread. */
static double jitter(void)
{
	uint32_t bits = 0;
	if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) != (ssize_t)sizeof(bits))
		return 1.0;
	return (double)bits / (double)UINT32_MAX;
}

/* ------------------------------------------------------------------ writing */

static void send_record(struct child *c, struct strbuf *record, bool made)
{
	if (!made || !files_write_all(c->fd, record->text, record->len))
		c->pipe_broken = true;
	strbuf_free(record);
}

/* A finished snapshot is kept for later; one in which nothing could be read gives way to
 * what was kept. */
static void settle(const struct child *c, struct session *s)
{
	struct az_snapshot kept;
	char age[WORDS_MAX];
	if (!s->snapshot.finished || s->settled || !c->folder[0])
		return;
	s->settled = true;
	if (az_snapshot_available(&s->snapshot)) {
		last_good_save(c->folder, s->circuit, &s->snapshot);
	} else if (last_good_read(c->folder, s->circuit, &kept)) {
		age_words(wall_since(now_wall(), kept.done_at), age);
		text_format(kept.why_not, sizeof(kept.why_not), "%.190s; its last answer is %s old", s->snapshot.why_not, age);
		kept.finished = true;
		az_snapshot_free(&s->snapshot);
		s->snapshot = kept;
	}
}

static void flush_sessions(struct child *c, bool all)
{
	struct mono_ns now = now_mono();
	for (size_t i = 0; i < c->count && !c->pipe_broken; i++) {
		struct session *s = &c->sessions[i];
		bool due = all || s->snapshot.finished || mono_since(now, c->flushed[i]) >= FLUSH_NS;
		if (!s->dirty || !due)
			continue;
		settle(c, s);
		struct strbuf record;
		strbuf_init(&record, RECORD_HEADER + RECORD_JSON_MAX + 1);
		struct az_snapshot told;
		bool made = session_tell(s, &told) && record_snapshot(&record, i, &told);
		az_snapshot_free(&told);
		send_record(c, &record, made);
		s->dirty = false;
		c->flushed[i] = now;
	}
}

/* ------------------------------------------------------------------ calls */

static void send_call(struct child *c, struct owner *o, struct mono_ns now)
{
	struct arm_call *call = &o->session->calls[o->index];
	struct http_request r = {.url = call->url, .post = call->post, .json = call->post ? call->body : NULL,
	                         .token = c->signin.token.text};
	r.timeout_s = (double)mono_since(c->deadline, now) / (double)NS_PER_SEC;
	bool has = signin_check(&c->signin, now) == SIGNIN_HAS;
	o->token = c->signin.generation; /* after the check, which may have found the file renewed */
	if (!has)
		arm_fail(call, "%s", c->signin.error);
	else if (!http_start(c->http, &r, o))
		arm_fail(call, "out of memory");
	else
		call->state = ARM_FLYING;
	session_advance(o->session, o->index, now, now_wall());
}

/* ------------------------------------------------------------------ signing in */

/* An answer whose owner is the sign-in itself. */
static bool send_signin(struct child *c, struct mono_ns now)
{
	struct http_request r;
	return signin_request(&c->signin, now, now_wall(), &r) && !http_start(c->http, &r, &c->signin);
}

static void step_signin(struct child *c, struct mono_ns now)
{
	if (!signin_due(&c->signin, now))
		return;
	if (!signin_by_http(&c->signin))
		signin_run(&c->signin, now, now_wall());
	else if (send_signin(c, now))
		signin_fail(&c->signin, "out of memory");
}

/* A call that Azure refused with 401 goes on with a new token, once. */
static void renew_call(struct child *c, struct owner *o, struct mono_ns now)
{
	struct arm_call *call = &o->session->calls[o->index];
	bool is_new;
	if (!call->renew_token || !signin_refused(&c->signin, o->token, now, &is_new))
		return;
	arm_renewed(call, is_new);
	session_advance(o->session, o->index, now, now_wall());
}

static void renew_calls(struct child *c, struct mono_ns now)
{
	for (size_t i = 0; i < c->count * SESSION_CALLS; i++)
		renew_call(c, &c->owners[i], now);
}

/* ------------------------------------------------------------------ requests */

static void send_ready(struct child *c, struct mono_ns now)
{
	step_signin(c, now);
	renew_calls(c, now);
	if (signin_check(&c->signin, now) == SIGNIN_WAIT)
		return;
	for (size_t i = 0; i < c->count * SESSION_CALLS; i++) {
		struct owner *o = &c->owners[i];
		const struct arm_call *call = &o->session->calls[o->index];
		if (call->state == ARM_READY && mono_since(now, call->not_before) >= 0)
			send_call(c, o, now);
	}
}

/* Whoever sends our token back is no Azure, or shows it to whoever reads the answer. */
static bool repeats_token(const struct child *c, const struct http_answer *a)
{
	const struct token *t = &c->signin.token;
	return token_within(t, a->body, a->len) || token_within(t, a->correlation_id, strlen(a->correlation_id)) ||
	       token_within(t, a->location, strlen(a->location)) ||
	       token_within(t, a->async_operation, strlen(a->async_operation));
}

static void take_answer(struct child *c, struct owner *o, const struct http_answer *a)
{
	struct arm_call *call = &o->session->calls[o->index];
	struct mono_ns now = now_mono();
	if (repeats_token(c, a)) {
		call->http_status = a->status;
		arm_fail(call, "%d, but the answer repeats our access token: thrown away", (int)a->status);
	} else {
		arm_take(call, c->base, a, now, jitter());
	}
	if (call->renew_token)
		renew_call(c, o, now);
	else
		session_advance(o->session, o->index, now, now_wall());
}

static void take_answers(struct child *c)
{
	void *owner;
	struct http_answer *a;
	while ((a = http_take(c->http, &owner)) != NULL) {
		if (owner == &c->signin)
			signin_take(&c->signin, a, now_mono(), now_wall(), jitter());
		else
			take_answer(c, owner, a);
		http_answer_free(a);
	}
}

/* ------------------------------------------------------------------ the loop */

static bool all_ended(const struct child *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!session_ended(&c->sessions[i]))
			return false;
	return true;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Until the next call is due, a snapshot may go up, or the deadline comes. */
static int wait_milliseconds(const struct child *c, struct mono_ns now)
{
	int64_t ns = least(WAIT_MOST_NS, mono_since(c->deadline, now));
	bool has_token = c->signin.way == WAY_FILE || c->signin.token.len > 0;
	if (c->signin.state == SIGNIN_READY)
		ns = least(ns, mono_since(c->signin.not_before, now));
	for (size_t i = 0; i < c->count; i++) {
		const struct session *s = &c->sessions[i];
		if (s->dirty)
			ns = least(ns, FLUSH_NS);
		for (size_t k = 0; k < SESSION_CALLS; k++)
			if (has_token && s->calls[k].state == ARM_READY)
				ns = least(ns, mono_since(s->calls[k].not_before, now));
	}
	return ns <= 0 ? 0 : (int)(ns / NS_PER_MS) + 1;
}

/* Calls that have not ended fail for this reason. */
static void fail_rest(struct child *c, const char *why)
{
	struct mono_ns now = now_mono();
	for (size_t i = 0; i < c->count * SESSION_CALLS; i++) {
		struct owner *o = &c->owners[i];
		if (arm_ended(&o->session->calls[o->index]))
			continue;
		arm_fail(&o->session->calls[o->index], "%s", why);
		session_advance(o->session, o->index, now, now_wall());
	}
}

/* Calls that waited for a token to the end say so. */
static void say_no_token(struct child *c)
{
	signin_say_late(&c->signin);
	if (c->signin.state == SIGNIN_FAILED && c->signin.token.len == 0)
		fail_rest(c, c->signin.error);
}

static void read_all(struct child *c)
{
	for (struct mono_ns now = now_mono(); c->http && !all_ended(c) && !c->pipe_broken; now = now_mono()) {
		if (mono_since(c->deadline, now) <= 0)
			break;
		send_ready(c, now);
		flush_sessions(c, false);
		http_wait(c->http, wait_milliseconds(c, now));
		take_answers(c);
	}
	say_no_token(c);
	for (size_t i = 0; i < c->count; i++)
		session_expire(&c->sessions[i], now_wall());
	flush_sessions(c, true);
}

static bool make_sessions(struct child *c, const struct plan_circuit *circuits, size_t count)
{
	struct mono_ns now = now_mono();
	c->sessions = calloc(count, sizeof(*c->sessions));
	c->owners = calloc(count * SESSION_CALLS, sizeof(*c->owners));
	c->flushed = calloc(count, sizeof(*c->flushed));
	if (!c->sessions || !c->owners || !c->flushed)
		return false;
	c->count = count;
	for (size_t i = 0; i < count; i++)
		session_begin(&c->sessions[i], &circuits[i], c->base, now, c->deadline, now_wall());
	for (size_t i = 0; i < count * SESSION_CALLS; i++)
		c->owners[i] = (struct owner){&c->sessions[i / SESSION_CALLS], i % SESSION_CALLS, 0};
	return true;
}

/* Root may read a secret's file that is another user's, but only while it has its rights:
 * so the files are read first. Whether there is a token is said by each call. */
static bool give_up_rights(struct child *c, const struct azure_settings *settings)
{
	char err[256];
	signin_begin(&c->signin, settings, now_mono(), c->deadline);
	return sandbox_clear_capabilities(err, sizeof(err));
}

/* The next circuit that is to be read again. False when none will be. */
static bool wait_for_wish(const struct child *c, size_t *circuit)
{
	for (;;) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		int64_t left = mono_since(c->deadline, now_mono());
		uint8_t asked;
		int ready = left > 0 ? poll(&p, 1, (int)(left / NS_PER_MS) + 1) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || read(c->fd, &asked, sizeof(asked)) != sizeof(asked)) /* time is over, or the parent is gone */
			return false;
		*circuit = asked;
		if (asked < c->count)
			return true;
	}
}

static void read_again(struct child *c)
{
	size_t i;
	while (!c->pipe_broken && wait_for_wish(c, &i)) {
		session_again(&c->sessions[i], now_mono(), now_wall());
		read_all(c);
	}
}

/* What is under way when the last record is written is not waited for: a name look-up
 * would hold http_close() up, and the process ends anyway. */
int child_run(int fd, pid_t parent, const struct azure_settings *settings, const struct url_base *base, const struct child_task *task)
{
	static struct child c; /* one a process: too large for the stack */
	struct strbuf record;
	if (!lockdown(fd, parent))
		return CHILD_ORPHAN;
	signal(SIGTERM, SIG_IGN); /* to a whole group: what was read by then is still wanted, and the parent ends us */
	c.fd = fd;
	c.base = base;
	c.deadline = task->deadline;
	if (!state_folder(settings->state_folder, c.folder))
		c.folder[0] = '\0';
	if (!give_up_rights(&c, settings))
		return CHILD_NOT_LOCKED;
	if (!make_sessions(&c, task->circuits, task->count))
		return CHILD_NO_MEMORY;
	char why[LIBRARY_ERROR_ROOM];
	c.http = http_open(base, why, sizeof(why));
	if (!c.http)
		fail_rest(&c, why);
	read_all(&c);
	if (task->stays)
		read_again(&c);
	signin_end(&c.signin);
	if (!c.pipe_broken) {
		strbuf_init(&record, RECORD_HEADER + 64);
		bool made = record_end(&record);
		send_record(&c, &record, made);
	}
	return c.pipe_broken ? CHILD_NO_PIPE : CHILD_DONE;
}
