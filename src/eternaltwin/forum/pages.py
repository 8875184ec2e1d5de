"""Lists that are read page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Iterable

Item_co = TypeVar("Item_co", covariant=True)


class ListPage(Sequence[Item_co]):
    """One page of a longer list. The last three arguments are attributes, too.

    Args:
        items: The items of this page.
        offset: Number of items before this page.
        limit: Maximum number of items on a page.
        total: Number of items in the whole list.

    Example:
        >>> page = ListPage(["a", "b"], offset=0, limit=2, total=5)
        >>> page[0], len(page), page.has_next
        ('a', 2, True)
    """

    __slots__ = ("_items", "limit", "offset", "total")

    def __init__(self, items: Iterable[Item_co], *, offset: int, limit: int, total: int) -> None:
        self._items = tuple(items)
        self.offset = offset
        self.limit = limit
        self.total = total

    @property
    def has_next(self) -> bool:
        """Whether the list has items after this page."""
        return self.offset + len(self) < self.total

    @overload
    def __getitem__(self, index: int) -> Item_co: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Item_co]: ...

    def __getitem__(self, index: int | slice) -> Item_co | Sequence[Item_co]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"<ListPage {self.offset} to {self.offset + len(self)} of {self.total}: {list(self._items)!r}>"
