/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe.probe/1. */
#include "analysis/capture_report/probe_report.h"

#include "analysis/record/comment.h"
#include "analysis/render/json_values.h"
#include "analysis/value/json_out.h"

static void answer_members(struct json_out *j, const struct match *m)
{
	bool icmp = m->answer == ANSWER_TIME_EXCEEDED || m->answer == ANSWER_UNREACHABLE || m->answer == ANSWER_OTHER_ERROR;

	json_text(j, "answer", comment_answer_name(m->answer));
	json_addr(j, "from", &m->from);
	if (icmp) {
		json_int(j, "icmp_type", m->icmp_type);
		json_int(j, "icmp_code", m->icmp_code);
	}
	json_int_text(j, "rtt_ns", m->rtt_ns);
	json_int(j, "reply_ttl", m->reply_ttl);
	json_bool(j, "counted", m->cls == MATCH_ANSWER);
	json_object(j, "tests");
	for (unsigned t = 0; t < MATCH_TESTS; t++)
		json_bool(j, match_test_name((enum match_test)t), !(m->failed >> t & 1u));
	json_object_end(j);
}

static void frame(struct json_out *j, const struct story_frame *f)
{
	bool out = f->match.cls == MATCH_OUT || f->match.cls == MATCH_OUT_RESET;

	json_object(j, NULL);
	json_int(j, "frame", f->number);
	json_int_text(j, "at_ns", f->at.ns);
	json_text(j, "direction", out ? "out" : "in");
	json_text(j, "class", match_class_name(f->match.cls));
	if (!out)
		answer_members(j, &f->match);
	json_object_end(j);
}

static const char *state_word(enum record_state s)
{
	switch (s) {
	case RECORD_ANSWERED:
		return "answered";
	case RECORD_UNREACHABLE:
		return "refused";
	case RECORD_LOST:
		return "lost";
	case RECORD_SET_ASIDE:
		return "late";
	case RECORD_WAITING:
		break;
	}
	return "waiting";
}

void report_probe_json(const struct probe_story *s, struct strbuf *out)
{
	const struct match *m = &s->frames[0].match;
	struct json_out j;

	if (s->frame_count == 0 || m->flow >= s->plan->flow_count)
		return;
	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.probe/1");
	json_text(&j, "run_id", s->plan->run_id);
	json_int(&j, "probe", s->probe);
	json_int(&j, "flow", m->flow);
	json_text(&j, "kind", comment_kind_name(s->plan->flows[m->flow].kind));
	json_addr(&j, "source", &s->plan->flows[m->flow].src);
	json_addr(&j, "destination", &s->plan->flows[m->flow].dst);
	json_int(&j, "ttl", m->ttl);
	json_text(&j, "counts_as", state_word(s->state));
	json_array(&j, "frames");
	for (size_t i = 0; i < s->frame_count; i++)
		frame(&j, &s->frames[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

void report_sight_json(const struct sight *s, struct strbuf *out)
{
	struct json_out j;
	bool answered = s->answer != ANSWER_NONE;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.probe/1");
	json_null(&j, "run_id");
	json_int(&j, "probe", s->number);
	json_text(&j, "kind", comment_kind_name(s->kind));
	json_addr(&j, "source", &s->src);
	json_addr(&j, "destination", &s->dst);
	json_int(&j, "ttl", s->ttl);
	json_text(&j, "counts_as", answered ? "answered" : "unanswered");
	json_int(&j, "frame", s->frame);
	json_int_text(&j, "at_ns", s->at.ns);
	json_int(&j, "sights", s->sights);
	if (answered) {
		json_int(&j, "answer_frame", s->answer_frame);
		json_text(&j, "answer", comment_answer_name((enum answer_kind)s->answer));
		json_addr(&j, "from", &s->from);
		json_int_text(&j, "rtt_ns", s->rtt_ns);
		json_int(&j, "reply_ttl", s->reply_ttl);
		json_int(&j, "answers", s->answers);
	}
	json_object_end(&j);
	json_finish(&j);
}
