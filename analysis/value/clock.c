/* SPDX-License-Identifier: BSD-2-Clause */
/* Wall time to and from RFC 3339 text, without the C library's time zones. */
#include "erprobe/clock.h"

#include <stddef.h>

#define DAY_SEC INT64_C(86400)
/* A wall_ns reaches from 1677-09-21 to 2262-04-11; whole years inside that. */
#define YEAR_MIN 1678
#define YEAR_MAX 2261

/* Days of the proleptic Gregorian calendar since 1970-01-01. Years are counted
 * from March, so that the leap day is the last of its year. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t from_march = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * from_march + 2) / 5 + day - 719469;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
	return month == 12 ? 31 : days_from_civil(year, month + 1, 1) - days_from_civil(year, month, 1);
}

/* The largest year and month whose first day is not after this day. */
static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
	*year = 1970 + days / 366 - (days < 0);
	while (days_from_civil(*year + 1, 1, 1) <= days)
		++*year;
	while (days_from_civil(*year, 1, 1) > days)
		--*year;
	*month = 12;
	while (days_from_civil(*year, *month, 1) > days)
		--*month;
	*day = days - days_from_civil(*year, *month, 1) + 1;
}

/* Writes exactly n digits and what follows them; returns where to go on. */
static char *put_digits(char *at, int n, int64_t v, char then)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		at[i] = (char)('0' + v % 10);
	at[n] = then;
	return at + n + 1;
}

const char *wall_text(struct wall_ns t, char buf[WALL_TEXT_MAX])
{
	/* Rounded down also before 1970; the remainder never leaves the type's range. */
	int64_t in_sec = t.ns % NS_PER_SEC;
	int64_t sec = t.ns / NS_PER_SEC - (in_sec < 0);
	int64_t us = (in_sec < 0 ? in_sec + NS_PER_SEC : in_sec) / NS_PER_US;
	int64_t days = sec / DAY_SEC - (sec % DAY_SEC < 0);
	int64_t of_day = sec - days * DAY_SEC;
	int64_t year, month, day;
	char *at = buf;

	civil_from_days(days, &year, &month, &day);
	at = put_digits(at, 4, year, '-');
	at = put_digits(at, 2, month, '-');
	at = put_digits(at, 2, day, 'T');
	at = put_digits(at, 2, of_day / 3600, ':');
	at = put_digits(at, 2, of_day / 60 % 60, ':');
	at = put_digits(at, 2, of_day % 60, '.');
	at = put_digits(at, 6, us, 'Z');
	*at = '\0';
	return buf;
}

/* Exactly n digits. */
static bool take_digits(const char **at, int n, int64_t *out)
{
	int64_t v = 0;

	for (int i = 0; i < n; i++, ++*at) {
		if (**at < '0' || **at > '9')
			return false;
		v = v * 10 + (**at - '0');
	}
	*out = v;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

/* Nothing, or "." and one to nine digits. */
static bool take_fraction(const char **at, int64_t *ns)
{
	int digits = 0;
	int64_t v = 0;

	*ns = 0;
	if (!take_char(at, '.'))
		return true;
	for (; **at >= '0' && **at <= '9'; ++*at, digits++) {
		if (digits == 9)
			return false;
		v = v * 10 + (**at - '0');
	}
	if (digits == 0)
		return false;
	for (; digits < 9; digits++)
		v *= 10;
	*ns = v;
	return true;
}

bool wall_parse(const char *text, struct wall_ns *out)
{
	int64_t year, month, day, hour, minute, second, ns;

	if (text == NULL)
		return false;
	if (!take_digits(&text, 4, &year) || !take_char(&text, '-') || !take_digits(&text, 2, &month) ||
	    !take_char(&text, '-') || !take_digits(&text, 2, &day) || !take_char(&text, 'T'))
		return false;
	if (!take_digits(&text, 2, &hour) || !take_char(&text, ':') || !take_digits(&text, 2, &minute) ||
	    !take_char(&text, ':') || !take_digits(&text, 2, &second) || !take_fraction(&text, &ns))
		return false;
	if (!take_char(&text, 'Z') || *text != '\0')
		return false;
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
		return false;
	if (day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 59)
		return false;
	int64_t sec = days_from_civil(year, month, day) * DAY_SEC + hour * 3600 + minute * 60 + second;
	out->ns = sec * NS_PER_SEC + ns;
	return true;
}
