/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's monitoring says of the circuit: Resource Health, and the metrics of ARP and
 * BGP split by peering and path.
 *
 *   {"value": [{"name": {"value": "ArpAvailability"}, "errorCode": "Success", "timeseries": [
 *       {"metadatavalues": [{"name": {"value": "peer"}, "value": "Primary-IPv4"}, …],
 *        "data": [{"timeStamp": "…", "average": 100.0}, {"timeStamp": "…"}]}]}]}
 *
 * A minute without samples has only its time. */
#include "probe/snapshot/answer_rows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define AVAILABLE 90.0 /* percent: below it Microsoft's own alerts begin */
#define SERIES_MAX 256 /* of availability 16; a gateway has some by instance and peer */

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
	const struct { const char *name; struct az_text *out; } known[] = {
		{"Peer", &m->peer}, {"PeeringType", &m->peering_type}, {"DeviceRole", &m->instance},
		{"roleInstance", &m->instance}, {"Link", &m->link}, {"Lane", &m->lane}, {"BgpPeerAddress", &m->bgp_peer}};
	for (const struct json_value *d = json_first(list); d; d = json_next(d)) {
		const char *name = json_as_text(json_path(d, "name", "value", NULL));
		for (size_t i = 0; name && i < sizeof(known) / sizeof(known[0]); i++)
			if (strcasecmp(name, known[i].name) == 0)
				answer_text(json_get(d, "value"), known[i].out);
	}
}

/* The sample of one minute: what the metric was asked to be aggregated by. */
static const struct json_value *sample_of(const struct json_value *d, double *value)
{
	static const char *const keys[] = {"average", "maximum", "total"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct json_value *sample = json_get(d, keys[i]);
		if (json_as_number(sample, value))
			return sample;
	}
	return NULL;
}

/* The last minute that has a sample, and the least and most of all. False when none has. */
static bool read_samples(const struct json_value *data, struct az_metric *m)
{
	const struct json_value *last = NULL, *least = NULL, *most = NULL;
	double value, lowest = 0, highest = 0, before = 100;
	unsigned falls = 0;
	for (const struct json_value *d = json_first(data); d; d = json_next(d)) {
		const struct json_value *sample = sample_of(d, &value);
		if (!sample)
			continue;
		last = d;
		falls += value < AVAILABLE && before >= AVAILABLE;
		before = value;
		if (!least || value < lowest) {
			least = sample;
			lowest = value;
		}
		if (!most || value > highest) {
			most = sample;
			highest = value;
		}
	}
	if (!last)
		return false;
	answer_text(sample_of(last, &value), &m->average);
	answer_text(json_get(last, "timeStamp"), &m->at);
	answer_text(least, &m->lowest);
	answer_text(most, &m->highest);
	m->falls.present = true;
	snprintf(m->falls.text, sizeof(m->falls.text), "%u", falls);
	return true;
}

static size_t metric_bytes(const struct az_metric *m)
{
	return ANSWER_ROW_OVERHEAD + fields_bytes(&fields_metric, m) + fields_bytes(&fields_metric_more, m) + fields_bytes(&fields_metric_falls, m);
}

static void add_series(const struct json_value *metric, const struct json_value *series, struct az_metrics *t,
                       size_t *bytes)
{
	struct az_metric fresh = {0};
	if (!read_samples(json_get(series, "data"), &fresh))
		return;
	answer_text(json_path(metric, "name", "value", NULL), &fresh.name);
	answer_text(json_get(metric, "unit"), &fresh.unit);
	if (strstr(fresh.name.text, "Availability") == NULL)
		fresh.falls = (struct az_text){.present = false};
	read_dimensions(json_get(series, "metadatavalues"), &fresh);
	*bytes += metric_bytes(&fresh);
	if (t->count >= SERIES_MAX || *bytes > AZ_FEW_BYTES_MAX) {
		t->part.cut = true;
		return;
	}
	struct az_metric *rows = answer_grow(t->rows, t->count, sizeof(*t->rows), &t->part.cut);
	if (!rows)
		return;
	t->rows = rows;
	t->rows[t->count++] = fresh;
}

/* A metric may fail by itself within an answer that succeeds. False when all failed. */
static bool metrics_work(const struct json_value *list, char *err, size_t err_size)
{
	size_t failed = 0;
	for (const struct json_value *metric = json_first(list); metric; metric = json_next(metric)) {
		const char *code = json_as_text(json_get(metric, "errorCode"));
		if (!code || strcasecmp(code, "Success") == 0)
			return true;
		if (failed++ == 0)
			snprintf(err, err_size, "Azure Monitor could not read them: %.60s", code);
	}
	return failed == 0;
}

static bool read_metrics(const struct json_value *v, struct az_metrics *t, char *err, size_t err_size)
{
	const struct json_value *list = json_get(v, "value");
	size_t bytes = 0;
	if (!json_is_array(list)) {
		snprintf(err, err_size, "the answer is no list of metrics");
		return false;
	}
	if (!metrics_work(list, err, err_size))
		return false;
	for (size_t i = 0; i < t->count; i++)
		bytes += metric_bytes(&t->rows[i]);
	for (const struct json_value *metric = json_first(list); metric; metric = json_next(metric)) {
		const struct json_value *all = json_get(metric, "timeseries");
		for (const struct json_value *one = json_is_array(all) ? json_first(all) : NULL; one; one = json_next(one))
			add_series(metric, one, t, &bytes);
	}
	return true;
}

/* Each kind of metric has a table of its own: they are asked for in requests of their own. */
#define METRICS(name, table)                                                                         \
	bool name(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err,    \
	          size_t err_size)                                                                       \
	{                                                                                            \
		(void)f;                                                                             \
		return read_metrics(v, &s->table, err, err_size);                                    \
	}

METRICS(answer_metrics, metrics)
METRICS(answer_traffic, traffic)
METRICS(answer_drops, drops)
METRICS(answer_gateway_load, gateway_load)
METRICS(answer_gateway_counts, gateway_counts)
METRICS(answer_port_state, port_state)
METRICS(answer_port_light, port_light)
