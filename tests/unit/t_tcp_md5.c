/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed probes of port 179: digests, keys, what leaves, and what evidence keeps of them. */
#include "tests/unit/match_frames.h"

#include "analysis/path/path.h"
#include "analysis/record/blank.h"
#include "probe/host/crypto_calls.h"
#include "probe/packet/craft.h"
#include "probe/run/tcp_md5.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "correct-horse"

static struct probe_spec spec(uint8_t kind, bool v6)
{
	struct probe_spec s = {.id = 1, .kind = kind, .ttl = PATH_TTL_GTSM, .dont_fragment = 1, .src_port = 33001, .dst_port = 179,
	                       .seq = 0x01020304, .ip_id = 7, .flow_label = v6 ? 9 : 0};

	s.src = addr(v6 ? "fd00::1" : "172.31.255.1");
	s.dst = addr(v6 ? "fd00::2" : "172.31.255.2");
	return s;
}

static void is_hex(const uint8_t *bytes, const char *hex)
{
	char text[2 * TCP_DIGEST_BYTES + 1];

	for (size_t i = 0; i < TCP_DIGEST_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	assert_string_equal(text, hex);
}

/* Computed by another implementation of RFC 2385 (Python's hashlib over the same fields). */
static void digests_are_those_of_the_rfc(void **state)
{
	struct probe_spec syn = spec(PROBE_TCP_SYN, false), rst = spec(PROBE_TCP_RST, true);
	uint8_t digest[TCP_DIGEST_BYTES];
	char err[200];

	(void)state;
	assert_true(crypto_load(err, sizeof err));
	assert_true(tcp_md5_digest(&syn, KEY, strlen(KEY), digest));
	is_hex(digest, "1a5f5120abd380b151b0f161a0bdaa07");
	assert_true(tcp_md5_digest(&rst, KEY, strlen(KEY), digest));
	is_hex(digest, "59dce61a009e649fc6386c42a71db532");
}

/* What is built has the option where it belongs, the rest as the digest covers it, and a right checksum. */
static void a_signed_segment(void **state)
{
	static const uint8_t kinds[] = {PROBE_TCP_SYN, PROBE_TCP_RST};
	char err[200];
	struct craft *c = craft_new(err, sizeof err);

	(void)state;
	assert_non_null(c);
	for (int v6 = 0; v6 < 2; v6++)
		for (size_t k = 0; k < 2; k++) {
			struct probe_spec s = spec(kinds[k], v6);
			uint8_t bytes[CRAFT_BYTES_MAX], mac[6] = {0}, pseudo[40];
			size_t ip = v6 ? 40 : 20, header = kinds[k] == PROBE_TCP_SYN ? 44 : 40;
			s.is_signed = 1;
			memset(s.digest, 0xa5, sizeof s.digest);
			assert_int_equal(craft_build(c, &s, mac, bytes), ip + header);
			const uint8_t *tcp = bytes + ip, *option = tcp + 20;
			assert_int_equal(tcp[12] >> 4, header / 4);
			assert_true(option[0] == 1 && option[1] == 1 && option[2] == 19 && option[3] == 18);
			assert_memory_equal(option + 4, s.digest, sizeof s.digest);
			struct wr w = wr_over(pseudo, sizeof pseudo);
			wr_bytes(&w, s.src.bytes, ip_addr_len(s.src.family));
			wr_bytes(&w, s.dst.bytes, ip_addr_len(s.dst.family));
			wr_u32(&w, (uint32_t)header);
			wr_u32(&w, 6);
			assert_int_equal(inet_sum_fold(inet_sum(inet_sum(0, pseudo, wr_len(&w)), tcp, header)), 0);
		}
	craft_free(c);
}

static void file_of(char path[64], const char *text, size_t len, mode_t mode)
{
	snprintf(path, 64, "/tmp/erprobe-md5-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void file_with(char path[64], const char *text, mode_t mode) { file_of(path, text, strlen(text), mode); }

static void plan_with(struct plan *p, struct plan_circuit *c, struct plan_flow *f, const char *path)
{
	memset(p, 0, sizeof *p);
	memset(c, 0, sizeof *c);
	memcpy(p->key, "0123456789abcdef", RUN_KEY_BYTES);
	*f = (struct plan_flow){.role = FLOW_BGP_SIGNED, .kind = PROBE_TCP_SYN, .src = addr("172.31.255.1"), .dst = addr("172.31.255.2"),
	                        .src_port = 33001, .dst_port = 179, .link = LINK_PRIMARY};
	snprintf(c->links[LINK_PRIMARY].tcp_md5_key_file, KEY_FILE_MAX, "%s", path);
	p->circuits = c;
	p->circuit_count = 1;
	p->flows = f;
	p->flow_count = 1;
	identity_flow(p, f);
}

static void probes_are_signed(void **state)
{
	struct plan p;
	struct plan_circuit c;
	struct plan_flow f;
	struct tcp_md5 *t;
	struct probe_spec s, rst;
	uint8_t digest[TCP_DIGEST_BYTES];
	char path[64], err[300] = "";

	(void)state;
	file_with(path, KEY "\n", 0600);
	plan_with(&p, &c, &f, path);
	assert_true(tcp_md5_make(&p, &t, err, sizeof err));
	identity_probe(&p, &f, 5, BGP_SIGNED_MAX - 1, PATH_TTL_GTSM, 0, &s);
	rst = s;
	rst.kind = PROBE_TCP_RST;
	rst.seq++;
	assert_true(tcp_md5_digest(&s, KEY, strlen(KEY), digest));
	assert_true(tcp_md5_sign(t, &p, &f, &s) && s.is_signed);
	assert_memory_equal(s.digest, digest, sizeof digest);
	assert_true(tcp_md5_digest(&rst, KEY, strlen(KEY), digest));
	assert_true(tcp_md5_sign(t, &p, &f, &rst) && rst.is_signed);
	assert_memory_equal(rst.digest, digest, sizeof digest);
	/* One more than was foreseen, another TTL, a number that is not ours, no signatures at all. */
	identity_probe(&p, &f, 5, BGP_SIGNED_MAX, PATH_TTL_GTSM, 0, &s);
	assert_false(tcp_md5_sign(t, &p, &f, &s));
	identity_probe(&p, &f, 5, 1, PATH_TTL_FULL, 0, &s);
	assert_false(tcp_md5_sign(t, &p, &f, &s));
	identity_probe(&p, &f, 5, 1, PATH_TTL_GTSM, 0, &s);
	assert_false(tcp_md5_sign(NULL, &p, &f, &s));
	/* What is not to be signed is left alone. */
	f.role = FLOW_BGP_MSEE;
	assert_true(tcp_md5_sign(t, &p, &f, &s) && !s.is_signed);
	tcp_md5_free(t);
	assert_true(tcp_md5_make(&p, &t, err, sizeof err) && t == NULL);
	unlink(path);
}

#define TEXT(t) t, sizeof(t) - 1 /* a literal and its bytes, of which some may be NUL */

static void bad_keys_are_refused(void **state)
{
	static const struct { const char *text; size_t len; mode_t mode; const char *says; } rows[] = {
		{TEXT(KEY "\n"), 0604, "is open to others: chmod"}, {TEXT(KEY "\n"), 0660, "is open to others: chmod"}, {TEXT("\n"), 0600, "is empty"},
		{TEXT(KEY "\n" KEY "\n"), 0600, "more than one line"}, {TEXT(KEY "\r" KEY), 0600, "more than one line"},
		{TEXT(KEY "\0" KEY "\n"), 0600, "holds a NUL"}, {TEXT(KEY "\t" KEY), 0600, "holds a control character"},
		{TEXT(KEY "\x1b[2J"), 0600, "holds a control character"},
		{TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 0600, "more than 80 bytes"},
	};
	struct plan p;
	struct plan_circuit c;
	struct plan_flow f;
	struct tcp_md5 *t;
	char path[64], err[300];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		file_of(path, rows[i].text, rows[i].len, rows[i].mode);
		plan_with(&p, &c, &f, path);
		assert_false(tcp_md5_make(&p, &t, err, sizeof err));
		assert_non_null(strstr(err, rows[i].says));
		assert_null(strstr(err, KEY));
		assert_null(strchr(err, '\n'));
		unlink(path);
	}
	plan_with(&p, &c, &f, "/nonexistent/key");
	assert_false(tcp_md5_make(&p, &t, err, sizeof err));
	assert_non_null(strstr(err, "cannot open the TCP MD5 key's file /nonexistent/key"));
}

static bool has(const struct frame *f, const uint8_t digest[TCP_DIGEST_BYTES])
{
	for (size_t i = 0; i + TCP_DIGEST_BYTES <= f->cap_len; i++)
		if (memcmp(f->bytes + i, digest, TCP_DIGEST_BYTES) == 0)
			return true;
	return false;
}

/* Some stacks subtract the header from the length before they quote: the digest is there all the same. */
static void quotes_that_lie(const struct datagram *quote, bool v6)
{
	for (uint8_t said = 0; said < 64; said++) {
		struct datagram d = *quote;
		struct frame f;
		uint8_t *quoted_ip = d.bytes + (v6 ? 40 : 20) + 8;
		quoted_ip[v6 ? 5 : 3] = said;
		frame_of(&d, 1, &f);
		frame_blank_digests(&f);
		for (size_t i = 0; i < f.cap_len; i++)
			assert_int_not_equal(f.bytes[i], 0xa5);
	}
}

/* Of a segment, and of one that an error quotes, whole or cut; the rest stays as it was. */
static void digests_are_blanked(void **state)
{
	char err[200];
	struct craft *c = craft_new(err, sizeof err);

	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		struct probe_spec s = spec(PROBE_TCP_SYN, v6);
		struct ip_addr from = addr(v6 ? RT6 : RT);
		struct datagram d = {.len = 0}, quote;
		uint8_t bytes[CRAFT_BYTES_MAX], mac[6] = {0};
		struct frame f;
		struct decoded x;
		s.is_signed = 1;
		memset(s.digest, 0xa5, sizeof s.digest);
		d.len = craft_build(c, &s, mac, bytes);
		memcpy(d.bytes, bytes, d.len);
		frame_of(&d, 1, &f);
		assert_true(has(&f, s.digest));
		frame_blank_digests(&f);
		assert_false(has(&f, s.digest));
		decode_frame(&f, &x);
		assert_true(x.tcp.present && x.tcp.seq == s.seq && x.tcp.signature == TCP_MD5);
		assert_true(x.tcp.start[16] == 0 && x.tcp.start[17] == 0);

		icmp_wrap(&quote, &from, &s.src, v6 ? 1 : 3, v6 ? 3 : 1, 0, 60, d.bytes, d.len);
		for (size_t cut = 0; cut < 30; cut += 29) {
			frame_of(&quote, 1, &f);
			f.cap_len = (uint16_t)(f.cap_len - cut);
			frame_blank_digests(&f);
			for (size_t i = 0; i < f.cap_len; i++)
				assert_int_not_equal(f.bytes[i], 0xa5);
			decode_frame(&f, &x);
			assert_true(x.icmp.is_error && x.icmp.quoted_tcp.seq == s.seq);
			assert_int_equal(x.icmp.checksum_ok, cut == 0);
		}
		quotes_that_lie(&quote, v6);
		/* What has no signature stays as it is. */
		s.is_signed = 0;
		d.len = craft_build(c, &s, mac, bytes);
		memcpy(d.bytes, bytes, d.len);
		frame_of(&d, 1, &f);
		struct frame before = f;
		frame_blank_digests(&f);
		assert_memory_equal(&f, &before, sizeof f);
	}
	craft_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_rfc), cmocka_unit_test(a_signed_segment), cmocka_unit_test(probes_are_signed),
		cmocka_unit_test(bad_keys_are_refused), cmocka_unit_test(digests_are_blanked),
	};

	return cmocka_run_group_tests_name("tcp_md5", tests, NULL, NULL);
}
