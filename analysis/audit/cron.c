/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/cron.h"

#include "analysis/value/utf8.h"

#include <stddef.h>
#include <string.h>

#define DAY_S INT64_C(86400)
#define DAYS_AHEAD (8 * 366) /* 29 February of a leap year: eight years around 2100 */
#define WORD_MAX 4

struct field {
	int low, high;
	const char *names; /* three letters each, from `low` on; or NULL */
	const char *why;
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const struct field fields[FIELDS] = {
	{0, 59, NULL, "the minute is not 0-59, a range, a list or a step of those"},
	{0, 23, NULL, "the hour is not 0-23, a range, a list or a step of those"},
	{1, 31, NULL, "the day of the month is not 1-31, a range, a list or a step of those"},
	{1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", "the month is not 1-12 or jan-dec, a range, a list or a step of those"},
	{0, 7, "sunmontuewedthufrisat", "the weekday is not 0-7 or sun-sat, a range, a list or a step of those"},
};

static bool read_number(const char **at, int *out)
{
	int n = 0, digits = 0;

	for (; **at >= '0' && **at <= '9' && digits < 3; (*at)++, digits++)
		n = n * 10 + (**at - '0');
	*out = n;
	return digits > 0;
}

static bool read_name(const struct field *f, const char **at, int *out)
{
	char word[WORD_MAX];

	for (int i = 0; i < 3; i++) {
		word[i] = ascii_lower((*at)[i]);
		if (word[i] == '\0')
			return false;
	}
	for (int i = 0; f->names && f->names[i * 3]; i++) {
		if (memcmp(f->names + (size_t)i * 3, word, 3) == 0) {
			*out = f->low + i;
			*at += 3;
			return true;
		}
	}
	return false;
}

static bool read_value(const struct field *f, const char **at, int *out)
{
	bool found = read_number(at, out) || read_name(f, at, out);

	return found && *out >= f->low && *out <= f->high;
}

/* "*", "a" or "a-b", each with "/n". */
static bool read_part(const struct field *f, const char **at, uint64_t *bits)
{
	int from = f->low, to = f->high, step = 1;

	if (**at == '*') {
		(*at)++;
	} else {
		if (!read_value(f, at, &from))
			return false;
		to = from;
		if (**at == '-') {
			(*at)++;
			if (!read_value(f, at, &to) || to < from)
				return false;
		} else if (**at == '/') {
			to = f->high;
		}
	}
	if (**at == '/') {
		(*at)++;
		if (!read_number(at, &step) || step < 1)
			return false;
	}
	for (int v = from; v <= to; v += step)
		*bits |= UINT64_C(1) << v;
	return true;
}

static bool read_field(const struct field *f, const char **at, uint64_t *bits, bool *any)
{
	*any = **at == '*' && ((*at)[1] == ' ' || (*at)[1] == '\t' || (*at)[1] == '\0');
	*bits = 0;
	for (;;) {
		if (!read_part(f, at, bits))
			return false;
		if (**at != ',')
			break;
		(*at)++;
	}
	return **at == ' ' || **at == '\t' || **at == '\0';
}

bool cron_parse(const char *text, struct cron *out, const char **why)
{
	uint64_t bits[FIELDS];
	bool any[FIELDS];
	const char *at = text;
	int64_t next;

	for (int i = 0; i < FIELDS; i++) {
		at += strspn(at, " \t");
		*why = *at == '\0' ? "it has fewer than five fields: minute, hour, day, month, weekday" : fields[i].why;
		if (*at == '\0' || !read_field(&fields[i], &at, &bits[i], &any[i]))
			return false;
	}
	at += strspn(at, " \t");
	*why = "it has more than five fields";
	if (*at != '\0')
		return false;
	*out = (struct cron){
		.minutes = bits[MINUTE], .hours = (uint32_t)bits[HOUR], .days = (uint32_t)bits[DAY],
		.months = (uint16_t)bits[MONTH], .weekdays = (uint8_t)((bits[WEEKDAY] & 0x7f) | (bits[WEEKDAY] >> 7)),
		.any_day = any[DAY], .any_weekday = any[WEEKDAY],
	};
	*why = "no such day ever comes";
	return cron_next(out, 0, &next);
}

/* Month (1-12) and day (1-31) of a day since 1970 in the Gregorian calendar: years begin
 * in March, so that the leap day is the last, and repeat every 400 years (146,097 days). */
static void civil(int64_t days, int *month, int *day)
{
	int64_t shifted = days + 719468; /* since 1 March of the year 0 */
	int64_t of_era = shifted % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
}

static bool day_fits(const struct cron *c, int64_t days)
{
	int month, day;
	bool by_day, by_weekday;

	civil(days, &month, &day);
	if (!(c->months >> month & 1))
		return false;
	by_day = c->days >> day & 1;
	by_weekday = c->weekdays >> ((days + 4) % 7) & 1; /* 1 January 1970 was a Thursday */
	if (c->any_day || c->any_weekday)
		return by_day && by_weekday;
	return by_day || by_weekday;
}

/* The first minute of the day, from `minute` on, that fits; -1 when there is none. */
static int minute_of_day(const struct cron *c, int minute)
{
	for (; minute < 24 * 60; minute++)
		if ((c->hours >> (minute / 60) & 1) && (c->minutes >> (minute % 60) & 1))
			return minute;
	return -1;
}

bool cron_next(const struct cron *c, int64_t after, int64_t *next)
{
	int64_t day, from;

	if (after < 0)
		return false;
	day = after / DAY_S;
	from = after % DAY_S / 60 + 1;
	for (int i = 0; i < DAYS_AHEAD; i++, day++, from = 0) {
		int minute = from < 24 * 60 && day_fits(c, day) ? minute_of_day(c, (int)from) : -1;

		if (minute >= 0) {
			*next = day * DAY_S + (int64_t)minute * 60;
			return true;
		}
	}
	return false;
}
