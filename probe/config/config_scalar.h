/* SPDX-License-Identifier: BSD-2-Clause */
/* The values that a configuration is made of, each read strictly from its text.
 * Pure: no file, no error output; `why` points to a constant half sentence. */
#ifndef ERPROBE_CONFIG_SCALAR_H
#define ERPROBE_CONFIG_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits only, no sign, no leading zero: 0..INT64_MAX within [low, high]. */
bool scalar_integer(const char *text, int64_t low, int64_t high, int64_t *out);
/* A whole number with its unit: 30s, 5m, 2h, 90d, 4w; at most ten years. Seconds. */
bool scalar_seconds(const char *text, int64_t *out);
/* A whole number and its unit, a second: 200/s. Within [low, high]. */
bool scalar_per_second(const char *text, int64_t low, int64_t high, int64_t *out);
/* Printable text, no control characters, no blank at either end, 1..max-1 bytes. */
bool scalar_is_printable(const char *text, size_t max);
/* A network interface name as Linux allows it: 1..15 bytes, no blank, slash or colon. */
bool scalar_is_interface(const char *text);
/* An absolute path without control characters. */
bool scalar_is_path(const char *text, size_t max);
/* "ADDRESS:PORT", "[IPV6]:PORT" or "localhost:PORT", port 1..65535; or "none". */
bool scalar_is_listen(const char *text);
/* "HOST:PORT": a DNS name, an IPv4 address, or an IPv6 address in brackets; port 1..65535. */
bool scalar_is_host_port(const char *text);
/* A DNS name: labels of letters, digits and hyphens, the last not of digits alone. */
bool scalar_is_host_name(const char *text);
/* https://HOST[:PORT][/PATH], or http:// to a loopback address; no user, query or
 * fragment. Copies it without a slash at its end. On false why says what is wrong. */
bool scalar_url(const char *text, char *out, size_t size, const char **why);
/* /subscriptions/S/resourceGroups/G/providers/Microsoft.Network/TYPE/NAME; the fixed
 * words are compared without regard to case. On false why says what is wrong. */
bool scalar_resource_id(const char *text, const char *type, const char **why);
/* A GUID, or a name of letters, digits, '.' and '-': tenants and applications. */
bool scalar_is_identity(const char *text, size_t max);

#endif
