"""The parts of the sync and the async views that do not wait: requests, responses, pages, errors."""

from __future__ import annotations

import logging
from functools import reduce
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import get_script_prefix, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.languages import current_language
from eternaltwin.integrations.django.routes import APP_NAME, alias_arguments
from eternaltwin.integrations.shared import origins
from eternaltwin.integrations.shared.failures import failure_word, log_failure
from eternaltwin.integrations.shared.logs import remove_asgi_query, remove_wsgi_query
from eternaltwin.integrations.shared.pages import (
    REDIRECT_HEADERS,
    TEMPLATE_HEADERS,
    Button,
    Page,
    PageContext,
    login_label,
)
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest

    from eternaltwin.exceptions import LoginError
    from eternaltwin.login import Cookie, Login, LoginFlow, Redirect
    from eternaltwin.users import User

DjangoView = TypeVar("DjangoView", bound="Callable[..., object]")

logger = logging.getLogger("eternaltwin.integrations.django")


class SeeOther(HttpResponseRedirect):
    """A redirect with the status 303: the browser sends a GET request, also after a POST request."""

    status_code = HTTPStatus.SEE_OTHER


def guarded(*methods: str) -> Callable[[DjangoView], DjangoView]:
    """Return a decorator that protects a view, independently of the site's middleware.

    The view has CSRF protection, is not cached, requires no login, and its local variables are hidden in
    error reports. Each statement is committed at once, even if the site uses `ATOMIC_REQUESTS`: a used
    sign-in must stay used if the request fails later.

    Args:
        *methods: HTTP methods that the view accepts.

    Returns:
        The decorator.
    """

    def decorate(view: DjangoView) -> DjangoView:
        for database in settings.DATABASES:
            view = cast("DjangoView", transaction.non_atomic_requests(using=database)(view))
        wrappers = cast(
            "list[Callable[[DjangoView], DjangoView]]",
            [sensitive_variables(), csrf_protect, require_http_methods(methods), never_cache, login_not_required],
        )
        return reduce(lambda wrapped, wrapper: wrapper(wrapped), wrappers, view)

    return decorate


def flow_of(alias: str) -> LoginFlow[User]:
    """Return the login flow of a connection.

    Args:
        alias: Alias of the connection.

    Returns:
        The flow.

    Raises:
        Http404: Players may not sign in with the connection.
    """
    if alias not in conf.options().connections:
        raise Http404(f"players cannot sign in with the connection {alias!r}")
    return conf.flow(alias)


def url_of(request: HttpRequest, name: str, alias: str, **kwargs: str) -> str:
    """Return the URL of one of the views, in the namespace in which the site has included them.

    Args:
        request: The request to one of the views.
        name: Name of the view.
        alias: Alias of the connection.
        **kwargs: Further parameters of the URL.

    Returns:
        The path.
    """
    match = request.resolver_match
    namespace = match.namespace if match is not None else APP_NAME
    return reverse(f"{namespace}:{name}", kwargs={**alias_arguments(alias), **kwargs})


def login_page(request: HttpRequest, alias: str) -> HttpResponse:
    """Show the page with the button. A GET request, which another site can cause, must not start a sign-in.

    Args:
        request: The request.
        alias: Alias of the connection.

    Returns:
        The page.

    Raises:
        Http404: Players may not sign in with the connection.
    """
    flow_of(alias)
    page = Page.start(_button(request, alias), page_context())
    return _page(request, "eternaltwin/login.html", page)


def failed_page(request: HttpRequest, word: str, alias: str) -> HttpResponse:
    """Show the page that explains why a sign-in failed.

    Args:
        request: The request.
        word: The reason, a key of `FAILURES`.
        alias: Alias of the connection.

    Returns:
        The page.

    Raises:
        Http404: There is no such reason, or players may not sign in with the connection.
    """
    flow_of(alias)
    page = Page.failed(word, _button(request, alias), page_context())
    if page is None:
        raise Http404("there is no such reason")
    return _page(request, "eternaltwin/failed.html", page)


def page_context() -> PageContext:
    """Return what the pages for the current request have in common.

    Returns:
        The context, in the language that Django has activated.
    """
    return PageContext(home=get_script_prefix(), language=current_language())


def _button(request: HttpRequest, alias: str) -> Button:
    text = login_label(current_language())
    return Button(url_of(request, "login", alias), request.GET.get("next"), text)


def _page(request: HttpRequest, template: str, page: Page) -> HttpResponse:
    response = render(request, template, {"page": page}, status=page.status)
    for name, value in TEMPLATE_HEADERS.items():
        if name != "Content-Security-Policy" or not _has_own_policy():
            response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Language", page.language)
    return response


def _has_own_policy() -> bool:
    """Return whether a middleware, Django's or django-csp's, sets a policy on responses that have none."""
    return any("csp" in path for path in settings.MIDDLEWARE)


def warn_of_other_host(request: HttpRequest, alias: str) -> None:
    """Log a warning about a sign-in that starts on another host than that of `redirect_uri`.

    Args:
        request: The request that starts the sign-in.
        alias: Alias of the connection.
    """
    origins.warn_of_other_host(request.get_host(), alias, logger, is_debug=settings.DEBUG)


def started(redirect: Redirect) -> HttpResponse:
    """Build the response that redirects the player's browser to Eternaltwin.

    Args:
        redirect: The URL and the cookies of the started sign-in.

    Returns:
        The redirect.
    """
    return _see_other(redirect.url, redirect.cookies)


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


def failed(request: HttpRequest, exc: LoginError, alias: str) -> HttpResponse:
    """Log a failed sign-in, and build the response that redirects to the page with the reason.

    Args:
        request: The request to the callback.
        exc: The error of the sign-in.
        alias: Alias of the connection.

    Returns:
        The redirect, with the cookies of the error.
    """
    log_failure(logger, exc)
    return _see_other(url_of(request, "failed", alias, word=failure_word(exc)), exc.cookies)


def finished(login: Login[User]) -> HttpResponse:
    """Build the response to a callback that has signed a player in.

    Args:
        login: The finished sign-in.

    Returns:
        The redirect to the `next` path of the sign-in, or to `LOGIN_REDIRECT_URL`.
    """
    return _see_other(login.next or resolve_url(settings.LOGIN_REDIRECT_URL), login.cookies)


def logged_out(request: HttpRequest) -> HttpResponse:
    """Build the response to a sign-out.

    Args:
        request: The request. The form field `next` is the path to go to.

    Returns:
        The redirect to `next`, to `LOGOUT_REDIRECT_URL`, or to the root of the site.
    """
    default = resolve_url(settings.LOGOUT_REDIRECT_URL) if settings.LOGOUT_REDIRECT_URL else get_script_prefix()
    return SeeOther(safe_next(request.POST.get("next")) or default)


def _see_other(url: str, cookies: Iterable[Cookie]) -> HttpResponse:
    """Build a redirect with cookies, and with the header that keeps the URL of the request from other sites."""
    response = SeeOther(url)
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
