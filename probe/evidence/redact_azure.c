/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's answers for others: an allow-list. Everything starts out empty, and only what a
 * rule below names is taken over: states, numbers and what stands on the provider's own
 * order as it is (circuit, service key, provider, place, bandwidth, tags), addresses
 * replaced, what names a tenant, subscription, group or resource for Microsoft alone. A
 * field or table that nobody has thought of stays out. */
#include "probe/evidence/redact.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum action {
	KEEP,      /* a text as it is */
	KEEP_INT,
	KEEP_FLAG, /* struct az_flag */
	KEEP_BOOL, /* bool */
	PART,      /* struct az_part: texts of errors and correlation ids for Microsoft alone */
	ADDRESS,   /* a text with an address or prefix: replaced; what is neither is withheld */
	MAC,       /* likewise a link address; "Incomplete" stays */
	MICROSOFT, /* a text for Microsoft alone, else withheld */
	NOBODY     /* a text that is withheld from all */
};

struct rule { size_t at; enum action action; };

struct redacting_azure { const struct anon *anon; bool microsoft; };

#define RULE(type, field, action) {offsetof(struct type, field), action}

static const struct rule circuit_rules[] = {
	RULE(az_circuit, part, PART), RULE(az_circuit, name, KEEP), RULE(az_circuit, location, KEEP),
	RULE(az_circuit, circuit_state, KEEP), RULE(az_circuit, provider_state, KEEP),
	RULE(az_circuit, provisioning_state, KEEP), RULE(az_circuit, service_key, KEEP),
	RULE(az_circuit, provider_name, KEEP), RULE(az_circuit, peering_location, KEEP),
	RULE(az_circuit, bandwidth_mbps, KEEP_INT), RULE(az_circuit, sku_tier, KEEP), RULE(az_circuit, sku_family, KEEP),
	RULE(az_circuit, stag, KEEP_INT), RULE(az_circuit, express_route_port, MICROSOFT),
	RULE(az_circuit, global_reach, KEEP_FLAG), RULE(az_circuit, rate_limited, KEEP_FLAG),
};
static const struct rule peering_rules[] = {
	RULE(az_peering, part, PART), RULE(az_peering, present, KEEP_BOOL), RULE(az_peering, name, KEEP),
	RULE(az_peering, type, KEEP), RULE(az_peering, state, KEEP), RULE(az_peering, provisioning_state, KEEP),
	RULE(az_peering, last_modified_by, NOBODY), RULE(az_peering, azure_asn, KEEP_INT),
	RULE(az_peering, peer_asn, KEEP_INT), RULE(az_peering, vlan, KEEP_INT), RULE(az_peering, prefix[0], ADDRESS),
	RULE(az_peering, prefix[1], ADDRESS), RULE(az_peering, prefix6[0], ADDRESS), RULE(az_peering, prefix6[1], ADDRESS),
	RULE(az_peering, state6, KEEP), RULE(az_peering, advertised_prefixes_state, KEEP),
	RULE(az_peering, advertised_prefixes_state6, KEEP), RULE(az_peering, has_route_filter, KEEP_BOOL),
	RULE(az_peering, route_filter, MICROSOFT), RULE(az_peering, registry, KEEP),
	RULE(az_peering, customer_asn, KEEP_INT), RULE(az_peering, azure_port[0], KEEP),
	RULE(az_peering, azure_port[1], KEEP), RULE(az_peering, hub_connection, MICROSOFT),
};
static const struct rule prefix_rules[] = {
	RULE(az_public_prefix, peering, KEEP), RULE(az_public_prefix, prefix, ADDRESS), RULE(az_public_prefix, state, KEEP),
};
static const struct rule stats_rules[] = {
	RULE(az_stats, part, PART), RULE(az_stats, bytes_in[0], KEEP_INT), RULE(az_stats, bytes_in[1], KEEP_INT),
	RULE(az_stats, bytes_out[0], KEEP_INT), RULE(az_stats, bytes_out[1], KEEP_INT),
};
static const struct rule arp_rules[] = {
	RULE(az_arp_row, interface, KEEP), RULE(az_arp_row, ip, ADDRESS), RULE(az_arp_row, mac, MAC),
	RULE(az_arp_row, age, KEEP_INT),
};
static const struct rule bgp_rules[] = {
	RULE(az_bgp_row, neighbor, ADDRESS), RULE(az_bgp_row, up_down, KEEP), RULE(az_bgp_row, state, KEEP),
	RULE(az_bgp_row, as, KEEP_INT),
};
static const struct rule route_rules[] = {
	RULE(az_route_row, network, ADDRESS), RULE(az_route_row, next_hop, ADDRESS), RULE(az_route_row, path, KEEP),
	RULE(az_route_row, weight, KEEP_INT), RULE(az_route_row, loc_prf, KEEP),
};
static const struct rule gateway_rules[] = {
	RULE(az_gateway, part, PART), RULE(az_gateway, name, MICROSOFT), RULE(az_gateway, id, MICROSOFT),
	RULE(az_gateway, provisioning_state, KEEP), RULE(az_gateway, sku, KEEP), RULE(az_gateway, type, KEEP),
	RULE(az_gateway, hub, MICROSOFT), RULE(az_gateway, asn, KEEP_INT), RULE(az_gateway, scale_min, KEEP_INT),
	RULE(az_gateway, scale_max, KEEP_INT),
};
/* circuit_id: see withhold_circuits(). */
static const struct rule connection_rules[] = {
	RULE(az_connection, name, MICROSOFT), RULE(az_connection, id, MICROSOFT), RULE(az_connection, status, KEEP),
	RULE(az_connection, type, KEEP), RULE(az_connection, provisioning_state, KEEP), RULE(az_connection, circuit_id, KEEP),
	RULE(az_connection, ingress_bytes, KEEP_INT), RULE(az_connection, egress_bytes, KEEP_INT),
	RULE(az_connection, fast_path, KEEP_BOOL), RULE(az_connection, routing_weight, KEEP_INT),
};
static const struct rule gateway_peer_rules[] = {
	RULE(az_gateway_peer, local, ADDRESS), RULE(az_gateway_peer, neighbor, ADDRESS), RULE(az_gateway_peer, state, KEEP),
	RULE(az_gateway_peer, connected_for, KEEP), RULE(az_gateway_peer, asn, KEEP_INT),
	RULE(az_gateway_peer, routes_received, KEEP_INT),
};
static const struct rule gateway_route_rules[] = {
	RULE(az_gateway_route, network, ADDRESS), RULE(az_gateway_route, next_hop, ADDRESS),
	RULE(az_gateway_route, local, ADDRESS), RULE(az_gateway_route, peer, ADDRESS), RULE(az_gateway_route, origin, KEEP),
	RULE(az_gateway_route, as_path, KEEP), RULE(az_gateway_route, weight, KEEP_INT),
};
static const struct rule reach_rules[] = {
	RULE(az_reach, name, MICROSOFT), RULE(az_reach, status, KEEP), RULE(az_reach, status6, KEEP),
	RULE(az_reach, provisioning_state, KEEP), RULE(az_reach, prefix, ADDRESS), RULE(az_reach, prefix6, ADDRESS),
	RULE(az_reach, other, MICROSOFT),
};
static const struct rule port_rules[] = {
	RULE(az_port, part, PART), RULE(az_port, name, MICROSOFT), RULE(az_port, provisioning_state, KEEP),
	RULE(az_port, peering_location, KEEP), RULE(az_port, mtu, KEEP), RULE(az_port, encapsulation, KEEP),
	RULE(az_port, ether_type, KEEP), RULE(az_port, bandwidth_gbps, KEEP_INT), RULE(az_port, provisioned_gbps, KEEP),
};
/* Where the cross-connect ends is what the provider or the building must find. */
static const struct rule port_link_rules[] = {
	RULE(az_port_link, name, KEEP), RULE(az_port_link, router, KEEP), RULE(az_port_link, interface, KEEP),
	RULE(az_port_link, patch_panel, KEEP), RULE(az_port_link, rack, KEEP), RULE(az_port_link, colocation, KEEP),
	RULE(az_port_link, connector, KEEP), RULE(az_port_link, admin_state, KEEP),
	RULE(az_port_link, provisioning_state, KEEP),
};
/* A title is free text; of the activity log it and the operation may name anything. */
static const struct rule event_rules[] = {
	RULE(az_event, id, MICROSOFT), RULE(az_event, kind, KEEP), RULE(az_event, status, KEEP), RULE(az_event, level, KEEP),
	RULE(az_event, title, MICROSOFT), RULE(az_event, service, KEEP), RULE(az_event, region, KEEP),
	RULE(az_event, began, KEEP), RULE(az_event, ended, KEEP), RULE(az_event, updated, KEEP),
	RULE(az_event, operation, KEEP), RULE(az_event, caller, NOBODY),
};
static const struct rule failover_rules[] = {
	RULE(az_failover_test, id, MICROSOFT), RULE(az_failover_test, type, KEEP), RULE(az_failover_test, category, KEEP),
	RULE(az_failover_test, status, KEEP), RULE(az_failover_test, link, KEEP), RULE(az_failover_test, began, KEEP),
	RULE(az_failover_test, ended, KEEP), RULE(az_failover_test, succeeded, KEEP_FLAG),
};
static const struct rule health_rules[] = {
	RULE(az_health, part, PART), RULE(az_health, state, KEEP), RULE(az_health, reason, KEEP),
	RULE(az_health, summary, MICROSOFT), RULE(az_health, since, KEEP),
};
static const struct rule metric_rules[] = {
	RULE(az_metric, name, KEEP), RULE(az_metric, peering_type, KEEP), RULE(az_metric, peer, KEEP),
	RULE(az_metric, average, KEEP), RULE(az_metric, at, KEEP), RULE(az_metric, lowest, KEEP),
	RULE(az_metric, highest, KEEP), RULE(az_metric, falls, KEEP), RULE(az_metric, unit, KEEP), RULE(az_metric, instance, KEEP),
	RULE(az_metric, link, KEEP), RULE(az_metric, lane, KEEP), RULE(az_metric, bgp_peer, ADDRESS),
};

