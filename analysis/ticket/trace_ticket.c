/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/ticket/trace_ticket.h"

#include "analysis/record/comment.h"
#include "analysis/render/words.h"
#include "analysis/ticket/ticket_parts.h"
#include "analysis/value/plural.h"

#include <inttypes.h>
#include <string.h>

enum { WIDTH = 80, TTL_COLUMNS = 4, GAP = 2, ADDRESS_COLUMNS = 28, ANSWERED_COLUMNS = 10, LOSS_COLUMNS = 18, RTT_COLUMNS = 12 };
#define STEP_MIN_NS INT64_C(1000000) /* delay that one part of a path adds: less is no finding */
#define LINE_MAX_LEN 500
#define HOP_WORDS_MAX 80

/* The worse, the higher. */
enum kind { KIND_GOOD = 1, KIND_LOSSY, KIND_REFUSED, KIND_SILENT, KIND_NOT_SENT };

/* -- what a trace says -- */

static const struct hop_result *end_of(const struct trace_result *r)
{
	return r->reached && r->hop_count > 0 ? &r->hops[r->hop_count - 1].hop : NULL;
}

static enum kind kind_of(const struct trace_result *r)
{
	const struct hop_result *end = end_of(r);

	if (r->state == TRACE_STATE_NOT_SENT)
		return KIND_NOT_SENT;
	if (r->state == TRACE_STATE_FILTERED || r->state == TRACE_STATE_UNREACHABLE)
		return KIND_REFUSED;
	if (!r->reached)
		return KIND_SILENT;
	return (end && end->loss.known && end->answered < end->sent) || r->flow_loss.bad_count > 0 || r->sizes.loss_differs ? KIND_LOSSY : KIND_GOOD;
}

/* The last hop that was answered; 0 = none. */
static uint8_t last_answer(const struct trace_result *r)
{
	uint8_t ttl = 0;

	for (size_t i = 0; i < r->hop_count; i++)
		if (r->hops[i].hop.answered > 0)
			ttl = r->hops[i].hop.ttl;
	return ttl;
}

/* In words without an address. */
static void kind_words(const struct trace_result *r, char *buf, size_t size)
{
	const struct hop_result *end = end_of(r);
	char share[WORDS_MAX];

	switch (kind_of(r)) {
	case KIND_NOT_SENT:
		text_format(buf, size, "nothing could be sent: %s", comment_send_result_name((uint8_t)r->refusal));
		break;
	case KIND_REFUSED:
		text_format(buf, size, "%s", r->has_state_icmp ? trace_icmp_words(r->flow->dst.family, r->state_icmp_type, r->state_icmp_code)
		                                               : trace_state_name(r->state));
		break;
	case KIND_SILENT:
		if (last_answer(r) > 0)
			text_format(buf, size, "no answer from behind hop %u", (unsigned)last_answer(r));
		else
			text_format(buf, size, "no answer from any hop");
		break;
	case KIND_LOSSY:
		text_format(buf, size, "%s", end && end->answered < end->sent ? loss_words(&end->loss, false, share)
		                             : r->flow_loss.bad_count > 0     ? "some flows lose what others do not"
		                                                              : "large packets are lost, small ones are not");
		break;
	case KIND_GOOD:
		text_format(buf, size, "no fault found");
		break;
	}
}

void trace_ticket_look(struct trace_ticket_sum *sum, const struct trace_entry *t)
{
	const struct trace_result *r = t->result;
	enum kind kind = kind_of(r);

	if (sum->count++ == 0)
		sum->flow = r->flow;
	sum->reached += r->reached;
	sum->lossy += kind == KIND_LOSSY;
	if (kind <= (enum kind)sum->worst_kind)
		return;
	sum->worst_kind = (uint8_t)kind;
	sum->worst = r->flow->dst;
	kind_words(r, sum->worst_words, sizeof sum->worst_words);
}

/* -- who may see what -- */

static bool shows(const struct trace_ticket_rule *rule, const struct ip_addr *a)
{
	if (rule->audience == AUDIENCE_INTERNAL || rule->replaced)
		return true;
	for (size_t i = 0; i < rule->shown_count; i++)
		if (ip_prefix_contains(&rule->shown[i], a))
			return true;
	return false;
}

