"""The extension: its views, and what templates and views of the game use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar, cast

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from eternaltwin.connections import DEFAULT_ALIAS, connections
from eternaltwin.exceptions import ConfigurationError, LoginError
from eternaltwin.integrations.flask import sessions
from eternaltwin.integrations.flask.config import protect_session_cookie, read_config
from eternaltwin.integrations.shared.failures import failure_word, log_failure
from eternaltwin.integrations.shared.logs import redact_log, remove_wsgi_query
from eternaltwin.integrations.shared.origins import REFUSAL, is_same_origin, warn_of_other_host
from eternaltwin.integrations.shared.pages import (
    CHALLENGE,
    PAGE_HEADERS,
    REDIRECT_HEADERS,
    SIGN_IN_FIRST,
    STYLE,
    Button,
    Page,
    expects_page,
)
from eternaltwin.integrations.shared.players import Player
from eternaltwin.integrations.shared.profiles import complete_user, login_cookies, profile_errors
from eternaltwin.integrations.shared.settings import checked_prefix
from eternaltwin.login import safe_next
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.shared.settings import LoginSettings
    from eternaltwin.login import Cookie, Login, LoginFlow

    OnLogin = Callable[[Login[User]], object]

P = ParamSpec("P")
View: TypeAlias = "Callable[P, ResponseReturnValue | Awaitable[ResponseReturnValue]]"
AnyOnLogin = TypeVar("AnyOnLogin", bound="OnLogin")

logger = logging.getLogger("eternaltwin.integrations.flask")

#: Where an application keeps its extensions of this kind, by their names.
EXTENSION = "eternaltwin"


@dataclass(frozen=True)
class LoginState:
    """What an extension keeps in an application.

    Attributes:
        extension: The extension.
        settings: Settings of its sign-in.
        flow: Its login flow.
    """

    extension: Eternaltwin
    settings: LoginSettings
    flow: LoginFlow[User]


class Eternaltwin:
    """Signs players in and out of a Flask application, and remembers them in its session.

    Args:
        app: the application; or call `init_app` later, for one or several.
        using: the alias of the connection. Keys such as `ETERNALTWIN_CLIENT_ID` of the
            application's configuration set it; without them it is set by `eternaltwin.configure`.
        url_prefix: the path below which the views are; the connection's `redirect_uri` is
            `callback` below it.
        name: of the blueprint, and in templates; a second extension needs another one.
        config_prefix: what its keys of the configuration start with.

    Raises:
        ConfigurationError: one of these, or of the application's configuration, is wrong.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        using: str = DEFAULT_ALIAS,
        url_prefix: str = "/eternaltwin",
        name: str = "eternaltwin",
        config_prefix: str = "ETERNALTWIN_",
    ) -> None:
        self.using = using
        self.url_prefix = checked_prefix(url_prefix)
        self.name = name
        self._config_prefix = config_prefix
        self._on_login: OnLogin | None = None
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add the views to an application; its configuration has to be there.

        Raises:
            ConfigurationError: something in the configuration is wrong.
        """
        settings = read_config(app, self.using, self._config_prefix)
        state = LoginState(self, settings, settings.flow(self.using))
        protect_session_cookie(app, self.using, self.url_prefix)
        app.extensions.setdefault(EXTENSION, {})[self.name] = state
        app.register_blueprint(self._blueprint())
        app.context_processor(lambda: {self.name: self})
        redact_log("werkzeug")  # its development server has a copy of the URL

    def on_login(self, function: AnyOnLogin) -> AnyOnLogin:
        """Call a function with the `Login` when a player has signed in, before the session opens; a decorator.

        There a game finds or makes its own player, or keeps the token. What the function answers is
        what Flask-Login signs in, where the application has it. To turn a player away it raises an
        `AccountRefusedError`.
        """
        self._on_login = function
        return function

    # --- for views and templates of the game

    @property
    def player(self) -> Player | None:
        """Who is signed in; None if nobody is."""
        return sessions.read_session(self.name, self.using, self._state.settings.session_max_age)

    def load_user(self, user_id: str) -> Player | None:
        """For Flask-Login, where a game has no users of its own.

        login_manager.user_loader(eternaltwin.load_user)
        """
        player = self.player
        return player if player is not None and player.identifier == user_id else None

    @property
    def here(self) -> str:
        """The path that was asked for, as browsers know it, with its query.

        In a template: `{{ eternaltwin.button(next=eternaltwin.here) }}`.
        """
        target = request.full_path if request.query_string else request.path
        return f"{request.script_root}{target}"

    def button(self, next: str | None = None, text: str | None = None) -> Button:
        """The button that signs a player in, for a template.

        Args:
            next: where to send the player afterwards, a path of this site.
            text: what is on the button.
        """
        return Button(self._url("login"), next, text, _csrf_fields())

    def logout_button(self, text: str = "Sign out", next: str | None = None) -> Button:
        """The button that signs a player out, for a template."""
        return Button(self._url("logout"), next, text, _csrf_fields(), kind="logout")

    def login_required(self, view: View[P]) -> Callable[P, ResponseReturnValue]:
        """Let only players into a view; others get a page with the button, or 401."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if self.player is None:
                return self.ask_to_sign_in()
            return _called(view, *args, **kwargs)

        return guarded

    def admin_required(self, view: View[P]) -> Callable[P, ResponseReturnValue]:
        """Let only those into a view who administrated Eternaltwin when they signed in; others get 401 or 403."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            player = self.player
            if player is None:
                return self.ask_to_sign_in()
            if not player.is_administrator:
                abort(403)
            return _called(view, *args, **kwargs)

        return guarded

    def ask_to_sign_in(self) -> ResponseReturnValue:
        """The answer to who is not signed in: a page with the button, or 401 to a program.

        Raises:
            Unauthorized: it is a program.
        """
        if not expects_page(request.method, request.headers.get("Accept", "")):
            raise Unauthorized(SIGN_IN_FIRST, www_authenticate=WWWAuthenticate(CHALLENGE))
        return self._page(Page.start(self.button(self.here), self._home), 401)

    @property
    def _home(self) -> str:
        """Where players land who wanted to go nowhere special."""
        return self._state.settings.home_below(request.script_root)

    @property
    def _state(self) -> LoginState:
        found = cast("dict[str, LoginState]", current_app.extensions.get(EXTENSION, {}))
        if self.name not in found:
            raise ConfigurationError("this application has no such extension: call init_app() first", setting="app")
        return found[self.name]

    def _url(self, view: str, word: str | None = None) -> str:
        return url_for(f"{self.name}.{view}", word=word)

    # --- the views

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint(self.name, __name__, url_prefix=self.url_prefix, template_folder="templates")
        blueprint.add_url_rule("/login", "login", self._login, methods=["GET", "POST"])
        blueprint.add_url_rule("/callback", "callback", self._callback, methods=["GET"])
        blueprint.add_url_rule("/failed/<word>", "failed", self._failed, methods=["GET"])
        blueprint.add_url_rule("/logout", "logout", self._logout, methods=["POST"])
        blueprint.before_app_request(self._close_expired)
        return blueprint

    def _close_expired(self) -> None:
        sessions.close_expired_session(self.name, self.using, self._state.settings.session_max_age)

    def _login(self) -> ResponseReturnValue:
        """Start a sign-in by POST; GET shows the button for it: a GET of another site's must not start one."""
        if request.method != "POST":
            return self._page(Page.start(self.button(request.args.get("next")), self._home))
        self.check_origin()
        warn_of_other_host(request.host, self.using, logger)
        flow = self._state.flow
        begun = flow.begin(request.form.get("next"), self._state.settings.scope, request.cookies)
        return _see_other(begun.url, begun.cookies)

    def _callback(self) -> ResponseReturnValue:
        """Finish a sign-in, and go on to where the player wanted to go, or to a page that says what is wrong."""
        query = _taken_query()
        try:
            finished = self._state.flow.complete(query, request.cookies)
            with login_cookies(finished):
                self._sign_in(finished)
        except LoginError as exc:
            log_failure(logger, exc)
            return _see_other(self._url("failed", failure_word(exc)), exc.cookies)
        return _see_other(finished.next or self._home, finished.cookies)

    def _sign_in(self, finished: Login[User]) -> None:
        """Read what the token does not tell, let the game have its say, and open the session."""
        with profile_errors():
            profile = User.get(finished.user.identifier, using=connections[self.using])
        complete_user(finished.user, profile)
        player = Player.of(finished.user)
        user = self._on_login(finished) if self._on_login is not None else None
        sessions.open_session(self.name, self.using, player, player if user is None else user)

    def _failed(self, word: str) -> ResponseReturnValue:
        """Say why a player was not signed in."""
        page = Page.failed(word, self.button(), self._home)
        if page is None:
            abort(404)
        return self._page(page)

    def _logout(self) -> ResponseReturnValue:
        """Sign out of this game; the player stays signed in at Eternaltwin."""
        self.check_origin()
        sessions.close_session()
        return _see_other(safe_next(request.form.get("next")) or self._home, ())

    def check_origin(self) -> None:
        """Check that a page of this site has sent the request: also for what the game's own forms change.

        Raises:
            Forbidden: another site has sent it (403).
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_same_origin(headers, self.using):
            abort(403, REFUSAL)

    def _page(self, page: Page, status: int | None = None) -> ResponseReturnValue:
        response = make_response(render_template("eternaltwin/page.html", page=page, style=STYLE))
        response.status_code = page.status if status is None else status
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _called(view: View[P], *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
    """What a view answers, also an async one."""
    return cast("ResponseReturnValue", current_app.ensure_sync(view)(*args, **kwargs))


def _taken_query() -> bytes:
    """The callback's query, taken out of the request: no report and no log can show it any more.

    Servers write their access logs from the same environment, once the answer is there.
    """
    remove_wsgi_query(request.environ, f"{request.script_root}{request.path}")
    query = request.query_string
    request.query_string = b""
    for name in ("args", "full_path", "url", "values"):
        vars(request).pop(name, None)
    return query


def _csrf_fields() -> dict[str, str]:
    """What Flask-WTF wants in every form, where an application has it."""
    make = cast("Callable[[], str] | None", current_app.jinja_env.globals.get("csrf_token"))
    return {} if make is None else {"csrf_token": make()}


def _see_other(url: str, cookies: Iterable[Cookie]) -> ResponseReturnValue:
    """303: go there with GET. It takes the place of this page in the browser's history."""
    response = redirect(url, 303)
    response.headers.extend(REDIRECT_HEADERS)
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie.header())
    return response
