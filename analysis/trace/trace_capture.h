/* SPDX-License-Identifier: BSD-2-Clause */
/* How the capture of a trace hands its frames over. All three have the same stamps, the kernel's
 * of when a frame passed; they differ in what they cost and in when the frame is here. */
#ifndef ERPROBE_TRACE_CAPTURE_H
#define ERPROBE_TRACE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#define TRACE_BULK_FROM 64 /* destinations from which frames may come in blocks, and only how far it is counts */

enum trace_capture {
	TRACE_CAPTURE_LIGHT = 1, /* at once, by a packet socket without a ring: quickest to begin, with the smallest buffer */
	TRACE_CAPTURE_QUICK,     /* at once, by a ring */
	TRACE_CAPTURE_BULK       /* in blocks, some milliseconds late: least processor time a frame */
};

/* What so many destinations need; rate: packets a second in all; sizes: large datagrams are asked for. */
enum trace_capture trace_capture_for(size_t destinations, double rate, bool sizes);
/* "light", "quick", "bulk", as the packet program has it; NULL for none. */
const char *trace_capture_name(enum trace_capture c);

#endif
