/* SPDX-License-Identifier: BSD-2-Clause */
/* A large document on its way to a bundle: it grows in a file without a name, so that memory
 * does not, and that nothing is left of it whenever the program ends. */
#ifndef ERPROBE_SPOOL_H
#define ERPROBE_SPOOL_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

struct spool {
	int fd;            /* -1 = closed */
	size_t len;        /* bytes in the file */
	size_t max;        /* ceiling */
	int error;         /* errno of the first failure, 0 = none */
	struct strbuf text; /* not written yet */
	void *map;         /* the whole, after spool_end() */
};

/* Opens one in the folder. False with the reason in err; spool_free() is due in any case. */
bool spool_open(struct spool *s, const char *dir, size_t max, char *err, size_t err_size);
/* Adds bytes. False when the disk is full or the ceiling is reached: then nothing more is taken. */
bool spool_add(struct spool *s, const void *data, size_t len);
/* Moves what stands in out into the file, once it is much; a trace_document_sink, evidence_sink. */
bool spool_drain(void *spool, struct strbuf *out);
/* The whole document as bytes, valid until spool_free(): pages of the file, not of the program's
 * memory. NULL with the reason in err. */
const void *spool_end(struct spool *s, char *err, size_t err_size);
/* Safe on a zeroed struct whose fd is -1, and again. */
void spool_free(struct spool *s);

#endif
