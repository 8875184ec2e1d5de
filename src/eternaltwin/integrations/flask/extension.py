"""The extension: its views, and its methods for the views and templates of the game."""

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
from eternaltwin.integrations.flask.config import check_config, protect_session_cookie, read_config
from eternaltwin.integrations.flask.requests import take_query
from eternaltwin.integrations.flask.responses import csrf_fields, page_response, see_other
from eternaltwin.integrations.shared.checks import log_problems
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
from eternaltwin.integrations.shared.rendering import TEMPLATE_PACKAGE
from eternaltwin.integrations.shared.settings import (
    LOGIN_MAX_AGE,
    SESSION_MAX_AGE,
    LoginSettings,
    check_callable,
    checked_prefix,
)
from eternaltwin.login import safe_next
from eternaltwin.login.flow import COOKIE_NAME
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from eternaltwin.login import Login, LoginFlow, SingleUseStore

    OnLogin = Callable[[Login[User]], object]

P = ParamSpec("P")
View: TypeAlias = "Callable[P, ResponseReturnValue | Awaitable[ResponseReturnValue]]"
AnyOnLogin = TypeVar("AnyOnLogin", bound="OnLogin")

logger = logging.getLogger("eternaltwin.integrations.flask")

#: Key of `app.extensions`, whose value contains the `InstalledExtension` for each name.
EXTENSION = "eternaltwin"


@dataclass(frozen=True)
class InstalledExtension:
    """An extension with its settings in one application.

    Attributes:
        extension: The extension, which several applications may share.
        settings: Settings of the sign-in, from the configuration of the application.
        flow: Login flow with these settings.
    """

    extension: Eternaltwin
    settings: LoginSettings
    flow: LoginFlow[User]


