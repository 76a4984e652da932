/* SPDX-License-Identifier: BSD-2-Clause */
/* One link: its path hop by hop, its segments and what was tried on it. */
#include "analysis/report/json_parts.h"

static void hops(struct json_out *j, const char *key, const struct link_result *l, int fam)
{
	json_array(j, key);
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		json_hop(j, &l->hops[fam][i]);
	json_array_end(j);
}

static void segment(struct json_out *j, const struct segment_result *s)
{
	json_object(j, NULL);
	json_text(j, "domain", domain_name(s->domain));
	json_addr(j, "from", &s->from);
	json_addr(j, "to", &s->to);
	json_int_or_null(j, "added_latency_us", s->latency_known, report_us(s->added_latency_ns));
	json_ratio(j, "loss", &s->loss);
	json_object_end(j);
}

static void check(struct json_out *j, const struct check_result *c)
{
	json_object(j, NULL);
	json_text(j, "name", c->name);
	json_text(j, "outcome", c->outcome);
	json_text_or_null(j, "detail", c->detail);
	json_text(j, "family", c->family == IP_V4 ? "ipv4" : c->family == IP_V6 ? "ipv6" : NULL);
	json_int(j, "sent", c->sent);
	json_int(j, "answered", c->answered);
	json_rtt(j, "rtt_us", &c->rtt);
	json_object_end(j);
}

static bool has_family(const struct link_result *l, int fam)
{
	return l->hop_count[fam] > 0 || ip_addr_is_set(&l->ce[fam]) || ip_addr_is_set(&l->msee[fam]);
}

/* ce, msee and hops are IPv4's; of a link that is IPv6 alone, IPv6's. On a dual
 * stack link IPv6 stands beside them, under names of its own. */
static void addresses_and_hops(struct json_out *j, const struct link_result *l)
{
	int fam = has_family(l, FAM4) || !has_family(l, FAM6) ? FAM4 : FAM6;

	json_addr(j, "ce", &l->ce[fam]);
	json_addr(j, "msee", &l->msee[fam]);
	json_text(j, "status", status_name(l->status));
	hops(j, "hops", l, fam);
	if (fam == FAM6 || !has_family(l, FAM6))
		return;
	json_addr(j, "ce_ipv6", &l->ce[FAM6]);
	json_addr(j, "msee_ipv6", &l->msee[FAM6]);
	hops(j, "hops_ipv6", l, FAM6);
}

static void path_mtu(struct json_out *j, const char *key, const struct path_mtu *m)
{
	if (m->asked == 0) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_int(j, "asked", m->asked);
	json_int_or_null(j, "carried", m->carried > 0, m->carried);
	json_int_or_null(j, "refused", m->refused > 0, m->refused);
	json_text(j, "outcome", m->outcome);
	json_addr(j, "told_by", &m->told_by);
	json_bool(j, "both_ways", m->both_ways);
	json_object_end(j);
}

/* Absent where no large probe was sent, as in results of earlier builds. */
static void path_mtus(struct json_out *j, const struct link_result *l)
{
	if (l->path_mtu[FAM4].asked == 0 && l->path_mtu[FAM6].asked == 0)
		return;
	json_object(j, "path_mtu");
	path_mtu(j, "ipv4", &l->path_mtu[FAM4]);
	path_mtu(j, "ipv6", &l->path_mtu[FAM6]);
	json_object_end(j);
}

void json_link(struct json_out *j, const struct link_result *l, const struct plan_link *p)
{
	json_object(j, NULL);
	json_text(j, "name", link_name(l->id));
	addresses_and_hops(j, l);
	json_array(j, "segments");
	for (size_t i = 0; i < l->segment_count && i < DOMAINS; i++)
		segment(j, &l->segments[i]);
	json_array_end(j);
	json_array(j, "checks");
	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++)
		check(j, &l->checks[i]);
	json_array_end(j);
	path_mtus(j, l);
	json_watched(j, "watched", l);
	json_text_or_null(j, "interface", p->interface);
	json_addr(j, "source", &p->source[FAM4]);
	json_addr(j, "source_ipv6", &p->source[FAM6]);
	json_bool(j, "on_edge", p->on_edge[FAM4] || p->on_edge[FAM6]);
	json_bool(j, "derived", p->derived);
	json_object_end(j);
}
