/* SPDX-License-Identifier: BSD-2-Clause */
/* How an error in a configuration file is told:
 *
 *   erprobe.yaml:11:5: error: unknown key 'adress' in a target; did you mean 'address'?
 *       adress: 10.1.1.1
 *       ^
 */
#include "probe/config/config_node.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MESSAGE_MAX 400
#define LINE_SHOWN_MAX 120 /* characters; a longer line is no help next to a caret */

/* The text of a line (from 1); false when there is no such line. */
static bool find_line(const struct source *s, uint32_t line, const char **start, size_t *len)
{
	const char *at = s->text, *end = s->text + s->len;
	for (uint32_t i = 1; at && i < line; i++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	if (!at || at >= end)
		return false;
	const char *stop = memchr(at, '\n', (size_t)(end - at));
	*start = at;
	*len = (size_t)((stop ? stop : end) - at);
	if (*len > 0 && at[*len - 1] == '\r')
		(*len)--;
	return true;
}

/* Sections whose lines may be repeated to a terminal and a log. Everything else,
 * the sign-in first of all, and the URLs of messages in audit.notify, may hold a secret that
 * somebody wrote there by mistake. */
static bool opens_harmless_section(const char *line, size_t len)
{
	static const char *const harmless[] = {"circuits:", "history:"};
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		size_t n = strlen(harmless[i]);
		if (len >= n && memcmp(line, harmless[i], n) == 0)
			return true;
	}
	return false;
}

/* In those too a file that holds a secret is named, and somebody may write the secret itself there. */
static bool names_secret(const char *line, size_t len)
{
	static const char *const words[] = {"key", "secret", "password"};
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		size_t n = strlen(words[w]);
		for (size_t i = 0; i + n <= len; i++)
			if (strncasecmp(line + i, words[w], n) == 0)
				return true;
	}
	return false;
}

/* Does this line continue the section that an earlier line opened? */
static bool is_inside_section(const char *line, size_t len)
{
	return len == 0 || line[0] == ' ' || line[0] == '-' || line[0] == '#' || line[0] == '\t';
}

/* One pass from the top: the section open at `line` decides. */
static bool may_show(const struct source *s, uint32_t line)
{
	const char *at = s->text, *end = s->text + s->len;
	bool harmless = false;
	for (uint32_t i = 1; i <= line; i++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		if (!is_inside_section(at, len))
			harmless = opens_harmless_section(at, len);
		if (!stop)
			return harmless && i == line;
		at = stop + 1;
	}
	return harmless;
}

static void show_line(struct strbuf *out, const struct source *s, struct place at)
{
	const char *start;
	size_t len;
	if (!may_show(s, at.line) || !find_line(s, at.line, &start, &len))
		return;
	if (len == 0 || len > LINE_SHOWN_MAX || at.column > len + 1 || names_secret(start, len))
		return;
	char raw[LINE_SHOWN_MAX + 1], safe[3 * LINE_SHOWN_MAX + 1];
	memcpy(raw, start, len);
	raw[len] = '\0';
	for (size_t i = 0; i < len; i++) {
		if (raw[i] == '\t' || raw[i] == '\0')
			raw[i] = ' ';
	}
	text_safe(safe, sizeof(safe), raw);
	strbuf_addf(out, "    %s\n    %*s^\n", safe, (int)(at.column - 1), "");
}

void complain(struct complaints *c, struct place at, const char *format, ...)
{
	if (c->count++ >= CONFIG_COMPLAINTS_MAX) {
		if (c->count == CONFIG_COMPLAINTS_MAX + 1)
			strbuf_add(c->out, "error: more errors than shown here; correct these first\n");
		return;
	}
	char message[MESSAGE_MAX], safe[MESSAGE_MAX], name[256];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	text_safe(safe, sizeof(safe), message);
	text_safe(name, sizeof(name), at.source ? at.source->name : "configuration");
	if (at.line == 0) {
		strbuf_addf(c->out, "%s: error: %s\n", name, safe);
		return;
	}
	strbuf_addf(c->out, "%s:%u:%u: error: %s\n", name, at.line, at.column, safe);
	show_line(c->out, at.source, at);
}
