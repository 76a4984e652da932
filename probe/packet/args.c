/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* F_GET_SEALS */
#include "probe/packet/args.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reader {
	struct packet_args *out;
	char *err;
	size_t err_size;
};

/* One option with a value: its name and what reads the value. */
struct option_row {
	const char *name;
	bool (*read)(struct reader *r, const char *value);
};

static bool bad_value(struct reader *r, const char *option, const char *value, const char *wanted)
{
	snprintf(r->err, r->err_size, "%s \"%.60s\": expected %s", option, value, wanted);
	return false;
}

/* Digits only, no sign, no blanks: what strtoul would let through is refused. */
static bool parse_number(const char *text, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (uint64_t)(*text - '0');
		if (v > max)
			return false;
	}
	*out = (uint32_t)v;
	return true;
}

static bool read_channel_version(struct reader *r, const char *value)
{
	if (parse_number(value, UINT16_MAX, &r->out->channel_version) && r->out->channel_version != 0)
		return true;
	return bad_value(r, "--channel-version", value, "a number");
}

/* What the kernel accepts as a name (dev_valid_name), less what is not printable. */
static bool name_is_plain(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= ARGS_IFACE_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '/' || name[i] == ':')
			return false;
	return true;
}

static bool read_iface(struct reader *r, const char *value)
{
	struct packet_args *a = r->out;

	if (!name_is_plain(value))
		return bad_value(r, "--iface", value, "an interface name of at most 15 characters");
	if (a->iface_count == CHANNEL_IFACES_MAX)
		return bad_value(r, "--iface", value, "at most 8 interfaces");
	for (size_t i = 0; i < a->iface_count; i++)
		if (strcmp(a->ifaces[i], value) == 0)
			return bad_value(r, "--iface", value, "each interface once");
	a->ifaces[a->iface_count++] = value;
	return true;
}

/* A port that others' frames are copied to. */
static bool read_mirror(struct reader *r, const char *value)
{
	size_t place = r->out->iface_count;

	return read_iface(r, value) && (r->out->mirror[place] = true);
}

/* A next hop on the interface before it. */
static bool read_via(struct reader *r, const char *value)
{
	struct packet_args *a = r->out;
	struct ip_addr addr;

	if (a->via_count == CHANNEL_VIAS_MAX)
		return bad_value(r, "--via", value, "at most 16 next hops");
	if (a->iface_count == 0 || a->mirror[a->iface_count - 1])
		return bad_value(r, "--via", value, "--iface before it");
	if (!ip_addr_parse(value, &addr) || ip_addr_is_multicast(&addr) || ip_addr_is_unspecified(&addr))
		return bad_value(r, "--via", value, "the address of a next hop");
	a->vias[a->via_count].addr = addr;
	a->vias[a->via_count++].iface = (uint8_t)(a->iface_count - 1);
	return true;
}

static bool read_allow(struct reader *r, const char *value)
{
	struct packet_args *a = r->out;

	if (a->from_file)
		return bad_value(r, "--allow", value, "no --allow-fd beside it");
	if (a->allow_count == ARGS_ALLOW_MAX)
		return bad_value(r, "--allow", value, "at most 65536 prefixes");
	if (!ip_prefix_parse(value, &a->allow[a->allow_count]))
		return bad_value(r, "--allow", value, "an address or a prefix without host bits");
	a->allow_count++;
	return true;
}

static bool read_watch(struct reader *r, const char *value)
{
	struct packet_args *a = r->out;

	if (a->watch_count == ARGS_WATCH_MAX)
		return bad_value(r, "--watch", value, "at most 64 prefixes");
	const struct ip_prefix *p = &a->watch[a->watch_count];
	if (!ip_prefix_parse(value, &a->watch[a->watch_count]) ||
	    p->len < (p->addr.family == IP_V4 ? ARGS_WATCH_LEN_MIN4 : ARGS_WATCH_LEN_MIN6))
		return bad_value(r, "--watch", value, "a peering's prefix, /24 or longer (IPv6 /64), without host bits");
	a->watch_count++;
	return true;
}

/* Nobody may change the list once we have looked at it. */
static bool is_sealed(int fd)
{
	const int needed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & needed) == needed;
}

