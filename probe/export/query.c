/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fleet store holds of now, for `erprobe fleet`: a JSON object a line. */
#include "erprobe/exit_code.h"
#include "probe/export/export.h"

#include "analysis/value/json_out.h"
#include "probe/host/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US(column) "CAST(extract(epoch FROM " column ")*1000000 AS bigint)"

/* The names of the members are those of the columns; numbers end with "us" or are named here. */
struct question {
	const char *kind, *sql;
	const char *names[16];
};

static const struct question questions[] = {
	{"edge", "SELECT edge, " US("seen_at") ", version FROM erprobe_edge WHERE $1::bigint > 0 ORDER BY edge", {"edge", "seen_us", "version"}},
	{"state",
	 "SELECT DISTINCT ON (edge, circuit_id) edge, circuit, circuit_id, provider, " US("started_at") ", status, domain, fault, link,"
	 " confidence, contact, summary, maintenance FROM erprobe_run WHERE outcome='finished' AND"
	 " started_at > now() - $1::bigint * interval '1 second' ORDER BY edge, circuit_id, started_at DESC",
	 {"edge", "circuit", "circuit_id", "provider", "at_us", "status", "domain", "fault", "link", "confidence", "contact", "summary",
	  "maintenance"}},
	{"incidents",
	 "SELECT circuit_id, count(DISTINCT incident_key) FROM erprobe_event WHERE step='opened' AND at > now() - interval '30 days'"
	 " AND $1::bigint > 0 GROUP BY circuit_id ORDER BY circuit_id", {"circuit_id", "count"}},
};

static bool is_number(const char *name)
{
	size_t len = strlen(name);

	return (len > 3 && strcmp(name + len - 3, "_us") == 0) || strcmp(name, "confidence") == 0 || strcmp(name, "count") == 0;
}

static void put_row(struct strbuf *out, const struct question *q, const struct pg_answer *a, size_t row)
{
	struct json_out j;

	json_begin(&j, out, true);
	json_object(&j, NULL);
	json_text(&j, "kind", q->kind);
	for (size_t i = 0; q->names[i]; i++) {
		const char *value = pg_value(a, row, i);

		if (!value || !is_number(q->names[i]))
			json_text(&j, q->names[i], value);
		else if (strcmp(q->names[i], "confidence") == 0)
			json_number(&j, q->names[i], strtod(value, NULL));
		else
			json_int(&j, q->names[i], strtoll(value, NULL, 10));
	}
	json_object_end(&j);
	json_finish(&j);
}

int export_query(struct exporter *e, int64_t since_s)
{
	char err[EXPORT_ERROR_MAX], since[24];
	const char *const values[] = {since};
	struct strbuf out;
	bool ok = true, answered = false;
	struct pg *p = export_connect(e, err, sizeof err);

	snprintf(since, sizeof since, "%lld", (long long)since_s);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; p && ok && i < sizeof questions / sizeof questions[0]; i++) {
		struct pg_answer *a = pg_ask(p, questions[i].sql, 1, values);

		ok = a != NULL;
		for (size_t row = 0; ok && row < pg_rows(a); row++)
			put_row(&out, &questions[i], a, row);
		pg_free(a);
	}
	if (p && !ok && pg_lacks_table(p))
		snprintf(err, sizeof err, "the fleet store has no tables yet: the first erprobe-export that reaches it makes them, or whoever runs "
		         "what `erprobe-export --schema` prints");
	else if (p && !ok)
		snprintf(err, sizeof err, "the fleet store does not answer: %s", pg_error(p));
	if (!p || !ok)
		export_say(e, false, "%s", err);
	else if (!strbuf_ok(&out))
		export_say(e, false, "out of memory for what the fleet store holds");
	else if (out.len > 0 && !output_write(out.text, out.len))
		export_say(e, false, "cannot write the answer to standard output: %s", strerror(errno));
	else
		answered = true;
	pg_close(p);
	strbuf_free(&out);
	return answered ? EXIT_DONE : EXIT_ERROR;
}
