# SPDX-License-Identifier: BSD-2-Clause
"""Sign-in: Entra ID's token endpoint, the metadata service of an Azure VM, Azure Arc's agent.

Tokens that are given out here live for `token_seconds`; the API asks `why_refused`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import subprocess
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from errors import ArmError, unauthorized
from routes import split_target

TOKEN_PATH = re.compile(r"/(?P<tenant>[^/]+)/oauth2/v2\.0/token")
METADATA_PATH = "/metadata/identity/oauth2/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
IMDS, ARC = "2018-02-01", "2020-06-01"


class SignInError(Exception):
    """A refusal in Entra's words; the envelope is not ARM's."""

    def __init__(self, status: int, error: str, number: int, words: str) -> None:
        super().__init__(words)
        self.status, self.error, self.number, self.words = status, error, number, words

    def document(self) -> dict:
        trace, correlation = uuid.uuid4(), uuid.uuid4()
        stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        return {"error": self.error,
                "error_description": f"AADSTS{self.number}: {self.words} Trace ID: {trace} "
                                     f"Correlation ID: {correlation} Timestamp: {stamp}",
                "error_codes": [self.number], "timestamp": stamp, "trace_id": str(trace),
                "correlation_id": str(correlation)}


@dataclass(frozen=True)
class Issued:
    ends: float
    audience: str


def segment(document: dict | bytes) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsegment(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signature_holds(certificate: Path, signed: str, signature: bytes) -> bool:
    """RSASSA-PSS with SHA-256 and a salt of its length (PS256), by openssl's own hand."""
    with tempfile.TemporaryDirectory() as folder:
        key, sig = Path(folder, "key"), Path(folder, "sig")
        key.write_bytes(subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"],
                                       check=True, capture_output=True).stdout)
        sig.write_bytes(signature)
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
             "rsa_pss_saltlen:32", "-verify", key, "-signature", sig],
            input=signed.encode(), capture_output=True, check=False)
        return done.returncode == 0


