/* SPDX-License-Identifier: BSD-2-Clause */
/* The hop table of a link. */
#include "tests/unit/diagnose_world.h"

#include <math.h>

struct table { struct world w; struct path_view v; struct hop_result *hops; size_t count; };

static void look(struct table *t, enum link_id link, uint8_t fam)
{
	assert_true(path_view_build(&t->v, &t->w.plan, 0, &t->w.seen));
	t->count = path_hops(&t->v, link, fam, &t->hops);
}

static void table_free(struct table *t)
{
	free(t->hops);
	path_view_free(&t->v);
	world_free(&t->w);
}

static const struct hop_result *hop(const struct table *t, uint8_t ttl)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->hops[i].ttl == ttl)
			return &t->hops[i];
	fail_msg("no hop %u", ttl);
	return NULL;
}

static void is_from(const struct hop_result *h, const char *address)
{
	struct ip_addr a = world_addr(address);

	assert_true(ip_addr_equal(&h->addresses[0], &a));
}

static void a_healthy_link(void **state)
{
	static const struct { const char *address, *role; enum domain domain; } rows[] = {
	    {"10.10.1.1", "", DOMAIN_CORPORATE}, {"10.10.2.2", "", DOMAIN_CORPORATE}, {"10.10.4.1", "edge", DOMAIN_CORPORATE},
	    {"172.16.4.2", "msee", DOMAIN_AZURE}, {"", "gateway", DOMAIN_AZURE}, {"10.101.7.7", "target", DOMAIN_AZURE}};
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	t.w.silent[EDGE2] = true; /* its place shows by its own address alone */
	world_run(&t.w, 4);
	look(&t, LINK_SECONDARY, FAM4);
	assert_int_equal(t.count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hop_result *h = &t.hops[i];
		assert_int_equal(h->ttl, i + 1);
		is_from(h, rows[i].address);
		assert_string_equal(h->role, rows[i].role);
		assert_int_equal(h->domain, rows[i].domain);
		assert_int_equal(h->address_count, rows[i].address[0] ? (i == 5 ? 2 : 1) : 0);
		assert_int_equal(h->reply_ttl, rows[i].address[0] ? 60 : -1);
		if (i != 2)
			assert_true(h->answered == (rows[i].address[0] ? h->sent : 0) && h->sent > 0);
		assert_int_equal(h->rtt.known, rows[i].address[0] != '\0');
	}
	/* 1 ms a hop, and up to 0.12 ms more. */
	assert_in_range(hop(&t, 2)->rtt.min_ns, 2000000, 2120000);
	assert_in_range(hop(&t, 6)->rtt.max_ns, 6000000, 6120000);
	assert_string_equal(hop(&t, 5)->note, "silent: normal, it never answers");
	assert_string_equal(hop(&t, 1)->note, "");
	table_free(&t);
}

static void counts_of_a_hop(void **state)
{
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	for (int i = 0; i < 10; i++)
		world_probe(&t.w, MSEE1, 2);
	for (int i = 0; i < 3; i++) /* lost */
		world_sent(&t.w, MSEE1, 2);
	world_probe(&t.w, MSEE2, 2);       /* the other link's */
	world_probe(&t.w, BGP1, PATH_TTL_GTSM); /* not a hop's business */
	struct match late = {.cls = MATCH_LATE, .has_probe = true, .probe = world_sent(&t.w, MSEE1, 2)};
	t.w.now_ms += 5000;
	observations_match(&t.w.seen, &late, world_at(&t.w, t.w.now_ms));
	world_error(&t.w, MSEE1, 2, 3, 1, "10.10.1.1"); /* never got there */
	world_sent(&t.w, MSEE1, 2);        /* still waited for */
	look(&t, LINK_PRIMARY, FAM4);
	assert_int_equal(hop(&t, 2)->sent, 14);
	assert_int_equal(hop(&t, 2)->answered, 10);
	assert_true(fabs(hop(&t, 2)->loss.ratio - 4.0 / 14) < 1e-12);
	table_free(&t);
}

