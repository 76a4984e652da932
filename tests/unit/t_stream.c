/* SPDX-License-Identifier: BSD-2-Clause */
/* One direction of a BGP connection, as a listener meets it: in order and not, twice,
 * in pieces, with holes, from the middle, over the wrap of sequence numbers; and wiped. */
#include "analysis/passive/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct heard { char text[256]; size_t whole; };

/* "OPEN 29, KEEPALIVE 19, …", with a "?" behind what was not whole. */
static void hear(void *context, const struct framed *m)
{
	struct heard *h = context;
	size_t at = strlen(h->text);

	h->whole += m->whole;
	snprintf(h->text + at, sizeof h->text - at, "%s%s %u%s", at ? ", " : "", bgp_type_name(m->header.type),
	         (unsigned)m->header.length, m->whole ? "" : "?");
}

/* A conversation: OPEN, KEEPALIVE, UPDATE (60 bytes), end-of-RIB, NOTIFICATION. */
#define TALK_BYTES (29u + 19 + 60 + 23 + 21)
#define WHOLE_TALK "OPEN 29, KEEPALIVE 19, UPDATE 60, UPDATE 23, NOTIFICATION 21"

static size_t message(uint8_t *at, uint8_t type, uint16_t length, uint8_t fill)
{
	memset(at, 0xff, 16);
	at[16] = (uint8_t)(length >> 8);
	at[17] = (uint8_t)length;
	at[18] = type;
	memset(at + 19, fill, length - 19u);
	return length;
}

static void talk(uint8_t out[TALK_BYTES])
{
	size_t n = message(out, BGP_OPEN, 29, 4);

	n += message(out + n, BGP_KEEPALIVE, 19, 0);
	n += message(out + n, BGP_UPDATE, 60, 0x5a);
	n += message(out + n, BGP_UPDATE, 23, 0);
	n += message(out + n, BGP_NOTIFICATION, 21, 6);
	assert_int_equal(n, TALK_BYTES);
}

struct fixture { struct stream s; struct heard h; uint8_t bytes[TALK_BYTES]; uint32_t first; };

static void begin(struct fixture *f, uint32_t seq)
{
	memset(f, 0, sizeof *f);
	talk(f->bytes);
	stream_begin(&f->s, seq);
	f->first = seq + 1;
}

/* Bytes from..to as a segment on the heap: a read beyond is seen by the sanitizer. */
static void give_cut(struct fixture *f, size_t from, size_t to, uint32_t missing)
{
	size_t len = to - from;
	uint8_t *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, f->bytes + from, len);
	stream_take(&f->s, &(struct segment){f->first + (uint32_t)from, copy, len, missing}, NULL, hear, &f->h);
	free(copy);
}

static void give(struct fixture *f, size_t from, size_t to)
{
	give_cut(f, from, to, 0);
}

static void in_pieces_of_any_size(void **state)
{
	struct fixture f;

	(void)state;
	for (size_t piece = 1; piece <= TALK_BYTES; piece++) {
		begin(&f, 1000);
		for (size_t at = 0; at < TALK_BYTES; at += piece)
			give(&f, at, at + piece < TALK_BYTES ? at + piece : TALK_BYTES);
		assert_string_equal(f.h.text, WHOLE_TALK);
		assert_int_equal(f.h.whole, 5);
		assert_int_equal(f.s.framer.lost, 0);
	}
}

static void out_of_order_and_over_the_wrap(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, UINT32_MAX - 40); /* wraps inside the second message */
	give(&f, 100, 130);
	give(&f, 30, 60);
	give(&f, 60, 100);
	assert_string_equal(f.h.text, "");
	give(&f, 0, 30);
	assert_string_equal(f.h.text, "OPEN 29, KEEPALIVE 19, UPDATE 60");
	give(&f, 130, TALK_BYTES);
	assert_string_equal(f.h.text, WHOLE_TALK);
	assert_int_equal(f.s.holes, 0);
}

static void repeated_and_overlapping(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 7);
	give(&f, 0, 50);
	give(&f, 0, 50);
	give(&f, 0, 20);
	assert_int_equal(f.s.repeated, 2);
	give(&f, 10, 120);   /* begins in what is known, ends beyond */
	give(&f, 119, 140);
	give(&f, 139, 150);
	give(&f, 90, TALK_BYTES);
	assert_string_equal(f.h.text, WHOLE_TALK);
	/* The same ahead of its turn, longer the second time. */
	begin(&f, 7);
	give(&f, 60, 70);
	give(&f, 60, TALK_BYTES);
	give(&f, 60, 65);
	give(&f, 0, 60);
	assert_string_equal(f.h.text, WHOLE_TALK);
}

