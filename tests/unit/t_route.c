/* SPDX-License-Identifier: BSD-2-Clause */
/* Netlink attributes from bytes, and the kernel's own answers in a network namespace
 * of this test (needs root or user namespaces, and ip(8); skipped without). */
#define _GNU_SOURCE /* unshare */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "erprobe/clock.h"
#include "probe/host/route.h"
#include "probe/host/route_map.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct ip_addr ip(const char *text)
{
	struct ip_addr a;
	if (!ip_addr_parse(text, &a))
		fail_msg("'%s' is no address", text);
	return a;
}

static void test_attributes(void **state)
{
	(void)state;
	uint8_t bytes[64];
	struct wr w = wr_over(bytes, sizeof(bytes));
	const uint32_t number = 0x01020304;
	netlink_put(&w, 7, "abcde", 5); /* 9 bytes and 3 of padding */
	netlink_put(&w, 0x8000 | 9, &number, sizeof(number)); /* NLA_F_NESTED is no part of the type */
	assert_true(wr_ok(&w));
	assert_int_equal(wr_len(&w), 12 + 8);
	uint16_t type;
	struct rd r = rd_over(bytes, wr_len(&w)), value;
	assert_true(netlink_attribute(&r, &type, &value));
	assert_int_equal(type, 7);
	assert_int_equal(rd_left(&value), 5);
	assert_memory_equal(value.at, "abcde", 5);
	assert_true(netlink_attribute(&r, &type, &value));
	assert_int_equal(type, 9);
	assert_int_equal(netlink_u32(&value), number);
	assert_false(netlink_attribute(&r, &type, &value));
	/* Cut anywhere: never more than what is there. */
	for (size_t len = 0; len < 20; len++) {
		struct rd cut = rd_over(bytes, len);
		size_t found = 0;
		while (netlink_attribute(&cut, &type, &value))
			found++;
		assert_int_equal(found, len >= 9 ? 1 : 0);
	}
	static const uint8_t broken[][8] = {{0}, {3, 0, 1, 0}, {9, 0, 1, 0, 1, 2, 3, 4}, {255, 255, 1, 0}};
	for (size_t i = 0; i < COUNT(broken); i++) {
		r = rd_over(broken[i], sizeof(broken[i]));
		assert_false(netlink_attribute(&r, &type, &value));
	}
}

