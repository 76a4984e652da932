/* SPDX-License-Identifier: BSD-2-Clause */
/* The enumerations of plan.json as words, both ways. */
#ifndef ERPROBE_PLAN_WORDS_H
#define ERPROBE_PLAN_WORDS_H

enum plan_word {
	WORD_PEERING, /* enum peering_type */
	WORD_HANDOFF, /* enum handoff */
	WORD_DOMAIN,  /* enum domain */
	WORD_LINK,    /* enum link_id of a flow: primary, secondary, any */
	WORD_ROLE,    /* enum flow_role */
	WORD_KIND,    /* enum probe_kind */
	WORD_RESULT,  /* enum send_result */
	WORD_END      /* enum end_reason */
};

/* NULL when the enumeration has no such value. */
const char *plan_word(enum plan_word w, int value);
/* -1 when there is no such word (or text is NULL). */
int plan_word_value(enum plan_word w, const char *text);

#endif
