/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: the frame decoder. The input is one frame; its first byte says how
 * much longer it was on the wire. */
#include "analysis/decode/decode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What every reader of the result relies on. */
static void check(const struct decoded *d)
{
	const struct decoded_extensions *x = &d->icmp.extensions;

	if (d->link.vlan_count > VLAN_TAGS_MAX || x->mpls_count > MPLS_LABELS_MAX)
		abort();
	if (memchr(x->interface_name, '\0', sizeof(x->interface_name)) == NULL)
		abort();
	if ((d->icmp.present || d->tcp.present || d->udp.present) && !d->ip.present)
		abort();
	if (d->ip.present && d->ip.src.family != d->ip.dst.family)
		abort();
	if (x->present && !d->icmp.is_error)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* On the heap: a read past the struct is seen by the sanitizer. */
	struct frame *f = calloc(1, sizeof(*f));
	struct decoded d;

	if (f == NULL)
		return 0;
	if (size > 0) {
		size_t len = size - 1 < FRAME_BYTES_MAX ? size - 1 : FRAME_BYTES_MAX;
		memcpy(f->bytes, data + 1, len);
		memset(f->bytes + len, data[0], FRAME_BYTES_MAX - len);
		f->cap_len = (uint16_t)len;
		f->wire_len = (uint32_t)(len + data[0] % 4u * 100);
	}
	decode_frame(f, &d);
	check(&d);
	free(f);
	return 0;
}
