"""The template tags of `{% load eternaltwin %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.integrations.django.lookups import account_of
from eternaltwin.integrations.django.pages import login_button
from eternaltwin.integrations.django.routes import APP_NAME, alias_arguments
from eternaltwin.integrations.shared.pages import BUTTON_STYLE, STYLE

if TYPE_CHECKING:
    from django.template import Context

    from eternaltwin.integrations.django.models import EternaltwinAccount
    from eternaltwin.login.tickets import Process

register = template.Library()


@register.inclusion_tag("eternaltwin/button.html", takes_context=True)
def eternaltwin_button(
    context: Context, next: str = "", text: str = "", using: str = DEFAULT_ALIAS, process: Process = "login"
) -> dict[str, object]:
    """Render the button that starts a sign-in: a form with the method POST and a CSRF token.

    Args:
        context: The context of the template, which contains the CSRF token of the request.
        next: Path of this site to return to after the sign-in. Other URLs are ignored.
        text: Text of the button. Empty means "Sign in with Eternaltwin" in the player's language.
        using: Alias of the connection to sign in with.
        process: `connect` to connect the account to the user who is signed in, instead of signing in as its player.

    Returns:
        The context of `eternaltwin/button.html`.

    Example:
        `{% eternaltwin_button next=request.path text="Play!" %}`
    """
    url = reverse(f"{APP_NAME}:login", kwargs=alias_arguments(using))
    return {"csrf_token": context.get("csrf_token"), "button": login_button(url, using, next, text, process)}


@register.filter
def eternaltwin_account(user: object) -> EternaltwinAccount | None:
    """Return the Eternaltwin account of a user.

    In an async view, await [`aaccount_of`][eternaltwin.integrations.django.accounts.aaccount_of] with the same user
    object before, since a template cannot wait for the database.

    Args:
        user: A user, such as `user`, signed in or not.

    Returns:
        The account, or None if the user has none.

    Example:
        `{% with account=user|eternaltwin_account %}{{ account.display_name|default:user }}{% endwith %}`
    """
    return account_of(user)


@register.simple_tag
def eternaltwin_style() -> str:
    """Return the style of the built-in pages.

    Returns:
        CSS rules, not escaped.

    Example:
        `<style>{% eternaltwin_style %}</style>`
    """
    return SafeString(STYLE)


@register.simple_tag
def eternaltwin_button_style() -> str:
    """Return the style of the buttons, for the pages of a game.

    Returns:
        CSS rules, not escaped.

    Example:
        `<style>{% eternaltwin_button_style %}</style>`
    """
    return SafeString(BUTTON_STYLE)
