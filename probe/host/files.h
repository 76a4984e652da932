/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are either complete or not there. */
#ifndef ERPROBE_FILES_H
#define ERPROBE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Creates a directory and its missing parents; fine when it is there already. False
 * with the reason in err. */
bool files_make_dir(const char *path, mode_t mode, char *err, size_t err_size);
/* Writes all of it where the descriptor stands. False with errno. */
bool files_write_all(int fd, const void *data, size_t len);
/* Writes a new file `name` in the open directory and syncs it. The name must not
 * exist yet. False with the reason ("NAME: No space left on device") in err. */
bool files_write_new(int dir_fd, const char *name, const void *data, size_t len, mode_t mode, char *err,
                     size_t err_size);
/* Writes path so that a reader sees the old content or the new, never a part: a
 * temporary file beside it, synced, then renamed over it. */
bool files_write_atomic(const char *path, const void *data, size_t len, mode_t mode, char *err,
                        size_t err_size);
/* The same, never over anything that is there: then false, with errno EEXIST, and what is
 * there is left as it was. */
bool files_create_atomic(const char *path, const void *data, size_t len, mode_t mode, char *err,
                         size_t err_size);
/* Reads the regular file `name` (one component, no symbolic link followed) of the
 * open directory into memory, NUL-terminated behind its len bytes; the caller frees
 * *data. False with the reason in err: also when it is longer than max or grows. */
bool files_read(int dir_fd, const char *name, size_t max, char **data, size_t *len, char *err,
                size_t err_size);
/* The same of an open file at its beginning, which stays open; name is for the reason alone. */
bool files_read_open(int fd, const char *name, size_t max, char **data, size_t *len, char *err, size_t err_size);
/* Removes a directory tree below dir_fd; follows no symbolic link. Best effort. */
void files_remove_tree(int dir_fd, const char *name);
/* Syncs an open directory's entries to disk. */
bool files_sync_dir(int dir_fd, const char *name, char *err, size_t err_size);

#endif
