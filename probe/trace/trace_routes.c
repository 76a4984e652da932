/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_routes.h"

#include "probe/trace/trace_progress.h"

static void on_change(void *arg)
{
	struct trace_routes *r = arg;

	own_routes_take(&r->routes, now_mono());
}

bool trace_routes_watch(struct trace_routes *r, struct loop *loop, const struct plan *p, struct trace_engine *e, struct progress *progress)
{
	*r = (struct trace_routes){.engine = e, .progress = progress};
	return !own_routes_open(&r->routes, p) || loop_readable(loop, own_routes_fd(&r->routes), on_change, r) != NULL;
}

void trace_routes_look(struct trace_routes *r, struct mono_ns now)
{
	own_routes_look(&r->routes, now);
}

void trace_routes_close(struct trace_routes *r)
{
	own_routes_close(&r->routes);
}

/* A route that moved to another interface may come back, but is not waited for as long as one that is gone: sockets, source and
 * capture of this run are the old interface's. */
static bool stays_away(struct trace_routes *r, uint16_t flow, struct mono_ns now)
{
	return mono_since(now, r->routes.round_at) >= TRACE_ROUTES_MOVED_NS && own_routes_moved(&r->routes, flow);
}

size_t trace_routes_keep(struct trace_routes *r, struct trace_wish *wishes, size_t count)
{
	struct mono_ns now = now_mono();
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		char text[IP_TEXT_MAX];
		if (!own_routes_gone(&r->routes, wishes[i].flow)) {
			wishes[kept++] = wishes[i];
			continue;
		}
		if (!r->said)
			progress_warn(r->progress, "this host has lost its route to %s: nothing is sent where there is none until it is back",
			              ip_addr_text(&r->routes.plan->flows[wishes[i].flow].dst, text));
		r->said = true;
		trace_engine_not_sent(r->engine, wishes[i].id, stays_away(r, wishes[i].flow, now) ? SEND_ROUTE_MOVED : SEND_ROUTE_GONE);
	}
	return kept;
}
