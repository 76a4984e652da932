/* SPDX-License-Identifier: BSD-2-Clause */
/* The passive watch: whose frame it is, what sessions do, who claims an address, tags. */
#include "analysis/match/match.h"
#include "analysis/passive/watch_words.h"
#include "analysis/record/comment.h"
#include "tests/unit/watch_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define PORT 40000

/* A plan, a watch, and where the two sides' streams stand. */
struct fixture { struct plan plan; struct watch *w; struct frame f; uint32_t seq[2]; int64_t now; };

static int begin(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);

	if (!x)
		return -1;
	watch_plan(&x->plan);
	x->w = watch_new(&x->plan);
	x->seq[0] = 1000;
	x->seq[1] = 5000;
	*state = x;
	return x->w ? 0 : -1;
}

static int end(void **state)
{
	struct fixture *x = *state;

	watch_free(x->w);
	free(x->plan.circuits);
	free(x->plan.flows);
	free(x);
	return 0;
}

static const struct peering_seen *seen(const struct fixture *x, size_t fam)
{
	return watch_seen(x->w, 0, LINK_PRIMARY, fam);
}

static void give(struct fixture *x)
{
	watch_frame(x->w, &x->f, false);
}

static void segment(struct fixture *x, bool far, uint8_t flags, const void *payload, size_t len)
{
	struct tcp_words t = {far, far ? BGP_PORT : PORT, far ? PORT : BGP_PORT, x->seq[far], x->seq[!far], flags};

	x->now += 10;
	tcp_frame(&x->f, x->now, t, payload, len);
	x->seq[far] += (uint32_t)len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	give(x);
}

static void message(struct fixture *x, bool far, uint8_t type, const void *body, size_t len)
{
	uint8_t bytes[BGP_HEADER_BYTES + 64];
	size_t n = bgp_message(bytes, type, body, len);

	segment(x, far, TCP_ACK, bytes, n);
}

static void opens(struct fixture *x, uint16_t far_hold)
{
	uint8_t near[10] = {4, 0xfd, 0xf2, 0, 90, 172, 31, 255, 1, 0}, far[10] = {4, 0x2f, 0x2c, 0, 180, 172, 31, 255, 2, 0};

	far[3] = (uint8_t)(far_hold >> 8);
	far[4] = (uint8_t)far_hold;
	segment(x, false, TCP_SYN, NULL, 0);
	segment(x, true, TCP_SYN | TCP_ACK, NULL, 0);
	segment(x, false, TCP_ACK, NULL, 0);
	message(x, false, BGP_OPEN, near, sizeof near);
	message(x, true, BGP_OPEN, far, sizeof far);
}

static void comes_up(struct fixture *x)
{
	opens(x, 180);
	message(x, false, BGP_KEEPALIVE, NULL, 0);
	message(x, true, BGP_KEEPALIVE, NULL, 0);
}

static void a_session_comes_up_and_is_ended(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);
	uint8_t shut[] = {6, 2, 5, 'h', 'e', 'l', 'l', 'o'};
	char words[SENTENCE_MAX];

	opens(x, 180);
	assert_int_equal(s->session, WATCH_SESSION_OPENING);
	assert_int_equal(s->talk[WATCH_NEAR].open.as, 65010);
	assert_int_equal(s->talk[WATCH_FAR].open.as, 12076);
	assert_int_equal(watch_hold_s(s), 90);
	message(x, false, BGP_KEEPALIVE, NULL, 0);
	assert_int_equal(s->session, WATCH_SESSION_OPENING); /* the other side has not agreed yet */
	message(x, true, BGP_KEEPALIVE, NULL, 0);
	assert_int_equal(s->session, WATCH_SESSION_UP);
	message(x, true, BGP_UPDATE, "\0\0\0\0", 4);
	assert_true(s->talk[WATCH_FAR].end_of_rib);
	assert_false(s->talk[WATCH_NEAR].end_of_rib);
	x->now += 40000;
	message(x, false, BGP_KEEPALIVE, NULL, 0);
	assert_int_equal(s->talk[WATCH_NEAR].longest_gap_ns / NS_PER_SEC, 40);
	message(x, true, BGP_NOTIFICATION, shut, sizeof shut);
	assert_int_equal(s->session, WATCH_SESSION_DOWN);
	assert_int_equal(s->sessions_ended, 1);
	segment(x, true, TCP_FIN | TCP_ACK, NULL, 0);
	assert_int_equal(s->sessions_ended, 1);
	watch_notice_words(&x->plan.circuits[0].links[0], FAM4, &s->notices[0], words, sizeof words);
	assert_string_equal(words, "MSEE 172.31.255.2 sent NOTIFICATION \"Cease: Administrative Shutdown\" and says \"hello\"");
}

