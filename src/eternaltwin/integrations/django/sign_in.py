"""The parts of the sync and the async views that do not wait: what requests contain, responses, errors."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, cast

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, get_script_prefix

from eternaltwin.exceptions import AccountRefusedError, OtherPlayerError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.languages import current_language
from eternaltwin.integrations.django.middleware import cookie_headers
from eternaltwin.integrations.django.pages import CAUSES, destination_of, url_of
from eternaltwin.integrations.shared import origins
from eternaltwin.integrations.shared.failures import FAILURES, failure_word, log_failure, story_of, with_purpose
from eternaltwin.integrations.shared.logs import remove_asgi_query, remove_wsgi_query
from eternaltwin.integrations.shared.pages import CHALLENGE, REDIRECT_HEADERS
from eternaltwin.integrations.shared.payloads import (
    expects_json,
    failure_payload,
    guest_payload,
    player_payload,
    process_of,
    submitted_fields,
    url_payload,
)
from eternaltwin.integrations.shared.players import Player

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from eternaltwin.exceptions import LoginError
    from eternaltwin.integrations.django.models import EternaltwinAccount
    from eternaltwin.login import Cookie, Login, LoginFlow
    from eternaltwin.users import User

    SiteVisitor = AbstractBaseUser | AnonymousUser

logger = logging.getLogger("eternaltwin.integrations.django")


class SeeOther(HttpResponseRedirect):
    """A redirect with the status 303: the browser sends a GET request, also after a POST request."""

    status_code = HTTPStatus.SEE_OTHER


def subject_of(user: SiteVisitor) -> str | None:
    """Return who is signed in, as the ticket of a sign-in contains it.

    Args:
        user: The user of a request.

    Returns:
        The primary key as a string, or None for a guest.
    """
    return str(user.pk) if user.is_authenticated else None


def begin(flow: LoginFlow[User], request: HttpRequest, user: SiteVisitor, alias: str) -> HttpResponse:
    """Start a sign-in. Nothing is sent to Eternaltwin.

    Args:
        flow: The login flow of the connection.
        request: The request: a form, or JSON.
        user: The user of the request.
        alias: Alias of the connection.

    Returns:
        The redirect to Eternaltwin, or its URL as JSON. If somebody wants to connect an account who is not signed in,
        the response of a failure.
    """
    host, options = request.get_host(), conf.options()
    origins.warn_of_other_host(host, alias, logger, is_debug=settings.DEBUG, domains=options.domains)
    fields = _fields(request)
    process = process_of(fields.get("process"))
    subject = subject_of(user) if process == "connect" else None
    if process == "connect" and subject is None:
        exc = OtherPlayerError("nobody is signed in who could connect an account")
        exc.process = process
        exc.next = destination_of(fields.get("next"))
        return failed(request, exc, alias, is_signed_in=False)
    redirect = flow.begin(
        fields.get("next"),
        options.scope,
        cookie_headers(request),
        process=process,
        subject=subject,
        origin=origins.own_origin(host, options.domains),
    )
    return _with_cookies(_redirect_or_json(request, redirect.url), redirect.cookies)


def _fields(request: HttpRequest) -> dict[str, str]:
    if request.content_type == "application/json":
        return submitted_fields(request.content_type, request.body)
    return {name: str(value) for name, value in request.POST.items()}


def take_query(request: HttpRequest) -> str:
    """Remove the query of the callback from the request, so that no error report and no log can show it.

    Servers read the same environment for their access logs, after the response (tested with gunicorn and
    uvicorn).

    Args:
        request: The request to the callback, which is changed.

    Returns:
        The query string, still encoded.
    """
    environ: dict[str, object] = vars(request)["META"]
    query = remove_wsgi_query(environ, request.path)
    vars(request)["GET"] = QueryDict()
    if isinstance(request, ASGIRequest):
        remove_asgi_query(cast("dict[str, object]", request.scope))
    return query


def forwarded(flow: LoginFlow[User], request: HttpRequest, query: str) -> HttpResponse | None:
    """Pass a callback on to the domain of the game where its sign-in started, if there are several.

    Args:
        flow: The login flow of the connection.
        request: The request to the callback.
        query: Its query string.

    Returns:
        The redirect, or None if the sign-in is to be completed here.
    """
    if not conf.options().domains:
        return None
    url = flow.forward(query, request.get_host())
    return None if url is None else _with_cookies(SeeOther(url), ())


def add_profile(user: User, profile: User) -> None:
    """Copy what a sign-in does not return from the profile of a player.

    Args:
        user: The user of the sign-in. `is_administrator`, `created_at` and `deleted_at` are set.
        profile: The public profile of the same user.
    """
    user.is_administrator = profile.is_administrator
    user.created_at = profile.created_at
    user.deleted_at = profile.deleted_at


def accepted(user: AbstractBaseUser | None) -> AbstractBaseUser:
    """Return the user that an authentication backend found for a finished sign-in.

    Args:
        user: The user, or None if no backend accepts the account.

    Returns:
        The user.

    Raises:
        AccountRefusedError: No backend accepts the account.
    """
    if user is None:
        raise AccountRefusedError("no authentication backend accepts the account; see the log for the reason")
    return user


def signed_in(user: SiteVisitor) -> AbstractBaseUser:
    """Return the user of a request that needs one.

    Args:
        user: The user of the request.

    Returns:
        The same user.

    Raises:
        OtherPlayerError: Nobody is signed in.
    """
    from django.contrib.auth.models import AnonymousUser

    if isinstance(user, AnonymousUser):
        raise OtherPlayerError("nobody is signed in")
    return user


def logged_in_arguments(request: HttpRequest, user: AbstractBaseUser, finished: Login[User]) -> dict[str, object]:
    """Return the arguments of the signal `logged_in`.

    Args:
        request: The request to the callback.
        user: The user who has signed in.
        finished: The finished sign-in.

    Returns:
        The arguments, by name.
    """
    account = cast("object", getattr(user, "eternaltwin_account", None))
    return {
        "account": account,
        "created": vars(user).get("eternaltwin_is_new", False),
        "request": request,
        "login": finished,
    }


def failed(request: HttpRequest, exc: LoginError, alias: str, *, is_signed_in: bool) -> HttpResponse:
    """Log a failed sign-in, and build the response that leads to the page with the reason.

    A callback that is over, such as one of the browser's history, leads a player who is signed in already to where
    they wanted to go.

    Args:
        request: The request to a view.
        exc: The error of the sign-in.
        alias: Alias of the connection.
        is_signed_in: Whether somebody is signed in.

    Returns:
        The redirect, with the cookies of the error, or the message as JSON.
    """
    if exc.is_stale and is_signed_in:
        logger.info("a callback that is over was opened by a player who is signed in: %s", story_of(exc))
        return _with_cookies(SeeOther(exc.next or _home()), exc.cookies)
    log_failure(logger, exc)
    CAUSES.keep(exc, is_debug=settings.DEBUG)
    word = failure_word(exc)
    if wants_json(request):
        content = failure_payload(exc, current_language())
        return _with_cookies(JsonResponse(content, status=FAILURES[word].status), exc.cookies)
    return _with_cookies(SeeOther(with_purpose(url_of(request, "failed", alias, word=word), exc)), exc.cookies)


def _home() -> str:
    """Return the path of `LOGIN_REDIRECT_URL`, or of the root of the site if there is no URL of that name."""
    try:
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    except NoReverseMatch:
        logger.exception("LOGIN_REDIRECT_URL is no path, and no name of a URL of the site")
        return get_script_prefix()


def finished(login: Login[User]) -> HttpResponse:
    """Build the response to a callback that has signed a player in.

    Args:
        login: The finished sign-in.

    Returns:
        The redirect to the `next` path of the sign-in, or to `LOGIN_REDIRECT_URL`.
    """
    return _with_cookies(SeeOther(login.next or resolve_url(settings.LOGIN_REDIRECT_URL)), login.cookies)


def left(request: HttpRequest, default: str | None) -> HttpResponse:
    """Build the response to a sign-out, or to a disconnected account.

    Args:
        request: The request. The form field `next` is the path to go to.
        default: Where to go without it, for `resolve_url`. None means the root of the site.

    Returns:
        The redirect, or its URL as JSON.
    """
    target = destination_of(_fields(request).get("next"))
    return _redirect_or_json(request, target or (resolve_url(default) if default else get_script_prefix()))


def player_response(account: EternaltwinAccount | None) -> HttpResponse:
    """Build the response with the signed-in player as JSON.

    Args:
        account: The account of the user.

    Returns:
        The player, or the status 401 if there is no account.
    """
    if account is None or account.last_login_at is None:
        return guest_response()
    player = Player(
        str(account.identifier), account.display_name, bool(account.is_administrator), account.last_login_at
    )
    return JsonResponse(player_payload(player))


def guest_response() -> HttpResponse:
    """Build the response to a request that needs a player.

    Returns:
        The status 401, with a message as JSON.
    """
    return JsonResponse(guest_payload(), status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": CHALLENGE})


def wants_json(request: HttpRequest) -> bool:
    """Return whether a script has sent a request, and expects JSON instead of a page.

    Args:
        request: The request.

    Returns:
        Whether the header `Accept` says so.
    """
    return expects_json(request.headers.get("Accept", ""))


def _redirect_or_json(request: HttpRequest, url: str) -> HttpResponse:
    return JsonResponse(url_payload(url)) if wants_json(request) else SeeOther(url)


def _with_cookies(response: HttpResponse, cookies: Iterable[Cookie]) -> HttpResponse:
    """Add cookies, and the header that keeps the URL of the request from other sites."""
    response.headers["Referrer-Policy"] = REDIRECT_HEADERS["Referrer-Policy"]
    for cookie in cookies:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age,
            path=cookie.path,
            secure=cookie.secure,
            httponly=cookie.httponly,
            samesite=cast("Literal['Lax', 'Strict', 'None']", cookie.samesite),
        )
    return response
