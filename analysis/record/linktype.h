/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames of other link types, as captures of others have them, made into the Ethernet
 * frames that everything here reads (https://www.tcpdump.org/linktypes.html). */
#ifndef ERPROBE_LINKTYPE_H
#define ERPROBE_LINKTYPE_H

#include "erprobe/frame.h"

#include <stdbool.h>
#include <stdint.h>

#define LINK_TYPE_NULL 0
#define LINK_TYPE_RAW_BSD 12     /* DLT_RAW, where somebody wrote the DLT number */
#define LINK_TYPE_RAW_OPENBSD 14
#define LINK_TYPE_RAW 101
#define LINK_TYPE_LOOP 108
#define LINK_TYPE_SLL 113        /* tcpdump -i any */
#define LINK_TYPE_IPV4 228
#define LINK_TYPE_IPV6 229
#define LINK_TYPE_SLL2 276       /* the same of newer builds */

/* Replaces the link header by an Ethernet one with empty addresses; wire_len follows.
 * What no longer fits is cut off. False for a type that is not known or a header that is
 * cut; then the frame is as it was. */
bool link_type_to_ethernet(struct frame *f, uint16_t link_type);

#endif
