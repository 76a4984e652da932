/* SPDX-License-Identifier: BSD-2-Clause */
/* A target as JSON: all its services stand there, ping without a port, up to the last that there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "analysis/report/json_parts.h"

static void all_services(void **state)
{
	struct target_result t = {.name = "app", .tested = true, .service_count = TARGET_PORTS_MAX + 1};
	struct strbuf out;
	struct json_out j;
	char wanted[32];

	(void)state;
	for (size_t i = 0; i < t.service_count; i++)
		t.services[i] = (struct service_result){.port = (uint16_t)(i == 0 ? 0 : 8000 + i), .outcome = "answered"};
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	json_begin(&j, &out, true);
	json_target(&j, &t);
	assert_true(strbuf_ok(&out));
	for (size_t i = 0; i < t.service_count; i++) {
		if (i == 0)
			snprintf(wanted, sizeof wanted, "\"port\":null");
		else
			snprintf(wanted, sizeof wanted, "\"port\":%zu", 8000 + i);
		if (!strstr(out.text, wanted))
			fail_msg("%s lacks %s", out.text, wanted);
	}
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_services)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
