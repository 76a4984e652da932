/* SPDX-License-Identifier: BSD-2-Clause */
/* The matcher: judges each frame (match_judge.h) and remembers what it means.
 *
 * A foreign frame changes nothing but its own count. So the evidence may leave
 * such frames out, and a replay of the rest comes to the same state. */
#include "analysis/match/match.h"

#include "analysis/match/match_judge.h"
#include "analysis/match/match_table.h"

#include <stdlib.h>

/* RFC 6298 2: a SYN-ACK is sent again after a second. */
#define SYN_ACK_AGAIN_NS (950 * NS_PER_MS)
#define ETHERNET_BYTES 14

struct matcher {
	struct match_table table;
	struct match_counts counts;
	uint32_t resets;
};

struct matcher *matcher_new(const struct plan *p)
{
	struct matcher *m = calloc(1, sizeof(*m));

	if (m != NULL && !match_table_init(&m->table, p)) {
		matcher_free(m);
		return NULL;
	}
	return m;
}

void matcher_free(struct matcher *m)
{
	if (m == NULL)
		return;
	match_table_free(&m->table);
	free(m);
}

static void count(struct match_counts *c, const struct match *m)
{
	switch (m->cls) {
	case MATCH_ANSWER:
		c->matched++;
		break;
	case MATCH_DUPLICATE:
		c->duplicate++;
		break;
	case MATCH_LATE:
		c->late++;
		break;
	case MATCH_FORGED:
		c->forged++;
		break;
	case MATCH_FOREIGN:
		c->foreign++;
		return; /* its tests are not counted: the evidence has no foreign frames */
	case MATCH_MALFORMED:
		c->malformed++;
		break;
	case MATCH_WATCHED:
		return; /* no test of an answer was made */
	case MATCH_OUT:
	case MATCH_OUT_RESET:
		break;
	}
	for (int t = 0; t < MATCH_TESTS; t++)
		c->failed[t] += m->failed >> t & 1;
}

/* A genuine answer: what follows it is a duplicate. A SYN-ACK leaves its sender
 * with a half-open connection, whether it counts or is a repetition. */
static void remember_answer(struct match_table *t, const struct match *m)
{
	struct probe_row *row = &t->rows[m->probe];

	row->answered = true;
	if (m->answer == ANSWER_SYN_ACK)
		row->half_open = true;
	if (m->cls == MATCH_ANSWER && m->answer != ANSWER_UNREACHABLE && m->rtt_ns > t->slowest_rtt_ns &&
	    (m->answer != ANSWER_SYN_ACK || m->rtt_ns < SYN_ACK_AGAIN_NS))
		t->slowest_rtt_ns = m->rtt_ns;
}

static void remember(struct match_table *t, struct match *m)
{
	struct probe_row row = {.flow = m->flow, .index = m->index, .ttl = m->ttl, .sent_at = m->sent_at};

	switch (m->cls) {
	case MATCH_OUT:
		/* Without memory for it its answers could not be told: as if unseen. */
		if (!match_table_add(t, &row))
			*m = (struct match){.cls = MATCH_FOREIGN};
		break;
	case MATCH_OUT_RESET:
		if (m->has_probe)
			t->rows[m->probe].half_open = false;
		break;
	case MATCH_ANSWER:
	case MATCH_DUPLICATE:
	case MATCH_LATE:
		if (m->has_probe)
			remember_answer(t, m);
		break;
	default:
		break;
	}
}

void matcher_frame(struct matcher *m, const struct frame *f, struct match *out)
{
	struct judged j;

	match_judge(&j, &m->table, f, out);
	remember(&m->table, out);
	if (out->cls == MATCH_OUT)
		match_table_syn_bytes(&m->table, j.syn_bytes);
	m->resets += out->cls == MATCH_OUT_RESET;
	count(&m->counts, out);
}

/* Where nearly all frames of a trace have the name: behind Ethernet, an IP header without options, the eight bytes of
 * an echo and its token; in an error's quote behind as much once more. */
static uint32_t seeming_name(const struct frame *f)
{
	struct rd r = rd_over(f->bytes, f->cap_len < FRAME_BYTES_MAX ? f->cap_len : FRAME_BYTES_MAX);

	rd_take(&r, ETHERNET_BYTES);
	size_t ip = rd_u8(&r) >> 4 == IP_V4 ? 20 : 40;
	rd_take(&r, ip - 1);
	uint8_t type = rd_u8(&r);
	bool echo = type == 0 || type == 8 || type == 128 || type == 129;
	rd_take(&r, (echo ? 0 : 8 + ip) + 7 + 8);
	uint32_t name = rd_u32(&r);
	return rd_ok(&r) ? name : 0;
}

uint32_t matcher_expect(const struct matcher *m, const struct frame *f)
{
	uint32_t name = seeming_name(f);

	if (name > 0)
		match_table_expect(&m->table, name);
	return name;
}

void matcher_near(const struct matcher *m, uint32_t name)
{
	match_table_near(&m->table, name);
}

bool matcher_is_foreign(const struct matcher *m, const struct frame *f)
{
	struct judged j;
	struct match out;

	match_judge(&j, &m->table, f, &out);
	return out.cls == MATCH_FOREIGN;
}

uint32_t matcher_probes_out(const struct matcher *m)
{
	return m->table.count;
}

uint32_t matcher_resets_out(const struct matcher *m)
{
	return m->resets;
}

const struct match_counts *matcher_counts(const struct matcher *m)
{
	return &m->counts;
}

bool matcher_half_open(const struct matcher *m, uint32_t probe)
{
	return probe < m->table.count && m->table.rows[probe].half_open;
}

const char *match_test_name(enum match_test t)
{
	static const char *const names[MATCH_TESTS] = {
		[MATCH_T1_DECODED] = "decoded",
		[MATCH_T2_ADDRESSES] = "addresses",
		[MATCH_T3_PORTS] = "ports",
		[MATCH_T4_KEYED] = "keyed value",
		[MATCH_T5_KEYED_QUOTE] = "keyed quote",
		[MATCH_T6_WINDOW] = "time window",
		[MATCH_T7_FIRST] = "first answer",
		[MATCH_T8_SENDER] = "sender",
	};

	return (unsigned)t < MATCH_TESTS ? names[t] : "unknown";
}

const char *match_class_name(enum match_class c)
{
	static const char *const names[] = {
		[MATCH_OUT] = "probe",
		[MATCH_OUT_RESET] = "reset",
		[MATCH_ANSWER] = "answer",
		[MATCH_DUPLICATE] = "duplicate",
		[MATCH_LATE] = "late",
		[MATCH_FORGED] = "forged",
		[MATCH_FOREIGN] = "foreign",
		[MATCH_MALFORMED] = "malformed",
		[MATCH_WATCHED] = "watched",
	};

	return c >= MATCH_OUT && c <= MATCH_WATCHED ? names[c] : "unknown";
}
