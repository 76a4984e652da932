/* SPDX-License-Identifier: BSD-2-Clause */
/* A secret out of a file that the configuration names. Bounded; errors name the file and
 * never what is in it. */
#ifndef ERPROBE_SECRET_FILE_H
#define ERPROBE_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct stat; /* <sys/stat.h> */

/* Reads the whole regular file, at most size - 1 bytes, to buf with a NUL behind it; *len
 * gets its length. what: "the client secret's file". False with one line in err. */
bool secret_file_read(const char *what, const char *path, char *buf, size_t size, size_t *len,
                      char *err, size_t err_size);
/* The same for a file that is read again when it changes: *seen gets what it was (fstat). fix: ": what to do" where it
 * cannot be opened. */
bool secret_file_read_seen(const char *what, const char *path, const char *fix, char *buf, size_t size, size_t *len,
                           struct stat *seen, char *err, size_t err_size);
/* The same for a secret of one line: blanks around it are dropped; empty or with control
 * characters inside is an error. */
bool secret_file_line(const char *what, const char *path, char *buf, size_t size, char *err, size_t err_size);

/* The same, and the file must be closed to others: read by its owner and group alone, written
 * by its owner alone. */
bool secret_file_private_line(const char *what, const char *path, char *buf, size_t size, char *err, size_t err_size);

#endif
