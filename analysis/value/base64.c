/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/value/base64.h"

size_t base64_group(const unsigned char *in, size_t left, bool url, char out[4])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t have = left < 3 ? left : 3;
	unsigned bits = 0;

	for (size_t i = 0; i < have; i++)
		bits |= (unsigned)in[i] << (16 - 8 * i);
	for (size_t i = 0; i <= have; i++) {
		unsigned digit = bits >> (18 - 6 * i) & 63;
		out[i] = url && digit == 62 ? '-' : url && digit == 63 ? '_' : digits[digit];
	}
	return have + 1;
}
