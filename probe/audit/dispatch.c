/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/service.h"

#include "analysis/value/strbuf.h"
#include "probe/audit/evidence_keep.h"
#include "probe/audit/reasons_read.h"
#include "probe/audit/run_read.h"
#include "probe/host/say.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LIGHT_BUDGET 1500u
#define DEEP_BUDGET 6000u
#define DEADLINE_S 60.0

/* -- starting -- */

static size_t parallel(const struct service *s)
{
	size_t most = s->config.audit_parallel > 0 ? (size_t)s->config.audit_parallel : AUDIT_PARALLEL_DEFAULT;

	return most < s->config.circuit_count ? most : s->config.circuit_count;
}

/* Every run gets the same share of the host's rate, also when it is alone: whatever
 * starts beside it later, the sum stays within the limit. */
static double share_of_rate(const struct service *s)
{
	double rate = s->config.audit_rate > 0 ? (double)s->config.audit_rate : AUDIT_RATE_DEFAULT;

	return rate / (double)parallel(s);
}

/* A circuit whose runs keep failing for one reason is named once, and once more when they
 * succeed again. */
static void warn_once(struct audit_circuit *c, const char *why)
{
	if (why[0] && strcmp(c->trouble, why) != 0)
		say(SAY_WARNING, "circuit %s: the run failed: %s", c->plan->name, why);
	else if (!why[0] && c->trouble[0])
		say(SAY_WARNING, "circuit %s: runs succeed again", c->plan->name);
	text_format(c->trouble, sizeof c->trouble, "%s", why);
}

static void not_started(struct service *s, struct audit_circuit *c, bool deep, const char *why)
{
	struct run_record *r = calloc(1, sizeof *r);

	front_changed(&s->front);
	c->up = false;
	c->runs[RECORD_FAILED]++;
	c->was_run = true;
	s->failed = true;
	warn_once(c, why);
	schedule_ended(&c->slot, false);
	if (!r)
		return;
	r->outcome = RECORD_FAILED;
	r->deep = deep;
	r->link = LINK_NULL;
	r->started_at = r->ended_at = now_wall();
	text_format(r->circuit, sizeof r->circuit, "%s", c->plan->name);
	text_format(r->trouble, sizeof r->trouble, "%s", why);
	day_take_run(&c->day, r);
	keep_run(s, r, INCIDENT_SAME, &c->incident);
	free(r);
}

/* Turns that are lost because more is due than there is room for are one loss of service: named with the first circuit
 * that loses one, and its end when every circuit has begun in its own turn again. */
#define LATE_LEAST_NS (5 * NS_PER_SEC) /* intervals of a second are for tests: a busy machine is late by one */

static void note_lateness(struct service *s, const struct audit_circuit *c, struct mono_ns now)
{
	int64_t every = s->timetable.every_ns, late = mono_since(now, c->slot.due), least = every > LATE_LEAST_NS ? every : LATE_LEAST_NS;

	if (every <= 0 || s->options->once)
		return;
	if (late >= least) {
		if (!s->late_told)
			say(SAY_WARNING, "circuit %s: begins %.0f s late, so a turn is lost: more is due than is run at once (audit.parallel: %zu)"
			    " or than this host can do; raise audit.parallel or audit.every",
			    c->plan->name, (double)late / (double)NS_PER_SEC, parallel(s));
		s->late_told = true;
		s->late_at = now;
	} else if (s->late_told && mono_since(now, s->late_at) >= 2 * least) {
		say(SAY_WARNING, "every circuit begins in its turn again");
		s->late_told = false;
	}
}

static void start(struct service *s, struct audit_circuit *c)
{
	char err[300], *yaml = circuits_yaml(s, c);
	const struct run_order order = {
		.erprobe = s->options->checker ? s->options->checker : s->program, .packet_helper = s->options->packet_helper, .config = yaml, .circuit = c->plan->name,
		.evidence_dir = s->evidence_dir, .budget = c->slot.deep ? DEEP_BUDGET : LIGHT_BUDGET, .rate = share_of_rate(s),
		.deadline_s = DEADLINE_S, .deep = c->slot.deep,
	};
	struct run_child *child = NULL;

	text_format(err, sizeof err, "out of memory");
	note_lateness(s, c, now_mono());
	schedule_started(&c->slot, &s->timetable, now_wall(), now_mono());
	if (yaml)
		child = run_child_start(s->loop, &order, err, sizeof err);
	free(yaml);
	if (!child) {
		not_started(s, c, order.deep, err);
		return;
	}
	child->next = s->children;
	s->children = child;
	s->running++;
}

static bool wants_run(const struct service *s, const struct audit_circuit *c, struct mono_ns now)
{
	if (s->options->once)
		return !c->slot.running && (!c->was_run || c->slot.deep);
	return schedule_due(&c->slot, now);
}

void dispatch_start(struct service *s)
{
	size_t count = s->config.circuit_count, most = parallel(s);
	struct mono_ns now = now_mono();

	/* In turn: with more due than there is room for, nobody waits for ever. */
	for (size_t i = 0; i < count && s->running < most && !s->stopping; i++) {
		struct audit_circuit *c = &s->circuits[(s->next_circuit + i) % count];

		if (!wants_run(s, c, now))
			continue;
		s->next_circuit = (size_t)(c - s->circuits) + 1;
		start(s, c);
	}
}

/* -- results -- */

/* Somebody ended it before it could answer signals, as a shutdown does that reaches it first. What the service itself
 * ended, for it ran beyond its deadline, has strikes. */
