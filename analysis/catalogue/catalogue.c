/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows. Read a row aloud: "wan.circuit-down: on its link the edge answers (A),
 * the MSEE does not (X), port 179 does not (X), target traffic is dead or has moved
 * (m), the other link's is as ever or half (h); the edge says host unreachable (h);
 * Azure shows ARP incomplete (i) and BGP down (d)". */
#include "analysis/catalogue/catalogue.h"

#include <string.h>

#define CORP DOMAIN_CORPORATE
#define WAN DOMAIN_WAN
#define AZ DOMAIN_AZURE
#define YOU CONTACT_YOU
#define PROV CONTACT_PROVIDER
#define MS CONTACT_MICROSOFT

#define WIRE(e, m, b, t, o) .edge = e, .msee = m, .bgp = b, .target = t, .other = o
#define ICMP(m, t, d) .icmp_msee = m, .icmp_target = t, .delay = d
#define AZURE(c, p, g, a, s, n, w, x) .circuit = c, .provider = p, .peering = g, .arp = a, .session = s, \
	.connection = n, .gateway = w, .settings = x
#define ROW(i, d, c, s, h, pl, pr) .id = i, .domain = d, .contact = c, .scope = s, .handoffs = h, .place = pl, .prior = pr
#define FINE AZURE('.', '.', '.', '.', '.', '.', '.', '.')

