"""Reasons to refuse a request, independent of HTTP.

All of these are [`InvalidArgumentError`][eternaltwin.exceptions.InvalidArgumentError]: tests that call the server
directly may catch them.
"""

from __future__ import annotations

from eternaltwin.exceptions import InvalidArgumentError


class MalformedNameError(InvalidArgumentError):
    """A username or a display name breaks the rules for names."""


class NameTakenError(InvalidArgumentError):
    """Another user has this username or this id."""


class UserNotFoundError(InvalidArgumentError):
    """The user does not exist."""


class UserDeletedError(InvalidArgumentError):
    """The user was deleted."""


class RenameLockedError(InvalidArgumentError):
    """The name or password was changed too recently to be changed again."""


class ForumNotFoundError(InvalidArgumentError):
    """The section, thread or post does not exist."""


class AccountNotFoundError(InvalidArgumentError):
    """The archived account does not exist."""


class LinkTakenError(InvalidArgumentError):
    """The user, or the archived account, is already linked to another."""


class NotLinkedError(InvalidArgumentError):
    """The user is not linked to this archived account."""


class NotPermittedError(InvalidArgumentError):
    """The caller is not allowed to do this."""


class StaleEditError(InvalidArgumentError):
    """The post has been changed since the caller read it."""


class TextTooLongError(InvalidArgumentError):
    """A text is too long for a post."""


class EmailRefusedError(InvalidArgumentError):
    """A mail cannot be ordered: its key was used before, or its deadline is over."""


class TooManyClientsError(InvalidArgumentError):
    """No further game can be registered."""


class ClientNotFoundError(InvalidArgumentError):
    """The game does not exist."""


class UnknownScopeError(InvalidArgumentError):
    """A scope is unknown to this version of the server."""


class TermsOwedError(InvalidArgumentError):
    """The user has not accepted the terms of service."""


class CodeOfOtherClientError(InvalidArgumentError):
    """An authorization code was issued for another game."""


class CodeNotCurrentError(InvalidArgumentError):
    """An authorization code is expired, or not yet valid. Times are in milliseconds since the Unix epoch.

    Args:
        now: The server's time.
        start: Time from which the code is valid.
        end: Time of expiry.
    """

    def __init__(self, now: int, start: int, end: int) -> None:
        super().__init__("the authorization code is expired or not yet valid")
        self.now = now
        self.start = start
        self.end = end
