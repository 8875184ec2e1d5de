"""From the tables of a configuration file to settings."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.config.archives import dinoparc_user, hammerfest_user, twinoid_user
from eternaltwin.devserver.config.types import (
    AppSeed,
    BackendConfig,
    ForumSectionSeed,
    FrontendConfig,
    PostgresConfig,
    SeedConfig,
    ServerConfig,
    SqliteConfig,
    UserSeed,
)
from eternaltwin.devserver.config.values import patched
from eternaltwin.devserver.domain.addresses import absolute_url, host_and_port
from eternaltwin.devserver.domain.names import (
    DISPLAY_NAME_RULE,
    TITLE_RULE,
    USERNAME_RULE,
    is_client_key,
    is_display_name,
    is_username,
    parse_title,
    parse_username,
    parse_uuid,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.config.values import Table

_PARTS = (
    "app",
    "auth",
    "dinoparc",
    "forum",
    "hammerfest",
    "job",
    "link",
    "mailer",
    "oauth_provider",
    "twinoid",
    "user",
)
_UNUSED = ("extends", "mailer", "scrypt", "opentelemetry")
_UNUSED_OF_BACKEND = ("mailer", "oauth_client", "client", *(f"{part}_store" for part in _PARTS))


def config_over(old: ServerConfig, root: Table) -> ServerConfig:
    """The settings with those of a file over them.

    Raises:
        ConfigurationError: a value is wrong.
    """
    root.ignore(*_UNUSED)
    backend, frontend, seed = root.table("backend"), root.table("frontend"), root.table("seed")
    sqlite, postgres = root.table("sqlite"), root.table("postgres")
    new = msgspec.structs.replace(
        old,
        backend=old.backend if backend is None else _backend(old.backend, backend),
        frontend=old.frontend if frontend is None else _frontend(old.frontend, frontend),
        sqlite=old.sqlite if sqlite is None else _sqlite(old.sqlite, sqlite),
        postgres=old.postgres if postgres is None else _postgres(old.postgres, postgres),
        seed=old.seed if seed is None else _seed(old.seed, seed),
    )
    root.warn_of_the_rest()
    return new


def _backend(old: BackendConfig, table: Table) -> BackendConfig:
    table.ignore(*_UNUSED_OF_BACKEND)
    host, port = table.parsed("listen", (old.host, old.port), host_and_port, "an address such as '[::]:50320'")
    secret = table.text_or_null("secret", old.secret)
    new = BackendConfig(
        host=host,
        port=table.whole_number("port", port, range(65536)),
        secret=secrets.token_hex(32) if secret is None else secret,
        clock=table.choice("clock", old.clock, ("System", "Virtual")),
        store=table.choice("store", old.store, ("Memory", "Sqlite", "Postgres")),
    )
    table.warn_of_the_rest()
    return new


def _sqlite(old: SqliteConfig, table: Table) -> SqliteConfig:
    table.ignore("max_connections")
    new = SqliteConfig(file=table.text("file", old.file))
    table.warn_of_the_rest()
    return new


def _postgres(old: PostgresConfig, table: Table) -> PostgresConfig:
    table.ignore("admin_user", "admin_password", "max_connections")
    new = PostgresConfig(
        host=table.text("host", old.host),
        port=table.whole_number("port", old.port, range(65536)),
        name=table.text("name", old.name),
        user=table.text("user", old.user),
        password=table.text("password", old.password),
    )
    table.warn_of_the_rest()
    return new


def _frontend(old: FrontendConfig, table: Table) -> FrontendConfig:
    table.ignore("port", "uri")
    sizes = range(1, 65536)
    new = FrontendConfig(
        forum_posts_per_page=table.whole_number("forum_posts_per_page", old.forum_posts_per_page, sizes),
        forum_threads_per_page=table.whole_number("forum_threads_per_page", old.forum_threads_per_page, sizes),
    )
    table.warn_of_the_rest()
    return new


def _seed(old: SeedConfig, table: Table) -> SeedConfig:
    new = SeedConfig(
        user=patched(table, "user", old.user, _user),
        app=patched(table, "app", old.app, _app),
        forum_section=patched(table, "forum_section", old.forum_section, _forum_section),
        dinoparc_user=patched(table, "dinoparc_user", old.dinoparc_user, dinoparc_user),
        hammerfest_user=patched(table, "hammerfest_user", old.hammerfest_user, hammerfest_user),
        twinoid_user=patched(table, "twinoid_user", old.twinoid_user, twinoid_user),
    )
    table.warn_of_the_rest()
    return new


def _display_name(text: str) -> str | None:
    return text if is_display_name(text) else None


def _user(key: str, old: UserSeed | None, table: Table) -> UserSeed:
    """A user; as on the official server, its username is the key, unless it has an id."""
    user_id = table.parsed_or_null("id", None if old is None else old.id, parse_uuid, "a UUID")
    if user_id is None and not is_username(key):
        raise table.wrong(f"a user without an id must have a key of {USERNAME_RULE}")
    known = old if old is not None else UserSeed(display_name=key, username=key if is_username(key) else None)
    username = table.parsed_or_null("username", known.username, parse_username, USERNAME_RULE)
    if user_id is None and username not in (key, None):
        raise table.wrong(f"must be {key!r}, as the user's key, unless the user has an id", "username")
    display_name = table.parsed("display_name", known.display_name, _display_name, DISPLAY_NAME_RULE)
    if not is_display_name(display_name):
        raise table.wrong("must be given, as the user's key is no display name", "display_name")
    return UserSeed(
        id=user_id,
        username=username,
        display_name=display_name,
        password=table.text_or_null("password", known.password),
        is_administrator=table.boolean("is_administrator", known.is_administrator),
        must_accept_terms=table.boolean("must_accept_terms", known.must_accept_terms),
    )


def _app(key: str, old: AppSeed | None, table: Table) -> AppSeed:
    if not is_client_key(f"{key}@clients"):
        raise table.wrong(f"the key of a game must be {USERNAME_RULE}")
    home = f"http://{key}.localhost/"
    known = old if old is not None else AppSeed(display_name=key, uri=home, oauth_callback=f"{home}oauth/callback")
    return AppSeed(
        display_name=table.parsed("display_name", known.display_name, parse_title, TITLE_RULE),
        uri=table.parsed("uri", known.uri, absolute_url, "an absolute URL"),
        oauth_callback=table.parsed("oauth_callback", known.oauth_callback, absolute_url, "an absolute URL"),
        secret=table.text("secret", known.secret),
    )


def _forum_section(key: str, old: ForumSectionSeed | None, table: Table) -> ForumSectionSeed:
    known = old if old is not None else ForumSectionSeed(display_name=key)
    return ForumSectionSeed(
        display_name=table.parsed("display_name", known.display_name, parse_title, TITLE_RULE),
        locale=table.text_or_null("locale", known.locale),
    )
