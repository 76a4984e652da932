/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows. Read a row aloud: "wan.circuit-down: on its link the edge answers (A),
 * the MSEE does not (X), port 179 does not (X), target traffic is dead or has moved
 * (m), the other link's is as ever or half (h); the edge says host unreachable (h);
 * Azure shows ARP incomplete (i) and BGP down (d)". */
#include "analysis/diagnose/catalogue.h"

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

	{ROW("corp.local-link",        CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_HOST,      0.004),       WIRE('X', 'X', 'X', 'X', 'X'), ICMP('.', '.', '?'), FINE},
	{ROW("corp.path-down",         CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.020),       WIRE('X', 'X', 'X', 'X', 'X'), ICMP('c', 'c', '?'), FINE},
	{ROW("corp.path-down",         CORP, YOU,  SCOPE_LINK,           ON_L3,  AT_CORPORATE, 0.010),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('c', 'm', '?'), FINE},
	{ROW("corp.path-loss",         CORP, YOU,  SCOPE_SHARED,         ON_ALL, AT_CORPORATE, 0.010),       WIRE('L', 'L', 'L', 'L', 'L'), ICMP('.', '.', '?'), FINE},
	{ROW("corp.acl",               CORP, YOU,  SCOPE_SERVICE,        ON_ALL, AT_CORPORATE, 0.020),       WIRE('X', 'X', 'X', 'X', 'X'), ICMP('a', 'a', '.'), FINE},
	{ROW("corp.edge-down",         CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_EDGE,      0.020),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('c', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.')},
	{ROW("corp.edge-bgp",          CORP, YOU,  SCOPE_LINK,           ON_L2,  AT_MSEE,      0.030),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('.', 'm', '?'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.')},
	{ROW("corp.edge-bgp",          CORP, YOU,  SCOPE_BOTH,           ON_L2,  AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '?'), AZURE('.', '.', '.', '.', 'D', '.', '?', '.')},
	{ROW("corp.no-advertisement",  CORP, YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.010),       WIRE('A', 'b', 'b', 'A', 'A'), ICMP('.', '.', '?'), AZURE('.', '.', '.', '.', 'z', '.', '.', '.')},
	{ROW("corp.no-advertisement",  CORP, YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', '.', '?'), AZURE('.', '.', '.', '.', 'z', '.', '.', '.')},

	{ROW("wan.not-provisioned",    WAN,  PROV, SCOPE_BOTH,           ON_ALL, AT_WAN,       0.004),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', 'X', '.', 'i', 'd', '.', '?', '.')},
	{ROW("wan.circuit-down",       WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.050),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.')},
	{ROW("wan.both-down",          WAN,  PROV, SCOPE_BOTH,           ON_ALL, AT_WAN,       0.006),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '?', '.')},
	{ROW("wan.edge-down",          WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_EDGE,      0.020),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('w', 'm', '?'), AZURE('.', '.', '.', 'i', 'd', '.', '.', '.')},
	{ROW("wan.edge-bgp",           WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_MSEE,      0.025),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('.', 'm', '?'), AZURE('.', '.', '.', '.', 'D', '.', '.', '.')},
	{ROW("wan.path-down",          WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_PROVIDER,  0.020),       WIRE('X', 'X', 'X', 'm', 'h'), ICMP('W', 'm', '?'), AZURE('.', '.', '.', '.', '?', '.', '.', '.')},
	{ROW("wan.loss",               WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.030),       WIRE('A', 'L', 'L', 'L', 'l'), ICMP('.', '.', '?'), FINE},
	{ROW("wan.loss",               WAN,  PROV, SCOPE_LINK,           ON_L3,  AT_PROVIDER,  0.015),       WIRE('L', 'L', 'L', 'L', 'l'), ICMP('.', '.', '?'), FINE},
	{ROW("wan.latency",            WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.020),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', 'S'), FINE},
	{ROW("wan.jitter",             WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.016),       WIRE('A', 'A', 'A', 'A', 'A'), ICMP('.', '.', 'J'), FINE},
	{ROW("wan.filter",             WAN,  PROV, SCOPE_LINK_SERVICE,   ON_ALL, AT_WAN,       0.003),       WIRE('A', 'X', 'X', 'X', 'A'), ICMP('p', 'p', '.'), FINE},
	{ROW("wan.blackhole",          WAN,  PROV, SCOPE_LINK,           ON_ALL, AT_WAN,       0.012),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('.', '.', '?'), FINE},

	{ROW("azure.circuit-disabled", AZ,   MS,   SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('X', '.', '.', 'e', 'e', '.', '?', '.')},
	/* Microsoft's interface goes with the peering, or stays and only the sessions end. */
	{ROW("azure.peering-disabled", AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'X', 'X', 'X', 'X'), ICMP('h', 'n', '?'), AZURE('.', '.', 'X', 'e', 'e', '.', '?', '.')},
	{ROW("azure.peering-disabled", AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.004),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('.', 'n', '?'), AZURE('.', '.', 'X', '.', 'D', '.', '?', '.')},
	{ROW("azure.peering-config",   AZ,   YOU,  SCOPE_LINK,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'b', 'b', 'm', 'h'), ICMP('?', 'm', '?'), AZURE('.', '.', '.', '?', 'd', '.', '.', 'X')},
	{ROW("azure.peering-config",   AZ,   YOU,  SCOPE_BOTH,           ON_ALL, AT_MSEE,      0.002),       WIRE('A', 'b', 'b', 'X', 'X'), ICMP('?', 'n', '?'), AZURE('.', '.', '.', '?', 'd', '.', '?', 'X')},
	{ROW("azure.msee-down",        AZ,   MS,   SCOPE_LINK,           ON_ALL, AT_MSEE,      0.003),       WIRE('A', 'X', 'X', 'm', 'h'), ICMP('h', 'm', '?'), AZURE('.', '.', '.', 'f', 'f', '.', '.', '.')},
	{ROW("azure.gateway-down",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.008),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'N', '?'), AZURE('.', '.', '.', '.', '.', 'n', 'g', '.')},
	{ROW("azure.gateway-loss",     AZ,   MS,   SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.006),       WIRE('A', 'A', 'A', 'L', 'L'), ICMP('.', '.', '?'), FINE},
	{ROW("azure.no-routes",        AZ,   YOU,  SCOPE_SHARED,         ON_ALL, AT_GATEWAY,   0.003),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', 'N', '?'), FINE},
	{ROW("azure.udr",              AZ,   YOU,  SCOPE_TARGET,         ON_ALL, AT_TARGET,    0.0015),       WIRE('A', 'A', 'A', 'X', 'X'), ICMP('.', '.', '.'), FINE},
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

enum contact fault_contact(const struct fault_row *row)
{
	return row->contact;
}
