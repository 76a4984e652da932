/* SPDX-License-Identifier: BSD-2-Clause */
/* A host and its port as people and headers write them (RFC 3986 section 3.2, without a user). */
#ifndef ERPROBE_HOST_PORT_H
#define ERPROBE_HOST_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_NAME_ROOM 256 /* a DNS name is at most 253 characters */

struct host_port {
	char host[HOST_NAME_ROOM]; /* without brackets; whether it is a name or an address the caller judges */
	bool bracketed;
	uint16_t port;             /* 0 = none was written */
};

/* Takes "HOST", "HOST:PORT", "[V6]" or "[V6]:PORT" apart: the first len bytes of text. False when it is none of
 * these: an empty or too long host, a second colon outside brackets, a port that is not 1 to 65535. */
bool host_port_split(const char *text, size_t len, struct host_port *out);

#endif
