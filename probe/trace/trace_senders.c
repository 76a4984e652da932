/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* sched_getaffinity */
#include "probe/trace/trace_senders.h"

#include "analysis/trace/trace_capture.h"
#include "analysis/value/strbuf.h"
#include "probe/trace/trace_plan.h"
#include "probe/trace/trace_progress.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>

/* That this process may run on. */
static int processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static bool wants_two(const struct trace_run_options *o, const struct plan *p, size_t destinations)
{
	return destinations >= TRACE_TWO_FROM && isinf(p->limits.rate) && o->kind == PROBE_ICMP_ECHO && processors() > 1;
}

/* The second's errors are no reason to end: then the first sends all. */
static bool start(struct trace_senders *s, struct helper_options *o, bool two, char *err, size_t err_size)
{
	char why[HELPER_ERROR_MAX];

	s->first = helper_start(o, err, err_size);
	if (!s->first || !two)
		return s->first != NULL;
	o->bulk = o->light = false;
	o->sends_only = true;
	s->second = helper_start(o, why, sizeof why);
	return true;
}

bool trace_senders_start(struct trace_senders *s, const struct trace_run_options *o, const struct plan *p, size_t destinations,
                         const struct trace_ways *w, char *err, size_t err_size)
{
	const char *names[CHANNEL_IFACES_MAX];
	struct ip_prefix *allow;
	enum trace_capture how = trace_capture_for(destinations, p->limits.rate, o->sizes);
	struct helper_options h = {
		.path = o->packet_helper,
		.ifaces = names,
		.iface_count = p->iface_count,
		.vias = w->vias,
		.via_count = w->via_count,
		.rate = p->limits.rate,
		.bulk = how == TRACE_CAPTURE_BULK,
		.light = how == TRACE_CAPTURE_LIGHT,
		/* Flows to different addresses share a port. */
		.ports = o->kind == PROBE_ICMP_ECHO ? 0 : trace_plan_group(o),
	};

	for (size_t i = 0; i < p->iface_count; i++)
		names[i] = p->ifaces[i].name;
	if (!trace_plan_allow(p, &allow, &h.allow_count)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	h.allow = allow;
	bool ok = start(s, &h, wants_two(o, p, destinations), err, err_size);
	free(allow);
	return ok;
}

bool trace_senders_put(const struct trace_senders *s, const struct probe_spec *specs, size_t count)
{
	bool second = s->second && helper_waiting(s->second) <= helper_waiting(s->first);

	return (second && helper_send_probes(s->second, specs, count)) || helper_send_probes(s->first, specs, count);
}

void trace_senders_lose_second(struct trace_senders *s)
{
	helper_leave(s->second);
	s->second = NULL;
}

void trace_senders_leave(struct trace_senders *s)
{
	helper_leave(s->first);
	helper_leave(s->second);
	*s = (struct trace_senders){0};
}
