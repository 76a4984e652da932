/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/passive/watch.h"

#include "analysis/passive/bgp_session.h"
#include "erprobe/bytes.h"

#include <stdlib.h>
#include <string.h>

/* The peering of one link in one family. Its streams take some 20 KiB, so they are made
 * when the first frame of a connection is seen. */
struct peering {
	struct peering_seen seen;
	struct bgp_session *session;
	bool heard;               /* iface is known: that of its mirror port, else of the first frame */
	uint8_t iface;            /* frames of other interfaces are second sights of the same */
};

struct watch {
	const struct plan *plan;
	struct peering *peerings;  /* circuit_count * LINKS * FAMILIES */
	size_t count;
};

/* Where the plan names a mirror port of a link's segment, all of it is seen there: elsewhere perhaps
 * no more than what is sent to everybody. */
static void choose_mirrors(struct watch *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const char *name = w->plan->circuits[i / (LINKS * FAMILIES)].links[i / FAMILIES % LINKS].watch_interface;

		for (size_t s = 0; s < w->plan->iface_count && name[0] != '\0'; s++)
			if (strcmp(w->plan->ifaces[s].name, name) == 0) {
				w->peerings[i].heard = true;
				w->peerings[i].iface = (uint8_t)s;
			}
	}
}

struct watch *watch_new(const struct plan *p)
{
	struct watch *w = p->watch ? calloc(1, sizeof *w) : NULL;

	if (!w)
		return NULL;
	w->plan = p;
	w->count = p->circuit_count * LINKS * FAMILIES;
	w->peerings = calloc(w->count + 1, sizeof *w->peerings);
	if (w->peerings) {
		choose_mirrors(w);
		return w;
	}
	free(w);
	return NULL;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		bgp_session_free(w->peerings[i].session);
	free(w->peerings);
	free(w);
}

static size_t place_of(size_t circuit, size_t link, size_t fam)
{
	return (circuit * LINKS + link) * FAMILIES + fam;
}

const struct peering_seen *watch_seen(const struct watch *w, size_t circuit, size_t link, size_t fam)
{
	if (!w || circuit >= w->plan->circuit_count || link >= LINKS || fam >= FAMILIES)
		return NULL;
	return &w->peerings[place_of(circuit, link, fam)].seen;
}

/* --- tags --- */

static bool same_tags(const struct watch_tags *t, const struct decoded_link *l)
{
	if (t->count != l->vlan_count)
		return false;
	for (uint8_t i = 0; i < t->count; i++)
		if (t->tpid[i] != l->vlan_tpid[i] || t->vlan[i] != (l->vlan[i] & 0x0fff))
			return false;
	return true;
}

static void take_tags(struct peering_seen *s, const struct decoded_link *l)
{
	uint8_t i = 0;

	if (l->vlan_count == 0) {
		s->untagged++;
		return;
	}
	while (i < s->tag_count && !same_tags(&s->tags[i], l))
		i++;
	if (i == WATCH_TAGS_MAX)
		return;
	if (i == s->tag_count) {
		struct watch_tags *t = &s->tags[s->tag_count++];

		t->count = l->vlan_count;
		for (uint8_t k = 0; k < l->vlan_count; k++) {
			t->tpid[k] = l->vlan_tpid[k];
			t->vlan[k] = l->vlan[k] & 0x0fff;
		}
	}
	s->tags[i].frames++;
}

/* --- who claims which address --- */

static void claim(struct watch_neighbour *n, const uint8_t mac[6], bool gratuitous)
{
	uint8_t i = 0;

	while (i < n->claim_count && memcmp(n->claims[i].mac, mac, 6) != 0)
		i++;
	if (i == WATCH_MACS_MAX) {
		n->changes++;
		return;
	}
	if (i == n->claim_count) {
		memcpy(n->claims[i].mac, mac, 6);
		n->claim_count++;
	}
	n->changes += n->claims[n->latest].times > 0 && i != n->latest;
	n->latest = i;
	n->claims[i].times++;
	n->claims[i].gratuitous += gratuitous;
}

