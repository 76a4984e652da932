/* SPDX-License-Identifier: BSD-2-Clause */
/* From frames that passed to what they mean for the diagnosis, and to a sentence. */
#include "analysis/diagnose/likelihood.h"
#include "analysis/observables/heard.h"
#include "tests/unit/watch_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define PORT 40000

struct fixture { struct plan plan; struct watch *w; struct frame f; struct path_view view; struct observables o; struct az_snapshot s; };

static int begin(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);

	if (!x)
		return -1;
	watch_plan(&x->plan);
	x->plan.circuits[0].links[0].vlan = x->plan.circuits[0].links[1].vlan = -1;
	x->w = watch_new(&x->plan);
	x->view.circuit = &x->plan.circuits[0];
	x->o.path = &x->view;
	*state = x;
	return x->w ? 0 : -1;
}

static int end(void **state)
{
	struct fixture *x = *state;

	watch_free(x->w);
	free(x->s.arp[0].rows);
	free(x->plan.circuits);
	free(x);
	return 0;
}

static uint8_t outcome(struct fixture *x, enum heard_what what)
{
	heard_build(&x->o, x->w, 0);
	return x->o.links[0].heard[what][FAM4];
}

static const char *words(struct fixture *x, enum heard_what what)
{
	static char text[SENTENCE_MAX];

	heard_words(&x->o, what, LINK_PRIMARY, FAM4, text, sizeof text);
	return text;
}

/* calls: it goes from the caller's own port to 179, else back. */
static void tcp(struct fixture *x, bool far, uint16_t port, uint8_t flags, bool calls)
{
	struct tcp_words t = {far, calls ? port : BGP_PORT, calls ? BGP_PORT : port, 100, 200, flags};

	tcp_frame(&x->f, port, t, NULL, 0);
	watch_frame(x->w, &x->f, false);
}

/* A message from one side, each on a connection of its own: what else is said does not matter. */
static void message(struct fixture *x, bool far, uint8_t type, const void *body, size_t len, uint16_t port)
{
	uint8_t bytes[64];
	size_t n = bgp_message(bytes, type, body, len);
	struct tcp_words t = {far, far ? BGP_PORT : port, far ? port : BGP_PORT, 100, 200, TCP_ACK};

	tcp_frame(&x->f, port, t, bytes, n);
	watch_frame(x->w, &x->f, false);
}

static void notifications(void **state)
{
	static const struct { uint8_t code, subcode; bool far; uint8_t outcome; } rows[] = {
		{6, 2, true, HEARD_SHUT_FAR}, {6, 2, false, HEARD_SHUT_NEAR}, {6, 3, true, HEARD_SHUT_FAR}, {6, 4, false, HEARD_SHUT_NEAR},
		{6, 1, true, HEARD_PREFIXES_FAR}, {6, 1, false, HEARD_PREFIXES_NEAR}, {2, 2, true, HEARD_BAD_AS}, {2, 2, false, HEARD_BAD_AS},
		{2, 6, true, HEARD_OPEN_ERROR}, {4, 0, true, HEARD_DEAF_FAR}, {4, 0, false, HEARD_DEAF_NEAR}, {6, 10, true, HEARD_DEAF_FAR},
		{6, 7, true, HEARD_NO_SESSION}, {3, 1, true, HEARD_OTHER_ERROR}, {6, 0, false, HEARD_OTHER_ERROR}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t body[2] = {rows[i].code, rows[i].subcode};
		struct fixture *x;

		assert_int_equal(begin(state), 0);
		x = *state;
		message(x, rows[i].far, BGP_NOTIFICATION, body, 2, PORT);
		if (outcome(x, HEARD_SESSION) != rows[i].outcome)
			fail_msg("%u/%u from %s: %u", rows[i].code, rows[i].subcode, rows[i].far ? "far" : "near", outcome(x, HEARD_SESSION));
		end(state);
	}
}

/* The one that says why counts, not the complaint that followed from it. */
static void the_telling_one_counts(void **state)
{
	struct fixture *x = *state;

	message(x, true, BGP_NOTIFICATION, "\2\2", 2, PORT);
	message(x, false, BGP_NOTIFICATION, "\5\1", 2, PORT + 1);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_BAD_AS);
	assert_string_equal(words(x, HEARD_SESSION), "On the wire MSEE 172.31.255.2 sent NOTIFICATION \"OPEN Message Error: Bad Peer AS\".");
}