/* A later hop's answers prove the path up to here. */
static void the_envelope(void **state)
{
	/* Of 20 probes at hops 1..4: how many are answered. */
	static const struct { uint8_t answered[4]; double path[4]; bool limits[4]; } rows[] = {
	    {{20, 20, 20, 20}, {0, 0, 0, 0}, {0}},
	    {{20, 6, 20, 20}, {0, 0, 0, 0}, {false, true, false, false}},   /* a rate limit */
	    {{20, 20, 14, 14}, {0, 0, .3, .3}, {0}},                        /* loss from hop 3 on */
	    {{20, 8, 14, 16}, {0, .2, .2, .2}, {false, true, true, false}},
	    {{20, 20, 0, 20}, {0, 0, 0, 0}, {0}},                           /* silent, not lossy */
	    {{20, 19, 20, 20}, {0, 0, 0, 0}, {0}}};                         /* within what chance does */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table t;
		world_standard(&t.w, HANDOFF_L2);
		for (uint8_t ttl = 1; ttl <= 4; ttl++)
			for (int k = 0; k < 20; k++) {
				if (k < rows[i].answered[ttl - 1])
					world_probe(&t.w, MSEE1, ttl);
				else
					world_sent(&t.w, MSEE1, ttl);
			}
		observations_time(&t.w.seen, world_at(&t.w, 9000));
		look(&t, LINK_PRIMARY, FAM4);
		for (uint8_t ttl = 1; ttl <= 4; ttl++) {
			const struct hop_result *h = hop(&t, ttl);
			assert_int_equal(h->answered, rows[i].answered[ttl - 1]);
			if (fabs(h->path_loss.ratio - rows[i].path[ttl - 1]) > 1e-12)
				fail_msg("row %zu hop %u: path loss %.3f", i, ttl, h->path_loss.ratio);
			assert_int_equal(strcmp(h->note, "limits its answers, passes traffic") == 0, rows[i].limits[ttl - 1]);
			assert_int_equal(strcmp(h->note, "does not answer") == 0, h->answered == 0);
		}
		table_free(&t);
	}
}

/* Everything behind a cut is unheard: its own loss is the bound. */
static void behind_a_cut(void **state)
{
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	world_run(&t.w, 1); /* distances are known, then the link dies */
	t.w.way[FAM4][LINK_PRIMARY].dead_from = 4;
	for (int i = 0; i < 30; i++)
		world_probe(&t.w, MSEE1, FULL);
	observations_time(&t.w.seen, world_at(&t.w, 60000));
	look(&t, LINK_PRIMARY, FAM4);
	assert_true(hop(&t, 3)->path_loss.ratio == 0);
	assert_true(hop(&t, 4)->loss.ratio > .5);
	table_free(&t);
}

static void addresses_by_how_often_they_answer(void **state)
{
	struct table t;
	char text[IP_TEXT_MAX];

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	for (int i = 0; i < 3; i++)
		world_error(&t.w, EDGE1, 2, 11, 0, "10.10.2.3");
	for (int i = 0; i < 5; i++)
		world_error(&t.w, EDGE1, 2, 11, 0, "10.10.2.2");
	for (int i = 0; i < 3; i++)
		world_error(&t.w, EDGE1, 2, 11, 0, "10.10.2.4");
	look(&t, LINK_PRIMARY, FAM4);
	assert_int_equal(hop(&t, 2)->address_count, 3);
	is_from(hop(&t, 2), "10.10.2.2");
	struct ip_addr second = world_addr("10.10.2.3"); /* of equals the one seen first */
	assert_true(ip_addr_equal(&hop(&t, 2)->addresses[1], &second));
	free(t.hops);
	path_view_free(&t.v);
	for (int i = 0; i < 20; i++) { /* more than there is room for */
		snprintf(text, sizeof text, "10.10.2.%d", 20 + i);
		world_error(&t.w, EDGE1, 2, 11, 0, text);
	}
	look(&t, LINK_PRIMARY, FAM4);
	assert_int_equal(hop(&t, 2)->address_count, HOP_ADDRESSES_MAX);
	assert_int_equal(hop(&t, 2)->answered, 31);
	table_free(&t);
}

/* The later ones answered oftener: all places change. */
static void addresses_that_rise(void **state)
{
	static const char *const last_octet[] = {"10.10.2.11", "10.10.2.12", "10.10.2.13", "10.10.2.14", "10.10.2.15"};
	static const int times[] = {2, 1, 4, 3, 5}, order[] = {4, 2, 3, 0, 1};
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	for (size_t i = 0; i < COUNT(times); i++)
		for (int k = 0; k < times[i]; k++)
			world_error(&t.w, EDGE1, 2, 11, 0, last_octet[i]);
	look(&t, LINK_PRIMARY, FAM4);
	for (size_t i = 0; i < COUNT(order); i++) {
		struct ip_addr want = world_addr(last_octet[order[i]]);
		assert_true(ip_addr_equal(&hop(&t, 2)->addresses[i], &want));
	}
	table_free(&t);
}

/* A port that never answers while the target's ping does is filtered or off: the way
 * loses nothing. Where nothing of the target answers, it is loss. */
static void a_filtered_service_is_no_loss(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct table t;
		world_standard(&t.w, HANDOFF_L2);
		for (int k = 0; k < 4; k++) {
			t.w.silent[TCP + k] = true;
			t.w.silent[PING + k] = all;
		}
		world_run(&t.w, 10);
		look(&t, LINK_PRIMARY, FAM4);
		const struct hop_result *end = hop(&t, 6);
		assert_string_equal(end->role, "target");
		assert_int_equal(end->loss.ratio > 0, all); /* the other target answers in any case */
		table_free(&t);
	}
}

