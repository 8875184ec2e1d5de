"""`/oauth`: the authorization code grant (RFC 6749, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from eternaltwin.clients.endpoints import AUTHORIZATION, TOKEN
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.operations import (
    CLIENT_CREDENTIALS,
    CODED_ERROR,
    ERROR,
    REDIRECT,
    TEXT,
    USER_CREDENTIALS,
    Operation,
    Parameter,
)
from eternaltwin.devserver.api.requests import QUERY_PROBLEM
from eternaltwin.devserver.api.responses import (
    ApiError,
    Instant,
    coded_error,
    json_error,
    json_response,
    redirect,
    text_error,
    text_response,
)
from eternaltwin.devserver.domain.addresses import form_encode, form_fields, with_query
from eternaltwin.devserver.domain.codes import MalformedCodeError
from eternaltwin.devserver.domain.errors import (
    CodeNotCurrentError,
    CodeOfOtherClientError,
    TermsOwedError,
    UnknownScopeError,
)
from eternaltwin.devserver.domain.names import parse_uuid
from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.devserver.services.authorization import TOKEN_LIFE
from eternaltwin.models import AccessToken
from eternaltwin.rules.clients import is_client_key
from eternaltwin.rules.forum import WRITE_SCOPE

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Signing in"

_BEARER = "Bearer"
_CONTENT_TYPE_PROBLEM = "invalid `Content-Type`, expected `application/x-www-form-urlencoded` or `application/json`"

_STRING: dict[str, object] = {"type": "string"}

_AUTHORIZE_DESCRIPTION = (
    "Errors are shown here, and never sent to the callback of the game: to browsers, which prefer HTML, on a page with"
    " the same status. On newer servers, the status is 403 if the user has not accepted the terms of service."
)
_AUTHORIZE_QUERY = (
    Parameter(name="response_type", schema={"const": "code"}, description="Always `code`.", is_required=True),
    Parameter(
        name="client_id",
        schema=_STRING,
        description="The game's key, such as `kingdom_dev@clients`, or its id.",
        is_required=True,
    ),
    Parameter(name="redirect_uri", schema=_STRING, description="The registered callback, character for character."),
    Parameter(
        name="scope",
        schema=_STRING,
        description=f"Scopes, separated by spaces: `base`, on newer servers `{WRITE_SCOPE}`.",
    ),
    Parameter(name="state", schema=_STRING, description="Any string. The callback receives it unchanged."),
)
_CALLBACK_QUERY = (
    Parameter(name="code", schema=_STRING, description="An authorization code.", is_required=True),
    Parameter(name="state", schema=_STRING, description="The state of the request.", is_required=True),
)


# --- the authorization endpoint


def requested_client(request: ApiRequest, query: dict[str, str]) -> ClientRecord:
    """Return the game of an authorization request, after a check of its redirect URI.

    Args:
        request: The request.
        query: The parameters of the request. `client_id` and `redirect_uri` are used.

    Returns:
        The game.

    Raises:
        ApiError: The game is missing, malformed or unknown, or the redirect URI is not the registered one. The response
            must not be a redirect (RFC 6749, section 4.1.2.1).
    """
    reference = query.get("client_id")
    if reference is None:
        raise coded_error(422, "Q1001", "missing client_id parameter")
    client_id = None if is_client_key(reference) else parse_uuid(reference)
    if client_id is None and not is_client_key(reference):
        raise coded_error(422, "Q1002", "invalid client_id parameter")
    client = request.world.sign_in.client_named(reference)
    if client is None:
        named = {"Key": {"key": reference}} if client_id is None else {"Id": {"id": client_id}}
        raise coded_error(422, "Q1004", "oauth client not found", {"oauth_client": named})
    provided = query.get("redirect_uri", client.callback)
    if provided != client.callback:
        message = "provided redirect_uri does not match registered callback_uri"
        raise coded_error(422, "Q1003", message, {"registered": client.callback, "provided": provided})
    return client


def check_response_type(query: dict[str, str]) -> None:
    """Check that an authorization request asks for a code.

    Args:
        query: The parameters of the request. `response_type` is used.

    Raises:
        ApiError: The response type is missing or not supported.
    """
    response_type = query.get("response_type")
    if response_type is None:
        raise coded_error(422, "Q1005", "missing response_type parameter")
    if response_type == "token":
        raise coded_error(501, "S1001", "unsupported response type")
    if response_type != "code":
        raise coded_error(422, "Q1006", "invalid response_type parameter")


def _scopes(request: ApiRequest, query: dict[str, str]) -> list[str]:
    try:
        return request.world.sign_in.scopes(query.get("scope", ""))
    except UnknownScopeError:
        raise _scope_error() from None


def _scope_error() -> ApiError:
    return coded_error(422, "Q1007", "invalid scope parameter")


def _terms_error() -> ApiError:
    return coded_error(403, "Q1012", "terms of service not accepted")


@endpoint(
    "GET",
    AUTHORIZATION,
    Operation(
        tag=_TAG,
        summary="Redirect a user who is logged in to the game with a code, and everybody else to the login page",
        responses={303: REDIRECT, 400: TEXT, 401: CODED_ERROR, 403: CODED_ERROR, 422: CODED_ERROR, 501: CODED_ERROR},
        description=_AUTHORIZE_DESCRIPTION,
        query=_AUTHORIZE_QUERY,
        security=USER_CREDENTIALS,
    ),
)
def _authorize(request: ApiRequest) -> ApiResponse:
    query = request.query("client_id", "redirect_uri", "response_type", "scope", "state")
    identity = request.identity()
    if identity is None:
        return redirect(f"/login?next={form_encode(request.target())}")
    client = requested_client(request, query)
    check_response_type(query)
    scopes = _scopes(request, query)
    if not isinstance(identity, UserRecord):
        raise coded_error(401, "Q0001", "missing authentication for protected action")
    if request.world.accounts.owes_terms(identity.id):
        raise _terms_error()
    fields = [("code", request.world.sign_in.grant(identity.id, client, scopes))]
    if "state" in query:
        fields.append(("state", query["state"]))
    return redirect(with_query(client.callback, fields))


# --- the token endpoint


class TokenRequest(msgspec.Struct, kw_only=True):
    """The body of `POST /oauth/token` (RFC 6749, section 4.1.3). The server reads only the code.

    Attributes:
        grant_type: The kind of grant.
        code: The authorization code.
        redirect_uri: The callback that received the code.
    """

    grant_type: str = "authorization_code"
    code: str
    redirect_uri: str = ""


class _Claim(msgspec.Struct, frozen=True):
    code: str | None = None


def _form_code(body: bytes) -> str | None:
    values = [value for name, value in form_fields(body.decode("utf-8", "replace")) if name == "code"]
    if len(values) > 1:
        raise json_error(422, "failed to deserialize form body")
    return values[0] if values else None


def _json_code(body: bytes) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Claim).code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise json_error(422, "failed to deserialize json body") from None


def _claimed_code(request: ApiRequest) -> str:
    content_type = request.header(b"content-type") or ""
    if content_type.startswith("application/x-www-form-urlencoded"):
        code = _form_code(request.body)
    elif content_type.startswith("application/json"):
        code = _json_code(request.body)
    else:
        raise json_error(415, _CONTENT_TYPE_PROBLEM)
    if code is None:
        raise coded_error(422, "Q1008", "missing oauth code parameter")
    return code


@endpoint(
    "POST",
    TOKEN,
    Operation(
        tag=_TAG,
        summary="Exchange a code for a token, repeatedly within ten minutes",
        responses={
            200: AccessToken,
            401: CODED_ERROR,
            403: CODED_ERROR,
            413: TEXT,
            415: ERROR,
            422: (CODED_ERROR, ERROR),
        },
        description="The login is the game's key or id. A code is valid for ten minutes, a token for 10^9 seconds.",
        request_body=TokenRequest,
        accepts_form=True,
        security=CLIENT_CREDENTIALS,
        requires_credentials=True,
    ),
)
def _claim_token(request: ApiRequest) -> ApiResponse:
    code, client = _claimed_code(request), request.identity()
    if not isinstance(client, ClientRecord):
        raise coded_error(401, "Q0002", "missing oauth client authentication for protected action")
    try:
        token, scopes = request.world.sign_in.claim(client, code)
    except MalformedCodeError as exc:
        raise coded_error(422, "Q1010", "invalid format for oauth code parameter", str(exc)) from None
    except CodeNotCurrentError as exc:
        period = {"start": Instant.at_milliseconds(exc.start), "end": Instant.at_milliseconds(exc.end)}
        extra = {"now": Instant.at_milliseconds(exc.now), "period": period}
        raise coded_error(422, "Q1011", "invalid time period for oauth code parameter", extra) from None
    except CodeOfOtherClientError:
        message = "code audience does not match authenticated client"
        raise coded_error(403, "Q1009", message, {"registered": client.id}) from None
    except UnknownScopeError:
        raise _scope_error() from None
    except TermsOwedError:
        raise _terms_error() from None
    return json_response(
        AccessToken(
            token_type=_BEARER,
            access_token=token,
            expires_in=TOKEN_LIFE,
            # The released server knows one scope and leaves it out; more must be reported (RFC 6749, section 5.1).
            scope=UNSET if scopes == ["base"] else " ".join(scopes),
        )
    )


# --- the callback, for an official server that is a client of another one


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    shown = (escapes.get(char) or (char if char.isprintable() else f"\\u{{{ord(char):x}}}") for char in text)
    return f'"{"".join(shown)}"'


@endpoint(
    "GET",
    "/oauth/callback",
    Operation(
        tag=_TAG,
        summary="Always refused: this server is not a client of another one, so no state is valid",
        responses={400: TEXT, 422: TEXT},
        query=_CALLBACK_QUERY,
    ),
)
def _callback(request: ApiRequest) -> ApiResponse:
    query = request.query("code", "state")
    for name in ("code", "state"):
        if name not in query:
            raise text_error(400, f"{QUERY_PROBLEM}: missing field `{name}`")
    return text_response(f"invalid state {_quoted(query['state'])}", 422)


ENDPOINTS = (_authorize, _claim_token, _callback)
