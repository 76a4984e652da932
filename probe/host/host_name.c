/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/host_name.h"

#include "analysis/value/strbuf.h"

#include <string.h>
#include <unistd.h>

void host_name(char *text, size_t size)
{
	char name[256] = "";

	if (gethostname(name, sizeof name - 1) != 0)
		name[0] = '\0';
	name[strcspn(name, ".")] = '\0';
	text_safe(text, size, name[0] ? name : "unknown");
}