/* Which message it is is only told by the next marker. */
static void from_the_middle(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 7);
	memset(&f.s, 0, sizeof f.s);
	give(&f, 60, 100);
	give(&f, 100, TALK_BYTES);
	assert_string_equal(f.h.text, "UPDATE 23, NOTIFICATION 21");
	/* in the middle of a marker */
	begin(&f, 7);
	memset(&f.s, 0, sizeof f.s);
	give(&f, 35, TALK_BYTES);
	assert_string_equal(f.h.text, "UPDATE 60, UPDATE 23, NOTIFICATION 21");
}

/* A body that ends in ones does not hide the marker behind it. */
static void ones_before_a_marker(void **state)
{
	uint8_t bytes[5 + 19];
	struct stream s;
	struct heard h = {{0}, 0};

	(void)state;
	memset(&s, 0, sizeof s);
	memset(bytes, 0xff, 5);
	message(bytes + 5, BGP_KEEPALIVE, 19, 0);
	stream_take(&s, &(struct segment){1, bytes, sizeof bytes, 0}, NULL, hear, &h);
	assert_string_equal(h.text, "KEEPALIVE 19");
}

static void a_hole_that_was_acknowledged(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 50);
	give(&f, 0, 29);
	give(&f, 48, 108); /* the KEEPALIVE was not seen */
	assert_string_equal(f.h.text, "OPEN 29");
	stream_acknowledged(&f.s, f.first + 29, hear, &f.h);
	assert_int_equal(f.s.holes, 0); /* nothing of the hole is acknowledged yet */
	stream_acknowledged(&f.s, f.first + 108, hear, &f.h);
	assert_string_equal(f.h.text, "OPEN 29, UPDATE 60");
	assert_int_equal(f.s.holes, 1);
	give(&f, 108, TALK_BYTES);
	assert_string_equal(f.h.text, "OPEN 29, UPDATE 60, UPDATE 23, NOTIFICATION 21");
}

/* Nobody acknowledges where only one direction is seen: then room decides. */
static void holes_and_no_room(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 50);
	for (size_t at = 29; at + 2 <= TALK_BYTES; at += 2)
		give(&f, at + 1, at + 2);
	assert_true(f.s.holes > 10);
	assert_true(f.s.waiting_count <= STREAM_WAITING_MAX);
	give(&f, 108, TALK_BYTES);
	assert_string_equal(f.h.text, "");
}

/* The capture keeps 512 bytes of a frame: the rest is stepped over by its length. */
static void what_the_capture_cut_off(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 50);
	give_cut(&f, 0, 70, 38); /* the UPDATE to its end */
	give(&f, 108, TALK_BYTES);
	assert_string_equal(f.h.text, "OPEN 29, KEEPALIVE 19, UPDATE 60?, UPDATE 23, NOTIFICATION 21");
	/* beyond its end: the next message is one that nobody saw begin */
	begin(&f, 50);
	give_cut(&f, 0, 70, 40);
	give(&f, 110, TALK_BYTES);
	assert_string_equal(f.h.text, "OPEN 29, KEEPALIVE 19, UPDATE 60?, NOTIFICATION 21");
	assert_int_equal(f.s.framer.lost, 1);
	/* the cut part of a segment arrives again: it brings nothing */
	begin(&f, 50);
	give_cut(&f, 0, 70, 38);
	give_cut(&f, 0, 70, 38);
	give(&f, 108, TALK_BYTES);
	assert_int_equal(f.s.repeated, 1);
}

static void far_away(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 50);
	stream_take(&f.s, &(struct segment){f.first + 0x40000000u, f.bytes, 20, 0}, NULL, hear, &f.h);
	stream_take(&f.s, &(struct segment){f.first - 0x40000000u, f.bytes, 20, 0}, NULL, hear, &f.h);
	stream_acknowledged(&f.s, f.first + 0x40000000u, hear, &f.h);
	assert_int_equal(f.s.astray, 2);
	give(&f, 0, TALK_BYTES);
	assert_string_equal(f.h.text, WHOLE_TALK);
	stream_take(&f.s, &(struct segment){f.first, f.bytes, 20, UINT32_MAX}, NULL, hear, &f.h);
	stream_take(&f.s, &(struct segment){f.first, f.bytes, FRAME_BYTES_MAX + 1, 0}, NULL, hear, &f.h);
	stream_take(&f.s, &(struct segment){f.first, f.bytes, 0, 0}, NULL, hear, &f.h);
	assert_string_equal(f.h.text, WHOLE_TALK);
}

