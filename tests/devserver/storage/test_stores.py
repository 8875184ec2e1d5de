"""Persistent stores: the behaviour of a server with each of them, and the contents after a restart."""

from __future__ import annotations

import http.client
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
import pytest

from eternaltwin import accounts
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.devserver.config import (
    PostgresConfig,
    SqliteConfig,
    TwinoidUserSeed,
    UserSeed,
    load_config,
)
from eternaltwin.devserver.domain.errors import ClientNotFoundError, EmailRefusedError
from eternaltwin.devserver.services.jobs import EmailOrder
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError, MissingExtraError, NotFoundError
from eternaltwin.forum import Thread
from eternaltwin.identities import Session
from eternaltwin.users import User
from tests.devserver.storage.databases import in_postgresql, stored

if TYPE_CHECKING:
    from collections.abc import Generator

    from eternaltwin.devserver.config import ServerConfig


def test_users_sign_in(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        client = Eternaltwin(**server.connection_settings())
        zoe = server.add_user("zoe", "Zoé", "secret", is_administrator=True)
        code, state = server.authorization_code(zoe, client)
        user = User.from_authorization_code(code, state, using=client)
        assert (user.identifier, user.username) == (str(zoe.id), "Zoé")
        assert User.get(user.identifier, using=client).is_administrator
        assert [found.username for found in User.search("ZO", using=client)] == ["Zoé"]
        assert User.count(using=client) == 7
        server.world.rename(zoe, "Zoé (la vraie)")
        assert server.world.check_password("zoe", "secret") is not None
        assert server.world.delete_user(zoe).deleted_at is not None
        assert User.get(user.identifier, using=client).deleted_at is not None


def test_users_write_moderate_and_are_linked(config: ServerConfig) -> None:
    twino = {"twino": TwinoidUserSeed(id=38, name="twino", linked_to="bob")}
    seed = msgspec.structs.replace(config.seed, twinoid_user=twino)
    with DevServer.in_process(msgspec.structs.replace(config, seed=seed)) as server:
        forum, actor, bob = server.world.forum, server.world.user("alice"), server.world.user("bob")
        thread = forum.create_thread(actor, "main_fr", "Hello", "x")
        post = forum.reply(actor, thread.id, "**y**")
        forum.grant(actor, "main_fr", bob.id)
        section = forum.section("main_fr")
        [(first, _), (last, revision)] = forum.posts(thread, 0, 4294967295)
        assert (section.thread_count, first.author_name, last, revision.content) == (1, "Alice", post, "**y**")
        assert [moderator.user_name for moderator in forum.moderators(section)] == ["Bob"]
        server.world.links.unlink(actor, bob.id, "twinoid.com", 38)
        [link] = server.world.links.of_users([bob.id])
        assert (link.linker_name, link.unlinker_name) == ("Bob", "Alice")


def test_any_character_can_be_stored(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        client = Eternaltwin(**server.connection_settings())
        alice = Session.login("alice", "aaaaaaaaaa", using=client)
        thread = Thread.create("main_fr", "a\x00b", "c\x00\U0001f996", identity=alice, using=client)
        [post] = thread.posts(using=client)
        assert thread.title == "a\x00b"
        assert post.body is not None
        assert post.body.marktwin == "c\x00\U0001f996"


def test_a_failed_addition_changes_nothing(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        server.add_user("zoe")
        with pytest.raises(InvalidArgumentError, match="is taken"):
            server.add_user("zoe")
        assert server.world.count_users() == 7


def test_contents_survive_a_restart(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        client = Eternaltwin(**server.connection_settings())
        zoe = server.add_user("zoe", password="secret")
        sid = server.login(zoe)
        token = client.token(server.authorization_code(zoe, client)[0])
    with DevServer.in_process(config) as server:
        again = Eternaltwin(**server.connection_settings())
        assert server.world.session_user(sid) == zoe
        assert server.world.check_password("zoe", "secret") == zoe
        assert User.from_token(token, using=again).identifier == str(zoe.id)
        server.reset()
        with pytest.raises(NotFoundError):
            User.get(zoe.id, using=again)
        assert server.world.count_users() == 6


def test_changes_of_seeded_users_survive_a_restart(config: ServerConfig) -> None:
    with DevServer.in_process(config, clock="Virtual") as server:
        client = Eternaltwin(**server.connection_settings())
        bob = Session.login("bob", "bbbbbbbbbb", using=client)
        assert bob.user is not None
        server.clock.advance(8 * 24 * 3600)
        accounts.change_username(bob.user, "bobby", identity=bob, using=client)
        accounts.change_password(bob.user, "a new password", identity=bob, using=client)
        other = Session.register("bob", "Another Bob", "another password", using=client).user
    with DevServer.in_process(config, clock="Virtual") as server:
        again = Eternaltwin(**server.connection_settings())
        assert Session.login("bobby", "a new password", using=again).user == bob.user
        assert Session.login("bob", "another password", using=again).user == other


def test_removals_of_seeded_links_survive_a_restart(config: ServerConfig) -> None:
    twino = {"twino": TwinoidUserSeed(id=38, name="twino", linked_to="bob")}
    seeded = msgspec.structs.replace(config, seed=msgspec.structs.replace(config.seed, twinoid_user=twino))
    with DevServer.in_process(seeded) as server:
        bob = server.world.user("bob")
        server.world.links.unlink(bob, bob.id, "twinoid.com", 38)
    with DevServer.in_process(seeded) as server:
        [link] = server.world.links.of_users([bob.id])
        assert link.unlinked_at is not None


def test_a_new_seed_with_the_username_of_a_stored_user_is_an_error(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        server.add_user("zoe")
    seed = msgspec.structs.replace(config.seed, user={"zoe": UserSeed(display_name="Zoe", username="zoe")})
    with pytest.raises(ConfigurationError, match="in the database has the username 'zoe'; choose another") as caught:
        DevServer.in_process(msgspec.structs.replace(config, seed=seed))
    assert caught.value.setting == "seed.user.zoe"


SERVE = [sys.executable, "-m", "eternaltwin", "serve", "--port", "0", "--quiet", "--config"]


def authorization_code(client: Eternaltwin, session: Session) -> str:
    """Send the request of the user's browser, and return the code in the URL of the redirect."""
    url = urlsplit(client.authorization_url(client.generate_state()))
    connection = http.client.HTTPConnection(url.netloc, timeout=5)
    connection.request("GET", f"{url.path}?{url.query}", headers={"Cookie": f"sid={session.identifier}"})
    callback = connection.getresponse().headers["location"]
    connection.close()
    return parse_qs(urlsplit(callback).query)["code"][0]


@contextmanager
def killed_server(file: Path) -> Generator[Eternaltwin]:
    """Start a server, yield a client of it, and kill the server."""
    with subprocess.Popen([*SERVE, str(file)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with Eternaltwin(
            "kingdom_dev@clients", "dev", "http://localhost:8000/oauth/callback", "k" * 32, url=url
        ) as client:
            yield client
        process.kill()


def test_contents_survive_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text(f"[backend]\nstore = 'Sqlite'\n[sqlite]\nfile = '{tmp_path / 'server.sqlite'}'\n")
    with killed_server(file) as client:
        session = Session.register("zoe", "Zoe", "secret", using=client)
        thread = Thread.create("main_fr", "Title", "Body", using=client, identity=session)
        token = client.token(authorization_code(client, session))
    with killed_server(file) as client:
        assert session.user is not None
        assert User.get(session.user.identifier, using=client) == session.user
        assert Thread.get(thread.identifier, using=client, identity=session).title == "Title"
        again = Session(session.identifier)
        assert Thread.create("main_fr", "Again", "Body", using=client, identity=again).title == "Again"
        assert User.from_token(token, using=client) == session.user


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sqlite": SqliteConfig(file="/there/is/no/folder.sqlite")}, "sqlite.file: .*cannot be opened"),
        ({"sqlite": SqliteConfig(file=__file__)}, "sqlite.file: .*cannot be opened: file is not a database"),
        ({"postgres": PostgresConfig(host="/there/is/no/folder", password="hush")}, "postgres: .*cannot be opened"),
    ],
)
def test_the_error_for_an_unusable_database_contains_the_setting(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        DevServer.in_process(stored(**changes))
    assert "hush" not in f"{caught.value} {stored(**changes)!r}"


def test_the_error_for_a_missing_driver_contains_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r'pip install "eternaltwin\[postgres\]"'):
        DevServer.in_process(stored(postgres=PostgresConfig()))


def test_settings_of_databases_are_read_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text("[sqlite]\nfile = 'a.sqlite'\nmax_connections = 5\n[postgres]\nhost = 'db'\nport = 5433\n")
    config = load_config(file)
    assert config.sqlite.file == "a.sqlite"
    assert (config.postgres.host, config.postgres.port, config.postgres.name) == ("db", 5433, "eternaltwin.dev")
    file.write_text("[postgres]\nport = 'x'\n")
    with pytest.raises(ConfigurationError, match=r"eternaltwin.toml: postgres.port: must be a whole number"):
        load_config(file)


def test_mail_and_jobs_survive_a_restart(config: ServerConfig) -> None:
    order = EmailOrder(idempotency_key=UUID(int=1), deadline=datetime(2200, 1, 1, tzinfo=UTC), recipient="a\x00@b")
    with DevServer.in_process(config) as server:
        alice, jobs = server.world.user("alice"), server.world.jobs
        email = jobs.order_email(alice, order)
        with pytest.raises(EmailRefusedError):
            jobs.order_email(alice, order)
        found = jobs.all(10)
    with DevServer.in_process(config) as server:
        jobs = server.world.jobs
        assert jobs.emails(10) == ([email], 1)
        assert jobs.all(10) == found
        [refused, done], _ = found
        assert (refused.email, done.email) == (None, email)
        assert jobs.find(done.id) == jobs.of_task(done.task_id) == done
        assert jobs.find(done.task_id) is jobs.of_task(done.id) is None


def test_registered_games_survive_a_restart_without_their_secrets(config: ServerConfig) -> None:
    with DevServer.in_process(config) as server:
        kingdom = server.world.client("kingdom_dev")
        for key in ("fresh@clients", kingdom.key):
            fresh = msgspec.structs.replace(kingdom, id=UUID(int=1), key=key, secret="a secret")
            assert server.world.games.register(fresh).secret == "a secret"
    with DevServer.in_process(config) as server:
        fresh = server.world.client("fresh")
        assert (fresh.id, fresh.callback, fresh.secret) == (UUID(int=1), kingdom.callback, "")
        assert [server.world.games.has_secret(fresh, secret) for secret in ("a secret", "")] == [True, False]
        assert server.world.client("kingdom_dev") == kingdom
        server.reset()
        with pytest.raises(ClientNotFoundError):
            server.world.client("fresh")


def test_the_file_of_a_game_keeps_its_data_in_its_postgresql(socket_folder: str, tmp_path: Path) -> None:
    in_postgresql(socket_folder)  # an empty database
    content = (Path(__file__).parents[1] / "config" / "games" / "emush.toml").read_text(encoding="utf-8")
    for old, new in (("mush-database", socket_folder), ('"etwin.dev"', '"postgres"'), ('"mysql"', '"postgres"')):
        content = content.replace(old, new)
    path = tmp_path / "eternaltwin.toml"
    path.write_text(content)
    for _ in range(2):
        with DevServer.in_process(load_config(path)) as server:
            assert server.world.user("chun").username == "chun"
            assert server.world.client("emush_dev").callback == "http://localhost:8080/oauth/callback"
            server.world.rename("jin_su", "Jin Su")
    with DevServer.in_process(load_config(path)) as server:
        assert server.world.user("jin_su").display_name == "Jin Su"
