/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of pcapng (draft-ietf-opsawg-pcapng, sections 3 and 4), shared by
 * the writer and the reader. Every block has the same frame:
 *
 *    0                   1                   2                   3
 *   +---------------------------------------------------------------+
 *   | block type                                                    |
 *   +---------------------------------------------------------------+
 *   | block total length: all of it, a multiple of 4                |
 *   +---------------------------------------------------------------+
 *   / body, padded to 32 bits                                       /
 *   +---------------------------------------------------------------+
 *   | block total length again, so that a file can be read backwards|
 *   +---------------------------------------------------------------+
 *
 * Many bodies end with options: code (16), length (16), value padded to 32 bits;
 * code 0 ends the list. Byte order is that of the section's byte-order magic. */
#ifndef ERPROBE_PCAPNG_FORMAT_H
#define ERPROBE_PCAPNG_FORMAT_H

#define PCAPNG_MAGIC 0x1A2B3C4Du
#define PCAPNG_BLOCK_MIN 12u /* type and both lengths */

enum pcapng_block {
	PCAPNG_SECTION = 0x0A0D0D0A, /* reads the same in both byte orders */
	PCAPNG_INTERFACE = 1,
	PCAPNG_NAMES = 4,
	PCAPNG_STATISTICS = 5,
	PCAPNG_PACKET = 6 /* enhanced packet block */
};

enum pcapng_option {
	OPT_END = 0,
	OPT_COMMENT = 1, /* in any block */
	SHB_HARDWARE = 2,
	SHB_OS = 3,
	SHB_APPLICATION = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_FILTER = 11,
	IF_TSOFFSET = 14,
	EPB_FLAGS = 2, /* bits 0-1: 1 inbound, 2 outbound */
	ISB_START = 2,
	ISB_END = 3,
	ISB_RECEIVED = 4,
	ISB_DROPPED = 5
};

enum pcapng_name_record { NRB_END = 0, NRB_IPV4 = 1, NRB_IPV6 = 2 };

#define LINK_TYPE_ETHERNET 1

/* Classic pcap (the format before pcapng), by its first four bytes read as big endian. */
#define PCAP_MAGIC_US_BE 0xA1B2C3D4u
#define PCAP_MAGIC_US_LE 0xD4C3B2A1u
#define PCAP_MAGIC_NS_BE 0xA1B23C4Du
#define PCAP_MAGIC_NS_LE 0x4D3CB2A1u

#endif
