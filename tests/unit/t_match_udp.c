/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP probes: crafted, seen leaving, quoted, answered; forged and cut quotes. */
#include "tests/unit/trace_net.h"

struct udp_world { struct net net; struct matcher *m; struct match got; struct datagram probe; struct probe_spec spec; };

static enum match_class look(struct udp_world *w, const struct datagram *d, int64_t at_ms)
{
	struct frame f;

	frame_of(d, at_ms, &f);
	matcher_frame(w->m, &f, &w->got);
	return w->got.cls;
}

static void begin(struct udp_world *w, bool v6)
{
	uint8_t mac[6] = {0}, bytes[CRAFT_BYTES_MAX];

	net_new(&w->net, PROBE_UDP, v6, 1);
	w->m = matcher_new(&w->net.plan);
	assert_non_null(w->m);
	identity_probe(&w->net.plan, &w->net.flows[0], 77, 5, 4, 0, &w->spec);
	w->probe.len = craft_build(w->net.craft, &w->spec, mac, bytes);
	assert_int_equal(w->probe.len, (v6 ? 40 : 20) + 8 + ECHO_PAYLOAD_MIN);
	memcpy(w->probe.bytes, bytes, w->probe.len);
	if (!v6) {
		put16(w->probe.bytes + 10, 0);
		put16(w->probe.bytes + 10, inet_sum_fold(inet_sum(0, w->probe.bytes, 20)));
	}
	assert_int_equal(look(w, &w->probe, 1), MATCH_OUT);
	assert_int_equal(w->got.index, 5);
	assert_int_equal(w->got.ttl, 4);
}

static void finish(struct udp_world *w)
{
	matcher_free(w->m);
	net_free(&w->net);
}

/* RFC 768: the sum over pseudo-header and datagram comes to nought. */
static void the_checksum_is_right(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		struct udp_world w;
		begin(&w, v6 == 1);
		size_t at = v6 ? 40 : 20, len = w.probe.len - at;
		size_t size = ip_addr_len(w.spec.src.family);
		const uint8_t tail[4] = {0, 17, (uint8_t)(len >> 8), (uint8_t)len};
		uint32_t sum = inet_sum(0, w.spec.src.bytes, size);
		sum = inet_sum(sum, w.spec.dst.bytes, size);
		sum = inet_sum(sum, tail, 4);
		assert_int_equal(inet_sum_fold(inet_sum(sum, w.probe.bytes + at, len)), 0);
		assert_int_equal(w.probe.bytes[at + 6] << 8 | w.probe.bytes[at + 7],
		                 identity_udp_sum(&w.net.plan, &w.net.flows[0], 5));
		finish(&w);
	}
}

static void sums_name_their_probe(void **state)
{
	struct net n;

	(void)state;
	net_new(&n, PROBE_UDP, false, 2);
	for (uint32_t i = 0; i < UDP_INDEXES; i++) {
		uint16_t sum = identity_udp_sum(&n.plan, &n.flows[0], (uint16_t)i), index;
		assert_true(sum != 0 && sum != 0xffff);
		assert_true(identity_udp_open(&n.plan, &n.flows[0], sum, &index));
		assert_int_equal(index, i);
	}
	uint16_t index;
	assert_false(identity_udp_open(&n.plan, &n.flows[0], 0, &index));
	assert_false(identity_udp_open(&n.plan, &n.flows[0], 0xffff, &index));
	assert_true(identity_udp_sum(&n.plan, &n.flows[0], 0) != identity_udp_sum(&n.plan, &n.flows[1], 0));
	net_free(&n);
}

enum change { WHOLE, SHORT_QUOTE, WRONG_TOKEN, WRONG_ID, WRONG_SUM, NAT_PORT, OTHER_DST, CUT_PORTS };

static enum match_class quoted(struct udp_world *w, bool v6, enum change c)
{
	struct datagram q = w->probe, d;
	struct ip_addr from = router(&w->net, 4);
	size_t at = v6 ? 40 : 20;

	q.bytes[v6 ? 7 : 8] = 1;
	if (c == SHORT_QUOTE || c == WRONG_ID)
		q.len = at + 8;
	if (c == CUT_PORTS)
		q.len = at + 2;
	if (c == WRONG_TOKEN)
		q.bytes[at + 8] ^= 1;
	if (c == WRONG_ID)
		q.bytes[v6 ? 3 : 5] ^= 1;
	if (c == WRONG_SUM)
		q.bytes[at + 7] ^= 1;
	if (c == NAT_PORT)
		q.bytes[at + 1] ^= 1;
	if (c == OTHER_DST)
		q.bytes[at - 1] ^= 0x40;
	icmp_wrap(&d, &from, &w->spec.src, v6 ? 3 : 11, 0, 0, 250, q.bytes, q.len);
	return look(w, &d, 5);
}

static void quotes_are_judged(void **state)
{
	static const struct { enum change change; enum match_class cls; } rows[] = {
		{WHOLE, MATCH_ANSWER},       {SHORT_QUOTE, MATCH_ANSWER}, {WRONG_TOKEN, MATCH_FORGED},
		{WRONG_ID, MATCH_FORGED},    {NAT_PORT, MATCH_ANSWER},    {OTHER_DST, MATCH_FOREIGN},
		{WRONG_SUM, MATCH_ANSWER}, /* its token names the probe all the same */
		{CUT_PORTS, MATCH_MALFORMED},
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct udp_world w;
		bool v6 = i % 2 == 1;
		begin(&w, v6);
		assert_int_equal(quoted(&w, v6, rows[i / 2].change), rows[i / 2].cls);
		if (rows[i / 2].cls == MATCH_ANSWER) {
			assert_int_equal(w.got.index, 5);
			assert_int_equal(w.got.answer, ANSWER_TIME_EXCEEDED);
			assert_int_equal(w.got.rtt_ns, 4 * NS_PER_MS);
			assert_int_equal((w.got.failed & FAILED(MATCH_T3_PORTS)) != 0, rows[i / 2].change == NAT_PORT);
			assert_int_equal(quoted(&w, v6, WHOLE), MATCH_DUPLICATE);
		}
		finish(&w);
	}
}

static void a_datagram_back_names_the_flow_alone(void **state)
{
	struct udp_world w;
	struct datagram d;
	uint8_t body[8];

	(void)state;
	begin(&w, false);
	put16(body, w.spec.dst_port);
	put16(body + 2, w.spec.src_port);
	put16(body + 4, 8);
	put16(body + 6, 0);
	ip_wrap(&d, &w.spec.dst, &w.spec.src, 17, 60, 1, 0, body, sizeof body);
	assert_int_equal(look(&w, &d, 9), MATCH_ANSWER);
	assert_int_equal(w.got.answer, ANSWER_UDP);
	assert_false(w.got.has_probe);
	put16(body, (uint16_t)(w.spec.dst_port + 1));
	ip_wrap(&d, &w.spec.dst, &w.spec.src, 17, 60, 1, 0, body, sizeof body);
	assert_int_equal(look(&w, &d, 9), MATCH_FOREIGN);
	finish(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_right),
		cmocka_unit_test(sums_name_their_probe),
		cmocka_unit_test(quotes_are_judged),
		cmocka_unit_test(a_datagram_back_names_the_flow_alone),
	};

	return cmocka_run_group_tests_name("match_udp", tests, NULL, NULL);
}
