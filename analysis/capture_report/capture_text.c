/* SPDX-License-Identifier: BSD-2-Clause */
/* A capture of somebody else, for a person. */
#include "analysis/capture_report/capture_report.h"

#include "analysis/record/comment.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <inttypes.h>
#include <stdio.h>

enum { TTL_COLUMNS = 5, GAP = 2, ADDRESS_V4 = 15, ADDRESS_V6 = 26, ANSWERED_COLUMNS = 11, LOSS_COLUMNS = 18, RTT_COLUMNS = 9 };

static void one_rtt(struct page *p, const struct rtt_summary *r, int64_t ns)
{
	char text[WORDS_MAX];

	page_cell_right(p, TONE_PLAIN, r->known ? ms_words(ns, false, text) : "-", RTT_COLUMNS);
}

static void head(struct page *p, size_t address)
{
	page_cell_right(p, TONE_DIM, "TTL", TTL_COLUMNS);
	page_to(p, p->column + GAP);
	page_cell(p, TONE_DIM, "address", address);
	page_cell_right(p, TONE_DIM, "answered", ANSWERED_COLUMNS);
	page_cell_right(p, TONE_DIM, "path loss", LOSS_COLUMNS);
	page_cell_right(p, TONE_DIM, "min", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "median", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "p95", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "max ms", RTT_COLUMNS);
	page_line(p);
}

/* "0 % (≤ 2.8 %)": the share, and what it is at most. */
static const char *path_loss(const struct ratio_bound *r, char buf[WORDS_MAX])
{
	char share[WORDS_MAX], bound[WORDS_MAX];

	if (!r->known)
		return "-";
	snprintf(buf, WORDS_MAX, "%.12s (≤ %.12s)", percent_words(r->ratio, share), bound_words(r->high, bound));
	return buf;
}

static void notes(struct page *p, const struct hop_result *h)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 1; i < h->address_count && i < HOP_ADDRESSES_MAX; i++) {
		page_to(p, TTL_COLUMNS + GAP);
		page_text(p, TONE_PLAIN, ip_addr_text(&h->addresses[i], text));
		page_line(p);
	}
	if (h->mpls_count == 0 && h->note[0] == '\0')
		return;
	page_to(p, TTL_COLUMNS + GAP + GAP);
	for (size_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX; i++)
		page_textf(p, TONE_DIM, "%sMPLS label %u", i > 0 ? ", " : "", (unsigned)h->mpls[i].label);
	page_textf(p, TONE_DIM, "%s%s", h->mpls_count > 0 && h->note[0] ? "; " : "", h->note);
	page_line(p);
}

static void hop(struct page *p, const struct hop_result *h, size_t address)
{
	char text[WORDS_MAX], count[32];

	snprintf(text, sizeof text, "%u", h->ttl);
	page_cell_right(p, TONE_PLAIN, text, TTL_COLUMNS);
	page_to(p, p->column + GAP);
	page_cell(p, TONE_PLAIN, h->address_count > 0 ? ip_addr_text(&h->addresses[0], text) : "*", address);
	snprintf(count, sizeof count, "%u/%u", (unsigned)h->answered, (unsigned)h->sent);
	page_cell_right(p, TONE_PLAIN, count, ANSWERED_COLUMNS);
	page_cell_right(p, TONE_PLAIN, h->answered > 0 ? path_loss(&h->path_loss, text) : "-", LOSS_COLUMNS);
	one_rtt(p, &h->rtt, h->rtt.min_ns);
	one_rtt(p, &h->rtt, h->rtt.median_ns);
	one_rtt(p, &h->rtt, h->rtt.p95_ns);
	one_rtt(p, &h->rtt, h->rtt.max_ns);
	page_line(p);
	notes(p, h);
}

static const char *kind_words(const struct sight_path *s)
{
	switch (s->kind) {
	case PROBE_TCP_SYN:
		return "TCP port";
	case PROBE_UDP:
		return "UDP";
	default:
		return s->dst.family == IP_V6 ? "ICMPv6 echo" : "ICMP echo";
	}
}

static void title(struct page *p, const struct sight_path *s)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX], at[WALL_TEXT_MAX];

	page_line(p);
	page_textf(p, TONE_STRONG, "%s to %s", ip_addr_text(&s->src, src), ip_addr_text(&s->dst, dst));
	page_textf(p, TONE_PLAIN, ": %s", kind_words(s));
	if (s->port > 0)
		page_textf(p, TONE_PLAIN, " %u", s->port);
	page_textf(p, TONE_PLAIN, ", %u of %u answered", (unsigned)s->answered, (unsigned)s->probes);
	if (s->open > 0)
		page_textf(p, TONE_PLAIN, ", %u under way at the end", (unsigned)s->open);
	page_textf(p, TONE_DIM, ", from %s", wall_text(s->first, at));
	page_line(p);
}

static void ending(struct page *p, const struct sight_path *s)
{
	page_text(p, s->reached ? TONE_GOOD : TONE_WARN, s->reached ? MARK_GOOD : MARK_BAD);
	if (!s->reached)
		page_text(p, TONE_PLAIN, " no answer of the destination is in the capture");
	else
		page_textf(p, TONE_PLAIN, " the destination answers (%s)", comment_answer_name(s->end));
	if (s->reached && s->distance > 1)
		page_textf(p, TONE_PLAIN, "; its answers have come %d hops to here", s->distance);
	page_line(p);
}

static void one_path(struct page *p, const struct sight_path *s)
{
	size_t address = s->dst.family == IP_V6 ? ADDRESS_V6 : ADDRESS_V4;

	title(p, s);
	head(p, address);
	for (size_t i = 0; i < s->hop_count; i++)
		hop(p, &s->hops[i], address);
	ending(p, s);
}

static void totals(struct page *p, const struct capture_report *c)
{
	const struct sight_totals *t = c->totals;
	char first[WALL_TEXT_MAX], last[WALL_TEXT_MAX];

	page_textf(p, TONE_STRONG, "%" PRIu64 " probe%s, %" PRIu64 " answered", t->probes, PLURAL_S(t->probes), t->answered);
	page_textf(p, TONE_PLAIN, " in %" PRIu64 " frame%s", t->frames, PLURAL_S(t->frames));
	if (t->frames > 0)
		page_textf(p, TONE_PLAIN, ", %s to %s", wall_text(t->first, first), wall_text(t->last, last));
	page_line(p);
	if (t->again > 0)
		page_textf(p, TONE_DIM, "%" PRIu64 " frame%s a probe once more (forwarded, or another interface). ", t->again, PLURAL(t->again, " shows", "s show"));
	if (t->strays > 0)
		page_textf(p, TONE_DIM, "%" PRIu64 " answer%s no probe of this capture. ", t->strays, PLURAL(t->strays, " names", "s name"));
	if (t->other_links > 0)
		page_textf(p, TONE_DIM, "%" PRIu64 " frame%s of a link type that is not read. ", t->other_links, PLURAL(t->other_links, " is", "s are"));
	if (t->again + t->strays + t->other_links > 0)
		page_line(p);
	page_wrap(p, TONE_DIM,
	          "TTLs and round trips are those at the place of capture: they tell of the way from there on. "
	          "No plan and no key of a run says which packets are genuine.",
	          0);
}

void report_capture_text(const struct capture_report *c, const struct text_style *style, struct strbuf *out)
{
	struct page p;

	page_init(&p, style, out);
	totals(&p, c);
	for (size_t i = 0; i < c->path_count; i++)
		one_path(&p, &c->paths[i]);
}
