/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/evidence_azure.h"

#include "analysis/value/json_out.h"
#include "probe/json/json_in.h"
#include "probe/snapshot/snapshot_json.h"

#include <string.h>

void evidence_azure_write(const struct plan *p, const struct event_log *log, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", EVIDENCE_AZURE_SCHEMA);
	json_array(&j, "circuits");
	for (size_t i = 0; i < p->circuit_count && i < EVENT_LOG_CIRCUITS_MAX; i++) {
		json_object(&j, NULL);
		json_text(&j, "name", p->circuits[i].name);
		if (log->snapshots[i])
			snapshot_write(&j, "snapshot", log->snapshots[i]);
		else
			json_null(&j, "snapshot");
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

static bool add_snapshot(const struct json_value *v, size_t circuit, struct event_log *log, char *err, size_t err_size)
{
	struct az_snapshot s;
	struct event e = {.kind = EVENT_AZURE, .u.azure = {(uint8_t)circuit, &s}};
	char why[AZ_ERROR_MAX];
	bool ok;

	if (json_is_null(v))
		return true;
	if (!snapshot_read(v, &s, why, sizeof why)) {
		text_format(err, err_size, "snapshot.json: circuits[%zu]: %s", circuit, why);
		return false;
	}
	ok = event_log_add(log, &e);
	az_snapshot_free(&s);
	if (!ok)
		text_format(err, err_size, "snapshot.json: out of memory");
	return ok;
}

static bool read_circuits(const struct json_value *root, const struct plan *p, struct event_log *log, char *err,
                          size_t err_size)
{
	const char *schema = json_as_text(json_get(root, "schema"));
	const struct json_value *list = json_get(root, "circuits");
	size_t circuit = 0;

	if (!schema || strcmp(schema, EVIDENCE_AZURE_SCHEMA) != 0) {
		text_format(err, err_size, "snapshot.json: schema is not " EVIDENCE_AZURE_SCHEMA);
		return false;
	}
	if (json_count(list) != p->circuit_count || p->circuit_count > EVENT_LOG_CIRCUITS_MAX) {
		text_format(err, err_size, "snapshot.json: its circuits are not those of plan.json");
		return false;
	}
	for (const struct json_value *v = json_first(list); v; v = json_next(v), circuit++) {
		const char *name = json_as_text(json_get(v, "name"));

		if (!name || strcmp(name, p->circuits[circuit].name) != 0) {
			text_format(err, err_size, "snapshot.json: circuits[%zu].name is not that of plan.json", circuit);
			return false;
		}
		if (!add_snapshot(json_get(v, "snapshot"), circuit, log, err, err_size))
			return false;
	}
	return true;
}

bool evidence_azure_read(const char *text, size_t len, const struct plan *p, struct event_log *log, char *err,
                         size_t err_size)
{
	char why[160];
	struct json_doc *doc = json_read(text, len, why, sizeof why);
	bool ok;

	if (!doc) {
		text_format(err, err_size, "snapshot.json: %s", why);
		return false;
	}
	ok = read_circuits(json_root(doc), p, log, err, err_size);
	json_doc_free(doc);
	return ok;
}
