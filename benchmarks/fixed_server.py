"""A server that sends prepared responses, over HTTP and over TLS.

`python -m benchmarks.fixed_server CERTIFICATE` prints its two ports, `HTTP TLS`, on one line
when it accepts connections, and stops when its standard input ends.
"""

from __future__ import annotations

import asyncio
import ssl
import sys

from benchmarks.samples import page_body, user_body


def _response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_USER = _response(user_body())
_PAGE = _response(page_body())
_LINKED_PAGE = _response(page_body(is_linked=True))


class FixedResponses(asyncio.Protocol):
    """Sends a response for each request head: a page of users for a path with a query, otherwise a user."""

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for request in requests:
            self.respond(request.partition(b"\r\n")[0])

    def respond(self, line: bytes) -> None:
        """Send the response to a request line."""
        self._transport.write(_USER if b"?" not in line else _LINKED_PAGE if b"q=linked" in line else _PAGE)


async def serve(certificate: str) -> None:
    """Listen on two free ports until the standard input ends."""
    loop = asyncio.get_running_loop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await loop.create_server(FixedResponses, "127.0.0.1", 0)
    secure = await loop.create_server(FixedResponses, "127.0.0.1", 0, ssl=context)
    print(*(server.sockets[0].getsockname()[1] for server in (plain, secure)), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    plain.close()
    secure.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
