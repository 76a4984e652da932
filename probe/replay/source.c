/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/replay/source.h"
#include "probe/host/files.h"

#include "analysis/record/linktype.h"
#include "analysis/record/pcapng.h"
#include "analysis/record/pcapng_format.h"
#include "erprobe/bytes.h"
#include "probe/record/evidence_pcapng.h"
#include "probe/record/plan_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NO_AZURE "a capture alone does not hold what Azure said"

/* Reading a capture file: at first into the log of a run, and where it turns out to be
 * none of ours once more for what it is. */
struct capture {
	struct source *source;
	struct strbuf plan;
	uint32_t sections;
	uint64_t frames;
	bool other_link;
	bool full;
};

static void on_section(void *arg, const char *comments)
{
	struct capture *c = arg;

	if (c->sections++ == 0)
		evidence_pcapng_plan(comments, &c->plan);
}

static void on_interface(void *arg, uint32_t iface, uint16_t link_type, const char *name)
{
	struct capture *c = arg;

	(void)name;
	c->source->interfaces = iface + 1;
	c->other_link = c->other_link || link_type != LINK_TYPE_ETHERNET;
}

static bool count_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct capture *c = arg;

	(void)f;
	(void)link_type;
	(void)comment;
	c->frames++;
	return true;
}

static bool log_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct capture *c = arg;
	struct event e = {.kind = EVENT_FRAME, .u.frame = f};

	(void)link_type;
	(void)comment;
	c->full = !event_log_add(&c->source->recording.log, &e);
	return !c->full;
}

static bool sight_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct capture *c = arg;
	struct frame ethernet = *f;

	(void)comment;
	if (!link_type_to_ethernet(&ethernet, link_type)) {
		sights_skip(c->source->sights);
		return true;
	}
	c->full = !sights_frame(c->source->sights, &ethernet);
	return !c->full;
}

static bool failed(char *err, size_t err_size, const char *what)
{
	text_format(err, err_size, "%s", what);
	return false;
}

/* -- a capture of ours -- */

/* Two sections are two captures in one file, and more frames than the run had are those of
 * others: mergecap keeps the comments of the first file alone. Then no plan speaks for all. */
static bool is_ours(struct capture *c, char *err, size_t err_size, bool *failure)
{
	struct source *s = c->source;

	*failure = false;
	if (c->sections != 1 || c->other_link || c->plan.len == 0 || !strbuf_ok(&c->plan))
		return false;
	s->kind = SOURCE_PACKETS;
	*failure = !plan_json_read(c->plan.text, c->plan.len, &s->recording.plan, &s->recording.log, &s->frames_said, err,
	                           err_size);
	if (*failure || c->frames <= s->frames_said)
		return true;
	recording_free(&s->recording);
	return false;
}

/* So that the report says why Azure's side is empty, instead of "not asked". */
static bool say_no_azure(struct recording *r)
{
	bool ok = true;

	for (size_t i = 0; r->plan.azure_asked && i < r->plan.circuit_count && i < EVENT_LOG_CIRCUITS_MAX; i++) {
		struct az_snapshot s = {.finished = true, .asked_at = r->plan.started_at, .done_at = r->plan.started_at};
		struct event e = {.kind = EVENT_AZURE, .u.azure = {(uint8_t)i, &s}};

		text_format(s.why_not, sizeof s.why_not, NO_AZURE);
		ok = ok && event_log_add(&r->log, &e);
	}
	return ok;
}

static bool read_packets(struct capture *c, const void *data, size_t len, char *err, size_t err_size)
{
	struct source *s = c->source;
	struct pcapng_handler frames = {c, NULL, NULL, log_frame};

	if (s->interfaces != s->recording.plan.iface_count)
		return failed(err, err_size, "its interfaces are not those of the plan in its comments");
	if (!pcapng_read(data, len, &frames, err, err_size))
		return false;
	if (c->full)
		return failed(err, err_size, "it has more frames than a run can have");
	return say_no_azure(&s->recording) || failed(err, err_size, "out of memory");
}