static const char *address_words(const struct trace_ticket_rule *rule, const struct ip_addr *a, char buf[IP_TEXT_MAX])
{
	return shows(rule, a) ? ip_addr_text(a, buf) : "(withheld)";
}

/* "hop 5 (172.16.1.2)" */
static const char *hop_words_of(const struct trace_ticket_rule *rule, const struct hop_result *h, char buf[HOP_WORDS_MAX])
{
	char text[IP_TEXT_MAX];

	if (h->address_count > 0 && shows(rule, &h->addresses[0]))
		text_format(buf, HOP_WORDS_MAX, "hop %u (%s)", (unsigned)h->ttl, ip_addr_text(&h->addresses[0], text));
	else
		text_format(buf, HOP_WORDS_MAX, "hop %u", (unsigned)h->ttl);
	return buf;
}

/* -- where loss and delay begin -- */

/* Up to the last hop whose path provably loses less than the whole: behind it the loss begins. */
static const struct hop_result *clean_until(const struct trace_result *r, const struct hop_result *end)
{
	const struct hop_result *clean = NULL;

	for (size_t i = 0; i + 1 < r->hop_count; i++) {
		const struct hop_result *h = &r->hops[i].hop;

		if (h->answered > 0 && h->path_loss.known && h->path_loss.high < end->loss.low)
			clean = h;
	}
	return clean;
}

/* A router answers late when it is busy, so what the way to it takes is at most what any hop behind it shows. */
static int64_t least_from(const struct trace_result *r, size_t from)
{
	int64_t least = INT64_MAX;

	for (size_t i = from; i < r->hop_count; i++) {
		const struct rtt_summary *rtt = &r->hops[i].hop.rtt;

		if (rtt->known && rtt->median_ns < least)
			least = rtt->median_ns;
	}
	return least;
}

static void delay_line(struct page *p, const struct trace_ticket_rule *rule, const struct trace_result *r)
{
	const struct hop_result *before = NULL, *from = NULL, *to = NULL;
	int64_t step = 0, known = 0, whole = least_from(r, r->hop_count > 0 ? r->hop_count - 1 : 0);
	char a[HOP_WORDS_MAX], b[HOP_WORDS_MAX], ms[WORDS_MAX], all[WORDS_MAX], line[LINE_MAX_LEN];

	for (size_t i = 0; i < r->hop_count; i++) {
		const struct hop_result *h = &r->hops[i].hop;
		int64_t here;

		if (!h->rtt.known)
			continue;
		here = least_from(r, i);
		if (here - known > step) {
			step = here - known;
			from = before;
			to = h;
		}
		known = here;
		before = h;
	}
	if (!to || step < STEP_MIN_NS || whole == INT64_MAX)
		return;
	text_format(line, sizeof line, "Delay: the largest step, %s of %s, lies between %s and %s.", ms_words(step, true, ms), ms_words(whole, true, all),
	            from ? hop_words_of(rule, from, a) : "this host", hop_words_of(rule, to, b));
	ticket_bullet(p, line);
}

static void loss_line(struct page *p, const struct trace_ticket_rule *rule, const struct trace_result *r)
{
	const struct hop_result *end = end_of(r), *clean;
	char loss[WORDS_MAX], hop[HOP_WORDS_MAX], bound[WORDS_MAX], line[LINE_MAX_LEN];

	if (!end || !end->loss.known)
		return;
	clean = end->answered < end->sent ? clean_until(r, end) : NULL;
	if (end->answered == end->sent)
		text_format(line, sizeof line, "Loss, there and back: none of %u probe%s of the destination (at most %s).", (unsigned)end->sent, PLURAL_S(end->sent),
		            bound_words(end->loss.high, bound));
	else if (clean)
		text_format(line, sizeof line, "Loss, there and back: %s of %u probe%s of the destination; it begins behind %s, up to which at most %s is lost.",
		            loss_figures(&end->loss, false, loss), (unsigned)end->sent, PLURAL_S(end->sent), hop_words_of(rule, clean, hop), bound_words(clean->path_loss.high, bound));
	else
		text_format(line, sizeof line, "Loss, there and back: %s of %u probe%s of the destination; where it begins these probes do not tell.",
		            loss_figures(&end->loss, false, loss), (unsigned)end->sent, PLURAL_S(end->sent));
	ticket_bullet(p, line);
}

