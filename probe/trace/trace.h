/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe trace`: path and timing to any number of addresses, no circuit needed. */
#ifndef ERPROBE_TRACE_H
#define ERPROBE_TRACE_H

#include "probe/host/terminal.h"
#include "probe/record/trace_document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_RATE_DEFAULT 1000.0    /* packets a second, over all interfaces */
#define TRACE_DEADLINE_DEFAULT 60.0  /* seconds, whole command */
#define TRACE_TTL_DEFAULT 30
#define TRACE_TCP_PORT_DEFAULT 80
#define TRACE_PATH_ROUNDS 6u         /* probes a flow to compare their losses */
#define TRACE_UDP_PORT_DEFAULT 33434 /* where nobody listens: traceroute's first */

/* Probes of many destinations: straight by their interface (trace_ways.h), or all through the host's IP stack. The default
 * is the former at no limit of rate. */
enum trace_send { TRACE_SEND_DEFAULT = 0, TRACE_SEND_STACK, TRACE_SEND_LINK };

/* A zero (or NULL) means "the default". */
struct trace_run_options {
	enum trace_format format;
	enum color_when color;
	bool quiet, verbose;
	const char *const *words;  /* destinations of the command line */
	size_t word_count;
	const char *file;          /* more of them, one a line; "-" = standard input */
	uint8_t family;            /* IP_V4 or IP_V6; IP_NONE = either */
	uint8_t kind;              /* PROBE_ICMP_ECHO, PROBE_TCP_SYN or PROBE_UDP */
	uint16_t port;             /* of TCP and UDP */
	uint8_t max_ttl;
	uint16_t count;            /* probes a hop; 0 = one, and two more where it is silent */
	bool names;
	const char *iface;         /* leave by this interface */
	const char *source;        /* from this address of ours */
	const char *packet_helper;
	uint32_t budget;           /* most probes; 0 = no limit */
	double rate;               /* INFINITY = max */
	double hop_rate;           /* answers a second of one hop; 0 = learned, INFINITY = max */
	double deadline_s;
	double alpha;              /* search all paths, with this chance of missing one; 0 = no */
	bool sizes;                /* how large a datagram each hop gets */
	bool stop_at_known;        /* hops that traces share are asked once */
	enum trace_send send_by;
	bool explain_rate;         /* say how fast each hop is asked, and why */
	const char *evidence_dir;  /* saves a bundle there (probe/evidence/bundle.h), or NULL */
	const char *sign_key;      /* signs it, or NULL */
	const char *resume;        /* file of what is done already (trace_resume.h); formats that are lists */
};

/* Traces all destinations. Results go to standard output, the rest to standard error.
 * Clears the capabilities of the process and ignores SIGPIPE: call it once, from one
 * thread. Returns the exit code: 0 every destination reached, 1 some, 2 none, 3 an
 * error, 130 when SIGINT, SIGTERM or SIGHUP (unless that was ignored from the start) ended it. */
int trace_run(const struct trace_run_options *o);

#endif
