/* SPDX-License-Identifier: BSD-2-Clause */
/* All reads of one circuit: which start at once, which wait for another's answer, and
 * what each does to the snapshot. No network and no clock: calls are sent by the owner. */
#ifndef ERPROBE_AZURE_SESSION_H
#define ERPROBE_AZURE_SESSION_H

#include "probe/azure/arm.h"
#include "probe/azure/ops.h"

#include <stdbool.h>
#include <stddef.h>

/* Connections whose status is read one by one, since lists leave it out. A circuit has
 * at most 10 (100 with the Premium add-on); more than these say nothing new. */
#define SESSION_CONNECTIONS_MAX 8
#define SESSION_CALLS (OPS + SESSION_CONNECTIONS_MAX)

struct session {
	const struct plan_circuit *circuit;
	const struct url_base *base;
	struct mono_ns deadline;
	struct az_snapshot snapshot;          /* of what was asked, at first or again */
	struct az_snapshot first;             /* all that was read at first, once some of it is asked again */
	bool again;
	struct arm_call calls[SESSION_CALLS]; /* by enum az_op, then single connections */
	char names[OPS][64];
	char gateway_id[RESOURCE_ID_MAX];     /* configured, or named by a connection; "" = unknown */
	char named_gateway[RESOURCE_ID_MAX];  /* by a connection to our circuit, on any page of the list */
	struct az_peering peering_of_circuit; /* as the circuit's own answer has it */
	bool peering_missing;                 /* its own read says so: the list decides */
	struct wall_ns began;                 /* events of the day before it are asked for */
	bool settled;                         /* its finished snapshot was kept, or an older one taken in its place */
	bool dirty;                           /* the snapshot changed since it was last sent */
};

/* Makes the first calls ready. circuit and base must outlive the session. */
void session_begin(struct session *s, const struct plan_circuit *circuit, const struct url_base *base,
                   struct mono_ns now, struct mono_ns deadline, struct wall_ns wall);
/* After arm_take() or arm_fail() on calls[index]: takes a result over into the snapshot
 * and makes ready what it was waited for. Does nothing while the call goes on. */
void session_advance(struct session *s, size_t index, struct mono_ns now, struct wall_ns wall);
/* Of a session that has ended: makes ready once more what can change with a fault, as far as it may be read. */
void session_again(struct session *s, struct mono_ns now, struct wall_ns wall);
/* A copy of what is known: a later answer stands in the place of the first. False when out of memory (then *out is zeroed). */
bool session_tell(const struct session *s, struct az_snapshot *out);
/* True when no call is under way; the snapshot is then finished. */
bool session_ended(const struct session *s);
/* Ends every open call because the deadline came, and finishes the snapshot. */
void session_expire(struct session *s, struct wall_ns wall);
void session_free(struct session *s);

#endif
