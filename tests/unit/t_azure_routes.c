/* SPDX-License-Identifier: BSD-2-Clause */
/* Which routes Azure says that it has, and when their absence says something. */
#include "tests/unit/diagnose_world.h"
#include "analysis/observables/azure_view.h"
#include "tests/unit/diagnose_azure.h"

#include <math.h>

struct sight { struct world w; struct azure a; struct azure_view v; struct path_view path; };

static void start(struct sight *s)
{
	memset(s, 0, sizeof *s);
	world_init(&s->w, HANDOFF_L2);
	azure_healthy(&s->a, s->w.plan.started_at);
	world_target(&s->w, "10.101.7.7", 443, false);
}

static void route(struct sight *s, int link, const char *network, const char *path)
{
	azure_route_path(&s->a, link, path);
	azure_text(&s->a.routes[link][s->a.s.routes[link].count - 1].network, network);
}

static void learned(struct sight *s, const char *origin, const char *path)
{
	azure_learned_path(&s->a, path);
	azure_text(&s->a.learned[s->a.s.gateway_learned.count - 1].origin, origin);
}

static uint8_t look(struct sight *s)
{
	azure_view_build(&s->v, &s->w.circuit, &s->a.s, s->w.plan.started_at);
	return s->v.says[SAYS_ROUTES][0];
}

static void towards_the_targets(void **state)
{
	static const struct { const char *primary, *path, *secondary, *path2; uint8_t want; } rows[] = {
	    {NULL, NULL, NULL, NULL, AZ_UNREAD},
	    {"10.10.0.0/16", "65010 I", NULL, NULL, AZ_BAD},
	    {"10.101.0.0/16", "65515 I", NULL, NULL, AZ_GOOD},
	    {"10.101.0.0/16", "65520 65515", NULL, NULL, AZ_GOOD},                          /* from another hub */
	    {"10.101.0.0/16", "65010 12076", NULL, NULL, AZ_BAD},                           /* Azure's own, sent back by us */
	    {"0.0.0.0/0", "65515", NULL, NULL, AZ_GOOD},
	    {"10.102.0.0/16", "65515", "10.101.7.7/32", "65515", AZ_GOOD},
	    {"10.102.0.0/16", "65515", "10.103.0.0/16", "65515", AZ_BAD},
	    {"fd00::/16", "65010", NULL, NULL, AZ_UNREAD},                                  /* nothing of the target's family */
	    {"rubbish", "65010", NULL, NULL, AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		if (rows[i].primary)
			route(&s, P, rows[i].primary, rows[i].path);
		if (rows[i].secondary)
			route(&s, S, rows[i].secondary, rows[i].path2);
		if (look(&s) != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_ROUTES][0]);
		world_free(&s.w);
	}
}

/* Whatever makes a table no proof. */
static void no_proof(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	route(&s, P, "10.10.0.0/16", "65010 I");
	assert_int_equal(look(&s), AZ_BAD);
	s.a.s.routes[P].part.cut = true;
	assert_int_equal(look(&s), AZ_UNREAD);
	s.a.s.routes[P].part.cut = false;
	s.a.s.routes[P].part.read = AZ_FAILED;
	assert_int_equal(look(&s), AZ_UNREAD);
	s.a.s.routes[P].part.read = AZ_OK;
	s.a.s.bgp[P].count = s.a.s.bgp[S].count = 1; /* the gateway's sessions are gone: that is said elsewhere */
	assert_int_equal(look(&s), AZ_UNREAD);
	s.a.s.bgp[P].count = s.a.s.bgp[S].count = 2;
	s.a.s.peering.peer_asn.present = false;
	assert_int_equal(look(&s), AZ_UNREAD);
	s.a.s.peering.peer_asn.present = true;
	for (size_t t = 0; t < s.w.circuit.target_count; t++)
		s.w.targets[t].control = true; /* not reached over the circuit */
	assert_int_equal(look(&s), AZ_UNREAD);
	s.w.targets[0].control = false;
	assert_int_equal(look(&s), AZ_BAD);
	s.w.circuit.peering = PEERING_MICROSOFT;
	assert_int_equal(look(&s), AZ_UNREAD);
	world_free(&s.w);
}

