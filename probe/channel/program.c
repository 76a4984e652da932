/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/channel/program.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool program_find(const char *name, char path[PROGRAM_PATH_ROOM], char *err, size_t err_size)
{
	char self[PROGRAM_PATH_ROOM];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(self, '/');
	if (slash == NULL) {
		snprintf(err, err_size, "cannot find out where erprobe is");
		return false;
	}
	*slash = '\0';
	snprintf(path, PROGRAM_PATH_ROOM, "%.4000s/%.60s", self, name);
	if (access(path, F_OK) != 0)
		snprintf(path, PROGRAM_PATH_ROOM, "%.4000s/../libexec/erprobe/%.60s", self, name);
	if (access(path, F_OK) == 0)
		return true;
	snprintf(err, err_size, "cannot find %.60s in %.200s or in its ../libexec/erprobe", name, self);
	return false;
}
