/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/capture.h"

#include "erprobe/bytes.h"
#include "probe/packet/sizes.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER_BYTES (4 << 20) /* about 6,000 frames: half a second of a busy run */
#define BULK_BUFFER_BYTES (16 << 20) /* a quarter of a second at 250,000 probes a second */
#define BLOCK_MS 2
#define FILTER_MAX 512
#define ETHERTYPE_OF_IPV4 0x0800
#define ETHERTYPE_OF_IPV6 0x86dd

struct capture {
	pcap_t *pcap;
	bool bare;            /* DLT_RAW: frames begin with the IP header */
	int64_t tick_ns;      /* of the stamp's second field */
	/* while capture_read() runs */
	uint8_t slot;
	capture_sink sink;
	void *context;
};

/* What to listen to. "vlan" moves the rest of an expression by one tag, so the
 * untagged form stands first and the doubly tagged one last. */
static bool filter_text(char *out, size_t size, bool bare, uint16_t base, uint16_t count)
{
	char what[160], ports[64] = "";
	int len;

	if (count > 0)
		snprintf(ports, sizeof(ports), " or ((tcp or udp) and portrange %u-%u)", (unsigned)base,
		         (unsigned)base + count - 1u);
	snprintf(what, sizeof(what), "%sicmp or icmp6%s", bare ? "" : "arp or ", ports);
	if (bare)
		len = snprintf(out, size, "%s", what);
	else
		len = snprintf(out, size, "(%s) or (vlan and ((%s) or (vlan and (%s))))", what, what, what);
	return len > 0 && (size_t)len < size;
}

static bool set_filter(struct capture *c, uint16_t base, uint16_t count, char *err, size_t err_size)
{
	struct bpf_program program;
	char text[FILTER_MAX];
	int lock = 1;
	bool ok;

	if (!filter_text(text, sizeof(text), c->bare, base, count) ||
	    pcap_compile(c->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(err, err_size, "cannot compile the capture filter: %.100s", pcap_geterr(c->pcap));
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
static enum capture_status activate(struct capture *c, const char *iface, uint32_t snaplen, bool bulk, char *err,
                                    size_t err_size)
{
	int status;

	pcap_set_snaplen(c->pcap, (int)snaplen);
	pcap_set_promisc(c->pcap, 0);
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

static enum capture_status open_all(struct capture *c, const char *iface, uint32_t snaplen, bool bulk,
                                    uint16_t base, uint16_t count, char *err, size_t err_size)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	enum capture_status status;

	c->pcap = pcap_create(iface, why);
	if (c->pcap == NULL) {
		snprintf(err, err_size, "cannot capture on %s: %.100s", iface, why);
		return CAPTURE_FAILED;
	}
	status = activate(c, iface, snaplen, bulk, err, err_size);
	if (status != CAPTURE_OK)
		return status;
	if (!know_link_type(c, iface, err, err_size) || !set_filter(c, base, count, err, err_size))
		return CAPTURE_FAILED;
	if (pcap_setnonblock(c->pcap, 1, why) != 0) {
		snprintf(err, err_size, "cannot capture on %s: %.100s", iface, why);
		return CAPTURE_FAILED;
	}
	c->tick_ns = pcap_get_tstamp_precision(c->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : NS_PER_US;
	return CAPTURE_OK;
}

enum capture_status capture_open(const char *iface, uint32_t snaplen, bool bulk, uint16_t port_base,
                                 uint16_t port_count, struct capture **out, char *err, size_t err_size)
{
	struct capture *c = calloc(1, sizeof(*c));
	enum capture_status status;

	*out = NULL;
	if (c == NULL) {
		snprintf(err, err_size, "cannot capture on %s: out of memory", iface);
		return CAPTURE_FAILED;
	}
	status = open_all(c, iface, snaplen, bulk, port_base, port_count, err, err_size);
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
	free(c);
}

int capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
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

	memset(&f, 0, sizeof(f)); /* it crosses a process border: no stale bytes */
	if (c->bare && len > 0)
		head = write_missing_header(&f, bytes[0]);
	if (len > FRAME_BYTES_MAX - head)
		len = FRAME_BYTES_MAX - head;
	memcpy(f.bytes + head, bytes, len);
	f.at.ns = (int64_t)h->ts.tv_sec * NS_PER_SEC + (int64_t)h->ts.tv_usec * c->tick_ns;
	f.cap_len = (uint16_t)(head + len);
	f.wire_len = (uint32_t)(h->len + head);
	f.iface = c->slot;
	c->sink(c->context, &f);
}

/* The kernel leaves ENETDOWN on the socket when the interface goes down, which
 * libpcap takes for its end; taken off here, the capture goes on once it is up. */
static void forget_link_down(const struct capture *c)
{
	int error;
	socklen_t len = sizeof(error);

	(void)getsockopt(pcap_fileno(c->pcap), SOL_SOCKET, SO_ERROR, &error, &len);
}

int capture_read(struct capture *c, uint8_t slot, int max, capture_sink sink, void *context,
                 char *err, size_t err_size)
{
	int n;

	c->slot = slot;
	c->sink = sink;
	c->context = context;
	forget_link_down(c);
	n = pcap_dispatch(c->pcap, max, take_frame, (u_char *)c);
	if (n < 0)
		snprintf(err, err_size, "the capture failed: %.100s", pcap_geterr(c->pcap));
	return n;
}

void capture_totals(struct capture *c, uint32_t *received, uint32_t *dropped)
{
	struct pcap_stat s;

	if (pcap_stats(c->pcap, &s) != 0)
		return;
	*received = s.ps_recv;
	*dropped = s.ps_drop;
}
