/* SPDX-License-Identifier: BSD-2-Clause */
/* From a bundle on disk back to plan, event log and stored result. */
#ifndef ERPROBE_RECORDING_H
#define ERPROBE_RECORDING_H

#include "erprobe/plan.h"
#include "probe/evidence/bag.h"
#include "probe/record/event_log.h"

#include <stdbool.h>
#include <stddef.h>

struct recording {
	struct bag bag;
	struct plan plan;
	struct event_log log; /* with trace: the bundle is of erprobe trace */
	const char *run_json; /* as stored; owned by the bag */
	size_t run_json_len;
};

/* Verifies the bundle and loads all of it. False with one line in err; then nothing
 * is held. Free with recording_free(). */
bool recording_load(const char *path, struct recording *r, char *err, size_t err_size);
/* The same from a bag that was loaded and checked; *bag is the recording's from now on,
 * also on failure. */
bool recording_read(struct bag *bag, struct recording *r, char *err, size_t err_size);
void recording_free(struct recording *r);

#endif
