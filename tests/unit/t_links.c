/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probes leave by a link: the kernel's word for a neighbour, the helper's choice, and erprobe's. */
#include "probe/packet/links.h"
#include "probe/packet/neighbour.h"

#include "probe/host/now.h"
#include "probe/trace/trace_totals.h"
#include "probe/trace/trace_ways.h"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define NUMBER 0x80000007u
#define INDEX 3u
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t mac[6] = {0x02, 0, 0, 0, 0, 7}, other_mac[6] = {0x02, 0, 0, 0, 0, 8};

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(text, &a));
	return a;
}

/* -- what the kernel says -- */

struct answer { uint8_t bytes[256]; size_t len; };

static void put(struct answer *a, uint16_t type, const void *value, size_t len)
{
	const struct rtattr head = {.rta_len = (unsigned short)(sizeof head + len), .rta_type = type};

	memcpy(a->bytes + a->len, &head, sizeof head);
	memcpy(a->bytes + a->len + sizeof head, value, len);
	a->len += RTA_ALIGN(sizeof head + len);
}

static void finish(struct answer *a)
{
	const uint32_t len = (uint32_t)a->len;

	memcpy(a->bytes, &len, sizeof len);
}

static struct answer begin(uint16_t state)
{
	const struct nlmsghdr head = {.nlmsg_type = RTM_NEWNEIGH, .nlmsg_seq = NUMBER};
	const struct ndmsg n = {.ndm_family = AF_INET, .ndm_ifindex = (int)INDEX, .ndm_state = state, .ndm_type = RTN_UNICAST};
	struct answer a = {.len = sizeof head + sizeof n};

	memcpy(a.bytes, &head, sizeof head);
	memcpy(a.bytes + sizeof head, &n, sizeof n);
	return a;
}

static struct answer usual(uint16_t state)
{
	const struct ip_addr gateway = addr("10.0.0.1");
	struct answer a = begin(state);

	put(&a, NDA_DST, gateway.bytes, 4);
	put(&a, NDA_LLADDR, mac, 6);
	finish(&a);
	return a;
}

static bool says(const struct answer *a)
{
	const struct ip_addr gateway = addr("10.0.0.1");
	uint8_t got[6] = {0};
	/* Of its own size, so that a sanitizer sees the byte beyond. */
	uint8_t *copy = malloc(a->len + 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, a->bytes, a->len);
	ok = neighbour_parse(copy, a->len, INDEX, &gateway, NUMBER, got);
	free(copy);
	assert_true(!ok || memcmp(got, mac, 6) == 0);
	return ok;
}

