/* SPDX-License-Identifier: BSD-2-Clause */
/* A time in the life of circuits, for the review with the provider: availability and
 * latency by link and domain, incidents, changes of path. Text, erprobe.report/1, and one
 * page of HTML for screen and paper. */
#ifndef ERPROBE_PERIOD_REPORT_H
#define ERPROBE_PERIOD_REPORT_H

#include "analysis/period/history_report.h"

#define PERIOD_DAYS_MAX 1100 /* three years */

/* Runs with a verdict, by what it was. */
struct period_count { int64_t runs, healthy, degraded, fault, undetermined; };

/* What one domain adds to the delay of one link, and what it loses, over many runs. */
struct period_segment {
	int64_t timed;                       /* runs in which the delay was measured */
	int64_t added_us, least_us, most_us; /* mean, least, most */
	int64_t measured;                    /* runs in which loss was */
	double loss, worst_loss;             /* mean and most, 0..1 */
};

struct period_link {
	bool present;
	struct period_count count;
	struct period_segment segments[DOMAINS]; /* by enum domain */
};

/* One day, UTC. */
struct period_day {
	int64_t at_us;
	struct period_count count;
	int64_t wan_us[2];                   /* by link: mean delay that the WAN adds, -1 = not measured */
};

/* What incidents cost, by the domain that was at fault. */
struct period_blame { int64_t incidents, fault_us, degraded_us, planned_us; };

struct period_circuit {
	char name[NAME_MAX_LEN];
	struct history_sum sum;
	struct period_link links[LINKS];
	struct period_day *days;             /* those with runs, in their order; owned */
	size_t day_count;
	struct period_blame blame[DOMAINS];  /* by enum domain; DOMAIN_NONE: nobody named */
	int64_t path_changes, azure_changes;
};

struct period_view {
	struct wall_ns since, until, made_at;
	const char *host, *tool;
	const struct period_circuit *circuits;
	size_t count;
	const struct history_item *items;    /* incidents and changes in the order of time */
	size_t item_count;
	bool cut;
};

/* The share in which traffic worked: healthy or degraded; below 0 without a run. */
double period_works(const struct period_count *c);
/* The share in which both links were well; below 0 without a run. */
double period_redundant(const struct period_count *c);
/* Adds an incident to who is blamed: its part within [since, until) in microseconds;
 * until_us below 0 is one that is still open. status: "fault" or "degraded". */
void period_take_incident(struct period_circuit *c, const struct period_view *v, int64_t at_us, int64_t until_us, enum domain domain,
                          const char *status, bool planned);

/* One month of a circuit, summed from its days. */
struct period_month {
	char name[8];                        /* "2026-11" */
	struct period_count count;
	int64_t wan_us[2];                   /* mean over the days; -1 = not measured */
};
/* The next month from *day on, which it moves; false at the end. */
bool period_month(const struct period_circuit *c, size_t *day, struct period_month *out);

void period_text(const struct period_view *v, const struct text_style *style, struct strbuf *out);
void period_json(const struct period_view *v, bool compact, struct strbuf *out);
void period_html(const struct period_view *v, struct strbuf *out);

/* -- inside analysis/period/ -- */
/* A strip of days, one cell each, and below it the delay of the WAN on both links. */
void period_picture(struct strbuf *out, const struct period_view *v, const struct period_circuit *c);
/* "99.93 %", rounded down so that 100 % means all; "–" below 0. */
const char *period_percent(double share, char buf[16]);

#endif
