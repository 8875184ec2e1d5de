"""What an error tracker sees of a traceback: the local variables of every frame that is not one of a test."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path
from pprint import pformat
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from types import FrameType

_TESTS = str(Path(__file__).parents[1])

#: What is found if a call does not fail.
DID_NOT_FAIL = "it did not fail"

#: How deep containers are looked into, and how many of their items.
_MAX_DEPTH = 8
_MAX_ITEMS = 1000


def leaks(exc: BaseException, *secrets: str) -> list[str]:
    """Return the file, the function and the name of each local variable that shows a secret."""
    forms = [form for secret in secrets for form in encodings(secret)]
    return [
        f"{type(exc).__name__}: {Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}:{name}"
        for frame in _frames(exc)
        for name, value in frame.f_locals.items()
        if any(form in text for text in _shown(value) for form in forms)
    ]


def leaks_of_failure(call: Callable[[], object], *secrets: str) -> list[str]:
    """Return what the traceback of a failing call shows."""
    catcher = _Catcher()
    with catcher:
        call()
    return [DID_NOT_FAIL] if catcher.caught is None else leaks(catcher.caught, *secrets)


class _Catcher:
    """Catches everything, interrupts included."""

    caught: BaseException | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, exc: BaseException | None, traceback: object) -> bool:
        self.caught = exc
        return True


def encodings(secret: str) -> set[str]:
    """Return a secret as it is, as in URLs, in hexadecimal, and as in base64 with anything before and after it."""
    data = secret.encode()
    inside = {b64encode(bytes(shift) + data)[-(-shift * 4 // 3) : -4].decode() for shift in range(3)}
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        data.hex(),
        *inside,
        *(_urlsafe(text) for text in inside),
    }


def _urlsafe(text: str) -> str:
    return text.replace("+", "-").replace("/", "_")


def _frames(exc: BaseException) -> Iterator[FrameType]:
    for one in _chain(exc):
        entry = one.__traceback__
        while entry is not None:
            if not entry.tb_frame.f_code.co_filename.startswith(_TESTS):
                yield entry.tb_frame
            entry = entry.tb_next


def _chain(exc: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    rest: list[BaseException | None] = [exc]
    while rest:
        one = rest.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        rest += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            rest += cast("BaseExceptionGroup[BaseException]", one).exceptions


def _shown(value: object, depth: int = 0) -> Iterator[str]:
    """Return what is shown of a value: by `repr` and `pprint`, and, as by Sentry, of the items of containers."""
    if depth == 0:
        yield pformat(value)
    yield repr(value)
    if depth < _MAX_DEPTH:
        for item in _items(value):
            yield from _shown(item, depth + 1)


def _items(value: object) -> list[object]:
    if isinstance(value, Mapping):
        mapping = cast("Mapping[object, object]", value)
        return [*islice(mapping.keys(), _MAX_ITEMS), *islice(mapping.values(), _MAX_ITEMS)]
    if isinstance(value, Sequence | AbstractSet) and not isinstance(value, str | bytes | bytearray):
        return list(islice(cast("Sequence[object]", value), _MAX_ITEMS))
    return []
