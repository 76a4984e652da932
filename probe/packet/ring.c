/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/ring.h"

#include "probe/packet/sizes.h"
#include "probe/packet/tap.h"

#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES (64u << 10) /* some 400 frames */
#define BLOCKS 64u              /* 4 MiB: ten times the frames of the probes that a trace has under way unseen, or 128 ms */
#define BLOCK_MS 2u             /* then a block that has any frame is handed over */
#define PLACE_BYTES 2048u        /* of a frame, where frames had places of one size; the kernel only checks it */

struct ring {
	int fd;
	uint8_t *blocks;     /* BLOCKS of BLOCK_BYTES, shared with the kernel */
	uint32_t at;         /* the block that is read */
	uint32_t left, next; /* frames of it that are left, and where the next one begins; 0 = it has not been begun */
};

static bool share_memory(struct ring *r)
{
	struct tpacket_req3 request = {.tp_block_size = BLOCK_BYTES, .tp_block_nr = BLOCKS, .tp_frame_size = PLACE_BYTES,
	                               .tp_frame_nr = BLOCKS * (BLOCK_BYTES / PLACE_BYTES), .tp_retire_blk_tov = BLOCK_MS};
	int version = TPACKET_V3;
	void *memory;

	if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) != 0 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) != 0)
		return false;
	memory = mmap(NULL, (size_t)BLOCKS * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	r->blocks = memory != MAP_FAILED ? memory : NULL;
	return r->blocks != NULL;
}

struct ring *ring_open(const char *iface, const struct sock_fprog *filter)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->fd = tap_socket(iface, filter);
	if (r->fd >= 0 && share_memory(r) && tap_listen(r->fd, iface))
		return r;
	ring_close(r);
	return NULL;
}

void ring_close(struct ring *r)
{
	if (r->blocks != NULL)
		(void)munmap(r->blocks, (size_t)BLOCKS * BLOCK_BYTES);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

int ring_fd(const struct ring *r)
{
	return r->fd;
}

static struct tpacket_hdr_v1 *head_of(const struct ring *r)
{
	return &((struct tpacket_block_desc *)(void *)(r->blocks + (size_t)r->at * BLOCK_BYTES))->hdr.bh1;
}

/* Is there a frame, in the block that was begun or in the next one? */
static bool have_frame(struct ring *r)
{
	struct tpacket_hdr_v1 *head = head_of(r);

	if (r->left > 0)
		return true;
	/* What the kernel wrote before it handed the block over is seen from here on. */
	if ((__atomic_load_n(&head->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0)
		return false;
	r->left = head->num_pkts;
	r->next = head->offset_to_first_pkt;
	return true;
}

static void give_back(struct ring *r)
{
	__atomic_store_n(&head_of(r)->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->at = (r->at + 1) % BLOCKS;
	r->left = 0;
}

/* The kernel has cut it to what the filter says. */
static void take_frame(const struct tpacket3_hdr *h, struct frame *f)
{
	size_t len = h->tp_snaplen < FRAME_BYTES_MAX ? h->tp_snaplen : FRAME_BYTES_MAX;

	/* It crosses a process border, up to its cap_len: there are no stale bytes before. */
	memcpy(f->bytes, (const uint8_t *)h + h->tp_mac, len);
	f->at.ns = (int64_t)h->tp_sec * NS_PER_SEC + h->tp_nsec;
	f->cap_len = (uint16_t)len;
	f->wire_len = h->tp_len;
	if ((h->tp_status & TP_STATUS_VLAN_VALID) != 0 && len >= SIZE_ETHERNET)
		tap_put_tag_back(f, h->tp_status, h->hv1.tp_vlan_tpid, (uint16_t)h->hv1.tp_vlan_tci);
}

int ring_read(struct ring *r, uint8_t slot, int max, capture_sink sink, void *context)
{
	struct frame f;
	int n = 0;

	while (n < max && have_frame(r)) {
		if (r->left > 0) {
			const uint8_t *block = r->blocks + (size_t)r->at * BLOCK_BYTES;
			const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)(const void *)(block + r->next);

			take_frame(h, &f);
			f.iface = slot;
			sink(context, &f);
			r->next += h->tp_next_offset;
			r->left--;
			n++;
		}
		if (r->left == 0)
			give_back(r);
	}
	return n;
}
