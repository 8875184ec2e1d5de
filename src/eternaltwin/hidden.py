"""Secrets that tracebacks do not show.

Error trackers, and Django's mail to administrators, send the local variables of every frame of a traceback, by `repr`.
Two things keep secrets out of that: strings and bytes that are passed through the library are instances of
[`HiddenStr`][eternaltwin.hidden.HiddenStr] and [`HiddenBytes`][eternaltwin.hidden.HiddenBytes]; and when a function
raises that [`clears_frames`][eternaltwin.hidden.clears_frames] decorates, the frames below it, those of other libraries
included, keep their files and lines, but lose their variables.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

__all__ = ["HIDDEN", "HiddenBytes", "HiddenStr", "clears_frames", "clears_frames_of", "hide"]

#: What is shown instead of a secret.
HIDDEN = "[hidden]"

Function = TypeVar("Function", bound="Callable[..., Any]")
Class = TypeVar("Class", bound=type)
T = TypeVar("T")


class HiddenStr(str):
    """A string whose `repr` is `[hidden]`. It is equal to the plain string, and `str` of it returns that."""

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN


class HiddenBytes(bytes):
    """Bytes whose `repr` is `[hidden]`. They are equal to the plain bytes, and `bytes` of them returns those."""

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN


@overload
def hide(value: str) -> HiddenStr: ...
@overload
def hide(value: bytes) -> HiddenBytes: ...
@overload
def hide(value: T) -> T: ...
def hide(value: object) -> object:
    """Return a secret that hides itself.

    Args:
        value: A secret. What is neither `str` nor `bytes` is returned as it is.

    Returns:
        A `HiddenStr` or `HiddenBytes` that is equal to the value.

    Example:
        >>> password = hide("correct horse")
        >>> [password], f"{password}", password == "correct horse"
        ([[hidden]], 'correct horse', True)
    """
    if isinstance(value, str):
        return HiddenStr(value)
    return HiddenBytes(value) if isinstance(value, bytes) else value


def clears_frames(function: Function) -> Function:
    """Decorate a function so that an exception that it raises shows no local variable of it, or of what it called.

    Frames of the caller, and exceptions that the caller was handling, are left as they are.

    Args:
        function: A function, or a coroutine function.

    Returns:
        The function, with the same signature.

    Example:
        >>> @clears_frames
        ... def log_in(password: str) -> None:
        ...     raise ValueError("the local variable password is not in the traceback")
    """
    return cast("Function", _async_door(function) if inspect.iscoroutinefunction(function) else _door(function))


def clears_frames_of(*names: str) -> Callable[[Class], Class]:
    """Decorate methods of a class that are not written as such, for example the `__init__` of a dataclass.

    Args:
        *names: Names of the methods.

    Returns:
        A decorator of classes, which decorates the methods with `clears_frames` and returns the same class.
    """

    def decorate(kind: Class) -> Class:
        for name in names:
            setattr(kind, name, clears_frames(getattr(kind, name)))
        return kind

    return decorate


def _door(function: Callable[..., T]) -> Callable[..., T]:
    @wraps(function)
    def call(*args: object, **kwargs: object) -> T:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except BaseException as exc:
            del args, kwargs
            _clear(exc, handled)
            raise

    return call


def _async_door(function: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    @wraps(function)
    async def call(*args: object, **kwargs: object) -> T:
        handled = sys.exception()
        try:
            return await function(*args, **kwargs)
        except BaseException as exc:
            del args, kwargs
            _clear(exc, handled)
            raise

    return call


def _clear(raised: BaseException, handled: BaseException | None) -> None:
    """Clear the frames of an exception and of those that led to it, up to the one that the caller was handling."""
    for exc in _chain(raised, handled):
        entry = exc.__traceback__
        while entry is not None:
            with suppress(RuntimeError):  # the function is still running: it is the decorator's, or a caller
                entry.tb_frame.clear()
            entry = entry.tb_next


def _chain(raised: BaseException, handled: BaseException | None) -> Iterator[BaseException]:
    seen = {id(handled), id(None)}
    rest: list[BaseException | None] = [raised]
    while rest:
        exc = rest.pop()
        if exc is None or id(exc) in seen:
            continue
        seen.add(id(exc))
        yield exc
        rest += [exc.__cause__, exc.__context__, *getattr(exc, "exceptions", ())]