static void labels_and_reply_ttls(void **state)
{
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	static const uint8_t ttls[] = {250, 61, 61, 250, 61};
	for (size_t i = 0; i < COUNT(ttls); i++) {
		struct match m = {.cls = MATCH_ANSWER, .has_probe = true, .probe = world_sent(&t.w, EDGE1, 2), .answer = ANSWER_TIME_EXCEEDED, .from = world_addr("10.10.2.2"), .rtt_ns = 1000, .reply_ttl = ttls[i]};
		m.extensions.mpls_count = i == 2 ? 1 : 0;
		m.extensions.mpls[0].label = 24007;
		observations_match(&t.w.seen, &m, world_at(&t.w, 1));
	}
	look(&t, LINK_PRIMARY, FAM4);
	assert_int_equal(hop(&t, 2)->reply_ttl, 61);
	assert_int_equal(hop(&t, 2)->mpls_count, 1);
	assert_int_equal(hop(&t, 2)->mpls[0].label, 24007);
	table_free(&t);
}

/* With FastPath there is no silent hop, and nothing is called a gateway. */
static void what_is_called_a_gateway(void **state)
{
	static const struct { const char *behind; uint8_t end; bool gateway; enum peering_type peering; } rows[] = {
	    {"", 6, true, PEERING_PRIVATE}, {"10.100.0.1", 6, false, PEERING_PRIVATE}, {"", 5, false, PEERING_PRIVATE}, {"", 6, false, PEERING_MICROSOFT}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table t;
		world_standard(&t.w, HANDOFF_L2);
		for (int l = 0; l < LINKS; l++) {
			t.w.way[FAM4][l].hop[5] = rows[i].behind;
			t.w.way[FAM4][l].end = rows[i].end;
		}
		t.w.circuit.peering = rows[i].peering;
		world_run(&t.w, 2);
		look(&t, LINK_PRIMARY, FAM4);
		assert_int_equal(strcmp(hop(&t, 5)->role, "gateway") == 0, rows[i].gateway);
		assert_string_equal(hop(&t, 4)->role, "msee");
		assert_string_equal(hop(&t, rows[i].end)->role, "target");
		table_free(&t);
	}
}

static void families_are_apart(void **state)
{
	struct table t;

	(void)state;
	world_init(&t.w, HANDOFF_L2);
	world_link_flows(&t.w, LINK_PRIMARY, FAM4);
	world_link_flows(&t.w, LINK_PRIMARY, FAM6);
	world_run(&t.w, 2);
	look(&t, LINK_PRIMARY, FAM6);
	assert_int_equal(t.count, 4);
	is_from(hop(&t, 2), "fd10:10:2::2");
	is_from(hop(&t, 4), "fd00:3::2");
	free(t.hops);
	assert_int_equal(path_hops(&t.v, LINK_SECONDARY, FAM6, &t.hops), 0);
	assert_null(t.hops);
	table_free(&t);
}

/* A hop that nobody asked is left out; the MSEE's place is shown even if unheard. */
static void gaps(void **state)
{
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	world_probe(&t.w, EDGE1, 3);
	for (int i = 0; i < 4; i++)
		world_sent(&t.w, MSEE1, 4);
	observations_time(&t.w.seen, world_at(&t.w, 5000));
	look(&t, LINK_PRIMARY, FAM4);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.hops[0].ttl, 3);
	assert_int_equal(t.hops[1].ttl, 4);
	assert_string_equal(t.hops[1].role, "msee");
	assert_int_equal(t.hops[1].answered, 0);
	assert_int_equal(t.hops[1].reply_ttl, -1);
	assert_true(t.hops[1].path_loss.known && t.hops[1].path_loss.ratio == 1);
	table_free(&t);
}

static void nothing_seen(void **state)
{
	struct table t;

	(void)state;
	world_standard(&t.w, HANDOFF_L2);
	look(&t, LINK_PRIMARY, FAM4);
	assert_int_equal(t.count, 0);
	assert_null(t.hops);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_healthy_link),
	    cmocka_unit_test(counts_of_a_hop),
	    cmocka_unit_test(the_envelope),
	    cmocka_unit_test(behind_a_cut),
	    cmocka_unit_test(addresses_by_how_often_they_answer),
	    cmocka_unit_test(addresses_that_rise),
	    cmocka_unit_test(a_filtered_service_is_no_loss),
	    cmocka_unit_test(labels_and_reply_ttls),
	    cmocka_unit_test(what_is_called_a_gateway),
	    cmocka_unit_test(families_are_apart),
	    cmocka_unit_test(gaps),
	    cmocka_unit_test(nothing_seen),
	};

	return cmocka_run_group_tests_name("path_hops", tests, NULL, NULL);
}
