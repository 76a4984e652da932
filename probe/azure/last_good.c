/* SPDX-License-Identifier: BSD-2-Clause */
/* The last good snapshot of each circuit on disk. */
#include "probe/azure/last_good.h"

#include "analysis/value/json_out.h"
#include "analysis/value/strbuf.h"
#include "probe/host/files.h"
#include "probe/host/state_folder.h"
#include "probe/snapshot/snapshot_json.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SCHEMA "erprobe.last-good/1"
#define PATH_ROOM (STATE_FOLDER_MAX + 64)

/* ------------------------------------------------------------------ places */

/* FNV-1a over id and peering in lower case: Azure's ids do not mind case. The file says
 * whose it is, so two that share a number only lose their cache. */
static uint64_t number_of(const struct plan_circuit *c)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (const char *p = c->resource_id; *p; p++)
		h = (h ^ (uint64_t)tolower((unsigned char)*p)) * UINT64_C(1099511628211);
	return (h ^ (uint64_t)c->peering) * UINT64_C(1099511628211);
}

static void file_path(const char *folder, const struct plan_circuit *c, char path[PATH_ROOM])
{
	snprintf(path, PATH_ROOM, "%s/azure-%016" PRIx64 ".json", folder, number_of(c));
}

/* ------------------------------------------------------------------ saving */

bool last_good_save(const char *folder, const struct plan_circuit *c, const struct az_snapshot *s)
{
	struct strbuf text;
	struct json_out j;
	if (s->stale || s->circuit.part.read != AZ_OK || s->peering.part.read != AZ_OK)
		return false;
	strbuf_init(&text, JSON_IN_BYTES_MAX);
	json_begin(&j, &text, true);
	json_object(&j, NULL);
	json_text(&j, "schema", SCHEMA);
	json_text(&j, "resource_id", c->resource_id);
	json_text(&j, "peering", peering_name(c->peering));
	snapshot_write(&j, "snapshot", s);
	json_object_end(&j);
	json_finish(&j);
	char path[PATH_ROOM], why[256];
	file_path(folder, c, path);
	bool saved = strbuf_ok(&text) && files_make_dir(folder, 0700, why, sizeof(why)) &&
	             files_write_atomic(path, text.text, text.len, 0600, why, sizeof(why));
	strbuf_free(&text);
	return saved;
}

/* ------------------------------------------------------------------ reading */

static bool is_text(const struct json_value *v, const char *key, const char *wanted)
{
	const char *text = json_as_text(json_get(v, key));
	return text && strcasecmp(text, wanted) == 0;
}

bool last_good_read(const char *folder, const struct plan_circuit *c, struct az_snapshot *out)
{
	char path[PATH_ROOM], err[160], *text;
	size_t len;
	memset(out, 0, sizeof(*out));
	file_path(folder, c, path);
	bool there = files_read(AT_FDCWD, path, JSON_IN_BYTES_MAX, &text, &len, err, sizeof(err));
	struct json_doc *doc = there ? json_read(text, len, err, sizeof(err)) : NULL;
	const struct json_value *root = json_root(doc);
	bool ours = is_text(root, "schema", SCHEMA) && is_text(root, "resource_id", c->resource_id) &&
	            is_text(root, "peering", peering_name(c->peering));
	bool good = ours && snapshot_read(json_get(root, "snapshot"), out, err, sizeof(err));
	json_doc_free(doc);
	free(text);
	out->stale = good;
	return good;
}
