/* SPDX-License-Identifier: BSD-2-Clause */
/* What `mtr --json` 0.95 prints, types and all: "psize" is text, "tests" a number,
 * times are milliseconds, a hop that never answered is "???". */
#include "analysis/trace_report/trace_report.h"

#include "analysis/render/json_values.h"

static double ms(int64_t ns)
{
	return (double)report_us(ns) / 1000.0;
}

static void hub(struct json_out *j, const struct trace_hop *h)
{
	char address[IP_TEXT_MAX];
	const char *host = h->hop.address_count == 0 ? "???" : ip_addr_text(&h->hop.addresses[0], address);

	json_object(j, NULL);
	json_int(j, "count", h->hop.ttl);
	json_text(j, "host", h->hop.address_count > 0 && h->names[0] ? h->names[0] : host);
	json_real(j, "Loss%", h->hop.loss.known ? h->hop.loss.ratio * 100.0 : 0.0);
	json_int(j, "Snt", h->hop.sent);
	json_real(j, "Last", ms(h->last_ns));
	json_real(j, "Avg", ms(h->mean_ns));
	json_real(j, "Best", ms(h->hop.rtt.known ? h->hop.rtt.min_ns : 0));
	json_real(j, "Wrst", ms(h->hop.rtt.known ? h->hop.rtt.max_ns : 0));
	json_real(j, "StDev", ms(h->deviation_ns));
	json_object_end(j);
}

/* Rounds of the run: where their number was left to us, the most that a hop had. */
static uint32_t tests(const struct trace_result *r, const struct trace_run *run)
{
	uint32_t most = run->count;

	for (size_t i = 0; i < r->hop_count; i++)
		if (r->hops[i].hop.sent > most)
			most = r->hops[i].hop.sent;
	return most;
}

void report_trace_mtr(const struct trace_entry *t, const struct trace_run *run, struct strbuf *out)
{
	const struct trace_result *r = t->result;
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_object(&j, "report");
	json_object(&j, "mtr");
	json_text(&j, "src", run->plan->host);
	json_text(&j, "dst", t->destination);
	json_int(&j, "tos", 0);
	json_int(&j, "tests", tests(r, run));
	json_text(&j, "psize", "42");
	json_text(&j, "bitpattern", "0x00");
	json_object_end(&j);
	json_array(&j, "hubs");
	for (size_t i = 0; i < r->hop_count; i++)
		hub(&j, &r->hops[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

/* "10.101.7.7 by icmp: answers, run R": what the table is of, and how it ended. */
void report_trace_mtr_text(const struct trace_entry *t, const struct trace_run *run, struct strbuf *out)
{
	const struct trace_result *r = t->result;
	char address[IP_TEXT_MAX], destination[NAME_MAX_LEN];

	text_safe(destination, sizeof destination, t->destination);
	strbuf_addf(out, "\n%s (%s) by %s: %s%s, run %s\n", destination, ip_addr_text(&r->flow->dst, address), trace_protocol(r->flow),
	            trace_state_name(r->state), r->complete ? "" : ", ended before it was done", run->plan->run_id);
	report_mtr_columns(run->plan->host, out);
	for (size_t i = 0; i < r->hop_count; i++)
		report_mtr_hop(&r->hops[i].hop, out);
}