class SignIn:
    """`settings` are the state file's "sign_in": tenant, client_id, secret, certificate,
    federated, arc_key_file, token_seconds, audience, fail."""

    def __init__(self) -> None:
        self._issued: dict[str, Issued] = {}
        self._lock = threading.Lock()

    # -- for the API

    def why_refused(self, token: str, audience: str) -> ArmError | None:
        """None for a good token of ours; the refusal that ARM words, else."""
        with self._lock:
            known = self._issued.get(token)
        if known is None:
            return unauthorized("InvalidAuthenticationToken", "The access token is invalid.")
        if known.ends < time.time():
            return unauthorized("ExpiredAuthenticationToken",
                                "The access token expiry UTC time is earlier than current UTC time.")
        if known.audience.rstrip("/") != audience:
            return unauthorized("InvalidAuthenticationTokenAudience",
                                "The access token has been obtained for wrong audience or resource "
                                f"'{known.audience}'.")
        return None

    # -- requests

    @staticmethod
    def claims(target: str) -> bool:
        path, _ = split_target(target)
        return path == METADATA_PATH or TOKEN_PATH.fullmatch(path) is not None

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes, origin: str,
               settings: dict) -> tuple[int, dict[str, str], dict]:
        """Status, headers and document."""
        path, query = split_target(target)
        fail = settings.get("fail")
        if fail:
            return fail, {}, {"error": "temporarily_unavailable", "error_description":
                              "AADSTS90033: A transient error has occurred. Please try again."}
        try:
            if path == METADATA_PATH:
                return self._metadata(method, query, headers, origin, settings)
            tenant = TOKEN_PATH.fullmatch(path)["tenant"]
            return 200, {}, self._entra(method, tenant, body, origin + target, origin, settings)
        except SignInError as error:
            return error.status, {}, error.document()

    def _give(self, audience: str, settings: dict) -> tuple[str, int]:
        seconds = settings.get("token_seconds", 3599)
        now = int(time.time())
        token = ".".join((segment({"typ": "JWT", "alg": "RS256"}),
                          segment({"aud": audience, "iat": now, "nbf": now, "exp": now + seconds,
                                   "jti": uuid.uuid4().hex}), segment(uuid.uuid4().bytes * 16)))
        with self._lock:
            self._issued[token] = Issued(time.time() + seconds, settings.get("audience") or audience)
        return token, seconds

    # -- Entra ID

    def _entra(self, method: str, tenant: str, body: bytes, url: str, origin: str,
               settings: dict) -> dict:
        form = {k: v[-1] for k, v in parse_qs(body.decode("ascii", "replace")).items()}
        client = form.get("client_id")
        if method != "POST":
            raise SignInError(405, "invalid_request", 900561,
                              "The endpoint only accepts POST requests. Received a GET request.")
        if form.get("grant_type") != "client_credentials":
            raise SignInError(400, "unsupported_grant_type", 70003, "The app requested an "
                              "unsupported grant type.")
        if tenant != settings.get("tenant"):
            raise SignInError(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if client != settings.get("client_id"):
            raise SignInError(400, "unauthorized_client", 700016, "Application with identifier "
                              f"'{client}' was not found in the directory '{tenant}'.")
        if form.get("scope") != origin + "/.default":
            raise SignInError(400, "invalid_resource", 500011, "The resource principal named "
                              f"{form.get('scope')} was not found in the tenant.")
        self._prove(form, url, settings)
        token, seconds = self._give(origin + "/", settings)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds,
                "access_token": token}

    def _prove(self, form: dict[str, str], url: str, settings: dict) -> None:
        if "client_secret" in form:
            if form["client_secret"] != settings.get("secret"):
                echo = form["client_secret"] if settings.get("echo") else ""
                raise SignInError(401, "invalid_client", 7000215, "Invalid client secret provided. "
                                  "Ensure the secret being sent in the request is the client secret "
                                  f"value, not the client secret ID.{echo}")
        elif form.get("client_assertion_type") != ASSERTION:
            raise SignInError(401, "invalid_client", 7000218, "The request body must contain the "
                              "following parameter: 'client_assertion' or 'client_secret'.")
        elif settings.get("federated"):
            if form.get("client_assertion") != settings["federated"]:
                raise SignInError(401, "invalid_client", 700213, "No matching federated identity "
                                  "record found for presented assertion subject.")
        else:
            self._check_assertion(form.get("client_assertion", ""), url, settings)

    @staticmethod
    def _check_assertion(text: str, url: str, settings: dict) -> None:
        bad = SignInError(401, "invalid_client", 700027,
                          "The certificate with identifier used to sign the client assertion is "
                          "not registered on application.")
        certificate = Path(settings.get("certificate", "/none"))
        parts = text.split(".")
        if len(parts) != 3 or not certificate.exists():
            raise bad
        header, claims = (json.loads(unsegment(p)) for p in parts[:2])
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))
        if header != {"alg": "PS256", "typ": "JWT",
                      "x5t#S256": segment(hashlib.sha256(der).digest())}:
            raise bad
        if not signature_holds(certificate, ".".join(parts[:2]), unsegment(parts[2])):
            raise SignInError(401, "invalid_client", 700027, "Client assertion failed signature "
                              "validation.")
        now = time.time()
        if not claims["nbf"] <= now < claims["exp"] <= now + 660:
            raise SignInError(401, "invalid_client", 700024, "Client assertion is not within its "
                              "valid time range.")
        uuid.UUID(claims["jti"])
        if (claims["aud"], claims["iss"], claims["sub"]) != (url, settings["client_id"],
                                                             settings["client_id"]):
            raise SignInError(401, "invalid_client", 700023, "Client assertion audience or issuer "
                              "is not the expected one.")

    # -- this host

    def _metadata(self, method: str, query: dict[str, str], headers: dict[str, str], origin: str,
                  settings: dict) -> tuple[int, dict[str, str], dict]:
        refused = {"error": "invalid_request", "error_description": "Required metadata header not "
                   "specified or an unknown parameter."}
        wanted = settings.get("managed_client_id")
        if method != "GET" or headers.get("metadata") != "true" or "x-forwarded-for" in headers:
            return 400, {}, refused
        if query.get("resource") != origin + "/":
            return 400, {}, {"error": "invalid_resource", "error_description":
                             "AADSTS500011: The resource principal was not found."}
        if query.get("api-version") == ARC:
            key = Path(settings.get("arc_key_file", "/none"))
            given = headers.get("authorization", "")
            if not given:
                return 401, {"WWW-Authenticate": f"Basic realm={key}"}, {"error": "unauthorized"}
            if given != "Basic " + key.read_text(encoding="ascii").strip():
                return 401, {}, {"error": "invalid_key", "error_description": "wrong key"}
        elif query.get("api-version") != IMDS:
            return 400, {}, refused
        elif query.get("client_id") != wanted:
            return 400, {}, {"error": "invalid_request", "error_description": "Identity not found"}
        token, seconds = self._give(origin + "/", settings)
        return 200, {}, {"access_token": token, "expires_in": str(seconds), "token_type": "Bearer",
                         "expires_on": str(int(time.time()) + seconds), "resource": origin + "/"}
