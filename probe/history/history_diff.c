/* SPDX-License-Identifier: BSD-2-Clause */
/* Two runs side by side: only what differs. */
#include "probe/history/history_list.h"

#include "analysis/value/json_out.h"
#include "probe/history/db.h"

#include <stdio.h>
#include <string.h>

#define ID_LEAST 8
#define VALUE_MAX 4200
/* A round trip that moved by less is scatter, not a difference. */
#define SAME_SHARE 0.2
#define SAME_US 500

struct side { int64_t run, circuit; char id[UUID_TEXT_MAX]; };

struct compared {
	struct db *db;
	struct side a, b;
	struct strbuf *out;
	struct json_out *json; /* NULL: as text */
	size_t differences;
};

static bool find(struct db *d, const char *id, struct side *s, char *err, size_t err_size)
{
	size_t len = strlen(id);
	struct db_rows *r;

	if (len < ID_LEAST || strspn(id, "0123456789abcdef-") != len) {
		text_format(err, err_size, "'%s' is no run id nor its first %d characters or more", id, ID_LEAST);
		return false;
	}
	r = db_ask(d, "SELECT id,circuit,run_id FROM run WHERE run_id>=?1 AND run_id<?1||'g' LIMIT 2", "t", id);
	if (!db_next(r)) {
		text_format(err, err_size, "the history holds no run %s", id);
		return false;
	}
	s->run = db_int(r, 0);
	s->circuit = db_int(r, 1);
	text_format(s->id, sizeof s->id, "%s", db_text(r, 2));
	if (!db_next(r))
		return true;
	text_format(err, err_size, "more than one run begins with %s", id);
	return false;
}

static void differ(struct compared *c, const char *name, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return;
	c->differences++;
	if (!c->json) {
		strbuf_addf(c->out, "%s\t%s\t%s\n", name, a[0] ? a : "-", b[0] ? b : "-");
		return;
	}
	json_object(c->json, NULL);
	json_text(c->json, "what", name);
	json_text(c->json, "a", a[0] ? a : NULL);
	json_text(c->json, "b", b[0] ? b : NULL);
	json_object_end(c->json);
}

/* Each row of `sql` is a name and a value of one run; a name without a value in the other differs too. */
static void compare_rows(struct compared *c, const char *sql)
{
	struct db_rows *r = db_ask(c->db, sql, "ii", c->a.run, c->b.run);
	char name[160], a[VALUE_MAX], b[VALUE_MAX];

	while (db_next(r)) {
		snprintf(name, sizeof name, "%s", db_text(r, 0));
		snprintf(a, sizeof a, "%s", db_text(r, 1));
		snprintf(b, sizeof b, "%s", db_text(r, 2));
		differ(c, name, a, b);
	}
}

static void compare_delays(struct compared *c)
{
	struct db_rows *r = db_ask(c->db,
	                           "SELECT a.link||' '||a.domain||' added', a.added_us, b.added_us FROM segment a JOIN segment b"
	                           " ON b.run=?2 AND b.link=a.link AND b.domain=a.domain WHERE a.run=?1 AND a.added_us NOTNULL"
	                           " AND b.added_us NOTNULL ORDER BY 1", "ii", c->a.run, c->b.run);

	while (db_next(r)) {
		int64_t a = db_int(r, 1), b = db_int(r, 2), apart = a > b ? a - b : b - a;
		char was[32], is[32];

		if (apart < SAME_US || (double)apart < SAME_SHARE * (double)(a > b ? a : b))
			continue;
		snprintf(was, sizeof was, "%.2f ms", (double)a / 1000);
		snprintf(is, sizeof is, "%.2f ms", (double)b / 1000);
		differ(c, db_text(r, 0), was, is);
	}
}

static void compare(struct compared *c)
{
#define FIELD(name, column) \
	compare_rows(c, "SELECT '" name "', a." column ", b." column " FROM run a, run b WHERE a.id=?1 AND b.id=?2")
	FIELD("outcome", "outcome");
	FIELD("status", "status");
	FIELD("domain", "domain");
	FIELD("fault", "fault");
	FIELD("link", "link");
	FIELD("to act", "contact");
	FIELD("summary", "summary");
#undef FIELD
	compare_rows(c, "SELECT a.link||' status', a.status, b.status FROM link a JOIN link b ON b.run=?2 AND b.link=a.link"
	                " WHERE a.run=?1 ORDER BY 1");
	compare_rows(c, "SELECT a.link||' path', ifnull(p.hops,''), ifnull(q.hops,'') FROM link a JOIN link b ON b.run=?2 AND b.link=a.link"
	                " LEFT JOIN path p ON p.id=a.path LEFT JOIN path q ON q.id=b.path WHERE a.run=?1 ORDER BY 1");
	compare_delays(c);
	compare_rows(c, "SELECT 'target '||a.name, CASE a.reachable WHEN 1 THEN 'reachable' WHEN 0 THEN 'not reachable' ELSE 'not tested' END,"
	                " CASE b.reachable WHEN 1 THEN 'reachable' WHEN 0 THEN 'not reachable' ELSE 'not tested' END"
	                " FROM target a JOIN target b ON b.run=?2 AND b.name=a.name WHERE a.run=?1 ORDER BY 1");
}

static void compare_as_text(struct compared *c)
{
	strbuf_addf(c->out, "run\t%s\t%s\n", c->a.id, c->b.id);
	compare(c);
	if (c->differences == 0)
		strbuf_add(c->out, "no difference\n");
}

static void compare_as_json(struct compared *c, bool compact)
{
	struct json_out j;

	json_begin(&j, c->out, compact);
	c->json = &j;
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.history-diff/1");
	json_text(&j, "a", c->a.id);
	json_text(&j, "b", c->b.id);
	json_array(&j, "differences");
	compare(c);
	json_array_end(&j);
	json_object_end(&j);
	c->json = NULL;
	strbuf_add(c->out, "\n");
}

bool history_diff(struct history *h, const char *a, const char *b, enum diff_format format, struct strbuf *out, char *err, size_t err_size)
{
	struct compared c = {.db = history_db(h), .out = out};

	if (!find(c.db, a, &c.a, err, err_size) || !find(c.db, b, &c.b, err, err_size))
		return false;
	if (c.a.circuit != c.b.circuit) {
		text_format(err, err_size, "the two runs are of different circuits");
		return false;
	}
	if (format == DIFF_TEXT)
		compare_as_text(&c);
	else
		compare_as_json(&c, format == DIFF_JSONL);
	if (!db_error(c.db)[0])
		return true;
	text_format(err, err_size, "the history cannot be read: %s", db_error(c.db));
	return false;
}
