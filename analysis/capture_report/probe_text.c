/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/capture_report/probe_report.h"

#include "analysis/record/comment.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/trace/trace_result.h"
#include "analysis/value/plural.h"

#include <inttypes.h>
#include <stdio.h>

enum { FRAME_COLUMN = 2, TEST_COLUMN = 6 };

/* "2.071392 ms": all that the stamps tell. */
static void exact_ms(struct page *p, int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	page_textf(p, TONE_STRONG, "%s%" PRIu64 ".%06" PRIu64 " ms", ns < 0 ? "-" : "", size / 1000000, size % 1000000);
}

static const char *kind_words(uint8_t kind, uint8_t family)
{
	switch (kind) {
	case PROBE_TCP_SYN:
		return "TCP SYN";
	case PROBE_UDP:
		return "UDP datagram";
	case PROBE_NEIGHBOUR:
		return family == IP_V6 ? "neighbour solicitation" : "ARP request";
	default:
		return family == IP_V6 ? "ICMPv6 echo" : "ICMP echo";
	}
}

static void title(struct page *p, const struct probe_story *s, const struct plan_flow *f, uint8_t ttl)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];
	const char *link = link_words((enum link_id)f->link);

	page_textf(p, TONE_STRONG, "probe %u", (unsigned)s->probe);
	page_textf(p, TONE_PLAIN, ": %s from %s to %s", kind_words(f->kind, f->dst.family), ip_addr_text(&f->src, src),
	           ip_addr_text(&f->dst, dst));
	if (f->dst_port > 0)
		page_textf(p, TONE_PLAIN, " port %u", f->dst_port);
	if (ttl > 0)
		page_textf(p, TONE_PLAIN, ", TTL %u", ttl);
	page_textf(p, TONE_PLAIN, " (flow %u, %s%s%s", (unsigned)f->id, flow_role_name((enum flow_role)f->role),
	           link[0] ? ", " : "", link);
	if (f->circuit < s->plan->circuit_count)
		page_textf(p, TONE_PLAIN, " of %s", s->plan->circuits[f->circuit].name);
	page_text(p, TONE_PLAIN, ")");
	page_line(p);
}

static void answer_line(struct page *p, const struct match *m)
{
	char from[IP_TEXT_MAX];

	page_textf(p, TONE_PLAIN, "came: %s", comment_answer_name(m->answer));
	if (m->answer == ANSWER_TIME_EXCEEDED || m->answer == ANSWER_UNREACHABLE || m->answer == ANSWER_OTHER_ERROR)
		page_textf(p, TONE_PLAIN, " (ICMP %u/%u, %s)", m->icmp_type, m->icmp_code,
		           trace_icmp_words(m->from.family, m->icmp_type, m->icmp_code));
	page_textf(p, TONE_PLAIN, " from %s", ip_addr_text(&m->from, from));
	if (m->answer != ANSWER_NEIGHBOUR)
		page_textf(p, TONE_PLAIN, ", TTL %u left", m->reply_ttl);
	page_text(p, TONE_PLAIN, ", after ");
	exact_ms(p, m->rtt_ns);
}

static void tests(struct page *p, const struct match *m)
{
	page_line(p);
	page_to(p, TEST_COLUMN);
	for (unsigned t = 0; t < MATCH_TESTS; t++) {
		bool failed = m->failed >> t & 1u;

		page_textf(p, failed ? TONE_BAD : TONE_GOOD, "%s ", failed ? MARK_BAD : MARK_GOOD);
		page_textf(p, TONE_PLAIN, "%s%s", match_test_name((enum match_test)t), t + 1 < MATCH_TESTS ? "   " : "");
	}
	page_line(p);
	page_to(p, TEST_COLUMN);
	if (m->cls == MATCH_ANSWER)
		page_textf(p, TONE_GOOD, "counted%s", m->failed ? ", in spite of what failed: the class says that it may" : "");
	else
		page_textf(p, TONE_WARN, "not counted: %s", match_class_name(m->cls));
	page_line(p);
}

