"""Identities: the caller of an API request, which every call accepts as `identity`.

Besides the classes of this module, a [`Token`][eternaltwin.tokens.Token] is an identity, and so is a
[`User`][eternaltwin.users.User] that has one. Without `identity`, the caller is a guest. No `repr` shows a secret.

Besides the errors that a call lists, it can raise those of every call: see [`exceptions`][eternaltwin.exceptions].

Example:
    >>> session = Session.login("alice", password)
    >>> thread = Thread.create("main_en", "Hello", "**Hello** world", identity=session)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from msgspec import UNSET

from eternaltwin.clients.auth import GUEST, Credentials, Identifiable, Identity, basic, cookie
from eternaltwin.clients.driver import run
from eternaltwin.clients.validation.accounts import check_login, check_password, check_session
from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.enums import AuthorizationType
from eternaltwin.hidden import clears_frames, clears_frames_of
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from eternaltwin import models
    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = [
    "CallerInfo",
    "GameClient",
    "Guest",
    "Identifiable",
    "Identity",
    "Session",
    "UserCredentials",
    "awhoami",
    "whoami",
]


@dataclass(frozen=True)
class Guest(Identity):
    """An anonymous caller, as without `identity`."""

    @property
    def credentials(self) -> Credentials:
        """No credentials."""
        return GUEST


@clears_frames_of("__init__")
@dataclass(frozen=True)
class UserCredentials(Identity):
    """A user with name and password, which are sent with every request (RFC 7617). A `Session` is faster.

    Args:
        username: The name to log in with.
        password: The password. Hidden in `repr`.

    Raises:
        InvalidArgumentError: A value is empty or cannot be encoded, or the username contains `:` or control characters.

    Example:
        >>> User.get(user_id, identity=UserCredentials("alice", password)).login_name
        'alice'
    """

    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        check_login(self.username)
        check_password(self.password)

    @property
    def credentials(self) -> Credentials:
        """The header `Authorization: Basic …` with name and password."""
        return basic(self.username, self.password)


@clears_frames_of("__init__")
@dataclass(frozen=True)
class GameClient(Identity):
    """A game that calls for itself, not for a player (RFC 6749, section 2.3.1).

    Args:
        client_id: The game's OAuth client id, such as `mygame@clients`.
        client_secret: The game's OAuth client secret. Hidden in `repr`.

    Raises:
        InvalidArgumentError: A value is empty or cannot be encoded, or the id contains `:` or control characters.

    Example:
        >>> User.get(user_id, identity=GameClient.of_connection()).username
        'Alice'
    """

    client_id: str
    client_secret: str = field(repr=False)

    is_game: ClassVar[bool] = True
    """Whether the caller is a game that calls for itself."""

    def __post_init__(self) -> None:
        check_login(self.client_id)
        check_password(self.client_secret)

    @classmethod
    def of_connection(cls, using: str | ClientABC | None = None) -> Self:
        """Return the game of a connection.

        Args:
            using: Alias of the connection, or a client. None means `default`.

        Returns:
            The game, with the client id and secret of the connection.

        Raises:
            UnknownConnectionError: No connection has this alias.
        """
        game = offline_client(using).settings.require_client("GameClient.of_connection")
        return cls(game.client_id, game.client_secret)

    @property
    def credentials(self) -> Credentials:
        """The header `Authorization: Basic …` with client id and secret."""
        return basic(self.client_id, self.client_secret, is_game=True)


@clears_frames_of("__init__")
@dataclass(frozen=True)
class Session(Identity):
    """A user who has logged in with a password, as in tools and bots. Sessions are equal if their identifiers are.

    Games do not need sessions: their players sign in with
    [`start_authorization`][eternaltwin.users.User.start_authorization] and never give the game their password.

    Args:
        identifier: The value of the cookie `sid`, as valuable as the password. Hidden in `repr`.
        user: The user who has logged in. None if unknown.

    Raises:
        InvalidArgumentError: The identifier is malformed.
    """

    identifier: str = field(repr=False)
    user: User | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_session(self.identifier)

    @property
    def credentials(self) -> Credentials:
        """The header `Cookie` with the session's identifier."""
        return cookie(self.identifier)

    @classmethod
    @clears_frames
    def login(cls, username: str, password: str, using: str | Eternaltwin | None = None) -> Self:
        """Log in with name and password.

        Args:
            username: The username. Official servers also parse an email address, but none is known to log in an account
                (0.16.4). An id is not accepted.
            password: The password.
            using: Alias of the connection, or a client. None means `default`.

        Returns:
            The session, with its user.

        Raises:
            InvalidArgumentError: A value is empty or cannot be encoded, or the username contains `:` or control
                characters. Nothing was sent.
            AuthenticationError: There is no such user, the user is deleted, or the password is wrong.

        Example:
            >>> Session.login("alice", password).user.username
            'Alice'
        """
        return cls._of(run(connections.get_connection(using).api.accounts.log_in(username, password)))

    @classmethod
    @clears_frames
    async def alogin(cls, username: str, password: str, using: str | AsyncEternaltwin | None = None) -> Self:
        """Async variant of [`login`][eternaltwin.identities.Session.login]."""
        return cls._of(await async_connections.get_connection(using).api.accounts.log_in(username, password))

    @classmethod
    @clears_frames
    def register(cls, username: str, display_name: str, password: str, using: str | Eternaltwin | None = None) -> Self:
        """Create an account and log in to it.

        Args:
            username: The name to log in with: 2 to 32 lower case letters, digits and `_`, without a leading digit.
            display_name: The name that others see: 2 to 64 letters of any script, digits, `_`, spaces and parentheses,
                with a letter or `_` first and no space last.
            password: The password, not empty.
            using: Alias of the connection, or a client. None means `default`.

        Returns:
            The session, with its user.

        Raises:
            InvalidArgumentError: A value is malformed. Nothing was sent.
            ServerError: The username is taken.

        Example:
            >>> Session.register("alice", "Alice", password).user.username
            'Alice'
        """
        accounts = connections.get_connection(using).api.accounts
        return cls._of(run(accounts.register(username, display_name, password)))

    @classmethod
    @clears_frames
    async def aregister(
        cls, username: str, display_name: str, password: str, using: str | AsyncEternaltwin | None = None
    ) -> Self:
        """Async variant of [`register`][eternaltwin.identities.Session.register]."""
        accounts = async_connections.get_connection(using).api.accounts
        return cls._of(await accounts.register(username, display_name, password))

    def logout(self, using: str | Eternaltwin | None = None) -> None:
        """Log out. Forget the session afterwards, since official servers still accept its identifier (0.16.4).

        Args:
            using: Alias of the connection, or a client. None means `default`.
        """
        run(connections.get_connection(using).api.accounts.log_out(self))

    async def alogout(self, using: str | AsyncEternaltwin | None = None) -> None:
        """Async variant of [`logout`][eternaltwin.identities.Session.logout]."""
        await async_connections.get_connection(using).api.accounts.log_out(self)

    @classmethod
    def _of(cls, opened: tuple[models.User, str]) -> Self:
        user, identifier = opened
        return cls(identifier, make_user(User, user))


