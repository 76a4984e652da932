# SPDX-License-Identifier: BSD-2-Clause
"""From request to answer, without sockets: token, switches, routes, long operations."""

from __future__ import annotations

import hmac
import json
import re
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable

import errors
import lro
import routes
from errors import ArmError
from readers import Reader
from service import Service
from signin import SignIn
from state import State, StateFile, Switch
from tables import GatewayTables, MseeTables
from topology import Topology, load_topology

HANG_SECONDS = 3600.0
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]      # names in lower case
    body: bytes = b""
    tls: bool = False

    @property
    def origin(self) -> str:
        return ("https://" if self.tls else "http://") + self.headers.get("host", "127.0.0.1")


@dataclass
class Response:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False           # close the connection without an answer
    operation: str = "-"


class ReadBudget:
    """The remaining-reads header: Azure's token bucket of 250, refilled with 25 a second. It
    only counts; the "http_status" switch is what throttles."""

    SIZE, REFILL = 250.0, 25.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._level, self._at = self.SIZE, time.monotonic()

    def take(self) -> int:
        with self._lock:
            now = time.monotonic()
            self._level = min(self.SIZE, self._level + (now - self._at) * self.REFILL)
            self._at = now
            self._level = max(0.0, self._level - 1)
            return int(self._level)


def encode(document: object) -> bytes:
    """Microsoft.Network writes its JSON pretty-printed with CRLF."""
    return json.dumps(document, indent=2).replace("\n", "\r\n").encode()


def of_error(error: ArmError) -> Response:
    return Response(error.status, {"Content-Type": JSON, **error.headers},
                    encode(error.document()))


def of_document(document: object, status: int = 200) -> Response:
    return Response(status, {"Content-Type": JSON}, encode(document))


def path_of(call: routes.Call) -> str | None:
    device = call.names.get("device")
    return device.lower() if device else None


