/* SPDX-License-Identifier: BSD-2-Clause */
/* For people who know mtr: a table a link. Where a figure of mtr's would mislead (the
 * loss of a middle hop is the loss of its answers), the one that counts stands beside. */
#include "analysis/render/place.h"
#include "analysis/report/evidence_text.h"

#include "analysis/render/words.h"

#include <math.h>
#include <string.h>

#define HOST_COLUMNS 50
#define HOP_COLUMNS 8  /* "  1.|-- " */
#define HEAD_COLUMNS 6 /* "HOST: " */

static void milliseconds(struct strbuf *out, const struct rtt_summary *r, int64_t ns)
{
	char text[WORDS_MAX];

	strbuf_addf(out, " %8s", r->known ? ms_words(ns, false, text) : "-");
}

/* "100.0%"; mtr's own form. */
static void share(struct strbuf *out, const struct ratio_bound *r)
{
	long tenths = r->known ? lround(r->ratio * 1000) : 0;

	if (r->known)
		strbuf_addf(out, " %4ld.%ld%%", tenths / 10, tenths % 10);
	else
		strbuf_addf(out, " %7s", "-");
}

/* "<= 5.4%": what the path up to here loses at most. */
static void bound(struct strbuf *out, const struct ratio_bound *r)
{
	long tenths = r->known ? lround(ceil(r->high * 1000 - 1e-6)) : 0;

	if (r->known)
		strbuf_addf(out, "  <= %3ld.%ld%%", tenths / 10, tenths % 10);
	else
		strbuf_addf(out, "  %9s", "-");
}

static void labels(struct strbuf *out, const struct hop_result *h)
{
	for (uint8_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX; i++)
		strbuf_addf(out, "       [MPLS: Lbl %lu TC %u S %u TTL %u]\n", (unsigned long)h->mpls[i].label,
		            (unsigned)h->mpls[i].exp, (unsigned)h->mpls[i].bottom, (unsigned)h->mpls[i].ttl);
}

void report_mtr_hop(const struct hop_result *h, struct strbuf *out)
{
	const char *domain = domain_name(h->domain);
	char address[IP_TEXT_MAX], host[IP_TEXT_MAX + 48];

	text_format(host, sizeof host, "%s%s%s%s", h->address_count > 0 ? ip_addr_text(&h->addresses[0], address) : "???",
	            h->role[0] != '\0' ? " (" : "", h->role, h->role[0] != '\0' ? ")" : "");
	strbuf_addf(out, "%3u.|-- %-*s", (unsigned)h->ttl, HOST_COLUMNS, host);
	share(out, &h->loss);
	strbuf_addf(out, " %5lu %5lu", (unsigned long)h->sent, (unsigned long)h->answered);
	milliseconds(out, &h->rtt, h->rtt.min_ns);
	milliseconds(out, &h->rtt, h->rtt.median_ns);
	milliseconds(out, &h->rtt, h->rtt.p95_ns);
	milliseconds(out, &h->rtt, h->rtt.max_ns);
	bound(out, &h->path_loss);
	strbuf_addf(out, "  %s%s%s\n", domain ? domain : "-", h->note[0] != '\0' ? "; " : "", h->note);
	for (uint8_t i = 1; i < h->address_count && i < HOP_ADDRESSES_MAX; i++)
		strbuf_addf(out, "    |  `|-- %s\n", ip_addr_text(&h->addresses[i], address));
	labels(out, h);
}

void report_mtr_columns(const char *host, struct strbuf *out)
{
	strbuf_addf(out, "HOST: %-*s %7s %5s %5s %8s %8s %8s %8s  %9s\n", HOST_COLUMNS + HOP_COLUMNS - HEAD_COLUMNS, host, "Loss%", "Snt", "Rcv", "Best", "Median",
	            "p95", "Wrst", "path loss");
}

static void table(struct strbuf *out, const struct run_result *r, const struct circuit_result *c,
                  const struct link_result *l, size_t fam)
{
	const char *link = link_name(l->id);

	strbuf_addf(out, "\n%s, %s link, IPv%c\n", c->plan->name, link ? link : "-", fam == FAM6 ? '6' : '4');
	report_mtr_columns(r->plan->host, out);
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		report_mtr_hop(&l->hops[fam][i], out);
}

void report_mtr_head(const struct plan *p, const struct report_place *place, struct strbuf *out)
{
	char when[PLACE_TEXT_MAX];

	strbuf_addf(out, "Start: %s\n", place_text(place, p->started_at, when));
	strbuf_add(out,
	           "Times are milliseconds. Loss% of a middle hop is the share of probes that it did not answer:\n"
	           "routers limit such answers, so it is no loss of traffic. What the path up to a hop loses at\n"
	           "most (95 % confidence) is the column \"path loss\".\n");
}

void report_mtr_text(const struct run_result *r, const struct report_place *place, struct strbuf *out)
{
	report_mtr_head(r->plan, place, out);
	for (size_t i = 0; i < r->circuit_count; i++) {
		const struct circuit_result *c = &r->circuits[i];

		for (size_t l = 0; l < c->link_count; l++) {
			for (size_t fam = 0; fam < FAMILIES; fam++) {
				if (c->links[l].hop_count[fam] > 0)
					table(out, r, c, &c->links[l], fam);
			}
		}
	}
}
