/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

bool library_load(const char *file, const char *package, const struct library_call *calls, size_t count, char *err,
                  size_t err_size)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; library && i < count; i++) {
		void *address = dlsym(library, calls[i].name);

		if (!address) {
			library = NULL;
			break;
		}
		/* ISO C has no conversion from void * to a function's address; POSIX (dlsym) gives them one size. */
		memcpy(calls[i].place, &address, sizeof(address));
	}
	if (library)
		return true;
	const char *why = dlerror();
	snprintf(err, err_size, "cannot load %s (%.200s); install Debian's package %s", file, why ? why : "unknown", package);
	return false;
}
