/* SPDX-License-Identifier: BSD-2-Clause */
/* What carries a link's traffic, as `erprobe state` prints it: each link its own figures, in units that can be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "probe/state/state_facts.h"

static struct az_text text_of(const char *text)
{
	struct az_text t = {.present = true};
	snprintf(t.text, sizeof(t.text), "%s", text);
	return t;
}

static void traffic(void **state)
{
	static const struct { const char *in, *out, *cell; } rows[] = {
		{"0", "999", "0 bit/s in, 999 bit/s out"},
		{"1000", "2500000", "1.0 kbit/s in, 2.5 Mbit/s out"},
		{"3000000000", "12000000000000", "3.0 Gbit/s in, 12000.0 Gbit/s out"},
		{"many", "1", "? in, 1 bit/s out"},
	};
	static struct az_snapshot s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct az_metric m[2] = {{.name = text_of("BitsInPerSecond"), .instance = text_of("secondary"), .average = text_of(rows[i].in)},
		                         {.name = text_of("BitsOutPerSecond"), .instance = text_of("secondary"), .average = text_of(rows[i].out)}};
		char cell[200] = "";

		s.traffic.part.read = AZ_OK;
		s.traffic.count = 2;
		s.traffic.rows = m;
		state_cell_traffic(&s, NULL, LINK_PRIMARY, cell, sizeof(cell));
		assert_string_equal(cell, "");
		state_cell_traffic(&s, NULL, LINK_SECONDARY, cell, sizeof(cell));
		assert_string_equal(cell, rows[i].cell);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(traffic)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
