"""`{% load eternaltwin %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from django.template import Context

register = template.Library()


@register.inclusion_tag("eternaltwin/button.html", takes_context=True)
def eternaltwin_button(
    context: Context, next: str = "", text: str = "", using: str = DEFAULT_ALIAS
) -> dict[str, object]:
    """The button that signs a player in: a form that posts, with its CSRF token.

        {% eternaltwin_button next=request.path text="Play!" %}

    Args:
        context: the template's, with the request's CSRF token.
        next: where to send the player afterwards, a path of this site.
        text: what is on the button.
        using: the connection.
    """
    others = {} if using == DEFAULT_ALIAS else {"alias": using}
    return {
        "csrf_token": context.get("csrf_token"),
        "login_url": reverse("eternaltwin:login", kwargs=others),
        "next": safe_next(next) or "",
        "text": text,
    }