static void listening_from_the_middle(void **state)
{
	struct fixture *x = *state;

	message(x, false, BGP_KEEPALIVE, NULL, 0);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_UNSEEN);
	segment(x, true, TCP_ACK, NULL, 0);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_UP);
	assert_int_equal(watch_hold_s(seen(x, FAM4)), -1);
	segment(x, false, TCP_RST, NULL, 0);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_DOWN);
}

/* Which of the two calls stays is agreed on (RFC 4271 6.8); the other's end is not the session's. */
static void a_collision_ends_nothing(void **state)
{
	struct fixture *x = *state;
	uint8_t bytes[64];
	size_t n;

	comes_up(x);
	n = bgp_message(bytes, BGP_NOTIFICATION, "\6\7", 2);
	tcp_frame(&x->f, x->now + 5, (struct tcp_words){true, 41000, BGP_PORT, 77, 1, TCP_ACK}, bytes, n);
	give(x);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_UP);
	assert_int_equal(seen(x, FAM4)->notice_count, 1);
}

/* A message of the far side on the call that it made itself, from port 41000. */
static void on_the_other_call(struct fixture *x, bool far, uint32_t seq, uint8_t type, const void *body, size_t len)
{
	uint8_t bytes[BGP_HEADER_BYTES + 64];
	size_t n = bgp_message(bytes, type, body, len);
	struct tcp_words t = {far, far ? 41000 : BGP_PORT, far ? BGP_PORT : 41000, seq, far ? 901 : 701, TCP_ACK};

	x->now += 1;
	tcp_frame(&x->f, x->now, t, bytes, n);
	give(x);
}

/* Both call, and both have said KEEPALIVE on the call that is given up, without having heard the other's: no session
 * stood, and none ended. The one that stays becomes the session. */
static void a_call_that_is_given_up_late_ended_no_session(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);
	uint8_t near[10] = {4, 0xfd, 0xf2, 0, 90, 172, 31, 255, 1, 0}, far[10] = {4, 0x2f, 0x2c, 0, 180, 172, 31, 255, 2, 0};

	tcp_frame(&x->f, x->now + 5, (struct tcp_words){true, 41000, BGP_PORT, 700, 0, TCP_SYN}, NULL, 0);
	give(x);
	tcp_frame(&x->f, x->now + 6, (struct tcp_words){false, BGP_PORT, 41000, 900, 701, TCP_SYN | TCP_ACK}, NULL, 0);
	give(x);
	comes_up(x);
	on_the_other_call(x, false, 901, BGP_OPEN, near, sizeof near); /* it called before: it opens nothing anew */
	on_the_other_call(x, true, 701, BGP_OPEN, far, sizeof far);
	assert_int_equal(s->sessions_ended, 0);
	message(x, true, BGP_NOTIFICATION, "\6\7", 2);
	assert_int_equal(s->session, WATCH_SESSION_OPENING);
	segment(x, true, TCP_RST | TCP_ACK, NULL, 0);
	assert_int_equal(s->session, WATCH_SESSION_OPENING);
	on_the_other_call(x, false, 901 + BGP_HEADER_BYTES + sizeof near, BGP_KEEPALIVE, NULL, 0);
	on_the_other_call(x, true, 701 + BGP_HEADER_BYTES + sizeof far, BGP_KEEPALIVE, NULL, 0);
	assert_int_equal(s->session, WATCH_SESSION_UP);
	assert_int_equal(s->sessions_ended, 0);
	assert_int_equal(s->talk[WATCH_NEAR].syns, 1);
}

