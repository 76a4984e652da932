/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure said, typed. Absent is told apart from empty, each part carries its
 * time, its operation and its error. Values are kept as Azure sent them (text);
 * the reading of a value is the diagnosis's business (analysis/diagnose). */
#ifndef ERPROBE_SNAPSHOT_H
#define ERPROBE_SNAPSHOT_H

#include "erprobe/clock.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AZ_TEXT_MAX 256      /* longer values are cut and marked with "…" */
#define AZ_ERROR_MAX 256
#define AZ_ROWS_MAX 4096     /* a table longer than this is cut, and says so in .cut */

enum az_read {
	AZ_NOT_ASKED = 0,
	AZ_OK,          /* answered: the values below are what Azure said */
	AZ_FAILED       /* error says why; nothing below may be used */
};

/* How one operation went. */
struct az_part {
	enum az_read read;
	struct wall_ns at;           /* when the answer was complete */
	int32_t http_status;         /* last HTTP status, 0 = no answer */
	char operation[64];          /* "arpTables/primary" */
	char error[AZ_ERROR_MAX];    /* one printable line, no secret; "" when AZ_OK */
	char correlation_id[48];     /* x-ms-correlation-request-id of the answer */
	bool cut;                    /* more rows than AZ_ROWS_MAX */
};

struct az_text { bool present; char text[AZ_TEXT_MAX]; };
struct az_int { bool present; int64_t value; };
struct az_flag { bool present, value; };

struct az_circuit {
	struct az_part part;
	struct az_text name, location;
	struct az_text circuit_state;         /* circuitProvisioningState */
	struct az_text provider_state;        /* serviceProviderProvisioningState; absent on Direct */
	struct az_text provisioning_state;
	struct az_text service_key;
	struct az_text provider_name, peering_location;
	struct az_int bandwidth_mbps;
	struct az_text sku_tier, sku_family;
	struct az_int stag;
	struct az_text express_route_port;    /* id, Direct only */
	struct az_flag global_reach;          /* globalReachEnabled */
	struct az_flag rate_limited;          /* enableDirectPortRateLimit, Direct only */
};

struct az_peering {
	struct az_part part;
	bool present;                         /* false with AZ_OK: Azure says there is no such peering */
	struct az_text name, type, state, provisioning_state, last_modified_by;
	struct az_int azure_asn, peer_asn, vlan;
	struct az_text prefix[LINKS];         /* primary/secondaryPeerAddressPrefix, /30 */
	struct az_text prefix6[LINKS];        /* /126 of ipv6PeeringConfig */
	struct az_text state6;
	struct az_text advertised_prefixes_state; /* Microsoft peering */
	bool has_route_filter;                /* of either family */
	struct az_text advertised_prefixes_state6;
	struct az_text route_filter;          /* id */
	struct az_text registry;              /* routingRegistryName: where the prefixes are looked up */
	struct az_int customer_asn;           /* the AS that the prefixes are registered under; 0 = peer_asn */
	struct az_text azure_port[LINKS];     /* often empty on real circuits */
	struct az_text hub_connection;        /* expressRouteConnection: id, only with Virtual WAN */
};

/* A public prefix that the customer announces over Microsoft peering. */
struct az_public_prefix {
	struct az_text peering, prefix;
	struct az_text state;                 /* of this prefix; older versions of the API have none */
};
/* All peerings of the circuit, configured for erprobe or not; their own parts are unused. */
struct az_peerings {
	struct az_part part;
	struct az_peering *rows; size_t count;
	struct az_public_prefix *prefixes; size_t prefix_count;
};

struct az_arp_row { struct az_text interface, ip, mac; struct az_int age; };
struct az_bgp_row { struct az_text neighbor, up_down, state; struct az_int as; };
struct az_route_row { struct az_text network, next_hop, path; struct az_int weight; struct az_text loc_prf; };

struct az_arp { struct az_part part; struct az_arp_row *rows; size_t count; };
struct az_bgp { struct az_part part; struct az_bgp_row *rows; size_t count; };
struct az_routes { struct az_part part; struct az_route_row *rows; size_t count; };

