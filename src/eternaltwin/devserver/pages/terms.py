"""The page on which players accept the terms of service, `/tos-accept`, on newer servers than 0.16.4.

Source: the client of DinoRPG, which sends players there after the error `Q1012`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.endpoints import TERMS_PAGE
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forms import is_same_origin
from eternaltwin.devserver.api.responses import redirect
from eternaltwin.devserver.domain.addresses import form_encode
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.views import TermsView

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse
    from eternaltwin.devserver.domain.versions import Behaviour


def _keeps_terms(behaviour: Behaviour) -> bool:
    return behaviour.keeps_terms


@endpoint("GET", TERMS_PAGE, is_available=_keeps_terms)
def show_terms(request: ApiRequest) -> ApiResponse:
    """Show the page, or the login page to guests.

    Args:
        request: The request.

    Returns:
        The page, or a redirect.
    """
    return _page(request)


@endpoint("POST", TERMS_PAGE, is_available=_keeps_terms)
def accept_terms(request: ApiRequest) -> ApiResponse:
    """Note that the player accepts the terms.

    Args:
        request: The request.

    Returns:
        The page, or a redirect of guests to the login page.
    """
    user = request.identity()
    if not is_same_origin(request):
        return _page(request, 403)
    if isinstance(user, UserRecord):
        request.world.accounts.accept_terms(user.id)
    return _page(request)


ENDPOINTS = (show_terms, accept_terms)


def _page(request: ApiRequest, status: int = 200) -> ApiResponse:
    user = request.identity()
    if not isinstance(user, UserRecord):
        return redirect(f"/login?next={form_encode(TERMS_PAGE)}")
    has_accepted = request.world.accounts.terms(user.id).accepted_at is not None
    view = TermsView(display_name=user.display_name, has_accepted=has_accepted, action=TERMS_PAGE)
    return page_response("terms.html", view, status)