/* Calls alone end nothing: whoever looks at the port makes them. */
static void a_side_that_opens_again_has_lost_the_session(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);

	comes_up(x);
	for (uint16_t i = 0; i < 9; i++) {
		tcp_frame(&x->f, x->now + i, (struct tcp_words){true, (uint16_t)(41000 + i), BGP_PORT, 77, 0, TCP_SYN}, NULL, 0);
		give(x);
	}
	assert_int_equal(s->session, WATCH_SESSION_UP);
	assert_int_equal(s->talk[WATCH_FAR].syns, 9);
	uint8_t bytes[BGP_HEADER_BYTES + 10], open[10] = {4, 0x2f, 0x2c, 0, 180, 172, 31, 255, 2, 0};
	size_t n = bgp_message(bytes, BGP_OPEN, open, sizeof open);
	tcp_frame(&x->f, x->now + 9, (struct tcp_words){true, 41008, BGP_PORT, 78, 0, TCP_ACK}, bytes, n);
	give(x);
	assert_int_equal(s->session, WATCH_SESSION_OPENING);
	assert_int_equal(s->sessions_ended, 1);
	/* What the near side says on the old connection again is no new message. */
	x->seq[0] -= BGP_HEADER_BYTES;
	message(x, false, BGP_KEEPALIVE, NULL, 0);
	assert_int_equal(s->talk[WATCH_NEAR].keepalives, 1);
	assert_int_equal(s->session, WATCH_SESSION_OPENING);
}

static void a_side_that_calls_after_a_hold_time_has_lost_the_session(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);

	comes_up(x);
	x->now += 1000;
	message(x, true, BGP_KEEPALIVE, NULL, 0);
	tcp_frame(&x->f, x->now + 2900, (struct tcp_words){true, 41000, BGP_PORT, 77, 0, TCP_SYN}, NULL, 0);
	give(x);
	assert_int_equal(s->session, WATCH_SESSION_UP);
	tcp_frame(&x->f, x->now + 3100, (struct tcp_words){true, 41000, BGP_PORT, 77, 0, TCP_SYN}, NULL, 0);
	give(x);
	assert_int_equal(s->session, WATCH_SESSION_DOWN);
	assert_int_equal(s->sessions_ended, 1);
}

/* SYN, SYN-ACK, RST, from another port each time: another probe of this host. */
static void a_look_at_the_port_is_no_call(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);

	comes_up(x);
	for (uint16_t i = 0; i < 3; i++) {
		uint16_t port = (uint16_t)(41000 + i);
		tcp_frame(&x->f, x->now + 1, (struct tcp_words){false, port, BGP_PORT, 77, 0, TCP_SYN}, NULL, 0);
		give(x);
		tcp_frame(&x->f, x->now + 2, (struct tcp_words){true, BGP_PORT, port, 900, 78, TCP_SYN | TCP_ACK}, NULL, 0);
		give(x);
		tcp_frame(&x->f, x->now + 3, (struct tcp_words){false, port, BGP_PORT, 78, 0, TCP_RST}, NULL, 0);
		give(x);
	}
	assert_int_equal(s->session, WATCH_SESSION_UP);
	assert_int_equal(s->sessions_ended, 0);
	assert_int_equal(s->talk[WATCH_NEAR].syns, 1); /* the session's own */
	assert_int_equal(s->talk[WATCH_FAR].accepted, 1);
}

