# SPDX-License-Identifier: BSD-2-Clause
"""What each operation answers: resources from the state, tables from the routers."""

from __future__ import annotations

import json
import re
from typing import Callable

import metrics
import resources
from errors import ArmError, not_found
from routes import Call
from state import State
from tables import GatewayTables, MseeTables
from topology import PATHS, Link, Topology

SPLIT = "/providers/Microsoft.Network/"


def same(left: str, right: str) -> bool:
    return left.lower() == right.lower()


class Service:
    """One request's view: the topology and the state as they are now."""

    def __init__(self, topology: Topology, state: State, msee: MseeTables,
                 gateways: GatewayTables) -> None:
        self.topology = topology
        self.state = state
        self.msee = msee
        self.gateways = gateways

    # -- does it exist?

    def check(self, call: Call) -> None:
        """404 for a subscription, group or resource that is not ours."""
        names = call.names
        if "circuit" in names:
            self._check_id(call, self.topology.circuit_id, "expressRouteCircuits",
                           names["circuit"])
        elif "gateway" in names:
            self._check_id(call, self.topology.gateway_id, "virtualNetworkGateways",
                           names["gateway"])
            if self.state.gateway_missing:
                raise not_found("virtualNetworkGateways", names["gateway"], names["rg"])
        elif "port" in names and not resources.has_port(self.topology, self.state):
            raise not_found("expressRoutePorts", names["port"], names["rg"])
        elif ("hub_gateway" in names or "hub" in names) and self.state.hub is None:
            raise not_found("expressRouteGateways", call.path.rsplit("/", 1)[1], names["rg"])
        elif "rg" in names:
            self._check_group(names, self.topology.gateway_id)
        elif "sub" in names and names["sub"].lower() not in self._subscriptions():
            raise ArmError(404, "SubscriptionNotFound",
                           f"The subscription '{names['sub']}' could not be found.")

    def _subscriptions(self) -> set[str]:
        ids = (self.topology.circuit_id, self.topology.gateway_id)
        return {i.split("/")[2].lower() for i in ids}

    def _check_id(self, call: Call, known: str, kind: str, name: str) -> None:
        self._check_group(call.names, known)
        if not same(known.rsplit("/", 1)[1], name):
            raise not_found(kind, name, call.names["rg"])

    @staticmethod
    def _check_group(names: dict[str, str], known: str) -> None:
        parts = known.split("/")
        if not same(parts[2], names["sub"]):
            raise ArmError(404, "SubscriptionNotFound",
                           f"The subscription '{names['sub']}' could not be found.")
        if not same(parts[4], names["rg"]):
            raise ArmError(404, "ResourceGroupNotFound",
                           f"Resource group '{names['rg']}' could not be found.")

    # -- plain operations: a document

    def plain(self, call: Call) -> dict:
        return getattr(self, "get_" + call.route.name)(call)

    def get_circuit(self, _: Call) -> dict:
        return resources.circuit(self.topology, self.state)

    def get_peerings(self, call: Call) -> dict:
        return self._page(call, resources.peerings(self.topology, self.state))

    def get_peering(self, call: Call) -> dict:
        return resources.peering(self.topology, self.state, self._peering(call))

    def get_circuit_stats(self, _: Call) -> dict:
        return resources.stats({p: self.msee.bytes_in_out(self.topology.links[p])
                                for p in PATHS})

    def get_peering_stats(self, call: Call) -> dict:
        """All bytes of the circuit are those of the one peering that the lab has."""
        if self._peering(call) == self.topology.peering:
            return self.get_circuit_stats(call)
        return resources.stats({p: (0, 0) for p in PATHS})

    def get_gateway(self, _: Call) -> dict:
        return resources.gateway(self.topology, self.state)

    def get_connections(self, call: Call) -> dict:
        return self._page(call, resources.connections(self.topology, self.state))

    get_gateway_connections = get_connections

    def get_connection(self, call: Call) -> dict:
        name = call.names["connection"]
        known = resources.connections(self.topology, self.state)
        if not known or not same(self.topology.connection_name, name):
            raise not_found("connections", name, call.names["rg"])
        return known[0]

    def get_health(self, call: Call) -> dict:
        healthy = {"availabilityState": "Available", "reasonChronicity": "Persistent",
                   "summary": "There aren't any known Azure platform problems affecting this "
                              "ExpressRoute circuit.", "reasonType": ""}
        return {"id": call.path, "name": "current", "location": self.topology.location,
                "type": "Microsoft.ResourceHealth/AvailabilityStatuses",
                "properties": healthy | (self.state.health or {})}

    def get_events(self, _: Call) -> dict:
        return {"value": list(self.state.events)}

    get_resource_events = get_events

    def get_activity(self, call: Call) -> dict:
        """Azure asks for a filter, and takes only a few patterns of it."""
        wanted = call.query.get("$filter", "")
        if not re.match(r"eventTimestamp ge '[^']+'( and eventTimestamp le '[^']+')?( and (resourceUri|"
                        r"resourceGroupName|resourceProvider|correlationId) eq '[^']+')?$", wanted):
            raise ArmError(400, "BadRequest", "The filter of the activity log is missing or unknown.")
        return {"value": list(self.state.activity)}

    def get_reach(self, _: Call) -> dict:
        return {"value": list(self.state.reach)}

    def get_reach_from(self, _: Call) -> dict:
        return {"value": list(self.state.reach_from)}

    def get_port(self, _: Call) -> dict:
        return resources.port(self.topology, self.state)

    def get_hub_gateway(self, call: Call) -> dict:
        return resources.hub_gateway(self.topology, call.path)

    def get_hub_connections(self, call: Call) -> dict:
        return {"value": [resources.hub_connection(self.topology, call.path)]}

    def get_metrics(self, call: Call) -> dict:
        """Series as the state has them; a metric that it does not name has no series."""
        names = [n for n in call.query.get("metricnames", "").split(",") if n]
        metrics.check(call)
        return {"cost": 0, "timespan": call.query.get("timespan", ""), "interval": "PT1M",
                "namespace": "microsoft.network/expressroutecircuits",
                "resourceregion": self.topology.location,
                "value": [self._metric(call, name) for name in names]}

    def _metric(self, call: Call, name: str) -> dict:
        return {"id": f"{call.path}/{name}", "type": "Microsoft.Insights/metrics",
                "name": {"value": name, "localizedValue": name}, "unit": "Percent",
                "errorCode": "Success", "timeseries": self.state.metrics.get(name, [])}

    # -- long operations: work for a thread

    def work(self, call: Call, body: bytes = b"") -> Callable[[], object]:
        """Checks what Azure checks at once, and returns what takes long."""
        name, gateway = call.route.name, self.topology.gateway
        if name == "failover_tests":
            self._since(call, "2025-07-01")
            return lambda: list(self.state.failover_tests)
        if name in ("hub_inbound", "hub_outbound"):
            return self._hub_routes(name.partition("_")[2], body)
        if name in ("arp", "routes", "summary"):
            return self._table(call)
        if name == "bgp_peers":
            peer = call.query.get("peer")
            return lambda: {"value": self.gateways.bgp_peers(gateway, peer)}
        if name == "learned_routes":
            return lambda: {"value": self.gateways.learned_routes(gateway)}
        peer = call.query.get("peer")
        if not peer:
            raise ArmError(400, "InvalidRequestFormat", "The parameter 'peer' is required.")
        return lambda: {"value": self.gateways.advertised_routes(gateway, peer)}

    @staticmethod
    def _since(call: Call, version: str) -> None:
        """An operation that older versions of the API do not have."""
        if call.query["api-version"] < version:
            raise ArmError(400, "InvalidResourceType",
                           f"The resource type could not be found for api version "
                           f"'{call.query['api-version']}'.")

    def _hub_routes(self, direction: str, body: bytes) -> Callable[[], dict]:
        try:
            asked = json.loads(body or b"{}")
        except ValueError as error:
            raise ArmError(400, "InvalidRequestContent", "The request content is invalid.") from error
        if asked.get("connectionType") != "ExpressRouteConnection" or not asked.get("resourceUri"):
            raise ArmError(400, "InvalidRequestFormat", "resourceUri and connectionType are required.")
        return lambda: {"value": list((self.state.hub or {}).get(direction, []))}

    def _table(self, call: Call) -> Callable[[], dict]:
        link, name = self._link(call), call.route.name
        try:
            peering = self._peering(call)
        except ArmError as error:
            raise ArmError(400, "BadRequest", self._no_bgp_peering(call)) from error
        if peering != self.topology.peering:
            return lambda: {"value": []}
        return lambda: {"value": self.msee.table(name, link, self.topology, self.state)}

    def _no_bgp_peering(self, call: Call) -> str:
        """Azure's words for a table of a peering that does not exist."""
        key = resources.service_key(self.topology)
        return f"The BGP Peering {call.names['peering']} with Service Key {key} is not found."

    # -- helpers

    def _link(self, call: Call) -> Link:
        device = call.names["device"].lower()
        if device not in self.topology.links:
            raise ArmError(400, "InvalidDevicePath",
                           f"The device path '{call.names['device']}' is not valid.")
        return self.topology.links[device]

    def _peering(self, call: Call) -> str:
        wanted = call.names["peering"]
        for name in resources.peering_names(self.topology, self.state):
            if same(name, wanted):
                return name
        raise not_found("expressRouteCircuits",
                        f"{call.names['circuit']}/peerings/{wanted}", call.names["rg"])

    def _page(self, call: Call, rows: list[dict]) -> dict:
        """nextLink is relative here; the API makes it absolute with the host that was asked."""
        size = self.state.page_size
        if not size:
            return {"value": rows}
        token = call.query.get("$skiptoken", "0")
        start = int(token) if token.isdigit() else 0
        page: dict = {"value": rows[start:start + size]}
        if start + size < len(rows):
            version = call.query["api-version"]
            page["nextLink"] = f"{call.path}?api-version={version}&$skipToken={start + size}"
        return page
