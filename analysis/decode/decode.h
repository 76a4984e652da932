/* SPDX-License-Identifier: BSD-2-Clause */
/* A captured frame, taken apart. Nothing here knows probes: it says what a
 * packet is, not whose. A packet may be cut at any byte: what was decoded before
 * the cut is kept, and `cut` says that something is missing. */
#ifndef ERPROBE_DECODE_H
#define ERPROBE_DECODE_H

#include "erprobe/bytes.h"
#include "erprobe/frame.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VLAN_TAGS_MAX 2

struct decoded_link {
	uint8_t src[6], dst[6];
	uint16_t ethertype;              /* after tags */
	uint16_t vlan[VLAN_TAGS_MAX];    /* TCI: PCP, DEI, VLAN id; outer first */
	uint16_t vlan_tpid[VLAN_TAGS_MAX]; /* 0x8100 802.1Q, 0x88a8 802.1ad, 0x9100 older QinQ */
	uint8_t vlan_count;
};

struct decoded_ip {
	bool present;
	struct ip_addr src, dst;
	uint8_t protocol;                /* after IPv6 extension headers */
	uint8_t ttl;
	uint8_t tos;
	uint16_t ip_id;                  /* IPv4 */
	uint32_t flow_label;             /* IPv6 */
	uint16_t total_len;              /* as the header says, header included (IPv6: payload + 40) */
	bool fragment;                   /* not the first fragment: no transport header */
	bool dont_fragment;
	bool checksum_ok;                /* IPv4 header checksum; true for IPv6 */
};

/* What a segment or datagram carries, as far as it was captured. It points into the frame. */
struct decoded_payload { const uint8_t *at; size_t len; };

/* How a segment proves who sent it: the kind of its TCP option (IANA). */
enum tcp_signature { TCP_UNSIGNED = 0, TCP_MD5 = 19 /* RFC 2385 */, TCP_AO = 29 /* RFC 5925 */ };
/* The signature among these options. *digest is what that option holds, as far as it is there. */
enum tcp_signature tcp_signature_find(struct rd options, struct decoded_payload *digest);

struct decoded_tcp {
	bool present;                    /* ports and seq */
	uint16_t src_port, dst_port;
	uint32_t seq;
	bool full_header;                /* the rest, else 0 */
	uint32_t ack;
	uint8_t flags;
	uint16_t window;
	uint8_t signature;               /* enum tcp_signature */
	const uint8_t *start;            /* where the header begins in the frame */
	struct decoded_payload payload;  /* empty where the header is not whole */
};
struct decoded_udp {
	bool present;
	uint16_t src_port, dst_port, len, checksum;
	bool has_payload;                /* token and probe id below are valid (probe.h draws them) */
	uint64_t token;
	uint32_t probe_id;
	struct decoded_payload payload;
};
#define TCP_HEADER_MIN 20u
#define TCP_CHECKSUM_AT 16 /* bytes from its start */
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

struct decoded_echo {
	bool present;
	uint16_t id, seq;
	bool has_payload;                /* token and probe id below are valid (probe.h draws them) */
	uint64_t token;
	uint32_t probe_id;
};

/* Which interface of the router an object is of (RFC 5837 4.1). */
enum interface_role { INTERFACE_CAME_IN = 0, INTERFACE_PART_CAME_IN, INTERFACE_GOES_OUT, INTERFACE_NEXT_HOP, INTERFACE_ROLES };
/* "incoming", "part of incoming", "outgoing", "next hop". */
const char *interface_role_name(uint8_t role);

/* RFC 4884 extension objects: RFC 4950 MPLS labels, RFC 5837 interface information. */
struct decoded_extensions {
	bool present;
	bool checksum_ok;                /* or none was made; else no object is read */
	struct mpls_label mpls[MPLS_LABELS_MAX];
	uint8_t mpls_count;
	bool has_interface;              /* of several the one nearest to where the packet came in */
	uint8_t interface_role;          /* enum interface_role */
	uint32_t interface_index;        /* 0 = not told */
	struct ip_addr interface_addr;
	char interface_name[64];         /* safe to print */
};

struct decoded_icmp {
	bool present;
	uint8_t type, code;
	uint16_t checksum;
	bool checksum_ok;                /* false also where the packet is cut */
	const uint8_t *start;            /* of the message, in the frame */
	uint32_t rest;                   /* second word: MTU of 3/4 and ICMPv6 2/0, pointer, … */
	struct decoded_echo echo;        /* types 8, 0; ICMPv6 128, 129 */
	bool is_error;                   /* 3, 4, 5, 11, 12; ICMPv6 1..4 */
	/* The datagram that an error quotes (RFC 792, RFC 1812 4.3.2.3, RFC 4443): */
	struct decoded_ip quoted_ip;
	struct decoded_tcp quoted_tcp;   /* at least ports and seq when present (8 bytes) */
	struct decoded_udp quoted_udp;
	bool quoted_icmp;
	uint8_t quoted_icmp_type, quoted_icmp_code;
	uint16_t quoted_icmp_sum;
	struct decoded_echo quoted_echo;
	struct decoded_extensions extensions;
};

struct decoded_neighbour {       /* ARP, or ICMPv6 135/136 */
	bool present;
	bool reply;                      /* ARP reply or neighbour advertisement */
	struct ip_addr sender, target;   /* protocol addresses; for ND: IP source and the target */
	uint8_t link_addr[6];            /* the sender's hardware address (option 1/2 for ND) */
	bool has_link_addr;
};

enum decode_status {
	DECODE_OK = 0,
	DECODE_CUT,       /* the capture, or a first fragment, ends before the packet does */
	DECODE_MALFORMED, /* its own lengths and versions contradict each other */
	DECODE_UNKNOWN    /* a protocol that is not decoded; the layers below are */
};

struct decoded {
	enum decode_status status;
	struct decoded_link link;
	struct decoded_ip ip;
	struct decoded_icmp icmp;
	struct decoded_tcp tcp;
	struct decoded_udp udp;
	struct decoded_neighbour neighbour;
};

/* Decodes a frame from its Ethernet header on. Never reads past cap_len. */
void decode_frame(const struct frame *f, struct decoded *out);

#endif