static void towards_us(void **state)
{
	struct sight s;
	char words[SENTENCE_MAX];

	(void)state;
	start(&s);
	learned(&s, "Network", "");
	assert_int_equal(look(&s), AZ_BAD);
	s.a.s.gateway_learned.part.at = wall_add(s.w.plan.started_at, -300 * NS_PER_SEC);
	look(&s);
	assert_true(fabs(s.v.says_age[SAYS_ROUTES][0].weight - .367879441) < 1e-6);
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_ROUTES, LINK_NULL, words, sizeof words);
	assert_string_equal(words, "Azure: the gateway has learned no route from the MSEEs, which have routes of this side.");
	for (int l = 0; l < LINKS; l++) /* the MSEEs themselves have none of ours */
		azure_text(&s.a.bgp[l][0].state, l == P ? "0" : "Idle");
	assert_int_equal(look(&s), AZ_UNREAD);
	azure_text(&s.a.bgp[S][0].state, "7");
	assert_int_equal(look(&s), AZ_BAD);
	learned(&s, "EBgp", "12076-65010");
	assert_int_equal(look(&s), AZ_GOOD);
	route(&s, P, "10.10.0.0/16", "65010 I");
	assert_int_equal(look(&s), AZ_BAD);
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_ROUTES, LINK_NULL, words, sizeof words);
	assert_string_equal(words, "Azure: the MSEEs have no route to any target, although their sessions with the gateway stand.");
	world_free(&s.w);
}

static void what_we_announce(void **state)
{
	static const struct { const char *network, *path; uint8_t want; } rows[] = {
	    {"10.10.0.0/16", "65010 I", AZ_GOOD}, {"10.10.0.1/32", "65010 I", AZ_BAD}, {"0.0.0.0/0", "65010 65020", AZ_GOOD},
	    {"10.10.0.0/16", "65515", AZ_UNREAD}, {"fd00::/8", "65010", AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		world_target_flows(&s.w, 0, 2);
		route(&s, P, rows[i].network, rows[i].path);
		world_run(&s.w, 3);
		assert_true(path_view_build(&s.path, &s.w.plan, 0, &s.w.seen));
		look(&s);
		azure_routes_own(&s.v, &s.path, &s.a.s);
		if (s.v.says[SAYS_ADVERTISED][P] != rows[i].want || s.v.says[SAYS_ADVERTISED][S] != AZ_UNREAD)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_ADVERTISED][P]);
		azure_text(&s.a.bgp[P][0].state, "0"); /* nothing at all is announced: the table agrees, or has yet to */
		look(&s);
		azure_routes_own(&s.v, &s.path, &s.a.s);
		assert_int_equal(s.v.says[SAYS_ADVERTISED][P], rows[i].want == AZ_UNREAD && strcmp(rows[i].path, "65515") == 0 ? AZ_BAD : AZ_UNREAD);
		path_view_free(&s.path);
		world_free(&s.w);
	}
}

/* A summary that lists nobody proves nothing; the MSEE's routes, read beside it, do tell. What the summary says of a session
 * stands, and a table that has none of Azure's own either is as good as empty. */
static void sessions_that_only_routes_tell(void **state)
{
	static const struct { enum az_read bgp; bool listed; const char *network, *path; int32_t age_s; enum az_session_state want; } rows[] = {
	    {AZ_OK, false, "10.10.0.0/16", "65010 I", 0, SESSION_BRINGS},       {AZ_OK, false, "10.101.0.0/16", "65515 I", 0, SESSION_BRINGS_NONE},
	    {AZ_FAILED, false, "10.10.0.0/16", "65010", 0, SESSION_BRINGS},     {AZ_FAILED, false, "10.101.0.0/16", "65515", 0, SESSION_BRINGS_NONE},
	    {AZ_OK, true, "10.101.0.0/16", "65515", 0, SESSION_UP},             {AZ_OK, false, "fd10:101::/32", "65515", 0, SESSION_EMPTY},
	    {AZ_OK, false, "10.101.0.0/16", "65515", 300, SESSION_BRINGS_NONE}, {AZ_OK, false, NULL, NULL, 0, SESSION_EMPTY}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		if (rows[i].network)
			route(&s, P, rows[i].network, rows[i].path);
		s.a.s.bgp[P].part.read = rows[i].bgp;
		s.a.s.bgp[P].count = rows[i].listed ? 2 : 0;
		s.a.s.routes[P].part.at = wall_add(s.w.plan.started_at, -rows[i].age_s * NS_PER_SEC);
		look(&s);
		if (s.v.session[FAM4][P] != rows[i].want || s.v.session[FAM4][S] != SESSION_UP)
			fail_msg("row %zu: %d", i, (int)s.v.session[FAM4][P]);
		assert_true(fabs(s.v.session_age[P].weight - exp(-rows[i].age_s / 300.0)) < 1e-6);
		world_free(&s.w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(towards_the_targets),
	    cmocka_unit_test(no_proof),
	    cmocka_unit_test(towards_us),
	    cmocka_unit_test(what_we_announce),
	    cmocka_unit_test(sessions_that_only_routes_tell),
	};

	return cmocka_run_group_tests_name("azure_routes", tests, NULL, NULL);
}
