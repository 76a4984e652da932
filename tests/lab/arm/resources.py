# SPDX-License-Identifier: BSD-2-Clause
"""The resources as documents: circuit, peering, gateway, connection.

Shapes follow Microsoft's REST examples, plus what real answers have besides: empty port names,
a shared key that is never shown, and secrets (authorization keys) that a reader must not keep.
"""

from __future__ import annotations

import uuid

from state import State
from topology import Topology

SECRET = "SECRET-AUTH-KEY-DO-NOT-LOG"
NAMESPACE = uuid.UUID("6f1f2d3c-0000-4000-8000-000000000000")


def stable_guid(*words: str) -> str:
    """The same resource has the same GUID in each run."""
    return str(uuid.uuid5(NAMESPACE, "/".join(words).lower()))


def etag(*words: str) -> str:
    return f'W/"{stable_guid("etag", *words)}"'


def resource(resource_id: str, kind: str, properties: dict) -> dict:
    return {"name": resource_id.rsplit("/", 1)[1], "id": resource_id, "etag": etag(resource_id),
            "type": f"Microsoft.Network/{kind}", "properties": properties}


def located(document: dict, topology: Topology) -> dict:
    return document | {"location": topology.location, "tags": {}}


# ---------------------------------------------------------------------------- peering

def microsoft_config(topology: Topology, state: State, name: str) -> dict:
    """Private peerings carry a skeleton of it too."""
    if name != "MicrosoftPeering":
        return {"advertisedPublicPrefixes": [], "advertisedCommunities": [],
                "advertisedPublicPrefixesState": "NotConfigured", "customerASN": 0,
                "legacyMode": 0, "routingRegistryName": "NONE"}
    return {"advertisedPublicPrefixes": ["203.0.113.0/24"], "advertisedCommunities": [],
            "advertisedPublicPrefixesState": state.public_prefixes, "customerASN": topology.peer_asn,
            "legacyMode": 0, "routingRegistryName": "RIPE"}


def route_filter(topology: Topology, state: State) -> dict | None:
    """Without one a Microsoft peering announces nothing."""
    return {"id": topology.circuit_id.rsplit("/", 2)[0] + "/routeFilters/filter-1"} if state.route_filter else None


def ipv6_config(topology: Topology, state: State, name: str) -> dict | None:
    first, second = (topology.links[p].prefix6 for p in ("primary", "secondary"))
    if not first and not second:
        return None
    return {"primaryPeerAddressPrefix": first, "secondaryPeerAddressPrefix": second,
            "state": state.peering_state,
            "microsoftPeeringConfig": microsoft_config(topology, state, name)} | (
                {"routeFilter": route_filter(topology, state)} if name == "MicrosoftPeering" else {})


def modified_by(topology: Topology, state: State) -> str:
    if state.last_modified_by is not None:
        return state.last_modified_by
    return "Provider" if topology.service_provider_runs_layer3 else "Customer"


def peering(topology: Topology, state: State, name: str) -> dict:
    links = topology.links
    properties = {
        "provisioningState": state.peering_provisioning,
        "peeringType": name,
        "azureASN": topology.azure_asn,
        "peerASN": topology.peer_asn if state.peer_asn is None else state.peer_asn,
        "primaryPeerAddressPrefix": state.primary_prefix or links["primary"].prefix,
        "secondaryPeerAddressPrefix": state.secondary_prefix or links["secondary"].prefix,
        "primaryAzurePort": "", "secondaryAzurePort": "",
        "sharedKey": None,
        "state": state.peering_state,
        "vlanId": topology.vlan if state.vlan is None else state.vlan,
        "gatewayManagerEtag": "",
        "lastModifiedBy": modified_by(topology, state),
        "microsoftPeeringConfig": microsoft_config(topology, state, name),
        "ipv6PeeringConfig": ipv6_config(topology, state, name),
        "stats": None, "connections": [], "peeredConnections": []}
    if name == "MicrosoftPeering":
        properties["routeFilter"] = route_filter(topology, state)
    if state.hub is not None and name == topology.peering:
        properties["expressRouteConnection"] = {"id": hub_connection_id(topology)}
    return resource(f"{topology.circuit_id}/peerings/{name}",
                    "expressRouteCircuits/peerings", properties)


