/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/match/match_table.h"

#include "analysis/match/identity.h"
#include "erprobe/bytes.h"

#include <stdlib.h>
#include <string.h>

/* --- slots ----------------------------------------------------------------- */

#define SLOTS_MIN 64u /* a power of two, like every size of a table */

static uint32_t slot_free(const struct slot *at, uint32_t size, uint32_t hash)
{
	uint32_t i = hash & (size - 1);

	while (at[i].value != 0)
		i = (i + 1) & (size - 1);
	return i;
}

/* Makes room for one more: at most three in four are used. The hash is keyed, so that nobody outside can make long rows. */
static bool slots_reserve(struct slots *s)
{
	if (s->at != NULL && s->used < s->size - s->size / 4)
		return true;
	if (s->size > UINT32_MAX / 4)
		return false;

	uint32_t size = s->at == NULL ? SLOTS_MIN : s->size * 2;
	struct slot *at = calloc(size, sizeof(*at));
	if (at == NULL)
		return false;
	for (uint32_t i = 0; i < s->size; i++) {
		if (s->at[i].value != 0)
			at[slot_free(at, size, s->at[i].hash)] = s->at[i];
	}
	free(s->at);
	s->at = at;
	s->size = size;
	return true;
}

/* There must be room. */
static void slots_put(struct slots *s, uint32_t hash, uint32_t number)
{
	s->at[slot_free(s->at, s->size, hash)] = (struct slot){hash, number + 1};
	s->used++;
}

/* Walks the numbers stored under a hash: *at starts as the hash. */
static bool slots_next(const struct slots *s, uint32_t hash, uint32_t *at, uint32_t *number)
{
	while (s->size > 0) {
		const struct slot *slot = &s->at[*at & (s->size - 1)];
		if (slot->value == 0)
			return false;
		(*at)++;
		if (slot->hash == hash) {
			*number = slot->value - 1;
			return true;
		}
	}
	return false;
}

/* --- places ---------------------------------------------------------------- */

typedef uint32_t (*row_hash)(const struct match_table *t, const struct probe_row *row);

static void places_put(const struct match_table *t, struct places *p, row_hash hash, uint32_t number)
{
	uint32_t low = p->size - 1, h = hash(t, &t->rows[number]), i = h & low;

	while (p->at[i] != 0)
		i = (i + 1) & low;
	p->at[i] = (h & ~low) | (number + 1);
	p->used++;
}

/* Makes room for one more; a table that grows is made anew. */
static bool places_reserve(const struct match_table *t, struct places *p, row_hash hash)
{
	if (p->at != NULL && p->used < p->size - p->size / 4)
		return true;
	if (p->size > UINT32_MAX / 4)
		return false;

	struct places grown = {.size = p->at == NULL ? SLOTS_MIN : p->size * 2};
	grown.at = calloc(grown.size, sizeof(*grown.at));
	if (grown.at == NULL)
		return false;
	for (uint32_t number = 0; number < p->used; number++)
		places_put(t, &grown, hash, number);
	free(p->at);
	*p = grown;
	return true;
}

/* Walks the numbers under a hash, few others among them: *at starts as the hash. */
static bool places_next(const struct places *p, uint32_t hash, uint32_t *at, uint32_t *number)
{
	uint32_t low = p->size - 1;

	while (p->size > 0) {
		uint32_t place = p->at[(*at)++ & low];
		if (place == 0)
			return false;
		if (((place ^ hash) & ~low) == 0) {
			*number = (place & low) - 1;
			return true;
		}
	}
	return false;
}

/* --- keys ------------------------------------------------------------------ */

/* First byte of each key: the tables' and the identity's hashes stay apart. */
enum key_of { KEY_FLOW = 0x80, KEY_PAIR, KEY_LOCAL, KEY_MIX, KEY_VALUE };

struct key { uint8_t bytes[44]; struct wr w; };

static void key_begin(struct key *k, enum key_of of)
{
	k->w = wr_over(k->bytes, sizeof(k->bytes));
	wr_u8(&k->w, (uint8_t)of);
}

static void key_addr(struct key *k, const struct ip_addr *a)
{
	wr_u8(&k->w, a->family);
	wr_bytes(&k->w, a->bytes, ip_addr_len(a->family));
}