static void states_of_an_entry(void **state)
{
	static const struct { uint16_t state; bool known; } rows[] = {
		{NUD_REACHABLE, true}, {NUD_STALE, true}, {NUD_DELAY, true}, {NUD_PROBE, true}, {NUD_PERMANENT, true}, {NUD_NOARP, true},
		{NUD_INCOMPLETE, false}, {NUD_FAILED, false}, {0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer a = usual(rows[i].state);
		assert_int_equal(says(&a), rows[i].known);
	}
}

static void what_is_no_entry_of_ours(void **state)
{
	static const uint8_t nobody[6] = {0}, group[6] = {0x33, 0x33, 0, 0, 0, 1}, wide[20] = {2};
	const struct ip_addr gateway = addr("10.0.0.1"), six = addr("fe80::1"), next = addr("10.0.0.2");
	const struct { const uint8_t *mac; size_t len; } links[] = {{nobody, 6}, {group, 6}, {wide, 20}, {mac, 5}, {mac, 0}};
	struct answer a = usual(NUD_REACHABLE);
	uint8_t got[6];

	(void)state;
	assert_true(neighbour_parse(a.bytes, a.len, INDEX, &gateway, NUMBER, got));
	assert_false(neighbour_parse(a.bytes, a.len, INDEX + 1, &gateway, NUMBER, got));
	assert_false(neighbour_parse(a.bytes, a.len, INDEX, &gateway, NUMBER + 1, got));
	assert_false(neighbour_parse(a.bytes, a.len, INDEX, &next, NUMBER, got));
	assert_false(neighbour_parse(a.bytes, a.len, INDEX, &six, NUMBER, got));
	for (size_t i = 0; i < COUNT(links); i++) {
		a = begin(NUD_REACHABLE);
		put(&a, NDA_DST, gateway.bytes, 4);
		put(&a, NDA_LLADDR, links[i].mac, links[i].len);
		finish(&a);
		assert_false(says(&a));
	}
	a = begin(NUD_REACHABLE); /* without the address it might be anybody's */
	put(&a, NDA_LLADDR, mac, 6);
	finish(&a);
	assert_false(says(&a));
	a = usual(NUD_REACHABLE);
	const uint16_t type = RTM_DELNEIGH;
	memcpy(a.bytes + offsetof(struct nlmsghdr, nlmsg_type), &type, sizeof type);
	assert_false(says(&a));
}

/* Cut off anywhere, and with lengths that lie. */
static void broken_answers(void **state)
{
	struct answer whole = usual(NUD_REACHABLE);
	const size_t attribute = sizeof(struct nlmsghdr) + sizeof(struct ndmsg);

	(void)state;
	for (size_t len = 0; len < whole.len - 2; len++) { /* the last two are padding */
		struct answer a = whole;
		a.len = len;
		assert_false(says(&a));
		finish(&a);
		assert_false(len >= 4 && says(&a));
	}
	for (uint32_t lie = 0; lie < 70000; lie += lie < 300 ? 1 : 61) {
		struct answer a = whole;
		const uint16_t wrong = (uint16_t)lie;
		memcpy(a.bytes + attribute, &wrong, sizeof wrong);
		if (lie != 8)
			assert_false(says(&a));
		a = whole;
		memcpy(a.bytes, &lie, sizeof lie);
		(void)says(&a);
	}
}

static int socket_of(struct sockaddr_nl *at)
{
	socklen_t len = sizeof *at;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);

	*at = (struct sockaddr_nl){.nl_family = AF_NETLINK};
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
	return fd;
}

/* Another process guesses the number of the question. */
static void the_kernel_alone_is_believed(void **state)
{
	const struct ip_addr gateway = addr("10.0.0.1");
	const struct answer a = usual(NUD_REACHABLE);
	struct sockaddr_nl here, there;
	int fd = socket_of(&here), other = socket_of(&there);
	uint8_t got[6];

	(void)state;
	/* So that the question goes to nobody but the other one. */
	assert_int_equal(connect(fd, (const struct sockaddr *)&there, sizeof there), 0);
	assert_int_equal(sendto(other, a.bytes, a.len, 0, (const struct sockaddr *)&here, sizeof here), a.len);
	assert_false(neighbour_read(fd, INDEX, &gateway, NUMBER, got));
	close(fd);
	close(other);
}

/* -- what the helper makes of it -- */

static struct probe_spec spec(uint8_t via)
{
	return (struct probe_spec){.id = 1, .kind = PROBE_ICMP_ECHO, .via = via, .ttl = 5, .ip_id = 9, .src = addr("10.0.0.9"), .dst = addr("10.7.0.1")};
}

static struct links two(void)
{
	struct links l = {.count = 2, .allowed = true, .kernel = -1};

	l.list[0] = (struct link_via){.addr = addr("10.0.0.1"), .iface = 0, .index = INDEX};
	l.list[1] = (struct link_via){.addr = addr("10.1.0.1"), .iface = 1, .index = INDEX + 1};
	links_take(&l.list[0], mac, &l.changed);
	links_take(&l.list[1], other_mac, &l.changed);
	return l;
}

static const uint8_t *way(struct links *l, struct probe_spec s, size_t len, int64_t ms)
{
	return links_way(l, &s, len, (struct mono_ns){ms * NS_PER_MS});
}

/* The first by the stack, the others by the link, and one by the stack now and then. */
static void one_now_and_then_by_the_stack(void **state)
{
	struct links l = two();
	int by_stack = 0;

	(void)state;
	for (int ms = 1; ms <= 1000; ms++) {
		const uint8_t *to = way(&l, spec(1), 56, ms);
		assert_true(to == NULL || memcmp(to, mac, 6) == 0);
		by_stack += to == NULL;
	}
	assert_int_equal(by_stack, 20);
	assert_int_equal(l.changed, 0);
}

