/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads pcapng and classic pcap from memory. Nothing in the file is trusted: every
 * length is checked against what is left before it is used. */
#include "analysis/record/pcapng.h"

#include "analysis/record/pcapng_format.h"
#include "analysis/record/pcapng_time.h"
#include "erprobe/bytes.h"

#include <string.h>

/* All comments of one block: the section of a large run holds its plan. */
#define COMMENTS_MAX ((size_t)24 << 20)

struct iface {
	uint16_t link_type;
	struct pcapng_clock clock;
};

struct reader {
	const uint8_t *base;
	size_t len;
	const struct pcapng_handler *h;
	char *err;
	size_t err_size;
	size_t block_at;         /* where the block being read begins, for errors */
	bool big;                /* byte order of the section */
	bool in_section;
	bool stopped;            /* the handler wants no more */
	struct iface ifaces[PCAPNG_IFACES_MAX];
	uint32_t iface_count;    /* in the whole file */
	uint32_t section_first;  /* number of this section's interface 0 */
	struct strbuf comments;  /* of the block being read */
};

static bool fail(struct reader *r, const char *what)
{
	text_format(r->err, r->err_size, "the capture is not readable: %s (block at byte %zu)", what, r->block_at);
	return false;
}

static uint16_t get16(const struct reader *r, struct rd *in)
{
	return r->big ? rd_u16(in) : rd_u16_le(in);
}

static uint32_t get32(const struct reader *r, struct rd *in)
{
	return r->big ? rd_u32(in) : rd_u32_le(in);
}

