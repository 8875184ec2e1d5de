"""The template tags of the administration site."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from eternaltwin.integrations.django.models import EternaltwinAccount

register = template.Library()

#: Name of the view that moves an account, in the namespace `admin`.
MOVE_VIEW = "eternaltwin_eternaltwinaccount_move"


@register.simple_tag
def eternaltwin_deletion_warning(account: object = None) -> str:
    """Return what it means to delete an account, with a link to move it instead.

    Args:
        account: The account. Without one, there is no link.

    Returns:
        HTML, escaped.
    """
    warning = gettext(
        "A player whose account is deleted comes back as somebody new. Move the account instead to keep the player."
    )
    if not isinstance(account, EternaltwinAccount):
        return format_html('<p class="errornote">{}</p>', warning)
    url, label = reverse(f"admin:{MOVE_VIEW}", args=[account.pk]), gettext("Move to another user")
    return format_html('<p class="errornote">{} <a href="{}">{}</a></p>', warning, url, label)
