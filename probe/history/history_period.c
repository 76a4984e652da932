/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/history_period.h"

#include "probe/history/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US (INT64_C(86400) * 1000000)

struct summing {
	struct db *db;
	int64_t circuit, since_us, until_us; /* since: the beginning of its day */
	struct period_circuit *to;
};

void history_period_free(struct history_period *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->circuits[i].days);
	free(p->circuits);
	history_found_free(&p->found);
	*p = (struct history_period){0};
}

static void sum_segments(const struct summing *s)
{
	struct db_rows *r = db_ask(s->db,
	                           "SELECT link,domain,sum(timed),sum(added_sum)/max(sum(timed),1),min(added_min),max(added_max),sum(measured),"
	                           "sum(loss_sum)/max(sum(measured),1),max(loss_max) FROM rollup WHERE circuit=? AND unit='day' AND at>=? AND at<?"
	                           " GROUP BY link,domain", "iii", s->circuit, s->since_us, s->until_us);

	while (db_next(r)) {
		enum link_id link = history_link(db_text(r, 0));

		if (link != LINK_PRIMARY && link != LINK_SECONDARY)
			continue;
		s->to->links[link].present = true;
		s->to->links[link].segments[history_domain(db_text(r, 1))] = (struct period_segment){
			.timed = db_int(r, 2), .added_us = db_int(r, 3), .least_us = db_int(r, 4), .most_us = db_int(r, 5), .measured = db_int(r, 6),
			.loss = db_real(r, 7), .worst_loss = db_real(r, 8)};
	}
}

static void sum_links(const struct summing *s)
{
	struct db_rows *r = db_ask(s->db,
	                           "SELECT link,sum(runs),sum(healthy),sum(degraded),sum(fault),sum(undetermined) FROM link_day"
	                           " WHERE circuit=? AND at>=? AND at<? GROUP BY link", "iii", s->circuit, s->since_us, s->until_us);

	while (db_next(r)) {
		enum link_id link = history_link(db_text(r, 0));

		if (link != LINK_PRIMARY && link != LINK_SECONDARY)
			continue;
		s->to->links[link].present = true;
		s->to->links[link].count = (struct period_count){db_int(r, 1), db_int(r, 2), db_int(r, 3), db_int(r, 4), db_int(r, 5)};
	}
}

static void sum_days(const struct summing *s)
{
	struct db_rows *r = db_ask(s->db,
	                           "SELECT at,runs,healthy,degraded,fault,undetermined,"
	                           "(SELECT added_sum/timed FROM rollup WHERE circuit=t.circuit AND unit='day' AND at=t.at AND link='primary'"
	                           " AND domain='wan' AND timed>0),"
	                           "(SELECT added_sum/timed FROM rollup WHERE circuit=t.circuit AND unit='day' AND at=t.at AND link='secondary'"
	                           " AND domain='wan' AND timed>0)"
	                           " FROM tally t WHERE circuit=? AND unit='day' AND at>=? AND at<? ORDER BY at LIMIT ?", "iiii", s->circuit,
	                           s->since_us, s->until_us, (int64_t)PERIOD_DAYS_MAX);
	struct period_circuit *c = s->to;

	while (db_next(r)) {
		c->days[c->day_count++] = (struct period_day){
			.at_us = db_int(r, 0), .count = {db_int(r, 1), db_int(r, 2), db_int(r, 3), db_int(r, 4), db_int(r, 5)},
			.wan_us = {db_null(r, 6) ? -1 : db_int(r, 6), db_null(r, 7) ? -1 : db_int(r, 7)}};
	}
}

/* Whole days: the sum must be that of the days shown. */
static void sum_runs(const struct summing *s)
{
	struct db_rows *r = db_ask(s->db, "SELECT sum(runs),sum(healthy),sum(degraded),sum(fault),sum(undetermined),sum(lost) FROM tally"
	                                  " WHERE circuit=? AND unit='day' AND at>=? AND at<?", "iii", s->circuit, s->since_us, s->until_us);

	if (!db_next(r))
		return;
	s->to->sum.runs = db_int(r, 0);
	s->to->sum.healthy = db_int(r, 1);
	s->to->sum.degraded = db_int(r, 2);
	s->to->sum.fault = db_int(r, 3);
	s->to->sum.undetermined = db_int(r, 4);
	s->to->sum.lost = db_int(r, 5);
	db_next(r);
}

static void take_items(struct period_circuit *c, const struct history_period *p, const struct period_view *v)
{
	for (size_t i = 0; i < p->found.item_count; i++) {
		const struct history_item *it = &p->found.items[i];

		if (strcmp(it->circuit, c->name) != 0)
			continue;
		if (it->kind == HISTORY_INCIDENT)
			period_take_incident(c, v, it->at_us, it->until_us, history_domain(it->domain), it->status, it->planned);
		c->path_changes += it->kind == HISTORY_PATH_CHANGE;
		c->azure_changes += it->kind == HISTORY_AZURE_CHANGE;
	}
}

static bool sum_circuit(struct summing *s, const struct history_sum *sum)
{
	snprintf(s->to->name, sizeof s->to->name, "%s", sum->circuit);
	s->to->sum = *sum;
	s->to->days = calloc(PERIOD_DAYS_MAX, sizeof *s->to->days);
	if (!s->to->days)
		return false;
	s->circuit = db_one(s->db, 0, "SELECT id FROM circuit WHERE name=?", "t", sum->circuit);
	sum_runs(s);
	sum_segments(s);
	sum_links(s);
	sum_days(s);
	return true;
}

bool history_period(struct history *h, const struct history_query *q, struct history_period *out, struct period_view *view, char *err,
                    size_t err_size)
{
	struct history_query events = *q;
	struct summing s = {.db = history_db(h), .since_us = q->since_us - q->since_us % DAY_US, .until_us = q->until_us};
	bool ok;

	*out = (struct history_period){0};
	events.link = NULL;
	memset(events.kinds, 0, sizeof events.kinds);
	events.kinds[HISTORY_INCIDENT] = events.kinds[HISTORY_PATH_CHANGE] = events.kinds[HISTORY_AZURE_CHANGE] = true;
	if (!history_list(h, &events, &out->found, err, err_size))
		return false;
	out->circuits = calloc(out->found.sum_count > 0 ? out->found.sum_count : 1, sizeof *out->circuits);
	ok = out->circuits != NULL;
	for (size_t i = 0; ok && i < out->found.sum_count; i++) {
		s.to = &out->circuits[out->count++];
		ok = sum_circuit(&s, &out->found.sums[i]);
		if (ok)
			take_items(s.to, out, view);
	}
	view->circuits = out->circuits;
	view->count = out->count;
	view->items = out->found.items;
	view->item_count = out->found.item_count;
	view->cut = out->found.cut;
	if (!ok)
		text_format(err, err_size, "out of memory");
	else if (db_error(s.db)[0])
		text_format(err, err_size, "the history cannot be read: %s", db_error(s.db));
	return ok && !db_error(s.db)[0];
}
