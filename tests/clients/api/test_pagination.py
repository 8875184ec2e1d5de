"""Reading lists page by page while they change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.api.pagination import Pages
from eternaltwin.clients.driver import run
from eternaltwin.models import Listing


@dataclass(frozen=True)
class Item:
    """Something with an id."""

    id: UUID


class Shelf:
    """A list, some of whose items move to the front before one of the requests."""

    def __init__(self, count: int, size: int, moment: int, moved: list[int]) -> None:
        self.requests = 0
        self._items = [Item(UUID(int=number)) for number in range(count)]
        self._size = size
        self._moment = moment
        self._moved = moved

    async def page(self, offset: int) -> Listing[Item]:
        if self.requests == self._moment:
            for number in self._moved:
                item = Item(UUID(int=number % len(self._items)))
                self._items.remove(item)
                self._items.insert(0, item)
        self.requests += 1
        items = self._items[offset : offset + self._size]
        return Listing(offset=offset, limit=self._size, count=len(self._items), items=items)


def _numbers(shelf: Shelf, *, is_reordered: bool = True) -> list[int]:
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


def test_new_items_behind_a_page_of_known_ones_are_found() -> None:
    assert _numbers(Shelf(3, size=1, moment=1, moved=[1])) == [0, 1, 2]


def test_an_unchanged_list_is_read_once_and_its_first_page_twice() -> None:
    shelf = Shelf(6, size=2, moment=0, moved=[])
    assert _numbers(shelf) == list(range(6))
    assert shelf.requests == 4


def test_a_list_that_keeps_its_order_is_read_once() -> None:
    shelf = Shelf(6, size=2, moment=0, moved=[])
    assert _numbers(shelf, is_reordered=False) == list(range(6))
    assert shelf.requests == 3
