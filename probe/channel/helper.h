/* SPDX-License-Identifier: BSD-2-Clause */
/* The other end of the packet channel: erprobe-packet as erprobe sees it.
 *
 *   helper_start()          runs it and waits until it is open, dropped and caged
 *   sandbox_clear_…()       then erprobe's own rights go (probe/sandbox/sandbox.h)
 *   helper_send_probe() …   requests, never blocking
 *   helper_take()           answers and frames, until it says NONE
 *   helper_stop(), take to BYE, helper_close()
 *
 * A process that is forked after helper_start() inherits a copy of the channel and
 * must close it (helper_fd()), or the helper cannot see that erprobe is gone. */
#ifndef ERPROBE_HELPER_H
#define ERPROBE_HELPER_H

#include "erprobe/addr.h"
#include "erprobe/channel.h"
#include "erprobe/clock.h"
#include "erprobe/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HELPER_ERROR_MAX 512 /* room that an err buffer should have */
#define HELPER_START_MS 5000 /* most that helper_start() waits */

struct helper;

struct helper_via { struct ip_addr addr; uint8_t iface; }; /* a next hop, and the slot of its interface */

struct helper_options {
	const char *path;                 /* NULL: beside this program, else ../libexec/erprobe/ */
	const char *const *ifaces;        /* names; a slot is a place in this list */
	size_t iface_count;               /* 1 .. CHANNEL_IFACES_MAX */
	bool mirror[CHANNEL_IFACES_MAX];  /* of ifaces: a mirror port, promiscuous; nothing leaves by it, nor is more than watch taken */
	const struct ip_prefix *allow;    /* the only destinations; up to 65,536 */
	size_t allow_count;
	const struct ip_prefix *watch;    /* subnets of peerings whose own sessions are listened to */
	size_t watch_count;               /* at most 64 */
	bool light;                       /* of few destinations: ready sooner (probe/packet/tap.h) */
	bool bulk;                        /* frames in blocks: cheap, but some milliseconds late; SENT only of what did not leave */
	bool sends_only;                  /* captures nothing: another helper does; SENT as in bulk */
	const struct helper_via *vias;    /* to which probes may leave by the link (probe_spec.via), at most CHANNEL_VIAS_MAX */
	size_t via_count;
	double rate;                      /* packets a second over all interfaces; 0 or HUGE_VAL = "max" */
	uint16_t ports;                   /* TCP source ports to reserve, at most 512 */
};

/* Any answer; head.kind says which. */
union helper_record {
	struct channel_head head;
	struct channel_plain plain;
	struct channel_ready ready;
	struct channel_start_failed failed;
	struct channel_sent sent;
	struct channel_frame frame;
	struct channel_counters counters;
};

enum helper_take {
	HELPER_TAKE_NONE = 0,
	HELPER_TAKE_SENT,     /* out->sent */
	HELPER_TAKE_FRAME,    /* out->frame */
	HELPER_TAKE_COUNTERS, /* out->counters */
	HELPER_TAKE_BYE,      /* after helper_stop(): nothing follows but END */
	HELPER_TAKE_END,      /* it closed the channel after BYE */
	HELPER_TAKE_ERROR     /* it died, or sent what it must not: err says so; only close it */
};
/* May something follow it? What the helper said last is told with ERROR, and gone for who takes once more. */
static inline bool helper_goes_on(enum helper_take kind)
{
	return kind == HELPER_TAKE_SENT || kind == HELPER_TAKE_FRAME || kind == HELPER_TAKE_COUNTERS;
}

/* Starts the helper and waits for READY, at most HELPER_START_MS. NULL with one line
 * in err that names what to do. Free with helper_close(). */
struct helper *helper_start(const struct helper_options *o, char *err, size_t err_size);
/* What READY said: link addresses of the interfaces, the reserved ports. */
const struct channel_ready *helper_ready(const struct helper *h);
/* Readable when helper_take() has something; stays readable after END or ERROR. */
int helper_fd(const struct helper *h);

/* Requests, never blocking. False when the channel is full (the helper is behind: try
 * later) or its other end is gone (helper_take() will say so). */
bool helper_send_probe(struct helper *h, const struct probe_spec *s);
/* The same for 1 to CHANNEL_BATCH probes in one message: all or none. */
bool helper_send_probes(struct helper *h, const struct probe_spec *specs, size_t count);
/* Bytes of requests that the helper has not taken yet, as the kernel accounts for them. */
size_t helper_waiting(const struct helper *h);
bool helper_count(struct helper *h);
bool helper_stop(struct helper *h);

/* For how long it has said nothing. Looks are to be no more than 100 ms apart: of a longer time between two of them no more
 * counts, so that a standstill of our own is none of the helper's. To be heard of it has to be asked (helper_count()). */
int64_t helper_quiet_ns(struct helper *h, struct mono_ns now);
#define HELPER_SILENT_NS (3 * NS_PER_SEC) /* then, with two questions unanswered and more, it hangs */
/* It hangs: kills it where that is allowed, and says so in err (for how long it was quiet at the last look). Afterwards only close it. */
void helper_give_up(struct helper *h, char *err, size_t err_size);

/* The next record, checked: sizes, slots, lengths and enums are in bounds. Does not
 * block; once the channel has ended it naps for a millisecond and says NONE, for at most 0.3 s, until the process has, whose
 * end tells why. err is written only for ERROR. */
enum helper_take helper_take(struct helper *h, union helper_record *out, char *err, size_t err_size);

/* Closes the channel, which ends the helper; kills it by its id when it is not gone
 * after a second; reaps it and frees h. Safe on NULL. */
void helper_close(struct helper *h);
/* Closes the channel and frees h without waiting for the helper's last breath: taking its
 * capture apart costs the kernel 20 to 30 ms. The helper ends with the channel, and the
 * kernel kills it with its parent, whose exit reaps it: for a program that exits now, or that has lost one of
 * two helpers. Safe on NULL. */
void helper_leave(struct helper *h);

/* Bytes of the record that begins a message of len bytes; len when that cannot be one,
 * so that helper_check() says what is wrong with it. */
size_t helper_record_size(const void *message, size_t len);
/* Checks one record from the helper, of an interface count as READY gave it (ignored
 * for READY itself). Returns its kind with *out filled, or 0 with one line in err. */
enum channel_kind helper_check(const void *message, size_t len, uint32_t ifaces, union helper_record *out,
                               char *err, size_t err_size);

#endif
