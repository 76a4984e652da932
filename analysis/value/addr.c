/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and prefixes: reading, writing, comparing. */
#include "erprobe/addr.h"

#include <stdio.h>
#include <string.h>

#define GROUPS 8 /* 16-bit groups of an IPv6 address */

int ip_family_index(uint8_t family)
{
	return family == IP_V4 ? FAM4 : family == IP_V6 ? FAM6 : -1;
}

static uint32_t v4_number(const struct ip_addr *a)
{
	return (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 | (uint32_t)a->bytes[2] << 8 | a->bytes[3];
}

int ip_addr_compare(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->family == IP_V4) /* asked several times a packet */
		return v4_number(a) < v4_number(b) ? -1 : v4_number(a) > v4_number(b);
	int order = memcmp(a->bytes, b->bytes, ip_addr_len(a->family));
	return order < 0 ? -1 : order > 0;
}

/* --- reading --------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decimal without sign or leading zeros, at most max. Moves *at past the digits. */
static bool parse_decimal(const char **at, unsigned max, unsigned *out)
{
	const char *s = *at;
	unsigned v = 0;

	if (!is_digit(*s) || (s[0] == '0' && is_digit(s[1])))
		return false;
	for (; is_digit(*s); s++) {
		v = v * 10 + (unsigned)(*s - '0');
		if (v > max)
			return false;
	}
	*at = s;
	*out = v;
	return true;
}

/* Exactly four octets up to the end of the text. "010.0.0.1" is refused: some
 * programs read it as octal, so two readers could see two addresses. */
static bool parse_v4(const char *s, uint8_t out[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned octet;

		if (i > 0 && *s++ != '.')
			return false;
		if (!parse_decimal(&s, 255, &octet))
			return false;
		out[i] = (uint8_t)octet;
	}
	return *s == '\0';
}

/* Reading state of an IPv6 literal (RFC 4291 section 2.2). */
struct v6_reader {
	const char *at;
	uint8_t groups[16];
	int count; /* groups read */
	int gap;   /* groups before "::", -1 = none */
};

static void v6_push(struct v6_reader *r, unsigned group)
{
	r->groups[2 * r->count] = (uint8_t)(group >> 8);
	r->groups[2 * r->count + 1] = (uint8_t)group;
	r->count++;
}

/* One to four hex digits. */
static bool v6_group(struct v6_reader *r)
{
	unsigned v = 0;
	int digits = 0;

	for (int h; (h = hex_value(*r->at)) >= 0; r->at++, digits++) {
		if (digits == 4)
			return false;
		v = v << 4 | (unsigned)h;
	}
	if (digits == 0)
		return false;
	v6_push(r, v);
	return true;
}

/* The dotted quad that may stand for the last two groups. */
static bool v6_tail_v4(struct v6_reader *r)
{
	uint8_t quad[4];

	if (r->count > GROUPS - 2 || !parse_v4(r->at, quad))
		return false;
	v6_push(r, (unsigned)quad[0] << 8 | quad[1]);
	v6_push(r, (unsigned)quad[2] << 8 | quad[3]);
	r->at += strlen(r->at);
	return true;
}

/* What follows a group: the end, ":" and a group, or the one "::". */
static bool v6_separator(struct v6_reader *r)
{
	if (*r->at == '\0')
		return true;
	if (*r->at != ':')
		return false;
	r->at++;
	if (*r->at != ':')
		return *r->at != '\0';
	if (r->gap >= 0)
		return false;
	r->gap = r->count;
	r->at++;
	return true;
}

static bool v6_groups(struct v6_reader *r)
{
	while (*r->at != '\0') {
		size_t digits = strspn(r->at, "0123456789abcdefABCDEF");

		if (r->count == GROUPS)
			return false;
		if (r->at[digits] == '.')
			return v6_tail_v4(r);
		if (!v6_group(r) || !v6_separator(r))
			return false;
	}
	return true;
}