static void what_is_in_doubt_goes_by_the_stack(void **state)
{
	struct links l = two();
	struct probe_spec s = spec(2);

	(void)state;
	assert_null(way(&l, spec(1), 56, 1));
	assert_non_null(way(&l, spec(1), 56, 2));
	assert_null(way(&l, spec(0), 56, 2));                    /* not asked for */
	assert_null(way(&l, spec(3), 56, 2));                    /* never named */
	assert_null(way(&l, spec(1), LINKS_BYTES_MAX + 1, 2));
	assert_non_null(way(&l, spec(1), LINKS_BYTES_MAX, 2));
	s.iface = 1;
	assert_null(way(&l, s, 56, 2));                          /* its first */
	assert_memory_equal(way(&l, s, 56, 3), other_mac, 6);
	s.iface = 0;
	assert_null(way(&l, s, 56, 3));                          /* the next hop of another interface */
	s = spec(1);
	s.ip_id = 0;
	assert_null(way(&l, s, 56, 2));                          /* which the stack fills in */
	s = spec(1);
	s.src = addr("fd00::9"), s.dst = addr("fd00::1");
	assert_null(way(&l, s, 56, 2));
	s = spec(1);
	s.kind = PROBE_NEIGHBOUR;
	assert_null(way(&l, s, 42, 2));
	l.allowed = false;
	assert_null(way(&l, spec(1), 56, 2));
	l.allowed = true;
	links_take(&l.list[0], NULL, &l.changed);                /* the kernel's entry is gone */
	assert_null(way(&l, spec(1), 56, 2));
}

static void changes_are_counted(void **state)
{
	struct links l = two();

	(void)state;
	links_take(&l.list[0], mac, &l.changed);
	assert_int_equal(l.changed, 0);
	links_take(&l.list[0], other_mac, &l.changed);
	assert_int_equal(l.changed, 1);
	assert_null(way(&l, spec(1), 56, 1));
	assert_memory_equal(way(&l, spec(1), 56, 2), other_mac, 6);
	links_take(&l.list[0], NULL, &l.changed);
	assert_int_equal(l.changed, 2);
	links_take(&l.list[0], mac, &l.changed); /* found: nothing went to another */
	assert_int_equal(l.changed, 2);
}

static void what_is_missing_is_asked_for_less_and_less(void **state)
{
	struct link_via v = {0};
	uint32_t changed = 0;
	int64_t all = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		links_take(&v, NULL, &changed);
		assert_in_range(v.wait_ns, i == 0 ? LINKS_FIND_NS : 2 * LINKS_FIND_NS, i == 0 ? LINKS_FIND_NS : LINKS_LOST_NS);
		all += v.wait_ns;
	}
	assert_int_equal(v.wait_ns, LINKS_LOST_NS);
	assert_true(all > 10 * LINKS_LOST_NS);
	links_take(&v, mac, &changed);
	assert_int_equal(v.wait_ns, LINKS_READ_NS);
	links_take(&v, NULL, &changed); /* gone: soon found again */
	assert_int_equal(v.wait_ns, LINKS_FIND_NS);
}

/* Each next hop in its own time. */
static void what_is_missing_hurries_no_other(void **state)
{
	struct links l = two();

	(void)state;
	links_look(&l, (struct mono_ns){NS_PER_MS});
	assert_int_equal(l.number, 2);
	assert_false(l.list[0].known); /* nobody answers on no socket */
	links_take(&l.list[1], other_mac, &l.changed);
	links_look(&l, (struct mono_ns){NS_PER_MS + LINKS_FIND_NS});
	assert_int_equal(l.number, 3);
	l.allowed = false;
	links_look(&l, (struct mono_ns){NS_PER_SEC});
	assert_int_equal(l.number, 3);
}

/* -- what erprobe asks for -- */

