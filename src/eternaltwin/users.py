"""Players: signing them in, and reading who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from msgspec import UNSET

from eternaltwin import models
from eternaltwin.clients.api.users import UserPages
from eternaltwin.clients.driver import run
from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.tokens import Token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = ["User", "make_user", "user_id_of"]

Kind = TypeVar("Kind", bound="User")


class User:
    """A player, as Eternaltwin knows them. Users are equal if their identifiers are.

    Key your own players on `identifier`: it never changes, while `username`, the display
    name, may be changed once in 30 days.

    Subclasses work: every class method answers instances of the class it was called on.

    Args:
        identifier: the UUID, in lower case.
        username: the current display name.
        is_administrator: whether they administrate Eternaltwin; None if that is not known.
        created_at: when they registered, in UTC; None if that is not known.
        deleted_at: when they were deleted, in UTC; None if they were not.
        token: what the game may act for them with, after a sign-in.

    Attributes:
        links: the accounts of older games that they have linked; None if that is not known.
        login_name: what they log in with; None if they have none, or if whoever asked may not know:
            it is told to themselves and to administrators, as are the next two.
        email_address: their address; None as for `login_name`.
        has_password: whether they can log in with a password; None if that is not known.
    """

    links: models.Links | None = None
    login_name: str | None = None
    email_address: str | None = None
    has_password: bool | None = None

    def __init__(
        self,
        identifier: str,
        username: str,
        is_administrator: bool | None,
        created_at: datetime | None,
        deleted_at: datetime | None,
        token: Token | None = None,
    ) -> None:
        self.identifier = identifier
        self.username = username
        self.is_administrator = is_administrator
        self.created_at = created_at
        self.deleted_at = deleted_at
        self.token = token

    @property
    def is_authenticated(self) -> bool:
        """Whether they have signed in: there is a token, and it has not expired."""
        return self.token is not None and not self.token.has_expired()

    def logout(self) -> None:
        """Forget the token. It stays valid at Eternaltwin, which cannot revoke tokens."""
        self.token = None

    @classmethod
    def start_authorization(
        cls,
        expiration: int = 600,
        nonce: str | None = None,
        using: str | ClientABC | None = None,
        *,
        scope: str | Iterable[str] = "base",
    ) -> tuple[str, str]:
        """Start a sign-in: a state to remember, and the URL to send the player's browser to.

        Remember the state in the player's own session, and give it to
        `from_authorization_code` as `expected_state`: otherwise an attacker can sign a
        player in as somebody else. `eternaltwin.login.LoginFlow` does all of this.

        Args:
            expiration: seconds within which the player must be back.
            nonce: a text of one's own that tells this sign-in from all others.
            using: the connection.
            scope: what the game asks for.

        Raises:
            InvalidArgumentError: an argument is out of its range.
            UnknownConnectionError: there is no such connection.
        """
        client = offline_client(using)
        state = client.generate_state(expiration, nonce)
        return state, client.authorization_url(state, scope)

    @classmethod
    def from_token(cls, token: Token | str, using: str | Eternaltwin | None = None) -> Self:
        """The player that a token is for.

        Raises:
            AuthenticationError: the token is no longer good, or was given to another game.
        """
        player = run(connections.get_connection(using).api.oauth.player(token))
        return cls._of_player(player, token)

    @classmethod
    async def afrom_token(cls, token: Token | str, using: str | AsyncEternaltwin | None = None) -> Self:
        """The player that a token is for; see `from_token`."""
        player = await async_connections.get_connection(using).api.oauth.player(token)
        return cls._of_player(player, token)

    @classmethod
    def from_authorization_code(
        cls,
        authorization_code: str,
        callback_state: str,
        expected_state: str | None = None,
        using: str | Eternaltwin | None = None,
    ) -> Self:
        """Finish a sign-in: the player that came back to the callback, with their token.

        Args:
            authorization_code: the callback's parameter `code`.
            callback_state: the callback's parameter `state`.
            expected_state: the state that `start_authorization` gave this browser.
            using: the connection.

        Raises:
            InvalidStateError: the state has a defect, whichever; nothing was sent.
            RequestError: the server refuses the code, or the game's credentials.
            TransportError: no answer came.
        """
        client = connections.get_connection(using)
        client.validate_state(callback_state, expected_state)
        player, token = run(client.api.oauth.sign_in(authorization_code))
        return cls._of_player(player, token)

    @classmethod
    async def afrom_authorization_code(
        cls,
        authorization_code: str,
        callback_state: str,
        expected_state: str | None = None,
        using: str | AsyncEternaltwin | None = None,
    ) -> Self:
        """Finish a sign-in; see `from_authorization_code`."""
        client = async_connections.get_connection(using)
        client.validate_state(callback_state, expected_state)
        player, token = await client.api.oauth.sign_in(authorization_code)
        return cls._of_player(player, token)

    @classmethod
    def get(
        cls, user_id: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A user by id; a deleted one has `deleted_at` set.

        Raises:
            InvalidArgumentError: the id is no UUID; nothing was sent.
            NotFoundError: there is no such user.
        """
        return cls._of_user(run(connections.get_connection(using).api.users.fetch(user_id, identity)))

    @classmethod
    async def aget(
        cls, user_id: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A user by id; see `get`."""
        return cls._of_user(await async_connections.get_connection(using).api.users.fetch(user_id, identity))

    @classmethod
    def search(
        cls,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> list[Self]:
        """Users whose display name holds `query` in any case, in the order of their creation.

        Args:
            query: a part of a display name; None for all users.
            limit: how many, at the most.
            offset: how many to leave out at the front.
            using: the connection.
            identity: who asks.

        Raises:
            UnsupportedByServerError: the server's version does not list users.
        """
        page = run(connections.get_connection(using).api.users.page(query, limit, offset, identity))
        return [cls._of_user(user) for user in page.items]

    @classmethod
    async def asearch(
        cls,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> list[Self]:
        """Users whose display name holds `query`; see `search`."""
        page = await async_connections.get_connection(using).api.users.page(query, limit, offset, identity)
        return [cls._of_user(user) for user in page.items]

    @classmethod
    def count(
        cls, query: str | None = None, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> int:
        """How many users `search` would find in all."""
        return run(connections.get_connection(using).api.users.page(query, 0, 0, identity)).count

    @classmethod
    async def acount(
        cls,
        query: str | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> int:
        """How many users `asearch` would find in all."""
        return (await async_connections.get_connection(using).api.users.page(query, 0, 0, identity)).count

    @classmethod
    def iterate(
        cls,
        query: str | None = None,
        page_size: int = 100,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Iterator[Self]:
        """All users that match, page by page: each once, even when users are added meanwhile.

        Args:
            query: a part of a display name; None for all users.
            page_size: how many to ask the server for at a time.
            using: the connection.
            identity: who asks.
        """
        pages = UserPages(connections.get_connection(using).api.users, query, page_size, identity)
        return cls._walk(pages)

    @classmethod
    def aiterate(
        cls,
        query: str | None = None,
        page_size: int = 100,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> AsyncIterator[Self]:
        """All users that match, page by page; see `iterate`."""
        pages = UserPages(async_connections.get_connection(using).api.users, query, page_size, identity)
        return cls._awalk(pages)

    @classmethod
    def _walk(cls, pages: UserPages) -> Iterator[Self]:
        while (users := run(pages.next())) is not None:
            yield from map(cls._of_user, users)

    @classmethod
    async def _awalk(cls, pages: UserPages) -> AsyncIterator[Self]:
        while (users := await pages.next()) is not None:
            for user in users:
                yield cls._of_user(user)

    @classmethod
    def _of_user(cls, user: models.User) -> Self:
        return make_user(cls, user)

    @classmethod
    def _of_player(cls, user: models.ShortUser, token: Token | str) -> Self:
        return make_user(cls, user, Token.bearer(token) if isinstance(token, str) else token)

    def __eq__(self, other: object) -> bool:
        return self.identifier == other.identifier if isinstance(other, User) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identifier} {self.username!r}>"


def user_id_of(user: User | str | UUID) -> str | UUID:
    """The id of a user, given the user or the id."""
    return user.identifier if isinstance(user, User) else user


def make_user(kind: type[Kind], user: models.User | models.ShortUser, token: Token | None = None) -> Kind:
    """The user that a part of an answer is about: a whole one, or one where only a name is sent."""
    known = user if isinstance(user, models.User) else None
    made = kind(
        identifier=str(user.id),
        username=user.display_name.current.value,
        is_administrator=None if known is None else known.is_administrator,
        created_at=None if known is None else known.created_at,
        deleted_at=None if known is None else known.deleted_at,
        token=token,
    )
    if known is not None:  # set here, and not by the constructor, so that a subclass may have its own
        made.links = known.links
        made.login_name = known.username or None
        made.email_address = known.email_address or None
        made.has_password = None if known.has_password is UNSET else known.has_password
    return made
