/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 (FIPS 180-4) as text, by libcrypto. */
#ifndef ERPROBE_SHA256_H
#define ERPROBE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#define SHA256_HEX_MAX 65 /* 64 digits and NUL */
/* What a caller says where there is none. */
#define SHA256_NONE "no SHA-256 can be made: is there memory, and Debian's package libssl3?"

/* Of data, in lower case. False where libcrypto is not to be had, or refuses. */
bool sha256_hex(const void *data, size_t len, char hex[SHA256_HEX_MAX]);

#endif
