"""The extension: its settings, and its methods for the views of the game."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeAlias, TypeVar, cast

from flask import abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from eternaltwin.connections import DEFAULT_ALIAS, connections
from eternaltwin.integrations.flask import sessions
from eternaltwin.integrations.flask.config import check_config, protect_session_cookie, read_config
from eternaltwin.integrations.flask.requests import read_cookies_strictly
from eternaltwin.integrations.flask.responses import guest_response
from eternaltwin.integrations.flask.views import EXTENSION, InstalledExtension, LoginViews, logger
from eternaltwin.integrations.shared.checks import log_problems
from eternaltwin.integrations.shared.logs import redact_access_logs
from eternaltwin.integrations.shared.pages import CHALLENGE, SIGN_IN_FIRST, Page, expects_page
from eternaltwin.integrations.shared.payloads import expects_json
from eternaltwin.integrations.shared.settings import (
    LOGIN_MAX_AGE,
    SESSION_MAX_AGE,
    LoginSettings,
    check_callable,
    checked_prefix,
)
from eternaltwin.login.flow import COOKIE_NAME

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.flask.views import OnLogin, SubjectLoader
    from eternaltwin.integrations.shared.players import Player
    from eternaltwin.login import SingleUseStore

P = ParamSpec("P")
View: TypeAlias = "Callable[P, ResponseReturnValue | Awaitable[ResponseReturnValue]]"
AnyOnLogin = TypeVar("AnyOnLogin", bound="OnLogin")
AnySubjectLoader = TypeVar("AnySubjectLoader", bound="SubjectLoader")


class Eternaltwin(LoginViews):
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
        secure: Whether cookies are sent over https only. `"auto"` means whether `redirect_uri` is https. False is for
            the cookies of sign-ins only: if `redirect_uri` is https, that of the session is sent over https only. For
            the session, True is set as the key `SESSION_COOKIE_SECURE` of Flask.
        trusted_origins: Origins of front ends that may sign players in with scripts, and to which `next` may lead
            back, such as `"http://localhost:5173"`.
        domains: Origins of all domains of the game, if they share one callback, such as `"https://fr.game.example"`.
        language: Language of the buttons and pages: `"en"`, `"fr"`, `"de"`, `"es"` or `"eo"`. None means that of the
            player's browser.
        game_name: Name of the game, for the link to its front page. None means "Back to the front page".
        label: Name of the server on the buttons. None means Eternaltwin, and with several connections also the alias.

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
        language: str | None = None,
        game_name: str | None = None,
        label: str | None = None,
    ) -> None:
        super().__init__(using, checked_prefix(url_prefix, "url_prefix"), name)
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
            language=language,
            game_name=game_name,
            label=label,
        )
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
        protect_session_cookie(app, self.using, self.url_prefix, settings)
        installed = InstalledExtension(self, settings, settings.flow(self.using))
        if self.using in connections:
            installed.flow.begin()  # checks the settings that depend on the connection, and sends nothing
        log_problems(logger, check_config(app, self.using, settings))
        app.extensions.setdefault(EXTENSION, {})[self.name] = installed
        read_cookies_strictly(app)
        app.register_blueprint(self._blueprint())
        app.context_processor(lambda: {self.name: self})
        redact_access_logs()

    def on_login(self, function: AnyOnLogin) -> AnyOnLogin:
        """Register a function that is called when a player has signed in, before the session is opened. A decorator.

        In it, a game finds or creates its own player, or stores the token.

        Args:
            function: Called with the [`Login`][eternaltwin.login.Login]. It may be a coroutine function, as
                views may. If the application has Flask-Login, the user that it returns is signed in there. It
                turns a player away by raising an
                [`AccountRefusedError`][eternaltwin.exceptions.AccountRefusedError]. If `login.process` is `"connect"`,
                the account is to be connected to the player who is signed in, or the function raises an
                [`AccountTakenError`][eternaltwin.exceptions.AccountTakenError] if it belongs to another. Flask-Login
                keeps its user then, unless the function returns one.

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

    def subject_loader(self, function: AnySubjectLoader) -> AnySubjectLoader:
        """Register a function that returns who is signed in to the game, for connecting accounts. A decorator.

        A game needs it if it has players of its own, without Flask-Login: a sign-in to connect an account then ends for
        the same player for whom it has started, or not at all.

        Args:
            function: Called without arguments during a request. It returns a string that identifies the player who is
                signed in, such as a primary key, or None for guests.

        Returns:
            The same function.

        Raises:
            ConfigurationError: It is not a function.

        Example:
            ```python
            @eternaltwin.subject_loader
            def signed_in():
                return session.get("player_id")
            ```
        """
        check_callable(function, "subject_loader")
        self._subject_loader = function
        return function

    # --- for the views and templates of the game

    def forget_player(self) -> None:
        """Remove the player from the session, whose account has been disconnected.

        Players who sign in to the game with a password, or with Flask-Login, stay signed in to it.

        Example:
            ```python
            @app.post("/disconnect")
            def disconnect():
                eternaltwin.check_origin()
                Player.get(session["player_id"]).disconnect()
                eternaltwin.forget_player()
                return redirect("/settings")
            ```
        """
        sessions.forget_player(self.name)

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
            The page with the button, or JSON for a request that accepts JSON, with the status 401.

        Raises:
            Unauthorized: The request accepts neither (status 401).
        """
        accept = request.headers.get("Accept", "")
        if expects_json(accept):
            return guest_response()
        if not expects_page(request.method, accept):
            raise Unauthorized(SIGN_IN_FIRST, www_authenticate=WWWAuthenticate(CHALLENGE))
        return self._show(Page.start(self.button(self.here), self._page_context()), 401)


def _call_view(view: View[P], *args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
    """Call a view, which may be a coroutine function."""
    return cast("ResponseReturnValue", current_app.ensure_sync(view)(*args, **kwargs))