static void size_lines(struct page *p, const struct trace_ticket_rule *rule, const struct trace_mtu *m)
{
	char line[LINE_MAX_LEN], by[IP_TEXT_MAX];

	if (m->full == 0 || m->furthest == 0)
		return;
	if (m->refused == 0)
		text_format(line, sizeof line, "Size: datagrams of %u bytes reach hop %u.", (unsigned)m->carried, (unsigned)m->furthest);
	else
		text_format(line, sizeof line, "Size: datagrams of %u bytes reach hop %u, of %u bytes they do not.", (unsigned)m->carried, (unsigned)m->furthest,
		            (unsigned)m->refused);
	ticket_bullet(p, line);
	for (uint8_t i = 0; i < m->limit_count && i < TRACE_MTU_LIMITS; i++) {
		const struct trace_mtu_limit *l = &m->limits[i];

		text_format(line, sizeof line, "Size: the limit lies between %s%u and hop %u%s; %s%s.", l->after > 0 ? "hop " : "this host, TTL ", (unsigned)l->after,
		            (unsigned)l->before, l->or_back ? " (or on the way back)" : "", l->told ? "it is told by " : "nobody tells of it: larger ones vanish",
		            l->told ? address_words(rule, &l->told_by, by) : "");
		ticket_bullet(p, line);
	}
	if (m->loss_differs) {
		text_format(line, sizeof line, "Size: between hop %u and hop %u large datagrams are lost more often than small ones.", (unsigned)m->loss_after,
		            (unsigned)m->loss_before);
		ticket_bullet(p, line);
	}
}

static void flow_line(struct page *p, const struct mda_loss *l)
{
	char line[LINE_MAX_LEN];

	if (l->flows == 0 || l->bad_count == 0)
		return;
	text_format(line, sizeof line, "Flows: %u of %u flows to this destination lose what the others do not, as a failed member of a bundle makes them.",
	            (unsigned)l->bad_count, (unsigned)l->flows);
	ticket_bullet(p, line);
}

/* -- hop by hop -- */

static void hop_line(struct page *p, const struct trace_ticket_rule *rule, const struct hop_result *h)
{
	char text[IP_TEXT_MAX] = "*", figure[WORDS_MAX];
	const char *address = h->address_count > 0 ? address_words(rule, &h->addresses[0], text) : "*";

	text_format(figure, sizeof figure, "%u", (unsigned)h->ttl);
	page_cell_right(p, TONE_PLAIN, figure, TTL_COLUMNS);
	page_to(p, TTL_COLUMNS + GAP);
	page_text(p, TONE_PLAIN, address);
	if (strlen(address) >= ADDRESS_COLUMNS)
		page_line(p);
	page_to(p, TTL_COLUMNS + GAP + ADDRESS_COLUMNS);
	text_format(figure, sizeof figure, "%u/%u", (unsigned)h->answered, (unsigned)h->sent);
	page_cell_right(p, TONE_PLAIN, figure, ANSWERED_COLUMNS);
	if (h->answered > 0 && h->path_loss.known)
		text_format(figure, sizeof figure, "<= %s", bound_words(h->path_loss.high, (char[WORDS_MAX]){0}));
	else
		text_format(figure, sizeof figure, "-");
	page_cell_right(p, TONE_PLAIN, figure, LOSS_COLUMNS);
	page_cell_right(p, TONE_PLAIN, h->rtt.known ? ms_words(h->rtt.median_ns, true, figure) : "-", RTT_COLUMNS);
	page_line(p);
}

