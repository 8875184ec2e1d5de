"""The pages of a sign-in, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import get_script_prefix, reverse

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.languages import current_language
from eternaltwin.integrations.django.lookups import account_of
from eternaltwin.integrations.django.routes import APP_NAME, alias_arguments
from eternaltwin.integrations.shared.failures import FailureCauses
from eternaltwin.integrations.shared.pages import (
    TEMPLATE_HEADERS,
    Button,
    Page,
    PageContext,
    login_label,
    logout_label,
)
from eternaltwin.integrations.shared.payloads import process_of
from eternaltwin.integrations.shared.settings import public_url_of, server_name
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from eternaltwin.login import LoginFlow
    from eternaltwin.login.tickets import Process
    from eternaltwin.users import User

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
    page = Page.start(_button_of(request, alias, "login"), _context(request, alias))
    return _page(request, "eternaltwin/login.html", page)


def failed_page(request: HttpRequest, word: str, alias: str) -> HttpResponse:
    """Show the page that explains why a sign-in failed.

    Args:
        request: The request. Its parameter `next` is where the player wanted to go, and `process` what for.
        word: The reason, a key of `FAILURES`.
        alias: Alias of the connection.

    Returns:
        The page.

    Raises:
        Http404: There is no such reason, or players may not sign in with the connection.
    """
    flow_of(alias)
    cause = CAUSES.find(word, is_debug=settings.DEBUG)
    button = _button_of(request, alias, process_of(request.GET.get("process")))
    page = Page.failed(word, button, _context(request, alias), cause)
    if page is None:
        raise Http404("there is no such reason")
    return _page(request, "eternaltwin/failed.html", page)


def logout_page(request: HttpRequest) -> HttpResponse:
    """Show the page with the button that signs out. A GET request, which another site can cause, signs nobody out.

    Args:
        request: The request. Its parameter `next` is where the player wants to go afterwards.

    Returns:
        The page.
    """
    url, origins = url_of(request, "logout", DEFAULT_ALIAS), conf.options().trusted_origins
    label = logout_label(current_language())
    button = Button(url, request.GET.get("next"), label, kind="logout", trusted_origins=origins)
    return _page(request, "eternaltwin/logout.html", Page.sign_out(button, _context(request, DEFAULT_ALIAS)))


def login_button(url: str, alias: str, next: str | None, text: str = "", process: Process = "login") -> Button:
    """Return the button that starts a sign-in, in the language of the player.

    Args:
        url: Path of the view.
        alias: Alias of the connection. The button names it if there are several.
        next: Path of this site, or URL of a trusted origin, to return to.
        text: Label. Empty means "Sign in with Eternaltwin", or "Connect with Eternaltwin".
        process: `"connect"` to connect the account to the user who is signed in.

    Returns:
        The button.
    """
    options = conf.options()
    name = options.labels.get(alias) or server_name(alias, options.connections)
    label = text or login_label(current_language(), process, name)
    return Button(url, next, label, process=process, trusted_origins=options.trusted_origins)


def _button_of(request: HttpRequest, alias: str, process: Process) -> Button:
    return login_button(url_of(request, "login", alias), alias, request.GET.get("next"), process=process)


def _context(request: HttpRequest, alias: str) -> PageContext:
    options = conf.options()
    return PageContext(
        home=options.home or get_script_prefix(),
        language=current_language(),
        game_name=options.game_name,
        player=_player_name(request),
        eternaltwin_url=public_url_of(alias),
    )


def _player_name(request: HttpRequest) -> str | None:
    """Return the name of the user who is signed in. None for guests."""
    user: object = getattr(request, "user", None)
    if not getattr(user, "is_authenticated", False):
        return None
    account = account_of(user)
    return account.display_name if account is not None else str(user)


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
