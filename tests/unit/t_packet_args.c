/* SPDX-License-Identifier: BSD-2-Clause */
/* The start arguments of erprobe-packet: what is taken, and the line for what is not. */
#define _GNU_SOURCE /* memfd_create */
#include "probe/packet/args.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#define WORDS_MAX 64

struct parsed {
	char words[1200];
	char *argv[WORDS_MAX];
	struct packet_args args;
	char err[200];
	bool ok;
};

/* Splits a command line at blanks. */
static struct parsed *parse(const char *line)
{
	static struct parsed p;
	int argc = 0;

	memset(&p, 0, sizeof(p));
	snprintf(p.words, sizeof(p.words), "%s", line);
	p.argv[argc++] = p.words;
	for (char *c = p.words; *c != '\0' && argc < WORDS_MAX - 1; c++)
		if (*c == ' ') {
			*c = '\0';
			p.argv[argc++] = c + 1;
		}
	p.ok = packet_args_parse(argc, p.argv, &p.args, p.err, sizeof(p.err));
	return &p;
}

static void everything(void **state)
{
	struct parsed *p = parse("x --channel-version 1 --iface eth0 --iface eth1.100 --allow 10.0.0.0/8 --allow "
	                         "192.0.2.1 --allow 2001:db8::/32 --rate 200 --ports 16 --snaplen 256 "
	                         "--watch 172.16.3.0/30 --watch 2001:db8:3::/126 --mirror span");
	char text[PREFIX_TEXT_MAX];

	(void)state;
	assert_true(p->ok);
	assert_int_equal(p->args.channel_version, 1);
	assert_int_equal(p->args.iface_count, 3);
	assert_string_equal(p->args.ifaces[2], "span");
	assert_true(!p->args.mirror[0] && !p->args.mirror[1] && p->args.mirror[2]);
	assert_string_equal(p->args.ifaces[0], "eth0");
	assert_string_equal(p->args.ifaces[1], "eth1.100");
	assert_int_equal(p->args.allow_count, 3);
	assert_string_equal(ip_prefix_text(&p->args.allow[1], text), "192.0.2.1/32");
	assert_int_equal(p->args.rate, 200);
	assert_int_equal(p->args.ports, 16);
	assert_int_equal(p->args.snaplen, 256);
	assert_int_equal(p->args.watch_count, 2);
	assert_string_equal(ip_prefix_text(&p->args.watch[1], text), "2001:db8:3::/126");
	packet_args_free(&p->args);
}

static void least_and_most(void **state)
{
	struct parsed *p = parse("x --channel-version 1 --iface a");

	(void)state;
	assert_true(p->ok);
	assert_int_equal(p->args.rate, 1); /* no rate is the lowest, not "max" */
	assert_int_equal(p->args.ports, 0);
	assert_int_equal(p->args.snaplen, 512);
	packet_args_free(&p->args);
	p = parse("x --channel-version 65535 --iface a --iface b --iface c --iface d --iface e --iface f --iface g "
	          "--iface abcdefghijklmno --rate max --ports 512 --snaplen 96");
	assert_true(p->ok);
	assert_int_equal(p->args.iface_count, 8);
	assert_int_equal(p->args.rate, 0);
	packet_args_free(&p->args);
}

static void next_hops(void **state)
{
	char line[1000];
	size_t len = (size_t)snprintf(line, sizeof(line), "x --channel-version 1 --iface a --via 10.0.0.1 --iface b --via fe80::1");
	struct parsed *p = parse(line);

	(void)state;
	assert_true(p->ok);
	assert_int_equal(p->args.via_count, 2);
	assert_int_equal(p->args.vias[0].iface, 0);
	assert_int_equal(p->args.vias[1].iface, 1);
	assert_int_equal(p->args.vias[1].addr.family, IP_V6);
	packet_args_free(&p->args);
	for (int i = 2; i < CHANNEL_VIAS_MAX; i++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, " --via 10.0.0.%d", i);
	p = parse(line);
	assert_true(p->ok);
	packet_args_free(&p->args);
	snprintf(line + len, sizeof(line) - len, " --via 10.0.1.1");
	p = parse(line);
	assert_false(p->ok);
	assert_non_null(strstr(p->err, "at most 16 next hops"));
	packet_args_free(&p->args);
}

