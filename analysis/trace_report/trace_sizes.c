/* SPDX-License-Identifier: BSD-2-Clause */
/* The sizes of a trace, for a person and as the member "sizes". */
#include "analysis/render/json_values.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/trace_report/trace_report.h"
#include "analysis/value/plural.h"

#include <stdio.h>

enum { INDENT = 2, PLACE = 96, LINE = 400 };

/* "hop 3 (10.1.1.1)", "this host", "the destination". */
static const char *place_words(const struct trace_result *r, uint8_t ttl, char buf[PLACE])
{
	const struct hop_result *h = ttl > 0 && ttl <= r->hop_count ? &r->hops[ttl - 1].hop : NULL;
	char text[IP_TEXT_MAX];

	if (ttl == 0)
		snprintf(buf, PLACE, "this host");
	else if (r->sizes.is_end && ttl == r->sizes.furthest)
		snprintf(buf, PLACE, "the destination");
	else if (h && h->address_count > 0)
		snprintf(buf, PLACE, "hop %u (%s)", ttl, ip_addr_text(&h->addresses[0], text));
	else
		snprintf(buf, PLACE, "hop %u", ttl);
	return buf;
}

/* "1400 bytes pass, more do not". */
static void bounds_words(uint16_t carried, uint16_t refused, bool exact, char *buf, size_t size)
{
	if (carried == 0)
		snprintf(buf, size, "%u bytes do not pass, nor does less", refused);
	else if (exact)
		snprintf(buf, size, "%u bytes pass, more do not", carried);
	else
		snprintf(buf, size, "%u bytes pass, %u do not", carried, refused);
}

static void limit_line(struct page *p, const struct trace_result *r, const struct trace_mtu_limit *l)
{
	char line[LINE], bounds[64], after[PLACE], before[PLACE], by[IP_TEXT_MAX];
	const char *icmp = r->flow->dst.family == IP_V6 ? "ICMPv6 2" : "ICMP 3/4";

	bounds_words(l->carried, l->refused, l->exact, bounds, sizeof bounds);
	place_words(r, l->after, after);
	place_words(r, l->before, before);
	if (l->told && ip_addr_equal(&l->told_by, &r->flow->src))
		snprintf(line, sizeof line, "%s: this host itself sends no larger ones that way", bounds);
	else if (l->told)
		snprintf(line, sizeof line, "between %s and %s: %s; %s says so (%s)", after, before, bounds, ip_addr_text(&l->told_by, by), icmp);
	else
		snprintf(line, sizeof line, "between %s and %s%s: %s; nobody says so: a black hole", after, before,
		         l->or_back ? ", or on the way back" : "", bounds);
	page_to(p, INDENT);
	page_text(p, l->told ? TONE_WARN : TONE_BAD, MARK_BAD " ");
	page_wrap(p, TONE_PLAIN, line, INDENT + 2);
}

static void loss_line(struct page *p, const struct trace_result *r)
{
	const struct trace_mtu *m = &r->sizes;
	const struct trace_mtu_place *at = &m->places[m->furthest];
	char line[LINE], after[PLACE], before[PLACE];

	if (at->small.sent == 0 || at->large.sent == 0)
		return;
	snprintf(line, sizeof line, "loss by size: %u of %u of %u bytes answered, %u of %u of %u bytes", at->small.answered, at->small.sent,
	         TRACE_SIZE_SMALL, at->large.answered, at->large.sent, m->carried);
	page_to(p, INDENT);
	page_text(p, m->loss_differs ? TONE_BAD : TONE_GOOD, m->loss_differs ? MARK_BAD " " : MARK_GOOD " ");
	page_text(p, TONE_PLAIN, line);
	if (m->loss_differs) {
		snprintf(line, sizeof line, ": large ones get lost more, from between %s and %s on (chance alone: %.1g)",
		         place_words(r, m->loss_after, after), place_words(r, m->loss_before, before), at->chance);
		page_wrap(p, TONE_PLAIN, line, INDENT + 2);
	} else {
		page_wrap(p, TONE_PLAIN, ": no difference beyond chance", INDENT + 2);
	}
}

static void furthest_line(struct page *p, const struct trace_result *r)
{
	const struct trace_mtu *m = &r->sizes;
	char line[LINE], place[PLACE], bounds[64] = "";

	if (m->refused > 0)
		bounds_words(m->carried, m->refused, m->refused == m->carried + 1, bounds, sizeof bounds);
	else if (m->carried > 0)
		snprintf(bounds, sizeof bounds, "%u bytes pass", m->carried);
	snprintf(line, sizeof line, "up to %s: %s%s", place_words(r, m->furthest, place), bounds[0] ? bounds : "not decided",
	         m->both_ways ? ", there and back" : m->carried > 0 ? ", there" : "");
	page_to(p, INDENT);
	page_text(p, m->carried == m->full ? TONE_GOOD : TONE_WARN, m->carried == m->full ? MARK_GOOD " " : MARK_WARN " ");
	page_wrap(p, TONE_PLAIN, line, INDENT + 2);
	if (m->back_fragment == 0)
		return;
	snprintf(line, sizeof line, "the way back is narrower: echoes come back in fragments, the first of %u bytes", m->back_fragment);
	page_to(p, INDENT);
	page_text(p, TONE_WARN, MARK_WARN " ");
	page_wrap(p, TONE_PLAIN, line, INDENT + 2);
}

