/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/capture.h"

#include "erprobe/bytes.h"
#include "probe/packet/ring.h"
#include "probe/packet/sizes.h"
#include "probe/packet/tap.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (4 << 20) /* about 6,000 frames: half a second of a busy run */
#define BULK_BUFFER_BYTES (16 << 20) /* a quarter of a second at 250,000 probes a second */
#define BLOCK_MS 2
/* Three times the subnets of the most peerings, up to 400 characters each. */
#define FILTER_MAX 98304
#define ETHERTYPE_OF_IPV4 0x0800
#define ETHERTYPE_OF_IPV6 0x86dd

struct capture {
	pcap_t *pcap;
	struct ring *ring;    /* NULL: pcap's, or none */
	int fd;               /* the socket: pcap's, the ring's, or of tap.h while both are NULL */
	uint32_t snaplen, received, dropped; /* without pcap: the kernel tells what came since it was asked */
	bool asks_kernel;     /* for the totals: pcap_stats() of a promiscuous capture opens a file, which the cage forbids */
	bool bare;            /* DLT_RAW: frames begin with the IP header */
	int64_t tick_ns;      /* of the stamp's second field */
	/* while capture_read() runs */
	uint8_t slot;
	capture_sink sink;
	void *context;
};

/* Filter text under way; full once something had no room. */
struct text { char *at; size_t left; bool full; };

__attribute__((format(printf, 2, 3)))
static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at, t->left, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= t->left) {
		t->full = true;
		return;
	}
	t->at += n;
	t->left -= (size_t)n;
}

/* A peering's own sessions: both ends are in its subnet. */
static void add_watch(struct text *t, const char *lead, const struct capture_wants *w)
{
	char prefix[PREFIX_TEXT_MAX];

	if (w->watch_count == 0)
		return;
	add(t, "%s((tcp port 179 or udp dst port 3784 or udp dst port 4784) and (", lead);
	for (size_t i = 0; i < w->watch_count; i++) {
		ip_prefix_text(&w->watch[i], prefix);
		add(t, "%s(src net %s and dst net %s)", i > 0 ? " or " : "", prefix, prefix);
	}
	add(t, "))");
}

/* Neighbour discovery (RFC 4861) that asks for an address of this subnet, or comes from one. Its target
 * stands behind eight bytes of the message; a solicitation's own destination tells three bytes of it alone. */
static void add_discovery(struct text *t, const struct ip_prefix *p)
{
	char prefix[PREFIX_TEXT_MAX];
	uint8_t left = p->len;

	add(t, " or (icmp6 and (icmp6[0] == 135 or icmp6[0] == 136) and (src net %s or (", ip_prefix_text(p, prefix));
	for (int word = 0; word < 4 && left > 0; word++) {
		uint8_t bits = left < 32 ? left : 32;
		uint32_t mask = ~(uint32_t)(UINT64_C(0xffffffff) >> bits);
		uint32_t value = bytes_big32(&p->addr.bytes[4 * word]) & mask;

		add(t, "%sicmp6[%d:4] & 0x%x == 0x%x", word > 0 ? " and " : "", 8 + 4 * word, mask, value);
		left = (uint8_t)(left - bits);
	}
	add(t, ")))");
}

/* Of others' frames nothing but what the watched subnets' own two ends say to each other. */
static void add_mirrored(struct text *t, bool bare, const struct capture_wants *w)
{
	char prefix[PREFIX_TEXT_MAX];

	add_watch(t, "", w);
	for (size_t i = 0; i < w->watch_count; i++) {
		if (w->watch[i].addr.family == IP_V6)
			add_discovery(t, &w->watch[i]);
		else if (!bare)
			add(t, " or (arp and net %s)", ip_prefix_text(&w->watch[i], prefix));
	}
}