static void alone_words(void **state)
{
	struct parsed *p;

	(void)state;
	assert_true(parse("x --help")->args.help);
	assert_true(parse("x --version")->args.version);
	p = parse("x --help --version");
	assert_false(p->ok);
	packet_args_free(&p->args);
}

#define BASE "x --channel-version 1 --iface a "

static void refused(void **state)
{
	static const struct { const char *line, *says; } rows[] = {
		{"x", "--channel-version and --iface are needed"},
		{"x --channel-version 1", "--channel-version and --iface are needed"},
		{"x --iface a", "--channel-version and --iface are needed"},
		{"x --channel-version", "--channel-version needs a value"},
		{"x --channel-version 0 --iface a", "--channel-version \"0\": expected a number"},
		{"x --channel-version 65536 --iface a", "--channel-version \"65536\": expected a number"},
		{"x --channel-version 1x --iface a", "--channel-version \"1x\": expected a number"},
		{"x --channel-version -1 --iface a", "--channel-version \"-1\": expected a number"},
		{"x --channel-version +1 --iface a", "--channel-version \"+1\": expected a number"},
		{BASE "--iface a", "--iface \"a\": expected each interface once"},
		{BASE "--iface abcdefghijklmnop", "--iface \"abcdefghijklmnop\": expected an interface name"},
		{BASE "--capture mirror", "--capture \"mirror\": expected quick, bulk, light or none"},
		{BASE "--iface ../x", "--iface \"../x\": expected an interface name"},
		{BASE "--iface ..", "--iface \"..\": expected an interface name"},
		{BASE "--iface a:1", "--iface \"a:1\": expected an interface name"},
		{BASE "--iface \x1b[2J", "expected an interface name"},
		{BASE "--iface b --iface c --iface d --iface e --iface f --iface g --iface h --iface i", "at most 8 interfaces"},
		{BASE "--allow 10.0.0.1/8", "--allow \"10.0.0.1/8\": expected an address or a prefix without host bits"},
		{BASE "--allow host.example", "--allow \"host.example\": expected an address"},
		{BASE "--allow 10.0.0.0/33", "expected an address"},
		{BASE "--rate 0", "--rate \"0\": expected packets a second from 1 to 1000000, or max"},
		{BASE "--rate 1000001", "--rate \"1000001\""},
		{BASE "--rate 99999999999999999999999", "--rate \"99999999999999999999999\""},
		{BASE "--rate 0.5", "--rate \"0.5\""},
		{BASE "--ports 513", "--ports \"513\": expected a number from 0 to 512"},
		{BASE "--snaplen 95", "--snaplen \"95\": expected bytes from 96 to 512"},
		{BASE "--snaplen 513", "--snaplen \"513\""},
		{BASE "--watch 172.16.3.1/30", "--watch \"172.16.3.1/30\": expected a peering's prefix, /24 or longer (IPv6 /64), without host bits"},
		{BASE "--watch 172.16.0.0/16", "--watch \"172.16.0.0/16\": expected a peering's prefix"},
		{BASE "--watch 128.0.0.0/1", "--watch \"128.0.0.0/1\": expected a peering's prefix"},
		{BASE "--watch 2001:db8::/32", "--watch \"2001:db8::/32\": expected a peering's prefix"},
		{BASE "--watch 0.0.0.0/0", "--watch \"0.0.0.0/0\": expected a peering's prefix"},
		{BASE "--mirror a --watch 172.16.3.0/30", "--iface \"a\": expected each interface once"},
		{BASE "--mirror b", "--mirror needs --watch"},
		{BASE "--watch tcp", "--watch \"tcp\""},
		{BASE "--via 10.0.0.1/24", "--via \"10.0.0.1/24\": expected the address of a next hop"},
		{BASE "--via 224.0.0.1", "--via \"224.0.0.1\": expected the address of a next hop"},
		{"x --channel-version 1 --via 10.0.0.1 --iface a", "--via \"10.0.0.1\": expected --iface before it"},
		{BASE "--mirror m --watch 172.16.3.0/30 --via 10.0.0.1", "--via \"10.0.0.1\": expected --iface before it"},
		{BASE "--file /etc/passwd", "unknown argument \"--file\": see --help"},
		{BASE "--rate", "--rate needs a value"},
		{"x --help x", "unknown argument \"--help\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct parsed *p = parse(rows[i].line);

		if (p->ok || strstr(p->err, rows[i].says) == NULL)
			fail_msg("\"%s\": \"%s\"", rows[i].line, p->err);
		assert_null(strchr(p->err, '\n'));
		packet_args_free(&p->args);
	}
}

/* A helper of another version must be able to say so, whatever follows. */
static void version_survives_a_bad_argument(void **state)
{
	struct parsed *p = parse("x --channel-version 7 --new-thing 1");

	(void)state;
	assert_false(p->ok);
	assert_int_equal(p->args.channel_version, 7);
	packet_args_free(&p->args);
}

/* Puts a list where --allow-fd looks for it; what stood there comes back with unlist(). */
static int list(const void *data, size_t len, bool sealed)
{
	int kept = dup(CHANNEL_ALLOW_FD), fd = memfd_create("list", MFD_ALLOW_SEALING);

	assert_true(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	assert_true(!sealed || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	if (fd != CHANNEL_ALLOW_FD) {
		assert_int_equal(dup2(fd, CHANNEL_ALLOW_FD), CHANNEL_ALLOW_FD);
		close(fd);
	}
	return kept;
}

static void unlist(int kept)
{
	close(CHANNEL_ALLOW_FD);
	if (kept >= 0 && kept != CHANNEL_ALLOW_FD) {
		dup2(kept, CHANNEL_ALLOW_FD);
		close(kept);
	}
}

#define LIST_LINE "x --channel-version 2 --iface eth0 --allow-fd 4"

static void refuse_list(const void *data, size_t len, bool sealed)
{
	int kept = list(data, len, sealed);
	struct parsed *p = parse(LIST_LINE);

	assert_false(p->ok);
	assert_non_null(strstr(p->err, "--allow-fd"));
	packet_args_free(&p->args);
	unlist(kept);
}

static void a_list_of_targets(void **state)
{
	struct ip_prefix many[3000], bad[2];

	(void)state;
	for (uint32_t i = 0; i < 3000; i++)
		many[i] = (struct ip_prefix){ip_addr_from(IP_V4, (uint8_t[]){10, 0, (uint8_t)(i >> 8), (uint8_t)i}), 32};
	int kept = list(many, sizeof(many), true);
	struct parsed *p = parse(LIST_LINE " --capture bulk");
	assert_true(p->ok);
	assert_int_equal(p->args.how, CAPTURE_BULK);
	assert_int_equal(p->args.allow_count, 3000);
	assert_memory_equal(p->args.allow, many, sizeof(many));
	packet_args_free(&p->args);
	unlist(kept);
	refuse_list(many, sizeof(many), false);    /* could change under our eyes */
	refuse_list(many, sizeof(many) - 1, true); /* half a prefix */
	refuse_list(many, 0, true);
	memcpy(bad, many, sizeof(bad));
	bad[1].len = 24, bad[1].addr.bytes[3] = 1; /* host bits */
	refuse_list(bad, sizeof(bad), true);
	bad[1].len = 33, bad[1].addr.bytes[3] = 0;
	refuse_list(bad, sizeof(bad), true);
	bad[1] = many[1], bad[1].addr.family = 5;
	refuse_list(bad, sizeof(bad), true);
	bad[1] = many[1], bad[1].addr.bytes[9] = 1; /* beyond its family */
	refuse_list(bad, sizeof(bad), true);
	p = parse("x --channel-version 2 --iface eth0 --allow 10.0.0.1 --allow-fd 4");
	assert_false(p->ok);
	packet_args_free(&p->args);
	p = parse("x --channel-version 2 --iface eth0 --allow-fd 3");
	assert_false(p->ok);
	packet_args_free(&p->args);
	p = parse("x --channel-version 2 --iface eth0 --allow 10.0.0.1 --capture light");
	assert_int_equal(p->args.how, CAPTURE_LIGHT);
	packet_args_free(&p->args);
	p = parse("x --channel-version 2 --iface eth0 --capture slow");
	assert_false(p->ok);
	packet_args_free(&p->args);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),
		cmocka_unit_test(least_and_most),
		cmocka_unit_test(next_hops),
		cmocka_unit_test(alone_words),
		cmocka_unit_test(refused),
		cmocka_unit_test(version_survives_a_bad_argument),
		cmocka_unit_test(a_list_of_targets),
	};

	return cmocka_run_group_tests_name("packet_args", tests, NULL, NULL);
}
