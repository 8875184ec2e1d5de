"""The login page, `/login`: people pick a player, log in with a password, register, or refuse a game's request."""

from __future__ import annotations

import re

from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forms import is_same_origin
from eternaltwin.devserver.api.oauth import check_response_type, requested_client
from eternaltwin.devserver.api.requests import ApiRequest
from eternaltwin.devserver.api.responses import ApiError, ApiResponse, redirect, with_session, without_session
from eternaltwin.devserver.domain.addresses import form_encode, with_query
from eternaltwin.devserver.domain.errors import UnknownScopeError
from eternaltwin.devserver.domain.names import parse_uuid
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.pages.explanations import CodedBody, coded_body, explain
from eternaltwin.devserver.pages.forms import query_fields, submitted_fields
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.views import (
    AuthorizationRequestView,
    LoginView,
    RejectedForm,
    authorization_request_view,
    player_search,
    player_view,
)
from eternaltwin.exceptions import InvalidArgumentError

#: A path on this server, with or without a query. Browsers treat a backslash like a slash, and `//` starts a host.
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]{0,8191}")

#: How many players are offered for one click; others are found by name.
PLAYERS_SHOWN = 12


@endpoint("GET", "/login")
def show_login(request: ApiRequest) -> ApiResponse:
    """Show the page.

    Args:
        request: The request.

    Returns:
        The page.
    """
    return _page(request, query_fields(request))


@endpoint("POST", "/login")
def submit_login(request: ApiRequest) -> ApiResponse:
    """Process a submitted form.

    Args:
        request: The request.

    Returns:
        A redirect, or the page, with a message if the form was rejected.
    """
    fields = submitted_fields(request)
    if not is_same_origin(request):
        return _page(request, fields, RejectedForm("player", "This came from another site. Try again from here."), 403)
    if "player" in fields:
        return _pick(request, fields)
    if "log_out" in fields:
        return without_session(redirect(_login_path(fields)))
    actions = {"password": _log_in, "register": _register, "refuse": _refuse}
    return actions.get(fields.get("action", ""), _page)(request, fields)


ENDPOINTS = (show_login, submit_login)


# --- actions


def _pick(request: ApiRequest, fields: dict[str, str]) -> ApiResponse:
    user_id = parse_uuid(fields["player"])
    try:
        sid = request.world.open_session(user_id if user_id is not None else "")
    except InvalidArgumentError:
        return _page(request, fields, RejectedForm("player", "This player is no longer there. Pick another."), 422)
    return _logged_in(fields, sid)


def _log_in(request: ApiRequest, fields: dict[str, str]) -> ApiResponse:
    username = fields.get("username", "")
    user = request.world.check_password(username, fields.get("password", ""))
    if user is None:
        return _page(request, fields, RejectedForm("password", "No player has this name and password.", username), 401)
    return _logged_in(fields, request.world.open_session(user))


def _register(request: ApiRequest, fields: dict[str, str]) -> ApiResponse:
    username, display_name = fields.get("username", ""), fields.get("display_name", "")
    try:
        user = request.world.register(username, display_name, fields.get("password", ""))
    except InvalidArgumentError as exc:
        return _page(
            request, fields, RejectedForm("register", f"This does not work: {exc}.", username, display_name), 422
        )
    return _logged_in(fields, request.world.open_session(user))


def _refuse(request: ApiRequest, fields: dict[str, str]) -> ApiResponse:
    """Redirect to the registered callback of the game, and nowhere else, with an error (RFC 6749, section 4.1.2.1)."""
    authorization = _authorization(request, _next(fields) or "")
    if authorization is None:
        return _page(request, fields, RejectedForm("refuse", "There is no authorization request to refuse."), 422)
    try:
        query = authorization.query("client_id", "redirect_uri", "state")
        client = requested_client(authorization, query)
    except ApiError:
        return _page(request, fields, None, 422)
    state = [("state", query["state"])] if "state" in query else []
    return redirect(with_query(client.callback, [("error", "access_denied"), *state]))


def _logged_in(fields: dict[str, str], sid: str) -> ApiResponse:
    return with_session(redirect(_next(fields) or "/login"), sid)


def _login_path(fields: dict[str, str]) -> str:
    destination = _next(fields)
    return "/login" if destination is None else f"/login?next={form_encode(destination)}"


# --- the authorization request of a game


def _next(fields: dict[str, str]) -> str | None:
    """Return where the browser goes after the login, if that is a path on this server."""
    destination = fields.get("next", "")
    return destination if _LOCAL.fullmatch(destination) is not None else None


def _authorization(request: ApiRequest, destination: str) -> ApiRequest | None:
    """Return the authorization request that led to this page, as the authorization endpoint receives it, or None."""
    path, _, query = destination.partition("?")
    if path != AUTHORIZATION:
        return None
    scope = dict(request.scope)
    scope["query_string"] = query.encode("latin-1")
    return ApiRequest(request.world, scope, b"")


def _authorization_view(request: ApiRequest, destination: str | None) -> AuthorizationRequestView | None:
    authorization = _authorization(request, destination or "")
    if authorization is None:
        return None
    try:
        query = authorization.query("client_id", "redirect_uri", "response_type", "scope")
        client = requested_client(authorization, query)
        check_response_type(query)
        scopes = request.world.sign_in.scopes(query.get("scope", ""))
    except ApiError as refusal:
        return _wrong(authorization, coded_body(refusal.response), refusal.response.body.decode())
    except UnknownScopeError as exc:
        return AuthorizationRequestView(None, (), str(exc), explain(authorization, "Q1007"))
    return authorization_request_view(client, scopes)


def _wrong(authorization: ApiRequest, error: CodedBody | None, text: str) -> AuthorizationRequestView:
    if error is None:
        return AuthorizationRequestView(None, (), text, explain(authorization, None))
    facts = [f"{name}: {value}" for name, value in (error.extra or {}).items() if isinstance(value, str)]
    problem = "\n".join([f"{error.code}: {error.message}", *facts])
    return AuthorizationRequestView(None, (), problem, explain(authorization, error.code))


# --- the page


def _page(
    request: ApiRequest, fields: dict[str, str], rejected: RejectedForm | None = None, status: int = 200
) -> ApiResponse:
    destination, identity = _next(fields), request.identity()
    view = LoginView(
        next=destination,
        request=_authorization_view(request, destination),
        user=player_view(identity) if isinstance(identity, UserRecord) else None,
        search=player_search(request.world, fields.get("q", "").strip(), PLAYERS_SHOWN),
        rejected=rejected,
    )
    return page_response("login.html", view, status)
