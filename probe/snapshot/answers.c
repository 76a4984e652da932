/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that are one resource: circuit, peering, gateway, counters. */
#include "probe/snapshot/answer_rows.h"

#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ values */

/* As sent, even with line ends in it (route paths have them); only what is no UTF-8 is
 * replaced, so that the text reads back equal from JSON. */
static void keep_text(const char *from, struct az_text *out)
{
	const size_t mark = sizeof(TEXT_CUT_MARK) - 1;
	size_t at = 0, last = 0, len;
	uint32_t cp;
	for (; (len = utf8_next(from, &cp)) > 0; from += len) {
		bool valid = cp != UTF8_INVALID;
		const char *piece = valid ? from : UTF8_REPLACEMENT;
		size_t piece_len = valid ? len : sizeof(UTF8_REPLACEMENT) - 1;
		if (at + piece_len >= AZ_TEXT_MAX) {
			at = last;
			memcpy(out->text + at, TEXT_CUT_MARK, mark);
			at += mark;
			break;
		}
		memcpy(out->text + at, piece, piece_len);
		at += piece_len;
		if (at + mark < AZ_TEXT_MAX)
			last = at; /* the mark still fits here */
	}
	out->text[at] = '\0';
	out->present = true;
}

void answer_text(const struct json_value *v, struct az_text *out)
{
	const char *text = json_as_text(v);
	double number;
	int64_t whole;
	memset(out, 0, sizeof(*out));
	if (text) {
		keep_text(text, out);
	} else if (json_as_int(v, &whole)) {
		snprintf(out->text, sizeof(out->text), "%" PRId64, whole);
		out->present = true;
	} else if (json_as_number(v, &number)) {
		snprintf(out->text, sizeof(out->text), "%.15g", number);
		out->present = true;
	}
}

void answer_int(const struct json_value *v, struct az_int *out)
{
	memset(out, 0, sizeof(*out));
	out->present = json_as_int(v, &out->value);
}

static bool properties_of(const struct json_value *v, const char *what, const struct json_value **properties,
                          char *err, size_t err_size)
{
	*properties = json_get(v, "properties");
	if (json_is_object(*properties))
		return true;
	snprintf(err, err_size, "the answer is not %s: it has no properties", what);
	return false;
}

/* ------------------------------------------------------------------ circuit */

/* ExpressRoute Direct gives Gbit/s, perhaps with a fraction, in place of Mbit/s. */
static void read_bandwidth(const struct json_value *p, struct az_int *out)
{
	double gbps;
	answer_int(json_path(p, "serviceProviderProperties", "bandwidthInMbps", NULL), out);
	if (!out->present && json_as_number(json_get(p, "bandwidthInGbps"), &gbps) && gbps > 0 && gbps < 1e6) {
		out->present = true;
		out->value = (int64_t)llround(gbps * 1000.0);
	}
}

bool answer_circuit(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                    char *err, size_t err_size)
{
	struct az_circuit *c = &s->circuit;
	const struct json_value *p;
	(void)f;
	if (!properties_of(v, "a circuit", &p, err, err_size))
		return false;
	answer_text(json_get(v, "name"), &c->name);
	answer_text(json_get(v, "location"), &c->location);
	answer_text(json_get(p, "circuitProvisioningState"), &c->circuit_state);
	answer_text(json_get(p, "serviceProviderProvisioningState"), &c->provider_state);
	answer_text(json_get(p, "provisioningState"), &c->provisioning_state);
	answer_text(json_get(p, "serviceKey"), &c->service_key);
	answer_text(json_path(p, "serviceProviderProperties", "serviceProviderName", NULL), &c->provider_name);
	answer_text(json_path(p, "serviceProviderProperties", "peeringLocation", NULL), &c->peering_location);
	read_bandwidth(p, &c->bandwidth_mbps);
	answer_text(json_path(v, "sku", "tier", NULL), &c->sku_tier);
	answer_text(json_path(v, "sku", "family", NULL), &c->sku_family);
	answer_int(json_get(p, "stag"), &c->stag);
	answer_text(json_path(p, "expressRoutePort", "id", NULL), &c->express_route_port);
	fields_decode(&fields_circuit_more, v, c);
	return true;
}

