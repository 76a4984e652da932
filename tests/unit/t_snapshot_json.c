/* SPDX-License-Identifier: BSD-2-Clause */
/* snapshot_json: what is written comes back equal, and nothing else is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "azure_random.h"
#include "probe/snapshot/rows.h"
#include "probe/snapshot/snapshot_json.h"

static char *write_text(const struct az_snapshot *s, bool compact)
{
	struct strbuf b;
	struct json_out j;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	json_begin(&j, &b, compact);
	snapshot_write(&j, NULL, s);
	json_finish(&j);
	return strbuf_take(&b);
}

static bool read_text(const char *text, struct az_snapshot *out, char err[160])
{
	struct json_doc *d = json_read(text, strlen(text), err, 160);
	if (!d)
		return false;
	bool ok = snapshot_read(json_root(d), out, err, 160);
	json_doc_free(d);
	return ok;
}

/* Equal byte for byte but for the pointers to the rows. */
static bool same_rows(const void *a, const void *b, size_t count, size_t size)
{
	return count == 0 || memcmp(a, b, count * size) == 0;
}

#define SAME(table) (a->table.count == b->table.count &&                                             \
	same_rows(a->table.rows, b->table.rows, a->table.count, sizeof(*a->table.rows)))

static bool equal(const struct az_snapshot *a, const struct az_snapshot *b)
{
	bool same = memcmp(&a->circuit.name, &b->circuit.name, sizeof(a->circuit) - offsetof(struct az_circuit, name)) == 0 &&
	            memcmp(&a->peering.present, &b->peering.present, sizeof(a->peering) - offsetof(struct az_peering, present)) == 0 &&
	            memcmp(&a->gateway.name, &b->gateway.name, sizeof(a->gateway) - offsetof(struct az_gateway, name)) == 0 &&
	            memcmp(a->peering_stats.bytes_in, b->peering_stats.bytes_in, sizeof(a->peering_stats.bytes_in) * 2) == 0 &&
	            memcmp(a->circuit_stats.bytes_in, b->circuit_stats.bytes_in, sizeof(a->circuit_stats.bytes_in) * 2) == 0 &&
	            a->asked_at.ns == b->asked_at.ns && a->done_at.ns == b->done_at.ns && a->finished == b->finished &&
	            strcmp(a->why_not, b->why_not) == 0 && SAME(connections) && SAME(gateway_peers) &&
	            SAME(metrics) && a->stale == b->stale &&
	            memcmp(&a->health.state, &b->health.state, sizeof(a->health) - offsetof(struct az_health, state)) == 0;
	same = same && SAME(peerings) && SAME(gateway_learned) && SAME(gateway_advertised[0]) && SAME(gateway_advertised[1]) &&
	       SAME(reach) && SAME(reach_from) && SAME(port) && SAME(circuit_events) && SAME(service_events) &&
	       SAME(activity) && SAME(failover_tests) && SAME(traffic) && SAME(drops) && SAME(gateway_load) &&
	       SAME(gateway_counts) && SAME(port_state) && SAME(port_light) &&
	       a->peerings.prefix_count == b->peerings.prefix_count &&
	       same_rows(a->peerings.prefixes, b->peerings.prefixes, a->peerings.prefix_count, sizeof(*a->peerings.prefixes)) &&
	       memcmp(&a->port.name, &b->port.name, offsetof(struct az_port, rows) - offsetof(struct az_port, name)) == 0 &&
	       memcmp(&a->gateway_advertised[0].to, &b->gateway_advertised[0].to, sizeof(struct az_text)) == 0;
	for (int l = 0; l < LINKS; l++)
		same = same && SAME(arp[l]) && SAME(bgp[l]) && SAME(routes[l]);
	return same;
}

static void set(struct az_text *t, const char *text)
{
	t->present = true;
	snprintf(t->text, sizeof(t->text), "%s", text);
}

static void round_trip(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct az_snapshot first, second;
		char err[160] = "";
		random_snapshot(seed, &first);
		char *once = write_text(&first, seed % 2);
		if (!read_text(once, &second, err))
			fail_msg("seed %llu: %s", (unsigned long long)seed, err);
		char *twice = write_text(&second, seed % 2);
		if (strcmp(once, twice) != 0 || !equal(&first, &second))
			fail_msg("seed %llu: not equal", (unsigned long long)seed);
		az_snapshot_free(&first);
		az_snapshot_free(&second);
		free(once);
		free(twice);
	}
}

static void refuses_anything_else(void **state)
{
	static const char *const wrong[] = {"null", "{}", "[]", "{\"asked_at_ns\":\"1\"}", "7"};
	struct az_snapshot s, zero;
	char err[160];
	(void)state;
	memset(&zero, 0, sizeof(zero));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		memset(&s, 0xa5, sizeof(s));
		assert_false(read_text(wrong[i], &s, err));
		assert_memory_equal(&s, &zero, sizeof(s));
		assert_non_null(strstr(err, "not a snapshot of Azure"));
	}
}

