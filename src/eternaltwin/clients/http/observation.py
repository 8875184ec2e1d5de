"""Reports what happens to calls: to loggers, and to OpenTelemetry if the process uses it.

Reports contain methods, paths without queries, statuses, times and the library's own errors. They contain no header, no
body and no query.
"""

from __future__ import annotations

import logging
import random
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from eternaltwin.clients.http.retries import is_temporary
from eternaltwin.exceptions import EternalTwinError, TransportError
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from types import ModuleType

    from eternaltwin.clients.http.requests import HTTPRequest, ServerAddress
    from eternaltwin.clients.http.telemetry import LookupResult, Telemetry, TracedAttempt

P = ParamSpec("P")
Owner = TypeVar("Owner")
Result = TypeVar("Result")
Outcome = TypeVar("Outcome", bound="Response | TransportError")

#: Each HTTP request, at DEBUG.
REQUESTS = logging.getLogger("eternaltwin.requests")

#: Waiting before a request is sent again, at INFO; giving up, at WARNING.
RETRIES = logging.getLogger("eternaltwin.retries")

_is_unobserved: ContextVar[bool] = ContextVar("is_unobserved", default=False)

#: Inside a call of the API: whether it is traced. None outside of one.
_is_traced: ContextVar[bool | None] = ContextVar("is_traced", default=None)

#: Request ids tell calls apart, and need not be hard to guess.
_random_bits = random.getrandbits


@contextmanager
def unobserved() -> Generator[None]:
    """Report nothing of the calls in this context: those that send telemetry must not cause more of it.

    Yields:
        None.
    """
    token = _is_unobserved.set(True)
    try:
        yield
    finally:
        _is_unobserved.reset(token)


def telemetry() -> Telemetry | None:
    """Return OpenTelemetry, if the process has imported it. This library does not import it on its own.

    Returns:
        The object to report to. None without OpenTelemetry, and while calls are not observed.
    """
    if "opentelemetry.trace" not in sys.modules or _is_unobserved.get():
        return None
    current: Telemetry = _module().TELEMETRY
    return current


@cache
def _module() -> ModuleType:
    return import_module("eternaltwin.clients.http.telemetry")


def count_lookups(result: LookupResult, number: int = 1) -> None:
    """Count users that were looked up in a cache of profiles.

    Args:
        result: What the cache had.
        number: How many users.
    """
    current = telemetry() if number else None
    if current is not None:
        current.count_lookups(result, number)


def traced(
    call: Callable[Concatenate[Owner, str, str, P], Coroutine[Any, Any, Result]],
) -> Callable[Concatenate[Owner, str, str, P], Coroutine[Any, Any, Result]]:
    """Decorate a method that makes a call of the API: OpenTelemetry shows it as one span.

    Args:
        call: A coroutine method, whose first arguments are the HTTP method and the path on the server.

    Returns:
        The method, with the same signature. A traced method that another one calls adds no span of its own.
    """

    # A plain function: without telemetry, it adds no coroutine of its own.
    @wraps(call)
    def traced_call(
        self: Owner, method: str, endpoint: str, /, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, Result]:
        coroutine = call(self, method, endpoint, *args, **kwargs)
        current = telemetry()
        if current is None or _is_traced.get() is not None:
            return coroutine
        return _trace(current, method, endpoint, coroutine)

    return traced_call


async def _trace(current: Telemetry, method: str, endpoint: str, call: Coroutine[Any, Any, Result]) -> Result:
    is_traced = current.is_tracing
    token = _is_traced.set(is_traced)
    try:
        if not is_traced:
            return await call
        with current.call(method, endpoint):
            return await call
    finally:
        _is_traced.reset(token)


class ObservedCall:
    """A call that is sent, possibly several times.

    Args:
        server: The address of the server.

    Attributes:
        request_id: Identifies the call in log lines, responses and errors.
        attempts: How many requests have been sent so far.
    """

    __slots__ = ("_attempt", "_began", "_server", "_started", "attempts", "request_id")

    def __init__(self, server: ServerAddress) -> None:
        self.request_id = f"{_random_bits(64):016x}"
        self.attempts = 0
        self._server = server
        self._started = self._began = perf_counter()
        self._attempt: TracedAttempt | None = None

    def begin(self, request: HTTPRequest) -> None:
        """Report that an HTTP request is sent now.

        Args:
            request: The request. OpenTelemetry adds headers to it.
        """
        self.attempts += 1
        current = telemetry()
        self._attempt = None if current is None else self._begin_attempt(current, request)
        if self.attempts > 1:
            self._began = perf_counter()

    def _begin_attempt(self, current: Telemetry, request: HTTPRequest) -> TracedAttempt:
        if _is_traced.get():
            return current.traced_attempt(request, self._server, self.attempts, self.request_id)
        return current.attempt(request, self._server)

    def end(self, request: HTTPRequest, outcome: Response | BaseException) -> None:
        """Report the outcome of the request that was begun.

        Args:
            request: The request.
            outcome: The response, or what was raised. It gets the request id, if it is an error of this library.
        """
        if isinstance(outcome, Response | EternalTwinError):
            outcome.request_id = self.request_id
        if self._attempt is not None:
            self._attempt.end(outcome, perf_counter() - self._began)
        if REQUESTS.isEnabledFor(logging.DEBUG) and not _is_unobserved.get():
            REQUESTS.debug(
                "%s: %s in %.1f ms (attempt %d, request %s)",
                _line(request),
                type(outcome).__name__ if isinstance(outcome, BaseException) else outcome.status_code,
                1000 * (perf_counter() - self._began),
                self.attempts,
                self.request_id,
            )

    def wait(self, request: HTTPRequest, outcome: Response | TransportError, delay: float) -> None:
        """Report that a request is sent again, after a delay.

        Args:
            request: The request.
            outcome: The last outcome, which is temporary.
            delay: Seconds to wait.
        """
        if not _is_unobserved.get():
            RETRIES.info(
                "%s: %s; waiting %.3f s before attempt %d (request %s)",
                _line(request),
                _reason(outcome),
                delay,
                self.attempts + 1,
                self.request_id,
            )

    def finish(self, method: str, path: str, outcome: Outcome) -> Outcome:
        """Report the outcome of the last attempt if it is a failure that another attempt may not have had.

        Args:
            method: The HTTP method.
            path: The path on the server, without a query.
            outcome: The outcome.

        Returns:
            The outcome, with the request id if it is an error.
        """
        if isinstance(outcome, TransportError):
            outcome.request_id = self.request_id
        elif not is_temporary(outcome):
            return outcome
        if _is_unobserved.get():
            return outcome
        RETRIES.warning(
            "%s %s: gave up after %d attempts and %.3f s: %s (request %s)",
            method,
            path,
            self.attempts,
            perf_counter() - self._started,
            _reason(outcome),
            self.request_id,
        )
        return outcome


def _line(request: HTTPRequest) -> str:
    return f"{request.method} {request.target.partition('?')[0]}"


def _reason(outcome: Response | TransportError) -> str:
    return f"{outcome}" if isinstance(outcome, TransportError) else f"the server responded with {outcome.status_code}"
