/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/value/host_port.h"

#include <string.h>

#define PORT_DIGITS 5

static bool read_port(const char *text, size_t len, uint16_t *out)
{
	uint32_t port = 0;

	if (len == 0 || len > PORT_DIGITS || text[0] == '0')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		port = port * 10 + (uint32_t)(text[i] - '0');
	}
	*out = (uint16_t)port;
	return port <= UINT16_MAX;
}

bool host_port_split(const char *text, size_t len, struct host_port *out)
{
	bool bracketed = len > 0 && text[0] == '[';
	const char *host = bracketed ? text + 1 : text, *end = text + len;
	const char *stop = len > 0 ? memchr(host, bracketed ? ']' : ':', (size_t)(end - host)) : NULL;

	*out = (struct host_port){.bracketed = bracketed};
	if (bracketed && !stop)
		return false;
	stop = stop ? stop : end;
	size_t host_len = (size_t)(stop - host);
	if (host_len == 0 || host_len >= sizeof out->host)
		return false;
	memcpy(out->host, host, host_len);
	stop += bracketed;
	return stop == end || (*stop == ':' && read_port(stop + 1, (size_t)(end - stop) - 1, &out->port));
}
