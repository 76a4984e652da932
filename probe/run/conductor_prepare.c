/* SPDX-License-Identifier: BSD-2-Clause */
/* PLAN and LAUNCH: what will be probed, and the helper that may probe it. */
#include "probe/run/conductor.h"

#include "analysis/value/strbuf.h"
#include "probe/host/build.h"
#include "probe/plan/plan_build.h"
#include "probe/sandbox/sandbox.h"

#include <stdlib.h>
#include <string.h>

/* Completes the flows of a plan that can send nothing at all. */
#define UNUSED_PORT_BASE 33000
#define WATCH_SUBNETS_MAX 64 /* that the helper takes: 16 circuits of two families */
#define AWAIT_STEP_NS (20 * NS_PER_MS)

/* -- links that Azure must name -- */

/* Is there a link without any address of Azure's side? */
static bool lacks_a_link(const struct plan_circuit *c)
{
	for (int l = 0; l < LINKS; l++)
		if (!ip_addr_is_set(&c->links[l].msee[FAM4]) && !ip_addr_is_set(&c->links[l].msee[FAM6]))
			return true;
	return false;
}

/* Azure's word on this circuit's peering, good or bad; NULL while there is none. */
static const struct az_peering *peering_of(const struct conductor *k, size_t circuit)
{
	const struct az_snapshot *s = k->log.snapshots[circuit];

	return s && s->peering.part.read != AZ_NOT_ASKED ? &s->peering : NULL;
}

static bool awaits_peering(const struct conductor *k)
{
	if (conductor_azure_over(k))
		return false;
	for (size_t i = 0; i < k->config->circuit_count; i++)
		if (lacks_a_link(&k->config->circuits[i]) && !peering_of(k, i) && !k->azure.finished[i])
			return true;
	return false;
}

static void on_await(void *arg)
{
	struct conductor *k = arg;
	struct mono_ns now = now_mono();

	conductor_azure_tick(k, now);
	progress_show(&k->progress, mono_since(now, k->began), 0, "Azure to name the links");
	if (k->interrupted || !awaits_peering(k))
		loop_stop(k->loop);
}

/* Azure bounds this by its own deadline. */
static bool await_peerings(struct conductor *k)
{
	struct loop_event *timer;
	bool ok;

	if (!awaits_peering(k))
		return true;
	timer = loop_every(k->loop, AWAIT_STEP_NS, on_await, k);
	ok = timer && loop_run(k->loop);
	loop_drop(k->loop, timer);
	return ok;
}

static const char *why_no_peering(const struct conductor *k, size_t circuit)
{
	const struct az_snapshot *s = k->log.snapshots[circuit];

	if (!s)
		return "no answer";
	if (s->why_not[0] != '\0')
		return s->why_not;
	return s->peering.part.error[0] != '\0' ? s->peering.part.error : "no answer";
}

/* A circuit without any link can be judged only where Azure itself says that there is
 * no peering, or none with addresses: that is a finding. */
static bool check_links(const struct conductor *k, size_t circuit, char *err, size_t err_size)
{
	const struct plan_circuit *c = &k->config->circuits[circuit];
	const struct az_peering *p = peering_of(k, circuit);

	if (plan_circuit_has_links(c) || k->interrupted || (p && p->part.read == AZ_OK))
		return true;
	if (!k->azure.asked)
		text_format(err, err_size, "circuit %s: no link addresses: set links.primary and links.secondary (ce, msee), "
		            "or an azure section to derive them from", c->name);
	else
		text_format(err, err_size, "circuit %s: no link addresses, and Azure did not name them: %s; set links.primary "
		            "and links.secondary (ce, msee) to check without Azure", c->name, why_no_peering(k, circuit));
	return false;
}

/* -- PLAN -- */

bool conductor_plan(struct conductor *k, char *err, size_t err_size)
{
	const struct az_snapshot *snapshots[EVENT_LOG_CIRCUITS_MAX];
	const struct plan_build_options o = {
		.limits = k->limits,
		.tool = build_tool(),
		.snapshots = snapshots,
		/* An answer that comes in elsewhere than its probe went out is not lost. */
		.every_interface = true,
		.watch = k->options->bgp_watch,
		.watch_interface = k->options->watch_interface,
	};

	if (!await_peerings(k)) {
		text_format(err, err_size, "cannot wait for Azure: the event loop failed");
		return false;
	}
	for (size_t i = 0; i < EVENT_LOG_CIRCUITS_MAX; i++)
		snapshots[i] = k->log.snapshots[i];
	for (size_t i = 0; i < k->config->circuit_count; i++)
		if (!check_links(k, i, err, err_size))
			return false;
	return plan_build(k->config, &o, &k->plan, err, err_size);
}

/* -- LAUNCH -- */

static bool start_helper(struct conductor *k, char *err, size_t err_size)
{
	const char *names[CHANNEL_IFACES_MAX];
	struct ip_prefix watch[WATCH_SUBNETS_MAX];
	struct helper_options o = {
		.path = k->options->packet_helper,
		.ifaces = names,
		.iface_count = k->plan.iface_count,
		.rate = k->limits.rate,
		.ports = (uint16_t)plan_port_need(&k->plan),
		.watch = watch,
	};
	struct ip_prefix *allow;

	if (!plan_watch_list(&k->plan, watch, WATCH_SUBNETS_MAX, &o.watch_count, err, err_size))
		return false;
	for (size_t i = 0; i < k->plan.iface_count; i++) {
		names[i] = k->plan.ifaces[i].name;
		o.mirror[i] = k->plan.ifaces[i].mirror;
	}
	if (!plan_allow_list(&k->plan, &allow, &o.allow_count)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	o.allow = allow;
	conductor_hold_interrupt();
	k->helper = helper_start(&o, err, err_size);
	conductor_release_interrupt();
	free(allow);
	return k->helper != NULL;
}

static bool take_ready(struct conductor *k, char *err, size_t err_size)
{
	const struct channel_ready *ready = helper_ready(k->helper);

	for (size_t i = 0; i < k->plan.iface_count; i++)
		memcpy(k->plan.ifaces[i].link_addr, ready->link_addr[i], sizeof ready->link_addr[i]);
	if (plan_assign_ports(&k->plan, ready->port_base, ready->port_count))
		return true;
	text_format(err, err_size, "the packet helper reserved too few ports (%u)", (unsigned)ready->port_count);
	return false;
}

bool conductor_launch(struct conductor *k, char *err, size_t err_size)
{
	bool ok;

	progress_show(&k->progress, mono_since(now_mono(), k->began), 0, "the packet helper");
	if (k->plan.iface_count > 0 && !k->interrupted)
		ok = start_helper(k, err, err_size) && take_ready(k, err, err_size);
	else
		ok = plan_assign_ports(&k->plan, UNUSED_PORT_BASE, PLAN_PORTS_MAX);
	/* Both children run; from here on hostile bytes are read. */
	ok = ok && tcp_md5_make(&k->plan, &k->signatures, err, err_size);
	return ok && sandbox_clear_capabilities(err, err_size);
}
