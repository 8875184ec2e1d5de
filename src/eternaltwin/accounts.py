"""Accounts: change, delete and restore them, accept the terms of service, link archived accounts.

The first argument is the account, `identity` is the caller, mostly a [`Session`][eternaltwin.identities.Session]. Both
are the same user, except for administrators. Every function has an async variant, whose name starts with `a`.

Besides the errors that a function lists, it can raise those of every call: see [`exceptions`][eternaltwin.exceptions].

Example:
    >>> from eternaltwin import Session, accounts
    >>> session = Session.login("alice", password)
    >>> accounts.change_display_name(session.user, "Alice II", identity=session).username
    'Alice II'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.driver import run
from eternaltwin.connections import async_connections, connections
from eternaltwin.hidden import clears_frames
from eternaltwin.models import Link, Links, ShortArchiveUser, TermsOfService
from eternaltwin.users import User, make_user, user_id_of

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = [
    "Link",
    "Links",
    "ShortArchiveUser",
    "TermsOfService",
    "aaccept_terms_of_service",
    "accept_terms_of_service",
    "achange_display_name",
    "achange_password",
    "achange_username",
    "adelete",
    "alink",
    "arestore",
    "aterms_of_service",
    "aunlink",
    "change_display_name",
    "change_password",
    "change_username",
    "delete",
    "link",
    "restore",
    "terms_of_service",
    "unlink",
]


def change_display_name(
    user: User | str | UUID,
    display_name: str,
    using: str | Eternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Change the display name, which is possible once in 30 days.

    Args:
        user: The user, or the id.
        display_name: The new name: 2 to 64 letters of any script, digits, `_`, spaces and parentheses, with a
            letter or `_` first and no space last.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller: the user, or an administrator.

    Returns:
        The user after the change.

    Raises:
        InvalidArgumentError: The id or the name is malformed. Nothing was sent.
        ForbiddenError: The caller may not change this account.
        ServerError: The name was changed less than 30 days ago, or there is no such user.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.change_display_name(user_id_of(user), display_name, identity))
    return make_user(User, changed)


async def achange_display_name(
    user: User | str | UUID,
    display_name: str,
    using: str | AsyncEternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Async variant of [`change_display_name`][eternaltwin.accounts.change_display_name]."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.change_display_name(user_id_of(user), display_name, identity)
    return make_user(User, changed)


def change_username(
    user: User | str | UUID,
    username: str | None,
    using: str | Eternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Change the name to log in with, which is possible once in 7 days, and not in the first 7 days of an account.

    Args:
        user: The user, or the id.
        username: The new name: 2 to 32 lower case letters, digits and `_`, without a leading digit. None removes it.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller: the user, or an administrator.

    Returns:
        The user after the change.

    Raises:
        InvalidArgumentError: The id or the name is malformed. Nothing was sent.
        ForbiddenError: The caller may not change this account.
        ServerError: The name was changed less than 7 days ago or is taken, or there is no such user.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.change_username(user_id_of(user), username, identity))
    return make_user(User, changed)


async def achange_username(
    user: User | str | UUID,
    username: str | None,
    using: str | AsyncEternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Async variant of [`change_username`][eternaltwin.accounts.change_username]."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.change_username(user_id_of(user), username, identity)
    return make_user(User, changed)


@clears_frames
def change_password(
    user: User | str | UUID,
    password: str | None,
    using: str | Eternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Change the password, which is possible once in 10 minutes, and not in the first 10 minutes of an account.

    Args:
        user: The user, or the id.
        password: The new password. None removes it.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller: the user, or an administrator.

    Returns:
        The user after the change.

    Raises:
        InvalidArgumentError: The id is malformed, or the password is empty or cannot be encoded. Nothing was sent.
        ForbiddenError: The caller may not change this account.
        ServerError: The password was changed less than 10 minutes ago, or there is no such user.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.change_password(user_id_of(user), password, identity))
    return make_user(User, changed)


@clears_frames
async def achange_password(
    user: User | str | UUID,
    password: str | None,
    using: str | AsyncEternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Async variant of [`change_password`][eternaltwin.accounts.change_password]."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.change_password(user_id_of(user), password, identity)
    return make_user(User, changed)


def terms_of_service(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> TermsOfService:
    """Read whether a user has accepted the terms of service, and when.

    Version 0.16.4, if it keeps everything in memory, forgets that they were accepted.

    Args:
        user: The user, or the id.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller: the user, or an administrator.

    Returns:
        Whether the terms are accepted: `is_tos_accepted`, and the time: `acceptation_date`.

    Raises:
        InvalidArgumentError: The id is not a UUID. Nothing was sent.
        ForbiddenError: The caller may not read this.
    """
    accounts = connections.get_connection(using).api.accounts
    return run(accounts.terms(user_id_of(user), identity))


async def aterms_of_service(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> TermsOfService:
    """Async variant of [`terms_of_service`][eternaltwin.accounts.terms_of_service]."""
    accounts = async_connections.get_connection(using).api.accounts
    return await accounts.terms(user_id_of(user), identity)


def accept_terms_of_service(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> None:
    """Accept the terms of service. Users can only do this for themselves. Accepting again changes nothing.

    Args:
        user: The user, or the id.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller, the same user.

    Raises:
        InvalidArgumentError: The id is not a UUID. Nothing was sent.
        ForbiddenError: The caller is another user, or a guest.
    """
    accounts = connections.get_connection(using).api.accounts
    run(accounts.accept_terms(user_id_of(user), identity))


async def aaccept_terms_of_service(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> None:
    """Async variant of [`accept_terms_of_service`][eternaltwin.accounts.accept_terms_of_service]."""
    accounts = async_connections.get_connection(using).api.accounts
    await accounts.accept_terms(user_id_of(user), identity)


def delete(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Delete an account.

    Version 0.16.4, if it keeps everything in memory, ends the sessions of all other users, and leaves those and the
    tokens of the deleted one valid.

    Args:
        user: The user, or the id.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller: the user, or an administrator.

    Returns:
        The user. Official servers send it as it was before the deletion.

    Raises:
        InvalidArgumentError: The id is not a UUID. Nothing was sent.
        ForbiddenError: The caller may not delete this account.
        NotFoundError: The server has no such user.
        GoneError: The account is deleted already.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.delete(user_id_of(user), identity))
    return make_user(User, changed)


async def adelete(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Async variant of [`delete`][eternaltwin.accounts.delete]."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.delete(user_id_of(user), identity)
    return make_user(User, changed)


def restore(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Restore a deleted account. Administrators may do this.

    Args:
        user: The user, or the id.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller, an administrator.

    Returns:
        The restored user.

    Raises:
        InvalidArgumentError: The id is not a UUID. Nothing was sent.
        ForbiddenError: The caller is not an administrator.
        NotFoundError: The server has no such user.
        ServerError: The server keeps everything in memory (0.16.4).
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.restore(user_id_of(user), identity))
    return make_user(User, changed)


async def arestore(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Async variant of [`restore`][eternaltwin.accounts.restore]."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.restore(user_id_of(user), identity)
    return make_user(User, changed)


def link(
    user: User | str | UUID,
    site: str,
    account_id: str | int,
    using: str | Eternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> Link:
    """Link an archived account to a user. Administrators may do this.

    Version 0.16.4, if it keeps everything in memory, stores a link to a Dinoparc or Twinoid account that it does not
    know, although it responds with an error. The user can then neither be read nor log in until an administrator
    removes the link with `unlink`.

    Args:
        user: The user, or the id.
        site: `twinoid.com`, or a server of Dinoparc or Hammerfest: one of
            [`LINK_SITES`][eternaltwin.archives.LINK_SITES].
        account_id: The number of the account there, up to 999,999,999.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller, an administrator.

    Returns:
        The link, and former links to this site.

    Raises:
        InvalidArgumentError: The id is not a UUID, the site is unknown, or the number is malformed. Nothing was sent.
        ForbiddenError: The caller is not an administrator.
        NotFoundError: The server knows no such user, or no such account.
        ConflictError: The user or the account is linked already.
        ServerError: What version 0.16.4 responds with instead of the three above.

    Example:
        >>> accounts.link(user, "hammerfest.fr", 127, identity=administrator).current.user.name
        'elseabora'
    """
    accounts = connections.get_connection(using).api.accounts
    return run(accounts.link(user_id_of(user), site, account_id, identity))


async def alink(
    user: User | str | UUID,
    site: str,
    account_id: str | int,
    using: str | AsyncEternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> Link:
    """Async variant of [`link`][eternaltwin.accounts.link]."""
    accounts = async_connections.get_connection(using).api.accounts
    return await accounts.link(user_id_of(user), site, account_id, identity)


def unlink(
    user: User | str | UUID,
    site: str,
    account_id: str | int,
    using: str | Eternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> Link:
    """Remove the link to an archived account. Users may do this for themselves, and administrators for everyone.

    Args:
        user: The user, or the id.
        site: `twinoid.com`, or a server of Dinoparc or Hammerfest: one of
            [`LINK_SITES`][eternaltwin.archives.LINK_SITES].
        account_id: The number of the account there, up to 999,999,999.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller: the user, or an administrator.

    Returns:
        The links to this site after the change: `current` is None, and `old` has the removed one, except on version
        0.16.4.

    Raises:
        InvalidArgumentError: The id is not a UUID, the site is unknown, or the number is malformed. Nothing was sent.
        ForbiddenError: The caller may not change this account.
        NotFoundError: There is no such link.
        ServerError: What version 0.16.4 responds with instead of the two above.
    """
    accounts = connections.get_connection(using).api.accounts
    return run(accounts.unlink(user_id_of(user), site, account_id, identity))


async def aunlink(
    user: User | str | UUID,
    site: str,
    account_id: str | int,
    using: str | AsyncEternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> Link:
    """Async variant of [`unlink`][eternaltwin.accounts.unlink]."""
    accounts = async_connections.get_connection(using).api.accounts
    return await accounts.unlink(user_id_of(user), site, account_id, identity)