/* A SYN-ACK of the caller itself, as nobody's kernel sends one: it counts nowhere, also when a look at the port ends. */
static void a_caller_does_not_answer_itself(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);

	tcp_frame(&x->f, x->now + 1, (struct tcp_words){false, 41000, BGP_PORT, 77, 0, TCP_SYN}, NULL, 0);
	give(x);
	tcp_frame(&x->f, x->now + 2, (struct tcp_words){false, 41000, BGP_PORT, 77, 0, TCP_SYN | TCP_ACK}, NULL, 0);
	give(x);
	tcp_frame(&x->f, x->now + 3, (struct tcp_words){false, 41000, BGP_PORT, 78, 0, TCP_RST}, NULL, 0);
	give(x);
	assert_int_equal(s->talk[WATCH_NEAR].accepted, 0);
	assert_int_equal(s->talk[WATCH_FAR].accepted, 0);
	assert_int_equal(s->talk[WATCH_NEAR].syns, 1);
}

/* RFC 5881 5: it was sent from elsewhere. */
static void bfd_from_afar_says_nothing(void **state)
{
	struct fixture *x = *state;

	bfd_frame(&x->f, 1, true, 3, 0, NULL);
	give(x);
	bfd_frame(&x->f, 2, true, 1, 1, NULL);
	x->f.bytes[14 + 8] = 60;
	give(x);
	assert_int_equal(seen(x, FAM4)->bfd[WATCH_FAR].packets, 1);
	assert_int_equal(seen(x, FAM4)->change_count, 0);
}

static void calls_that_are_refused(void **state)
{
	struct fixture *x = *state;

	segment(x, false, TCP_SYN, NULL, 0);
	segment(x, true, TCP_RST | TCP_ACK, NULL, 0);
	segment(x, false, TCP_SYN, NULL, 0);
	segment(x, true, TCP_RST | TCP_ACK, NULL, 0);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_OPENING);
	assert_int_equal(seen(x, FAM4)->talk[WATCH_NEAR].syns, 2);
	assert_int_equal(seen(x, FAM4)->talk[WATCH_FAR].refusals, 2);
}

/* A reset whose number lies nowhere near what its side has sent. */
static void a_guessed_reset_ends_nothing(void **state)
{
	struct fixture *x = *state;

	comes_up(x);
	x->seq[1] += 0x40000000u;
	segment(x, true, TCP_RST, NULL, 0);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_UP);
	x->seq[1] -= 0x40000000u;
	segment(x, true, TCP_RST, NULL, 0);
	assert_int_equal(seen(x, FAM4)->session, WATCH_SESSION_DOWN);
}

static void the_latest_notifications_are_kept(void **state)
{
	struct fixture *x = *state;

	for (uint8_t i = 0; i < 20; i++) {
		uint8_t body[2] = {6, i};

		message(x, true, BGP_NOTIFICATION, body, 2);
	}
	assert_int_equal(seen(x, FAM4)->talk[WATCH_FAR].notifications, 20);
	assert_int_equal(seen(x, FAM4)->notice_count, WATCH_NOTICES_MAX);
	assert_int_equal(seen(x, FAM4)->notices[WATCH_NOTICES_MAX - 1].subcode, 19);
}

static void bfd_goes_down(void **state)
{
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);
	char words[SENTENCE_MAX];

	for (int i = 0; i < 5; i++) {
		bfd_frame(&x->f, i * 300, true, 3, 0, NULL);
		give(x);
	}
	bfd_frame(&x->f, 3000, true, 1, 1, NULL);
	give(x);
	assert_int_equal(s->bfd[WATCH_FAR].packets, 6);
	assert_int_equal(s->bfd[WATCH_FAR].longest_gap_ns / NS_PER_MS, 1800);
	assert_int_equal(s->change_count, 1);
	watch_change_words(&x->plan.circuits[0].links[0], FAM4, &s->changes[0], words, sizeof words);
	assert_string_equal(words, "BFD of MSEE 172.31.255.2 went from Up to Down: Control Detection Time Expired");
	for (int i = 0; i < 40; i++) {
		bfd_frame(&x->f, 4000 + i, true, (uint8_t)(2 + i % 2), 0, NULL);
		give(x);
	}
	assert_int_equal(s->change_count, WATCH_CHANGES_MAX);
}

