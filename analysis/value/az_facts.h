/* SPDX-License-Identifier: BSD-2-Clause */
/* What a snapshot of Azure says beyond states and tables, read the same way by
 * `erprobe state` and by the diagnosis: events, failover tests, drops, ports, counts of
 * routes. Every answer tells "not known" apart from "no". */
#ifndef ERPROBE_AZ_FACTS_H
#define ERPROBE_AZ_FACTS_H

#include "erprobe/plan.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum az_fact { AZ_FACT_UNKNOWN = 0, AZ_FACT_NO, AZ_FACT_YES };

/* ASCII letters without regard to case; false when absent. */
bool az_text_is(const struct az_text *t, const char *word);
/* The number in a text that holds nothing else; false when there is none. */
bool az_text_number(const struct az_text *t, double *out);
/* How long a session has been in its state, in seconds: "00:25:24", "1.02:03:04", "1d12h", "3w4d". False for all else. */
bool az_text_age(const struct az_text *t, double *seconds);
/* The path that a word of Azure begins with ("Primary-IPv4"), or LINK_NULL. */
enum link_id az_text_link(const struct az_text *t);

/* Somebody runs, starts or stops a test that shuts or drains this link on purpose, by *which (may be NULL): the one that runs
 * where there are several. */
enum az_fact az_failover_test(const struct az_snapshot *s, enum link_id l, const struct az_failover_test **which);

/* How an event stands at this time. */
enum az_event_when { AZ_EVENT_OVER = 0, AZ_EVENT_NOW, AZ_EVENT_AHEAD };
enum az_event_when az_event_when(const struct az_event *e, struct wall_ns now);
/* An event of the circuit, or of ExpressRoute where the circuit lies, goes on at this time;
 * kind as Azure names it: "PlannedMaintenance", "ServiceIssue". *which may be NULL. */
enum az_fact az_event_now(const struct az_snapshot *s, const char *kind, struct wall_ns now, const struct az_event **which);
/* The region of the event's service is the circuit's, or the event names none. */
bool az_event_is_near(const struct az_event *e, const struct az_circuit *c);

/* Traffic above the circuit's bandwidth was dropped within the hour; *bits_per_second, the
 * most of it, may be NULL. */
enum az_fact az_qos_drops(const struct az_snapshot *s, double *bits_per_second);

/* The circuit carried at least nine tenths of its bandwidth, in one direction, within the hour;
 * *bits_per_second, the most of it, may be NULL. */
enum az_fact az_bandwidth_used(const struct az_snapshot *s, double *bits_per_second);

/* What flows through the circuit's peering of this type now, in bits a second, by samples of the last quarter of an
 * hour. False when there is none of both directions. */
bool az_traffic_now(const struct az_snapshot *s, enum peering_type peering, struct wall_ns now, double *in, double *out);

/* How often ARP's (or BGP's) availability of a link fell within the hour; false when it was not read. */
bool az_availability_falls(const struct az_snapshot *s, enum peering_type peering, enum link_id l, bool arp, double *falls);

/* Resource Health calls the circuit Unavailable or Degraded. */
enum az_fact az_health_bad(const struct az_snapshot *s);

/* The port of this link (ExpressRoute Direct: link1 is the primary's) is shut by its
 * admin state, or its line protocol is down. */
enum az_fact az_port_down(const struct az_snapshot *s, enum link_id l);
/* By its admin state alone, which the customer sets. */
enum az_fact az_port_shut(const struct az_snapshot *s, enum link_id l);
/* Light received by Microsoft on this link is outside of -10 to 0 dBm; *dbm, the worst lane,
 * may be NULL. A port that is shut has no light to judge. */
enum az_fact az_light_bad(const struct az_snapshot *s, enum link_id l, double *dbm);

#define AZ_MSEE_ASN 12076 /* Microsoft's side of every ExpressRoute session */

/* BGP sessions of the virtual network gateway with the two MSEEs. Its other instances do not count: one in state Connecting
 * is seen on healthy gateways. */
struct az_gateway_sessions {
	size_t all, up;
	size_t unknown; /* of which Azure does not know the state */
};
/* False when they were not read. */
bool az_gateway_sessions(const struct az_snapshot *s, struct az_gateway_sessions *out);

/* Most prefixes that the customer may announce on a session before Microsoft ends it; 0 when the
 * peering or SKU does not tell. */
int64_t az_prefix_limit(const struct az_snapshot *s, enum peering_type peering, int family);
/* Most prefixes that virtual networks may announce to a circuit. */
#define AZ_VNET_PREFIXES_V4 1000
#define AZ_VNET_PREFIXES_V6 100
/* Routes of this path's table and family: from the customer, by its AS, and from the gateway.
 * False when the table was not read. */
bool az_route_counts(const struct az_snapshot *s, enum link_id l, int family, size_t *customer, size_t *gateway);
/* The first AS of a path as Azure writes it ("65515 65010 I", "12076-65010"), or -1. */
int64_t az_first_as(const struct az_text *path);

#endif
