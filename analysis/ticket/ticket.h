/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts to paste into a ticket. Each names what the other side's first line asks for,
 * and nothing that is not theirs to know: the provider's holds no resource id, tenant or
 * subscription, and no address but those of the circuit's own /30s. */
#ifndef ERPROBE_TICKET_H
#define ERPROBE_TICKET_H

#include "analysis/render/place.h"
#include "analysis/value/json_out.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

enum audience { AUDIENCE_INTERNAL = 0, AUDIENCE_PROVIDER, AUDIENCE_MICROSOFT, AUDIENCES };
/* "internal", "provider", "microsoft". */
const char *audience_name(enum audience a);
/* False when the word is none of them. */
bool audience_parse(const char *word, enum audience *out);

/* One ticket a circuit, subject first. AUDIENCE_INTERNAL gets what both get. */
void report_ticket(const struct run_result *r, enum audience a, const struct report_place *place, struct strbuf *out);
/* That of one circuit alone, and its subject. */
#define TICKET_SUBJECT_MAX (SENTENCE_MAX + NAME_MAX_LEN)
void report_ticket_one(const struct run_result *r, const struct circuit_result *c, enum audience a, const struct report_place *place, struct strbuf *out);
void report_ticket_subject(const struct circuit_result *c, char subject[TICKET_SUBJECT_MAX]);

/* -- as a document, schema erprobe.ticket/1 -- */

/* One ticket; texts may be NULL where they are not known. */
struct ticket_piece {
	const char *circuit;  /* NULL of traces */
	const char *to;       /* name of who gets it, as Azure has it */
	const char *subject, *body;
};
struct ticket_file { const char *path, *what; };
/* What goes with it: the files of the bundle that this reader may have. */
struct ticket_document {
	const char *run_id, *tool, *bundle;
	enum audience audience;
	bool redact_first;    /* the bundle at hand holds more than the reader may see */
	const struct ticket_file *files;
	size_t file_count;
};
void report_ticket_json_begin(struct json_out *j, const struct ticket_document *d, bool compact, struct strbuf *out);
void report_ticket_json_one(struct json_out *j, const struct ticket_document *d, const struct ticket_piece *t);
void report_ticket_json_end(struct json_out *j);

#endif
