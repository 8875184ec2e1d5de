"""Why the server does not do what it was asked, free of HTTP.

All of these are [`InvalidArgumentError`][eternaltwin.exceptions.InvalidArgumentError]:
tests that call the server directly meet them.
"""

from __future__ import annotations

from eternaltwin.exceptions import InvalidArgumentError


class MalformedNameError(InvalidArgumentError):
    """A username or a display name breaks the rules for names."""


class NameTakenError(InvalidArgumentError):
    """Another user has this username or this id."""


class UserNotFoundError(InvalidArgumentError):
    """There is no such user."""


class UserDeletedError(InvalidArgumentError):
    """The user was deleted."""


class RenameLockedError(InvalidArgumentError):
    """It was changed too recently to be changed again."""


class ForumNotFoundError(InvalidArgumentError):
    """There is no such section, thread or post."""


class AccountNotFoundError(InvalidArgumentError):
    """There is no such archived account."""


class LinkTakenError(InvalidArgumentError):
    """The user, or the archived account, is linked to another."""


class NotLinkedError(InvalidArgumentError):
    """The user is not linked to this archived account."""


class NotPermittedError(InvalidArgumentError):
    """Whoever asks may not do this."""


class StaleEditError(InvalidArgumentError):
    """Somebody else has changed it since it was read."""


class ClientNotFoundError(InvalidArgumentError):
    """There is no such game."""


class UnknownScopeError(InvalidArgumentError):
    """A scope that this version of the server does not know."""


class CodeOfOtherClientError(InvalidArgumentError):
    """An authorization code was made for another game."""


class CodeNotCurrentError(InvalidArgumentError):
    """An authorization code is not good any more, or not yet.

    Attributes:
        now, start, end: the server's time, and when the code is good, in milliseconds since the Unix epoch.
    """

    def __init__(self, now: int, start: int, end: int) -> None:
        super().__init__("the authorization code is not good at this time")
        self.now = now
        self.start = start
        self.end = end
