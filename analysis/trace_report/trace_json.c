/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe.trace/1 (schema/erprobe.trace-1.schema.json). */
#include "analysis/trace_report/trace_report.h"

#include "analysis/match/match.h"
#include "analysis/record/comment.h"
#include "analysis/render/json_values.h"

#include <stddef.h>
#include <string.h>

const char *trace_protocol(const struct plan_flow *f)
{
	switch (f->kind) {
	case PROBE_TCP_SYN:
		return "tcp";
	case PROBE_UDP:
		return "udp";
	default:
		return "icmp";
	}
}

static void flow(struct json_out *j, const struct trace_entry *t)
{
	const struct plan_flow *f = t->result->flow;
	bool icmp = f->kind == PROBE_ICMP_ECHO;

	json_object(j, "flow");
	json_addr(j, "source", &f->src);
	json_text_or_null(j, "interface", t->iface);
	json_addr(j, "next_hop", &f->next_hop);
	if (icmp) {
		json_int(j, "icmp_id", f->src_port);
		json_int(j, "icmp_checksum", f->icmp_sum);
	} else {
		json_int(j, "source_port", f->src_port);
		json_int(j, "destination_port", f->dst_port);
	}
	if (f->dst.family == IP_V6)
		json_int(j, "flow_label", f->flow_label);
	json_object_end(j);
}

static void icmp_object(struct json_out *j, const char *key, bool known, uint8_t family, uint8_t type, uint8_t code)
{
	if (!known) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_int(j, "type", type);
	json_int(j, "code", code);
	json_text(j, "text", trace_icmp_words(family, type, code));
	json_object_end(j);
}

static void interface_object(struct json_out *j, const struct trace_hop *h)
{
	if (!h->has_interface) {
		json_null(j, "interface");
		return;
	}
	json_object(j, "interface");
	json_text(j, "role", interface_role_name(h->interface_role));
	json_int_or_null(j, "index", h->interface_index > 0, h->interface_index);
	json_addr(j, "address", &h->interface_addr);
	json_text_or_null(j, "name", h->interface_name);
	json_object_end(j);
}

static void rest_of_hop(struct json_out *j, const struct trace_hop *h, const struct trace_mtu *sizes, uint8_t family)
{
	json_hop_rest(j, &h->hop);
	json_array(j, "names");
	for (size_t i = 0; i < h->hop.address_count && i < HOP_ADDRESSES_MAX; i++)
		json_text(j, NULL, h->names[i]);
	json_array_end(j);
	icmp_object(j, "icmp", h->has_icmp, family, h->icmp_type, h->icmp_code);
	json_int_or_null(j, "return_length", h->return_length >= 0, h->return_length);
	json_int_or_null(j, "quoted_ttl", h->has_quote, h->quoted_ttl);
	json_int_or_null(j, "quoted_dscp", h->has_quote, h->quoted_tos >> 2);
	json_int_or_null(j, "quoted_ecn", h->has_quote, h->quoted_tos & 3);
	interface_object(j, h);
	json_int_or_null(j, "mtu", h->mtu > 0, h->mtu);
	report_hop_sizes_json(j, sizes, h->hop.ttl);
	json_bool(j, "known", h->known);
	json_array(j, "remarks");
	for (size_t i = 0; i < h->remark_count; i++)
		json_text(j, NULL, h->remarks[i]);
	json_array_end(j);
}

/* Where the text of this hop is kept; NULL where it depends on more than the hop: on names, on sizes. */
static struct trace_hop_text *place_for(struct trace_hop_texts *kept, const struct trace_hop *h, const struct trace_mtu *sizes)
{
	if (!kept || h->hop.ttl < 1 || h->hop.ttl > TRACE_HOP_TEXTS || sizes->full > 0)
		return NULL;
	for (size_t i = 0; i < HOP_ADDRESSES_MAX; i++)
		if (h->names[i])
			return NULL;
	return &kept->at[h->hop.ttl - 1];
}

/* Is it all the same but for the round trips? Byte by byte: what no member shows, as padding, may keep it from being so. */
static bool alike(const struct trace_hop *a, const struct trace_hop *b)
{
	const size_t times = offsetof(struct trace_hop, hop.rtt), behind = times + sizeof a->hop.rtt;

	return memcmp(a, b, times) == 0 &&
	       memcmp((const char *)a + behind, (const char *)b + behind, offsetof(struct trace_hop, last_ns) - behind) == 0;
}

static void keep(struct trace_hop_text *k, const struct trace_hop *h, uint8_t family, const struct strbuf *out, size_t start,
                 size_t times, size_t behind)
{
	size_t begin = times - start, rest = out->len - behind;

	k->begin_len = k->rest_len = 0;
	if (!strbuf_ok(out) || begin + rest > sizeof k->text)
		return;
	memcpy(&k->hop, h, sizeof k->hop); /* with its padding */
	k->family = family;
	memcpy(k->text, out->text + start, begin);
	memcpy(k->text + begin, out->text + behind, rest);
	k->begin_len = (uint16_t)begin;
	k->rest_len = (uint16_t)rest;
}

