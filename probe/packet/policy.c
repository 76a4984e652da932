/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/policy.h"

#include "probe/packet/sizes.h"

#include <stdlib.h>
#include <string.h>

/* erprobe paces its probes itself; the bucket only has to absorb its jitter. */
static uint32_t burst_for(uint32_t rate)
{
	if (rate < 100)
		return 10;
	return rate > 10000 ? 1000 : rate / 10;
}

bool policy_init(struct policy *p, const struct ip_prefix *allow, size_t allow_count, uint32_t rate)
{
	memset(p, 0, sizeof(*p));
	p->all = pace_make(rate, burst_for(rate));
	p->neighbours = pace_make(POLICY_NEIGHBOURS_A_SECOND, POLICY_NEIGHBOURS_A_SECOND);
	p->halfopen = halfopen_new();
	if (p->halfopen != NULL && allow_build(&p->allow, allow, allow_count))
		return true;
	policy_free(p);
	return false;
}

void policy_free(struct policy *p)
{
	allow_free(&p->allow);
	halfopen_free(p->halfopen);
	free(p->own);
	memset(p, 0, sizeof(*p));
}

static bool is_tcp(const struct probe_spec *s)
{
	return s->kind == PROBE_TCP_SYN || s->kind == PROBE_TCP_RST;
}

static bool has_ports(const struct probe_spec *s)
{
	return is_tcp(s) || s->kind == PROBE_UDP;
}

/* Neighbour requests have no TTL or size to choose: RFC 826 and RFC 4861 fix them. */
static bool datagram_in_bounds(const struct probe_spec *s)
{
	if (s->ttl == 0 || s->dont_fragment > 1 || s->flow_label > 0xfffff)
		return false;
	if (s->size != 0 && (s->size < probe_size_min(s->kind, s->src.family) || s->size > PROBE_SIZE_MAX))
		return false;
	if (has_ports(s) && s->dst_port == 0)
		return false;
	if (s->kind == PROBE_TCP_SYN && s->ack != 0)
		return false;
	/* The digest covers the headers as they are by themselves. */
	if (s->is_signed > 1 || (s->is_signed && (!is_tcp(s) || s->size != 0)))
		return false;
	/* RFC 768: a checksum of zero means that there is none. */
	if (s->kind == PROBE_UDP && s->icmp_sum == 0)
		return false;
	/* A sum of words that are not all zero is never zero, so its complement never 0xffff. */
	return s->kind != PROBE_ICMP_ECHO || s->icmp_sum != 0xffff;
}

static bool in_bounds(const struct policy *p, const struct probe_spec *s)
{
	if (s->kind == 0 || s->kind >= PROBE_KINDS || s->iface >= p->iface_count || p->mirror[s->iface] || s->via > p->via_count)
		return false;
	if (ip_addr_len(s->src.family) == 0 || s->src.family != s->dst.family)
		return false;
	if (s->kind == PROBE_NEIGHBOUR)
		return p->ethernet[s->iface];
	return datagram_in_bounds(s);
}

static bool is_own_broadcast(const struct policy *p, const struct ip_addr *a)
{
	for (size_t i = 0; i < p->own_count; i++)
		if (ip_addr_is_set(&p->own[i].broadcast) && ip_addr_equal(&p->own[i].broadcast, a))
			return true;
	return false;
}

static bool on_link(const struct policy *p, uint8_t slot, const struct ip_addr *a)
{
	if (a->family == IP_V6 && ip_addr_is_link_local(a))
		return true;
	for (size_t i = 0; i < p->own_count; i++)
		if (p->own[i].slot == slot && ip_prefix_contains(&p->own[i].on_link, a))
			return true;
	return false;
}

static bool target_allowed(const struct policy *p, const struct probe_spec *s)
{
	const struct ip_addr *dst = &s->dst;

	if (ip_addr_is_multicast(dst) || ip_addr_is_broadcast(dst) || ip_addr_is_unspecified(dst) || ip_addr_is_this_network(dst))
		return false;
	/* A mapped address would reach an IPv4 host behind the IPv4 rules' back (RFC 4291, 2.5.5.2). */
	if (ip_addr_is_v4_mapped(dst) || is_own_broadcast(p, dst) || !allow_has(&p->allow, dst))
		return false;
	return s->kind != PROBE_NEIGHBOUR || on_link(p, s->iface, dst);
}

static bool source_is_ours(const struct policy *p, const struct ip_addr *src)
{
	for (size_t i = 0; i < p->own_count; i++)
		if (ip_addr_equal(&p->own[i].addr, src))
			return true;
	return false;
}

static bool port_is_ours(const struct policy *p, const struct probe_spec *s)
{
	if (!has_ports(s))
		return true;
	return s->src_port != POLICY_BGP_PORT && s->src_port >= p->port_base &&
	       s->src_port - p->port_base < p->port_count;
}

/* The limit of this BGP destination. A new one takes a free place or that of one
 * whose second has passed; NULL when none is to be had, which refuses the probe. */
static struct pace *bgp_pace(struct policy *p, const struct ip_addr *dst, struct mono_ns now)
{
	struct policy_bgp *place = NULL;

	for (size_t i = 0; i < p->bgp_count; i++) {
		if (ip_addr_equal(&p->bgp[i].dst, dst))
			return &p->bgp[i].pace;
		if (p->bgp[i].pace.full_at_ns <= now.ns)
			place = &p->bgp[i];
	}
	if (p->bgp_count < POLICY_BGP_MAX)
		place = &p->bgp[p->bgp_count++];
	if (place == NULL)
		return NULL;
	*place = (struct policy_bgp){*dst, pace_make(1, 1)};
	return &place->pace;
}

static bool within_rate(struct policy *p, const struct probe_spec *s, struct mono_ns now)
{
	struct pace *own = NULL;

	if (!pace_ready(&p->all, now) || (s->not_after.ns > 0 && now.ns > s->not_after.ns))
		return false;
	if (s->kind == PROBE_NEIGHBOUR)
		own = &p->neighbours;
	if (s->kind == PROBE_TCP_SYN && s->dst_port == POLICY_BGP_PORT) {
		own = bgp_pace(p, &s->dst, now);
		if (own == NULL)
			return false;
	}
	if (own != NULL) {
		if (!pace_ready(own, now))
			return false;
		pace_take(own, now);
	}
	pace_take(&p->all, now);
	return true;
}

static enum send_result first_broken(struct policy *p, const struct probe_spec *s, struct mono_ns now)
{
	if (!in_bounds(p, s))
		return SEND_REFUSED_BOUNDS;
	if (!target_allowed(p, s))
		return SEND_REFUSED_TARGET;
	if (!source_is_ours(p, &s->src))
		return SEND_REFUSED_SOURCE;
	if (!port_is_ours(p, s))
		return SEND_REFUSED_PORT;
	if (s->kind == PROBE_TCP_RST && !halfopen_has(p->halfopen, s))
		return SEND_REFUSED_SESSION;
	if (!within_rate(p, s, now))
		return SEND_REFUSED_RATE;
	return SEND_OK;
}

void policy_expect(const struct policy *p, const struct probe_spec *s)
{
	allow_expect(&p->allow, &s->dst);
}

enum send_result policy_check(struct policy *p, const struct probe_spec *s, struct mono_ns now)
{
	enum send_result r = first_broken(p, s, now);

	if (r != SEND_OK)
		p->refused++;
	return r;
}

void policy_sent(struct policy *p, const struct probe_spec *s)
{
	if (s->kind == PROBE_TCP_SYN)
		halfopen_add(p->halfopen, s);
}
