/* SPDX-License-Identifier: BSD-2-Clause */
/* data/custody.jsonl: who made this bundle out of what, one line a hand it went
 * through. Each line holds the SHA-256 of the line before it, so none can be changed
 * or taken out; the last holds the SHA-256 of every other payload file.
 *
 *   {"seq":1,"at":"2026-01-31T12:00:00.000000Z","action":"created","by":"ops@probe-1",
 *    "tool":"erprobe 0.1.0","for":"internal","previous":null,"from":null,
 *    "files":{"data/plan.json":"ab12…",…}}
 *
 * A redacted bundle begins with its own line: its `previous` is the SHA-256 of the
 * last line of the bundle it was made from, `from` that of that bundle's tag manifest. */
#ifndef ERPROBE_CUSTODY_H
#define ERPROBE_CUSTODY_H

#include "analysis/value/strbuf.h"
#include "erprobe/clock.h"
#include "erprobe/plan.h"
#include "probe/evidence/bag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CUSTODY_PATH "data/custody.jsonl"
#define CUSTODY_LINES_MAX 1000

struct custody_entry {
	struct wall_ns at;
	const char *action;   /* "created", "redacted" */
	const char *by;       /* "user@host"; NULL = left out */
	const char *tool;
	const char *audience; /* "internal", "provider", "microsoft" */
	int64_t seq;
	const char *previous, *from; /* SHA-256 in hex, or NULL */
};

/* Appends one line that vouches for these items. */
void custody_add(struct strbuf *out, const struct custody_entry *e, const struct bag_item *items, size_t count);

/* What a whole chain says of itself. */
struct custody_state {
	int64_t seq;                    /* of the last line */
	char tool[NAME_MAX_LEN];        /* that wrote the last line, and so the bundle; "" = not said */
	char audience[16];              /* for whom the last line says it is; "" = not said */
	char last[SHA256_HEX_MAX];      /* SHA-256 of the last line, without its newline */
	bool continues;                 /* the first line refers to a bundle that is not here */
	size_t lines;
};
/* Checks the chain of a loaded bag, and that its last line names exactly the other
 * payload files with their digests. False with one line in err that says which line. */
bool custody_check(const struct bag *b, struct custody_state *out, char *err, size_t err_size);

#endif