static void who_has_an_address(void **state)
{
	static const uint8_t thief[6] = {2, 0, 0, 0, 0, 9};
	struct fixture *x = *state;
	const struct watch_neighbour *n = &seen(x, FAM4)->neighbour[WATCH_FAR];

	arp_frame(&x->f, 1, near_mac, NEAR_ADDR, FAR_ADDR, false);
	give(x);
	assert_int_equal(n->asked, 1);
	assert_int_equal(n->claim_count, 0);
	arp_frame(&x->f, 2, far_mac, FAR_ADDR, NEAR_ADDR, true);
	give(x);
	assert_int_equal(n->claim_count, 1);
	assert_memory_equal(n->claims[0].mac, far_mac, 6);
	arp_frame(&x->f, 3, thief, FAR_ADDR, FAR_ADDR, false); /* gratuitous */
	give(x);
	assert_int_equal(n->claim_count, 2);
	assert_int_equal(n->claims[1].gratuitous, 1);
	assert_int_equal(n->latest, 1);
	assert_int_equal(n->asked, 1);
	assert_false(watch_is_duplicate(n)); /* it may have moved */
	arp_frame(&x->f, 4, far_mac, FAR_ADDR, NEAR_ADDR, true);
	give(x);
	assert_true(watch_is_duplicate(n));
	/* More of them than there is room for. */
	for (uint8_t i = 10; i < 30; i++) {
		const uint8_t mac[6] = {2, 0, 0, 0, 0, i};

		arp_frame(&x->f, i, mac, FAR_ADDR, NEAR_ADDR, true);
		give(x);
	}
	assert_int_equal(n->claim_count, WATCH_MACS_MAX);
	/* Whether an address is free is asked without one: no claim, and no question of the edge's. */
	arp_frame(&x->f, 50, thief, "0.0.0.0", NEAR_ADDR, false);
	give(x);
	assert_int_equal(seen(x, FAM4)->neighbour[WATCH_NEAR].claim_count, 1);
}

static void who_has_an_ipv6_address(void **state)
{
	struct fixture *x = *state;
	const struct watch_neighbour *n = &seen(x, FAM6)->neighbour[WATCH_FAR];

	nd_frame(&x->f, 1, far_mac, FAR_ADDR6, "ff02::1", FAR_ADDR6, 64); /* through a router: not from here */
	give(x);
	assert_int_equal(n->claim_count, 0);
	nd_frame(&x->f, 2, far_mac, FAR_ADDR6, "ff02::1", FAR_ADDR6, 255);
	give(x);
	assert_int_equal(n->claim_count, 1);
	assert_int_equal(n->claims[0].gratuitous, 1);
	nd_frame(&x->f, 3, far_mac, FAR_ADDR6, NEAR_ADDR6, FAR_ADDR6, 255);
	give(x);
	assert_int_equal(n->claims[0].times, 2);
	assert_int_equal(n->claims[0].gratuitous, 1);
}

static void tags_as_they_are(void **state)
{
	static const uint16_t service[] = {0x88a8, 0x6064, 0x8100, 0x00c8, 0}, single[] = {0x8100, 0x00c8, 0};
	struct fixture *x = *state;
	const struct peering_seen *s = seen(x, FAM4);
	char words[WATCH_TAGS_WORDS_MAX];

	bfd_frame(&x->f, 1, true, 3, 0, service);
	give(x);
	bfd_frame(&x->f, 2, true, 3, 0, service);
	give(x);
	bfd_frame(&x->f, 3, true, 3, 0, single);
	give(x);
	bfd_frame(&x->f, 4, true, 3, 0, NULL);
	give(x);
	assert_int_equal(s->tag_count, 2);
	assert_int_equal(s->tags[0].frames, 2);
	assert_string_equal(watch_tags_words(&s->tags[0], words), "802.1ad 100, 802.1Q 200");
	assert_string_equal(watch_tags_words(&s->tags[1], words), "802.1Q 200");
	assert_int_equal(s->untagged, 1);
	for (uint16_t i = 1; i < 30; i++) {
		const uint16_t many[] = {0x8100, i, 0};

		bfd_frame(&x->f, 5, true, 3, 0, many);
		give(x);
	}
	assert_int_equal(s->tag_count, WATCH_TAGS_MAX);
}

