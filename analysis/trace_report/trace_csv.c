/* SPDX-License-Identifier: BSD-2-Clause */
/* One line a hop, for spreadsheets and scripts (RFC 4180). A trace without hops has one
 * line with an empty TTL, so that no destination is missing. */
#include "analysis/trace_report/trace_report.h"

#include "analysis/render/json_values.h"

#include <inttypes.h>
#include <string.h>

void report_trace_csv_head(struct strbuf *out)
{
	strbuf_add(out, "destination,address,protocol,reached,state,ttl,addresses,names,sent,answered,loss,loss_low,loss_high,"
	                "path_loss,path_loss_low,path_loss_high,rtt_min_us,rtt_median_us,rtt_p95_us,rtt_max_us,jitter_us,"
	                "reply_ttl,return_length,mpls,icmp,mtu,remarks,path_mtu,known\r\n");
}

/* A field that begins like a formula is one to a spreadsheet: a router's name may. */
static void field(struct strbuf *out, const char *text, bool first)
{
	bool formula = text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@';

	if (!first)
		strbuf_add_char(out, ',');
	if (!formula && text[strcspn(text, ",\"\r\n")] == '\0') {
		strbuf_add(out, text);
		return;
	}
	strbuf_add(out, formula ? "\"'" : "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, *text);
	}
	strbuf_add_char(out, '"');
}

static void ratio(struct strbuf *out, const struct ratio_bound *r)
{
	if (r->known)
		strbuf_addf(out, ",%.6f,%.6f,%.6f", r->ratio, r->low, r->high);
	else
		strbuf_add(out, ",,,");
}

static void rtt(struct strbuf *out, const struct rtt_summary *r)
{
	if (r->known)
		strbuf_addf(out, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, report_us(r->min_ns),
		            report_us(r->median_ns), report_us(r->p95_ns), report_us(r->max_ns), report_us(r->jitter_ns));
	else
		strbuf_add(out, ",,,,,");
}

static void number(struct strbuf *out, bool known, int64_t value)
{
	if (known)
		strbuf_addf(out, ",%" PRId64, value);
	else
		strbuf_add_char(out, ',');
}

/* Several values of one field: parted by what none of them holds. */
static void list(struct strbuf *out, const struct strbuf *joined)
{
	field(out, joined->text ? joined->text : "", false);
}

static void addresses(struct strbuf *out, const struct trace_hop *h)
{
	struct strbuf text, names;
	char buf[IP_TEXT_MAX];

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	strbuf_init(&names, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; i < h->hop.address_count && i < HOP_ADDRESSES_MAX; i++) {
		strbuf_addf(&text, "%s%s", i > 0 ? " " : "", ip_addr_text(&h->hop.addresses[i], buf));
		strbuf_addf(&names, "%s%s", i > 0 ? " " : "", h->names[i] ? h->names[i] : "");
	}
	list(out, &text);
	list(out, &names);
	strbuf_free(&text);
	strbuf_free(&names);
}

static void labels_and_icmp(struct strbuf *out, const struct trace_hop *h, uint8_t family)
{
	struct strbuf text;

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; i < h->hop.mpls_count && i < MPLS_LABELS_MAX; i++)
		strbuf_addf(&text, "%s%u:%u:%u:%u", i > 0 ? " " : "", (unsigned)h->hop.mpls[i].label, h->hop.mpls[i].exp,
		            h->hop.mpls[i].bottom, h->hop.mpls[i].ttl);
	list(out, &text);
	strbuf_free(&text);
	field(out, h->has_icmp ? trace_icmp_words(family, h->icmp_type, h->icmp_code) : "", false);
}

static void remarks(struct strbuf *out, const struct trace_hop *h)
{
	struct strbuf text;

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; i < h->remark_count; i++)
		strbuf_addf(&text, "%s%s", i > 0 ? "; " : "", h->remarks[i]);
	list(out, &text);
	strbuf_free(&text);
}

static void beginning(struct strbuf *out, const struct trace_entry *t)
{
	char address[IP_TEXT_MAX];

	field(out, t->destination, true);
	field(out, ip_addr_text(&t->result->flow->dst, address), false);
	field(out, trace_protocol(t->result->flow), false);
	field(out, t->result->reached ? "true" : "false", false);
	field(out, trace_state_name(t->result->state), false);
}

void report_trace_csv(const struct trace_entry *t, struct strbuf *out)
{
	const struct trace_result *r = t->result;

	if (r->hop_count == 0) {
		beginning(out, t);
		strbuf_add(out, ",,,,,,,,,,,,,,,,,,,,,,,,\r\n");
	}
	for (size_t i = 0; i < r->hop_count; i++) {
		const struct trace_hop *h = &r->hops[i];
		beginning(out, t);
		number(out, true, h->hop.ttl);
		addresses(out, h);
		number(out, true, h->hop.sent);
		number(out, true, h->hop.answered);
		ratio(out, &h->hop.loss);
		ratio(out, &h->hop.path_loss);
		rtt(out, &h->hop.rtt);
		number(out, h->hop.reply_ttl >= 0, h->hop.reply_ttl);
		number(out, h->return_length >= 0, h->return_length);
		labels_and_icmp(out, h, r->flow->dst.family);
		number(out, h->mtu > 0, h->mtu);
		remarks(out, h);
		number(out, r->sizes.places[h->hop.ttl].carried > 0, r->sizes.places[h->hop.ttl].carried);
		field(out, h->known ? "true" : "false", false); /* met by another trace: sent is 0 for it was not asked */
		strbuf_add(out, "\r\n");
	}
}
