"""The routes for Starlette and FastAPI, which start and finish a sign-in, and sign out."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from eternaltwin.connections import async_connections, offline_client
from eternaltwin.exceptions import LoginError, OtherPlayerError
from eternaltwin.integrations.shared.checks import check_start, log_problems
from eternaltwin.integrations.shared.failures import FailureCauses, failure_word, log_failure, with_purpose
from eternaltwin.integrations.shared.logs import hide_asgi_cookies, redact_access_logs, remove_asgi_query
from eternaltwin.integrations.shared.origins import (
    cors_headers,
    is_same_origin,
    own_origin,
    preflight_headers,
    warn_of_other_host,
)
from eternaltwin.integrations.shared.pages import BUTTON_STYLE, Button, Page, expects_page, logout_label
from eternaltwin.integrations.shared.payloads import expects_json, process_of
from eternaltwin.integrations.shared.players import Player
from eternaltwin.integrations.shared.profiles import (
    check_connects,
    complete_user,
    game_errors,
    login_cookies,
    profile_errors,
)
from eternaltwin.integrations.shared.settings import (
    LOGIN_MAX_AGE,
    SESSION_MAX_AGE,
    LoginSettings,
    check_callable,
    checked_prefix,
    checked_session_cookie,
)
from eternaltwin.integrations.starlette.hooks import call_hook
from eternaltwin.integrations.starlette.refusals import refuse_origin
from eternaltwin.integrations.starlette.requests import (
    accept_language,
    base_of,
    callback_paths,
    check_callback_paths,
    cookies_of,
    is_debug,
    read_fields,
    root_of,
    target_of,
)
from eternaltwin.integrations.starlette.responses import (
    SignInRequired,
    as_page,
    built_in_page,
    failure_as_json,
    guest_as_json,
    lead_to,
    player_as_json,
    see_other,
    with_headers,
)
from eternaltwin.integrations.starlette.sessions import player_sessions
from eternaltwin.login.flow import COOKIE_NAME
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Iterable

    from starlette.requests import HTTPConnection, Request

    from eternaltwin.clients.asyncio.clients import Eternaltwin
    from eternaltwin.integrations.shared.pages import PageContext
    from eternaltwin.login import Login, SingleUseStore
    from eternaltwin.login.tickets import Process

logger = logging.getLogger("eternaltwin.integrations.starlette")


class LoginRoutes:
    """The routes of a sign-in, and the sessions that they open and close.

    The classes `EternaltwinLogin` of [`starlette`][eternaltwin.integrations.starlette.EternaltwinLogin] and
    [`fastapi`][eternaltwin.integrations.fastapi.EternaltwinLogin] return the signed-in player to an application, and
    document the settings in full.

    Args:
        secret_key: Secret that signs the session cookie.
        using: Alias of the connection, or an asyncio client.
        prefix: Path below which the routes are.
        store: Store of used sign-ins.
        scope: Scopes that the game requests.
        session: `"cookie"` or `"starlette"`.
        session_cookie: Name of the session cookie.
        session_max_age: Seconds until a session ends.
        login_max_age: Seconds until a sign-in expires.
        login_cookie: Start of the names of the cookies that bind a sign-in to its browser.
        secure: Whether cookies are sent over https only.
        trusted_origins: Origins of front ends that may sign players in with scripts.
        domains: Origins of all domains of the game, if they share one callback.
        language: Language of the buttons and pages.
        game_name: Name of the game, for the link to its front page.
        label: Name of the server on the buttons.
        home: Path of the front page.
        on_login: Function that is called when a player has signed in, before the session is opened.
        subject: Function that returns who is signed in to the game.
        render: Function that returns the response that shows a page.

    Attributes:
        flow: The login flow of the connection.
        sessions: Reads, opens and closes the sessions of players.

    Raises:
        ConfigurationError: A setting is not valid.
    """

    def __init__(
        self,
        secret_key: str | list[str] | None = None,
        *,
        using: str | Eternaltwin = "default",
        prefix: str = "/eternaltwin",
        store: str | SingleUseStore | None = None,
        scope: str | Iterable[str] = "base",
        session: Literal["cookie", "starlette"] = "cookie",
        session_cookie: str | None = None,
        session_max_age: int = SESSION_MAX_AGE,
        login_max_age: int = LOGIN_MAX_AGE,
        login_cookie: str = COOKIE_NAME,
        secure: bool | Literal["auto"] = "auto",
        trusted_origins: Collection[str] = (),
        domains: Collection[str] = (),
        language: str | None = None,
        game_name: str | None = None,
        label: str | None = None,
        home: str | None = None,
        on_login: Callable[[Request, Login[User]], object] | None = None,
        subject: Callable[[Request], object] | None = None,
        render: Callable[[Request, Page], Response] | None = None,
    ) -> None:
        self.using = using
        self.prefix = checked_prefix(prefix)
        self._settings = LoginSettings(
            store=store,
            scope=scope,
            home=home,
            session_max_age=session_max_age,
            login_max_age=login_max_age,
            login_cookie=login_cookie,
            secure=secure,
            trusted_origins=trusted_origins,
            domains=domains,
            language=language,
            game_name=game_name,
            label=label,
        )
        self.flow = self._settings.flow(using)
        cookie_name = checked_session_cookie(session_cookie)
        self.sessions = player_sessions(using, secret_key, session, cookie_name, self._settings)
        check_callable(on_login, "on_login")
        check_callable(subject, "subject")
        check_callable(render, "render")
        self._on_login = on_login
        self._subject = subject
        self._render = built_in_page if render is None else render
        self._causes = FailureCauses()
        redact_access_logs()

    #: CSS rules for the buttons, for the pages of the game.
    button_style = BUTTON_STYLE

    @property
    def routes(self) -> list[Route]:
        """The routes to add to the application, below `prefix`.

        They are `/login`, `/callback`, `/failed/{word}`, `/logout`, and `/me`, which returns the player as JSON.
        """
        return [
            Route(
                f"{self.prefix}{path}", endpoint, methods=methods, name=f"eternaltwin:{name}", include_in_schema=False
            )
            for path, endpoint, methods, name in (
                ("/login", self._login_page, ["GET"], "login_page"),
                ("/login", self._login, ["POST"], "login"),
                ("/callback", self._callback, ["GET"], "callback"),
                ("/failed/{word}", self._failed_page, ["GET"], "failed"),
                ("/logout", self._logout_page, ["GET"], "logout_page"),
                ("/logout", self._logout, ["POST"], "logout"),
                ("/me", self._me, ["GET"], "me"),
                *((path, self._preflight, ["OPTIONS"], "preflight") for path in ("/login", "/logout", "/me")),
            )
        ]

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncGenerator[None]:
        """Check the connection when the application starts, and close it when the application stops.

        A warning is logged for settings that are unsafe together.

        Args:
            app: The application that contains the routes. With None, they are assumed to be directly below `prefix`.

        Yields:
            Nothing.

        Raises:
            UnknownConnectionError: The connection is not configured.
            ConfigurationError: The connection's `redirect_uri` is not the callback of these routes, or `domains` do
                not fit to it, or the application reads the session before `StrictCookieMiddleware`.

        Example:
            ```python
            @asynccontextmanager
            async def lifespan(app):
                async with login.lifespan(app):
                    yield
            ```
        """
        paths = callback_paths(app, self.prefix)
        check_callback_paths(offline_client(self.using).redirect_uri, self.prefix, paths)
        self.sessions.check_middleware(app)
        self.flow.begin()  # checks the settings that depend on the connection, and sends nothing
        log_problems(logger, check_start(self.using, self._settings.secure, self.sessions.secrets))
        try:
            yield
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the pooled connections of the client. It opens new ones when it is used again."""
        await async_connections.get_connection(self.using).close()

    def button(
        self,
        connection: HTTPConnection,
        next: str | None = None,
        text: str | None = None,
        process: Process = "login",
    ) -> Button:
        """Return the button that signs a player in, for a template.

        Args:
            connection: The request.
            next: Path of this site, or URL of a trusted origin, to redirect the player to afterwards. None means
                `home`.
            text: Label of the button. None means "Sign in with Eternaltwin", or "Connect with Eternaltwin", in the
                language of the player.
            process: `"connect"` to connect an account of Eternaltwin to the player who is signed in to the game.

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.

        Example:
            ```jinja
            {{ login.button(request, next=request.url.path) }}
            ```
        """
        path, settings = f"{self._base(connection)}/login", self._settings
        label = text or settings.login_label(self.using, accept_language(connection), process)
        return Button(path, next, label, process=process, trusted_origins=settings.trusted_origins)

    def logout_button(self, connection: HTTPConnection, text: str | None = None, next: str | None = None) -> Button:
        """Return the button that signs a player out, for a template.

        Args:
            connection: The request.
            text: Label of the button. None means "Sign out" in the language of the player.
            next: Path of this site, or URL of a trusted origin, to redirect the player to afterwards. None means
                `home`.

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.
        """
        label = text or logout_label(self._settings.language_for(accept_language(connection)))
        origins = self._settings.trusted_origins
        return Button(self.logout_path(connection), next, label, kind="logout", trusted_origins=origins)

    def logout_path(self, connection: HTTPConnection) -> str:
        """Return the path that signs a player out, for a form of your own with the method POST.

        Args:
            connection: The request.

        Returns:
            The path, with the path of a proxy or a mount.
        """
        return f"{self._base(connection)}/logout"

    async def ask_to_sign_in(self, request: Request, exc: Exception) -> Response:
        """Handle a [`SignInRequired`][eternaltwin.integrations.starlette.SignInRequired]. An exception handler.

        Args:
            request: The request of a guest.
            exc: The exception.

        Returns:
            The page with the button for a GET request that accepts HTML. Otherwise JSON: `detail`, as in FastAPI, and
            `error`, as in all integrations, if the request accepts JSON. The status is 401.

        Example:
            ```python
            Starlette(exception_handlers={SignInRequired: login.ask_to_sign_in})
            ```
        """
        failure = exc if isinstance(exc, HTTPException) else SignInRequired()
        if expects_page(request.method, request.headers.get("accept", "")):
            page = Page.start(self.button(request, target_of(request)), self._page_context(request))
            return self._show(request, page, failure.status_code)
        return self._with_cors(request, guest_as_json(request, failure))

    def check_origin(self, connection: HTTPConnection) -> None:
        """Check that a page of this site, or of a trusted origin, has sent a request.

        Use it for the game's own forms as well. For WebSockets, the methods that return the player call it.

        Args:
            connection: The request or the WebSocket.

        Raises:
            HTTPException: Another site has sent it, or the headers do not contain its origin (status 403).
            WebSocketException: The same for a WebSocket, whose handshake fails.
        """
        if not is_same_origin(connection.headers, self.using, self._settings.trusted_origins):
            refuse_origin(connection)

    def player_of(self, connection: HTTPConnection) -> Player | None:
        """Return the signed-in player of a request, or of a WebSocket of this site.

        Args:
            connection: The request or the WebSocket.

        Returns:
            The player, or None.

        Raises:
            WebSocketException: It is a WebSocket of another origin, whose handshake fails.
        """
        if connection.scope["type"] == "websocket":
            self.check_origin(connection)
        return self.sessions.read(connection)

    def forget_player(self, connection: HTTPConnection, response: Response) -> None:
        """Remove the player from the session, whose account has been disconnected.

        Players who sign in to the game with a password stay signed in to it.

        Args:
            connection: The request.
            response: Its response, to which cookies are added.

        Example:
            ```python
            response = RedirectResponse("/settings", 303)
            login.forget_player(request, response)
            ```
        """
        self.sessions.forget(connection, response)

    def _base(self, connection: HTTPConnection) -> str:
        """Return the path below which browsers find the routes."""
        return base_of(offline_client(self.using).redirect_uri, self.prefix, root_of(connection))

    def _home(self, connection: HTTPConnection) -> str:
        """Return the path of the front page."""
        callback = urlsplit(offline_client(self.using).redirect_uri).path
        paths = callback_paths(connection.scope.get("app"), self.prefix)
        roots = [callback.removesuffix(path) for path in paths if callback.endswith(path)]
        return self._settings.home_below(min(roots, key=len, default=root_of(connection)))

    def _page_context(self, connection: HTTPConnection) -> PageContext:
        player = self.sessions.read(connection)
        context = self._settings.page_context(self.using, "", accept_language(connection))
        return replace(context, home=self._home(connection), player=None if player is None else player.display_name)

    def _show(self, request: Request, page: Page, status: int | None = None) -> Response:
        shown = self._render(request, page)
        return as_page(shown, page.status if status is None else status, self._settings.language_headers(page))

    async def _subject_of(self, request: Request) -> str | None:
        """Return who is signed in to the game: by its own `subject`, otherwise the player of the session."""
        if self._subject is not None:
            found = await call_hook(self._subject, request)
            return None if found is None else str(found)
        player = self.sessions.read(request)
        return None if player is None else player.identifier

    def _with_cors(self, request: Request, response: Response) -> Response:
        origins = self._settings.trusted_origins
        return with_headers(response, cors_headers(request.headers.get("origin"), origins))

    # --- endpoints

    async def _login_page(self, request: Request) -> Response:
        """Show the button. A GET request, which other sites can cause, must not start a sign-in."""
        button = self.button(request, request.query_params.get("next"))
        return self._show(request, Page.start(button, self._page_context(request)))

    async def _login(self, request: Request) -> Response:
        """Start a sign-in."""
        hide_asgi_cookies(request.scope)
        self.check_origin(request)
        host, domains = request.headers.get("host", ""), self._settings.domains
        warn_of_other_host(host, self.using, logger, is_debug=is_debug(request), domains=domains)
        fields = await read_fields(request)
        process = process_of(fields.get("process"))
        subject = await self._subject_of(request) if process == "connect" else None
        if process == "connect" and subject is None:
            exc = OtherPlayerError("nobody is signed in to the game to whom an account could be connected")
            exc.process = process
            exc.next = self._settings.safe_next(fields.get("next"))
            return self._with_cors(request, self._refused(request, exc))
        redirect = await self.flow.abegin(
            fields.get("next"),
            self._settings.scope,
            cookies_of(request),
            process=process,
            subject=subject,
            origin=own_origin(host, domains),
        )
        return self._with_cors(request, lead_to(request, redirect.url, redirect.cookies))

    async def _callback(self, request: Request) -> Response:
        """Finish a sign-in, and redirect to its `next`, or to a page that explains the failure."""
        query = remove_asgi_query(request.scope)
        try:
            with game_errors():
                forwarded = self.flow.forward(query, request.headers.get("host", ""))
                return await self._finish(request, query) if forwarded is None else see_other(forwarded)
        except LoginError as exc:
            return see_other(self._failed_url(request, exc), exc.cookies)

    async def _finish(self, request: Request, query: bytes) -> Response:
        """Finish a sign-in. One that is over already leads on if somebody is signed in."""
        subject = await self._subject_of(request)
        try:
            finished = await self.flow.acomplete(query, cookies_of(request), subject=subject)
        except LoginError as exc:
            if not exc.is_stale or (subject is None and self.sessions.read(request) is None):
                raise
            log_failure(logger, exc)
            return see_other(exc.next or self._home(request), exc.cookies)
        with login_cookies(finished), game_errors():
            await self._complete(request, finished)
            response = see_other(finished.next or self._home(request), finished.cookies)
            is_connecting = finished.process == "connect"
            self.sessions.open(request, response, Player.of(finished.user), is_connecting=is_connecting)
        return response

    async def _complete(self, request: Request, finished: Login[User]) -> None:
        """Complete the user from the profile, and call the game's `on_login`."""
        client = async_connections.get_connection(self.using)
        with profile_errors():
            profile = await User.aget(finished.user.identifier, using=client, fresh=True)
        complete_user(finished.user, profile)
        check_connects(finished, self.sessions.read(request))
        if self._on_login is not None:
            await call_hook(self._on_login, request, finished)

    def _failed_url(self, request: Request, exc: LoginError) -> str:
        """Log a failed sign-in, and return the URL of its page."""
        log_failure(logger, exc)
        self._causes.keep(exc, is_debug=is_debug(request))
        return with_purpose(f"{self._base(request)}/failed/{failure_word(exc)}", exc)

    def _refused(self, request: Request, exc: LoginError) -> Response:
        """Log a sign-in that has failed before it was started, and return the response."""
        url = self._failed_url(request, exc)
        if expects_json(request.headers.get("accept", "")):
            return failure_as_json(exc, self._settings.language_for(accept_language(request)))
        return see_other(url)

    async def _failed_page(self, request: Request) -> Response:
        """Explain why a player was not signed in."""
        word = str(request.path_params["word"])
        parameters = request.query_params
        button = self.button(request, parameters.get("next"), process=process_of(parameters.get("process")))
        cause = self._causes.find(word, is_debug=is_debug(request))
        page = Page.failed(word, button, self._page_context(request), cause)
        if page is None:
            raise HTTPException(404)
        return self._show(request, page)

    async def _logout_page(self, request: Request) -> Response:
        """Show the button that signs out. A GET request, which other sites can cause, signs nobody out."""
        button = self.logout_button(request, next=request.query_params.get("next"))
        return self._show(request, Page.sign_out(button, self._page_context(request)))

    async def _logout(self, request: Request) -> Response:
        """Sign out of this game. The player stays logged in at Eternaltwin."""
        self.check_origin(request)
        fields = await read_fields(request)
        response = lead_to(request, self._settings.safe_next(fields.get("next")) or self._home(request))
        self.sessions.close(request, response)
        return self._with_cors(request, response)

    async def _me(self, request: Request) -> Response:
        """Return the signed-in player as JSON."""
        return self._with_cors(request, player_as_json(self.sessions.read(request)))

    async def _preflight(self, request: Request) -> Response:
        """Allow scripts of trusted origins, and no others, to send requests with JSON and cookies."""
        origins = self._settings.trusted_origins
        return with_headers(Response(status_code=204), preflight_headers(request.headers.get("origin"), origins))
