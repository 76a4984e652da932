/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/evidence_pcapng.h"

#include "analysis/match/match.h"
#include "analysis/record/comment.h"
#include "analysis/record/pcapng.h"
#include "probe/json/json_in.h"
#include "probe/record/plan_json.h"
#include "probe/record/trace_log.h"

#include <stdlib.h>
#include <string.h>

/* Everything that writing the frames needs to remember. */
struct writing {
	const struct plan *plan;
	struct pcapng_writer writer;
	struct matcher *matcher;
	struct strbuf comment;
	uint32_t frame;          /* number of the frame being written, from 1 */
	uint32_t *left_in;       /* by probe: the frame in which it left */
	size_t left_room;
	evidence_sink *sink;     /* NULL = everything stays in the buffer */
	void *sink_arg;
	bool failed;
};

#define COMMENT_MAX ((size_t)4096)
#define FILTER_PART 224u      /* bytes of what is taken of frames without tag; with one and with two it is the same again */
#define PLAN_PIECE 32000u     /* bytes of the plan in one comment; an option takes 65,535 */
/* Of the largest plan that can be read back; no character is split, so a piece may be three bytes shorter. */
#define PLAN_PIECES_MAX (JSON_IN_BYTES_MAX / (PLAN_PIECE - 3) + 1)

/* What the capture was told to take, in the helper's words (probe/packet/capture.c).
 * It reserves a block of TCP ports; of that block the plan knows what flows use. */
static void filter_text(const struct plan *p, char *out, size_t size)
{
	unsigned low = UINT16_MAX, high = 0;
	bool udp = false;
	char ports[64] = "", what[FILTER_PART];

	for (size_t i = 0; i < p->flow_count; i++) {
		unsigned port = p->flows[i].src_port;

		if ((p->flows[i].kind != PROBE_TCP_SYN && p->flows[i].kind != PROBE_UDP) || port == 0)
			continue;
		udp = udp || p->flows[i].kind == PROBE_UDP;
		low = port < low ? port : low;
		high = port > high ? port : high;
	}
	if (high > 0)
		text_format(ports, sizeof ports, " or (%s and portrange %u-%u)", udp ? "(tcp or udp)" : "tcp", low, high);
	text_format(what, sizeof what, "arp or icmp or icmp6 or ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 60%s%s", ports,
	            p->watch ? " or (BGP and BFD of the peerings' own addresses)" : "");
	text_format(out, size, "(%s) or (vlan and ((%s) or (vlan and (%s))))", what, what, what);
}

/* "mirror of frankfurt-1 primary" */
static void mirror_description(const struct plan *p, size_t slot, struct strbuf *out)
{
	const char *between = "mirror of ";
	char name[NAME_MAX_LEN];

	for (size_t i = 0; i < p->circuit_count * LINKS; i++) {
		const struct plan_circuit *c = &p->circuits[i / LINKS];

		if (strcmp(c->links[i % LINKS].watch_interface, p->ifaces[slot].name) != 0)
			continue;
		text_safe(name, sizeof name, c->name);
		strbuf_addf(out, "%s%s %s", between, name, link_name((enum link_id)(i % LINKS)));
		between = ", ";
	}
}

/* "probes of frankfurt-1 primary, frankfurt-1 secondary" */
static void iface_description(const struct plan *p, size_t slot, struct strbuf *out)
{
	bool seen[EVENT_LOG_CIRCUITS_MAX][LINK_ANY + 1] = {{false}};
	const char *between = "probes of ";

	if (p->circuit_count == 0)
		strbuf_add(out, "probes of erprobe trace");
	if (p->ifaces[slot].mirror)
		mirror_description(p, slot, out);
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		const char *link = f->link < LINK_ANY ? link_name((enum link_id)f->link) : "either link";
		char name[NAME_MAX_LEN];

		if (f->iface != slot || f->circuit >= p->circuit_count || f->link > LINK_ANY ||
		    seen[f->circuit][f->link])
			continue;
		seen[f->circuit][f->link] = true;
		text_safe(name, sizeof name, p->circuits[f->circuit].name);
		strbuf_addf(out, "%s%s %s", between, name, link);
		between = ", ";
	}
}

