"""The template tags of `{% load eternaltwin %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.integrations.django.languages import current_language
from eternaltwin.integrations.django.routes import APP_NAME, alias_arguments
from eternaltwin.integrations.shared.pages import STYLE, Button, login_label

if TYPE_CHECKING:
    from django.template import Context

register = template.Library()


@register.inclusion_tag("eternaltwin/button.html", takes_context=True)
def eternaltwin_button(
    context: Context, next: str = "", text: str = "", using: str = DEFAULT_ALIAS
) -> dict[str, object]:
    """Render the button that starts a sign-in: a form with the method POST and a CSRF token.

    Args:
        context: The context of the template, which contains the CSRF token of the request.
        next: Path of this site to return to after the sign-in. Other URLs are ignored.
        text: Text of the button. Empty means "Sign in with Eternaltwin" in the player's language.
        using: Alias of the connection to sign in with.

    Returns:
        The context of `eternaltwin/button.html`.

    Example:
        `{% eternaltwin_button next=request.path text="Play!" %}`
    """
    url = reverse(f"{APP_NAME}:login", kwargs=alias_arguments(using))
    button = Button(url, next, text or login_label(current_language()))
    return {"csrf_token": context.get("csrf_token"), "button": button}


@register.simple_tag
def eternaltwin_style() -> str:
    """Return the style of the built-in pages.

    Returns:
        CSS rules, not escaped.

    Example:
        `<style>{% eternaltwin_style %}</style>`
    """
    return SafeString(STYLE)
