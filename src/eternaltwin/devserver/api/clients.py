"""`/api/v1/oauth_clients`: registering games, for internal tools of the server."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.internal_keys import INTERNAL_KEY, check_internal_key
from eternaltwin.devserver.api.operations import ERROR, MALFORMED_BODY, Operation
from eternaltwin.devserver.api.requests import BODY_PROBLEM
from eternaltwin.devserver.api.responses import ApiResponse, json_response, text_error
from eternaltwin.devserver.domain.addresses import absolute_url
from eternaltwin.devserver.domain.errors import TooManyClientsError
from eternaltwin.devserver.domain.names import seed_id
from eternaltwin.devserver.domain.records import ClientRecord
from eternaltwin.models import ShortUser
from eternaltwin.models.common import HexadecimalPassword
from eternaltwin.rules.accounts import USERNAME_PATTERN
from eternaltwin.rules.clients import CLIENT_KEY_SUFFIX

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_ClientUrl = Annotated[str, msgspec.Meta(extra_json_schema={"format": "uri"})]


class NewClient(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /api/v1/oauth_clients`.

    Attributes:
        key: The key, such as `kingdom_dev@clients`.
        display_name: The display name: 2 to 32 letters without accents, spaces, `_`, `-` and parentheses.
        app_uri: URL of the game's website.
        callback_uri: The callback URL.
        secret: The client secret, as the hexadecimal of its UTF-8 bytes.
    """

    key: Annotated[str, msgspec.Meta(pattern=rf"\A{USERNAME_PATTERN}{CLIENT_KEY_SUFFIX}\Z")]
    display_name: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_ ()-]{2,32}\Z")]
    app_uri: _ClientUrl
    callback_uri: _ClientUrl
    secret: HexadecimalPassword

    def __repr__(self) -> str:
        return f"<NewClient {self.key!r}>"


class RegisteredClient(msgspec.Struct, frozen=True, kw_only=True):
    """A game, with its addresses.

    Attributes:
        type: The kind of object: `OauthClient`.
        id: The UUID.
        key: The key.
        display_name: The display name.
        app_uri: URL of the game's website.
        callback_uri: The callback URL.
        owner: The user who owns the game. Null for those of the server.
    """

    type: str = "OauthClient"
    id: UUID
    key: str
    display_name: str
    app_uri: str
    callback_uri: str
    owner: ShortUser | None = None


def _problem(field: str, problem: str) -> str:
    return f"{BODY_PROBLEM}: {field}: {problem}"


def _url(field: str, text: str) -> str:
    url = absolute_url(text)
    if url is None:
        raise text_error(422, _problem(field, "not an absolute URL with a host"))
    return url


def _secret(text: str) -> str:
    try:
        return binascii.unhexlify(text).decode()
    except ValueError:
        raise text_error(422, _problem("secret", "not the hexadecimal of UTF-8")) from None


@endpoint(
    "POST",
    "/api/v1/oauth_clients",
    Operation(
        tag="Internal tools",
        summary="Register a game, or change the game with a key",
        responses=MALFORMED_BODY | {200: RegisteredClient, 401: ERROR, 403: ERROR},
        description="A game of the configuration is as it was after a restart.",
        request_body=NewClient,
        headers=(INTERNAL_KEY,),
    ),
)
def _register_client(request: ApiRequest) -> ApiResponse:
    check_internal_key(request)
    body = request.json(NewClient)
    client = ClientRecord(
        id=seed_id("app", body.key.removesuffix(CLIENT_KEY_SUFFIX)),
        key=body.key,
        display_name=body.display_name,
        uri=_url("app_uri", body.app_uri),
        callback=_url("callback_uri", body.callback_uri),
        secret=_secret(body.secret),
    )
    try:
        registered = request.world.games.register(client)
    except TooManyClientsError as exc:
        raise text_error(422, _problem("key", str(exc))) from None
    return json_response(
        RegisteredClient(
            id=registered.id,
            key=registered.key,
            display_name=registered.display_name,
            app_uri=registered.uri,
            callback_uri=registered.callback,
        )
    )


ENDPOINTS = (_register_client,)
