/* SPDX-License-Identifier: BSD-2-Clause */
/* Newline-delimited JSON by POST, as ClickHouse's "INSERT INTO … FORMAT JSONEachRow" takes it. */
#include "probe/export/export.h"

#include "analysis/value/json_out.h"
#include "probe/http/http.h"
#include "probe/secret/secret_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_S 60.0
#define PASSWORD_MAX 1024

static void put_value(struct json_out *j, const struct export_column *c, const char *text)
{
	char *end;

	if (!text)
		json_null(j, c->name);
	else if (c->kind == 'i' || c->kind == 'b')
		json_int(j, c->name, strtoll(text, &end, 10));
	else if (c->kind == 'r')
		json_number(j, c->name, strtod(text, &end));
	else
		json_text(j, c->name, text);
}

/* Newline-delimited JSON. */
static void export_lines(const struct export_rows *rows, struct strbuf *out)
{
	for (size_t row = 0; row < rows->rows; row++) {
		struct json_out j;

		json_begin(&j, out, true);
		json_object(&j, NULL);
		for (size_t i = 0; i < rows->table->count; i++)
			put_value(&j, &rows->table->columns[i], rows->values[row * rows->table->count + i]);
		json_object_end(&j);
		json_finish(&j);
	}
}

struct posting { char url[URL_MAX], name[CONFIG_TEXT_MAX], key[PASSWORD_MAX + 32], password[PASSWORD_MAX]; };

static bool prepare(const struct export_settings *s, const char *table, struct posting *p, char *err, size_t err_size)
{
	size_t len;

	snprintf(p->url, sizeof p->url, "%s", s->url);
	if (s->url_path[0] && !secret_file_line("the URL's file", s->url_path, p->url, sizeof p->url, err, err_size))
		return false;
	if (s->password_path[0] && !secret_file_line("the password's file", s->password_path, p->password, sizeof p->password, err, err_size))
		return false;
	if (s->user[0]) {
		snprintf(p->name, sizeof p->name, "X-ClickHouse-User: %s", s->user);
		snprintf(p->key, sizeof p->key, "X-ClickHouse-Key: %s", p->password);
	}
	len = strlen(p->url);
	if (len + 160 > sizeof p->url) {
		snprintf(err, err_size, "the URL is too long");
		return false;
	}
	snprintf(p->url + len, sizeof p->url - len, "%cquery=INSERT%%20INTO%%20%s%%20FORMAT%%20JSONEachRow&date_time_input_format=best_effort",
	         strchr(p->url, '?') ? '&' : '?', table);
	return true;
}

static bool post(const struct posting *p, const char *lines, char *err, size_t err_size)
{
	struct url_base to;
	struct http_request r = {.url = p->url, .post = true, .json = lines, .to = &to, .timeout_s = TIMEOUT_S,
	                         .headers = {p->name[0] ? p->name : NULL, p->key[0] ? p->key : NULL}};
	struct http_answer *a = url_whole_parse(p->url, &to, err, err_size) ? http_once(&r, err, err_size) : NULL;
	bool taken = a && a->status >= 200 && a->status <= 299;

	if (a && a->status == 0)
		snprintf(err, err_size, "%s", a->error);
	else if (a && !taken)
		snprintf(err, err_size, "the receiver answers HTTP %d", (int)a->status);
	http_answer_free(a);
	return taken;
}

bool sink_http(struct exporter *e, const struct export_rows *rows, size_t *added, char *err, size_t err_size)
{
	struct posting *p = calloc(1, sizeof *p);
	struct strbuf lines;
	bool ok = p && prepare(&e->config.export, rows->table->name, p, err, err_size);

	if (!p)
		snprintf(err, err_size, "out of memory");
	strbuf_init(&lines, STRBUF_MAX_DEFAULT);
	if (ok) {
		export_lines(rows, &lines);
		ok = strbuf_ok(&lines) && lines.text;
		if (!ok)
			snprintf(err, err_size, "out of memory, or a batch of rows is larger than %zu MB of lines", STRBUF_MAX_DEFAULT >> 20);
		ok = ok && post(p, lines.text, err, err_size);
	}
	*added = ok ? rows->rows : 0;
	strbuf_free(&lines);
	if (p)
		explicit_bzero(p, sizeof *p);
	free(p);
	return ok;
}