static bool ended_by_others(const struct run_child *child)
{
	int status = child->exit_status, by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return child->strikes == 0 && (by == SIGTERM || by == SIGINT || by == SIGHUP);
}

static void read_result(const struct run_child *child, struct run_record *r)
{
	char err[SENTENCE_MAX];
	bool read = child->len > 0 && !child->too_long &&
	            run_read(child->document, child->len, child->circuit, r, err, sizeof err);

	if (!read) {
		memset(r, 0, sizeof *r);
		r->link = LINK_NULL;
		r->outcome = RECORD_FAILED;
		r->started_at = child->started;
		r->ended_at = now_wall();
		text_format(r->circuit, sizeof r->circuit, "%s", child->circuit);
		run_child_trouble(child, r->trouble, sizeof r->trouble);
		if (child->len > 0 && !child->too_long)
			text_format(r->trouble, sizeof r->trouble, "%s", err);
	}
	if ((child->stopped || ended_by_others(child)) && r->outcome == RECORD_FAILED)
		r->outcome = RECORD_INTERRUPTED;
	r->deep = child->deep;
}

/* Azure away is one loss of service, whatever the number of circuits: it is named with the
 * first that could not be read, and its end when all can be read again. */
static void note_azure(struct service *s, struct audit_circuit *c, const struct run_record *r)
{
	size_t lost = 0;

	if (s->config.azure.auth == AUTH_NONE)
		return;
	c->azure_lost = !r->azure_available;
	for (size_t i = 0; i < s->config.circuit_count; i++)
		lost += s->circuits[i].azure_lost;
	if (lost > 0 && !s->azure_told)
		say(SAY_WARNING, "Azure cannot be read (circuit %s): %s; verdicts go by the wire alone", r->circuit,
		    r->azure_why_not[0] ? r->azure_why_not : "no answer");
	else if (lost == 0 && s->azure_told)
		say(SAY_WARNING, "Azure is read again, for all circuits");
	s->azure_told = lost > 0;
}

/* What leads readers from the page to the evidence of a run that is not healthy. */
static void note_why(struct service *s, struct audit_circuit *c, const struct run_child *child)
{
	circuits_forget_why(s, c);
	if (!s->front.listen[0] || c->last.status == STATUS_HEALTHY)
		return;
	c->why = reasons_read(child->document, child->len);
	if (s->report_bytes < REPORTS_MAX)
		c->report = evidence_report(s->evidence_dir, c->last.run_id, REPORT_MAX, &c->report_len);
	s->report_bytes += c->report ? c->report_len : 0;
}

static void note_result(struct service *s, struct audit_circuit *c, const struct run_child *child, const struct run_record *r)
{
	bool deep = r->outcome == RECORD_FINISHED && record_wants_deep(c->has_last ? &c->last : NULL, r);

	schedule_ended(&c->slot, deep && !s->stopping);
	c->was_run = true;
	c->up = r->outcome == RECORD_FINISHED;
	c->runs[r->outcome]++;
	day_take_run(&c->day, r);
	c->probes += r->probes_sent;
	c->took_s = (double)mono_since(now_mono(), child->began) / (double)NS_PER_SEC;
	if (r->outcome != RECORD_INTERRUPTED)
		warn_once(c, r->trouble);
	if (r->outcome == RECORD_FINISHED) {
		note_azure(s, c, r);
		c->last = *r;
		c->has_last = true;
		note_why(s, c, child);
	}
	/* --once has no verdict either where somebody else ended the run alone. */
	s->failed = s->failed || r->outcome == RECORD_FAILED || (r->outcome == RECORD_INTERRUPTED && !s->stopping);
}

static struct incident_rule rule_of(const struct config *c)
{
	struct incident_rule rule = {
		.need = (uint8_t)(c->incident_runs ? c->incident_runs : AUDIT_INCIDENT_NEED),
		.of = (uint8_t)(c->incident_of ? c->incident_of : AUDIT_INCIDENT_OF),
		.confidence = (double)(c->incident_confidence ? c->incident_confidence : AUDIT_CONFIDENCE_PERCENT) / 100.0,
	};

	/* Only one of the two was written: the other gives way. */
	if (rule.need > rule.of && c->incident_of)
		rule.need = rule.of;
	else if (rule.need > rule.of)
		rule.of = rule.need;
	return rule;
}

static void finish(struct service *s, struct run_child *child)
{
	struct audit_circuit *c = circuits_find(s, child->circuit);
	struct run_record *r = malloc(sizeof *r);
	const struct incident_rule rule = rule_of(&s->config);
	struct incident_state gone = {.link = LINK_NULL};
	enum incident_step step = INCIDENT_SAME;

	if (!r) {
		say(SAY_WARNING, "circuit %s: out of memory for the result of a run", child->circuit);
		if (c)
			schedule_ended(&c->slot, false);
		return;
	}
	read_result(child, r);
	if (c) {
		note_result(s, c, child, r);
		step = incident_take(&c->incident, &rule, r);
	} else {
		/* A reload took the circuit out of the configuration meanwhile: not judged any more. */
		r->outcome = RECORD_INTERRUPTED;
	}
	keep_run(s, r, step, c ? &c->incident : &gone);
	free(r);
}

void dispatch_reap(struct service *s)
{
	struct run_child **at = &s->children;

	while (*at) {
		struct run_child *child = *at;

		if (!run_child_reap(child)) {
			at = &child->next;
			continue;
		}
		*at = child->next;
		s->running--;
		finish(s, child);
		front_changed(&s->front);
		run_child_free(child);
	}
	dispatch_start(s);
}