/* What a frame says of who has an address. An ARP message tells its sender's (RFC 826),
 * unless it only asks whether an address is free (RFC 5227 1.1: sender 0.0.0.0). */
static void take_neighbour(struct peering_seen *s, const struct plan_link *l, const struct watch_mark *m, const struct decoded *d)
{
	const struct decoded_neighbour *n = &d->neighbour;
	bool nd = d->ip.present;
	const struct ip_addr *claimed = nd && n->reply ? &n->target : &n->sender;
	const struct ip_addr *ends[WATCH_SIDES] = {&l->ce[m->fam], &l->msee[m->fam]};
	bool group = nd ? ip_addr_is_multicast(&d->ip.dst) : (d->link.dst[0] & 1) != 0;
	bool gratuitous = nd ? n->reply && group : ip_addr_equal(&n->sender, &n->target);

	for (int side = 0; side < WATCH_SIDES; side++) {
		if (!ip_addr_is_set(ends[side]))
			continue;
		if (n->has_link_addr && ip_addr_equal(claimed, ends[side]))
			claim(&s->neighbour[side], n->link_addr, gratuitous);
		if (!n->reply && !gratuitous && ip_addr_equal(&n->target, ends[side]) && !ip_addr_equal(&n->sender, ends[side]))
			s->neighbour[side].asked++;
	}
}

/* --- frames --- */

static struct bgp_session *session_of(struct peering *p)
{
	if (!p->session)
		p->session = bgp_session_new();
	return p->session;
}

static void take(struct watch *w, const struct frame *f, const struct decoded *d, const struct watch_mark *m, uint8_t *wipe)
{
	struct peering *p = &w->peerings[place_of(m->circuit, m->link, m->fam)];
	struct bgp_session *session;

	take_tags(&p->seen, &d->link);
	if (!p->heard) {
		p->heard = true;
		p->iface = f->iface;
	}
	if (f->iface != p->iface && !wipe)
		return;
	p->seen.frames++;
	if (m->role == WATCH_ARP || m->role == WATCH_ND) {
		take_neighbour(&p->seen, &w->plan->circuits[m->circuit].links[m->link], m, d);
		return;
	}
	if (m->role == WATCH_BFD) {
		bfd_session_packet(&p->seen, m->side, f->at, &d->udp.payload);
		return;
	}
	session = session_of(p);
	if (session)
		bgp_session_segment(session, &p->seen, m->side, f, d, wipe);
}

void watch_frame(struct watch *w, const struct frame *f, bool ours)
{
	struct decoded d;
	struct watch_mark m;

	if (!w)
		return;
	decode_frame(f, &d);
	if (watch_mark(w->plan, &d, &m) && (!ours || m.role == WATCH_ARP || m.role == WATCH_ND))
		take(w, f, &d, &m, NULL);
}

/* One's complement sum, not complemented. */
static uint16_t payload_sum(const struct decoded_payload *p)
{
	return (uint16_t)~inet_sum_fold(inet_sum(0, p->at, p->len));
}

void watch_wipe(struct watch *w, struct frame *f)
{
	struct decoded d;
	struct watch_mark m;

	if (!w)
		return;
	decode_frame(f, &d);
	if (!watch_mark(w->plan, &d, &m) || m.role != WATCH_BGP || d.tcp.payload.len == 0)
		return;
	uint8_t *payload = f->bytes + (d.tcp.payload.at - f->bytes);
	uint16_t before = payload_sum(&d.tcp.payload);
	if (session_of(&w->peerings[place_of(m.circuit, m.link, m.fam)]))
		take(w, f, &d, &m, payload);
	else
		memset(payload, 0, d.tcp.payload.len); /* no memory to follow it by */
	/* The payload begins at an even byte of the segment: a sum that was right stays right. */
	inet_sum_fix(f->bytes + (d.tcp.start - f->bytes) + TCP_CHECKSUM_AT, before, payload_sum(&d.tcp.payload));
}
