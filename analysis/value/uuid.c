/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/value/uuid.h"

#include <stdio.h>
#include <string.h>

#define TIME_DIGITS 12 /* the first: 48 bits */
#define VERSION_AT 14

/* RFC 9562, 5.7:
 *
 *   48 bits milliseconds since 1970 | version 7 | 12 bits random | variant 10 | 62 bits random */
void uuid_make(int64_t unix_ms, const uint8_t random[10], char out[UUID_TEXT_MAX])
{
	uint8_t u[16];

	for (int i = 0; i < 6; i++)
		u[i] = (uint8_t)((uint64_t)unix_ms >> (40 - 8 * i));
	memcpy(u + 6, random, 10);
	u[6] = (uint8_t)(0x70 | (u[6] & 0x0f));
	u[8] = (uint8_t)(0x80 | (u[8] & 0x3f));
	snprintf(out, UUID_TEXT_MAX, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2], u[3],
	         u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

static bool is_gap(size_t place)
{
	return place == 8 || place == 13 || place == 18 || place == 23;
}

/* Of a hexadecimal digit in lower case, else -1. */
static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uuid_is(const char *text, size_t len)
{
	for (size_t i = 0; i < len && i < UUID_TEXT_MAX; i++)
		if (is_gap(i) ? text[i] != '-' : digit(text[i]) < 0)
			return false;
	return len == UUID_TEXT_MAX - 1;
}

int64_t uuid_made_ms(const char *text)
{
	uint64_t ms = 0;

	if (!uuid_is(text, strlen(text)) || text[VERSION_AT] != '7')
		return -1;
	for (size_t i = 0, digits = 0; digits < TIME_DIGITS; i++)
		if (!is_gap(i)) {
			ms = ms << 4 | (uint64_t)(unsigned)digit(text[i]);
			digits++;
		}
	return (int64_t)ms;
}