static void who_wants_it(void **state)
{
	const struct trace_run_options usual_options = {0}, stack = {.send_by = TRACE_SEND_STACK}, link = {.send_by = TRACE_SEND_LINK},
	                               sizes = {.send_by = TRACE_SEND_LINK, .sizes = true};

	(void)state;
	assert_true(trace_ways_wanted(&usual_options, 64, INFINITY));
	assert_false(trace_ways_wanted(&usual_options, 63, INFINITY));
	assert_false(trace_ways_wanted(&usual_options, 10000, 100000));
	assert_true(trace_ways_wanted(&link, 64, 1000));
	assert_false(trace_ways_wanted(&link, 63, INFINITY));
	assert_false(trace_ways_wanted(&sizes, 10000, INFINITY));
	assert_false(trace_ways_wanted(&stack, 10000, INFINITY));
}

static struct frame frame(const uint8_t to[6], uint16_t type, uint8_t first)
{
	struct frame f = {.cap_len = 60, .wire_len = 60, .at = {1000}};

	memcpy(f.bytes, to, 6);
	f.bytes[12] = (uint8_t)(type >> 8), f.bytes[13] = (uint8_t)type, f.bytes[14] = first;
	return f;
}

static void plain_frames(void **state)
{
	struct frame f = frame(mac, 0x0800, 0x45);

	(void)state;
	assert_true(trace_way_is_plain(&f, mac));
	assert_false(trace_way_is_plain(&f, other_mac));
	f.cap_len = 15;
	assert_false(trace_way_is_plain(&f, mac));
	f = frame(mac, 0x86dd, 0x60);
	assert_true(trace_way_is_plain(&f, mac));
	f = frame(mac, 0x0800, 0x60);
	assert_false(trace_way_is_plain(&f, mac));
	f = frame(mac, 0x0800, 0x45); /* a class that the host put there */
	f.bytes[15] = 0xb8;
	assert_false(trace_way_is_plain(&f, mac));
	f = frame(mac, 0x86dd, 0x6b);
	assert_false(trace_way_is_plain(&f, mac));
	f = frame(mac, 0x86dd, 0x60);
	f.bytes[15] = 0x8f; /* half the class, and some of the label */
	assert_false(trace_way_is_plain(&f, mac));
	f.bytes[15] = 0x0f;
	assert_true(trace_way_is_plain(&f, mac));
	f = frame(mac, 0x8100, 0x00); /* a tag that the interface did not put there */
	assert_false(trace_way_is_plain(&f, mac));
}

#define FLOWS 24

/* Flow 0 by a gateway of the second interface, 1 by one of the first, 2 on the link, 3 by a gateway of the other family, 4 without
 * a route; the others each by a gateway of its own. */
static struct plan plan_of(struct plan_flow flows[FLOWS])
{
	const struct plan p = {.flows = flows, .flow_count = FLOWS, .iface_count = 2, .ifaces = {{.name = "a", .index = 1}, {.name = "b", .index = 2}}};

	for (uint16_t i = 0; i < FLOWS; i++) {
		flows[i] = (struct plan_flow){.id = i, .dst = addr("10.7.0.1"), .next_hop = addr("10.0.1.0")};
		flows[i].next_hop.bytes[3] = (uint8_t)i;
	}
	flows[0].iface = 1;
	flows[1].next_hop = addr("10.0.0.1");
	flows[2].next_hop = flows[2].dst;
	flows[3].next_hop = addr("fe80::1");
	flows[4].no_route = true;
	return p;
}

static void know(struct trace_ways *w)
{
	for (size_t i = 0; i < w->via_count; i++) {
		w->ways[i] = (struct trace_way){.known = true, .read_at = now_mono()};
		memcpy(w->ways[i].mac, mac, 6);
	}
}

/* Frames of every flow: its probe of this index, towards a link address. */
static void leave_as(struct trace_ways *w, const uint8_t to[6], int64_t at, uint16_t index)
{
	for (uint16_t i = 0; i < FLOWS; i++) {
		const struct match m = {.cls = MATCH_OUT, .flow = i, .index = index};
		struct frame f = frame(to, 0x0800, 0x45);
		f.iface = w->plan->flows[i].iface;
		f.at.ns = at;
		trace_ways_left(w, &f, &m);
	}
}

