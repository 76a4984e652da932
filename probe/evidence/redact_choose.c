/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses stay, and under which key the others go. */
#define _GNU_SOURCE /* getrandom */
#include "probe/evidence/redact.h"

#include "analysis/decode/decode.h"
#include "analysis/match/identity.h"
#include "erprobe/baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SEEN_MAX (1u << 17)   /* addresses of a trace of 12,288 destinations, with room */
#define SEEN_SLOTS (2 * SEEN_MAX) /* a power of two */
#define KEYS_MAX 20000
#define TRIED_MAX 16000000u  /* addresses replaced to try keys, in all: half a minute */
#define MANY 1000u            /* addresses: then one of them meets another by chance */

/* All addresses of a recording, each once: a list, and a table of places in it (0 = free, else place + 1). */
struct seen { struct ip_addr *addrs; uint32_t *slots; size_t count; bool full; };

/* Where it stands, or where it would. */
static size_t slot_of(const struct seen *s, const struct ip_addr *a)
{
	static const uint8_t key[16];
	size_t at = (size_t)siphash(key, a->bytes, sizeof a->bytes) & (SEEN_SLOTS - 1);

	while (s->slots[at] != 0 && !ip_addr_equal(&s->addrs[s->slots[at] - 1], a))
		at = (at + 1) & (SEEN_SLOTS - 1);
	return at;
}

static void see(struct seen *s, const struct ip_addr *a)
{
	size_t at;

	if (!ip_addr_is_set(a) || s->full)
		return;
	at = slot_of(s, a);
	if (s->slots[at] != 0)
		return;
	s->full = s->count >= SEEN_MAX;
	if (s->full)
		return;
	s->addrs[s->count++] = *a;
	s->slots[at] = (uint32_t)s->count;
}

static void see_plan(struct seen *s, const struct plan *p)
{
	for (size_t i = 0; i < p->flow_count; i++) {
		see(s, &p->flows[i].src);
		see(s, &p->flows[i].dst);
		see(s, &p->flows[i].next_hop);
	}
	for (size_t c = 0; c < p->circuit_count; c++) {
		for (size_t t = 0; t < p->circuits[c].target_count; t++)
			see(s, &p->circuits[c].targets[t].address);
		for (int l = 0; l < LINKS; l++) {
			for (int fam = 0; fam < FAMILIES; fam++)
				see(s, &p->circuits[c].links[l].source[fam]);
		}
		for (uint8_t h = 0; p->circuits[c].baseline && h < p->circuits[c].baseline->hop_count; h++)
			see(s, &p->circuits[c].baseline->hops[h].addr);
	}
}

static void see_frames(struct seen *s, const struct event_log *log)
{
	for (size_t i = 0; i < log->frame_count; i++) {
		struct frame f;
		struct decoded d;

		event_log_frame(log, i, &f);
		decode_frame(&f, &d);
		see(s, &d.ip.src);
		see(s, &d.ip.dst);
	}
}

/* A prefix of this domain that has none of another domain's inside. */
static bool stands_alone(const struct plan_circuit *c, const struct plan_domain *d)
{
	for (size_t i = 0; i < c->domain_count; i++) {
		if (c->domains[i].domain != d->domain && ip_prefix_contains(&d->prefix, &c->domains[i].prefix.addr))
			return false;
	}
	return true;
}

static bool keep_around(struct anon *a, const struct ip_addr *addr, uint8_t len4, uint8_t len6)
{
	struct ip_prefix p = {*addr, addr->family == IP_V4 ? len4 : len6};

	for (unsigned i = p.len; i < 8 * ip_addr_len(addr->family); i++)
		p.addr.bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	return anon_keep(a, &p);
}

/* The links' own /30 and /126 are both sides' business. The provider also knows its own
 * addresses, Microsoft those of its networks and of the targets in them. */
static bool keep_circuit(struct anon *a, const struct plan_circuit *c, enum audience audience)
{
	enum domain own = audience == AUDIENCE_PROVIDER ? DOMAIN_WAN : DOMAIN_AZURE;
	bool ok = true;

	for (int l = 0; l < LINKS; l++) {
		for (int fam = 0; fam < FAMILIES; fam++)
			ok = ok && keep_around(a, &c->links[l].ce[fam], 30, 126) && keep_around(a, &c->links[l].msee[fam], 30, 126);
	}
	for (size_t i = 0; ok && i < c->domain_count; i++) {
		if (c->domains[i].domain == own && stands_alone(c, &c->domains[i]))
			ok = anon_keep(a, &c->domains[i].prefix);
	}
	for (size_t i = 0; ok && audience == AUDIENCE_MICROSOFT && i < c->target_count; i++) {
		if (!c->targets[i].control)
			ok = keep_around(a, &c->targets[i].address, 32, 128);
	}
	return ok;
}

/* What must not stand anywhere afterwards: addresses that are replaced. Counts those that it tries. */
static bool collides(const struct anon *a, const struct seen *s, size_t *tried)
{
	for (size_t i = 0; i < s->count; i++, ++*tried) {
		struct ip_addr to = anon_addr(a, &s->addrs[i]);
		bool special = ip_addr_is_multicast(&to) || ip_addr_is_unspecified(&to) || ip_addr_is_loopback(&to) ||
		               ip_addr_is_broadcast(&to);

		if (special || anon_is_kept(a, &s->addrs[i]))
			continue;
		if (s->slots[slot_of(s, &to)] != 0)
			return true;
	}
	return false;
}

static bool choose_key(struct anon *a, const struct seen *s, struct redact_search *search, char *err, size_t err_size)
{
	const struct redact_search most = *search;

	for (*search = (struct redact_search){0}; search->keys < most.keys && search->tried < most.tried; search->keys++) {
		if (getrandom(a->key, sizeof a->key, 0) != (ssize_t)sizeof a->key) {
			text_format(err, err_size, "cannot redact: no random key: %s", strerror(errno));
			return false;
		}
		if (!collides(a, s, &search->tried))
			return true;
	}
	text_format(err, err_size, "cannot redact: %s", s->count > MANY ? "so many addresses that none is left to replace one by: trace fewer destinations at a time"
	                                                                : "an address lies so near to one that stays that it cannot be replaced");
	return false;
}

bool redact_choose(struct anon *a, const struct recording *rec, const struct redact_rule *rule, char *err, size_t err_size)
{
	struct redact_search search = {KEYS_MAX, TRIED_MAX};

	return redact_choose_within(a, rec, rule, &search, err, err_size);
}

bool redact_choose_within(struct anon *a, const struct recording *rec, const struct redact_rule *rule, struct redact_search *search, char *err, size_t err_size)
{
	struct seen s = {.addrs = calloc(SEEN_MAX, sizeof *s.addrs), .slots = calloc(SEEN_SLOTS, sizeof *s.slots)};
	bool ok = s.addrs && s.slots;

	memset(a, 0, sizeof *a);
	for (size_t c = 0; ok && c < rec->plan.circuit_count; c++)
		ok = keep_circuit(a, &rec->plan.circuits[c], rule->audience);
	for (size_t i = 0; ok && i < rule->kept_count; i++)
		ok = anon_keep(a, &rule->kept[i]);
	if (!ok) {
		text_format(err, err_size, "cannot redact: out of memory, or too many prefixes that stay");
	} else {
		see_plan(&s, &rec->plan);
		see_frames(&s, &rec->log);
		if (s.full)
			text_format(err, err_size, "cannot redact: it has more than %u addresses", SEEN_MAX);
		ok = !s.full && choose_key(a, &s, search, err, err_size);
	}
	free(s.addrs);
	free(s.slots);
	return ok;
}
