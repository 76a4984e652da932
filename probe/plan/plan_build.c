/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/plan/plan_build.h"

#include "analysis/value/strbuf.h"
#include "analysis/value/uuid.h"
#include "probe/host/now.h"
#include "probe/plan/plan_flows.h"
#include "probe/plan/plan_sizes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/timex.h>
#include <unistd.h>

/* First provisional source port of look-ups; only its spread matters. */
#define SPREAD_BASE 33000

static bool fill_random(struct plan_builder *b, void *out, size_t len)
{
	/* Up to 256 bytes come whole once the kernel's generator is seeded (getrandom(2)). */
	ssize_t got;
	do
		got = getrandom(out, len, 0);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)len ? true : plan_refuse(b, "cannot get random bytes from the kernel: %s", strerror(errno));
}

static void read_clock_state(struct plan_clock *c)
{
	struct timex t = {.modes = 0};
	*c = (struct plan_clock){.max_error_us = -1, .source = "adjtimex"};
	if (adjtimex(&t) < 0)
		return;
	c->synchronized = !(t.status & STA_UNSYNC);
	/* 16 s is what the kernel says of a clock that nobody disciplines. */
	if (t.maxerror >= 0 && t.maxerror < 16000000)
		c->max_error_us = t.maxerror;
}

static bool fill_head(struct plan_builder *b, const struct config *c, const struct plan_build_options *o)
{
	struct plan *p = b->plan;
	uint8_t random[10];
	char host[NAME_MAX_LEN] = "";
	if (!fill_random(b, random, sizeof(random)) || !fill_random(b, p->key, sizeof(p->key)))
		return false;
	p->started_at = now_wall();
	uuid_make(p->started_at.ns / NS_PER_MS, random, p->run_id);
	text_safe(p->tool, sizeof(p->tool), o->tool ? o->tool : "erprobe");
	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	text_safe(p->host, sizeof(p->host), host);
	read_clock_state(&p->clock);
	p->limits = o->limits;
	p->azure_asked = c->azure.auth != AUTH_NONE;
	return true;
}

static bool copy_circuits(struct plan_builder *b, const struct config *c)
{
	struct plan *p = b->plan;
	p->circuits = calloc(c->circuit_count, sizeof(*p->circuits));
	for (size_t i = 0; p->circuits && i < c->circuit_count; i++) {
		p->circuit_count++;
		if (!plan_circuit_copy(&p->circuits[i], &c->circuits[i]))
			return plan_refuse(b, "out of memory");
	}
	return p->circuits ? true : plan_refuse(b, "out of memory");
}

/* What the file itself says of a circuit's families. */
static void find_mentioned(const struct plan_circuit *c, bool mentioned[FAMILIES])
{
	for (int fam = 0; fam < FAMILIES; fam++) {
		mentioned[fam] = false;
		for (int l = 0; l < LINKS; l++) {
			const struct plan_link *k = &c->links[l];
			mentioned[fam] |= ip_addr_is_set(&k->ce[fam]) || ip_addr_is_set(&k->msee[fam]) || ip_addr_is_set(&k->source[fam]);
		}
	}
	for (size_t t = 0; t < c->target_count; t++)
		mentioned[ip_family_index(c->targets[t].address.family)] = true;
}

static void list_ifaces(const struct net_host *h, char *out, size_t size)
{
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < h->iface_count && at + IFACE_NAME_MAX + 2 < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "", h->ifaces[i].name);
}

/* What the file binds a link to must exist here. */
static bool check_link(struct plan_builder *b, const struct plan_circuit *c, enum link_id id)
{
	const struct plan_link *l = &c->links[id];
	const struct net_host *h = b->net->host;
	if (l->interface[0] && !net_iface_named(h, l->interface)) {
		char have[200];
		list_ifaces(h, have, sizeof(have));
		return plan_refuse(b, "circuit '%s', %s link: interface '%s' does not exist on this host (there are: %s)", c->name,
		                   link_name(id), l->interface, have);
	}
	if (l->interface[0] && net_iface_named(h, l->interface)->loopback)
		return plan_refuse(b, "circuit '%s', %s link: interface '%s' is the loopback: name the one that the link's probes leave by", c->name,
		                   link_name(id), l->interface);
	for (int fam = 0; fam < FAMILIES; fam++) {
		char text[IP_TEXT_MAX];
		if (ip_addr_is_set(&l->source[fam]) && net_address_iface(h, &l->source[fam]) == 0)
			return plan_refuse(b, "circuit '%s', %s link: source %s is not an address of this host", c->name, link_name(id),
			                   ip_addr_text(&l->source[fam], text));
	}
	return true;
}

static void find_edge(const struct net_host *h, struct plan_link *l)
{
	for (int fam = 0; fam < FAMILIES; fam++)
		l->on_edge[fam] = net_address_iface(h, &l->ce[fam]) != 0;
}

static bool add_circuit(struct plan_builder *b, uint8_t i, const struct az_snapshot *snapshot)
{
	struct plan_circuit *c = &b->plan->circuits[i];
	bool mentioned[FAMILIES];
	find_mentioned(c, mentioned);
	if (snapshot)
		plan_derive_links(c, &snapshot->peering);
	for (int l = 0; l < LINKS; l++) {
		if (!check_link(b, c, (enum link_id)l))
			return false;
		find_edge(b->net->host, &c->links[l]);
	}
	return plan_flows_add(b, i, mentioned);
}

/* Echo identifiers: random, and no two flows to one address alike. Flows to one address
 * stand close together (links, then target by target), and few have the same. */
