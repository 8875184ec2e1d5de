"""What servers of which version can do."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

_NUMBERS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*", re.ASCII)


class Capability(StrEnum):
    """What servers newer than 0.16.4 can do, in words for a message."""

    LIST_USERS = "list users"
    WRITE_WITH_TOKENS = "write to the forum with a game's tokens"
    EDIT_POSTS = "change the text of posts"
    SHOW_SOURCES = "show the sources of posts"
    SET_CLOCK = "have its clock set"


#: The newest version that lacks each capability.
LAST_WITHOUT = dict.fromkeys(Capability, (0, 16, 4))


class ServerInfo(msgspec.Struct, frozen=True):
    """What is known about a server.

    Attributes:
        version: The server's version, such as `0.16.4`.
    """

    version: str

    @property
    def release(self) -> tuple[int, ...] | None:
        """The version as numbers, such as `(0, 16, 4)`; None if it does not consist of numbers."""
        numbers = self.version.partition("-")[0]
        return tuple(map(int, numbers.split("."))) if _NUMBERS.fullmatch(numbers) else None

    def supports(self, capability: Capability) -> bool:
        """Return whether a server of this version has a capability.

        Args:
            capability: What the server should be able to do.

        Returns:
            True also if the version does not consist of numbers: such a server is assumed to be new.
        """
        return self.release is None or self.release > LAST_WITHOUT[capability]
