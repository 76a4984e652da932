/* SPDX-License-Identifier: BSD-2-Clause */
/* What no evidence may hold though it passes by. */
#ifndef ERPROBE_BLANK_H
#define ERPROBE_BLANK_H

#include "erprobe/frame.h"

/* The digests of TCP signatures (RFC 2385, RFC 5925): who has them can try keys at leisure.
 * Of a segment and of one that an ICMP error quotes they become zeros; so does the segment's
 * checksum, which would give part of them away, while that of the ICMP error stays right. */
void frame_blank_digests(struct frame *f);

#endif
