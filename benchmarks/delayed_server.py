"""A server that sends a user 20 ms after each request.

`python -m benchmarks.delayed_server` prints its port on one line when it accepts connections, and stops when its
standard input ends.
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.fixed_server import FixedResponses

#: Seconds between a request and its response.
DELAY = 0.02


class DelayedResponses(FixedResponses):
    """Sends the prepared responses a while after each request."""

    def respond(self, line: bytes) -> None:
        """Send the response to a request line, later."""
        asyncio.get_running_loop().call_later(DELAY, super().respond, line)


async def serve() -> None:
    """Listen on a free port until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(DelayedResponses, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
