/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/history_list.h"

#include "analysis/audit/incident.h"
#include "probe/history/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
	struct db *db;
	const struct history_query *q;
	struct history_found *f;
	int64_t circuit;
	const char *name;
	bool failed;
};

void history_found_free(struct history_found *f)
{
	free(f->sums);
	free(f->items);
	*f = (struct history_found){0};
}

/* One more element, zeroed; room is doubled at powers of two. NULL when out of memory. */
static void *grow(void **array, size_t count, size_t size)
{
	if (count == 0 || (count & (count - 1)) == 0) {
		void *more = realloc(*array, (count == 0 ? 1 : count * 2) * size);

		if (!more)
			return NULL;
		*array = more;
	}
	memset((char *)*array + count * size, 0, size);
	return (char *)*array + count * size;
}

static struct history_item *new_item(struct listing *l, enum history_kind kind, int64_t at, int64_t until)
{
	void *items = l->f->items;
	struct history_item *i;

	if (l->f->item_count >= HISTORY_ITEMS_MAX) {
		l->f->cut = true;
		return NULL;
	}
	i = grow(&items, l->f->item_count, sizeof *i);
	l->f->items = items;
	if (!i) {
		l->failed = true;
		return NULL;
	}
	l->f->item_count++;
	i->kind = kind;
	i->at_us = at;
	i->until_us = until;
	i->confidence = -1;
	i->ttl = i->sent = i->answered = i->median_us = -1;
	snprintf(i->circuit, sizeof i->circuit, "%s", l->name);
	return i;
}

#define COPY(dst, rows, column) snprintf(dst, sizeof(dst), "%s", db_text(rows, column))

static bool link_wanted(const struct listing *l, const char *link)
{
	return !l->q->link || strcmp(link, l->q->link) == 0 || strcmp(link, "both") == 0;
}

static void list_incidents(struct listing *l)
{
	struct db_rows *r = db_ask(l->db, "SELECT opened,closed,status,domain,fault,link,confidence,summary,maintenance,spells FROM incident"
	                                  " WHERE circuit=? AND opened<? AND ifnull(closed,?)>=? ORDER BY opened",
	                           "iiii", l->circuit, l->q->until_us, l->q->until_us, l->q->since_us);

	while (db_next(r)) {
		struct history_item *i;

		if (!link_wanted(l, db_text(r, 5)))
			continue;
		i = new_item(l, HISTORY_INCIDENT, db_int(r, 0), db_null(r, 1) ? -1 : db_int(r, 1));
		if (!i)
			continue;
		COPY(i->status, r, 2);
		COPY(i->domain, r, 3);
		COPY(i->what, r, 4);
		COPY(i->link, r, 5);
		i->confidence = db_real(r, 6);
		COPY(i->summary, r, 7);
		i->planned = !db_null(r, 8);
		i->flapping = db_int(r, 9) >= INCIDENT_FLAPPING;
	}
}

static void list_changes(struct listing *l)
{
	struct db_rows *r = db_ask(l->db, "SELECT at,kind,what,before,after FROM change WHERE circuit=? AND at>=? AND at<? ORDER BY at",
	                           "iii", l->circuit, l->q->since_us, l->q->until_us);

	while (db_next(r)) {
		bool path = strcmp(db_text(r, 1), "path") == 0;
		struct history_item *i;

		if (!l->q->kinds[path ? HISTORY_PATH_CHANGE : HISTORY_AZURE_CHANGE] || (path && !link_wanted(l, db_text(r, 2))))
			continue;
		i = new_item(l, path ? HISTORY_PATH_CHANGE : HISTORY_AZURE_CHANGE, db_int(r, 0), db_int(r, 0));
		if (!i)
			continue;
		if (path)
			COPY(i->link, r, 2);
		else
			COPY(i->what, r, 2);
		COPY(i->before, r, 3);
		COPY(i->after, r, 4);
	}
}

static void list_runs(struct listing *l)
{
	struct db_rows *r = db_ask(l->db, "SELECT started,ended,status,domain,fault,link,confidence,ifnull(summary,trouble),run_id,outcome"
	                                  " FROM run WHERE circuit=? AND started>=? AND started<? ORDER BY started",
	                           "iii", l->circuit, l->q->since_us, l->q->until_us);

	while (!l->f->cut && db_next(r)) {
		struct history_item *i = new_item(l, HISTORY_RUN, db_int(r, 0), db_int(r, 1));

		if (!i)
			continue;
		COPY(i->status, r, 2);
		COPY(i->domain, r, 3);
		snprintf(i->what, sizeof i->what, "%s", db_null(r, 2) ? db_text(r, 9) : db_text(r, 4));
		COPY(i->link, r, 5);
		i->confidence = db_null(r, 6) ? -1 : db_real(r, 6);
		COPY(i->summary, r, 7);
		COPY(i->run_id, r, 8);
	}
}

