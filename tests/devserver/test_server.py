"""The class `DevServer`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import http.client
import signal
import socket
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest

from eternaltwin import devserver
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer, default_config
from eternaltwin.devserver.asgi.listening import HTTPServer, is_loopback, open_socket, url_of
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError, RequestError, ServerError
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from eternaltwin.devserver.asgi.protocol import Receive, Scope, Send
    from eternaltwin.devserver.config.types import ClockKind

MY_GAME = {
    "seed": {
        "app": {
            "mygame": {
                "display_name": "My Game",
                "uri": "http://localhost:9000/",
                "oauth_callback": "http://localhost:9000/oauth/callback",
                "secret": "mine",
            }
        }
    }
}


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer() as server:
        yield server


@pytest.fixture
def in_process_server() -> Iterator[DevServer]:
    with DevServer.in_process() as server:
        yield server


def client_of(server: DevServer, game: str | None = None) -> contextlib.closing[Eternaltwin]:
    return contextlib.closing(Eternaltwin(**server.connection_settings(game)))


def get(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}")
        response = connection.getresponse()
        return response.status, response.read()


def servers_running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "eternaltwin development server"]


# --- starting and stopping


def test_it_serves_at_its_address_until_it_is_stopped() -> None:
    before = len(servers_running())
    with DevServer() as server:
        assert get(f"{server.url}/api/v1")[0] == 200
        port = urlsplit(server.url).port
        assert port
    assert len(servers_running()) == before
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=10):
        pass


def test_many_servers_run_side_by_side_and_one_after_the_other() -> None:
    for _ in range(3):
        with DevServer() as one, DevServer() as other:
            one.add_user("zoe")
            assert one.url != other.url
            assert len(one.world.users()) == len(other.world.users()) + 1


def test_a_stopped_server_can_be_started_again_and_starts_afresh() -> None:
    server = DevServer()
    server.add_user("zoe")
    for expected in (7, 6):
        assert server.start() is server
        assert server.start() is server
        assert len(server.world.users()) == expected
        assert get(f"{server.url}/api/v1")[0] == 200
        server.stop()
        server.stop()


def test_it_leaves_nothing_behind() -> None:
    with DevServer() as server, contextlib.closing(http.client.HTTPConnection(urlsplit(server.url).netloc)) as idle:
        idle.request("GET", "/api/v1")
        assert idle.getresponse().read()
        server.stop()
    gc.collect()  # a socket or a loop that was left open is a warning, and so an error


def test_a_pending_request_is_finished_when_it_stops() -> None:
    with DevServer() as server:
        server.fail_next(None, delay=0.1)
        responses: list[tuple[int, bytes]] = []
        thread = threading.Thread(target=lambda: responses.append(get(f"{server.url}/api/v1")))
        thread.start()
        wait_for_request(server)
    thread.join()
    assert responses[0][0] == 200


def test_a_request_that_takes_too_long_is_aborted_when_it_stops(caplog: pytest.LogCaptureFixture) -> None:
    with DevServer() as server:
        server.fail_next(None, delay=600)
        with contextlib.closing(http.client.HTTPConnection(urlsplit(server.url).netloc)) as connection:
            connection.request("GET", "/api/v1")
            wait_for_request(server)
            server.stop()
            with pytest.raises(ConnectionError):
                connection.getresponse()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def wait_for_request(server: DevServer) -> None:
    """Wait until the server has received a request. The server has no event for this."""
    deadline = threading.Event()
    while not server.requests:
        assert not deadline.wait(0.001)


def test_the_date_field_is_kept_current(monkeypatch: pytest.MonkeyPatch) -> None:
    ticked = threading.Event()
    ticks: list[int] = []
    tick = HTTPServer.on_tick

    async def on_tick(self: HTTPServer, counter: int) -> bool:
        ticks.append(counter)
        if len(ticks) == 2:
            ticked.set()
        return await tick(self, counter)

    monkeypatch.setattr(HTTPServer, "on_tick", on_tick)
    with DevServer():
        assert ticked.wait(10)


def test_a_connection_that_only_reads_is_served_without_a_game() -> None:
    with DevServer() as server:
        games = server.world.clients()
        settings = server.serve_game({"url": "https://eternaltwin.org", "timeout": 3})
        assert settings == {"url": server.url, "timeout": 3}
        assert server.world.clients() == games


def test_it_has_no_address_before_it_has_started() -> None:
    server = DevServer()
    assert repr(server) == "<DevServer not started>"
    with pytest.raises(ConfigurationError, match=r"call start\(\)"):
        server.connection_settings()
    server.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_arrives(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    served: list[int] = []

    def on_ready(listener: socket.socket) -> None:
        served.append(listener.getsockname()[1])
        signal.raise_signal(number)

    DevServer().serve_forever(on_ready)
    assert served
    assert signal.getsignal(number) is before


def test_a_taken_port_is_an_error_when_it_would_serve() -> None:
    with contextlib.closing(open_socket("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError):
        DevServer(port=taken.getsockname()[1]).serve_forever(lambda _: None)


def test_a_stop_before_the_start_is_not_lost() -> None:
    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        """Is never called."""

    server = HTTPServer(never, lambda: None)
    server.stop()
    server.run([open_socket("127.0.0.1", 0)])
    assert server.started


# --- without the extra


@pytest.mark.parametrize("package", ["starlette", "sqlalchemy"])
def test_without_the_extra_the_error_names_what_to_install(package: str) -> None:
    program = f"""