static void write_interfaces(struct writing *w)
{
	char filter[3 * FILTER_PART + 64];

	filter_text(w->plan, filter, sizeof filter);
	for (size_t i = 0; i < w->plan->iface_count; i++) {
		struct strbuf description;

		strbuf_init(&description, COMMENT_MAX * 4);
		iface_description(w->plan, i, &description);
		pcapng_interface(&w->writer, w->plan->ifaces[i].name, description.text,
		                 w->plan->ifaces[i].mirror ? "BGP, BFD, ARP and ND of the peerings' own subnets" : filter, FRAME_BYTES_MAX);
		strbuf_free(&description);
	}
}

static void write_link_names(struct writing *w, const struct plan_circuit *c, enum link_id id)
{
	const struct plan_link *l = &c->links[id];
	char name[NAME_MAX_LEN + 32];

	for (size_t fam = 0; fam < FAMILIES; fam++) {
		text_format(name, sizeof name, "%s.%s.ce", c->name, link_name(id));
		pcapng_name(&w->writer, &l->ce[fam], name);
		text_format(name, sizeof name, "%s.%s.msee", c->name, link_name(id));
		pcapng_name(&w->writer, &l->msee[fam], name);
	}
}

/* So that Wireshark shows "frankfurt-1.primary.msee" where it resolves names. */
static void write_names(struct writing *w)
{
	for (size_t i = 0; i < w->plan->circuit_count; i++) {
		const struct plan_circuit *c = &w->plan->circuits[i];

		write_link_names(w, c, LINK_PRIMARY);
		write_link_names(w, c, LINK_SECONDARY);
		for (size_t t = 0; t < c->target_count; t++)
			pcapng_name(&w->writer, &c->targets[t].address, c->targets[t].name);
	}
}

/* What was looked up, and destinations by the names that they were given by. */
static void write_trace_names(struct writing *w, const struct trace_log *l)
{
	struct ip_addr address;

	for (size_t i = 0; l && i < l->destination_count && i * l->options.flows < w->plan->flow_count; i++)
		if (l->destinations[i] && !ip_addr_parse(l->destinations[i], &address))
			pcapng_name(&w->writer, &w->plan->flows[i * l->options.flows].dst, l->destinations[i]);
	for (size_t i = 0; l && i < l->name_count; i++)
		pcapng_name(&w->writer, &l->names[i].address, l->names[i].name);
}

/* Remembers in which frame a probe left, for "to_frame=" of its answer. */
static void note_probe(struct writing *w, uint32_t probe)
{
	if (probe >= EVENT_LOG_FRAMES_MAX)
		return;
	if (probe >= w->left_room) {
		size_t room = ((size_t)probe + 1) * 2;
		uint32_t *grown = realloc(w->left_in, room * sizeof *grown);

		if (!grown) {
			w->failed = true;
			return;
		}
		for (size_t i = w->left_room; i < room; i++)
			grown[i] = 0;
		w->left_in = grown;
		w->left_room = room;
	}
	w->left_in[probe] = w->frame;
}

static void write_frame(struct writing *w, const struct frame *f)
{
	struct match m;
	uint32_t to_frame;
	const char *text;

	matcher_frame(w->matcher, f, &m);
	w->frame++;
	if (m.cls == MATCH_OUT && m.has_probe)
		note_probe(w, m.probe);
	to_frame = m.has_probe && m.probe < w->left_room ? w->left_in[m.probe] : 0;
	w->comment.len = 0;
	comment_run(w->plan, &w->comment);
	strbuf_add_char(&w->comment, ' ');
	comment_frame(w->plan, &m, to_frame, &w->comment);
	text = w->comment.text;
	pcapng_frame(&w->writer, f, comment_direction(&m), &text, text ? 1 : 0);
}

static bool visit(void *arg, const struct event *e)
{
	struct writing *w = arg;

	if (e->kind == EVENT_FRAME)
		write_frame(w, e->u.frame);
	w->failed = w->failed || (w->sink && !w->sink(w->sink_arg, w->writer.out));
	return !w->failed;
}

/* -- the plan in the section's comments -- */

/* Everything but what belongs to Azure's side: a capture goes through many hands. */
static bool plan_line(const struct plan *p, const struct event_log *log, struct strbuf *out)
{
	struct plan copy;
	char err[160];
	bool ok = plan_copy(&copy, p);

	for (size_t i = 0; ok && i < copy.circuit_count; i++)
		copy.circuits[i].resource_id[0] = copy.circuits[i].gateway_id[0] = '\0';
	ok = ok && plan_json_write_line(&copy, log, out, err, sizeof err);
	plan_free(&copy);
	while (ok && out->len > 0 && out->text[out->len - 1] == '\n')
		out->text[--out->len] = '\0';
	return ok;
}