static bool assign_echo_ids(struct plan_builder *b)
{
	struct plan *p = b->plan;
	for (size_t i = 0; i < p->flow_count; i++) {
		struct plan_flow *f = &p->flows[i];
		bool taken = f->kind == PROBE_ICMP_ECHO;
		while (taken) {
			if (!fill_random(b, &f->src_port, sizeof(f->src_port)))
				return false;
			taken = f->src_port == 0;
			for (size_t j = 0; j < i && !taken; j++)
				taken = p->flows[j].kind == PROBE_ICMP_ECHO && p->flows[j].src_port == f->src_port &&
				        ip_addr_equal(&p->flows[j].dst, &f->dst);
		}
	}
	return true;
}

/* Answers may come back over an interface that nothing leaves by. An interface that is
 * below or above one in the plan would show the same frames twice, so it is left out. */
static void add_listening_ifaces(struct plan_builder *b)
{
	const struct net_host *h = b->net->host;
	for (size_t i = 0; i < h->address_count && b->plan->iface_count < CHANNEL_IFACES_MAX; i++) {
		const struct net_iface *n = net_iface_at(h, h->addresses[i].iface);
		bool wanted = n && n->up && n->resolves && !ip_addr_is_link_local(&h->addresses[i].address);
		for (size_t s = 0; wanted && s < b->plan->iface_count; s++) {
			const struct net_iface *used = net_iface_at(h, b->plan->ifaces[s].index);
			wanted = used && used != n && !net_iface_related(n, used);
		}
		if (wanted)
			plan_iface_slot(b, n);
	}
}

/* What a mirror port brings are copies: what a probe left by, or an answer came in by, is another. */
static bool add_mirror(struct plan_builder *b, const struct plan_circuit *c, enum link_id id)
{
	const char *name = c->links[id].watch_interface;
	const struct net_iface *i = net_iface_named(b->net->host, name);
	struct plan *p = b->plan;

	if (!i || !i->up || i->loopback)
		return plan_refuse(b, "circuit '%s', %s link: the mirror port '%s' %s", c->name, link_name(id), name,
		                   !i ? "does not exist on this host: compare watch_interface with \"ip link\""
		                   : i->loopback ? "is the loopback: name the interface that the mirror's frames come in on"
		                           : "is switched off: \"ip link set IFACE up\", it needs no address");
	for (size_t s = 0; s < p->iface_count; s++)
		if (p->ifaces[s].index == i->index && !p->ifaces[s].mirror)
			return plan_refuse(b, "circuit '%s', %s link: probes leave by '%s', so it is no mirror port: what passes it is read "
			                      "without watch_interface", c->name, link_name(id), name);
	int slot = plan_iface_slot(b, i);
	if (slot >= 0)
		p->ifaces[slot].mirror = true;
	return slot >= 0;
}

static bool add_mirrors(struct plan_builder *b, const struct plan_build_options *o)
{
	for (size_t k = 0; k < b->plan->circuit_count * LINKS; k++) {
		struct plan_circuit *c = &b->plan->circuits[k / LINKS];
		struct plan_link *l = &c->links[k % LINKS];

		if (!o->watch)
			l->watch_interface[0] = '\0';
		else if (o->watch_interface && l->watch_interface[0] == '\0')
			text_format(l->watch_interface, sizeof(l->watch_interface), "%s", o->watch_interface);
		if (l->watch_interface[0] != '\0' && !add_mirror(b, c, (enum link_id)(k % LINKS)))
			return false;
	}
	return true;
}

static bool build(struct plan_builder *b, const struct config *c, const struct plan_build_options *o)
{
	if (!fill_head(b, c, o) || !copy_circuits(b, c))
		return false;
	for (size_t i = 0; i < c->circuit_count; i++) {
		if (!add_circuit(b, (uint8_t)i, o->snapshots ? o->snapshots[i] : NULL))
			return false;
	}
	plan_sizes(b->plan, b->net->host);
	size_t ports = plan_port_need(b->plan);
	if (ports > PLAN_PORTS_MAX)
		return plan_refuse(b, "%zu flows go to one port of one address, at most %d can; check fewer circuits at once", ports,
		                   PLAN_PORTS_MAX);
	bool sends = b->plan->iface_count > 0;
	if (!add_mirrors(b, o))
		return false;
	if (o->every_interface && sends)
		add_listening_ifaces(b);
	b->plan->watch = o->watch;
	return assign_echo_ids(b);
}

static bool ask_kernel(void *context, const struct route_query *q, struct route *out, char *err, size_t err_size)
{
	return route_lookup(context, q, out, err, err_size);
}

struct net_view net_view_of(struct netlink *kernel, const struct net_host *host)
{
	return (struct net_view){ask_kernel, kernel, host};
}

static bool build_with(const struct net_view *net, const struct config *c, const struct plan_build_options *o,
                       struct plan *out, char *err, size_t err_size)
{
	struct plan_builder b = {.plan = out, .net = net, .err = err, .err_size = err_size, .spread = SPREAD_BASE};
	*out = (struct plan){0};
	if (build(&b, c, o))
		return true;
	plan_free(out);
	*out = (struct plan){0};
	return false;
}

bool plan_build(const struct config *c, const struct plan_build_options *o, struct plan *out, char *err, size_t err_size)
{
	if (o->net)
		return build_with(o->net, c, o, out, err, err_size);
	struct netlink kernel;
	struct net_host host;
	*out = (struct plan){0};
	if (!netlink_open(&kernel, err, err_size))
		return false;
	bool ok = net_host_read(&kernel, &host, err, err_size);
	if (ok) {
		struct net_view view = net_view_of(&kernel, &host);
		ok = build_with(&view, c, o, out, err, err_size);
		net_host_free(&host);
	}
	netlink_close(&kernel);
	return ok;
}