/* Before 1970 nobody asked Azure: what subtracts two such times would leave the type's range. */
static void refuses_times_that_are_none(void **state)
{
	struct az_snapshot s, back;
	struct wall_ns *const times[] = {&s.asked_at, &s.done_at, &s.circuit.part.at, &s.arp[LINK_PRIMARY].part.at};
	char err[160];
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		random_snapshot(7, &s);
		times[i]->ns = i % 2 ? INT64_MIN : -1;
		char *text = write_text(&s, true);
		assert_false(read_text(text, &back, err));
		if (!strstr(err, "is no time"))
			fail_msg("%zu: %s", i, err);
		free(text);
		az_snapshot_free(&s);
	}
}

/* Each key is needed: renaming any of them makes the document unreadable, unless it is
 * a reading that follows from another value. */
static void needs_every_key(void **state)
{
	static const char *const derived[] = {"at", "asked_at", "done_at", "resolved", "established", "prefixes", "as_path",
	                                      "origin", "marked_best",
	                                      /* unknown to earlier versions */ "stale", "gateway_id", "health", "metrics",
	                                      "peerings", "global_reach", "advertised_prefixes_state6", "routing_weight", "hub",
	                                      "lowest", "falls"};
	struct az_snapshot s, back;
	char err[160], key[64];
	size_t tried = 0;
	(void)state;
	random_snapshot(7, &s);
	char *text = write_text(&s, true);
	for (char *at = strstr(text, "\":"); at; at = strstr(at + 1, "\":")) {
		char *begin = at;
		while (begin > text && begin[-1] != '"')
			begin--;
		if (begin - text < 2 || strchr("{,", begin[-2]) == NULL || (size_t)(at - begin) >= sizeof(key))
			continue; /* inside a text */
		snprintf(key, sizeof(key), "%.*s", (int)(at - begin), begin);
		bool needed = key[0] != '\0';
		for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++)
			needed = needed && strcmp(key, derived[i]) != 0;
		if (!needed || strcmp(key, "x") == 0)
			continue;
		*begin ^= 1;
		if (read_text(text, &back, err))
			fail_msg("readable without \"%s\"", key);
		*begin ^= 1;
		tried++;
	}
	assert_true(tried > 200);
	assert_true(read_text(text, &back, err));
	az_snapshot_free(&back);
	az_snapshot_free(&s);
	free(text);
}

/* What an earlier version wrote has none of the later keys: they are absent then. */
static void reads_earlier_versions(void **state)
{
	static const char *const later[] = {"\"stale\":", "\"gateway_id\":", "\"health\":", "\"metrics\":",
	                                    "\"peerings\":", "\"global_reach\":"};
	struct az_snapshot s, back;
	char err[160];
	(void)state;
	random_snapshot(11, &s);
	s.stale = true;
	set(&s.gateway.id, "/gw");
	set(&s.gateway.name, "gw-1");
	char *text = write_text(&s, true);
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		char *at = strstr(text, later[i]);
		assert_non_null(at);
		at[1] = '_';
	}
	assert_true(read_text(text, &back, err));
	assert_false(back.stale);
	assert_false(back.gateway.id.present);
	assert_string_equal(back.gateway.name.text, "gw-1");
	assert_int_equal(back.health.part.read, AZ_NOT_ASKED);
	assert_int_equal(back.metrics.count, 0);
	assert_int_equal(back.peerings.part.read, AZ_NOT_ASKED);
	assert_int_equal(back.activity.count, 0);
	assert_false(back.circuit.global_reach.present);
	az_snapshot_free(&back);
	az_snapshot_free(&s);
	free(text);
}

static void bounds_what_it_reads(void **state)
{
	struct az_snapshot s, back;
	char err[160];
	(void)state;
	memset(&s, 0, sizeof(s));
	s.arp[0].count = AZ_ROWS_MAX + 1;
	s.arp[0].rows = calloc(s.arp[0].count, sizeof(*s.arp[0].rows));
	char *text = write_text(&s, true);
	assert_false(read_text(text, &back, err));
	assert_non_null(strstr(err, "too many"));
	free(text);
	s.arp[0].count = AZ_ROWS_MAX;
	text = write_text(&s, true);
	assert_true(read_text(text, &back, err));
	assert_int_equal(back.arp[0].count, AZ_ROWS_MAX);
	az_snapshot_free(&back);
	free(text);
	char *longer = strdup("{\"why_not\":\"\"}");
	assert_false(read_text(longer, &back, err));
	free(longer);
	az_snapshot_free(&s);
}

