"""Scripts of servers that fail in every way, and repeat a secret while they do."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import cast

from tests.support.interruptions import without_collections
from tests.support.servers import Peer, ScriptedServer, head, response_bytes
from tests.support.tracebacks import encodings

Script = Callable[[Peer], None]

#: Valid as a password, a token, a code, a session's identifier and a client's secret.
SECRET = "s3cr3t+0f/a.player~1"

#: A body that repeats the secret, in the shape of an error and of a token.
REPEATED = f'{{"error": "{SECRET}", "code": "{SECRET}", "access_token": "{SECRET}", "token_type": 5, "id": 5}}'.encode()
COOKIE = f"Set-Cookie: sid={SECRET}"


def replies(data: bytes) -> Script:
    """Return a script that sends the same to every request, and repeats only a secret that it got."""

    def script(peer: Peer) -> None:
        while request := peer.read():
            is_known = any(form.encode() in request for form in encodings(SECRET))
            peer.send(data if is_known else data.replace(SECRET.encode(), b"?" * len(SECRET)))

    return script


def reset(data: bytes) -> Script:
    """Return a script that sends the data, and resets the connection."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(data)
        peer.reset()

    return script


def closes(data: bytes) -> Script:
    """Return a script that sends the data, and closes the connection."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(data)

    return script


def holds(data: bytes) -> Script:
    """Return a script that sends the data, and no more."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(data)
        peer.hang()

    return script


@contextmanager
def interrupting_server(data: bytes) -> Generator[ScriptedServer]:
    """Run a server that sends the data and then SIGINT to the main thread, whose client is waiting for more."""
    with without_collections(), ScriptedServer(_interrupts(data)) as server:
        yield server


def _interrupts(data: bytes) -> Script:

    def script(peer: Peer) -> None:
        if not peer.read():  # nobody waits
            return
        peer.send(data)
        signal.pthread_kill(cast("int", threading.main_thread().ident), signal.SIGINT)
        with suppress(TimeoutError):  # where Python ignores exceptions, the client waits on: it gets the end instead
            peer.sock.settimeout(5)
            peer.hang()

    return script


TOO_LARGE = REPEATED + b" " * 20_000
BEGUN = head("Content-Length: 10000", COOKIE) + REPEATED
CHUNKS = head("Transfer-Encoding: chunked", COOKIE) + b"%x\r\n%s\r\n" % (len(REPEATED), REPEATED)

WAYS: dict[str, Script] = {
    "broken before the response": reset(b""),
    "broken in the head": reset(head(COOKIE)[:-3]),
    "broken in the body": reset(BEGUN),
    "closed in the head": closes(head(COOKIE)[:-3]),
    "closed in the body": closes(BEGUN),
    "closed in a chunk": closes(CHUNKS),
    "malformed chunks": replies(CHUNKS + b"no size\r\n"),
    "not HTTP": replies(SECRET.encode() * 9 + b"\r\n\r\n"),
    "not JSON": replies(response_bytes(SECRET.encode(), COOKIE)),
    "wrong shape": replies(response_bytes(REPEATED, COOKIE)),
    "announced too large": replies(response_bytes(TOO_LARGE, COOKIE)),
    "too large": closes(head(COOKIE) + TOO_LARGE),
    "damaged gzip": replies(response_bytes(REPEATED, COOKIE, "Content-Encoding: gzip")),
    "unknown encoding": replies(response_bytes(REPEATED, COOKIE, "Content-Encoding: br")),
    "redirect": replies(response_bytes(REPEATED, COOKIE, f"Location: /{SECRET}", status="302 Found")),
    **{
        f"status {status}": replies(response_bytes(REPEATED, COOKIE, status=f"{status} No"))
        for status in (400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 503)
    },
}

#: Beginnings of a response that never ends.
BEGINNINGS: dict[str, bytes] = {"nothing": b"", "head": head(COOKIE)[:-3], "body": BEGUN, "chunk": CHUNKS}
