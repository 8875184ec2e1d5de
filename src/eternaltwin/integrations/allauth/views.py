"""The OAuth adapter and the views, in the module where django-allauth expects them."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from requests import RequestException

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TERMS_PAGE, TOKEN
from eternaltwin.clients.http.status_errors import status_error
from eternaltwin.exceptions import (
    AccountRefusedError,
    AuthenticationError,
    CodeRefusedError,
    EternalTwinError,
    GameCodeError,
    InvalidTokenError,
    LoginError,
    LoginInterruptedError,
    OtherBrowserError,
)
from eternaltwin.hidden import clears_frames
from eternaltwin.integrations.allauth.conf import PROVIDER_ID, addresses, provider_settings
from eternaltwin.integrations.shared.failures import FAILURES, FailureCauses, failure_word, log_failure, with_purpose
from eternaltwin.integrations.shared.identities import identity_of
from eternaltwin.integrations.shared.logs import remove_asgi_query, remove_wsgi_query
from eternaltwin.integrations.shared.pages import REDIRECT_HEADERS, login_label
from eternaltwin.integrations.shared.payloads import process_of
from eternaltwin.integrations.shared.profiles import game_errors
from eternaltwin.languages import choose_language, translate
from eternaltwin.login.callbacks import Callback
from eternaltwin.login.exchanges import interrupted, token_failure
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Generator

    import requests
    from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
    from allauth.socialaccount.providers.oauth2.client import OAuth2Client
    from django.http import HttpRequest, HttpResponse

#: Name of the URL of the page that explains a failed sign-in.
FAILED = f"{PROVIDER_ID}_failed"

logger = logging.getLogger("eternaltwin.integrations.allauth")

_causes = FailureCauses()


class EternaltwinOAuth2Adapter(OAuth2Adapter):
    """The OAuth adapter: knows the endpoints of Eternaltwin, and reads the identity that a token belongs to.

    Set `URL` and `PUBLIC_URL` in `SOCIALACCOUNT_PROVIDERS["eternaltwin"]` to use another server
    than the official one: `URL` for requests of the game, `PUBLIC_URL` for the player's browser.

    Attributes:
        failure: Why the player could not be identified. None if nothing has failed yet.
        login: The sign-in of the account. None if the player is not identified yet.
    """

    provider_id = PROVIDER_ID
    basic_auth = True
    failure: LoginError | None = None
    login: SocialLogin | None = None

    @property
    def access_token_url(self) -> str:
        """The URL where an authorization code is exchanged for a token."""
        return f"{addresses().url}{TOKEN}"

    @property
    def authorize_url(self) -> str:
        """The URL of the authorization page, which the player's browser opens."""
        return f"{addresses().public_url}{AUTHORIZATION}"

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the URL of the callback: `REDIRECT_URI` of the settings, else that of the request's host.

        Args:
            request: The request that starts or finishes a sign-in.
            app: The settings of the game's OAuth client.

        Returns:
            The URL, which must be the registered one.
        """
        return str(provider_settings().get("REDIRECT_URI") or super().get_callback_url(request, app))

    @clears_frames
    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, object]:
        """Exchange the code of the callback for a token.

        Args:
            request: The request to the callback.
            app: The settings of the game's OAuth client.
            client: The OAuth client of django-allauth, which knows the URL of the callback.
            pkce_code_verifier: The verifier of PKCE, if the site has switched it on.

        Returns:
            The response with the token.

        Raises:
            OAuth2Error: The server refuses the code or the game, or does not respond. `failure` says why.
        """
        code = request.GET["code"]
        form = {"redirect_uri": client.callback_url, "grant_type": "authorization_code", "code": code}
        if pkce_code_verifier:
            form["code_verifier"] = pkce_code_verifier
        with self._explained(), get_adapter().get_requests_session() as session:
            answer = session.request(
                "POST", self.access_token_url, data=form, headers=self.headers, auth=(app.client_id, app.secret)
            )
            error = status_error(_response(self.access_token_url, answer), (app.secret, code))
            if error is not None:
                raise token_failure(error, f"{addresses().public_url}{TERMS_PAGE}") from error
            self.did_fetch_access_token = True
            return _json(answer)

    @clears_frames
    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: object) -> SocialLogin:
        """Fetch the identity that a token belongs to.

        Args:
            request: The request to the callback.
            app: The settings of the game's OAuth client.
            token: The token that Eternaltwin issued for the code.
            **kwargs: Other arguments of django-allauth. Not used.

        Returns:
            The sign-in of the account with that identity.

        Raises:
            OAuth2Error: The token is no longer valid, was not issued to this game, or there is no usable response.
                `failure` says why.
        """
        del kwargs
        url = f"{addresses().url}{SELF}"
        with self._explained(), get_adapter().get_requests_session() as session:
            answer = session.request("GET", url, headers={"Authorization": f"Bearer {token.token}"})
            error = status_error(_response(url, answer), (token.token,))
            if error is not None:
                raise _failed_identity(error) from error
            identity = identity_of(_json(answer), app.client_id)
        self.login = self.get_provider().sociallogin_from_response(request, identity.as_dict())
        return self.login

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Keep why a request failed in `failure`, and raise the error that django-allauth handles."""
        try:
            yield
        except LoginError as exc:
            self.failure = exc
        except InvalidTokenError as exc:
            self.failure = CodeRefusedError(f"the token that the server sent is not valid: {exc}")
            self.failure.__cause__ = exc
        except RequestException as exc:  # includes a response that is not JSON
            self.failure = LoginInterruptedError("start the sign-in again, this one is used up: no usable response")
            self.failure.__cause__ = exc
        if self.failure is not None:
            raise OAuth2Error(str(self.failure)) from self.failure