/* The allow-list by its result: no key of a secret exists. */
static void has_no_place_for_secrets(void **state)
{
	static const char *const secrets[] = {"uthorization", "haredKey", "shared_key", "oken", "ecret", "assword", "earer"};
	struct az_snapshot s;
	(void)state;
	memset(&s, 0, sizeof(s));
	for (int l = 0; l < LINKS; l++) {
		s.arp[l].rows = calloc(s.arp[l].count = 1, sizeof(*s.arp[l].rows));
		s.bgp[l].rows = calloc(s.bgp[l].count = 1, sizeof(*s.bgp[l].rows));
		s.routes[l].rows = calloc(s.routes[l].count = 1, sizeof(*s.routes[l].rows));
	}
	s.connections.rows = calloc(s.connections.count = 1, sizeof(*s.connections.rows));
	s.gateway_peers.rows = calloc(s.gateway_peers.count = 1, sizeof(*s.gateway_peers.rows));
	char *text = write_text(&s, false);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_null(strstr(text, secrets[i]));
	free(text);
	az_snapshot_free(&s);
}

static void readings_stand_beside(void **state)
{
	static const char *const parts[] = {
		"\"mac\":\"Incomplete\",\"age\":null,\"resolved\":false", "\"state\":\"12\",\"established\":true,\"prefixes\":12",
		"\"path\":\"65515 65010 i\\n   \",\"as_path\":\"65515 65010\",\"origin\":\"i\",\"marked_best\":true"};
	struct az_snapshot s;
	(void)state;
	memset(&s, 0, sizeof(s));
	s.arp[0].rows = calloc(s.arp[0].count = 1, sizeof(*s.arp[0].rows));
	s.bgp[0].rows = calloc(s.bgp[0].count = 1, sizeof(*s.bgp[0].rows));
	s.routes[0].rows = calloc(s.routes[0].count = 1, sizeof(*s.routes[0].rows));
	set(&s.arp[0].rows[0].mac, "Incomplete");
	set(&s.bgp[0].rows[0].state, "12");
	set(&s.routes[0].rows[0].path, "65515 65010 i\n   ");
	set(&s.routes[0].rows[0].next_hop, "10.1.1.1* ");
	char *text = write_text(&s, true);
	for (size_t i = 0; i < 3; i++)
		if (!strstr(text, parts[i]))
			fail_msg("%s is not in %s", parts[i], text);
	free(text);
	az_snapshot_free(&s);
}

static void reads_dialects(void **state)
{
	static const struct { const char *path, *as_path; char origin; } paths[] = {
		{"65515 I\n                    ", "65515", 'i'}, {"65515", "65515", 0}, {"65515 e", "65515", 'e'},
		{"65010 12076 ?", "65010 12076", '?'}, {"i", "", 'i'}, {"", "", 0}, {"  ", "", 0}, {"12076 12076i", "12076 12076i", 0},
	};
	static const struct { const char *mac; bool known, resolved; } macs[] = {
		{"02cf.2b02.c22b", true, true}, {"02:CF:2b:02:c2:2b", true, true}, {"02-cf-2b-02-c2-2b", true, true},
		{"Incomplete", true, false}, {"INCOMPLETE", true, false}, {"", false, false}, {"02cf.2b02", false, false},
		{"macAddress", false, false}, {"02cf.2b02.c22b.1", false, false}, {"pending 123456789abc", false, false},
	};
	static const struct { const char *state; bool established; int64_t prefixes; } states[] = {
		{"0", true, 0}, {"12", true, 12}, {"Active", false, 0}, {"Idle (PfxCt)", false, 0}, {"", false, 0},
		{"12 ", false, 0}, {"-1", false, 0}, {"99999999999", false, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct az_route_row r = {0};
		char out[AZ_TEXT_MAX], origin;
		set(&r.path, paths[i].path);
		row_route_path(&r, out, &origin);
		assert_string_equal(out, paths[i].as_path);
		assert_int_equal(origin, paths[i].origin);
	}
	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
		struct az_arp_row r = {0};
		bool known;
		set(&r.mac, macs[i].mac);
		assert_int_equal(row_arp_resolved(&r, &known), macs[i].resolved);
		assert_int_equal(known, macs[i].known);
	}
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct az_bgp_row r = {0};
		int64_t prefixes = 0;
		set(&r.state, states[i].state);
		assert_int_equal(row_bgp_prefixes(&r, &prefixes), states[i].established);
		assert_true(!states[i].established || prefixes == states[i].prefixes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(refuses_anything_else), cmocka_unit_test(refuses_times_that_are_none), cmocka_unit_test(needs_every_key), cmocka_unit_test(reads_earlier_versions),
		cmocka_unit_test(bounds_what_it_reads), cmocka_unit_test(has_no_place_for_secrets),
		cmocka_unit_test(readings_stand_beside), cmocka_unit_test(reads_dialects),
	};
	return cmocka_run_group_tests_name("snapshot_json", tests, NULL, NULL);
}
