"""The tables of the server, the same in every database.

Times are milliseconds since the Unix epoch, ids are UUIDs in lower case with hyphens. The types `Id` and `Milliseconds`
convert them, except in prepared statements: access tokens, which only these write, have the types of the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from eternaltwin.devserver.domain.clock import from_milliseconds, to_milliseconds
from eternaltwin.rules.accounts import DISPLAY_NAME_LENGTHS

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData()


class Verbatim(TypeDecorator[str]):
    """Any string, stored as UTF-8, because strings in PostgreSQL cannot contain the character NUL."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Convert a string for the database.

        Args:
            value: The string, or None.
            dialect: Dialect of the database. It is ignored.

        Returns:
            The string in UTF-8, or None.
        """
        return None if value is None else value.encode()

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Convert a value from the database.

        Args:
            value: A string in UTF-8, or None.
            dialect: Dialect of the database. It is ignored.

        Returns:
            The string, or None.
        """
        return None if value is None else value.decode()


class Id(TypeDecorator[UUID]):
    """A UUID, stored in lower case with hyphens."""

    impl = String(36)
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> str | None:
        """Convert an id for the database.

        Args:
            value: The id, or None. A string, which is stored as it is, equals an id only in the same spelling.
            dialect: Dialect of the database. It is ignored.

        Returns:
            The id in lower case with hyphens, or None.
        """
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> UUID | None:
        """Convert a value from the database.

        Args:
            value: An id in lower case with hyphens, or None.
            dialect: Dialect of the database. It is ignored.

        Returns:
            The id, or None.
        """
        return None if value is None else UUID(value)


class Milliseconds(TypeDecorator[datetime]):
    """A time, stored as milliseconds since the Unix epoch."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Convert a time for the database.

        Args:
            value: A time with a time zone, or None.
            dialect: Dialect of the database. It is ignored.

        Returns:
            Milliseconds since the Unix epoch, or None.
        """
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Convert a value from the database.

        Args:
            value: Milliseconds since the Unix epoch, or None.
            dialect: Dialect of the database. It is ignored.

        Returns:
            The time in UTC, or None.
        """
        return None if value is None else from_milliseconds(value)


#: Maximum length of a folded display name: case folding turns a character into at most three.
FOLDED_NAME_LENGTH = 3 * DISPLAY_NAME_LENGTHS[-1]

users = Table(
    "users",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, comment="the order of creation"),
    Column("id", Id, nullable=False, unique=True),
    Column("username", String(32), unique=True),
    Column("display_name", String(DISPLAY_NAME_LENGTHS[-1]), nullable=False),
    Column(
        "folded_name",
        String(FOLDED_NAME_LENGTH),
        nullable=False,
        comment="the display name, case folded",
    ),
    Column("is_administrator", Boolean, nullable=False),
    Column("password", String(128), comment="hash of the password"),
    Column("created_at", Milliseconds, nullable=False),
    Column("deleted_at", Milliseconds),
    Column("display_name_at", Milliseconds, comment="when the display name was last changed, after its creation"),
    Column("username_at", Milliseconds, nullable=False),
    Column("password_at", Milliseconds, nullable=False),
    Column("terms_at", Milliseconds, comment="when the terms of service were accepted"),
)

# A copy of the folded names that is faster to search: see name_blocks.py.
name_blocks = Table(
    "name_blocks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="the users' numbers divided by 128"),
    Column("names", Text, nullable=False, comment="one on each line, which is empty where there is no user"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Milliseconds, nullable=False),
)

# There is no foreign key: a reset may delete the user between the authorization and the exchange of its code.
access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), nullable=False, index=True),
    Column("client_id", String(36), nullable=False),
    Column("scopes", String(200), nullable=False, comment="separated by spaces"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("access_tokens_in_order", "created_at"),
)

# Tables of the forum refer to each other by numbers, which are also the order of creation.

forum_sections = Table(
    "forum_sections",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("display_name", String(100), nullable=False),
    Column("locale", Verbatim),
    Column("created_at", Milliseconds, nullable=False),
)

forum_threads = Table(
    "forum_threads",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("section", Integer, ForeignKey("forum_sections.number"), nullable=False),
    Column("title", Verbatim, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("is_pinned", Boolean, nullable=False),
    Column("is_locked", Boolean, nullable=False),
    Column("post_count", Integer, nullable=False),
    Column("last_post", Integer, nullable=False, comment="the number of the newest post, by which threads are ordered"),
    Index("forum_threads_in_order", "section", "is_pinned", "last_post"),
)

forum_posts = Table(
    "forum_posts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("thread", Integer, ForeignKey("forum_threads.number"), nullable=False),
    Column("author_id", Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("revision_count", Integer, nullable=False),
    Column("last_revision", Integer, nullable=False, comment="the number of the newest revision"),
    Index("forum_posts_in_order", "thread", "number"),
)

forum_revisions = Table(
    "forum_revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("post", Integer, ForeignKey("forum_posts.number"), nullable=False),
    Column("author_id", Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("content", Verbatim),
    Column("moderation", Verbatim),
    Column("comment", Verbatim),
    Index("forum_revisions_in_order", "post", "number"),
)

forum_moderators = Table(
    "forum_moderators",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("section", Integer, ForeignKey("forum_sections.number"), nullable=False),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("granter_id", Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    UniqueConstraint("section", "user_id"),
)

forum_readings = Table(
    "forum_readings",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("thread", Integer, ForeignKey("forum_threads.number"), primary_key=True),
    Column("post", Integer, nullable=False, comment="the number of the newest post that the user has read"),
)

oauth_clients = Table(
    "oauth_clients",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("display_name", String(32), nullable=False),
    Column("uri", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("secret_hash", String(100), nullable=False),
)

outbound_emails = Table(
    "outbound_emails",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("idempotency_key", Id, nullable=False, unique=True),
    Column("submitted_at", Milliseconds, nullable=False),
    Column("created_by", Id, ForeignKey("users.id"), nullable=False),
    Column("deadline", Milliseconds, nullable=False),
    Column("recipient", Verbatim, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("task_id", Id, nullable=False, unique=True),
    Column("created_at", Milliseconds, nullable=False),
    Column("polled_at", Milliseconds, nullable=False),
    Column("refusal", Text, comment="why there is no mail, in JSON"),
    Column("email_id", Id, ForeignKey("outbound_emails.id")),
)

links = Table(
    "links",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False, index=True),
    Column("site", String(32), nullable=False),
    Column("account", Integer, nullable=False, comment="the number of the archived account on the site"),
    Column("linked_at", Milliseconds, nullable=False),
    Column("linker_id", Id, ForeignKey("users.id"), nullable=False),
    Column("unlinked_at", Milliseconds),
    Column("unlinker_id", Id, ForeignKey("users.id")),
    Index("links_of_account", "site", "account"),
)