class EternaltwinCallbackView(OAuth2CallbackView):
    """The callback, which redirects to a page that explains why a sign-in failed.

    The hook `on_authentication_error` of the site's adapter is called before, and takes precedence if it responds. It
    is not called for errors of the site's own code.
    """

    adapter: EternaltwinOAuth2Adapter

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Finish a sign-in.

        Args:
            request: The request to the callback.
            *args: Arguments of django-allauth.
            **kwargs: Arguments of django-allauth.

        Returns:
            The response of django-allauth, or the one that the site's own code raises. If the sign-in has failed, also
            by an error of the site's own code, a redirect to the page with the reason; or, if the callback was opened
            again by a player who is signed in, to `LOGIN_REDIRECT_URL`.
        """
        state: dict[str, object] = {}
        try:
            with game_errors():
                state = _state_of(request)
                return self._finish(request, *args, **kwargs)
        except LoginError as exc:
            _set_purpose(exc, state.get("next"), state.get("process"))
            return _failed(request, exc)

    @clears_frames
    def _finish(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Return the response of django-allauth or of the site. Raise a failure to which the site does not respond."""
        before = request.session.get(SESSION_KEY)
        try:
            response, failure = self._respond(request, *args, **kwargs)
        except Exception:
            _undo_login(request, before)
            raise
        finally:
            _forget_query(request)
        if failure is None:
            return response
        _undo_login(request, before)
        if response.status_code == HTTPStatus.UNAUTHORIZED:  # the page of django-allauth, which says nothing
            raise failure
        log_failure(logger, failure)
        return response

    def _respond(self, request: HttpRequest, *args: object, **kwargs: object) -> tuple[HttpResponse, LoginError | None]:
        """Return the response of django-allauth or of the site, and why the sign-in has failed, if it has."""
        try:
            callback = Callback.read(request.META["QUERY_STRING"])
            callback.check_issuer(addresses().public_url)
            response = super().dispatch(request, *args, **kwargs)
            self._check_open(request, response)
        except ImmediateHttpResponse as exc:
            return exc.response, None
        except LoginError as exc:
            return render_authentication_error(request, self.adapter.get_provider(), exception=exc), exc
        return response, self._failure_of(callback, response)

    def _check_open(self, request: HttpRequest, response: HttpResponse) -> None:
        """Refuse a new player if nobody may sign up, for which django-allauth shows a page instead of a redirect."""
        login = self.adapter.login
        if response.status_code != HTTPStatus.OK or login is None or login.is_existing:
            return
        if not get_adapter().is_open_for_signup(request, login):
            raise AccountRefusedError("the adapter of the site lets no new players sign up")

    def _failure_of(self, callback: Callback, response: HttpResponse) -> LoginError | None:
        """Return why a sign-in has failed, if it has: django-allauth does not say."""
        try:
            callback.check_success()
        except LoginError as exc:
            return exc
        if self.adapter.failure is not None or response.status_code != HTTPStatus.UNAUTHORIZED:
            return self.adapter.failure
        if self.adapter.did_fetch_access_token:
            return AccountRefusedError("the site refuses the account: see its adapter and its receivers of signals")
        return OtherBrowserError(
            "the session of this browser has no such state: the sign-in was started in another browser, more than ten"
            " minutes ago, on another host, or is finished already",
            callback.state,
        )