/* Bytes of the next piece; no character is split. */
static size_t piece_len(const char *text, size_t left)
{
	size_t len = left < PLAN_PIECE ? left : PLAN_PIECE;

	while (len > 0 && len < left && ((unsigned char)text[len] & 0xC0) == 0x80)
		len--;
	return len;
}

/* The line cut into comments, all of them in one buffer with a NUL behind each. */
static size_t plan_pieces(const struct strbuf *line, struct strbuf *buffer, size_t starts[PLAN_PIECES_MAX])
{
	size_t count = 0;

	for (size_t at = 0; at < line->len && count < PLAN_PIECES_MAX; count++) {
		size_t len = piece_len(line->text + at, line->len - at);

		starts[count] = buffer->len;
		strbuf_add(buffer, EVIDENCE_PLAN_COMMENT);
		strbuf_add_bytes(buffer, line->text + at, len);
		strbuf_add_bytes(buffer, "", 1);
		at += len;
	}
	return count;
}

bool evidence_pcapng_plan(const char *comments, struct strbuf *plan)
{
	size_t mark = strlen(EVIDENCE_PLAN_COMMENT);

	while (comments) {
		const char *end = strchr(comments, '\n');
		size_t len = end ? (size_t)(end - comments) : strlen(comments);

		if (len > mark && strncmp(comments, EVIDENCE_PLAN_COMMENT, mark) == 0)
			strbuf_add_bytes(plan, comments + mark, len - mark);
		comments = end ? end + 1 : NULL;
	}
	return strbuf_ok(plan) && plan->len > 0;
}

static void write_section(struct writing *w, const struct event_log *log, const char *os)
{
	struct strbuf comment, line, buffer;
	size_t starts[PLAN_PIECES_MAX] = {0};
	const char *pieces[PLAN_PIECES_MAX];
	struct pcapng_section section = {.os = os, .application = w->plan->tool, .more = pieces};

	strbuf_init(&comment, COMMENT_MAX);
	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	strbuf_init(&buffer, STRBUF_MAX_DEFAULT);
	comment_section(w->plan, log->has_counters ? &log->counters : NULL, &comment);
	section.comment = comment.text;
	w->failed = w->failed || !plan_line(w->plan, log, &line);
	if (!w->failed)
		section.more_count = plan_pieces(&line, &buffer, starts);
	for (size_t i = 0; i < section.more_count && buffer.text; i++)
		pieces[i] = buffer.text + starts[i];
	w->failed = w->failed || !strbuf_ok(&buffer);
	if (!w->failed)
		pcapng_section(&w->writer, &section);
	strbuf_free(&comment);
	strbuf_free(&line);
	strbuf_free(&buffer);
}

/* The log has totals over all interfaces: with one interface they are its own, with
 * several nobody knows the shares (the section's comment has the totals). */
static void write_statistics(struct writing *w, const struct event_log *log, struct wall_ns ended)
{
	bool own = w->plan->iface_count == 1 && log->has_counters;

	for (size_t i = 0; i < w->plan->iface_count; i++)
		pcapng_statistics(&w->writer, (uint32_t)i, w->plan->started_at, ended,
		                  own ? log->counters.received : PCAPNG_UNKNOWN,
		                  own ? log->counters.dropped : PCAPNG_UNKNOWN);
}

bool evidence_pcapng(const struct plan *p, const struct event_log *log, const char *os, struct wall_ns ended,
                     struct strbuf *out)
{
	return evidence_pcapng_to(p, log, os, ended, out, NULL, NULL);
}

bool evidence_pcapng_to(const struct plan *p, const struct event_log *log, const char *os, struct wall_ns ended,
                        struct strbuf *out, evidence_sink *sink, void *arg)
{
	struct writing w = {.plan = p, .writer = {.out = out}, .matcher = matcher_new(p), .sink = sink, .sink_arg = arg};

	strbuf_init(&w.comment, COMMENT_MAX);
	w.failed = w.matcher == NULL;
	if (!w.failed) {
		write_section(&w, log, os);
		write_interfaces(&w);
		write_names(&w);
		write_trace_names(&w, log->trace);
		pcapng_names_end(&w.writer);
		event_log_each(log, visit, &w);
		write_statistics(&w, log, ended);
	}
	if (w.matcher)
		matcher_free(w.matcher);
	free(w.left_in);
	strbuf_free(&w.comment);
	return !w.failed && strbuf_ok(out);
}