import sys
sys.modules[{package!r}] = None
import eternaltwin.devserver
from eternaltwin.exceptions import MissingExtraError
try:
    eternaltwin.devserver.DevServer
except MissingExtraError as exc:
    print(exc)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == f'the development server needs {package}: pip install "eternaltwin[server]"\n'


def import_name(name: str) -> object:
    found: object = getattr(devserver, name)
    return found


def test_the_package_lists_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "DevServer" in dir(devserver)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        import_name("Nothing")
    monkeypatch.delattr(devserver, "load_config", raising=False)
    monkeypatch.setitem(sys.modules, "eternaltwin.devserver.config", None)
    with pytest.raises(ModuleNotFoundError, match="devserver"):
        import_name("load_config")


# --- where it listens


def test_a_taken_port_is_a_clear_error() -> None:
    with contextlib.closing(open_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=f"port {port} of 127.0.0.1 is taken") as caught,
            DevServer(port=port),
        ):
            pass
    assert caught.value.setting == "port"


@pytest.mark.parametrize(
    ("host", "port", "setting"),
    [
        ("127.0.0.1", 65536, "port"),
        ("127.0.0.1", -1, "port"),
        ("127.0.0.1", True, "port"),
        ("no.such.host.invalid", 0, "host"),
        ("x" * 64 + ".test", 0, "host"),
        ("192.0.2.1", 0, "host"),
    ],
)
def test_an_address_where_it_cannot_listen_is_a_clear_error(host: str, port: int, setting: str) -> None:
    server = DevServer(host=host, port=port)
    with pytest.raises(ConfigurationError) as caught:
        server.start()
    assert caught.value.setting == setting


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_the_url_reaches_the_server(host: str) -> None:
    with DevServer(host=host) as server:
        assert server.url.startswith("http://localhost:" if host == "localhost" else "http://127.0.0.1:")
        assert get(f"{server.url}/api/v1")[0] == 200


