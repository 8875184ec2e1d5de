"""A fake of the part of a Redis server that a store needs, over real sockets."""

from __future__ import annotations

import socketserver
import time
from threading import Lock, Thread
from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from io import BufferedIOBase


class _Handler(socketserver.StreamRequestHandler):
    """Responds to commands in version 2 of the protocol, until the client disconnects."""

    def handle(self) -> None:
        server = cast("_Server", self.server)
        while command := _read_command(self.rfile):
            response = server.fake.respond(command)
            if server.fake.hangs_up and command[0] == "SET":
                return
            self.wfile.write(response)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128
    fake: FakeRedis


class FakeRedis:
    """Supports `SET key value EX seconds NX`, and keeps the commands that it receives.

    Attributes:
        failure: An error to respond with instead, without its `-`.
        hangs_up: Whether the server closes the connection instead of responding to `SET`.
        is_old: Whether the server knows no other command, and quotes the arguments of those, as Redis 5 does.
    """

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.failure = ""
        self.hangs_up = False
        self.is_old = False
        self._deadlines: dict[str, float] = {}
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0?protocol=2"

    def respond(self, command: list[str]) -> bytes:
        with self._lock:
            self.commands.append(command)
            if command[0].upper() != "SET":
                return _unknown_command(*command) if self.is_old else b"+OK\r\n"
            return f"-{self.failure}\r\n".encode() if self.failure else self._set(*command[1:])

    def _set(self, key: str, _value: str, *options: str) -> bytes:
        settings = {option.upper() for option in options}
        assert {"EX", "NX"} <= settings
        now, seconds = time.monotonic(), int(options[options.index("EX") + 1])
        if self._deadlines.get(key, 0) > now:
            return b"$-1\r\n"
        self._deadlines[key] = now + seconds
        return b"+OK\r\n"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.socket.close()


def _unknown_command(name: str, *arguments: str) -> bytes:
    quoted = ", ".join(f"`{argument}`" for argument in arguments)
    return f"-ERR unknown command `{name}`, with args beginning with: {quoted}, \r\n".encode()


def _read_command(stream: BufferedIOBase) -> list[str]:
    count = _read_number(stream)
    return [stream.read(_read_number(stream) + 2)[:-2].decode() for _ in range(count)]


def _read_number(stream: BufferedIOBase) -> int:
    return int(stream.readline()[1:] or 0)
