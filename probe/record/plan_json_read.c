/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads plan.json. The file may come from anybody, and what it says is used as
 * indices and sizes later: everything is checked here, once. */
#include "probe/record/plan_json.h"

#include "probe/json/json_in.h"
#include "probe/record/baseline_json.h"
#include "probe/record/json_fields.h"
#include "probe/record/trace_log_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void read_addr_pair(struct fields *f, const struct json_value *o, const char *key, struct ip_addr out[FAMILIES])
{
	const struct json_value *pair = field_object(f, o, key);

	out[FAM4] = field_addr(f, pair, "ipv4");
	out[FAM6] = field_addr(f, pair, "ipv6");
	if (out[FAM4].family == IP_V6 || out[FAM6].family == IP_V4)
		fields_fail(f, key, "has an address of the other family");
}

static void read_clock(struct fields *f, const struct json_value *root, struct plan_clock *c)
{
	const struct json_value *o = field_object(f, root, "clock");

	c->synchronized = field_bool(f, o, "synchronized");
	c->max_error_us = field_int(f, o, "max_error_us", INT64_MIN, INT64_MAX);
	field_text(f, o, "source", c->source, sizeof c->source);
	if (json_get(o, "steps")) {
		c->steps = (uint32_t)field_int(f, o, "steps", 1, UINT32_MAX);
		c->stepped_us = field_int(f, o, "stepped_us", INT64_MIN, INT64_MAX);
	}
	if (json_get(o, "longest_stall_us"))
		c->stall_us = field_int(f, o, "longest_stall_us", 0, INT64_MAX);
}

static void read_limits(struct fields *f, const struct json_value *root, struct plan_limits *l)
{
	const struct json_value *o = field_object(f, root, "limits");

	l->budget = (uint32_t)field_int(f, o, "budget", 0, UINT32_MAX);
	l->rate = field_double(f, o, "rate", INFINITY);
	l->hop_rate = field_double(f, o, "hop_rate", INFINITY);
	l->deadline_s = field_double(f, o, "deadline_s", INFINITY);
	l->azure_deadline_s = field_double(f, o, "azure_deadline_s", INFINITY);
	l->confidence = field_double(f, o, "confidence", 1);
}

static void read_ifaces(struct fields *f, const struct json_value *root, struct plan *p)
{
	const struct json_value *list = field_array(f, root, "interfaces", CHANNEL_IFACES_MAX);

	f->list = "interfaces";
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		struct plan_iface *iface = &p->ifaces[p->iface_count];

		f->place = p->iface_count;
		field_text(f, v, "name", iface->name, sizeof iface->name);
		iface->index = (uint32_t)field_int(f, v, "index", 0, UINT32_MAX);
		field_hex(f, v, "link_addr", iface->link_addr, sizeof iface->link_addr);
		if (json_get(v, "mirror"))
			iface->mirror = field_bool(f, v, "mirror");
		if (json_get(v, "mtu"))
			iface->mtu = (uint16_t)field_int(f, v, "mtu", 0, UINT16_MAX);
		p->iface_count++;
	}
	f->list = NULL;
}

static void read_link(struct fields *f, const struct json_value *v, struct plan_link *l)
{
	const struct json_value *edge = field_object(f, v, "on_edge");

	l->configured = field_bool(f, v, "configured");
	read_addr_pair(f, v, "ce", l->ce);
	read_addr_pair(f, v, "msee", l->msee);
	read_addr_pair(f, v, "source", l->source);
	field_text(f, v, "interface", l->interface, sizeof l->interface);
	if (json_get(v, "watch_interface"))
		field_text(f, v, "watch_interface", l->watch_interface, sizeof l->watch_interface);
	l->on_edge[FAM4] = field_bool(f, edge, "ipv4");
	l->on_edge[FAM6] = field_bool(f, edge, "ipv6");
	l->derived = field_bool(f, v, "derived");
	l->asn = field_int(f, v, "asn", INT64_MIN, INT64_MAX);
	l->vlan = (int32_t)field_int(f, v, "vlan", INT32_MIN, INT32_MAX);
	if (json_get(v, "mtu"))
		l->mtu = (int32_t)field_int(f, v, "mtu", 0, PLAN_MTU_MAX);
}