static void hop(struct json_out *j, const struct trace_hop *h, const struct trace_mtu *sizes, uint8_t family, struct trace_hop_texts *kept)
{
	struct trace_hop_text *k = place_for(kept, h, sizes);

	if (k && k->begin_len > 0 && k->family == family && alike(&k->hop, h)) {
		json_item(j);
		strbuf_add_bytes(j->out, k->text, k->begin_len);
		json_rtt(j, "rtt_us", &h->hop.rtt);
		strbuf_add_bytes(j->out, k->text + k->begin_len, k->rest_len);
		return;
	}
	json_item(j);
	size_t start = j->out->len;
	json_put_open(j, '{');
	json_hop_begin(j, &h->hop);
	size_t times = j->out->len;
	json_rtt(j, "rtt_us", &h->hop.rtt);
	size_t behind = j->out->len;
	rest_of_hop(j, h, sizes, family);
	json_object_end(j);
	if (k)
		keep(k, h, family, j->out, start, times, behind);
}

static void members(struct json_out *j, const struct trace_entry *t, struct trace_hop_texts *kept)
{
	const struct trace_result *r = t->result;
	uint8_t family = r->flow->dst.family;

	json_text(j, "destination", t->destination);
	json_addr(j, "address", &r->flow->dst);
	json_text(j, "name", t->name);
	json_text(j, "protocol", trace_protocol(r->flow));
	flow(j, t);
	json_time(j, "started_at", t->started_at);
	json_time(j, "ended_at", t->ended_at);
	json_bool(j, "reached", r->reached);
	json_bool(j, "complete", r->complete);
	json_text(j, "state", trace_state_name(r->state));
	json_addr(j, "state_by", &r->state_by);
	icmp_object(j, "state_icmp", r->has_state_icmp, family, r->state_icmp_type, r->state_icmp_code);
	json_text(j, "not_sent", r->refusal != SEND_OK ? comment_send_result_name((uint8_t)r->refusal) : NULL);
	if (r->unseen)
		json_bool(j, "seen_leaving", false);
	json_int(j, "ttl_asked", r->asked_ttl);
	json_array(j, "hops");
	for (size_t i = 0; i < r->hop_count; i++)
		hop(j, &r->hops[i], &r->sizes, family, kept);
	json_array_end(j);
	if (r->has_paths)
		report_trace_paths_json(j, r);
	else
		json_null(j, "paths");
	report_trace_sizes_json(j, r);
}

void report_trace_json_begin(struct json_out *j, const struct trace_run *run, struct strbuf *out)
{
	const struct plan *p = run->plan;

	json_begin(j, out, run->compact);
	json_object(j, NULL);
	json_text(j, "schema", "erprobe.trace/1");
	json_text(j, "run_id", p->run_id);
	json_text(j, "tool", p->tool);
	json_time(j, "started_at", p->started_at);
	json_clock_begin(j, &p->clock);
	json_object_end(j);
	json_object(j, "limits");
	json_int(j, "max_ttl", run->max_ttl);
	json_int_or_null(j, "count", run->count > 0, run->count);
	json_number(j, "rate", p->limits.rate);
	json_int_or_null(j, "budget", p->limits.budget > 0, p->limits.budget);
	json_seconds_us(j, "deadline_us", p->limits.deadline_s);
	json_object_end(j);
	json_array(j, "traces");
}

void report_trace_json_one(struct json_out *j, const struct trace_entry *t)
{
	json_object(j, NULL);
	members(j, t, NULL);
	json_object_end(j);
}

static void match_object(struct json_out *j, const struct match_counts *c)
{
	json_object(j, "frames");
	json_int(j, "matched", (int64_t)c->matched);
	json_int(j, "duplicate", (int64_t)c->duplicate);
	json_int(j, "late", (int64_t)c->late);
	json_int(j, "forged", (int64_t)c->forged);
	json_int(j, "malformed", (int64_t)c->malformed);
	json_object(j, "failed");
	for (int t = 0; t < MATCH_TESTS; t++)
		json_int(j, match_test_name((enum match_test)t), (int64_t)c->failed[t]);
	json_object_end(j);
	json_object_end(j);
}

/* A trace decides nothing: it is done. */
static const char *end_name(enum end_reason r)
{
	return r == END_DECIDED ? "done" : end_reason_name(r);
}

void report_trace_json_end(struct json_out *j, const struct trace_run *run)
{
	json_array_end(j);
	json_time(j, "ended_at", run->ended_at);
	json_text(j, "end_reason", end_name(run->end_reason));
	json_int(j, "probes_sent", run->probes_sent);
	if (run->by_link > 0)
		json_int(j, "probes_by_link", run->by_link);
	json_int(j, "probes_not_sent", run->probes_not_sent);
	json_int(j, "resets_sent", run->resets_sent);
	json_object(j, "capture");
	json_int_or_null(j, "received", run->has_capture, (int64_t)run->capture_received);
	json_int_or_null(j, "dropped", run->has_capture, (int64_t)run->capture_dropped);
	json_text(j, "mode", trace_capture_name(run->capture));
	json_object_end(j);
	match_object(j, &run->match);
	json_object(j, "timing");
	/* A frame that leaves is stamped by the host; only one that comes in may bear the
	 * interface's own stamp. So both are the host's: they must not be mixed. */
	json_text(j, "stamps", "software");
	json_int(j, "clock_steps", run->clock_steps);
	json_int(j, "set_aside", run->set_aside);
	json_int(j, "drop_bins", run->drop_bins);
	json_int(j, "link_down", run->links_down);
	json_int(j, "longest_lag_us", report_us(run->longest_lag_ns));
	json_int(j, "longest_stall_us", report_us(run->longest_stall_ns));
	json_object_end(j);
	json_object_end(j);
	json_finish(j);
}

void report_trace_jsonl(const struct trace_entry *t, struct trace_hop_texts *kept, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, true);
	json_object(&j, NULL);
	members(&j, t, kept);
	json_object_end(&j);
	json_finish(&j);
}