static bool read_whole(int fd, void *out, size_t len)
{
	char *at = out;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool prefix_is_sound(const struct ip_prefix *p)
{
	char text[PREFIX_TEXT_MAX];
	struct ip_prefix again;

	if ((p->addr.family != IP_V4 && p->addr.family != IP_V6) || p->len > 8 * ip_addr_len(p->addr.family))
		return false;
	/* What its own text does not say again has host bits, or bytes beyond its family's. */
	return ip_prefix_parse(ip_prefix_text(p, text), &again) && memcmp(&again, p, sizeof(again)) == 0;
}

static bool read_allow_file(struct reader *r, const char *value, int fd)
{
	struct packet_args *a = r->out;
	struct stat s;

	if (!is_sealed(fd) || fstat(fd, &s) != 0 || s.st_size <= 0 ||
	    (size_t)s.st_size > ARGS_ALLOW_MAX * sizeof(*a->allow) || (size_t)s.st_size % sizeof(*a->allow) != 0)
		return bad_value(r, "--allow-fd", value, "a sealed list of at most 65536 prefixes");
	free(a->allow);
	a->from_file = true;
	a->allow_count = (size_t)s.st_size / sizeof(*a->allow);
	a->allow = calloc(a->allow_count, sizeof(*a->allow));
	if (a->allow == NULL || !read_whole(fd, a->allow, (size_t)s.st_size))
		return bad_value(r, "--allow-fd", value, "a list that can be read");
	for (size_t i = 0; i < a->allow_count; i++)
		if (!prefix_is_sound(&a->allow[i]))
			return bad_value(r, "--allow-fd", value, "prefixes without host bits");
	return true;
}

static bool read_allow_fd(struct reader *r, const char *value)
{
	uint32_t fd;

	if (!parse_number(value, CHANNEL_ALLOW_FD, &fd) || fd != CHANNEL_ALLOW_FD || r->out->allow_count > 0)
		return bad_value(r, "--allow-fd", value, "4, instead of --allow");
	return read_allow_file(r, value, (int)fd) && close((int)fd) == 0;
}

static bool read_capture(struct reader *r, const char *value)
{
	static const char *const names[] = {[CAPTURE_QUICK] = "quick", [CAPTURE_BULK] = "bulk", [CAPTURE_LIGHT] = "light", [CAPTURE_NONE] = "none"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL && strcmp(value, names[i]) == 0) {
			r->out->how = (enum capture_how)i;
			return true;
		}
	return bad_value(r, "--capture", value, "quick, bulk, light or none");
}

static bool read_rate(struct reader *r, const char *value)
{
	if (strcmp(value, "max") == 0) {
		r->out->rate = 0;
		return true;
	}
	if (parse_number(value, ARGS_RATE_MAX, &r->out->rate) && r->out->rate != 0)
		return true;
	return bad_value(r, "--rate", value, "packets a second from 1 to 1000000, or max");
}

static bool read_ports(struct reader *r, const char *value)
{
	uint32_t n;

	if (!parse_number(value, ARGS_PORTS_MAX, &n))
		return bad_value(r, "--ports", value, "a number from 0 to 512");
	r->out->ports = (uint16_t)n;
	return true;
}

static bool read_snaplen(struct reader *r, const char *value)
{
	if (parse_number(value, FRAME_BYTES_MAX, &r->out->snaplen) && r->out->snaplen >= ARGS_SNAPLEN_MIN)
		return true;
	return bad_value(r, "--snaplen", value, "bytes from 96 to 512");
}

static const struct option_row options[] = {
	{"--channel-version", read_channel_version},
	{"--iface", read_iface},
	{"--mirror", read_mirror},
	{"--via", read_via},
	{"--allow", read_allow},
	{"--allow-fd", read_allow_fd},
	{"--capture", read_capture},
	{"--rate", read_rate},
	{"--ports", read_ports},
	{"--snaplen", read_snaplen},
	{"--watch", read_watch},
};

static const struct option_row *option_named(const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static bool read_all(struct reader *r, int argc, char *const *argv)
{
	for (int i = 1; i < argc; i += 2) {
		const struct option_row *row = option_named(argv[i]);

		if (row == NULL) {
			snprintf(r->err, r->err_size, "unknown argument \"%.60s\": see --help", argv[i]);
			return false;
		}
		if (i + 1 == argc) {
			snprintf(r->err, r->err_size, "%s needs a value", row->name);
			return false;
		}
		if (!row->read(r, argv[i + 1]))
			return false;
	}
	return true;
}

bool packet_args_parse(int argc, char *const *argv, struct packet_args *out, char *err, size_t err_size)
{
	struct reader r = {out, err, err_size};

	*out = (struct packet_args){.rate = 1, .snaplen = FRAME_BYTES_MAX};
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return out->help = true;
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return out->version = true;
	/* No more prefixes than arguments: one allocation is enough. */
	out->allow = calloc(argc > 0 ? (size_t)argc : 1, sizeof(*out->allow));
	if (out->allow == NULL) {
		snprintf(err, err_size, "out of memory for the allowed prefixes");
		return false;
	}
	if (!read_all(&r, argc, argv))
		return false;
	if (out->channel_version == 0 || out->iface_count == 0) {
		snprintf(err, err_size, "--channel-version and --iface are needed");
		return false;
	}
	for (size_t i = 0; i < out->iface_count; i++)
		if (out->mirror[i] && out->watch_count == 0) {
			snprintf(err, err_size, "--mirror needs --watch: nothing else is taken from a mirror port");
			return false;
		}
	return true;
}

void packet_args_free(struct packet_args *a)
{
	free(a->allow);
	a->allow = NULL;
	a->allow_count = 0;
}