static uint32_t key_hash(const struct match_table *t, const struct key *k)
{
	return (uint32_t)siphash(t->plan->key, k->bytes, wr_len(&k->w));
}

static uint32_t hash_flow(const struct match_table *t, uint8_t kind, const struct ip_addr *local,
                          const struct ip_addr *remote, uint16_t src_port, uint16_t dst_port)
{
	struct key k;

	key_begin(&k, KEY_FLOW);
	wr_u8(&k.w, kind);
	key_addr(&k, local);
	key_addr(&k, remote);
	wr_u16(&k.w, src_port);
	wr_u16(&k.w, dst_port);
	return key_hash(t, &k);
}

static uint32_t hash_pair(const struct match_table *t, const struct ip_addr *local,
                          const struct ip_addr *remote)
{
	struct key k;

	key_begin(&k, remote != NULL ? KEY_PAIR : KEY_LOCAL);
	key_addr(&k, local);
	if (remote != NULL)
		key_addr(&k, remote);
	return key_hash(t, &k);
}

/* Multiply and shift: what is in this table are our own numbers, one after the other, so
 * that nobody can fill it with rows of one hash. */
static uint32_t hash_probe(const struct match_table *t, uint32_t flow, uint16_t index)
{
	uint64_t x = (((uint64_t)flow << 16 | index) + 1) * t->mix;

	return (uint32_t)((x ^ x >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static uint32_t hash_row(const struct match_table *t, const struct probe_row *row)
{
	return hash_probe(t, row->flow, row->index);
}

static uint32_t hash_value(const struct match_table *t, const struct ip_addr *remote, uint8_t kind,
                           uint32_t value)
{
	struct key k;

	key_begin(&k, KEY_VALUE);
	wr_u8(&k.w, kind);
	key_addr(&k, remote);
	wr_u32(&k.w, value);
	return key_hash(t, &k);
}

uint32_t match_value_echo(uint8_t family, uint16_t index, uint16_t ip_id, uint32_t flow_label)
{
	/* 20 bits of label and 16 of index overlap in 4: only a hash key, the
	 * probe that it finds is compared in full. */
	return family == IP_V4 ? (uint32_t)ip_id << 16 | index : flow_label << 12 ^ index;
}

static uint32_t row_value(const struct match_table *t, const struct probe_row *row)
{
	const struct plan_flow *f = &t->plan->flows[row->flow];

	if (f->kind == PROBE_UDP)
		return (uint32_t)identity_token(t->plan, f, row->index, row->ttl);
	if (f->kind == PROBE_TCP_SYN)
		return identity_seq(t->plan, f, row->index, row->ttl);
	return match_value_echo(f->dst.family, row->index,
	                        identity_ip_id(t->plan, f, row->index, row->ttl), f->flow_label);
}

static uint32_t hash_row_value(const struct match_table *t, const struct probe_row *row)
{
	const struct plan_flow *f = &t->plan->flows[row->flow];

	return hash_value(t, &f->dst, f->kind, row_value(t, row));
}

/* --- flows ----------------------------------------------------------------- */

/* The part of a flow that tells it from others on the wire. The ports of ARP and
 * ND flows, and the destination port of an echo flow, are not there to compare. */
static uint16_t wire_src_port(const struct plan_flow *f)
{
	return f->kind == PROBE_NEIGHBOUR ? 0 : f->src_port;
}

static uint16_t wire_dst_port(const struct plan_flow *f)
{
	return f->kind == PROBE_TCP_SYN || f->kind == PROBE_UDP ? f->dst_port : 0;
}

/* A flow from an address to itself never shows a path: what it sends looks like
 * what it gets back. It is left out, and its frames are foreign. */
static bool usable(const struct plan_flow *f)
{
	return (f->kind == PROBE_ICMP_ECHO || f->kind == PROBE_TCP_SYN || f->kind == PROBE_NEIGHBOUR ||
	        f->kind == PROBE_UDP) &&
	       ip_addr_is_set(&f->src) && f->src.family == f->dst.family &&
	       !ip_addr_equal(&f->src, &f->dst);
}

/* With remote NULL: is local a source? */
static bool has_pair(const struct match_table *t, const struct ip_addr *local, const struct ip_addr *remote)
{
	uint32_t hash = hash_pair(t, local, remote);
	uint32_t at = hash, number;

	while (slots_next(&t->pairs, hash, &at, &number)) {
		const struct plan_flow *f = &t->plan->flows[number];
		if (ip_addr_equal(&f->src, local) && (remote == NULL || ip_addr_equal(&f->dst, remote)))
			return true;
	}
	return false;
}

static bool add_pair(struct match_table *t, uint32_t flow, const struct ip_addr *local,
                     const struct ip_addr *remote)
{
	if (has_pair(t, local, remote))
		return true;
	if (!slots_reserve(&t->pairs))
		return false;
	slots_put(&t->pairs, hash_pair(t, local, remote), flow);
	return true;
}

static void note_local(struct match_table *t, const struct ip_addr *a)
{
	if (t->local_count > MATCH_LOCALS_MAX || match_table_local(t, a))
		return;
	if (t->local_count < MATCH_LOCALS_MAX)
		t->locals[t->local_count] = *a;
	t->local_count++;
}

/* Of flows that look the same on the wire the first one gets all frames. */
static bool add_flow(struct match_table *t, uint32_t number)
{
	const struct plan_flow *f = &t->plan->flows[number];
	uint16_t src_port = wire_src_port(f), dst_port = wire_dst_port(f);

	if (!usable(f) ||
	    match_table_flow(t, f->kind, &f->src, &f->dst, src_port, dst_port) != NO_FLOW)
		return true;
	if (!slots_reserve(&t->flows))
		return false;
	slots_put(&t->flows, hash_flow(t, f->kind, &f->src, &f->dst, src_port, dst_port), number);
	t->known[number] = true;
	note_local(t, &f->src);
	return add_pair(t, number, &f->src, &f->dst) && add_pair(t, number, &f->src, NULL);
}

bool match_table_init(struct match_table *t, const struct plan *p)
{
	memset(t, 0, sizeof(*t));
	struct key mix;

	t->plan = p;
	key_begin(&mix, KEY_MIX);
	t->mix = siphash(p->key, mix.bytes, wr_len(&mix.w)) | 1;
	/* One more than there are: an empty plan needs no other branch. */
	t->last = calloc(p->flow_count + 1, sizeof(*t->last));
	t->known = calloc(p->flow_count + 1, sizeof(*t->known));
	t->values = calloc(1, sizeof(*t->values));
	if (t->last == NULL || t->known == NULL || t->values == NULL)
		return false;
	/* A flow's number has 16 bits; what is beyond cannot be named. */
	for (size_t i = 0; i < p->flow_count && i <= UINT16_MAX; i++) {
		t->last[i] = NO_PROBE;
		if (!add_flow(t, (uint32_t)i))
			return false;
	}
	return true;
}

void match_table_free(struct match_table *t)
{
	free(t->flows.at);
	free(t->pairs.at);
	free(t->probes.at);
	if (t->values != NULL)
		free(t->values->at);
	free(t->values);
	free(t->rows);
	free(t->last);
	free(t->known);
	memset(t, 0, sizeof(*t));
}

static bool looks_like(const struct plan_flow *f, uint8_t kind, const struct ip_addr *local, const struct ip_addr *remote,
                       uint16_t src_port, uint16_t dst_port)
{
	return f->kind == kind && wire_src_port(f) == src_port && wire_dst_port(f) == dst_port &&
	       ip_addr_equal(&f->src, local) && ip_addr_equal(&f->dst, remote);
}

uint32_t match_table_flow(const struct match_table *t, uint8_t kind, const struct ip_addr *local,
                          const struct ip_addr *remote, uint16_t src_port, uint16_t dst_port)
{
	uint32_t hash = hash_flow(t, kind, local, remote, src_port, dst_port);
	uint32_t at = hash, number;

	while (slots_next(&t->flows, hash, &at, &number)) {
		if (looks_like(&t->plan->flows[number], kind, local, remote, src_port, dst_port))
			return number;
	}
	return NO_FLOW;
}

uint32_t match_table_named_flow(const struct match_table *t, uint32_t name, uint8_t kind, const struct ip_addr *local,
                                const struct ip_addr *remote, uint16_t src_port, uint16_t dst_port)
{
	uint16_t flow = identity_named_flow(name);

	if (flow < t->plan->flow_count && t->known[flow] && looks_like(&t->plan->flows[flow], kind, local, remote, src_port, dst_port))
		return flow;
	return match_table_flow(t, kind, local, remote, src_port, dst_port);
}

bool match_table_pair(const struct match_table *t, const struct ip_addr *local, const struct ip_addr *remote)
{
	return has_pair(t, local, remote);
}

bool match_table_local(const struct match_table *t, const struct ip_addr *a)
{
	for (uint32_t i = 0; i < t->local_count && i < MATCH_LOCALS_MAX; i++)
		if (ip_addr_equal(&t->locals[i], a))
			return true;
	return t->local_count > MATCH_LOCALS_MAX && has_pair(t, a, NULL);
}

/* --- probes ---------------------------------------------------------------- */

uint32_t match_table_probe(const struct match_table *t, uint32_t flow, uint16_t index)
{
	uint32_t hash = hash_probe(t, flow, index), at = hash, number;

	while (places_next(&t->probes, hash, &at, &number)) {
		if (t->rows[number].flow == flow && t->rows[number].index == index)
			return number;
	}
	return NO_PROBE;
}

void match_table_expect(const struct match_table *t, uint32_t name)
{
	uint16_t flow = identity_named_flow(name);

	if (t->probes.size > 0)
		__builtin_prefetch(&t->probes.at[hash_probe(t, flow, (uint16_t)(name - 1)) & (t->probes.size - 1)]);
	if (flow < t->plan->flow_count)
		__builtin_prefetch(&t->plan->flows[flow]);
}

void match_table_near(const struct match_table *t, uint32_t name)
{
	uint32_t hash = hash_probe(t, identity_named_flow(name), (uint16_t)(name - 1)), at = hash, number;

	if (places_next(&t->probes, hash, &at, &number))
		__builtin_prefetch(&t->rows[number]);
}

/* Enters what has left since. Nothing else can be seen of it: the table stays as it is. */
static bool values_ready(const struct match_table *t)
{
	struct places *v = t->values;

	while (v != NULL && v->used < t->count) {
		if (!places_reserve(t, v, hash_row_value))
			return false;
		places_put(t, v, hash_row_value, v->used);
	}
	return v != NULL;
}

uint32_t match_table_value(const struct match_table *t, const struct ip_addr *local,
                           const struct ip_addr *remote, uint8_t kind, uint32_t value)
{
	uint32_t hash = hash_value(t, remote, kind, value), at = hash, number;

	while (values_ready(t) && places_next(t->values, hash, &at, &number)) {
		const struct plan_flow *f = &t->plan->flows[t->rows[number].flow];
		if (f->kind == kind && ip_addr_equal(&f->src, local) && ip_addr_equal(&f->dst, remote) &&
		    row_value(t, &t->rows[number]) == value)
			return number;
	}
	return NO_PROBE;
}

static bool rows_reserve(struct match_table *t)
{
	if (t->count < t->size)
		return true;
	/* NO_PROBE itself is never a probe's number. */
	uint32_t size = t->size == 0 ? SLOTS_MIN : t->size * 2;
	struct probe_row *rows = t->size > UINT32_MAX / 4
	                                 ? NULL
	                                 : realloc(t->rows, size * sizeof(*rows));
	if (rows == NULL)
		return false;
	t->rows = rows;
	t->size = size;
	return true;
}

bool match_table_add(struct match_table *t, const struct probe_row *row)
{
	if (!rows_reserve(t) || !places_reserve(t, &t->probes, hash_row))
		return false;
	t->rows[t->count] = *row;
	places_put(t, &t->probes, hash_row, t->count);
	t->last[row->flow] = t->count;
	t->count++;
	return true;
}

void match_table_syn_bytes(struct match_table *t, uint16_t bytes)
{
	for (uint8_t i = 0; i < t->syn_sizes; i++)
		if (t->syn_bytes[i] == bytes)
			return;
	if (bytes > 0 && t->syn_sizes < MATCH_SYN_SIZES_MAX)
		t->syn_bytes[t->syn_sizes++] = bytes;
}
