/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 (RFC 4648 sections 4 and 5), three bytes at a time. */
#ifndef ERPROBE_BASE64_H
#define ERPROBE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The characters of the next bytes of `in`, of which `left` (above 0) are there: three or
 * what is left. url: "-" and "_" in place of "+" and "/". Returns how many characters (2 to
 * 4) it wrote; padding is the caller's to add. */
size_t base64_group(const unsigned char *in, size_t left, bool url, char out[4]);

#endif
