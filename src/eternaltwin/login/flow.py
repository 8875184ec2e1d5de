"""The login flow: redirects a player to Eternaltwin, and completes the sign-in at the callback."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast, overload

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.driver import blocking, run
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import DEFAULT_ALIAS, async_connections, connections, offline_client
from eternaltwin.exceptions import (
    ConfigurationError,
    ExpiredStateError,
    InvalidStateError,
    LoginError,
    LoginExpiredError,
    LoginReplayedError,
    LoginStateError,
    OtherBrowserError,
)
from eternaltwin.login.callbacks import Callback
from eternaltwin.login.cookies import CookieJar, is_https
from eternaltwin.login.exchanges import exchange
from eternaltwin.login.settings import checked_age, checked_cookie_name, checked_path, checked_secure, checked_store
from eternaltwin.login.stores import PROCESS_STORE, SingleUseStore
from eternaltwin.login.tickets import Ticket, login_id
from eternaltwin.states import LEEWAY, MAX_LIFE, State
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.cookies import Cookie
    from eternaltwin.login.callbacks import Query
    from eternaltwin.tokens import Token

AnyUser = TypeVar("AnyUser", bound=User)
Consume = Callable[[str, int], Awaitable[bool]]

#: Start of the cookies' names, after `__Host-` or `__Secure-`.
COOKIE_NAME = "eternaltwin_login"


@dataclass(frozen=True)
class Redirect:
    """The redirect that starts a sign-in, to be sent with status 303.

    Attributes:
        url: The URL on Eternaltwin. Hidden in `repr`, since it contains the state.
        cookies: The cookies to set in the same response.
    """

    url: str = field(repr=False)
    cookies: tuple[Cookie, ...]


@dataclass(frozen=True)
class Login(Generic[AnyUser]):
    """A completed sign-in.

    Attributes:
        user: The user who signed in, with `user.token`. Key your own records on `user.identifier`.
        token: The same token. The library stores it nowhere. It is valid for decades and cannot be revoked (0.16.4), so
            keep it only if you need it, and never send it to a browser.
        next: The path of this site to send the player to. None for the game's default.
        cookies: The cookies to set in the response. They clear those of the sign-in.
    """

    user: AnyUser
    token: Token
    next: str | None
    cookies: tuple[Cookie, ...]


class LoginFlow(Generic[AnyUser]):
    """Sign players in through their browsers, in any web framework: arguments and results are plain values.

    A state is valid once, in the browser that started the sign-in, for `max_age` seconds. One browser may have up to
    ten open sign-ins, in several tabs. The oldest are dropped when there are more, or when their cookies together
    exceed 4,000 bytes.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        store: The store that remembers used sign-ins. None means the memory of this process, which is not enough for
            several processes: see [`stores`][eternaltwin.login.stores].
        cookie_name: Start of the cookies' names: 1 to 64 letters, digits, `_` and `-`.
        max_age: Seconds until a sign-in expires, 1 to 86,400.
        secure: Whether the cookies are sent over https only. `"auto"` means whether the connection's `redirect_uri`
            is https.
        path: The cookies' attribute `Path`. It must cover the views of the start and of the callback.
        user_class: The class of the users that sign in, a subclass of `User`.

    Raises:
        ConfigurationError: A setting is invalid.

    Example:
        >>> login = LoginFlow(store=SQLiteStore("logins.sqlite"))
        >>> redirect = login.begin(next="/arena", cookies=request.cookies)  # in the view of the button
        >>> done = login.complete(request.query_string, request.cookies)  # in the view of the callback
        >>> done.user.username, done.next
        ('Zoe', '/arena')
    """

    @overload
    def __init__(
        self: LoginFlow[User],
        using: str | ClientABC | None = ...,
        store: SingleUseStore | None = ...,
        cookie_name: str = ...,
        max_age: int = ...,
        secure: bool | Literal["auto"] = ...,
        path: str = ...,
    ) -> None: ...

    @overload
    def __init__(
        self,
        using: str | ClientABC | None = ...,
        store: SingleUseStore | None = ...,
        cookie_name: str = ...,
        max_age: int = ...,
        secure: bool | Literal["auto"] = ...,
        path: str = ...,
        *,
        user_class: type[AnyUser],
    ) -> None: ...

    def __init__(
        self,
        using: str | ClientABC | None = DEFAULT_ALIAS,
        store: SingleUseStore | None = None,
        cookie_name: str = COOKIE_NAME,
        max_age: int = 600,
        secure: bool | Literal["auto"] = "auto",
        path: str = "/",
        *,
        user_class: type[User] = User,
    ) -> None:
        self._using = DEFAULT_ALIAS if using is None else using
        self._store = checked_store(PROCESS_STORE if store is None else store)
        self._cookie_name = checked_cookie_name(cookie_name)
        self._max_age = checked_age(max_age, MAX_LIFE)
        self._secure = checked_secure(secure)
        self._path = checked_path(path)
        self._user_class = cast("type[AnyUser]", user_class)

    def begin(
        self, next: object = None, scope: str | Iterable[str] = "base", cookies: Mapping[str, str] | None = None
    ) -> Redirect:
        """Start a sign-in. Nothing is sent to Eternaltwin.

        Call this for a POST of your own site only: by GET, other sites could start sign-ins.

        Args:
            next: The path of this site to send the player to afterwards. Any other value is dropped, so what the
                browser sent may be passed unchecked.
            scope: The scopes to ask for: one or several, or a space-separated string.
            cookies: The cookies of the request, by name. Needed to limit the number of open sign-ins and the size of
                their cookies.

        Returns:
            Where to redirect the browser to, and the cookies to set.

        Raises:
            InvalidArgumentError: A scope is malformed.
            UnknownConnectionError: No connection has this alias.

        Example:
            >>> redirect = login.begin(request.form.get("next"), cookies=request.cookies)
        """
        client = offline_client(self._using)
        ticket = Ticket.new(next)
        nonce = ticket.nonce(client)
        url = client.authorization_url(client.generate_state(self._max_age, nonce, ticket.rfp), scope)
        jar = self._jar(client, {} if cookies is None else cookies)
        cookie = jar.put(login_id(nonce), ticket)
        return Redirect(url, (*jar.cleared_for(cookie), cookie))

    async def abegin(
        self, next: object = None, scope: str | Iterable[str] = "base", cookies: Mapping[str, str] | None = None
    ) -> Redirect:
        """Async variant of [`begin`][eternaltwin.login.flow.LoginFlow.begin]."""
        return self.begin(next, scope, cookies)

    def complete(self, query: Query, cookies: Mapping[str, str]) -> Login[AnyUser]:
        """Finish a sign-in at the callback.

        The sign-in is marked as used before anything is sent. If the server then cannot be reached, the player has to
        start again.

        Args:
            query: The raw query string of the callback, or its fields. Doubled parameters are refused: pass the raw
                string or the framework's own mapping, since a plain `dict` has lost them.
            cookies: The cookies of the request, by name.

        Returns:
            The user, the destination, and the cookies to set.

        Raises:
            LoginError: The player is not signed in. [`exceptions`][eternaltwin.exceptions] lists the subclasses.
            ConfigurationError: The connection has an async client, or the store cannot be used like this.
            UnknownConnectionError: No connection has this alias.

        Example:
            >>> done = login.complete(request.query_string, request.cookies)
            >>> done.user.username, done.next
            ('Zoe', '/arena')
        """
        client = connections.get_connection(self._using) if isinstance(self._using, str) else self._using
        if not isinstance(client, Eternaltwin):
            raise ConfigurationError("complete() needs a sync client, acomplete() an async one", setting="using")
        return run(self._finish(client, blocking(self._store.consume), query, cookies))

    async def acomplete(self, query: Query, cookies: Mapping[str, str]) -> Login[AnyUser]:
        """Async variant of [`complete`][eternaltwin.login.flow.LoginFlow.complete]."""
        client = async_connections.get_connection(self._using) if isinstance(self._using, str) else self._using
        if not isinstance(client, AsyncEternaltwin):
            raise ConfigurationError("acomplete() needs an async client, complete() a sync one", setting="using")
        return await self._finish(client, self._store.aconsume, query, cookies)

    async def _finish(
        self, client: ClientABC, consume: Consume, query: Query, cookies: Mapping[str, str]
    ) -> Login[AnyUser]:
        """Finish a sign-in. `complete` runs this coroutine with blocking calls, and `acomplete` awaits it."""
        jar = self._jar(client, cookies)
        cleared = jar.cleared_stale()
        try:
            callback = Callback.read(query)
            state = _trusted(client, callback.state)
            ticket = _own_ticket(jar, state, client)
            is_first = await consume(login_id(state.nonce), _time_to_live(state))
            cleared.append(jar.clear(login_id(state.nonce)))
            if not is_first:
                raise LoginReplayedError("this sign-in is used already: the state works once", callback.state)
            callback.check_issuer(client.public_url)
            callback.check_success()
            user, token = await exchange(client.api.oauth, callback.code)
        except LoginError as exc:
            exc.cookies = tuple(cleared)
            raise
        return Login(make_user(self._user_class, user, token), token, ticket.next, tuple(cleared))

    def _jar(self, client: ClientABC, cookies: Mapping[str, str]) -> CookieJar:
        secure = self._secure if isinstance(self._secure, bool) else is_https(client.redirect_uri)
        return CookieJar(self._cookie_name, max_age=self._max_age, path=self._path, secure=secure, cookies=cookies)

    def __repr__(self) -> str:
        return f"<LoginFlow using {self._using!r}, {self._store!r}>"


def _trusted(client: ClientABC, state: str) -> State:
    try:
        return client.validate_state(state)
    except InvalidStateError as exc:
        kind = LoginExpiredError if isinstance(exc, ExpiredStateError) else LoginStateError
        failure = kind(str(exc), state)
    raise failure


def _own_ticket(jar: CookieJar, state: State, client: ClientABC) -> Ticket:
    """Return the ticket that this browser has for a state."""
    ticket = jar.find(login_id(state.nonce))
    if ticket is None:
        raise OtherBrowserError(
            "this browser has no cookie for this sign-in: it was started in another browser, is finished already,"
            " or its cookie was not sent (was it set with the redirect? is the callback on that host, under `path`?)",
            state.jwt,
        )
    if not ticket.is_for(state, client):
        raise OtherBrowserError("this browser's cookie is for another sign-in, or has been tampered with", state.jwt)
    return ticket


def _time_to_live(state: State) -> int:
    """Return the seconds until no machine accepts the state any more, even with a slow clock."""
    return max(1, int(state.exp - time.time()) + LEEWAY + 1)
