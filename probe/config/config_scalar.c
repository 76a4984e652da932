/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/config/config_scalar.h"

#include "analysis/value/host_port.h"
#include "analysis/value/strbuf.h"
#include "erprobe/addr.h"

#include <stdlib.h>
#include <string.h>

#define TEN_YEARS_S (INT64_C(3653) * 86400)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Are all `len` characters letters, digits or one of `more`? */
static bool only(const char *text, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' || (!is_alnum(text[i]) && !strchr(more, text[i])))
			return false;
	}
	return len > 0;
}

/* Digits at the beginning of text; -1 when there are none, a zero leads or it is beyond int64. */
static int64_t leading_number(const char *text, size_t *used)
{
	int64_t v = 0;
	size_t n = 0;
	for (; is_digit(text[n]); n++) {
		if (v > (INT64_MAX - 9) / 10)
			return -1;
		v = v * 10 + (text[n] - '0');
	}
	*used = n;
	return n == 0 || (n > 1 && text[0] == '0') ? -1 : v;
}

bool scalar_integer(const char *text, int64_t low, int64_t high, int64_t *out)
{
	size_t used;
	int64_t v = leading_number(text, &used);
	if (v < 0 || text[used] != '\0' || v < low || v > high)
		return false;
	*out = v;
	return true;
}

bool scalar_seconds(const char *text, int64_t *out)
{
	static const struct { char unit; int64_t seconds; } units[] = {
		{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	size_t used;
	int64_t v = leading_number(text, &used);
	if (v < 0 || text[used] == '\0' || text[used + 1] != '\0')
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (units[i].unit == text[used] && v <= TEN_YEARS_S / units[i].seconds) {
			*out = v * units[i].seconds;
			return true;
		}
	}
	return false;
}

bool scalar_per_second(const char *text, int64_t low, int64_t high, int64_t *out)
{
	size_t used = 0;
	int64_t v = leading_number(text, &used);
	if (v < low || v > high || strcmp(text + used, "/s") != 0)
		return false;
	*out = v;
	return true;
}

bool scalar_is_printable(const char *text, size_t max)
{
	size_t len = strlen(text);
	if (len == 0 || len >= max || text[0] == ' ' || text[len - 1] == ' ')
		return false;
	/* What text_safe would not change is safe: the same rule as for all output. */
	size_t size = 3 * len + 1;
	char *safe = malloc(size);
	if (!safe)
		return false;
	text_safe(safe, size, text);
	bool same = strcmp(safe, text) == 0;
	free(safe);
	return same;
}

bool scalar_is_interface(const char *text)
{
	/* dev_valid_name() of the kernel; IFNAMSIZ is 16 with the NUL. */
	size_t len = strlen(text);
	if (len == 0 || len > 15 || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '/' || text[i] == ':')
			return false;
	}
	return true;
}

bool scalar_is_path(const char *text, size_t max)
{
	return text[0] == '/' && scalar_is_printable(text, max);
}

bool scalar_is_identity(const char *text, size_t max)
{
	size_t len = strlen(text);
	return len < max && only(text, len, ".-");
}

/* A DNS name: labels of letters, digits and hyphens. A last label of digits only
 * would be an address written in some other form (RFC 3696 section 2). */
bool scalar_is_host_name(const char *host)
{
	const char *label = host;
	size_t len;
	for (;;) {
		len = strcspn(label, ".");
		if (len == 0 || len > 63 || !only(label, len, "-") || label[0] == '-' || label[len - 1] == '-')
			return false;
		if (label[len] == '\0')
			break;
		label += len + 1;
	}
	return strspn(label, "0123456789") != len;
}

static bool host_is_valid(const struct host_port *a)
{
	struct ip_addr ip;
	if (a->bracketed)
		return ip_addr_parse(a->host, &ip) && ip.family == IP_V6;
	if (ip_addr_parse(a->host, &ip))
		return ip.family == IP_V4;
	return scalar_is_host_name(a->host);
}

static bool same_word(const char *a, size_t len, const char *b)
{
	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char x = a[i], y = b[i];
		x = x >= 'A' && x <= 'Z' ? (char)(x + ('a' - 'A')) : x;
		y = y >= 'A' && y <= 'Z' ? (char)(y + ('a' - 'A')) : y;
		if (x != y)
			return false;
	}
	return true;
}