/* The same frame on the interface below shows its tags, and counts once. */
static void a_second_interface_counts_for_tags_alone(void **state)
{
	static const uint16_t single[] = {0x8100, 200, 0};
	struct fixture *x = *state;

	bfd_frame(&x->f, 1, true, 3, 0, NULL);
	give(x);
	bfd_frame(&x->f, 1, true, 3, 0, single);
	x->f.iface = 1;
	give(x);
	assert_int_equal(seen(x, FAM4)->bfd[WATCH_FAR].packets, 1);
	assert_int_equal(seen(x, FAM4)->tag_count, 1);
}

/* Where the plan names a mirror port of the segment, the session is read there alone, whichever is heard first. */
static void a_mirror_port_is_heard_alone(void **state)
{
	struct fixture *x = *state;

	x->plan.iface_count = 2;
	snprintf(x->plan.ifaces[1].name, NAME_MAX_LEN, "span");
	snprintf(x->plan.circuits[0].links[LINK_PRIMARY].watch_interface, NAME_MAX_LEN, "span");
	watch_free(x->w);
	x->w = watch_new(&x->plan);
	bfd_frame(&x->f, 1, true, 3, 0, NULL);
	give(x);
	assert_int_equal(seen(x, FAM4)->bfd[WATCH_FAR].packets, 0);
	x->f.iface = 1;
	give(x);
	give(x);
	assert_int_equal(seen(x, FAM4)->bfd[WATCH_FAR].packets, 2);
}

/* --- which frames belong --- */

static bool marked(const struct fixture *x, struct watch_mark *m)
{
	struct decoded d;

	decode_frame(&x->f, &d);
	return watch_mark(&x->plan, &d, m);
}

static void only_the_peerings_own_frames(void **state)
{
	struct fixture *x = *state;
	struct tcp_words t = {true, BGP_PORT, PORT, 1, 1, TCP_ACK};
	struct watch_mark m;
	struct making k;

	tcp_frame(&x->f, 1, t, NULL, 0);
	assert_true(marked(x, &m));
	assert_int_equal(m.role, WATCH_BGP);
	assert_int_equal(m.side, WATCH_FAR);
	tcp_frame(&x->f, 1, (struct tcp_words){true, 443, PORT, 1, 1, TCP_ACK}, "secret", 6);
	assert_false(marked(x, &m)); /* another port */
	k = frame_begin(&x->f, 1, near_mac, far_mac, NULL, 0x0800);
	put_ipv4(&k, "10.0.0.1", FAR_ADDR, 6, 20);
	wr_u16(&k.w, PORT);
	wr_u16(&k.w, BGP_PORT);
	wr_zero(&k.w, 8);
	wr_u16(&k.w, 0x5010);
	wr_zero(&k.w, 6);
	frame_end(&k);
	assert_false(marked(x, &m)); /* BGP of somebody else, through the peering */
	arp_frame(&x->f, 1, far_mac, "10.0.0.1", "10.0.0.2", false);
	assert_false(marked(x, &m));
	tcp_frame(&x->f, 1, t, NULL, 0);
	x->plan.watch = false;
	assert_false(marked(x, &m)); /* nobody asked to watch */
	x->plan.watch = true;
	/* A SYN of ours to port 179, seen once more, is no call for the session. */
	x->plan.flows = calloc(1, sizeof *x->plan.flows);
	assert_non_null(x->plan.flows);
	x->plan.flow_count = 1;
	x->plan.flows[0] = (struct plan_flow){.kind = PROBE_TCP_SYN, .dst_port = BGP_PORT, .src_port = PORT,
	                                      .src = watch_addr(NEAR_ADDR), .dst = watch_addr(FAR_ADDR)};
	assert_false(marked(x, &m));
	tcp_frame(&x->f, 1, (struct tcp_words){false, PORT, BGP_PORT, 1, 1, TCP_SYN}, NULL, 0);
	assert_false(marked(x, &m));
	tcp_frame(&x->f, 1, (struct tcp_words){false, PORT + 1, BGP_PORT, 1, 1, TCP_SYN}, NULL, 0);
	assert_true(marked(x, &m));
}

