"""The state of a development server and the operations on it, independent of HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.config import reconfigured
from eternaltwin.devserver.domain.clock import Clock, SystemClock, VirtualClock
from eternaltwin.devserver.domain.codes import CodeSigner
from eternaltwin.devserver.domain.errors import MalformedNameError
from eternaltwin.devserver.domain.names import canonical_uuid, default_display_name, parse_uuid
from eternaltwin.devserver.domain.records import ClientLike, ClientRecord, UserLike, UserRecord
from eternaltwin.devserver.domain.versions import ApiVersion, behaviour_of
from eternaltwin.devserver.services.accounts import Accounts
from eternaltwin.devserver.services.administration import Administration
from eternaltwin.devserver.services.archives import Archives
from eternaltwin.devserver.services.authorization import SignIn
from eternaltwin.devserver.services.forum import Forum
from eternaltwin.devserver.services.games import Games
from eternaltwin.devserver.services.jobs import MAX_JOBS, Jobs
from eternaltwin.devserver.services.links import AccountLinks
from eternaltwin.devserver.services.telemetry import ReceivedTelemetry
from eternaltwin.devserver.storage.clients import ClientTable
from eternaltwin.devserver.storage.database import Database
from eternaltwin.devserver.storage.engines import open_engine
from eternaltwin.devserver.storage.forum import ForumTable
from eternaltwin.devserver.storage.jobs import JobTable
from eternaltwin.devserver.storage.links import LinkTable
from eternaltwin.devserver.storage.tokens import TokenTable
from eternaltwin.devserver.storage.users import UserTable
from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from eternaltwin.devserver.config import ServerConfig

__all__ = ["ApiVersion", "ClientLike", "ClientRecord", "UserLike", "UserRecord", "World"]


class World:
    """The users, games, sessions, tokens, forum and archives of one server, with the rules for them.

    Every method may be called from any thread.

    Args:
        config: The configuration: seeds, storage, and the secret that signs authorization codes.
        api_version: The server's version: `0.16.4` for the released one, `latest` for the next one.

    Attributes:
        config: The configuration.
        api_version: The server's version.
        accounts: The users.
        administration: Adds and changes users without the rules that bind players.
        sign_in: Sessions, authorization codes and access tokens.
        games: The games.
        forum: The forum.
        archives: The archived accounts.
        links: Links between users and archived accounts.
        jobs: Orders of mail, and the jobs that carry them out.
        telemetry: The traces and logs that games have sent, in memory.
        behaviour: What the server's version does.
        clock: The server's clock.
        archived_at: Time of the archiving that the API reports, which is the time of the server's start.

    Raises:
        ConfigurationError: The storage cannot be opened, or `api_version` is unknown. Two users of the configuration
            have the same username or id, two archived accounts or two dinoz of one site have the same number, or an
            archived account is linked to a user who does not exist.
        MissingExtraError: The storage is PostgreSQL, and its driver is not installed.
    """

    def __init__(self, config: ServerConfig, *, api_version: ApiVersion = "latest") -> None:
        self.config = config
        self.api_version: ApiVersion = api_version
        self.behaviour = behaviour_of(api_version)
        self.clock: Clock = VirtualClock() if config.backend.clock == "Virtual" else SystemClock()
        self._database = Database(open_engine(config))
        self.games = Games(config.seed.app, ClientTable(self._database))
        users, tokens = UserTable(self._database), TokenTable(self._database)
        signer = CodeSigner(config.backend.secret)
        self._users = users
        self.accounts = Accounts(self._database, users, self.clock, self.behaviour)
        self.administration = Administration(self._database, users, self.accounts, self.clock)
        self.archives = Archives(config.seed)
        self.jobs = Jobs(self._database, JobTable(self._database, MAX_JOBS), self.clock)
        self.telemetry = ReceivedTelemetry()
        self.archived_at = self.clock.now()
        table = LinkTable(self._database)
        self.links = AccountLinks(self._database, table, self.archives, self.accounts, self.clock, self.behaviour)
        self.sign_in = SignIn(
            self.accounts, self.games, users, tokens, signer, self.clock, self._scopes(), self.links.breaks
        )
        self.forum = Forum(self._database, ForumTable(self._database), self.accounts, self.clock, self.behaviour)
        self._on_reset: list[Callable[[], None]] = []
        self._seed()

    def _scopes(self) -> frozenset[str]:
        """Return the scopes that games may get: those of the version, which the configuration may limit."""
        limit = self.config.backend.scopes
        return self.behaviour.scopes if limit is None else self.behaviour.scopes & {"base", *limit}

    def _seed(self) -> None:
        self.accounts.seed(self.config.seed.user)
        self.forum.seed(self.config.seed.forum_section)
        self.links.seed()

    def reconfigure(self, config: ServerConfig) -> None:
        """Add and change the seeds of a changed configuration. What players have done and changed stays.

        Seeds that the configuration no longer has stay until the next reset, except for archived accounts.

        Args:
            config: The configuration. Its tables `backend`, `sqlite` and `postgres` have no effect.

        Raises:
            ConfigurationError: Seeds contradict each other. Nothing was changed.
        """
        old = self.config
        unload_archives = self.archives.load(config.seed)
        try:
            with self._database.transaction():
                self.accounts.reseed(config.seed.user, old.seed.user)
                self.forum.seed(config.seed.forum_section)
                self.links.seed()
        except EternalTwinError:
            unload_archives()
            self.forum.nest(old.seed.forum_section)
            raise
        self.accounts.require_terms_of(config.seed.user, old.seed.user)
        self.games.seed(config.seed.app)
        self.config = reconfigured(old, config)

    def add_user(  # the parameter `id` is named as in the API
        self,
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        is_administrator: bool = False,
        id: UUID | str | None = None,
    ) -> UserRecord:
        """Add a user.

        Args:
            username: The username.
            display_name: The display name. None means the username with a capital first letter.
            password: The password. None means that the user cannot log in with a password.
            is_administrator: Whether the user is an administrator.
            id: The user's id, a UUID. None means a random one.

        Returns:
            The new user.

        Raises:
            InvalidArgumentError: A name or the id is malformed, or the username or the id is taken.
        """
        user_id = parse_uuid(id) if isinstance(id, str) else id
        if id is not None and user_id is None:
            raise MalformedNameError(f"id {id!r} is not a UUID")
        return self.accounts.add(
            username,
            display_name if display_name is not None else default_display_name(username),
            None if password is None else password.encode(),
            is_administrator=is_administrator,
            user_id=user_id,
        )

    def register(self, username: str, display_name: str, password: str) -> UserRecord:
        """Register a user, as the login page does. The first user of a server becomes an administrator.

        Args:
            username: The username.
            display_name: The display name.
            password: The password.

        Returns:
            The new user.

        Raises:
            InvalidArgumentError: A name is malformed, or the username is taken.
        """
        return self.accounts.register(username, display_name, password.encode())

    def delete_user(self, user: UserLike) -> UserRecord:
        """Mark a user as deleted, and end the user's sessions and tokens.

        Args:
            user: The user: a record, an id, or a username.

        Returns:
            The deleted user.

        Raises:
            InvalidArgumentError: The user does not exist, or is already deleted.
        """
        return self.accounts.delete(self.user(user).id)

    def rename(self, user: UserLike, display_name: str) -> UserRecord:
        """Change a display name without regard to lock times.

        Args:
            user: The user: a record, an id, or a username.
            display_name: The new display name.

        Returns:
            The changed user.

        Raises:
            InvalidArgumentError: The name is malformed, or the user does not exist.
        """
        return self.accounts.rename(self.user(user).id, display_name)

    def user(self, user: UserLike) -> UserRecord:
        """Return the current state of a user, deleted or not.

        Args:
            user: The user: a record, an id, or a username.

        Returns:
            The user.

        Raises:
            InvalidArgumentError: The user does not exist.
        """
        return self.accounts.find(user)

    def users(self, query: str = "", *, offset: int = 0, limit: int | None = None) -> list[UserRecord]:
        """Search users who are not deleted by display name.

        Args:
            query: Part of a display name, in any case. The empty string matches every user.
            offset: Number of matching users to skip.
            limit: Maximum number of users to return. None means all.

        Returns:
            The matching users, in order of creation.
        """
        return self.accounts.page(query, offset, limit)

    def count_users(self, query: str = "") -> int:
        """Count users who are not deleted by display name.

        Args:
            query: Part of a display name, in any case. The empty string matches every user.

        Returns:
            Number of the matching users.
        """
        return self.accounts.count(query)

    def clients(self) -> list[ClientRecord]:
        """List all games.

        Returns:
            The games, in order of their keys.
        """
        return self.games.all()

    def client(self, client: ClientLike) -> ClientRecord:
        """Return a game.

        Args:
            client: The game: a record, an id, or a key with or without `@clients`.

        Returns:
            The game.

        Raises:
            InvalidArgumentError: The game does not exist. The message lists the games that do.
        """
        return self.games.find(client)

    def put_client(self, key: str, callback: str) -> ClientRecord:
        """Add a game with the secret `dev`, or change the callback of a game, until the next reset.

        Args:
            key: The key, with or without `@clients`.
            callback: The callback URL.

        Returns:
            The game.

        Raises:
            InvalidArgumentError: The key is malformed, or the callback is not an absolute URL.
        """
        return self.games.put(key, callback)

    def adopt_client(self, client_id: str, callback: str, secret: str) -> ClientRecord:
        """Add the game of a connection, or change a game to its callback and its secret, until the next reset.

        Args:
            client_id: The key or the id of the game.
            callback: The callback URL.
            secret: The secret.

        Returns:
            The game.

        Raises:
            InvalidArgumentError: The key is malformed, or the callback is not an absolute URL.
        """
        return self.games.adopt(client_id, callback, secret)

    def open_session(self, user: UserLike) -> str:
        """Log a user in.

        Args:
            user: The user: a record, an id, or a username.

        Returns:
            The id of the new session, the value of the cookie `sid`.

        Raises:
            InvalidArgumentError: The user does not exist, or is deleted.
        """
        return self.sign_in.open_session(self.user(user))

    def session_user(self, sid: str) -> UserRecord | None:
        """Return the user of a session.

        Args:
            sid: The session's id, the value of the cookie `sid`.

        Returns:
            The user, or None if the session is unknown or the user is deleted.
        """
        key = canonical_uuid(sid)
        return None if key is None else self._users.of_session(key)

    def check_password(self, login: str, password: str) -> UserRecord | None:
        """Return the user with a username and a password.

        Args:
            login: The username.
            password: The password.

        Returns:
            The user, or None if the credentials are wrong or the user is deleted.
        """
        return self.sign_in.log_in(login, password.encode())

    def authorization_code(self, user: UserLike, client: ClientLike, scope: str = "base") -> str:
        """Issue an authorization code, as if the user had just authorized the game. It is valid for ten minutes.

        Args:
            user: The user: a record, an id, or a username.
            client: The game: a record, an id, or a key with or without `@clients`.
            scope: The scopes that the user grants, separated by spaces.

        Returns:
            The code.

        Raises:
            InvalidArgumentError: The user, the game or a scope does not exist.
        """
        return self.sign_in.grant(self.user(user).id, self.client(client), self.sign_in.scopes(scope))

    def call_on_reset(self, forget: Callable[[], None]) -> None:
        """Also reset what is kept outside of this class, such as the log of requests.

        Args:
            forget: Called at each reset.
        """
        self._on_reset.append(forget)

    def reset(self) -> None:
        """Delete everything, add the seeds again, and set a virtual clock back to its start."""
        if isinstance(self.clock, VirtualClock):
            self.clock.reset()
        self._database.clear()
        self.games.reset()
        self.archives.reset()
        self.telemetry.clear()
        self.forum.forget()
        self._seed()
        for forget in self._on_reset:
            forget()

    def close(self) -> None:
        """Close the storage."""
        self._database.close()
