/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/recording.h"

#include "analysis/record/pcapng.h"
#include "analysis/record/pcapng_format.h"
#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"
#include "probe/evidence/evidence.h"
#include "probe/record/evidence_azure.h"
#include "probe/record/plan_json.h"

#include <string.h>

/* What the capture file turned out to be, next to what the plan says of it. */
struct capture {
	struct event_log *log;
	uint32_t sections, ifaces;
	bool other_link;  /* a link type that we never write */
	bool full;        /* more frames than the log takes */
};

static void on_section(void *arg, const char *comment)
{
	struct capture *c = arg;

	(void)comment;
	c->sections++;
}

static void on_interface(void *arg, uint32_t iface, uint16_t link_type, const char *name)
{
	struct capture *c = arg;

	(void)iface;
	(void)name;
	c->ifaces++;
	c->other_link = c->other_link || link_type != LINK_TYPE_ETHERNET;
}

static bool on_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct capture *c = arg;
	struct event e = {.kind = EVENT_FRAME, .u.frame = f};

	(void)link_type;
	(void)comment;
	c->full = !event_log_add(c->log, &e);
	return !c->full;
}

static bool load_frames(struct recording *r, const struct bag_file *f, uint32_t frames, char *err, size_t err_size)
{
	struct capture c = {.log = &r->log};
	struct pcapng_handler h = {&c, on_section, on_interface, on_frame};
	uint64_t refused = r->log.refused;
	char why[160];

	if (!pcapng_read(f->data, f->len, &h, why, sizeof why)) {
		text_format(err, err_size, "probes.pcapng: %s", why);
		return false;
	}
	r->log.refused = refused;
	if (c.full)
		text_format(err, err_size, "probes.pcapng: it has more frames than a run can have");
	else if (c.sections != 1 || c.other_link || c.ifaces != r->plan.iface_count)
		text_format(err, err_size, "probes.pcapng: its interfaces are not those of plan.json");
	else if (r->log.frame_count != frames)
		text_format(err, err_size, "probes.pcapng: it has %zu frames, plan.json says %lu", r->log.frame_count,
		            (unsigned long)frames);
	else
		return true;
	return false;
}

static const struct bag_file *need(const struct bag *b, const char *path, char *err, size_t err_size)
{
	const struct bag_file *f = bag_find(b, path);

	if (!f)
		text_format(err, err_size, "%s: it is missing", path);
	return f;
}

/* JSON between systems is UTF-8 (RFC 8259 section 8.1); what is not would be printed again as it is. */
static const struct bag_file *need_json(const struct bag *b, const char *path, char *err, size_t err_size)
{
	const struct bag_file *f = need(b, path, err, err_size);

	if (!f || utf8_is_whole(f->data, f->len))
		return f;
	text_format(err, err_size, "%s: it is not UTF-8", path);
	return NULL;
}

static bool load_all(struct recording *r, char *err, size_t err_size)
{
	const struct bag_file *plan = need_json(&r->bag, EVIDENCE_PLAN, err, err_size), *azure;
	const struct bag_file *pcapng = plan ? need(&r->bag, EVIDENCE_PCAPNG, err, err_size) : NULL;
	const struct bag_file *run = pcapng ? need_json(&r->bag, EVIDENCE_RUN, err, err_size) : NULL;
	uint32_t frames;

	if (!run)
		return false;
	r->run_json = run->data;
	r->run_json_len = run->len;
	if (!plan_json_read(plan->data, plan->len, &r->plan, &r->log, &frames, err, err_size) ||
	    !load_frames(r, pcapng, frames, err, err_size))
		return false;
	/* A trace asks nothing of Azure. */
	if (r->log.trace && bag_find(&r->bag, EVIDENCE_AZURE)) {
		text_format(err, err_size, EVIDENCE_AZURE ": a trace has none");
		return false;
	}
	if (r->log.trace)
		return true;
	azure = need_json(&r->bag, EVIDENCE_AZURE, err, err_size);
	return azure && evidence_azure_read(azure->data, azure->len, &r->plan, &r->log, err, err_size);
}

bool recording_read(struct bag *bag, struct recording *r, char *err, size_t err_size)
{
	memset(r, 0, sizeof *r);
	r->bag = *bag;
	memset(bag, 0, sizeof *bag);
	if (load_all(r, err, err_size))
		return true;
	recording_free(r);
	return false;
}

bool recording_load(const char *path, struct recording *r, char *err, size_t err_size)
{
	struct bag bag;

	memset(r, 0, sizeof *r);
	return bag_load(path, &bag, err, err_size) && recording_read(&bag, r, err, err_size);
}

void recording_free(struct recording *r)
{
	event_log_free(&r->log);
	plan_free(&r->plan);
	bag_free(&r->bag);
	memset(r, 0, sizeof *r);
}
