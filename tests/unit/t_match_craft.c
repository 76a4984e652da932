/* SPDX-License-Identifier: BSD-2-Clause */
/* What the packet helper builds, the matcher knows as a probe: the two are written
 * apart and must agree to the bit. */
#include "probe/packet/craft.h"
#include "tests/unit/match_frames.h"

static const uint8_t link_addr[6] = {2, 0, 0, 0, 0, 2};

static void frame_of_spec(struct craft *c, const struct probe_spec *s, struct frame *f)
{
	uint8_t bytes[CRAFT_BYTES_MAX];
	size_t len = craft_build(c, s, link_addr, bytes);
	size_t link = s->kind == PROBE_NEIGHBOUR ? 0 : SIZE_ETHERNET;

	assert_int_not_equal(len, 0);
	memset(f, 0, sizeof(*f));
	put16(f->bytes + 12, s->src.family == IP_V4 ? 0x0800 : 0x86dd);
	size_t have = link + len < sizeof(f->bytes) ? len : sizeof(f->bytes) - link;
	memcpy(f->bytes + link, bytes, have);
	f->cap_len = (uint16_t)(link + have);
	f->wire_len = (uint32_t)(link + len);
}

static struct craft *new_craft(void)
{
	char why[200] = "";
	struct craft *c = craft_new(why, sizeof(why));

	assert_non_null(c);
	return c;
}

static void crafted_probes_are_ours(void **state)
{
	static const uint16_t flows[] = {ECHO4, SYN4, ECHO6, SYN6, ARP4, ND6};
	struct craft *c = new_craft();
	struct world w;
	struct frame f;
	struct decoded d;

	(void)state;
	world_new(&w);
	for (uint16_t index = 0; index < 50; index++) {
		for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
			const struct plan_flow *flow = &w.flows[flows[i]];
			struct probe_spec s = spec_of(&w, flows[i], index, (uint8_t)(1 + index * 5));
			frame_of_spec(c, &s, &f);
			assert_int_equal(see_frame(&w, &f), MATCH_OUT);
			assert_int_equal(w.got.flow, flows[i]);
			assert_int_equal(w.got.index, index);
			assert_int_equal(w.got.ttl, flow->kind == PROBE_NEIGHBOUR ? 0 : s.ttl);
			decode_frame(&f, &d);
			assert_int_equal(d.status, DECODE_OK);
			if (flow->kind != PROBE_ICMP_ECHO)
				continue;
			/* The constant that keeps a flow on one path (Paris). */
			assert_int_equal(d.icmp.checksum, flow->icmp_sum);
			assert_true(d.icmp.checksum_ok);
			assert_int_equal(d.icmp.echo.probe_id, s.id);
		}
	}
	world_free(&w);
	craft_free(c);
}

static void a_large_probe_is_ours(void **state)
{
	struct craft *c = new_craft();
	struct world w;
	struct frame f;
	struct probe_spec s;

	(void)state;
	world_new(&w);
	identity_probe(&w.plan, &w.flows[ECHO4], 1, 0, 64, PROBE_SIZE_MAX, &s);
	frame_of_spec(c, &s, &f);
	assert_true(f.wire_len > f.cap_len);
	assert_int_equal(see_frame(&w, &f), MATCH_OUT);
	world_free(&w);
	craft_free(c);
}

static void a_crafted_reset_closes(void **state)
{
	static const uint16_t flows[] = {SYN4, SYN6};
	struct craft *c = new_craft();
	struct world w;
	struct frame f;

	(void)state;
	world_new(&w);
	for (uint32_t i = 0; i < 2; i++) {
		struct probe_spec s = send_probe(&w, flows[i], 0, 64, 0);
		assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 1), MATCH_ANSWER);
		struct probe_spec reset = s;
		reset.kind = PROBE_TCP_RST;
		reset.seq = w.got.answer_seq;
		frame_of_spec(c, &reset, &f);
		assert_int_equal(see_frame(&w, &f), MATCH_OUT_RESET);
		assert_int_equal(w.got.probe, i);
		assert_false(matcher_half_open(w.m, i));
	}
	assert_int_equal(matcher_probes_out(w.m), 2);
	world_free(&w);
	craft_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crafted_probes_are_ours),
		cmocka_unit_test(a_large_probe_is_ours),
		cmocka_unit_test(a_crafted_reset_closes),
	};

	return cmocka_run_group_tests_name("match_craft", tests, NULL, NULL);
}
