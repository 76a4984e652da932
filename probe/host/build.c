/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/build.h"

/* The Makefile computes it, for this file alone. */
#ifndef ERPROBE_SOURCES
#define ERPROBE_SOURCES "unknown"
#endif

const char *build_tool(void)
{
	return "erprobe " ERPROBE_VERSION "+" ERPROBE_SOURCES;
}
