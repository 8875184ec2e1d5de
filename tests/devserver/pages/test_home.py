"""The front page: what it shows, and what its forms do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.devserver.domain.telemetry import LogLine, SpanRecord
from eternaltwin.devserver.pages.rendering import render
from eternaltwin.devserver.pages.views import RequestView, trace_view
from eternaltwin.exceptions import ServerError
from eternaltwin.users import User
from tests.devserver.pages.samples import home_view
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.responses import Response


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer.in_process() as server:
        yield server


@pytest.fixture
def client(server: DevServer) -> Eternaltwin:
    return Eternaltwin(**server.connection_settings("kingdom_dev@clients"))


def send(server: DevServer, method: str, target: str, body: bytes | None = None, **headers: str) -> Response:
    fields = {"host": "127.0.0.1", "content-type": "application/x-www-form-urlencoded", **headers}
    return server.transport.send(
        HTTPRequest(method=method, target=target, headers=fields, body=body, timeout=5, is_idempotent=False)
    )


def submit(server: DevServer, action: str, **fields: object) -> Response:
    return send(server, "POST", "/", urlencode({"action": action, **fields}).encode())


def text(response: Response) -> str:
    """Return the text of a page."""
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain))


def page(server: DevServer, query: str = "") -> str:
    response = send(server, "GET", f"/{query}")
    assert response.status_code == 200
    return text(response)


def problem(response: Response) -> str:
    assert response.status_code == 422
    found = re.search(r'role="alert">(.*?)</p>', response.content.decode())
    assert found is not None
    return unescape(found[1])


MILLISECOND = 1_000_000


def span(name: str, span_id: str = "", parent_id: str = "", start: int = 0, end: int = 2, **changes: Any) -> SpanRecord:
    """Return a span that begins and ends so many milliseconds after 03:04:05."""
    base = 1_893_553_445_000 * MILLISECOND
    record = SpanRecord(
        trace_id="abc",
        span_id=span_id or name,
        parent_id=parent_id,
        name=name,
        service="brute",
        start=base + start * MILLISECOND,
        end=base + end * MILLISECOND,
        is_error=False,
    )
    return msgspec.structs.replace(record, **changes)


def test_it_shows_the_last_traces_with_their_spans(server: DevServer) -> None:
    assert "No game has sent traces yet." in page(server)
    telemetry = server.world.telemetry
    telemetry.add_spans([span("GET <user>", "b", "a", 1, 2, is_error=True), span("a page", "a", end=4)])
    telemetry.add_spans([span("", "c", trace_id="", service="other")])
    shown = page(server)
    assert "(no name) other , 03:04:05, 2.0 ms Trace without id" in shown
    assert "a page brute , 03:04:05, 4.0 ms, failed Trace abc a page 4.0 ms GET <user> 1.0 ms, failed" in shown


def test_spans_have_their_place_in_the_time_of_the_trace() -> None:
    spans = [span("a", end=4), span("b", "b", "a", 1, 2), span("late", "c", "a", 4, 3)]
    view = trace_view(spans)
    assert [(item.name, item.depth, item.begin, item.width) for item in view.spans] == [
        ("a", 0, 0, 100),
        ("b", 1, 25, 25),
        ("late", 1, 99.5, 0.5),
    ]
    assert trace_view([span("instant", end=0)]).spans[0].begin == 0
    deep = [span(f"{number}", parent_id=f"{number - 1}") for number in range(10)]
    assert [item.depth for item in trace_view(deep).spans] == [0, 1, 2, 3, 4, 5, 6, 6, 6, 6]


def test_times_at_the_end_of_time_are_shown() -> None:
    assert trace_view([span("a", end=0), span("b", end=2**64 // MILLISECOND)]).milliseconds > 0


def test_it_shows_the_last_lines_of_logs(server: DevServer) -> None:
    assert "Logs of games" not in page(server)
    lines = [("WARN", "<lost>"), ("", "ready")]
    server.world.telemetry.add_lines(
        LogLine(service="brute", severity=severity, text=text, trace_id="") for severity, text in lines
    )
    assert "Logs of games Severity Message none ready brute WARN <lost> brute" in page(server)


def test_it_shows_players_and_games(server: DevServer) -> None:
    shown = page(server)
    assert "6 of 6 players" in shown
    assert "Alice administrator alice 33f2e54f-e3c8-5dbe-a17c-dcb9d00e3c4c" in shown
    assert "Kingdom kingdom_dev@clients localhost:8000 /oauth/callback" in shown
    assert "There are no requests yet." in shown
    assert "There are no sign-ins yet." in shown
    assert "No failures are pending." in shown


def test_it_shows_sign_ins_and_requests_without_secrets(server: DevServer, client: Eternaltwin) -> None:
    code, state = server.authorization_code("bob", client)
    user = User.from_authorization_code(code, state, using=client)
    shown = page(server)
    assert re.search(r"\d\d:\d\d:\d\d Bob Kingdom", shown)
    assert re.search(r"POST /oauth/token 200 \d+\.\d ms", shown)
    assert user.token is not None
    for secret in (code, state, user.token.access_token, "bbbbbbbbbb"):
        assert secret not in shown
    assert page(server) == shown  # requests for the page itself are not listed


def test_a_sign_in_to_a_removed_game_shows_its_id(tmp_path: Path) -> None:
    stored: dict[str, object] = {"backend": {"store": "Sqlite"}, "sqlite": {"file": str(tmp_path / "server.sqlite")}}
    with DevServer.in_process({**stored, "seed": {"app": {"mygame": {"secret": "mine"}}}}) as server:
        client = Eternaltwin(**server.connection_settings("mygame@clients"))
        User.from_authorization_code(*server.authorization_code("bob", client), using=client)
        game = server.world.client("mygame@clients").id
    with DevServer.in_process(stored) as server:
        assert f"Bob {game}" in page(server)


def test_it_finds_players(server: DevServer) -> None:
    assert "1 of 1 players" in page(server, "?q=CHAR")
    assert "There is no such player." in page(server, "?q=nobody")


def test_a_request_without_a_response_has_no_status() -> None:
    shown = render("home.html", home_view(requests=(RequestView("GET", "/api/v1", None, None),)))
    assert '<code>GET</code> /api/v1</span>\n  <span class="number">…</span>' in shown


def test_searches_are_escaped(server: DevServer) -> None:
    server.add_user("zoe", "Zoe (x)")
    response = send(server, "GET", "/?q=%22%3E%3Cscript%3E")
    policy = response.headers["content-security-policy"]
    (nonce,) = re.findall(r"; script-src 'nonce-([\w-]{22})'; connect-src 'self'$", policy)
    (script,) = re.findall(r"<script[^>]*>", response.content.decode())
    assert script == f'<script src="/overview.js" nonce="{nonce}" defer>'
    assert "default-src 'none'" in policy
    assert nonce not in send(server, "GET", "/").headers["content-security-policy"]


def test_a_player_is_added_renamed_and_deleted(server: DevServer) -> None:
    response = submit(server, "add_player", username="zoe", display_name="", password="secret")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    zoe = server.world.check_password("zoe", "secret")
    assert zoe is not None
    submit(server, "rename", player=zoe.id, display_name="Zoé")
    submit(server, "rename", player=zoe.id, display_name="Zoé la Grande")
    assert "Zoé la Grande" in page(server)
    submit(server, "delete", player=zoe.id)
    assert "6 of 6 players" in page(server)
    assert server.world.user(zoe.id).deleted_at is not None


def test_a_deleted_player_is_restored(server: DevServer) -> None:
    assert "Deleted players" not in page(server)
    for name in ("bob", "eve"):
        submit(server, "delete", player=name)
    assert "4 of 4 players" in page(server)
    assert "Deleted players E Eve eve Restore B Bob bob Restore" in page(server)
    bob = server.world.user("bob").id
    assert submit(server, "restore", player=bob).status_code == 303
    assert "Deleted players E Eve eve Restore" in page(server)
    assert server.world.user("bob").deleted_at is None
    assert server.login("bob")


@pytest.mark.parametrize(("action", "count"), [("reset", 1), ("delete", 6)])
def test_nothing_is_forgotten_or_deleted_before_a_second_click(server: DevServer, action: str, count: int) -> None:
    shown = send(server, "GET", "/").content.decode()
    field = f'<input type="hidden" name="action" value="{action}">'
    closed = re.findall(rf'<details class="confirmation"><summary>[^<]*</summary>\s*<form [^>]*>{field}', shown)
    assert len(closed) == shown.count(field) == count


def cookie_of(response: Response) -> str:
    """Return the cookie that a response sets."""
    return response.headers["set-cookie"].partition(";")[0]


def test_the_browser_is_another_player_with_one_click(server: DevServer) -> None:
    assert "This browser is not logged in." in page(server)
    bob, eve = (server.world.user(name).id for name in ("bob", "eve"))
    cookie = ""
    for player, name in ((bob, "Bob"), (eve, "Eve")):
        response = submit(server, "switch", player=player)
        assert (response.status_code, response.headers["location"]) == (303, "/")
        cookie = cookie_of(response)
        assert f"This browser is logged in as {name} ." in text(send(server, "GET", "/", cookie=cookie))
        assert send(server, "GET", "/api/v1/auth/self", cookie=cookie).json()["user"]["id"] == str(player)
    assert cookie_of(submit(server, "log_out")) == "sid="
    assert "there is no user" in problem(submit(server, "switch", player="nobody"))
    submit(server, "delete", player=eve)
    assert "is deleted" in problem(submit(server, "switch", player=eve))


def test_an_action_keeps_the_search_and_the_filter(server: DevServer) -> None:
    address = "/?q=b+c&status=4xx&game=kingdom_dev%40clients"
    assert f'action="{escape(address)}"' in send(server, "GET", f"{address}&path=&other=1").content.decode()
    body = urlencode({"action": "log_out"}).encode()
    assert send(server, "POST", address, body).headers["location"] == address


# --- the list of requests


@pytest.fixture
def requested(server: DevServer, client: Eternaltwin) -> DevServer:
    """A server that has had several requests."""
    User.from_authorization_code(*server.authorization_code("bob", client), using=client)
    send(server, "GET", "/api/v1/users/nobody", authorization="Bearer x")
    send(server, "GET", "/api/v1/clock", authorization="Basic x")
    other = "response_type=code&client_id=brute_dev@clients&redirect_uri=http://localhost:3000/other"
    send(server, "GET", f"/oauth/authorize?{other}", cookie=f"sid={server.login('bob')}", accept="text/html")
    send(server, "PUT", "/api/v1/clock", authorization="Digest x")
    return server


def listed(server: DevServer, query: str = "") -> list[str]:
    """Return method, path and status of the requests on the page."""
    found = re.findall(
        r'<li data-key="request-\d+">(.*?) ms', send(server, "GET", f"/{query}").content.decode(), re.DOTALL
    )
    return [" ".join(re.sub("<[^>]*>", " ", row).split()[:3]) for row in found]


def test_requests_are_listed_with_their_game_the_newest_first(requested: DevServer) -> None:
    assert listed(requested) == [
        "PUT /api/v1/clock 415",
        "GET /oauth/authorize 422",
        "GET /api/v1/clock 200",
        "GET /api/v1/users/nobody 400",
        "GET /api/v1/auth/self 200",
        "POST /oauth/token 200",
    ]
    assert re.search(r"POST /oauth/token 200 \d+\.\d ms Kingdom", page(requested))
    assert re.search(r"GET /api/v1/auth/self 200 \d+\.\d ms Kingdom", page(requested))
    assert re.search(r"GET /oauth/authorize 422 \d+\.\d ms LaBrute", page(requested))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=422", ["GET /oauth/authorize 422"]),
        ("?status=4XX&method=GET", ["GET /oauth/authorize 422", "GET /api/v1/users/nobody 400"]),
        ("?status=5", []),
        ("?path=oauth", ["GET /oauth/authorize 422", "POST /oauth/token 200"]),
        ("?path=v1/*/self", ["GET /api/v1/auth/self 200"]),
        ("?game=kingdom_dev%40clients", ["GET /api/v1/auth/self 200", "POST /oauth/token 200"]),
        ("?game=brute_dev@clients", ["GET /oauth/authorize 422"]),
        ("?method=DELETE", []),
        ("?method=PUT&status=&path=&game=", ["PUT /api/v1/clock 415"]),
    ],
)
def test_requests_are_filtered_by_path_status_method_and_game(
    requested: DevServer, query: str, expected: list[str]
) -> None:
    assert listed(requested, query) == expected
    assert ("No request matches the filter." in page(requested, query)) is (not expected)


def test_the_reason_of_a_refusal_is_shown_with_both_addresses(requested: DevServer) -> None:
    shown = page(requested, "?status=422")
    assert (
        "LaBrute Q1003: provided redirect_uri does not match registered callback_uri"
        " (registered: http://localhost:3000/oauth/callback; provided: http://localhost:3000/other)"
    ) in shown


def test_of_many_requests_the_last_ones_are_shown(server: DevServer) -> None:
    for _ in range(40):
        send(server, "GET", "/api/v1")
    for path in ("/", "/overview.js", "/reference", "/reference/control"):
        send(server, "GET", path)
    assert listed(server) == ["GET /api/v1 200"] * 30


def test_the_clock_is_moved(server: DevServer) -> None:
    before = server.clock.now()
    submit(server, "advance", seconds=3600)
    assert (server.clock.now() - before).total_seconds() == 3600
    assert f"{server.clock.now():%Y-%m-%d %H:%M:%S} UTC" in page(server)


def test_the_clock_is_set(server: DevServer) -> None:
    submit(server, "set_clock", time="2030-01-02T03:04")
    assert server.clock.now() == datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
    submit(server, "set_clock", time="2029-01-02T03:04:05")
    assert "2029-01-02 03:04:05 UTC" in page(server)
    assert "does not work" in problem(submit(server, "set_clock", time="yesterday"))


def test_a_game_is_added_and_its_callback_changed(server: DevServer) -> None:
    submit(server, "put_game", game="arena", callback="http://localhost:3000/callback")
    assert "arena arena@clients localhost:3000 /callback" in page(server)
    submit(server, "put_game", game="arena@clients", callback="http://localhost:4000/callback")
    assert "arena arena@clients localhost:4000 /callback" in page(server)
    submit(server, "put_game", game="kingdom_dev", callback="http://localhost:5000/callback")
    assert "Kingdom kingdom_dev@clients localhost:5000 /callback" in page(server)
    client = Eternaltwin(**server.connection_settings("arena"))
    user = User.from_authorization_code(*server.authorization_code("bob", client), using=client)
    assert user.username == "Bob"
    submit(server, "reset")
    assert "arena" not in page(server)
    assert "localhost:8000 /oauth/callback" in page(server)
    assert "the key of a game must be" in problem(submit(server, "put_game", game="A", callback="http://x/"))
    assert "an absolute URL" in problem(submit(server, "put_game", game="arena", callback="/callback"))


def test_a_system_clock_cannot_be_moved(client: Eternaltwin) -> None:
    del client
    with DevServer.in_process(clock="System") as server:
        assert "This is the machine's clock" in page(server)
        assert "cannot be moved" in problem(submit(server, "advance", seconds=60))
        assert "cannot be moved" in problem(submit(server, "set_clock", time="2030-01-01"))


def test_faults_are_added_and_cleared(server: DevServer, client: Eternaltwin) -> None:
    submit(server, "fail", status=500, times=2, delay="", path="/api/*")
    submit(server, "fail", status="", times=1, delay="0.5", path="")
    shown = page(server)
    assert "2 status 500 /api/*" in shown
    assert "1 the usual response, 0.5 s late any path" in shown
    with pytest.raises(ServerError):
        client.get("/api/v1")
    assert "1 status 500 /api/*" in page(server)
    submit(server, "clear_faults")
    assert client.get("/api/v1").status_code == 200


def test_a_fault_may_have_a_delay(server: DevServer) -> None:
    server.fail_next(404, delay=2)
    assert "1 status 404, 2 s late any path" in page(server)


def test_reset_restores_the_seeds(server: DevServer, client: Eternaltwin) -> None:
    server.add_user("zoe")
    client.get("/api/v1")
    server.fail_next(500)
    submit(server, "reset")
    shown = page(server)
    assert "6 of 6 players" in shown
    assert "There are no requests yet." in shown
    assert "No failures are pending." in shown


@pytest.mark.parametrize(
    ("action", "fields", "message"),
    [
        ("add_player", {"username": "Zoe"}, "This does not work"),
        ("add_player", {"username": "bob"}, "is taken"),
        ("rename", {"player": "bob", "display_name": "1"}, "This does not work"),
        ("rename", {"player": "nobody", "display_name": "Bob"}, "there is no user"),
        ("delete", {}, "there is no user"),
        ("advance", {"seconds": "x"}, "seconds must be a whole number"),
        ("advance", {"seconds": "-5"}, "moves forward"),
        ("advance", {"seconds": "9" * 12}, "ten years"),
        ("fail", {"status": "99", "times": "1"}, "status must be"),
        ("fail", {"status": "500", "times": "0"}, "times must be"),
        ("fail", {"status": "500", "times": "1000000"}, "at most 30"),
        ("fail", {"status": "500", "times": "1", "delay": "inf"}, "delay must be"),
        ("fail", {}, "times must be a whole number"),
        ("fail", {"status": "x", "times": "1"}, "status must be a whole number"),
        ("fail", {"times": "1", "delay": "x"}, "delay must be a number of seconds"),
        ("set_clock", {"time": "yesterday"}, "time must be a time such as 2030-12-31T23:59"),
        ("set_clock", {"time": "0001-01-01T00:00+05:00"}, "is not within the years 1 to 9999"),
        ("explode", {}, "There is no such button"),
    ],
)
def test_rejected_forms_show_a_message(server: DevServer, action: str, fields: dict[str, str], message: str) -> None:
    assert message in problem(submit(server, action, **fields))


def test_submitted_values_are_shown_again_but_not_passwords(server: DevServer) -> None:
    response = submit(server, "add_player", username="bob", display_name="Bobby", password="hush")
    assert b'value="Bobby"' in response.content
    assert b"hush" not in response.content


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}])
def test_other_sites_cannot_submit_forms(server: DevServer, headers: dict[str, str]) -> None:
    server.add_user("zoe")
    for action in ("reset", "switch"):
        body = urlencode({"action": action, "player": "bob"}).encode()
        response = send(server, "POST", "/", body, **headers)
        assert response.status_code == 403
        assert "set-cookie" not in response.headers
    assert server.world.count_users() == 7


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_it_works_without_scripts(width: int) -> None:
    with DevServer() as server, chromium() as browser:
        visit = browser.new_page(java_script_enabled=False, viewport={"width": width, "height": 800})
        visit.goto(f"{server.url}/")
        before = server.clock.now()
        visit.get_by_role("button", name="+ 1 day").click()
        assert (server.clock.now() - before).days == 1
        visit.get_by_text("Add a player").click()
        visit.get_by_label("Name to log in with").fill("zoe")
        visit.get_by_role("button", name="Add", exact=True).click()
        visit.get_by_text("7 of 7 players").wait_for()
        visit.get_by_text("Make requests fail").click()
        visit.get_by_role("button", name="Make them fail").click()
        visit.get_by_text("status 503").wait_for()
        assert visit.evaluate("document.documentElement.scrollWidth") <= width