def peering_names(topology: Topology, state: State) -> list[str]:
    first = [] if state.peering_missing else [topology.peering]
    return first + [name for name in state.extra_peerings if name != topology.peering]


def peerings(topology: Topology, state: State) -> list[dict]:
    """A list leaves out peerings that were never made."""
    return [peering(topology, state, name) for name in peering_names(topology, state)]


# ---------------------------------------------------------------------------- circuit

def service_key(topology: Topology) -> str:
    return stable_guid("service key", topology.circuit_id)


def authorizations(topology: Topology) -> list[dict]:
    return [resource(f"{topology.circuit_id}/authorizations/auth-1",
                     "expressRouteCircuits/authorizations",
                     {"authorizationKey": SECRET, "authorizationUseStatus": "InUse",
                      "provisioningState": "Succeeded"})]


def has_port(topology: Topology, state: State) -> bool:
    return topology.handoff == "direct" or state.port is not None


def provider_side(topology: Topology, state: State) -> dict:
    """A circuit on an ExpressRoute Direct port has no provider and no provider's state."""
    if has_port(topology, state):
        return {"bandwidthInGbps": 10.0, "stag": 100, "expressRoutePort": {
            "id": topology.circuit_id.rsplit("/", 2)[0] + "/expressRoutePorts/port-1"}}
    properties: dict = {"serviceProviderProperties": {
        "serviceProviderName": "Lab Networks", "peeringLocation": "Frankfurt",
        "bandwidthInMbps": 1000}}
    if state.provider_state is not None:
        properties["serviceProviderProvisioningState"] = state.provider_state
    return properties


def circuit(topology: Topology, state: State) -> dict:
    embedded = peerings(topology, state) if state.peerings_embedded else []
    properties = {
        "provisioningState": state.circuit_provisioning,
        "resourceGuid": stable_guid("guid", topology.circuit_id),
        "peerings": embedded,
        "authorizations": authorizations(topology),
        "authorizationKey": SECRET,
        "circuitProvisioningState": state.circuit_state,
        "allowClassicOperations": False,
        "globalReachEnabled": False,
        "gatewayManagerEtag": "",
        "serviceKey": service_key(topology),
        "serviceProviderNotes": "",
    } | provider_side(topology, state)
    document = located(resource(topology.circuit_id, "expressRouteCircuits", properties),
                       topology)
    return document | {"sku": {"name": "Standard_MeteredData", "tier": "Standard",
                               "family": "MeteredData"}}


def stats(counts: dict[str, tuple[int, int]]) -> dict:
    """Azure writes these four names with a small b."""
    return {"primarybytesIn": counts["primary"][0], "primarybytesOut": counts["primary"][1],
            "secondarybytesIn": counts["secondary"][0],
            "secondarybytesOut": counts["secondary"][1]}


# ---------------------------------------------------------------------------- gateway

def gateway(topology: Topology, state: State) -> dict:
    group = topology.gateway_id.rsplit("/", 2)[0]
    config = f"{topology.gateway_id}/ipConfigurations/default"
    properties = {
        "provisioningState": state.gateway_provisioning,
        "resourceGuid": stable_guid("guid", topology.gateway_id),
        "ipConfigurations": [{
            "name": "default", "id": config, "etag": etag(config),
            "properties": {
                "provisioningState": "Succeeded", "privateIPAllocationMethod": "Dynamic",
                "subnet": {"id": f"{group}/virtualNetworks/vnet-1/subnets/GatewaySubnet"}}}],
        "sku": {"name": "ErGw1AZ", "tier": "ErGw1AZ", "capacity": 2},
        "gatewayType": "ExpressRoute", "vpnType": "PolicyBased", "enableBgp": False,
        "activeActive": False,
        "bgpSettings": {"asn": 65515, "peerWeight": 0},
        "allowVirtualWanTraffic": False, "allowRemoteVnetTraffic": False}
    return located(resource(topology.gateway_id, "virtualNetworkGateways", properties), topology)


