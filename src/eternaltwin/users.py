"""Users of Eternaltwin: sign them in, and read their profiles.

Every call has an async variant, whose name starts with `a`. Besides the errors that a call lists, it can raise those of
every call: see [`exceptions`][eternaltwin.exceptions].
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

from msgspec import UNSET, to_builtins

from eternaltwin import models
from eternaltwin.clients.api.pagination import awalk_ahead, walk_ahead
from eternaltwin.clients.driver import run
from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.hidden import HiddenBytes, clears_frames
from eternaltwin.responses import decode_part
from eternaltwin.tokens import Token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.clients.api.profiles import FetchedUser
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = ["User", "make_user", "user_id_of"]

AnyUser = TypeVar("AnyUser", bound="User")


@dataclass(init=False, repr=False, eq=False)
class User:
    """A user of Eternaltwin. Users are equal if their identifiers are.

    Key your own records on `identifier`, which never changes. `username`, the display name, can be changed by the user
    once in 30 days.

    Subclasses work: every class method returns instances of the class it is called on. It calls the constructor with
    the arguments below, by name.

    The arguments of the constructor are attributes, too. All but the token are the fields of a dataclass, so that
    `msgspec.to_builtins`, FastAPI and other libraries convert users to JSON, without the token.
    [`to_dict`][eternaltwin.users.User.to_dict] does too. Pickles do not contain the token either.

    Args:
        identifier: The UUID, in lower case.
        username: The current display name.
        is_administrator: Whether the user administrates Eternaltwin. None if unknown, as after a sign-in.
        created_at: When the user registered, in UTC. None if unknown, as after a sign-in.
        deleted_at: When the user was deleted, in UTC. None if not deleted or unknown.
        token: The access token of a sign-in. None if the user was not read by a sign-in.

    Attributes:
        login_name: The name to log in with. None if unset or hidden. Visible to the user and to administrators only,
            like the next two attributes.
        email_address: The email address. None if unset or hidden.
        has_password: Whether the user can log in with a password. None if hidden.
        fetched_at: When the profile was read from the server, in UTC: now, or earlier if it is one of the connection's
            `profile_cache`. None without a cache, and for users who were not read by `get` or `get_many` as a guest.

    Example:
        >>> user = User.get("9f310484-963b-446b-af69-797feec6813f")
        >>> user.username, user.is_authenticated
        ('Demurgos', False)
    """

    identifier: str
    username: str
    is_administrator: bool | None
    created_at: datetime | None
    deleted_at: datetime | None

    # Without annotations, these are no fields of the dataclass: other libraries must not send them to anybody.
    login_name = cast("str | None", None)
    email_address = cast("str | None", None)
    has_password = cast("bool | None", None)
    fetched_at = cast("datetime | None", None)

    _links = cast("models.Links | HiddenBytes | None", None)  # as JSON until they are first read

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
    def display_name(self) -> str:
        """The current display name, the same as `username`."""
        return self.username

    @property
    def links(self) -> models.Links | None:
        """The linked accounts of older games. None if unknown.

        They are decoded when they are first read: few games need them, and half of the time to decode a user is theirs.

        Raises:
            UnexpectedResponseError: The server sent links of another shape.
        """
        if isinstance(self._links, HiddenBytes):
            self._links = decode_part(self._links, models.Links, f"the links of user {self.identifier}")
        return self._links

    @links.setter
    def links(self, links: models.Links | HiddenBytes | None) -> None:
        """Replace the linked accounts of this object: by others, or by their JSON."""
        self._links = links

    def to_dict(self) -> dict[str, object]:
        """Return the public profile, ready for JSON.

        Returns:
            `identifier`, `username`, `is_administrator`, `created_at`, `deleted_at` (times as in RFC 3339) and `links`
            (as the server sends them). The token, `login_name`, `email_address` and `has_password` are left out.

        Raises:
            UnexpectedResponseError: The server sent links of another shape.

        Example:
            >>> json.dumps(user.to_dict())
            '{"identifier": "9f310484-963b-446b-af69-797feec6813f", "username": "Demurgos", ...}'
        """
        return cast("dict[str, object]", to_builtins({**dict(_shown(self)), "links": self.links}))

    @property
    def is_authenticated(self) -> bool:
        """Whether the user has a token that has not expired."""
        return self.token is not None and not self.token.has_expired()

    def logout(self) -> None:
        """Forget the token. It stays valid at Eternaltwin, which cannot revoke tokens (0.16.4)."""
        self.token = None

    @classmethod
    @clears_frames
    def start_authorization(
        cls,
        expiration: int = 600,
        nonce: str | None = None,
        using: str | ClientABC | None = None,
        *,
        scope: str | Iterable[str] = "base",
    ) -> tuple[str, str]:
        """Start a sign-in. Nothing is sent.

        Keep the state in the player's own session, and pass it to
        [`from_authorization_code`][eternaltwin.users.User.from_authorization_code] as `expected_state`. Without that,
        an attacker can sign a player in to the attacker's account (RFC 6749, section 10.12).
        [`LoginFlow`][eternaltwin.login.LoginFlow] does all of this.

        Args:
            expiration: Seconds until the state expires, 1 to 86,400.
            nonce: A unique string of 1 to 256 printable characters. None generates a random one.
            using: Alias of the connection, or a client. None means `default`.
            scope: The scopes to ask for: one or several, or a space-separated string.

        Returns:
            The signed state, and the URL to redirect the player's browser to.

        Raises:
            InvalidArgumentError: An argument is out of its range.
            UnknownConnectionError: No connection has this alias.

        Example:
            >>> state, url = User.start_authorization()
            >>> request.session["state"] = state
        """
        client = offline_client(using)
        client.settings.require_client("start_authorization")
        state = client.generate_state(expiration, nonce)
        return state, client.authorization_url(state, scope)

    @classmethod
    @clears_frames
    def from_token(cls, token: Token | str, using: str | Eternaltwin | None = None) -> Self:
        """Read the user that a token was issued for.

        Args:
            token: The token, or its secret.
            using: Alias of the connection, or a client. None means `default`.

        Returns:
            The user, with the token.

        Raises:
            InvalidArgumentError: The token is malformed. Nothing was sent.
            AuthenticationError: The token is not valid any more, or was not issued to this game.
            UnexpectedResponseError: The token is not one of a user.

        Example:
            >>> User.from_token(request.session["token"]).username
            'Zoe'
        """
        player = run(connections.get_connection(using).api.oauth.player(token))
        return cls._of_player(player, token)

    @classmethod
    @clears_frames
    async def afrom_token(cls, token: Token | str, using: str | AsyncEternaltwin | None = None) -> Self:
        """Async variant of [`from_token`][eternaltwin.users.User.from_token]."""
        player = await async_connections.get_connection(using).api.oauth.player(token)
        return cls._of_player(player, token)

    @classmethod
    @clears_frames
    def from_authorization_code(
        cls,
        authorization_code: str,
        callback_state: str,
        expected_state: str | None = None,
        using: str | Eternaltwin | None = None,
    ) -> Self:
        """Finish a sign-in at the callback: validate the state, exchange the code, read the user.

        Args:
            authorization_code: The callback's parameter `code`.
            callback_state: The callback's parameter `state`.
            expected_state: The state that `start_authorization` returned for this browser. None accepts every valid
                state, which protects from forged states only.
            using: Alias of the connection, or a client. None means `default`.

        Returns:
            The user, with the token.

        Raises:
            InvalidStateError: The state is malformed, forged, expired or not the expected one. Nothing was sent.
            InvalidArgumentError: The code is malformed. Nothing was sent.
            RequestError: The server refuses the code, or the game's credentials.
            TransportError: There was no response.
            UnexpectedResponseError: The response is not a token that can be used, or not the user of one.

        Example:
            >>> query, session = request.query_params, request.session
            >>> user = User.from_authorization_code(query["code"], query["state"], session.pop("state"))
            >>> user.username
            'Zoe'
        """
        client = connections.get_connection(using)
        client.settings.require_client("from_authorization_code")
        client.validate_state(callback_state, expected_state)
        player, token = run(client.api.oauth.sign_in(authorization_code))
        return cls._of_player(player, token)

    @classmethod
    @clears_frames
    async def afrom_authorization_code(
        cls,
        authorization_code: str,
        callback_state: str,
        expected_state: str | None = None,
        using: str | AsyncEternaltwin | None = None,
    ) -> Self:
        """Async variant of [`from_authorization_code`][eternaltwin.users.User.from_authorization_code]."""
        client = async_connections.get_connection(using)
        client.settings.require_client("from_authorization_code")
        client.validate_state(callback_state, expected_state)
        player, token = await client.api.oauth.sign_in(authorization_code)
        return cls._of_player(player, token)

    @classmethod
    def get(
        cls,
        user_id: str | UUID,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
        fresh: bool = False,
    ) -> Self:
        """Read a user, from the connection's `profile_cache` if it has one.

        Args:
            user_id: The id, in either case.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest. What is read with an identity is not cached.
            fresh: Whether to ask the server, whatever the cache has.

        Returns:
            The user. A deleted user has `deleted_at` set.

        Raises:
            InvalidArgumentError: The id is not a UUID. Nothing was sent.
            NotFoundError: The server has no such user.

        Example:
            >>> User.get("9f310484-963b-446b-af69-797feec6813f").username
            'Demurgos'
        """
        return cls._of_fetched(
            run(connections.get_connection(using).api.profiles.fetch(user_id, identity, fresh=fresh))
        )

    @classmethod
    async def aget(
        cls,
        user_id: str | UUID,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
        fresh: bool = False,
    ) -> Self:
        """Async variant of [`get`][eternaltwin.users.User.get]."""
        profiles = async_connections.get_connection(using).api.profiles
        return cls._of_fetched(await profiles.fetch(user_id, identity, fresh=fresh))

    def refresh(self, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> None:
        """Read the profile again, past the connection's `profile_cache`, and update this user. The token stays.

        Args:
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Raises:
            NotFoundError: The server has no such user.

        Example:
            >>> user.refresh()
            >>> user.username
            'Zoe'
        """
        profiles = connections.get_connection(using).api.profiles
        self._update(run(profiles.fetch(self.identifier, identity, fresh=True)))

    async def arefresh(
        self, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> None:
        """Async variant of [`refresh`][eternaltwin.users.User.refresh]."""
        profiles = async_connections.get_connection(using).api.profiles
        self._update(await profiles.fetch(self.identifier, identity, fresh=True))

    @classmethod
    def find(
        cls, name: str, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self | None:
        """Find the user with a display name.

        Args:
            name: The exact display name.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The user. None if nobody has this name now.

        Raises:
            UnsupportedByServerError: The server's version cannot list users (0.16.4 and older).
            InvalidArgumentError: `name` is not a string. Nothing was sent.

        Example:
            >>> User.find("Demurgos").identifier
            '9f310484-963b-446b-af69-797feec6813f'
        """
        user = run(connections.get_connection(using).api.users.find(name, identity))
        return None if user is None else cls._of_user(user)

    @classmethod
    async def afind(
        cls, name: str, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self | None:
        """Async variant of [`find`][eternaltwin.users.User.find]."""
        user = await async_connections.get_connection(using).api.users.find(name, identity)
        return None if user is None else cls._of_user(user)

    @classmethod
    def get_many(
        cls,
        ids: Iterable[str | UUID],
        using: str | Eternaltwin | None = None,
        *,
        concurrency: int = 10,
        identity: Identifiable | None = None,
        fresh: bool = False,
    ) -> dict[str, Self]:
        """Read many users, several at a time, each once.

        The first failure ends the call, except for users whom the server does not know: the other calls are given up.
        A call that waits for one of the connection's `pool_size` connections does not time out while it waits, and each
        of its attempts may take the connection's `timeout`.

        Args:
            ids: The ids, in either case. Those that occur again are ignored.
            using: Alias of the connection, or a client. None means `default`.
            concurrency: Maximum number of requests at a time, at least 1. There are never more than the connection's
                `pool_size`. The sync variant uses as many threads.
            identity: The caller. None means a guest. What is read with an identity is not cached.
            fresh: Whether to ask the server, whatever the connection's `profile_cache` has.

        Returns:
            The users by identifier, in the order of `ids`. Users whom the server does not know are absent; deleted
            users have `deleted_at` set.

        Raises:
            InvalidArgumentError: An id is not a UUID, or `concurrency` is less than 1. Nothing was sent.

        Example:
            >>> users = User.get_many(score.user_id for score in leaderboard)
            >>> [user.username for user in users.values()]
            ['Zoe', 'Demurgos']
        """
        profiles = connections.get_connection(using).api.profiles
        users = run(profiles.fetch_many(ids, concurrency, identity, fresh=fresh))
        return {user_id: cls._of_fetched(fetched) for user_id, fetched in users.items()}

    @classmethod
    async def aget_many(
        cls,
        ids: Iterable[str | UUID],
        using: str | AsyncEternaltwin | None = None,
        *,
        concurrency: int = 10,
        identity: Identifiable | None = None,
        fresh: bool = False,
    ) -> dict[str, Self]:
        """Async variant of [`get_many`][eternaltwin.users.User.get_many]."""
        profiles = async_connections.get_connection(using).api.profiles
        users = await profiles.fetch_many(ids, concurrency, identity, fresh=fresh)
        return {user_id: cls._of_fetched(fetched) for user_id, fetched in users.items()}

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
        """Search users by display name, in the order of their registration.

        Args:
            query: Part of a display name, in any case. None matches every user.
            limit: Maximum number of users to return, at least 0.
            offset: Number of matching users to skip, at least 0.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The matching users, at most `limit` of them. The development server sends at most 100.

        Raises:
            UnsupportedByServerError: The server's version cannot list users (0.16.4 and older).
            InvalidArgumentError: `query` is not a string, or `limit` or `offset` is negative. Nothing was sent.

        Example:
            >>> [user.username for user in User.search("zo", limit=3)]
            ['Zoe', 'Zoltan']
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
        """Async variant of [`search`][eternaltwin.users.User.search]."""
        page = await async_connections.get_connection(using).api.users.page(query, limit, offset, identity)
        return [cls._of_user(user) for user in page.items]

    @classmethod
    def count(
        cls, query: str | None = None, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> int:
        """Count users by display name.

        Args:
            query: Part of a display name, in any case. None matches every user.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            Number of all matching users, also if a search would not return all of them.

        Raises:
            UnsupportedByServerError: The server's version cannot list users (0.16.4 and older).
            InvalidArgumentError: `query` is not a string. Nothing was sent.

        Example:
            >>> User.count("zo")
            2
        """
        return run(connections.get_connection(using).api.users.page(query, 0, 0, identity)).count

    @classmethod
    async def acount(
        cls,
        query: str | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> int:
        """Async variant of [`count`][eternaltwin.users.User.count]."""
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
        """Read all matching users, page by page. Each is yielded once, even if users are added meanwhile.

        Args:
            query: Part of a display name, in any case. None matches every user.
            page_size: Number of users per request, at least 1.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            An iterator that reads a page while the users of the page before it are used, the sync variant in a thread.
            Errors of requests are raised by the iteration, when their page is needed.

        Raises:
            UnsupportedByServerError: The server's version cannot list users (0.16.4 and older).
            InvalidArgumentError: `query` is not a string, or `page_size` is less than 1. Nothing was sent.

        Example:
            >>> for user in User.iterate("zo"):
            ...     print(user.username)
        """
        pages = connections.get_connection(using).api.users.all_users(query, page_size, identity)
        return walk_ahead(pages, cls._of_user)

    @classmethod
    def aiterate(
        cls,
        query: str | None = None,
        page_size: int = 100,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> AsyncIterator[Self]:
        """Async variant of [`iterate`][eternaltwin.users.User.iterate]."""
        pages = async_connections.get_connection(using).api.users.all_users(query, page_size, identity)
        return awalk_ahead(pages, cls._of_user)

    @classmethod
    def _of_user(cls, user: models.LazyUser) -> Self:
        return make_user(cls, user)

    def _update(self, fetched: FetchedUser) -> None:
        _set_profile(self, fetched.user)
        self.fetched_at = fetched.fetched_at

    @classmethod
    def _of_fetched(cls, fetched: FetchedUser) -> Self:
        user = make_user(cls, fetched.user)
        if fetched.fetched_at is not None:
            user.fetched_at = fetched.fetched_at
        return user

    @classmethod
    def _of_player(cls, user: models.ShortUser, token: Token | str) -> Self:
        return make_user(cls, user, Token.bearer(token) if isinstance(token, str) else token)

    def __eq__(self, other: object) -> bool:
        return self.identifier == other.identifier if isinstance(other, User) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identifier} {self.username!r}>"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        """Yield what rich shows."""
        yield from _shown(self)

    def _repr_pretty_(self, printer: _PrettyPrinter, cycle: bool) -> None:
        """Show the user in IPython."""
        del cycle  # a user contains no other
        lines = "".join(f"    {name}={value!r},\n" for name, value in _shown(self))
        printer.text(f"{type(self).__name__}(\n{lines})")

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "token": None}

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        vars(copied).update(vars(self))
        return copied

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        copied = self.__copy__()
        vars(copied).update(deepcopy(vars(self), memo))
        return copied


class _PrettyPrinter(Protocol):
    """The part of IPython's printer that users need."""

    def text(self, text: str, /) -> None:
        """Print a string.

        Args:
            text: The string.
        """


def _shown(user: User) -> Iterator[tuple[str, object]]:
    """Yield the names and the values of the fields."""
    for field in fields(User):
        yield field.name, getattr(user, field.name)


def user_id_of(user: User | str | UUID) -> str | UUID:
    """Return the id of a user.

    Args:
        user: The user, or the id.

    Returns:
        The id, not checked yet.
    """
    return user.identifier if isinstance(user, User) else user


def make_user(
    kind: type[AnyUser], user: models.User | models.LazyUser | models.ShortUser, token: Token | None = None
) -> AnyUser:
    """Convert a part of a response to a user.

    Args:
        kind: The class to return an instance of.
        user: The part of the response, with the whole profile or only the name.
        token: The token of a sign-in.

    Returns:
        The user. What the response does not contain is None.
    """
    identifier = to_builtins(user.id)  # the same as `str` of it, in 0.2 instead of 0.8 µs
    username = user.display_name.current.value
    if isinstance(user, models.ShortUser):
        return kind(
            identifier=identifier,
            username=username,
            is_administrator=None,
            created_at=None,
            deleted_at=None,
            token=token,
        )
    built = kind(
        identifier=identifier,
        username=username,
        is_administrator=user.is_administrator,
        created_at=user.created_at,
        deleted_at=user.deleted_at,
        token=token,
    )
    _set_details(built, user)  # attributes, since the constructor of a subclass may not accept more arguments
    return built


def _set_details(user: User, known: models.User | models.LazyUser) -> None:
    # A copy, as `Raw` would keep the whole page of users in memory.
    user.links = HiddenBytes(known.links) if isinstance(known, models.LazyUser) else known.links
    user.login_name = known.username or None
    user.email_address = known.email_address or None
    user.has_password = None if known.has_password is UNSET else known.has_password


def _set_profile(user: User, known: models.User | models.LazyUser) -> None:
    user.username = known.display_name.current.value
    user.is_administrator = known.is_administrator
    user.created_at = known.created_at
    user.deleted_at = known.deleted_at
    _set_details(user, known)
