/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a request with our token may go. */
#include "probe/http/url.h"

#include "erprobe/addr.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A URL in its parts (RFC 3986 section 3); the strings point into the URL. */
struct parts {
	bool tls;
	const char *host;
	size_t host_len;
	uint16_t port;
	size_t authority_len; /* up to the path */
};

/* Printable ASCII without the characters that parsers disagree about. */
static bool plain_characters(const char *url)
{
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\\#\"<>^`{|}", *c))
			return false;
	return true;
}

static bool split_scheme(const char *url, struct parts *p, size_t *at)
{
	if (strncasecmp(url, "https://", 8) == 0) {
		p->tls = true;
		*at = 8;
		return true;
	}
	p->tls = false;
	*at = 7;
	return strncasecmp(url, "http://", 7) == 0;
}

/* Names and IPv4 literals by their characters, IPv6 literals in brackets. */
static size_t host_length(const char *host)
{
	if (host[0] == '[') {
		size_t inside = strspn(host + 1, "0123456789abcdefABCDEF:.");
		return inside > 0 && host[inside + 1] == ']' ? inside + 2 : 0;
	}
	return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
}

static bool split_port(const char *text, struct parts *p, size_t *used)
{
	p->port = p->tls ? 443 : 80;
	*used = 0;
	if (text[0] != ':')
		return true;
	size_t digits = strspn(text + 1, "0123456789");
	if (digits == 0 || digits > 5)
		return false;
	unsigned long port = 0;
	for (size_t i = 1; i <= digits; i++)
		port = port * 10 + (unsigned long)(text[i] - '0');
	if (port == 0 || port > 65535)
		return false;
	p->port = (uint16_t)port;
	*used = digits + 1;
	return true;
}

/* An '@' before the path can only be a user: no character of it passes as a host. */
static bool split_url(const char *url, struct parts *p)
{
	size_t at, used;
	if (!plain_characters(url) || !split_scheme(url, p, &at))
		return false;
	p->host = url + at;
	p->host_len = host_length(p->host);
	if (p->host_len == 0 || p->host_len >= URL_HOST_MAX)
		return false;
	if (p->host[0] == '.' || p->host[0] == '-' || p->host[p->host_len - 1] == '.')
		return false;
	at += p->host_len;
	if (!split_port(url + at, p, &used))
		return false;
	p->authority_len = at + used;
	return strchr("/?", url[p->authority_len]) != NULL; /* finds the NUL too */
}

static void read_host(struct url_base *b)
{
	struct ip_addr addr;
	char bare[URL_HOST_MAX];
	size_t len = strlen(b->host);
	bool brackets = b->host[0] == '[';
	snprintf(bare, sizeof(bare), "%.*s", (int)(brackets ? len - 2 : len), b->host + brackets);
	b->literal = ip_addr_parse(bare, &addr);
	b->loopback = b->literal ? ip_addr_is_loopback(&addr) : strcmp(b->host, "localhost") == 0;
}

/* Host and scheme; false where plain http would leave the host. */
static bool take_host(struct url_base *out, const struct parts *p, char *err, size_t err_size)
{
	out->authority_len = p->authority_len;
	out->tls = p->tls;
	out->port = p->port;
	for (size_t i = 0; i < p->host_len; i++)
		out->host[i] = (char)tolower((unsigned char)p->host[i]);
	read_host(out);
	if (!out->tls && !out->loopback) {
		snprintf(err, err_size, "plain http would show the token to the network: use https (http only to a "
		         "loopback address)");
		return false;
	}
	return true;
}

bool url_base_parse(const char *endpoint, struct url_base *out, char *err, size_t err_size)
{
	struct parts p;
	memset(out, 0, sizeof(*out));
	if (strlen(endpoint) >= URL_BASE_MAX || !split_url(endpoint, &p) || strchr(endpoint, '?')) {
		snprintf(err, err_size, "it is not a plain https URL of a host");
		return false;
	}
	snprintf(out->text, sizeof(out->text), "%s", endpoint);
	for (size_t len = strlen(out->text); len > p.authority_len && out->text[len - 1] == '/';)
		out->text[--len] = '\0';
	return take_host(out, &p, err, err_size);
}

bool url_whole_parse(const char *url, struct url_base *out, char *err, size_t err_size)
{
	struct parts p;
	memset(out, 0, sizeof(*out));
	if (strlen(url) >= URL_MAX || !split_url(url, &p) || p.authority_len >= sizeof(out->text)) {
		snprintf(err, err_size, "it is not a plain https URL");
		return false;
	}
	snprintf(out->text, sizeof(out->text), "%.*s", (int)p.authority_len, url);
	return take_host(out, &p, err, err_size);
}

/* "eastus.management.azure.com" lies below "management.azure.com". */
static bool host_allowed(const struct url_base *b, const struct parts *p)
{
	size_t own = strlen(b->host);
	if (p->host_len == own)
		return strncasecmp(p->host, b->host, own) == 0;
	if (b->literal || !b->tls || p->host_len < own + 2)
		return false;
	const char *tail = p->host + p->host_len - own;
	return tail[-1] == '.' && strncasecmp(tail, b->host, own) == 0;
}

bool url_follow(const struct url_base *base, const char *target, char out[URL_MAX])
{
	struct parts p;
	int n;
	if (target[0] == '/' && target[1] != '/')
		n = snprintf(out, URL_MAX, "%.*s%s", (int)base->authority_len, base->text, target);
	else
		n = snprintf(out, URL_MAX, "%s", target);
	if (n <= 0 || n >= URL_MAX || !split_url(out, &p))
		return false;
	return p.tls == base->tls && p.port == base->port && host_allowed(base, &p);
}

void url_encode(struct strbuf *out, const char *text, const char *also)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (const char *c = text; *c; c++)
		if (strchr(plain, *c) || strchr(also, *c))
			strbuf_add_char(out, *c);
		else
			strbuf_addf(out, "%%%02X", (unsigned)(unsigned char)*c);
}

static bool has_dot_segment(const char *path)
{
	for (const char *s = strchr(path, '/'); s; s = strchr(s + 1, '/')) {
		size_t len = strcspn(s + 1, "/");
		if ((len == 1 && s[1] == '.') || (len == 2 && s[1] == '.' && s[2] == '.'))
			return true;
	}
	return false;
}

bool url_resource(const struct url_base *base, const char *id, const char *suffix,
                  const char *api_version, char out[URL_MAX])
{
	struct strbuf b;
	if (id[0] != '/' || has_dot_segment(id) || has_dot_segment(suffix))
		return false;
	strbuf_init(&b, URL_MAX);
	strbuf_add(&b, base->text);
	url_encode(&b, id, URL_ALSO_PATH);
	url_encode(&b, suffix, URL_ALSO_PATH);
	strbuf_addf(&b, "?api-version=%s", api_version);
	bool fits = strbuf_ok(&b) && b.len < URL_MAX;
	if (fits)
		memcpy(out, b.text, b.len + 1);
	strbuf_free(&b);
	return fits;
}
