"""Secrets that tracebacks do not show."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from dataclasses import dataclass
from pprint import pformat
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.hidden import HiddenBytes, HiddenStr, clears_frames, clears_frames_of, hide

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SECRET = "correct horse"


@dataclass
class Holder:
    secret: str


class Record(msgspec.Struct):
    secret: str


def formatted(value: object) -> str:
    return f"{value!r} {value=}"


@given(st.text())
def test_a_hidden_string_is_the_plain_string_to_everything_but_repr(text: str) -> None:
    hidden = hide(text)
    assert isinstance(hidden, HiddenStr)
    assert (hidden, hash(hidden), f"{hidden}", hidden.encode("utf-8", "surrogatepass")) == (
        text,
        hash(text),
        text,
        text.encode("utf-8", "surrogatepass"),
    )
    assert type(str(hidden)) is str
    assert repr(hidden) == "[hidden]"


@given(st.binary())
def test_hidden_bytes_are_the_plain_bytes_to_everything_but_repr(data: bytes) -> None:
    hidden = hide(data)
    assert isinstance(hidden, HiddenBytes)
    assert (hidden, hash(hidden), b"".join([hidden])) == (data, hash(data), data)
    assert repr(hidden) == "[hidden]"


def test_what_is_no_string_is_returned_as_it_is() -> None:
    value = object()
    assert hide(value) is value
    assert hide(None) is None


@pytest.mark.parametrize("secret", [hide(SECRET), hide(SECRET.encode())])
@pytest.mark.parametrize("show", [repr, pformat, ascii, formatted])
def test_containers_and_objects_show_no_hidden_value(secret: str, show: Callable[[object], str]) -> None:
    held: object = {"list": [secret], secret: (secret,), "holder": Holder(secret), "record": Record(secret)}
    assert SECRET not in show(held)
    assert SECRET not in show(secret)


def test_a_hidden_value_stays_hidden_in_another_process() -> None:
    again = pickle.loads(pickle.dumps([hide(SECRET), hide(SECRET.encode())]))
    assert again == [SECRET, SECRET.encode()]
    assert repr(again) == "[[hidden], [hidden]]"


def frames(exc: BaseException) -> dict[str, FrameType]:
    """Return the frames of a traceback by the name of their function."""
    found: dict[str, FrameType] = {}
    entry = exc.__traceback__
    while entry is not None:
        found[entry.tb_frame.f_code.co_name] = entry.tb_frame
        entry = entry.tb_next
    return found


def inner(secret: str) -> None:
    raise ValueError(len(secret))


@clears_frames
def outer(secret: str) -> None:
    """Fail below."""
    copy = [secret]
    inner(copy[0])


@clears_frames
async def aouter(secret: str) -> None:
    await asyncio.sleep(0)
    inner(secret)


def test_the_frames_below_keep_their_lines_and_lose_their_variables() -> None:
    with pytest.raises(ValueError, match="13") as caught:
        outer(SECRET)
    found = frames(caught.value)
    assert {"outer", "inner"} <= found.keys()
    assert dict(found["outer"].f_locals) == dict(found["inner"].f_locals) == {}
    assert SECRET not in repr(found["call"].f_locals)


def test_the_frames_below_a_coroutine_lose_their_variables() -> None:
    with pytest.raises(ValueError, match="13") as caught:
        asyncio.run(aouter(SECRET))
    found = frames(caught.value)
    assert dict(found["aouter"].f_locals) == dict(found["inner"].f_locals) == {}
    assert SECRET not in repr(found["call"].f_locals)


def test_a_cancelled_coroutine_loses_its_variables() -> None:
    @clears_frames
    async def wait(secret: str) -> None:
        copy = [secret]
        await asyncio.Event().wait()
        copy.clear()

    async def cancelled() -> BaseException:
        task = asyncio.create_task(wait(SECRET))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as exc:
            return exc
        raise AssertionError

    assert frames(asyncio.run(cancelled()))["wait"].f_locals == {}


def test_the_frames_of_causes_contexts_and_groups_lose_their_variables() -> None:
    @clears_frames
    def chained(secret: str) -> None:
        try:
            inner(secret)
        except ValueError as first:
            raise KeyError from ExceptionGroup("several", [first])

    with pytest.raises(KeyError) as caught:
        chained(SECRET)
    group = cast("ExceptionGroup[ValueError]", caught.value.__cause__)
    assert frames(group.exceptions[0])["inner"].f_locals == {}


def test_an_exception_that_the_caller_handles_keeps_its_variables() -> None:
    def of_the_game() -> None:
        score = 7
        raise LookupError(score)

    def handle() -> None:
        try:
            of_the_game()
        except LookupError:
            outer(SECRET)

    with pytest.raises(ValueError, match="13") as caught:
        handle()
    own = caught.value.__context__
    assert isinstance(own, LookupError)
    assert frames(own)["of_the_game"].f_locals == {"score": 7}


def test_a_decorated_function_is_documented_like_the_plain_one() -> None:
    assert (outer.__name__, outer.__doc__) == ("outer", "Fail below.")
    assert inspect.iscoroutinefunction(aouter)
    assert not inspect.iscoroutinefunction(outer)


def test_the_constructor_of_a_dataclass_loses_its_variables() -> None:
    @clears_frames_of("__init__")
    @dataclass(frozen=True)
    class Account:
        password: str

        def __post_init__(self) -> None:
            inner(self.password)

    with pytest.raises(ValueError, match="13") as caught:
        Account(SECRET)
    assert frames(caught.value)["__post_init__"].f_locals == {}
    assert SECRET not in repr([frame.f_locals for name, frame in frames(caught.value).items() if name == "call"])
