# SPDX-License-Identifier: BSD-2-Clause
"""What Azure Monitor refuses: metrics that a resource does not have, dimensions that a metric
does not have, grains and aggregations that it does not keep."""

from __future__ import annotations

import re

from errors import ArmError
from routes import Call

# kind of resource -> metric -> (dimensions, grains)
MINUTE, FIVE = ("PT1M", "PT5M", "PT15M", "PT1H"), ("PT5M", "PT15M", "PT1H")
KNOWN = {
    "expressroutecircuits": {
        "ArpAvailability": ({"PeeringType", "Peer"}, MINUTE),
        "BgpAvailability": ({"PeeringType", "Peer"}, MINUTE),
        "BitsInPerSecond": ({"PeeringType", "DeviceRole"}, MINUTE),
        "BitsOutPerSecond": ({"PeeringType", "DeviceRole"}, MINUTE),
        "QosDropBitsInPerSecond": (set(), FIVE), "QosDropBitsOutPerSecond": (set(), FIVE)},
    "expressrouteports": {
        "AdminState": ({"Link"}, MINUTE), "LineProtocol": ({"Link"}, MINUTE),
        "PortBitsInPerSecond": ({"Link"}, MINUTE), "PortBitsOutPerSecond": ({"Link"}, MINUTE),
        "RxLightLevel": ({"Link", "Lane"}, MINUTE), "TxLightLevel": ({"Link", "Lane"}, MINUTE)},
    "virtualnetworkgateways": {
        "ExpressRouteGatewayCpuUtilization": ({"roleInstance"}, FIVE),
        "ExpressRouteGatewayPacketsPerSecond": ({"roleInstance"}, FIVE),
        "ExpressRouteGatewayBitsPerSecond": ({"roleInstance"}, FIVE),
        "ExpressRouteGatewayActiveFlows": ({"roleInstance"}, FIVE),
        "ExpressRouteGatewayCountOfRoutesAdvertisedToPeer": ({"roleInstance", "BgpPeerAddress"}, FIVE),
        "ExpressRouteGatewayCountOfRoutesLearnedFromPeer": ({"roleInstance", "BgpPeerAddress"}, FIVE)},
}
KNOWN["expressroutegateways"] = KNOWN["virtualnetworkgateways"]


def refuse(message: str) -> None:
    raise ArmError(400, "BadRequest", message)


def check(call: Call) -> None:
    kind = call.names["resource"].rsplit("/", 2)[-2].lower()
    known = KNOWN.get(kind)
    if known is None:
        refuse(f"The resource type {kind} has no metrics.")
    names = [n for n in call.query.get("metricnames", "").split(",") if n]
    for name in names:
        if name not in known:
            refuse(f"Failed to find metric configuration for metric {name}.")
        dimensions, grains = known[name]
        if call.query.get("interval", "PT1M") not in grains:
            refuse(f"Detected invalid time grain input for {name}.")
        for asked in re.findall(r"(\w+) eq '", call.query.get("$filter", "")):
            if asked.lower() not in {d.lower() for d in dimensions}:
                refuse(f"Metric {name} does not support dimension {asked}.")
    for word in call.query.get("aggregation", "Average").split(","):
        if word not in ("Average", "Minimum", "Maximum", "Total", "Count"):
            refuse(f"The aggregation type {word} is invalid.")