/* -- one value -- */

static void withhold(struct az_text *t)
{
	if (t->present)
		text_format(t->text, sizeof t->text, REDACTED_TEXT);
}

static void map_address(const struct anon *a, struct az_text *t)
{
	char text[PREFIX_TEXT_MAX];
	struct ip_prefix p;
	struct ip_addr addr;

	if (!t->present || t->text[0] == '\0')
		return;
	if (ip_addr_parse(t->text, &addr)) {
		addr = anon_addr(a, &addr);
		text_format(t->text, sizeof t->text, "%s", ip_addr_text(&addr, text));
	} else if (ip_prefix_parse(t->text, &p)) {
		p = anon_prefix(a, &p);
		text_format(t->text, sizeof t->text, "%s", ip_prefix_text(&p, text));
	} else {
		withhold(t);
	}
}

/* Twelve hex digits, in pairs by ':' or '-', in fours by '.', or without any. */
static bool parse_mac(const char *text, uint8_t out[6])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text && n < 12; text++) {
		char lower = *text >= 'A' && *text <= 'F' ? (char)(*text - 'A' + 'a') : *text;
		const char *digit = strchr(digits, lower);

		if (digit) {
			out[n / 2] = (uint8_t)((n % 2 ? out[n / 2] : 0) << 4 | (digit - digits));
			n++;
		} else if (n % 2 != 0 || !strchr(":-.", lower)) {
			return false;
		}
	}
	return n == 12 && *text == '\0';
}

