/* SPDX-License-Identifier: BSD-2-Clause */
/* Traceroute results as RIPE Atlas writes them. Measurement and probe numbers are
 * 0: no Atlas probe measured this. */
#include "analysis/trace_report/trace_report.h"

#include "analysis/render/json_values.h"

#include <stdio.h>
#include <string.h>

#define FIRMWARE 5080 /* the format's own version, which its readers choose a parser by */

const char *trace_mark(uint8_t family, uint8_t type, uint8_t code)
{
	static const char *const marks4[] = {[0] = "N", [1] = "H", [2] = "P", [3] = "p", [13] = "A"};
	static const char *const marks6[] = {[0] = "N", [1] = "A", [3] = "H", [4] = "p"};
	bool v6 = family == IP_V6;
	size_t count = v6 ? sizeof marks6 / sizeof marks6[0] : sizeof marks4 / sizeof marks4[0];

	if (type != (v6 ? 1 : 3) || code >= count)
		return "";
	const char *mark = v6 ? marks6[code] : marks4[code];
	return mark ? mark : "";
}

static void labels(struct json_out *j, const struct hop_result *h)
{
	if (h->mpls_count == 0)
		return;
	json_object(j, "icmpext");
	json_int(j, "version", 2);
	json_int(j, "rfc4884", 1);
	json_array(j, "obj");
	json_object(j, NULL);
	json_int(j, "class", 1);
	json_int(j, "type", 1);
	json_array(j, "mpls");
	for (size_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX; i++) {
		json_object(j, NULL);
		json_int(j, "label", h->mpls[i].label);
		json_int(j, "exp", h->mpls[i].exp);
		json_int(j, "s", h->mpls[i].bottom);
		json_int(j, "ttl", h->mpls[i].ttl);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

static void refusal(struct json_out *j, const struct trace_sample *s, uint8_t family)
{
	const char *mark = trace_mark(family, s->icmp_type, s->icmp_code);

	if (s->answer != ANSWER_UNREACHABLE)
		return;
	if (mark[0] != '\0')
		json_text(j, "err", mark);
	else
		json_int(j, "err", s->icmp_code);
}

static void answer(struct json_out *j, const struct trace_hop *h, const struct trace_sample *s, uint8_t family)
{
	json_object(j, NULL);
	if (!s->answered) {
		json_text(j, "x", "*");
		json_object_end(j);
		return;
	}
	json_addr(j, "from", &s->from);
	json_int(j, "ttl", s->reply_ttl);
	json_number(j, "rtt", (double)report_us(s->rtt_ns) / 1000.0);
	if (s->has_quote && s->quoted_ttl != 1)
		json_int(j, "ittl", s->quoted_ttl);
	refusal(j, s, family);
	if (ip_addr_equal(&s->from, &h->hop.addresses[0]))
		labels(j, &h->hop);
	json_object_end(j);
}

static void hop(struct json_out *j, const struct trace_hop *h, uint8_t family)
{
	json_object(j, NULL);
	json_int(j, "hop", h->hop.ttl);
	json_array(j, "result");
	for (size_t i = 0; i < h->hop.sent; i++)
		answer(j, h, &h->samples[i], family);
	json_array_end(j);
	json_object_end(j);
}

static const char *protocol(const struct plan_flow *f)
{
	return f->kind == PROBE_ICMP_ECHO ? "ICMP" : f->kind == PROBE_UDP ? "UDP" : "TCP";
}

void report_trace_atlas_begin(struct json_out *j, struct strbuf *out)
{
	json_begin(j, out, false);
	json_array(j, NULL);
}

void report_trace_atlas(struct json_out *j, const struct trace_entry *t, const struct trace_run *run)
{
	const struct trace_result *r = t->result;
	const struct plan_flow *f = r->flow;

	json_object(j, NULL);
	json_int(j, "fw", FIRMWARE);
	json_text(j, "mver", "2.6.2");
	json_int(j, "lts", run->plan->clock.synchronized ? 0 : -1);
	json_int(j, "msm_id", 0);
	json_int(j, "prb_id", 0);
	json_text(j, "msm_name", "Traceroute");
	json_text(j, "type", "traceroute");
	json_int(j, "af", f->dst.family);
	json_text(j, "dst_name", t->destination);
	json_addr(j, "dst_addr", &f->dst);
	json_addr(j, "src_addr", &f->src);
	json_addr(j, "from", &f->src);
	json_text(j, "proto", protocol(f));
	json_int(j, "paris_id", 1);
	json_int(j, "size", ECHO_PAYLOAD_MIN);
	json_int(j, "timestamp", t->started_at.ns / NS_PER_SEC);
	json_int(j, "endtime", t->ended_at.ns / NS_PER_SEC);
	json_bool(j, "destination_ip_responded", r->reached);
	json_array(j, "result");
	for (size_t i = 0; i < r->hop_count; i++)
		hop(j, &r->hops[i], f->dst.family);
	json_array_end(j);
	json_object_end(j);
}

void report_trace_atlas_end(struct json_out *j)
{
	json_array_end(j);
	json_finish(j);
}
