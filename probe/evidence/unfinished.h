/* SPDX-License-Identifier: BSD-2-Clause */
/* A hidden folder in which a bundle or an archive is made before it gets its name, so that nothing
 * unfinished is ever seen under a final name. Its maker holds a lock (flock) on it while it
 * lives: what a killed one left behind is known by the lock that nobody holds, and goes
 * when something is next made in the same place. Folders of older builds, which held no lock, go when
 * they have not changed for a day. */
#ifndef ERPROBE_UNFINISHED_H
#define ERPROBE_UNFINISHED_H

#include <stdbool.h>
#include <stddef.h>

/* Regular file in it that an archive grows in. */
#define UNFINISHED_FILE "archive"

struct unfinished {
	int at;         /* folder that it is in; borrowed */
	int fd;         /* the hidden folder, locked; -1 = none */
	char name[32];  /* ".erprobe-1a2b3c" */
};

/* Removes what makers that are gone left in the folder `at`, and makes a new one there. False with
 * the reason in err; then there is none. */
bool unfinished_begin(int at, struct unfinished *u, char *err, size_t err_size);
/* Gives what was made as u's `name` the name `final` in the folder that u is in, and syncs that. Nothing that is there is
 * replaced. False with one line in err. */
bool unfinished_give(const struct unfinished *u, const char *name, const char *final, char *err, size_t err_size);
/* Removes the hidden folder with all that is still in it; safe when there is none. */
void unfinished_end(struct unfinished *u);

#endif
