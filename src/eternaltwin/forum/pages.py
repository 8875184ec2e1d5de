"""A page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Iterable

Item_co = TypeVar("Item_co", covariant=True)


class Page(Sequence[Item_co]):
    """A part of a list, as the server answered it.

    Attributes:
        offset: how many items are before it.
        limit: how many it may have, at the most.
        total: how many the whole list has.
    """

    __slots__ = ("_items", "limit", "offset", "total")

    def __init__(self, items: Iterable[Item_co], *, offset: int, limit: int, total: int) -> None:
        self._items = tuple(items)
        self.offset = offset
        self.limit = limit
        self.total = total

    @property
    def has_next(self) -> bool:
        """Whether there is more after it."""
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
        return f"<Page {self.offset} to {self.offset + len(self)} of {self.total}: {list(self._items)!r}>"