static void a_session_that_is_up_again(void **state)
{
	struct fixture *x = *state;

	message(x, true, BGP_NOTIFICATION, "\6\4", 2, PORT);
	message(x, true, BGP_KEEPALIVE, NULL, 0, PORT + 1);
	tcp_frame(&x->f, 1, (struct tcp_words){false, PORT + 1, BGP_PORT, 200, 119, TCP_ACK}, NULL, 0);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_UP);
	assert_string_equal(words(x, HEARD_SESSION), "Frames show the BGP session of edge 172.31.255.1 and MSEE 172.31.255.2 to be up.");
}

/* Whoever calls beside a session may have lost it, or only look: nobody knows until it speaks again. */
static void a_call_beside_a_session(void **state)
{
	struct fixture *x = *state;

	message(x, true, BGP_KEEPALIVE, NULL, 0, PORT);
	tcp_frame(&x->f, PORT, (struct tcp_words){false, PORT, BGP_PORT, 200, 119, TCP_ACK}, NULL, 0);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_UP);
	tcp(x, true, PORT + 1, TCP_SYN, true);
	tcp(x, true, PORT + 2, TCP_SYN, true);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_NO_SESSION);
	uint8_t bytes[64];
	size_t n = bgp_message(bytes, BGP_KEEPALIVE, NULL, 0);
	tcp_frame(&x->f, PORT + 9, (struct tcp_words){true, BGP_PORT, PORT, 119, 200, TCP_ACK}, bytes, n);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_UP);
}

static void calls(void **state)
{
	struct fixture *x = *state;

	tcp(x, false, PORT, TCP_SYN, true);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_NO_SESSION); /* one says nothing */
	tcp(x, false, PORT + 1, TCP_SYN, true);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_SILENT_FAR);
	tcp(x, true, PORT + 1, TCP_RST | TCP_ACK, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_REFUSED_FAR);
	assert_string_equal(words(x, HEARD_SESSION), "MSEE 172.31.255.2 refuses the BGP connections that edge 172.31.255.1 asks for.");
	/* Both call, and the edge's answers do not arrive: that is why its own calls are not heard either. */
	for (uint16_t i = 10; i < 13; i++) {
		tcp(x, true, PORT + i, TCP_SYN, true);
		tcp(x, false, PORT + i, TCP_SYN | TCP_ACK, false);
	}
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_DEAF_FAR);
	assert_non_null(strstr(words(x, HEARD_SESSION), "MSEE 172.31.255.2 does not hear edge 172.31.255.1"));
}

/* A mirror port may be given the frames of one direction alone. */
static void a_mirror_of_one_direction(void **state)
{
	struct fixture *x = *state;

	snprintf(x->plan.circuits[0].links[0].watch_interface, NAME_MAX_LEN, "span");
	for (uint16_t i = 0; i < 3; i++)
		tcp(x, false, (uint16_t)(PORT + i), TCP_SYN, true);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_NO_SESSION);
	arp_frame(&x->f, 1, far_mac, FAR_ADDR, NEAR_ADDR, true);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_SILENT_FAR); /* its frames do come here */
	tcp(x, true, PORT + 2, TCP_RST | TCP_ACK, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_REFUSED_FAR);
}

static void bfd(void **state)
{
	struct fixture *x = *state;

	bfd_frame(&x->f, 1, true, 3, 0, NULL);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_NO_SESSION);
	bfd_frame(&x->f, 2, true, 1, 1, NULL);
	watch_frame(x->w, &x->f, false);
	bfd_frame(&x->f, 3, true, 1, 0, NULL); /* and begins anew */
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_DEAF_FAR);
	/* A NOTIFICATION that names no reason does not hide it. */
	message(x, false, BGP_NOTIFICATION, "\6\0", 2, PORT);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_DEAF_FAR);
	bfd_frame(&x->f, 4, false, 0, 7, NULL);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SESSION), HEARD_SHUT_NEAR);
}

