/* SPDX-License-Identifier: BSD-2-Clause */
/* BGP and BFD messages with known content, whole, cut at each byte and wrong. */
#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MARK "ffffffffffffffffffffffffffffffff"

/* Exactly len bytes on the heap: a read past them is seen by the sanitizer. */
static struct rd over_hex(const char *hex, uint8_t **owned, size_t cut)
{
	size_t len = strlen(hex) / 2;

	len = cut < len ? cut : len;
	*owned = malloc(len + 1);
	assert_non_null(*owned);
	for (size_t i = 0; i < len; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
		(*owned)[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return rd_over(*owned, len);
}

static bool header(const char *hex, size_t cut, struct bgp_header *h)
{
	uint8_t *bytes;
	struct rd r = over_hex(hex, &bytes, cut);
	bool ok = bgp_header_read(&r, h);

	free(bytes);
	return ok;
}

static void headers(void **state)
{
	struct bgp_header h;

	(void)state;
	assert_true(header(MARK "001304", 99, &h));
	assert_int_equal(h.type, BGP_KEEPALIVE);
	assert_int_equal(h.length, 19);
	assert_true(header(MARK "ffff02", 99, &h)); /* RFC 8654 */
	assert_int_equal(h.length, 65535);
	for (size_t cut = 0; cut < BGP_HEADER_BYTES; cut++)
		assert_false(header(MARK "001304", cut, &h));
	assert_false(header(MARK "001404", 99, &h)); /* a KEEPALIVE has no body */
	assert_false(header(MARK "001201", 99, &h)); /* shorter than a header */
	assert_false(header(MARK "001c01", 99, &h)); /* shorter than an OPEN */
	assert_false(header(MARK "100101", 99, &h)); /* an OPEN of 4,097 bytes */
	assert_false(header(MARK "001300", 99, &h));
	assert_false(header(MARK "001306", 99, &h));
	assert_false(header("ffffffffffffffffffffffffffffff00001304", 99, &h));
	assert_false(header("00ffffffffffffffffffffffffffffff001304", 99, &h));
}

/* Version 4, AS_TRANS, hold 180, 10.0.0.1; IPv4 unicast, route refresh, AS 4200000001,
 * graceful restart with N and 120 s, extended messages, IPv6 unicast. */
#define OPEN_BODY "045ba000b40a000001" "22" "0220" \
	"0104000100010200" "4104fa56ea01" "4002" "4078" "0600" "010400020001" "0a04deadbeef"

static bool open_of(const char *hex, size_t cut, struct bgp_open *o)
{
	uint8_t *bytes;
	struct rd r = over_hex(hex, &bytes, cut);
	bool ok = bgp_open_read(r, o);

	free(bytes);
	return ok;
}

static void opens(void **state)
{
	static const uint8_t id[4] = {10, 0, 0, 1};
	struct bgp_open o;

	(void)state;
	assert_true(open_of(OPEN_BODY, 999, &o));
	assert_int_equal(o.version, 4);
	assert_int_equal(o.as, 4200000001u);
	assert_true(o.four_octet_as);
	assert_int_equal(o.hold_s, 180);
	assert_memory_equal(o.router_id, id, 4);
	assert_int_equal(o.family_count, 2);
	assert_int_equal(o.families[0].afi, 1);
	assert_int_equal(o.families[1].afi, 2);
	assert_int_equal(o.families[1].safi, 1);
	assert_true(o.route_refresh && o.graceful_restart && o.graceful_notification && o.extended_message);
	assert_int_equal(o.restart_s, 120);
	for (size_t cut = 0; cut < strlen(OPEN_BODY) / 2; cut++)
		assert_false(open_of(OPEN_BODY, cut, &o));
	/* what stands before the cut is kept */
	open_of(OPEN_BODY, 12, &o);
	assert_int_equal(o.hold_s, 180);

	assert_true(open_of("042f2c00b40a000001" "00", 99, &o)); /* 12076, no parameters */
	assert_int_equal(o.as, 12076);
	assert_false(o.four_octet_as);
	assert_int_equal(o.family_count, 0);
	assert_true(open_of("042f2c00b40a000001" "ff" "ff0009" "020006" "410400002f2c", 99, &o)); /* RFC 9072 */
	assert_true(o.four_octet_as);
	assert_int_equal(o.as, 12076);
	assert_false(open_of("042f2c00b40a000001" "01" "0202", 99, &o));   /* length shorter than its bytes */
	assert_false(open_of("042f2c00b40a000001" "04" "02020104", 99, &o)); /* a capability beyond its parameter */
	assert_true(open_of("042f2c00b40a000001" "06" "020441020001", 99, &o)); /* a capability of the wrong length */
	assert_false(o.four_octet_as);
}

/* Nine families: eight are kept, none is written beyond. */
static void an_open_with_many_families(void **state)
{
#define NINE(x) x x x x x x x x x
	const char *hex = "042f2c00b40a000001" "38" "0236" NINE("010400010001");
	struct bgp_open o;

	(void)state;
	assert_true(open_of(hex, 999, &o));
	assert_int_equal(o.family_count, BGP_FAMILIES_MAX);
}

static bool notification(const char *hex, struct bgp_notification *n)
{
	uint8_t *bytes;
	struct rd r = over_hex(hex, &bytes, 999);
	bool ok = bgp_notification_read(r, n);

	free(bytes);
	return ok;
}

static void notifications(void **state)
{
	struct bgp_notification n;

	(void)state;
	assert_true(notification("0400", &n));
	assert_int_equal(n.code, BGP_ERROR_HOLD);
	assert_string_equal(n.said, "");
	assert_true(notification("0602" "0b" "6d61696e74656e616e6365", &n)); /* RFC 9003: without its last letter */
	assert_string_equal(n.said, "maintenance");
	assert_true(notification("0602" "ff" "6d61", &n)); /* a length that lies */
	assert_string_equal(n.said, "");
	assert_true(notification("0604" "07" "6f6b1b5b326a00", &n)); /* controls do not reach a terminal */
	assert_string_equal(n.said, "ok\xef\xbf\xbd[2j\xef\xbf\xbd");
	assert_true(notification("0601" "0001" "01" "00000fa0", &n));
	assert_true(n.has_limit);
	assert_int_equal(n.limit, 4000);
	assert_int_equal(n.limit_afi, 1);
	assert_true(notification("0601", &n));
	assert_false(n.has_limit);
	assert_true(notification("0609" "0602" "0568656c6c6f", &n)); /* RFC 8538 */
	assert_true(n.hard_reset);
	assert_int_equal(n.subcode, BGP_CEASE_SHUTDOWN);
	assert_string_equal(n.said, "hello");
	assert_true(notification("0609", &n));
	assert_false(n.hard_reset);
	assert_int_equal(n.subcode, BGP_CEASE_HARD_RESET);
	assert_true(notification("0202" "0b", &n)); /* data of other errors is no text */
	assert_string_equal(n.said, "");
	assert_false(notification("06", &n));
	assert_false(notification("", &n));
}

/* The longest communication, every byte of which becomes three. */
static void a_communication_never_leaves_its_room(void **state)
{
	char hex[2 * 258 + 1] = "0602ff";
	struct bgp_notification n;

	(void)state;
	memset(hex + 6, 'f', 2 * 255);
	hex[6 + 2 * 255] = '\0';
	assert_true(notification(hex, &n));
	assert_true(strlen(n.said) < BGP_SHUTDOWN_MAX);
	assert_true(strlen(n.said) > 200);
}

static void errors_in_words(void **state)
{
	static const struct { uint8_t code, subcode; const char *words; } rows[] = {
		{1, 1, "Message Header Error: Connection Not Synchronized"},
		{2, 2, "OPEN Message Error: Bad Peer AS"},
		{2, 6, "OPEN Message Error: Unacceptable Hold Time"},
		{2, 7, "OPEN Message Error: Unsupported Capability"},
		{3, 11, "UPDATE Message Error: Malformed AS_PATH"},
		{4, 0, "Hold Timer Expired"},
		{5, 3, "Finite State Machine Error: Unexpected Message in Established"},
		{6, 1, "Cease: Maximum Number of Prefixes Reached"},
		{6, 2, "Cease: Administrative Shutdown"},
		{6, 3, "Cease: Peer De-configured"},
		{6, 7, "Cease: Connection Collision Resolution"},
		{6, 8, "Cease: Out of Resources"},
		{6, 9, "Cease: Hard Reset"},
		{6, 10, "Cease: BFD Down"},
		{6, 99, "Cease: subcode 99"},
		{7, 1, "ROUTE-REFRESH Message Error: Invalid Message Length"},
		{8, 0, "Send Hold Timer Expired"},
		{77, 3, "error 77, subcode 3"}};
	char words[BGP_WORDS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(bgp_error_words(rows[i].code, rows[i].subcode, words), rows[i].words);
	assert_string_equal(bgp_type_name(BGP_UPDATE), "UPDATE");
	assert_string_equal(bgp_type_name(0), "message");
	assert_string_equal(bgp_type_name(200), "message");
	assert_string_equal(bgp_family_words((struct bgp_family){2, 1}, words), "IPv6 unicast");
	assert_string_equal(bgp_family_words((struct bgp_family){25, 65}, words), "family 25/65");
}

static bool ends(const char *hex, struct bgp_family *f)
{
	uint8_t *bytes;
	struct rd r = over_hex(hex, &bytes, 999);
	bool ok = bgp_update_is_end(r, f);

	free(bytes);
	return ok;
}

static void end_of_rib(void **state)
{
	struct bgp_family f;

	(void)state;
	assert_true(ends("00000000", &f));
	assert_int_equal(f.afi, 1);
	assert_true(ends("00000006800f03000201", &f));
	assert_int_equal(f.afi, 2);
	assert_true(ends("00000007900f0003000201", &f));
	assert_false(ends("0000000a800f070002012001", &f));         /* cut */
	assert_false(ends("00000008800f050002010000", &f));         /* withdraws something */
	assert_false(ends("00000006800e03000201", &f));             /* MP_REACH */
	assert_false(ends("0002080a0000", &f));                     /* withdraws 10.0.0.0/8 */
	assert_false(ends("00000000080a", &f));                     /* announces it */
	assert_false(ends("0000", &f));
}

/* --- BFD --- */

#define BFD_UP_HEX "20c00318" "00000001" "00000002" "000493e0" "000493e0" "00000000"

static bool bfd(const char *hex, size_t cut, struct bfd_packet *p)
{
	uint8_t *bytes;
	struct rd r = over_hex(hex, &bytes, cut);
	bool ok = bfd_read(r, p);

	free(bytes);
	return ok;
}

static void bfd_packets(void **state)
{
	struct bfd_packet p;

	(void)state;
	assert_true(bfd(BFD_UP_HEX, 99, &p));
	assert_int_equal(p.state, BFD_UP);
	assert_int_equal(p.multiplier, 3);
	assert_int_equal(p.own, 1);
	assert_int_equal(p.other, 2);
	assert_int_equal(p.min_tx_us, 300000);
	assert_true(bfd("214003180000000100000000000f4240000f424000000000", 99, &p)); /* Down, detection time expired */
	assert_int_equal(p.state, BFD_DOWN);
	assert_int_equal(p.diag, 1);
	assert_string_equal(bfd_diag_name(p.diag), "Control Detection Time Expired");
	assert_string_equal(bfd_state_name(p.state), "Down");
	assert_string_equal(bfd_diag_name(7), "Administratively Down");
	assert_string_equal(bfd_diag_name(31), "unknown diagnostic");
	for (size_t cut = 0; cut < 24; cut++)
		assert_false(bfd(BFD_UP_HEX, cut, &p));
	assert_false(bfd("00c003180000000100000002000493e0000493e000000000", 99, &p)); /* version 0 */
	assert_false(bfd("20c000180000000100000002000493e0000493e000000000", 99, &p)); /* multiplier 0 */
	assert_false(bfd("20c003170000000100000002000493e0000493e000000000", 99, &p)); /* length 23 */
	assert_false(bfd("20c003190000000100000002000493e0000493e000000000", 99, &p)); /* longer than it is */
	assert_false(bfd("20c103180000000100000002000493e0000493e000000000", 99, &p)); /* multipoint */
	assert_false(bfd("20c403180000000100000002000493e0000493e000000000", 99, &p)); /* A without authentication */
	assert_false(bfd("20c003180000000000000002000493e0000493e000000000", 99, &p)); /* no discriminator of its own */
	assert_false(bfd("20c003180000000100000000000493e0000493e000000000", 99, &p)); /* Up, and knows nobody */
}

/* --- what the frame decoder adds for them: tags, signature, payload --- */

static void frame_of(const char *hex, struct frame *f)
{
	uint8_t *bytes;
	struct rd r = over_hex(hex, &bytes, FRAME_BYTES_MAX);

	memset(f, 0, sizeof *f);
	f->cap_len = (uint16_t)rd_left(&r);
	f->wire_len = f->cap_len;
	memcpy(f->bytes, bytes, f->cap_len);
	free(bytes);
}

#define ETHERNET "020000000001" "020000000002"
/* 40 bytes of TCP header: options MD5 (18), padding (2); two bytes of payload */
#define IP_TCP "4500003e000040000106" "0000" "ac100302" "ac100301"

static void tags_signature_and_payload(void **state)
{
	struct frame f;
	struct decoded d;

	(void)state;
	frame_of(ETHERNET "88a80064" "8100a0c8" "0800" IP_TCP "00b3c00000000001000000025010ffff00000000", &f);
	decode_frame(&f, &d);
	assert_int_equal(d.link.vlan_count, 2);
	assert_int_equal(d.link.vlan_tpid[0], 0x88a8);
	assert_int_equal(d.link.vlan_tpid[1], 0x8100);
	assert_int_equal(d.link.vlan[1] & 0xfff, 200);
	assert_int_equal(d.tcp.signature, TCP_UNSIGNED);

	frame_of(ETHERNET "0800" IP_TCP "00b3c0000000000100000002a010ffff00000000" "131200112233445566778899aabbccddeeff"
	         "0101" "abcd", &f);
	decode_frame(&f, &d);
	assert_int_equal(d.status, DECODE_OK);
	assert_int_equal(d.tcp.signature, TCP_MD5);
	assert_int_equal(d.tcp.payload.len, 2);
	assert_int_equal(d.tcp.payload.at[0], 0xab);
	/* An option whose length is nought, or beyond the header, ends the search. */
	f.bytes[14 + 20 + 20] = 5;
	f.bytes[14 + 20 + 21] = 0;
	decode_frame(&f, &d);
	assert_int_equal(d.tcp.signature, TCP_UNSIGNED);
	f.bytes[14 + 20 + 21] = 200;
	decode_frame(&f, &d);
	assert_int_equal(d.tcp.signature, TCP_UNSIGNED);
	/* Cut inside the options: no payload is promised. */
	f.cap_len = 14 + 20 + 30;
	decode_frame(&f, &d);
	assert_int_equal(d.tcp.payload.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(opens),
		cmocka_unit_test(an_open_with_many_families),
		cmocka_unit_test(notifications),
		cmocka_unit_test(a_communication_never_leaves_its_room),
		cmocka_unit_test(errors_in_words),
		cmocka_unit_test(end_of_rib),
		cmocka_unit_test(bfd_packets),
		cmocka_unit_test(tags_signature_and_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
