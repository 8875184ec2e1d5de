"""All that a development server knows and may do, without HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.domain.clock import Clock, SystemClock, VirtualClock
from eternaltwin.devserver.domain.codes import CodeSigner
from eternaltwin.devserver.domain.errors import MalformedNameError
from eternaltwin.devserver.domain.names import canonical_uuid, parse_uuid
from eternaltwin.devserver.domain.records import ClientRecord, ClientRef, UserRecord, UserRef
from eternaltwin.devserver.domain.versions import ApiVersion, behaviour_of
from eternaltwin.devserver.services.accounts import Accounts
from eternaltwin.devserver.services.archives import Archives
from eternaltwin.devserver.services.authorization import SignIn
from eternaltwin.devserver.services.forum import Forum
from eternaltwin.devserver.services.games import Clients
from eternaltwin.devserver.services.links import LinkBook
from eternaltwin.devserver.storage.database import Database
from eternaltwin.devserver.storage.engines import open_engine
from eternaltwin.devserver.storage.forum import ForumTable
from eternaltwin.devserver.storage.links import LinkTable
from eternaltwin.devserver.storage.tokens import TokenTable
from eternaltwin.devserver.storage.users import UserTable

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.config import ServerConfig

__all__ = ["ApiVersion", "ClientRecord", "ClientRef", "UserRecord", "UserRef", "World"]


class World:
    """The users, games, sessions and tokens of one server, with the rules for them.

    Every method may be called from any thread.

    Args:
        config: what there is from the start, and what signs the codes.
        api_version: whether to do what the released official server does, or what newer ones do as well.

    Attributes:
        accounts, sign_in, games, forum, archives, links: the parts, for the handlers of the API.
        archived_at: when the archived accounts were archived, which is when the server started.

    Raises:
        ConfigurationError: the storage that is configured cannot be opened.
        InvalidArgumentError: two of the configured users have the same username or id, two archived accounts the same
            number, or one is linked to somebody who does not exist.
    """

    def __init__(self, config: ServerConfig, *, api_version: ApiVersion = "latest") -> None:
        self.config = config
        self.api_version: ApiVersion = api_version
        self.behaviour = behaviour_of(api_version)
        self.clock: Clock = VirtualClock() if config.backend.clock == "Virtual" else SystemClock()
        self.games = Clients(config.seed.app)
        self._database = Database(open_engine(config))
        users, tokens = UserTable(self._database), TokenTable(self._database)
        signer = CodeSigner(config.backend.secret)
        self._users = users
        self.accounts = Accounts(self._database, users, self.clock, self.behaviour)
        self.archives = Archives(config.seed)
        self.archived_at = self.clock.now()
        table = LinkTable(self._database)
        self.links = LinkBook(self._database, table, self.archives, self.accounts, self.clock, self.behaviour)
        self.sign_in = SignIn(
            self.accounts, self.games, users, tokens, signer, self.clock, self.behaviour, self.links.breaks
        )
        self.forum = Forum(self._database, ForumTable(self._database), self.accounts, self.clock, self.behaviour)
        self._seed()

    def _seed(self) -> None:
        self.accounts.seed(self.config.seed.user)
        self.forum.seed(self.config.seed.forum_section)
        self.links.seed()

    def add_user(  # `id` is what it is called everywhere in the API
        self,
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        is_administrator: bool = False,
        id: UUID | str | None = None,
    ) -> UserRecord:
        """Add a user; the display name defaults to the username with a capital first letter.

        Raises:
            InvalidArgumentError: a name is malformed, or the username or id is taken.
        """
        user_id = parse_uuid(id) if isinstance(id, str) else id
        if id is not None and user_id is None:
            raise MalformedNameError(f"id {id!r} is not a UUID")
        return self.accounts.add(
            username,
            display_name if display_name is not None else username[:1].upper() + username[1:],
            None if password is None else password.encode(),
            is_administrator=is_administrator,
            user_id=user_id,
        )

    def register(self, username: str, display_name: str, password: str) -> UserRecord:
        """Add a user as somebody who registers; the first user of all becomes an administrator.

        Raises:
            InvalidArgumentError: a name is malformed, or the username is taken.
        """
        return self.accounts.register(username, display_name, password.encode())

    def delete_user(self, user: UserRef) -> UserRecord:
        """Mark a user as deleted; its sessions and tokens end.

        Raises:
            InvalidArgumentError: there is no such user, or it is deleted already.
        """
        return self.accounts.delete(self.user(user).id)

    def rename(self, user: UserRef, display_name: str) -> UserRecord:
        """Change a display name, however recently it was changed before.

        Raises:
            InvalidArgumentError: the name is malformed, or there is no such user.
        """
        return self.accounts.rename(self.user(user).id, display_name)

    def user(self, user: UserRef) -> UserRecord:
        """The user as it is now.

        Raises:
            InvalidArgumentError: there is no such user.
        """
        return self.accounts.find(user)

    def users(self, query: str = "", *, offset: int = 0, limit: int | None = None) -> list[UserRecord]:
        """Users that are not deleted and whose display name contains `query`, in order of creation."""
        return self.accounts.page(query, offset, limit)

    def count_users(self, query: str = "") -> int:
        """How many users `users` would answer without a limit."""
        return self.accounts.count(query)

    def clients(self) -> list[ClientRecord]:
        """Every game, in order of its key."""
        return self.games.all()

    def client(self, client: ClientRef) -> ClientRecord:
        """The game that this names.

        Raises:
            InvalidArgumentError: there is no such game.
        """
        return self.games.find(client)

    def put_client(self, key: str, callback: str) -> ClientRecord:
        """Add a game until the next reset, with the secret `dev`, or give a game another callback.

        Raises:
            InvalidArgumentError: the key is none, or the callback no absolute URL.
        """
        return self.games.put(key, callback)

    def open_session(self, user: UserRef) -> str:
        """Log a user in and answer the session's id, the value of the cookie `sid`.

        Raises:
            InvalidArgumentError: there is no such user, or it is deleted.
        """
        return self.sign_in.open_session(self.user(user))

    def session_user(self, sid: str) -> UserRecord | None:
        """The user of a session, if the session is good."""
        key = canonical_uuid(sid)
        return None if key is None else self._users.of_session(key)

    def check_password(self, login: str, password: str) -> UserRecord | None:
        """The user with this username and password, if there is one that is not deleted."""
        return self.sign_in.log_in(login, password.encode())

    def authorization_code(self, user: UserRef, client: ClientRef, scope: str = "base") -> str:
        """The code that the game would be sent, had the user just authorized it; good for ten minutes.

        Raises:
            InvalidArgumentError: there is no such user or game, or no such scope.
        """
        return self.sign_in.grant(self.user(user).id, self.client(client), self.sign_in.scopes(scope))

    def reset(self) -> None:
        """Forget everything but the seeds, and set a virtual clock back."""
        if isinstance(self.clock, VirtualClock):
            self.clock.reset()
        self._database.clear()
        self.games.reset()
        self._seed()

    def close(self) -> None:
        """Let go of the storage."""
        self._database.close()
