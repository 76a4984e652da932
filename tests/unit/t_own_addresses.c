/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* unshare */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/host/own_addresses.h"

#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static bool have_loopback;

static struct ip_addr parsed(const char *text)
{
	struct ip_addr a = ip_addr_none();

	assert_true(ip_addr_parse(text, &a));
	return a;
}

/* No descriptor can be had, or as many as before. */
static void descriptors(bool some)
{
	static rlim_t usual;
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	usual = usual == 0 ? r.rlim_cur : usual;
	r.rlim_cur = some ? usual : 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
}

/* An address that went between the plan and the run is found by the first look, also where that could not be taken at first. */
static void what_went_before_the_run(void **state)
{
	struct plan_flow flows[] = {{.src = parsed("127.0.0.1")}, {.src = parsed("192.0.2.77")}, {.src = parsed("192.0.2.77")}, {.src = ip_addr_none()}, {.src = parsed("127.3.2.1")}};
	const struct plan p = {.flows = flows, .flow_count = sizeof flows / sizeof flows[0]};
	struct own_addresses o;
	char err[160];

	(void)state;
	if (!have_loopback)
		skip();
	assert_true(own_addresses_open(&o, &p, err, sizeof err));
	assert_int_equal(o.count, 3);
	assert_true(own_addresses_due(&o));
	descriptors(false);
	assert_false(own_addresses_take(&o));
	assert_true(own_addresses_due(&o));
	assert_false(own_addresses_gone(&o, &flows[1].src));
	descriptors(true);
	assert_true(own_addresses_take(&o));
	assert_false(own_addresses_due(&o));
	assert_false(o.list[0].went || own_addresses_gone(&o, &flows[0].src));
	assert_false(o.list[2].went || own_addresses_gone(&o, &flows[4].src)); /* of no interface, by the route of 127.0.0.0/8 */
	assert_true(o.list[1].went && own_addresses_gone(&o, &flows[1].src));
	/* That is told once. */
	assert_false(own_addresses_take(&o));
	assert_false(o.list[1].went);
	assert_true(own_addresses_gone(&o, &flows[1].src));
	own_addresses_close(&o);
}

/* One that was removed while the tables could not be read: it is still told that it went, by the look that can be taken. */
static void a_look_that_failed_is_taken_again(void **state)
{
	struct plan_flow flows[] = {{.src = parsed("127.0.0.1")}};
	const struct plan p = {.flows = flows, .flow_count = 1};
	struct own_addresses o;
	char err[160];

	(void)state;
	if (!have_loopback)
		skip();
	assert_true(own_addresses_open(&o, &p, err, sizeof err));
	assert_true(own_addresses_take(&o));
	o.list[0].went = o.due = true; /* as what the kernel tells of it does */
	o.told = false;
	descriptors(false);
	for (int i = 0; i < 3; i++)
		assert_false(own_addresses_take(&o));
	descriptors(true);
	assert_true(own_addresses_take(&o));
	assert_true(o.list[0].went);
	assert_false(o.list[0].gone);
	own_addresses_close(&o);
}

static bool loopback_is_up(int fd, bool make)
{
	struct ifreq lo = {.ifr_name = "lo"};

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &lo) != 0)
		return false;
	if (make && !(lo.ifr_flags & IFF_UP)) {
		lo.ifr_flags |= IFF_UP;
		(void)ioctl(fd, SIOCSIFFLAGS, &lo);
		(void)ioctl(fd, SIOCGIFFLAGS, &lo);
	}
	return (lo.ifr_flags & IFF_UP) != 0;
}

/* A network of the test's own, whose loopback it brings up: that of whoever runs it may be down. Where it may have none,
 * the host's is looked at as it is. */
static bool has_loopback(void)
{
	bool apart = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up = loopback_is_up(fd, apart);

	if (fd >= 0)
		close(fd);
	return up;
}

int main(void)
{
	have_loopback = has_loopback();
	if (!have_loopback)
		print_message("lo is down, and no network namespace can be made: addresses that go are not tested\n");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_before_the_run),
		cmocka_unit_test(a_look_that_failed_is_taken_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