static void leave(struct trace_ways *w, const uint8_t to[6], int64_t at)
{
	leave_as(w, to, at, 0);
}

/* A stamp behind whatever moment is now. */
static int64_t later(void)
{
	return wall_add(now_wall(), 10 * NS_PER_SEC).ns;
}

/* No message tells of a new rule of the packet filter. */
static void what_the_stack_said_stands_for_a_second(void **state)
{
	struct plan_flow flows[FLOWS];
	struct plan p = plan_of(flows);
	struct mono_ns now = now_mono();
	struct trace_ways w;

	(void)state;
	trace_ways_make(&w, &p);
	know(&w);
	trace_ways_look(&w, now);
	leave(&w, mac, later());
	trace_ways_look(&w, mono_add(now, TRACE_WAYS_NS - 1));
	assert_int_equal(trace_ways_of(&w, 5), 2);
	trace_ways_look(&w, mono_add(now, TRACE_WAYS_NS));
	assert_int_equal(trace_ways_of(&w, 5), 0);
	leave(&w, mac, 1); /* before that */
	assert_int_equal(trace_ways_of(&w, 5), 0);
	leave(&w, mac, later());
	assert_int_equal(trace_ways_of(&w, 5), 2);
	trace_ways_free(&w);
	trace_ways_look(&w, mono_add(now, 2 * TRACE_WAYS_NS));
}

static void next_hops_are_numbered_by_interface(void **state)
{
	struct plan_flow flows[FLOWS];
	struct plan p = plan_of(flows);
	struct trace_ways w;

	(void)state;
	trace_ways_make(&w, &p);
	assert_int_equal(w.via_count, CHANNEL_VIAS_MAX);
	for (size_t i = 1; i < w.via_count; i++)
		assert_true(w.vias[i - 1].iface <= w.vias[i].iface);
	know(&w);
	for (uint16_t i = 0; i < FLOWS; i++)
		assert_int_equal(trace_ways_of(&w, i), 0);
	leave(&w, mac, 1);
	assert_int_equal(trace_ways_of(&w, 1), 1);
	for (uint16_t i = 2; i <= 4; i++)
		assert_int_equal(trace_ways_of(&w, i), 0);
	assert_int_equal(trace_ways_of(&w, 5), 2);
	assert_int_equal(trace_ways_of(&w, FLOWS - 1), 0); /* no room for its next hop */
	trace_ways_free(&w);
	trace_ways_free(&w);
}

static void a_flow_goes_by_the_link_once_it_was_seen(void **state)
{
	struct plan_flow flows[FLOWS];
	struct plan p = plan_of(flows);
	struct trace_ways w;

	(void)state;
	p.iface_count = 1; /* flow 0 leaves by none of them */
	trace_ways_make(&w, &p);
	know(&w);
	assert_true(trace_ways_open(&w));
	leave(&w, other_mac, 1); /* another next hop than the route says */
	assert_int_equal(trace_ways_of(&w, 1), 0);
	leave(&w, mac, 1);
	assert_int_equal(trace_ways_of(&w, 1), 1);
	assert_int_equal(trace_ways_of(&w, 0), 0);
	/* Something changed: only what leaves later tells anything. */
	trace_ways_anew(&w, (struct wall_ns){100});
	assert_int_equal(trace_ways_of(&w, 1), 0);
	leave(&w, mac, 99);
	assert_int_equal(trace_ways_of(&w, 1), 0);
	leave(&w, mac, 100);
	assert_int_equal(trace_ways_of(&w, 1), 1);
	/* A full queue is of the moment; a refusal is for good. */
	trace_ways_refused(&w, (1u << 16) + 1, SEND_NO_BUFFER);
	assert_int_equal(trace_ways_of(&w, 1), 1);
	assert_int_equal(trace_ways_of(&w, 5), 2);
	trace_ways_refused(&w, (1u << 16) + 1, SEND_BLOCKED);
	assert_int_equal(trace_ways_of(&w, 5), 0); /* it may be refused by now */
	leave(&w, mac, later());
	assert_int_equal(trace_ways_of(&w, 1), 0);
	assert_int_equal(trace_ways_of(&w, 5), 2);
	trace_ways_refused(&w, (1u << 16) + 2, SEND_BLOCKED); /* again, which is nothing new */
	trace_ways_refused(&w, (6u << 16) + 1, SEND_TOO_BIG); /* of the probe, not of the host */
	trace_ways_refused(&w, (2u << 16) + 1, SEND_BLOCKED); /* it never let that one through */
	assert_int_equal(trace_ways_of(&w, 6), 0);
	assert_int_equal(trace_ways_of(&w, 5), 2);
	trace_ways_refused(&w, (7u << 16) + 1, SEND_NO_ROUTE);
	assert_int_equal(trace_ways_of(&w, 5), 0);
	leave(&w, mac, later());
	assert_int_equal(trace_ways_of(&w, 5), 2);
	trace_ways_none(&w);
	assert_int_equal(trace_ways_of(&w, 5), 0);
	assert_false(trace_ways_open(&w));
	trace_ways_free(&w);
}