@dataclass(frozen=True)
class CallerInfo:
    """An identity as the server sees it: the result of [`whoami`][eternaltwin.identities.whoami].

    Attributes:
        type: The kind of caller: `Guest`, `User`, `AccessToken` or `OauthClient`, as in
            [`AuthorizationType`][eternaltwin.enums.AuthorizationType]. Newer servers may send others.
        scope: The scope of the credentials, such as `Default`. None if the server did not send it.
        user: The user, of a `User` and an `AccessToken`, else None.
        client: The game, of an `AccessToken` and an `OauthClient`, else None.
    """

    type: str
    scope: str | None
    user: User | None
    client: models.ShortOauthClient | None

    @property
    def is_guest(self) -> bool:
        """Whether the server sees nobody in particular, also because the credentials are not valid (any more)."""
        return self.type == AuthorizationType.GUEST


def whoami(using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> CallerInfo:
    """Read as whom the server sees the caller, for example to test credentials.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller. None means a guest.

    Returns:
        The caller. Credentials that the server does not accept are a guest's here, and no error.

    Example:
        >>> whoami(identity=GameClient.of_connection()).client.key
        'mygame@clients'
    """
    return _caller_info(run(connections.get_connection(using).api.users.caller(identity)))


async def awhoami(using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None) -> CallerInfo:
    """Async variant of [`whoami`][eternaltwin.identities.whoami]."""
    return _caller_info(await async_connections.get_connection(using).api.users.caller(identity))


def _caller_info(seen: models.Self) -> CallerInfo:
    user = None if seen.user is UNSET else make_user(User, seen.user)
    if user is not None and seen.is_administrator is not UNSET:
        user.is_administrator = seen.is_administrator
    client = None if seen.client is UNSET else seen.client
    return CallerInfo(seen.type, None if seen.scope is UNSET else seen.scope, user, client)
