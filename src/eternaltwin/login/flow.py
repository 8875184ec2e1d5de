"""The login flow: redirects a player to Eternaltwin, and completes the sign-in at the callback."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast, overload
from urllib.parse import urlsplit

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.driver import blocking, run
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import DEFAULT_ALIAS, async_connections, connections, offline_client
from eternaltwin.exceptions import (
    ConfigurationError,
    LoginError,
    LoginReplayedError,
    LoginStoreError,
)
from eternaltwin.hidden import clears_frames
from eternaltwin.login.callbacks import Callback
from eternaltwin.login.cookie_header import Cookies, as_mapping
from eternaltwin.login.cookies import CookieJar, is_https
from eternaltwin.login.destinations import safe_next
from eternaltwin.login.exchanges import exchange, owner_of
from eternaltwin.login.settings import (
    checked_age,
    checked_cookie_name,
    checked_origins,
    checked_path,
    checked_process,
    checked_secure,
    checked_store,
    checked_subject,
)
from eternaltwin.login.stores import PROCESS_STORE, MemoryStore, SingleUseStore
from eternaltwin.login.tickets import Process, Ticket, login_id
from eternaltwin.login.verification import REPLAYED, check_open, check_subject, explain, own_ticket, trusted_state
from eternaltwin.states import LEEWAY, MAX_LIFE
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.cookies import Cookie
    from eternaltwin.login.callbacks import Query
    from eternaltwin.states import State
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
        next: The path of this site to send the player to, or a URL of a trusted origin. None for the game's default.
        cookies: The cookies to set in the response. They mark the sign-in as used.
        process: What the sign-in was started for: `"login"`, or `"connect"` to connect the account to the player who is
            signed in already.
        subject: Who was signed in when it was started, as given to `begin`. `complete` has compared it.
    """

    user: AnyUser
    token: Token
    next: str | None
    cookies: tuple[Cookie, ...]
    process: Process = "login"
    subject: str | None = None


