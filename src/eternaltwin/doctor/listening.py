"""Listens at a game's own callback while the game does not run, and signs one player in there."""

from __future__ import annotations

import secrets
import socket
import threading
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.starts import LIVE_CHECK
from eternaltwin.exceptions import ConfigurationError, LoginCallbackError, LoginError
from eternaltwin.integrations.shared.addresses import is_local
from eternaltwin.login import LoginFlow, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Generator

    from eternaltwin.clients.settings import CheckedSettings, ConnectionSettings
    from eternaltwin.users import User

_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>eternaltwin doctor</title>"
    "<body style='font:1rem system-ui;margin:3rem auto;max-width:40rem'><h1>{title}</h1><p>{text}"
    "<p>You may close this page."
)


def can_listen_at(redirect_uri: str) -> bool:
    """Return whether this process can stand in for a game at a callback.

    Args:
        redirect_uri: The callback.

    Returns:
        True for http on this machine.
    """
    return redirect_uri.startswith("http://") and is_local(redirect_uri)


class GameStandIn:
    """Stands in for the game at its callback. [`listen`][eternaltwin.doctor.listening.listen] opens one.

    Args:
        settings: Checked settings of the game.

    Attributes:
        netloc: Host and port of the callback, in lower case. Requests to others are refused, such as those of a page
            that has bound its own name to this machine (DNS rebinding).
        start_url: Where a browser starts a sign-in. Its path is random, so that no other page can start one.
        has_started: Set when a browser was sent to Eternaltwin.
    """

    def __init__(self, settings: CheckedSettings) -> None:
        parts = urlsplit(settings.redirect_uri)
        self._client = Eternaltwin(**cast("ConnectionSettings", settings.as_given()))
        self._flow: LoginFlow[User] = LoginFlow(self._client, MemoryStore())
        self._callback = parts.path or "/"
        self._start = f"/{secrets.token_urlsafe(16)}"
        self._finding: Finding | None = None
        self._is_done = threading.Event()
        self.netloc = parts.netloc.lower()
        self.start_url = f"http://{parts.netloc}{self._start}"
        self.has_started = threading.Event()

    def wait(self, seconds: float) -> Finding | None:
        """Wait for one sign-in.

        Args:
            seconds: How long to wait.

        Returns:
            What happened. None if nobody came back in time.
        """
        self._is_done.wait(seconds)
        return self._finding

    def respond(self, target: str, cookie_header: str) -> tuple[int, list[tuple[str, str]], str]:
        """Respond to a request of the browser.

        Args:
            target: Path and query of the request.
            cookie_header: The header `Cookie`, or an empty string.

        Returns:
            Status, header fields and page.
        """
        path, _, query = target.partition("?")
        if path == self._start:
            redirect = self._flow.begin(cookies=cookie_header)
            self.has_started.set()
            cookies = [("Set-Cookie", cookie.header()) for cookie in redirect.cookies]
            return 303, [("Location", redirect.url), *cookies], ""
        if path != self._callback:
            return 404, [], _page("Nothing here", "eternaltwin doctor waits for a sign-in at another path.")
        return self._finish(query, cookie_header)

    def _finish(self, query: str, cookie_header: str) -> tuple[int, list[tuple[str, str]], str]:
        try:
            done = self._flow.complete(query, cookie_header)
        except LoginCallbackError as exc:  # a request that belongs to no sign-in, from anybody
            return 400, [], _page("No sign-in", exc.user_message)
        except LoginError as exc:
            self._finding = explain_login_error(exc)
            status, cookies, text = 400, exc.cookies, exc.user_message
        else:
            summary = f"{done.user.username} signed in: state, cookie, code, client_secret and token are right"
            self._finding = Finding.ok(LIVE_CHECK, summary, "The doctor stood in for the game, which does not run.")
            status, cookies, text = 200, done.cookies, f"{done.user.username} signed in."
        self._is_done.set()
        page = _page("The doctor has seen the sign-in", f"{text} What it has found is in the terminal.")
        return status, [("Set-Cookie", cookie.header()) for cookie in cookies], page

    def close(self) -> None:
        """Close the connections to the server."""
        self._client.close()


def explain_login_error(exc: LoginError) -> Finding:
    """Return what a failed sign-in means.

    Args:
        exc: The error.

    Returns:
        The finding, whose code is the name of the error.
    """
    summary = f"The sign-in failed at the callback: {exc}"
    return Finding(LIVE_CHECK, "error", type(exc).__name__, summary, f"A player would read: {exc.user_message}")


@contextmanager
def listen(settings: CheckedSettings) -> Generator[GameStandIn]:
    """Listen at the callback of a game while the context lasts.

    Args:
        settings: Checked settings of the game, whose callback is http on this machine.

    Yields:
        The listener.

    Raises:
        ConfigurationError: The port cannot be listened on.
    """
    parts = urlsplit(settings.redirect_uri)
    host = parts.hostname or ""
    is_address = host[0].isdigit() or ":" in host
    listener = GameStandIn(settings)
    try:
        kind = _IPv6Server if ":" in host else _Server
        server = kind((host if is_address else "127.0.0.1", parts.port or 80), _handler_of(listener))
    except OSError as exc:
        raise ConfigurationError(
            f"port {parts.port or 80} of the callback cannot be listened on: {exc.strerror}", setting="redirect_uri"
        ) from None
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="eternaltwin-doctor", daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listener.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


def _handler_of(listener: GameStandIn) -> type[BaseHTTPRequestHandler]:
    class CallbackHandler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if (self.headers.get("Host") or "").lower() == listener.netloc:
                status, fields, page = listener.respond(self.path, self.headers.get("Cookie", ""))
            else:
                status, fields, page = 421, [], _page("Not here", "This address is not that of the callback.")
            body = page.encode()
            self.send_response(status)
            for name, value in (
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", f"{len(body)}"),
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                *fields,
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing: queries contain codes."""

    return CallbackHandler


def _page(title: str, text: str) -> str:
    return _PAGE.format(title=escape(title), text=escape(text))
