"""Lists that are read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from eternaltwin.models import Listing


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> UUID:
        """The id."""
        ...


Item = TypeVar("Item", bound=Identified)


class Pages(Generic[Item]):
    """All items of a list, page by page; each once, even when the list changes meanwhile.

    Args:
        fetch: reads the page at an offset.
        is_reordered: whether items may move to the front while others are read, as threads with new
            posts do. What has moved there is read at the end.
    """

    def __init__(self, fetch: Callable[[int], Awaitable[Listing[Item]]], *, is_reordered: bool) -> None:
        self._fetch = fetch
        self._is_reordered = is_reordered
        self._offset = 0
        self._seen: set[UUID] = set()
        self._is_rereading = False
        self._is_done = False

    async def next(self) -> list[Item] | None:
        """The items of the next page that have not been seen yet; None after the last page."""
        if self._is_done:
            return None
        page = await self._fetch(self._offset)
        fresh = {item.id: item for item in page.items if item.id not in self._seen}
        is_whole = self._offset == 0 and len(page.items) >= page.count
        self._seen.update(fresh)
        self._offset += len(page.items)
        # A page of nothing new would come for ever from a server that ignores the offset.
        if not fresh or self._offset >= page.count:
            self._is_done = self._is_rereading or is_whole or not self._is_reordered
            self._is_rereading, self._offset = True, 0
        return list(fresh.values())