const struct fault_row fault_rows[] = {
	/*    id                       dom   who   scope                 handoff place         prior       edge msee bgp  target other   ICMP: msee target delay   Azure: circuit provider peering arp session connection gateway settings */
	{ROW("none",                   DOMAIN_NONE, CONTACT_NONE, SCOPE_NONE, ON_ALL, AT_NOWHERE, 0.70),     WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE},

	{ROW("corp.local-link",        CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_HOST,      0.004),       WIRE('X', 'X', 'X', 'X', 'X'), ICMP('c', 'c', '?'), FINE},
	{ROW("corp.path-down",         CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.020),       WIRE('X', 'X', 'X', 'X', 'X'), ICMP('c', 'c', '?'), FINE, .says = {[SAYS_OUT] = 'u'}},
	{ROW("corp.path-down",         CORP, YOU,  SCOPE_LINK,           ON_L3,  AT_CORPORATE, 0.010),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('c', 'm', '?'), FINE},
	{ROW("corp.path-loss",         CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.010),       WIRE('L', 'L', 'L', 'L', 'L'), ICMP('.', '.', '.'), FINE},
	/* Nothing in the same run stands beside what both links share: the baseline alone tells these. */
	{ROW("corp.path-latency",      CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.006),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .usual = 'C'},
	{ROW("corp.acl",               CORP, YOU,  SCOPE_SERVICE,        ON_ALL, AT_CORPORATE, 0.020),       WIRE('X', 'X', 'X', 'X', 'X'), ICMP('a', 'a', '.'), FINE},
	/* Of one target alone: this host has no route there, or its own packet filter keeps a service back. Tried where this host
	 * says so, which is no guess: it did not let the probes out. */
	{ROW("corp.acl",               CORP, YOU,  SCOPE_TARGET,         ON_ALL, AT_HOST,      0.010),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'a', '.'), FINE},
	{ROW("corp.acl",               CORP, YOU,  SCOPE_TARGET_SERVICE, ON_ALL, AT_HOST,      0.010),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'a', '.'), FINE},
	/* Some flows lose everything, the others nothing: one of several equal ways is dead. */
	{ROW("corp.path-partial",      CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.006),       WIRE('P', 'P', 'P', 'P', 'P'), ICMP('.', '.', '.'), FINE},
	{ROW("corp.edge-down",         CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_EDGE,      0.020),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('c', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.'), .says = {[SAYS_PORT] = 'l', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'n'}},
	/* Begun again, or its port unplugged, several times within the hour: it is up now, and Azure's counts alone tell of it. */
	{ROW("corp.edge-down",         CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_EDGE,      0.004),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), AZURE('.', '.', '.', 'u', 'u', '.', '.', '.'), .flap = '?', .says = {[SAYS_FELL] = 'F'}, .heard = {[HEARD_SESSION] = 'n'}},
	/* Forwarding of one family is one word of its configuration; what keeps BGP and forwards nothing at all, as a firewall's policy may,
	 * is rarer. Its own hop answers (the TTL is looked at before the route) or not (a host drops before that). */
	{ROW("corp.edge-forwarding",   CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_EDGE,      0.0016),      WIRE('A', 'X', 'X', 'm', 'r'), ICMP('.', '.', '?'), FINE, .alone = 0.7},
	{ROW("corp.edge-bgp",          CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_MSEE,      0.030),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('.', 'm', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.'), .says = {[SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'e'}},
	{ROW("corp.edge-bgp",          CORP, YOU,  SCOPE_BOTH,           ON_L2,  AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '.'), AZURE('.', '.', '.', '.', 'D', '.', '?', '.'), .says = {[SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'e'}},
	/* The session alone goes up and down: traffic moves off the link each time. */
	{ROW("corp.edge-bgp",          CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_WAN,       0.0025),      WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), AZURE('.', '.', '.', '.', 'u', '.', '.', '.'), .flap = 'T', .says = {[SAYS_FELL] = 'T', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'e'}},
	/* Told from edge BGP by the limit alone: the sessions' state names it, or their prefixes are at it. */
	{ROW("corp.bgp-prefix-limit",  CORP, YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.003),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('.', 'm', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.'), .says = {[SAYS_LIMIT] = 'X', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'p'}},
	{ROW("corp.bgp-prefix-limit",  CORP, YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.003),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '.'), AZURE('.', '.', '.', '.', 'D', '.', '?', '.'), .says = {[SAYS_LIMIT] = 'X', [SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'p'}},
	/* Answers from the virtual networks, or from all of Azure, are lost on their way to us. It looks as if a gateway forwarded
	 * nothing: what Azure counts of the circuit's traffic favours one of the two, and both stay named. */
	{ROW("corp.return-path",       CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_EDGE,      0.0005),      WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_OUT] = 'o'}},
	{ROW("corp.return-path",       CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_EDGE,      0.005),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_OUT] = 'X'}},
	{ROW("corp.return-path",       CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_MSEE,      0.0005),      WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_OUT] = 'o'}},
	{ROW("corp.mtu",               CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.006),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .size = 'C'},
	{ROW("corp.mtu",               CORP, YOU,  SCOPE_LINK,           ON_ALL, AT_CORPORATE, 0.006),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .size = 'C'},
	{ROW("corp.no-advertisement",  CORP, YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.010),       WIRE('A', 'b', 'b', 'A', 'A'), ICMP('.', '.', '.'), AZURE('.', '.', '.', '.', 'z', '.', '.', '.'), .says = {[SAYS_ADVERTISED] = 'z'}},
	{ROW("corp.no-advertisement",  CORP, YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', '.', '.'), AZURE('.', '.', '.', '.', 'z', '.', '.', '.'), .says = {[SAYS_OUT] = 's', [SAYS_ADVERTISED] = 'z'}},
	/* Not the needed prefix: the session brings others, which Azure alone can show. */
	{ROW("corp.no-advertisement",  CORP, YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'A', 'A'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ADVERTISED] = 'X'}},
	{ROW("corp.no-advertisement",  CORP, YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ADVERTISED] = 'X', [SAYS_OUT] = 's'}},

	{ROW("wan.not-provisioned",    WAN,  PROV, SCOPE_BOTH,           ON_ALL, AT_WAN,       0.004),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', 'X', '.', 'i', 'd', '.', '?', '.'), .says = {[SAYS_PORT] = 'l', [SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'l'}},
	{ROW("wan.circuit-down",       WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.050),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.'), .alone = 0.03, .says = {[SAYS_PORT] = 'l', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'l'}},
	{ROW("wan.both-down",          WAN,  PROV, SCOPE_BOTH,           ON_ALL, AT_WAN,       0.006),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '?', '.'), .says = {[SAYS_PORT] = 'l', [SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'l'}},
	{ROW("wan.edge-down",          WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_EDGE,      0.020),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('w', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.'), .says = {[SAYS_PORT] = 'l', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'n'}},
	{ROW("wan.edge-bgp",           WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_MSEE,      0.025),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('.', 'm', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.'), .says = {[SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'e'}},
	{ROW("wan.edge-bgp",           WAN,  PROV, SCOPE_BOTH,           ON_L3,  AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '.'), AZURE('.', '.', '.', '.', 'D', '.', '?', '.'), .says = {[SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'e'}},
	{ROW("wan.edge-bgp",           WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_WAN,       0.0025),      WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), AZURE('.', '.', '.', '.', 'u', '.', '.', '.'), .flap = 'T', .says = {[SAYS_FELL] = 'T', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'e'}},
	/* What is up now was down, and will be: outages in this run, or what Azure has counted. */
	{ROW("wan.flap",               WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.008),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), AZURE('.', '.', '.', 'u', 'u', '.', '.', '.'), .flap = 'F', .says = {[SAYS_FELL] = 'F', [SAYS_PORT] = 'g'}, .heard = {[HEARD_SESSION] = 'b'}},
	{ROW("wan.path-down",          WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_PROVIDER,  0.020),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('W', 'm', '?'), AZURE('.', '.', '.', '.', '?', '.', '.', '.')},
	{ROW("wan.loss",               WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.030),       WIRE('A', 'L', 'L', 'L', 'l'), ICMP('.', '.', 'q'), FINE, .says = {[SAYS_PORT] = 'g'}, .heard = {[HEARD_SESSION] = 'o'}},
	{ROW("wan.loss",               WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_PROVIDER,  0.015),       WIRE('L', 'L', 'L', 'L', 'l'), ICMP('.', '.', 'q'), FINE, .says = {[SAYS_PORT] = 'g'}, .heard = {[HEARD_SESSION] = 'o'}},
	/* Loss as any other, but for how much the circuit carries: the traffic itself is not driven up to tell. */
	{ROW("wan.policer",            WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.006),       WIRE('A', 'L', 'L', 'L', 'l'), ICMP('.', '.', 'q'), FINE, .says = {[SAYS_FULL] = 'X', [SAYS_PORT] = 'g'}, .heard = {[HEARD_SESSION] = 'o'}},
	{ROW("wan.partial",            WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.008),       WIRE('A', 'P', 'P', 'P', 'p'), ICMP('.', '.', '.'), FINE, .heard = {[HEARD_SESSION] = 'o'}},
	{ROW("wan.latency",            WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.020),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', 'S'), FINE},
	{ROW("wan.latency",            WAN,  PROV, SCOPE_BOTH,           ON_ALL, AT_WAN,       0.004),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', 'S'), FINE},
	{ROW("wan.reroute",            WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.010),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', 'R'), FINE},
	{ROW("wan.jitter",             WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.016),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', 'J'), FINE},
	{ROW("wan.mtu",                WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.010),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .size = 'W'},
	{ROW("wan.mtu",                WAN,  PROV, SCOPE_BOTH,           ON_ALL, AT_WAN,       0.004),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .size = 'W'},
	{ROW("wan.filter",             WAN,  PROV, SCOPE_LINK_SERVICE,   ON_ALL, AT_WAN,       0.003),       WIRE('A', 'X', 'X', 'X', 'r'), ICMP('p', 'p', '.'), FINE},
	/* Who carries Ethernet frames does not look which family is in them. */
	{ROW("wan.blackhole",          WAN,  PROV, SCOPE_LINK,           ON_L2,  AT_WAN,       0.012),       WIRE('A', 'X', 'X', 'm', 'r'), ICMP('.', '.', '?'), FINE, .alone = 0.03, .heard = {[HEARD_SESSION] = 'b'}},
	{ROW("wan.blackhole",          WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_WAN,       0.012),       WIRE('A', 'X', 'X', 'm', 'r'), ICMP('.', '.', '?'), FINE, .heard = {[HEARD_SESSION] = 'b'}},

	/* As if layer 2 were down: told from it by the edge's own VLAN, where that is configured. */
	{ROW("wan.vlan",               WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.002),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.'), .alone = 0.03, .says = {[SAYS_VLAN] = 'w', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'l', [HEARD_SEGMENT] = 'i'}},

	/* What is shut leaves the rows of both links' tables as what is dead has them, or none: one fact, not one a table. */
	{ROW("azure.circuit-disabled", AZ,   MS,   SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('X', '.', '.', 'i', 'd', '.', '?', '.'), .says = {[SAYS_HEALTH] = 's', [SAYS_ISSUE] = 's', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'd'}},
	{ROW("azure.circuit-disabled", AZ,   MS,   SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('X', '.', '.', 'e', 'e', '.', '?', '.'), .says = {[SAYS_HEALTH] = 's', [SAYS_ISSUE] = 's', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'd'}},
	/* Microsoft's interface goes with the peering, or stays and only the sessions end. */
	{ROW("azure.peering-disabled", AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', '.', 'X', 'i', 'd', '.', '?', '.'), .says = {[SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'd'}},
	{ROW("azure.peering-disabled", AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', '.', 'X', 'e', 'e', '.', '?', '.'), .says = {[SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'd'}},
	{ROW("azure.peering-disabled", AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '.'), AZURE('.', '.', 'X', '.', 'D', '.', '?', '.'), .says = {[SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'd'}},
	/* Another AS: the session alone fails. Another VLAN: layer 2 does, as if the WAN were down. Where the
	 * edge's own values are not configured, only how seldom it is tells it from its neighbours: it stays named. */
	{ROW("azure.peering-config",   AZ,   YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.0012),      WIRE('A', 'b', 'b', 'm', 'h'), ICMP('?', 'm', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', 'X'), .says = {[SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'c'}},
	{ROW("azure.peering-config",   AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.0003),      WIRE('A', 'b', 'b', 'X', 'X'), ICMP('?', 'n', '.'), AZURE('.', '.', '.', '.', 'D', '.', '?', 'X'), .says = {[SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'c'}},
	{ROW("azure.peering-config",   AZ,   YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.0005),      WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', 'X'), .says = {[SAYS_VLAN] = 'v', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'l', [HEARD_SEGMENT] = 'i'}},
	{ROW("azure.peering-config",   AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.0001),      WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '?', 'X'), .says = {[SAYS_VLAN] = 'v', [SAYS_HEALTH] = 'd', [SAYS_OUT] = 'i'}, .heard = {[HEARD_SESSION] = 'l', [HEARD_SEGMENT] = 'i'}},
	{ROW("azure.msee-down",        AZ,   MS,   SCOPE_LINK,           ON_ALL, AT_MSEE,      0.003),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'f', 'f', '.', '.', '.'), .says = {[SAYS_PORT] = 'p', [SAYS_HEALTH] = 's', [SAYS_ISSUE] = 's'}, .heard = {[HEARD_SESSION] = 'm'}},
	/* ExpressRoute Direct: shut by the owner of the port, in Azure. Of a tenth of the links that are dead on both sides: what would fail
	 * else is a cross-connect, and no provider's network; so that none is accused where nobody tells of the port. */
	{ROW("azure.port-disabled",    AZ,   YOU,  SCOPE_LINK,           ON_L2,  AT_MSEE,      0.006),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.'), .says = {[SAYS_PORT] = 'X', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'm'}},
	/* Microsoft peering. Its targets live by the Internet as well: then nothing takes the links, and all answers. */
	{ROW("azure.route-filter",     AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.006),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'n', '?'), FINE, .says = {[SAYS_FILTER] = 'X'}},
	{ROW("azure.route-filter",     AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.006),       WIRE('A', 'A', 'A', 'a', 'a'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_FILTER] = 'X'}},
	{ROW("azure.prefix-validation", AZ,  MS,   SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.006),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.'), .says = {[SAYS_PUBLIC] = 'X', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'd'}},
	{ROW("azure.prefix-validation", AZ,  MS,   SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.003),       WIRE('A', 'b', 'b', 'a', 'a'), ICMP('.', '.', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.'), .says = {[SAYS_PUBLIC] = 'X', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'd'}},
	/* Drained: all is alive, and nothing takes the link. The MSEE itself in maintenance: as if it were down. */
	{ROW("azure.maintenance",      AZ,   MS,   SCOPE_LINK,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'A', 'A', 'a', 'A'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_MAINTENANCE] = 'X', [SAYS_DRAIN] = 'X'}},
	{ROW("azure.maintenance",      AZ,   MS,   SCOPE_LINK,           ON_ALL, AT_MSEE,      0.001),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'f', 'f', '.', '.', '.'), .says = {[SAYS_MAINTENANCE] = 'X', [SAYS_DRAIN] = 'd', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'm'}},
	/* Of the two kinds of test one ends the session, the other drains the link. */
	{ROW("azure.failover-test",    AZ,   YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.003),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('.', 'm', '.'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.'), .says = {[SAYS_TEST] = 'X', [SAYS_HEALTH] = 'd'}, .heard = {[HEARD_SESSION] = 'd'}},
	{ROW("azure.failover-test",    AZ,   YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'A', 'A', 'a', 'A'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_TEST] = 'X', [SAYS_DRAIN] = 'd'}},
	{ROW("azure.gateway-down",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.008),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'N', '.'), AZURE('.', '.', '.', '.', '.', 'n', 'g', '.'), .says = {[SAYS_ROUTES] = 'n', [SAYS_HEALTH] = 's', [SAYS_ISSUE] = 's', [SAYS_OUT] = 'i'}, .peerings = ON_PRIVATE},
	/* In its data plane alone: nobody notices but who counts. */
	{ROW("azure.gateway-down",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.0025),      WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ISSUE] = 's', [SAYS_OUT] = 's'}, .peerings = ON_PRIVATE},
	{ROW("azure.gateway-latency",  AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.006),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .usual = 'G', .says = {[SAYS_ISSUE] = 's'}, .peerings = ON_PRIVATE},
	{ROW("azure.gateway-loss",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.006),       WIRE('A', 'A', 'A', 'L', 'L'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ISSUE] = 's'}, .peerings = ON_PRIVATE},
	/* The same behind a Microsoft peering. */
	{ROW("azure.network-down",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.004),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ISSUE] = 's', [SAYS_OUT] = 's'}, .peerings = ON_MICROSOFT},
	{ROW("azure.network-latency",  AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.004),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', '.'), FINE, .usual = 'G', .says = {[SAYS_ISSUE] = 's'}, .peerings = ON_MICROSOFT},
	{ROW("azure.network-loss",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.006),       WIRE('A', 'A', 'A', 'L', 'L'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ISSUE] = 's'}, .peerings = ON_MICROSOFT},
	/* Told from the two above by Azure alone, which counts what it drops and what is announced. */
	{ROW("azure.qos-drop",         AZ,   YOU,  SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.006),       WIRE('A', 'A', 'A', 'L', 'L'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_DROPS] = 'X'}},
	{ROW("azure.route-limit",      AZ,   YOU,  SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.003),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'N', '.'), AZURE('.', '.', '.', '.', '.', '?', 'g', '.'), .says = {[SAYS_ROUTES] = 'd', [SAYS_VNETS] = 'X', [SAYS_OUT] = 'i'}, .peerings = ON_PRIVATE},
	/* Nothing is announced: the way there is gone. Nothing is learned: there is none back, and nobody but the gateway's table tells. */
	{ROW("azure.no-routes",        AZ,   YOU,  SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.002),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'N', '.'), FINE, .says = {[SAYS_ROUTES] = 'd', [SAYS_ISSUE] = 's', [SAYS_OUT] = 'w'}},
	{ROW("azure.no-routes",        AZ,   YOU,  SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.001),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE, .says = {[SAYS_ROUTES] = 'd', [SAYS_ISSUE] = 's', [SAYS_OUT] = 's'}, .peerings = ON_PRIVATE},
	{ROW("azure.udr",              AZ,   YOU,  SCOPE_TARGET,         ON_ALL, AT_TARGET,    0.0015),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE, .peerings = ON_PRIVATE},
	{ROW("azure.nsg",              AZ,   YOU,  SCOPE_TARGET_SERVICE, ON_ALL, AT_TARGET,    0.020),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'z', '.'), FINE},
	{ROW("azure.target-down",      AZ,   YOU,  SCOPE_TARGET,         ON_ALL, AT_TARGET,    0.020),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'z', '.'), FINE},
};

const size_t fault_row_count = sizeof fault_rows / sizeof fault_rows[0];

const struct fault_row *fault_find(const char *id)
{
	for (size_t i = 0; i < fault_row_count; i++)
		if (strcmp(fault_rows[i].id, id) == 0)
			return &fault_rows[i];
	return NULL;
}

bool fault_row_fits(const struct fault_row *row, enum handoff handoff, enum peering_type peering)
{
	unsigned on = peering == PEERING_MICROSOFT ? ON_MICROSOFT : ON_PRIVATE;

	return (row->handoffs & (handoff == HANDOFF_L3 ? ON_L3 : ON_L2)) && (row->peerings == 0 || (row->peerings & on));
}

enum contact fault_contact(const struct fault_row *row)
{
	return row->contact;
}
