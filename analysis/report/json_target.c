/* SPDX-License-Identifier: BSD-2-Clause */
/* One target: its services, and over which links it was reached. */
#include "analysis/report/json_parts.h"

static void service(struct json_out *j, const struct service_result *s)
{
	json_object(j, NULL);
	json_text(j, "protocol", s->port == 0 ? "ping" : "tcp");
	if (s->port == 0)
		json_null(j, "port");
	else
		json_int(j, "port", s->port);
	json_text(j, "outcome", s->outcome);
	json_int(j, "sent", s->sent);
	json_int(j, "answered", s->answered);
	json_rtt(j, "rtt_us", &s->rtt);
	json_object_end(j);
}

void json_target(struct json_out *j, const struct target_result *t)
{
	json_object(j, NULL);
	json_text(j, "name", t->name);
	json_addr(j, "address", &t->address);
	json_bool(j, "control", t->control);
	json_bool(j, "tested", t->tested);
	if (t->tested)
		json_bool(j, "reachable", t->reachable);
	else
		json_null(j, "reachable");
	json_array(j, "services");
	for (size_t i = 0; i < t->service_count && i < TARGET_PORTS_MAX + 1; i++)
		service(j, &t->services[i]);
	json_array_end(j);
	json_bool(j, "over_primary", t->over[LINK_PRIMARY]);
	json_bool(j, "over_secondary", t->over[LINK_SECONDARY]);
	json_ratio(j, "loss", &t->loss);
	json_rtt(j, "rtt_us", &t->rtt);
	json_object_end(j);
}