static void the_matcher_sets_them_apart(void **state)
{
	struct fixture *x = *state;
	struct matcher *matcher = matcher_new(&x->plan);
	struct match m;
	struct strbuf text;

	assert_non_null(matcher);
	snprintf(x->plan.circuits[0].name, NAME_MAX_LEN, "one two");
	tcp_frame(&x->f, 1, (struct tcp_words){true, BGP_PORT, PORT, 1, 1, TCP_ACK}, NULL, 0);
	assert_false(matcher_is_foreign(matcher, &x->f));
	matcher_frame(matcher, &x->f, &m);
	assert_int_equal(m.cls, MATCH_WATCHED);
	assert_int_equal(matcher_counts(matcher)->foreign, 0);
	assert_int_equal(comment_direction(&m), -1);
	strbuf_init(&text, 4096);
	comment_frame(&x->plan, &m, 0, &text);
	assert_string_equal(text.text, "watched circuit=one_two link=primary role=bgp from=far");
	strbuf_free(&text);
	matcher_free(matcher);
}

/* What is kept says the same session, and no route. */
static void routes_are_wiped_from_frames(void **state)
{
	struct fixture *x = *state;
	struct watch *wiper = watch_new(&x->plan);
	uint8_t bytes[128];
	size_t n = bgp_message(bytes, BGP_KEEPALIVE, NULL, 0);

	assert_non_null(wiper);
	n += bgp_message(bytes + n, BGP_UPDATE, "\0\0\0\5ROUTE\x18\x0a\x4d\x42", 13);
	n += bgp_message(bytes + n, BGP_NOTIFICATION, "\6\2", 2);
	tcp_frame(&x->f, 1, (struct tcp_words){true, BGP_PORT, PORT, 1, 1, TCP_ACK}, bytes, n);
	watch_wipe(wiper, &x->f);
	assert_null(memchr(x->f.bytes + 54 + 19 + 19, 'R', 13));
	give(x);
	assert_int_equal(seen(x, FAM4)->talk[WATCH_FAR].keepalives, 1);
	assert_int_equal(seen(x, FAM4)->talk[WATCH_FAR].updates, 1);
	assert_int_equal(seen(x, FAM4)->notices[0].subcode, 2);
	/* Other frames are left as they are. */
	bfd_frame(&x->f, 2, true, 3, 0, NULL);
	struct frame before = x->f;
	watch_wipe(wiper, &x->f);
	assert_memory_equal(&before, &x->f, sizeof before);
	watch_wipe(NULL, &x->f);
	watch_free(wiper);
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		WITH(a_session_comes_up_and_is_ended),
		WITH(listening_from_the_middle),
		WITH(a_collision_ends_nothing), WITH(a_call_that_is_given_up_late_ended_no_session),
		WITH(a_side_that_opens_again_has_lost_the_session),
		WITH(calls_that_are_refused),
		WITH(a_guessed_reset_ends_nothing),
		WITH(a_side_that_calls_after_a_hold_time_has_lost_the_session),
		WITH(a_look_at_the_port_is_no_call), WITH(a_caller_does_not_answer_itself),
		WITH(bfd_from_afar_says_nothing),
		WITH(the_latest_notifications_are_kept),
		WITH(bfd_goes_down),
		WITH(who_has_an_address),
		WITH(who_has_an_ipv6_address),
		WITH(tags_as_they_are),
		WITH(a_second_interface_counts_for_tags_alone),
		WITH(a_mirror_port_is_heard_alone),
		WITH(only_the_peerings_own_frames),
		WITH(the_matcher_sets_them_apart),
		WITH(routes_are_wiped_from_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
