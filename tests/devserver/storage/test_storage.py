from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import create_engine, delete, insert, select
from sqlalchemy.pool import StaticPool

from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.domain.codes import CodeSigner
from eternaltwin.devserver.domain.versions import behaviour_of
from eternaltwin.devserver.services.accounts import Accounts
from eternaltwin.devserver.services.authorization import SignIn
from eternaltwin.devserver.services.games import Games
from eternaltwin.devserver.storage.clients import ClientTable
from eternaltwin.devserver.storage.database import Database, IntegrityError
from eternaltwin.devserver.storage.schema import access_tokens
from eternaltwin.devserver.storage.tokens import TokenTable
from eternaltwin.devserver.storage.users import UserTable

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = {"id": "x", "user_id": "u", "client_id": "c", "scopes": "base", "created_at": 1, "expires_at": 2}


@pytest.fixture
def database() -> Iterator[Database]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    database = Database(engine)
    yield database
    database.close()


def test_a_transaction_is_committed(database: Database) -> None:
    with database.transaction():
        database.run(insert(access_tokens), TOKEN)
    assert len(database.all(select(access_tokens))) == 1


def replace_with_duplicates(database: Database) -> None:
    with database.transaction():
        database.run(delete(access_tokens))
        database.run(insert(access_tokens), [{**TOKEN, "id": "y"}, {**TOKEN, "id": "y"}])


def test_a_failed_transaction_changes_nothing(database: Database) -> None:
    add = database.prepare(insert(access_tokens))
    add.run(TOKEN)
    with pytest.raises(IntegrityError):
        replace_with_duplicates(database)
    assert [row.id for row in database.all(select(access_tokens))] == [TOKEN["id"]]


def test_clear_deletes_all_rows(database: Database) -> None:
    database.run(insert(access_tokens), TOKEN)
    database.clear()
    assert database.one(select(access_tokens)) is None


def test_a_token_of_a_game_that_is_no_longer_configured_is_invalid(database: Database) -> None:
    clock, behaviour = VirtualClock(), behaviour_of("latest")
    users, tokens, games = UserTable(database), TokenTable(database), Games({}, ClientTable(database))
    accounts = Accounts(database, users, clock, behaviour)
    sign_in = SignIn(accounts, games, users, tokens, CodeSigner("dev"), clock, behaviour.scopes)
    user = accounts.add("zoe", "Zoe", None)
    token = str(UUID(int=1))
    tokens.add(token, str(user.id), str(UUID(int=2)), "base", 0, 2**62)
    assert tokens.current(token, 0) is not None
    assert sign_in.holder_of_token(token) is None
