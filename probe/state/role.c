/* SPDX-License-Identifier: BSD-2-Clause */
/* The rights that reading needs. */
#include "probe/state/role.h"

#include "analysis/value/json_out.h"
#include "probe/azure/ops.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NETWORK "Microsoft.Network/"
#define CIRCUIT NETWORK "expressRouteCircuits/"
#define GATEWAY NETWORK "virtualNetworkGateways/"

/* The tables are POSTs; Microsoft's own lists name their right both as action and as read,
 * so both are asked for. */
static const char *const actions[] = {
	CIRCUIT "read", CIRCUIT "stats/read", CIRCUIT "peerings/read", CIRCUIT "peerings/stats/read",
	CIRCUIT "peerings/arpTables/action", CIRCUIT "peerings/arpTables/read",
	CIRCUIT "peerings/routeTables/action", CIRCUIT "peerings/routeTables/read",
	CIRCUIT "peerings/routeTablesSummary/action", CIRCUIT "peerings/routeTablesSummary/read",
	CIRCUIT "peerings/connections/read", CIRCUIT "peerings/peerConnections/read",
	CIRCUIT "getCircuitLinkFailoverAllTestsDetails/action",
	NETWORK "connections/read", GATEWAY "read", GATEWAY "connections/read", GATEWAY "getbgppeerstatus/action",
	GATEWAY "getlearnedroutes/action", GATEWAY "getadvertisedroutes/action", NETWORK "expressRouteGateways/read",
	NETWORK "expressRouteGateways/expressRouteConnections/read", NETWORK "expressRoutePorts/read",
	NETWORK "expressRoutePorts/links/read", NETWORK "locations/operationResults/read",
	NETWORK "locations/operations/read", "Microsoft.Insights/metrics/read", "Microsoft.Insights/eventtypes/values/read",
	"Microsoft.ResourceHealth/availabilityStatuses/read", "Microsoft.ResourceHealth/events/read",
	NETWORK "virtualHubs/inboundRoutes/action", NETWORK "virtualHubs/outboundRoutes/action",
};

static void put_scopes(struct json_out *j, const char *circuit, const char *gateway)
{
	char scope[RESOURCE_ID_MAX];
	size_t one = op_group_length(circuit), other = op_group_length(gateway);
	json_array(j, "AssignableScopes");
	snprintf(scope, sizeof(scope), "%.*s", (int)one, circuit);
	json_text(j, NULL, scope);
	if (other > 0 && (other != one || strncasecmp(circuit, gateway, one) != 0)) {
		snprintf(scope, sizeof(scope), "%.*s", (int)other, gateway);
		json_text(j, NULL, scope);
	}
	json_array_end(j);
}

void role_json(const struct plan_circuit *c, const char *gateway_id, struct strbuf *out)
{
	struct json_out j;
	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "Name", "erprobe reader");
	json_bool(&j, "IsCustom", true);
	json_text(&j, "Description", "Reads the state of an ExpressRoute circuit for erprobe; changes nothing");
	json_array(&j, "Actions");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		json_text(&j, NULL, actions[i]);
	json_array_end(&j);
	json_array(&j, "NotActions");
	json_array_end(&j);
	put_scopes(&j, c->resource_id, gateway_id);
	json_object_end(&j);
	json_finish(&j);
}

/* What a part lacks, to out. False when it was not refused for want of a right. Error lines of
 * arm_error.c name the action between quotes. */
static bool lacks(const struct az_part *p, char *out, size_t size)
{
	const char *from = strstr(p->error, "action '");
	/* These two are asked of the whole subscription: a role of the group alone does not do. */
	bool wide = strcmp(p->operation, "activity log") == 0 || strcmp(p->operation, "events/service") == 0;
	const char *where = wide ? " (on the subscription)" : "";
	if (p->read != AZ_FAILED || p->http_status != 403)
		return false;
	if (from)
		text_format(out, size, "%.*s%s", (int)strcspn(from + 8, "'"), from + 8, where);
	else
		text_format(out, size, "what %s needs%s", p->operation, where);
	return true;
}

/* Several reads need one right: it is said once. */
static bool said_before(const struct az_part *const *parts, size_t at, const char *action)
{
	char earlier[192];
	for (size_t i = 0; i < at; i++)
		if (lacks(parts[i], earlier, sizeof(earlier)) && strcmp(earlier, action) == 0)
			return true;
	return false;
}

bool role_lacks(const struct az_snapshot *s, size_t *at, char *action, size_t size)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	char found[192];
	size_t count = az_snapshot_parts(s, parts);
	for (; *at < count; ++*at) {
		if (!lacks(parts[*at], found, sizeof(found)) || said_before(parts, *at, found))
			continue;
		++*at;
		text_format(action, size, "%s", found);
		return true;
	}
	return false;
}
