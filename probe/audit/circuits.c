/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/service.h"

#include "analysis/value/strbuf.h"
#include "probe/history/history_recent.h"
#include "probe/host/say.h"

#include <stdlib.h>
#include <string.h>

struct audit_circuit *circuits_find(struct service *s, const char *name)
{
	for (size_t i = 0; s->circuits && i < s->config.circuit_count; i++)
		if (strcmp(s->circuits[i].plan->name, name) == 0)
			return &s->circuits[i];
	return NULL;
}

void circuits_forget_why(struct service *s, struct audit_circuit *c)
{
	free(c->why);
	free(c->report);
	s->report_bytes -= c->report ? c->report_len : 0;
	c->why = NULL;
	c->report = NULL;
}

void circuits_free(struct service *s)
{
	for (size_t i = 0; s->circuits && i < s->config.circuit_count; i++)
		circuits_forget_why(s, &s->circuits[i]);
	free(s->circuits);
	s->circuits = NULL;
}

static struct timetable timetable_of(const struct config *c)
{
	struct timetable t = {.every_ns = (c->audit_every_s ? c->audit_every_s : AUDIT_EVERY_DEFAULT_S) * NS_PER_SEC};
	const char *why;

	/* The configuration's rules have read it already. */
	if (c->audit_cron[0] && cron_parse(c->audit_cron, &t.cron, &why))
		t.every_ns = 0;
	return t;
}

/* A circuit that is new to this service, with what the history remembers of it. */
static void begin_circuit(struct service *s, struct audit_circuit *c)
{
	struct history_memory *m = malloc(sizeof *m);
	bool known = false;

	c->incident.link = LINK_NULL;
	c->last.link = LINK_NULL;
	if (s->history && m) {
		bool day = history_day(s->history, c->plan->name, now_wall().ns / NS_PER_US, &c->day);

		known = history_memory(s->history, c->plan->name, m) && day;
		if (!known)
			say(SAY_WARNING, "circuit %s: what the history %s remembers of it cannot be read, and counts anew: %s", c->plan->name,
			    s->history_path, history_error(s->history));
	}
	if (known) {
		c->incident = m->incident;
		c->has_last = m->has_last;
		if (m->has_last)
			c->last = m->last;
		c->last.handoff = c->plan->handoff; /* the history does not keep it */
	}
	free(m);
}

bool circuits_adopt(struct service *s, struct config *c, char *err, size_t err_size)
{
	struct audit_circuit *fresh = calloc(c->circuit_count, sizeof *fresh);
	struct timetable t = timetable_of(c);
	bool same_times = t.every_ns == s->timetable.every_ns && strcmp(c->audit_cron, s->config.audit_cron) == 0;
	struct wall_ns wall = now_wall();
	struct mono_ns mono = now_mono();

	if (!fresh) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	for (size_t i = 0; i < c->circuit_count; i++) {
		struct audit_circuit *old = circuits_find(s, c->circuits[i].name);
		bool running = old && old->slot.running;

		if (old) {
			fresh[i] = *old;
			old->why = NULL; /* they are the new one's */
			old->report = NULL;
		}
		fresh[i].plan = &c->circuits[i];
		if (!old)
			begin_circuit(s, &fresh[i]);
		if (!old || !same_times)
			schedule_begin(&fresh[i].slot, &t, c->circuits[i].name, wall, mono);
		/* One that nobody has ever checked: whoever has just set it up waits for a first verdict. A deep
		 * run out of turn: its turn itself stays, apart from that of the others. */
		if (!old && !fresh[i].has_last && !fresh[i].slot.idle)
			fresh[i].slot.deep = true;
		fresh[i].slot.running = running;
	}
	circuits_free(s);
	config_free(&s->config);
	s->circuits = fresh;
	s->config = *c;
	s->timetable = t;
	s->next_circuit = 0;
	memset(c, 0, sizeof *c);
	return true;
}

char *circuits_yaml(const struct service *s, const struct audit_circuit *c)
{
	struct config own = s->config;
	struct strbuf text;

	/* The default place is made explicit: the run must use the same one. */
	text_format(own.history_path, sizeof own.history_path, "%s", s->history_path);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	config_print_one(&own, c->plan, &text);
	return strbuf_take(&text);
}
