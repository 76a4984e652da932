/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of options, each read strictly. */
#include "probe/config/config_scalar.h"
#include "probe/cli/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define RATE_HIGHEST 1e6     /* more than any host sends through raw sockets */
#define SECONDS_HIGHEST 86400.0

/* "12", "1.5": digits, at most one point with digits on both sides; the rest of the
 * text goes to *rest. strtod alone would take hexadecimal, "inf" and blanks too. */
static bool decimal(const char *text, double *out, const char **rest)
{
	size_t whole = strspn(text, DIGITS);
	size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, DIGITS) : 0;
	if (whole == 0 || whole > 12 || fraction > 12 || (text[whole] == '.' && fraction == 0))
		return false;
	size_t len = whole + (fraction ? fraction + 1 : 0);
	char digits[32];
	memcpy(digits, text, len);
	digits[len] = '\0';
	*out = strtod(digits, NULL); /* LC_NUMERIC stays "C" */
	*rest = text + len;
	return true;
}

bool option_count(const char *text, uint32_t low, uint32_t high, uint32_t *out)
{
	int64_t v;
	if (!scalar_integer(text, low, high, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

bool option_rate(const char *text, double *out)
{
	const char *rest;
	double v;
	if (strcmp(text, "max") == 0) {
		*out = INFINITY;
		return true;
	}
	if (!decimal(text, &v, &rest) || *rest != '\0' || v <= 0 || v > RATE_HIGHEST)
		return false;
	*out = v;
	return true;
}

bool option_seconds(const char *text, double *out)
{
	const char *rest;
	double v;
	if (!decimal(text, &v, &rest))
		return false;
	if (strcmp(rest, "m") == 0)
		v *= 60;
	else if (*rest != '\0' && strcmp(rest, "s") != 0)
		return false;
	if (v <= 0 || v > SECONDS_HIGHEST)
		return false;
	*out = v;
	return true;
}

bool option_confidence(const char *text, double *out)
{
	const char *rest;
	double v;
	if (!decimal(text, &v, &rest) || *rest != '\0' || v < 0.5 || v >= 1)
		return false;
	*out = v;
	return true;
}

bool option_chance(const char *text, double *out)
{
	const char *rest;
	double v;
	if (!decimal(text, &v, &rest))
		return false;
	if (strcmp(rest, "%") == 0)
		v /= 100;
	else if (*rest != '\0')
		return false;
	/* Below a millionth no number of flows that there are would do. */
	if (v < 1e-6 || v > 0.5)
		return false;
	*out = v;
	return true;
}
