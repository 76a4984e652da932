/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/passive/watch.h"

#include <string.h>

/* What comes from a neighbour has crossed no router. */
#define NEIGHBOUR_TTL 255

const char *watch_role_name(uint8_t role)
{
	static const char *const names[] = {"none", "bgp", "bfd", "arp", "nd"};

	return role <= WATCH_ND ? names[role] : names[0];
}

const char *watch_side_name(uint8_t side)
{
	return side == WATCH_FAR ? "far" : "near";
}

/* A SYN of ours to port 179, or what answers it, is no part of the session (a second
 * sight of one is foreign to the matcher, and would look like it). */
static bool is_probe(const struct plan *p, const struct decoded *d)
{
	bool leaves = d->tcp.dst_port == BGP_PORT;
	const struct ip_addr *own = leaves ? &d->ip.src : &d->ip.dst;
	uint16_t port = leaves ? d->tcp.src_port : d->tcp.dst_port;

	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];

		if (f->kind == PROBE_TCP_SYN && f->dst_port == BGP_PORT && f->src_port == port && ip_addr_equal(&f->src, own))
			return true;
	}
	return false;
}

static uint8_t transport_role(const struct decoded *d)
{
	if (d->tcp.present && (d->tcp.src_port == BGP_PORT || d->tcp.dst_port == BGP_PORT))
		return WATCH_BGP;
	if (!d->udp.present)
		return 0;
	/* RFC 5881 5: whoever takes single-hop packets with less can be told anything from afar. */
	if (d->udp.dst_port == BFD_PORT)
		return d->ip.ttl == NEIGHBOUR_TTL ? WATCH_BFD : 0;
	return d->udp.dst_port == BFD_PORT_MULTIHOP ? WATCH_BFD : 0;
}

/* RFC 4861 7.1: with a smaller hop limit it came from elsewhere, and claims nothing here. */
static uint8_t neighbour_role(const struct decoded *d)
{
	if (!d->ip.present)
		return WATCH_ARP;
	return d->ip.ttl == NEIGHBOUR_TTL ? WATCH_ND : 0;
}

/* Which end of this link is it? */
static bool side_of(const struct plan_link *l, int fam, const struct ip_addr *a, uint8_t *side)
{
	if (ip_addr_is_set(&l->ce[fam]) && ip_addr_equal(&l->ce[fam], a))
		*side = WATCH_NEAR;
	else if (ip_addr_is_set(&l->msee[fam]) && ip_addr_equal(&l->msee[fam], a))
		*side = WATCH_FAR;
	else
		return false;
	return true;
}

static bool ends_are(const struct plan_link *l, int fam, const struct decoded *d, uint8_t *side)
{
	uint8_t other;

	return side_of(l, fam, &d->ip.src, side) && side_of(l, fam, &d->ip.dst, &other) && other != *side;
}

/* Who speaks: the one that claims an address of the link, or asks for one. An
 * advertisement claims its target (RFC 4861 4.4); a solicitation from :: asks whether
 * its own address is free (RFC 4862 5.4.2). */
static bool neighbour_is(const struct plan_link *l, int fam, const struct decoded *d, uint8_t *side)
{
	const struct decoded_neighbour *n = &d->neighbour;
	bool nd = d->ip.present;
	uint8_t asked;

	if (nd && (n->reply || ip_addr_is_unspecified(&n->sender)))
		return side_of(l, fam, &n->target, side);
	if (side_of(l, fam, &n->sender, side))
		return true;
	if (!side_of(l, fam, &n->target, &asked))
		return false;
	*side = asked == WATCH_FAR ? WATCH_NEAR : WATCH_FAR; /* somebody else on this side asks for it */
	return true;
}

bool watch_mark(const struct plan *p, const struct decoded *d, struct watch_mark *out)
{
	bool neighbour = d->neighbour.present;
	uint8_t role = neighbour ? neighbour_role(d) : transport_role(d);
	int fam = ip_family_index(neighbour ? d->neighbour.target.family : d->ip.src.family);

	memset(out, 0, sizeof *out);
	if (!p->watch || role == 0 || fam < 0 || (role == WATCH_BGP && is_probe(p, d)))
		return false;
	for (size_t c = 0; c < p->circuit_count; c++)
		for (size_t l = 0; l < LINKS; l++) {
			const struct plan_link *link = &p->circuits[c].links[l];
			uint8_t side;

			if (!(neighbour ? neighbour_is(link, fam, d, &side) : ends_are(link, fam, d, &side)))
				continue;
			*out = (struct watch_mark){(uint8_t)c, (uint8_t)l, (uint8_t)fam, role, side};
			return true;
		}
	return false;
}
