"""What the API's JSON is made of everywhere: times and pages of lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

import msgspec

Item = TypeVar("Item")

#: A moment, with its time zone; the API sends UTC (RFC 3339), to the millisecond.
Time = Annotated[datetime, msgspec.Meta(tz=True)]


class Listing(msgspec.Struct, Generic[Item], frozen=True):
    """A page of a list: `count` is the number of all items, not of the ones on this page."""

    offset: int
    limit: int
    count: int
    items: list[Item]


class Count(msgspec.Struct, frozen=True):
    """How many items a list has, where the list itself is not sent."""

    count: int
