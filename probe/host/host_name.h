/* SPDX-License-Identifier: BSD-2-Clause */
/* What this host is called in messages and in the fleet. */
#ifndef ERPROBE_HOST_NAME_H
#define ERPROBE_HOST_NAME_H

#include <stddef.h>

/* The host's name up to the first dot, made safe; "unknown" where it has none. */
void host_name(char *text, size_t size);

#endif
