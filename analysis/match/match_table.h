/* SPDX-License-Identifier: BSD-2-Clause */
/* What the matcher remembers: the plan's flows by their addresses and ports, and
 * the probes that left. Private to the matcher (match*.c). Every look-up is one
 * keyed hash, so that no sender of packets can choose how long it takes. */
#ifndef ERPROBE_MATCH_TABLE_H
#define ERPROBE_MATCH_TABLE_H

#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A hash table from 32-bit hash to number, open addressing; the caller compares
 * the keys that the numbers stand for. Of flows. */
struct slot { uint32_t hash; uint32_t value; /* number + 1; 0 = free */ };
struct slots { struct slot *at; uint32_t size, used; };
/* The same of probes, of which there may be a million. A place has number + 1 in as many low bits as the size has, which
 * is never full, and above them those of the hash: others' rows are not looked at, each a miss of the cache. A table
 * that grows makes the hashes anew from the rows. */
struct places { uint32_t *at; uint32_t size, used; /* a power of two; 0 = free */ };

/* A probe that was seen leaving. */
struct probe_row {
	uint16_t flow;
	uint16_t index;
	uint8_t ttl;            /* 0 for ARP and ND */
	bool answered;          /* a genuine answer came, in time or not */
	bool half_open;         /* SYN-ACK came, no RST of ours yet */
	struct wall_ns sent_at;
};

#define MATCH_LOCALS_MAX 4u
#define MATCH_SYN_SIZES_MAX 96u /* as many as a search for sizes has steps, and some */
#define NO_FLOW UINT32_MAX
#define NO_PROBE UINT32_MAX

struct match_table {
	const struct plan *plan;
	struct slots flows;       /* by kind, addresses and ports */
	struct slots pairs;       /* by (source, destination), and by source alone */
	struct ip_addr locals[MATCH_LOCALS_MAX]; /* the sources, where they are few */
	uint32_t local_count;     /* beyond MATCH_LOCALS_MAX: more than few */
	uint64_t mix;             /* keyed, odd: the hash of `probes` */
	struct places probes;     /* by (flow, index) */
	struct places *values;    /* by destination and keyed value, of the first values->used probes:
	                             made when first asked for, where a NAT changed the ports */
	struct probe_row *rows;
	uint32_t count, size;
	uint32_t *last;           /* a flow's latest probe, or NO_PROBE */
	bool *known;              /* flows that are in `flows` */
	uint16_t syn_bytes[MATCH_SYN_SIZES_MAX]; /* what SYNs that left carried: each length once */
	uint8_t syn_sizes;
	int64_t slowest_rtt_ns;   /* of the answers; a SYN-ACK that took so long that it may be a second one does not count */
};

/* False when out of memory; then match_table_free() still applies. */
bool match_table_init(struct match_table *t, const struct plan *p);
void match_table_free(struct match_table *t);

/* The flow of these addresses and ports, seen from us; NO_FLOW when there is
 * none. src_port is the echo identifier of an ICMP flow, whose dst_port is 0. */
uint32_t match_table_flow(const struct match_table *t, uint8_t kind, const struct ip_addr *local,
                          const struct ip_addr *remote, uint16_t src_port, uint16_t dst_port);
/* The same for a packet that carries a probe's name (identity.h) where ours do: most often that
 * tells the flow, which is then compared; else it is looked for as above. */
uint32_t match_table_named_flow(const struct match_table *t, uint32_t name, uint8_t kind, const struct ip_addr *local,
                                const struct ip_addr *remote, uint16_t src_port, uint16_t dst_port);
/* Does any flow lead from local to remote? */
bool match_table_pair(const struct match_table *t, const struct ip_addr *local,
                      const struct ip_addr *remote);
/* Does any flow lead from there? */
bool match_table_local(const struct match_table *t, const struct ip_addr *a);
/* The probe of this flow and index, or NO_PROBE. */
uint32_t match_table_probe(const struct match_table *t, uint32_t flow, uint16_t index);
/* match_table_probe() will be asked for the probe of this name (identity.h) soon: where its number stands is fetched from
 * memory; once that is here, the row itself. */
void match_table_expect(const struct match_table *t, uint32_t name);
void match_table_near(const struct match_table *t, uint32_t name);
/* The probe from local to remote that carried this keyed value (match_value_*),
 * whatever its ports; NO_PROBE when none did, or without memory to know. */
uint32_t match_table_value(const struct match_table *t, const struct ip_addr *local,
                           const struct ip_addr *remote, uint8_t kind, uint32_t value);
/* A SYN with so many bytes of payload left; what is beyond MATCH_SYN_SIZES_MAX is not kept. */
void match_table_syn_bytes(struct match_table *t, uint16_t bytes);
/* Appends; false when out of memory, and nothing has changed then. */
bool match_table_add(struct match_table *t, const struct probe_row *row);

/* What a quote shows of a probe beside its ports: the TCP sequence number; of UDP
 * half its token; of an
 * echo its sequence number with the IPv4 id, or with the IPv6 flow label. */
uint32_t match_value_echo(uint8_t family, uint16_t index, uint16_t ip_id, uint32_t flow_label);

#endif
