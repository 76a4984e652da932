/* SPDX-License-Identifier: BSD-2-Clause */
/* data/environment.json: the machine that measured, as it was at the end of the run. */
#ifndef ERPROBE_ENVIRONMENT_H
#define ERPROBE_ENVIRONMENT_H

#include "analysis/render/place.h"
#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "probe/record/event_log.h"

#include <stdbool.h>
#include <stddef.h>

#define ENVIRONMENT_SCHEMA "erprobe.environment/1"
#define ENVIRONMENT_OS_MAX 160

/* Appends the document. What the kernel would not tell is null, never left out. */
void environment_write(const struct plan *p, const struct event_log *log, struct strbuf *out);

/* What other documents take from it. */
struct environment { struct report_place place; char os[ENVIRONMENT_OS_MAX]; };
/* A document with no more than this, for those who may not see the host's networks. */
void environment_write_reduced(const struct environment *e, struct strbuf *out);
/* Reads such a document. False with one line in err; *out is zeroed then. */
bool environment_read(const char *text, size_t len, struct environment *out, char *err, size_t err_size);

#endif
