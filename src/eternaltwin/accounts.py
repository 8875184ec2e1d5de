"""Accounts: changing, deleting and restoring them, terms of service, links to archived accounts.

Who asks is the `identity`, mostly a `Session`; whose account it is, the first argument. Both are
the same for everyone but administrators. Each function has an asyncio twin with an `a` before
its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.driver import run
from eternaltwin.connections import async_connections, connections
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
    """Change the name that others see, which is possible once in 30 days.

    Raises:
        InvalidArgumentError: it is no name that the server accepts; nothing was sent.
        ForbiddenError: it is somebody else's account.
        ServerError: what 0.16.4 answers while the name is locked.
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
    """Change the name that others see, which is possible once in 30 days; see `change_display_name`."""
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
    """Change the name to log in with, which is possible once in 7 days, and not in the first 7; None removes it.

    Raises:
        InvalidArgumentError: it is no name that the server accepts; nothing was sent.
        ForbiddenError: it is somebody else's account.
        ServerError: what 0.16.4 answers while the name is locked.
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
    """Change the name to log in with, which is possible once in 7 days; see `change_username`."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.change_username(user_id_of(user), username, identity)
    return make_user(User, changed)


def change_password(
    user: User | str | UUID,
    password: str | None,
    using: str | Eternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Change the password, which is possible once in 10 minutes, and not in the first 10; None removes it.

    Raises:
        InvalidArgumentError: it is empty; nothing was sent.
        ForbiddenError: it is somebody else's account.
        ServerError: what 0.16.4 answers while the password is locked.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.change_password(user_id_of(user), password, identity))
    return make_user(User, changed)


async def achange_password(
    user: User | str | UUID,
    password: str | None,
    using: str | AsyncEternaltwin | None = None,
    *,
    identity: Identifiable | None = None,
) -> User:
    """Change the password, which is possible once in 10 minutes; see `change_password`."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.change_password(user_id_of(user), password, identity)
    return make_user(User, changed)


def terms_of_service(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> TermsOfService:
    """Whether a user has accepted the terms of service, and when.

    Raises:
        ForbiddenError: it is somebody else's account.
    """
    accounts = connections.get_connection(using).api.accounts
    return run(accounts.terms(user_id_of(user), identity))


async def aterms_of_service(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> TermsOfService:
    """Whether a user has accepted the terms of service, and when; see `terms_of_service`."""
    accounts = async_connections.get_connection(using).api.accounts
    return await accounts.terms(user_id_of(user), identity)


def accept_terms_of_service(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> None:
    """Accept the terms of service, which everyone does for themselves.

    Raises:
        ForbiddenError: it is somebody else's account.
    """
    accounts = connections.get_connection(using).api.accounts
    run(accounts.accept_terms(user_id_of(user), identity))


async def aaccept_terms_of_service(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> None:
    """Accept the terms of service, which everyone does for themselves; see `accept_terms_of_service`."""
    accounts = async_connections.get_connection(using).api.accounts
    await accounts.accept_terms(user_id_of(user), identity)


def delete(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Delete an account. Official servers answer the user as it was.

    Version 0.16.4, with everything in memory, ends the sessions of all users with it.

    Raises:
        ForbiddenError: it is somebody else's account.
        GoneError: it is deleted.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.delete(user_id_of(user), identity))
    return make_user(User, changed)


async def adelete(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Delete an account. Official servers answer the user as it was; see `delete`."""
    accounts = async_connections.get_connection(using).api.accounts
    changed = await accounts.delete(user_id_of(user), identity)
    return make_user(User, changed)


def restore(
    user: User | str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Take a deletion back, as an administrator.

    Raises:
        ForbiddenError: whoever asks is no administrator.
        ServerError: what 0.16.4 answers when it keeps everything in memory.
    """
    accounts = connections.get_connection(using).api.accounts
    changed = run(accounts.restore(user_id_of(user), identity))
    return make_user(User, changed)


async def arestore(
    user: User | str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> User:
    """Take a deletion back, as an administrator; see `restore`."""
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
    """Link an archived account to a user, as an administrator.

    Version 0.16.4, with everything in memory, keeps a Dinoparc or Twinoid link to an account that it does not
    know: until an administrator takes the link back with `unlink`, the user can neither be read nor log in.

    Args:
        user: whom to link it to.
        site: `twinoid.com`, or a server of Dinoparc or Hammerfest; see `eternaltwin.archives`.
        account_id: the account's number there.
        using: the connection.
        identity: who asks.

    Raises:
        InvalidArgumentError: there is no such site, or the number is none; nothing was sent.
        ServerError: what 0.16.4 answers when it does not know the account, or whoever asks may not.
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
    """Link an archived account to a user, as an administrator; see `link`."""
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
    """Take the link to an archived account back; see `link`.

    Raises:
        InvalidArgumentError: there is no such site, or the number is none; nothing was sent.
        ServerError: what 0.16.4 answers when there is no such link, or whoever asks may not.
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
    """Take the link to an archived account back; see `unlink`."""
    accounts = async_connections.get_connection(using).api.accounts
    return await accounts.unlink(user_id_of(user), site, account_id, identity)