/* Each address at its place of the path, over all runs of the time. */
static void list_hops(struct listing *l)
{
	struct db_rows *r = db_ask(l->db,
	                           "SELECT min(run.started),max(run.started),hop.link,hop.ttl,hop.address,hop.domain,sum(sent),sum(answered),"
	                           "sum(median_us*answered)/sum(iif(median_us IS NULL,0,answered))"
	                           " FROM run JOIN hop ON hop.run=run.id WHERE circuit=? AND started>=? AND started<?"
	                           " GROUP BY hop.link,hop.family,hop.ttl,hop.address ORDER BY hop.link,hop.family,hop.ttl,1",
	                           "iii", l->circuit, l->q->since_us, l->q->until_us);

	while (!l->f->cut && db_next(r)) {
		struct history_item *i;

		if (!link_wanted(l, db_text(r, 2)))
			continue;
		i = new_item(l, HISTORY_HOP, db_int(r, 0), db_int(r, 1));
		if (!i)
			continue;
		COPY(i->link, r, 2);
		i->ttl = db_int(r, 3);
		snprintf(i->what, sizeof i->what, "%s", db_null(r, 4) ? "*" : db_text(r, 4));
		COPY(i->domain, r, 5);
		i->sent = db_int(r, 6);
		i->answered = db_int(r, 7);
		i->median_us = db_null(r, 8) ? -1 : db_int(r, 8);
	}
}

/* By whole hours of the roll-up: quick also for years. */
static void sum_up(struct listing *l)
{
	const int64_t hour = INT64_C(3600) * 1000000;
	void *sums = l->f->sums;
	struct history_sum *s = grow(&sums, l->f->sum_count, sizeof *s);
	struct db_rows *r;

	l->f->sums = sums;
	if (!s) {
		l->failed = true;
		return;
	}
	l->f->sum_count++;
	snprintf(s->circuit, sizeof s->circuit, "%s", l->name);
	r = db_ask(l->db, "SELECT sum(runs),sum(healthy),sum(degraded),sum(fault),sum(undetermined),sum(lost) FROM tally"
	                  " WHERE circuit=? AND unit='hour' AND at>=? AND at<?", "iii", l->circuit, l->q->since_us - l->q->since_us % hour,
	           l->q->until_us);
	if (!db_next(r))
		return;
	s->runs = db_int(r, 0);
	s->healthy = db_int(r, 1);
	s->degraded = db_int(r, 2);
	s->fault = db_int(r, 3);
	s->undetermined = db_int(r, 4);
	s->lost = db_int(r, 5);
	s->incidents = db_one(l->db, 0, "SELECT count(*) FROM incident WHERE circuit=? AND opened<? AND ifnull(closed,?)>=?", "iiii",
	                      l->circuit, l->q->until_us, l->q->until_us, l->q->since_us);
}

static void list_circuit(struct listing *l)
{
	sum_up(l);
	if (l->q->kinds[HISTORY_INCIDENT])
		list_incidents(l);
	if (l->q->kinds[HISTORY_PATH_CHANGE] || l->q->kinds[HISTORY_AZURE_CHANGE])
		list_changes(l);
	if (l->q->kinds[HISTORY_RUN])
		list_runs(l);
	if (l->q->kinds[HISTORY_HOP])
		list_hops(l);
}

static int by_time(const void *a, const void *b)
{
	const struct history_item *x = a, *y = b;
	int names = strcmp(x->circuit, y->circuit);

	/* Hops stay in the order of their path. */
	if (x->kind == HISTORY_HOP || y->kind == HISTORY_HOP) {
		if (x->kind != y->kind)
			return x->kind == HISTORY_HOP ? 1 : -1;
		if (names == 0)
			names = strcmp(x->link, y->link);
		if (names == 0 && x->ttl != y->ttl)
			return x->ttl < y->ttl ? -1 : 1;
		return names != 0 ? names : strcmp(x->what, y->what);
	}
	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	if (names != 0)
		return names;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->what, y->what);
}

static bool wanted(const struct history_query *q, const char *name)
{
	for (size_t i = 0; i < q->circuit_count; i++)
		if (strcmp(q->circuits[i], name) == 0)
			return true;
	return q->circuit_count == 0;
}

static bool all_known(struct listing *l, char *err, size_t err_size)
{
	for (size_t i = 0; i < l->q->circuit_count; i++) {
		if (db_one(l->db, 0, "SELECT 1 FROM circuit WHERE name=?", "t", l->q->circuits[i]) != 0)
			continue;
		text_format(err, err_size, "the history knows no circuit '%s'", l->q->circuits[i]);
		return false;
	}
	return true;
}

bool history_list(struct history *h, const struct history_query *q, struct history_found *out, char *err, size_t err_size)
{
	struct listing l = {.db = history_db(h), .q = q, .f = out};
	char name[NAME_MAX_LEN];
	struct db_rows *r;

	*out = (struct history_found){0};
	if (!all_known(&l, err, err_size))
		return false;
	r = db_ask(l.db, "SELECT id,name FROM circuit ORDER BY name", "");
	while (db_next(r)) {
		COPY(name, r, 1);
		l.circuit = db_int(r, 0);
		l.name = name;
		if (wanted(q, name))
			list_circuit(&l);
	}
	if (out->item_count > 0) /* nothing is not sorted: there is no memory of it */
		qsort(out->items, out->item_count, sizeof *out->items, by_time);
	if (l.failed)
		text_format(err, err_size, "out of memory");
	else if (db_error(l.db)[0])
		text_format(err, err_size, "the history cannot be read: %s", db_error(l.db));
	return !l.failed && !db_error(l.db)[0];
}
