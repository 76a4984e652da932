/* SPDX-License-Identifier: BSD-2-Clause */
/* Any request at the door: lines of the input are target, Host, Origin, Accept,
 * Sec-Fetch-Site and Sec-Fetch-Mode; and any bytes as a shelf. What is let in is one of
 * the documents, asked for by a name that is ours. */
#include "analysis/web/request.h"
#include "analysis/web/shelf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 6

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void ask(char *text)
{
	const char *line[LINES] = {NULL};
	enum web_document what = WEB_DOCUMENTS;
	struct web_names names = {.count = 0};
	struct web_request r;
	bool good;
	int code;

	web_names_add(&names, "edge-1.example.net");
	for (size_t i = 0; i < LINES && text; i++) {
		char *end = strchr(text, '\n');

		line[i] = text;
		if (end)
			*end++ = '\0';
		text = end;
	}
	r = (struct web_request){line[0] ? line[0] : "", line[1], line[2], line[3], line[4], line[5]};
	code = web_judge(&r, &names, &what);
	insist(code == 200 || code == 400 || code == 403 || code == 404 || code == 421);
	if (code != 200)
		return;
	insist(what < WEB_DOCUMENTS && r.host && web_host_is_ours(r.host, &names, &good) && good);
	insist(r.target[0] == '/' && (!r.origin || strcmp(r.origin + strlen("http://"), r.host) == 0));
}

static void read_shelf(const uint8_t *data, size_t size)
{
	struct shelf_reader r = shelf_over(data, size);
	struct shelf_entry e;
	size_t sum = 0;

	while (shelf_next(&r, &e)) {
		sum += 6 + strlen(e.id) + e.len;
		insist((const uint8_t *)e.text + e.len <= data + size && strlen(e.id) < SHELF_ID_MAX);
	}
	insist(r.bad || sum <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	ask(text);
	free(text);
	read_shelf(data, size);
	return 0;
}
