/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/plan_json.h"

#include "analysis/render/json_values.h"
#include "analysis/value/json_out.h"
#include "probe/json/json_in.h"
#include "probe/record/baseline_json.h"
#include "probe/record/json_fields.h"
#include "probe/record/plan_words.h"
#include "probe/record/trace_log_json.h"

#include <inttypes.h>
#include <stdio.h>

static void put_unsigned(struct json_out *j, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, value);
	json_text(j, key, text);
}

static void put_addr_pair(struct json_out *j, const char *key, const struct ip_addr a[FAMILIES])
{
	json_object(j, key);
	json_addr(j, "ipv4", &a[FAM4]);
	json_addr(j, "ipv6", &a[FAM6]);
	json_object_end(j);
}

static void put_hex(struct json_out *j, const char *key, const uint8_t *bytes, size_t len)
{
	char text[2 * RUN_KEY_BYTES + 1] = "";

	for (size_t i = 0; i < len && i < RUN_KEY_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	json_text(j, key, text);
}

static void put_clock(struct json_out *j, const struct plan_clock *c)
{
	json_object(j, "clock");
	json_bool(j, "synchronized", c->synchronized);
	json_int_text(j, "max_error_us", c->max_error_us);
	json_text(j, "source", c->source);
	if (c->steps > 0) {
		json_int(j, "steps", c->steps);
		json_int_text(j, "stepped_us", c->stepped_us);
	}
	if (c->stall_us > 0)
		json_int_text(j, "longest_stall_us", c->stall_us);
	json_object_end(j);
}

static void put_limits(struct json_out *j, const struct plan_limits *l)
{
	json_object(j, "limits");
	json_int(j, "budget", l->budget);
	json_decimal(j, "rate", l->rate);
	json_decimal(j, "hop_rate", l->hop_rate);
	json_decimal(j, "deadline_s", l->deadline_s);
	json_decimal(j, "azure_deadline_s", l->azure_deadline_s);
	json_decimal(j, "confidence", l->confidence);
	json_object_end(j);
}

/* The largest datagram matters where sizes are searched; of checks, bundles of earlier builds have none. */
static void put_ifaces(struct json_out *j, const struct plan *p, bool sizes)
{
	json_array(j, "interfaces");
	for (size_t i = 0; i < p->iface_count; i++) {
		json_object(j, NULL);
		json_text(j, "name", p->ifaces[i].name);
		json_int(j, "index", p->ifaces[i].index);
		put_hex(j, "link_addr", p->ifaces[i].link_addr, sizeof p->ifaces[i].link_addr);
		if (p->ifaces[i].mirror)
			json_bool(j, "mirror", true);
		if (sizes)
			json_int(j, "mtu", p->ifaces[i].mtu);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_link(struct json_out *j, const struct plan_link *l)
{
	json_object(j, NULL);
	json_bool(j, "configured", l->configured);
	put_addr_pair(j, "ce", l->ce);
	put_addr_pair(j, "msee", l->msee);
	put_addr_pair(j, "source", l->source);
	json_text(j, "interface", l->interface);
	if (l->watch_interface[0] != '\0')
		json_text(j, "watch_interface", l->watch_interface);
	json_object(j, "on_edge");
	json_bool(j, "ipv4", l->on_edge[FAM4]);
	json_bool(j, "ipv6", l->on_edge[FAM6]);
	json_object_end(j);
	json_bool(j, "derived", l->derived);
	json_int_text(j, "asn", l->asn);
	json_int(j, "vlan", l->vlan);
	if (l->mtu > 0) /* without it nothing large is sent, as in bundles of earlier builds */
		json_int(j, "mtu", l->mtu);
	json_object_end(j);
}

static void put_domain(struct json_out *j, const struct plan_domain *d)
{
	char prefix[PREFIX_TEXT_MAX];

	json_object(j, NULL);
	json_text(j, "prefix", ip_prefix_text(&d->prefix, prefix));
	json_text(j, "domain", plan_word(WORD_DOMAIN, (int)d->domain));
	json_object_end(j);
}

static void put_target(struct json_out *j, const struct plan_target *t)
{
	json_object(j, NULL);
	json_text(j, "name", t->name);
	json_addr(j, "address", &t->address);
	json_array(j, "tcp");
	for (uint8_t i = 0; i < t->tcp_count && i < TARGET_PORTS_MAX; i++)
		json_int(j, NULL, t->tcp[i]);
	json_array_end(j);
	json_bool(j, "control", t->control);
	json_object_end(j);
}

static void put_circuit(struct json_out *j, const struct plan_circuit *c)
{
	json_object(j, NULL);
	json_text(j, "name", c->name);
	json_text(j, "resource_id", c->resource_id);
	json_text(j, "gateway_id", c->gateway_id);
	json_text(j, "peering", plan_word(WORD_PEERING, (int)c->peering));
	json_text(j, "handoff", plan_word(WORD_HANDOFF, (int)c->handoff));
	json_array(j, "links");
	for (size_t i = 0; i < LINKS; i++)
		put_link(j, &c->links[i]);
	json_array_end(j);
	json_array(j, "domains");
	for (size_t i = 0; i < c->domain_count; i++)
		put_domain(j, &c->domains[i]);
	json_array_end(j);
	json_array(j, "targets");
	for (size_t i = 0; i < c->target_count; i++)
		put_target(j, &c->targets[i]);
	json_array_end(j);
	if (c->baseline) /* absent without one, as in bundles of earlier builds */
		baseline_json_put(j, "baseline", c->baseline);
	json_object_end(j);
}

static void put_flow(struct json_out *j, const struct plan_flow *f)
{
	json_object(j, NULL);
	json_int(j, "id", f->id);
	json_int(j, "circuit", f->circuit);
	json_text(j, "link", plan_word(WORD_LINK, f->link));
	json_text(j, "role", plan_word(WORD_ROLE, f->role));
	json_text(j, "kind", plan_word(WORD_KIND, f->kind));
	json_int(j, "interface", f->iface);
	json_int(j, "target", f->target);
	json_addr(j, "src", &f->src);
	json_addr(j, "dst", &f->dst);
	json_addr(j, "next_hop", &f->next_hop);
	json_int(j, "src_port", f->src_port);
	json_int(j, "dst_port", f->dst_port);
	json_int(j, "icmp_sum", f->icmp_sum);
	json_int(j, "flow_label", f->flow_label);
	json_bool(j, "no_route", f->no_route);
	json_object_end(j);
}

static void put_not_sent(struct json_out *j, const struct logged_not_sent *n)
{
	json_object(j, NULL);
	json_int(j, "after_frames", n->after_frames);
	json_int_text(j, "at_ns", n->event.at.ns);
	json_int(j, "flow", n->event.flow);
	json_int(j, "ttl", n->event.ttl);
	json_text(j, "result", plan_word(WORD_RESULT, n->event.result));
	json_int(j, "error", n->event.error);
	json_object_end(j);
}

static void put_counters(struct json_out *j, const struct event_log *log)
{
	if (!log->has_counters) {
		json_null(j, "counters");
		return;
	}
	json_object(j, "counters");
	put_unsigned(j, "received", log->counters.received);
	put_unsigned(j, "dropped", log->counters.dropped);
	put_unsigned(j, "foreign", log->counters.foreign);
	if (log->counters.resets > 0)
		put_unsigned(j, "resets", log->counters.resets);
	json_object_end(j);
}

static void put_end(struct json_out *j, const struct event_log *log)
{
	if (!log->has_end) {
		json_null(j, "end");
		return;
	}
	json_object(j, "end");
	json_int_text(j, "at_ns", log->end.at.ns);
	json_text(j, "reason", plan_word(WORD_END, log->end.reason));
	json_object_end(j);
}

static void put_events(struct json_out *j, const struct event_log *log)
{
	json_object(j, "events");
	json_int(j, "frames", (int64_t)log->frame_count);
	put_unsigned(j, "refused", log->refused);
	json_array(j, "not_sent");
	for (size_t i = 0; i < log->not_sent_count; i++)
		put_not_sent(j, &log->not_sent[i]);
	json_array_end(j);
	put_counters(j, log);
	put_end(j, log);
	json_object_end(j);
}

static void put_plan(struct json_out *j, const struct plan *p, bool sizes)
{
	json_text(j, "run_id", p->run_id);
	json_text(j, "tool", p->tool);
	json_text(j, "host", p->host);
	put_hex(j, "key", p->key, sizeof p->key);
	json_int_text(j, "started_at_ns", p->started_at.ns);
	put_clock(j, &p->clock);
	put_limits(j, &p->limits);
	json_bool(j, "azure_asked", p->azure_asked);
	if (p->watch) /* absent without, as in bundles of earlier builds */
		json_bool(j, "watch", true);
	put_ifaces(j, p, sizes);
	json_array(j, "circuits");
	for (size_t i = 0; i < p->circuit_count; i++)
		put_circuit(j, &p->circuits[i]);
	json_array_end(j);
	json_array(j, "flows");
	for (size_t i = 0; i < p->flow_count; i++)
		put_flow(j, &p->flows[i]);
	json_array_end(j);
}

static const char *fewer(const struct event_log *log)
{
	return log->trace ? "trace fewer destinations" : "check fewer circuits";
}

/* What the reader would refuse must not be written either. */
static bool within_bounds(const struct plan *p, const struct event_log *log, char *err, size_t err_size)
{
	bool ok = p->circuit_count <= EVENT_LOG_CIRCUITS_MAX && p->flow_count <= (log->trace ? TRACE_LOG_FLOWS_MAX : PLAN_JSON_FLOWS_MAX) &&
	          p->iface_count <= CHANNEL_IFACES_MAX;

	for (size_t i = 0; ok && i < p->circuit_count; i++)
		ok = p->circuits[i].domain_count <= PLAN_JSON_DOMAINS_MAX &&
		     p->circuits[i].target_count <= PLAN_JSON_TARGETS_MAX;
	if (!ok)
		text_format(err, err_size, "the plan is too large to be saved (%zu circuits, %zu flows): %s at a time", p->circuit_count,
		            p->flow_count, fewer(log));
	return ok;
}

static bool write_form(const struct plan *p, const struct event_log *log, bool compact, struct strbuf *out, char *err,
                       size_t err_size)
{
	struct json_out j;

	if (!within_bounds(p, log, err, err_size))
		return false;
	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", PLAN_JSON_SCHEMA);
	put_plan(&j, p, log->trace != NULL);
	put_events(&j, log);
	if (log->trace)
		trace_log_json_put(&j, log->trace);
	json_object_end(&j);
	json_finish(&j);
	if (!strbuf_ok(out)) {
		text_format(err, err_size, "plan.json: out of memory");
		return false;
	}
	if (out->len <= JSON_IN_BYTES_MAX)
		return true;
	text_format(err, err_size, "plan.json: %zu bytes are more than can be read back: %s at a time", out->len, fewer(log));
	return false;
}

bool plan_json_write(const struct plan *p, const struct event_log *log, struct strbuf *out, char *err, size_t err_size)
{
	return write_form(p, log, false, out, err, err_size);
}

bool plan_json_write_line(const struct plan *p, const struct event_log *log, struct strbuf *out, char *err,
                          size_t err_size)
{
	return write_form(p, log, true, out, err, err_size);
}
