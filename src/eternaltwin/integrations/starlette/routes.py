"""The routes for Starlette and FastAPI, which start and finish a sign-in, and sign out."""

from __future__ import annotations

import inspect
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from eternaltwin.connections import async_connections, offline_client
from eternaltwin.exceptions import LoginError
from eternaltwin.integrations.shared.checks import check_start, log_problems
from eternaltwin.integrations.shared.failures import failure_word, log_failure
from eternaltwin.integrations.shared.logs import remove_asgi_query
from eternaltwin.integrations.shared.origins import REFUSAL, is_same_origin, warn_of_other_host
from eternaltwin.integrations.shared.pages import (
    CHALLENGE,
    PAGE_HEADERS,
    REDIRECT_HEADERS,
    SIGN_IN_FIRST,
    Button,
    Page,
    expects_page,
)
from eternaltwin.integrations.shared.players import Player
from eternaltwin.integrations.shared.profiles import complete_user, login_cookies, profile_errors
from eternaltwin.integrations.shared.settings import (
    LOGIN_MAX_AGE,
    SESSION_MAX_AGE,
    LoginSettings,
    check_callable,
    checked_prefix,
    checked_session_cookie,
)
from eternaltwin.integrations.starlette.requests import (
    base_of,
    callback_paths,
    check_callback_paths,
    own_base,
    path_with_query,
    read_form,
    root_of,
)
from eternaltwin.integrations.starlette.sessions import player_sessions
from eternaltwin.login import safe_next
from eternaltwin.login.flow import COOKIE_NAME
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Iterable

    from starlette.requests import HTTPConnection, Request

    from eternaltwin.clients.asyncio.clients import Eternaltwin
    from eternaltwin.login import Cookie, Login, SingleUseStore

logger = logging.getLogger("eternaltwin.integrations.starlette")


