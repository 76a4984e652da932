/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "erprobe/snapshot.h"

#include <string.h>

/* Every part is walked once, and one that was read makes Azure available. */
static void parts_and_availability(void **state)
{
	static struct az_snapshot s;
	const struct az_part *parts[AZ_PARTS_MAX];
	struct az_part *own[AZ_PARTS_MAX];

	(void)state;
	size_t n = az_snapshot_parts(&s, parts);
	assert_int_equal(n, 32);
	assert_int_equal(az_snapshot_own_parts(&s, own), n);
	assert_ptr_equal(parts[0], &s.circuit.part);
	assert_false(az_snapshot_available(&s));
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(parts[i], parts[k]);
		assert_ptr_equal(own[i], parts[i]);
		struct az_part *p = own[i];
		p->read = AZ_FAILED;
		assert_false(az_snapshot_available(&s));
		p->read = AZ_OK;
		assert_true(az_snapshot_available(&s));
		p->read = AZ_NOT_ASKED;
	}
	s.circuit.part.read = AZ_OK;
	s.stale = true; /* what an earlier run read is no answer of this one */
	assert_false(az_snapshot_available(&s));
}

static void copies_deeply(void **state)
{
	static struct az_snapshot s, copy;
	struct az_arp_row arp[2] = {{.ip = {true, "10.0.0.1"}}, {.age = {true, 7}}};
	struct az_bgp_row bgp[1] = {{.neighbor = {true, "10.0.0.2"}}};
	struct az_route_row routes[1] = {{.network = {true, "10.0.0.0/8"}}};
	struct az_connection connections[1] = {{.fast_path = true}};
	struct az_gateway_peer peers[1] = {{.asn = {true, 65515}}};

	(void)state;
	s.arp[LINK_SECONDARY].rows = arp;
	s.arp[LINK_SECONDARY].count = 2;
	s.bgp[LINK_PRIMARY].rows = bgp;
	s.bgp[LINK_PRIMARY].count = 1;
	s.routes[LINK_PRIMARY].rows = routes;
	s.routes[LINK_PRIMARY].count = 1;
	s.connections.rows = connections;
	s.connections.count = 1;
	s.gateway_peers.rows = peers;
	s.gateway_peers.count = 1;
	struct az_metric metrics[1] = {{.peer = {true, "Primary"}}};
	s.metrics.rows = metrics;
	s.metrics.count = 1;
	struct az_port_link links[1] = {{.name = {true, "link1"}}};
	struct az_public_prefix prefixes[1] = {{.prefix = {true, "203.0.113.0/24"}}};
	s.port.rows = links;
	s.port.count = 1;
	s.peerings.prefixes = prefixes;
	s.peerings.prefix_count = 1;
	assert_true(az_snapshot_copy(&copy, &s));
	memset(links, 0, sizeof links);
	memset(prefixes, 0, sizeof prefixes);
	assert_string_equal(copy.port.rows[0].name.text, "link1");
	assert_string_equal(copy.peerings.prefixes[0].prefix.text, "203.0.113.0/24");
	memset(metrics, 0, sizeof metrics);
	assert_string_equal(copy.metrics.rows[0].peer.text, "Primary");
	memset(arp, 0, sizeof arp);
	memset(peers, 0, sizeof peers);
	assert_string_equal(copy.arp[LINK_SECONDARY].rows[0].ip.text, "10.0.0.1");
	assert_int_equal(copy.arp[LINK_SECONDARY].rows[1].age.value, 7);
	assert_null(copy.arp[LINK_PRIMARY].rows);
	assert_string_equal(copy.routes[LINK_PRIMARY].rows[0].network.text, "10.0.0.0/8");
	assert_true(copy.connections.rows[0].fast_path);
	assert_int_equal(copy.gateway_peers.rows[0].asn.value, 65515);
	az_snapshot_free(&copy);
	assert_null(copy.bgp[LINK_PRIMARY].rows);
	assert_int_equal(copy.bgp[LINK_PRIMARY].count, 0);
	az_snapshot_free(&copy); /* again is harmless */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_and_availability),
	    cmocka_unit_test(copies_deeply),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
