"""Authentication and authorization: credentials, sessions, authorization codes, access tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from eternaltwin.devserver.domain.clock import to_milliseconds
from eternaltwin.devserver.domain.codes import CODE_LIFE, Claims
from eternaltwin.devserver.domain.errors import (
    CodeNotCurrentError,
    CodeOfOtherClientError,
    TermsOwedError,
    UnknownScopeError,
    UserDeletedError,
)
from eternaltwin.devserver.domain.names import canonical_uuid, parse_uuid
from eternaltwin.devserver.domain.records import ClientRecord, RecentSignIn, TokenHolder, UserRecord
from eternaltwin.rules.accounts import is_username
from eternaltwin.rules.clients import is_client_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.codes import CodeSigner
    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.services.games import Games
    from eternaltwin.devserver.storage.tokens import TokenTable
    from eternaltwin.devserver.storage.users import UserTable

#: Lifetime of an access token, in seconds: 31 years, as on the official server.
TOKEN_LIFE = 1_000_000_000


class SignIn:
    """Authenticates callers, opens sessions, and issues authorization codes and access tokens.

    Args:
        accounts: The users.
        games: The games.
        users: Users and sessions in the database.
        tokens: Access tokens in the database.
        signer: Signs and verifies the codes.
        clock: The server's clock.
        scopes: The scopes that games may get.
        is_broken: Takes the id of a user, and returns whether requests about this user fail. Such users cannot log in.
    """

    def __init__(
        self,
        accounts: Accounts,
        games: Games,
        users: UserTable,
        tokens: TokenTable,
        signer: CodeSigner,
        clock: Clock,
        scopes: frozenset[str],
        is_broken: Callable[[UUID], bool] = lambda _: False,
    ) -> None:
        self._accounts = accounts
        self._games = games
        self._users = users
        self._tokens = tokens
        self._signer = signer
        self._clock = clock
        self._scopes = scopes
        self._is_broken = is_broken

    # --- callers

    def user_of_session(self, sid: str) -> UserRecord | None:
        """Return the user of a session.

        Args:
            sid: The session's id.

        Returns:
            The user, or None if the session is unknown, or the user is deleted or broken.
        """
        key = canonical_uuid(sid)
        return None if key is None else self._unless_broken(self._users.of_session(key))

    def _unless_broken(self, found: UserRecord | None) -> UserRecord | None:
        """Return the user, or None for a broken user."""
        return None if found is None or self._is_broken(found.id) else found

    def holder_of_token(self, token: str) -> TokenHolder | None:
        """Return the game and the user of an access token.

        Args:
            token: The access token.

        Returns:
            Game and user, or None if the token is unknown or expired, or the user or the game no longer exists.
        """
        key = canonical_uuid(token)
        row = None if key is None else self._tokens.current(key, to_milliseconds(self._clock.now()))
        if row is None:
            return None
        client = self._games.of_id(row.client_id)
        return None if client is None else TokenHolder(client, row.user_id, row.display_name, row.scopes)

    def caller_of_credentials(self, login: str, secret: str) -> Caller:
        """Return the user or the game with a login and a secret.

        Args:
            login: Username or id of a user, or key or id of a game, with or without `@users` or `@clients`.
            secret: Password or client secret.

        Returns:
            The user or the game, or None if the credentials are wrong, or the user is deleted or broken.
        """
        if login.endswith("@users"):
            return self._user_named(login.removesuffix("@users"), secret)
        if login.endswith("@clients"):
            return self._client_named(login, secret)
        return self._user_named(login, secret) or self._client_named(login, secret)

    def _user_named(self, login: str, password: str) -> UserRecord | None:
        user_id = parse_uuid(login)
        user = self._accounts.with_password(username=login, user_id=user_id, password=password.encode())
        return self._unless_broken(user)

    def _client_named(self, login: str, secret: str) -> ClientRecord | None:
        client = self.client_named(login.removesuffix("@clients")) or self.client_named(login)
        return client if client is not None and self._games.has_secret(client, secret) else None

    # --- sessions

    def log_in(self, login: str, password: bytes) -> UserRecord | None:
        """Return the user with a username and a password.

        Args:
            login: The username.
            password: The password, in UTF-8.

        Returns:
            The user, or None if the credentials are wrong, or the user is deleted or broken.
        """
        if not is_username(login):
            return None
        return self._unless_broken(self._accounts.with_password(username=login, password=password))

    def open_session(self, user: UserRecord) -> str:
        """Log a user in.

        Args:
            user: The user.

        Returns:
            The id of the new session.

        Raises:
            UserDeletedError: The user is deleted.
        """
        if user.deleted_at is not None:
            raise UserDeletedError(f"the user {str(user.id)!r} is deleted")
        sid = str(uuid4())
        self._users.add_session(sid, user.id, self._clock.now())
        return sid

    # --- codes and tokens

    def client_named(self, reference: str) -> ClientRecord | None:
        """Return the game with a key or an id.

        Args:
            reference: The key, with `@clients`, or the id.

        Returns:
            The game, or None if there is none.
        """
        if is_client_key(reference):
            return self._games.of_key(reference)
        key = parse_uuid(reference)
        return None if key is None else self._games.of_id(key)

    def scopes(self, text: str) -> list[str]:
        """Parse the scopes of an authorization request.

        Args:
            text: Scopes, separated by spaces (RFC 6749, section 3.3).

        Returns:
            The scopes in alphabetical order. `base` is always among them.

        Raises:
            UnknownScopeError: A scope is unknown. The message lists the known ones.
        """
        named = {name.strip() for name in text.split(" ")} - {""}
        if not named <= self._scopes:
            raise UnknownScopeError(f"no such scope; there are: {', '.join(sorted(self._scopes))}")
        return sorted(named | {"base"})

    def grant(self, user_id: UUID, client: ClientRecord, scopes: list[str]) -> str:
        """Issue an authorization code. It can be exchanged repeatedly within ten minutes, as on the official server.

        Args:
            user_id: Id of the user who grants access.
            client: The game.
            scopes: The scopes that the user grants.

        Returns:
            The code.
        """
        now = to_milliseconds(self._clock.now()) // 1000
        return self._signer.sign(
            Claims(aud=[str(client.id), client.key], exp=now + CODE_LIFE, iat=now, nbf=now, sub=user_id, scopes=scopes)
        )

    def recent(self, limit: int) -> list[RecentSignIn]:
        """List the last sign-ins of players to games.

        Args:
            limit: Maximum number of sign-ins to return.

        Returns:
            The sign-ins, the newest first.
        """
        found: list[RecentSignIn] = []
        for row in self._tokens.recent(limit):
            client = self._games.of_id(row.client_id)
            game = client.display_name if client is not None else str(row.client_id)
            found.append(RecentSignIn(row.created_at, game, row.display_name))
        return found

    def claim(self, client: ClientRecord, code: str) -> tuple[str, list[str]]:
        """Exchange an authorization code for an access token.

        Args:
            client: The game that sends the code.
            code: The code.

        Returns:
            The access token and its scopes.

        Raises:
            MalformedCodeError: The code is malformed, or was not signed by this server.
            CodeNotCurrentError: The code is expired or not yet valid.
            CodeOfOtherClientError: The code was issued for another game.
            UnknownScopeError: The server no longer grants a scope of the code.
            TermsOwedError: The user must accept the terms of service first.
        """
        claims = self._signer.read(code)
        now = to_milliseconds(self._clock.now())
        start, end = claims.nbf * 1000, claims.exp * 1000
        if not start <= now < end:
            raise CodeNotCurrentError(now, start, end)
        client_id = str(client.id)
        if client_id not in claims.aud:
            raise CodeOfOtherClientError("the authorization code was issued for another game")
        self.scopes(" ".join(claims.scopes))
        if self._accounts.owes_terms(claims.sub):
            raise TermsOwedError("the user has not accepted the terms of service")
        token = str(uuid4())
        self._tokens.add(token, str(claims.sub), client_id, " ".join(claims.scopes), now, now + TOKEN_LIFE * 1000)
        return token, claims.scopes
