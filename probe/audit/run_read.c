/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/run_read.h"

#include "analysis/value/strbuf.h"
#include "analysis/value/uuid.h"
#include "probe/audit/result_words.h"
#include "probe/json/json_in.h"

#include <stdio.h>
#include <string.h>

static const char *status_at(size_t i) { return status_name((enum status)i); }
static const char *handoff_at(size_t i) { return handoff_name((enum handoff)i); }

/* -- values -- */

static uint32_t count_of(const struct json_value *v)
{
	int64_t n = 0;

	return json_as_int(v, &n) && n >= 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static int64_t time_of(const struct json_value *v)
{
	int64_t us;

	return json_as_int(v, &us) ? us : RECORD_UNKNOWN;
}

static bool share(const struct json_value *v, double *out)
{
	return json_as_number(v, out) && *out >= 0 && *out <= 1;
}

static struct ratio_bound ratio_of(const struct json_value *v)
{
	struct ratio_bound r = {0};

	r.known = share(json_get(v, "ratio"), &r.ratio) && share(json_get(v, "low"), &r.low) && share(json_get(v, "high"), &r.high);
	return r;
}

static struct record_rtt rtt_of(const struct json_value *v)
{
	return (struct record_rtt){time_of(json_get(v, "min")), time_of(json_get(v, "median")), time_of(json_get(v, "p95")),
	                           time_of(json_get(v, "max"))};
}

static bool wall_of(const struct json_value *v, struct wall_ns *out)
{
	const char *text = json_as_text(v);

	return text && wall_parse(text, out);
}

/* -- parts -- */

static void take_addresses(struct record_hop *h, const struct json_value *v)
{
	result_copy(h->address, sizeof h->address, v);
	for (int i = 0; v && i < RECORD_OTHERS_MAX && (v = json_next(v)) != NULL; i++) {
		const char *text = json_as_text(v);

		if (!text || !ip_addr_parse(text, &h->others[i]))
			return;
	}
}

static void take_hop(struct run_record *r, enum link_id link, uint8_t family, const struct json_value *v)
{
	struct record_hop *h = &r->hops[r->hop_count];
	const char *role = json_as_text(json_get(v, "role"));
	int64_t ttl;

	if (r->hop_count == RECORD_HOPS_MAX || !json_as_int(json_get(v, "ttl"), &ttl) || ttl < 0 || ttl > UINT8_MAX)
		return;
	*h = (struct record_hop){
		.link = (uint8_t)link, .family = family, .ttl = (uint8_t)ttl, .domain = (uint8_t)result_domain(json_get(v, "domain")),
		.sent = count_of(json_get(v, "sent")), .answered = count_of(json_get(v, "answered")),
		.rtt = rtt_of(json_get(v, "rtt_us")),
	};
	take_addresses(h, json_first(json_get(v, "addresses")));
	h->target = role && strcmp(role, "target") == 0;
	r->hop_count++;
}

static uint8_t family_of(const struct json_value *link)
{
	const char *msee = json_as_text(json_get(link, "msee"));

	return msee && strchr(msee, ':') ? 6 : 4;
}

static void take_link(struct run_record *r, const struct json_value *v)
{
	enum link_id id = result_link(json_get(v, "name"));
	const struct json_value *s, *h;
	enum status status = result_status(json_get(v, "status"));
	struct record_link *l;

	if (id != LINK_PRIMARY && id != LINK_SECONDARY)
		return;
	l = &r->links[id];
	l->present = true;
	l->status = (enum status)status;
	for (s = json_first(json_get(v, "segments")); s; s = json_next(s)) {
		struct record_segment *to = &l->segments[result_domain(json_get(s, "domain"))];

		*to = (struct record_segment){true, time_of(json_get(s, "added_latency_us")), ratio_of(json_get(s, "loss"))};
	}
	for (h = json_first(json_get(v, "hops")); h; h = json_next(h))
		take_hop(r, id, family_of(v), h);
	for (h = json_first(json_get(v, "hops_ipv6")); h; h = json_next(h))
		take_hop(r, id, 6, h);
}

static void take_target(struct run_record *r, const struct json_value *v)
{
	struct record_target *t = &r->targets[r->target_count];

	if (r->target_count == RECORD_TARGETS_MAX)
		return;
	*t = (struct record_target){.loss = ratio_of(json_get(v, "loss")), .rtt = rtt_of(json_get(v, "rtt_us"))};
	result_copy(t->name, sizeof t->name, json_get(v, "name"));
	json_as_bool(json_get(v, "control"), &t->control);
	json_as_bool(json_get(v, "tested"), &t->tested);
	json_as_bool(json_get(v, "reachable"), &t->reachable);
	r->target_count++;
}

/* Text or number; null and what is absent are not kept. */
static void take_fact(struct run_record *r, const char *key, const struct json_value *v)
{
	struct record_fact *f = &r->facts[r->fact_count];
	int64_t number;

	if (r->fact_count == RECORD_FACTS_MAX)
		return;
	if (json_as_text(v))
		result_copy(f->value, sizeof f->value, v);
	else if (json_as_int(v, &number))
		snprintf(f->value, sizeof f->value, "%lld", (long long)number);
	else
		return;
	snprintf(f->key, sizeof f->key, "%s", key);
	r->fact_count++;
}

static void take_azure(struct run_record *r, const struct json_value *a)
{
	/* What a person changes, or what changes for a person. Counters and ages do not belong here. */
	static const char *const circuit[] = {"circuit_state", "provider_state", "provisioning_state", "provider_name",
	                                      "bandwidth_mbps", "sku_tier"};
	static const char *const peering[] = {"state", "provisioning_state", "azure_asn", "peer_asn", "vlan", "primary_prefix",
	                                      "secondary_prefix", "state_ipv6", "advertised_prefixes_state"};
	char key[40];

	json_as_bool(json_get(a, "available"), &r->azure_available);
	result_copy(r->azure_why_not, sizeof r->azure_why_not, json_get(a, "why_not"));
	for (size_t i = 0; i < sizeof circuit / sizeof circuit[0]; i++)
		take_fact(r, circuit[i], json_get(a, circuit[i]));
	for (size_t i = 0; i < sizeof peering / sizeof peering[0]; i++) {
		snprintf(key, sizeof key, "peering.%s", peering[i]);
		take_fact(r, key, json_path(a, "peering", peering[i], NULL));
	}
	result_copy(r->maintenance, sizeof r->maintenance, json_path(a, "maintenance", "title", NULL));
	if (json_get(a, "maintenance") && !r->maintenance[0])
		snprintf(r->maintenance, sizeof r->maintenance, "planned maintenance");
	take_fact(r, "gateway.provisioning_state", json_path(a, "gateway", "provisioning_state", NULL));
	take_fact(r, "connection.status", json_get(json_first(json_get(a, "connections")), "status"));
}

/* One link's part of it; the other's, if there was one before, makes it both. */
static void take_drift(struct record_drift *d, enum link_id link, const struct json_value *v)
{
	int64_t from, to;

	if (!json_is_object(v) || link > LINK_SECONDARY || !json_as_int(json_get(v, "from_us"), &from) || !json_as_int(json_get(v, "to_us"), &to) ||
	    !wall_of(json_get(v, "since"), &d->since))
		return;
	d->domain = result_domain(json_get(v, "domain"));
	d->link = d->open && d->link != link ? LINK_BOTH : link;
	d->open = true;
	text_format(d->summary, sizeof d->summary, "A slow drift: over %s%s link%s %s takes %.1f ms, where %.1f ms were usual.",
	            d->link == LINK_BOTH ? "" : "the ", link_name(d->link), d->link == LINK_BOTH ? "s" : "",
	            d->domain == DOMAIN_WAN ? "the WAN" : "the way to the MSEE", (double)to / 1000, (double)from / 1000);
}

static void take_baseline(struct run_record *r, const struct json_value *list)
{
	r->drift.link = LINK_NULL;
	r->drift.known = json_is_array(list) && json_count(list) > 0;
	for (const struct json_value *v = json_first(list); v; v = json_next(v))
		take_drift(&r->drift, result_link(json_get(v, "link")), json_get(v, "drift"));
}

static bool take_verdict(struct run_record *r, const struct json_value *v)
{
	size_t status = result_word(json_get(v, "status"), status_at, STATUS_UNDETERMINED + 1);

	if (status > STATUS_UNDETERMINED || !share(json_get(v, "confidence"), &r->confidence))
		return false;
	r->status = (enum status)status;
	r->domain = result_domain(json_get(v, "domain"));
	r->link = result_link(json_get(v, "link"));
	r->contact = result_contact(json_get(v, "contact"));
	result_copy(r->fault, sizeof r->fault, json_get(v, "fault"));
	result_copy(r->summary, sizeof r->summary, json_get(v, "summary"));
	return true;
}

static bool take_head(struct run_record *r, const struct json_value *d)
{
	const char *schema = json_as_text(json_get(d, "schema")), *id = json_as_text(json_get(d, "run_id"));
	const char *end = json_as_text(json_get(d, "end_reason"));

	if (!schema || strcmp(schema, "erprobe.check/1") != 0 || !id || !uuid_is(id, strlen(id)))
		return false;
	memcpy(r->run_id, id, UUID_TEXT_MAX);
	r->outcome = end && strcmp(end, "interrupted") == 0 ? RECORD_INTERRUPTED : RECORD_FINISHED;
	r->probes_sent = count_of(json_get(d, "probes_sent"));
	r->capture_dropped = count_of(json_path(d, "capture", "dropped", NULL));
	return wall_of(json_get(d, "started_at"), &r->started_at) && wall_of(json_get(d, "ended_at"), &r->ended_at);
}

static bool take_circuit(struct run_record *r, const struct json_value *c)
{
	const struct json_value *v;
	size_t handoff = result_word(json_get(c, "handoff"), handoff_at, HANDOFF_DIRECT + 1);

	if (!take_verdict(r, json_get(c, "verdict")))
		return false;
	r->handoff = handoff <= HANDOFF_DIRECT ? (enum handoff)handoff : HANDOFF_L2;
	for (v = json_first(json_get(c, "links")); v; v = json_next(v))
		take_link(r, v);
	for (v = json_first(json_get(c, "targets")); v; v = json_next(v))
		take_target(r, v);
	take_baseline(r, json_get(c, "baseline"));
	take_azure(r, json_get(c, "azure"));
	return true;
}

bool run_read(const char *text, size_t len, const char *circuit, struct run_record *out, char *err, size_t err_size)
{
	char why[200];
	struct json_doc *doc = json_read(text, len, why, sizeof why);
	const struct json_value *circuits = json_get(json_root(doc), "circuits"), *c = json_first(circuits);
	const char *name = json_as_text(json_get(c, "name"));
	bool ok = false;

	memset(out, 0, sizeof *out);
	out->link = LINK_NULL;
	if (!doc)
		text_format(err, err_size, "the result is no JSON: %s", why);
	else if (!json_is_array(circuits) || json_count(circuits) != 1 || !name || strcmp(name, circuit) != 0)
		text_format(err, err_size, "the result is not that of circuit %s", circuit);
	else if (!take_head(out, json_root(doc)) || !take_circuit(out, c))
		text_format(err, err_size, "the result is not a document erprobe.check/1");
	else
		ok = true;
	snprintf(out->circuit, sizeof out->circuit, "%s", circuit);
	json_doc_free(doc);
	return ok;
}
