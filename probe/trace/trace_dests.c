/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_dests.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "probe/trace/trace_lookup.h"
#include "probe/trace/trace_progress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 512     /* a name has at most 253 */
#define NAME_BYTES 253     /* RFC 1035 2.3.4, as text */
#define SHOWN_BYTES 80     /* of a rubbish word, in the complaint */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

/* Where a word stood, for complaints; path NULL = command line. */
struct place { const char *path; unsigned line; };

struct trace_dest_name { size_t dest; struct place at; }; /* dest: its number in the list */

void trace_dests_init(struct trace_dests *d, uint8_t family, const char *family_why, struct progress *p)
{
	*d = (struct trace_dests){.family = family, .family_why = family_why, .progress = p};
}

void trace_dests_free(struct trace_dests *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->list[i].text);
	free(d->list);
	free(d->names);
	d->list = NULL;
	d->names = NULL;
	d->count = d->room = d->name_count = d->name_room = 0;
}

const char *trace_dest_text(const struct trace_dest *t, char buf[IP_TEXT_MAX])
{
	return t->text ? t->text : ip_addr_text(&t->addr, buf);
}

/* The word is left out, the rest goes on. Of many, those beyond the first are counted. */
static bool complain(struct trace_dests *d, const struct place *at, const char *word, const char *why)
{
	int shown = (int)strnlen(word, SHOWN_BYTES);
	const char *more = word[shown] != '\0' ? "…" : "";

	d->bad++;
	if (d->named >= TRACE_DESTS_NAMED && !d->names_all) {
		d->unnamed++;
		return true;
	}
	d->named++;
	if (at->path)
		progress_error(d->progress, "%s:%u: '%.*s%s': %s", at->path, at->line, shown, word, more, why);
	else
		progress_error(d->progress, "'%.*s%s': %s", shown, word, more, why);
	return true;
}

void trace_dests_complain(struct trace_dests *d, const struct trace_dest *t, const char *why)
{
	const struct place at = {t->line > 0 ? d->path : NULL, t->line};
	char text[IP_TEXT_MAX];

	complain(d, &at, trace_dest_text(t, text), why);
}

void trace_dests_say_unnamed(struct trace_dests *d)
{
	if (d->unnamed > 0)
		progress_error(d->progress, "%zu more %s left out: -v names each", d->unnamed, PLURAL(d->unnamed, "is", "are"));
	d->unnamed = 0;
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
	if (ip_addr_is_this_network(a))
		return "is of 0.0.0.0/8, \"this network\": no packet may go there";
	if (a->family == IP_V6 && ip_addr_is_link_local(a))
		return "is a link-local address: it has no path";
	/* What leaves for one would be IPv4 (RFC 4291, 2.5.5.2). */
	if (ip_addr_is_v4_mapped(a))
		return "is an IPv4 address written as IPv6: write it as IPv4";
	return NULL;
}

static bool out_of_memory(struct trace_dests *d)
{
	progress_error(d->progress, "out of memory after %zu destination%s", d->count, PLURAL_S(d->count));
	return false;
}

/* list, or what it became so that one more fits; NULL when out of memory (list is still there then). */
static void *with_room(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	size_t wanted = *room > 0 ? 2 * *room : 16;
	void *grown = realloc(list, wanted * size);
	if (grown)
		*room = wanted;
	return grown;
}

/* The first of them is named, all are counted. */
static bool beyond(struct trace_dests *d, const struct place *at, const char *word)
{
	if (d->beyond++ == 0)
		return complain(d, at, word, "more than 60000 destinations: split the list");
	d->bad++;
	return true;
}

static bool append(struct trace_dests *d, const struct place *at, const struct ip_addr *a, const char *text)
{
	struct trace_dest *list = with_room(d->list, d->count, &d->room, sizeof *list);

	if (!list)
		return out_of_memory(d);
	d->list = list;
	struct trace_dest t = {.text = text ? strdup(text) : NULL, .addr = *a, .line = at->path ? at->line : 0};
	if (text && !t.text)
		return out_of_memory(d);
	d->list[d->count++] = t;
	return true;
}

static bool other_family(struct trace_dests *d, const struct place *at, const char *word)
{
	char why[96];

	text_format(why, sizeof why, "is not %s, as %s", d->family == IP_V4 ? "IPv4" : "IPv6", d->family_why);
	return complain(d, at, word, why);
}

