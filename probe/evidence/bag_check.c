/* SPDX-License-Identifier: BSD-2-Clause */
/* Do the files of a bag belong together? On what stands in memory:
 *   1. the tag manifest names the three tag files, and their digests agree
 *   2. the manifest names exactly the payload files, and their digests agree */
#include "probe/evidence/bag.h"

#include "analysis/value/strbuf.h"

#include <string.h>

struct checking {
	struct bag *bag;
	char *err;
	size_t err_size;
};

static bool refuse(const struct checking *c, const char *name, const char *what)
{
	text_format(c->err, c->err_size, "%s: %s", name, what);
	return false;
}

/* One line of a manifest: 64 hex digits, blanks, path (RFC 8493 section 2.1.3; '*'
 * before the path is what sha256sum writes in binary mode). */
struct line {
	char hex[SHA256_HEX_MAX];
	char path[BAG_PATH_MAX];
};

/* A path that any tool may hand to open(2) below the bag's folder. */
static bool stays_inside(const char *path)
{
	if (path[0] == '/' || path[0] == '\0')
		return false;
	for (const char *c = path; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\' || *c == '%')
			return false;
		if (c[0] == '.' && c[1] == '.' && (c == path || c[-1] == '/') && (c[2] == '/' || c[2] == '\0'))
			return false;
	}
	return true;
}

/* Takes the next line from *at. False at the end, and on nonsense with *bad set. */
static bool next_line(const char **at, struct line *out, bool *bad)
{
	const char *end = strchr(*at, '\n');
	size_t len = end ? (size_t)(end - *at) : strlen(*at);
	const char *line = *at;
	size_t hex, blanks;

	*bad = false;
	if (len == 0 && !end)
		return false;
	*bad = true;
	hex = strspn(line, "0123456789abcdefABCDEF");
	if (hex != 64)
		return false;
	blanks = strspn(line + hex, " \t");
	if (line[hex + blanks] == '*')
		blanks++;
	if (blanks == 0 || hex + blanks >= len || len - hex - blanks >= sizeof out->path)
		return false;
	for (size_t i = 0; i < hex; i++) /* digits of either case (the same section) */
		out->hex[i] = line[i] >= 'A' && line[i] <= 'F' ? (char)(line[i] - 'A' + 'a') : line[i];
	out->hex[hex] = '\0';
	memcpy(out->path, line + hex + blanks, len - hex - blanks);
	out->path[len - hex - blanks] = '\0';
	*at = end ? end + 1 : line + len;
	*bad = !stays_inside(out->path);
	return !*bad;
}

static struct bag_file *payload(struct bag *b, const char *path)
{
	for (size_t i = 0; i < b->count; i++) {
		if (strcmp(b->files[i].path, path) == 0)
			return &b->files[i];
	}
	return NULL;
}

static bool check_payload_line(struct checking *c, const struct line *line)
{
	struct bag_file *f = payload(c->bag, line->path);

	if (!f)
		return refuse(c, line->path, "is missing, though " BAG_MANIFEST " names it");
	if (f->listed)
		return refuse(c, line->path, "stands twice in " BAG_MANIFEST);
	if (strcmp(f->sha256, line->hex) != 0)
		return refuse(c, line->path, "was altered: its SHA-256 is not that of " BAG_MANIFEST);
	f->listed = true;
	return true;
}

/* Digests of two texts differ in about 60 of 64 digits. Fewer than half means that not
 * the file was altered but the digest that is written down. */
static bool nearly(const char *a, const char *b)
{
	int differing = 0;

	for (int i = 0; i < 64; i++)
		differing += a[i] != b[i];
	return differing < 32;
}

static bool check_tag_line(struct checking *c, const struct line *line)
{
	const struct bag_file *f;

	if (strchr(line->path, '/'))
		return refuse(c, line->path, "is no tag file of ours");
	f = bag_find_tag(c->bag, line->path);
	if (!f)
		return refuse(c, line->path, "is missing, though " BAG_TAG_MANIFEST " names it");
	if (strcmp(f->sha256, line->hex) == 0)
		return true;
	if (!nearly(f->sha256, line->hex))
		return refuse(c, line->path, "was altered: its SHA-256 is not that of " BAG_TAG_MANIFEST);
	text_format(c->err, c->err_size, BAG_TAG_MANIFEST ": was altered: its SHA-256 of %s has wrong digits", line->path);
	return false;
}

/* Runs check over every line of a manifest text. */
static bool each_line(struct checking *c, const char *name, const char *text,
                      bool (*check)(struct checking *c, const struct line *line))
{
	struct line line;
	bool bad;

	while (next_line(&text, &line, &bad)) {
		if (!check(c, &line))
			return false;
	}
	return !bad || refuse(c, name, "has a line that is not a SHA-256 and a path inside the bundle");
}

