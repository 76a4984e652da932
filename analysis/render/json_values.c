/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/render/json_values.h"

#include "analysis/render/page.h"

#include <math.h>
#include <string.h>

int64_t report_us(int64_t ns)
{
	int64_t half = ns < 0 ? -NS_PER_US / 2 : NS_PER_US / 2;
	int64_t rest = ns % NS_PER_US;

	/* Rounded on the remainder: adding first could leave the type's range. */
	return ns / NS_PER_US + (rest + half) / NS_PER_US;
}

void json_seconds_us(struct json_out *j, const char *key, double s)
{
	if (isfinite(s) && fabs(s) < 1e12)
		json_int(j, key, llround(s * 1e6));
	else
		json_null(j, key);
}

void json_put_addr(struct json_out *j, const struct ip_addr *a)
{
	char text[IP_TEXT_MAX];

	json_put_text(j, ip_addr_is_set(a) ? ip_addr_text(a, text) : NULL);
}

void json_put_time(struct json_out *j, struct wall_ns at)
{
	char text[WALL_TEXT_MAX];

	json_put_text(j, at.ns != 0 ? wall_text(at, text) : NULL);
}

static inline void number_or_null(struct json_out *j, const char *key, bool known, double value)
{
	if (known)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void json_put_ratio(struct json_out *j, const struct ratio_bound *r)
{
	json_put_open(j, '{');
	number_or_null(j, "ratio", r->known, r->ratio);
	number_or_null(j, "low", r->known, r->low);
	number_or_null(j, "high", r->known, r->high);
	json_object_end(j);
}

void json_clock_begin(struct json_out *j, const struct plan_clock *c)
{
	json_object(j, "clock");
	json_bool(j, "synchronized", c->synchronized);
	json_int_or_null(j, "max_error_us", c->max_error_us >= 0, c->max_error_us);
	json_text_or_null(j, "source", c->source);
}

/* Of one answer, as nearly every hop of many traces has: its time, written once and copied. False without room for it, or
 * where it goes over several lines. */
#define RTT_WORDS 48u /* at least what stands between the numbers */
static bool put_one_time(struct json_out *j, int64_t us)
{
	static const char *const words[] = {"{\"min\":", ",\"median\":",",\"p95\":", ",\"max\":"}, end[] = ",\"jitter\":0}";
	char digits[DECIMAL_MAX] = {0};
	size_t len = (size_t)(decimal_text(digits, us) - digits);
	char *at = j->compact ? strbuf_room(j->out, RTT_WORDS + 4 * sizeof digits) : NULL, *start = at;

	if (!at)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t word = strlen(words[i]);
		memcpy(at, words[i], word);
		memcpy(at + word, digits, sizeof digits);
		at += word + len;
	}
	memcpy(at, end, sizeof end - 1);
	strbuf_used(j->out, (size_t)(at - start) + sizeof end - 1);
	return true;
}

void json_put_rtt(struct json_out *j, const struct rtt_summary *r)
{
	bool one = r->min_ns == r->max_ns && r->median_ns == r->min_ns && r->p95_ns == r->min_ns && r->jitter_ns == 0;

	if (!r->known) {
		json_put_null(j);
		return;
	}
	if (one && put_one_time(j, report_us(r->min_ns)))
		return;
	json_put_open(j, '{');
	json_int(j, "min", report_us(r->min_ns));
	json_int(j, "median", report_us(r->median_ns));
	json_int(j, "p95", report_us(r->p95_ns));
	json_int(j, "max", report_us(r->max_ns));
	json_int(j, "jitter", report_us(r->jitter_ns));
	json_object_end(j);
}

void json_safe_or_null(struct json_out *j, const char *key, const char *text)
{
	char safe[PAGE_TEXT_MAX];

	text_safe(safe, sizeof safe, text);
	json_text_or_null(j, key, safe);
}

static void mpls_labels(struct json_out *j, const struct hop_result *hop)
{
	json_array(j, "mpls");
	for (size_t i = 0; i < hop->mpls_count && i < MPLS_LABELS_MAX; i++) {
		json_object(j, NULL);
		json_int(j, "label", hop->mpls[i].label);
		json_int(j, "exp", hop->mpls[i].exp);
		json_bool(j, "bottom", hop->mpls[i].bottom != 0);
		json_int(j, "ttl", hop->mpls[i].ttl);
		json_object_end(j);
	}
	json_array_end(j);
}

void json_hop_begin(struct json_out *j, const struct hop_result *hop)
{
	json_int(j, "ttl", hop->ttl);
	json_array(j, "addresses");
	for (size_t i = 0; i < hop->address_count && i < HOP_ADDRESSES_MAX; i++)
		json_addr(j, NULL, &hop->addresses[i]);
	json_array_end(j);
	json_text(j, "domain", domain_name(hop->domain));
	json_text_or_null(j, "role", hop->role);
	json_int(j, "sent", hop->sent);
	json_int(j, "answered", hop->answered);
	json_ratio(j, "loss", &hop->loss);
	json_ratio(j, "path_loss", &hop->path_loss);
}

void json_hop_rest(struct json_out *j, const struct hop_result *hop)
{
	mpls_labels(j, hop);
	json_int_or_null(j, "reply_ttl", hop->reply_ttl >= 0, hop->reply_ttl);
	json_text_or_null(j, "note", hop->note);
}

void json_hop(struct json_out *j, const struct hop_result *hop)
{
	json_object(j, NULL);
	json_hop_begin(j, hop);
	json_rtt(j, "rtt_us", &hop->rtt);
	json_hop_rest(j, hop);
	json_object_end(j);
}
