/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_explain.h"

#include "analysis/render/words.h"
#include "analysis/trace/trace_result.h"
#include "analysis/value/plural.h"
#include "probe/trace/trace_progress.h"

#include <math.h>

#define STALL_NS (250 * NS_PER_MS) /* is told */

void trace_say_ending(struct progress *p, const uint32_t not_sent[SEND_RESULTS], enum end_reason reason, int64_t stall_ns,
                      uint64_t dropped)
{
	for (int r = SEND_OK + 1; r < SEND_RESULTS; r++)
		if (not_sent[r] > 0)
			progress_warn(p, "%u probe%s did not leave this host: %s", (unsigned)not_sent[r], PLURAL_S(not_sent[r]), not_sent_words((uint8_t)r));
	if (reason == END_DEADLINE || reason == END_BUDGET)
		progress_warn(p, "ended by the %s before all traces were complete",
		              reason == END_DEADLINE ? "deadline (--deadline)" : "budget (--budget)");
	if (stall_ns > STALL_NS)
		progress_warn(p, "this host was busy: the program did not run for %.0f ms once; round trips are the kernel's and stay "
		              "true, paces and patience suffered", (double)stall_ns / (double)NS_PER_MS);
	if (dropped > 0)
		progress_warn(p, "the capture lost %llu frame%s: some answers are missing", (unsigned long long)dropped, PLURAL_S(dropped));
}

static void explain_family(struct progress *p, const struct trace_engine *e, uint8_t family, double hop_rate)
{
	char text[TRACE_RATE_WORDS_MAX];

	for (uint8_t ttl = 1; ttl <= TRACE_TTL_MAX; ttl++) {
		struct trace_hop_rate r = trace_engine_hop_rate(e, family, ttl);
		if (r.addresses == 0)
			continue;
		trace_rate_words(&r, ttl, hop_rate, text);
		progress_error(p, "rate: %s%s", family == IP_V6 ? "IPv6 " : "", text);
	}
}

void trace_explain(struct progress *p, const struct plan *plan, const struct trace_engine *e, const struct trace_run_options *o,
                   const struct plan_limits *limits, uint32_t sent, uint32_t by_link)
{
	bool asked[FAMILIES] = {false};

	if (isinf(limits->rate))
		progress_error(p, "rate: no limit in all (--rate max); %u probe%s sent", (unsigned)sent, PLURAL_S(sent));
	else
		progress_error(p, "rate: at most %g packets a second in all (--rate%s); %u probes sent", limits->rate,
		               o->rate > 0 ? "" : ", its default", (unsigned)sent);
	if (by_link > 0)
		progress_error(p, "rate: %u probes left straight by their interface, past this host's own IP stack and packet filter, which had let one of "
		               "the same flow through (--send-by stack: none)", (unsigned)by_link);
	progress_error(p, "rate: each hop by itself, because routers limit their ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4); the "
	               "destination's own answers count to the rate in all");
	if (limits->budget > 0)
		progress_error(p, "rate: at most %u probes (--budget)", (unsigned)limits->budget);
	for (size_t i = 0; i < plan->flow_count; i++)
		asked[ip_family_index(plan->flows[i].dst.family)] = true;
	for (int fam = 0; fam < FAMILIES; fam++)
		if (asked[fam])
			explain_family(p, e, fam == FAM6 ? IP_V6 : IP_V4, o->hop_rate);
}
