/* SPDX-License-Identifier: BSD-2-Clause */
/* What the baseline said: present only where there is one. */
#include "analysis/report/json_parts.h"

static void times(struct json_out *j, const struct baseline_result *b)
{
	json_object(j, "msee_us");
	json_int(j, "now", report_us(b->now_ns));
	json_int(j, "usual", report_us(b->usual_ns));
	json_int(j, "more", report_us(b->more_ns));
	json_int(j, "allowed", report_us(b->allowed_ns));
	json_object_end(j);
}

static void new_hop(struct json_out *j, const struct baseline_result *b)
{
	json_object(j, "new_hop");
	json_int(j, "ttl", b->new_ttl);
	json_addr(j, "address", &b->new_hop);
	json_addr(j, "usual", &b->usual_hop);
	json_object_end(j);
}

static void drift(struct json_out *j, const struct baseline_result *b)
{
	json_object(j, "drift");
	json_time(j, "since", b->drift_since);
	json_text(j, "domain", domain_name(b->drift_domain));
	json_int(j, "from_us", report_us(b->drift_from_ns));
	json_int(j, "to_us", report_us(b->drift_to_ns));
	json_object_end(j);
}

static void way(struct json_out *j, const struct baseline_result *b)
{
	json_object(j, NULL);
	json_text(j, "link", link_name(b->link));
	json_text(j, "family", b->fam == FAM4 ? "ipv4" : "ipv6");
	json_int(j, "runs", b->runs);
	json_time(j, "since", b->since);
	json_time(j, "last", b->last);
	json_text(j, "said", b->said);
	if (b->compared)
		times(j, b);
	else
		json_null(j, "msee_us");
	if (b->path)
		new_hop(j, b);
	else
		json_null(j, "new_hop");
	json_bool(j, "reply_ttl_changed", b->back_changed);
	if (b->drifts)
		drift(j, b);
	else
		json_null(j, "drift");
	json_object_end(j);
}

void json_baseline(struct json_out *j, const char *key, const struct circuit_result *c)
{
	if (c->baseline_count == 0)
		return;
	json_array(j, key);
	for (size_t i = 0; i < c->baseline_count; i++)
		way(j, &c->baseline[i]);
	json_array_end(j);
}
