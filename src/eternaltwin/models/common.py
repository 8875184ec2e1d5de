"""Types that all areas of the API's JSON use: times and pages of lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

import msgspec

from eternaltwin.rules.accounts import DISPLAY_NAME_LENGTHS, USERNAME_PATTERN
from eternaltwin.rules.archives import ACCOUNT_NUMBER_PATTERN

Item = TypeVar("Item")

#: A time with its time zone. The API sends UTC with milliseconds (RFC 3339).
Time = Annotated[datetime, msgspec.Meta(tz=True)]

# The OpenAPI document contains what is stated in `extra_json_schema`, here and in structs. Decoding does not check it:
# servers have their own errors for most of it, and clients decode the responses of any server.

#: A number of an archived account, in decimal.
AccountNumber = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": f"^{ACCOUNT_NUMBER_PATTERN}$"})]

#: A display name that a user chooses.
ChosenDisplayName = Annotated[
    str,
    msgspec.Meta(extra_json_schema={"minLength": DISPLAY_NAME_LENGTHS[0], "maxLength": DISPLAY_NAME_LENGTHS[-1]}),
]

#: A username that a user chooses.
ChosenUsername = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": f"^{USERNAME_PATTERN}$"})]

#: A password, as the hexadecimal of its UTF-8 bytes.
HexadecimalPassword = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": "^([0-9a-fA-F]{2})*$"})]


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
