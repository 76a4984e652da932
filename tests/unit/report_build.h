/* SPDX-License-Identifier: BSD-2-Clause */
/* Words to build a made result with: hops, segments, checks, targets. */
#ifndef ERPROBE_REPORT_BUILD_H
#define ERPROBE_REPORT_BUILD_H

#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

#include <stdlib.h>
#include <string.h>

static struct ip_addr at(const char *text)
{
	struct ip_addr a = ip_addr_none();

	if (!ip_addr_parse(text, &a))
		abort();
	return a;
}

static struct az_text say(const char *text)
{
	struct az_text t = {.present = true};

	text_format(t.text, sizeof t.text, "%s", text);
	return t;
}

static struct az_int number(int64_t v)
{
	return (struct az_int){true, v};
}

static struct ratio_bound loss_of(uint32_t sent, uint32_t answered)
{
	double ratio = sent > 0 ? 1.0 - (double)answered / sent : 0;
	double spread = sent > 0 ? 3.0 / sent : 1;

	return (struct ratio_bound){.known = sent > 0, .ratio = ratio, .low = ratio > spread ? ratio - spread : 0,
	                            .high = ratio + spread < 1 ? ratio + spread : 1};
}

static struct rtt_summary rtt_of(int64_t us)
{
	return (struct rtt_summary){.known = us > 0, .min_ns = us * 900, .median_ns = us * 1000, .p95_ns = us * 1400,
	                            .max_ns = us * 2100, .jitter_ns = us * 60};
}

static void put(char *dst, size_t size, const char *text)
{
	text_format(dst, size, "%s", text);
}

#define PUT(field, text) put((field), sizeof(field), (text))

/* A hop that answered `answered` of `sent` after about us microseconds. address NULL: silent. */
static struct hop_result hop(uint8_t ttl, const char *address, enum domain d, const char *role, uint32_t sent,
                             uint32_t answered, int64_t us)
{
	struct hop_result h = {.ttl = ttl, .domain = d, .sent = sent, .answered = answered, .reply_ttl = -1};

	if (address != NULL) {
		h.addresses[h.address_count++] = at(address);
		h.reply_ttl = (int16_t)(256 - ttl);
	}
	PUT(h.role, role);
	h.loss = loss_of(sent, answered);
	h.path_loss = h.loss;
	h.rtt = rtt_of(answered > 0 ? us : 0);
	return h;
}

static void add_hop(struct link_result *l, int fam, struct hop_result h)
{
	l->hops[fam] = realloc(l->hops[fam], (l->hop_count[fam] + 1) * sizeof h);
	if (l->hops[fam] == NULL)
		abort();
	l->hops[fam][l->hop_count[fam]++] = h;
}

static void add_segment(struct link_result *l, enum domain d, const char *from, const char *to, int64_t us,
                        uint32_t sent, uint32_t answered)
{
	struct segment_result *s = &l->segments[l->segment_count++];

	*s = (struct segment_result){.domain = d, .latency_known = us >= 0, .added_latency_ns = us * 1000};
	if (from[0] != '\0')
		s->from = at(from);
	if (to[0] != '\0')
		s->to = at(to);
	s->loss = loss_of(sent, answered);
}

static void add_check(struct link_result *l, const char *name, const char *outcome, const char *detail, uint32_t sent,
                      uint32_t answered, int64_t us)
{
	struct check_result *c = &l->checks[l->check_count++];

	*c = (struct check_result){.family = IP_V4, .sent = sent, .answered = answered, .rtt = rtt_of(us)};
	PUT(c->name, name);
	PUT(c->outcome, outcome);
	PUT(c->detail, detail);
}

static void add_target(struct circuit_result *c, const char *name, const char *address, bool control, uint16_t port,
                       const char *outcome, bool primary, bool secondary)
{
	bool ok = strcmp(outcome, "answers") == 0;

	c->targets = realloc(c->targets, (c->target_count + 1) * sizeof *c->targets);
	if (c->targets == NULL)
		abort();
	struct target_result *t = &c->targets[c->target_count++];
	*t = (struct target_result){.address = at(address), .control = control, .tested = true, .reachable = ok};
	PUT(t->name, name);
	t->over[LINK_PRIMARY] = primary;
	t->over[LINK_SECONDARY] = secondary;
	t->services[0] = (struct service_result){.port = port, .sent = 100, .answered = ok ? 100 : 0, .rtt = rtt_of(ok ? 4100 : 0)};
	PUT(t->services[0].outcome, outcome);
	t->service_count = 1;
	t->loss = loss_of(100, ok ? 100 : 0);
	t->rtt = rtt_of(ok ? 4100 : 0);
}

#endif
