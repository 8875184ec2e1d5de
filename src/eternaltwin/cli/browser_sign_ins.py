"""A sign-in in the browser: this program takes the place of the game at its callback, once."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import time
from html import escape
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.loopback import LONGEST
from eternaltwin.exceptions import (
    AuthorizationError,
    CodeRefusedError,
    LoginError,
    LoginInterruptedError,
    LoginMisconfiguredError,
    TransportError,
)
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.cookies import Cookie
    from eternaltwin.login import Login
    from eternaltwin.users import User

#: Seconds between two looks at whether the sign-in is over.
_INTERVAL = 0.1

#: Seconds that a browser may take to send a request.
_PATIENCE = 10

#: What ends the sign-in. Other errors can come from anybody who knows the callback, and do not end it.
_FINAL = (AuthorizationError, CodeRefusedError, LoginInterruptedError, LoginMisconfiguredError)

_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1><p>{text}</p></html>
"""


class CallbackListener(ThreadingTCPServer):
    """Listens at the callback of a game, until a person has signed in.

    Args:
        client: A client with the settings of a game whose callback is on loopback.
        scope: The scopes to ask for, separated by spaces.

    Raises:
        CommandFailedError: Another program listens there, or this one may not.
        InvalidArgumentError: A scope is malformed.

    Attributes:
        netloc: Host and port of the callback, in lower case. Requests for others are refused.
        callback_path: Path of the callback.
        address_family: The family of its address, for IPv4 or IPv6.
        start_path: Path that starts the sign-in, once: the browser that opens it gets a cookie with which only it can
            finish. Empty afterwards.
        start_url: The address to open.
        flow: The sign-in.
        redirect: Where the browser is sent.
        outcome: What the sign-in has ended with. None until then.
    """

    daemon_threads = True
    block_on_close = False  # a browser may keep a connection open
    allow_reuse_address = os.name == "posix"  # elsewhere, two programs could share the port

    def __init__(self, client: Eternaltwin, scope: str) -> None:
        from eternaltwin.login import LoginFlow, MemoryStore

        parts = urlsplit(client.redirect_uri)
        self.netloc = parts.netloc.lower()
        self.callback_path = parts.path or "/"
        self.start_path = f"/{secrets.token_urlsafe(24)}"
        self.start_url = f"{parts.scheme}://{parts.netloc}{self.start_path}"
        self.flow = LoginFlow(client, MemoryStore(), max_age=LONGEST)
        self.redirect = self.flow.begin(scope=scope)
        self.outcome: Login[User] | LoginError | None = None
        host = parts.hostname or ""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        is_address = host[0].isdigit() or ":" in host
        port = parts.port or 80
        self._neighbour: _Neighbour | None = None
        try:
            super().__init__((host if is_address else "127.0.0.1", port), _Visit)
            if not is_address:
                self._neighbour = _neighbour_of(self, port)
        except OSError as exc:
            failure = CommandFailedError(
                f"cannot listen at the callback {client.redirect_uri}: {exc.strerror}",
                "stop the game, which gets its own callback, or sign in with --username",
            )
        else:
            return
        self.server_close()
        raise failure

    def server_close(self) -> None:
        """Stop listening."""
        super().server_close()
        if self._neighbour is not None:
            self._neighbour.shutdown()
            self._neighbour.server_close()

    @clears_frames
    def wait(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> Login[User]:
        """Wait until a person has signed in.

        Args:
            seconds: How long.
            clock: Returns the time in seconds.

        Returns:
            The sign-in.

        Raises:
            LoginError: The sign-in has failed.
            TransportError: It has failed, since the server could not be reached.
            CommandFailedError: Nobody has signed in.
        """
        self.timeout = _INTERVAL
        end = clock() + seconds
        while self.outcome is None and clock() < end:
            self.handle_request()
        if isinstance(self.outcome, LoginError):
            cause = self.outcome.__cause__
            raise cause if isinstance(cause, TransportError) else self.outcome
        if self.outcome is None:
            raise CommandFailedError(
                "nobody has signed in in the browser",
                "look at what its page says, or find the cause with: eternaltwin doctor",
            )
        return self.outcome

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a browser that goes away.

        Args:
            request: Unused.
            client_address: Unused.
        """
        del request, client_address


class _Neighbour(ThreadingTCPServer):
    """Listens at the IPv6 address of localhost, which browsers may try first.

    Otherwise, another user of the machine could listen there, and get the address of the sign-in and the code.
    """

    address_family = socket.AF_INET6
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = CallbackListener.allow_reuse_address

    def __init__(self, listener: CallbackListener, port: int) -> None:
        self._listener = listener
        super().__init__(("::1", port), _Visit)

    def finish_request(self, request: Any, client_address: Any) -> None:
        _Visit(request, client_address, self._listener)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a browser that goes away."""


def _neighbour_of(listener: CallbackListener, port: int) -> _Neighbour | None:
    """Return what listens at `::1`, and runs. None if this machine has no IPv6."""
    try:
        neighbour = _Neighbour(listener, port)
    except OSError as exc:
        if exc.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return None
        raise
    Thread(target=neighbour.serve_forever, args=(_INTERVAL,), name="eternaltwin-callback", daemon=True).start()
    return neighbour


class _Visit(BaseHTTPRequestHandler):
    """A request of a browser."""

    timeout = _PATIENCE

    def do_GET(self) -> None:
        listener = cast("CallbackListener", self.server)
        path, _, query = self.path.partition("?")
        if (self.headers.get("Host") or "").lower() != listener.netloc:
            self._show(421, "Not here", "This address is not the one of the game.")
        elif path == listener.start_path:
            self._start()
        elif path == listener.callback_path and listener.outcome is None:
            self._finish(query)
        else:
            self._show(404, "Nothing here", "This page belongs to a sign-in that is over.")

    def _start(self) -> None:
        listener = cast("CallbackListener", self.server)
        listener.start_path = ""  # once
        self._show(303, "Signing in", "", listener.redirect.cookies, listener.redirect.url)

    @clears_frames
    def _finish(self, query: str) -> None:
        listener = cast("CallbackListener", self.server)
        try:
            done = listener.flow.complete(query, self.headers.get("Cookie", ""))
        except LoginError as exc:
            self._show(400, "You are not signed in", exc.user_message, exc.cookies)
            if isinstance(exc, _FINAL):
                listener.outcome = exc
        else:
            self._show(200, f"Hello, {done.user.username}", "You are signed in, and can close this page.", done.cookies)
            listener.outcome = done

    def _show(
        self, status: int, title: str, text: str, cookies: tuple[Cookie, ...] = (), location: str | None = None
    ) -> None:
        body = _PAGE.format(title=escape(title), text=escape(text)).encode()
        self.send_response(status)
        headers = (*_HEADERS, ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))))
        located = () if location is None else (("Location", location),)
        for name, value in (*headers, *located, *(("Set-Cookie", cookie.header()) for cookie in cookies)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any, **names: Any) -> None:
        """Print nothing: addresses contain codes."""
