/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that are one resource: circuit, peering, gateway, counters. */
#include "probe/azure/answers.h"

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
	static const char cut[] = "\xe2\x80\xa6"; /* "…" */
	size_t at = 0, last = 0, len;
	uint32_t cp;
	for (; (len = utf8_next(from, &cp)) > 0; from += len) {
		bool valid = cp != UTF8_INVALID;
		const char *piece = valid ? from : UTF8_REPLACEMENT;
		size_t piece_len = valid ? len : sizeof(UTF8_REPLACEMENT) - 1;
		if (at + piece_len >= AZ_TEXT_MAX) {
			at = last;
			memcpy(out->text + at, cut, sizeof(cut) - 1);
			at += sizeof(cut) - 1;
			break;
		}
		memcpy(out->text + at, piece, piece_len);
		at += piece_len;
		if (at + sizeof(cut) - 1 < AZ_TEXT_MAX)
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
	return true;
}

/* ------------------------------------------------------------------ peering */

static void read_peering(const struct json_value *v, const struct json_value *p, struct az_peering *out)
{
	const struct json_value *p6 = json_get(p, "ipv6PeeringConfig");
	const char *filter = json_as_text(json_path(p, "routeFilter", "id", NULL));
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
	out->has_route_filter = filter && filter[0];
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

static bool is_our_peering(const struct json_value *v, const struct plan_circuit *c)
{
	const char *wanted = peering_name(c->peering);
	const char *name = json_as_text(json_get(v, "name"));
	const char *type = json_as_text(json_path(v, "properties", "peeringType", NULL));
	return (name && strcasecmp(name, wanted) == 0) || (type && strcasecmp(type, wanted) == 0);
}

bool answer_peerings(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                     char *err, size_t err_size)
{
	const struct json_value *list = json_get(v, "value");
	if (!json_is_array(list)) {
		snprintf(err, err_size, "the answer is no list of peerings");
		return false;
	}
	for (const struct json_value *item = json_first(list); item; item = json_next(item)) {
		const struct json_value *p = json_get(item, "properties");
		if (is_our_peering(item, f->circuit) && json_is_object(p) && !s->peering.present)
			read_peering(item, p, &s->peering);
	}
	return true;
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
	return true;
}
