/* SPDX-License-Identifier: BSD-2-Clause */
/* One session of reads (probe/azure/session.h) against Azure's own endpoint, for the tests that play Azure. Each test file
 * is a program of its own, so that these are its globals. */
#ifndef TEST_AZURE_SESSION_H
#define TEST_AZURE_SESSION_H

#include "probe/azure/session.h"

#include <stdlib.h>

#define SUB "/subscriptions/s"
#define GROUP SUB "/resourceGroups/rg/providers/Microsoft.Network"
#define CIRCUIT GROUP "/expressRouteCircuits/c-1"
#define GATEWAY GROUP "/virtualNetworkGateways/gw-1"
#define HOST "https://management.azure.com"

static struct url_base base;
static struct plan_circuit plan;
static struct session *s;
static const struct mono_ns now = {1000}, later = {INT64_C(60000000000)};

static int setup(void **state)
{
	char err[128];
	(void)state;
	s = calloc(1, sizeof(*s));
	return s && url_base_parse(HOST, &base, err, sizeof(err)) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	session_free(s);
	free(s);
	return 0;
}

#endif
