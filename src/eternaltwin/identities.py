"""Who asks: what every call accepts as `identity=`.

    session = Session.login("alice", password)
    Thread.create("main_en", "Hello", "**Hello** world", identity=session)

Besides the classes of this module, a `Token` is an identity, and so is a `User` that has one.
Without `identity` a guest asks. No `repr` shows a secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from eternaltwin.clients.auth import GUEST, Credentials, Identifiable, Identity, basic, cookie
from eternaltwin.clients.driver import run
from eternaltwin.clients.validation.accounts import check_login, check_password, check_session
from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from eternaltwin import models
    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = ["GameClient", "Guest", "Identifiable", "Identity", "Session", "UserCredentials"]


@dataclass(frozen=True)
class Guest(Identity):
    """Nobody in particular."""

    @property
    def credentials(self) -> Credentials:
        """None at all."""
        return GUEST


@dataclass(frozen=True)
class UserCredentials(Identity):
    """A user, by name and password, sent with every request (RFC 7617). A `Session` is faster.

    Args:
        username: the name to log in with.
        password: the password.

    Raises:
        InvalidArgumentError: one of them cannot be sent.
    """

    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        check_login(self.username)
        check_password(self.password)

    @property
    def credentials(self) -> Credentials:
        """Name and password."""
        return basic(self.username, self.password)


@dataclass(frozen=True)
class GameClient(Identity):
    """A game, for itself and not for a player (RFC 6749, section 2.3.1).

    Args:
        client_id: the game's OAuth client, such as `mygame@clients`.
        client_secret: its secret.

    Raises:
        InvalidArgumentError: one of them cannot be sent.
    """

    client_id: str
    client_secret: str = field(repr=False)

    is_game: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_login(self.client_id)
        check_password(self.client_secret)

    @classmethod
    def of_connection(cls, using: str | ClientABC | None = None) -> Self:
        """The game of a connection.

        Raises:
            UnknownConnectionError: there is no such connection.
        """
        settings = offline_client(using).settings
        return cls(settings.client_id, settings.client_secret)

    @property
    def credentials(self) -> Credentials:
        """Id and secret."""
        return basic(self.client_id, self.client_secret)


@dataclass(frozen=True)
class Session(Identity):
    """A user who has logged in, as tools and bots do. Equal if their ids are.

    Games do not need this: their players sign in with `User.start_authorization`, and keep their
    passwords to themselves.

    Attributes:
        identifier: the value of the cookie `sid`, which is worth as much as the password.
        user: who has logged in; None for a session made from its id alone.

    Raises:
        InvalidArgumentError: the identifier cannot be sent.
    """

    identifier: str = field(repr=False)
    user: User | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_session(self.identifier)

    @property
    def credentials(self) -> Credentials:
        """The cookie."""
        return cookie(self.identifier)

    @classmethod
    def login(cls, username: str, password: str, using: str | Eternaltwin | None = None) -> Self:
        """Log in with name and password.

        Args:
            username: a username or an email address.
            password: the password.
            using: the connection.

        Raises:
            InvalidArgumentError: name or password cannot be sent.
            AuthenticationError: there is no such user, or the password is wrong.
        """
        return cls._of(run(connections.get_connection(using).api.accounts.log_in(username, password)))

    @classmethod
    async def alogin(cls, username: str, password: str, using: str | AsyncEternaltwin | None = None) -> Self:
        """Log in with name and password; see `login`."""
        return cls._of(await async_connections.get_connection(using).api.accounts.log_in(username, password))

    @classmethod
    def register(cls, username: str, display_name: str, password: str, using: str | Eternaltwin | None = None) -> Self:
        """Create an account, and log in to it.

        Args:
            username: what to log in with: 2 to 32 lower case letters, digits and `_`.
            display_name: what others see: 2 to 64 letters of any script, digits, `_`, spaces, parentheses.
            password: the password.
            using: the connection.

        Raises:
            InvalidArgumentError: one of them is none that the server accepts; nothing was sent.
            ServerError: what 0.16.4 answers when the username is taken.
        """
        flow = connections.get_connection(using).api.accounts.register(username, display_name, password)
        return cls._of(run(flow))

    @classmethod
    async def aregister(
        cls, username: str, display_name: str, password: str, using: str | AsyncEternaltwin | None = None
    ) -> Self:
        """Create an account, and log in to it; see `register`."""
        accounts = async_connections.get_connection(using).api.accounts
        return cls._of(await accounts.register(username, display_name, password))

    def logout(self, using: str | Eternaltwin | None = None) -> None:
        """Log out. Official servers have the browser forget the cookie, and keep the session: forget it, too."""
        run(connections.get_connection(using).api.accounts.log_out(self))

    async def alogout(self, using: str | AsyncEternaltwin | None = None) -> None:
        """Log out; see `logout`."""
        await async_connections.get_connection(using).api.accounts.log_out(self)

    @classmethod
    def _of(cls, opened: tuple[models.User, str]) -> Self:
        user, identifier = opened
        return cls(identifier, make_user(User, user))