static void add_wants(struct text *t, bool bare, const struct capture_wants *w)
{
	if (w->mirror) {
		add_mirrored(t, bare, w);
		return;
	}
	/* "icmp6" steps over a fragment header alone. What begins with another one (RFC 8200, 4.1) may be an answer all the same:
	 * hop-by-hop (0), routing (43) and destination (60) options. */
	add(t, "%sicmp or icmp6 or ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 60", bare ? "" : "arp or ");
	if (w->port_count > 0)
		add(t, " or ((tcp or udp) and portrange %u-%u)", (unsigned)w->port_base,
		    (unsigned)w->port_base + w->port_count - 1u);
	add_watch(t, " or ", w);
}

/* "vlan" moves the rest of an expression by one tag, so the untagged form stands first
 * and the doubly tagged one last. */
static bool filter_text(char *out, size_t size, bool bare, const struct capture_wants *w)
{
	struct text t = {out, size, false};

	if (bare) {
		add_wants(&t, bare, w);
		return !t.full;
	}
	for (int tags = 0; tags <= 2; tags++) {
		add(&t, "%s(", tags > 0 ? " or (vlan and (" : "");
		add_wants(&t, bare, w);
		add(&t, ")");
	}
	add(&t, "))))");
	return !t.full;
}

/* Other people's pings would fill a buffer that has no ring. An echo reply counts only when it comes
 * from the address that was asked (match_answer.c), so no answer is lost; errors, which anybody may
 * send, neighbour discovery and later fragments are taken from all. */
static void leave_out_foreign_echo(struct text *t, const struct capture_wants *w)
{
	char prefix[PREFIX_TEXT_MAX];

	add(t, "not ((icmp[0] == 0 or icmp[0] == 8 or icmp6[0] == 128 or icmp6[0] == 129) and not (");
	for (size_t i = 0; i < w->target_count && !t->full; i++) {
		ip_prefix_text(&w->targets[i], prefix);
		add(t, "%snet %s", i > 0 ? " or " : "", prefix);
	}
	add(t, ")) and (");
}

/* For a socket of our own, where the kernel keeps the outer tag beside the frame. Light: without the tagged forms. */
static bool compile_own(pcap_t *dead, enum capture_how how, const struct capture_wants *w, struct bpf_program *program)
{
	char *text = malloc(FILTER_MAX);
	struct text t = {text, FILTER_MAX, text == NULL};

	if (text != NULL && how == CAPTURE_LIGHT) {
		leave_out_foreign_echo(&t, w);
		add_wants(&t, false, w);
		add(&t, ")");
	}
	if (text != NULL && how != CAPTURE_LIGHT)
		t.full = !filter_text(text, FILTER_MAX, false, w);
	bool ok = !t.full && pcap_compile(dead, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	free(text);
	return ok;
}

/* Not by libpcap: false where it must be asked instead. */
static bool open_own(struct capture *c, const char *iface, uint32_t snaplen, enum capture_how how, const struct capture_wants *w)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, (int)snaplen);
	struct bpf_program program;
	bool compiled = dead != NULL && compile_own(dead, how, w, &program);

	c->fd = -1;
	if (compiled && program.bf_len <= BPF_MAXINSNS) {
		/* One layout, two names (bpf(4)). */
		const struct sock_fprog filter = {(unsigned short)program.bf_len, (struct sock_filter *)(void *)program.bf_insns};

		if (how == CAPTURE_FULL)
			c->ring = ring_open(iface, &filter);
		else
			c->fd = tap_open(iface, &filter);
		if (c->ring != NULL)
			c->fd = ring_fd(c->ring);
	}
	if (compiled)
		pcap_freecode(&program);
	if (dead != NULL)
		pcap_close(dead);
	c->snaplen = snaplen;
	return c->fd >= 0;
}

