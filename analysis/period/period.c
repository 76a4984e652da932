/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reports of a time have in common. */
#include "analysis/period/period_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double period_works(const struct period_count *c)
{
	int64_t told = c->healthy + c->degraded + c->fault;

	return told > 0 ? (double)(c->healthy + c->degraded) / (double)told : -1;
}

double period_redundant(const struct period_count *c)
{
	int64_t told = c->healthy + c->degraded + c->fault;

	return told > 0 ? (double)c->healthy / (double)told : -1;
}

const char *period_percent(double share, char buf[16])
{
	if (share < 0)
		snprintf(buf, 16, "–");
	else
		snprintf(buf, 16, "%.2f %%", floor(share * 10000 + 1e-6) / 100);
	return buf;
}

void period_take_incident(struct period_circuit *c, const struct period_view *v, int64_t at_us, int64_t until_us, enum domain domain,
                          const char *status, bool planned)
{
	int64_t since = v->since.ns / NS_PER_US, until = v->until.ns / NS_PER_US;
	struct period_blame *b = &c->blame[domain < DOMAINS ? domain : DOMAIN_NONE];
	int64_t from = at_us > since ? at_us : since;
	int64_t to = until_us < 0 || until_us > until ? until : until_us;

	if (to < from)
		return;
	b->incidents++;
	if (strcmp(status, "fault") == 0)
		b->fault_us += to - from;
	else
		b->degraded_us += to - from;
	if (planned)
		b->planned_us += to - from;
}

static void month_of(int64_t at_us, char name[8])
{
	char text[WALL_TEXT_MAX];

	wall_text((struct wall_ns){at_us * NS_PER_US}, text);
	snprintf(name, 8, "%.7s", text);
}

bool period_month(const struct period_circuit *c, size_t *day, struct period_month *out)
{
	int64_t sum[2] = {0, 0}, days[2] = {0, 0};
	char name[8];

	if (*day >= c->day_count)
		return false;
	memset(out, 0, sizeof *out);
	month_of(c->days[*day].at_us, out->name);
	for (; *day < c->day_count; (*day)++) {
		const struct period_day *d = &c->days[*day];

		month_of(d->at_us, name);
		if (strcmp(name, out->name) != 0)
			break;
		out->count.runs += d->count.runs;
		out->count.healthy += d->count.healthy;
		out->count.degraded += d->count.degraded;
		out->count.fault += d->count.fault;
		out->count.undetermined += d->count.undetermined;
		for (int l = 0; l < 2; l++) {
			sum[l] += d->wan_us[l] >= 0 ? d->wan_us[l] : 0;
			days[l] += d->wan_us[l] >= 0;
		}
	}
	for (int l = 0; l < 2; l++)
		out->wan_us[l] = days[l] > 0 ? sum[l] / days[l] : -1;
	return true;
}
