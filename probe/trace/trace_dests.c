/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_dests.h"

#include "analysis/value/strbuf.h"
#include "probe/trace/trace_say.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LINE_BYTES 512     /* a name has at most 253 */
#define NAME_BYTES 253     /* RFC 1035 2.3.4, as text */
#define SHOWN_BYTES 80     /* of a rubbish word, in the complaint */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

/* Where a word stood, for complaints; path NULL = command line. */
struct place { const char *path; unsigned line; };

void trace_dests_init(struct trace_dests *d, uint8_t family, struct progress *p)
{
	*d = (struct trace_dests){.family = family, .progress = p};
}

void trace_dests_free(struct trace_dests *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->list[i].text);
	free(d->list);
	d->list = NULL;
	d->count = d->room = 0;
}

const char *trace_dest_text(const struct trace_dest *t, char buf[IP_TEXT_MAX])
{
	return t->text ? t->text : ip_addr_text(&t->addr, buf);
}

/* The word is left out, the rest goes on. */
static bool complain(struct trace_dests *d, const struct place *at, const char *word, const char *why)
{
	int shown = (int)strnlen(word, SHOWN_BYTES);
	const char *more = word[shown] != '\0' ? "…" : "";

	d->bad++;
	if (at->path)
		trace_error(d->progress, "%s:%u: '%.*s%s': %s", at->path, at->line, shown, word, more, why);
	else
		trace_error(d->progress, "'%.*s%s': %s", shown, word, more, why);
	return true;
}

/* Why an address can be no destination; NULL when it can. */
static const char *unusable(const struct ip_addr *a)
{
	if (ip_addr_is_multicast(a))
		return "is a multicast address";
	if (ip_addr_is_broadcast(a))
		return "is the broadcast address";
	if (ip_addr_is_unspecified(a))
		return "is the unspecified address";
	if (a->family == IP_V6 && ip_addr_is_link_local(a))
		return "is a link-local address: it has no path";
	return NULL;
}

static bool append(struct trace_dests *d, const struct ip_addr *a, const char *text)
{
	if (d->count == d->room) {
		size_t room = d->room > 0 ? 2 * d->room : 16;
		struct trace_dest *grown = realloc(d->list, room * sizeof *grown);
		if (!grown)
			return false;
		d->list = grown;
		d->room = room;
	}
	struct trace_dest t = {.text = text ? strdup(text) : NULL, .addr = *a};
	if (text && !t.text)
		return false;
	d->list[d->count++] = t;
	return true;
}

static bool add_address(struct trace_dests *d, const struct place *at, const char *word, const struct ip_addr *a,
                        const char *text)
{
	const char *why = unusable(a);

	if (why)
		return complain(d, at, word, why);
	if (d->family != IP_NONE && a->family != d->family)
		return complain(d, at, word, d->family == IP_V4 ? "is not IPv4, as -4 asks" : "is not IPv6, as -6 asks");
	if (d->count >= TRACE_DESTS_MAX)
		return complain(d, at, word, "more than 60000 destinations: split them");
	return append(d, a, text);
}

/* Each host of a prefix: of an IPv4 subnet without its first and last address, which
 * are the subnet's own (RFC 1122 3.2.1.3), save on point-to-point links (RFC 3021). */
static bool add_prefix(struct trace_dests *d, const struct place *at, const char *word, const struct ip_prefix *p)
{
	unsigned host_bits = (unsigned)ip_addr_len(p->addr.family) * 8 - p->len;
	bool subnet = p->addr.family == IP_V4 && host_bits > 1;

	if (host_bits > 16 || d->count + ((size_t)1 << host_bits) > TRACE_DESTS_MAX + 2)
		return complain(d, at, word, "the prefix holds more addresses than one run takes (60000)");
	uint32_t first = subnet ? 1 : 0, last = (UINT32_C(1) << host_bits) - (subnet ? 2 : 1);
	for (uint32_t n = first; n <= last; n++) {
		struct ip_addr a = ip_prefix_nth(p, n);
		const char *why = unusable(&a);
		if (why)
			return complain(d, at, word, why);
		if (!add_address(d, at, word, &a, NULL))
			return false;
	}
	return true;
}

static struct ip_addr address_of(const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET) {
		memcpy(&in4, sa, sizeof in4);
		return ip_addr_from(IP_V4, (const uint8_t *)&in4.sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		return ip_addr_from(IP_V6, (const uint8_t *)&in6.sin6_addr);
	}
	return ip_addr_none();
}

static bool add_name(struct trace_dests *d, const struct place *at, const char *name)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *found = NULL;

	hints.ai_family = d->family == IP_V4 ? AF_INET : d->family == IP_V6 ? AF_INET6 : AF_UNSPEC;
	int bad = getaddrinfo(name, NULL, &hints, &found);
	if (bad != 0)
		return complain(d, at, name, bad == EAI_SYSTEM ? strerror(errno) : gai_strerror(bad));
	/* The first is the one that this host prefers (RFC 6724). */
	struct ip_addr a = address_of(found->ai_addr);
	freeaddrinfo(found);
	return ip_addr_is_set(&a) ? add_address(d, at, name, &a, name) : complain(d, at, name, "has no address");
}

