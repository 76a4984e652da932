/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes pcapng blocks to a buffer: always little endian, so that the same run
 * gives the same bytes on every machine. */
#include "analysis/record/pcapng.h"

#include "analysis/record/pcapng_format.h"
#include "erprobe/bytes.h"

#include <string.h>

#define OPTION_MAX 65532u /* 16-bit length, kept a multiple of 4 */
#define NAME_RECORD_MAX 255u

static void put16(struct strbuf *out, uint16_t v)
{
	uint8_t b[2];
	struct wr w = wr_over(b, sizeof b);

	wr_u16_le(&w, v);
	strbuf_add_bytes(out, b, sizeof b);
}

static void put32(struct strbuf *out, uint32_t v)
{
	uint8_t b[4];
	struct wr w = wr_over(b, sizeof b);

	wr_u32_le(&w, v);
	strbuf_add_bytes(out, b, sizeof b);
}

static void put64(struct strbuf *out, uint64_t v)
{
	put32(out, (uint32_t)v);
	put32(out, (uint32_t)(v >> 32));
}

/* A time stamp is one 64-bit number, but its high half comes first in both byte
 * orders (section 4.3). Units are nanoseconds: every interface says if_tsresol 9. */
static void put_stamp(struct strbuf *out, struct wall_ns t)
{
	uint64_t ns = t.ns > 0 ? (uint64_t)t.ns : 0;

	put32(out, (uint32_t)(ns >> 32));
	put32(out, (uint32_t)ns);
}

static void put_padded(struct strbuf *out, const void *data, size_t len)
{
	static const uint8_t zero[4];

	if (len > 0)
		strbuf_add_bytes(out, data, len);
	if (len % 4 != 0)
		strbuf_add_bytes(out, zero, 4 - len % 4);
}

/* Returns where the block begins; its length is set by block_end(). */
static size_t block_begin(struct strbuf *out, uint32_t type)
{
	size_t at = out->len;

	put32(out, type);
	put32(out, 0);
	return at;
}

static void block_end(struct strbuf *out, size_t at)
{
	uint32_t total = (uint32_t)(out->len - at + 4);
	struct wr w;

	put32(out, total);
	if (!strbuf_ok(out))
		return;
	w = wr_over(out->text + at + 4, 4);
	wr_u32_le(&w, total);
}

static void option(struct strbuf *out, uint16_t code, const void *data, size_t len)
{
	put16(out, code);
	put16(out, (uint16_t)len);
	put_padded(out, data, len);
}

/* Options are UTF-8 without NUL; a cut must not split a character. */
static void option_text(struct strbuf *out, uint16_t code, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len == 0)
		return;
	if (len > OPTION_MAX) {
		len = OPTION_MAX;
		while (len > 0 && ((uint8_t)text[len] & 0xC0) == 0x80)
			len--;
	}
	option(out, code, text, len);
}

static void options_end(struct strbuf *out)
{
	option(out, OPT_END, NULL, 0);
}

/* Section header block (section 4.1):
 *   byte-order magic (32) | major 1 (16) | minor 0 (16) | section length (64) | options
 * The length is "not given" (all ones): readers then go by the blocks. */
void pcapng_section(struct pcapng_writer *w, const struct pcapng_section *s)
{
	size_t at = block_begin(w->out, PCAPNG_SECTION);

	put32(w->out, PCAPNG_MAGIC);
	put16(w->out, 1);
	put16(w->out, 0);
	put64(w->out, UINT64_MAX);
	option_text(w->out, OPT_COMMENT, s->comment);
	for (size_t i = 0; i < s->more_count; i++)
		option_text(w->out, OPT_COMMENT, s->more[i]);
	option_text(w->out, SHB_HARDWARE, s->hardware);
	option_text(w->out, SHB_OS, s->os);
	option_text(w->out, SHB_APPLICATION, s->application);
	options_end(w->out);
	block_end(w->out, at);
}

/* if_filter begins with a byte that names the kind of filter: 0 = libpcap's text. */
static void option_filter(struct strbuf *out, const char *filter)
{
	static const uint8_t libpcap_text = 0;
	size_t len = filter ? strlen(filter) : 0;
	static const uint8_t zero[4];

	if (len == 0 || len + 1 > OPTION_MAX)
		return;
	put16(out, IF_FILTER);
	put16(out, (uint16_t)(len + 1));
	strbuf_add_bytes(out, &libpcap_text, 1);
	strbuf_add_bytes(out, filter, len);
	strbuf_add_bytes(out, zero, (4 - (len + 1) % 4) % 4);
}

