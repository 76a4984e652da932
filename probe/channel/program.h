/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs of one installation find each other. */
#ifndef ERPROBE_PROGRAM_H
#define ERPROBE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#define PROGRAM_PATH_ROOM 4096
#define PROGRAM_ERROR_ROOM 320

/* Where program `name` is: "DIR/name", or "DIR/../libexec/erprobe/name" where the first
 * is not there, with DIR the folder of this very program. False with one line in err
 * (PROGRAM_ERROR_ROOM holds it). */
bool program_find(const char *name, char path[PROGRAM_PATH_ROOM], char *err, size_t err_size);

#endif