static bool parse_v6(const char *text, uint8_t out[16])
{
	struct v6_reader r = {.at = text, .gap = -1};

	if (text[0] == ':') {
		if (text[1] != ':')
			return false;
		r.gap = 0;
		r.at += 2;
	}
	if (!v6_groups(&r))
		return false;
	/* "::" stands for one group or more, so eight groups leave no room for it. */
	if (r.gap < 0 ? r.count != GROUPS : r.count >= GROUPS)
		return false;
	memset(out, 0, 16);
	size_t head = r.gap < 0 ? 16 : (size_t)r.gap * 2;
	size_t tail = (size_t)r.count * 2 - head;
	memcpy(out, r.groups, head);
	memcpy(out + 16 - tail, r.groups + head, tail);
	return true;
}

bool ip_addr_parse(const char *text, struct ip_addr *out)
{
	uint8_t bytes[16];

	if (text == NULL)
		return false;
	if (strchr(text, ':') != NULL) {
		if (!parse_v6(text, bytes))
			return false;
		*out = ip_addr_from(IP_V6, bytes);
		return true;
	}
	if (!parse_v4(text, bytes))
		return false;
	*out = ip_addr_from(IP_V4, bytes);
	return true;
}

/* --- writing --------------------------------------------------------------- */

static unsigned v6_group_at(const uint8_t *bytes, int i)
{
	return (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* The run of zero groups that "::" replaces: the longest of two or more, the
 * first of equals (RFC 5952 section 4.2). Length 0 when there is none. */
static void longest_zero_run(const uint8_t *bytes, int groups, int *start, int *len)
{
	*start = -1;
	*len = 0;
	for (int i = 0; i < groups; i++) {
		int run = 0;

		while (i + run < groups && v6_group_at(bytes, i + run) == 0)
			run++;
		if (run >= 2 && run > *len) {
			*start = i;
			*len = run;
		}
		i += run;
	}
}

bool ip_addr_is_v4_mapped(const struct ip_addr *a)
{
	static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return a->family == IP_V6 && memcmp(a->bytes, prefix, sizeof prefix) == 0;
}

static void text_v6(const struct ip_addr *a, char buf[IP_TEXT_MAX])
{
	const uint8_t *bytes = a->bytes;
	size_t len = 0;
	int start, run;

	if (ip_addr_is_v4_mapped(a)) { /* RFC 5952 section 5: mixed notation */
		snprintf(buf, IP_TEXT_MAX, "::ffff:%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
		return;
	}
	longest_zero_run(bytes, GROUPS, &start, &run);
	for (int i = 0; i < GROUPS; i++) {
		if (i == start) {
			buf[len++] = ':';
			if (i + run == GROUPS)
				buf[len++] = ':';
			i += run - 1;
			continue;
		}
		if (i > 0)
			buf[len++] = ':';
		len += (size_t)snprintf(buf + len, IP_TEXT_MAX - len, "%x", v6_group_at(bytes, i));
	}
	buf[len] = '\0';
}

static void text_v4(const uint8_t *b, char buf[IP_TEXT_MAX])
{
	size_t len = 0;

	for (int i = 0; i < 4; i++) {
		if (b[i] >= 100)
			buf[len++] = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			buf[len++] = (char)('0' + b[i] / 10 % 10);
		buf[len++] = (char)('0' + b[i] % 10);
		buf[len++] = i < 3 ? '.' : '\0';
	}
}

const char *ip_addr_text(const struct ip_addr *a, char buf[IP_TEXT_MAX])
{
	const uint8_t *b = a->bytes;

	if (a->family == IP_V4)
		text_v4(b, buf);
	else if (a->family == IP_V6)
		text_v6(a, buf);
	else
		snprintf(buf, IP_TEXT_MAX, "-");
	return buf;
}

/* --- classes --------------------------------------------------------------- */

bool ip_addr_is_loopback(const struct ip_addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	if (a->family == IP_V4)
		return a->bytes[0] == 127;
	return a->family == IP_V6 && memcmp(a->bytes, one, 16) == 0;
}

bool ip_addr_is_multicast(const struct ip_addr *a)
{
	if (a->family == IP_V4)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->family == IP_V6 && a->bytes[0] == 0xff;
}

bool ip_addr_is_unspecified(const struct ip_addr *a)
{
	static const uint8_t zero[16];

	return ip_addr_is_set(a) && memcmp(a->bytes, zero, ip_addr_len(a->family)) == 0;
}

bool ip_addr_is_this_network(const struct ip_addr *a)
{
	return a->family == IP_V4 && a->bytes[0] == 0;
}

bool ip_addr_is_link_local(const struct ip_addr *a)
{
	if (a->family == IP_V4)
		return a->bytes[0] == 169 && a->bytes[1] == 254;
	return a->family == IP_V6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool ip_text_has_zone(const char *text)
{
	char bare[IP_TEXT_MAX];
	size_t len = strcspn(text, "%");
	struct ip_addr a;

	if (text[len] == '\0' || len >= sizeof bare)
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	return ip_addr_parse(bare, &a) && a.family == IP_V6;
}

bool ip_addr_is_broadcast(const struct ip_addr *a)
{
	static const uint8_t ones[4] = {255, 255, 255, 255};

	return a->family == IP_V4 && memcmp(a->bytes, ones, 4) == 0;
}

/* --- prefixes -------------------------------------------------------------- */

static bool host_bits_zero(const struct ip_addr *a, unsigned len)
{
	unsigned bits = (unsigned)ip_addr_len(a->family) * 8;

	for (unsigned i = len; i < bits; i++)
		if (a->bytes[i / 8] & 0x80u >> i % 8)
			return false;
	return true;
}

bool ip_prefix_parse(const char *text, struct ip_prefix *out)
{
	char buf[IP_TEXT_MAX];
	struct ip_addr a;

	if (text == NULL)
		return false;
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	if (len >= sizeof buf)
		return false;
	memcpy(buf, text, len);
	buf[len] = '\0';
	if (!ip_addr_parse(buf, &a))
		return false;
	unsigned bits = (unsigned)ip_addr_len(a.family) * 8;
	if (slash != NULL) {
		const char *at = slash + 1;

		if (!parse_decimal(&at, bits, &bits) || *at != '\0')
			return false;
	}
	if (!host_bits_zero(&a, bits))
		return false;
	*out = (struct ip_prefix){.addr = a, .len = (uint8_t)bits};
	return true;
}

const char *ip_prefix_text(const struct ip_prefix *p, char buf[PREFIX_TEXT_MAX])
{
	char addr[IP_TEXT_MAX];

	if (ip_addr_is_set(&p->addr))
		snprintf(buf, PREFIX_TEXT_MAX, "%s/%u", ip_addr_text(&p->addr, addr), p->len);
	else
		snprintf(buf, PREFIX_TEXT_MAX, "-");
	return buf;
}

bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_addr *a)
{
	size_t bytes = p->len / 8u;
	unsigned bits = p->len % 8u;

	if (!ip_addr_is_set(a) || p->addr.family != a->family || p->len > ip_addr_len(a->family) * 8)
		return false;
	if (memcmp(p->addr.bytes, a->bytes, bytes) != 0)
		return false;
	return bits == 0 || (p->addr.bytes[bytes] ^ a->bytes[bytes]) >> (8 - bits) == 0;
}

struct ip_addr ip_prefix_nth(const struct ip_prefix *p, uint32_t n)
{
	struct ip_addr a = p->addr;
	size_t i = ip_addr_len(a.family);
	uint64_t carry = n;

	while (i-- > 0 && carry > 0) {
		carry += a.bytes[i];
		a.bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	/* A sum that wrapped round lies below the prefix, so this refuses it too. */
	return ip_prefix_contains(p, &a) ? a : ip_addr_none();
}