static void read_links(struct fields *f, const struct json_value *o, struct plan_circuit *c)
{
	const struct json_value *list = field_array(f, o, "links", LINKS);
	size_t n = 0;

	if (list && json_count(list) != LINKS)
		fields_fail(f, "links", "are not two");
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v))
		read_link(f, v, &c->links[n++]);
}

/* Room for the members of a list; NULL for an empty one or after a failure. */
static void *room_for_list(struct fields *f, const char *key, const struct json_value *list, size_t item_size)
{
	size_t count = json_count(list);
	void *items = count > 0 && fields_ok(f) ? calloc(count, item_size) : NULL;

	if (count > 0 && fields_ok(f) && !items)
		fields_fail(f, key, "does not fit the memory");
	return items;
}

static void read_domains(struct fields *f, const struct json_value *o, struct plan_circuit *c)
{
	const struct json_value *list = field_array(f, o, "domains", PLAN_JSON_DOMAINS_MAX);

	c->domains = room_for_list(f, "domains", list, sizeof *c->domains);
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		struct plan_domain *d = &c->domains[c->domain_count++];

		d->prefix = field_prefix(f, v, "prefix");
		d->domain = (enum domain)field_word(f, v, "domain", WORD_DOMAIN);
	}
}

static void read_ports(struct fields *f, const struct json_value *o, struct plan_target *t)
{
	const struct json_value *list = field_array(f, o, "tcp", TARGET_PORTS_MAX);

	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		int64_t port;

		if (!json_as_int(v, &port) || port < 1 || port > UINT16_MAX) {
			fields_fail(f, "tcp", "has something that is not a port");
			return;
		}
		t->tcp[t->tcp_count++] = (uint16_t)port;
	}
}

static void read_targets(struct fields *f, const struct json_value *o, struct plan_circuit *c)
{
	const struct json_value *list = field_array(f, o, "targets", PLAN_JSON_TARGETS_MAX);

	c->targets = room_for_list(f, "targets", list, sizeof *c->targets);
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		struct plan_target *t = &c->targets[c->target_count++];

		field_text(f, v, "name", t->name, sizeof t->name);
		t->address = field_addr(f, v, "address");
		read_ports(f, v, t);
		t->control = field_bool(f, v, "control");
	}
}

/* Bundles of earlier builds, and runs without one, have none. */
static void read_baseline(struct fields *f, const struct json_value *v, struct plan_circuit *c)
{
	if (!json_get(v, "baseline"))
		return;
	c->baseline = calloc(1, sizeof *c->baseline);
	if (!c->baseline)
		fields_fail(f, "baseline", "needs more memory than there is");
	else
		baseline_json_take(f, field_object(f, v, "baseline"), c->baseline);
}

static void read_circuit(struct fields *f, const struct json_value *v, struct plan_circuit *c)
{
	field_text(f, v, "name", c->name, sizeof c->name);
	field_text(f, v, "resource_id", c->resource_id, sizeof c->resource_id);
	field_text(f, v, "gateway_id", c->gateway_id, sizeof c->gateway_id);
	c->peering = (enum peering_type)field_word(f, v, "peering", WORD_PEERING);
	c->handoff = (enum handoff)field_word(f, v, "handoff", WORD_HANDOFF);
	read_links(f, v, c);
	read_domains(f, v, c);
	read_targets(f, v, c);
	read_baseline(f, v, c);
}

static void read_circuits(struct fields *f, const struct json_value *root, struct plan *p)
{
	const struct json_value *list = field_array(f, root, "circuits", EVENT_LOG_CIRCUITS_MAX);

	p->circuits = room_for_list(f, "circuits", list, sizeof *p->circuits);
	f->list = "circuits";
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		f->place = p->circuit_count;
		read_circuit(f, v, &p->circuits[p->circuit_count++]);
	}
	f->list = NULL;
}

