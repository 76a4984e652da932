/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_resume.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "probe/host/files.h"
#include "probe/host/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "erprobe.trace.resume/1 "
#define FILE_MAX ((off_t)16 << 20) /* 60,000 lines are far below */
#define MARK "@ %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
#define LEFT "."

struct done {
	struct ip_addr addr;
	bool reached;
};

/* Where traces began to leave: a place in a file, and how many bytes were to leave. */
struct mark { uint64_t device, number, at, len; };

struct trace_resume {
	int fd;
	struct done *list; /* sorted by address */
	size_t count;
	bool unsettled;     /* traces began to leave there, and nobody noted that they had */
	struct mark mark;
	off_t mark_at;      /* the place of its line in this file */
	struct strbuf notes; /* of the traces that are about to leave */
	bool begun;         /* an earlier run has written something, be it no more than the head of a table */
};

static int compare_done(const void *x, const void *y)
{
	const struct done *a = x, *b = y;

	return ip_addr_compare(&a->addr, &b->addr);
}

/* "ADDRESS 0" or "ADDRESS 1". */
static bool read_line(char *line, struct done *out)
{
	char *blank = strchr(line, ' ');

	if (blank == NULL || (strcmp(blank, " 0") != 0 && strcmp(blank, " 1") != 0))
		return false;
	out->reached = blank[1] == '1';
	*blank = '\0';
	return ip_addr_parse(line, &out->addr);
}

/* A blank and a number of at most 19 digits; steps over them. */
static bool read_number(const char **at, uint64_t *out)
{
	const char *c = *at;

	if (*c++ != ' ' || *c < '0' || *c > '9')
		return false;
	for (*out = 0; *c >= '0' && *c <= '9' && c - *at <= 19; c++)
		*out = *out * 10 + (uint64_t)(*c - '0');
	*at = c;
	return true;
}

/* As MARK writes it. */
static bool read_mark(const char *line, struct mark *out)
{
	const char *at = line + 1;

	return read_number(&at, &out->device) && read_number(&at, &out->number) && read_number(&at, &out->at) && read_number(&at, &out->len) && *at == '\0';
}

/* A line of whichever kind; count = of the list before the traces that are leaving. */
static bool read_any_line(struct trace_resume *r, char *line, off_t at, size_t *count)
{
	if (line[0] == '@') {
		r->unsettled = true;
		r->mark_at = at;
		*count = r->count;
		return read_mark(line, &r->mark);
	}
	if (strcmp(line, LEFT) == 0) {
		r->unsettled = false;
		r->begun = true;
		return true;
	}
	return read_line(line, &r->list[r->count]) && ++r->count > 0;
}

/* text begins at this byte of the file. */
static bool read_lines(struct trace_resume *r, char *text, size_t at, const char *path, char *err, size_t err_size)
{
	size_t lines = 1, number = 1, settled = 0;

	for (const char *c = text; *c != '\0'; c++)
		lines += *c == '\n';
	r->list = calloc(lines, sizeof(*r->list));
	if (r->list == NULL) {
		snprintf(err, err_size, "out of memory for %.200s", path);
		return false;
	}
	for (char *end; (end = strchr(text, '\n')) != NULL; at += (size_t)(end + 1 - text), text = end + 1) {
		*end = '\0';
		number++;
		if (!read_any_line(r, text, (off_t)at, &settled)) {
			snprintf(err, err_size, "%.200s:%zu: no line of a resume file; another file, or delete it to begin anew", path, number);
			return false;
		}
	}
	if (r->unsettled)
		r->count = settled;
	qsort(r->list, r->count, sizeof(*r->list), compare_done);
	return true;
}

/* A file that was just made gets its first line. */
static bool begin_file(const struct trace_resume *r, const char *path, const char *what, char *err, size_t err_size)
{
	char line[sizeof(HEAD) + TRACE_RESUME_WHAT_MAX + 1];

	snprintf(line, sizeof(line), HEAD "%s\n", what);
	if (files_write_all(r->fd, line, strlen(line)))
		return true;
	snprintf(err, err_size, "cannot write %.200s: %s", path, strerror(errno));
	return false;
}

/* What a killed run left of a line is cut off: its trace is done again. */
static bool cut_last_line(const struct trace_resume *r, char *text, size_t *len)
{
	size_t whole = *len;

	while (whole > 0 && text[whole - 1] != '\n')
		whole--;
	text[whole] = '\0';
	if (whole == *len)
		return true;
	*len = whole;
	return ftruncate(r->fd, (off_t)whole) == 0;
}