/* What had been handed out for the link before a change may leave long after it: the host's stack was not asked. */
static void what_was_handed_out_for_the_link_tells_nothing(void **state)
{
	struct plan_flow flows[FLOWS];
	struct plan p = plan_of(flows);
	struct trace_ways w;

	(void)state;
	trace_ways_make(&w, &p);
	know(&w);
	assert_int_equal(trace_ways_hand(&w, 1, 0), 0);
	leave(&w, mac, 1);
	for (uint16_t i = 1; i <= 3; i++)
		assert_int_equal(trace_ways_hand(&w, 1, i), 1);
	trace_ways_anew(&w, (struct wall_ns){100});
	assert_int_equal(trace_ways_hand(&w, 1, 4), 0);
	for (uint16_t i = 1; i <= 3; i++) {
		leave_as(&w, mac, 100 + i, i);
		assert_int_equal(trace_ways_of(&w, 1), 0);
	}
	assert_int_equal(trace_ways_of(&w, 5), 2); /* none of whose was */
	leave_as(&w, mac, 104, 4);
	assert_int_equal(trace_ways_of(&w, 1), 1);
	trace_ways_free(&w);
}

/* The answer to a question of before is not the last word. */
static void the_last_question_is_the_one(void **state)
{
	struct trace_totals t = {0};

	(void)state;
	assert_true(trace_totals_asked(&t, true));
	assert_true(trace_totals_asked(&t, true));
	assert_false(trace_totals_asked(&t, false));
	assert_false(trace_totals_take(&t, &(struct channel_counters){.by_link = 5}));
	assert_false(trace_totals_told(&t));
	assert_true(trace_totals_take(&t, &(struct channel_counters){.by_link = 9, .link_changes = 1}));
	assert_true(trace_totals_told(&t));
	assert_int_equal(t.by_link, 9);
	assert_false(trace_totals_take(&t, &(struct channel_counters){.by_link = 9, .link_changes = 1})); /* which nobody asked for */
	assert_true(trace_totals_told(&t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_of_an_entry),
		cmocka_unit_test(what_is_no_entry_of_ours),
		cmocka_unit_test(broken_answers),
		cmocka_unit_test(one_now_and_then_by_the_stack),
		cmocka_unit_test(what_is_in_doubt_goes_by_the_stack),
		cmocka_unit_test(changes_are_counted),
		cmocka_unit_test(the_kernel_alone_is_believed),
		cmocka_unit_test(what_is_missing_is_asked_for_less_and_less),
		cmocka_unit_test(what_is_missing_hurries_no_other),
		cmocka_unit_test(who_wants_it),
		cmocka_unit_test(plain_frames),
		cmocka_unit_test(what_the_stack_said_stands_for_a_second),
		cmocka_unit_test(next_hops_are_numbered_by_interface),
		cmocka_unit_test(a_flow_goes_by_the_link_once_it_was_seen),
		cmocka_unit_test(the_last_question_is_the_one),
		cmocka_unit_test(what_was_handed_out_for_the_link_tells_nothing),
	};

	return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
