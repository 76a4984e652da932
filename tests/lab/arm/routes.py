# SPDX-License-Identifier: BSD-2-Clause
"""Which URL is which operation. Azure matches paths without regard to case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from errors import ArmError

SUB = r"/subscriptions/(?P<sub>[^/]+)"
LOCATION = SUB + r"/providers/Microsoft\.Network/locations/[^/]+"
GROUP = SUB + r"/resourceGroups/(?P<rg>[^/]+)/providers/Microsoft\.Network"
CIRCUIT = GROUP + r"/expressRouteCircuits/(?P<circuit>[^/]+)"
PEERING = CIRCUIT + r"/peerings/(?P<peering>[^/]+)"
GATEWAY = GROUP + r"/virtualNetworkGateways/(?P<gateway>[^/]+)"
DEVICE = r"/(?P<device>[^/]+)"
PORT = GROUP + r"/expressRoutePorts/(?P<port>[^/]+)"
HUB_GATEWAY = GROUP + r"/expressRouteGateways/(?P<hub_gateway>[^/]+)"
HUB = GROUP + r"/virtualHubs/(?P<hub>[^/]+)"


@dataclass(frozen=True)
class Route:
    """One operation; `action` is the name of its permission."""
    name: str
    method: str
    pattern: re.Pattern
    action: str
    long: bool = False

    @property
    def switch(self) -> str:
        """The name in the state file under which this operation is switched."""
        return SWITCHED_AS.get(self.name, self.name)


SWITCHED_AS = {"connection": "connections", "operation_status": "operation_result",
               "resource_events": "events"}


@dataclass(frozen=True)
class Call:
    """A request that was understood."""
    route: Route
    names: dict[str, str]
    query: dict[str, str]
    path: str


def route(name: str, method: str, pattern: str, action: str, long: bool = False) -> Route:
    return Route(name, method, re.compile(pattern, re.IGNORECASE), "Microsoft." + action, long)


ER = "Network/expressRouteCircuits/"
VNG = "Network/virtualNetworkGateways/"
ROUTES = (
    route("circuit", "GET", CIRCUIT, ER + "read"),
    route("circuit_stats", "GET", CIRCUIT + "/stats", ER + "stats/read"),
    route("peerings", "GET", CIRCUIT + "/peerings", ER + "peerings/read"),
    route("peering", "GET", PEERING, ER + "peerings/read"),
    route("peering_stats", "GET", PEERING + "/stats", ER + "peerings/stats/read"),
    route("arp", "POST", PEERING + "/arpTables" + DEVICE, ER + "peerings/arpTables/action", True),
    route("routes", "POST", PEERING + "/routeTables" + DEVICE,
          ER + "peerings/routeTables/action", True),
    route("summary", "POST", PEERING + "/routeTablesSummary" + DEVICE,
          ER + "peerings/routeTablesSummary/action", True),
    route("operation_result", "GET", LOCATION + r"/operationResults/(?P<result>[^/]+)",
          "Network/locations/operationResults/read"),
    route("operation_status", "GET", LOCATION + r"/operations/(?P<status>[^/]+)",
          "Network/locations/operations/read"),
    route("gateway", "GET", GATEWAY, VNG + "read"),
    route("gateway_connections", "GET", GATEWAY + "/connections", VNG + "connections/read"),
    route("connections", "GET", GROUP + "/connections", "Network/connections/read"),
    route("connection", "GET", GROUP + r"/connections/(?P<connection>[^/]+)",
          "Network/connections/read"),
    route("bgp_peers", "POST", GATEWAY + "/getBgpPeerStatus", VNG + "getbgppeerstatus/action",
          True),
    route("learned_routes", "POST", GATEWAY + "/getLearnedRoutes",
          VNG + "getlearnedroutes/action", True),
    route("advertised_routes", "POST", GATEWAY + "/getAdvertisedRoutes",
          VNG + "getadvertisedroutes/action", True),
    route("health", "GET",
          CIRCUIT + r"/providers/Microsoft\.ResourceHealth/availabilityStatuses/current",
          "ResourceHealth/availabilityStatuses/read"),
    route("events", "GET", SUB + r"/providers/Microsoft\.ResourceHealth/events",
          "ResourceHealth/events/read"),
    route("resource_events", "GET", CIRCUIT + r"/providers/Microsoft\.ResourceHealth/events",
          "ResourceHealth/events/read"),
    route("activity", "GET",
          SUB + r"/providers/Microsoft\.Insights/eventtypes/management/values",
          "Insights/eventtypes/values/read"),
    route("failover_tests", "POST", CIRCUIT + "/getCircuitLinkFailoverAllTestsDetails",
          ER + "getCircuitLinkFailoverAllTestsDetails/action", True),
    route("reach", "GET", PEERING + "/connections", ER + "peerings/connections/read"),
    route("reach_from", "GET", PEERING + "/peerConnections", ER + "peerings/peerConnections/read"),
    route("port", "GET", PORT, "Network/expressRoutePorts/read"),
    route("hub_gateway", "GET", HUB_GATEWAY, "Network/expressRouteGateways/read"),
    route("hub_connections", "GET", HUB_GATEWAY + "/expressRouteConnections",
          "Network/expressRouteGateways/expressRouteConnections/read"),
    route("hub_inbound", "POST", HUB + "/inboundRoutes", "Network/virtualHubs/inboundRoutes/action",
          True),
    route("hub_outbound", "POST", HUB + "/outboundRoutes",
          "Network/virtualHubs/outboundRoutes/action", True),
    route("metrics", "GET", r"(?P<resource>/subscriptions/.+)/providers/Microsoft\.Insights/metrics",
          "Insights/metrics/read"),
)


def split_target(target: str) -> tuple[str, dict[str, str]]:
    """Path and query; query names are matched without regard to case."""
    parts = urlsplit(target)
    query = {k.lower(): v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
    return unquote(parts.path).rstrip("/"), query


def match(method: str, target: str) -> Call:
    path, query = split_target(target)
    allowed = []
    for candidate in ROUTES:
        found = candidate.pattern.fullmatch(path)
        if found and candidate.method == method:
            return Call(candidate, found.groupdict(), query, path)
        if found:
            allowed.append(candidate.method)
    if allowed:
        raise ArmError(405, "MethodNotAllowed",
                       f"The request has the wrong method: {method} is not supported.",
                       {"Allow": ", ".join(allowed)})
    raise ArmError(404, "ResourceNotFound", f"The Resource '{path}' was not found.")
