/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's monitoring says of the circuit: Resource Health, and the metrics of ARP and
 * BGP split by peering and path.
 *
 *   {"value": [{"name": {"value": "ArpAvailability"}, "errorCode": "Success", "timeseries": [
 *       {"metadatavalues": [{"name": {"value": "peer"}, "value": "Primary-IPv4"}, …],
 *        "data": [{"timeStamp": "…", "average": 100.0}, {"timeStamp": "…"}]}]}]}
 *
 * A minute without samples has only its time. */
#include "probe/azure/answers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SERIES_MAX 64 /* two metrics of two peerings, paths and families are 16 */

bool answer_health(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_health *h = &s->health;
	const struct json_value *p = json_get(v, "properties");
	(void)f;
	if (!json_is_object(p)) {
		snprintf(err, err_size, "the answer is no health: it has no properties");
		return false;
	}
	answer_text(json_get(p, "availabilityState"), &h->state);
	answer_text(json_get(p, "reasonType"), &h->reason);
	answer_text(json_get(p, "summary"), &h->summary);
	const struct json_value *since = json_get(p, "occuredTime"); /* Azure's spelling, and the right one */
	answer_text(since ? since : json_get(p, "occurredTime"), &h->since);
	return true;
}

/* Names of dimensions come back in any case. */
static void read_dimensions(const struct json_value *list, struct az_metric *m)
{
	for (const struct json_value *d = json_first(list); d; d = json_next(d)) {
		const char *name = json_as_text(json_path(d, "name", "value", NULL));
		if (name && strcasecmp(name, "Peer") == 0)
			answer_text(json_get(d, "value"), &m->peer);
		else if (name && strcasecmp(name, "PeeringType") == 0)
			answer_text(json_get(d, "value"), &m->peering_type);
	}
}

/* The last minute that has a sample. False when none has. */
static bool read_last(const struct json_value *data, struct az_metric *m)
{
	const struct json_value *last = NULL;
	double average;
	for (const struct json_value *d = json_first(data); d; d = json_next(d))
		if (json_as_number(json_get(d, "average"), &average))
			last = d;
	if (!last)
		return false;
	answer_text(json_get(last, "average"), &m->average);
	answer_text(json_get(last, "timeStamp"), &m->at);
	return true;
}

static void add_series(const struct json_value *metric, const struct json_value *series, struct az_metrics *t)
{
	struct az_metric fresh = {0};
	if (!read_last(json_get(series, "data"), &fresh))
		return;
	answer_text(json_path(metric, "name", "value", NULL), &fresh.name);
	read_dimensions(json_get(series, "metadatavalues"), &fresh);
	if (t->count >= SERIES_MAX) {
		t->part.cut = true;
		return;
	}
	struct az_metric *rows = answer_grow(t->rows, t->count, sizeof(*t->rows), &t->part.cut);
	if (!rows)
		return;
	t->rows = rows;
	t->rows[t->count++] = fresh;
}

bool answer_metrics(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	const struct json_value *list = json_get(v, "value");
	(void)f;
	if (!json_is_array(list)) {
		snprintf(err, err_size, "the answer is no list of metrics");
		return false;
	}
	for (const struct json_value *metric = json_first(list); metric; metric = json_next(metric)) {
		const struct json_value *all = json_get(metric, "timeseries");
		for (const struct json_value *one = json_is_array(all) ? json_first(all) : NULL; one; one = json_next(one))
			add_series(metric, one, &s->metrics);
	}
	return true;
}
