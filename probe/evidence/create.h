/* SPDX-License-Identifier: BSD-2-Clause */
/* A bundle out of a bundle: packed, signed. */
#ifndef ERPROBE_CREATE_H
#define ERPROBE_CREATE_H

#include "probe/evidence/bundle.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a made bundle goes: a .zip or .tar.gz file, or a folder in which it becomes
 * RUN_ID. An existing file or bundle is never replaced. */
struct create_target { const char *output; const char *sign_key; /* or NULL */ };

/* Writes the bundle under that name, signed where a key is given; `where` gets the path
 * of what was made. False with one line in err; then nothing is left. */
bool create_output(const struct bundle *b, const char *run_id, const struct create_target *t, char *where,
                   size_t where_size, char *err, size_t err_size);

/* The bundle at path once more, with the same files: as an archive or folder, signed
 * anew where a key is given, else as it was signed before. A bundle that does not hold is refused. */
bool create_copy(const char *path, const struct create_target *t, char *where, size_t where_size, char *err,
                 size_t err_size);

#endif
