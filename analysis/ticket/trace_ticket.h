/* SPDX-License-Identifier: BSD-2-Clause */
/* The ticket text of a run of `erprobe trace`: which paths, how far they came, where loss and delay begin, what was
 * tested and what not. No circuit tells whose an address is: those that the reader may not know are
 * withheld, and hops told by their number. */
#ifndef ERPROBE_REPORT_TRACE_TICKET_H
#define ERPROBE_REPORT_TRACE_TICKET_H

#include "analysis/render/page.h"
#include "analysis/ticket/ticket.h"
#include "analysis/trace_report/trace_report.h"

#define TRACE_TICKET_FULL_MAX 12u    /* destinations told of hop by hop */
#define TRACE_TICKET_SUBJECT_MAX 300

struct trace_ticket_rule {
	enum audience audience;
	bool replaced;                   /* the bundle was made for this reader: what stands in it may be shown */
	const struct ip_prefix *shown;   /* else these addresses alone; of a replaced one those that stand as they are */
	size_t shown_count;
};

/* What a first look at every trace found. Zeroed before it. */
struct trace_ticket_sum {
	size_t count, reached, lossy;    /* lossy: reached, with loss that is proven */
	struct ip_addr worst;            /* destination of the first of the worst kind, unset before it */
	uint8_t worst_kind;
	char worst_words[160];           /* and what it is, without an address */
	const struct plan_flow *flow;    /* of the first */
};

/* Once for each trace of the run, before the text is written. */
void trace_ticket_look(struct trace_ticket_sum *sum, const struct trace_entry *t);
/* The subject alone. */
void trace_ticket_subject(const struct trace_ticket_sum *sum, const struct trace_ticket_rule *rule, char subject[TRACE_TICKET_SUBJECT_MAX]);

/* The text: its head, once each trace, its end. */
struct trace_ticket {
	struct page page;
	const struct trace_ticket_rule *rule;
	const struct trace_ticket_sum *sum;
	size_t told, left; /* destinations told of in full, and not */
};
void trace_ticket_begin(struct trace_ticket *k, const struct trace_ticket_rule *rule, const struct trace_ticket_sum *sum,
                        const struct trace_run *run, const struct report_place *place, struct strbuf *out);
/* Those that are no worse than others may be counted alone where there are many. */
void trace_ticket_one(struct trace_ticket *k, const struct trace_entry *t);
void trace_ticket_end(struct trace_ticket *k, const struct trace_run *run);

#endif
