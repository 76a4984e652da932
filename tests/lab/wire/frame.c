/* SPDX-License-Identifier: BSD-2-Clause */
/* Classifies Ethernet frames: just enough for a wire to treat some of them differently. */
#include "frame.h"

#include <string.h>

enum {
    ETHER_HEADER = 14,
    ETHERTYPE_V4 = 0x0800,
    ETHERTYPE_ARP_ = 0x0806,
    ETHERTYPE_V6 = 0x86dd,
    PROTO_ICMP = 1,
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    PROTO_ICMP6 = 58,
    PORT_BGP = 179,
    ND_FIRST = 133,     /* router solicitation */
    ND_LAST = 137,      /* redirect */
};

static const struct {
    enum frame_class class;
    const char *name;
} names[] = {
    {FRAME_OTHER, "other"}, {FRAME_ARP, "arp"}, {FRAME_BGP, "bgp"},
    {FRAME_ICMP, "icmp"},   {FRAME_TCP, "tcp"}, {FRAME_UDP, "udp"},
};

bool frame_class_from_name(const char *name, enum frame_class *class)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0) {
            *class = names[i].class;
            return true;
        }
    return false;
}

const char *frame_class_name(enum frame_class class)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].class == class)
            return names[i].name;
    return "other";
}

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)((p[0] << 8) | p[1]);
}

/* Sums of both ends, so that a flow and its replies hash alike; mixed as in splitmix64. */
static uint32_t flow_hash(const uint8_t *src, const uint8_t *dst, size_t addr_len, uint8_t proto,
                          uint16_t sport, uint16_t dport)
{
    uint64_t h = (uint64_t)proto << 32 | (uint32_t)(sport + dport);

    for (size_t i = 0; i < addr_len; i++)
        h = h * 31 + (uint64_t)src[i] + dst[i];
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
    return (uint32_t)(h >> 33);
}

static void read_transport(struct frame_info *info, uint8_t proto, const uint8_t *p, size_t len)
{
    switch (proto) {
    case PROTO_ICMP:
        info->class = FRAME_ICMP;
        break;
    case PROTO_ICMP6:
        info->class = len > 0 && p[0] >= ND_FIRST && p[0] <= ND_LAST ? FRAME_ARP : FRAME_ICMP;
        break;
    case PROTO_TCP:
    case PROTO_UDP:
        info->class = proto == PROTO_TCP ? FRAME_TCP : FRAME_UDP;
        if (len < 4)
            break;
        info->sport = get16(p);
        info->dport = get16(p + 2);
        if (proto == PROTO_TCP && info->ttl == 1
            && (info->sport == PORT_BGP || info->dport == PORT_BGP))
            info->class = FRAME_BGP;
        break;
    default:
        break;
    }
}

static void read_v4(struct frame_info *info, const uint8_t *ip, size_t len)
{
    if (len < 20)
        return;
    size_t header = (size_t)(ip[0] & 0x0f) * 4;
    bool first_fragment = (get16(ip + 6) & 0x1fff) == 0;

    info->ttl = ip[8];
    if (header >= 20 && header <= len && first_fragment)
        read_transport(info, ip[9], ip + header, len - header);
    info->flow = flow_hash(ip + 12, ip + 16, 4, ip[9], info->sport, info->dport);
}

static void read_v6(struct frame_info *info, const uint8_t *ip, size_t len)
{
    if (len < 40)
        return;
    info->ttl = ip[7];
    read_transport(info, ip[6], ip + 40, len - 40);
    info->flow = flow_hash(ip + 8, ip + 24, 16, ip[6], info->sport, info->dport);
}

struct frame_info frame_read(const uint8_t *frame, size_t len)
{
    struct frame_info info = {.class = FRAME_OTHER};

    if (len < ETHER_HEADER)
        return info;
    switch (get16(frame + 12)) {
    case ETHERTYPE_ARP_:
        info.class = FRAME_ARP;
        break;
    case ETHERTYPE_V4:
        read_v4(&info, frame + ETHER_HEADER, len - ETHER_HEADER);
        break;
    case ETHERTYPE_V6:
        read_v6(&info, frame + ETHER_HEADER, len - ETHER_HEADER);
        break;
    default:
        break;
    }
    return info;
}
