"""Signing in, as the API knows it: authorization code grant (RFC 6749, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from msgspec import UNSET

from eternaltwin import models
from eternaltwin.clients.auth import basic, is_bearer
from eternaltwin.clients.endpoints import TOKEN
from eternaltwin.clients.http.requests import Request
from eternaltwin.clients.http.sender import checked
from eternaltwin.clients.validation.arguments import check_code
from eternaltwin.enums import AuthorizationType
from eternaltwin.exceptions import AuthenticationError, InvalidArgumentError, UnexpectedResponseError
from eternaltwin.responses import decode_json
from eternaltwin.tokens import Token

if TYPE_CHECKING:
    from eternaltwin.clients.api.users import UsersApi
    from eternaltwin.clients.http.transports import Send
    from eternaltwin.clients.settings import Settings
    from eternaltwin.responses import Response


class OAuthApi:
    """The calls of a sign-in."""

    def __init__(self, send: Send, users: UsersApi, settings: Settings) -> None:
        self._send = send
        self._users = users
        self._settings = settings

    async def token(self, authorization_code: str) -> Token:
        """Exchange an authorization code for a token: `POST /oauth/token`, sent once, never again."""
        code = check_code(authorization_code)
        game = basic(self._settings.client_id, self._settings.client_secret)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._settings.redirect_uri}
        response = await checked(
            self._send,
            Request(
                method="POST",
                endpoint=TOKEN,
                headers=(*game.headers, ("Content-Type", "application/x-www-form-urlencoded")),
                body=urlencode(fields).encode("ascii"),
                secrets=(*game.secrets, code),
            ),
        )
        return _token(response)

    async def player(self, token: Token | str) -> models.ShortUser:
        """The player that a token is for, if it is good and was given to this game.

        The last part keeps a token that a player gave to another game from signing in here.
        """
        if cast("object", token) is None:  # which would ask as a guest
            raise InvalidArgumentError("token must be a Token, or the text of an access token")
        response = await self._users.me(token)
        identity = decode_json(response, models.Self)
        if identity.type == AuthorizationType.GUEST:
            raise AuthenticationError(response, f"{response.url}: the token is no longer good; sign in again")
        if identity.user is UNSET:
            raise UnexpectedResponseError(f"{response.url}: the token is not one of a player", response)
        if identity.client is not UNSET and not self._is_this_game(identity.client):
            raise AuthenticationError(response, f"{response.url}: the token was given to another game")
        return identity.user

    async def sign_in(self, authorization_code: str) -> tuple[models.ShortUser, Token]:
        """The player that a code is for, and the token."""
        token = await self.token(authorization_code)
        return await self.player(token), token

    def _is_this_game(self, client: models.ShortOauthClient) -> bool:
        return self._settings.client_id == client.key or self._settings.client_id.lower() == str(client.id)


#: More seconds than any server means; 0.16.4 says 10^9.
_LONGEST_LIFE = 2**53


def _token(response: Response) -> Token:
    answer = decode_json(response, models.AccessToken)
    is_good = answer.token_type.lower() == "bearer" and is_bearer(answer.access_token)
    if not is_good or (answer.expires_in is not None and not 0 <= answer.expires_in <= _LONGEST_LIFE):
        raise UnexpectedResponseError(f"{response.url} sent a token that cannot be used", response)
    return Token(
        access_token=answer.access_token,
        expires_in=answer.expires_in,
        token_type=answer.token_type,
        refresh_token=answer.refresh_token or None,
        scope=answer.scope or None,
    )
