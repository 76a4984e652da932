/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/record/comment.h"

#include <inttypes.h>

const char *comment_kind_name(uint8_t kind)
{
	static const char *const names[PROBE_KINDS] = {
		[PROBE_ICMP_ECHO] = "icmp",
		[PROBE_TCP_SYN] = "tcp",
		[PROBE_TCP_RST] = "rst",
		[PROBE_NEIGHBOUR] = "neighbour",
		[PROBE_UDP] = "udp",
	};

	return kind < PROBE_KINDS && names[kind] ? names[kind] : "unknown";
}

const char *comment_answer_name(enum answer_kind a)
{
	switch (a) {
	case ANSWER_ECHO_REPLY:
		return "echo-reply";
	case ANSWER_TIME_EXCEEDED:
		return "time-exceeded";
	case ANSWER_UNREACHABLE:
		return "unreachable";
	case ANSWER_OTHER_ERROR:
		return "icmp-error";
	case ANSWER_SYN_ACK:
		return "syn-ack";
	case ANSWER_RST:
		return "rst";
	case ANSWER_NEIGHBOUR:
		return "neighbour";
	case ANSWER_HALF_OPEN:
		return "half-open";
	case ANSWER_UDP:
		return "udp";
	case ANSWER_NONE:
		break;
	}
	return "none";
}

const char *comment_send_result_name(uint8_t result)
{
	static const char *const names[SEND_RESULTS] = {
		[SEND_OK] = "ok",
		[SEND_NO_ROUTE] = "no-route",
		[SEND_LINK_DOWN] = "link-down",
		[SEND_NO_BUFFER] = "no-buffer",
		[SEND_BLOCKED] = "blocked",
		[SEND_TOO_BIG] = "too-big",
		[SEND_OTHER_ERROR] = "other-error",
		[SEND_REFUSED_TARGET] = "refused-target",
		[SEND_REFUSED_SOURCE] = "refused-source",
		[SEND_REFUSED_PORT] = "refused-port",
		[SEND_REFUSED_BOUNDS] = "refused-bounds",
		[SEND_REFUSED_RATE] = "refused-rate",
		[SEND_REFUSED_SESSION] = "refused-session",
		[SEND_NO_ADDRESS] = "no-address",
		[SEND_ROUTE_GONE] = "route-gone",
		[SEND_ROUTE_MOVED] = "route-moved",
	};

	return result < SEND_RESULTS && names[result] ? names[result] : "unknown";
}

int comment_direction(const struct match *m)
{
	switch (m->cls) {
	case MATCH_OUT:
	case MATCH_OUT_RESET:
		return 1;
	case MATCH_ANSWER:
	case MATCH_DUPLICATE:
	case MATCH_LATE:
	case MATCH_FORGED:
		return 0;
	case MATCH_WATCHED: /* the edge may be this host, or another one */
	case MATCH_FOREIGN:
	case MATCH_MALFORMED:
		break;
	}
	return -1;
}

/* A configured name as one word: the line is split at spaces. */
static void add_word(struct strbuf *out, const char *text)
{
	char safe[NAME_MAX_LEN];

	text_safe(safe, sizeof safe, text);
	for (char *c = safe; *c; c++) {
		if (*c == ' ')
			*c = '_';
	}
	strbuf_add(out, safe);
}

/* Which tests failed, by name: the exact answer to "why was it not counted?". */
static void add_failed(struct strbuf *out, const struct match *m)
{
	const char *between = "";

	for (unsigned t = 0; t < MATCH_TESTS; t++) {
		if (!(m->failed >> t & 1u))
			continue;
		strbuf_addf(out, "%s%s", between, match_test_name((enum match_test)t));
		between = ", ";
	}
}

static void add_flow(const struct plan *p, const struct match *m, const char *kind, struct strbuf *out)
{
	const struct plan_flow *f;
	const char *link;

	if (!m->has_probe || m->flow >= p->flow_count)
		return;
	f = &p->flows[m->flow];
	link = link_name((enum link_id)f->link);
	strbuf_addf(out, "probe=%" PRIu32, m->probe + 1);
	if (f->circuit < p->circuit_count) {
		strbuf_add(out, " circuit=");
		add_word(out, p->circuits[f->circuit].name);
	}
	strbuf_addf(out, " flow=%u link=%s role=%s kind=%s ttl=%u ", (unsigned)m->flow, link ? link : "any",
	            flow_role_name((enum flow_role)f->role), kind ? kind : comment_kind_name(f->kind),
	            (unsigned)m->ttl);
}