static bool compile(struct capture *c, const struct capture_wants *w, struct bpf_program *program)
{
	char *text = malloc(FILTER_MAX);
	bool ok = text != NULL && filter_text(text, FILTER_MAX, c->bare, w) &&
	          pcap_compile(c->pcap, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0;

	free(text);
	return ok;
}

static bool set_filter(struct capture *c, const struct capture_wants *w, char *err, size_t err_size)
{
	struct bpf_program program;
	int lock = 1;
	bool ok;

	if (!compile(c, w, &program)) {
		snprintf(err, err_size, "cannot compile the capture filter: %.100s", pcap_geterr(c->pcap));
		return false;
	}
	/* libpcap would filter a longer one itself, and the socket would take every frame. */
	if (program.bf_len > BPF_MAXINSNS) {
		pcap_freecode(&program);
		snprintf(err, err_size, "the kernel takes no capture filter of so many peerings: watch fewer circuits at once");
		return false;
	}
	ok = pcap_setfilter(c->pcap, &program) == 0;
	pcap_freecode(&program);
	if (!ok) {
		snprintf(err, err_size, "cannot set the capture filter: %.100s", pcap_geterr(c->pcap));
		return false;
	}
	/* Nobody widens it later, not even we (socket(7), SO_LOCK_FILTER). */
	if (setsockopt(pcap_fileno(c->pcap), SOL_SOCKET, SO_LOCK_FILTER, &lock, sizeof(lock)) != 0) {
		snprintf(err, err_size, "cannot lock the capture filter: %.100s", strerror(errno));
		return false;
	}
	return true;
}

/* Without the immediate mode libpcap uses TPACKET_V3, which fills blocks of frames and
 * hands one over when it is full or BLOCK_MS old. */
static enum capture_status activate(struct capture *c, const char *iface, uint32_t snaplen, enum capture_how how, char *err,
                                    size_t err_size)
{
	bool bulk = how == CAPTURE_BULK || how == CAPTURE_FULL;
	int status;

	pcap_set_snaplen(c->pcap, (int)snaplen);
	pcap_set_promisc(c->pcap, how == CAPTURE_MIRROR);
	pcap_set_immediate_mode(c->pcap, !bulk);
	pcap_set_timeout(c->pcap, BLOCK_MS);
	pcap_set_buffer_size(c->pcap, bulk ? BULK_BUFFER_BYTES : BUFFER_BYTES);
	pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO);
	status = pcap_activate(c->pcap);
	if (status >= 0)
		return CAPTURE_OK;
	snprintf(err, err_size, "cannot capture on %s: %s: %.100s", iface, pcap_statustostr(status),
	         pcap_geterr(c->pcap));
	if (status == PCAP_ERROR_IFACE_NOT_UP)
		return CAPTURE_DOWN;
	return status == PCAP_ERROR_PERM_DENIED ? CAPTURE_FORBIDDEN : CAPTURE_FAILED;
}

static bool know_link_type(struct capture *c, const char *iface, char *err, size_t err_size)
{
	int type = pcap_datalink(c->pcap);
	const char *name = pcap_datalink_val_to_name(type);

	c->bare = type == DLT_RAW;
	if (type == DLT_EN10MB || type == DLT_RAW)
		return true;
	snprintf(err, err_size, "cannot use %s: its frames are of type %s, and only Ethernet and plain IP "
	         "devices are understood", iface, name != NULL ? name : "unknown");
	return false;
}

static enum capture_status open_all(struct capture *c, const char *iface, uint32_t snaplen, enum capture_how how,
                                    const struct capture_wants *w, char *err, size_t err_size)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	enum capture_status status;

	c->pcap = pcap_create(iface, why);
	if (c->pcap == NULL) {
		snprintf(err, err_size, "cannot capture on %s: %.100s", iface, why);
		return CAPTURE_FAILED;
	}
	status = activate(c, iface, snaplen, how, err, err_size);
	if (status != CAPTURE_OK)
		return status;
	if (!know_link_type(c, iface, err, err_size) || !set_filter(c, w, err, err_size))
		return CAPTURE_FAILED;
	if (pcap_setnonblock(c->pcap, 1, why) != 0) {
		snprintf(err, err_size, "cannot capture on %s: %.100s", iface, why);
		return CAPTURE_FAILED;
	}
	c->fd = pcap_fileno(c->pcap);
	c->asks_kernel = how == CAPTURE_MIRROR;
	c->tick_ns = pcap_get_tstamp_precision(c->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : NS_PER_US;
	return CAPTURE_OK;
}

