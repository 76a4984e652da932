/* SPDX-License-Identifier: BSD-2-Clause */
/* Small values that every document shows in the same form. */
#include "analysis/report/json_parts.h"

#include "analysis/report/page.h"

int64_t report_us(int64_t ns)
{
	int64_t half = ns < 0 ? -NS_PER_US / 2 : NS_PER_US / 2;
	int64_t rest = ns % NS_PER_US;

	/* Rounded on the remainder: adding first could leave the type's range. */
	return ns / NS_PER_US + (rest + half) / NS_PER_US;
}

void json_addr(struct json_out *j, const char *key, const struct ip_addr *a)
{
	char text[IP_TEXT_MAX];

	json_text(j, key, ip_addr_is_set(a) ? ip_addr_text(a, text) : NULL);
}

void json_time(struct json_out *j, const char *key, struct wall_ns at)
{
	char text[WALL_TEXT_MAX];

	json_text(j, key, at.ns != 0 ? wall_text(at, text) : NULL);
}

static void number_or_null(struct json_out *j, const char *key, bool known, double value)
{
	if (known)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void json_ratio(struct json_out *j, const char *key, const struct ratio_bound *r)
{
	json_object(j, key);
	number_or_null(j, "ratio", r->known, r->ratio);
	number_or_null(j, "low", r->known, r->low);
	number_or_null(j, "high", r->known, r->high);
	json_object_end(j);
}

void json_rtt(struct json_out *j, const char *key, const struct rtt_summary *r)
{
	if (!r->known) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_int(j, "min", report_us(r->min_ns));
	json_int(j, "median", report_us(r->median_ns));
	json_int(j, "p95", report_us(r->p95_ns));
	json_int(j, "max", report_us(r->max_ns));
	json_int(j, "jitter", report_us(r->jitter_ns));
	json_object_end(j);
}

void json_text_or_null(struct json_out *j, const char *key, const char *text)
{
	json_text(j, key, text[0] != '\0' ? text : NULL);
}

void json_safe_or_null(struct json_out *j, const char *key, const char *text)
{
	char safe[PAGE_TEXT_MAX];

	text_safe(safe, sizeof safe, text);
	json_text_or_null(j, key, safe);
}
