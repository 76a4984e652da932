/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/web/shelf.h"

#include "erprobe/bytes.h"

#include <string.h>

/* An entry: u8 kind, u8 length of the id, u32 length of the text, the two of them. */
#define HEAD_SIZE 6

void shelf_add(struct strbuf *out, enum shelf_kind kind, const char *id, const char *text, size_t len)
{
	size_t id_len = strnlen(id, SHELF_ID_MAX - 1);
	uint8_t head[HEAD_SIZE];
	struct wr w = wr_over(head, sizeof head);

	if (len > SHELF_MAX) {
		out->failed = true;
		return;
	}
	wr_u8(&w, (uint8_t)kind);
	wr_u8(&w, (uint8_t)id_len);
	wr_u32(&w, (uint32_t)len);
	strbuf_add_bytes(out, head, sizeof head);
	strbuf_add_bytes(out, id, id_len);
	strbuf_add_bytes(out, text, len);
}

struct shelf_reader shelf_over(const void *data, size_t len)
{
	return (struct shelf_reader){.at = data, .left = len, .bad = len > SHELF_MAX};
}

bool shelf_next(struct shelf_reader *r, struct shelf_entry *out)
{
	struct rd in = rd_over(r->at, r->left);
	uint8_t kind, id_len;
	uint32_t len;

	if (r->bad || r->left == 0)
		return false;
	kind = rd_u8(&in);
	id_len = rd_u8(&in);
	len = rd_u32(&in);
	r->bad = !rd_ok(&in) || kind < SHELF_METRICS || kind > SHELF_REPORT || id_len >= SHELF_ID_MAX || rd_left(&in) < (size_t)id_len + len;
	if (r->bad)
		return false;
	out->kind = (enum shelf_kind)kind;
	rd_bytes(&in, out->id, id_len);
	out->id[id_len] = '\0';
	out->text = (const char *)in.at;
	out->len = len;
	rd_skip(&in, len);
	r->at = in.at;
	r->left = rd_left(&in);
	return true;
}
