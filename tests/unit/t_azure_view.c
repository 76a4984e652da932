/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's words prove, and what they do not. */
#include "tests/unit/diagnose_world.h"
#include "analysis/observables/azure_view.h"
#include "tests/unit/diagnose_azure.h"

#include <math.h>

#define ID "/subscriptions/s/circuits/frankfurt-1"

struct sight { struct world w; struct azure a; struct azure_view v; };

static void start(struct sight *s)
{
	world_init(&s->w, HANDOFF_L2);
	azure_healthy(&s->a, s->w.plan.started_at);
}

static const struct azure_view *look(struct sight *s)
{
	azure_view_build(&s->v, &s->w.circuit, &s->a.s, s->w.plan.started_at);
	return &s->v;
}

static void a_healthy_circuit(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	const struct azure_view *v = look(&s);
	assert_int_equal(v->circuit, AZ_GOOD);
	assert_int_equal(v->provider, AZ_GOOD);
	assert_int_equal(v->peering, PEERING_ENABLED);
	assert_int_equal(v->connection, CONNECTION_UP);
	assert_int_equal(v->gateway_peers, AZ_GOOD);
	assert_true(v->circuit_age.weight == 1 && v->peering_age.weight == 1 && v->gateway_age.weight == 1);
	for (int l = 0; l < LINKS; l++) {
		assert_int_equal(v->arp[FAM4][l], ARP_COMPLETE);
		assert_int_equal(v->session[FAM4][l], SESSION_UP);
		/* The tables are not promised to hold IPv6. */
		assert_int_equal(v->arp[FAM6][l], ARP_UNREAD);
		assert_int_equal(v->session[FAM6][l], SESSION_UNREAD);
		assert_int_not_equal(v->settings[l], AZ_BAD);
		assert_string_equal(v->disagreement[l], "");
	}
	world_free(&s.w);
}

static void nothing_read(void **state)
{
	static const struct azure_view none;
	struct sight s;

	(void)state;
	start(&s);
	azure_view_build(&s.v, &s.w.circuit, NULL, s.w.plan.started_at);
	assert_memory_equal(&s.v, &none, sizeof none);
	/* All failed: values that stand there all the same may not be used. */
	s.a.s.circuit.part.read = s.a.s.peering.part.read = s.a.s.connections.part.read = AZ_FAILED;
	for (int l = 0; l < LINKS; l++)
		s.a.s.arp[l].part.read = s.a.s.bgp[l].part.read = AZ_FAILED;
	azure_text(&s.a.s.circuit.circuit_state, "Disabled");
	look(&s);
	assert_memory_equal(&s.v, &none, sizeof none);
	world_free(&s.w);
}

