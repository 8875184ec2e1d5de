"""The pages of a sign-in, and where they lead."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.routes import APP_NAME, alias_arguments
from eternaltwin.integrations.shared.failures import FAILURES, FailureCauses
from eternaltwin.integrations.shared.pages import TEMPLATE_HEADERS
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from django.http import HttpRequest

    from eternaltwin.login import LoginFlow
    from eternaltwin.users import User

#: The failures of players who are signed in already, and stay so.
_OF_CONNECTING = ("taken", "connected", "only-account", "other-player")

#: Those of them after which signing in again does not help.
_WITHOUT_BUTTON = ("connected", "only-account")

#: What failed last, for the pages of a site with `DEBUG`.
CAUSES = FailureCauses()


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


def destination_of(target: object) -> str | None:
    """Return where to send a player, if that is safe.

    Args:
        target: The field `next` of a request.

    Returns:
        A path of this site, or a URL of an origin in `trusted_origins`. None if `target` is something else.
    """
    return safe_next(target, conf.options().trusted_origins)


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
    context = {"login_url": url_of(request, "login", alias), "next": destination_of(request.GET.get("next")) or ""}
    return _page(request, "eternaltwin/login.html", context)


def failed_page(request: HttpRequest, word: str, alias: str) -> HttpResponse:
    """Show the page that explains why a sign-in failed.

    Args:
        request: The request. Its parameter `next` is where the player wanted to go.
        word: The reason, a key of `FAILURES`.
        alias: Alias of the connection.

    Returns:
        The page.

    Raises:
        Http404: There is no such reason, or players may not sign in with the connection.
    """
    failure = FAILURES.get(word)
    if failure is None:
        raise Http404("there is no such reason")
    flow_of(alias)
    context = {
        "login_url": url_of(request, "login", alias),
        "next": destination_of(request.GET.get("next")) or "",
        "user_message": gettext(failure.message),
        "reason": word,
        "is_connecting": word in _OF_CONNECTING,
        "has_button": word not in _WITHOUT_BUTTON,
        "cause": CAUSES.find(word, is_debug=settings.DEBUG),
        "home": get_script_prefix(),
    }
    return _page(request, "eternaltwin/failed.html", context, failure.status)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = HTTPStatus.OK) -> HttpResponse:
    response = render(request, template, context, status=status)
    for name, value in TEMPLATE_HEADERS.items():
        if name != "Content-Security-Policy" or not _has_own_policy():
            response.headers.setdefault(name, value)
    return response


def _has_own_policy() -> bool:
    """Return whether a middleware, Django's or django-csp's, sets a policy on responses that have none."""
    return any("csp" in path for path in settings.MIDDLEWARE)
