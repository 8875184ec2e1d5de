"""Reading lists page by page while they change."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.api.pagination import Pages, awalk_ahead, walk_ahead
from eternaltwin.clients.driver import run
from eternaltwin.exceptions import ServerError
from eternaltwin.models import Listing
from tests.support.fakes import json_response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence


@dataclass(frozen=True)
class Item:
    """Something with an id."""

    id: UUID


class Shelf:
    """A list, some of whose items move to the front, and to which others are added, before one of the requests."""

    def __init__(
        self, count: int, size: int, moment: int = 0, moved: Sequence[int] = (), added: Sequence[int] = ()
    ) -> None:
        self.requests = 0
        self._items = [Item(UUID(int=number)) for number in range(count)]
        self._size = size
        self._moment = moment
        self._moved = moved
        self._added = added

    def _change(self) -> None:
        for number in self._moved:
            item = Item(UUID(int=number % len(self._items)))
            self._items.remove(item)
            self._items.insert(0, item)
        for number in self._added:
            self._items.insert(number % (len(self._items) + 1), Item(UUID(int=100 + len(self._items))))

    async def page(self, offset: int) -> Listing[Item]:
        if self.requests == self._moment:
            self._change()
        self.requests += 1
        items = self._items[offset : offset + self._size]
        return Listing(offset=offset, limit=self._size, count=len(self._items), items=items)


class BrokenShelf:
    """A list of a server that ignores the offset, and counts more items than it sends."""

    def __init__(self, sent: int) -> None:
        self.requests = 0
        self._items = [Item(UUID(int=number)) for number in range(sent)]

    async def page(self, _offset: int) -> Listing[Item]:
        self.requests += 1
        return Listing(offset=0, limit=20, count=1000, items=self._items)


def _numbers(shelf: Shelf | BrokenShelf, *, is_reordered: bool = True) -> list[int]:
    pages = Pages(shelf.page, is_reordered=is_reordered)
    found: list[int] = []
    while (items := run(pages.next())) is not None:
        found += [item.id.int for item in items]
    return found


@given(
    count=st.integers(1, 12),
    size=st.integers(1, 5),
    moment=st.integers(0, 12),
    moved=st.lists(st.integers(0, 11), max_size=12),
)
def test_everything_is_found_once_whatever_moves(count: int, size: int, moment: int, moved: list[int]) -> None:
    assert sorted(_numbers(Shelf(count, size, moment, moved))) == list(range(count))


@given(
    count=st.integers(1, 12),
    size=st.integers(1, 5),
    moment=st.integers(0, 12),
    added=st.lists(st.integers(0, 40), max_size=40),
)
def test_nothing_is_missed_whatever_is_added(count: int, size: int, moment: int, added: list[int]) -> None:
    found = _numbers(Shelf(count, size, moment, added=added), is_reordered=False)
    assert len(found) == len(set(found))
    assert [number for number in found if number < 100] == list(range(count))


@pytest.mark.parametrize("is_reordered", [True, False])
@pytest.mark.parametrize("sent", [0, 1, 3])
def test_a_server_that_ignores_the_offset(sent: int, is_reordered: bool) -> None:
    shelf = BrokenShelf(sent)
    assert _numbers(shelf, is_reordered=is_reordered) == list(range(sent))
    assert shelf.requests < 6


def test_new_items_behind_a_page_of_known_ones_are_found() -> None:
    assert _numbers(Shelf(3, size=1, moment=1, moved=[1])) == [0, 1, 2]


def test_an_unchanged_list_is_read_once_and_its_first_page_twice() -> None:
    shelf = Shelf(6, size=2)
    assert _numbers(shelf) == list(range(6))
    assert shelf.requests == 4


def test_a_list_that_keeps_its_order_is_read_once() -> None:
    shelf = Shelf(6, size=2)
    assert _numbers(shelf, is_reordered=False) == list(range(6))
    assert shelf.requests == 3


class WatchedShelf(Shelf):
    """A list whose pages are counted as they are asked for, and which may fail from some page on."""

    def __init__(self, count: int, size: int, failing: int = 1000) -> None:
        super().__init__(count, size)
        self.asked = [threading.Event() for _ in range(count + 2)]
        self.cancelled: list[int] = []
        self.is_held: asyncio.Event | None = None
        self._failing = failing

    async def page(self, offset: int) -> Listing[Item]:
        number = self.requests
        self.asked[number].set()
        if number >= self._failing:
            raise ServerError(json_response(500))
        if number and self.is_held is not None:
            try:
                await self.is_held.wait()
            except asyncio.CancelledError:
                self.cancelled.append(number)
                raise
        return await super().page(offset)

    def pages(self) -> Pages[Item]:
        return Pages(self.page, is_reordered=False)


def _number(item: Item) -> int:
    return item.id.int


def test_the_next_page_is_asked_for_while_the_items_of_one_are_used() -> None:
    shelf = WatchedShelf(6, size=2)
    for number in walk_ahead(shelf.pages(), _number):
        assert number >= 4 or shelf.asked[number // 2 + 1].wait(10)
    assert shelf.requests == 3


@pytest.mark.asyncio
async def test_the_next_page_is_asked_for_while_the_items_of_one_are_used_in_a_loop() -> None:
    shelf = WatchedShelf(6, size=2)
    async for number in awalk_ahead(shelf.pages(), _number):
        await asyncio.sleep(0)
        assert number >= 4 or shelf.asked[number // 2 + 1].is_set()
    assert shelf.requests == 3


def collected(kind: str, shelf: WatchedShelf, most: int = 1000) -> list[int]:
    """Return the first items of a list, in one of the variants."""
    if kind == "sync":
        return list(islice(walk_ahead(shelf.pages(), _number), most))

    async def collect() -> list[int]:
        found: list[int] = []
        async with aclosing(cast("AsyncGenerator[int]", awalk_ahead(shelf.pages(), _number))) as items:
            async for number in items:
                found.append(number)
                if len(found) == most:
                    break
        return found

    return asyncio.run(collect())


both = pytest.mark.parametrize("kind", ["sync", "asyncio"])


@both
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_list_of_one_page_is_one_request(kind: str, count: int) -> None:
    shelf = WatchedShelf(count, size=2)
    assert collected(kind, shelf) == list(range(count))
    assert shelf.requests == 1


@both
def test_whoever_stops_early_has_asked_for_at_most_one_page_more(kind: str) -> None:
    shelf = WatchedShelf(20, size=2)
    assert collected(kind, shelf, 3) == [0, 1, 2]
    assert not shelf.asked[3].is_set()


@both
def test_an_error_of_the_next_page_is_raised_when_it_is_needed(kind: str) -> None:
    shelf = WatchedShelf(6, size=2, failing=1)
    assert collected(kind, shelf, 2) == [0, 1]
    with pytest.raises(ServerError):
        collected(kind, WatchedShelf(6, size=2, failing=1))


@pytest.mark.asyncio
async def test_the_next_page_is_cancelled_with_the_iteration() -> None:
    shelf = WatchedShelf(6, size=2)
    shelf.is_held = asyncio.Event()
    async with aclosing(cast("AsyncGenerator[int]", awalk_ahead(shelf.pages(), _number))) as items:
        assert await anext(items) == 0
        await asyncio.sleep(0)
    assert shelf.cancelled == [1]


@both
@given(count=st.integers(0, 12), size=st.integers(1, 5))
def test_reading_ahead_finds_what_reading_finds(kind: str, count: int, size: int) -> None:
    assert collected(kind, WatchedShelf(count, size)) == _numbers(Shelf(count, size), is_reordered=False)
