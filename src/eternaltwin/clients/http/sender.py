"""Sends calls of the API: builds their URLs, retries, and follows redirects.

The code is written once, as coroutines that await only what they are given (an `Exchange` and a
`Sleep`). The asyncio client awaits them; the sync client steps them with
[`run`][eternaltwin.clients.driver.run].
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from eternaltwin.clients.http.observation import ObservedCall
from eternaltwin.clients.http.requests import IDEMPOTENT_METHODS, HTTPRequest, ServerAddress
from eternaltwin.exceptions import RequestTimeoutError, TransportError, UnexpectedResponseError
from eternaltwin.hidden import clears_frames
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
    """Sends calls to one server, with retries and one time limit for the whole of a call.

    Args:
        base_url: The URL of the server, possibly with a path, without a trailing `/`.
        exchange: Sends one HTTP request.
        sleep: Waits for a number of seconds.
        retries: Decides what is sent again, and when.
        timeout: Seconds that a call may take, retries and delays included.
        follow_redirects: Whether redirects within the same origin are followed.
        clock: Returns a time in seconds that never goes back.
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
        self._address = ServerAddress.of(base_url)
        self._exchange = exchange
        self._sleep = sleep
        self._retries = retries
        self._timeout = timeout
        self._follow_redirects = follow_redirects
        self._clock = clock

    @clears_frames
    async def __call__(self, request: Request) -> Response:
        """Send a call.

        Args:
            request: The call to send.

        Returns:
            The response, whatever its status.

        Raises:
            TransportError: No response arrived in time.
            UnexpectedResponseError: The response is too large, or a redirect that is not followed.
        """
        deadline = self._clock() + self._timeout
        target = self._target(request)
        call = ObservedCall(self._address)
        response = await self._send_with_retries(call, request, target, deadline)
        for _ in range(MAX_REDIRECTS):
            if not _is_redirect(response):
                break
            target = self._redirect_target(request, response)
            response = await self._send_with_retries(call, request, target, deadline)
        if _is_redirect(response):
            raise UnexpectedResponseError(f"{response.url} redirects more than {MAX_REDIRECTS} times", response)
        return response

    async def _send_with_retries(self, call: ObservedCall, request: Request, target: str, deadline: float) -> Response:
        """Send, and send again where the retry policy says so."""
        attempt = 0
        outcome: Response | TransportError
        while True:
            http_request = self._http_request(call, request, target, self._left(request, deadline))
            call.begin(http_request)
            try:
                outcome = await self._exchange(http_request)
            except BaseException as exc:
                call.end(http_request, exc)
                if not isinstance(exc, TransportError):
                    raise
                outcome = exc.with_traceback(None)
            else:
                call.end(http_request, outcome)
            delay = self._retries.delay(http_request.is_idempotent, attempt, outcome, self._left(request, deadline))
            if delay is None:
                break
            call.wait(http_request, outcome, delay)
            await self._sleep(delay)
            attempt += 1
        call.finish(request.method, self._path(request), outcome)
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    def _left(self, request: Request, deadline: float) -> float:
        """Return how many seconds are left for a call."""
        return self._timeout if request.is_one_of_many else deadline - self._clock()

    def _http_request(self, call: ObservedCall, request: Request, target: str, left: float) -> HTTPRequest:
        """Build the request of one attempt, if there is time left, in seconds."""
        if left <= 0:
            failure = RequestTimeoutError(
                f"{self._base_url} did not respond within {self._timeout:g} s: raise `timeout`, or try again later"
            )
            raise call.finish(request.method, self._path(request), failure)
        return HTTPRequest(
            method=request.method,
            target=target,
            headers={"User-Agent": USER_AGENT, **dict(request.headers)},
            body=request.body,
            timeout=left,
            is_idempotent=request.method in IDEMPOTENT_METHODS,
            is_one_of_many=request.is_one_of_many,
        )

    def _path(self, request: Request) -> str:
        return f"{self._prefix}{request.endpoint}"

    def _target(self, request: Request) -> str:
        path = self._path(request)
        return f"{path}?{urlencode(request.query)}" if request.query else path

    def _redirect_target(self, request: Request, response: Response) -> str:
        """Return the target of a redirect that may be followed. A token is never sent to another server."""
        base, target = urlsplit(self._base_url), _location(response)
        same = target is not None and target[:2] == base[:2]
        if target is None or not (self._follow_redirects and same and request.method in ("GET", "HEAD")):
            # The message does not contain the location: it may contain a token.
            to_tls = target is not None and target.scheme == "https" and target.hostname == base.hostname
            raise UnexpectedResponseError(
                f"{response.url} redirects{' to https' if to_tls and not same else ''}: check that `url` is the address"
                f" of the Eternaltwin server{', or set allow_redirects=True' if same else ''}",
                response,
            )
        return f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"


def _is_redirect(response: Response) -> bool:
    return 300 <= response.status_code < 400 and "location" in response.headers


def _location(response: Response) -> SplitResult | None:
    """Return the URL that a response redirects to, or None if it is not a valid one."""
    location = response.headers.get("location")
    if not location.isascii() or not location.isprintable() or " " in location:
        return None
    try:
        return urlsplit(urljoin(response.url, location))
    except ValueError:
        return None