static bool read_text(const struct trace_resume *r, char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = pread(r->fd, text + at, len - at, (off_t)at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static bool read_file(struct trace_resume *r, const char *path, const char *what, char *err, size_t err_size)
{
	size_t head = strlen(HEAD) + strlen(what), len;
	struct stat s;

	if (fstat(r->fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size > FILE_MAX) {
		snprintf(err, err_size, "%.200s is no resume file: a plain file of its own is needed", path);
		return false;
	}
	len = (size_t)s.st_size;
	errno = 0; /* of what is no text it tells nothing */
	char *text = calloc(len + 1, 1);
	bool ok = text != NULL && read_text(r, text, len) && strlen(text) == len && cut_last_line(r, text, &len);
	if (!ok)
		snprintf(err, err_size, "cannot read %.200s: %s", path, errno != 0 ? strerror(errno) : "it is no text");
	else if (len == 0)
		ok = begin_file(r, path, what, err, err_size);
	else if (strncmp(text, HEAD, strlen(HEAD)) != 0 || strncmp(text + strlen(HEAD), what, strlen(what)) != 0 || text[head] != '\n') {
		snprintf(err, err_size, "%.200s belongs to other traces: the same protocol, port and --max-ttl are needed", path);
		ok = false;
	} else {
		ok = read_lines(r, text + head + 1, head + 1, path, err, err_size);
	}
	free(text);
	return ok;
}

struct trace_resume *trace_resume_open(const char *path, const char *what, char *err, size_t err_size)
{
	struct trace_resume *r = calloc(1, sizeof(*r));

	errno = ENOMEM;
	if (r != NULL)
		strbuf_init(&r->notes, (size_t)FILE_MAX);
	if (r != NULL)
		r->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	if (r == NULL || r->fd < 0) {
		snprintf(err, err_size, "cannot open %.200s: %s", path, strerror(errno));
		free(r);
		return NULL;
	}
	if (flock(r->fd, LOCK_EX | LOCK_NB) != 0)
		snprintf(err, err_size, "%.200s is in use by another erprobe", path);
	else if (read_file(r, path, what, err, err_size))
		return r;
	trace_resume_close(r);
	return NULL;
}

void trace_resume_close(struct trace_resume *r)
{
	if (r == NULL)
		return;
	close(r->fd);
	strbuf_free(&r->notes);
	free(r->list);
	free(r);
}

bool trace_resume_has(const struct trace_resume *r, const struct ip_addr *a, bool *reached)
{
	const struct done key = {.addr = *a};
	const struct done *found = r->count > 0 ? bsearch(&key, r->list, r->count, sizeof(*r->list), compare_done) : NULL;

	if (found != NULL)
		*reached = found->reached;
	return found != NULL;
}

bool trace_resume_begun(const struct trace_resume *r)
{
	return r->begun || r->count > 0;
}

/* Of a regular file: where the next byte goes. False for other outputs. */
static bool place_of(int out, struct mark *m)
{
	struct stat s;
	int flags = fcntl(out, F_GETFL);
	off_t at;

	if (fstat(out, &s) != 0 || !S_ISREG(s.st_mode) || flags < 0)
		return false;
	at = (flags & O_APPEND) != 0 ? s.st_size : lseek(out, 0, SEEK_CUR);
	*m = (struct mark){(uint64_t)s.st_dev, (uint64_t)s.st_ino, (uint64_t)at, 0};
	return at >= 0;
}

bool trace_resume_settle(struct trace_resume *r, int out)
{
	struct mark now;

	if (!r->unsettled)
		return true;
	/* Not in a file that was emptied since, nor in one that grew beyond what was to leave: somebody else wrote there. */
	bool same = place_of(out, &now) && now.device == r->mark.device && now.number == r->mark.number && now.at > r->mark.at &&
	            now.at - r->mark.at <= r->mark.len;
	if (same && (ftruncate(out, (off_t)r->mark.at) != 0 || lseek(out, (off_t)r->mark.at, SEEK_SET) < 0))
		return false;
	if (ftruncate(r->fd, r->mark_at) != 0)
		return false;
	r->unsettled = false;
	return true;
}

bool trace_resume_begin(struct trace_resume *r, int out, size_t len)
{
	char line[sizeof(MARK) + 4 * 20 + 2];
	struct mark m;

	r->notes.len = 0;
	if (!place_of(out, &m))
		return true;
	snprintf(line, sizeof(line), MARK "\n", m.device, m.number, m.at, (uint64_t)len);
	return files_write_all(r->fd, line, strlen(line));
}

void trace_resume_add(struct trace_resume *r, const struct ip_addr *a, bool reached)
{
	char address[IP_TEXT_MAX];

	strbuf_add(&r->notes, ip_addr_text(a, address));
	strbuf_add(&r->notes, reached ? " 1\n" : " 0\n");
}

bool trace_resume_end(struct trace_resume *r)
{
	strbuf_add(&r->notes, LEFT "\n");
	errno = ENOMEM;
	return strbuf_ok(&r->notes) && files_write_all(r->fd, r->notes.text, r->notes.len);
}

bool trace_resume_leave_out(const struct trace_run_options *o, struct trace_dests *d, struct trace_resume **r,
                            struct trace_done *done, char *err, size_t err_size)
{
	char what[TRACE_RESUME_WHAT_MAX];
	size_t kept = 0;

	text_format(what, sizeof what, "%s %u %u", o->kind == PROBE_UDP ? "udp" : o->kind == PROBE_TCP_SYN ? "tcp" : "icmp",
	            o->kind == PROBE_ICMP_ECHO ? 0u : (unsigned)o->port, (unsigned)o->max_ttl);
	*r = trace_resume_open(o->resume, what, err, err_size);
	if (*r && !trace_resume_settle(*r, STDOUT_FILENO)) {
		text_format(err, err_size, "cannot take back what an interrupted run wrote and did not note in %.200s: %s", o->resume, strerror(errno));
		trace_resume_close(*r);
		*r = NULL;
	}
	for (size_t i = 0; *r && i < d->count; i++) {
		bool reached = false;
		if (trace_resume_has(*r, &d->list[i].addr, &reached)) {
			free(d->list[i].text);
			done->count++;
			done->reached += reached;
		} else {
			d->list[kept++] = d->list[i];
		}
	}
	if (*r)
		d->count = kept;
	if (done->count > 0)
		progress_warn(d->progress, "%zu destination%s been traced before (%s), %zu remain%s", done->count,
		              PLURAL(done->count, " has", "s have"), o->resume, kept, PLURAL(kept, "s", ""));
	return *r != NULL;
}
