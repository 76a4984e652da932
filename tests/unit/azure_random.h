/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots of random content from a seed: every value present or absent, texts with
 * what makes trouble in JSON, tables of any length. */
#ifndef TESTS_AZURE_RANDOM_H
#define TESTS_AZURE_RANDOM_H

#include "erprobe/snapshot.h"
#include "probe/snapshot/fields.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dice { uint64_t state; };

/* xorshift64*: repeatable everywhere. */
static inline uint64_t roll(struct dice *d)
{
	d->state ^= d->state >> 12;
	d->state ^= d->state << 25;
	d->state ^= d->state >> 27;
	return d->state * UINT64_C(2685821657736338717);
}

static inline void random_chars(struct dice *d, char *out, size_t size)
{
	static const char *const pieces[] = {"a", "Enabled", "\"", "\\", "\n", "\x01", "\x7f", "\xc3\xa9", "\xe2\x80\xae",
	                                     "\xe2\x80\xa6", "\xf0\x9f\x98\x80", " ", "{\"x\":1}", "\t", "/", "172.16.3.1"};
	size_t len = 0, want = roll(d) % 8 == 0 ? size - 1 : roll(d) % 24;
	out[0] = '\0';
	for (int misses = 0; len < want && misses < 8;) {
		const char *piece = pieces[roll(d) % (sizeof(pieces) / sizeof(pieces[0]))];
		if (len + strlen(piece) >= size) {
			misses++;
			continue;
		}
		memcpy(out + len, piece, strlen(piece) + 1);
		len += strlen(piece);
	}
}

static inline void random_text(struct dice *d, struct az_text *t)
{
	t->present = roll(d) % 4 != 0;
	if (t->present)
		random_chars(d, t->text, sizeof(t->text));
}

static inline void random_int(struct dice *d, struct az_int *i)
{
	static const int64_t values[] = {0, 1, -1, 65515, 4294967295, INT64_C(1) << 53, (INT64_C(1) << 53) + 1, INT64_MAX,
	                                 INT64_MIN, -(INT64_C(1) << 53) - 1};
	i->present = roll(d) % 4 != 0;
	if (i->present)
		i->value = values[roll(d) % (sizeof(values) / sizeof(values[0]))];
}

static inline void random_part(struct dice *d, struct az_part *p)
{
	p->read = (enum az_read)(roll(d) % 3);
	p->at.ns = roll(d) % 2 ? (int64_t)(roll(d) >> 2) : 0;
	p->http_status = (int32_t)(roll(d) % 600);
	random_chars(d, p->operation, sizeof(p->operation));
	random_chars(d, p->error, sizeof(p->error));
	random_chars(d, p->correlation_id, sizeof(p->correlation_id));
	p->cut = roll(d) % 2;
}

/* Rows of a table, each text and number of which is set by the statement. */
#define RANDOM_ROWS(d, table, fill)                                                                  \
	do {                                                                                         \
		random_part(d, &(table).part);                                                       \
		(table).count = roll(d) % 5 == 0 ? 0 : roll(d) % 12;                                 \
		(table).rows = (table).count ? calloc((table).count, sizeof(*(table).rows)) : NULL;  \
		for (size_t n = 0; n < (table).count; n++)                                           \
			fill(d, &(table).rows[n]);                                                   \
	} while (0)

static inline void random_arp(struct dice *d, struct az_arp_row *r)
{
	random_text(d, &r->interface);
	random_text(d, &r->ip);
	random_text(d, &r->mac);
	random_int(d, &r->age);
}

static inline void random_bgp(struct dice *d, struct az_bgp_row *r)
{
	random_text(d, &r->neighbor);
	random_text(d, &r->up_down);
	random_text(d, &r->state);
	random_int(d, &r->as);
}

static inline void random_route(struct dice *d, struct az_route_row *r)
{
	random_text(d, &r->network);
	random_text(d, &r->next_hop);
	random_text(d, &r->path);
	random_text(d, &r->loc_prf);
	random_int(d, &r->weight);
}

/* Every value that the list of fields names. */
static inline void random_fields(struct dice *d, const struct field_set *set, void *row)
{
	for (size_t i = 0; i < set->count; i++) {
		void *at = (char *)row + set->fields[i].at;
		struct az_flag *flag = at;
		if (set->fields[i].kind == FIELD_TEXT) {
			random_text(d, at);
		} else if (set->fields[i].kind == FIELD_INT) {
			random_int(d, at);
		} else {
			flag->present = roll(d) % 4 != 0;
			flag->value = flag->present && roll(d) % 2;
		}
	}
}

/* A table whose rows are described by their fields. */
#define RANDOM_FIELDS(d, table, set)                                                                 \
	do {                                                                                         \
		random_part(d, &(table).part);                                                       \
		(table).count = roll(d) % 5 == 0 ? 0 : roll(d) % 6;                                  \
		(table).rows = (table).count ? calloc((table).count, sizeof(*(table).rows)) : NULL;  \
		for (size_t n = 0; n < (table).count; n++)                                           \
			random_fields(d, set, &(table).rows[n]);                                     \
	} while (0)

static inline void random_connection(struct dice *d, struct az_connection *r)
{
	struct az_text *texts[] = {&r->name, &r->id, &r->status, &r->type, &r->provisioning_state, &r->circuit_id};
	for (size_t i = 0; i < 6; i++)
		random_text(d, texts[i]);
	random_int(d, &r->ingress_bytes);
	random_int(d, &r->egress_bytes);
	r->fast_path = roll(d) % 2;
	random_fields(d, &fields_connection_more, r);
}