static bool add_address(struct trace_dests *d, const struct place *at, const char *word, const struct ip_addr *a,
                        const char *text)
{
	const char *why = unusable(a);

	if (why)
		return complain(d, at, word, why);
	if (d->family != IP_NONE && a->family != d->family)
		return other_family(d, at, word);
	if (d->count >= TRACE_DESTS_MAX)
		return beyond(d, at, word);
	return append(d, at, a, text);
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

/* Its address comes later, into its place in the list. */
static bool add_name(struct trace_dests *d, const struct place *at, const char *name)
{
	const struct ip_addr none = ip_addr_none();

	if (d->count >= TRACE_DESTS_MAX)
		return beyond(d, at, name);
	struct trace_dest_name *names = with_room(d->names, d->name_count, &d->name_room, sizeof *names);
	if (!names)
		return out_of_memory(d);
	d->names = names;
	names[d->name_count++] = (struct trace_dest_name){d->count, *at};
	return append(d, at, &none, name);
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
	if (ip_text_has_zone(word))
		return complain(d, at, word, "has a zone index: a link-local address has no path; name a global or unique local one");
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

/* Windows writes a mark before a text in UTF-8, and before one in UTF-16, which we do not read. */
#define MARK_UTF8 "\xef\xbb\xbf"
#define MARK_BYTES 3

static bool is_utf16(const char *line)
{
	return strncmp(line, "\xff\xfe", 2) == 0 || strncmp(line, "\xfe\xff", 2) == 0;
}

static bool read_lines(struct trace_dests *d, FILE *f, const char *name)
{
	struct place at = {name, 0};
	char line[LINE_BYTES];
	bool cut;

	for (long len = read_line(f, line, sizeof line, &cut); len >= 0; len = read_line(f, line, sizeof line, &cut)) {
		at.line++;
		if (at.line == 1 && is_utf16(line)) {
			progress_error(d->progress, "%s is text in UTF-16: convert it first, by iconv -f UTF-16 -t UTF-8", name);
			return false;
		}
		size_t mark = at.line == 1 && strncmp(line, MARK_UTF8, MARK_BYTES) == 0 ? MARK_BYTES : 0;
		if (cut)
			complain(d, &at, line, "the line is too long to be a destination");
		else if (!take_line(d, &at, line + mark, (size_t)len - mark))
			return false;
	}
	if (ferror(f))
		progress_error(d->progress, "cannot read %s: %s", name, strerror(errno));
	return !ferror(f);
}

bool trace_dests_read(struct trace_dests *d, const char *path)
{
	bool input = strcmp(path, "-") == 0;
	FILE *f = input ? stdin : fopen(path, "re");

	if (!f) {
		progress_error(d->progress, "cannot open %s: %s", path, strerror(errno));
		return false;
	}
	d->path = input ? "standard input" : path;
	bool ok = read_lines(d, f, d->path);
	if (!input)
		fclose(f);
	return ok;
}

/* -- names -- */

/* Takes what was left out off the list, in place. */
static void close_gaps(struct trace_dests *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++) {
		if (ip_addr_is_set(&d->list[i].addr))
			d->list[kept++] = d->list[i];
		else
			free(d->list[i].text);
	}
	d->count = kept;
}

static void take_found(struct trace_dests *d, const struct trace_lookup *found)
{
	for (size_t i = 0; i < d->name_count; i++) {
		const struct trace_dest_name *n = &d->names[i];
		const char *why = found[i].why ? found[i].why : unusable(&found[i].addr);
		if (why)
			complain(d, &n->at, found[i].name, why);
		else
			d->list[n->dest].addr = found[i].addr;
	}
	d->name_count = 0;
	close_gaps(d);
}

bool trace_dests_resolve(struct trace_dests *d, int64_t limit_ns)
{
	struct trace_lookup *found = calloc(d->name_count + 1, sizeof *found);
	char err[160] = "out of memory for the names";

	for (size_t i = 0; found && i < d->name_count; i++)
		found[i].name = d->list[d->names[i].dest].text;
	bool ok = found && trace_lookup_all(found, d->name_count, d->family, limit_ns, err, sizeof err);
	if (ok)
		take_found(d, found);
	else
		progress_error(d->progress, "%s", err);
	free(found);
	if (d->beyond > 1)
		progress_error(d->progress, "%zu destinations are beyond the 60000 that one run takes: they are left out", d->beyond);
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

	if (!r)
		return out_of_memory(d);
	size_t repeated = mark_repeated(d, r);
	free(r);
	close_gaps(d);
	if (repeated > 0)
		progress_warn(d->progress, "%zu destination%s named more than once: traced once", repeated,
		              PLURAL(repeated, " is", "s are"));
	return true;
}

/* -- all of a command -- */

/* What leaves from an address of one family goes to that family alone. */
static bool choose_family(const struct trace_run_options *o, struct progress *p, uint8_t *family, const char **why)
{
	struct ip_addr source = ip_addr_none();

	*family = o->family;
	*why = o->family == IP_V4 ? "-4 asks" : "-6 asks";
	if (o->source && !ip_addr_parse(o->source, &source)) {
		progress_error(p, "'%s' is no address to send from", o->source);
		return false;
	}
	if (!o->source || source.family == o->family)
		return true;
	if (o->family != IP_NONE) {
		progress_error(p, "the source %s is not %s, as %s", o->source, o->family == IP_V4 ? "IPv4" : "IPv6", *why);
		return false;
	}
	*family = source.family;
	*why = "the source (-s) is";
	return true;
}

bool trace_dests_take(struct trace_dests *d, const struct trace_run_options *o, int64_t names_ns, struct progress *p)
{
	uint8_t family;
	const char *why;

	if (!choose_family(o, p, &family, &why))
		return false;
	trace_dests_init(d, family, why, p);
	d->names_all = o->verbose;
	bool ok = true;
	for (size_t i = 0; i < o->word_count && ok; i++)
		ok = trace_dests_add(d, o->words[i]);
	ok = ok && (!o->file || trace_dests_read(d, o->file)) && trace_dests_resolve(d, names_ns) && trace_dests_unique(d);
	trace_dests_say_unnamed(d);
	return ok;
}
