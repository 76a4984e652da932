#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks the stand-in over HTTP with faked routers: no root, no namespace, a few seconds."""

from __future__ import annotations

import http.client
import io
import json
import socket
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock
from pathlib import Path

sys.dont_write_bytecode = True

import arm
import tables
import vty
from api import Api
from errors import ReadError
from listen import listening_socket
from readers import Interface, Neighbour, parse_neighbour
from server import ArmServer
from topology import GROUP, SUBSCRIPTION, Node, parse_topology

CIRCUIT = GROUP + "/expressRouteCircuits/frankfurt-1"
PEERING = CIRCUIT + "/peerings/AzurePrivatePeering"
GATEWAY = GROUP + "/virtualNetworkGateways/gw-1"
CE_MAC, MSEE_MAC = "02:cf:2b:02:c2:2b", "02:cf:2b:02:c2:2c"


def bgp_peer(asn: int, **changes: object) -> dict:
    """One peer in FRR's summary."""
    return {"remoteAs": asn, "version": 4, "peerUptimeMsec": 1524000, "pfxRcd": 7,
            "state": "Established", "peerState": "OK"} | changes


def bgp_route(path: str, hop: str, **changes: object) -> dict:
    """One path in FRR's table."""
    return {"valid": True, "bestpath": True, "weight": 0, "peerId": hop, "path": path,
            "origin": "IGP", "nexthops": [{"ip": hop, "afi": "ipv4", "used": True}]} | changes


def listening_at(path: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(1)
    return server


def play_daemon(server: socket.socket, pieces: list[bytes]) -> None:
    """Answers "enable", then a command in these pieces, and closes."""
    with server:
        client = server.accept()[0]
        with client:
            for answer in ([bytes(4)], pieces):
                while not client.recv(1024).endswith(b"\0"):
                    pass
                for piece in answer:
                    client.sendall(piece)
                    time.sleep(0.01)


class FakeReader:
    """Routers of a healthy lab; a test changes the attributes."""

    def __init__(self) -> None:
        self.up = {"msee1": True, "msee2": True}
        self.alive = {"msee1", "msee2", "gw"}
        self.bytes = [1000, 2000]
        self.asked: list[str] = []
        self.cache = {"172.16.3.1": CE_MAC, "172.16.4.1": CE_MAC, "fd00:3::1": CE_MAC}
        self.answers_when_asked: dict[str, str] = {}
        self.summary = {"ipv4Unicast": {"peers": {
            "172.16.3.1": bgp_peer(65010), "10.100.255.12": bgp_peer(65515, pfxRcd=2),
            "192.0.2.1": bgp_peer(12076)}}}
        self.tables = {"ipv4": {"defaultLocPrf": 100, "routerId": "10.100.255.12", "routes": {
            "10.100.0.0/16": [bgp_route("65515", "10.100.255.12")],
            "10.10.0.0/16": [bgp_route("65010", "172.16.3.1"),
                             bgp_route("65010 65010", "172.16.3.5", bestpath=False,
                                       origin="incomplete")]}}, "ipv6": {}}
        self.neighbors = {"10.100.255.4": {
            "remoteAs": 12076, "bgpState": "Established", "bgpTimerUpMsec": 1162110,
            "hostLocal": "10.100.255.12", "messageStats": {"totalSent": 20, "totalRecv": 21},
            "addressFamilyInfo": {"ipv4Unicast": {"acceptedPrefixCounter": 3}}}}

    def _alive(self, node: Node) -> None:
        if node.name not in self.alive:
            raise ReadError(f"{node.name} is gone")

    def interface(self, node: Node, ifname: str) -> Interface:
        self._alive(node)
        return Interface(self.up[node.name], MSEE_MAC, self.bytes[0], self.bytes[1])

    def interface_with(self, node: Node, address: str) -> str:
        self._alive(node)
        return "eth0"

    def neighbours(self, node: Node, ifname: str) -> list[Neighbour]:
        return [Neighbour(a, m, 185) for a, m in self.cache.items()]

    def ask(self, node: Node, ifname: str, address: str) -> None:
        self.asked.append(address)
        if address in self.answers_when_asked:
            self.cache[address] = self.answers_when_asked[address]

    def bgp(self, node: Node, command: str) -> dict:
        self._alive(node)
        if "summary" in command:
            return self.summary
        if "advertised-routes" in command:
            return {"localAS": 65515, "advertisedRoutes": {
                "10.100.0.0/16": {"path": "", "bgpOriginCode": "i"}}}
        if "neighbors" in command:
            return self.neighbors
        return self.tables["ipv6" if "ipv6" in command else "ipv4"]


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.raw = response.read()

    @property
    def document(self) -> dict:
        return json.loads(self.raw)

    @property
    def error(self) -> str:
        return self.document["error"]["code"]


class ArmTest(unittest.TestCase):
    """A fresh stand-in a test."""

    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.run = Path(self.folder.name)
        self.reader = FakeReader()
        self.log = io.StringIO()
        arm.ensure_token(self.run / "token")
        self.token = (self.run / "token").read_text().strip()
        self.topology()
        self.state()
        api = Api(self.run / "topology.json", self.run / "state.json", self.run / "token",
                  self.reader)
        api.msee.resolve_seconds = 0.05
        listener = listening_socket(0)
        self.port = listener.getsockname()[1]
        self.server = ArmServer(listener, api, self.log)
        self.server.start()
        self.api = api

    def tearDown(self) -> None:
        arm.stop([self.server], self.api, None)
        self.folder.cleanup()

    def topology(self, **circuit: object) -> None:
        handoff = circuit.pop("handoff", "l2")
        (self.run / "topology.json").write_text(json.dumps(
            {"handoff": handoff, "circuit": circuit}))

    def state(self, **values: object) -> None:
        values.setdefault("lro_seconds", 0)
        values.setdefault("retry_after", 0)
        (self.run / "state.json").write_text(json.dumps(values))

    def ask(self, method: str, path: str, version: str | None = "2023-09-01",
            token: str | None = "", headers: dict | None = None) -> Answer:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = "Bearer " + (token or self.token)
        if version:
            path += ("&" if "?" in path else "?") + "api-version=" + version
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, headers=sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str, **options: object) -> Answer:
        return self.ask("GET", path, **options)

    def local(self, url: str) -> str:
        prefix = f"http://127.0.0.1:{self.port}"
        self.assertTrue(url.startswith(prefix + "/"), url)
        return url[len(prefix):]

    def finish(self, path: str) -> Answer:
        """POST, then follow the Location until it is no longer 202."""
        answer = self.ask("POST", path)
        self.assertEqual(answer.status, 202, answer.raw)
        return self.follow(self.local(answer.headers["location"]))

    def follow(self, url: str) -> Answer:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            answer = self.get(url, version=None)
            if answer.status != 202:
                return answer
            time.sleep(0.01)
        self.fail("the operation does not end")

    def rows(self, table: str, path: str = "primary") -> list[dict]:
        answer = self.finish(f"{PEERING}/{table}/{path}")
        self.assertEqual(answer.status, 200, answer.raw)
        return answer.document["value"]

    def row_of(self, table: str, key: str, value: str, path: str = "primary") -> dict:
        return next(r for r in self.rows(table, path) if r[key] == value)


