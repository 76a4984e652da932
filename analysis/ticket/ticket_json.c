/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe.ticket/1 (schema/erprobe.ticket-1.schema.json). */
#include "analysis/ticket/ticket.h"

#include "analysis/value/strbuf.h"

#include <string.h>

#define COMMAND_MAX 1200
#define BUNDLE_NAME_MAX 256

/* What goes to others shows no folder of this host, which may name people. */
static void put_bundle(struct json_out *j, const struct ticket_document *d)
{
	size_t end = strlen(d->bundle), start;
	char name[BUNDLE_NAME_MAX];

	while (end > 1 && d->bundle[end - 1] == '/')
		end--;
	for (start = end; start > 0 && d->bundle[start - 1] != '/'; start--)
		;
	text_format(name, sizeof name, "%.*s", (int)(end - start < BUNDLE_NAME_MAX ? end - start : BUNDLE_NAME_MAX), d->bundle + start);
	json_text(j, "bundle", d->audience == AUDIENCE_INTERNAL ? d->bundle : name);
}

void report_ticket_json_begin(struct json_out *j, const struct ticket_document *d, bool compact, struct strbuf *out)
{
	json_begin(j, out, compact);
	json_object(j, NULL);
	json_text(j, "schema", "erprobe.ticket/1");
	json_text(j, "run_id", d->run_id);
	json_text(j, "tool", d->tool);
	put_bundle(j, d);
	json_text(j, "for", audience_name(d->audience));
	json_array(j, "tickets");
}

static void put_files(struct json_out *j, const struct ticket_document *d)
{
	char command[COMMAND_MAX];

	json_object(j, "attachments");
	if (d->redact_first) {
		text_format(command, sizeof command, "erprobe evidence redact BUNDLE --for %s -o FILE.zip", audience_name(d->audience));
		json_text(j, "make_with", command);
	} else {
		json_null(j, "make_with");
	}
	json_array(j, "files");
	for (size_t i = 0; i < d->file_count; i++) {
		json_object(j, NULL);
		json_text(j, "path", d->files[i].path);
		json_text(j, "what", d->files[i].what);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void report_ticket_json_one(struct json_out *j, const struct ticket_document *d, const struct ticket_piece *t)
{
	json_object(j, NULL);
	json_text(j, "circuit", t->circuit);
	json_object(j, "to");
	json_text(j, "who", audience_name(d->audience));
	json_text(j, "name", t->to);
	json_object_end(j);
	json_text(j, "subject", t->subject);
	json_text(j, "body", t->body);
	put_files(j, d);
	json_object_end(j);
}

void report_ticket_json_end(struct json_out *j)
{
	json_array_end(j);
	json_object_end(j);
	json_finish(j);
}