def connection_id(topology: Topology) -> str:
    return f"{topology.gateway_id.rsplit('/', 2)[0]}/connections/{topology.connection_name}"


def connection(topology: Topology, state: State) -> dict:
    """Real ExpressRoute connections show enableBgp false and no bytes although they work."""
    properties = {
        "provisioningState": state.connection_provisioning,
        "resourceGuid": stable_guid("guid", connection_id(topology)),
        "virtualNetworkGateway1": {"id": topology.gateway_id},
        "peer": {"id": topology.circuit_id},
        "connectionType": "ExpressRoute",
        "authorizationKey": SECRET,
        "routingWeight": 0, "enableBgp": False,
        "expressRouteGatewayBypass": False, "enablePrivateLinkFastPath": False,
        "usePolicyBasedTrafficSelectors": False,
        "ingressBytesTransferred": 0, "egressBytesTransferred": 0}
    if state.connection_status is not None:
        properties["connectionStatus"] = state.connection_status
    return located(resource(connection_id(topology), "connections", properties), topology)


def connections(topology: Topology, state: State) -> list[dict]:
    return [] if state.connection_missing else [connection(topology, state)]


# ---------------------------------------------------------------------------- Direct, Virtual WAN

def port_id(topology: Topology) -> str:
    return f"{topology.circuit_id.rsplit('/', 2)[0]}/expressRoutePorts/port-1"


def port(topology: Topology, state: State) -> dict:
    """Two links, each with what a cross-connect order names; MACsec names its secrets' places."""
    macsec = {"cknSecretIdentifier": SECRET, "cakSecretIdentifier": SECRET, "sciState": "Disabled"}
    links = [{"id": f"{port_id(topology)}/links/link{n}", "name": f"link{n}",
              "properties": {"routerName": f"router{n}", "interfaceName": "Ethernet0/0",
                             "patchPanelId": f"panel{n}", "rackId": f"rack{n}", "coloLocation": "colo",
                             "connectorType": "LC", "adminState": "Enabled",
                             "provisioningState": "Succeeded", "macSecConfig": macsec}}
             for n in (1, 2)]
    properties = {"provisioningState": "Succeeded", "peeringLocation": "Frankfurt",
                  "bandwidthInGbps": 10, "provisionedBandwidthInGbps": 1.0, "mtu": "1500",
                  "encapsulation": "Dot1Q", "etherType": "0x8100", "links": links,
                  "circuits": [{"id": topology.circuit_id}]}
    return located(resource(port_id(topology), "expressRoutePorts",
                            properties | (state.port or {})), topology)


def hub_gateway(topology: Topology, path: str) -> dict:
    group = path.rsplit("/", 2)[0]
    properties = {"provisioningState": "Succeeded",
                  "virtualHub": {"id": f"{group}/virtualHubs/hub-1"},
                  "autoScaleConfiguration": {"bounds": {"min": 1, "max": 10}},
                  "allowNonVirtualWanTraffic": False}
    return located(resource(path, "expressRouteGateways", properties), topology)


def hub_connection_id(topology: Topology) -> str:
    return (f"{topology.circuit_id.rsplit('/', 2)[0]}/expressRouteGateways/hubgw-1/"
            "expressRouteConnections/hubconn-1")


def hub_connection(topology: Topology, path: str) -> dict:
    peering_id = f"{topology.circuit_id}/peerings/{topology.peering}"
    return {"id": f"{path}/hubconn-1", "name": "hubconn-1",
            "properties": {"provisioningState": "Provisioned", "routingWeight": 0,
                           "authorizationKey": SECRET, "expressRouteGatewayBypass": False,
                           "expressRouteCircuitPeering": {"id": peering_id}}}