/* Without all three the tag manifest would vouch for less than it seems to. */
static bool names_all_tags(struct checking *c, const char *text)
{
	static const char *const tags[] = {BAG_DECLARATION, BAG_INFO, BAG_MANIFEST};

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
		const char *at = text;
		struct line line;
		bool bad, found = false;

		while (!found && next_line(&at, &line, &bad))
			found = strcmp(line.path, tags[i]) == 0;
		if (!found)
			return refuse(c, tags[i], "is not named in " BAG_TAG_MANIFEST);
	}
	return true;
}

/* The text of a tag file; NULL when it is missing or no text. */
static const char *tag_text(struct checking *c, const char *name)
{
	const struct bag_file *f = bag_find_tag(c->bag, name);

	if (!f)
		refuse(c, name, "is missing");
	else if (memchr(f->data, '\0', f->len) != NULL)
		refuse(c, name, "holds a zero byte");
	else
		return f->data;
	return NULL;
}

static bool check_declaration(struct checking *c)
{
	static const char first[] = "BagIt-Version: 1.0\n", second[] = "Tag-File-Character-Encoding: UTF-8";
	const char *text = tag_text(c, BAG_DECLARATION);

	if (!text)
		return false;
	if (strncmp(text, first, sizeof first - 1) != 0)
		return refuse(c, BAG_DECLARATION, "does not declare a BagIt 1.0 bundle");
	text += sizeof first - 1;
	/* The last line may lack its end (RFC 8493 section 2.1.1). */
	return (strncmp(text, second, sizeof second - 1) == 0 && strspn(text + sizeof second - 1, "\r\n") == strlen(text + sizeof second - 1)) ||
	       refuse(c, BAG_DECLARATION, "does not declare its files to be UTF-8");
}

static bool check_tags(struct checking *c)
{
	const char *text = tag_text(c, BAG_TAG_MANIFEST);

	return text && names_all_tags(c, text) && each_line(c, BAG_TAG_MANIFEST, text, check_tag_line) &&
	       check_declaration(c);
}

static bool check_payload(struct checking *c)
{
	const char *text = tag_text(c, BAG_MANIFEST);
	bool ok = text && each_line(c, BAG_MANIFEST, text, check_payload_line);

	for (size_t i = 0; ok && i < c->bag->count; i++) {
		if (!c->bag->files[i].listed)
			ok = refuse(c, c->bag->files[i].path, "is not named in " BAG_MANIFEST);
	}
	return ok;
}

bool bag_check(struct bag *b, char *err, size_t err_size)
{
	struct checking c = {b, err, err_size};

	return check_tags(&c) && check_payload(&c);
}

/* Lines exactly as bag_write() forms them: a manifest may not carry a byte that no
 * reader looks at. */
static bool exact_manifest(struct checking *c, const char *name)
{
	const char *at = tag_text(c, name);
	const char *start = at;
	struct line line;
	bool bad;

	while (at && next_line(&at, &line, &bad)) {
		char want[SHA256_HEX_MAX + BAG_PATH_MAX + 4];

		text_format(want, sizeof want, "%s  %s\n", line.hex, line.path);
		if (strlen(want) != (size_t)(at - start) || memcmp(start, want, strlen(want)) != 0)
			return refuse(c, name, "was altered: a line is not as erprobe writes it");
		start = at;
	}
	return at != NULL;
}

static bool is_ours(const char *name)
{
	static const char *const ours[] = {BAG_DECLARATION, BAG_INFO, BAG_MANIFEST, BAG_TAG_MANIFEST, BAG_SIGNATURE};

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		if (strcmp(name, ours[i]) == 0)
			return true;
	}
	return false;
}

bool bag_is_exact(const struct bag *b, char *err, size_t err_size)
{
	struct bag copy = *b; /* the checks above may write; these do not */
	struct checking c = {&copy, err, err_size};

	if (b->stranger[0] != '\0')
		return refuse(&c, b->stranger, "is no part of the bundle: nothing vouches for it");
	for (size_t i = 0; i < b->tag_count; i++) {
		if (!is_ours(b->tags[i].path))
			return refuse(&c, b->tags[i].path, "is no part of the bundle: nothing vouches for it");
	}
	if (strcmp(tag_text(&c, BAG_DECLARATION), BAG_DECLARATION_TEXT) != 0)
		return refuse(&c, BAG_DECLARATION, "was altered: it is not as erprobe writes it");
	return exact_manifest(&c, BAG_TAG_MANIFEST) && exact_manifest(&c, BAG_MANIFEST);
}
