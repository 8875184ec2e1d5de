"""The baseline: the same tasks with sockets and the standard library only.

`python -m benchmarks.raw_worker HTTP TLS DEVELOPMENT AUTHORITY` takes three ports and a
certificate to trust.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import sys
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.client_worker import AT_ONCE
from benchmarks.raw_http import RawConnection, body_length, request
from benchmarks.samples import (
    CLIENT_ID,
    CLIENT_SECRET,
    PAGE_SIZE,
    PLAYER_ID,
    REDIRECT_URI,
    STATE_KEY,
    page_body,
)
from benchmarks.signed_in_browser import SignedInBrowser
from benchmarks.worker_protocol import repeated, resident_memory, serve_tasks

if TYPE_CHECKING:
    from benchmarks.worker_protocol import Task

_GET = request("GET", f"/api/v1/users/{PLAYER_ID}", "Accept: application/json")
_SEARCH = request("GET", f"/api/v1/users?limit={PAGE_SIZE}&offset=0", "Accept: application/json")
_SEARCH_LINKED = request("GET", f"/api/v1/users?q=linked&limit={PAGE_SIZE}&offset=0", "Accept: application/json")


class RawProtocol(asyncio.Protocol):
    """Sends one request after the other on one connection, with a future for each response."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def exchange(self, message: bytes) -> asyncio.Future[bytes]:
        """Send a request and return a future of the body of its response."""
        self._response: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._received = b""
        self._transport.write(message)
        return self._response

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= body_length(head):
            self._response.set_result(body)


def agets(runner: asyncio.Runner, port: int, at_once: int, context: ssl.SSLContext | None) -> Task:
    """Return the task that sends `at_once` requests at a time, each on its own connection."""
    protocols: list[RawProtocol] = []

    async def timed(count: int) -> float:
        while len(protocols) < at_once:
            loop = asyncio.get_running_loop()
            _, protocol = await loop.create_connection(RawProtocol, "127.0.0.1", port, ssl=context)
            protocols.append(protocol)
        start = perf_counter()
        for _ in range(count):
            await asyncio.gather(*(protocol.exchange(_GET) for protocol in protocols))
        return perf_counter() - start

    return lambda count: runner.run(timed(count))


def gets(port: int, context: ssl.SSLContext | None = None, message: bytes = _GET) -> Task:
    """Return the task that sends one request after the other."""
    connection = RawConnection(port, context)
    return repeated(lambda: connection.exchange(message))


def sign_ins(port: int) -> Task:
    """Return the task that sends the three requests of a sign-in."""
    browser = SignedInBrowser(port)
    connection = RawConnection(port)
    fields = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "base"}
    start = f"http://127.0.0.1/oauth/authorize?{urlencode(fields)}&state=state"
    credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()

    def sign_in() -> None:
        code = parse_qs(urlsplit(browser.follow(start)).query)["code"][0]
        body = json.dumps({"grant_type": "authorization_code", "code": code}).encode()
        token = json.loads(
            connection.exchange(request("POST", "/oauth/token", f"Authorization: Basic {credentials}", body=body)).body
        )
        bearer = f"Authorization: Bearer {token['access_token']}"
        json.loads(connection.exchange(request("GET", "/api/v1/auth/self", bearer)).body)

    return repeated(sign_in)


def check_state() -> None:
    """Do the minimum of work for a signed state: JSON, base64, two HMACs."""
    claims = {"a": "authorize", "as": "http://127.0.0.1", "iat": 1, "exp": 601, "rfp": "1234", "nonce": "5678"}
    signed = base64.urlsafe_b64encode(json.dumps(claims).encode())
    signature = hmac.digest(STATE_KEY, signed, hashlib.sha256)
    if hmac.compare_digest(signature, hmac.digest(STATE_KEY, signed, hashlib.sha256)):
        json.loads(base64.urlsafe_b64decode(signed))


def tasks(http: int, tls: int, development: int, authority: str) -> dict[str, Task]:
    """Return all tasks."""
    runner = asyncio.Runner()
    context = ssl.create_default_context(cafile=authority)
    page = page_body()
    found: dict[str, Task] = {
        "memory": resident_memory,
        "sign_in": sign_ins(development),
        "state": repeated(check_state),
        "page": gets(http, message=_SEARCH),
        "linked_page": gets(http, message=_SEARCH_LINKED),
        "decode": repeated(lambda: json.loads(page)),
    }
    for name, port, trust in (("http", http, None), ("tls", tls, context), ("development", development, None)):
        found[f"get_{name}"] = gets(port, trust)
        found[f"aget_{name}"] = agets(runner, port, 1, trust)
        found[f"aget_{AT_ONCE}_{name}"] = agets(runner, port, AT_ONCE, trust)
    return found


if __name__ == "__main__":
    serve_tasks(tasks(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
