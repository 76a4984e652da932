/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: Azure as an enemy. The input is a list of answers, given to one circuit's
 * reads in turn; what they make of it must be printable and read back equal. Each is
 *
 *   | which open call (1) | status (1) | headers (1) | length (1, times 8) | body |
 *
 * The last byte left of the input, if any, is the back-off's random number. */
#include "probe/azure/record.h"
#include "probe/azure/session.h"
#include "probe/snapshot/snapshot_json.h"
#include "probe/state/judge.h"
#include "probe/state/state_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "https://management.azure.com"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static size_t pick_open(const struct session *s, uint8_t which)
{
	for (size_t i = 0; i < SESSION_CALLS; i++) {
		size_t at = (which + i) % SESSION_CALLS;
		if (s->calls[at].state == ARM_READY)
			return at;
	}
	return SESSION_CALLS;
}

static void fill_headers(struct http_answer *a, uint8_t headers, const uint8_t *body, size_t len)
{
	static const char *const urls[] = {HOST "/r", "https://eastus.management.azure.com/r", "https://evil.example/r", "/r"};
	a->retry_after_s = headers & 1 ? headers >> 6 : -1;
	a->has_location = headers & 2;
	a->has_async = headers & 4;
	if (a->has_location)
		snprintf(a->location, sizeof(a->location), "%s", urls[headers >> 3 & 3]);
	if (a->has_async)
		snprintf(a->async_operation, sizeof(a->async_operation), "%s", urls[headers >> 5 & 3]);
	if (headers == 0xff) { /* the body is a header block as well */
		const uint8_t *end = body ? memchr(body, '\n', len) : NULL;
		http_header(a, (const char *)body, end ? (size_t)(end - body) : len);
	}
}

/* Feeds one answer; returns how many bytes of the input it took. */
static size_t step(struct session *s, const struct url_base *base, const uint8_t *data, size_t size,
                   struct mono_ns *now)
{
	static const int32_t statuses[] = {200, 200, 200, 202, 204, 401, 403, 404, 429, 500, 503, 307, 0, 400, 409, 299};
	static struct http_answer a;
	size_t len = (size_t)data[3] * 8, call = pick_open(s, data[0]);
	len = len < size - 4 ? len : size - 4;
	if (call == SESSION_CALLS)
		return size;
	memset(&a, 0, sizeof(a));
	a.status = statuses[data[1] % 16];
	a.may_retry = data[1] & 16;
	a.body = malloc(len + 1);
	insist(a.body != NULL);
	memcpy(a.body, data + 4, len);
	a.body[len] = '\0';
	a.len = len;
	fill_headers(&a, data[2], data + 4, len);
	struct arm_call *c = &s->calls[call];
	arm_take(c, base, &a, *now, (double)data[0] / 255.0);
	if (c->renew_token)
		arm_renewed(c, data[1] & 32);
	free(a.body);
	insist(c->state == ARM_READY || c->state == ARM_DONE || c->state == ARM_FAILED);
	insist(c->state != ARM_READY || strncmp(c->url, HOST, strlen(HOST)) == 0 ||
	       strncmp(c->url, "https://eastus.management.azure.com/", 36) == 0);
	session_advance(s, call, *now, (struct wall_ns){now->ns});
	now->ns += NS_PER_MS;
	return 4 + len;
}

static void check_text(const struct plan_circuit *plan, const struct az_snapshot *s)
{
	struct text_style style = {.verbose = true};
	struct judgement j;
	struct strbuf out;
	judge_snapshot(plan, s, &j);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	state_text(plan, s, &j, &style, &out);
	insist(strbuf_ok(&out));
	for (size_t i = 0; i < out.len; i++)
		insist((unsigned char)out.text[i] >= ' ' || out.text[i] == '\n');
	strbuf_free(&out);
}

static void check_record(const struct az_snapshot *s)
{
	struct strbuf once, twice;
	struct az_snapshot back;
	char err[160];
	size_t circuit = 9;
	strbuf_init(&once, RECORD_HEADER + RECORD_JSON_MAX);
	strbuf_init(&twice, RECORD_HEADER + RECORD_JSON_MAX);
	insist(record_snapshot(&once, 0, s));
	insist(record_read(once.text + RECORD_HEADER, once.len - RECORD_HEADER, &circuit, &back, err, sizeof(err)) ==
	       RECORD_IS_SNAPSHOT);
	insist(circuit == 0 && record_snapshot(&twice, 0, &back));
	insist(once.len == twice.len && memcmp(once.text, twice.text, once.len) == 0);
	az_snapshot_free(&back);
	strbuf_free(&once);
	strbuf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plan_circuit plan;
	static struct session whole; /* nearly a megabyte: not from the heap for each input */
	struct session *s = &whole;
	struct url_base base;
	struct mono_ns now = {1}, deadline = {100 * NS_PER_SEC};
	char err[128];
	insist(url_base_parse(HOST, &base, err, sizeof(err)));
	snprintf(plan.resource_id, sizeof(plan.resource_id),
	         "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/expressRouteCircuits/c");
	session_begin(s, &plan, &base, now, deadline, (struct wall_ns){1});
	while (size >= 4 && !session_ended(s)) {
		size_t used = step(s, &base, data, size, &now);
		data += used;
		size -= used;
	}
	session_expire(s, (struct wall_ns){2});
	insist(session_ended(s) && s->snapshot.finished);
	check_record(&s->snapshot);
	check_text(&plan, &s->snapshot);
	session_free(s);
	return 0;
}
