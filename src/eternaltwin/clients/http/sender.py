"""Sends calls of the API: builds their URLs, retries, and follows redirects.

The code is written once, as coroutines that await only what they are given (an `Exchange` and a
`Sleep`). The asyncio client awaits them; the sync client steps them with
[`run`][eternaltwin.clients.driver.run].
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from eternaltwin.clients.http.requests import IDEMPOTENT_METHODS, HTTPRequest
from eternaltwin.exceptions import RequestTimeoutError, TransportError, UnexpectedResponseError
from eternaltwin.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.http.requests import Request
    from eternaltwin.clients.http.retries import RetryPolicy
    from eternaltwin.clients.http.transports import Exchange, Sleep
    from eternaltwin.responses import Response

#: Maximum number of redirects that one call follows, if the connection allows redirects.
MAX_REDIRECTS = 5

#: The value of `User-Agent` (RFC 9110, section 10.1.5).
USER_AGENT = f"eternaltwin-python/{__version__}"


class Sender:
    """Sends calls to one server, with retries and one budget of time for all of a call.

    Args:
        base_url: the address of the server, possibly with a path, without a final `/`.
        exchange: sends one HTTP request.
        sleep: waits, for a number of seconds.
        retries: decides what is sent again, and when.
        timeout: seconds that a call may take, retries and waits included.
        follow_redirects: whether redirects within the same server are followed.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        *,
        base_url: str,
        exchange: Exchange,
        sleep: Sleep,
        retries: RetryPolicy,
        timeout: float,
        follow_redirects: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = base_url
        self._prefix = urlsplit(base_url).path
        self._exchange = exchange
        self._sleep = sleep
        self._retries = retries
        self._timeout = timeout
        self._follow_redirects = follow_redirects
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Send a call and answer what the server answered, whatever its status.

        Raises:
            TransportError: no answer came within the time.
            UnexpectedResponseError: the answer is too large, or a redirect that is not followed.
        """
        deadline = self._clock() + self._timeout
        target = self._target(request)
        response = await self._persist(request, target, deadline)
        for _ in range(MAX_REDIRECTS):
            if not 300 <= response.status_code < 400 or "location" not in response.headers:
                return response
            response = await self._persist(request, self._redirected(request, response), deadline)
        raise UnexpectedResponseError(f"{response.url} redirects more than {MAX_REDIRECTS} times", response)

    async def _persist(self, request: Request, target: str, deadline: float) -> Response:
        """Send, again where that helps and is safe, while there is time."""
        attempt = 0
        outcome: Response | TransportError
        while True:
            wire = self._wire(request, target, deadline - self._clock())
            try:
                outcome = await self._exchange(wire)
            except TransportError as exc:
                outcome = exc.with_traceback(None)
            delay = self._retries.delay(wire.is_idempotent, attempt, outcome, deadline - self._clock())
            if delay is None:
                break
            await self._sleep(delay)
            attempt += 1
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    def _wire(self, request: Request, target: str, left: float) -> HTTPRequest:
        """What is sent, while there is time left, in seconds."""
        if left <= 0:
            raise RequestTimeoutError(
                f"{self._base_url} did not answer within {self._timeout:g} s: raise `timeout`, or try again later"
            )
        return HTTPRequest(
            method=request.method,
            target=target,
            headers={"User-Agent": USER_AGENT, **dict(request.headers)},
            body=request.body,
            timeout=left,
            is_idempotent=request.method in IDEMPOTENT_METHODS,
        )

    def _target(self, request: Request) -> str:
        path = f"{self._prefix}{request.endpoint}"
        return f"{path}?{urlencode(request.query)}" if request.query else path

    def _redirected(self, request: Request, response: Response) -> str:
        """Where a redirect leads, if it may be followed; a token is never sent to another server."""
        home, place = urlsplit(self._base_url), _place(response)
        same = place is not None and place[:2] == home[:2]
        if place is None or not (self._follow_redirects and same and request.method in ("GET", "HEAD")):
            # Where to is told only as far as it is known here: a token may stand anywhere in the rest.
            to_tls = place is not None and place.scheme == "https" and place.hostname == home.hostname
            raise UnexpectedResponseError(
                f"{response.url} redirects{' to https' if to_tls and not same else ''}: check that `url` is the address"
                f" of the Eternaltwin server{', or set allow_redirects=True' if same else ''}",
                response,
            )
        return f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"


def _place(response: Response) -> SplitResult | None:
    """Where a redirect leads; None if that is no URL that can be asked for."""
    location = response.headers.get("location")
    if not location.isascii() or not location.isprintable() or " " in location:
        return None
    try:
        return urlsplit(urljoin(response.url, location))
    except ValueError:
        return None