class Api:
    """Azure Resource Manager as one circuit's owner sees it."""

    def __init__(self, topology: Path | None, state: Path | None, token: Path,
                 reader: Reader) -> None:
        self.topology_file = topology
        self.state_file = StateFile(state)
        self.token_file = token
        self.operations = lro.Operations()
        self.msee = MseeTables(reader)
        self.gateways = GatewayTables(reader)
        self.budget = ReadBudget()
        self.sign_in = SignIn()
        self.stopping = threading.Event()

    def handle(self, request: Request) -> Response:
        state = self.state_file.read()
        self.stopping.wait(state.latency_ms / 1000)
        if state.down:
            return Response(0, drop=True)
        if self.sign_in.claims(request.target):
            return self._sign_in(request, state)
        try:
            response = self._answer(request, state)
        except ArmError as error:
            response = of_error(error)
        except errors.ReadError as error:
            response = of_error(errors.unreadable(error))
        self._stamp(response, request)
        return response

    def _sign_in(self, request: Request, state: State) -> Response:
        status, headers, document = self.sign_in.answer(
            request.method, request.target, request.headers, request.body, request.origin,
            state.sign_in)
        return Response(status, {"Content-Type": JSON, **headers}, encode(document),
                        operation="sign_in")

    # -- steps

    def _answer(self, request: Request, state: State) -> Response:
        self._authenticate(request)
        call = routes.match(request.method, request.target)
        if state.http_status:
            raise errors.of_status(state.http_status, call.route.action, call.path,
                                   state.retry_after)
        self._check_version(call)
        response = self._perform(request, call, state)
        response.operation = call.route.name
        return response

    def _authenticate(self, request: Request) -> None:
        given = request.headers.get("authorization")
        if not given:
            raise errors.unauthorized(
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.")
        scheme, _, token = given.partition(" ")
        known = self.token_file.read_text(encoding="utf-8").strip()
        if scheme.lower() != "bearer" or not hmac.compare_digest(
                token.strip().encode(), known.encode()):
            refusal = self.sign_in.why_refused(token.strip(), request.origin)
            if scheme.lower() != "bearer" or refusal is not None:
                raise refusal or errors.unauthorized("InvalidAuthenticationToken",
                                                     "The access token is invalid.")

    @staticmethod
    def _check_version(call: routes.Call) -> None:
        version = call.query.get("api-version")
        if not version:
            raise ArmError(400, "MissingApiVersionParameter",
                           "The api-version query parameter (?api-version=) is required for "
                           "all requests.")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(-preview)?", version):
            raise ArmError(400, "InvalidApiVersionParameter",
                           f"The api-version '{version}' is invalid.")

    def _perform(self, request: Request, call: routes.Call, state: State) -> Response:
        switch = state.switch(call.route.switch, path_of(call))
        self.stopping.wait(switch.delay_ms / 1000)
        switched = self._switched(call, switch, state)
        if switched is not None:
            return switched
        topology = load_topology(self.topology_file)
        if state.peering:
            topology = replace(topology, peering=state.peering)
        service = Service(topology, state, self.msee, self.gateways)
        service.check(call)
        if call.route.long:
            return self._start(request, call, state, switch, service)
        if call.route.name == "operation_result":
            return self._result(request, call, state)
        if call.route.name == "operation_status":
            return self._status(call, state)
        document = service.plain(call)
        if "nextLink" in document:
            document["nextLink"] = request.origin + document["nextLink"]
        return of_document(document)

    def _switched(self, call: routes.Call, switch: Switch, state: State) -> Response | None:
        """The misbehaviour that replaces the whole answer; None where there is none."""
        if switch.never_ends and not call.route.long:
            self.stopping.wait(HANG_SECONDS)
            return Response(0, drop=True)
        if switch.drop:
            return Response(0, drop=True)
        if switch.redirect:
            return Response(switch.http_status or 307, {"Location": switch.redirect})
        if switch.body is not None and (switch.http_status or not call.route.long):
            return Response(switch.http_status or 200, {"Content-Type": switch.content_type},
                            switch.body.encode())
        if switch.http_status:
            raise errors.of_status(switch.http_status, call.route.action, call.path,
                                   state.retry_after)
        return None

    # -- long operations

    def _start(self, request: Request, call: routes.Call, state: State, switch: Switch,
               service: Service) -> Response:
        operation = lro.Operation(
            call.route.name, path_of(call), time.monotonic() + state.lro_seconds,
            switch.never_ends, state.lro)
        self.operations.start(operation, final_work(call, switch, service.work(call, request.body)))
        headers = self._lro_headers(request, call, operation, switch)
        return Response(202, {"Content-Type": JSON, **headers, **retry(state)}, b"null")

    def _lro_headers(self, request: Request, call: routes.Call, operation: lro.Operation,
                     switch: Switch) -> dict[str, str]:
        topology = load_topology(self.topology_file)
        base = (f"{request.origin}/subscriptions/{call.names['sub']}/providers/"
                f"Microsoft.Network/locations/{topology.location}")
        tail = f"/{operation.identity}?api-version={call.query['api-version']}"
        location = switch.location or f"{base}/operationResults{tail}"
        status = switch.location or f"{base}/operations{tail}"
        if operation.pattern == "async-only":
            return {"Azure-AsyncOperation": status}
        if operation.pattern == "async":
            return {"Azure-AsyncOperation": status, "Location": location}
        return {"Location": location}

    def _result(self, request: Request, call: routes.Call, state: State) -> Response:
        operation = self.operations.find(call.names["result"])
        own_url = {"Location": request.origin + request.target}
        if not operation.done():
            return Response(202, {"Content-Type": JSON, **own_url, **retry(state)}, b"null")
        if operation.error is not None:
            raise operation.error
        if isinstance(operation.result, RawText):
            return Response(200, {"Content-Type": operation.result.content_type, **own_url},
                            operation.result.text.encode())
        response = of_document(operation.result)
        response.headers.update(own_url)   # the recorded 200 still has it
        return response

    def _status(self, call: routes.Call, state: State) -> Response:
        operation = self.operations.find(call.names["status"])
        if isinstance(operation.result, RawText) and operation.pattern == "async-only":
            return Response(200, {"Content-Type": JSON}, operation.result.text.encode())
        response = of_document(lro.status_document(operation))
        if not operation.done():
            response.headers.update(retry(state))
        return response

    # -- headers of every answer

    def _stamp(self, response: Response, request: Request) -> None:
        correlation = str(uuid.uuid4())
        response.headers |= {
            "Cache-Control": "no-cache", "Pragma": "no-cache", "Expires": "-1",
            "x-ms-request-id": str(uuid.uuid4()),
            "x-ms-correlation-request-id": correlation,
            "x-ms-arm-service-request-id": str(uuid.uuid4()),
            "x-ms-routing-request-id": f"LAB:{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}:"
                                       f"{correlation}",
            "x-ms-ratelimit-remaining-subscription-reads": str(self.budget.take())}
        client = request.headers.get("x-ms-client-request-id")
        if client and request.headers.get("x-ms-return-client-request-id") == "true":
            response.headers["x-ms-client-request-id"] = client


@dataclass(frozen=True)
class RawText:
    """The result of an operation that ends in something other than JSON."""
    text: str
    content_type: str


def final_work(call: routes.Call, switch: Switch,
               work: Callable[[], dict]) -> Callable[[], object]:
    """The work, or the ending that the state file asks for."""
    def ending() -> object:
        if switch.final_status:
            raise errors.of_status(switch.final_status, call.route.action, call.path, None)
        if switch.body is not None:
            return RawText(switch.body, switch.content_type)
        return work()
    return ending


def retry(state: State) -> dict[str, str]:
    return {} if state.retry_after is None else {"Retry-After": str(state.retry_after)}