/* What other code takes for granted of a flow: its places exist and its addresses
 * are of one family. */
static void check_flow(struct fields *f, const struct plan *p, const struct plan_flow *flow)
{
	bool of_target = flow->role == FLOW_TARGET || flow->role == FLOW_CONTROL;

	if (!fields_ok(f))
		return;
	if (flow->id != f->place)
		fields_fail(f, "id", "is not its place in the list");
	else if (p->circuit_count > 0 ? flow->circuit >= p->circuit_count : flow->role != FLOW_TRACE)
		fields_fail(f, "circuit", "does not exist");
	else if (of_target && flow->target >= p->circuits[flow->circuit].target_count)
		fields_fail(f, "target", "does not exist");
	else if (!ip_addr_is_set(&flow->dst))
		fields_fail(f, "dst", "is missing");
	else if (ip_addr_is_set(&flow->src) && flow->src.family != flow->dst.family)
		fields_fail(f, "src", "is of another family than dst");
}

static void read_flow(struct fields *f, const struct json_value *v, struct plan_flow *flow)
{
	flow->id = (uint16_t)field_int(f, v, "id", 0, UINT16_MAX);
	flow->circuit = (uint8_t)field_int(f, v, "circuit", 0, UINT8_MAX);
	flow->link = (uint8_t)field_word(f, v, "link", WORD_LINK);
	flow->role = (uint8_t)field_word(f, v, "role", WORD_ROLE);
	flow->kind = (uint8_t)field_word(f, v, "kind", WORD_KIND);
	flow->iface = (uint8_t)field_int(f, v, "interface", 0, CHANNEL_IFACES_MAX - 1);
	flow->target = (uint16_t)field_int(f, v, "target", 0, UINT16_MAX);
	flow->src = field_addr(f, v, "src");
	flow->dst = field_addr(f, v, "dst");
	flow->next_hop = field_addr(f, v, "next_hop");
	flow->src_port = (uint16_t)field_int(f, v, "src_port", 0, UINT16_MAX);
	flow->dst_port = (uint16_t)field_int(f, v, "dst_port", 0, UINT16_MAX);
	flow->icmp_sum = (uint16_t)field_int(f, v, "icmp_sum", 0, UINT16_MAX);
	flow->flow_label = (uint32_t)field_int(f, v, "flow_label", 0, 0xfffff);
	flow->no_route = field_bool(f, v, "no_route");
}

static void read_flows(struct fields *f, const struct json_value *root, struct plan *p)
{
	const struct json_value *list = field_array(f, root, "flows", json_get(root, "trace") ? TRACE_LOG_FLOWS_MAX : PLAN_JSON_FLOWS_MAX);

	p->flows = room_for_list(f, "flows", list, sizeof *p->flows);
	f->list = "flows";
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		struct plan_flow *flow = &p->flows[p->flow_count];

		f->place = p->flow_count++;
		read_flow(f, v, flow);
		check_flow(f, p, flow);
	}
	f->list = NULL;
}

static void read_plan(struct fields *f, const struct json_value *root, struct plan *p)
{
	field_text(f, root, "run_id", p->run_id, sizeof p->run_id);
	field_text(f, root, "tool", p->tool, sizeof p->tool);
	field_text(f, root, "host", p->host, sizeof p->host);
	field_hex(f, root, "key", p->key, sizeof p->key);
	p->started_at.ns = field_int(f, root, "started_at_ns", 0, INT64_MAX);
	read_clock(f, root, &p->clock);
	read_limits(f, root, &p->limits);
	p->azure_asked = field_bool(f, root, "azure_asked");
	if (json_get(root, "watch"))
		p->watch = field_bool(f, root, "watch");
	read_ifaces(f, root, p);
	read_circuits(f, root, p);
	read_flows(f, root, p);
}