static bool host_is_loopback(const struct host_port *a)
{
	struct ip_addr ip;
	/* RFC 6761 section 6.3: localhost never leaves the host. */
	if (!a->bracketed && same_word(a->host, strlen(a->host), "localhost"))
		return true;
	return ip_addr_parse(a->host, &ip) && ip_addr_is_loopback(&ip);
}

bool scalar_is_host_port(const char *text)
{
	struct host_port a;
	return host_port_split(text, strlen(text), &a) && a.port != 0 && host_is_valid(&a);
}

bool scalar_is_listen(const char *text)
{
	struct host_port a;
	struct ip_addr ip;
	if (strcmp(text, "none") == 0)
		return true;
	if (!host_port_split(text, strlen(text), &a) || a.port == 0 || !host_is_valid(&a))
		return false;
	return ip_addr_parse(a.host, &ip) || host_is_loopback(&a);
}

/* Path of an endpoint: nothing that needs decoding, nothing that climbs. */
static bool path_is_plain(const char *path)
{
	return *path == '\0' || (only(path, strlen(path), "/-._~") && !strstr(path, "//") && !strstr(path, "/."));
}

static const char *url_problem(const char *text, size_t *path_at)
{
	bool plain = strncmp(text, "http://", 7) == 0;
	if (!plain && strncmp(text, "https://", 8) != 0)
		return "it must begin with https:// (or http:// for a loopback address)";
	const char *rest = text + (plain ? 7 : 8);
	size_t len = strcspn(rest, "/?#");
	if (memchr(rest, '@', len))
		return "a user or password must not stand in it";
	if (strpbrk(rest, "?#@"))
		return "a query, fragment or '@' must not stand in it";
	struct host_port a;
	if (!host_port_split(rest, len, &a) || !host_is_valid(&a))
		return "its host or port is not valid";
	if (plain && !host_is_loopback(&a))
		return "plain http is allowed only to a loopback address; use https://";
	if (!path_is_plain(rest + len))
		return "its path may hold only letters, digits and - . _ ~";
	*path_at = (size_t)(rest + len - text);
	return NULL;
}

bool scalar_url(const char *text, char *out, size_t size, const char **why)
{
	size_t path_at = 0, len = strlen(text);
	*why = len >= size ? "it is too long" : url_problem(text, &path_at);
	if (*why)
		return false;
	while (len > path_at && text[len - 1] == '/')
		len--;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

/* One segment of an ARM resource id. */
struct segment_rule {
	const char *fixed;   /* this word, any case; NULL: a name */
	const char *more;    /* characters of a name beside letters and digits */
	size_t max;
	const char *problem;
};

#define SEGMENTS 8

static bool segment_fits(const struct segment_rule *rule, const char *text, size_t len)
{
	if (rule->fixed)
		return same_word(text, len, rule->fixed);
	/* "." and ".." would climb when the id becomes part of a URL. */
	return len <= rule->max && only(text, len, rule->more) && text[len - 1] != '.';
}

bool scalar_resource_id(const char *text, const char *type, const char **why)
{
	const struct segment_rule rules[SEGMENTS] = {
		{"subscriptions", NULL, 0, "it must begin with /subscriptions/"},
		{NULL, "-", 64, "the subscription id after /subscriptions/ is not valid"},
		{"resourceGroups", NULL, 0, "/resourceGroups/ must follow the subscription id"},
		{NULL, "-_.()", 90, "the resource group's name is not valid"},
		{"providers", NULL, 0, "/providers/ must follow the resource group"},
		{"Microsoft.Network", NULL, 0, "the provider must be Microsoft.Network"},
		{type, NULL, 0, "it names a resource of another type"},
		{NULL, "-_.", 80, "the resource's name at its end is missing or not valid"},
	};
	*why = "it must begin with /subscriptions/";
	for (size_t i = 0; i < SEGMENTS; i++) {
		if (*text != '/') {
			*why = rules[i].problem;
			return false;
		}
		text++;
		size_t len = strcspn(text, "/");
		if (!segment_fits(&rules[i], text, len)) {
			*why = rules[i].problem;
			return false;
		}
		text += len;
	}
	*why = "something stands after the resource's name";
	return *text == '\0';
}
