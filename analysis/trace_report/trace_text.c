/* SPDX-License-Identifier: BSD-2-Clause */
/* One trace for a person. */
#include "analysis/trace_report/trace_report.h"

#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

enum { TTL_COLUMNS = 4, ANSWERED_COLUMNS = 9, LOSS_COLUMNS = 18, RTT_COLUMNS = 8, GAP = 2 };
enum { ADDRESS_V4 = 15, ADDRESS_V6 = 26, NAMES = 34, NARROW = 90, NOTE_MIN = 24 };
#define CELL_MAX 400

struct table { size_t address; bool wide; };

static void gap(struct page *p)
{
	page_to(p, p->column + GAP);
}

/* -- title -- */

static void title(struct page *p, const struct trace_entry *t)
{
	const struct plan_flow *f = t->result->flow;
	char dst[IP_TEXT_MAX], src[IP_TEXT_MAX], probe[WORDS_MAX];

	ip_addr_text(&f->dst, dst);
	page_text(p, TONE_STRONG, t->destination);
	if (strcmp(t->destination, dst) != 0)
		page_textf(p, TONE_STRONG, " (%s)", dst);
	else if (t->name)
		page_textf(p, TONE_PLAIN, " (%s)", t->name);
	page_textf(p, TONE_PLAIN, ": %s", probe_words(f, probe));
	if (ip_addr_is_set(&f->src))
		page_textf(p, TONE_PLAIN, " from %s", ip_addr_text(&f->src, src));
	if (t->iface[0] != '\0')
		page_textf(p, TONE_PLAIN, " over %s", t->iface);
	page_line(p);
}

/* -- hops -- */

static bool any_name(const struct trace_result *r)
{
	for (size_t i = 0; i < r->hop_count; i++)
		for (size_t k = 0; k < r->hops[i].hop.address_count; k++)
			if (r->hops[i].names[k])
				return true;
	return false;
}

static void head(struct page *p, const struct table *t)
{
	page_cell_right(p, TONE_DIM, "TTL", TTL_COLUMNS);
	gap(p);
	page_cell(p, TONE_DIM, "address", t->address);
	page_cell_right(p, TONE_DIM, "answered", ANSWERED_COLUMNS);
	page_cell_right(p, TONE_DIM, "path loss", LOSS_COLUMNS);
	if (t->wide)
		page_cell_right(p, TONE_DIM, "min", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "median", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "p95", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "max ms", RTT_COLUMNS);
	if (t->wide)
		page_cell_right(p, TONE_DIM, "jitter", RTT_COLUMNS);
	page_line(p);
}

static void one_rtt(struct page *p, enum tone tone, const struct rtt_summary *r, int64_t ns)
{
	char text[WORDS_MAX];

	page_cell_right(p, tone, r->known ? ms_words(ns, false, text) : "-", RTT_COLUMNS);
}

/* The share, and what it is at most: "0 % (≤ 2.8 %)". */
static const char *path_loss_words(const struct ratio_bound *r, char buf[WORDS_MAX])
{
	char share[WORDS_MAX], bound[WORDS_MAX];

	if (!r->known)
		return "-";
	if (r->ratio >= 1)
		return percent_words(r->ratio, buf);
	snprintf(buf, WORDS_MAX, "%.12s (≤ %.12s)", percent_words(r->ratio, share), bound_words(r->high, bound));
	return buf;
}

/* known: by another trace, so that it was not asked. */
static void figures(struct page *p, const struct table *t, const struct hop_result *h, bool known)
{
	char text[WORDS_MAX];

	snprintf(text, sizeof text, "%u/%u", (unsigned)h->answered, (unsigned)h->sent);
	page_cell_right(p, TONE_PLAIN, known ? "known" : text, ANSWERED_COLUMNS);
	page_cell_right(p, TONE_PLAIN, h->answered > 0 ? path_loss_words(&h->path_loss, text) : "-", LOSS_COLUMNS);
	if (t->wide)
		one_rtt(p, TONE_PLAIN, &h->rtt, h->rtt.min_ns);
	one_rtt(p, TONE_STRONG, &h->rtt, h->rtt.median_ns);
	one_rtt(p, TONE_PLAIN, &h->rtt, h->rtt.p95_ns);
	one_rtt(p, TONE_PLAIN, &h->rtt, h->rtt.max_ns);
	if (t->wide)
		one_rtt(p, TONE_PLAIN, &h->rtt, h->rtt.jitter_ns);
}