static void map_mac(const struct anon *a, struct az_text *t)
{
	uint8_t mac[6];

	if (!t->present || t->text[0] == '\0' || strcasecmp(t->text, "Incomplete") == 0)
		return;
	if (!parse_mac(t->text, mac)) {
		withhold(t);
		return;
	}
	anon_link_addr(a, mac, mac);
	text_format(t->text, sizeof t->text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void take_part(const struct redacting_azure *r, const struct az_part *from, struct az_part *to)
{
	to->read = from->read;
	to->at = from->at;
	to->http_status = from->http_status;
	to->cut = from->cut;
	memcpy(to->operation, from->operation, sizeof to->operation);
	if (r->microsoft) {
		memcpy(to->error, from->error, sizeof to->error);
		memcpy(to->correlation_id, from->correlation_id, sizeof to->correlation_id);
	} else if (from->error[0] != '\0') {
		text_format(to->error, sizeof to->error, "Azure's error text is " REDACTED_TEXT);
	}
}

static void take_text(const struct redacting_azure *r, enum action action, const struct az_text *from, struct az_text *to)
{
	*to = *from;
	if (action == NOBODY || (action == MICROSOFT && !r->microsoft))
		withhold(to);
	else if (action == ADDRESS)
		map_address(r->anon, to);
	else if (action == MAC)
		map_mac(r->anon, to);
}

static void take(const struct redacting_azure *r, const struct rule *rule, const void *whole_from, void *whole_to)
{
	const void *from = (const char *)whole_from + rule->at;
	void *to = (char *)whole_to + rule->at;

	switch (rule->action) {
	case PART:
		take_part(r, from, to);
		break;
	case KEEP_INT:
		memcpy(to, from, sizeof(struct az_int));
		break;
	case KEEP_FLAG:
		memcpy(to, from, sizeof(struct az_flag));
		break;
	case KEEP_BOOL:
		memcpy(to, from, sizeof(bool));
		break;
	default:
		take_text(r, rule->action, from, to);
	}
}

/* -- one struct, one table -- */

#define COUNT(rules) (sizeof(rules) / sizeof((rules)[0]))
/* One struct of which only what the rules name goes over. */
#define TAKE(from, to, rules)                                        \
	for (size_t i_ = 0; i_ < COUNT(rules); i_++)                 \
		take(&r, &(rules)[i_], (from), (to));
/* The rows of a table, in place: each is emptied and filled by the rules. They are the new
 * snapshot's from then on. */
#define ROWS(from, to, rows, count, type, rules)                     \
	(to)->rows = (from)->rows;                                   \
	(to)->count = (from)->count;                                 \
	(from)->rows = NULL;                                         \
	(from)->count = 0;                                           \
	for (size_t row_ = 0; row_ < (to)->count; row_++) {          \
		struct type old_ = (to)->rows[row_];                 \
		memset(&(to)->rows[row_], 0, sizeof old_);           \
		TAKE(&old_, &(to)->rows[row_], rules)                \
	}
/* A table with nothing but its part and rows. */
#define TABLE(member, type, rules)                                   \
	take_part(&r, &in->member.part, &s->member.part);            \
	ROWS(&in->member, &s->member, rows, count, type, rules)

/* Which connection is this circuit's stays to be seen: the diagnosis asks it. */
static void withhold_circuits(struct az_connections *c, const struct plan_circuit *original)
{
	for (size_t i = 0; i < c->count; i++) {
		struct az_text *id = &c->rows[i].circuit_id;
		bool ours = id->present && strcasecmp(id->text, original->resource_id) == 0;

		if (id->present)
			text_format(id->text, sizeof id->text, ours ? REDACTED_TEXT : "another circuit");
	}
}

static void take_circuit(struct redacting_azure r, struct az_snapshot *in, struct az_snapshot *s)
{
	TAKE(&in->circuit, &s->circuit, circuit_rules)
	TAKE(&in->peering, &s->peering, peering_rules)
	TAKE(&in->circuit_stats, &s->circuit_stats, stats_rules)
	TAKE(&in->peering_stats, &s->peering_stats, stats_rules)
	TAKE(&in->health, &s->health, health_rules)
	for (int l = 0; l < LINKS; l++) {
		TABLE(arp[l], az_arp_row, arp_rules)
		TABLE(bgp[l], az_bgp_row, bgp_rules)
		TABLE(routes[l], az_route_row, route_rules)
	}
	TABLE(peerings, az_peering, peering_rules)
	ROWS(&in->peerings, &s->peerings, prefixes, prefix_count, az_public_prefix, prefix_rules)
	TABLE(reach, az_reach, reach_rules)
	TABLE(reach_from, az_reach, reach_rules)
	TAKE(&in->port, &s->port, port_rules)
	ROWS(&in->port, &s->port, rows, count, az_port_link, port_link_rules)
	TABLE(failover_tests, az_failover_test, failover_rules)
}

static void take_gateway(struct redacting_azure r, struct az_snapshot *in, struct az_snapshot *s)
{
	TAKE(&in->gateway, &s->gateway, gateway_rules)
	TABLE(connections, az_connection, connection_rules)
	TABLE(gateway_peers, az_gateway_peer, gateway_peer_rules)
	TABLE(gateway_learned, az_gateway_route, gateway_route_rules)
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++) {
		take_text(&r, ADDRESS, &in->gateway_advertised[i].to, &s->gateway_advertised[i].to);
		TABLE(gateway_advertised[i], az_gateway_route, gateway_route_rules)
	}
}

static void take_series(struct redacting_azure r, struct az_snapshot *in, struct az_snapshot *s)
{
	TABLE(metrics, az_metric, metric_rules)
	TABLE(traffic, az_metric, metric_rules)
	TABLE(drops, az_metric, metric_rules)
	TABLE(gateway_load, az_metric, metric_rules)
	TABLE(gateway_counts, az_metric, metric_rules)
	TABLE(port_state, az_metric, metric_rules)
	TABLE(port_light, az_metric, metric_rules)
	TABLE(circuit_events, az_event, event_rules)
	TABLE(service_events, az_event, event_rules)
	TABLE(activity, az_event, event_rules)
}

void redact_azure(struct az_snapshot *s, const struct anon *a, const struct plan_circuit *original,
                  enum audience audience)
{
	struct redacting_azure r = {a, audience == AUDIENCE_MICROSOFT};
	struct az_snapshot in = *s;

	memset(s, 0, sizeof *s);
	s->asked_at = in.asked_at;
	s->done_at = in.done_at;
	s->finished = in.finished;
	s->stale = in.stale;
	if (in.why_not[0] != '\0')
		text_format(s->why_not, sizeof s->why_not, "%s", r.microsoft ? in.why_not : "the reason is " REDACTED_TEXT);
	take_circuit(r, &in, s);
	take_gateway(r, &in, s);
	take_series(r, &in, s);
	if (!r.microsoft)
		withhold_circuits(&s->connections, original);
	az_snapshot_free(&in); /* tables that no line above has taken */
}