static uint64_t get64(const struct reader *r, struct rd *in)
{
	return r->big ? rd_u64(in) : rd_u64_le(in);
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* The next option as a reader over its value. False at the end of the options,
 * which may also just stop (section 3.5); *in is failed where one overruns. */
static bool next_option(const struct reader *r, struct rd *in, uint16_t *code, struct rd *value)
{
	uint16_t len;
	struct rd whole;

	if (rd_left(in) == 0)
		return false;
	*code = get16(r, in);
	len = get16(r, in);
	whole = rd_sub(in, padded(len));
	*value = rd_sub(&whole, len);
	return rd_ok(in) && *code != OPT_END;
}

static void add_comment(struct reader *r, struct rd value)
{
	if (r->comments.len > 0)
		strbuf_add_char(&r->comments, '\n');
	if (rd_left(&value) > 0)
		strbuf_add_bytes(&r->comments, value.at, rd_left(&value));
}

static void comments_clear(struct reader *r)
{
	r->comments.len = 0;
}

/* NULL when the block has no comment. */
static const char *comments_text(const struct reader *r)
{
	return r->comments.len > 0 ? r->comments.text : NULL;
}

/* Collects the block's comments from its options; other options are passed over. */
static bool read_comments(struct reader *r, struct rd *in)
{
	uint16_t code;
	struct rd value;

	comments_clear(r);
	while (next_option(r, in, &code, &value)) {
		if (code == OPT_COMMENT)
			add_comment(r, value);
	}
	if (!rd_ok(in))
		return fail(r, "an option is longer than its block");
	if (!strbuf_ok(&r->comments))
		return fail(r, "the comments of one block are too long");
	return true;
}

static bool read_section(struct reader *r, struct rd *in)
{
	uint16_t major;

	rd_skip(in, 4); /* the magic: read_block() has looked at it */
	major = get16(r, in);
	rd_skip(in, 2 + 8); /* minor version; section length, which the blocks tell better */
	if (!rd_ok(in))
		return fail(r, "the section header is cut");
	if (major != 1)
		return fail(r, "it is of a pcapng version other than 1");
	if (!read_comments(r, in))
		return false;
	r->in_section = true;
	r->section_first = r->iface_count;
	if (r->h->section)
		r->h->section(r->h->arg, comments_text(r));
	return true;
}

struct iface_options { char name[NAME_MAX_LEN]; struct pcapng_clock clock; };

static void read_iface_option(const struct reader *r, uint16_t code, struct rd value, struct iface_options *o)
{
	size_t len = rd_left(&value);

	if (code == IF_NAME) {
		if (len >= sizeof o->name)
			len = sizeof o->name - 1;
		rd_bytes(&value, o->name, len);
		o->name[len] = '\0';
	} else if (code == IF_TSRESOL && len == 1) {
		o->clock.resolution = rd_u8(&value);
	} else if (code == IF_TSOFFSET && len == 8) {
		o->clock.offset_s = (int64_t)get64(r, &value);
	}
}

static bool add_iface(struct reader *r, uint16_t link_type, const struct iface_options *o)
{
	if (r->iface_count >= PCAPNG_IFACES_MAX)
		return fail(r, "it has more than 256 interfaces");
	r->ifaces[r->iface_count] = (struct iface){link_type, o->clock};
	if (r->h->interface)
		r->h->interface(r->h->arg, r->iface_count, link_type, o->name[0] ? o->name : NULL);
	r->iface_count++;
	return true;
}

static bool read_interface(struct reader *r, struct rd *in)
{
	struct iface_options o = {.clock = {PCAPNG_MICROSECONDS, 0}};
	uint16_t link_type = get16(r, in);
	uint16_t code;
	struct rd value;

	rd_skip(in, 2 + 4); /* reserved; snaplen, which binds nobody */
	if (!rd_ok(in))
		return fail(r, "an interface block is cut");
	while (next_option(r, in, &code, &value))
		read_iface_option(r, code, value, &o);
	if (!rd_ok(in))
		return fail(r, "an option is longer than its block");
	return add_iface(r, link_type, &o);
}

static void deliver(struct reader *r, const struct frame *f, uint16_t link_type, const char *comment)
{
	if (r->h->frame && !r->h->frame(r->h->arg, f, link_type, comment))
		r->stopped = true;
}

/* The bytes of a packet, those that a frame has room for. */
static void fill_bytes(struct frame *f, struct rd data)
{
	size_t len = rd_left(&data);

	if (len > FRAME_BYTES_MAX)
		len = FRAME_BYTES_MAX;
	f->cap_len = (uint16_t)len;
	rd_bytes(&data, f->bytes, len);
}

static bool read_packet(struct reader *r, struct rd *in)
{
	struct frame f;
	uint32_t iface = get32(r, in);
	uint64_t high = get32(r, in);
	uint64_t stamp = high << 32 | get32(r, in);
	uint32_t cap_len = get32(r, in);
	struct rd whole, data;

	memset(&f, 0, sizeof f);
	f.wire_len = get32(r, in);
	/* Before padded(): it would wrap where size_t has 32 bits. */
	if (!rd_ok(in) || cap_len > rd_left(in))
		return fail(r, "a packet is cut");
	whole = rd_sub(in, padded(cap_len));
	data = rd_sub(&whole, cap_len);
	if (!rd_ok(in))
		return fail(r, "a packet is cut");
	if (iface >= r->iface_count - r->section_first)
		return fail(r, "a packet names an interface that was not described");
	iface += r->section_first;
	if (!pcapng_stamp(&r->ifaces[iface].clock, stamp, &f.at))
		return fail(r, "a time stamp is out of range");
	f.iface = (uint8_t)iface;
	fill_bytes(&f, data);
	if (!read_comments(r, in))
		return false;
	deliver(r, &f, r->ifaces[iface].link_type, comments_text(r));
	return true;
}

static bool read_body(struct reader *r, uint32_t type, struct rd *in)
{
	switch (type) {
	case PCAPNG_SECTION:
		return read_section(r, in);
	case PCAPNG_INTERFACE:
		return read_interface(r, in);
	case PCAPNG_PACKET:
		return read_packet(r, in);
	default:
		return true; /* stepped over */
	}
}

/* A section header says the byte order of all that follows, itself included. */
static bool read_magic(struct reader *r, struct rd head)
{
	uint32_t magic;

	rd_skip(&head, 8);
	magic = rd_u32(&head);
	if (!rd_ok(&head))
		return fail(r, "the section header is cut");
	r->big = magic == PCAPNG_MAGIC;
	if (!r->big && magic != 0x4D3C2B1Au)
		return fail(r, "the byte-order magic is wrong");
	return true;
}

static bool read_block(struct reader *r, struct rd *in)
{
	struct rd block = *in;
	struct rd body;
	uint32_t type = get32(r, &block);
	uint32_t total;

	if (type == PCAPNG_SECTION && !read_magic(r, *in))
		return false;
	if (type != PCAPNG_SECTION && !r->in_section)
		return fail(r, "it is neither pcapng nor pcap");
	total = get32(r, &block);
	if (!rd_ok(&block) || total > rd_left(in))
		return fail(r, "the file ends within a block");
	if (total < PCAPNG_BLOCK_MIN || total % 4 != 0)
		return fail(r, "a block has an impossible length");
	body = rd_sub(&block, total - PCAPNG_BLOCK_MIN);
	if (get32(r, &block) != total)
		return fail(r, "the two lengths of a block differ");
	rd_skip(in, total);
	return read_body(r, type, &body);
}

static bool read_blocks(struct reader *r)
{
	struct rd in = rd_over(r->base, r->len);

	do {
		r->block_at = r->len - rd_left(&in);
		if (!read_block(r, &in))
			return false;
	} while (rd_left(&in) > 0 && !r->stopped);
	return true;
}

/* A packet of classic pcap: seconds (32) | fraction (32) | captured (32) | on the wire (32) | data */
static bool read_classic_packet(struct reader *r, struct rd *in, uint32_t units)
{
	struct frame f;
	int64_t seconds = get32(r, in);
	uint32_t fraction = get32(r, in);
	uint32_t cap_len = get32(r, in);
	struct rd data;

	memset(&f, 0, sizeof f);
	f.wire_len = get32(r, in);
	if (!rd_ok(in) || cap_len > rd_left(in))
		return fail(r, "a packet is cut");
	if (fraction >= units)
		return fail(r, "a time stamp is out of range");
	f.at.ns = seconds * NS_PER_SEC + (int64_t)fraction * (NS_PER_SEC / units);
	data = rd_sub(in, cap_len);
	fill_bytes(&f, data);
	deliver(r, &f, r->ifaces[0].link_type, NULL);
	return true;
}

/* File header: magic (32) | version 2.4 (16, 16) | zone (32) | figures (32) | snaplen (32)
 * | link type (lower 16 bits of 32). units: time stamp fractions a second. */
static bool read_classic(struct reader *r, uint32_t units)
{
	static const struct iface_options none;
	struct rd in = rd_over(r->base, r->len);
	uint16_t link_type;

	rd_skip(&in, 20);
	link_type = (uint16_t)get32(r, &in);
	if (!rd_ok(&in))
		return fail(r, "the file header is cut");
	if (!add_iface(r, link_type, &none))
		return false;
	while (rd_left(&in) > 0 && !r->stopped) {
		r->block_at = r->len - rd_left(&in);
		if (!read_classic_packet(r, &in, units))
			return false;
	}
	return true;
}

static bool read_any(struct reader *r)
{
	struct rd in;
	uint32_t magic;

	if (r->len == 0)
		return fail(r, "the file is empty");
	in = rd_over(r->base, r->len);
	magic = rd_u32(&in);
	r->big = magic == PCAP_MAGIC_US_BE || magic == PCAP_MAGIC_NS_BE;
	switch (magic) {
	case PCAP_MAGIC_US_BE:
	case PCAP_MAGIC_US_LE:
		return read_classic(r, 1000000);
	case PCAP_MAGIC_NS_BE:
	case PCAP_MAGIC_NS_LE:
		return read_classic(r, 1000000000);
	default:
		return read_blocks(r);
	}
}

bool pcapng_read(const void *data, size_t len, const struct pcapng_handler *h, char *err, size_t err_size)
{
	struct reader r;
	bool ok;

	memset(&r, 0, sizeof r);
	r.base = data;
	r.len = len;
	r.h = h;
	r.err = err;
	r.err_size = err_size;
	strbuf_init(&r.comments, COMMENTS_MAX);
	ok = read_any(&r);
	strbuf_free(&r.comments);
	return ok;
}