static void address_words(const struct trace_hop *h, size_t i, char *buf, size_t size)
{
	char text[IP_TEXT_MAX];

	ip_addr_text(&h->hop.addresses[i], text);
	if (h->names[i])
		snprintf(buf, size, "%s (%s)", h->names[i], text);
	else
		snprintf(buf, size, "%s", text);
}

static void notes_line(struct page *p, const char *text)
{
	page_to(p, TTL_COLUMNS + GAP + GAP);
	page_wrap(p, TONE_DIM, text, TTL_COLUMNS + GAP + GAP);
}

static void labels(struct page *p, const struct hop_result *h)
{
	char text[CELL_MAX] = "MPLS";
	size_t at = strlen(text);

	for (size_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX && at < sizeof text; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s label %u exp %u%s ttl %u", i > 0 ? "," : "",
		                       (unsigned)h->mpls[i].label, h->mpls[i].exp, h->mpls[i].bottom ? " bottom" : "",
		                       h->mpls[i].ttl);
	if (h->mpls_count > 0)
		notes_line(p, text);
}

static void interface_line(struct page *p, const struct trace_hop *h)
{
	static const char *const what[INTERFACE_ROLES] = {"came in on interface", "came in on part of interface", "goes out on interface",
	                                                  "next hop is"};
	const char *lead = what[h->interface_role < INTERFACE_ROLES ? h->interface_role : 0];
	char text[CELL_MAX], address[IP_TEXT_MAX] = "";

	if (!h->has_interface)
		return;
	if (ip_addr_is_set(&h->interface_addr))
		ip_addr_text(&h->interface_addr, address);
	snprintf(text, sizeof text, "%s%s%s%s%s", lead, h->interface_name[0] ? " " : "", h->interface_name,
	         address[0] ? " " : "", address);
	if (h->interface_name[0] == '\0' && h->interface_index > 0)
		snprintf(text, sizeof text, "%s number %u %s", lead, (unsigned)h->interface_index, address);
	notes_line(p, text);
}

static void hop_line(struct page *p, const struct table *t, const struct trace_hop *h)
{
	char text[CELL_MAX] = "*";
	char ttl[8];

	snprintf(ttl, sizeof ttl, "%u", h->hop.ttl);
	if (h->hop.address_count > 0)
		address_words(h, 0, text, sizeof text);
	page_cell_right(p, TONE_PLAIN, ttl, TTL_COLUMNS);
	gap(p);
	/* A cut address is worth nothing: a longer one has a line of its own. */
	if (strlen(text) > t->address) {
		page_text(p, TONE_PLAIN, text);
		page_line(p);
		page_to(p, TTL_COLUMNS + GAP + t->address);
	} else {
		page_cell(p, TONE_PLAIN, text, t->address);
	}
	figures(p, t, &h->hop, h->known);
	if (h->hop.note[0] != '\0' && p->column + NOTE_MIN <= p->width) {
		gap(p);
		page_wrap(p, TONE_DIM, h->hop.note, p->column);
	} else {
		page_line(p);
	}
}

static void hop(struct page *p, const struct table *t, const struct trace_hop *h)
{
	char text[CELL_MAX];

	hop_line(p, t, h);
	for (size_t i = 1; i < h->hop.address_count && i < HOP_ADDRESSES_MAX; i++) {
		address_words(h, i, text, sizeof text);
		page_to(p, TTL_COLUMNS + GAP);
		page_text(p, TONE_PLAIN, text);
		page_line(p);
	}
	labels(p, &h->hop);
	interface_line(p, h);
	for (size_t i = 0; i < h->remark_count; i++)
		notes_line(p, h->remarks[i]);
}

/* -- the end -- */