@pytest.mark.parametrize(("host", "is_local"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_a_loopback_address_is_recognized(host: str, is_local: bool) -> None:
    with contextlib.closing(open_socket(host, 0)) as listener:
        assert is_loopback(listener) is is_local


def test_ipv6_addresses_are_written_in_brackets() -> None:
    try:
        listener = open_socket("::1", 0)
    except ConfigurationError as exc:
        pytest.skip(f"this machine has no IPv6: {exc}")
    with contextlib.closing(listener):
        assert url_of(listener, "::1") == f"http://[::1]:{listener.getsockname()[1]}"


# --- its settings


def test_without_settings_it_has_the_built_in_seeds(in_process_server: DevServer) -> None:
    assert [user.username for user in in_process_server.world.users()][:2] == ["alice", "bob"]
    assert in_process_server.connection_settings()["client_id"] == "brute_dev@clients"


def test_settings_can_be_a_mapping_over_the_built_in_seeds() -> None:
    with DevServer.in_process(MY_GAME) as server:
        settings = server.connection_settings("mygame")
        assert settings["redirect_uri"] == "http://localhost:9000/oauth/callback"
        assert settings["client_secret"] == "mine"
        assert len(server.world.users()) == 6


def test_settings_can_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text('[seed.user.zoe]\nusername = "zoe"\n')
    with DevServer.in_process(file) as server:
        assert server.world.user("zoe").display_name == "zoe"


def test_its_configuration_can_be_changed_while_it_runs_and_while_it_is_stopped() -> None:
    server = DevServer.in_process()
    zoe = server.add_user("zoe")
    server.reconfigure(MY_GAME)
    settings = server.connection_settings("mygame@clients")
    assert (settings["redirect_uri"], settings["client_secret"]) == ("http://localhost:9000/oauth/callback", "mine")
    assert server.world.user(zoe).username == "zoe"
    assert server.config.backend.clock == "Virtual"
    server.stop()
    server.reconfigure({"seed": {"user": {"mia": {}}}})
    with server:
        assert server.world.user("mia").display_name == "mia"
        assert "mygame@clients" not in [game.key for game in server.world.clients()]


def test_settings_can_be_an_object() -> None:
    with DevServer.in_process(default_config("test")) as server:
        assert server.world.users() == []
        with pytest.raises(InvalidArgumentError, match="knows no game"):
            server.connection_settings()


def test_a_wrong_setting_is_a_clear_error() -> None:
    with pytest.raises(ConfigurationError, match=r"backend\.clock"):
        DevServer({"backend": {"clock": "Sundial"}})


@pytest.mark.parametrize("name", ["clock", "api_version"])
def test_a_wrong_choice_names_the_right_ones(name: str) -> None:
    choice: Any = {name: "x"}
    with pytest.raises(ConfigurationError, match=rf"{name} must be one of .*(latest|System)"):
        DevServer.in_process(**choice)


def test_the_configuration_chooses_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text("[backend]\nport = 0\n", "utf-8")
    system = tmp_path / "system.toml"
    system.write_text("[backend]\nclock = 'System'\n", "utf-8")
    sources = [None, {}, file, {"backend": {"clock": "System"}}, system, default_config()]
    found = [DevServer.in_process(source).config.backend.clock for source in sources]
    assert found == ["Virtual", "Virtual", "Virtual", "System", "System", "System"]
    assert DevServer.in_process(system, clock="Virtual").config.backend.clock == "Virtual"


def test_the_clock_can_be_moved(in_process_server: DevServer) -> None:
    before = in_process_server.clock.now()
    in_process_server.clock.advance(60)
    assert in_process_server.clock.now() - before == timedelta(minutes=1)


@pytest.mark.parametrize("by", [float("nan"), 1e18, -1e11])
def test_a_clock_stays_within_its_years(in_process_server: DevServer, by: float) -> None:
    with pytest.raises(InvalidArgumentError, match="a clock cannot be moved by"):
        in_process_server.clock.advance(by)


def test_a_time_outside_the_years_of_a_clock_is_a_clear_error(in_process_server: DevServer) -> None:
    too_early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    before = in_process_server.clock.now()
    with pytest.raises(InvalidArgumentError, match=r"0001-01-01 .* is not within the years 1 to 9999 in UTC"):
        in_process_server.clock.set(too_early)
    assert in_process_server.clock.now() == before


def test_the_clock_of_the_machine_cannot_be_moved() -> None:
    kind: ClockKind = "System"
    with DevServer.in_process(clock=kind) as server, pytest.raises(ConfigurationError, match="clock='Virtual'"):
        server.clock.advance(1)


def test_the_released_version_can_be_chosen() -> None:
    with DevServer.in_process(api_version="0.16.4") as server, client_of(server) as client:
        assert client.get("/api/v1/users", raise_on_error=False).status_code == 405


# --- in tests


def test_requests_can_be_read(server: DevServer) -> None:
    get(f"{server.url}/api/v1/users?limit=3")
    (request,) = server.requests
    assert (request.method, request.path, request.query, request.status) == (
        "GET",
        "/api/v1/users",
        {"limit": "3"},
        200,
    )
    assert request.headers["host"] == urlsplit(server.url).netloc


def test_the_next_requests_can_fail(server: DevServer) -> None:
    server.fail_next(times=2, path="/api/v1")
    assert [get(f"{server.url}/api/v1")[0] for _ in range(3)] == [503, 503, 200]


def test_the_callback_is_called_with_each_request() -> None:
    reported: list[str] = []
    with DevServer(on_response=lambda request: reported.append(repr(request))) as server:
        get(f"{server.url}/api/v1")
    assert reported == ["<GET /api/v1 200>"]


def test_a_reset_removes_everything_but_the_seeds(in_process_server: DevServer) -> None:
    in_process_server.add_user("zoe")
    in_process_server.fail_next()
    in_process_server.clock.advance(timedelta(days=400))
    with client_of(in_process_server) as client:
        client.get("/api/v1/users", raise_on_error=False)
        in_process_server.reset()
        assert in_process_server.requests == []
        assert len(in_process_server.world.users()) == 6
        assert client.get("/api/v1").status_code == 200


def test_a_player_has_a_session_after_login(in_process_server: DevServer) -> None:
    zoe = in_process_server.add_user("zoe", "Zoé", "secret secret", is_administrator=True)
    found = in_process_server.world.session_user(in_process_server.login(zoe))
    assert found is not None
    assert (found.display_name, found.is_administrator) == ("Zoé", True)


def test_a_user_whose_identifier_is_not_a_uuid_is_refused(in_process_server: DevServer) -> None:
    stranger = User("zoe", "Zoe", None, None, None)
    with pytest.raises(InvalidArgumentError, match="not a UUID"):
        in_process_server.login(stranger)
    with pytest.raises(InvalidArgumentError, match="not a UUID"):
        in_process_server.authorize("http://eternaltwin.test/oauth/authorize", stranger)


def start(server: DevServer, client: Eternaltwin, player: User) -> dict[str, list[str]]:
    _, url = User.start_authorization(using=client)
    return parse_qs(urlsplit(server.authorize(url, player)).query)


def player_named(server: DevServer, name: str) -> User:
    user = server.world.user(name)
    return User(str(user.id), user.display_name, user.is_administrator, user.created_at, user.deleted_at)


def test_it_follows_an_authorization_url_like_a_browser(server: DevServer) -> None:
    player = player_named(server, "bob")
    with client_of(server) as client:
        callback = start(server, client, player)
        assert User.from_authorization_code(callback["code"][0], callback["state"][0], using=client) == player


def test_the_request_of_the_browser_is_not_logged_and_does_not_fail(server: DevServer) -> None:
    server.fail_next()
    with client_of(server) as client:
        assert "code" in start(server, client, player_named(server, "bob"))
    assert server.requests == []


def test_a_player_who_was_logged_out_meanwhile_logs_in_again(in_process_server: DevServer) -> None:
    zoe = in_process_server.add_user("zoe")
    with client_of(in_process_server) as client:
        in_process_server.authorization_code(zoe, client)
        in_process_server.reset()
        again = in_process_server.add_user("zoe")
        with pytest.raises(InvalidArgumentError):
            in_process_server.authorization_code(zoe, client)
        for _ in range(2):
            in_process_server.authorization_code(again, client)
        in_process_server.world.delete_user(again)
        with pytest.raises(InvalidArgumentError, match="deleted"):
            in_process_server.authorization_code(again, client)


def test_a_code_is_granted_without_a_browser(server: DevServer) -> None:
    with client_of(server, "kingdom_dev") as client:
        code, state = server.authorization_code("alice", client)
        assert User.from_authorization_code(code, state, using=client).username == "Alice"


def test_the_state_can_be_chosen(in_process_server: DevServer) -> None:
    with client_of(in_process_server) as client:
        state = client.generate_state()
        assert in_process_server.authorization_code("alice", client, state=state)[1] == state


def test_a_code_is_granted_for_the_key_of_a_game(in_process_server: DevServer) -> None:
    with client_of(in_process_server) as client:
        code, state = in_process_server.authorization_code("alice", "brute_dev")
        assert client.token(code).access_token
        assert state != in_process_server.authorization_code("alice", "brute_dev")[1]
        assert in_process_server.authorization_code("alice", "brute_dev", state="mine")[1] == "mine"


def test_a_callback_that_is_not_the_registered_one_is_refused(in_process_server: DevServer) -> None:
    settings = in_process_server.connection_settings()
    settings["redirect_uri"] = "http://evil.example/"
    with pytest.raises(RequestError, match="does not match") as caught:
        in_process_server.authorization_code("alice", Eternaltwin(**settings))
    assert caught.value.code == "Q1003"


def test_a_url_of_another_endpoint_is_refused(in_process_server: DevServer) -> None:
    query = urlencode({"q": "secret"})
    with pytest.raises(InvalidArgumentError, match="not an authorization URL") as caught:
        in_process_server.authorize(f"{in_process_server.url}/api/v1/users?{query}", "alice")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "http://[::1/oauth/authorize?client_id=x"])
