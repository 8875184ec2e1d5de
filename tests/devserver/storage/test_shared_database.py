"""Several servers that share a database at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import text

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.devserver.services.world import World
from eternaltwin.devserver.storage.database import Database
from eternaltwin.devserver.storage.engines import open_engine
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.forum import Thread
from eternaltwin.identities import Session
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.config import ServerConfig
    from eternaltwin.devserver.domain.records import UserRecord

Servers = tuple[DevServer, DevServer]


@pytest.fixture
def servers(config: ServerConfig) -> Iterator[Servers]:
    with DevServer.in_process(config) as first, DevServer.in_process(config) as second:
        yield first, second


def found(server: DevServer, query: str) -> list[str]:
    return [user.display_name for user in server.world.users(query)]


def test_each_server_finds_the_users_of_the_other(servers: Servers) -> None:
    first, second = servers
    zoe, yann = first.add_user("zoe", "Zoe"), second.add_user("yann", "Yann")
    assert found(first, "yan") == ["Yann"]
    assert found(second, "ZO") == ["Zoe"]
    first.world.rename(yann, "Zoltan")
    assert found(second, "yann") == []
    assert [found(server, "zo") for server in servers] == [["Zoe", "Zoltan"]] * 2
    second.world.delete_user(zoe)
    assert [found(server, "zo") for server in servers] == [["Zoltan"]] * 2
    assert [server.world.count_users("zo") for server in servers] == [1, 1]
    first.world.accounts.restore(zoe.id)
    assert [found(server, "zo") for server in servers] == [["Zoe", "Zoltan"]] * 2


def test_each_server_knows_the_sessions_and_tokens_of_the_other(servers: Servers) -> None:
    first, second = servers
    first_client, second_client = (Eternaltwin(**server.connection_settings()) for server in servers)
    zoe = first.add_user("zoe")
    session = second.login(zoe)
    assert first.world.session_user(session) == zoe
    token = first_client.token(second.authorization_code(zoe, first_client)[0])
    assert User.from_token(token, using=second_client).identifier == str(zoe.id)
    first.world.delete_user(zoe)
    assert second.world.session_user(session) is None


def test_each_server_shows_the_posts_of_the_other(servers: Servers) -> None:
    first_client, second_client = (Eternaltwin(**server.connection_settings()) for server in servers)
    alice = Session.login("alice", "aaaaaaaaaa", using=first_client)
    thread = Thread.create("main_fr", "Hello", "first", identity=alice, using=first_client)
    Thread.get(thread.identifier, using=second_client).reply("second", identity=alice, using=second_client)
    posts = Thread.get(thread.identifier, using=first_client).posts(using=first_client)
    assert [post.body.marktwin for post in posts if post.body is not None] == ["first", "second"]


def test_a_username_is_unique(servers: Servers) -> None:
    first, second = servers
    first.add_user("zoe")
    with pytest.raises(InvalidArgumentError, match="is taken"):
        second.add_user("zoe")
    assert second.world.count_users("zoe") == 1


def test_servers_start_and_write_at_the_same_time(config: ServerConfig) -> None:
    names = [f"player{number}" for number in range(24)]

    def add(world: World, usernames: list[str]) -> None:
        for username in usernames:
            world.add_user(username)

    with ThreadPoolExecutor(4) as threads, ExitStack() as stack:
        worlds = [stack.enter_context(closing(world)) for world in threads.map(World, [config] * 4)]
        list(threads.map(add, worlds, [names[number::4] for number in range(4)]))
        assert [world.count_users("player") for world in worlds] == [24] * 4
        assert [world.count_users() for world in worlds] == [30] * 4


def register(world: World, number: int) -> UserRecord:
    return world.register(f"zoe{number}", "Zoe", "password")


def test_only_the_first_user_is_an_administrator(config: ServerConfig) -> None:
    empty = msgspec.structs.replace(config, seed=msgspec.structs.replace(config.seed, user={}))
    with ThreadPoolExecutor(4) as threads, ExitStack() as stack:
        worlds = [stack.enter_context(closing(World(empty))) for _ in range(4)]
        worlds[0].reset()
        users = threads.map(register, worlds, range(4))
        assert sorted(user.is_administrator for user in users) == [False, False, False, True]


def test_names_in_the_database_of_an_older_server_are_found(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        server.add_user("zoe")
        server.world.delete_user(server.add_user("yann"))
    database = Database(open_engine(config))
    database.run(text("DROP TABLE name_blocks"))
    database.close()
    with DevServer.in_process(config) as server:
        assert found(server, "zo") == ["Zoe"]
        assert found(server, "yann") == []
        assert server.world.count_users() == 7
