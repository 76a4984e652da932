/* SPDX-License-Identifier: BSD-2-Clause */
/* One run, from the question to the closed event log:
 *
 *   OPEN    Azure is asked (in a child), the event loop made
 *   PLAN    where links are to be derived, Azure's peering is waited for; plan
 *   LAUNCH  packet helper, ports, keyed identities; then all rights are given up
 *   RUN     probes leave as the diagnosis wishes and the rate allows; frames and
 *           Azure's answers are logged and folded as they come
 *   DRAIN   nothing leaves any more; the last frames and counters come in
 *   CLOSE   counters and end are logged; children are reaped
 *
 * An interrupt in any stage leads to CLOSE with a log that can be concluded from.
 * check.c calls the stages in this order; each conductor_*.c file owns one. */
#ifndef ERPROBE_CONDUCTOR_H
#define ERPROBE_CONDUCTOR_H

#include "analysis/fold/diagnosis.h"
#include "analysis/passive/watch.h"
#include "erprobe/plan.h"
#include "probe/azure/reader.h"
#include "probe/channel/helper.h"
#include "probe/channel/pacer.h"
#include "probe/channel/probe_table.h"
#include "probe/config/config.h"
#include "probe/host/loop.h"
#include "probe/host/now.h"
#include "probe/host/own_addresses.h"
#include "probe/host/own_routes.h"
#include "probe/host/progress.h"
#include "probe/record/event_log.h"
#include "probe/run/check.h"
#include "probe/run/run_clock.h"
#include "probe/run/syn_turns.h"
#include "probe/run/tcp_md5.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONDUCTOR_ERROR_MAX 512
#define CONDUCTOR_HELD_MAX 16

/* A SYN that waits for its turn. */
struct held_syn { struct probe_wish wish; struct mono_ns at; };

/* Azure's side of the run. */
struct azure_side {
	struct azure_reader reader;
	struct loop_event *readable;
	bool asked;               /* the configuration has an Azure side */
	bool running;             /* the child may still say something, or be asked again */
	bool finished[EVENT_LOG_CIRCUITS_MAX]; /* the last snapshot of this circuit came; of one that is asked again, not yet */
	bool again[EVENT_LOG_CIRCUITS_MAX];    /* it is, or was, asked once more */
	struct wall_ns asked_at;
	struct mono_ns give_up_at;
};

struct conductor {
	const struct config *config;
	const struct check_options *options;
	struct plan_limits limits;
	struct progress progress;
	struct loop *loop;
	struct mono_ns began;     /* all deadlines count from here */
	bool interrupted;         /* SIGINT, SIGTERM or SIGHUP came */

	struct azure_side azure;
	struct event_log log;
	struct plan plan;         /* zeroed before PLAN */
	struct watch *wiper;      /* takes routes out of frames that are kept; NULL where nothing is watched */
	struct diagnosis *live;   /* steers the probing; NULL before RUN */

	struct helper *helper;    /* NULL while it does not run, or no flow has a route */
	struct loop_event *frames, *tick;
	bool draining, helper_lost, drained;
	bool resting;             /* decided, and only the watching goes on: no probe leaves */
	char lost_why[CONDUCTOR_ERROR_MAX];
	struct pacer pacer;
	struct probe_table probes;
	struct tcp_md5 *signatures; /* of port 179, or NULL; owned */
	struct syn_turns *turns;  /* of port 179 among all runs of this host, or NULL; owned */
	struct held_syn held[CONDUCTOR_HELD_MAX];
	size_t held_count;
	struct own_addresses sources; /* that probes leave from; fd -1 before RUN */
	struct own_routes routes;     /* that probes leave by; likewise */
	bool route_said;              /* that one is gone: once a run */
	struct run_clock clock;   /* of all times of the run but deadlines */
	struct mono_ns last_sent, last_step, last_slow_tick, last_count, last_interim, drain_until;
	uint32_t sent;            /* probes asked of the helper; resets do not count */
	uint32_t not_sent[SEND_RESULTS]; /* what did not leave, by reason; resets too */
	struct event_counters counters;
	enum end_reason reason;   /* 0 until the run stops */
};

/* OPEN. False with one line in err; conductor_close() is due in any case. */
bool conductor_open(struct conductor *k, const struct config *c, const struct check_options *o,
                    const struct plan_limits *limits, char *err, size_t err_size);
/* PLAN: fills k->plan. False with one line in err. */
bool conductor_plan(struct conductor *k, char *err, size_t err_size);
/* LAUNCH: afterwards the process has no capabilities. Without a helper where no flow
 * has a route or an interrupt came. False with one line in err. */
bool conductor_launch(struct conductor *k, char *err, size_t err_size);
/* RUN and DRAIN: returns when the helper has said its last word or is lost. False
 * with one line in err when the run could not even begin. */
bool conductor_run(struct conductor *k, char *err, size_t err_size);
/* CLOSE: logs counters and end, ends and reaps both children. */
void conductor_close(struct conductor *k);
/* Frees what is left; the log and the plan too. Safe after any stage. */
void conductor_free(struct conductor *k);

/* -- between the stages' files -- */

/* The run's clock, after a look at the host's: a step since the last is said, and noted in the plan. */
struct wall_ns conductor_now(struct conductor *k);
/* A stamp of the host's wall clock on the run's. */
struct wall_ns conductor_stamp(struct conductor *k, struct wall_ns stamp);

/* Logs an event and folds it into the live diagnosis; what the log has no room for is
 * not folded either. False then. */
bool conductor_event(struct conductor *k, const struct event *e);

/* Starts Azure's reader. Never fails the run: without Azure each circuit gets a
 * finished snapshot that says why. */
void conductor_azure_begin(struct conductor *k);
/* To be called now and then: gives Azure up when its time is over. */
void conductor_azure_tick(struct conductor *k, struct mono_ns now);
/* Asks Azure once more of each circuit of which the diagnosis wants to know again, where time is left. */
void conductor_azure_again(struct conductor *k, struct mono_ns now);
/* Everything that Azure will say, unless it is asked again, has been said. */
bool conductor_azure_over(const struct conductor *k);
/* Ends the reader. What has not come by now never will. */
void conductor_azure_end(struct conductor *k);

/* Ctrl-C, and the end of the terminal, reach the whole process group. A child that is started while these are held
 * inherits the block and so ends when we end it: its last words are not lost. */
void conductor_hold_interrupt(void);
void conductor_release_interrupt(void);

/* Takes what the helper has said and turns it into events. */
void conductor_take(struct conductor *k);
/* A helper that answers nothing any more is lost like one that died. To be called with each slow tick. */
void conductor_hear(struct conductor *k, struct mono_ns now);
/* Sums up what was received and lost; foreign frames stay as they are. What a mirror port lost is no part of it: no
 * answer to a probe comes in there, so no loss of probes is to be expected for it. */
void conductor_counters(const struct plan *p, const struct channel_counters *c, struct event_counters *out);
/* A probe was left out: an event, unless it was a reset. */
void conductor_left_out(struct conductor *k, const struct asked_probe *p, enum send_result result, int32_t error);
/* Likewise, and counted among those that this host or its policy kept back, which a person is told of. */
void conductor_not_sent(struct conductor *k, const struct asked_probe *p, enum send_result result, int32_t error);

#endif