struct az_stats { struct az_part part; struct az_int bytes_in[LINKS], bytes_out[LINKS]; };

struct az_connection {
	struct az_text name, id, status, type, provisioning_state, circuit_id;
	struct az_int ingress_bytes, egress_bytes;
	bool fast_path;                       /* expressRouteGatewayBypass */
	struct az_int routing_weight;
};
struct az_connections { struct az_part part; struct az_connection *rows; size_t count; };

struct az_gateway {
	struct az_part part;
	struct az_text name, id, provisioning_state, sku, type; /* type: "ExpressRoute", of a hub's gateway absent */
	struct az_text hub;                   /* id of the virtual hub; only of Virtual WAN's ExpressRoute gateway */
	struct az_int asn;
	struct az_int scale_min, scale_max;   /* scale units, where it scales by itself */
};

struct az_gateway_peer { struct az_text local, neighbor, state, connected_for; struct az_int asn, routes_received; };
struct az_gateway_peers { struct az_part part; struct az_gateway_peer *rows; size_t count; };

/* A route that the gateway learned, or that it announces to one of its peers. */
struct az_gateway_route { struct az_text network, next_hop, local, peer, origin, as_path; struct az_int weight; };
struct az_gateway_routes {
	struct az_part part;
	struct az_text to;                    /* announced: the peer that it is announced to */
	struct az_gateway_route *rows; size_t count;
};
#define AZ_GATEWAY_SESSIONS 2                 /* with the two MSEEs, in the order of gateway_peers */

/* A connection to another circuit (Global Reach): ours, or made from the other side. */
struct az_reach {
	struct az_text name, status, status6, provisioning_state, prefix, prefix6;
	struct az_text other;                 /* id of the other circuit's peering */
};
struct az_reaches { struct az_part part; struct az_reach *rows; size_t count; };

/* ExpressRoute Direct: a pair of ports. Light and line protocol are metrics. */
struct az_port_link {
	struct az_text name, router, interface, patch_panel, rack, colocation, connector;
	struct az_text admin_state;           /* "Enabled" or "Disabled", by the customer */
	struct az_text provisioning_state;
};
struct az_port {
	struct az_part part;
	struct az_text name, provisioning_state, peering_location, mtu, encapsulation, ether_type;
	struct az_int bandwidth_gbps;
	struct az_text provisioned_gbps;
	struct az_port_link *rows; size_t count;
};

/* Something that happened to the circuit or its service in the last day: Service Health
 * (outages, planned maintenance) or the activity log (who changed what). */
struct az_event {
	struct az_text id;                    /* tracking id, or correlation id of the activity log */
	struct az_text kind;                  /* eventType: "PlannedMaintenance", "ServiceIssue"…; "Activity" */
	struct az_text status;                /* "Active", "Resolved"; of the activity log "Started", "Succeeded"… */
	struct az_text level, title, service, region;
	struct az_text began, ended;          /* RFC 3339 as sent; of the activity log began alone */
	struct az_text updated;
	struct az_text operation, caller;     /* activity log */
};
struct az_events { struct az_part part; struct az_event *rows; size_t count; };

/* Tests in which somebody shuts one link of the circuit on purpose. */
struct az_failover_test {
	struct az_text id, type, category;    /* category: "BgpDisconnect", "ASPathPrepend" */
	struct az_text status;                /* "Running" explains a link that is down */
	struct az_text link;                  /* "Primary", "Secondary" */
	struct az_text began, ended;
	struct az_flag succeeded;
};
struct az_failover_tests { struct az_part part; struct az_failover_test *rows; size_t count; };

/* Resource Health of the circuit. */
struct az_health { struct az_part part; struct az_text state, reason, summary, since; };

/* One series of Azure Monitor in the last hour. ArpAvailability and BgpAvailability are in
 * percent. Not evidence by itself: BgpAvailability falls during Microsoft's own maintenance
 * while the session stands. Numbers are kept as text, as sent. */