class LoginFlow(Generic[AnyUser]):
    """Sign players in through their browsers, in any web framework: arguments and results are plain values.

    A state is valid once, in the browser that started the sign-in, for `max_age` seconds. One browser may have up to
    ten open sign-ins, in several tabs. The oldest are dropped when there are more, or when their cookies together
    exceed 4,000 bytes. The cookies of the last three that are over stay for an hour longer: then a callback that is
    opened again is told from one of another browser, and the player's destination is known.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        store: The store that remembers used sign-ins. None means the memory of this process, which is not enough for
            several processes: see [`SingleUseStore`][eternaltwin.login.SingleUseStore].
        cookie_name: Start of the cookies' names: 1 to 64 letters, digits, `_` and `-`.
        max_age: Seconds until a sign-in expires, 1 to 86,400.
        secure: Whether the cookies are sent over https only. `"auto"` means whether the connection's `redirect_uri`
            is https.
        path: The cookies' attribute `Path`. It must cover the views of the start and of the callback.
        user_class: The class of the users that sign in, a subclass of `User`.
        trusted_origins: Origins of front ends on other hosts or ports, such as `https://play.example`, to which `next`
            may lead back as an absolute URL.
        domains: Origins of all domains of the game, such as `https://game.example`, if there are several and only one
            has the registered callback. See [`forward`][eternaltwin.login.flow.LoginFlow.forward].

    Raises:
        ConfigurationError: A setting is invalid.

    Example:
        >>> login = LoginFlow(store=SQLiteStore("logins.sqlite"))
        >>> redirect = login.begin(next="/arena", cookies=request.headers["Cookie"])  # in the view of the button
        >>> done = login.complete(request.query_string, request.headers["Cookie"])  # in the view of the callback
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
        *,
        trusted_origins: Iterable[str] = ...,
        domains: Iterable[str] = ...,
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
        trusted_origins: Iterable[str] = ...,
        domains: Iterable[str] = ...,
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
        trusted_origins: Iterable[str] = (),
        domains: Iterable[str] = (),
    ) -> None:
        self._using = DEFAULT_ALIAS if using is None else using
        self._store = checked_store(PROCESS_STORE if store is None else store)
        self._cookie_name = checked_cookie_name(cookie_name)
        self._max_age = checked_age(max_age, MAX_LIFE)
        self._secure = checked_secure(secure)
        self._path = checked_path(path)
        self._user_class = cast("type[AnyUser]", user_class)
        self._trusted_origins = checked_origins(trusted_origins, "trusted_origins")
        self._domains = checked_origins(domains, "domains")

    @clears_frames
    def begin(
        self,
        next: object = None,
        scope: str | Iterable[str] = "base",
        cookies: Cookies | None = None,
        *,
        process: Process = "login",
        subject: str | None = None,
        origin: str | None = None,
    ) -> Redirect:
        """Start a sign-in. Nothing is sent to Eternaltwin.

        Call this for a POST of your own site only: by GET, other sites could start sign-ins.

        Args:
            next: The path of this site to send the player to afterwards, or a URL of a trusted origin. Any other value
                is dropped, so what the browser sent may be passed unchecked.
            scope: The scopes to ask for: one or several, or a space-separated string.
            cookies: The cookies of the request: best the raw `Cookie` header, which is read strictly; or a mapping.
                Needed to limit the number of open sign-ins and the size of their cookies.
            process: What the sign-in is for: `"connect"` to connect the account to the player who is signed in.
            subject: Who is signed in now, such as the primary key of the player: 1 to 200 printable characters.
                `complete` must then be called with the same. Always pass it to connect.
            origin: Where the sign-in starts, such as `https://game.example`. Ignored unless it is one of `domains`.

        Returns:
            Where to redirect the browser to, and the cookies to set.

        Raises:
            InvalidArgumentError: A scope is malformed, or `process` or `subject` is.
            ConfigurationError: `redirect_uri` is https, and one of `domains` is not.
            UnknownConnectionError: No connection has this alias.

        Example:
            >>> redirect = login.begin(request.form.get("next"), cookies=request.headers.get("Cookie"))
        """
        client = offline_client(self._using)
        destination = safe_next(next, self._trusted_origins)
        ticket = Ticket.new(destination, checked_process(process), checked_subject(subject))
        nonce = ticket.nonce(client)
        domain = origin if origin in self._checked_domains(client) else None
        url = client.authorization_url(client.generate_state(self._max_age, nonce, ticket.rfp, domain), scope)
        jar = self._jar(client, () if cookies is None else cookies)
        cookie = jar.put(login_id(nonce), ticket)
        return Redirect(url, (*jar.cleared_for(cookie), cookie))

    @clears_frames
    async def abegin(
        self,
        next: object = None,
        scope: str | Iterable[str] = "base",
        cookies: Cookies | None = None,
        *,
        process: Process = "login",
        subject: str | None = None,
        origin: str | None = None,
    ) -> Redirect:
        """Async variant of [`begin`][eternaltwin.login.flow.LoginFlow.begin]."""
        return self.begin(next, scope, cookies, process=process, subject=subject, origin=origin)

    @clears_frames
    def complete(self, query: Query, cookies: Cookies, *, subject: str | None = None) -> Login[AnyUser]:
        """Finish a sign-in at the callback.

        The sign-in is marked as used before anything is sent. If the server then cannot be reached, the player has to
        start again.

        Args:
            query: The raw query string of the callback, or its fields. Doubled parameters are refused: pass the raw
                string or the framework's own mapping, since a plain `dict` has lost them.
            cookies: The cookies of the request: best the raw `Cookie` header, which is read strictly; or a mapping.
            subject: Who is signed in now, as given to `begin`. It is compared if the sign-in was started with one.

        Returns:
            The user, the destination, and the cookies to set.

        Raises:
            LoginError: The player is not signed in. [`exceptions`][eternaltwin.exceptions] lists the subclasses.
            ConfigurationError: The connection has an async client, or the store cannot be used like this.
            UnknownConnectionError: No connection has this alias.

        Example:
            >>> done = login.complete(request.query_string, request.headers.get("Cookie", ""))
            >>> done.user.username, done.next
            ('Zoe', '/arena')
        """
        client = connections.get_connection(self._using) if isinstance(self._using, str) else self._using
        if not isinstance(client, Eternaltwin):
            raise ConfigurationError("complete() needs a sync client, acomplete() an async one", setting="using")
        return run(self._finish(client, blocking(self._store.consume), query, cookies, subject))

    @clears_frames
    async def acomplete(self, query: Query, cookies: Cookies, *, subject: str | None = None) -> Login[AnyUser]:
        """Async variant of [`complete`][eternaltwin.login.flow.LoginFlow.complete]."""
        client = async_connections.get_connection(self._using) if isinstance(self._using, str) else self._using
        if not isinstance(client, AsyncEternaltwin):
            raise ConfigurationError("acomplete() needs an async client, complete() a sync one", setting="using")
        return await self._finish(client, self._store.aconsume, query, cookies, subject)

    @clears_frames
    def forward(self, query: Query, host: str) -> str | None:
        """Return where to pass a callback on to, in a game whose domains share one registered callback.

        Call it first in the view of the callback. The domain where the sign-in started has the cookies to complete it,
        so redirect there with status 303, and do not call `complete`. Only a domain of the setting `domains`, named by
        a state that this game has signed, gets the code.

        Args:
            query: The raw query string of the callback, or its fields.
            host: The host of this request, with its port if it has one: the header `Host`, or that of a trusted proxy.

        Returns:
            The URL of the callback on the domain where the sign-in started. None if that is this host, or unknown:
            `complete` then finishes the sign-in, or says why not.

        Raises:
            ConfigurationError: `redirect_uri` is https, and one of `domains` is not.
            UnknownConnectionError: No connection has this alias.

        Example:
            >>> url = login.forward(request.query_string, request.headers["Host"])
        """
        if not self._domains:
            return None
        client = offline_client(self._using)
        try:
            callback = Callback.read(query)
            origin = trusted_state(client, callback.state).origin
        except LoginError:
            return None
        domains = self._checked_domains(client)
        if callback.is_forwarded or origin not in domains or urlsplit(origin).netloc == host.lower():
            return None
        return f"{origin}{urlsplit(client.redirect_uri).path}?{callback.forwarded_query()}"

    async def _finish(
        self, client: ClientABC, consume: Consume, query: Query, cookies: Cookies, subject: str | None
    ) -> Login[AnyUser]:
        """Finish a sign-in. `complete` runs this coroutine with blocking calls, and `acomplete` awaits it."""
        jar = self._jar(client, cookies)
        to_set = jar.cleared_stale()
        ticket: Ticket | None = None
        try:
            callback = Callback.read(query)
            state = trusted_state(client, callback.state)
            ticket = own_ticket(jar, state, client)
            check_open(ticket, state, self._max_age)
            check_subject(ticket, subject)
            key = login_id(state.nonce)
            to_set.append(jar.put(key, replace(ticket, is_used=True)))
            callback.check_issuer(client.public_url)
            callback.check_success()
            if not await consume(key, _time_to_live(state)):
                raise LoginReplayedError(REPLAYED, callback.state)
            token = await self._exchange(client, key, callback.code)
            user = await owner_of(client.api.oauth, token)
        except LoginError as exc:
            is_used = not isinstance(exc, LoginStoreError)
            explain(exc, ticket, to_set if is_used else to_set[:-1])
            raise
        return Login(
            make_user(self._user_class, user, token), token, ticket.next, tuple(to_set), ticket.process, ticket.subject
        )

    async def _exchange(self, client: ClientABC, key: str, code: str) -> Token:
        try:
            return await exchange(client.api.oauth, code)
        except BaseException:
            # Otherwise anybody could fill the memory with made-up codes, above all while the server cannot be reached.
            if isinstance(self._store, MemoryStore):  # the only one that can be full
                self._store.forget(key)
            raise

    def _checked_domains(self, client: ClientABC) -> tuple[str, ...]:
        if is_https(client.redirect_uri) and not all(map(is_https, self._domains)):
            raise ConfigurationError("domains must be https, as redirect_uri is: they get codes", setting="domains")
        return self._domains

    def _jar(self, client: ClientABC, cookies: Cookies) -> CookieJar:
        secure = self._secure if isinstance(self._secure, bool) else is_https(client.redirect_uri)
        return CookieJar(
            self._cookie_name,
            max_age=self._max_age,
            path=self._path,
            secure=secure,
            cookies=as_mapping(cookies),
            trusted_origins=self._trusted_origins,
        )

    def __repr__(self) -> str:
        return f"<LoginFlow using {self._using!r}, {self._store!r}>"


def _time_to_live(state: State) -> int:
    """Return the seconds until no machine accepts the state any more, even with a slow clock."""
    return max(1, int(state.exp - time.time()) + LEEWAY + 1)