class Requests(ArmTest):
    """What Azure's front end does before any resource is looked at."""

    def test_a_missing_token_is_401_with_a_challenge(self) -> None:
        answer = self.get(CIRCUIT, token=None)
        self.assertEqual((answer.status, answer.error), (401, "AuthenticationFailed"))
        self.assertIn("Bearer", answer.headers["www-authenticate"])

    def test_a_wrong_token_is_401(self) -> None:
        answer = self.get(CIRCUIT, token="e30.e30.x")
        self.assertEqual((answer.status, answer.error), (401, "InvalidAuthenticationToken"))

    def test_a_rotated_token_counts_from_the_next_request(self) -> None:
        (self.run / "token").write_text("new\n")
        self.assertEqual(self.get(CIRCUIT).status, 401)
        self.assertEqual(self.get(CIRCUIT, token="new").status, 200)

    def test_the_poll_needs_the_token_too(self) -> None:
        url = self.ask("POST", PEERING + "/arpTables/primary").headers["location"]
        self.assertEqual(self.get(self.local(url), version=None, token=None).status, 401)

    def test_the_api_version_is_mandatory(self) -> None:
        answer = self.get(CIRCUIT, version=None)
        self.assertEqual((answer.status, answer.error), (400, "MissingApiVersionParameter"))
        self.assertEqual(self.get(CIRCUIT, version="yesterday").error,
                         "InvalidApiVersionParameter")

    def test_paths_are_matched_without_case(self) -> None:
        self.assertEqual(self.get(CIRCUIT.upper()).status, 200)
        self.assertEqual(self.get(PEERING.lower()).document["name"], "AzurePrivatePeering")

    def test_the_wrong_method_is_405(self) -> None:
        answer = self.get(PEERING + "/arpTables/primary")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "POST"))
        for method in ("PUT", "DELETE", "PATCH"):
            self.assertEqual(self.ask(method, CIRCUIT, headers={"Content-Length": "0"}).status,
                             405, method)

    def test_a_post_without_length_is_411_and_no_json(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.putrequest("POST", PEERING + "/arpTables/primary?api-version=2023-09-01")
        connection.putheader("Authorization", "Bearer " + self.token)
        connection.endheaders()
        answer = Answer(connection.getresponse())
        connection.close()
        self.assertEqual(answer.status, 411)
        self.assertRaises(ValueError, lambda: answer.document)

    def test_unknown_resources_are_404(self) -> None:
        for path, code in ((CIRCUIT + "x", "ResourceNotFound"),
                           (CIRCUIT.replace("rg-er", "rg-x"), "ResourceGroupNotFound"),
                           (CIRCUIT.replace("0001/", "0002/"), "SubscriptionNotFound"),
                           (CIRCUIT + "/peerings/MicrosoftPeering", "ResourceNotFound"),
                           (GATEWAY + "x", "ResourceNotFound"),
                           (GROUP + "/connections/x", "ResourceNotFound"),
                           (GROUP + "/teapots/1", "ResourceNotFound")):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.error), (404, code), path)

    def test_every_answer_has_azures_identifiers(self) -> None:
        for answer in (self.get(CIRCUIT), self.get(CIRCUIT, token=None), self.get("/")):
            for name in ("x-ms-request-id", "x-ms-correlation-request-id",
                         "x-ms-ratelimit-remaining-subscription-reads"):
                self.assertIn(name, answer.headers)

    def test_the_connection_is_kept_and_post_bodies_are_skipped(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        bearer = {"Authorization": "Bearer " + self.token}
        target = "?api-version=2023-09-01"
        connection.request("POST", PEERING + "/arpTables/primary" + target, b"{}", bearer)
        self.assertEqual(Answer(connection.getresponse()).status, 202)
        sock = connection.sock
        connection.request("POST", PEERING + "/arpTables/primary" + target, iter([b"{", b"}"]),
                           bearer, encode_chunked=True)
        self.assertEqual(Answer(connection.getresponse()).status, 202)
        connection.request("GET", CIRCUIT + target, headers=bearer)
        self.assertEqual(Answer(connection.getresponse()).status, 200)
        self.assertIs(connection.sock, sock)
        connection.close()

    def test_the_log_names_operations_and_holds_no_token(self) -> None:
        self.get(CIRCUIT)
        line = json.loads(self.log.getvalue())
        self.assertEqual((line["operation"], line["status"]), ("circuit", 200))
        self.assertNotIn(self.token, self.log.getvalue())


class Resources(ArmTest):
    def test_the_circuit_has_its_parts_and_a_secret(self) -> None:
        document = self.get(CIRCUIT).document
        properties = document["properties"]
        self.assertEqual(document["id"], CIRCUIT)
        self.assertEqual(properties["circuitProvisioningState"], "Enabled")
        self.assertEqual(properties["serviceProviderProvisioningState"], "Provisioned")
        self.assertEqual(properties["peerings"][0]["properties"]["peerASN"], 65010)
        self.assertRegex(properties["serviceKey"], r"^[0-9a-f]{8}-[0-9a-f-]{27}$")
        self.assertIn("SECRET-AUTH-KEY-DO-NOT-LOG", json.dumps(properties["authorizations"]))

    def test_circuit_states_come_from_the_state(self) -> None:
        self.state(circuit_state="Disabled", provider_state="NotProvisioned",
                   circuit_provisioning="Failed")
        properties = self.get(CIRCUIT).document["properties"]
        self.assertEqual([properties[k] for k in (
            "circuitProvisioningState", "serviceProviderProvisioningState",
            "provisioningState")], ["Disabled", "NotProvisioned", "Failed"])

    def test_a_direct_circuit_has_no_provider(self) -> None:
        self.topology(handoff="direct")
        properties = self.get(CIRCUIT).document["properties"]
        self.assertNotIn("serviceProviderProvisioningState", properties)
        self.assertIn("expressRoutePort", properties)

    def test_the_peering_is_complete(self) -> None:
        self.topology(primary={"prefix": "172.16.3.0/30", "prefix6": "fd00:3::/126"})
        properties = self.get(PEERING).document["properties"]
        expected = {"state": "Enabled", "azureASN": 12076, "vlanId": 300, "sharedKey": None,
                    "primaryPeerAddressPrefix": "172.16.3.0/30",
                    "secondaryPeerAddressPrefix": "172.16.4.0/30",
                    "lastModifiedBy": "Customer"}
        self.assertEqual(properties | expected, properties)
        self.assertEqual(properties["ipv6PeeringConfig"]["primaryPeerAddressPrefix"],
                         "fd00:3::/126")

    def test_the_peering_without_ipv6_says_null(self) -> None:
        self.assertIsNone(self.get(PEERING).document["properties"]["ipv6PeeringConfig"])

    def test_peering_values_come_from_the_state(self) -> None:
        self.state(peering_state="Disabled", peering_provisioning="Updating", peer_asn=65099,
                   vlan=301, primary_prefix="172.16.9.0/30")
        properties = self.get(PEERING).document["properties"]
        self.assertEqual([properties[k] for k in (
            "state", "provisioningState", "peerASN", "vlanId", "primaryPeerAddressPrefix")],
            ["Disabled", "Updating", 65099, 301, "172.16.9.0/30"])

    def test_the_labs_peering_may_be_microsofts(self) -> None:
        self.topology(primary={"prefix": "172.16.3.0/30", "prefix6": "fd00:3::/126"})
        self.state(peering="MicrosoftPeering")
        self.assertEqual(self.get(PEERING).status, 404)
        microsoft = CIRCUIT + "/peerings/MicrosoftPeering"
        properties = self.get(microsoft).document["properties"]
        self.assertTrue(properties["routeFilter"]["id"].endswith("/routeFilters/filter-1"))
        self.assertIn("routeFilter", properties["ipv6PeeringConfig"])
        self.assertEqual(properties["microsoftPeeringConfig"]["advertisedPublicPrefixesState"], "Configured")
        self.assertTrue(self.finish(microsoft + "/routeTablesSummary/primary").document["value"])
        self.state(peering="MicrosoftPeering", route_filter=False, public_prefixes="ValidationNeeded")
        properties = self.get(microsoft).document["properties"]
        self.assertIsNone(properties["routeFilter"])
        self.assertIsNone(properties["ipv6PeeringConfig"]["routeFilter"])
        self.assertEqual(properties["microsoftPeeringConfig"]["advertisedPublicPrefixesState"], "ValidationNeeded")

    def test_a_provider_who_runs_layer_3_modified_the_peering(self) -> None:
        self.topology(handoff="l3")
        self.assertEqual(self.get(PEERING).document["properties"]["lastModifiedBy"], "Provider")

    def test_a_missing_peering(self) -> None:
        self.state(peering_missing=True)
        self.assertEqual(self.get(PEERING).status, 404)
        self.assertEqual(self.get(CIRCUIT + "/peerings").document, {"value": []})
        self.assertEqual(self.get(CIRCUIT).document["properties"]["peerings"], [])
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        self.assertEqual(answer.status, 400)
        self.assertIn("The BGP Peering AzurePrivatePeering", answer.document["error"]["message"])

    def test_peerings_not_embedded_are_still_listed(self) -> None:
        self.state(peerings_embedded=False)
        self.assertEqual(self.get(CIRCUIT).document["properties"]["peerings"], [])
        self.assertEqual(len(self.get(CIRCUIT + "/peerings").document["value"]), 1)

    def test_lists_are_paged_by_an_absolute_next_link(self) -> None:
        self.state(page_size=1, extra_peerings=["MicrosoftPeering"])
        first = self.get(CIRCUIT + "/peerings").document
        self.assertEqual([p["name"] for p in first["value"]], ["AzurePrivatePeering"])
        second = self.get(self.local(first["nextLink"]), version=None).document
        self.assertEqual([p["name"] for p in second["value"]], ["MicrosoftPeering"])
        self.assertNotIn("nextLink", second)

    def test_stats_are_the_ports_counters_and_only_grow(self) -> None:
        first = self.get(CIRCUIT + "/stats").document
        self.assertEqual(first["primarybytesIn"], 1000)
        self.assertEqual(first["secondarybytesOut"], 2000)
        self.reader.bytes = [10, 2500]      # the port was made anew
        second = self.get(PEERING + "/stats").document
        self.assertEqual(second["primarybytesIn"], 1010)
        self.assertEqual(second["primarybytesOut"], 2500)
        self.reader.alive.clear()
        self.assertEqual(self.get(CIRCUIT + "/stats").document, second)

    def test_gateway_and_connection(self) -> None:
        self.assertEqual(self.get(GATEWAY).document["properties"]["gatewayType"], "ExpressRoute")
        for path in (GROUP + "/connections", GATEWAY + "/connections"):
            row = self.get(path).document["value"][0]["properties"]
            self.assertEqual(row["connectionStatus"], "Connected")
            self.assertEqual(row["peer"]["id"], CIRCUIT)
        self.assertEqual(self.get(GROUP + "/connections/CONN-1").status, 200)

    def test_gateway_and_connection_switches(self) -> None:
        self.state(connection_status=None)
        row = self.get(GROUP + "/connections/conn-1").document["properties"]
        self.assertNotIn("connectionStatus", row)
        self.state(connection_missing=True)
        self.assertEqual(self.get(GATEWAY + "/connections").document["value"], [])
        self.assertEqual(self.get(GROUP + "/connections/conn-1").status, 404)
        self.state(gateway_missing=True)
        self.assertEqual(self.get(GATEWAY).status, 404)
        self.assertEqual(self.ask("POST", GATEWAY + "/getBgpPeerStatus").status, 404)

    def test_health_events_and_metrics(self) -> None:
        health = CIRCUIT + "/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
        self.assertEqual(self.get(health).document["properties"]["availabilityState"],
                         "Available")
        self.state(health={"availabilityState": "Degraded"}, events=[{"name": "ABC-123"}],
                   metrics={"BgpAvailability": [{"data": []}]})
        self.assertEqual(self.get(health).document["properties"]["availabilityState"],
                         "Degraded")
        events = SUBSCRIPTION + "/providers/Microsoft.ResourceHealth/events"
        self.assertEqual(self.get(events).document["value"][0]["name"], "ABC-123")
        metrics = CIRCUIT + "/providers/Microsoft.Insights/metrics?metricnames="
        values = self.get(metrics + "BgpAvailability,ArpAvailability").document["value"]
        self.assertEqual([len(v["timeseries"]) for v in values], [1, 0])


class LongOperations(ArmTest):
    def test_location_pattern(self) -> None:
        self.state(lro_seconds=0.2, retry_after=3)
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        self.assertEqual((answer.status, answer.raw, answer.headers["retry-after"]),
                         (202, b"null", "3"))
        self.assertNotIn("azure-asyncoperation", answer.headers)
        url = self.local(answer.headers["location"])
        self.assertEqual(self.get(url, version=None).status, 202)
        end = self.follow(url)
        self.assertEqual(end.status, 200)
        self.assertEqual(self.local(end.headers["location"]), url)
        self.assertIn(b"\r\n", end.raw)

    def test_the_url_has_the_host_that_was_asked(self) -> None:
        answer = self.ask("POST", PEERING + "/arpTables/primary",
                          headers={"Host": "localhost:1"})
        self.assertTrue(answer.headers["location"].startswith("http://localhost:1/"))

    def test_async_pattern(self) -> None:
        self.state(lro="async", lro_seconds=0.2)
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        status = self.local(answer.headers["azure-asyncoperation"])
        self.assertEqual(self.get(status, version=None).document, {"status": "InProgress"})
        time.sleep(0.3)
        self.assertEqual(self.get(status, version=None).document, {"status": "Succeeded"})
        result = self.get(self.local(answer.headers["location"]), version=None)
        self.assertEqual(len(result.document["value"]), 2)

    def test_async_only_pattern_carries_the_result(self) -> None:
        self.state(lro="async-only")
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        self.assertNotIn("location", answer.headers)
        time.sleep(0.2)
        document = self.get(self.local(answer.headers["azure-asyncoperation"]),
                            version=None).document
        self.assertEqual(document["status"], "Succeeded")
        self.assertEqual(len(document["properties"]["value"]), 2)

    def test_a_failed_operation(self) -> None:
        self.reader.alive.discard("msee1")
        end = self.finish(PEERING + "/routeTablesSummary/primary")
        self.assertEqual((end.status, end.error), (500, "InternalServerError"))
        self.assertNotIn(b"msee1", end.raw)    # the cause is not given away
        self.assertEqual(self.finish(PEERING + "/routeTablesSummary/secondary").status, 200)

    def test_a_failed_operation_in_the_async_pattern(self) -> None:
        self.state(lro="async", paths={"primary": {"mode": "fail"}})
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        time.sleep(0.2)
        document = self.get(self.local(answer.headers["azure-asyncoperation"]),
                            version=None).document
        self.assertEqual(document["status"], "Failed")
        self.assertEqual(document["error"]["code"], "InternalServerError")

    def test_an_operation_that_never_ends(self) -> None:
        self.state(operations={"arp": {"never_ends": True}})
        url = self.local(self.ask("POST", PEERING + "/arpTables/primary").headers["location"])
        time.sleep(0.2)
        self.assertEqual(self.get(url, version=None).status, 202)
        self.assertEqual(self.finish(PEERING + "/routeTables/primary").status, 200)

    def test_an_unknown_operation_is_404(self) -> None:
        url = SUBSCRIPTION + "/providers/Microsoft.Network/locations/x/operationResults/nope"
        self.assertEqual(self.get(url).status, 404)

    def test_no_retry_after(self) -> None:
        self.state(retry_after=None)
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        self.assertNotIn("retry-after", answer.headers)

    def test_a_bad_device_path_is_400(self) -> None:
        self.assertEqual(self.ask("POST", PEERING + "/arpTables/tertiary").status, 400)


class Tables(ArmTest):
    def test_arp_rows(self) -> None:
        self.assertEqual(self.rows("arpTables"), [
            {"age": 3, "interface": "On-Prem", "ipAddress": "172.16.3.1",
             "macAddress": "02cf.2b02.c22b"},
            {"age": 0, "interface": "Microsoft", "ipAddress": "172.16.3.2",
             "macAddress": "02cf.2b02.c22c"}])

    def test_arp_rows_of_both_families(self) -> None:
        self.topology(primary={"prefix": "172.16.3.0/30", "prefix6": "fd00:3::/126"})
        self.assertEqual([r["ipAddress"] for r in self.rows("arpTables")],
                         ["172.16.3.1", "172.16.3.2", "fd00:3::1", "fd00:3::2"])

    def test_a_silent_customer_is_incomplete_after_asking(self) -> None:
        del self.reader.cache["172.16.3.1"]
        row = self.row_of("arpTables", "ipAddress", "172.16.3.1")
        self.assertEqual(row["macAddress"], "Incomplete")
        self.assertEqual(self.reader.asked, ["172.16.3.1"])

    def test_a_customer_who_answers_is_complete_after_asking(self) -> None:
        del self.reader.cache["172.16.3.1"]
        self.reader.answers_when_asked["172.16.3.1"] = CE_MAC
        row = self.row_of("arpTables", "ipAddress", "172.16.3.1")
        self.assertEqual(row["macAddress"], "02cf.2b02.c22b")

    def test_an_msee_without_microsoft_row(self) -> None:
        self.state(no_microsoft_row=True)
        self.assertEqual([r["interface"] for r in self.rows("arpTables")], ["On-Prem"])

    def test_a_port_that_is_down_fails_all_tables_of_its_path(self) -> None:
        self.reader.up["msee1"] = False
        for table in ("arpTables", "routeTables", "routeTablesSummary"):
            self.assertEqual(self.finish(f"{PEERING}/{table}/primary").status, 500, table)
            self.assertEqual(self.finish(f"{PEERING}/{table}/secondary").status, 200, table)

    def test_summary_rows(self) -> None:
        self.reader.summary["ipv6Unicast"] = {"peers": {
            "fd00:3::1": bgp_peer(65010, pfxRcd=1, peerUptimeMsec=131400000)}}
        self.assertEqual(self.rows("routeTablesSummary"), [
            {"neighbor": "172.16.3.1", "v": 4, "as": 65010, "upDown": "00:25:24",
             "statePfxRcd": "7"},
            {"neighbor": "10.100.255.12", "v": 4, "as": 65515, "upDown": "00:25:24",
             "statePfxRcd": "2"},
            {"neighbor": "fd00:3::1", "v": 4, "as": 65010, "upDown": "1d12h",
             "statePfxRcd": "1"}])

    def test_summary_of_sessions_that_are_down(self) -> None:
        peers = self.reader.summary["ipv4Unicast"]["peers"]
        for state, reason, text in (("Active", "OK", "Active"), ("Connect", "OK", "Connect"),
                                    ("Idle", "OK", "Idle"), ("Idle", "Admin", "Idle (Admin)"),
                                    ("Idle (Admin)", "Admin", "Idle (Admin)"),
                                    ("Idle", "PfxCt", "Idle (PfxCt)"),
                                    ("Idle (PfxCt)", "PfxCt", "Idle (PfxCt)")):
            peers["172.16.3.1"] = bgp_peer(65010, state=state, peerState=reason,
                                           peerUptimeMsec=0)
            row = self.row_of("routeTablesSummary", "neighbor", "172.16.3.1")
            self.assertEqual((row["statePfxRcd"], row["upDown"]), (text, "never"))

    def test_a_missing_connection_takes_the_gateway_from_the_summary(self) -> None:
        self.state(connection_missing=True)
        self.assertEqual([r["as"] for r in self.rows("routeTablesSummary")], [65010])

    def test_route_rows(self) -> None:
        self.reader.tables["ipv6"] = {"routes": {"fd00:10::/48": [bgp_route("65010", "x", nexthops=[
            {"ip": "fe80::1", "scope": "link-local"}, {"ip": "fd00:3::1", "scope": "global"}])]}}
        blanks = "\n" + " " * 20
        self.assertEqual([(r["network"], r["nextHop"], r["locPrf"], r["weight"], r["path"])
                          for r in self.rows("routeTables")], [
            ("10.10.0.0/16", "172.16.3.1*", "100", 0, "65010 I" + blanks),
            ("10.10.0.0/16", "172.16.3.5", "100", 0, "65010 65010 ?" + blanks),
            ("10.100.0.0/16", "10.100.255.12*", "100", 0, "65515 I" + blanks),
            ("fd00:10::/48", "fd00:3::1*", "100", 0, "65010 I" + blanks)])

    def test_tables_of_another_peering_are_empty(self) -> None:
        self.state(extra_peerings=["MicrosoftPeering"])
        end = self.finish(CIRCUIT + "/peerings/MicrosoftPeering/arpTables/primary")
        self.assertEqual(end.document, {"value": []})

    def test_a_circuit_not_provisioned_gives_empty_tables(self) -> None:
        self.state(provider_state="NotProvisioned")
        self.assertEqual(self.rows("arpTables"), [])
        self.state(circuit_state="Disabled", paths={"primary": {"mode": "live"}})
        self.assertEqual(self.rows("arpTables"), [])
        self.state(provider_state=None)      # as on ExpressRoute Direct
        self.assertEqual(len(self.rows("arpTables")), 2)

    def test_path_modes(self) -> None:
        self.state(paths={"primary": {"mode": "empty"}})
        self.assertEqual(self.rows("arpTables"), [])
        self.assertEqual(len(self.rows("arpTables", "secondary")), 2)
        self.state(paths={"primary": {"mode": "incomplete"}})
        self.assertEqual(self.rows("arpTables")[0]["macAddress"], "Incomplete")
        self.state(paths={"primary": {"mode": "fail"}})
        self.assertEqual(self.finish(PEERING + "/routeTables/primary").status, 500)

    def test_a_frozen_path_repeats_what_it_last_said(self) -> None:
        before = self.rows("routeTables")
        self.reader.tables["ipv4"]["routes"].clear()
        self.state(paths={"primary": {"mode": "frozen"}})
        self.assertEqual(self.rows("routeTables"), before)
        self.state()
        self.assertEqual(self.rows("routeTables"), [])

    def test_lies(self) -> None:
        peers = self.reader.summary["ipv4Unicast"]["peers"]
        peers["172.16.3.1"] = bgp_peer(65010, state="Active", peerUptimeMsec=0)
        self.state(lies={"bgp": {"primary": "Established"}, "arp": {"primary": "Incomplete"},
                         "routes": {"primary": [{"network": "10.9.0.0/16"}]}})
        row = self.row_of("routeTablesSummary", "neighbor", "172.16.3.1")
        self.assertEqual((row["statePfxRcd"], row["upDown"]), ("1", "01:00:00"))
        self.assertEqual([r["macAddress"] for r in self.rows("arpTables")],
                         ["Incomplete", "02cf.2b02.c22c"])
        self.assertEqual(self.rows("routeTables"), [{"network": "10.9.0.0/16"}])
        self.state(lies={"bgp": {"primary": "Idle"}})
        row = self.row_of("routeTablesSummary", "neighbor", "172.16.3.1")
        self.assertEqual(row["statePfxRcd"], "Idle")
        gateway = self.row_of("routeTablesSummary", "neighbor", "10.100.255.12")
        self.assertEqual(gateway["statePfxRcd"], "2")

    def test_gateway_peers(self) -> None:
        self.reader.neighbors["10.100.255.13"] = {"remoteAs": 65515, "bgpState": "Active"}
        rows = self.finish(GATEWAY + "/getBgpPeerStatus").document["value"]
        self.assertEqual(rows[0], {
            "localAddress": "10.100.255.12", "neighbor": "10.100.255.4", "asn": 12076,
            "state": "Connected", "connectedDuration": "00:19:22.1100000",
            "routesReceived": 3, "messagesSent": 20, "messagesReceived": 21})
        self.assertEqual((rows[1]["state"], rows[1]["connectedDuration"]), ("Connecting", None))
        one = self.finish(GATEWAY + "/getBgpPeerStatus?peer=10.100.255.13").document["value"]
        self.assertEqual(len(one), 1)

    def test_gateway_learned_routes(self) -> None:
        self.reader.tables["ipv4"]["routes"] = {
            "10.10.0.0/16": [bgp_route("12076 65010", "10.100.255.4")],
            "10.100.0.0/16": [bgp_route("", "0.0.0.0", peerId="(unspec)")]}
        rows = self.finish(GATEWAY + "/getLearnedRoutes").document["value"]
        self.assertEqual([(r["network"], r["nextHop"], r["origin"], r["asPath"], r["weight"])
                          for r in rows], [
            ("10.10.0.0/16", "10.100.255.4", "EBgp", "12076-65010", 32769),
            ("10.100.0.0/16", None, "Network", "", 32768)])

    def test_a_vnets_own_route_has_the_address_of_its_family(self) -> None:
        self.reader.neighbors["fd00:ff::1"] = {"remoteAs": 12076, "hostLocal": "fd00:ff::2"}
        self.reader.tables = {
            "ipv4": {"routes": {"10.100.0.0/16": [bgp_route("", "0.0.0.0", peerId="(unspec)")]}},
            "ipv6": {"routes": {"fd00:100::/48": [bgp_route("", "::", peerId="(unspec)")]}}}
        rows = self.finish(GATEWAY + "/getLearnedRoutes").document["value"]
        self.assertEqual([r["sourcePeer"] for r in rows], ["10.100.255.12", "fd00:ff::2"])

    def test_gateway_advertised_routes(self) -> None:
        self.assertEqual(self.ask("POST", GATEWAY + "/getAdvertisedRoutes").status, 400)
        path = GATEWAY + "/getAdvertisedRoutes?peer="
        rows = self.finish(path + "10.100.255.4").document["value"]
        self.assertEqual([(r["network"], r["asPath"], r["nextHop"]) for r in rows],
                         [("10.100.0.0/16", "65515", "10.100.255.12")])
        self.assertEqual(self.finish(path + "192.0.2.9").document["value"], [])


class Switches(ArmTest):
    def test_down_closes_the_connection(self) -> None:
        self.state(down=True)
        self.assertRaises(http.client.RemoteDisconnected, self.get, CIRCUIT)

    def test_one_status_for_all(self) -> None:
        for status, code in ((401, "ExpiredAuthenticationToken"), (403, "AuthorizationFailed"),
                             (429, "TooManyRequests"), (503, "ServiceUnavailable")):
            self.state(http_status=status, retry_after=7)
            answer = self.get(CIRCUIT)
            self.assertEqual((answer.status, answer.error), (status, code))
            if status == 429:
                self.assertEqual(answer.headers["retry-after"], "7")

    def test_a_403_names_the_action(self) -> None:
        self.state(operations={"arp": {"http_status": 403}})
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        self.assertIn("'Microsoft.Network/expressRouteCircuits/peerings/arpTables/action'",
                      answer.document["error"]["message"])
        self.assertEqual(self.get(CIRCUIT).status, 200)

    def test_a_switch_for_one_path(self) -> None:
        self.state(operations={"arp.secondary": {"http_status": 500}})
        self.assertEqual(self.ask("POST", PEERING + "/arpTables/secondary").status, 500)
        self.assertEqual(self.finish(PEERING + "/arpTables/primary").status, 200)

    def test_a_raw_body(self) -> None:
        self.state(operations={"circuit": {"body": "<html>", "content_type": "text/html"},
                               "arp": {"body": "{"},
                               "routes": {"body": "x", "http_status": 502}})
        answer = self.get(CIRCUIT)
        self.assertEqual((answer.status, answer.raw, answer.headers["content-type"]),
                         (200, b"<html>", "text/html"))
        self.assertEqual(self.finish(PEERING + "/arpTables/primary").raw, b"{")
        answer = self.ask("POST", PEERING + "/routeTables/primary")
        self.assertEqual((answer.status, answer.raw), (502, b"x"))

    def test_redirect_and_foreign_location(self) -> None:
        self.state(operations={"circuit": {"redirect": "http://192.0.2.1/x"},
                               "arp": {"location": "http://192.0.2.1/y"}})
        answer = self.get(CIRCUIT)
        self.assertEqual((answer.status, answer.headers["location"]),
                         (307, "http://192.0.2.1/x"))
        answer = self.ask("POST", PEERING + "/arpTables/primary")
        self.assertEqual((answer.status, answer.headers["location"]),
                         (202, "http://192.0.2.1/y"))

    def test_a_final_status_and_a_failing_poll(self) -> None:
        self.state(operations={"arp": {"final_status": 409}})
        self.assertEqual(self.finish(PEERING + "/arpTables/primary").error,
                         "AnotherOperationInProgress")
        self.state(operations={"operation_result": {"http_status": 503}})
        self.assertEqual(self.finish(PEERING + "/routeTables/primary").status, 503)

    def test_delays(self) -> None:
        for state in ({"latency_ms": 200}, {"operations": {"circuit": {"delay_ms": 200}}}):
            self.state(**state)
            start = time.monotonic()
            self.assertEqual(self.get(CIRCUIT).status, 200)
            self.assertGreater(time.monotonic() - start, 0.19)

    def test_a_dropped_and_a_hanging_operation(self) -> None:
        self.state(operations={"circuit": {"drop": True}, "gateway": {"never_ends": True}})
        self.assertRaises(http.client.RemoteDisconnected, self.get, CIRCUIT)
        done = threading.Event()

        def hang() -> None:
            try:
                self.get(GATEWAY)
            except OSError:
                pass
            done.set()
        threading.Thread(target=hang, daemon=True).start()
        self.assertFalse(done.wait(0.2))
        self.api.stopping.set()
        self.assertTrue(done.wait(2))

    def test_a_half_written_state_keeps_the_last(self) -> None:
        self.state(circuit_state="Disabled")
        self.get(CIRCUIT)
        (self.run / "state.json").write_text('{"circuit_sta')
        with unittest.mock.patch("sys.stderr", io.StringIO()) as said:
            document = self.get(CIRCUIT).document
        self.assertEqual(document["properties"]["circuitProvisioningState"], "Disabled")
        self.assertIn("not JSON", said.getvalue())

    def test_a_missing_state_is_healthy(self) -> None:
        (self.run / "state.json").unlink()
        self.assertEqual(self.get(CIRCUIT).status, 200)

    def test_a_mistyped_switch_is_reported(self) -> None:
        self.state(cirucit_state="Disabled")
        with unittest.mock.patch("sys.stderr", io.StringIO()) as said:
            self.get(CIRCUIT)
        self.assertIn("cirucit_state", said.getvalue())


class Parts(unittest.TestCase):
    def test_text_styles(self) -> None:
        for milliseconds, text in ((0, "never"), (1524999, "00:25:24"),
                                   (86400000 + 14 * 3600000, "1d14h"),
                                   (60 * 86400000, "8w4d")):
            self.assertEqual(tables.cisco_uptime(milliseconds), text)
        self.assertEqual(tables.time_span(3 * 86400000 + 11653179), "3.03:14:13.1790000")
        self.assertEqual(tables.dotted_mac("02:CF:2b:02:c2:2b"), "02cf.2b02.c22b")

    def test_a_failed_neighbour_has_no_address(self) -> None:
        for state in ("FAILED", "INCOMPLETE"):
            raw = {"dst": "192.0.2.1", "lladdr": CE_MAC, "state": [state]}
            self.assertIsNone(parse_neighbour(raw).mac)
        raw = {"dst": "192.0.2.1", "lladdr": CE_MAC, "state": ["STALE"], "confirmed": 61}
        self.assertEqual(parse_neighbour(raw), Neighbour("192.0.2.1", CE_MAC, 61))

    def test_a_daemon_is_asked_over_its_own_socket(self) -> None:
        for pieces, said in (([b'{"a":', b' 1}\n\0\0', b"\0\0"], '{"a": 1}'), ([b"% Unknown\0\0\0\2"], None), ([b"half"], None)):
            with tempfile.TemporaryDirectory() as folder:
                path = f"{folder}/bgpd.vty"
                daemon = threading.Thread(target=play_daemon, args=(listening_at(path), pieces))
                daemon.start()
                if said:
                    self.assertEqual(vty.ask(path, "show bgp summary json", 5), said)
                else:
                    self.assertRaises(ReadError, vty.ask, path, "show bgp summary json", 5)
                daemon.join()
        self.assertRaises(ReadError, vty.ask, "/nowhere/bgpd.vty", "show bgp summary json", 5)

    def test_addresses_follow_from_the_prefix(self) -> None:
        link = parse_topology({"circuit": {"primary": {
            "prefix": "10.0.0.128/30", "prefix6": "fd00::4/126"}}}).links["primary"]
        self.assertEqual((link.ce, link.msee, link.ce6, link.msee6),
                         ("10.0.0.129", "10.0.0.130", "fd00::5", "fd00::6"))

    def test_the_token_is_private_and_looks_like_a_jwt(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "token"
            arm.ensure_token(path)
            first = path.read_text()
            arm.ensure_token(path)
            self.assertEqual(path.read_text(), first)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertRegex(first, r"^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{300,}\n$")


def main() -> int:
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