enum capture_status capture_open(const char *iface, uint32_t snaplen, enum capture_how how, const struct capture_wants *w,
                                 struct capture **out, char *err, size_t err_size)
{
	struct capture *c = calloc(1, sizeof(*c));
	enum capture_status status;

	*out = NULL;
	if (c == NULL) {
		snprintf(err, err_size, "cannot capture on %s: out of memory", iface);
		return CAPTURE_FAILED;
	}
	c->fd = -1;
	bool own = how == CAPTURE_LIGHT || how == CAPTURE_FULL;
	status = own && open_own(c, iface, snaplen, how, w) ? CAPTURE_OK : open_all(c, iface, snaplen, how, w, err, err_size);
	if (status == CAPTURE_OK)
		*out = c;
	else
		capture_close(c);
	return status;
}

void capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	else if (c->ring != NULL)
		ring_close(c->ring);
	else if (c->fd >= 0)
		close(c->fd);
	free(c);
}

int capture_fd(const struct capture *c)
{
	return c->fd;
}

/* Every frame inside the program is Ethernet: a bare datagram gets a header of
 * zeros with the EtherType that its version nibble says. */
static size_t write_missing_header(struct frame *f, uint8_t first)
{
	struct wr w = wr_over(f->bytes, SIZE_ETHERNET);

	wr_zero(&w, 12);
	wr_u16(&w, first >> 4 == IP_V6 ? ETHERTYPE_OF_IPV6 : ETHERTYPE_OF_IPV4);
	return wr_len(&w);
}

static void take_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct capture *c = (struct capture *)(void *)user;
	struct frame f;
	size_t head = 0, len = h->caplen;

	if (c->bare && len > 0)
		head = write_missing_header(&f, bytes[0]);
	if (len > FRAME_BYTES_MAX - head)
		len = FRAME_BYTES_MAX - head;
	memcpy(f.bytes + head, bytes, len);
	f.at.ns = (int64_t)h->ts.tv_sec * NS_PER_SEC + (int64_t)h->ts.tv_usec * c->tick_ns;
	f.cap_len = (uint16_t)(head + len);
	f.wire_len = (uint32_t)(h->len + head);
	f.iface = c->slot;
	/* It crosses a process border, up to its cap_len: there are no stale bytes before. */
	c->sink(c->context, &f);
}

/* The kernel leaves ENETDOWN on the socket when the interface goes down, which
 * libpcap takes for its end; taken off here, the capture goes on once it is up. */
static void forget_link_down(const struct capture *c)
{
	int error;
	socklen_t len = sizeof(error);

	(void)getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
}

int capture_read(struct capture *c, uint8_t slot, int max, capture_sink sink, void *context,
                 char *err, size_t err_size)
{
	int n;

	c->slot = slot;
	c->sink = sink;
	c->context = context;
	forget_link_down(c);
	if (c->ring != NULL)
		return ring_read(c->ring, slot, max, sink, context);
	if (c->pcap == NULL) {
		n = tap_read(c->fd, slot, c->snaplen, max, sink, context);
		if (n < 0)
			snprintf(err, err_size, "the capture failed: %.100s", strerror(errno));
		return n;
	}
	n = pcap_dispatch(c->pcap, max, take_frame, (u_char *)c);
	if (n < 0)
		snprintf(err, err_size, "the capture failed: %.100s", pcap_geterr(c->pcap));
	return n;
}

static void ask_totals(struct capture *c)
{
	struct tpacket_stats s;
	socklen_t len = sizeof(s);

	if (getsockopt(c->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len) != 0)
		return;
	c->received += s.tp_packets;
	c->dropped += s.tp_drops;
}

void capture_totals(struct capture *c, uint32_t *received, uint32_t *dropped)
{
	struct pcap_stat s;

	if (c->pcap == NULL || c->asks_kernel) {
		ask_totals(c);
		*received = c->received;
		*dropped = c->dropped;
		return;
	}
	if (pcap_stats(c->pcap, &s) != 0)
		return;
	*received = s.ps_recv;
	*dropped = s.ps_drop;
}
