"""Reads lists page by page."""

from __future__ import annotations

from contextvars import copy_context
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
            list is then read again until it contains nothing new. Other lists keep their order, but may grow.
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

    @property
    def is_done(self) -> bool:
        """Whether the last page has been read."""
        return self._is_done

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
        """Return whether the list ends here, the rest is known, or the server ignores the offset."""
        before, self._last = self._last, [item.id for item in page.items]
        self._offset += len(page.items)
        if not page.items or self._offset >= page.count:
            return True
        return not is_fresh and (self._is_known(page, before) if self._is_reordered else self._is_stuck(page))

    def _is_known(self, page: Listing[Item], before: list[UUID]) -> bool:
        """Return whether the rest of a list that will be read again is known, or the server sends one page forever."""
        # After a different page without new items there may be more new ones, since so many items have moved to the
        # front. After the same page there may be too, but the next reading finds those.
        return len(self._seen) >= page.count or before == self._last

    def _is_stuck(self, page: Listing[Item]) -> bool:
        """Return whether more known items have been sent again than additions to a list in order explain."""
        # Those before the end, such as users who begin to match, push known ones onto later pages, each of them about
        # once. A server that ignores the offset would send known ones forever.
        return self._offset - len(self._seen) > 2 * len(self._seen) + len(page.items)

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


def walk_ahead(pages: Pages[Item], build: Callable[[Item], Built]) -> Iterator[Built]:
    """Read all pages of a list over a sync connection, each in a thread while the items of the one before it are used.

    Args:
        pages: The pages to read.
        build: Converts an item of the response.

    Yields:
        The converted items.
    """
    items = run(pages.next())
    if pages.is_done:
        yield from map(build, items or ())
        return
    from concurrent.futures import ThreadPoolExecutor  # of no use to most programs

    executor = ThreadPoolExecutor(1, "eternaltwin")
    try:
        while items is not None:
            ahead = executor.submit(copy_context().run, _next_page, pages)
            yield from map(build, items)
            items = ahead.result()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


async def awalk_ahead(pages: Pages[Item], build: Callable[[Item], Built]) -> AsyncIterator[Built]:
    """Async variant of [`walk_ahead`][eternaltwin.clients.api.pagination.walk_ahead]."""
    import asyncio  # slow to import, and of no use to a game with the sync client only

    items = await pages.next()
    while items is not None:
        ahead = asyncio.create_task(pages.next())
        try:
            for item in items:
                yield build(item)
            items = await ahead
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)


def _next_page(pages: Pages[Item]) -> list[Item] | None:
    return run(pages.next())
