"""The views of a sign-in, and what the templates of the game show of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from flask import Blueprint, abort, current_app, request, url_for

from eternaltwin.connections import connections
from eternaltwin.exceptions import ConfigurationError, LoginError, OtherPlayerError
from eternaltwin.integrations.flask import sessions
from eternaltwin.integrations.flask.config import secure_session_cookie
from eternaltwin.integrations.flask.requests import accept_language, cookie_header, submitted_form, take_query
from eternaltwin.integrations.flask.responses import (
    add_headers,
    csrf_fields,
    guest_response,
    json_response,
    lead_to,
    page_response,
    see_other,
)
from eternaltwin.integrations.shared.failures import FAILURES, FailureCauses, failure_word, log_failure, with_purpose
from eternaltwin.integrations.shared.logs import hide_wsgi_cookies
from eternaltwin.integrations.shared.origins import (
    REFUSAL,
    cors_headers,
    is_same_origin,
    own_origin,
    preflight_headers,
    warn_of_other_host,
)
from eternaltwin.integrations.shared.pages import BUTTON_STYLE, Button, Page, logout_label
from eternaltwin.integrations.shared.payloads import expects_json, failure_payload, player_payload, process_of
from eternaltwin.integrations.shared.players import Player
from eternaltwin.integrations.shared.profiles import (
    check_connects,
    complete_user,
    game_errors,
    login_cookies,
    profile_errors,
)
from eternaltwin.integrations.shared.rendering import TEMPLATE_PACKAGE
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.shared.pages import PageContext
    from eternaltwin.integrations.shared.settings import LoginSettings
    from eternaltwin.login import Login, LoginFlow

    OnLogin = Callable[[Login[User]], object]
    SubjectLoader = Callable[[], str | None]

logger = logging.getLogger("eternaltwin.integrations.flask")

#: Key of `app.extensions`, whose value contains the `InstalledExtension` for each name.
EXTENSION = "eternaltwin"

#: The views that front ends on other origins may call with scripts.
_FOR_SCRIPTS = ("login", "logout", "me")


@dataclass(frozen=True)
class InstalledExtension:
    """An extension with its settings in one application.

    Attributes:
        extension: The extension, which several applications may share.
        settings: Settings of the sign-in, from the configuration of the application.
        flow: Login flow with these settings.
    """

    extension: LoginViews
    settings: LoginSettings
    flow: LoginFlow[User]


class LoginViews:
    """The views of a sign-in in a Flask application, whose session contains the signed-in player.

    [`Eternaltwin`][eternaltwin.integrations.flask.Eternaltwin] adds them to an application.

    Args:
        using: Alias of the connection.
        url_prefix: Path below which the views are.
        name: Name of the blueprint, and of this object in templates.
    """

    def __init__(self, using: str, url_prefix: str, name: str) -> None:
        self.using = using
        self.url_prefix = url_prefix
        self.name = name
        self._on_login: OnLogin | None = None
        self._subject_loader: SubjectLoader | None = None
        self._causes = FailureCauses()

    #: CSS rules for the buttons, for the pages of the game.
    button_style = BUTTON_STYLE

    @property
    def player(self) -> Player | None:
        """The signed-in player, or None."""
        return sessions.read_session(self.name, self.using, self._installed.settings.session_max_age)

    def button(
        self, next: str | None = None, text: str | None = None, process: Literal["login", "connect"] = "login"
    ) -> Button:
        """Return the button that signs a player in, for a template.

        Args:
            next: Path of this site to redirect the player to afterwards. None means `home`.
            text: Label of the button. None means "Sign in with Eternaltwin", or "Connect with Eternaltwin", in the
                language of the player.
            process: `"connect"` for a button that connects an account to the player who is signed in.

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.

        Example:
            ```jinja
            {{ eternaltwin.button(next=eternaltwin.here) }}
            ```
        """
        settings = self._installed.settings
        label = text or settings.login_label(self.using, accept_language(), process)
        origins = settings.trusted_origins
        return Button(self._url("login"), next, label, csrf_fields(), process=process, trusted_origins=origins)

    def logout_button(self, text: str | None = None, next: str | None = None) -> Button:
        """Return the button that signs a player out, for a template.

        Args:
            text: Label of the button. None means "Sign out" in the language of the player.
            next: Path of this site to redirect the player to afterwards. None means `home`.

        Returns:
            The button, which templates insert unescaped, and whose `str()` is the HTML.
        """
        settings = self._installed.settings
        label = text or logout_label(settings.language_for(accept_language()))
        origins = settings.trusted_origins
        return Button(self._url("logout"), next, label, csrf_fields(), kind="logout", trusted_origins=origins)

    def check_origin(self) -> None:
        """Check that a page of this site, or of a trusted origin, has sent the request. Use it for own forms as well.

        Raises:
            Forbidden: Another site has sent it, or the headers do not contain its origin (status 403).
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_same_origin(headers, self.using, self._installed.settings.trusted_origins):
            abort(403, REFUSAL)

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

    def _page_context(self) -> PageContext:
        player = self.player
        name = None if player is None else player.display_name
        return self._installed.settings.page_context(self.using, request.script_root, accept_language(), name)

    def _show(self, page: Page, status: int | None = None) -> ResponseReturnValue:
        return page_response(page, self._installed.settings.language_headers(page), status)

    def _url(self, view: str, word: str | None = None) -> str:
        return url_for(f"{self.name}.{view}", word=word)

    def _subject(self) -> str | None:
        """Return who is signed in: to the game's own accounts, to Flask-Login, or with Eternaltwin."""
        return self._subject_loader() if self._subject_loader is not None else sessions.subject_of(self.player)

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint(self.name, TEMPLATE_PACKAGE, url_prefix=self.url_prefix, template_folder="templates")
        blueprint.add_url_rule("/login", "login", self._login, methods=["GET", "POST"], provide_automatic_options=False)
        blueprint.add_url_rule("/callback", "callback", self._callback, methods=["GET"])
        blueprint.add_url_rule("/failed/<word>", "failed", self._failed, methods=["GET"])
        blueprint.add_url_rule(
            "/logout", "logout", self._logout, methods=["GET", "POST"], provide_automatic_options=False
        )
        blueprint.add_url_rule("/me", "me", self._me, methods=["GET"], provide_automatic_options=False)
        for view in _FOR_SCRIPTS:
            blueprint.add_url_rule(f"/{view}", f"{view}_options", self._options, methods=["OPTIONS"])
        blueprint.before_app_request(self._protect_session)
        blueprint.after_request(self._allow_trusted_origins)
        return blueprint

    def _protect_session(self) -> None:
        """Close an expired session, and let its cookie be as secure as a connection that was configured later."""
        settings = self._installed.settings
        secure_session_cookie(current_app, self.using, settings)
        sessions.close_expired_session(self.name, self.using, settings.session_max_age)

    def _allow_trusted_origins(self, response: Response) -> Response:
        if (request.endpoint or "").rpartition(".")[2] in _FOR_SCRIPTS:
            trusted_origins = self._installed.settings.trusted_origins
            add_headers(response, cors_headers(request.headers.get("Origin"), trusted_origins))
        return response

    def _options(self) -> ResponseReturnValue:
        """Tell a browser whether scripts of an origin may call the other views."""
        headers = preflight_headers(request.headers.get("Origin"), self._installed.settings.trusted_origins)
        return "", 204, headers

    def _login(self) -> ResponseReturnValue:
        """Start a sign-in by POST. A GET request, which other sites can cause, shows the button instead."""
        if request.method != "POST":
            return self._show(Page.start(self.button(request.args.get("next")), self._page_context()))
        hide_wsgi_cookies(request.environ)
        self.check_origin()
        form = submitted_form()
        installed = self._installed
        domains = installed.settings.domains
        warn_of_other_host(request.host, self.using, logger, is_debug=current_app.debug, domains=domains)
        process = process_of(form.get("process"))
        subject = self._subject() if process == "connect" else None
        if process == "connect" and subject is None:
            exc = OtherPlayerError("nobody is signed in to whom the account could be connected")
            exc.process = process
            exc.next = installed.settings.safe_next(form.get("next"))
            return self._refused(exc)
        redirect = installed.flow.begin(
            form.get("next"),
            installed.settings.scope,
            cookie_header(),
            process=process,
            subject=subject,
            origin=own_origin(request.host, domains),
        )
        return lead_to(redirect.url, redirect.cookies)

    def _callback(self) -> ResponseReturnValue:
        """Finish a sign-in, and redirect to its `next`, or to a page that explains the failure."""
        query = take_query()
        flow = self._installed.flow
        try:
            with game_errors():
                elsewhere = flow.forward(query, request.host)
                if elsewhere is not None:
                    return see_other(elsewhere)
                finished = flow.complete(query, cookie_header(), subject=self._subject())
            with login_cookies(finished), game_errors():
                self._sign_in(finished)
        except LoginError as exc:
            return self._explain(exc)
        return see_other(finished.next or self._home, finished.cookies)

    def _sign_in(self, finished: Login[User]) -> None:
        """Complete the user from the profile, call the game's `on_login`, and open the session."""
        with profile_errors():
            profile = User.get(finished.user.identifier, using=connections[self.using], fresh=True)
        complete_user(finished.user, profile)
        check_connects(finished, self.player)
        player, is_new = Player.of(finished.user), finished.process == "login"
        user = self._call_on_login(finished)
        if user is None and is_new:
            user = player
        sessions.open_session(self.name, self.using, player, user, is_new=is_new)

    def _call_on_login(self, finished: Login[User]) -> object:
        if self._on_login is None:
            return None
        return cast("object", current_app.ensure_sync(self._on_login)(finished))

    def _explain(self, exc: LoginError) -> ResponseReturnValue:
        """Redirect to the page that explains a failure, or on, if the player is signed in already."""
        if exc.is_stale and self._is_signed_in():
            return see_other(exc.next or self._home, exc.cookies)
        return see_other(self._failed_url(exc), exc.cookies)

    def _failed_url(self, exc: LoginError) -> str:
        """Log a failed sign-in, and return the URL of its page."""
        log_failure(logger, exc)
        self._causes.keep(exc, is_debug=current_app.debug)
        return with_purpose(self._url("failed", failure_word(exc)), exc)

    def _refused(self, exc: LoginError) -> ResponseReturnValue:
        """Log a sign-in that has failed before it was started, and return the response."""
        url = self._failed_url(exc)
        if not expects_json(request.headers.get("Accept", "")):
            return see_other(url)
        content = failure_payload(exc, self._installed.settings.language_for(accept_language()))
        return json_response(content, FAILURES[failure_word(exc)].status)

    def _is_signed_in(self) -> bool:
        try:
            with game_errors():
                return self.player is not None or self._subject() is not None
        except LoginError as exc:
            log_failure(logger, exc)
            return False

    def _failed(self, word: str) -> ResponseReturnValue:
        """Explain why a player was not signed in."""
        button = self.button(request.args.get("next"), process=process_of(request.args.get("process")))
        cause = self._causes.find(word, is_debug=current_app.debug)
        page = Page.failed(word, button, self._page_context(), cause)
        if page is None:
            abort(404)
        return self._show(page)

    def _logout(self) -> ResponseReturnValue:
        """Sign out of this game by POST; the player stays logged in at Eternaltwin. A GET request shows the button."""
        if request.method != "POST":
            return self._show(Page.sign_out(self.logout_button(next=request.args.get("next")), self._page_context()))
        self.check_origin()
        sessions.close_session()
        target = self._installed.settings.safe_next(submitted_form().get("next")) or self._home
        return lead_to(target)

    def _me(self) -> ResponseReturnValue:
        """Return the signed-in player as JSON."""
        player = self.player
        return guest_response() if player is None else json_response(player_payload(player))
