"""`/oauth`: a game sends its player here, and gets a code and for it a token (RFC 6749, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from litestar import HttpMethod
from msgspec import UNSET

from eternaltwin.devserver.api.requests import QUERY_PROBLEM, endpoint
from eternaltwin.devserver.api.responses import (
    Instant,
    json_answer,
    redirect,
    refused,
    refused_code,
    refused_text,
    text_answer,
)
from eternaltwin.devserver.domain.addresses import form_encode, form_fields, with_query
from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.domain.codes import MalformedCodeError
from eternaltwin.devserver.domain.errors import CodeNotCurrentError, CodeOfOtherClientError, UnknownScopeError
from eternaltwin.devserver.domain.names import is_client_key, parse_uuid
from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.devserver.services.authorization import TOKEN_LIFE
from eternaltwin.models import AccessToken

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import Answer

_BEARER = "Bearer"
_CONTENT_TYPE_PROBLEM = "invalid `Content-Type`, expected `application/x-www-form-urlencoded` or `application/json`"


# --- asking a player for authorization


def requested_client(call: Call, query: dict[str, str]) -> ClientRecord:
    """The game that a player was sent here by, if the request can be trusted to come from it."""
    reference = query.get("client_id")
    if reference is None:
        raise refused_code(422, "Q1001", "missing client_id parameter")
    client_id = None if is_client_key(reference) else parse_uuid(reference)
    if client_id is None and not is_client_key(reference):
        raise refused_code(422, "Q1002", "invalid client_id parameter")
    client = call.world.sign_in.client_named(reference)
    if client is None:
        named = {"Key": {"key": reference}} if client_id is None else {"Id": {"id": client_id}}
        raise refused_code(422, "Q1004", "oauth client not found", {"oauth_client": named})
    provided = query.get("redirect_uri", client.callback)
    if provided != client.callback:
        message = "provided redirect_uri does not match registered callback_uri"
        raise refused_code(422, "Q1003", message, {"registered": client.callback, "provided": provided})
    return client


def _check_response_type(query: dict[str, str]) -> None:
    response_type = query.get("response_type")
    if response_type is None:
        raise refused_code(422, "Q1005", "missing response_type parameter")
    if response_type == "token":
        raise refused_code(501, "S1001", "unsupported response type")
    if response_type != "code":
        raise refused_code(422, "Q1006", "invalid response_type parameter")


def _scopes(call: Call, query: dict[str, str]) -> list[str]:
    try:
        return call.world.sign_in.scopes(query.get("scope", ""))
    except UnknownScopeError:
        raise refused_code(422, "Q1007", "invalid scope parameter") from None


@endpoint("/oauth/authorize", HttpMethod.GET)
def authorize(call: Call) -> Answer:
    """Send a player who is logged in back to the game with a code, and anybody else to log in."""
    query = call.query("client_id", "redirect_uri", "response_type", "scope", "state")
    identity = call.identity()
    if identity is None:
        return redirect(f"/login?next={form_encode(call.target())}")
    client = requested_client(call, query)
    _check_response_type(query)
    scopes = _scopes(call, query)
    if not isinstance(identity, UserRecord):
        raise refused_code(401, "Q0001", "missing authentication for protected action")
    if call.world.accounts.owes_terms(identity.id):
        raise refused_code(403, "Q1012", "terms of service not accepted")
    fields = [("code", call.world.sign_in.grant(identity.id, client, scopes))]
    if "state" in query:
        fields.append(("state", query["state"]))
    return redirect(with_query(client.callback, fields))


# --- giving a token for a code


class _Claim(msgspec.Struct, frozen=True):
    code: str | None = None


def _form_code(body: bytes) -> str | None:
    values = [value for name, value in form_fields(body.decode("utf-8", "replace")) if name == "code"]
    if len(values) > 1:
        raise refused(422, "failed to deserialize form body")
    return values[0] if values else None


def _json_code(body: bytes) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Claim).code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise refused(422, "failed to deserialize json body") from None


def _claimed_code(call: Call) -> str:
    content_type = call.header(b"content-type") or ""
    if content_type.startswith("application/x-www-form-urlencoded"):
        code = _form_code(call.body)
    elif content_type.startswith("application/json"):
        code = _json_code(call.body)
    else:
        raise refused(415, _CONTENT_TYPE_PROBLEM)
    if code is None:
        raise refused_code(422, "Q1008", "missing oauth code parameter")
    return code


def _instant(milliseconds: int) -> Instant:
    return Instant.at(from_milliseconds(milliseconds))


@endpoint("/oauth/token", HttpMethod.POST)
def claim_token(call: Call) -> Answer:
    """Give a game a token for a code, as often as it shows the code within ten minutes."""
    code, client = _claimed_code(call), call.identity()
    if not isinstance(client, ClientRecord):
        raise refused_code(401, "Q0002", "missing oauth client authentication for protected action")
    try:
        token, scopes = call.world.sign_in.claim(client, code)
    except MalformedCodeError as exc:
        raise refused_code(422, "Q1010", "invalid format for oauth code parameter", str(exc)) from None
    except CodeNotCurrentError as exc:
        period = {"start": _instant(exc.start), "end": _instant(exc.end)}
        extra = {"now": _instant(exc.now), "period": period}
        raise refused_code(422, "Q1011", "invalid time period for oauth code parameter", extra) from None
    except CodeOfOtherClientError:
        message = "code audience does not match authenticated client"
        raise refused_code(403, "Q1009", message, {"registered": client.id}) from None
    return json_answer(
        AccessToken(
            token_type=_BEARER,
            access_token=token,
            expires_in=TOKEN_LIFE,
            # The released server, which knows one scope, never tells; a game needs to know of more (RFC 6749, 5.1).
            scope=UNSET if scopes == ["base"] else " ".join(scopes),
        )
    )


# --- what the official server has for signing in elsewhere


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    shown = (escapes.get(char) or (char if char.isprintable() else f"\\u{{{ord(char):x}}}") for char in text)
    return f'"{"".join(shown)}"'


@endpoint("/oauth/callback", HttpMethod.GET)
def callback(call: Call) -> Answer:
    """Refuse: nobody is sent from here to another server, so nobody can come back with a good state."""
    query = call.query("code", "state")
    for name in ("code", "state"):
        if name not in query:
            raise refused_text(400, f"{QUERY_PROBLEM}: missing field `{name}`")
    return text_answer(f"invalid state {_quoted(query['state'])}", 422)


route_handlers = [authorize, claim_token, callback]
