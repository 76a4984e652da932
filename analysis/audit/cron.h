/* SPDX-License-Identifier: BSD-2-Clause */
/* The five fields of a cron expression, in UTC:
 *
 *     minute  hour  day of month  month  weekday
 *     0-59    0-23  1-31          1-12   0-7 (0 and 7 are Sunday)
 *
 * A field is "*", a value, a range "a-b", either with a step "/n", or a list of these
 * with commas; months and weekdays also by their English names of three letters. As cron
 * has always done: when both day fields are restricted, a day that fits one of them is
 * enough. */
#ifndef ERPROBE_CRON_H
#define ERPROBE_CRON_H

#include <stdbool.h>
#include <stdint.h>

struct cron {
	uint64_t minutes; /* a bit a value, as in all of these */
	uint32_t hours, days;
	uint16_t months;
	uint8_t weekdays; /* bit 0 is Sunday */
	bool any_day, any_weekday; /* the field is "*" */
};

/* Reads an expression. False with a constant half sentence in *why ("the hour is not
 * 0-23, …"); also for one that never comes, such as 30 February. */
bool cron_parse(const char *text, struct cron *out, const char **why);
/* The first minute that fits and begins later than `after`; both in seconds since 1970,
 * UTC. False when there is none within eight years, or before 1970. */
bool cron_next(const struct cron *c, int64_t after, int64_t *next);

#endif
