"""Reads lists page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from eternaltwin.clients.driver import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from uuid import UUID

    from eternaltwin.models import Listing


class Identified(Protocol):
    """An item with an id."""

    @property
    def id(self) -> UUID:
        """Id of the item."""
        ...


Item = TypeVar("Item", bound=Identified)
Built = TypeVar("Built")


class Pages(Generic[Item]):
    """All items of a list, page by page; each once, even when the list changes meanwhile.

    Args:
        fetch: Reads the page at an offset.
        is_reordered: Whether items may move to the front while others are read, as threads with new posts do. The
            list is then read again until it contains nothing new.
    """

    def __init__(self, fetch: Callable[[int], Awaitable[Listing[Item]]], *, is_reordered: bool) -> None:
        self._fetch = fetch
        self._is_reordered = is_reordered
        self._offset = 0
        self._seen: set[UUID] = set()
        self._last: list[UUID] = []
        self._is_rereading = False
        self._is_fruitful = False
        self._is_done = False

    async def next(self) -> list[Item] | None:
        """Read the next page.

        Returns:
            The items of the page that have not been returned before; None after the last page.
        """
        if self._is_done:
            return None
        page = await self._fetch(self._offset)
        fresh = {item.id: item for item in page.items if item.id not in self._seen}
        is_whole = self._offset == 0 and len(page.items) >= page.count
        self._seen.update(fresh)
        self._is_fruitful |= bool(fresh)
        if self._is_last(page, bool(fresh)):
            self._reread(is_whole, len(self._seen) >= page.count)
        return list(fresh.values())

    def _is_last(self, page: Listing[Item], is_fresh: bool) -> bool:
        """Return whether the list ends here, or the rest is known."""
        before, self._last = self._last, [item.id for item in page.items]
        self._offset += len(page.items)
        if is_fresh:
            return self._offset >= page.count
        # A server that ignores the offset would send the same page forever. After a different page without new items
        # there may be more new ones, since so many items have moved to the front.
        is_known = not self._is_reordered or len(self._seen) >= page.count
        return is_known or self._offset >= page.count or before == self._last

    def _reread(self, is_whole: bool, is_complete: bool) -> None:
        """Start again at the front, if there may be new items."""
        is_enough = self._is_rereading and (is_complete or not self._is_fruitful)
        self._is_done = is_enough or is_whole or not self._is_reordered
        self._is_rereading, self._is_fruitful = True, False
        self._offset, self._last = 0, []


def walk(pages: Pages[Item], build: Callable[[Item], Built]) -> Iterator[Built]:
    """Read all pages of a list over a sync connection.

    Args:
        pages: The pages to read, each when it is needed.
        build: Converts an item of the response.

    Yields:
        The converted items.
    """
    while (items := run(pages.next())) is not None:
        yield from map(build, items)


async def awalk(pages: Pages[Item], build: Callable[[Item], Built]) -> AsyncIterator[Built]:
    """Async variant of [`walk`][eternaltwin.clients.api.pagination.walk]."""
    while (items := await pages.next()) is not None:
        for item in items:
            yield build(item)