static bool add_word(struct trace_dests *d, const struct place *at, const char *word)
{
	struct ip_addr a;
	struct ip_prefix p;
	size_t len = strnlen(word, NAME_BYTES + 1);

	if (ip_addr_parse(word, &a))
		return add_address(d, at, word, &a, word);
	if (ip_prefix_parse(word, &p))
		return add_prefix(d, at, word, &p);
	if (strchr(word, '/') != NULL)
		return complain(d, at, word, "is no prefix: expected ADDRESS/LENGTH without host bits");
	/* Digits and points alone are a mistyped address, not a name (RFC 1123 2.1). */
	if (len == 0 || len > NAME_BYTES || word[strspn(word, NAME_LETTERS)] != '\0' ||
	    word[strspn(word, "0123456789.")] == '\0' || word[0] == '-' || word[0] == '.')
		return complain(d, at, word, "is no address, prefix or name");
	return add_name(d, at, word);
}

bool trace_dests_add(struct trace_dests *d, const char *word)
{
	const struct place at = {NULL, 0};

	return add_word(d, &at, word);
}

/* -- files -- */

#define BLANK " \t\r\n\v\f"

/* A line that was cut is read to its end. */
static void skip_line(FILE *f)
{
	int c;

	do
		c = getc(f);
	while (c != '\n' && c != EOF);
}

static bool take_line(struct trace_dests *d, const struct place *at, char *line, size_t len)
{
	if (memchr(line, '\0', len) != NULL)
		return complain(d, at, "", "the line holds a zero byte");
	line[strcspn(line, "#")] = '\0';
	char *word = line + strspn(line, BLANK);
	size_t size = strcspn(word, BLANK);
	if (size == 0)
		return true;
	if (word[size + strspn(word + size, BLANK)] != '\0') {
		word[strcspn(word, "\r\n")] = '\0';
		return complain(d, at, word, "expected one destination a line");
	}
	word[size] = '\0';
	return add_word(d, at, word);
}

/* The length of the next line in buf, up to size - 1 bytes; -1 at the end. *cut tells
 * that it was longer. */
static long read_line(FILE *f, char *buf, size_t size, bool *cut)
{
	size_t len = 0;
	int c = getc(f);

	*cut = false;
	if (c == EOF)
		return -1;
	for (; c != EOF && c != '\n'; c = getc(f)) {
		if (len + 1 == size) {
			*cut = true;
			skip_line(f);
			break;
		}
		buf[len++] = (char)c;
	}
	buf[len] = '\0';
	return (long)len;
}

static bool read_lines(struct trace_dests *d, FILE *f, const char *name)
{
	struct place at = {name, 0};
	char line[LINE_BYTES];
	bool cut;

	for (long len = read_line(f, line, sizeof line, &cut); len >= 0; len = read_line(f, line, sizeof line, &cut)) {
		at.line++;
		if (cut)
			complain(d, &at, line, "the line is too long to be a destination");
		else if (!take_line(d, &at, line, (size_t)len))
			return false;
	}
	if (ferror(f))
		trace_error(d->progress, "cannot read %s: %s", name, strerror(errno));
	return !ferror(f);
}

bool trace_dests_read(struct trace_dests *d, const char *path)
{
	bool input = strcmp(path, "-") == 0;
	FILE *f = input ? stdin : fopen(path, "re");

	if (!f) {
		trace_error(d->progress, "cannot open %s: %s", path, strerror(errno));
		return false;
	}
	bool ok = read_lines(d, f, input ? "standard input" : path);
	if (!input)
		fclose(f);
	return ok;
}

/* -- duplicates -- */

struct ranked { struct ip_addr addr; size_t place; };

static int by_address(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = ip_addr_compare(&x->addr, &y->addr);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* Marks the later ones of equal addresses by unsetting them. */
static size_t mark_repeated(struct trace_dests *d, struct ranked *r)
{
	size_t repeated = 0;

	for (size_t i = 0; i < d->count; i++)
		r[i] = (struct ranked){d->list[i].addr, i};
	qsort(r, d->count, sizeof *r, by_address);
	for (size_t i = 1; i < d->count; i++)
		if (ip_addr_equal(&r[i].addr, &r[i - 1].addr)) {
			d->list[r[i].place].addr = ip_addr_none();
			repeated++;
		}
	return repeated;
}

bool trace_dests_unique(struct trace_dests *d)
{
	struct ranked *r = calloc(d->count + 1, sizeof *r);
	size_t kept = 0;

	if (!r)
		return false;
	size_t repeated = mark_repeated(d, r);
	free(r);
	for (size_t i = 0; i < d->count; i++) {
		if (ip_addr_is_set(&d->list[i].addr))
			d->list[kept++] = d->list[i];
		else
			free(d->list[i].text);
	}
	d->count = kept;
	if (repeated > 0)
		trace_warn(d->progress, "%zu destination%s named more than once: traced once", repeated,
		           repeated == 1 ? " is" : "s are");
	return true;
}