/* The events were logged in order, so their places among the frames only rise. */
static void read_one_not_sent(struct fields *f, const struct json_value *v, const struct plan *p, uint32_t *floor,
                              uint32_t frames, struct logged_not_sent *n)
{
	int64_t last_flow = (int64_t)p->flow_count - 1;

	n->after_frames = (uint32_t)field_int(f, v, "after_frames", *floor, frames);
	*floor = n->after_frames;
	n->event.at.ns = field_int(f, v, "at_ns", 0, INT64_MAX);
	n->event.flow = (uint16_t)field_int(f, v, "flow", 0, last_flow);
	n->event.ttl = (uint8_t)field_int(f, v, "ttl", 0, UINT8_MAX);
	n->event.result = (uint8_t)field_word(f, v, "result", WORD_RESULT);
	n->event.error = (int32_t)field_int(f, v, "error", INT32_MIN, INT32_MAX);
}

static void read_not_sent(struct fields *f, const struct json_value *o, const struct plan *p, uint32_t frames,
                          struct event_log *log)
{
	const struct json_value *list = field_array(f, o, "not_sent", EVENT_LOG_NOT_SENT_MAX);
	uint32_t floor = 0;

	log->not_sent = room_for_list(f, "not_sent", list, sizeof *log->not_sent);
	log->not_sent_room = log->not_sent ? json_count(list) : 0;
	f->list = "not_sent";
	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		f->place = log->not_sent_count;
		read_one_not_sent(f, v, p, &floor, frames, &log->not_sent[log->not_sent_count++]);
	}
	f->list = NULL;
}

static void read_counters(struct fields *f, const struct json_value *o, struct event_log *log)
{
	const struct json_value *v;

	if (json_is_null(json_get(o, "counters")))
		return;
	v = field_object(f, o, "counters");
	log->counters.received = field_unsigned(f, v, "received");
	log->counters.dropped = field_unsigned(f, v, "dropped");
	log->counters.foreign = field_unsigned(f, v, "foreign");
	if (json_get(v, "resets"))
		log->counters.resets = field_unsigned(f, v, "resets");
	log->has_counters = true;
}

static void read_end(struct fields *f, const struct json_value *o, struct event_log *log)
{
	const struct json_value *v;

	if (json_is_null(json_get(o, "end")))
		return;
	v = field_object(f, o, "end");
	log->end.at.ns = field_int(f, v, "at_ns", 0, INT64_MAX);
	log->end.reason = (uint8_t)field_word(f, v, "reason", WORD_END);
	log->has_end = true;
}

static void read_events(struct fields *f, const struct json_value *root, const struct plan *p, struct event_log *log,
                        uint32_t *frames)
{
	const struct json_value *o = field_object(f, root, "events");

	*frames = (uint32_t)field_int(f, o, "frames", 0, EVENT_LOG_FRAMES_MAX);
	log->refused = field_unsigned(f, o, "refused");
	read_not_sent(f, o, p, *frames, log);
	read_counters(f, o, log);
	read_end(f, o, log);
	if (json_get(root, "trace"))
		log->trace = trace_log_json_take(f, field_object(f, root, "trace"), p, *frames);
}

bool plan_json_read(const char *text, size_t len, struct plan *p, struct event_log *log, uint32_t *frames, char *err,
                    size_t err_size)
{
	struct fields f = {.err = err, .err_size = err_size, .file = "plan.json"};
	char why[160];
	struct json_doc *doc = json_read(text, len, why, sizeof why);
	const char *schema = json_as_text(json_get(doc ? json_root(doc) : NULL, "schema"));

	memset(p, 0, sizeof *p);
	event_log_init(log);
	*frames = 0;
	if (!doc) {
		text_format(err, err_size, "plan.json: %s", why);
		return false;
	}
	if (!schema || strcmp(schema, PLAN_JSON_SCHEMA) != 0)
		fields_fail(&f, "schema", "is not " PLAN_JSON_SCHEMA);
	read_plan(&f, json_root(doc), p);
	read_events(&f, json_root(doc), p, log, frames);
	json_doc_free(doc);
	if (fields_ok(&f))
		return true;
	plan_free(p);
	event_log_free(log);
	memset(p, 0, sizeof *p);
	return false;
}
