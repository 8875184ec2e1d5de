"""Sign-ins: the authorization code grant (RFC 6749, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec import UNSET

from eternaltwin import models
from eternaltwin.clients.api.bodies import form_body
from eternaltwin.clients.auth import basic, is_bearer
from eternaltwin.clients.endpoints import TERMS_PAGE, TOKEN
from eternaltwin.clients.validation.oauth import check_code
from eternaltwin.enums import AuthorizationType
from eternaltwin.exceptions import AuthenticationError, InvalidArgumentError, UnexpectedResponseError
from eternaltwin.responses import decode_json
from eternaltwin.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from eternaltwin.clients.api.client import ApiClient
    from eternaltwin.clients.api.users import UsersApi
    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.responses import Response

#: The longest life of a token that is accepted, in seconds; 0.16.4 sends 10^9.
_MAX_EXPIRES_IN = 2**53


class OAuthApi:
    """The calls of a sign-in.

    Args:
        client: Sends the calls.
        users: Reads whose token it is.
        settings: The game's client id, secret and callback.
        note_name: Called with each user whose token was read.
    """

    def __init__(
        self,
        client: ApiClient,
        users: UsersApi,
        settings: CheckedSettings,
        note_name: Callable[[models.ShortUser], Awaitable[None]],
    ) -> None:
        self._client = client
        self._users = users
        self._settings = settings
        self._note_name = note_name

    @property
    def terms_url(self) -> str:
        """Where players accept the terms of service, on newer servers than 0.16.4."""
        return f"{self._settings.public_url}{TERMS_PAGE}"

    async def token(self, authorization_code: str) -> Token:
        """Exchange an authorization code for a token: `POST /oauth/token`, never repeated.

        Args:
            authorization_code: The callback's `code` parameter.

        Returns:
            The token.

        Raises:
            RequestError: The server refuses the code or the game's credentials.
            UnexpectedResponseError: The response is not a token that can be used.
            InvalidArgumentError: The code is not a string that can be a code. Nothing was sent.
            ConfigurationError: The connection only reads. Nothing was sent.
        """
        game = self._settings.require_client("token")
        code = check_code(authorization_code)
        credentials = basic(game.client_id, game.client_secret, is_game=True)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": game.redirect_uri}
        return _token(await self._client.send("POST", TOKEN, credentials, body=form_body(fields, code)))

    async def player(self, token: Token | str) -> models.ShortUser:
        """Read which user a token is for, and check that the token was issued to this game.

        Without the check, another game could sign in here with the token that a user gave to it.

        Args:
            token: Access token of a user.

        Returns:
            The user.

        Raises:
            AuthenticationError: The token is no longer valid, or was not issued to this game.
            UnexpectedResponseError: The token is not one of a user.
            InvalidArgumentError: It is not a token. Nothing was sent.
            ConfigurationError: The connection only reads. Nothing was sent.
        """
        game = self._settings.require_client("from_token")
        if cast("object", token) is None:  # which would be sent without credentials
            raise InvalidArgumentError("token must be a Token, or an access token as a string")
        response = await self._users.me(token)
        caller = decode_json(response, models.Self)
        if caller.type == AuthorizationType.GUEST:
            raise AuthenticationError(response, f"{response.url}: the token is no longer valid; sign in again")
        if caller.user is UNSET:
            raise UnexpectedResponseError(f"{response.url}: the token is not one of a user", response)
        if not caller.is_issued_to(game.client_id):
            raise AuthenticationError(response, f"{response.url}: the token was not issued to this game")
        await self._note_name(caller.user)
        return caller.user

    async def sign_in(self, authorization_code: str) -> tuple[models.ShortUser, Token]:
        """Exchange an authorization code for a token, and read which user it is for.

        Args:
            authorization_code: The callback's `code` parameter.

        Returns:
            The user, and the token.

        Raises:
            RequestError: The server refuses the code or the game's credentials.
            UnexpectedResponseError: The response is not a token that can be used, or the token is not one of a user.
        """
        token = await self.token(authorization_code)
        return await self.player(token), token


def _token(response: Response) -> Token:
    body = decode_json(response, models.AccessToken)
    is_good = body.token_type.lower() == "bearer" and is_bearer(body.access_token)
    if not is_good or (body.expires_in is not None and not 0 <= body.expires_in <= _MAX_EXPIRES_IN):
        raise UnexpectedResponseError(f"{response.url} sent a token that cannot be used", response)
    return Token(
        access_token=body.access_token,
        expires_in=body.expires_in,
        token_type=body.token_type,
        refresh_token=body.refresh_token or None,
        scope=body.scope or None,
    )
