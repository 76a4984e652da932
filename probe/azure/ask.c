/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure asked once, and waited for. */
#include "probe/azure/ask.h"

#include "analysis/value/strbuf.h"
#include "probe/azure/reader.h"
#include "probe/host/now.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#define GRACE_NS (2 * NS_PER_SEC) /* the reader's child ends by itself at the deadline; then we end it */

/* Of whom nothing was read, this is why. */
static void note_why(struct az_snapshot *snapshots, size_t count, const char *why)
{
	for (size_t i = 0; i < count; i++)
		if (!az_snapshot_available(&snapshots[i]) && !snapshots[i].why_not[0])
			text_format(snapshots[i].why_not, sizeof(snapshots[i].why_not), "%s", why);
}

/* Takes all that is there. False when nothing more will come. */
static bool take_all(const char *command, struct azure_reader *r, struct az_snapshot *snapshots)
{
	struct az_snapshot fresh;
	size_t circuit;
	char err[256];
	for (;;) {
		switch (azure_reader_take(r, &circuit, &fresh, err, sizeof(err))) {
		case AZURE_TAKE_SNAPSHOT:
			az_snapshot_free(&snapshots[circuit]);
			snapshots[circuit] = fresh;
			break;
		case AZURE_TAKE_NONE:
			return true;
		case AZURE_TAKE_END:
			return false;
		case AZURE_TAKE_ERROR:
			fprintf(stderr, "%s: %s; what it sent before is shown\n", command, err);
			note_why(snapshots, r->circuits, err);
			return false;
		}
	}
}

bool azure_ask(const char *command, const struct config *config, double seconds, struct az_snapshot *snapshots,
               const volatile sig_atomic_t *stop)
{
	struct azure_reader r;
	char err[512];
	if (!azure_reader_start(&r, &config->azure, config->circuits, config->circuit_count, seconds, AZURE_ENDS, err, sizeof(err))) {
		fprintf(stderr, "%s: %s\n", command, err);
		return false;
	}
	struct mono_ns until = mono_add(now_mono(), seconds_ns(seconds) + GRACE_NS);
	for (int64_t left = mono_since(until, now_mono()); left > 0 && !(stop && *stop); left = mono_since(until, now_mono())) {
		struct pollfd p = {.fd = r.fd, .events = POLLIN};
		if (poll(&p, 1, (int)(left / NS_PER_MS) + 1) < 0 && errno != EINTR)
			break;
		if (!take_all(command, &r, snapshots))
			break;
	}
	azure_reader_stop(&r);
	return true;
}