/* -- a capture of somebody else -- */

static bool read_sights(struct capture *c, const void *data, size_t len, char *err, size_t err_size)
{
	struct source *s = c->source;
	struct pcapng_handler frames = {c, NULL, NULL, sight_frame};

	s->kind = SOURCE_CAPTURE;
	s->sights = sights_new();
	if (!s->sights)
		return failed(err, err_size, "out of memory");
	if (!pcapng_read(data, len, &frames, err, err_size))
		return false;
	if (c->full)
		return failed(err, err_size, "it has too many packets that could be probes (2,000,000 are read): cut it with editcap or a filter");
	sights_match(s->sights);
	return true;
}

/* -- */

static bool is_capture(const void *data, size_t len)
{
	struct rd in = rd_over(data, len);

	switch (rd_u32(&in)) {
	case PCAPNG_SECTION:
	case PCAP_MAGIC_US_BE:
	case PCAP_MAGIC_US_LE:
	case PCAP_MAGIC_NS_BE:
	case PCAP_MAGIC_NS_LE:
		return rd_ok(&in);
	default:
		return false;
	}
}

bool source_read(const char *path, const void *data, size_t len, struct source *s, char *err, size_t err_size)
{
	struct capture c = {.source = s};
	struct pcapng_handler look = {&c, on_section, on_interface, count_frame};
	bool ok, bad_plan = false;

	memset(s, 0, sizeof *s);
	s->path = path;
	s->bytes = len;
	strbuf_init(&c.plan, STRBUF_MAX_DEFAULT);
	ok = sha256_hex(data, len, s->sha256) || failed(err, err_size, SHA256_NONE);
	ok = ok && pcapng_read(data, len, &look, err, err_size);
	if (ok && is_ours(&c, err, err_size, &bad_plan))
		ok = !bad_plan && read_packets(&c, data, len, err, err_size);
	else if (ok)
		ok = read_sights(&c, data, len, err, err_size);
	strbuf_free(&c.plan);
	if (!ok)
		source_close(s);
	return ok;
}

static bool open_capture(const char *path, char *data, size_t len, struct source *s, char *err, size_t err_size)
{
	bool ok = source_read(path, data, len, s, err, err_size);

	free(data);
	return ok;
}

/* The first bytes of a regular file. */
static bool looks_like_capture(const char *path)
{
	struct stat st;
	unsigned char head[4];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool is = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, head, sizeof head) == sizeof head &&
	          is_capture(head, sizeof head);

	if (fd >= 0)
		close(fd);
	return is;
}

bool source_open(const char *path, struct source *s, char *err, size_t err_size)
{
	char real[PATH_MAX], *data;
	size_t len;

	memset(s, 0, sizeof *s);
	s->path = path;
	if (looks_like_capture(path)) {
		if (!realpath(path, real))
			return failed(err, err_size, strerror(errno));
		return files_read(AT_FDCWD, real, SOURCE_FILE_MAX, &data, &len, err, err_size) &&
		       open_capture(path, data, len, s, err, err_size);
	}
	s->kind = SOURCE_BUNDLE;
	return recording_load(path, &s->recording, err, err_size);
}

void source_close(struct source *s)
{
	recording_free(&s->recording);
	sights_free(s->sights);
	s->sights = NULL;
}

bool source_has_run(const struct source *s)
{
	return s->kind != SOURCE_CAPTURE;
}

bool source_sights(struct source *s)
{
	if (s->sights)
		return true;
	s->sights = sights_new();
	if (!s->sights)
		return false;
	for (size_t i = 0; i < s->recording.log.frame_count; i++) {
		struct frame f;

		event_log_frame(&s->recording.log, i, &f);
		if (!sights_frame(s->sights, &f))
			return false;
	}
	sights_match(s->sights);
	return true;
}
