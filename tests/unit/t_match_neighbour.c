/* SPDX-License-Identifier: BSD-2-Clause */
/* The matcher: ARP and neighbour discovery. */
#include "tests/unit/match_frames.h"

#define ON_LINK "10.10.1.2"
#define ON_LINK6 "2001:db8:10::2"

static void arp_frame(uint16_t op, const char *sender, const char *target, bool to_all, int64_t at_ms,
                      struct frame *f)
{
	struct ip_addr s = addr(sender), t = addr(target);
	struct wr w = wr_over(f->bytes, sizeof(f->bytes));

	memset(f, 0, sizeof(*f));
	f->at.ns = at_ms * NS_PER_MS;
	wr_bytes(&w, to_all ? "\xff\xff\xff\xff\xff\xff" : "\x02\0\0\0\0\1", 6);
	wr_bytes(&w, "\x02\0\0\0\0\2", 6);
	wr_u16(&w, 0x0806);
	wr_u32(&w, 0x00010800);
	wr_u16(&w, 0x0604);
	wr_u16(&w, op);
	wr_bytes(&w, "\x02\0\0\0\0\2", 6);
	wr_bytes(&w, s.bytes, 4);
	wr_zero(&w, 6);
	wr_bytes(&w, t.bytes, 4);
	assert_true(wr_ok(&w));
	f->cap_len = (uint16_t)wr_len(&w);
	f->wire_len = f->cap_len;
}

static void nd_frame(uint8_t type, const char *from, const char *to, const char *target, uint8_t hop,
                     int64_t at_ms, struct frame *f)
{
	struct ip_addr src = addr(from), dst = addr(to), t = addr(target);
	uint8_t body[24] = {0};
	struct datagram d;

	memcpy(body, t.bytes, 16);
	memcpy(body + 16, type == 135 ? "\1\1\2\0\0\0\0\2" : "\2\1\2\0\0\0\0\2", 8);
	icmp_wrap(&d, &src, &dst, type, 0, 0, hop, body, sizeof(body));
	frame_of(&d, at_ms, f);
	memcpy(f->bytes, type == 135 ? "\x33\x33\xff\0\0\2" : "\2\0\0\0\0\1", 6);
}

static void arp(struct world *w, enum match_class want, uint16_t op, const char *sender, const char *target,
                bool to_all, int64_t at_ms)
{
	struct frame f;

	arp_frame(op, sender, target, to_all, at_ms, &f);
	if (see_frame(w, &f) != want)
		fail_msg("ARP %u %s > %s at %d: %s", op, sender, target, (int)at_ms, match_class_name(w->got.cls));
}

static void nd(struct world *w, enum match_class want, uint8_t type, const char *from, const char *to,
               const char *target, uint8_t hop, int64_t at_ms)
{
	struct frame f;

	nd_frame(type, from, to, target, hop, at_ms, &f);
	if (see_frame(w, &f) != want)
		fail_msg("ND %u of %s at %d: %s", type, target, (int)at_ms, match_class_name(w->got.cls));
}

static void arp_is_matched_by_address_and_time(void **state)
{
	struct world w;

	(void)state;
	world_new(&w);
	/* Before we asked, the kernel did. */
	arp(&w, MATCH_FOREIGN, 2, ON_LINK, US, false, 5);
	arp(&w, MATCH_OUT, 1, US, ON_LINK, true, 10);
	assert_int_equal(w.got.index, 0);
	assert_int_equal(w.got.flow, ARP4);
	arp(&w, MATCH_ANSWER, 2, ON_LINK, US, false, 11);
	assert_int_equal(w.got.failed, 0);
	assert_int_equal(w.got.answer, ANSWER_NEIGHBOUR);
	assert_int_equal(w.got.probe, 0);
	assert_true(w.got.rtt_ns == NS_PER_MS);
	struct ip_addr neighbour = addr(ON_LINK);
	assert_true(ip_addr_equal(&w.got.from, &neighbour));
	/* Two hosts with one address. */
	arp(&w, MATCH_DUPLICATE, 2, ON_LINK, US, false, 12);
	/* The kernel confirms what it knows, and is answered. */
	arp(&w, MATCH_FOREIGN, 1, US, ON_LINK, false, 9000);
	arp(&w, MATCH_FOREIGN, 2, ON_LINK, US, false, 9001);
	/* The second question's answer is its own. */
	arp(&w, MATCH_OUT, 1, US, ON_LINK, true, 10000);
	assert_int_equal(w.got.index, 1);
	arp(&w, MATCH_LATE, 2, ON_LINK, US, false, 13001);
	assert_int_equal(w.got.probe, 1);
	assert_int_equal(matcher_probes_out(w.m), 2);
	world_free(&w);
}

