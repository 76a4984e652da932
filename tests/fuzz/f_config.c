/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a configuration: refused with a reason, or read, printed and read back
 * to what prints the same. */
#include "probe/config/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void print_and_read_back(const struct config *c)
{
	struct config again;
	struct strbuf first, second, errors;
	strbuf_init(&first, STRBUF_MAX_DEFAULT);
	strbuf_init(&second, STRBUF_MAX_DEFAULT);
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	config_print(c, &first);
	insist(config_parse("again", first.text, first.len, &again, &errors));
	config_print(&again, &second);
	insist(strcmp(first.text, second.text) == 0);
	config_free(&again);
	strbuf_free(&first);
	strbuf_free(&second);
	strbuf_free(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c;
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	if (config_parse("fuzz", (const char *)data, size, &c, &errors)) {
		insist(errors.len == 0);
		print_and_read_back(&c);
		config_free(&c);
	} else {
		insist(errors.len > 0 && c.circuit_count == 0);
	}
	strbuf_free(&errors);
	return 0;
}
