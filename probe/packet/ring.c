/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's packet_mmap.rst draws the ring: blocks, which it fills in turn and hands over by their status;
 * in each a row of frames, every one behind a struct tpacket3_hdr that tells where the next begins. */
#include "probe/packet/ring.h"

#include "probe/packet/tap.h"

#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* 16 MiB and half a second: in bulk about so much comes in BLOCK_MS, after which a block is handed over as it is. */
#define BLOCK_BYTES (64u << 10)
#define BLOCKS 256u
#define BLOCK_MS 2
#define SLOT_BYTES 2048u /* the kernel asks for a size of frames, and uses none here */

struct ring {
	int fd;
	uint8_t *map;
	uint32_t block;    /* whose turn it is */
	uint32_t left;     /* frames of it that were not read yet */
	uint32_t next;     /* where the next of them begins in the block */
};

static struct tpacket_block_desc *block_of(const struct ring *r)
{
	return (struct tpacket_block_desc *)(void *)(r->map + (size_t)r->block * BLOCK_BYTES);
}

static bool set_up(struct ring *r)
{
	struct tpacket_req3 want = {.tp_block_size = BLOCK_BYTES, .tp_block_nr = BLOCKS, .tp_frame_size = SLOT_BYTES,
	                            .tp_frame_nr = BLOCKS * (BLOCK_BYTES / SLOT_BYTES), .tp_retire_blk_tov = BLOCK_MS};
	int version = TPACKET_V3;

	if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) != 0 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &want, sizeof(want)) != 0)
		return false;
	void *map = mmap(NULL, (size_t)BLOCKS * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	r->map = map != MAP_FAILED ? map : NULL;
	return r->map != NULL;
}

struct ring *ring_open(const char *iface, const struct sock_fprog *filter)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->fd = tap_socket(iface, filter);
	if (r->fd >= 0 && set_up(r) && tap_listen(r->fd, iface))
		return r;
	ring_close(r);
	return NULL;
}

void ring_close(struct ring *r)
{
	if (r == NULL)
		return;
	if (r->map != NULL)
		(void)munmap(r->map, (size_t)BLOCKS * BLOCK_BYTES);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

int ring_fd(const struct ring *r)
{
	return r->fd;
}

/* The block whose turn it is, if the kernel has handed it over: its bytes are ours to read from then on. */
static bool begin_block(struct ring *r)
{
	struct tpacket_block_desc *b = block_of(r);

	if ((__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0)
		return false;
	r->left = b->hdr.bh1.num_pkts;
	r->next = b->hdr.bh1.offset_to_first_pkt;
	return true;
}

static void end_block(struct ring *r)
{
	__atomic_store_n(&block_of(r)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->block = (r->block + 1) % BLOCKS;
}

/* Up to its cap_len: it crosses a process border, and there are no stale bytes before. */
static void take_frame(struct ring *r, struct frame *f)
{
	const uint8_t *at = (const uint8_t *)block_of(r) + r->next;
	const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)(const void *)at;
	size_t len = h->tp_snaplen < FRAME_BYTES_MAX ? h->tp_snaplen : FRAME_BYTES_MAX;

	f->at.ns = (int64_t)h->tp_sec * NS_PER_SEC + h->tp_nsec;
	f->wire_len = h->tp_len;
	f->cap_len = (uint16_t)len;
	memcpy(f->bytes, at + h->tp_mac, len);
	if ((h->tp_status & TP_STATUS_VLAN_VALID) != 0)
		tap_put_tag_back(f, (h->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0, h->hv1.tp_vlan_tpid, (uint16_t)h->hv1.tp_vlan_tci);
	r->next += h->tp_next_offset;
	r->left--;
}

int ring_read(struct ring *r, uint8_t slot, int max, capture_sink sink, void *context)
{
	struct frame f;
	int n = 0;

	f.iface = slot;
	while (n < max && (r->left > 0 || begin_block(r))) {
		/* One that was handed over for its age may be empty. */
		for (; n < max && r->left > 0; n++) {
			take_frame(r, &f);
			sink(context, &f);
		}
		if (r->left == 0)
			end_block(r);
	}
	return n;
}