/* ------------------------------------------------------------------ peering */

static void read_peering(const struct json_value *v, const struct json_value *p, struct az_peering *out)
{
	const struct json_value *p6 = json_get(p, "ipv6PeeringConfig");
	out->present = true;
	answer_text(json_get(v, "name"), &out->name);
	answer_text(json_get(p, "peeringType"), &out->type);
	answer_text(json_get(p, "state"), &out->state);
	answer_text(json_get(p, "provisioningState"), &out->provisioning_state);
	answer_text(json_get(p, "lastModifiedBy"), &out->last_modified_by);
	answer_int(json_get(p, "azureASN"), &out->azure_asn);
	answer_int(json_get(p, "peerASN"), &out->peer_asn);
	answer_int(json_get(p, "vlanId"), &out->vlan);
	answer_text(json_get(p, "primaryPeerAddressPrefix"), &out->prefix[LINK_PRIMARY]);
	answer_text(json_get(p, "secondaryPeerAddressPrefix"), &out->prefix[LINK_SECONDARY]);
	answer_text(json_get(p6, "primaryPeerAddressPrefix"), &out->prefix6[LINK_PRIMARY]);
	answer_text(json_get(p6, "secondaryPeerAddressPrefix"), &out->prefix6[LINK_SECONDARY]);
	answer_text(json_get(p6, "state"), &out->state6);
	answer_text(json_path(p, "microsoftPeeringConfig", "advertisedPublicPrefixesState", NULL),
	            &out->advertised_prefixes_state);
	fields_decode(&fields_peering_more, v, out);
	out->has_route_filter = out->route_filter.present && out->route_filter.text[0];
}

bool answer_peering(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                    char *err, size_t err_size)
{
	const struct json_value *p;
	(void)f;
	if (!properties_of(v, "a peering", &p, err, err_size))
		return false;
	read_peering(v, p, &s->peering);
	return true;
}

static bool is_our_peering(const struct az_peering *p, const struct plan_circuit *c)
{
	const char *wanted = peering_name(c->peering);
	return (p->name.present && strcasecmp(p->name.text, wanted) == 0) ||
	       (p->type.present && strcasecmp(p->type.text, wanted) == 0);
}

static void read_row(const struct json_value *v, void *row)
{
	const struct json_value *p = json_get(v, "properties");
	if (json_is_object(p))
		read_peering(v, p, row);
}

bool answer_peering_of_circuit(const struct json_value *v, const struct plan_circuit *c, struct az_peering *out)
{
	const struct json_value *list = json_path(v, "properties", "peerings", NULL);
	for (const struct json_value *item = json_is_array(list) ? json_first(list) : NULL; item; item = json_next(item)) {
		memset(out, 0, sizeof(*out));
		read_row(item, out);
		if (out->present && is_our_peering(out, c))
			return true;
	}
	memset(out, 0, sizeof(*out));
	return false;
}

/* Generously: each text may take six bytes a character. There are three kinds of peerings. */
static size_t row_bytes(const void *row)
{
	(void)row;
	return 6 * sizeof(struct az_peering);
}

/* The prefixes stand as a list of texts, in newer versions of the API also each with the
 * state of its validation. */
static size_t prefix_bytes(const struct az_peerings *all)
{
	size_t bytes = 0;
	for (size_t i = 0; i < all->prefix_count; i++)
		bytes += ANSWER_ROW_OVERHEAD + fields_bytes(&fields_public_prefix, &all->prefixes[i]);
	return bytes;
}

static void add_prefix(struct az_peerings *all, const struct az_text *peering, const struct json_value *prefix,
                       const struct json_value *state)
{
	struct az_public_prefix fresh = {.peering = *peering};
	bool cut = false;
	answer_text(prefix, &fresh.prefix);
	answer_text(state, &fresh.state);
	if (!fresh.prefix.present)
		return;
	if (all->prefix_count >= AZ_FEW_ROWS_MAX || prefix_bytes(all) > AZ_FEW_BYTES_MAX) {
		all->part.cut = true;
		return;
	}
	struct az_public_prefix *rows = answer_grow(all->prefixes, all->prefix_count, sizeof(*rows), &cut);
	if (!rows)
		return;
	all->prefixes = rows;
	all->prefixes[all->prefix_count++] = fresh;
}

