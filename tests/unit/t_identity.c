/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash against the vectors of its authors, and the keyed values of probes. */
#include "analysis/match/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Aumasson, Bernstein: key 00 01 … 0f, message 00 01 … of 0 to 63 bytes; the hash
 * as bytes, least significant first. Appendix A of the paper is the one of 15. */
static const char *const vectors[64] = {
	"310e0edd47db6f72", "fd67dc93c539f874", "5a4fa9d909806c0d", "2d7efbd796666785",
	"b7877127e09427cf", "8da699cd64557618", "cee3fe586e46c9cb", "37d1018bf50002ab",
	"6224939a79f5f593", "b0e4a90bdf82009e", "f3b9dd94c5bb5d7a", "a7ad6b22462fb3f4",
	"fbe50e86bc8f1e75", "903d84c02756ea14", "eef27a8e90ca23f7", "e545be4961ca29a1",
	"db9bc2577fcc2a3f", "9447be2cf5e99a69", "9cd38d96f0b3c14b", "bd6179a71dc96dbb",
	"98eea21af25cd6be", "c7673b2eb0cbf2d0", "883ea3e395675393", "c8ce5ccd8c030ca8",
	"94af49f6c650adb8", "eab8858ade92e1bc", "f315bb5bb835d817", "adcf6b0763612e2f",
	"a5c91da7acaa4dde", "716595876650a2a6", "28ef495c53a387ad", "42c341d8fa92d832",
	"ce7cf2722f512771", "e37859f94623f3a7", "381205bb1ab0e012", "ae97a10fd434e015",
	"b4a31508beff4d31", "81396229f0907902", "4d0cf49ee5d4dcca", "5c73336a76d8bf9a",
	"d0a704536ba93e0e", "925958fcd6420cad", "a915c29bc8067318", "952b79f3bc0aa6d4",
	"f21df2e41d4535f9", "87577519048f53a9", "10a56cf5dfcd9adb", "eb75095ccd986cd0",
	"51a9cb9ecba312e6", "96afadfc2ce666c7", "72fe52975a4364ee", "5a1645b276d592a1",
	"b274cb8ebf87870a", "6f9bb4203de7b381", "eaecb2a30b22a87f", "9924a43cc1315724",
	"bd838d3aafbf8db7", "0b1a2a3265d51aea", "135079a3231ce660", "932b2846e4d70666",
	"e1915f5cb1eca46c", "f325965ca16d629f", "575ff28e60381be5", "724506eb4c328a95",
};

static void siphash_gives_the_vectors(void **state)
{
	uint8_t key[16], message[64];

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		key[i] = i;
	for (uint8_t i = 0; i < 64; i++)
		message[i] = i;
	for (size_t len = 0; len < 64; len++) {
		uint64_t hash = siphash(key, message, len);
		char text[17];
		for (int i = 0; i < 8; i++)
			snprintf(text + 2 * i, 3, "%02x", (unsigned)(hash >> 8 * i & 0xff));
		assert_string_equal(text, vectors[len]);
	}
	assert_true(siphash(key, message, 15) == UINT64_C(0xa129ca6149be45e5));
}

static struct plan test_plan(uint8_t first_key_byte)
{
	struct plan p = {.key = {first_key_byte, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};

	return p;
}

static struct plan_flow flow_of(uint16_t id, uint8_t kind)
{
	struct plan_flow f = {.id = id, .kind = kind, .iface = 2, .src_port = 40001, .dst_port = 443};
	static const uint8_t src[4] = {10, 0, 0, 1}, dst[4] = {10, 0, 0, 2};

