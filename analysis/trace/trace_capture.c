/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/trace_capture.h"

/* Its buffer is to last for the tenth of a second in which a busy host does not run us;
 * large frames fill it soon. */
#define LIGHT_MOST 4
#define LIGHT_RATE 2000.0

enum trace_capture trace_capture_for(size_t destinations, double rate, bool sizes)
{
	if (destinations >= TRACE_BULK_FROM)
		return TRACE_CAPTURE_BULK;
	return destinations <= LIGHT_MOST && rate <= LIGHT_RATE && !sizes ? TRACE_CAPTURE_LIGHT : TRACE_CAPTURE_QUICK;
}

const char *trace_capture_name(enum trace_capture c)
{
	static const char *const names[] = {
		[TRACE_CAPTURE_LIGHT] = "light", [TRACE_CAPTURE_QUICK] = "quick", [TRACE_CAPTURE_BULK] = "bulk"};

	return (size_t)c < sizeof names / sizeof names[0] ? names[c] : NULL;
}