static void azure_says(struct fixture *x, const char *mac)
{
	if (!x->s.arp[0].rows)
		x->s.arp[0].rows = calloc(1, sizeof *x->s.arp[0].rows);
	assert_non_null(x->s.arp[0].rows);
	x->s.arp[0].count = 1;
	x->s.arp[0].part.read = AZ_OK;
	snprintf(x->s.arp[0].rows[0].ip.text, sizeof x->s.arp[0].rows[0].ip.text, "%s", FAR_ADDR);
	snprintf(x->s.arp[0].rows[0].mac.text, sizeof x->s.arp[0].rows[0].mac.text, "%s", mac);
	x->s.arp[0].rows[0].ip.present = x->s.arp[0].rows[0].mac.present = true;
	x->o.snapshot = &x->s;
}

static void the_far_hardware_address(void **state)
{
	struct fixture *x = *state;
	static const uint8_t thief[6] = {2, 0, 0, 0, 0, 9};

	arp_frame(&x->f, 1, far_mac, FAR_ADDR, NEAR_ADDR, true);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_NO_SEGMENT); /* nothing to compare it with */
	azure_says(x, "02:00:00:00:00:02");
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_AGREES);
	azure_says(x, "0200.0000.0002");
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_AGREES);
	azure_says(x, "Incomplete");
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_NO_SEGMENT);
	azure_says(x, "02:00:00:00:00:0");
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_NO_SEGMENT);
	azure_says(x, "7c:ad:4f:00:00:01");
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_OTHER_MAC);
	assert_string_equal(words(x, HEARD_SEGMENT), "MSEE 172.31.255.2 is at 02:00:00:00:00:02, and by Azure's table at 7c:ad:4f:00:00:01: "
	                    "another device has the address.");
	arp_frame(&x->f, 2, thief, FAR_ADDR, NEAR_ADDR, true);
	watch_frame(x->w, &x->f, false);
	arp_frame(&x->f, 3, far_mac, FAR_ADDR, NEAR_ADDR, true);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_DUPLICATE);
	assert_non_null(strstr(words(x, HEARD_SEGMENT), "used twice: 02:00:00:00:00:02 and 02:00:00:00:00:09"));
}

static void tags(void **state)
{
	static const uint16_t stack[] = {0x88a8, 7, 0x8100, 200, 0};
	struct fixture *x = *state;

	bfd_frame(&x->f, 1, true, 3, 0, stack);
	watch_frame(x->w, &x->f, false);
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_NO_SEGMENT); /* nobody said which it should be */
	x->plan.circuits[0].links[0].vlan = 200;
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_AGREES); /* the inner one is the peering's */
	x->plan.circuits[0].links[0].vlan = 7;
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_OTHER_TAGS);
	assert_string_equal(words(x, HEARD_SEGMENT), "Frames of the primary link carry 802.1ad 7, 802.1Q 200, and the peering's VLAN is 7.");
	x->plan.circuits[0].links[0].vlan = -1;
	x->o.snapshot = &x->s;
	x->s.peering.vlan = (struct az_int){.present = true, .value = 300};
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_OTHER_TAGS);
	/* A mirror may have tags of its own: they accuse nobody, and the right one is the right one. */
	snprintf(x->plan.circuits[0].links[0].watch_interface, NAME_MAX_LEN, "span");
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_NO_SEGMENT);
	x->s.peering.vlan.value = 200;
	assert_int_equal(outcome(x, HEARD_SEGMENT), HEARD_AGREES);
}

static void nobody_watched(void **state)
{
	struct fixture *x = *state;

	heard_build(&x->o, NULL, 0);
	assert_null(x->o.links[0].watched[FAM4]);
	assert_int_equal(x->o.links[0].heard[HEARD_SESSION][FAM4], 0);
	assert_true(likelihood_heard(HEARD_SESSION, 0, 'e') == 0);
	assert_true(likelihood_heard(HEARD_SEGMENT, HEARD_SEGMENTS, 'i') == 0);
	assert_non_null(strstr(words(x, HEARD_SESSION), "Nothing was heard"));
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notifications),
		WITH(the_telling_one_counts),
		WITH(a_session_that_is_up_again),
		WITH(calls),
		WITH(a_mirror_of_one_direction),
		WITH(a_call_beside_a_session),
		WITH(bfd),
		WITH(the_far_hardware_address),
		WITH(tags),
		WITH(nobody_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
