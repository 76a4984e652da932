/* SPDX-License-Identifier: BSD-2-Clause */
/* A run of `erprobe trace` over the network of trace_net.h that keeps its log, and the same
 * run once more from that log. */
#ifndef ERPROBE_TRACE_LOGGED_H
#define ERPROBE_TRACE_LOGGED_H

#include "tests/unit/trace_net.h"

#include "probe/record/plan_json.h"
#include "probe/record/refold.h"
#include "probe/record/trace_log.h"

struct logged { struct net net; struct event_log log; };

static inline void keep(void *arg, const struct frame *f, const struct match *m)
{
	struct logged *l = arg;
	const struct event e = {.kind = EVENT_FRAME, .u.frame = f};

	if (m->cls == MATCH_FOREIGN)
		return;
	assert_true(event_log_add(&l->log, &e));
	trace_log_frame(l->log.trace);
}

static inline void start(struct logged *l, const struct trace_options *o)
{
	struct net *n = &l->net;

	memset(&l->log, 0, sizeof l->log);
	n->engine = trace_engine_new(&n->plan, o, (struct mono_ns){0});
	l->log.trace = trace_log_new(o, n->plan.flow_count / o->flows);
	assert_true(n->engine && l->log.trace);
	n->plan.limits.hop_rate = o->hop_rate;
	trace_engine_listen(n->engine, trace_log_decided, l->log.trace);
	n->seen = keep;
	n->seen_arg = l;
}

static inline char *document_of(const struct plan *p, const struct event_log *log, const struct trace_engine *e)
{
	const struct trace_told told = {p, log, e};
	struct strbuf out;

	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	assert_true(trace_document(&told, TRACE_JSON, NULL, &out, NULL, NULL));
	return strbuf_take(&out);
}

/* The log goes to plan.json and back, is folded, and comes to what the run came to. */
static inline void assert_comes_back(struct logged *l)
{
	const struct event end = {.kind = EVENT_END, .u.end = {{5 * NS_PER_SEC}, END_DECIDED}};
	struct strbuf text, again;
	struct event_log read;
	struct refolded r;
	struct plan p;
	char err[300] = "";
	uint32_t frames = 0;

	trace_engine_listen(l->net.engine, NULL, NULL);
	assert_true(event_log_add(&l->log, &end));
	text_format(l->net.plan.run_id, sizeof l->net.plan.run_id, "run");
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	strbuf_init(&again, STRBUF_MAX_DEFAULT);
	if (!plan_json_write(&l->net.plan, &l->log, &text, err, sizeof err) ||
	    !plan_json_read(text.text, text.len, &p, &read, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_int_equal(frames, l->log.frame_count);
	for (size_t i = 0; i < frames; i++) {
		struct frame f;
		const struct event e = {.kind = EVENT_FRAME, .u.frame = &f};
		event_log_frame(&l->log, i, &f);
		assert_true(event_log_add(&read, &e));
	}
	assert_true(plan_json_write(&p, &read, &again, err, sizeof err));
	assert_string_equal(again.text, text.text);
	assert_true(refold(&p, &read, NULL, NULL, &r));
	char *was = document_of(&l->net.plan, &l->log, l->net.engine), *is = document_of(&p, &read, r.trace);
	assert_string_equal(is, was);
	assert_int_equal(r.result.probes_sent, trace_engine_sent(l->net.engine));
	free(was);
	free(is);
	refolded_free(&r);
	event_log_free(&read);
	plan_free(&p);
	strbuf_free(&text);
	strbuf_free(&again);
}

static inline void finish(struct logged *l)
{
	assert_comes_back(l);
	event_log_free(&l->log);
	net_free(&l->net);
}

#endif
