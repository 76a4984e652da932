/* SPDX-License-Identifier: BSD-2-Clause */
/* The words that the documents use for the values of our enumerations. */
#include "erprobe/event.h"
#include "erprobe/plan.h"
#include "erprobe/result.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *pick(const char *const *table, size_t count, size_t i)
{
	return i < count ? table[i] : NULL;
}

const char *domain_name(enum domain d)
{
	static const char *const names[] = {
	    [DOMAIN_CORPORATE] = "corporate", [DOMAIN_WAN] = "wan", [DOMAIN_AZURE] = "azure"};

	return pick(names, COUNT(names), (size_t)d);
}

const char *link_name(enum link_id l)
{
	static const char *const names[] = {
	    [LINK_PRIMARY] = "primary", [LINK_SECONDARY] = "secondary", [LINK_BOTH] = "both"};

	return pick(names, COUNT(names), (size_t)l);
}

const char *handoff_name(enum handoff h)
{
	static const char *const names[] = {[HANDOFF_L2] = "l2", [HANDOFF_L3] = "l3", [HANDOFF_DIRECT] = "direct"};

	return pick(names, COUNT(names), (size_t)h);
}

const char *peering_name(enum peering_type p)
{
	static const char *const names[] = {
	    [PEERING_PRIVATE] = "AzurePrivatePeering", [PEERING_MICROSOFT] = "MicrosoftPeering"};

	return pick(names, COUNT(names), (size_t)p);
}

const char *flow_role_name(enum flow_role r)
{
	static const char *const names[] = {
	    [FLOW_EDGE] = "edge",       [FLOW_MSEE] = "msee",       [FLOW_BGP_MSEE] = "bgp-msee", [FLOW_BGP_SIGNED] = "bgp-signed",
	    [FLOW_TARGET] = "target",   [FLOW_CONTROL] = "control", [FLOW_NEIGHBOUR] = "neighbour",
	    [FLOW_TRACE] = "trace",
	};

	return pick(names, COUNT(names), (size_t)r);
}

const char *status_name(enum status s)
{
	static const char *const names[] = {
	    [STATUS_HEALTHY] = "healthy",
	    [STATUS_DEGRADED] = "degraded",
	    [STATUS_FAULT] = "fault",
	    [STATUS_UNDETERMINED] = "undetermined",
	};

	return pick(names, COUNT(names), (size_t)s);
}

const char *direction_name(enum direction d)
{
	static const char *const names[] = {
	    [DIRECTION_UNKNOWN] = "unknown", [DIRECTION_FORWARD] = "forward", [DIRECTION_RETURN] = "return", [DIRECTION_BOTH] = "both"};

	return pick(names, COUNT(names), (size_t)d);
}

const char *contact_name(enum contact c)
{
	static const char *const names[] = {
	    [CONTACT_YOU] = "you", [CONTACT_PROVIDER] = "provider", [CONTACT_MICROSOFT] = "microsoft"};

	return pick(names, COUNT(names), (size_t)c);
}

const char *end_reason_name(enum end_reason r)
{
	static const char *const names[] = {
	    [END_DECIDED] = "decided", [END_BUDGET] = "budget", [END_DEADLINE] = "deadline",
	    [END_INTERRUPTED] = "interrupted", [END_HELPER_LOST] = "helper-lost"};

	return pick(names, COUNT(names), (size_t)r);
}
