/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: BGP and BFD messages. The first byte says what the rest is read as. */
#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/value/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* What stands in a sentence is printable, and ends. */
static void check_text(const char *text, size_t size)
{
	uint32_t cp;

	check(memchr(text, '\0', size) != NULL);
	for (size_t len; (len = utf8_next(text, &cp)) > 0; text += len)
		check(cp != UTF8_INVALID && !utf8_is_unsafe(cp));
}

static void read_open(struct rd r)
{
	struct bgp_open o;
	char words[BGP_FAMILY_WORDS_MAX];

	bgp_open_read(r, &o);
	check(o.family_count <= BGP_FAMILIES_MAX && o.restart_s < 4096);
	for (uint8_t i = 0; i < o.family_count; i++)
		check_text(bgp_family_words(o.families[i], words), sizeof words);
}

static void read_notification(struct rd r)
{
	struct bgp_notification n;
	char words[BGP_WORDS_MAX];

	if (!bgp_notification_read(r, &n))
		return;
	check_text(n.said, sizeof n.said);
	check_text(bgp_error_words(n.code, n.subcode, words), sizeof words);
}

static void read_header(struct rd r)
{
	struct bgp_header h;

	if (bgp_header_read(&r, &h))
		check(h.length >= BGP_HEADER_BYTES && strcmp(bgp_type_name(h.type), "message") != 0);
}

static void read_bfd(struct rd r)
{
	struct bfd_packet p;

	if (bfd_read(r, &p))
		check(p.state <= BFD_UP && p.multiplier > 0 && bfd_diag_name(p.diag) && bfd_state_name(p.state));
}

static void read_end(struct rd r)
{
	struct bgp_family f;

	bgp_update_is_end(r, &f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(struct rd) = {read_open, read_notification, read_header, read_bfd, read_end};

	if (size > 0)
		readers[data[0] % (sizeof readers / sizeof readers[0])](rd_over(data + 1, size - 1));
	return 0;
}
