/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's side of a run: what the reader says becomes events. A reader that dies, or
 * that never ends, costs Azure's part and nothing else. */
#include "probe/run/conductor.h"

#include "analysis/value/strbuf.h"

#include <string.h>

/* The child keeps the deadline itself; this long after it, it is not waited for. */
#define READER_GRACE_NS (500 * NS_PER_MS)
#define AGAIN_LEAST_NS NS_PER_SEC /* in less than this Azure tells nothing that it is worth asking once more for */

static void azure_event(struct conductor *k, size_t circuit, const struct az_snapshot *s)
{
	const struct event e = {.kind = EVENT_AZURE, .u.azure = {(uint8_t)circuit, s}};

	if (!conductor_event(k, &e))
		progress_warn(&k->progress, "circuit %s: out of memory for what Azure answered",
		              k->config->circuits[circuit].name);
	if (s->finished)
		k->azure.finished[circuit] = true;
}

/* Ends a circuit's Azure part with what there is; why not all that was asked for, where nothing came at all or not once more. */
static void finish_circuit(struct conductor *k, size_t circuit, const char *why)
{
	struct az_snapshot last = {.asked_at = k->azure.asked_at};

	if (k->log.snapshots[circuit] && !az_snapshot_copy(&last, k->log.snapshots[circuit]))
		return;
	last.finished = true;
	if (last.done_at.ns == 0) /* else: when it was read at first */
		last.done_at = conductor_now(k);
	if ((!az_snapshot_available(&last) || k->azure.again[circuit]) && last.why_not[0] == '\0')
		text_format(last.why_not, sizeof last.why_not, "%s", why);
	azure_event(k, circuit, &last);
	az_snapshot_free(&last);
}

static void stop_reader(struct conductor *k)
{
	loop_drop(k->loop, k->azure.readable);
	k->azure.readable = NULL;
	if (k->azure.running)
		azure_reader_stop(&k->azure.reader);
	k->azure.running = false;
}

static void give_up(struct conductor *k, const char *why)
{
	stop_reader(k);
	for (size_t i = 0; i < k->config->circuit_count; i++)
		if (!k->azure.finished[i])
			finish_circuit(k, i, why);
}

/* The reader's times are of the host's clock, each of the moment that it was read. */
static void put_on_run_clock(struct conductor *k, struct az_snapshot *s)
{
	struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_own_parts(s, parts);

	if (k->clock.steps == 0 || s->stale)
		return;
	s->asked_at = conductor_stamp(k, s->asked_at);
	s->done_at = conductor_stamp(k, s->done_at);
	for (size_t i = 0; i < count; i++)
		if (parts[i]->read != AZ_NOT_ASKED)
			parts[i]->at = conductor_stamp(k, parts[i]->at);
}

static void on_answer(void *arg)
{
	struct conductor *k = arg;
	char err[AZ_ERROR_MAX] = "";
	enum azure_take took;

	do {
		struct az_snapshot s = {0};
		size_t circuit = 0;

		took = azure_reader_take(&k->azure.reader, &circuit, &s, err, sizeof err);
		put_on_run_clock(k, &s);
		if (took == AZURE_TAKE_SNAPSHOT && circuit < k->config->circuit_count)
			azure_event(k, circuit, &s);
		if (took == AZURE_TAKE_SNAPSHOT)
			az_snapshot_free(&s);
	} while (took == AZURE_TAKE_SNAPSHOT);
	if (took == AZURE_TAKE_ERROR) {
		progress_warn(&k->progress, "%s; going on without Azure", err);
		give_up(k, err);
	} else if (took == AZURE_TAKE_END) {
		give_up(k, "the Azure reader ended without an answer");
	}
}

void conductor_azure_begin(struct conductor *k)
{
	const struct config *c = k->config;
	char err[AZ_ERROR_MAX] = "";

	k->azure.asked = c->azure.auth != AUTH_NONE;
	if (!k->azure.asked)
		return;
	k->azure.asked_at = conductor_now(k);
	k->azure.give_up_at =
		mono_add(k->began, seconds_ns(k->limits.azure_deadline_s) + READER_GRACE_NS);
	k->azure.running = azure_reader_start(&k->azure.reader, &c->azure, c->circuits, c->circuit_count,
	                                      k->limits.azure_deadline_s, AZURE_STAYS, err, sizeof err);
	if (k->azure.running) {
		k->azure.readable = loop_readable(k->loop, k->azure.reader.fd, on_answer, k);
		if (k->azure.readable)
			return;
		text_format(err, sizeof err, "cannot wait for the Azure reader: out of memory");
	}
	progress_warn(&k->progress, "%s; going on without Azure", err);
	give_up(k, err);
}

void conductor_azure_tick(struct conductor *k, struct mono_ns now)
{
	if (k->azure.running && mono_since(now, k->azure.give_up_at) >= 0)
		give_up(k, "Azure did not answer before the deadline");
}

bool conductor_azure_over(const struct conductor *k)
{
	for (size_t i = 0; k->azure.running && i < k->config->circuit_count; i++)
		if (!k->azure.finished[i])
			return false;
	return true;
}

void conductor_azure_again(struct conductor *k, struct mono_ns now)
{
	size_t circuit;

	if (!k->azure.running || mono_since(k->azure.give_up_at, now) < READER_GRACE_NS + AGAIN_LEAST_NS)
		return;
	while (diagnosis_asks_azure(k->live, conductor_now(k), &circuit)) {
		k->azure.again[circuit] = true;
		if (azure_reader_again(&k->azure.reader, circuit))
			k->azure.finished[circuit] = false;
		else
			finish_circuit(k, circuit, "the Azure reader takes no more questions");
	}
}

void conductor_azure_end(struct conductor *k)
{
	if (k->azure.running)
		give_up(k, "the run ended before it answered; `erprobe state` waits longer, and says why");
}
