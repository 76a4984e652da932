/* SPDX-License-Identifier: BSD-2-Clause */
/* What the packet helper says becomes events. */
#include "probe/run/conductor.h"

#include "analysis/record/blank.h"
#include "analysis/value/strbuf.h"

#include <string.h>

/* Records taken in one go; then timers and signals have their turn. */
#define RECORDS_A_TURN 256

void conductor_left_out(struct conductor *k, const struct asked_probe *p, enum send_result result, int32_t error)
{
	const struct event e = {.kind = EVENT_NOT_SENT,
	                        .u.not_sent = {conductor_now(k), p->flow, p->ttl, (uint8_t)result, error}};

	/* A reset tests nothing: that it did not leave is no observation of the path. */
	if (p->kind != PROBE_TCP_RST)
		conductor_event(k, &e);
}

void conductor_not_sent(struct conductor *k, const struct asked_probe *p, enum send_result result, int32_t error)
{
	k->not_sent[result]++;
	conductor_left_out(k, p, result, error);
}

static void take_sent(struct conductor *k, const struct channel_sent *s)
{
	const struct asked_probe *p = probe_table_find(&k->probes, s->probe_id);

	/* What left is known from its captured frame, not from the helper's word. */
	if (p && s->result == SEND_REFUSED_RATE && plan_asks_bgp_port(&k->plan.flows[p->flow]))
		conductor_left_out(k, p, SEND_REFUSED_RATE, 0); /* its turn was missed: it comes again */
	else if (p && s->result != SEND_OK)
		conductor_not_sent(k, p, (enum send_result)s->result, s->error);
}

static void take_frame(struct conductor *k, struct frame *f)
{
	const struct event e = {.kind = EVENT_FRAME, .u.frame = f};

	f->at = conductor_stamp(k, f->at);
	/* Before anybody keeps or reads it: live and in replay the same bytes are folded. */
	watch_wipe(k->wiper, f);
	if (diagnosis_is_foreign(k->live, f))
		k->counters.foreign++;
	else {
		frame_blank_digests(f);
		conductor_event(k, &e);
	}
}

void conductor_counters(const struct plan *p, const struct channel_counters *c, struct event_counters *out)
{
	out->received = 0;
	out->dropped = c->unforwarded;
	for (uint32_t i = 0; i < c->ifaces; i++) {
		if (i < p->iface_count && p->ifaces[i].mirror)
			continue;
		out->received += c->received[i];
		out->dropped += (uint64_t)c->dropped[i] + c->iface_dropped[i];
	}
}

static void lose_helper(struct conductor *k, const char *why)
{
	k->helper_lost = true;
	text_format(k->lost_why, sizeof k->lost_why, "the packet helper is lost: %s", why);
}

void conductor_hear(struct conductor *k, struct mono_ns now)
{
	char why[HELPER_ERROR_MAX];

	if (!k->helper || k->helper_lost || helper_quiet_ns(k->helper, now) < HELPER_SILENT_NS)
		return;
	helper_give_up(k->helper, why, sizeof why);
	lose_helper(k, why);
}

void conductor_take(struct conductor *k)
{
	union helper_record r;
	char err[HELPER_ERROR_MAX] = "";

	for (int i = 0; i < RECORDS_A_TURN; i++) {
		switch (helper_take(k->helper, &r, err, sizeof err)) {
		case HELPER_TAKE_NONE:
			return;
		case HELPER_TAKE_SENT:
			take_sent(k, &r.sent);
			break;
		case HELPER_TAKE_FRAME:
			take_frame(k, &r.frame.frame);
			break;
		case HELPER_TAKE_COUNTERS:
			conductor_counters(&k->plan, &r.counters, &k->counters);
			break;
		case HELPER_TAKE_BYE:
		case HELPER_TAKE_END:
			/* A farewell that nobody asked for is a loss. */
			if (!k->draining)
				lose_helper(k, "it left by itself");
			k->drained = true;
			return;
		case HELPER_TAKE_ERROR:
			lose_helper(k, err);
			return;
		}
	}
}
