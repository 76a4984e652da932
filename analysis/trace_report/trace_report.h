/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces to a buffer, in the formats of `erprobe trace`. One trace at a time, so that
 * a run over many destinations needs no more memory than one trace does. */
#ifndef ERPROBE_TRACE_REPORT_H
#define ERPROBE_TRACE_REPORT_H

#include "analysis/render/page.h"
#include "analysis/report/evidence_text.h"
#include "analysis/trace/trace_capture.h"
#include "analysis/trace/trace_result.h"
#include "analysis/value/json_out.h"
#include "analysis/value/strbuf.h"

/* A trace with what the run knows beside it. */
struct trace_entry {
	const char *destination;        /* as it was asked for */
	const char *name;               /* of the destination's address, looked up; NULL = unknown */
	const char *iface;              /* that the probes left by, "" = none */
	struct wall_ns started_at, ended_at;
	const struct trace_result *result;
};

/* The run, as far as it is known when its document ends. */
struct trace_run {
	const struct plan *plan;
	struct wall_ns ended_at;
	enum end_reason end_reason;
	uint32_t probes_sent, probes_not_sent;
	uint32_t by_link;               /* probes that left straight by their interface, not through the host's IP stack */
	uint32_t resets_sent;           /* of connections that a SYN half opened; no probes */
	bool has_capture;               /* the totals below are known */
	uint64_t capture_received, capture_dropped;
	enum trace_capture capture;     /* how it hands frames over; 0 = not known */
	struct match_counts match;
	uint32_t clock_steps, set_aside; /* steps of the host's clock; probes that are not counted for them */
	uint32_t drop_bins;             /* tenths of a second in which the capture lost frames */
	uint32_t links_down;            /* probes that did not leave for it */
	int64_t longest_lag_ns;         /* from a frame's stamp until it was here */
	int64_t longest_stall_ns;       /* for which this program did not run */
	uint8_t max_ttl;
	uint16_t count;                 /* probes a hop; 0 = as many as needed */
	bool compact;                   /* its JSON document is one line */
};

/* "icmp", "tcp", "udp". */
const char *trace_protocol(const struct plan_flow *f);
/* "H", "N", "A", "P", "p" as traceroute and RIPE Atlas mark refusals; "" for others. */
const char *trace_mark(uint8_t family, uint8_t type, uint8_t code);

/* For a person: a title, the hops, how it ended. */
void report_trace_text(const struct trace_entry *t, const struct text_style *style, struct strbuf *out);

/* erprobe.trace/1: begin, each trace, end; j belongs to the caller between the calls. */
void report_trace_json_begin(struct json_out *j, const struct trace_run *run, struct strbuf *out);
void report_trace_json_one(struct json_out *j, const struct trace_entry *t);
void report_trace_json_end(struct json_out *j, const struct trace_run *run);
/* The same trace object as one line. Many traces share their first hops, whose text differs in nothing but the times:
 * kept has it of the last trace. It is zeroed before the first, or NULL: the text is the same. */
struct trace_hop_text {
	struct trace_hop hop;           /* what it was made of */
	uint8_t family;
	uint16_t begin_len, rest_len;   /* bytes before and behind the round trips; 0 = nothing is kept */
	char text[1024];
};
#define TRACE_HOP_TEXTS 32u             /* TTLs from 1 on */
struct trace_hop_texts { struct trace_hop_text at[TRACE_HOP_TEXTS]; };
void report_trace_jsonl(const struct trace_entry *t, struct trace_hop_texts *kept, struct strbuf *out);

/* All paths of a trace that has them (has_paths): the rest of the text, the member "paths". */
void report_trace_paths_text(struct page *p, const struct trace_result *r);
void report_trace_paths_json(struct json_out *j, const struct trace_result *r);

/* The sizes of a trace that was asked for them (sizes.full > 0): the rest of the text, the
 * member "sizes" (null else), and a hop's member "path_mtu". */
void report_trace_sizes_text(struct page *p, const struct trace_result *r);
void report_trace_sizes_json(struct json_out *j, const struct trace_result *r);
void report_hop_sizes_json(struct json_out *j, const struct trace_mtu *m, uint8_t ttl);

/* One line a hop; RFC 4180. */
void report_trace_csv_head(struct strbuf *out);
void report_trace_csv(const struct trace_entry *t, struct strbuf *out);

/* The document of `mtr --json` (0.95), one a trace. */
void report_trace_mtr(const struct trace_entry *t, const struct trace_run *run, struct strbuf *out);

/* A table in the manner of `mtr --report`; report_mtr_head() (evidence_text.h) stands before the first. */
void report_trace_mtr_text(const struct trace_entry *t, const struct trace_run *run, struct strbuf *out);

/* RIPE Atlas traceroute results: an array, each trace an element. */
void report_trace_atlas_begin(struct json_out *j, struct strbuf *out);
void report_trace_atlas(struct json_out *j, const struct trace_entry *t, const struct trace_run *run);
void report_trace_atlas_end(struct json_out *j);

#endif
