/* SPDX-License-Identifier: BSD-2-Clause */
/* Run ids: UUIDs of version 7 (RFC 9562, 5.7), in lower case. */
#ifndef ERPROBE_UUID_H
#define ERPROBE_UUID_H

#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new one of this moment, in milliseconds since 1970; random is all of it that is not time, version and variant. */
void uuid_make(int64_t unix_ms, const uint8_t random[10], char out[UUID_TEXT_MAX]);
/* Are these len bytes a UUID of any version, and nothing else? What is one may be a folder's name. */
bool uuid_is(const char *text, size_t len);
/* When one of version 7 was made, in milliseconds since 1970; -1 for what is none. */
int64_t uuid_made_ms(const char *text);

#endif
