/* SPDX-License-Identifier: BSD-2-Clause */
/* The door: a list of destinations (`erprobe trace -f`), anybody's export. What is kept is an
 * address that may be probed, or a printable name; what is not is counted, and said in lines that
 * a terminal can bear. */
#define _GNU_SOURCE /* memfd_create */
#include "probe/trace/trace_dests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_kept(const struct trace_dests *d)
{
	check(d->count <= TRACE_DESTS_MAX && d->beyond <= d->bad);
	for (size_t i = 0; i < d->count; i++) {
		const struct trace_dest *t = &d->list[i];

		check(ip_addr_is_set(&t->addr) || t->text);
		check(!ip_addr_is_multicast(&t->addr) && !ip_addr_is_broadcast(&t->addr) && !ip_addr_is_v4_mapped(&t->addr));
		check(!ip_addr_is_set(&t->addr) || (!ip_addr_is_unspecified(&t->addr) && !ip_addr_is_this_network(&t->addr)));
		for (const char *c = t->text ? t->text : ""; *c != '\0'; c++)
			check(*c > ' ' && *c < 0x7f);
	}
}

/* Those without an address are names that are still to be looked up: all of them go by unique(). */
static void check_unique(const struct trace_dests *d)
{
	for (size_t i = 1; i < d->count && i < 64; i++)
		for (size_t k = 0; k < i; k++)
			check(!ip_addr_equal(&d->list[i].addr, &d->list[k].addr));
}

static void check_said(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		check(text[i] == '\n' || ((uint8_t)text[i] >= ' ' && (uint8_t)text[i] != 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct progress p = {.command = "erprobe trace"};
	FILE *was = stderr, *heard;
	struct trace_dests d;
	char path[32], *said = NULL;
	size_t said_len = 0;
	int fd = memfd_create("list", MFD_CLOEXEC);

	check(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	heard = open_memstream(&said, &said_len);
	check(heard != NULL);
	stderr = heard;
	trace_dests_init(&d, size % 3 == 0 ? IP_V4 : size % 3 == 1 ? IP_V6 : IP_NONE, "-4 asks", &p);
	bool whole = trace_dests_read(&d, path);
	check_kept(&d);
	check(trace_dests_unique(&d));
	check_unique(&d);
	stderr = was;
	fclose(heard);
	check_said(said, said_len);
	check((said_len > 0) >= (d.bad > 0 || !whole));
	free(said);
	trace_dests_free(&d);
	close(fd);
	return 0;
}
