# SPDX-License-Identifier: BSD-2-Clause
"""Errors as Azure Resource Manager words them: an HTTP status, a code, a message."""

from __future__ import annotations

import sys


class ArmError(Exception):
    """An error answer; the envelope is {"error": {"code", "message"}}."""

    def __init__(self, status: int, code: str, message: str,
                 headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def document(self) -> dict:
        return {"error": {"code": self.code, "message": self.message}}


class ReadError(Exception):
    """A router of the lab could not be read: the counterpart of an MSEE that does not answer."""


def unauthorized(code: str, message: str) -> ArmError:
    challenge = ('Bearer authorization_uri="https://login.windows.net/'
                 '11111111-2222-3333-4444-555555555555", '
                 f'error="invalid_token", error_description="{message}"')
    return ArmError(401, code, message, {"WWW-Authenticate": challenge})


def forbidden(action: str, scope: str) -> ArmError:
    return ArmError(
        403, "AuthorizationFailed",
        "The client '00000000-aaaa-bbbb-cccc-000000000001' with object id "
        "'00000000-aaaa-bbbb-cccc-000000000002' does not have authorization to perform action "
        f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently "
        "granted, please refresh your credentials.")


def not_found(kind: str, name: str, group: str) -> ArmError:
    return ArmError(
        404, "ResourceNotFound",
        f"The Resource 'Microsoft.Network/{kind}/{name}' under resource group '{group}' was not "
        "found. For more details please go to https://aka.ms/ARMResourceNotFoundFix")


def internal(message: str = "An error occurred.") -> ArmError:
    return ArmError(500, "InternalServerError", message)


def unreadable(error: ReadError) -> ArmError:
    """The cause is for the lab's log alone: Azure does not tell, and must not help a diagnosis."""
    print(f"arm: {error}", file=sys.stderr, flush=True)
    return internal()


def throttled(retry_after: int | None) -> ArmError:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return ArmError(429, "TooManyRequests",
                    "The request was throttled. Please retry after the time given.", headers)


def of_status(status: int, action: str, scope: str, retry_after: int | None) -> ArmError:
    """The error that ARM gives with a status that the state file asks for."""
    if status == 401:
        return unauthorized("ExpiredAuthenticationToken", "The access token has expired.")
    if status == 403:
        return forbidden(action, scope)
    if status == 429:
        return throttled(retry_after)
    known = {
        400: ("BadRequest", "The request is invalid."),
        404: ("ResourceNotFound", f"The Resource '{scope}' was not found."),
        409: ("AnotherOperationInProgress",
              "Another operation on this or dependent resource is in progress."),
        500: ("InternalServerError", "An error occurred."),
        502: ("BadGateway", "The gateway did not receive a response from the backend."),
        503: ("ServiceUnavailable", "The service is temporarily unavailable."),
        504: ("GatewayTimeout", "The gateway did not receive a response from "
              "'Microsoft.Network' within the specified time period."),
    }
    code, message = known.get(status, (f"Status{status}", f"The answer has status {status}."))
    return ArmError(status, code, message)
