/* SPDX-License-Identifier: BSD-2-Clause */
/* The door: a capture file of anybody. Whatever it holds, frames keep their bounds,
 * a failure has a reason, and what is read can be written and read again. */
#include "analysis/record/pcapng.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct copying { struct pcapng_writer w; uint32_t ifaces; size_t frames; };

static void on_interface(void *arg, uint32_t iface, uint16_t link_type, const char *name)
{
	struct copying *c = arg;

	(void)link_type;
	if (iface != c->ifaces || iface >= PCAPNG_IFACES_MAX)
		abort();
	c->ifaces++;
	pcapng_interface(&c->w, name, NULL, NULL, FRAME_BYTES_MAX);
}

static bool on_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct copying *c = arg;

	(void)link_type;
	if (f->cap_len > FRAME_BYTES_MAX || f->iface >= c->ifaces || f->at.ns < 0)
		abort();
	pcapng_frame(&c->w, f, -1, &comment, comment ? 1 : 0);
	c->frames++;
	return c->frames < 5000;
}

static bool count_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	size_t *frames = arg;

	(void)f;
	(void)link_type;
	(void)comment;
	(*frames)++;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf out;
	struct copying c = {.w = {.out = &out}};
	struct pcapng_section s = {0};
	struct pcapng_handler copy = {&c, NULL, on_interface, on_frame};
	size_t again = 0;
	struct pcapng_handler count = {&again, NULL, NULL, count_frame};
	char err[160] = "";

	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	pcapng_section(&c.w, &s);
	if (!pcapng_read(data, size, &copy, err, sizeof err) && err[0] == '\0')
		abort();
	if (strbuf_ok(&out) && (!pcapng_read(out.text, out.len, &count, err, sizeof err) || again != c.frames))
		abort();
	strbuf_free(&out);
	return 0;
}
