/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the Azure reader by itself: `driver ENDPOINT TOKEN-FILE RESOURCE-ID GATEWAY-ID|-
 * DEADLINE` prints the last snapshot of the circuit as JSON, and on standard error how
 * many snapshots came, how it ended and how long it took. */
#include "probe/azure/reader.h"
#include "probe/azure/snapshot_json.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_snapshot(const struct az_snapshot *s)
{
	struct strbuf text;
	struct json_out j;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	json_begin(&j, &text, false);
	snapshot_write(&j, NULL, s);
	json_finish(&j);
	fputs(text.text, stdout);
	strbuf_free(&text);
}

static int follow(struct azure_reader *r, double began)
{
	struct az_snapshot last, fresh;
	char err[256] = "";
	size_t circuit, snapshots = 0;
	enum azure_take took = AZURE_TAKE_NONE;
	memset(&last, 0, sizeof(last));
	while (took != AZURE_TAKE_END && took != AZURE_TAKE_ERROR) {
		struct pollfd p = {.fd = r->fd, .events = POLLIN};
		poll(&p, 1, 1000);
		while ((took = azure_reader_take(r, &circuit, &fresh, err, sizeof(err))) == AZURE_TAKE_SNAPSHOT) {
			az_snapshot_free(&last);
			last = fresh;
			snapshots++;
		}
	}
	azure_reader_stop(r);
	fprintf(stderr, "%s snapshots=%zu finished=%d seconds=%.2f %s\n", took == AZURE_TAKE_END ? "end" : "error",
	        snapshots, last.finished, seconds() - began, err);
	print_snapshot(&last);
	az_snapshot_free(&last);
	return took == AZURE_TAKE_END ? 0 : 1;
}

int main(int argc, char **argv)
{
	static struct azure_settings s;
	static struct plan_circuit c;
	struct azure_reader r;
	char err[256];
	if (argc != 6) {
		fprintf(stderr, "usage: driver ENDPOINT TOKEN-FILE RESOURCE-ID GATEWAY-ID|- DEADLINE\n");
		return 3;
	}
	s.auth = AUTH_TOKEN_FILE;
	snprintf(s.management, sizeof(s.management), "%s", argv[1]);
	snprintf(s.token_path, sizeof(s.token_path), "%s", argv[2]);
	snprintf(c.name, sizeof(c.name), "driver");
	snprintf(c.resource_id, sizeof(c.resource_id), "%s", argv[3]);
	if (strcmp(argv[4], "-") != 0)
		snprintf(c.gateway_id, sizeof(c.gateway_id), "%s", argv[4]);
	double began = seconds();
	if (!azure_reader_start(&r, &s, &c, 1, strtod(argv[5], NULL), err, sizeof(err))) {
		fprintf(stderr, "not started: %s\n", err);
		return 3;
	}
	return follow(&r, began);
}
