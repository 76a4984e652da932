/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_sources.h"

#include "probe/trace/trace_progress.h"

static void on_addresses(void *arg)
{
	struct trace_sources *s = arg;
	char text[IP_TEXT_MAX];

	if (!own_addresses_take(&s->addresses))
		return;
	for (size_t i = 0; i < s->addresses.count; i++) {
		if (!s->addresses.list[i].went)
			continue;
		progress_warn(s->progress, s->addresses.list[i].gone ? "%s is no address of this host any more: nothing leaves from it until it is back" :
		              "%s was not there for a moment: what was under way from it is not counted",
		              ip_addr_text(&s->addresses.list[i].addr, text));
		/* Answers to it come to nobody. */
		trace_engine_lost_frames(s->engine);
	}
}

bool trace_sources_watch(struct trace_sources *s, struct loop *loop, const struct plan *p, struct trace_engine *e, struct progress *progress)
{
	char why[160];

	*s = (struct trace_sources){.plan = p, .engine = e, .progress = progress};
	if (own_addresses_open(&s->addresses, p, why, sizeof why))
		return loop_readable(loop, own_addresses_fd(&s->addresses), on_addresses, s) != NULL;
	progress_warn(progress, "%s", why);
	return true;
}

void trace_sources_look(struct trace_sources *s)
{
	if (own_addresses_due(&s->addresses))
		on_addresses(s);
}

void trace_sources_close(struct trace_sources *s)
{
	own_addresses_close(&s->addresses);
}

size_t trace_sources_keep(struct trace_sources *s, struct trace_wish *wishes, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (own_addresses_gone(&s->addresses, &s->plan->flows[wishes[i].flow].src))
			trace_engine_not_sent(s->engine, wishes[i].id, SEND_NO_ADDRESS);
		else
			wishes[kept++] = wishes[i];
	}
	return kept;
}
