"""Who is asking, and how a game comes to act for a user: sessions, codes, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from eternaltwin.devserver.domain.clock import from_milliseconds, to_milliseconds
from eternaltwin.devserver.domain.codes import CODE_LIFE, Claims
from eternaltwin.devserver.domain.errors import (
    CodeNotCurrentError,
    CodeOfOtherClientError,
    UnknownScopeError,
    UserDeletedError,
)
from eternaltwin.devserver.domain.names import canonical_uuid, is_client_key, is_username, parse_uuid
from eternaltwin.devserver.domain.records import ClientRecord, RecentSignIn, TokenHolder, UserRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.codes import CodeSigner
    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.services.games import Clients
    from eternaltwin.devserver.storage.tokens import TokenTable
    from eternaltwin.devserver.storage.users import UserTable

#: How long an access token is good, in seconds: 31 years, as on the official server.
TOKEN_LIFE = 1_000_000_000


class SignIn:
    """Opens sessions, gives codes for sessions and tokens for codes, and tells whose they are."""

    def __init__(
        self,
        accounts: Accounts,
        clients: Clients,
        users: UserTable,
        tokens: TokenTable,
        signer: CodeSigner,
        clock: Clock,
        behaviour: Behaviour,
        is_broken: Callable[[UUID], bool] = lambda _: False,
    ) -> None:
        self._accounts = accounts
        self._clients = clients
        self._users = users
        self._tokens = tokens
        self._signer = signer
        self._clock = clock
        self._scopes = behaviour.scopes
        self._is_broken = is_broken

    # --- who is asking

    def user_of_session(self, sid: str) -> UserRecord | None:
        """Who is logged in with a session."""
        key = canonical_uuid(sid)
        return None if key is None else self._whole(self._users.of_session(key))

    def _whole(self, found: UserRecord | None) -> UserRecord | None:
        """The same user, unless the server fails for it."""
        return None if found is None or self._is_broken(found.id) else found

    def holder_of_token(self, token: str) -> TokenHolder | None:
        """The game and the user that an access token is good for."""
        key = canonical_uuid(token)
        row = None if key is None else self._tokens.current(key, to_milliseconds(self._clock.now()))
        if row is None:
            return None
        client = self._clients.of_id(UUID(row.client_id))
        if client is None:
            return None
        return TokenHolder(client, UUID(row.user_id), row.display_name, frozenset(row.scopes.split()))

    def caller_of_credentials(self, login: str, secret: str) -> Caller:
        """The game or the user with this login and this secret.

        A login is a game's key, or its id, or a user's name or id, with or without `@users` and `@clients`.
        """
        if login.endswith("@users"):
            return self._user_named(login.removesuffix("@users"), secret)
        if login.endswith("@clients"):
            return self._client_named(login, secret)
        return self._user_named(login, secret) or self._client_named(login, secret)

    def _user_named(self, login: str, password: str) -> UserRecord | None:
        user_id = parse_uuid(login)
        user = self._accounts.with_password(username=login, user_id=user_id, password=password.encode())
        return self._whole(user)

    def _client_named(self, login: str, secret: str) -> ClientRecord | None:
        client = self.client_named(login.removesuffix("@clients")) or self.client_named(login)
        return client if client is not None and self._clients.has_secret(client, secret) else None

    # --- sessions

    def log_in(self, login: str, password: bytes) -> UserRecord | None:
        """The user with this name and password, unless the user is deleted."""
        if not is_username(login):
            return None
        return self._whole(self._accounts.with_password(username=login, password=password))

    def open_session(self, user: UserRecord) -> str:
        """Log a user in and answer the session's id; raises UserDeletedError where the user is deleted."""
        if user.deleted_at is not None:
            raise UserDeletedError(f"the user {str(user.id)!r} is deleted")
        sid = str(uuid4())
        self._users.add_session(sid, user.id, to_milliseconds(self._clock.now()))
        return sid

    # --- codes and tokens

    def client_named(self, reference: str) -> ClientRecord | None:
        """The game with this key or this id."""
        if is_client_key(reference):
            return self._clients.of_key(reference)
        key = parse_uuid(reference)
        return None if key is None else self._clients.of_id(key)

    def scopes(self, text: str) -> list[str]:
        """The scopes that a text names, separated by spaces; `base` is always among them.

        Raises:
            UnknownScopeError: one of them is unknown.
        """
        named = {name.strip() for name in text.split(" ")} - {""}
        if not named <= self._scopes:
            raise UnknownScopeError(f"no such scope; there are: {', '.join(sorted(self._scopes))}")
        return sorted(named | {"base"})

    def grant(self, user_id: UUID, client: ClientRecord, scopes: list[str]) -> str:
        """A code with which the game gets a token for the user, within ten minutes, as often as it likes."""
        now = to_milliseconds(self._clock.now()) // 1000
        return self._signer.sign(
            Claims(aud=[str(client.id), client.key], exp=now + CODE_LIFE, iat=now, nbf=now, sub=user_id, scopes=scopes)
        )

    def recent(self, limit: int) -> list[RecentSignIn]:
        """The newest sign-ins of players with games, the newest first."""
        found: list[RecentSignIn] = []
        for row in self._tokens.recent(limit):
            client = self._clients.of_id(UUID(row.client_id))
            game = client.display_name if client is not None else row.client_id
            found.append(RecentSignIn(from_milliseconds(row.created_at), game, row.display_name))
        return found

    def claim(self, client: ClientRecord, code: str) -> tuple[str, list[str]]:
        """An access token for a code, and its scopes.

        Raises:
            MalformedCodeError: this server has not signed the code.
            CodeNotCurrentError: it is not good at this time.
            CodeOfOtherClientError: it was made for another game.
        """
        claims = self._signer.read(code)
        now = to_milliseconds(self._clock.now())
        start, end = claims.nbf * 1000, claims.exp * 1000
        if not start <= now < end:
            raise CodeNotCurrentError(now, start, end)
        client_id = str(client.id)
        if client_id not in claims.aud:
            raise CodeOfOtherClientError("the authorization code was made for another game")
        token = str(uuid4())
        self._tokens.add(token, str(claims.sub), client_id, " ".join(claims.scopes), now, now + TOKEN_LIFE * 1000)
        return token, claims.scopes
