/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/state_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYSTEM_FOLDER "/var/lib/erprobe"

bool state_folder(const char *given, char out[STATE_FOLDER_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;
	if (given[0])
		n = snprintf(out, STATE_FOLDER_MAX, "%s", given);
	else if (access(SYSTEM_FOLDER, W_OK | X_OK) == 0)
		n = snprintf(out, STATE_FOLDER_MAX, "%s", SYSTEM_FOLDER);
	else if (state && state[0] == '/')
		n = snprintf(out, STATE_FOLDER_MAX, "%s/erprobe", state);
	else if (home && home[0] == '/')
		n = snprintf(out, STATE_FOLDER_MAX, "%s/.local/state/erprobe", home);
	else
		return false;
	return n > 0 && n < STATE_FOLDER_MAX;
}