static void one_frame(struct page *p, const struct story_frame *f)
{
	char at[WALL_TEXT_MAX];

	page_to(p, FRAME_COLUMN);
	page_textf(p, TONE_STRONG, "frame %u", (unsigned)f->number);
	page_textf(p, TONE_DIM, "  %s  ", wall_text(f->at, at));
	if (f->match.cls == MATCH_OUT || f->match.cls == MATCH_OUT_RESET) {
		page_text(p, TONE_PLAIN, f->match.cls == MATCH_OUT ? "left" : "our reset left: it ends what the probe half opened");
		page_line(p);
		return;
	}
	answer_line(p, &f->match);
	tests(p, &f->match);
}

static const char *state_words(enum record_state s)
{
	switch (s) {
	case RECORD_ANSWERED:
		return "counts as answered";
	case RECORD_UNREACHABLE:
		return "counts as refused: a router or the host said so, and nothing was lost in silence";
	case RECORD_LOST:
		return "counts as lost: no answer within the time that this run's slowest answer suggests";
	case RECORD_SET_ASIDE:
		return "counts neither as answered nor as lost: its answer came after the window";
	case RECORD_WAITING:
		break;
	}
	return "counts neither as answered nor as lost: the run ended before its time was up";
}

void report_probe_text(const struct probe_story *s, const struct text_style *style, struct strbuf *out)
{
	const struct match *m = &s->frames[0].match;
	struct page p;

	page_init(&p, style, out);
	if (s->frame_count == 0 || m->flow >= s->plan->flow_count)
		return;
	title(&p, s, &s->plan->flows[m->flow], m->ttl);
	for (size_t i = 0; i < s->frame_count; i++)
		one_frame(&p, &s->frames[i]);
	if (s->more_frames > 0) {
		page_textf(&p, TONE_DIM, "  and %u more frame%s", (unsigned)s->more_frames, PLURAL_S(s->more_frames));
		page_line(&p);
	}
	page_textf(&p, TONE_PLAIN, "It %s.", state_words(s->state));
	page_line(&p);
}

/* -- a capture of others -- */

void report_sight_text(const struct sight *s, const struct text_style *style, struct strbuf *out)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX], at[WALL_TEXT_MAX];
	struct page p;

	page_init(&p, style, out);
	page_textf(&p, TONE_STRONG, "probe %u", (unsigned)s->number);
	page_textf(&p, TONE_PLAIN, ": %s from %s to %s, TTL %u here", kind_words(s->kind, s->dst.family),
	           ip_addr_text(&s->src, src), ip_addr_text(&s->dst, dst), s->ttl);
	if (s->kind == PROBE_ICMP_ECHO)
		page_textf(&p, TONE_PLAIN, ", echo id %u number %u", s->src_port, s->dst_port);
	else
		page_textf(&p, TONE_PLAIN, ", port %u to %u", s->src_port, s->dst_port);
	page_line(&p);
	page_textf(&p, TONE_STRONG, "  frame %u", (unsigned)s->frame);
	page_textf(&p, TONE_DIM, "  %s  ", wall_text(s->at, at));
	page_text(&p, TONE_PLAIN, "first seen");
	if (s->sights > 1)
		page_textf(&p, TONE_PLAIN, ", %u times in all, the last time with TTL %u", (unsigned)s->sights, s->last_ttl);
	page_line(&p);
	if (s->answer == ANSWER_NONE) {
		page_wrap(&p, TONE_PLAIN, "No frame within 10 s names it: it counts as unanswered here. The capture cannot tell whether "
		          "an answer took another way.", 0);
		return;
	}
	page_textf(&p, TONE_STRONG, "  frame %u", (unsigned)s->answer_frame);
	page_textf(&p, TONE_PLAIN, "  %s", comment_answer_name((enum answer_kind)s->answer));
	page_textf(&p, TONE_PLAIN, " from %s, TTL %u left, after ", ip_addr_text(&s->from, dst), s->reply_ttl);
	exact_ms(&p, s->rtt_ns);
	page_line(&p);
	page_textf(&p, TONE_PLAIN, "It counts as answered; %u frame%s name%s it.", (unsigned)s->answers, PLURAL_S(s->answers),
	           PLURAL(s->answers, "s", ""));
	page_line(&p);
}