void report_trace_sizes_text(struct page *p, const struct trace_result *r)
{
	const struct trace_mtu *m = &r->sizes;

	page_line(p);
	page_textf(p, TONE_STRONG, "Sizes: %u bytes asked for, DF set", m->full);
	page_textf(p, TONE_PLAIN, "; %u probe%s%s", (unsigned)m->sent, PLURAL_S(m->sent), m->settled ? "" : ", ended early");
	page_line(p);
	if (m->furthest == 0) {
		page_to(p, INDENT);
		page_wrap(p, TONE_PLAIN, "nothing answers small ones: no size can be told", INDENT);
		return;
	}
	furthest_line(p, r);
	for (uint8_t i = 0; i < m->limit_count; i++)
		limit_line(p, r, &m->limits[i]);
	loss_line(p, r);
}

/* -- JSON -- */

static void limit_object(struct json_out *j, const struct trace_mtu_limit *l)
{
	json_object(j, NULL);
	json_int(j, "after_ttl", l->after);
	json_int(j, "before_ttl", l->before);
	json_int_or_null(j, "carried", l->carried > 0, l->carried);
	json_int_or_null(j, "refused", l->refused > 0, l->refused);
	json_bool(j, "exact", l->exact);
	json_text(j, "outcome", l->told ? "too large" : "dies silently");
	json_addr(j, "told_by", &l->told_by);
	json_int_or_null(j, "told_mtu", l->told_mtu > 0, l->told_mtu);
	json_bool(j, "or_way_back", l->or_back);
	json_object_end(j);
}

static void answered_object(struct json_out *j, const char *key, uint16_t bytes, const struct trace_size_loss *l)
{
	json_object(j, key);
	json_int_or_null(j, "bytes", bytes > 0, bytes);
	json_int(j, "sent", l->sent);
	json_int(j, "answered", l->answered);
	json_object_end(j);
}

static void loss_object(struct json_out *j, const struct trace_mtu *m)
{
	const struct trace_mtu_place *at = &m->places[m->furthest];

	if (at->small.sent == 0 || at->large.sent == 0) {
		json_null(j, "loss");
		return;
	}
	json_object(j, "loss");
	answered_object(j, "small", TRACE_SIZE_SMALL, &at->small);
	answered_object(j, "large", m->carried, &at->large);
	json_number(j, "chance", at->chance);
	json_bool(j, "differs", m->loss_differs);
	if (m->loss_differs) {
		json_int(j, "after_ttl", m->loss_after);
		json_int(j, "before_ttl", m->loss_before);
	}
	json_object_end(j);
}

void report_trace_sizes_json(struct json_out *j, const struct trace_result *r)
{
	const struct trace_mtu *m = &r->sizes;

	if (m->full == 0) {
		json_null(j, "sizes");
		return;
	}
	json_object(j, "sizes");
	json_int(j, "asked", m->full);
	json_bool(j, "settled", m->settled);
	json_int(j, "furthest_ttl", m->furthest);
	json_bool(j, "destination", m->is_end);
	json_int_or_null(j, "carried", m->carried > 0, m->carried);
	json_int_or_null(j, "refused", m->refused > 0, m->refused);
	json_bool(j, "both_ways", m->both_ways);
	json_int_or_null(j, "back_fragment", m->back_fragment > 0, m->back_fragment);
	json_array(j, "limits");
	for (uint8_t i = 0; i < m->limit_count; i++)
		limit_object(j, &m->limits[i]);
	json_array_end(j);
	loss_object(j, m);
	json_int(j, "sent", m->sent);
	json_int(j, "answered", m->answered);
	json_object_end(j);
}

void report_hop_sizes_json(struct json_out *j, const struct trace_mtu *m, uint8_t ttl)
{
	const struct trace_mtu_place *at = &m->places[ttl];

	if (m->full == 0 || (at->carried == 0 && at->refused == 0)) {
		json_null(j, "path_mtu");
		return;
	}
	json_object(j, "path_mtu");
	json_int_or_null(j, "carried", at->carried > 0, at->carried);
	json_int_or_null(j, "refused", at->refused > 0, at->refused);
	json_object_end(j);
}