/* Nanoseconds as microseconds with all three decimals. */
static void add_rtt(struct strbuf *out, int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	strbuf_addf(out, " rtt_us=%s%" PRIu64 ".%03u", ns < 0 ? "-" : "", size / 1000, (unsigned)(size % 1000));
}

static void add_labels(struct strbuf *out, const struct decoded_extensions *e)
{
	if (!e->present || e->mpls_count == 0)
		return;
	for (uint8_t i = 0; i < e->mpls_count && i < MPLS_LABELS_MAX; i++)
		strbuf_addf(out, "%s%" PRIu32, i == 0 ? " mpls=" : ",", e->mpls[i].label);
}

static void add_answer(const struct match *m, uint32_t to_frame, struct strbuf *out)
{
	char from[IP_TEXT_MAX];

	if (m->answer != ANSWER_NONE)
		strbuf_addf(out, " answer=%s", comment_answer_name(m->answer));
	if (ip_addr_is_set(&m->from))
		strbuf_addf(out, " from=%s", ip_addr_text(&m->from, from));
	if (!m->has_probe)
		return;
	if (to_frame > 0)
		strbuf_addf(out, " to_frame=%" PRIu32, to_frame);
	if (m->answer == ANSWER_NONE)
		return;
	add_rtt(out, m->rtt_ns);
	if (m->answer == ANSWER_TIME_EXCEEDED || m->answer == ANSWER_UNREACHABLE || m->answer == ANSWER_OTHER_ERROR)
		strbuf_addf(out, " icmp=%u/%u", (unsigned)m->icmp_type, (unsigned)m->icmp_code);
	if (m->mtu > 0)
		strbuf_addf(out, " mtu=%" PRIu32, m->mtu);
	if (m->answer != ANSWER_NEIGHBOUR)
		strbuf_addf(out, " reply_ttl=%u", (unsigned)m->reply_ttl);
	add_labels(out, &m->extensions);
}

static void add_verdict(const struct match *m, struct strbuf *out)
{
	if (m->cls != MATCH_ANSWER)
		strbuf_addf(out, " class=%s not counted", match_class_name(m->cls));
	else
		strbuf_add(out, " counted");
	if (m->failed == 0)
		return;
	strbuf_add(out, m->cls == MATCH_ANSWER ? " in spite of: " : ": ");
	add_failed(out, m);
}

/* "watched circuit=C link=primary role=bgp from=far": a frame that nobody asked for. */
static void add_watched(const struct plan *p, const struct watch_mark *w, struct strbuf *out)
{
	strbuf_add(out, "watched");
	if (w->circuit < p->circuit_count) {
		strbuf_add(out, " circuit=");
		add_word(out, p->circuits[w->circuit].name);
	}
	strbuf_addf(out, " link=%s role=%s from=%s", link_name((enum link_id)w->link), watch_role_name(w->role),
	            watch_side_name(w->side));
}

void comment_frame(const struct plan *p, const struct match *m, uint32_t to_frame, struct strbuf *out)
{
	static const char *const directions[] = {"direction=unknown", "in", "out"};
	int direction = comment_direction(m);

	if (m->cls == MATCH_WATCHED) {
		add_watched(p, &m->watched, out);
		return;
	}
	add_flow(p, m, m->cls == MATCH_OUT_RESET ? "rst" : NULL, out);
	strbuf_add(out, directions[direction + 1]);
	if (direction == 1)
		return;
	add_answer(m, to_frame, out);
	add_verdict(m, out);
}

void comment_run(const struct plan *p, struct strbuf *out)
{
	strbuf_add(out, "erprobe run=");
	add_word(out, p->run_id);
}

void comment_section(const struct plan *p, const struct event_counters *c, struct strbuf *out)
{
	comment_run(p, out);
	strbuf_add(out, " tool=");
	add_word(out, p->tool);
	strbuf_add(out, " key=");
	for (size_t i = 0; i < RUN_KEY_BYTES; i++)
		strbuf_addf(out, "%02x", p->key[i]);
	if (c)
		strbuf_addf(out, " received=%" PRIu64 " dropped=%" PRIu64 " foreign=%" PRIu64, c->received, c->dropped,
		            c->foreign);
}