static const char *own_host_words(enum send_result why)
{
	switch (why) {
	case SEND_NO_ROUTE: return "this host has no route to it: no-route";
	case SEND_LINK_DOWN: return "the interface is down: link-down";
	case SEND_BLOCKED: return "a packet filter of this host refuses it: blocked";
	case SEND_NO_ADDRESS: return "the address that it leaves from is gone: no-address";
	case SEND_ROUTE_GONE: return "this host has lost its route to it: route-gone";
	case SEND_ROUTE_MOVED: return "this host's route to it leads over another interface by now: route-moved";
	case SEND_REFUSED_SOURCE: return "the address that it leaves from was none of this host's when the run began: refused-source";
	default: return not_sent_words((uint8_t)why);
	}
}

static void silence_words(const struct trace_result *r, char *buf, size_t size)
{
	char via[IP_TEXT_MAX];

	if (!r->unseen)
		snprintf(buf, size, "no answer from the destination (asked up to TTL %u)", r->asked_ttl);
	else if (!ip_addr_is_set(&r->flow->next_hop))
		snprintf(buf, size, "nothing was seen leaving this host");
	else
		snprintf(buf, size, "nothing was seen leaving this host: does the next hop %s answer %s? (ip neigh)", ip_addr_text(&r->flow->next_hop, via),
		         r->flow->dst.family == IP_V6 ? "neighbour solicitations" : "ARP");
}

static void state_words(const struct trace_result *r, char *buf, size_t size)
{
	uint8_t family = r->flow->dst.family;
	const char *icmp = r->has_state_icmp ? trace_icmp_words(family, r->state_icmp_type, r->state_icmp_code) : "";
	char by[IP_TEXT_MAX];

	ip_addr_text(&r->state_by, by);
	switch (r->state) {
	case TRACE_STATE_ANSWERS:
		snprintf(buf, size, "answers");
		break;
	case TRACE_STATE_OPEN:
		snprintf(buf, size, "port %u is open", r->flow->dst_port);
		break;
	case TRACE_STATE_CLOSED:
		snprintf(buf, size, "port %u is closed", r->flow->dst_port);
		break;
	case TRACE_STATE_FILTERED:
	case TRACE_STATE_UNREACHABLE:
		snprintf(buf, size, "%s, says %s (%s)", trace_state_name(r->state), by, icmp);
		break;
	case TRACE_STATE_SILENT:
		silence_words(r, buf, size);
		break;
	case TRACE_STATE_NOT_SENT:
		snprintf(buf, size, "nothing could be sent: %s", own_host_words(r->refusal));
		break;
	}
}

static void ending(struct page *p, const struct trace_result *r)
{
	char text[CELL_MAX], by[IP_TEXT_MAX];
	const struct hop_result *last = r->hop_count > 0 ? &r->hops[r->hop_count - 1].hop : NULL;

	state_words(r, text, sizeof text);
	page_text(p, r->reached ? TONE_GOOD : TONE_WARN, r->reached ? MARK_GOOD : MARK_BAD);
	if (r->reached)
		page_textf(p, TONE_PLAIN, " reached in %u hop%s: %s", (unsigned)r->hop_count, PLURAL_S(r->hop_count), text);
	else
		page_textf(p, TONE_PLAIN, " not reached: %s", text);
	if (!r->reached && r->state == TRACE_STATE_SILENT && last && last->address_count > 0)
		page_textf(p, TONE_PLAIN, "; the last to answer is %s at TTL %u", ip_addr_text(&last->addresses[0], by), last->ttl);
	if (!r->complete)
		page_text(p, TONE_WARN, " (ended early)");
	page_line(p);
}

void report_trace_text(const struct trace_entry *t, const struct text_style *style, struct strbuf *out)
{
	const struct trace_result *r = t->result;
	struct page p;

	page_init(&p, style, out);
	struct table table = {.address = r->flow->dst.family == IP_V6 ? ADDRESS_V6 : ADDRESS_V4, .wide = p.width >= NARROW};
	if (any_name(r))
		table.address = NAMES;
	title(&p, t);
	if (r->hop_count > 0)
		head(&p, &table);
	for (size_t i = 0; i < r->hop_count; i++)
		hop(&p, &table, &r->hops[i]);
	ending(&p, r);
	if (r->has_paths)
		report_trace_paths_text(&p, r);
	if (r->sizes.full > 0)
		report_trace_sizes_text(&p, r);
}
