/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/plan_words.h"

#include "analysis/record/comment.h"
#include "erprobe/event.h"

#include <stddef.h>
#include <string.h>

#define VALUES_MAX 32 /* no enumeration of the plan has more */

/* Only what a flow can be bound to; "both" is a verdict's word. */
static const char *flow_link(int value)
{
	if (value == LINK_PRIMARY || value == LINK_SECONDARY)
		return link_name((enum link_id)value);
	return value == LINK_ANY ? "any" : NULL;
}

const char *plan_word(enum plan_word w, int value)
{
	if (value < 0 || value >= VALUES_MAX)
		return NULL;
	switch (w) {
	case WORD_PEERING:
		return peering_name((enum peering_type)value);
	case WORD_HANDOFF:
		return handoff_name((enum handoff)value);
	case WORD_DOMAIN:
		return value == DOMAIN_NONE ? "none" : domain_name((enum domain)value);
	case WORD_LINK:
		return flow_link(value);
	case WORD_ROLE:
		return flow_role_name((enum flow_role)value);
	case WORD_KIND:
		return value > 0 && value < PROBE_KINDS ? comment_kind_name((uint8_t)value) : NULL;
	case WORD_RESULT:
		return value < SEND_RESULTS ? comment_send_result_name((uint8_t)value) : NULL;
	case WORD_END:
		return end_reason_name((enum end_reason)value);
	}
	return NULL;
}

int plan_word_value(enum plan_word w, const char *text)
{
	for (int value = 0; text && value < VALUES_MAX; value++) {
		const char *word = plan_word(w, value);

		if (word && strcmp(word, text) == 0)
			return value;
	}
	return -1;
}
