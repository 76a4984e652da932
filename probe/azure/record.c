/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames on the socket from the reader's child. */
#include "probe/azure/record.h"

#include "analysis/value/json_out.h"
#include "erprobe/bytes.h"
#include "probe/snapshot/snapshot_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[4] = {'A', 'Z', 'R', '1'};

static bool frame(struct strbuf *out, struct strbuf *json)
{
	uint8_t header[RECORD_HEADER];
	struct wr w = wr_over(header, sizeof(header));
	bool fits = strbuf_ok(json) && json->len <= RECORD_JSON_MAX;
	wr_bytes(&w, magic, sizeof(magic));
	wr_u32(&w, fits ? (uint32_t)json->len : 0);
	if (fits) {
		strbuf_add_bytes(out, header, sizeof(header));
		strbuf_add_bytes(out, json->text, json->len);
	}
	strbuf_free(json);
	return fits && strbuf_ok(out);
}

bool record_snapshot(struct strbuf *out, size_t circuit, const struct az_snapshot *s)
{
	struct strbuf json;
	struct json_out j;
	strbuf_init(&json, RECORD_JSON_MAX + 1);
	json_begin(&j, &json, true);
	json_object(&j, NULL);
	json_int(&j, "circuit", (int64_t)circuit);
	snapshot_write(&j, "snapshot", s);
	json_object_end(&j);
	json_finish(&j);
	return frame(out, &json);
}

bool record_end(struct strbuf *out)
{
	struct strbuf json;
	struct json_out j;
	strbuf_init(&json, 64);
	json_begin(&j, &json, true);
	json_object(&j, NULL);
	json_bool(&j, "end", true);
	json_object_end(&j);
	json_finish(&j);
	return frame(out, &json);
}

enum record_state record_find(const char *bytes, size_t have, size_t *json_len)
{
	size_t begun = have < sizeof(magic) ? have : sizeof(magic);
	if (begun > 0 && memcmp(bytes, magic, begun) != 0)
		return RECORD_BAD;
	if (have < RECORD_HEADER)
		return RECORD_PARTIAL;
	struct rd r = rd_over(bytes, have);
	rd_skip(&r, sizeof(magic));
	*json_len = rd_u32(&r);
	if (*json_len == 0 || *json_len > RECORD_JSON_MAX)
		return RECORD_BAD;
	return rd_left(&r) >= *json_len ? RECORD_WHOLE : RECORD_PARTIAL;
}

enum record_kind record_read(const char *json, size_t len, size_t *circuit, struct az_snapshot *out,
                             char *err, size_t err_size)
{
	enum record_kind kind = RECORD_IS_BAD;
	int64_t number;
	bool end;
	struct json_doc *doc = json_read(json, len, err, err_size);
	if (!doc)
		return RECORD_IS_BAD;
	const struct json_value *root = json_root(doc);
	if (json_as_bool(json_get(root, "end"), &end) && end) {
		kind = RECORD_IS_END;
	} else if (!json_as_int(json_get(root, "circuit"), &number) || number < 0) {
		snprintf(err, err_size, "a record without a circuit");
	} else if (snapshot_read(json_get(root, "snapshot"), out, err, err_size)) {
		*circuit = (size_t)number;
		kind = RECORD_IS_SNAPSHOT;
	}
	json_doc_free(doc);
	return kind;
}
