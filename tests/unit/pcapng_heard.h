/* SPDX-License-Identifier: BSD-2-Clause */
/* For the tests of pcapng: a handler that keeps what a read delivered. Include after
 * cmocka.h. */
#ifndef TEST_PCAPNG_HEARD_H
#define TEST_PCAPNG_HEARD_H

#include "analysis/record/pcapng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a read delivered. */
struct heard {
	int sections, interfaces, frames;
	int stop_after;              /* frames; 0 = never */
	char section[200];
	char iface_name[8][32];
	uint16_t iface_link[8];
	struct frame frame[8];
	uint16_t link[8];
	char comment[8][200];
};

static void on_section(void *arg, const char *comment)
{
	struct heard *h = arg;

	h->sections++;
	snprintf(h->section, sizeof h->section, "%s", comment ? comment : "-");
}

static void on_interface(void *arg, uint32_t iface, uint16_t link, const char *name)
{
	struct heard *h = arg;

	assert_int_equal(iface, h->interfaces);
	if (iface < 8) {
		snprintf(h->iface_name[iface], sizeof h->iface_name[iface], "%s", name ? name : "-");
		h->iface_link[iface] = link;
	}
	h->interfaces++;
}

static bool on_frame(void *arg, const struct frame *f, uint16_t link, const char *comment)
{
	struct heard *h = arg;

	if (h->frames < 8) {
		h->frame[h->frames] = *f;
		h->link[h->frames] = link;
		snprintf(h->comment[h->frames], sizeof h->comment[0], "%s", comment ? comment : "-");
	}
	h->frames++;
	return h->stop_after == 0 || h->frames < h->stop_after;
}

static char last_error[200];

static inline bool hear(const void *data, size_t len, struct heard *h)
{
	struct pcapng_handler handler = {h, on_section, on_interface, on_frame};
	int stop_after = h->stop_after;
	/* A copy of exact size, so that the address sanitizer sees a read behind it. */
	uint8_t *exact = malloc(len ? len : 1);
	bool ok;

	assert_non_null(exact);
	if (len > 0)
		memcpy(exact, data, len);
	memset(h, 0, sizeof *h);
	h->stop_after = stop_after;
	last_error[0] = '\0';
	ok = pcapng_read(exact, len, &handler, last_error, sizeof last_error);
	free(exact);
	return ok;
}

#endif