	f.src = ip_addr_from(IP_V4, src);
	f.dst = ip_addr_from(IP_V4, dst);
	return f;
}

static void a_sequence_number_reads_back(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(3, PROBE_TCP_SYN);

	(void)state;
	for (unsigned index = 0; index <= UINT16_MAX; index += 257) {
		for (unsigned ttl = 1; ttl <= UINT8_MAX; ttl += 2) {
			uint16_t i;
			uint8_t t;
			uint32_t seq = identity_seq(&p, &f, (uint16_t)index, (uint8_t)ttl);
			assert_true(identity_seq_open(&p, &f, seq, &i, &t));
			assert_int_equal(i, index);
			assert_int_equal(t, ttl);
		}
	}
}

/* The header's promise: the values are hashes of what they depend on. */
static void a_token_is_a_hash(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(0x0304, PROBE_ICMP_ECHO);
	const uint8_t input[6] = {1, 0x04, 0x03, 0x06, 0x05, 9};

	(void)state;
	assert_true(identity_token(&p, &f, 0x0506, 9) == siphash(p.key, input, sizeof(input)));
}

/* One in 256 of all numbers reads as a number of some probe, not more. */
static void other_sequence_numbers_do_not_read(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(3, PROBE_TCP_SYN);
	uint16_t index;
	uint8_t ttl;
	int taken = 0;

	(void)state;
	for (uint32_t i = 0; i < 65536; i++)
		taken += identity_seq_open(&p, &f, i * 65537u, &index, &ttl);
	assert_in_range(taken, 256 - 80, 256 + 80);
}

/* Values of one probe under another key, flow, index or TTL differ. */
static void all_inputs_count(void **state)
{
	struct plan p = test_plan(7), other_key = test_plan(8);
	struct plan_flow f = flow_of(3, PROBE_TCP_SYN), other_flow = flow_of(4, PROBE_TCP_SYN);
	const struct { const struct plan *p; const struct plan_flow *f; uint16_t index; uint8_t ttl; } rows[] = {
		{&other_key, &f, 5, 9}, {&p, &other_flow, 5, 9}, {&p, &f, 6, 9}, {&p, &f, 5, 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(identity_token(&p, &f, 5, 9) !=
		            identity_token(rows[i].p, rows[i].f, rows[i].index, rows[i].ttl));
		assert_int_not_equal(identity_seq(&p, &f, 5, 9),
		                     identity_seq(rows[i].p, rows[i].f, rows[i].index, rows[i].ttl));
		assert_int_not_equal(identity_ip_id(&p, &f, 5, 9),
		                     identity_ip_id(rows[i].p, rows[i].f, rows[i].index, rows[i].ttl));
	}
}

/* The id does not repeat the low bits of the token: each purpose has its own hash. */
static void purposes_are_apart(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(3, PROBE_ICMP_ECHO);
	int same = 0;

	(void)state;
	for (uint16_t i = 0; i < 1000; i++)
		same += identity_ip_id(&p, &f, i, 1) == 1 + identity_token(&p, &f, i, 1) % UINT16_MAX;
	assert_in_range(same, 0, 3);
}

static void constants_avoid_nought(void **state)
{
	struct plan p = test_plan(7);

	(void)state;
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		struct plan_flow f = flow_of((uint16_t)id, PROBE_ICMP_ECHO);
		identity_flow(&p, &f);
		assert_in_range(f.icmp_sum, 1, 0xfffe);
		assert_in_range(f.flow_label, 1, 0xfffff);
		assert_int_not_equal(identity_ip_id(&p, &f, 0, 1), 0);
	}
}

static void an_echo_probe_is_complete(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(3, PROBE_ICMP_ECHO);
	struct probe_spec s;

	(void)state;
	identity_flow(&p, &f);
	identity_probe(&p, &f, 77, 5, 9, 1400, &s);
	assert_int_equal(s.id, 77);
	assert_int_equal(s.kind, PROBE_ICMP_ECHO);
	assert_int_equal(s.iface, 2);
	assert_int_equal(s.ttl, 9);
	assert_int_equal(s.dont_fragment, 1);
	assert_int_equal(s.src_port, 40001);
	assert_int_equal(s.dst_port, 5); /* the echo sequence number is the index */
	assert_int_equal(s.size, 1400);
	assert_int_equal(s.icmp_sum, f.icmp_sum);
	assert_int_equal(s.flow_label, f.flow_label);
	assert_int_equal(s.ip_id, identity_ip_id(&p, &f, 5, 9));
	assert_true(s.token == identity_token(&p, &f, 5, 9));
	assert_int_equal(s.seq, 0);
	assert_true(ip_addr_equal(&s.src, &f.src));
	assert_true(ip_addr_equal(&s.dst, &f.dst));
}

static void a_tcp_probe_is_complete(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(3, PROBE_TCP_SYN);
	struct probe_spec s;

	(void)state;
	identity_flow(&p, &f);
	identity_probe(&p, &f, 78, 5, 9, 1400, &s);
	assert_int_equal(s.src_port, 40001);
	assert_int_equal(s.dst_port, 443);
	assert_int_equal(s.seq, identity_seq(&p, &f, 5, 9));
	assert_int_equal(s.ack, 0);
	assert_int_equal(s.size, 1400); /* of a search for sizes; else 0, and no bytes */
	assert_true(s.token == 0);
}

static void a_neighbour_probe_carries_nothing(void **state)
{
	struct plan p = test_plan(7);
	struct plan_flow f = flow_of(3, PROBE_NEIGHBOUR);
	struct probe_spec s;

	(void)state;
	identity_probe(&p, &f, 79, 5, 255, 0, &s);
	assert_int_equal(s.kind, PROBE_NEIGHBOUR);
	assert_int_equal(s.src_port, 0);
	assert_int_equal(s.ip_id, 0);
	assert_true(s.token == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_gives_the_vectors),
		cmocka_unit_test(a_sequence_number_reads_back),
		cmocka_unit_test(a_token_is_a_hash),
		cmocka_unit_test(other_sequence_numbers_do_not_read),
		cmocka_unit_test(all_inputs_count),
		cmocka_unit_test(purposes_are_apart),
		cmocka_unit_test(constants_avoid_nought),
		cmocka_unit_test(an_echo_probe_is_complete),
		cmocka_unit_test(a_tcp_probe_is_complete),
		cmocka_unit_test(a_neighbour_probe_carries_nothing),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