static void add_prefixes(struct az_peerings *all, const struct az_text *peering, const struct json_value *config)
{
	const struct json_value *info = json_get(config, "advertisedPublicPrefixInfo");
	const struct json_value *plain = json_get(config, "advertisedPublicPrefixes");
	for (const struct json_value *i = json_is_array(info) ? json_first(info) : NULL; i; i = json_next(i))
		add_prefix(all, peering, json_get(i, "prefix"), json_get(i, "validationState"));
	if (json_count(info) > 0)
		return;
	for (const struct json_value *i = json_is_array(plain) ? json_first(plain) : NULL; i; i = json_next(i))
		add_prefix(all, peering, i, NULL);
}

bool answer_peerings(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                     char *err, size_t err_size)
{
	struct az_peerings *all = &s->peerings;
	const struct json_value *list = json_get(v, "value");
	void *rows = all->rows;
	struct answer_rows t = {&rows, &all->count, &all->part, NULL, sizeof(*all->rows), read_row, row_bytes, NULL, true,
	                        false};
	if (!json_is_array(list)) {
		snprintf(err, err_size, "the answer is no list of peerings");
		return false;
	}
	for (const struct json_value *item = json_first(list); item; item = json_next(item)) {
		struct az_text name;
		answer_text(json_get(item, "name"), &name);
		add_prefixes(all, &name, json_path(item, "properties", "microsoftPeeringConfig", NULL));
		add_prefixes(all, &name, json_path(item, "properties", "ipv6PeeringConfig", "microsoftPeeringConfig", NULL));
	}
	answer_add_rows(&t, list, f);
	all->rows = rows;
	return true;
}

bool answer_pick_peering(const struct plan_circuit *c, struct az_snapshot *s)
{
	for (size_t i = 0; i < s->peerings.count; i++) {
		struct az_peering *row = &s->peerings.rows[i];
		if (!row->present || !is_our_peering(row, c))
			continue;
		const struct az_part part = s->peering.part;
		s->peering = *row;
		s->peering.part = part;
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ counters */

/* Azure writes these four with a small b: primarybytesIn. */
static bool read_stats(const struct json_value *v, struct az_stats *out, char *err, size_t err_size)
{
	if (!json_is_object(v)) {
		snprintf(err, err_size, "the answer holds no counters");
		return false;
	}
	answer_int(json_get(v, "primarybytesIn"), &out->bytes_in[LINK_PRIMARY]);
	answer_int(json_get(v, "primarybytesOut"), &out->bytes_out[LINK_PRIMARY]);
	answer_int(json_get(v, "secondarybytesIn"), &out->bytes_in[LINK_SECONDARY]);
	answer_int(json_get(v, "secondarybytesOut"), &out->bytes_out[LINK_SECONDARY]);
	return true;
}

bool answer_circuit_stats(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                          char *err, size_t err_size)
{
	(void)f;
	return read_stats(v, &s->circuit_stats, err, err_size);
}

bool answer_peering_stats(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                          char *err, size_t err_size)
{
	(void)f;
	return read_stats(v, &s->peering_stats, err, err_size);
}

/* ------------------------------------------------------------------ gateway */

bool answer_gateway(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                    char *err, size_t err_size)
{
	const struct json_value *p;
	(void)f;
	if (!properties_of(v, "a gateway", &p, err, err_size))
		return false;
	answer_text(json_get(v, "name"), &s->gateway.name);
	answer_text(json_get(v, "id"), &s->gateway.id);
	answer_text(json_get(p, "provisioningState"), &s->gateway.provisioning_state);
	answer_text(json_path(p, "sku", "name", NULL), &s->gateway.sku);
	answer_text(json_get(p, "gatewayType"), &s->gateway.type);
	fields_decode(&fields_gateway_more, v, &s->gateway);
	return true;
}
