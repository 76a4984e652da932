/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_plan.h"

#include "analysis/trace/trace_capture.h"
#include "analysis/value/strbuf.h"
#include "probe/host/build.h"
#include "probe/host/route_map.h"
#include "probe/plan/plan_build.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct builder {
	struct plan *plan;
	struct netlink kernel;
	struct net_host host;
	struct route_map map; /* of many destinations; else it knows nothing */
	const struct trace_run_options *options;
	struct ip_addr source;
	uint32_t oif;
	char *err;
	size_t err_size;
};

/* -- what the user binds the probes to -- */

static bool bind_source(struct builder *b)
{
	const char *text = b->options->source;

	if (!text)
		return true;
	if (ip_addr_parse(text, &b->source) && net_address_iface(&b->host, &b->source) != 0)
		return true;
	text_format(b->err, b->err_size, "%s is not an address of this host: compare with \"ip address\"", text);
	return false;
}

static bool bind_iface(struct builder *b)
{
	const char *name = b->options->iface;
	const struct net_iface *i = name ? net_iface_named(&b->host, name) : NULL;

	b->oif = i ? i->index : 0;
	if (!name || i)
		return true;
	text_format(b->err, b->err_size, "no interface %s on this host: compare with \"ip link\"", name);
	return false;
}

/* -- flows -- */

/* The slot of an interface in the plan; -1 when all are taken. */
static int slot_of(struct plan *p, const struct net_iface *i)
{
	for (size_t s = 0; s < p->iface_count; s++)
		if (p->ifaces[s].index == i->index)
			return (int)s;
	if (p->iface_count == CHANNEL_IFACES_MAX)
		return -1;
	struct plan_iface *slot = &p->ifaces[p->iface_count];
	*slot = (struct plan_iface){.index = i->index, .mtu = (uint16_t)(i->mtu < UINT16_MAX ? i->mtu : UINT16_MAX)};
	memcpy(slot->name, i->name, sizeof i->name);
	memcpy(slot->link_addr, i->mac, sizeof slot->link_addr);
	return (int)p->iface_count++;
}

static uint8_t protocol_of(const struct trace_run_options *o, const struct ip_addr *dst)
{
	if (o->kind == PROBE_TCP_SYN)
		return IPPROTO_TCP;
	if (o->kind == PROBE_UDP)
		return IPPROTO_UDP;
	return dst->family == IP_V6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
}

/* As a connection would go; then as the raw socket does, which is bound to the
 * interface and to no port: it names the next hop. */
static bool find_route(struct builder *b, const struct ip_addr *dst, struct route *out)
{
	struct route_query q = {.dst = *dst, .oif = b->oif, .protocol = protocol_of(b->options, dst)};
	struct route sent;

	if (b->source.family == dst->family)
		q.src = b->source;
	if (b->options->kind != PROBE_ICMP_ECHO)
		q.dport = b->options->port;
	if (!route_lookup(&b->kernel, &q, out, b->err, b->err_size))
		return false;
	if (!out->reachable || out->local || q.dport == 0)
		return true;
	const struct route_query raw = {.dst = *dst, .src = out->source, .oif = out->oif};
	if (!route_lookup(&b->kernel, &raw, &sent, b->err, b->err_size))
		return false;
	if (sent.reachable)
		*out = sent;
	return true;
}

/* The same for the price of one question for all destinations that the kernel does not tell apart. */
static bool find_route_once(struct builder *b, const struct ip_addr *dst, struct route *out)
{
	if (route_map_get(&b->map, dst, out))
		return true;
	if (!find_route(b, dst, out))
		return false;
	route_map_put(&b->map, dst, out);
	return true;
}

static void apply_route(struct builder *b, struct plan_flow *f, const struct route *r)
{
	const struct net_iface *i = r->reachable ? net_iface_at(&b->host, r->oif) : NULL;
	/* Where no address of ours goes with it, the kernel names that of lo. */
	bool from = ip_addr_is_set(&r->source) && !ip_addr_is_loopback(&r->source);
	int slot = i && i->up && from ? slot_of(b->plan, i) : -1;

	f->no_route = slot < 0;
	if (f->no_route)
		return;
	f->iface = (uint8_t)slot;
	f->src = r->source;
	f->next_hop = r->next_hop;
}

/* Is this one of the host's own addresses? Then nothing would leave. */
static bool is_own(const struct builder *b, const struct route *r, const struct ip_addr *dst)
{
	return r->local || ip_addr_is_loopback(dst) || net_address_iface(&b->host, dst) != 0;
}

static struct plan_flow new_flow(const struct builder *b, uint16_t id, uint16_t port, const struct ip_addr *dst)
{
	const struct trace_run_options *o = b->options;

	return (struct plan_flow){
		.id = id, .link = LINK_ANY, .role = FLOW_TRACE, .kind = o->kind, .dst = *dst,
		/* The helper's reserved port comes later; an echo's identifier is our choice. */
		.src_port = o->kind == PROBE_ICMP_ECHO ? port : 0,
		.dst_port = o->kind == PROBE_ICMP_ECHO ? 0 : o->port,
	};
}

uint16_t trace_plan_group(const struct trace_run_options *o)
{
	return o->alpha > 0 ? (uint16_t)MDA_FLOWS_MAX : 1;
}

/* Flows differ in what load balancers look at: the source port, or the identifier of
 * an echo and with it its checksum. */
