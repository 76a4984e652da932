/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what the decoder says of each frame of a capture: one line a frame.
 *
 *     decode_dump FILE.pcap
 *
 * It reads the classic format, little-endian, Ethernet: what the tests write. */
#include "erprobe/bytes.h"
#include "tests/golden/decode_text.h"

#include <stdio.h>

#define PCAP_MAGIC_LE 0xa1b2c3d4u
#define PCAP_ETHERNET 1u

static bool read_header(FILE *in)
{
	uint8_t head[24];

	if (fread(head, 1, sizeof(head), in) != sizeof(head))
		return false;
	struct rd r = rd_over(head, sizeof(head));
	uint32_t magic = rd_u32_le(&r);
	rd_skip(&r, 16);
	return magic == PCAP_MAGIC_LE && rd_u32_le(&r) == PCAP_ETHERNET;
}

/* | seconds (4) | microseconds (4) | captured (4) | on the wire (4) | bytes | */
static bool read_frame(FILE *in, struct frame *f)
{
	uint8_t head[16];

	memset(f, 0, sizeof(*f));
	if (fread(head, 1, sizeof(head), in) != sizeof(head))
		return false;
	struct rd r = rd_over(head, sizeof(head));
	rd_skip(&r, 8);
	uint32_t captured = rd_u32_le(&r);
	f->wire_len = rd_u32_le(&r);
	if (captured > sizeof(f->bytes))
		return false;
	f->cap_len = (uint16_t)captured;
	return fread(f->bytes, 1, captured, in) == captured;
}

int main(int argc, char **argv)
{
	struct frame f;
	struct line l;
	struct decoded d;
	FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;

	if (in == NULL || !read_header(in)) {
		fprintf(stderr, "decode_dump: needs one readable Ethernet pcap file\n");
		if (in != NULL)
			fclose(in);
		return 2;
	}
	while (read_frame(in, &f)) {
		decode_frame(&f, &d);
		puts(decode_text(&d, &l));
	}
	fclose(in);
	return 0;
}