static inline void random_peer(struct dice *d, struct az_gateway_peer *r)
{
	struct az_text *texts[] = {&r->local, &r->neighbor, &r->state, &r->connected_for};
	for (size_t i = 0; i < 4; i++)
		random_text(d, texts[i]);
	random_int(d, &r->asn);
	random_int(d, &r->routes_received);
}

static inline void random_metric(struct dice *d, struct az_metric *r)
{
	random_fields(d, &fields_metric, r);
	random_fields(d, &fields_metric_more, r);
	random_fields(d, &fields_metric_falls, r);
}

static inline void random_peering(struct dice *d, struct az_peering *p)
{
	struct az_text *texts[] = {&p->name, &p->type, &p->state, &p->provisioning_state, &p->last_modified_by,
	                           &p->prefix[0], &p->prefix[1], &p->prefix6[0], &p->prefix6[1], &p->state6,
	                           &p->advertised_prefixes_state};
	struct az_int *ints[] = {&p->azure_asn, &p->peer_asn, &p->vlan};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		random_text(d, texts[i]);
	for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		random_int(d, ints[i]);
	p->present = roll(d) % 2;
	p->has_route_filter = roll(d) % 2;
	random_fields(d, &fields_peering_more, p);
}

static inline void random_later(struct dice *d, struct az_snapshot *s)
{
	struct az_peerings *p = &s->peerings;
	random_part(d, &p->part);
	p->count = roll(d) % 4;
	p->rows = p->count ? calloc(p->count, sizeof(*p->rows)) : NULL;
	for (size_t i = 0; i < p->count; i++)
		random_peering(d, &p->rows[i]);
	p->prefix_count = roll(d) % 4;
	p->prefixes = p->prefix_count ? calloc(p->prefix_count, sizeof(*p->prefixes)) : NULL;
	for (size_t i = 0; i < p->prefix_count; i++)
		random_fields(d, &fields_public_prefix, &p->prefixes[i]);
	RANDOM_FIELDS(d, s->gateway_learned, &fields_gateway_route);
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++) {
		RANDOM_FIELDS(d, s->gateway_advertised[i], &fields_gateway_route);
		random_text(d, &s->gateway_advertised[i].to);
	}
	RANDOM_FIELDS(d, s->reach, &fields_reach);
	RANDOM_FIELDS(d, s->reach_from, &fields_reach);
	random_fields(d, &fields_port, &s->port);
	RANDOM_FIELDS(d, s->port, &fields_port_link);
	RANDOM_FIELDS(d, s->circuit_events, &fields_event);
	RANDOM_FIELDS(d, s->service_events, &fields_event);
	RANDOM_FIELDS(d, s->activity, &fields_event);
	RANDOM_FIELDS(d, s->failover_tests, &fields_failover_test);
	RANDOM_ROWS(d, s->traffic, random_metric);
	RANDOM_ROWS(d, s->drops, random_metric);
	RANDOM_ROWS(d, s->gateway_load, random_metric);
	RANDOM_ROWS(d, s->gateway_counts, random_metric);
	RANDOM_ROWS(d, s->port_state, random_metric);
	RANDOM_ROWS(d, s->port_light, random_metric);
	random_fields(d, &fields_circuit_more, &s->circuit);
	random_fields(d, &fields_gateway_more, &s->gateway);
}

static inline void random_resources(struct dice *d, struct az_snapshot *s)
{
	struct az_circuit *c = &s->circuit;
	struct az_peering *p = &s->peering;
	struct az_text *texts[] = {
		&c->name, &c->location, &c->circuit_state, &c->provider_state, &c->provisioning_state, &c->service_key,
		&c->provider_name, &c->peering_location, &c->sku_tier, &c->sku_family, &c->express_route_port, &s->gateway.name, &s->gateway.id, &s->gateway.provisioning_state,
		&s->gateway.sku, &s->gateway.type, &s->health.state, &s->health.reason,
		&s->health.summary, &s->health.since};
	struct az_int *ints[] = {&c->bandwidth_mbps, &c->stag,
	                         &s->circuit_stats.bytes_in[0], &s->circuit_stats.bytes_in[1], &s->circuit_stats.bytes_out[0],
	                         &s->circuit_stats.bytes_out[1], &s->peering_stats.bytes_in[0], &s->peering_stats.bytes_in[1],
	                         &s->peering_stats.bytes_out[0], &s->peering_stats.bytes_out[1]};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		random_text(d, texts[i]);
	for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		random_int(d, ints[i]);
	struct az_part *parts[] = {&c->part, &p->part, &s->circuit_stats.part, &s->peering_stats.part, &s->gateway.part,
	                           &s->health.part};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		random_part(d, parts[i]);
	random_peering(d, p);
	s->stale = roll(d) % 2;
}

static inline void random_snapshot(uint64_t seed, struct az_snapshot *s)
{
	struct dice d = {seed * 2654435761u + 1};
	memset(s, 0, sizeof(*s));
	s->asked_at.ns = (int64_t)(roll(&d) >> 2);
	s->done_at.ns = roll(&d) % 2 ? (int64_t)(roll(&d) >> 2) : 0;
	s->finished = roll(&d) % 2;
	random_chars(&d, s->why_not, sizeof(s->why_not));
	random_resources(&d, s);
	for (int l = 0; l < LINKS; l++) {
		RANDOM_ROWS(&d, s->arp[l], random_arp);
		RANDOM_ROWS(&d, s->bgp[l], random_bgp);
		RANDOM_ROWS(&d, s->routes[l], random_route);
	}
	RANDOM_ROWS(&d, s->connections, random_connection);
	RANDOM_ROWS(&d, s->gateway_peers, random_peer);
	RANDOM_ROWS(&d, s->metrics, random_metric);
	random_later(&d, s);
}

#endif