def test_a_malformed_url_is_refused(in_process_server: DevServer, url: str) -> None:
    with pytest.raises(InvalidArgumentError, match="not an authorization URL"):
        in_process_server.authorize(url, "alice")


@pytest.mark.parametrize(
    "user", [UUID("8f7c36a2-0f0e-4a0e-9d5e-52d2a3a4b5c6"), "nobody", "8f7c36a2-0f0e-4a0e-9d5e-52d2a3a4b5c6"]
)
def test_an_unknown_player_is_a_clear_error(in_process_server: DevServer, user: object) -> None:
    with pytest.raises(InvalidArgumentError):
        in_process_server.login(cast("str", user))


# --- without a socket


def test_both_clients_reach_it_without_a_socket(in_process_server: DevServer) -> None:
    async def count() -> int:
        client = AsyncEternaltwin(**in_process_server.connection_settings(is_async=True))
        try:
            return await User.acount(using=client)
        finally:
            await client.close()

    with client_of(in_process_server) as client:
        assert User.count(using=client) == asyncio.run(count()) == 6
    assert len(in_process_server.requests) == 2


def test_a_failure_reaches_a_client_without_a_socket(in_process_server: DevServer) -> None:
    in_process_server.fail_next(500)
    with client_of(in_process_server) as client, pytest.raises(ServerError):
        User.count(using=client)


def test_a_whole_sign_in_without_a_socket(in_process_server: DevServer) -> None:
    zoe = in_process_server.add_user("zoe")
    with client_of(in_process_server) as client:
        player = User.from_authorization_code(*in_process_server.authorization_code(zoe, client), using=client)
    assert player.identifier == str(zoe.id)
    assert [request.path for request in in_process_server.requests] == ["/oauth/token", "/api/v1/auth/self"]


def test_no_thread_is_started_without_a_socket() -> None:
    before = len(servers_running())
    with DevServer.in_process() as server:
        assert len(servers_running()) == before
        assert repr(server) == "<DevServer http://eternaltwin.test>"


# --- from several threads


def in_threads(action: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=action, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("make", [DevServer, DevServer.in_process])
def test_it_serves_several_threads_while_others_change_it(make: Callable[[], DevServer]) -> None:
    names: list[str] = []
    with make() as server, client_of(server) as client:

        def sign_in(number: int) -> None:
            user = server.add_user(f"player_{number}")
            names.append(User.from_authorization_code(*server.authorization_code(user, client), using=client).username)

        in_threads(sign_in)
    assert sorted(names) == [f"Player_{number}" for number in range(8)]
