"""The settings of a server, as values. Fields have the names of the keys in `eternaltwin.toml`, with few exceptions."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args
from uuid import UUID

import msgspec

from eternaltwin.devserver.config.archived_users import DinoparcUserSeed, HammerfestUserSeed, TwinoidUserSeed
from eternaltwin.devserver.config.fields import ConfigTable, Port, Rule, Title
from eternaltwin.devserver.domain.addresses import absolute_url, host_and_port
from eternaltwin.devserver.domain.names import parse_username, parse_uuid
from eternaltwin.rules.accounts import DISPLAY_NAME_RULE, USERNAME_RULE, is_display_name, is_username
from eternaltwin.rules.clients import is_client_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ClockKind = Literal["System", "Virtual"]
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)
StoreKind = Literal["Memory", "Sqlite", "Postgres"]
STORE_KINDS: tuple[StoreKind, ...] = get_args(StoreKind)

_Url = Annotated[str, Rule(absolute_url, "an absolute URL")]
_PageSize = Annotated[int, msgspec.Meta(ge=1, le=65535)]


def _parse_display_name(text: str) -> str | None:
    return text if is_display_name(text) else None


class BackendConfig(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """The table `backend`.

    Attributes:
        host: Address to listen on: the host in the key `listen`, such as `[::]:50320`.
        port: Port to listen on: the key `port`, or else the port in `listen`. 0 lets the system choose one.
        secret: Key that signs authorization codes. Null, which only JSON has, means a random one.
        clock: `System` for the machine's clock, `Virtual` for one that stands still until it is moved.
        store: Where accounts, sessions, tokens, the forum and links are kept: in memory, or in the database of the
            table `sqlite` or `postgres`.
        scopes: The scopes that games may get, besides `base`. Null, which only JSON has, means all that the version
            knows. The official server does not know this key.
    """

    host: Annotated[str, Rule(host_and_port, "an address such as '[::]:50320'")] = msgspec.field(
        default="::", name="listen"
    )
    port: Port = 50320
    secret: Annotated[str, Rule(str, "a string", or_null=True)] = "dev"
    clock: ClockKind = "System"
    store: StoreKind = "Memory"
    scopes: list[str] | None = None

    @classmethod
    def completed(cls, given: Mapping[str, object]) -> Mapping[str, object]:
        """Return the values of fields that follow from those in a file.

        Args:
            given: Values of fields that the file contains, by name. `host` is a pair of host and port.

        Returns:
            The same values, with `host` split into host and port, and a random secret in place of null.
        """
        values = dict(given)
        if "host" in given:
            host, port = cast("tuple[str, int]", given["host"])
            values.update(host=host, port=given.get("port", port))
        if "secret" in given:
            values.update(secret=given["secret"] if given["secret"] is not None else secrets.token_hex(32))
        return values

    def __repr__(self) -> str:
        return f"BackendConfig(host={self.host!r}, port={self.port}, clock={self.clock!r}, store={self.store!r})"


class SqliteConfig(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """The table `sqlite`: the database of `backend.store = "Sqlite"`.

    Attributes:
        file: Path of the database, relative to the working folder.
    """

    file: str = "./eternaltwin.dev.sqlite"


class PostgresConfig(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """The table `postgres`: the database of `backend.store = "Postgres"`.

    Attributes:
        host: Host name, or the folder of a Unix socket.
        port: TCP port.
        name: Name of the database.
        user: Name of the database's user.
        password: Password of that user.
    """

    host: str = "localhost"
    port: Port = 5432
    name: str = "eternaltwin.dev"
    user: str = "eternaltwin.dev.main"
    password: str = "dev"

    def __repr__(self) -> str:
        return f"PostgresConfig(host={self.host!r}, port={self.port}, name={self.name!r}, user={self.user!r})"


class FrontendConfig(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """The table `frontend`.

    Attributes:
        forum_posts_per_page: Number of posts on a page of a thread.
        forum_threads_per_page: Number of threads on a page of a section.
    """

    forum_posts_per_page: _PageSize = 10
    forum_threads_per_page: _PageSize = 20


class UserSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """One of the tables `seed.user.KEY`: a user that exists from the start.

    Attributes:
        display_name: Display name. The key by default.
        username: Name to log in with. The key by default. As on the official server, it must be the key unless `id`
            is given.
        password: Password. None means that the user cannot log in with a password.
        is_administrator: Whether the user is an administrator.
        must_accept_terms: Whether the user must accept the terms of service before signing in to games. The official
            server does not know this key.
        id: Id of the user. None means one that follows from the key.
    """

    display_name: Annotated[str, Rule(_parse_display_name, DISPLAY_NAME_RULE)]
    username: Annotated[str | None, Rule(parse_username, USERNAME_RULE, or_null=True)] = None
    password: str | None = None
    is_administrator: bool = False
    must_accept_terms: bool = False
    id: Annotated[UUID | None, Rule(parse_uuid, "a UUID", or_null=True)] = None

    @classmethod
    def defaults(cls, key: str) -> dict[str, object]:
        """Return the names of a new user.

        Args:
            key: The key of the user.

        Returns:
            The key as display name, and as username if it can be one.
        """
        return {"display_name": key, "username": parse_username(key)}

    def problems(self, key: str) -> Iterator[tuple[str, str]]:
        """Find the values that are wrong together with the user's key.

        Args:
            key: The key of the user.

        Yields:
            The key of a wrong value, which is empty for the user itself, and the problem.
        """
        if self.id is None and not is_username(key):
            yield "", f"a user without an id must have a key of {USERNAME_RULE}"
        if self.id is None and self.username not in (key, None):
            yield "username", f"must be {key!r}, as the user's key, unless the user has an id"
        if not is_display_name(self.display_name):
            yield "display_name", "must be given, as the user's key is not a valid display name"

    def __repr__(self) -> str:
        return f"UserSeed({self.display_name!r})"


class AppSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """One of the tables `seed.app.KEY`: a game, which is an OAuth client with the id `KEY@clients`.

    Attributes:
        display_name: Name of the game. The key by default.
        uri: Address of the game.
        oauth_callback: Redirect URI (RFC 6749, section 3.1.2).
        secret: Client secret.
    """

    display_name: Title
    uri: _Url
    oauth_callback: _Url
    secret: str = "dev"

    @classmethod
    def defaults(cls, key: str) -> dict[str, object]:
        """Return the name and the addresses of a new game.

        Args:
            key: The key of the game.

        Returns:
            The key as name, and addresses below `http://KEY.localhost/`.
        """
        home = f"http://{key}.localhost/"
        return {"display_name": key, "uri": home, "oauth_callback": f"{home}oauth/callback"}

    def problems(self, key: str) -> Iterator[tuple[str, str]]:
        """Check the game's key.

        Args:
            key: The key of the game.

        Yields:
            The problem of the key, as the problem of the whole table.
        """
        if not is_client_key(f"{key}@clients"):
            yield "", f"the key of a game must be {USERNAME_RULE}"

    def __repr__(self) -> str:
        return f"AppSeed({self.display_name!r})"


class GrammarSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """One of the tables `seed.forum_section.KEY.grammar`: the Marktwin that may be written in a section.

    The official server does not know this table. The development server renders emphasis, strong, strikethrough and
    links only; what it does not render is text, whatever is granted.

    Attributes:
        marks: Names of the granted marks, such as `quote`. Other names are granted as well: they mean nothing.
        depth: Number of marks that may be open at once, at least 0. Null, which only JSON has, means any number.
        icons: Names of the granted icons.
        links: Schemes of the granted addresses.
    """

    marks: list[str] = msgspec.field(default_factory=lambda: ["emphasis", "strong", "strikethrough"])
    depth: Annotated[int, msgspec.Meta(ge=0)] | None = 4
    icons: list[str] = []
    links: list[str] = msgspec.field(default_factory=lambda: ["http", "https"])


class ForumSectionSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """One of the tables `seed.forum_section.KEY`: a section of the forum.

    Attributes:
        display_name: Name of the section. The key by default.
        locale: Language of the section, such as `fr-FR`. None if there is no particular one.
        parent: Key of the section that this one is in. None for a section of the forum itself. The official server
            does not know this key and the next one.
        grammar: The Marktwin that may be written in the section.
    """

    display_name: Title
    locale: str | None = None
    parent: str | None = None
    grammar: GrammarSeed = msgspec.field(default_factory=GrammarSeed)

    @classmethod
    def defaults(cls, key: str) -> dict[str, object]:
        """Return the name and the grammar of a new section.

        Args:
            key: The key of the section.

        Returns:
            The key as name, and the default grammar.
        """
        return {"display_name": key, "grammar": GrammarSeed()}


class SeedConfig(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """The table `seed`: what exists from the start, by key.

    The official server does not know the tables of archived accounts.

    Attributes:
        user: Users.
        app: Games.
        forum_section: Sections of the forum.
        dinoparc_user: Archived accounts of Dinoparc.
        hammerfest_user: Archived accounts of Hammerfest.
        twinoid_user: Archived accounts of Twinoid.
    """

    user: dict[str, UserSeed] = {}
    app: dict[str, AppSeed] = {}
    forum_section: dict[str, ForumSectionSeed] = {}
    dinoparc_user: dict[str, DinoparcUserSeed] = {}
    hammerfest_user: dict[str, HammerfestUserSeed] = {}
    twinoid_user: dict[str, TwinoidUserSeed] = {}


class ServerConfig(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a server.

    Attributes:
        backend: The table `backend`.
        frontend: The table `frontend`.
        sqlite: The table `sqlite`.
        postgres: The table `postgres`.
        seed: The table `seed`.
        source: Path of the file that the settings were read from. None if there was no file.
        files: Paths of that file and of those that it extends, in order of increasing precedence.
        own_games: Keys of the games that the files contain.
        games_without_callback: Keys of the games that are new in the files, and for which they have no
            `oauth_callback`.
    """

    backend: BackendConfig = msgspec.field(default_factory=BackendConfig)
    frontend: FrontendConfig = msgspec.field(default_factory=FrontendConfig)
    sqlite: SqliteConfig = msgspec.field(default_factory=SqliteConfig)
    postgres: PostgresConfig = msgspec.field(default_factory=PostgresConfig)
    seed: SeedConfig = msgspec.field(default_factory=SeedConfig)
    source: Path | None = None
    files: tuple[Path, ...] = ()
    own_games: tuple[str, ...] = ()
    games_without_callback: tuple[str, ...] = ()