/* --- wiping --- */

static bool has(const uint8_t *bytes, size_t len, uint8_t what)
{
	return memchr(bytes, what, len) != NULL;
}

/* What is left says the same messages, and nothing of the routes. */
static void routes_are_wiped(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= TALK_BYTES; piece++) {
		struct fixture f, again;

		begin(&f, 9);
		begin(&again, 9);
		for (size_t at = 0; at < TALK_BYTES; at += piece) {
			size_t len = at + piece < TALK_BYTES ? piece : TALK_BYTES - at;

			stream_take(&f.s, &(struct segment){f.first + (uint32_t)at, f.bytes + at, len, 0}, f.bytes + at, hear, &f.h);
		}
		assert_false(has(f.bytes, TALK_BYTES, 0x5a));
		assert_int_equal(f.bytes[29 + 18], BGP_KEEPALIVE);
		assert_int_equal(f.bytes[20], 4);               /* of the OPEN */
		assert_int_equal(f.bytes[TALK_BYTES - 1], 6);   /* of the NOTIFICATION */
		memcpy(again.bytes, f.bytes, TALK_BYTES);
		give(&again, 0, TALK_BYTES);
		assert_string_equal(again.h.text, WHOLE_TALK);
	}
}

static void out_of_its_turn_routes_are_wiped_too(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 9);
	stream_take(&f.s, &(struct segment){f.first + 60, f.bytes + 60, TALK_BYTES - 60, 0}, f.bytes + 60, hear, &f.h);
	assert_false(has(f.bytes + 60, TALK_BYTES - 60, 0x5a));
	assert_int_equal(f.bytes[TALK_BYTES - 1], 6); /* a message that is whole inside it stays */
	stream_take(&f.s, &(struct segment){f.first, f.bytes, 60, 0}, f.bytes, hear, &f.h);
	assert_false(has(f.bytes, 60, 0x5a));
	/* and once more, in a segment that brings nothing new, or half of it */
	talk(f.bytes);
	stream_take(&f.s, &(struct segment){f.first, f.bytes, TALK_BYTES, 0}, f.bytes, hear, &f.h);
	assert_false(has(f.bytes, TALK_BYTES, 0x5a));
	/* and of a stream whose beginning nobody saw */
	talk(f.bytes);
	memset(&f.s, 0, sizeof f.s);
	stream_take(&f.s, &(struct segment){5, f.bytes + 70, TALK_BYTES - 70, 0}, f.bytes + 70, hear, &f.h);
	assert_false(has(f.bytes + 70, TALK_BYTES - 70, 0x5a));
}

/* An UPDATE as short as an end-of-RIB marker, which withdraws 10.1.0.0/16. */
static void a_short_update_is_wiped(void **state)
{
	static const uint8_t body[7] = {0, 3, 16, 10, 1, 0, 0};
	uint8_t bytes[26];
	struct stream s;
	struct heard h = {{0}, 0};

	(void)state;
	message(bytes, BGP_UPDATE, 26, 0);
	memcpy(bytes + 19, body, sizeof body);
	stream_begin(&s, 0);
	stream_take(&s, &(struct segment){1, bytes, sizeof bytes, 0}, bytes, hear, &h);
	assert_false(has(bytes + 19, 7, 0x0a));
	assert_string_equal(h.text, "UPDATE 26");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_pieces_of_any_size),
		cmocka_unit_test(out_of_order_and_over_the_wrap),
		cmocka_unit_test(repeated_and_overlapping),
		cmocka_unit_test(from_the_middle),
		cmocka_unit_test(ones_before_a_marker),
		cmocka_unit_test(a_hole_that_was_acknowledged),
		cmocka_unit_test(holes_and_no_room),
		cmocka_unit_test(what_the_capture_cut_off),
		cmocka_unit_test(far_away),
		cmocka_unit_test(routes_are_wiped),
		cmocka_unit_test(out_of_its_turn_routes_are_wiped_too),
		cmocka_unit_test(a_short_update_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
