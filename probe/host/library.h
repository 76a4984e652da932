/* SPDX-License-Identifier: BSD-2-Clause */
/* Large libraries that few commands need are loaded when they are needed: libcurl brings
 * forty others with it, and linking them takes longer than tracing a path does. The owner
 * of such a library lists the functions that it calls; types and constants come from the
 * library's own header. */
#ifndef ERPROBE_LIBRARY_H
#define ERPROBE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#define LIBRARY_ERROR_ROOM 320

/* One function of the library, and where its address goes. */
struct library_call {
	const char *name;
	void *place; /* of a pointer to a function */
};

/* Loads the library `file` (its soname) and finds all `count` functions; it stays loaded
 * until the process ends. False with one line in err, which names the Debian package to
 * install; nothing may be called then. Loading again costs nothing. */
bool library_load(const char *file, const char *package, const struct library_call *calls, size_t count, char *err,
                  size_t err_size);

#endif