static void table(struct page *p, const struct trace_ticket_rule *rule, const struct trace_result *r)
{
	if (r->hop_count == 0)
		return;
	page_line(p);
	page_cell_right(p, TONE_PLAIN, "hop", TTL_COLUMNS);
	page_to(p, TTL_COLUMNS + GAP);
	page_cell(p, TONE_PLAIN, "address", ADDRESS_COLUMNS);
	page_cell_right(p, TONE_PLAIN, "answered", ANSWERED_COLUMNS);
	page_cell_right(p, TONE_PLAIN, "loss of the path", LOSS_COLUMNS);
	page_cell_right(p, TONE_PLAIN, "median", RTT_COLUMNS);
	page_line(p);
	for (size_t i = 0; i < r->hop_count; i++)
		hop_line(p, rule, &r->hops[i].hop);
}

void trace_ticket_one(struct trace_ticket *k, const struct trace_entry *t)
{
	const struct trace_result *r = t->result;
	char line[LINE_MAX_LEN], words[160], to[IP_TEXT_MAX], probe[WORDS_MAX], by[IP_TEXT_MAX];
	bool room = k->told < TRACE_TICKET_FULL_MAX;

	/* With many, those that are well do not take the place of those that are not. */
	if (k->sum->count > TRACE_TICKET_FULL_MAX && kind_of(r) == KIND_GOOD && k->sum->worst_kind > KIND_GOOD)
		room = false;
	if (!room) {
		k->left++;
		return;
	}
	k->told++;
	text_format(line, sizeof line, "Path to %s by %s", shows(k->rule, &r->flow->dst) ? address_words(k->rule, &r->flow->dst, to) : "a destination (withheld)", probe_words(r->flow, probe));
	page_heading(&k->page, line);
	kind_words(r, words, sizeof words);
	text_format(line, sizeof line, "%s: %s%s%s%s%s", r->reached ? "Reached" : "Not reached", words, kind_of(r) == KIND_REFUSED ? ", says " : "",
	            kind_of(r) == KIND_REFUSED ? address_words(k->rule, &r->state_by, by) : "", r->complete ? "" : " (the run ended early)", ".");
	ticket_bullet(&k->page, line);
	loss_line(&k->page, k->rule, r);
	delay_line(&k->page, k->rule, r);
	size_lines(&k->page, k->rule, &r->sizes);
	flow_line(&k->page, &r->flow_loss);
	table(&k->page, k->rule, r);
}

/* -- head and end -- */

void trace_ticket_subject(const struct trace_ticket_sum *sum, const struct trace_ticket_rule *rule, char subject[TRACE_TICKET_SUBJECT_MAX])
{
	char to[IP_TEXT_MAX], more[WORDS_MAX] = "";

	if (sum->count > 1)
		text_format(more, sizeof more, " and %zu more destination%s", sum->count - 1, sum->count == 2 ? "" : "s");
	text_format(subject, TRACE_TICKET_SUBJECT_MAX, "Path measurement to %s%s: %s",
	            ip_addr_is_set(&sum->worst) && shows(rule, &sum->worst) ? ip_addr_text(&sum->worst, to) : "a destination", more,
	            sum->count > 0 ? sum->worst_words : "nothing was traced");
}

static void told_by(struct page *p, const struct trace_ticket_rule *rule)
{
	char line[LINE_MAX_LEN], prefix[PREFIX_TEXT_MAX];
	size_t at;

	if (rule->audience == AUDIENCE_INTERNAL)
		return;
	text_format(line, sizeof line, "%s", rule->replaced ? "replaced, as in the attached bundle: the same one always by the same other one"
	                                                    : "ours are withheld; hops are told by their number");
	for (size_t i = 0; i < rule->shown_count; i++) {
		at = strlen(line);
		text_format(line + at, sizeof line - at, "%s%s", i == 0 ? "; as they are: " : ", ", ip_prefix_text(&rule->shown[i], prefix));
	}
	ticket_field(p, "Addresses", line);
}

