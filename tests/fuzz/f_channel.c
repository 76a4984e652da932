/* SPDX-License-Identifier: BSD-2-Clause */
/* Hostile messages on the packet channel, at both of its ends. At the helper's end a
 * request that passes goes on through policy into the packet builder, and what comes
 * out must be what policy promised. */
#include "erprobe/bytes.h"
#include "probe/channel/helper.h"
#include "probe/packet/craft.h"
#include "probe/packet/policy.h"
#include "probe/packet/request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(truth) do { if (!(truth)) abort(); } while (0)

static void make_policy(struct policy *p)
{
	struct ip_prefix all[2];

	REQUIRE(ip_prefix_parse("0.0.0.0/0", &all[0]) && ip_prefix_parse("::/0", &all[1]));
	REQUIRE(policy_init(p, all, 2, 0));
	p->own = calloc(2, sizeof(*p->own));
	REQUIRE(p->own != NULL);
	REQUIRE(ip_addr_parse("10.0.0.1", &p->own[0].addr) && ip_addr_parse("2001:db8::1", &p->own[1].addr));
	REQUIRE(ip_prefix_parse("10.0.0.0/8", &p->own[0].on_link) && ip_prefix_parse("2001:db8::/32", &p->own[1].on_link));
	p->own_count = 2;
	p->iface_count = 2;
	p->ethernet[0] = true;
	p->port_base = 40000;
	p->port_count = 512;
}

/* Sources are rarely guessed: half of the inputs get one that is ours. */
static void help_along(struct probe_spec *s, const struct policy *p)
{
	if ((s->id & 1) != 0) {
		s->src = p->own[s->dst.family == IP_V6].addr;
		s->src_port = (uint16_t)(40000 + s->src_port % 512);
		s->iface &= 1;
	}
}

static void check_packet(struct craft *c, const struct probe_spec *s)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	uint8_t out[CRAFT_BYTES_MAX + 8];
	size_t len;

	memset(out, 0xa5, sizeof(out));
	len = craft_build(c, s, mac, out);
	REQUIRE(len > 0 && len <= CRAFT_BYTES_MAX);
	for (size_t i = len; i < sizeof(out); i++)
		REQUIRE(out[i] == 0xa5);
	if (s->kind == PROBE_NEIGHBOUR)
		REQUIRE(len == (s->src.family == IP_V6 ? 86 : 42));
	else
		REQUIRE(s->size == 0 || len == s->size);
	if (s->kind == PROBE_ICMP_ECHO) {
		size_t head = s->src.family == IP_V6 ? 40 : 20;

		REQUIRE(out[head + 2] == s->icmp_sum >> 8 && out[head + 3] == (uint8_t)s->icmp_sum);
		/* and it is the right one (ICMPv6 would need its pseudo header too) */
		REQUIRE(head == 40 || inet_sum_fold(inet_sum(0, out + head, len - head)) == 0);
	}
}

static void helpers_end(const uint8_t *data, size_t size)
{
	static struct policy policy;
	static struct craft *craft;
	union channel_request request;
	char err[200];

	if (craft == NULL) {
		make_policy(&policy);
		craft = craft_new(err, sizeof(err));
		REQUIRE(craft != NULL);
	}
	if (request_check(data, size, &request, err, sizeof(err)) != CHANNEL_PROBE)
		return;
	help_along(&request.probe.spec, &policy);
	if (policy_check(&policy, &request.probe.spec, (struct mono_ns){(int64_t)(request.probe.spec.token % (uint64_t)NS_PER_SEC)}) != SEND_OK)
		return;
	REQUIRE(!ip_addr_is_loopback(&request.probe.spec.dst) && !ip_addr_is_multicast(&request.probe.spec.dst));
	policy_sent(&policy, &request.probe.spec);
	check_packet(craft, &request.probe.spec);
}

static void erprobes_end(const uint8_t *data, size_t size, uint32_t ifaces)
{
	union helper_record r;
	char err[HELPER_ERROR_MAX] = "";
	enum channel_kind kind = helper_check(data, size, ifaces, &r, err, sizeof(err));

	REQUIRE((kind == 0) == (err[0] != '\0'));
	if (kind == CHANNEL_FRAME)
		REQUIRE(r.frame.frame.iface < ifaces && r.frame.frame.cap_len <= FRAME_BYTES_MAX);
	if (kind == CHANNEL_START_FAILED)
		REQUIRE(strnlen(r.failed.text, CHANNEL_TEXT_MAX) < CHANNEL_TEXT_MAX);
}

/* The first byte says which end and, for erprobe's, how many interfaces; with its top
 * bit set a sound head is put before the rest, so that the fuzzer need not find it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t message[2048];
	struct channel_head head = {CHANNEL_MAGIC, CHANNEL_VERSION, 0};
	size_t at = 0;
	uint8_t how;

	if (size < 2 || size > sizeof(message) - sizeof(head))
		return 0;
	how = *data++;
	size--;
	if ((how & 0x80) != 0) {
		head.kind = *data++;
		size--;
		memcpy(message, &head, sizeof(head));
		at = sizeof(head);
	}
	memcpy(message + at, data, size);
	if ((how & 1) != 0)
		helpers_end(message, at + size);
	else
		erprobes_end(message, at + size, 1 + (how >> 1 & 7));
	return 0;
}
