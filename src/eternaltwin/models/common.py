"""Types that all areas of the API's JSON use: times and pages of lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

import msgspec

Item = TypeVar("Item")

#: A time with its time zone. The API sends UTC with milliseconds (RFC 3339).
Time = Annotated[datetime, msgspec.Meta(tz=True)]


class Listing(msgspec.Struct, Generic[Item], frozen=True):
    """One page of a list.

    Attributes:
        offset: Number of items before this page.
        limit: Maximum number of items on a page.
        count: Number of items in the whole list.
        items: The items of this page.
    """

    offset: int
    limit: int
    count: int
    items: list[Item]


class Count(msgspec.Struct, frozen=True):
    """The length of a list whose items are not sent.

    Attributes:
        count: Number of items in the list.
    """

    count: int
