"""All that a development server knows and may do, without HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import UUID

from eternaltwin.devserver.clock import Clock, SystemClock, VirtualClock
from eternaltwin.devserver.records import ClientRecord, UserRecord

if TYPE_CHECKING:
    from eternaltwin.devserver.config import ServerConfig

ApiVersion = Literal["latest", "0.16.4"]

#: Names a user: the record, its id, or its username.
UserRef = UserRecord | UUID | str
#: Names a game: the record, its id, or its key with or without ``@clients``.
ClientRef = ClientRecord | UUID | str


class World:
    """The users, games, sessions and tokens of one server, with the rules for them.

    Every method may be called from any thread.

    Args:
        config: what there is from the start, and what signs the codes.
        api_version: whether to do what the released official server does, or what newer ones do as well.
    """

    def __init__(self, config: ServerConfig, *, api_version: ApiVersion = "latest") -> None:
        self.config = config
        self.api_version: ApiVersion = api_version
        self.clock: Clock = VirtualClock() if config.backend.clock == "Virtual" else SystemClock()

    def add_user(
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
        raise NotImplementedError

    def register(self, username: str, display_name: str, password: str) -> UserRecord:
        """Add a user as somebody who registers: with a password of ten characters at the least.

        Raises:
            InvalidArgumentError: a name or the password is malformed, or the username is taken.
        """
        raise NotImplementedError

    def delete_user(self, user: UserRef) -> UserRecord:
        """Mark a user as deleted, as the user itself would; its sessions and tokens end.

        Raises:
            InvalidArgumentError: there is no such user.
        """
        raise NotImplementedError

    def rename(self, user: UserRef, display_name: str) -> UserRecord:
        """Change a display name, however long ago it was changed before.

        Raises:
            InvalidArgumentError: the name is malformed, or there is no such user.
        """
        raise NotImplementedError

    def user(self, user: UserRef) -> UserRecord:
        """The user as it is now.

        Raises:
            InvalidArgumentError: there is no such user.
        """
        raise NotImplementedError

    def users(self, query: str = "", *, offset: int = 0, limit: int | None = None) -> list[UserRecord]:
        """Users that are not deleted and whose display name contains ``query``, in order of creation."""
        raise NotImplementedError

    def count_users(self, query: str = "") -> int:
        """How many users :meth:`users` would answer without a limit."""
        raise NotImplementedError

    def clients(self) -> list[ClientRecord]:
        """Every game, in order of its key."""
        raise NotImplementedError

    def client(self, client: ClientRef) -> ClientRecord:
        """The game that this names.

        Raises:
            InvalidArgumentError: there is no such game.
        """
        raise NotImplementedError

    def open_session(self, user: UserRef) -> str:
        """Log a user in and answer the session's id, the value of the cookie ``sid``.

        Raises:
            InvalidArgumentError: there is no such user, or it is deleted.
        """
        raise NotImplementedError

    def session_user(self, sid: str) -> UserRecord | None:
        """The user of a session, if the session is good."""
        raise NotImplementedError

    def check_password(self, login: str, password: str) -> UserRecord | None:
        """The user with this username and password, if there is one that is not deleted."""
        raise NotImplementedError

    def authorization_code(self, user: UserRef, client: ClientRef, scope: str = "base") -> str:
        """The code that the game would be sent, had the user just authorized it; good for ten minutes.

        Raises:
            InvalidArgumentError: there is no such user or game, or no such scope.
        """
        raise NotImplementedError

    def reset(self) -> None:
        """Forget everything but the seeds."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the storage."""
