/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run learned, kept in memory so that it can be saved and folded again:
 * frames and not-sent events exactly in the order they were folded, the last
 * snapshot of each circuit, the last counters, the end. */
#ifndef ERPROBE_EVENT_LOG_H
#define ERPROBE_EVENT_LOG_H

#include "erprobe/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ceilings, against a run that goes wild and against hostile evidence. A default
 * run keeps a few thousand frames of about 100 bytes. */
#define EVENT_LOG_FRAMES_MAX 400000u
#define EVENT_LOG_BYTES_MAX ((size_t)64 << 20)
#define EVENT_LOG_NOT_SENT_MAX 20000u /* keeps plan.json below what the JSON reader takes */
#define EVENT_LOG_CIRCUITS_MAX 256u   /* event_azure.circuit has eight bits */

/* A frame without its unused bytes; those it has are at `offset` of event_log.bytes. */
struct logged_frame {
	struct wall_ns at;
	size_t offset;
	uint32_t wire_len;
	uint16_t cap_len;
	uint8_t iface;
};

struct logged_not_sent {
	uint32_t after_frames; /* how many frames were folded before it */
	struct event_not_sent event;
};

struct spool;
struct trace_log; /* probe/record/trace_log.h */

struct event_log {
	struct logged_frame *frames;
	size_t frame_count, frame_room;
	uint8_t *bytes;
	size_t byte_count, byte_room;
	struct spool *spool;   /* instead of bytes, until event_log_settle(); owned. NULL = none */
	struct logged_not_sent *not_sent;
	size_t not_sent_count, not_sent_room;
	struct az_snapshot *snapshots[EVENT_LOG_CIRCUITS_MAX]; /* by circuit; NULL = none came */
	bool has_counters;
	struct event_counters counters;
	bool has_end;
	struct event_end end;
	struct trace_log *trace; /* of a run of erprobe trace: the rest of what it learned; owned. NULL of a check */
	uint64_t refused;      /* events that a ceiling or lack of memory kept out */
};

void event_log_init(struct event_log *l);
/* Frees what the log owns, not the struct; safe on a zeroed log. */
void event_log_free(struct event_log *l);
/* Bytes of frames go to a file without a name in this folder from now on, not into memory.
 * False with the reason in err. */
bool event_log_spool(struct event_log *l, const char *dir, char *err, size_t err_size);
/* No frame follows: those in the file can be read from now on. False with the reason in err (a full
 * disk): what was logged since is incomplete. Nothing to do, and true, without a spool. */
bool event_log_settle(struct event_log *l, char *err, size_t err_size);
/* Copies the event into the log (frame bytes and snapshots too). A later snapshot
 * of a circuit, later counters and a later end replace the earlier; ticks are not
 * kept. False when there was no room: the event is counted in `refused` and must
 * not be folded either, or replay would see less than the run did. */
bool event_log_add(struct event_log *l, const struct event *e);
/* Could a frame be added, whatever its size? */
bool event_log_has_room(const struct event_log *l);
/* Restores frame i (< frame_count) in full. */
void event_log_frame(const struct event_log *l, size_t i, struct frame *out);

/* False ends the walk. */
typedef bool (*event_log_visit)(void *arg, const struct event *e);
/* Walks the log in the order of replay: each circuit's snapshot, then frames and
 * not-sent events as they were added, then counters, then the end. */
void event_log_each(const struct event_log *l, event_log_visit visit, void *arg);

#endif
