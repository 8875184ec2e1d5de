"""Scripts of servers that close their connections, or hold their responses back."""

from __future__ import annotations

import threading

from tests.support.servers import Peer, responding, response_bytes


class Closing:
    """A script that closes its first connections after one response, when `may_close` is set or at the next request."""

    def __init__(self, closing: int = 1, *, reads_first: bool = False, resets: bool = False) -> None:
        self.closing = closing
        self.reads_first = reads_first
        self.resets = resets
        self.may_close = threading.Event()
        self.has_closed = threading.Event()

    def __call__(self, peer: Peer) -> None:
        peer.read()
        peer.send(response_bytes())
        if peer.number >= self.closing:
            responding(response_bytes())(peer)
        elif self.reads_first:
            peer.read()
        else:
            peer.wait(self.may_close)
        if self.resets:
            peer.reset()
        peer.sock.close()
        self.has_closed.set()


class Gate:
    """A script that holds its responses back until it is opened."""

    def __init__(self, waiting: int) -> None:
        self.barrier = threading.Barrier(waiting + 1)
        self.is_open = threading.Event()

    def __call__(self, peer: Peer) -> None:
        is_first = True
        while peer.read():
            if is_first:
                self.barrier.wait()
                peer.wait(self.is_open)
            is_first = False
            peer.send(response_bytes())


class Echo:
    """A script whose responses repeat the target of the request. Those to `/slow` are held back until `may_respond`.

    Attributes:
        has_slow: Set when there is a request to `/slow`.
        may_respond: Set it to send the responses to these.
    """

    def __init__(self) -> None:
        self.has_slow = threading.Event()
        self.may_respond = threading.Event()

    @staticmethod
    def body(target: str) -> bytes:
        """Return the body of a response: so long that it is received in several pieces."""
        return f"{target} ".encode() * 20_000

    def __call__(self, peer: Peer) -> None:
        while request := peer.read():
            target = request.split(b" ")[1].decode()
            if target == "/slow":
                self.has_slow.set()
                peer.wait(self.may_respond)
            peer.send(response_bytes(self.body(target)))