void trace_ticket_begin(struct trace_ticket *k, const struct trace_ticket_rule *rule, const struct trace_ticket_sum *sum,
                        const struct trace_run *run, const struct report_place *place, struct strbuf *out)
{
	const struct text_style style = {.width = WIDTH};
	char line[LINE_MAX_LEN], when[PLACE_TEXT_MAX], subject[TRACE_TICKET_SUBJECT_MAX], probe[WORDS_MAX] = "";

	*k = (struct trace_ticket){.rule = rule, .sum = sum};
	page_init(&k->page, &style, out);
	trace_ticket_subject(sum, rule, subject);
	ticket_field(&k->page, "Subject", subject);
	text_format(line, sizeof line, "%zu of %zu destination%s answered; %zu of these with loss", sum->reached, sum->count, PLURAL_S(sum->count), sum->lossy);
	ticket_field(&k->page, "Result", line);
	ticket_field(&k->page, "Seen from", place_text(place, run->plan->started_at, when));
	ticket_field(&k->page, "Seen until", place_text(place, run->ended_at, when));
	if (sum->flow)
		probe_words(sum->flow, probe);
	text_format(line, sizeof line, "%" PRIu32 " probe%s (%s), with constant flow fields as one connection has; no customer traffic; our clock is %s", run->probes_sent,
	            PLURAL_S(run->probes_sent), probe, run->plan->clock.synchronized ? "synchronized" : "not synchronized: the times may be off");
	ticket_field(&k->page, "Measured with", line);
	if (run->has_capture && run->capture_dropped > 0) {
		text_format(line, sizeof line, "our own capture lost %" PRIu64 " frame%s: what was in flight then is not counted", run->capture_dropped, PLURAL_S(run->capture_dropped));
		ticket_field(&k->page, "Lost by us", line);
	}
	told_by(&k->page, rule);
}

static void ask(struct page *p, const struct trace_ticket_sum *sum, enum audience a)
{
	page_heading(p, "What we ask for");
	if (sum->worst_kind <= KIND_GOOD) {
		ticket_bullet(p, "These probes show no fault. Where delay is the complaint: please tell what is usual between the hops named above, and whether it changed.");
		return;
	}
	ticket_bullet(p, a == AUDIENCE_MICROSOFT
	                         ? "Please check your edge and what lies behind it on the paths above, in the time above: state, errors, drops, filters, routes to and from us."
	                         : "Please check your part of the paths above, in the time above: state, light, errors, drops, policers and filters of the ports, routes to and from us.");
	ticket_bullet(p, "Please state any maintenance or change in that time.");
	ticket_bullet(p, "Please tell what you find, or with what measurement the fault lies outside of your network.");
}

static void limits(struct page *p)
{
	page_heading(p, "What these probes do not tell");
	ticket_bullet(p, "Loss and delay are of the way there and back together: an answer that is lost looks like a probe that is.");
	ticket_bullet(p, "Routers limit their answers: what a middle hop leaves unanswered is no loss of traffic, so it is not called loss.");
	ticket_bullet(p, "Other protocols, ports and sizes than those named above, and other times, were not tested.");
	ticket_bullet(p, "Whose network a hop belongs to: no circuit was part of this measurement.");
}

void trace_ticket_end(struct trace_ticket *k, const struct trace_run *run)
{
	struct page *p = &k->page;
	char line[LINE_MAX_LEN];

	if (k->left > 0) {
		page_line(p);
		text_format(line, sizeof line, "%zu more destination%s: see mtr.txt of the attached bundle, a table for each.", k->left, PLURAL_S(k->left));
		page_wrap(p, TONE_PLAIN, line, 0);
	}
	limits(p);
	ask(p, k->sum, k->rule->audience);
	page_heading(p, "Attached");
	page_wrap(p, TONE_PLAIN,
	          "A bundle with every packet of this measurement (probes.pcapng, opens in Wireshark; each frame says what it is), each path as mtr "
	          "prints it (mtr.txt), the result and its digests. `erprobe evidence verify` checks it and computes the result again.",
	          0);
	page_textf(p, TONE_PLAIN, "Run %s, %s", run->plan->run_id, run->plan->tool);
	page_line(p);
	if (k->sum->worst_kind > KIND_GOOD) {
		ticket_fill_in(p, k->rule->audience);
		ticket_field(p, "Service", "(the circuit and its service key, or what else these paths belong to)");
	}
}