class Eternaltwin:
    """Sign-in with Eternaltwin for a Flask application, whose session contains the signed-in player.

    The configuration of the application contains the connection (`ETERNALTWIN_CLIENT_ID`, ...). Without such keys,
    use [`configure`][eternaltwin.connections.configure]. The arguments from `store` on have keys as well
    (`ETERNALTWIN_STORE`, ...), which take precedence.

    Args:
        app: The application. None to call `init_app` later, for one application or several.
        using: Alias of the connection.
        url_prefix: Path below which the views are. The path of the connection's `redirect_uri` is `callback` below it.
        name: Name of the blueprint, and of this object in templates. A second extension needs another name.
        config_prefix: Start of the names of the keys in the configuration.
        store: Store of used sign-ins: `"memory"` (also None), `"sqlite:PATH"`, a URL such as
            `"redis://localhost:6379/0"`, or a store. Several processes need a shared one, not the memory.
        scope: Scopes that the game requests, one or several.
        home: Path of the front page, to which a sign-in or sign-out without `next` redirects. None means the root
            of the application.
        session_max_age: Seconds until a session ends, 1 to 34,560,000 (400 days).
        login_max_age: Seconds until a sign-in expires, 1 to 86,400 (a day).
        login_cookie: Start of the names of the cookies that bind a sign-in to its browser.
        secure: Whether the cookies of a sign-in are sent over https only. `"auto"` means whether `redirect_uri` is
            https. For the session cookie, Flask has the key `SESSION_COOKIE_SECURE`, which is set to True if
            `redirect_uri` is https.
        trusted_origins: Origins of front ends that may sign players in with scripts, and to which `next` may lead
            back, such as `"http://localhost:5173"`.
        domains: Origins of all domains of the game, if they share one callback, such as `"https://fr.game.example"`.

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
        trusted_origins: Collection[str] = (),
        domains: Collection[str] = (),
    ) -> None:
        self.using = using
        self.url_prefix = checked_prefix(url_prefix, "url_prefix")
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
            trusted_origins=trusted_origins,
            domains=domains,
        )
        self._on_login: OnLogin | None = None
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add the views to an application, and this object to its templates.

        It also configures the connection, if there are keys for it, and the attributes of the session cookie, and
        logs a warning for settings that are unsafe together.

        Args:
            app: The application, with its configuration.

        Raises:
            ConfigurationError: A key of the configuration is not valid, or `redirect_uri` is not the callback.

        Example:
            ```python
            eternaltwin = Eternaltwin()


            def create_app():
                app = Flask(__name__)
                app.config.from_prefixed_env()
                eternaltwin.init_app(app)
                return app
            ```
        """
        settings = read_config(app, self.using, self._config_prefix, self._settings)
        protect_session_cookie(app, self.using, self.url_prefix)
        installed = InstalledExtension(self, settings, settings.flow(self.using))
        log_problems(logger, check_config(app, self.using, settings))
        app.extensions.setdefault(EXTENSION, {})[self.name] = installed
        app.register_blueprint(self._blueprint())
        app.context_processor(lambda: {self.name: self})
        redact_log("werkzeug")  # whose development server has a copy of the URL

    def on_login(self, function: AnyOnLogin) -> AnyOnLogin:
        """Register a function that is called when a player has signed in, before the session is opened. A decorator.

        In it, a game finds or creates its own player, or stores the token.

        Args:
            function: Called with the [`Login`][eternaltwin.login.Login]. It may be a coroutine function, as
                views may. If the application has Flask-Login, the user that it returns is signed in there. It
                turns a player away by raising an
                [`AccountRefusedError`][eternaltwin.exceptions.AccountRefusedError].

        Returns:
            The same function.

        Raises:
            ConfigurationError: It is not a function.

        Example:
            ```python
            @eternaltwin.on_login
            def welcome(login):
                return MyPlayer.find_or_create(login.user.identifier, login.user.username)
            ```
        """
        check_callable(function, "on_login")
        self._on_login = function
        return function

    # --- for the views and templates of the game

    @property
    def player(self) -> Player | None:
        """The signed-in player, or None."""
        return sessions.read_session(self.name, self.using, self._installed.settings.session_max_age)

    def load_user(self, user_id: str) -> Player | None:
        """Return the signed-in player as the user of Flask-Login, in a game without its own users.

        Args:
            user_id: UUID of the account.

        Returns:
            The player, or None if nobody is signed in, or if the signed-in player is another.

        Example:
            ```python
            login_manager.user_loader(eternaltwin.load_user)
            ```
        """
        player = self.player
        return player if player is not None and player.identifier == user_id else None

    @property
    def here(self) -> str:
        """The path of the current request, `SCRIPT_NAME` included, with its query, for `button(next=...)`."""
        target = request.full_path if request.query_string else request.path
        return f"{request.script_root}{target}"

    def button(self, next: str | None = None, text: str | None = None) -> Button:
        """Return the button that signs a player in, for a template.

        Args:
            next: Path of this site to redirect the player to afterwards. None means `home`.
            text: Label of the button. None means "Sign in with Eternaltwin".

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.

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
            next: Path of this site to redirect the player to afterwards. None means `home`.

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.
        """
        return Button(self._url("logout"), next, text, csrf_fields(), kind="logout")

    def login_required(self, view: View[P]) -> Callable[P, ResponseReturnValue]:
        """Admit only signed-in players to a view. A decorator.

        Args:
            view: View of the game, which may be a coroutine function.

        Returns:
            The view for players, which returns `ask_to_sign_in()` to guests.
        """

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if self.player is None:
                return self.ask_to_sign_in()
            return _call_view(view, *args, **kwargs)

        return guarded

    def admin_required(self, view: View[P]) -> Callable[P, ResponseReturnValue]:
        """Admit only players to a view who were administrators of Eternaltwin at the sign-in. A decorator.

        Args:
            view: View of the game, which may be a coroutine function.

        Returns:
            The view for administrators. Other players get the status 403, and guests `ask_to_sign_in()`.
        """

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            player = self.player
            if player is None:
                return self.ask_to_sign_in()
            if not player.is_administrator:
                abort(403)
            return _call_view(view, *args, **kwargs)

        return guarded

    def ask_to_sign_in(self) -> ResponseReturnValue:
        """Build the response to a guest.

        Returns:
            The page with the button, with the status 401.

        Raises:
            Unauthorized: The request is not a GET request that accepts HTML (status 401).
        """
        if not expects_page(request.method, request.headers.get("Accept", "")):
            raise Unauthorized(SIGN_IN_FIRST, www_authenticate=WWWAuthenticate(CHALLENGE))
        return page_response(Page.start(self.button(self.here), self._home), 401)

    @property
    def _home(self) -> str:
        """Path of the front page."""
        return self._installed.settings.home_below(request.script_root)

    @property
    def _installed(self) -> InstalledExtension:
        found = cast("dict[str, InstalledExtension]", current_app.extensions.get(EXTENSION, {}))
        if self.name not in found:
            raise ConfigurationError(
                "this application does not have this extension: call init_app() first", setting="app"
            )
        return found[self.name]

    def _url(self, view: str, word: str | None = None) -> str:
        return url_for(f"{self.name}.{view}", word=word)

    # --- the views

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint(self.name, TEMPLATE_PACKAGE, url_prefix=self.url_prefix, template_folder="templates")
        blueprint.add_url_rule("/login", "login", self._login, methods=["GET", "POST"])
        blueprint.add_url_rule("/callback", "callback", self._callback, methods=["GET"])
        blueprint.add_url_rule("/failed/<word>", "failed", self._failed, methods=["GET"])
        blueprint.add_url_rule("/logout", "logout", self._logout, methods=["POST"])
        blueprint.before_app_request(self._close_expired)
        return blueprint

    def _close_expired(self) -> None:
        sessions.close_expired_session(self.name, self.using, self._installed.settings.session_max_age)

    def _login(self) -> ResponseReturnValue:
        """Start a sign-in by POST. A GET request, which other sites can cause, shows the button instead."""
        if request.method != "POST":
            return page_response(Page.start(self.button(request.args.get("next")), self._home))
        self.check_origin()
        warn_of_other_host(request.host, self.using, logger, is_debug=current_app.debug)
        flow = self._installed.flow
        redirect = flow.begin(request.form.get("next"), self._installed.settings.scope, request.cookies)
        return see_other(redirect.url, redirect.cookies)

    def _callback(self) -> ResponseReturnValue:
        """Finish a sign-in, and redirect to its `next`, or to a page that explains the failure."""
        query = take_query()
        try:
            finished = self._installed.flow.complete(query, request.cookies)
            with login_cookies(finished):
                self._sign_in(finished)
        except LoginError as exc:
            log_failure(logger, exc)
            return see_other(self._url("failed", failure_word(exc)), exc.cookies)
        return see_other(finished.next or self._home, finished.cookies)

    def _sign_in(self, finished: Login[User]) -> None:
        """Complete the user from the profile, call the game's `on_login`, and open the session."""
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
        """Sign out of this game. The player stays logged in at Eternaltwin."""
        self.check_origin()
        sessions.close_session()
        return see_other(safe_next(request.form.get("next")) or self._home, ())

    def check_origin(self) -> None:
        """Check that a page of this site has sent the request. Use it for the game's own forms as well.

        Raises:
            Forbidden: Another site has sent it, or the headers do not contain its origin (status 403).
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_same_origin(headers, self.using):
            abort(403, REFUSAL)


def _call_view(view: View[P], *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
    """Call a view, which may be a coroutine function."""
    return cast("ResponseReturnValue", current_app.ensure_sync(view)(*args, **kwargs))