static void states_of_the_circuit(void **state)
{
	static const struct { const char *circuit, *provider; enum az_state want_circuit, want_provider; } rows[] = {
	    {"Enabled", "Provisioned", AZ_GOOD, AZ_GOOD},    {"enabled", "PROVISIONED", AZ_GOOD, AZ_GOOD},
	    {"Enabling", "Provisioning", AZ_BAD, AZ_BAD},    {"Disabled", "NotProvisioned", AZ_BAD, AZ_BAD},
	    {"Enabled", "Deprovisioning", AZ_GOOD, AZ_BAD},  {"Enabled", NULL, AZ_GOOD, AZ_UNREAD}, /* Direct has no provider */
	    {NULL, "Provisioned", AZ_UNREAD, AZ_GOOD},       {"", "", AZ_UNREAD, AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		azure_text(&s.a.s.circuit.circuit_state, rows[i].circuit);
		azure_text(&s.a.s.circuit.provider_state, rows[i].provider);
		assert_int_equal(look(&s)->circuit, rows[i].want_circuit);
		assert_int_equal(s.v.provider, rows[i].want_provider);
		s.a.s.circuit.part.read = AZ_NOT_ASKED;
		assert_int_equal(look(&s)->circuit, AZ_UNREAD);
		assert_int_equal(s.v.provider, AZ_UNREAD);
		world_free(&s.w);
	}
}

static void states_of_the_peering(void **state)
{
	static const struct { enum az_read read; bool present; const char *state, *provisioning; enum az_peering_state want; } rows[] = {
	    {AZ_OK, true, "Enabled", "Succeeded", PEERING_ENABLED}, {AZ_OK, true, "enabled", "Updating", PEERING_ENABLED},
	    {AZ_OK, true, "Disabled", "Succeeded", PEERING_DISABLED}, {AZ_OK, true, "DISABLED", NULL, PEERING_DISABLED},
	    {AZ_OK, true, "Enabled", "Failed", PEERING_DISABLED},   {AZ_OK, true, NULL, "Failed", PEERING_DISABLED},
	    {AZ_OK, true, NULL, "Succeeded", PEERING_UNREAD},       {AZ_OK, false, NULL, NULL, PEERING_MISSING},
	    {AZ_FAILED, false, NULL, NULL, PEERING_UNREAD},         {AZ_NOT_ASKED, false, "Disabled", NULL, PEERING_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.peering.part.read = rows[i].read;
		s.a.s.peering.present = rows[i].present;
		azure_text(&s.a.s.peering.state, rows[i].state);
		azure_text(&s.a.s.peering.provisioning_state, rows[i].provisioning);
		if (look(&s)->peering != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.peering);
		world_free(&s.w);
	}
}

static void arp_rows(void **state)
{
	static const struct { const char *what; struct { const char *ip, *mac; } rows[3]; enum az_arp_state want; } tables[] = {
	    {"both rows", {{"172.16.3.1", "02cf.2b02.c22b"}, {"172.16.3.2", "02cf.2b02.c22c"}}, ARP_COMPLETE},
	    {"no Microsoft row: some hardware", {{"172.16.3.1", "02cf.2b02.c22b"}}, ARP_COMPLETE},
	    {"only Microsoft's row", {{"172.16.3.2", "02cf.2b02.c22c"}}, ARP_INCOMPLETE},
	    {"Incomplete", {{"172.16.3.1", "Incomplete"}, {"172.16.3.2", "02cf.2b02.c22c"}}, ARP_INCOMPLETE},
	    {"in other letters", {{"172.16.3.1", "INCOMPLETE"}}, ARP_INCOMPLETE},
	    {"no MAC at all", {{"172.16.3.1", NULL}}, ARP_INCOMPLETE},
	    {"empty table: proves nothing", {{NULL, NULL}}, ARP_EMPTY},
	    {"only rows of the other family", {{"fd00:3::2", "02cf.2b02.c22c"}}, ARP_EMPTY},
	    {"only text that is no address", {{"On-Prem", "02cf.2b02.c22c"}}, ARP_EMPTY}};

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		struct sight s;
		start(&s);
		s.a.s.arp[P].count = 0;
		for (size_t k = 0; k < 3 && tables[i].rows[k].ip; k++)
			azure_arp_row(&s.a, P, tables[i].rows[k].ip, tables[i].rows[k].mac);
		if (look(&s)->arp[FAM4][P] != tables[i].want)
			fail_msg("%s: %d", tables[i].what, (int)s.v.arp[FAM4][P]);
		assert_int_equal(s.v.arp[FAM4][S], ARP_COMPLETE);
		world_free(&s.w);
	}
}

static void arp_of_ipv6(void **state)
{
	static const struct { const char *ip, *mac; enum az_arp_state want; } rows[] = {
	    {"fd00:3::1", "02cf.2b02.c22b", ARP_COMPLETE}, {"FD00:3:0::1", "Incomplete", ARP_INCOMPLETE},
	    {"fd00:3::2", "02cf.2b02.c22c", ARP_INCOMPLETE}, {"172.16.3.9", "02cf.2b02.c22c", ARP_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		azure_arp_row(&s.a, P, rows[i].ip, rows[i].mac);
		assert_int_equal(look(&s)->arp[FAM6][P], rows[i].want);
		assert_int_equal(s.v.arp[FAM4][P], ARP_COMPLETE);
		world_free(&s.w);
	}
}

/* statePfxRcd is a number when the session stands, else the state's name. */
static void words_of_a_session(void **state)
{
	static const struct { const char *text; enum az_session_state want; } rows[] = {
	    {"4", SESSION_UP}, {"4000", SESSION_UP}, {"99999999999999999999", SESSION_UP}, {"0", SESSION_UP_ZERO},
	    {"Established", SESSION_UP}, {"established", SESSION_UP}, {"Active", SESSION_DOWN}, {"Idle", SESSION_DOWN},
	    {"Idle (PfxCt)", SESSION_DOWN}, {"Connect", SESSION_DOWN}, {"4 x", SESSION_DOWN}, {"", SESSION_DOWN}, {NULL, SESSION_DOWN}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.bgp[S].count = 0;
		azure_bgp_row(&s.a, S, "172.16.4.1", 65010, rows[i].text);
		if (look(&s)->session[FAM4][S] != rows[i].want)
			fail_msg("'%s': %d", rows[i].text ? rows[i].text : "absent", (int)s.v.session[FAM4][S]);
		assert_int_equal(s.v.session[FAM4][P], SESSION_UP);
		world_free(&s.w);
	}
}

static void a_session_that_is_not_listed(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	s.a.s.bgp[P].count = 0; /* "Gateway does not have any Bgp sessions" */
	assert_int_equal(look(&s)->session[FAM4][P], SESSION_EMPTY);
	assert_int_equal(s.v.session[FAM6][P], SESSION_UNREAD);
	azure_bgp_row(&s.a, P, "fd00:3::1", 65010, "Idle");
	assert_int_equal(look(&s)->session[FAM6][P], SESSION_DOWN);
	assert_int_equal(s.v.session[FAM4][P], SESSION_EMPTY);
	world_free(&s.w);
}

/* A failure of one path alone speaks of that path; of both, of the API. */
static void tables_that_fail(void **state)
{
	static const struct { enum az_read primary, secondary; bool primary_says, secondary_says; } rows[] = {
	    {AZ_FAILED, AZ_OK, true, false},     {AZ_OK, AZ_FAILED, false, true},       {AZ_FAILED, AZ_FAILED, false, false},
	    {AZ_FAILED, AZ_NOT_ASKED, false, false}, {AZ_NOT_ASKED, AZ_OK, false, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.arp[P].part.read = s.a.s.bgp[P].part.read = rows[i].primary;
		s.a.s.arp[S].part.read = s.a.s.bgp[S].part.read = rows[i].secondary;
		const struct azure_view *v = look(&s);
		const enum az_read read[LINKS] = {rows[i].primary, rows[i].secondary};
		const bool says[LINKS] = {rows[i].primary_says, rows[i].secondary_says};
		for (int l = 0; l < LINKS; l++) {
			enum az_arp_state arp = read[l] == AZ_OK ? ARP_COMPLETE : says[l] ? ARP_FAILED : ARP_UNREAD;
			enum az_session_state session = read[l] == AZ_OK ? SESSION_UP : says[l] ? SESSION_FAILED : SESSION_UNREAD;
			assert_int_equal(v->arp[FAM4][l], arp);
			assert_int_equal(v->session[FAM4][l], session);
		}
		world_free(&s.w);
	}
}

/* An MSEE that gives a table is there; where the API fails elsewhere too, one that it does not give tells little; a right that is missing is no failure. */
static void tables_that_fail_among_others(void **state)
{
	static const struct { enum az_read routes, peering, gateway; int32_t status; enum az_arp_state arp; enum az_session_state session; } rows[] = {
	    {AZ_FAILED, AZ_OK, AZ_OK, 500, ARP_FAILED, SESSION_FAILED}, {AZ_FAILED, AZ_FAILED, AZ_OK, 500, ARP_FAILED_TOO, SESSION_FAILED_TOO},
	    {AZ_OK, AZ_FAILED, AZ_OK, 500, ARP_UNREAD, SESSION_UNREAD}, {AZ_FAILED, AZ_OK, AZ_FAILED, 403, ARP_FAILED, SESSION_FAILED}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.arp[P].part.read = s.a.s.bgp[P].part.read = AZ_FAILED;
		s.a.s.routes[P].part.read = rows[i].routes;
		s.a.s.peering.part = (struct az_part){.read = rows[i].peering, .http_status = rows[i].status};
		s.a.s.gateway_learned.part = (struct az_part){.read = rows[i].gateway, .http_status = rows[i].status};
		const struct azure_view *v = look(&s);
		if (v->arp[FAM4][P] != rows[i].arp || v->session[FAM4][P] != rows[i].session)
			fail_msg("row %zu: %d %d", i, (int)v->arp[FAM4][P], (int)v->session[FAM4][P]);
		world_free(&s.w);
	}
}

static void the_gateways_neighbours(void **state)
{
	static const struct { const char *what; struct { int64_t as; const char *state; } on[LINKS][2]; enum az_state want; } rows[] = {
	    {"on both", {{{65010, "4"}, {65515, "2"}}, {{65010, "4"}, {65515, "2"}}}, AZ_GOOD},
	    {"on one is enough", {{{65010, "4"}, {0, NULL}}, {{65010, "4"}, {65515, "0"}}}, AZ_GOOD},
	    {"gone", {{{65010, "4"}, {0, NULL}}, {{65010, "4"}, {0, NULL}}}, AZ_BAD},
	    {"there, but down", {{{65010, "4"}, {65515, "Active"}}, {{65010, "4"}, {65515, "Idle"}}}, AZ_BAD},
	    {"empty tables prove nothing", {{{0, NULL}, {0, NULL}}, {{0, NULL}, {0, NULL}}}, AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		for (int l = 0; l < LINKS; l++) {
			s.a.s.bgp[l].count = 0;
			for (int k = 0; k < 2 && rows[i].on[l][k].as; k++)
				azure_bgp_row(&s.a, l, "192.0.2.1", rows[i].on[l][k].as, rows[i].on[l][k].state);
		}
		if (look(&s)->gateway_peers != rows[i].want)
			fail_msg("%s: %d", rows[i].what, (int)s.v.gateway_peers);
		s.a.s.bgp[P].part.read = s.a.s.bgp[S].part.read = AZ_FAILED;
		assert_int_equal(look(&s)->gateway_peers, AZ_UNREAD);
		world_free(&s.w);
	}
}

static void connections(void **state)
{
	static const struct { const char *what; size_t count; struct { const char *status, *circuit; } at[2]; enum az_connection_state want; } rows[] = {
	    {"connected", 1, {{"Connected", ID}}, CONNECTION_UP},
	    {"its circuit in other letters", 1, {{"connected", "/SUBSCRIPTIONS/s/circuits/Frankfurt-1"}}, CONNECTION_UP},
	    {"status absent: seen on healthy ones", 1, {{NULL, ID}}, CONNECTION_UNREAD},
	    {"status Unknown", 1, {{"Unknown", ID}}, CONNECTION_UNREAD},
	    {"not connected", 1, {{"NotConnected", ID}}, CONNECTION_DOWN},
	    {"one of two", 2, {{"NotConnected", ID}, {"Connected", ID}}, CONNECTION_UP},
	    {"another circuit's", 1, {{"Connected", "/subscriptions/s/circuits/other"}}, CONNECTION_MISSING},
	    {"ours beside another's", 2, {{"Connected", "/x"}, {"Connecting", ID}}, CONNECTION_DOWN},
	    {"no circuit named", 1, {{"Connected", NULL}}, CONNECTION_UP},
	    {"none", 0, {{NULL, NULL}}, CONNECTION_MISSING}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.connections.count = rows[i].count;
		for (size_t k = 0; k < rows[i].count; k++) {
			azure_text(&s.a.connections[k].status, rows[i].at[k].status);
			azure_text(&s.a.connections[k].circuit_id, rows[i].at[k].circuit);
		}
		if (look(&s)->connection != rows[i].want)
			fail_msg("%s: %d", rows[i].what, (int)s.v.connection);
		s.a.s.connections.part.read = AZ_NOT_ASKED; /* no gateway configured */
		assert_int_equal(look(&s)->connection, CONNECTION_UNREAD);
		world_free(&s.w);
	}
}

/* The edge's values are set where the row has one; Azure has AS 65010, VLAN 100 and
 * 172.16.3.0/30. */
static void settings(void **state)
{
	static const struct { const char *what; int64_t asn; int32_t vlan; const char *ce; bool derived; enum az_state want; const char *says; } rows[] = {
	    {"all agree", 65010, 100, NULL, false, AZ_GOOD, ""},
	    {"AS", 65011, 100, NULL, false, AZ_BAD, "Azure expects AS 65010 from the edge, the edge is configured with AS 65011"},
	    {"a 32-bit AS", 4294967295, -1, NULL, false, AZ_BAD, "Azure expects AS 65010 from the edge, the edge is configured with AS 4294967295"},
	    {"VLAN: weighed by itself", 65010, 200, NULL, false, AZ_UNREAD, ""},
	    {"/30", -1, -1, "172.16.9.1", false, AZ_BAD, "Azure has 172.16.3.0/30 for this link, the edge is configured with 172.16.9.1"},
	    {"AS and /30", 1, -1, "172.16.9.1", false, AZ_BAD, "Azure expects AS 65010 from the edge, the edge is configured with AS 1; "
	     "Azure has 172.16.3.0/30 for this link, the edge is configured with 172.16.9.1"},
	    {"AS before VLAN", 1, 2, NULL, false, AZ_BAD, "Azure expects AS 65010 from the edge, the edge is configured with AS 1"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		struct plan_link *l = &s.w.circuit.links[P];
		l->asn = rows[i].asn;
		l->vlan = rows[i].vlan;
		l->derived = rows[i].derived;
		if (rows[i].ce)
			l->ce[FAM4] = world_addr(rows[i].ce);
		const struct azure_view *v = look(&s);
		if (v->settings[P] != rows[i].want || strcmp(v->disagreement[P], rows[i].says) != 0)
			fail_msg("%s: %d, %s", rows[i].what, (int)v->settings[P], v->disagreement[P]);
		assert_int_not_equal(v->settings[S], AZ_BAD);
		world_free(&s.w);
	}
}

/* Microsoft peering ends at Microsoft's edge: that no gateway is there says nothing. */
static void microsoft_peering_has_no_gateway(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	s.a.s.bgp[P].count = s.a.s.bgp[S].count = 1; /* the customer's row alone */
	s.a.s.connections.count = 0;
	assert_int_equal(look(&s)->gateway_peers, AZ_BAD);
	assert_int_equal(look(&s)->connection, CONNECTION_MISSING);
	s.w.circuit.peering = PEERING_MICROSOFT;
	assert_int_equal(look(&s)->gateway_peers, AZ_UNREAD);
	assert_int_equal(look(&s)->connection, CONNECTION_UNREAD);
	world_free(&s.w);
}

static void settings_that_cannot_be_compared(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	struct plan_link *l = &s.w.circuit.links[P];
	l->asn = 65011;
	s.a.s.peering.peer_asn.present = false; /* absent is not zero */
	assert_int_not_equal(look(&s)->settings[P], AZ_BAD);
	l->asn = -1;
	l->derived = true; /* Azure's own prefix cannot contradict Azure, nor confirm it */
	assert_int_equal(look(&s)->settings[P], AZ_UNREAD);
	s.a.s.peering.peer_asn.present = true;
	l->derived = false; /* addresses that agree, or the AS alone, clear nothing of the rest */
	assert_int_equal(look(&s)->settings[P], AZ_UNREAD);
	l->asn = 65010;
	assert_int_equal(look(&s)->settings[P], AZ_UNREAD);
	l->vlan = 100;
	assert_int_equal(look(&s)->settings[P], AZ_GOOD);
	l->derived = true;
	l->asn = l->vlan = -1;
	l->ce[FAM4] = world_addr("172.16.9.1"); /* from the file, whatever was derived of IPv6 */
	assert_int_equal(look(&s)->settings[P], AZ_BAD);
	l->derived = false;
	azure_text(&s.a.s.peering.prefix[P], "not a prefix");
	assert_int_not_equal(look(&s)->settings[P], AZ_BAD);
	azure_text(&s.a.s.peering.prefix[P], NULL);
	assert_int_equal(look(&s)->settings[P], AZ_UNREAD);
	azure_text(&s.a.s.peering.prefix6[P], "fd00:9::/126");
	assert_int_equal(look(&s)->settings[P], AZ_BAD);
	s.a.s.peering.present = false;
	assert_int_equal(look(&s)->settings[P], AZ_UNREAD);
	assert_string_equal(s.v.disagreement[P], "");
	s.a.s.peering.present = true;
	l->configured = false;
	assert_int_equal(look(&s)->settings[P], AZ_UNREAD);
	world_free(&s.w);
}

/* What was true five minutes ago counts for 1/e. */
static void age(void **state)
{
	static const struct { int64_t age_s; double want; } rows[] = {{-60, 1}, {0, 1}, {30, .904837418}, {300, .367879441}, {3600, 6.1e-6}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.done_at = wall_add(s.w.plan.started_at, -rows[i].age_s * NS_PER_SEC);
		if (fabs(look(&s)->circuit_age.weight - rows[i].want) > 1e-6)
			fail_msg("%lld s: %g", (long long)rows[i].age_s, s.v.circuit_age.weight);
		world_free(&s.w);
	}
}

/* Each answer counts by its own age, also where others are still to come; which part it is, by
 * what is said. */
static void each_answers_own_age(void **state)
{
	struct sight s;
	const double old = .367879441, fresh = .904837418;

	(void)state;
	start(&s);
	struct wall_ns now = s.w.plan.started_at;
	s.a.s.finished = false;
	s.a.s.done_at.ns = 0;
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_parts(&s.a.s, parts);
	struct { struct az_part *part; const struct azure_age *age; } rows[] = {
	    {&s.a.s.circuit.part, &s.v.circuit_age}, {&s.a.s.peering.part, &s.v.peering_age},
	    {&s.a.s.connections.part, &s.v.connection_age}, {&s.a.s.arp[P].part, &s.v.arp_age[P]},
	    {&s.a.s.arp[S].part, &s.v.arp_age[S]}, {&s.a.s.bgp[P].part, &s.v.session_age[P]},
	    {&s.a.s.bgp[S].part, &s.v.session_age[S]}, {&s.a.s.bgp[S].part, &s.v.gateway_age}, /* the older of two */
	    {&s.a.s.bgp[S].part, &s.v.says_age[SAYS_LIMIT][S]}, {&s.a.s.routes[S].part, &s.v.says_age[SAYS_DRAIN][S]},
	    {&s.a.s.routes[P].part, &s.v.says_age[SAYS_DRAIN][P]}, {&s.a.s.failover_tests.part, &s.v.says_age[SAYS_TEST][S]},
	    {&s.a.s.port.part, &s.v.says_age[SAYS_PORT][P]}, {&s.a.s.port_light.part, &s.v.says_age[SAYS_PORT][S]},
	    {&s.a.s.peering.part, &s.v.says_age[SAYS_VLAN][P]}, {&s.a.s.peering.part, &s.v.says_age[SAYS_FILTER][0]},
	    {&s.a.s.peering.part, &s.v.says_age[SAYS_PUBLIC][0]}, {&s.a.s.drops.part, &s.v.says_age[SAYS_DROPS][0]},
	    {&s.a.s.gateway_counts.part, &s.v.says_age[SAYS_VNETS][0]}, {&s.a.s.health.part, &s.v.says_age[SAYS_HEALTH][0]},
	    {&s.a.s.circuit_events.part, &s.v.says_age[SAYS_ISSUE][0]},
	    {&s.a.s.circuit_events.part, &s.v.says_age[SAYS_MAINTENANCE][0]}};
	azure_port_row(&s.a, "link1", "Disabled");
	azure_light_row(&s.a, "link2", "-40");
	azure_drops(&s.a, "5");
	azure_announced(&s.a, "12");
	azure_health(&s.a, "Available");
	azure_event_row(&s.a, "PlannedMaintenance", "Active");
	azure_test_row(&s.a, "Secondary", "BgpDisconnect", "Running");
	azure_route_path(&s.a, S, "12076 12076 65515");
	azure_route_path(&s.a, P, "65515 I");
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t k = 0; k < count; k++)
			((struct az_part *)(uintptr_t)parts[k])->at = wall_add(now, -30 * NS_PER_SEC);
		look(&s);
		if (fabs(rows[i].age->weight - fresh) > 1e-6)
			fail_msg("row %zu, all of 30 s: %g", i, rows[i].age->weight);
		rows[i].part->at = wall_add(now, -300 * NS_PER_SEC);
		look(&s);
		if (fabs(rows[i].age->weight - old) > 1e-6)
			fail_msg("row %zu, of 300 s: %g", i, rows[i].age->weight);
		assert_true(rows[i].age->at.ns == rows[i].part->at.ns);
	}
	assert_int_equal(s.v.says[SAYS_MAINTENANCE][0], AZ_BAD); /* an unfinished snapshot: it goes on now */
	world_free(&s.w);
}

/* An earlier run's answers weigh half of what their age leaves, and say nothing of availability. */
static void an_earlier_runs_answer(void **state)
{
	static const struct { int64_t age_s; double want; } rows[] = {{0, .5}, {30, .452418709}, {300, .183939721}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.a.s.stale = true;
		s.a.s.done_at = wall_add(s.w.plan.started_at, -rows[i].age_s * NS_PER_SEC);
		azure_text(&s.a.s.circuit.circuit_state, "Disabled");
		if (fabs(look(&s)->circuit_age.weight - rows[i].want) > 1e-6)
			fail_msg("%lld s: %g", (long long)rows[i].age_s, s.v.circuit_age.weight);
		assert_int_equal(s.v.circuit, AZ_BAD);
		assert_false(az_snapshot_available(&s.a.s));
		world_free(&s.w);
	}
}

static void a_link_without_an_address(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	s.w.circuit.links[S].ce[FAM4] = ip_addr_none();
	assert_int_equal(look(&s)->arp[FAM4][S], ARP_UNREAD);
	assert_int_equal(s.v.session[FAM4][S], SESSION_UNREAD);
	assert_int_equal(s.v.arp[FAM4][P], ARP_COMPLETE);
	world_free(&s.w);
}

/* --- what it says beyond states and tables --- */

static void failover_tests(void **state)
{
	static const struct { const char *link, *status; uint8_t want_primary, want_secondary; } rows[] = {
	    {"Primary", "Running", TEST_RUNS, TEST_NONE},  {"primary", "starting", TEST_TURNS, TEST_NONE}, {"Secondary", "Stopping", TEST_NONE, TEST_TURNS},
	    {"Primary", "Completed", TEST_NONE, TEST_NONE}, {"Primary", "Expired", TEST_NONE, TEST_NONE}, {"Primary", "Unheard", TEST_NONE, TEST_NONE},
	    {"Third", "Running", TEST_NONE, TEST_NONE},     {NULL, "Running", TEST_NONE, TEST_NONE},      {"Primary", NULL, TEST_NONE, TEST_NONE}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		assert_int_equal(look(&s)->says[SAYS_TEST][P], TEST_UNREAD);
		azure_test_row(&s.a, rows[i].link, "BgpDisconnect", rows[i].status);
		look(&s);
		if (s.v.says[SAYS_TEST][P] != rows[i].want_primary || s.v.says[SAYS_TEST][S] != rows[i].want_secondary)
			fail_msg("row %zu: %d, %d", i, (int)s.v.says[SAYS_TEST][P], (int)s.v.says[SAYS_TEST][S]);
		world_free(&s.w);
	}
}

static void maintenance(void **state)
{
	static const struct { const char *kind, *status, *ended; uint8_t want; } rows[] = {
	    {"PlannedMaintenance", "Active", NULL, AZ_BAD}, {"PlannedMaintenance", "Resolved", NULL, AZ_GOOD},
	    {"PlannedMaintenance", "Active", "2001-01-01T00:00:00Z", AZ_GOOD}, {"HealthAdvisory", "Active", NULL, AZ_GOOD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		assert_int_equal(look(&s)->says[SAYS_MAINTENANCE][0], AZ_UNREAD);
		azure_event_row(&s.a, rows[i].kind, rows[i].status);
		if (rows[i].ended)
			azure_text(&s.a.events[0].ended, rows[i].ended);
		if (look(&s)->says[SAYS_MAINTENANCE][0] != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_MAINTENANCE][0]);
		world_free(&s.w);
	}
}

static void ports(void **state)
{
	static const struct { const char *admin, *metric, *value, *light; uint8_t want; } rows[] = {
	    {NULL, NULL, NULL, NULL, PORT_UNREAD}, {"Enabled", NULL, NULL, NULL, PORT_UP}, {"Disabled", NULL, NULL, NULL, PORT_SHUT},
	    {"Disabled", "LineProtocol", "0", "-40", PORT_SHUT}, {"Enabled", "LineProtocol", "0", "-40", PORT_DOWN},
	    {"Enabled", "LineProtocol", "1", "-12.5", PORT_DARK}, {NULL, NULL, NULL, "2.5", PORT_DARK_ALONE},
	    {NULL, NULL, NULL, "-3.1", PORT_LIT_ALONE}, {NULL, "LineProtocol", "0", "-3.1", PORT_DOWN_UNTOLD},
	    {NULL, "AdminState", "0", NULL, PORT_SHUT}, {NULL, "AdminState", "1", NULL, PORT_UP},
	    {"Enabled", "AdminState", "0", NULL, PORT_UP}}; /* the resource itself is nearer than its metric */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		if (rows[i].admin)
			azure_port_row(&s.a, "link2", rows[i].admin);
		if (rows[i].metric)
			azure_port_metric(&s.a, rows[i].metric, "link2", rows[i].value);
		if (rows[i].light)
			azure_light_row(&s.a, "link2", rows[i].light);
		if (look(&s)->says[SAYS_PORT][S] != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_PORT][S]);
		assert_int_equal(s.v.says[SAYS_PORT][P], PORT_UNREAD);
		world_free(&s.w);
	}
}

/* Azure has VLAN 100 for both links. */
static void vlans(void **state)
{
	static const struct { int primary, secondary; uint8_t want_primary, want_secondary; } rows[] = {
	    {-1, -1, VLAN_UNREAD, VLAN_UNREAD},    {100, -1, VLAN_AGREES, VLAN_UNREAD},       {100, 100, VLAN_AGREES, VLAN_AGREES},
	    {101, -1, VLAN_DIFFERS, VLAN_UNREAD},  {101, 101, VLAN_DIFFERS, VLAN_DIFFERS},    {101, 100, VLAN_DIFFERS_HERE, VLAN_AGREES},
	    {100, 101, VLAN_AGREES, VLAN_DIFFERS_HERE}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.w.circuit.links[P].vlan = rows[i].primary;
		s.w.circuit.links[S].vlan = rows[i].secondary;
		look(&s);
		if (s.v.says[SAYS_VLAN][P] != rows[i].want_primary || s.v.says[SAYS_VLAN][S] != rows[i].want_secondary)
			fail_msg("row %zu: %d, %d", i, (int)s.v.says[SAYS_VLAN][P], (int)s.v.says[SAYS_VLAN][S]);
		s.a.s.peering.vlan.present = false;
		assert_int_equal(look(&s)->says[SAYS_VLAN][P], VLAN_UNREAD);
		world_free(&s.w);
	}
}

static void health(void **state)
{
	static const struct { const char *state; uint8_t want; } rows[] = {
	    {"Available", AZ_GOOD}, {"Unavailable", AZ_BAD}, {"degraded", AZ_BAD}, {"Unknown", AZ_UNREAD}, {NULL, AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		assert_int_equal(look(&s)->says[SAYS_HEALTH][0], AZ_UNREAD);
		azure_health(&s.a, rows[i].state);
		if (look(&s)->says[SAYS_HEALTH][0] != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_HEALTH][0]);
		assert_int_equal(s.v.says[SAYS_ISSUE][0], AZ_UNREAD);
		azure_event_row(&s.a, "ServiceIssue", "Active");
		assert_int_equal(look(&s)->says[SAYS_ISSUE][0], AZ_BAD);
		world_free(&s.w);
	}
}

static void limits(void **state)
{
	static const struct { const char *sku, *state; enum peering_type peering; uint8_t want; } rows[] = {
	    {"Standard", "12", PEERING_PRIVATE, LIMIT_FAR},       {"Standard", "3800", PEERING_PRIVATE, LIMIT_NEAR},
	    {"Standard", "4000", PEERING_PRIVATE, LIMIT_EXCEEDED}, {"Premium", "4000", PEERING_PRIVATE, LIMIT_FAR},
	    {NULL, "4000", PEERING_PRIVATE, LIMIT_UNREAD},        {NULL, "190", PEERING_MICROSOFT, LIMIT_NEAR},
	    {"Standard", "Idle", PEERING_PRIVATE, LIMIT_UNREAD},  {NULL, "Idle (PfxCt)", PEERING_PRIVATE, LIMIT_EXCEEDED},
	    {NULL, "pfxct", PEERING_PRIVATE, LIMIT_EXCEEDED},     {"Standard", NULL, PEERING_PRIVATE, LIMIT_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		s.w.circuit.peering = rows[i].peering;
		azure_text(&s.a.s.circuit.sku_tier, rows[i].sku);
		azure_text(&s.a.bgp[S][0].state, rows[i].state);
		if (look(&s)->says[SAYS_LIMIT][S] != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_LIMIT][S]);
		world_free(&s.w);
	}
}

static void drops_and_announced(void **state)
{
	struct sight s;

	(void)state;
	start(&s);
	assert_int_equal(look(&s)->says[SAYS_DROPS][0], AZ_UNREAD);
	assert_int_equal(s.v.says[SAYS_VNETS][0], AZ_UNREAD);
	azure_drops(&s.a, "0");
	azure_announced(&s.a, "999");
	assert_int_equal(look(&s)->says[SAYS_DROPS][0], AZ_GOOD);
	assert_int_equal(s.v.says[SAYS_VNETS][0], AZ_GOOD);
	azure_drops(&s.a, "1.5");
	azure_announced(&s.a, "1000");
	assert_int_equal(look(&s)->says[SAYS_DROPS][0], AZ_BAD);
	assert_int_equal(s.v.says[SAYS_VNETS][0], AZ_BAD);
	s.w.circuit.peering = PEERING_MICROSOFT; /* no gateway there */
	assert_int_equal(look(&s)->says[SAYS_VNETS][0], AZ_UNREAD);
	world_free(&s.w);
}

/* In one direction, within the hour; without the bandwidth it says nothing. */
static void near_the_bandwidth(void **state)
{
	static const struct { int64_t mbps; const char *in, *out; uint8_t want; } rows[] = {
	    {50, "1000000", "44999999", AZ_GOOD}, {50, "1000000", "45000000", AZ_BAD}, {50, "48e6", "1000", AZ_BAD},
	    {50, "not a number", "1000", AZ_GOOD}, {0, "48000000", "1000", AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;

		start(&s);
		s.a.s.circuit.bandwidth_mbps = (struct az_int){true, rows[i].mbps};
		assert_int_equal(look(&s)->says[SAYS_FULL][0], AZ_UNREAD);
		azure_traffic(&s.a, rows[i].in);
		azure_traffic(&s.a, rows[i].out);
		if (look(&s)->says[SAYS_FULL][0] != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_FULL][0]);
		s.a.s.circuit.bandwidth_mbps.present = false;
		assert_int_equal(look(&s)->says[SAYS_FULL][0], AZ_UNREAD);
		world_free(&s.w);
	}
}

static void microsoft_peering(void **state)
{
	static const struct { const char *four, *six; uint8_t want; } rows[] = {
	    {"Configured", NULL, AZ_GOOD}, {"ValidationNeeded", NULL, AZ_BAD}, {"NotConfigured", "Configured", AZ_BAD},
	    {"Configured", "ValidationNeeded", AZ_BAD}, {"Configuring", NULL, AZ_UNREAD}, {NULL, "Configured", AZ_GOOD}, {NULL, NULL, AZ_UNREAD}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		azure_text(&s.a.s.peering.advertised_prefixes_state, rows[i].four);
		azure_text(&s.a.s.peering.advertised_prefixes_state6, rows[i].six);
		assert_int_equal(look(&s)->says[SAYS_PUBLIC][0], AZ_UNREAD); /* of private peering it says nothing */
		assert_int_equal(s.v.says[SAYS_FILTER][0], AZ_UNREAD);
		s.w.circuit.peering = PEERING_MICROSOFT;
		if (look(&s)->says[SAYS_PUBLIC][0] != rows[i].want)
			fail_msg("row %zu: %d", i, (int)s.v.says[SAYS_PUBLIC][0]);
		assert_int_equal(s.v.says[SAYS_FILTER][0], AZ_BAD);
		s.a.s.peering.has_route_filter = true;
		assert_int_equal(look(&s)->says[SAYS_FILTER][0], AZ_GOOD);
		s.a.s.peering.present = false;
		assert_int_equal(look(&s)->says[SAYS_FILTER][0], AZ_UNREAD);
		world_free(&s.w);
	}
}

static void drained_paths(void **state)
{
	static const struct { const char *primary, *secondary, *learned; uint8_t want_primary, want_secondary; } rows[] = {
	    {NULL, NULL, NULL, DRAIN_UNREAD, DRAIN_UNREAD},
	    {"65515 I", "65515 I", NULL, DRAIN_NONE, DRAIN_NONE},
	    {"65515 I", "12076 12076 65515 I\n      ", NULL, DRAIN_NONE, DRAIN_HERE},
	    {"12076  12076", "65010 12076 65010 12076", NULL, DRAIN_HERE, DRAIN_NONE},
	    {"112076 12076", "12076 120760", NULL, DRAIN_NONE, DRAIN_NONE},
	    {NULL, NULL, "12076-12076-65010", DRAIN_SOMEWHERE, DRAIN_SOMEWHERE},
	    {NULL, NULL, "12076-65010", DRAIN_UNREAD, DRAIN_UNREAD}, /* the gateway need not hear of it */
	    {NULL, "65515 I", "12076-65010", DRAIN_UNREAD, DRAIN_NONE},
	    {"65515 I", "12076 12076 65515", "12076-12076-65010", DRAIN_NONE, DRAIN_HERE}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sight s;
		start(&s);
		if (rows[i].primary)
			azure_route_path(&s.a, P, rows[i].primary);
		if (rows[i].secondary)
			azure_route_path(&s.a, S, rows[i].secondary);
		if (rows[i].learned)
			azure_learned_path(&s.a, rows[i].learned);
		look(&s);
		if (s.v.says[SAYS_DRAIN][P] != rows[i].want_primary || s.v.says[SAYS_DRAIN][S] != rows[i].want_secondary)
			fail_msg("row %zu: %d, %d", i, (int)s.v.says[SAYS_DRAIN][P], (int)s.v.says[SAYS_DRAIN][S]);
		world_free(&s.w);
	}
}

/* Every thing that can be said has a sentence for each way it can be said. */
static void said_in_words(void **state)
{
	struct sight s;
	char words[SENTENCE_MAX];

	(void)state;
	start(&s);
	azure_test_row(&s.a, "Secondary", "BgpDisconnect", "Running");
	azure_event_row(&s.a, "PlannedMaintenance", "Active");
	azure_route_path(&s.a, S, "12076 12076 65515 I");
	look(&s);
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_TEST, S, words, sizeof words);
	assert_string_equal(words, "Azure: a failover test (BgpDisconnect) of the secondary link is Running since 2026-09-21T14:00:00Z.");
	azure_test_row(&s.a, "Primary", "BgpDisconnect", "Starting");
	look(&s);
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_TEST, P, words, sizeof words);
	assert_string_equal(words, "Azure: a failover test (BgpDisconnect) of the primary link is Starting since 2026-09-21T14:00:00Z.");
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_MAINTENANCE, LINK_NULL, words, sizeof words);
	assert_string_equal(words, "Azure: PlannedMaintenance QK0P-1N8 goes on since an unknown time: Maintenance of your circuit.");
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_DRAIN, S, words, sizeof words);
	assert_string_equal(words, "Azure: routes over the secondary link have Microsoft's AS 12076 repeated: the link is drained.");
	/* Another AS as well is another matter, and has its own sentence. */
	s.v.says[SAYS_VLAN][P] = VLAN_DIFFERS_HERE;
	s.v.own_vlan[P] = 301;
	snprintf(s.v.disagreement[P], sizeof s.v.disagreement[P], "Azure expects AS 65010 from the edge");
	azure_says_words(&s.v, &s.w.circuit, &s.a.s, SAYS_VLAN, P, words, sizeof words);
	assert_string_equal(words, "Azure: the peering's VLAN is 100, the primary edge is configured with 301; the other link's edge agrees with Azure.");
	for (int which = 0; which < SAYS; which++) {
		for (uint8_t seen = 1; seen <= 2; seen++) {
			memset(s.v.says, seen, sizeof s.v.says);
			azure_says_words(&s.v, &s.w.circuit, &s.a.s, (enum azure_says)which, P, words, sizeof words);
			assert_int_equal(strncmp(words, "Azure: ", 7), 0);
		}
		azure_says_words(&s.v, &s.w.circuit, NULL, (enum azure_says)which, P, words, sizeof words);
		assert_string_equal(words, "Azure was not read.");
	}
	world_free(&s.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_healthy_circuit),
	    cmocka_unit_test(nothing_read),
	    cmocka_unit_test(states_of_the_circuit),
	    cmocka_unit_test(states_of_the_peering),
	    cmocka_unit_test(arp_rows),
	    cmocka_unit_test(arp_of_ipv6),
	    cmocka_unit_test(words_of_a_session),
	    cmocka_unit_test(a_session_that_is_not_listed),
	    cmocka_unit_test(tables_that_fail), cmocka_unit_test(tables_that_fail_among_others),
	    cmocka_unit_test(the_gateways_neighbours),
	    cmocka_unit_test(connections),
	    cmocka_unit_test(settings),
	    cmocka_unit_test(microsoft_peering_has_no_gateway),
	    cmocka_unit_test(settings_that_cannot_be_compared),
	    cmocka_unit_test(age),
	    cmocka_unit_test(failover_tests),
	    cmocka_unit_test(maintenance),
	    cmocka_unit_test(drained_paths),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(drops_and_announced), cmocka_unit_test(near_the_bandwidth),
	    cmocka_unit_test(microsoft_peering),
	    cmocka_unit_test(ports),
	    cmocka_unit_test(vlans),
	    cmocka_unit_test(health),
	    cmocka_unit_test(said_in_words),
	    cmocka_unit_test(each_answers_own_age),
	    cmocka_unit_test(an_earlier_runs_answer),
	    cmocka_unit_test(a_link_without_an_address),
	};

	return cmocka_run_group_tests_name("azure_view", tests, NULL, NULL);
}
