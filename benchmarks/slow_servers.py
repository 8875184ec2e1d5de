"""A server of users and a connection to Redis, both with latency.

`python -m benchmarks.slow_servers SECONDS REDIS_SOCKET` prints two ports, `HTTP REDIS`, on one line when it accepts
connections, and stops when its standard input ends. Each response takes the given number of seconds longer.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress

from benchmarks.samples import user

_PIECE = 65_536


async def _respond(latency: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to each request with the user that it asks for."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            identifier = head.split(b" ", 2)[1].decode().rpartition("/")[2]
            await asyncio.sleep(latency)
            body = json.dumps(user(identifier)).encode()
            lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(lines.encode() + body)
            await writer.drain()
    writer.close()


async def _forward(latency: float, socket: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Connect a client to the Redis server, and hold back what both send, half of the latency each."""
    from_server, to_server = await asyncio.open_unix_connection(socket)
    await asyncio.gather(_pump(latency / 2, reader, to_server), _pump(latency / 2, from_server, writer))


async def _pump(latency: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(_PIECE):
            await asyncio.sleep(latency)
            writer.write(piece)
            await writer.drain()
    writer.close()


async def serve(latency: float, socket: str) -> None:
    """Listen on two free ports until the standard input ends."""
    http = await asyncio.start_server(lambda r, w: _respond(latency, r, w), "127.0.0.1", 0)
    redis = await asyncio.start_server(lambda r, w: _forward(latency, socket, r, w), "127.0.0.1", 0)
    print(*(server.sockets[0].getsockname()[1] for server in (http, redis)), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2]))
