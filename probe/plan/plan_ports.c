/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP source ports of the flows, and where the helper may send to. */
#include "analysis/match/identity.h"
#include "probe/plan/plan_build.h"

#include <stdlib.h>

/* TCP flows by (destination, port): within one such group the source ports differ. */
struct tcp_flow { struct ip_addr dst; uint16_t dst_port; uint16_t id; };

static int by_destination(const void *a, const void *b)
{
	const struct tcp_flow *x = a, *y = b;
	int order = ip_addr_compare(&x->dst, &y->dst);
	if (order == 0)
		order = (x->dst_port > y->dst_port) - (x->dst_port < y->dst_port);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

/* Sorted; the caller frees. NULL when there are none or out of memory (then *count tells). */
static struct tcp_flow *sorted_tcp_flows(const struct plan *p, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < p->flow_count; i++)
		*count += p->flows[i].kind == PROBE_TCP_SYN;
	struct tcp_flow *list = *count ? calloc(*count, sizeof(*list)) : NULL;
	if (!list)
		return NULL;
	size_t n = 0;
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		if (f->kind == PROBE_TCP_SYN)
			list[n++] = (struct tcp_flow){f->dst, f->dst_port, (uint16_t)i};
	}
	qsort(list, n, sizeof(*list), by_destination);
	return list;
}

static bool same_group(const struct tcp_flow *a, const struct tcp_flow *b)
{
	return a->dst_port == b->dst_port && ip_addr_equal(&a->dst, &b->dst);
}

size_t plan_port_need(const struct plan *p)
{
	size_t count, need = 0, run = 0;
	struct tcp_flow *list = sorted_tcp_flows(p, &count);
	if (!list)
		return count; /* none; or no memory, and then one each is surely enough */
	for (size_t i = 0; i < count; i++) {
		run = i > 0 && same_group(&list[i - 1], &list[i]) ? run + 1 : 1;
		need = run > need ? run : need;
	}
	free(list);
	return need;
}

bool plan_assign_ports(struct plan *p, uint16_t base, uint16_t count)
{
	size_t tcp, place = 0;
	struct tcp_flow *list = sorted_tcp_flows(p, &tcp);
	if (!list && tcp > 0)
		return false;
	for (size_t i = 0; i < tcp; i++) {
		place = i > 0 && same_group(&list[i - 1], &list[i]) ? place + 1 : 0;
		if (place >= count || base + place > UINT16_MAX) {
			free(list);
			return false;
		}
		p->flows[list[i].id].src_port = (uint16_t)(base + place);
	}
	free(list);
	for (size_t i = 0; i < p->flow_count; i++)
		identity_flow(p, &p->flows[i]);
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct ip_prefix *x = a, *y = b;
	return ip_addr_compare(&x->addr, &y->addr);
}

bool plan_allow_list(const struct plan *p, struct ip_prefix **out, size_t *count)
{
	*count = 0;
	*out = calloc(p->flow_count ? p->flow_count : 1, sizeof(**out));
	if (!*out)
		return false;
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct ip_addr *dst = &p->flows[i].dst;
		if (!p->flows[i].no_route)
			(*out)[n++] = (struct ip_prefix){*dst, (uint8_t)(ip_addr_len(dst->family) * 8)};
	}
	qsort(*out, n, sizeof(**out), by_address);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !ip_addr_equal(&(*out)[kept - 1].addr, &(*out)[i].addr))
			(*out)[kept++] = (*out)[i];
	}
	*count = kept;
	return true;
}

static struct ip_prefix common_prefix(const struct ip_addr *a, const struct ip_addr *b)
{
	struct ip_prefix p = {*a, 0};
	uint8_t bits = (uint8_t)(8 * ip_addr_len(a->family));

	while (p.len < bits && ((a->bytes[p.len / 8] ^ b->bytes[p.len / 8]) & 0x80 >> p.len % 8) == 0)
		p.len++;
	for (uint8_t i = p.len; i < bits; i++)
		p.addr.bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	return p;
}

static bool is_listed(const struct ip_prefix *list, size_t count, const struct ip_prefix *p)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].len == p->len && ip_addr_equal(&list[i].addr, &p->addr))
			return true;
	return false;
}

/* The subnet of a link in one family; false, without a line in err, where one of its ends is not known. */
static bool watch_subnet(const struct plan_circuit *c, uint8_t link, uint8_t fam, struct ip_prefix *out, char *err, size_t err_size)
{
	const struct ip_addr *ce = &c->links[link].ce[fam], *msee = &c->links[link].msee[fam];
	char ours[IP_TEXT_MAX], far[IP_TEXT_MAX];

	if (!ip_addr_is_set(ce) || !ip_addr_is_set(msee))
		return false;
	*out = common_prefix(ce, msee);
	if (out->len >= (fam == FAM4 ? WATCH_LEN_MIN4 : WATCH_LEN_MIN6))
		return true;
	text_format(err, err_size, "--bgp-watch: circuit %s, link %s: ce %s and msee %s share no subnet of /%d or longer: correct its addresses",
	            c->name, link_name(link), ip_addr_text(ce, ours), ip_addr_text(msee, far), fam == FAM4 ? WATCH_LEN_MIN4 : WATCH_LEN_MIN6);
	return false;
}

bool plan_watch_list(const struct plan *p, struct ip_prefix *out, size_t max, size_t *count, char *err, size_t err_size)
{
	*count = 0;
	err[0] = '\0';
	for (size_t i = 0; p->watch && i < p->circuit_count * LINKS * FAMILIES; i++) {
		const struct plan_circuit *c = &p->circuits[i / (LINKS * FAMILIES)];
		struct ip_prefix subnet;

		if (!watch_subnet(c, (uint8_t)(i / FAMILIES % LINKS), (uint8_t)(i % FAMILIES), &subnet, err, err_size)) {
			if (err[0] != '\0')
				return false;
			continue;
		}
		if (is_listed(out, *count, &subnet))
			continue;
		if (*count == max) {
			text_format(err, err_size, "--bgp-watch: more than %zu subnets, at circuit %s: name fewer circuits", max, c->name);
			return false;
		}
		out[(*count)++] = subnet;
	}
	return true;
}