/* Interface description block (section 4.2):
 *   link type (16) | reserved (16) | snaplen (32) | options */
void pcapng_interface(struct pcapng_writer *w, const char *name, const char *description, const char *filter,
                      uint32_t snaplen)
{
	static const uint8_t nanoseconds = 9; /* 10^-9 */
	size_t at = block_begin(w->out, PCAPNG_INTERFACE);

	put16(w->out, LINK_TYPE_ETHERNET);
	put16(w->out, 0);
	put32(w->out, snaplen);
	option_text(w->out, IF_NAME, name);
	option_text(w->out, IF_DESCRIPTION, description);
	option(w->out, IF_TSRESOL, &nanoseconds, 1);
	option_filter(w->out, filter);
	options_end(w->out);
	block_end(w->out, at);
}

/* Name-resolution block (section 4.5): records of
 *   type (16) | length (16) | address, name, NUL, padded
 * ended by a record of type 0. */
void pcapng_name(struct pcapng_writer *w, const struct ip_addr *a, const char *name)
{
	uint8_t record[16 + NAME_RECORD_MAX + 1];
	size_t addr_len = ip_addr_len(a->family);
	size_t name_len = name ? strnlen(name, NAME_RECORD_MAX) : 0;

	if (addr_len == 0 || name_len == 0)
		return;
	if (!w->names_open) {
		w->names_at = block_begin(w->out, PCAPNG_NAMES);
		w->names_open = true;
	}
	memcpy(record, a->bytes, addr_len);
	memcpy(record + addr_len, name, name_len);
	record[addr_len + name_len] = 0;
	option(w->out, a->family == IP_V4 ? NRB_IPV4 : NRB_IPV6, record, addr_len + name_len + 1);
}

void pcapng_names_end(struct pcapng_writer *w)
{
	if (!w->names_open)
		return;
	option(w->out, NRB_END, NULL, 0);
	block_end(w->out, w->names_at);
	w->names_open = false;
}

static void option_direction(struct strbuf *out, int outgoing)
{
	uint8_t flags[4];
	struct wr w = wr_over(flags, sizeof flags);

	if (outgoing < 0)
		return;
	wr_u32_le(&w, outgoing ? 2 : 1);
	option(out, EPB_FLAGS, flags, sizeof flags);
}

/* Enhanced packet block (section 4.3):
 *   interface (32) | time high (32) | time low (32) | captured (32) | on the wire (32)
 *   | data, padded | options */
void pcapng_frame(struct pcapng_writer *w, const struct frame *f, int outgoing, const char *const *comments,
                  size_t comment_count)
{
	size_t cap_len = f->cap_len <= FRAME_BYTES_MAX ? f->cap_len : FRAME_BYTES_MAX;
	size_t at = block_begin(w->out, PCAPNG_PACKET);

	put32(w->out, f->iface);
	put_stamp(w->out, f->at);
	put32(w->out, (uint32_t)cap_len);
	put32(w->out, f->wire_len);
	put_padded(w->out, f->bytes, cap_len);
	for (size_t i = 0; i < comment_count; i++)
		option_text(w->out, OPT_COMMENT, comments[i]);
	option_direction(w->out, outgoing);
	options_end(w->out);
	block_end(w->out, at);
}

static void option_stamp(struct strbuf *out, uint16_t code, struct wall_ns t)
{
	put16(out, code);
	put16(out, 8);
	put_stamp(out, t);
}

static void option_count(struct strbuf *out, uint16_t code, uint64_t v)
{
	if (v == PCAPNG_UNKNOWN)
		return;
	put16(out, code);
	put16(out, 8);
	put64(out, v);
}

/* Interface statistics block (section 4.6): interface (32) | time (64) | options */
void pcapng_statistics(struct pcapng_writer *w, uint32_t iface, struct wall_ns start, struct wall_ns end,
                       uint64_t received, uint64_t dropped)
{
	size_t at = block_begin(w->out, PCAPNG_STATISTICS);

	put32(w->out, iface);
	put_stamp(w->out, end);
	option_stamp(w->out, ISB_START, start);
	option_stamp(w->out, ISB_END, end);
	option_count(w->out, ISB_RECEIVED, received);
	option_count(w->out, ISB_DROPPED, dropped);
	options_end(w->out);
	block_end(w->out, at);
}