def _state_of(request: HttpRequest) -> dict[str, object]:
    """Return what django-allauth knows of this sign-in: nothing unless it was started in this session."""
    started = cast("object", request.session.get("socialaccount_states"))
    found = cast("dict[str, object]", started).get(request.GET.get("state", "")) if isinstance(started, dict) else None
    state = cast("list[object]", found)[0] if isinstance(found, list | tuple) and found else None
    return cast("dict[str, object]", state) if isinstance(state, dict) else {}


def _set_purpose(failure: LoginError, destination: object, process: object) -> None:
    """Store what a sign-in was for, so that the button of its page starts the same again."""
    failure.next = destination if isinstance(destination, str) else None
    failure.process = process_of(process)


def _forget_query(request: HttpRequest) -> None:
    """Remove the query from the request, so that no error report and no log that follows can show it."""
    remove_wsgi_query(cast("dict[str, object]", request.META), request.path)
    vars(request)["GET"] = QueryDict()
    if isinstance(request, ASGIRequest):
        remove_asgi_query(cast("dict[str, object]", request.scope))


def _failed(request: HttpRequest, failure: LoginError) -> HttpResponse:
    """Log a failed sign-in, and return the redirect to the page that says why, or to where the player is going."""
    log_failure(logger, failure)
    if isinstance(failure, GameCodeError):
        _roll_back()
    if failure.is_stale and request.user.is_authenticated:
        return _redirect(failure.next or _home())
    _causes.keep(failure, is_debug=settings.DEBUG)
    return _redirect(with_purpose(reverse(FAILED, kwargs={"word": failure_word(failure)}), failure))


def _home() -> str:
    """Return the path of `LOGIN_REDIRECT_URL`, or of the root of the site if there is no URL of that name."""
    try:
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    except NoReverseMatch:
        logger.exception("LOGIN_REDIRECT_URL is no path, and no name of a URL of the site")
        return get_script_prefix()


def _undo_login(request: HttpRequest, before: object) -> None:
    """Sign out who was signed in before a receiver of a signal turned them away, or failed."""
    if request.session.get(SESSION_KEY) != before:
        request.session.flush()
        request.user = AnonymousUser()


def _roll_back() -> None:
    """Undo what the request has written, as Django does after an error, if the site uses `ATOMIC_REQUESTS`."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


def _redirect(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url, headers=REDIRECT_HEADERS)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


@login_not_required
@never_cache
def failed(request: HttpRequest, word: str) -> HttpResponse:
    """Show the page that explains why a sign-in failed.

    Args:
        request: The request. Its parameter `next` is where the player wanted to go, and `process` what for.
        word: The reason, a key of `eternaltwin.integrations.shared.failures.FAILURES`.

    Returns:
        The page, with the status of the reason. With `DEBUG`, it shows the last cause.

    Raises:
        Http404: There is no such reason.
    """
    failure = FAILURES.get(word)
    if failure is None:
        raise Http404("there is no such reason")
    again = LoginError()
    _set_purpose(again, get_next_redirect_url(request), request.GET.get("process"))
    language = choose_language(get_language() or "")
    context = {
        "auth_error": {"provider": None, "code": "unknown", "exception": None},
        "user_message": translate(failure.message, language),
        "button": login_label(language, again.process),
        "reason": word,
        "cause": _causes.find(word, is_debug=settings.DEBUG),
        "login_url": with_purpose(reverse(f"{PROVIDER_ID}_login"), again),
    }
    return render(request, "eternaltwin_allauth/failed.html", context, status=failure.status)


def _failed_identity(error: EternalTwinError) -> LoginError:
    if isinstance(error, AuthenticationError):
        return CodeRefusedError(f"the token that the server sent is not valid: {error}")
    return interrupted(error)


def _response(url: str, answer: requests.Response) -> Response:
    return Response(url, answer.status_code, answer.content, answer.headers)


def _json(answer: requests.Response) -> dict[str, object]:
    return cast("dict[str, object]", answer.json())


oauth2_login = clears_frames(OAuth2LoginView.adapter_view(EternaltwinOAuth2Adapter))
oauth2_callback = clears_frames(EternaltwinCallbackView.adapter_view(EternaltwinOAuth2Adapter))
