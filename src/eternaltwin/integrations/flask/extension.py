"""The extension: its views, and what the game's own templates and views use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeAlias, TypeVar, cast

from flask import Blueprint, abort, current_app, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from eternaltwin.connections import DEFAULT_ALIAS, connections
from eternaltwin.exceptions import ConfigurationError, LoginError
from eternaltwin.integrations.flask import sessions
from eternaltwin.integrations.flask.config import protect_session_cookie, read_config
from eternaltwin.integrations.flask.requests import take_query
from eternaltwin.integrations.flask.responses import csrf_fields, page_response, see_other
from eternaltwin.integrations.shared.failures import failure_word, log_failure
from eternaltwin.integrations.shared.logs import redact_log
from eternaltwin.integrations.shared.origins import REFUSAL, is_same_origin, warn_of_other_host
from eternaltwin.integrations.shared.pages import (
    CHALLENGE,
    SIGN_IN_FIRST,
    Button,
    Page,
    expects_page,
)
from eternaltwin.integrations.shared.players import Player
from eternaltwin.integrations.shared.profiles import complete_user, login_cookies, profile_errors
from eternaltwin.integrations.shared.settings import LOGIN_MAX_AGE, SESSION_MAX_AGE, LoginSettings, checked_prefix
from eternaltwin.login import safe_next
from eternaltwin.login.flow import COOKIE_NAME
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from eternaltwin.login import Login, LoginFlow, SingleUseStore

    OnLogin = Callable[[Login[User]], object]

P = ParamSpec("P")
View: TypeAlias = "Callable[P, ResponseReturnValue | Awaitable[ResponseReturnValue]]"
AnyOnLogin = TypeVar("AnyOnLogin", bound="OnLogin")

logger = logging.getLogger("eternaltwin.integrations.flask")

#: Key of `app.extensions` below which an application keeps these extensions, by their names.
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
    """Sign-in with Eternaltwin for a Flask application, in whose session players are remembered.

    Keys of the application's configuration set the connection (`ETERNALTWIN_CLIENT_ID`, ...); without them
    [`configure`][eternaltwin.connections.configure] sets it. The arguments from `store` on have keys as well
    (`ETERNALTWIN_STORE`, ...), which take precedence.

    Args:
        app: The application. None to call `init_app` later, for one or several.
        using: Alias of the connection.
        url_prefix: Path below which the views are. The connection's `redirect_uri` is `callback` below it.
        name: Name of the blueprint, and of this object in templates. A second extension needs another name.
        config_prefix: Start of the names of its keys in the configuration.
        store: Where used sign-ins are remembered: `"memory"` (also None), `"sqlite:PATH"`, a URL such as
            `"redis://localhost:6379/0"`, or a store. With several processes, memory is not enough.
        scope: Scopes that the game asks for, one or several.
        home: Path of the front page, where players land who did not want to go elsewhere. None means the
            application's own root.
        session_max_age: Seconds after which a session ends, at most 400 days.
        login_max_age: Seconds within which a sign-in must be finished, at most a day.
        login_cookie: Start of the names of the cookies that bind a sign-in to its browser.
        secure: Whether these cookies are sent over https only. `"auto"` means: if `redirect_uri` is https.

    Raises:
        ConfigurationError: An argument, or a key of the configuration, is not valid.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        using: str = DEFAULT_ALIAS,
        url_prefix: str = "/eternaltwin",
        name: str = "eternaltwin",
        config_prefix: str = "ETERNALTWIN_",
        store: str | SingleUseStore | None = None,
        scope: str | Iterable[str] = "base",
        home: str | None = None,
        session_max_age: int = SESSION_MAX_AGE,
        login_max_age: int = LOGIN_MAX_AGE,
        login_cookie: str = COOKIE_NAME,
        secure: bool | Literal["auto"] = "auto",
    ) -> None:
        self.using = using
        self.url_prefix = checked_prefix(url_prefix)
        self.name = name
        self._config_prefix = config_prefix
        self._settings = LoginSettings(
            store=store,
            scope=scope,
            home=home,
            session_max_age=session_max_age,
            login_max_age=login_max_age,
            login_cookie=login_cookie,
            secure=secure,
        )
        self._on_login: OnLogin | None = None
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add the views to an application.

        Args:
            app: The application, with its configuration.

        Raises:
            ConfigurationError: A key of the configuration is not valid.
        """
        settings = read_config(app, self.using, self._config_prefix, self._settings)
        protect_session_cookie(app, self.using, self.url_prefix)
        state = LoginState(self, settings, settings.flow(self.using))
        app.extensions.setdefault(EXTENSION, {})[self.name] = state
        app.register_blueprint(self._blueprint())
        app.context_processor(lambda: {self.name: self})
        redact_log("werkzeug")  # its development server has a copy of the URL

    def on_login(self, function: AnyOnLogin) -> AnyOnLogin:
        """Register what to call when a player has signed in, before the session opens. A decorator.

        There a game finds or creates its own player, or keeps the token.

        Args:
            function: Called with the [`Login`][eternaltwin.login.Login]. It may be a coroutine function, as
                views may. If the application has Flask-Login, the user that it returns is signed in there. It
                turns a player away by raising an
                [`AccountRefusedError`][eternaltwin.exceptions.AccountRefusedError].

        Returns:
            The same function.

        Example:
            ```python
            @eternaltwin.on_login
            def welcome(login):
                return MyPlayer.find_or_create(login.user.identifier, login.user.username)
            ```
        """
        self._on_login = function
        return function

    # --- for the game's own views and templates

    @property
    def player(self) -> Player | None:
        """The player who is signed in, or None."""
        return sessions.read_session(self.name, self.using, self._state.settings.session_max_age)

    def load_user(self, user_id: str) -> Player | None:
        """Load the user of a session, for Flask-Login where a game has no users of its own.

        Args:
            user_id: UUID of the account.

        Returns:
            The player who is signed in, or None if it is not this one.

        Example:
            ```python
            login_manager.user_loader(eternaltwin.load_user)
            ```
        """
        player = self.player
        return player if player is not None and player.identifier == user_id else None

    @property
    def here(self) -> str:
        """The path of the current request with its query, as browsers know it, for `button(next=...)`."""
        target = request.full_path if request.query_string else request.path
        return f"{request.script_root}{target}"

    def button(self, next: str | None = None, text: str | None = None) -> Button:
        """Return the button that signs a player in, for a template.

        Args:
            next: Where to send the player afterwards, a path of this site.
            text: Label of the button. None means "Sign in with Eternaltwin".

        Returns:
            A form that templates show unescaped.

        Example:
            ```jinja
            {{ eternaltwin.button(next=eternaltwin.here) }}
            ```
        """
        return Button(self._url("login"), next, text, csrf_fields())

    def logout_button(self, text: str = "Sign out", next: str | None = None) -> Button:
        """Return the button that signs a player out, for a template.

        Args:
            text: Label of the button.
            next: Where to send the player afterwards, a path of this site.

        Returns:
            A form that templates show unescaped.
        """
        return Button(self._url("logout"), next, text, csrf_fields(), kind="logout")

    def login_required(self, view: View[P]) -> Callable[P, ResponseReturnValue]:
        """Let only players into a view. A decorator.

        Args:
            view: View of the game, which may be a coroutine function.

        Returns:
            The view for players. For others it returns `ask_to_sign_in()`.
        """

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if self.player is None:
                return self.ask_to_sign_in()
            return _called(view, *args, **kwargs)

        return guarded

    def admin_required(self, view: View[P]) -> Callable[P, ResponseReturnValue]:
        """Let only players into a view who were administrators of Eternaltwin when they signed in. A decorator.

        Args:
            view: View of the game, which may be a coroutine function.

        Returns:
            The view for administrators. For other players its status is 403, for others it returns
            `ask_to_sign_in()`.
        """

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
        """Build the response for somebody who is not signed in.

        Returns:
            The page with the button, with status 401.

        Raises:
            Unauthorized: The request is not one for a page, so it gets a bare 401.
        """
        if not expects_page(request.method, request.headers.get("Accept", "")):
            raise Unauthorized(SIGN_IN_FIRST, www_authenticate=WWWAuthenticate(CHALLENGE))
        return page_response(Page.start(self.button(self.here), self._home), 401)

    @property
    def _home(self) -> str:
        """Return where players land who did not want to go elsewhere."""
        return self._state.settings.home_below(request.script_root)

    @property
    def _state(self) -> LoginState:
        found = cast("dict[str, LoginState]", current_app.extensions.get(EXTENSION, {}))
        if self.name not in found:
            raise ConfigurationError(
                "this application does not have this extension: call init_app() first", setting="app"
            )
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
        """Start a sign-in by POST. A GET, which any site can cause, shows the button instead."""
        if request.method != "POST":
            return page_response(Page.start(self.button(request.args.get("next")), self._home))
        self.check_origin()
        warn_of_other_host(request.host, self.using, logger)
        flow = self._state.flow
        begun = flow.begin(request.form.get("next"), self._state.settings.scope, request.cookies)
        return see_other(begun.url, begun.cookies)

    def _callback(self) -> ResponseReturnValue:
        """Finish a sign-in, and redirect to where the player wanted to go, or to a page that explains the failure."""
        query = take_query()
        try:
            finished = self._state.flow.complete(query, request.cookies)
            with login_cookies(finished):
                self._sign_in(finished)
        except LoginError as exc:
            log_failure(logger, exc)
            return see_other(self._url("failed", failure_word(exc)), exc.cookies)
        return see_other(finished.next or self._home, finished.cookies)

    def _sign_in(self, finished: Login[User]) -> None:
        """Read the profile, which has more than the token, call the game's `on_login`, and open the session."""
        with profile_errors():
            profile = User.get(finished.user.identifier, using=connections[self.using])
        complete_user(finished.user, profile)
        player = Player.of(finished.user)
        user = self._call_on_login(finished)
        sessions.open_session(self.name, self.using, player, player if user is None else user)

    def _call_on_login(self, finished: Login[User]) -> object:
        if self._on_login is None:
            return None
        return cast("object", current_app.ensure_sync(self._on_login)(finished))

    def _failed(self, word: str) -> ResponseReturnValue:
        """Explain why a player was not signed in."""
        page = Page.failed(word, self.button(), self._home)
        if page is None:
            abort(404)
        return page_response(page)

    def _logout(self) -> ResponseReturnValue:
        """Sign out of this game; the player stays signed in at Eternaltwin."""
        self.check_origin()
        sessions.close_session()
        return see_other(safe_next(request.form.get("next")) or self._home, ())

    def check_origin(self) -> None:
        """Check that a page of this site has sent the request. Use it for the game's own forms as well.

        Raises:
            Forbidden: Another site has sent it (status 403).
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_same_origin(headers, self.using):
            abort(403, REFUSAL)


def _called(view: View[P], *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
    """Call a view, which may be a coroutine function."""
    return cast("ResponseReturnValue", current_app.ensure_sync(view)(*args, **kwargs))