static void arp_of_others_is_foreign(void **state)
{
	struct world w;

	(void)state;
	world_new(&w);
	arp(&w, MATCH_OUT, 1, US, ON_LINK, true, 10);
	arp(&w, MATCH_FOREIGN, 1, ON_LINK, US, true, 11);          /* they ask us */
	arp(&w, MATCH_FOREIGN, 2, "10.10.1.3", US, false, 11);     /* another's answer */
	arp(&w, MATCH_FOREIGN, 2, ON_LINK, "10.10.1.9", false, 11);/* to another */
	arp(&w, MATCH_FOREIGN, 1, ON_LINK, ON_LINK, true, 11);     /* announcement */
	arp(&w, MATCH_FOREIGN, 1, US, "10.10.1.3", true, 11);      /* our kernel, of another */
	arp(&w, MATCH_ANSWER, 2, ON_LINK, US, false, 12);
	world_free(&w);
}

static void nd_is_matched_by_address_and_time(void **state)
{
	static const char group[] = "ff02::1:ff00:2";
	struct world w;

	(void)state;
	world_new(&w);
	nd(&w, MATCH_FOREIGN, 136, ON_LINK6, US6, ON_LINK6, 255, 5);
	nd(&w, MATCH_OUT, 135, US6, group, ON_LINK6, 255, 10);
	assert_int_equal(w.got.flow, ND6);
	/* RFC 4861 7.1.2: one that a router passed on came from off the link. */
	nd(&w, MATCH_FORGED, 136, ON_LINK6, US6, ON_LINK6, 254, 11);
	assert_true((w.got.failed & FAILED(MATCH_T8_SENDER)) != 0);
	nd(&w, MATCH_FOREIGN, 136, ON_LINK6, "ff02::1", ON_LINK6, 255, 11);
	nd(&w, MATCH_FOREIGN, 136, ON_LINK6, US6, "2001:db8:10::3", 255, 11);
	/* From any address of its own, for the one that was asked for. */
	nd(&w, MATCH_ANSWER, 136, "fe80::2", US6, ON_LINK6, 255, 12);
	assert_int_equal(w.got.failed, 0);
	struct ip_addr neighbour = addr(ON_LINK6);
	assert_true(ip_addr_equal(&w.got.from, &neighbour));
	nd(&w, MATCH_DUPLICATE, 136, ON_LINK6, US6, ON_LINK6, 255, 13);
	world_free(&w);
}

static void a_broken_advertisement_is_malformed(void **state)
{
	struct world w;
	struct frame f;

	(void)state;
	world_new(&w);
	nd(&w, MATCH_OUT, 135, US6, "ff02::1:ff00:2", ON_LINK6, 255, 10);
	nd_frame(136, ON_LINK6, US6, ON_LINK6, 255, 11, &f);
	f.bytes[f.cap_len - 7] = 0; /* option length */
	assert_int_equal(see_frame(&w, &f), MATCH_MALFORMED);
	nd_frame(136, ON_LINK6, US6, ON_LINK6, 255, 11, &f);
	f.bytes[f.cap_len - 1] ^= 1; /* checksum */
	assert_int_equal(see_frame(&w, &f), MATCH_MALFORMED);
	nd(&w, MATCH_ANSWER, 136, ON_LINK6, US6, ON_LINK6, 255, 12);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_is_matched_by_address_and_time),
		cmocka_unit_test(arp_of_others_is_foreign),
		cmocka_unit_test(nd_is_matched_by_address_and_time),
		cmocka_unit_test(a_broken_advertisement_is_malformed),
	};

	return cmocka_run_group_tests_name("match_neighbour", tests, NULL, NULL);
}