class SignInRequired(HTTPException):
    """No player is signed in (status 401)."""

    def __init__(self) -> None:
        super().__init__(401, SIGN_IN_FIRST, headers={"WWW-Authenticate": CHALLENGE})


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
        home: Path of the front page.
        on_login: Function that is called when a player has signed in, before the session is opened.
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
        home: str | None = None,
        on_login: Callable[[Request, Login[User]], object] | None = None,
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
        )
        self.flow = self._settings.flow(using)
        cookie_name = checked_session_cookie(session_cookie)
        self.sessions = player_sessions(using, secret_key, session, cookie_name, self._settings)
        check_callable(on_login, "on_login")
        check_callable(render, "render")
        self._on_login = on_login
        self._render = _built_in if render is None else render

    @property
    def routes(self) -> list[Route]:
        """The routes to add to the application: `/login`, `/callback`, `/failed/{word}`, `/logout` below `prefix`."""
        return [
            Route(
                f"{self.prefix}{path}", endpoint, methods=methods, name=f"eternaltwin:{name}", include_in_schema=False
            )
            for path, endpoint, methods, name in (
                ("/login", self._login_page, ["GET"], "login_page"),
                ("/login", self._login, ["POST"], "login"),
                ("/callback", self._callback, ["GET"], "callback"),
                ("/failed/{word}", self._failed_page, ["GET"], "failed"),
                ("/logout", self._logout, ["POST"], "logout"),
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
            ConfigurationError: The connection's `redirect_uri` is not the callback of these routes.

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
        log_problems(logger, check_start(self.using, self._settings.secure, self.sessions.secrets))
        try:
            yield
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the pooled connections of the client. It opens new ones when it is used again."""
        await async_connections.get_connection(self.using).close()

    def button(self, connection: HTTPConnection, next: str | None = None, text: str | None = None) -> Button:
        """Return the button that signs a player in, for a template.

        Args:
            connection: The request.
            next: Path of this site to redirect the player to afterwards. None means `home`.
            text: Label of the button. None means "Sign in with Eternaltwin".

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.

        Example:
            ```jinja
            {{ login.button(request, next=request.url.path) }}
            ```
        """
        return Button(f"{self._base(connection)}/login", next, text)

    def logout_button(self, connection: HTTPConnection, text: str = "Sign out", next: str | None = None) -> Button:
        """Return the button that signs a player out, for a template.

        Args:
            connection: The request.
            text: Label of the button.
            next: Path of this site to redirect the player to afterwards. None means `home`.

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.
        """
        return Button(self.logout_path(connection), next, text, kind="logout")

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
            The page with the button for a GET request that accepts HTML, otherwise JSON. The status is 401.

        Example:
            ```python
            Starlette(exception_handlers={SignInRequired: login.ask_to_sign_in})
            ```
        """
        failure = exc if isinstance(exc, HTTPException) else SignInRequired()
        if expects_page(request.method, request.headers.get("accept", "")):
            page = Page.start(self.button(request, path_with_query(request)), self._home(request))
            return self._page(request, page, failure.status_code)
        return JSONResponse({"detail": failure.detail}, failure.status_code, failure.headers)

    def _base(self, connection: HTTPConnection) -> str:
        """Return the path below which browsers find the routes."""
        return base_of(offline_client(self.using).redirect_uri, self.prefix, root_of(connection))

    def _home(self, connection: HTTPConnection) -> str:
        """Return the path of the front page."""
        callback = urlsplit(offline_client(self.using).redirect_uri).path
        paths = callback_paths(connection.scope.get("app"), self.prefix)
        roots = [callback.removesuffix(path) for path in paths if callback.endswith(path)]
        return self._settings.home_below(min(roots, key=len, default=root_of(connection)))

    # --- endpoints

    async def _login_page(self, request: Request) -> Response:
        """Show the button. A GET request, which other sites can cause, must not start a sign-in."""
        button = Button(f"{own_base(request, '/login')}/login", request.query_params.get("next"))
        return self._page(request, Page.start(button, self._home(request)))

    async def _login(self, request: Request) -> Response:
        """Start a sign-in."""
        self.check_origin(request)
        is_debug = bool(getattr(request.scope.get("app"), "debug", False))
        warn_of_other_host(request.headers.get("host", ""), self.using, logger, is_debug=is_debug)
        form = await read_form(request)
        redirect = await self.flow.abegin(form.get("next"), self._settings.scope, request.cookies)
        return _see_other(redirect.url, redirect.cookies)

    async def _callback(self, request: Request) -> Response:
        """Finish a sign-in, and redirect to its `next`, or to a page that explains the failure."""
        query = remove_asgi_query(request.scope)
        try:
            finished = await self.flow.acomplete(query, request.cookies)
            with login_cookies(finished):
                await self._complete(request, finished)
        except LoginError as exc:
            log_failure(logger, exc)
            return _see_other(f"{own_base(request, '/callback')}/failed/{failure_word(exc)}", exc.cookies)
        response = _see_other(finished.next or self._home(request), finished.cookies)
        self.sessions.open(request, response, Player.of(finished.user))
        return response

    async def _complete(self, request: Request, finished: Login[User]) -> None:
        """Complete the user from the profile, and call the game's `on_login`."""
        client = async_connections.get_connection(self.using)
        with profile_errors():
            profile = await User.aget(finished.user.identifier, using=client)
        complete_user(finished.user, profile)
        await self._call_on_login(request, finished)

    async def _call_on_login(self, request: Request, finished: Login[User]) -> None:
        if self._on_login is None:
            return
        result: object
        if inspect.iscoroutinefunction(self._on_login):
            result = self._on_login(request, finished)
        else:
            result = await run_in_threadpool(self._on_login, request, finished)
        if inspect.isawaitable(result):  # a lambda and a callable object can return one too
            await result

    async def _failed_page(self, request: Request) -> Response:
        """Explain why a player was not signed in."""
        word = str(request.path_params["word"])
        button = Button(f"{own_base(request, f'/failed/{word}')}/login")
        page = Page.failed(word, button, self._home(request))
        if page is None:
            raise HTTPException(404)
        return self._page(request, page)

    async def _logout(self, request: Request) -> Response:
        """Sign out of this game. The player stays logged in at Eternaltwin."""
        self.check_origin(request)
        form = await read_form(request)
        response = _see_other(safe_next(form.get("next")) or self._home(request), ())
        self.sessions.close(request, response)
        return response

    def check_origin(self, connection: HTTPConnection) -> None:
        """Check that a page of this site has sent a request. Use it for the game's own forms as well.

        Args:
            connection: The request.

        Raises:
            HTTPException: Another site has sent it, or the headers do not contain its origin (status 403).
        """
        if not is_same_origin(connection.headers, self.using):
            raise HTTPException(403, REFUSAL)

    def _page(self, request: Request, page: Page, status: int | None = None) -> Response:
        response = self._render(request, page)
        response.status_code = page.status if status is None else status
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _built_in(_request: Request, page: Page) -> Response:
    return HTMLResponse(page.html())


def _see_other(url: str, cookies: Iterable[Cookie]) -> Response:
    """Redirect to a URL with GET (status 303), so that the URL of this response is not in the browser's history."""
    response = RedirectResponse(url, 303, REDIRECT_HEADERS)
    for cookie in cookies:
        response.headers.append("set-cookie", cookie.header())
    return response
