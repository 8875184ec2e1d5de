"""The tables of the server, the same for every database.

Times are milliseconds since the Unix epoch, ids are UUIDs in lower case with hyphens.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData()

#: A display name in its folded form has at most three characters for each of its own.
FOLDED_NAME_LENGTH = 3 * 64

users = Table(
    "users",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, comment="the order of creation"),
    Column("id", String(36), nullable=False, unique=True),
    Column("username", String(32), unique=True),
    Column("display_name", String(64), nullable=False),
    Column("folded_name", String(FOLDED_NAME_LENGTH), nullable=False, comment="the display name, as it is searched"),
    Column("is_administrator", Boolean, nullable=False),
    Column("password", String(128), comment="what is kept of the password"),
    Column("created_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Column("display_name_at", BigInteger, comment="when the display name was last changed, after its creation"),
    Column("username_at", BigInteger, nullable=False),
    Column("password_at", BigInteger, nullable=False),
    Column("terms_at", BigInteger, comment="when the terms of service were accepted"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
)

# A token's user may be gone by the time its code is used, so nothing is referred to.
access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), nullable=False, index=True),
    Column("client_id", String(36), nullable=False),
    Column("scopes", String(200), nullable=False, comment="separated by spaces"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