static void add_flow(struct builder *b, uint16_t port, const struct ip_addr *dst, const struct route *r)
{
	struct plan *p = b->plan;

	for (uint16_t i = 0; i < trace_plan_group(b->options); i++) {
		struct plan_flow *f = &p->flows[p->flow_count];
		*f = new_flow(b, (uint16_t)p->flow_count++, (uint16_t)(port + i), dst);
		apply_route(b, f, r);
	}
}

static bool fits(struct builder *b, const struct trace_dests *d)
{
	size_t most = TRACE_DESTS_MAX / trace_plan_group(b->options);

	if (d->count <= most)
		return true;
	text_format(b->err, b->err_size, "--paths takes at most %zu destinations at a time, these are %zu", most, d->count);
	return false;
}

static bool add_flows(struct builder *b, struct trace_dests *d)
{
	struct plan *p = b->plan;
	uint16_t port;
	size_t kept = 0;

	if (!fits(b, d))
		return false;
	p->flows = calloc(d->count * trace_plan_group(b->options) + 1, sizeof *p->flows);
	if (!p->flows || getrandom(&port, sizeof port, 0) != (ssize_t)sizeof port) {
		text_format(b->err, b->err_size, "out of memory for %zu destinations", d->count);
		return false;
	}
	if (d->count >= TRACE_BULK_FROM)
		route_map_make(&b->map);
	for (size_t i = 0; i < d->count; i++) {
		struct trace_dest dest = d->list[i];
		struct route r;
		d->list[i].text = NULL;
		bool asked = find_route_once(b, &dest.addr, &r);
		const char *why = !asked ? "" : is_own(b, &r, &dest.addr) ? "is this host itself" : r.broadcast ? "is the broadcast address of a network here" : NULL;
		if (why) {
			if (asked)
				trace_dests_complain(d, &dest, why);
			free(dest.text);
			if (!asked)
				return false;
			continue;
		}
		add_flow(b, (uint16_t)(port | 1), &dest.addr, &r);
		d->list[kept++] = dest;
	}
	d->count = kept;
	trace_dests_say_unnamed(d);
	return true;
}

/* Answers may come in by an interface that nothing leaves by. One below or above an
 * interface of the plan would show the same frames twice. */
static void add_listening(struct builder *b)
{
	struct plan *p = b->plan;

	for (size_t i = 0; i < b->host.address_count; i++) {
		const struct net_iface *n = net_iface_at(&b->host, b->host.addresses[i].iface);
		bool wanted = n && n->up && n->carrier && n->resolves && !ip_addr_is_link_local(&b->host.addresses[i].address);
		for (size_t s = 0; wanted && s < p->iface_count; s++) {
			const struct net_iface *used = net_iface_at(&b->host, p->ifaces[s].index);
			wanted = used && used != n && !net_iface_related(n, used);
		}
		if (wanted)
			(void)slot_of(p, n);
	}
}

/* Identity, clock and host of the run are those of any plan: one without circuits. */
static bool fill_head(struct builder *b, const struct plan_limits *limits)
{
	const struct config none = {.azure = {.auth = AUTH_NONE}};
	const struct net_view view = net_view_of(&b->kernel, &b->host);
	const struct plan_build_options head = {.limits = *limits, .tool = build_tool(), .net = &view};

	return plan_build(&none, &head, b->plan, b->err, b->err_size);
}

bool trace_plan_build(struct trace_dests *d, const struct trace_run_options *o, const struct plan_limits *limits,
                      struct plan *out, char *err, size_t err_size)
{
	struct builder b = {.plan = out, .options = o, .err = err, .err_size = err_size};

	memset(out, 0, sizeof *out);
	if (!netlink_open(&b.kernel, err, err_size))
		return false;
	bool ok = net_host_read(&b.kernel, &b.host, err, err_size);
	if (ok)
		ok = fill_head(&b, limits) && bind_source(&b) && bind_iface(&b) && add_flows(&b, d);
	if (ok && out->iface_count > 0)
		add_listening(&b);
	route_map_free(&b.map);
	net_host_free(&b.host);
	netlink_close(&b.kernel);
	if (!ok)
		plan_free(out);
	return ok;
}

/* -- where the helper may send to -- */

static bool are_halves(const struct ip_prefix *a, const struct ip_prefix *b)
{
	unsigned bit = a->len - 1u;
	struct ip_addr low = b->addr;

	if (a->len == 0 || a->len != b->len || a->addr.family != b->addr.family)
		return false;
	if ((b->addr.bytes[bit / 8] >> (7 - bit % 8) & 1) == 0)
		return false;
	low.bytes[bit / 8] = (uint8_t)(low.bytes[bit / 8] & ~(1u << (7 - bit % 8)));
	return ip_addr_equal(&low, &a->addr);
}

bool trace_plan_allow(const struct plan *p, struct ip_prefix **out, size_t *count)
{
	size_t listed, n = 0;

	if (!plan_allow_list(p, out, &listed))
		return false;
	/* Sorted and each once: two halves of a prefix end up side by side. */
	for (size_t i = 0; i < listed; i++) {
		(*out)[n++] = (*out)[i];
		while (n > 1 && are_halves(&(*out)[n - 2], &(*out)[n - 1])) {
			n--;
			(*out)[n - 1].len--;
		}
	}
	*count = n;
	return true;
}