/* ip(8) with these commands: its exit code, 127 when it is not there. */
static int run_ip(const char *commands)
{
	int fds[2], status = -1;
	if (pipe(fds) != 0)
		return 127;
	pid_t child = fork();
	if (child == 0) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		execlp("ip", "ip", "-batch", "-", (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	size_t len = strlen(commands);
	bool ok = child > 0 && write(fds[1], commands, len) == (ssize_t)len;
	close(fds[1]);
	return ok && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

/* A host with two legs: la (10.0.1.1/24, fd00:1::1/64) and lb (10.0.2.1/24), each a veth
 * whose other end stays here, nameless and without address. */
static const char network[] =
	"link set lo up\n"
	"link add la address 02:00:00:00:00:0a type veth peer name la2\n"
	"link add lb address 02:00:00:00:00:0b type veth peer name lb2\n"
	"link add lc type veth peer name lc2\n"
	"link set la up\nlink set la2 up\nlink set lb up\nlink set lb2 up\n"
	"addr add 10.0.1.1/24 dev la\naddr add 10.0.1.7/24 dev la\naddr add 10.0.2.1/24 dev lb\n"
	"addr add fd00:1::1/64 dev la nodad\n"
	"route add 10.1.0.0/16 via 10.0.1.254\n"
	"route add 10.2.0.0/16 via 10.0.2.254 src 10.0.1.7\n"
	"route add unreachable 10.3.0.0/16\nroute add blackhole 10.4.0.0/16\nroute add prohibit 10.5.0.0/16\n"
	"route add 10.6.0.0/16 via inet6 fd00:1::fe dev la\n"
	"route add fd00:2::/64 via fd00:1::fe\n"
	"rule add from 10.0.1.7 table 77\nroute add default via 10.0.1.77 table 77\n"
	"rule add ipproto tcp dport 443 table 78\nroute add default via 10.0.2.78 table 78\n"
	"neigh add 10.0.1.9 lladdr 02:00:00:00:00:99 dev la nud permanent\n";

static bool have_network;

static int make_network(void **state)
{
	(void)state;
	bool apart = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	int code = apart ? run_ip(network) : 127;
	have_network = code == 0;
	if (code == 127)
		print_message("no network namespace with ip(8) here: the kernel's answers are not tested\n");
	return code == 127 ? 0 : code;
}

struct fixture { struct netlink kernel; struct net_host host; };

static void open_host(struct fixture *f)
{
	char err[256] = "";
	if (!have_network)
		skip();
	if (!netlink_open(&f->kernel, err, sizeof(err)) || !net_host_read(&f->kernel, &f->host, err, sizeof(err)))
		fail_msg("%s", err);
}

static void close_host(struct fixture *f)
{
	net_host_free(&f->host);
	netlink_close(&f->kernel);
}

static void test_host(void **state)
{
	(void)state;
	struct fixture f;
	open_host(&f);
	const struct net_iface *lo = net_iface_named(&f.host, "lo"), *a = net_iface_named(&f.host, "la"),
	                       *a2 = net_iface_named(&f.host, "la2"), *c = net_iface_named(&f.host, "lc");
	assert_non_null(lo);
	assert_true(lo->loopback && lo->up && !lo->resolves);
	assert_non_null(a);
	assert_true(a->up && a->carrier && a->resolves && !a->loopback);
	assert_memory_equal(a->mac, "\2\0\0\0\0\x0a", 6);
	assert_int_equal(a->lower, a2->index); /* a veth names its other end */
	assert_non_null(c);
	assert_true(!c->up && !c->carrier);
	assert_null(net_iface_named(&f.host, "x"));
	assert_ptr_equal(net_iface_at(&f.host, a->index), a);
	assert_null(net_iface_at(&f.host, 9999));
	struct ip_addr own = ip("10.0.1.7"), own6 = ip("fd00:1::1"), other = ip("10.0.1.2"), none = ip_addr_none();
	assert_int_equal(net_address_iface(&f.host, &own), a->index);
	assert_int_equal(net_address_iface(&f.host, &own6), a->index);
	assert_int_equal(net_address_iface(&f.host, &other), 0);
	assert_int_equal(net_address_iface(&f.host, &none), 0);
	close_host(&f);
}

/* oif, next hop and source as text; oif NULL = no route. */
static const struct lookup {
	const char *dst, *src, *bind;
	uint8_t protocol;
	uint16_t dport;
	const char *oif, *next_hop, *source;
} lookups[] = {
	{"10.0.1.50", NULL, NULL, 0, 0, "la", "10.0.1.50", "10.0.1.1"},
	{"10.1.2.3", NULL, NULL, IPPROTO_ICMP, 0, "la", "10.0.1.254", "10.0.1.1"},
	{"10.2.2.3", NULL, NULL, IPPROTO_TCP, 80, "lb", "10.0.2.254", "10.0.1.7"},
	{"10.2.2.3", "10.0.2.1", NULL, 0, 0, "lb", "10.0.2.254", "10.0.2.1"},
	{"10.2.2.3", "10.0.1.7", NULL, 0, 0, "la", "10.0.1.77", "10.0.1.7"},   /* a rule on the source */
	{"10.1.2.3", NULL, NULL, IPPROTO_TCP, 443, "lb", "10.0.2.78", "10.0.2.1"}, /* a rule on the port */
	{"10.1.2.3", "10.9.9.9", NULL, 0, 0, NULL, NULL, NULL},               /* not our source */
	{"10.3.0.1", NULL, NULL, 0, 0, NULL, NULL, NULL},
	{"10.4.0.1", NULL, NULL, 0, 0, NULL, NULL, NULL},
	{"10.5.0.1", NULL, NULL, 0, 0, NULL, NULL, NULL},
	{"10.6.0.1", NULL, NULL, 0, 0, "la", "fd00:1::fe", "10.0.1.1"},
	{"10.7.0.1", NULL, NULL, 0, 0, NULL, NULL, NULL},
	{"10.1.2.3", NULL, "la", 0, 0, "la", "10.0.1.254", "10.0.1.1"},
	{"10.1.2.3", NULL, "lb", 0, 0, NULL, NULL, NULL},  /* the kernel would assume on-link */
	{"10.0.1.50", NULL, "lc", 0, 0, NULL, NULL, NULL}, /* switched off */
	{"fd00:1::5", NULL, NULL, 0, 0, "la", "fd00:1::5", "fd00:1::1"},
	{"fd00:2::5", NULL, NULL, IPPROTO_ICMPV6, 0, "la", "fd00:1::fe", "fd00:1::1"},
	{"fd00:2::5", "fd00:1::1", NULL, IPPROTO_TCP, 80, "la", "fd00:1::fe", "fd00:1::1"},
	{"fd00:3::5", NULL, NULL, 0, 0, NULL, NULL, NULL},
	{"fd00:2::5", NULL, "lb", 0, 0, NULL, NULL, NULL},
};

static void test_lookups(void **state)
{
	(void)state;
	struct fixture f;
	size_t bad = 0;
	open_host(&f);
	for (size_t i = 0; i < COUNT(lookups); i++) {
		const struct lookup *l = &lookups[i];
		struct route_query q = {.dst = ip(l->dst), .src = l->src ? ip(l->src) : ip_addr_none(), .protocol = l->protocol,
		                        .dport = l->dport, .oif = l->bind ? net_iface_named(&f.host, l->bind)->index : 0};
		struct route r;
		char err[256] = "", hop[IP_TEXT_MAX], src[IP_TEXT_MAX];
		assert_true(route_lookup(&f.kernel, &q, &r, err, sizeof(err)));
		const struct net_iface *oif = net_iface_at(&f.host, r.oif);
		ip_addr_text(&r.next_hop, hop);
		ip_addr_text(&r.source, src);
		bool good = !l->oif ? !r.reachable
		                    : r.reachable && !r.local && oif && !strcmp(oif->name, l->oif) && !strcmp(hop, l->next_hop) &&
		                              !strcmp(src, l->source);
		if (!good)
			print_error("row %zu: %s: reachable %d oif %s via %s from %s\n", i, l->dst, r.reachable, oif ? oif->name : "-", hop, src);
		bad += good ? 0 : 1;
	}
	assert_int_equal(bad, 0);
	close_host(&f);
}

static void test_local(void **state)
{
	(void)state;
	static const char *const own[] = {"10.0.1.1", "127.0.0.1", "127.9.9.9", "fd00:1::1", "::1"};
	struct fixture f;
	open_host(&f);
	for (size_t i = 0; i < COUNT(own); i++) {
		struct route_query q = {.dst = ip(own[i])};
		struct route r;
		char err[256];
		assert_true(route_lookup(&f.kernel, &q, &r, err, sizeof(err)));
		/* The kernel makes an IPv6 address ready in its own time, also without looking for duplicates. */
		for (int tries = 0; tries < 200 && !r.local; tries++) {
			nanosleep(&(struct timespec){.tv_nsec = 10 * NS_PER_MS}, NULL);
			assert_true(route_lookup(&f.kernel, &q, &r, err, sizeof(err)));
		}
		assert_true(r.local && r.reachable);
	}
	close_host(&f);
}

static void test_neighbours(void **state)
{
	(void)state;
	struct fixture f;
	struct neighbour n;
	char err[256];
	open_host(&f);
	uint32_t a = net_iface_named(&f.host, "la")->index;
	struct ip_addr known = ip("10.0.1.9"), unknown = ip("10.0.1.10"), unknown6 = ip("fd00:1::9");
	assert_true(neighbour_lookup(&f.kernel, &known, a, &n, err, sizeof(err)));
	assert_int_equal(n.state, NEIGHBOUR_RESOLVED);
	assert_true(n.has_mac);
	assert_memory_equal(n.mac, "\2\0\0\0\0\x99", 6);
	assert_true(neighbour_lookup(&f.kernel, &unknown, a, &n, err, sizeof(err)));
	assert_int_equal(n.state, NEIGHBOUR_UNKNOWN);
	assert_true(neighbour_lookup(&f.kernel, &unknown6, a, &n, err, sizeof(err)));
	assert_int_equal(n.state, NEIGHBOUR_UNKNOWN);
	assert_true(neighbour_lookup(&f.kernel, &known, 9999, &n, err, sizeof(err)));
	assert_int_equal(n.state, NEIGHBOUR_UNKNOWN);
	close_host(&f);
}

/* The answer of the map, made as its users make it. */
static bool by_map(struct route_map *m, struct netlink *kernel, const struct route_query *q, struct route *out, unsigned *asked)
{
	char err[256];

	if (route_map_get(m, &q->dst, out))
		return true;
	*asked += !ip_addr_is_multicast(&q->dst);
	if (!route_lookup(kernel, q, out, err, sizeof(err)))
		return false;
	route_map_put(m, &q->dst, out);
	return true;
}

static bool same_route(const struct route *a, const struct route *b)
{
	return a->reachable == b->reachable && a->local == b->local && a->broadcast == b->broadcast && a->on_link == b->on_link &&
	       a->oif == b->oif && a->error == b->error && ip_addr_equal(&a->next_hop, &b->next_hop) && ip_addr_equal(&a->source, &b->source);
}

/* An address near an edge of the network above, or any. */
static struct ip_addr some_address(uint32_t i)
{
	static const uint32_t edges[] = {0, 0x0a000100, 0x0a000101, 0x0a000107, 0x0a0001ff, 0x0a000200, 0x0a010000, 0x0a020000, 0x0a030000,
	                                 0x0a070000, 0x0a630000, 0x0a630100, 0x0a6300fe, 0x7f000000, 0x80000000, 0xe0000000, 0xffffffff};
	uint32_t n = i * 2654435761u;
	uint32_t at = i % 3 == 0 ? 0x0a000000 | n >> 8 : i % 3 == 1 ? n : edges[n % COUNT(edges)] + (n >> 9 & 3) - 1;

	return ip_addr_from(IP_V4, (uint8_t[]){(uint8_t)(at >> 24), (uint8_t)(at >> 16), (uint8_t)(at >> 8), (uint8_t)at});
}

static void compare_with_map(struct fixture *f, struct route_query q)
{
	struct route_map m;
	unsigned asked = 0;

	route_map_make(&m);
	assert_true(m.count > 10);
	for (uint32_t i = 0; i < 6000; i++) {
		struct route one, once;
		char err[256] = "", text[IP_TEXT_MAX];

		q.dst = some_address(i);
		assert_true(route_lookup(&f->kernel, &q, &one, err, sizeof(err)));
		assert_true(by_map(&m, &f->kernel, &q, &once, &asked));
		if (!same_route(&one, &once))
			fail_msg("%s: the map's route is another", ip_addr_text(&q.dst, text));
	}
	assert_true(asked <= m.count); /* of 6,000 */
	route_map_free(&m);
}

/* Two prefixes as far apart as they can be, a gateway that no other route leads to, and a rule that looks at destinations. */
static const char more_routes[] =
	"route add 10.99.0.254/32 via 10.0.1.254\nroute add 10.99.0.0/16 via 10.99.0.254 dev la onlink\n"
	"route add default via 10.88.0.1 dev lb onlink table 79\nrule add to 10.99.1.0/24 table 79\n"
	"route add 128.0.0.0/1 via 10.0.1.253\n";
static const char multipath[] = "route add 10.98.0.0/16 nexthop via 10.0.1.254 nexthop via 10.0.2.254\n";

static void test_map(void **state)
{
	struct fixture f;
	struct route_map m;
	struct route r;
	const struct ip_addr any = ip("10.1.2.3");

	(void)state;
	open_host(&f);
	assert_int_equal(run_ip(more_routes), 0);
	compare_with_map(&f, (struct route_query){.protocol = IPPROTO_ICMP});
	compare_with_map(&f, (struct route_query){.protocol = IPPROTO_TCP, .dport = 443});
	compare_with_map(&f, (struct route_query){.src = ip("10.0.1.7")});
	compare_with_map(&f, (struct route_query){.oif = net_iface_named(&f.host, "lb")->index});
	/* What is chosen by destination is in no map. */
	assert_int_equal(run_ip(multipath), 0);
	route_map_make(&m);
	assert_int_equal(m.count, 0);
	route_map_put(&m, &any, &r);
	assert_false(route_map_get(&m, &any, &r));
	route_map_free(&m);
	close_host(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes), cmocka_unit_test(test_host),       cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_local),      cmocka_unit_test(test_neighbours), cmocka_unit_test(test_map),
	};
	return cmocka_run_group_tests_name("route", tests, make_network, NULL);
}