struct az_metric {
	struct az_text name, peering_type, peer;
	struct az_text average, at;           /* the last sample; a maximum or total where only that exists */
	struct az_text lowest, highest;       /* of all samples of the hour */
	struct az_text falls;                 /* of an availability: how often it fell below 90 percent within the hour */
	struct az_text unit;
	struct az_text instance;              /* roleInstance of a gateway, DeviceRole of an edge router */
	struct az_text link, lane;            /* ports of ExpressRoute Direct: "link1", "0" */
	struct az_text bgp_peer;              /* BgpPeerAddress */
};
struct az_metrics { struct az_part part; struct az_metric *rows; size_t count; };

struct az_snapshot {
	struct wall_ns asked_at;     /* first request */
	struct wall_ns done_at;      /* last answer, or when the deadline ended it */
	bool finished;               /* every read came to an end (AZ_OK or AZ_FAILED) */
	char why_not[AZ_ERROR_MAX];  /* where nothing could be read: the one reason, also where that was so when it was asked once
	                              * more, or it had not told all by then; else "" */
	bool stale;                  /* nothing could be read now (why_not says why): this is what an earlier
	                              * run read, at the times of asked_at and done_at */
	struct az_circuit circuit;
	struct az_peering peering;   /* the one that the circuit's configuration names */
	struct az_stats circuit_stats, peering_stats;
	struct az_arp arp[LINKS];
	struct az_bgp bgp[LINKS];    /* routeTablesSummary */
	struct az_routes routes[LINKS];
	struct az_gateway gateway;
	struct az_connections connections;
	struct az_gateway_peers gateway_peers;
	struct az_health health;
	struct az_metrics metrics;               /* availability of ARP and BGP */
	struct az_peerings peerings;
	struct az_gateway_routes gateway_learned;
	struct az_gateway_routes gateway_advertised[AZ_GATEWAY_SESSIONS];
	struct az_reaches reach, reach_from;     /* Global Reach: by us, from the other side */
	struct az_port port;                     /* ExpressRoute Direct alone */
	struct az_events circuit_events;         /* Service Health of this circuit */
	struct az_events service_events;         /* of ExpressRoute in this subscription */
	struct az_events activity;               /* activity log of the circuit */
	struct az_failover_tests failover_tests;
	struct az_metrics traffic;               /* BitsInPerSecond, BitsOutPerSecond: into and out of Azure */
	struct az_metrics drops;                 /* QosDropBitsInPerSecond, QosDropBitsOutPerSecond */
	struct az_metrics gateway_load;          /* CPU, packets and bits a second, flows, … */
	struct az_metrics gateway_counts;        /* routes learned and announced by peer, changes */
	struct az_metrics port_state;            /* AdminState, LineProtocol: 1 or 0 */
	struct az_metrics port_light;            /* RxLightLevel, TxLightLevel in dBm */
};

/* True when at least one part is AZ_OK and was read by this run: not of a stale snapshot. */
bool az_snapshot_available(const struct az_snapshot *s);
/* The same, whichever run read it: a stale snapshot weighs by its age. */
bool az_snapshot_has_answer(const struct az_snapshot *s);
/* Frees the rows, not the struct; safe on a zeroed snapshot. */
void az_snapshot_free(struct az_snapshot *s);
/* Deep copy; false when out of memory (then *to is zeroed). */
bool az_snapshot_copy(struct az_snapshot *to, const struct az_snapshot *from);

/* A deep copy of the first snapshot in which what was read again stands in the place of the older answer. What was not
 * asked again, or could not be read, keeps its first answer with its time; only where one MSEE gives none of its tables any
 * more and the other does, that takes their place. Where nothing was
 * read again, why_not says why. False when out of memory (then *to is zeroed). */
bool az_snapshot_renewed(struct az_snapshot *to, const struct az_snapshot *first, const struct az_snapshot *again);

/* Walks every part of a snapshot in a fixed order, for printing and saving. */
#define AZ_PARTS_MAX 40
size_t az_snapshot_parts(const struct az_snapshot *s, const struct az_part *parts[AZ_PARTS_MAX]);
/* The same, to change them. */
size_t az_snapshot_own_parts(struct az_snapshot *s, struct az_part *parts[AZ_PARTS_MAX]);

#endif
