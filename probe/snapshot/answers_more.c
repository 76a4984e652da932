/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers whose rows are read by their lists of fields: routes of a gateway or hub,
 * Global Reach, ports of ExpressRoute Direct, failover tests, events. */
#include "probe/snapshot/answer_rows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Fills one table of the snapshot by its fields; err and err_size are the caller's. */
#define READ_TABLE(v, f, table, set, is_few, is_bare, is_wanted)                                     \
	do {                                                                                         \
		void *rows = (table)->rows;                                                          \
		struct answer_rows t = {&rows, &(table)->count, &(table)->part, set, 0, NULL, NULL,  \
		                        is_wanted, is_few, is_bare};                                 \
		bool ok = answer_read_rows(v, &t, f, err, err_size);                                 \
		(table)->rows = rows;                                                                \
		return ok;                                                                           \
	} while (0)

/* ------------------------------------------------------------------ routes of the gateway */

bool answer_learned(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->gateway_learned, &fields_gateway_route, false, false, NULL);
}

bool answer_advertised_first(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                             char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->gateway_advertised[0], &fields_gateway_route, false, false, NULL);
}

bool answer_advertised_second(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                              char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->gateway_advertised[1], &fields_gateway_route, false, false, NULL);
}

bool answer_hub_inbound(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                        char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->gateway_learned, &fields_hub_route, false, false, NULL);
}

bool answer_hub_outbound(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                         char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->gateway_advertised[0], &fields_hub_route, false, false, NULL);
}

/* ------------------------------------------------------------------ of the circuit */

bool answer_reach(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->reach, &fields_reach, true, false, NULL);
}

bool answer_reach_from(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                       char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->reach_from, &fields_reach, true, false, NULL);
}

/* The list stands bare in the answer, or as "value". */
bool answer_failover_tests(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                           char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->failover_tests, &fields_failover_test, true, true, NULL);
}

bool answer_port(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_port *p = &s->port;
	void *rows = p->rows;
	struct answer_rows t = {&rows, &p->count, &p->part, &fields_port_link, 0, NULL, NULL, NULL, true, false};
	if (!json_is_object(json_get(v, "properties"))) {
		snprintf(err, err_size, "the answer is not a port: it has no properties");
		return false;
	}
	fields_decode(&fields_port, v, p);
	const struct json_value *links = json_path(v, "properties", "links", NULL);
	if (json_is_array(links))
		answer_add_rows(&t, links, f);
	p->rows = rows;
	return true;
}

/* ------------------------------------------------------------------ events */

static void region_words(const struct json_value *impact, struct az_text *out)
{
	const struct json_value *list = json_get(impact, "impactedRegions");
	struct az_text one;
	if (!json_is_array(list))
		return;
	for (const struct json_value *r = json_first(list); r; r = json_next(r)) {
		size_t used = out->present ? strlen(out->text) : 0;
		answer_text(json_get(r, "impactedRegion"), &one);
		if (one.present && used + strlen(one.text) + 3 < sizeof(out->text))
			snprintf(out->text + used, sizeof(out->text) - used, "%s%s", used ? ", " : "", one.text);
		out->present = out->present || one.present;
	}
}

static bool is_express_route(const struct json_value *impact)
{
	const char *service = json_as_text(json_get(impact, "impactedService"));
	return service && strncasecmp(service, "ExpressRoute", 12) == 0;
}

/* Of the services that an event impacts ExpressRoute is what counts, wherever it stands. */
static void read_event(const struct json_value *v, void *row)
{
	struct az_event *e = row;
	const struct json_value *list = json_path(v, "properties", "impact", NULL), *ours = json_first(list);
	fields_decode(&fields_event, v, e);
	for (const struct json_value *i = json_first(list); i; i = json_next(i))
		if (is_express_route(i)) {
			ours = i;
			break;
		}
	memset(&e->region, 0, sizeof(e->region));
	answer_text(json_get(ours, "impactedService"), &e->service);
	region_words(ours, &e->region);
}

static size_t event_bytes(const void *row)
{
	return fields_bytes(&fields_event, row);
}

/* An event without an end, or with one that cannot be read, may still go on. */
static bool is_recent(const struct json_value *v, const struct answer_for *f)
{
	const char *ended = json_as_text(json_path(v, "properties", "impactMitigationTime", NULL));
	struct wall_ns at;
	return !ended || !wall_parse(ended, &at) || wall_since(at, f->since) >= 0;
}

/* Service Health of a whole subscription: the events of other services are not ours. */
static bool impacts_express_route(const struct json_value *v, const struct answer_for *f)
{
	const struct json_value *list = json_path(v, "properties", "impact", NULL);
	if (!is_recent(v, f))
		return false;
	for (const struct json_value *i = json_first(list); i; i = json_next(i))
		if (is_express_route(i))
			return true;
	return false;
}

static bool read_events(const struct json_value *v, struct answer_for *f, struct az_events *e, bool of_service,
                        char *err, size_t err_size)
{
	void *rows = e->rows;
	struct answer_rows t = {&rows, &e->count, &e->part, NULL, sizeof(*e->rows), read_event, event_bytes,
	                        of_service ? impacts_express_route : is_recent, true, false};
	bool ok = answer_read_rows(v, &t, f, err, err_size);
	e->rows = rows;
	return ok;
}

bool answer_circuit_events(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                           char *err, size_t err_size)
{
	return read_events(v, f, &s->circuit_events, false, err, err_size);
}

bool answer_service_events(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                           char *err, size_t err_size)
{
	return read_events(v, f, &s->service_events, true, err, err_size);
}

bool answer_activity(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                     char *err, size_t err_size)
{
	READ_TABLE(v, f, &s->activity, &fields_activity, true, false, NULL);
}
