"""The recorder sends what a step says, and keeps what later steps need."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from conformance import forging
from conformance.exchanges import DROPPED, Response
from conformance.recorder import MISSING, Memory, build, find, record
from conformance.steps import authorization, basic, bearer, cookie, log_in, query, register, session, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.steps import Identity, Step

CODE = forging.sign({"iat": 100_000, "nbf": 100_000, "exp": 100_600, "aud": []}, forging.SECRET)
MEMORY = Memory({"user1": "an-id", "user1_session": "a-session"})


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, or not at all."""

    def do_GET(self) -> None:
        if self.path == "/drop":
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "sid=2; Path=/")
        self.send_header("X-Other", "3")
        self.end_headers()
        self.wfile.write(b'{"path": "%s"}' % self.path.encode() if self.path != "/text" else b"\xff{")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing is told of it."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_answers_are_recorded_and_carried_on(address: str) -> None:
    steps = [step("one", "GET", "/one", kept="json:path"), step("two", "GET", "/two$kept/$unknown")]
    one, two = record(address, steps)
    assert one.response.body == {"path": "/one"}
    assert two.request.path == f"/two/one/{MISSING}"


def test_only_headers_that_mean_something_are_kept_each_with_all_its_values(address: str) -> None:
    (exchange,) = record(address, [step("it", "GET", "/")])
    assert exchange.response.headers == {"content-type": "text/plain", "set-cookie": "a=1\nsid=2; Path=/"}


def test_what_is_no_json_is_text(address: str) -> None:
    (exchange,) = record(address, [step("it", "GET", "/text")])
    assert (exchange.response.is_json, exchange.response.body) == (False, "\ufffd{")


def test_a_connection_that_is_dropped_is_recorded(address: str) -> None:
    (exchange,) = record(address, [step("it", "GET", "/drop")])
    assert exchange.response.status == DROPPED


@pytest.mark.parametrize(
    ("identity", "header", "text"),
    [
        (session("user1"), "Cookie", "sid=a-session"),
        (cookie("sid=zzz"), "Cookie", "sid=zzz"),
        (bearer("$user1"), "Authorization", "Bearer an-id"),
        (authorization("Foo"), "Authorization", "Foo"),
        (basic("$user1", "é"), "Authorization", f"Basic {base64.b64encode('an-id:é'.encode()).decode()}"),
    ],
)
def test_identities(identity: Identity, header: str, text: str) -> None:
    assert build(step("it", "GET", "/", identity), MEMORY).headers == {header: text}


TYPE = {"Content-Type": "text/plain"}


@pytest.mark.parametrize(
    ("asked", "kind", "text"),
    [
        (step("it", "POST", "/", json={"id": ["$user1", 1, None]}), "application/json", '{"id": ["an-id", 1, null]}'),
        (step("it", "POST", "/", json=None), "application/json", "null"),
        (step("it", "POST", "/", form={"a b": "$user1&"}), "application/x-www-form-urlencoded", "a+b=an-id%26"),
        (step("it", "POST", "/", text="{$$"), None, "{$"),
        (step("it", "POST", "/", text="x", headers=TYPE), "text/plain", "x"),
        (step("it", "POST", "/"), None, None),
    ],
)
def test_bodies(asked: Step, kind: str | None, text: str | None) -> None:
    request = build(asked, MEMORY)
    assert (request.headers.get("Content-Type"), request.body) == (kind, text)


def test_words_of_the_scenario() -> None:
    assert query("/a", id="$user1", b="c d&e") == "/a?id=$user1&b=c+d%26e"
    assert log_in("it", "bob", "b", "bobby").keep == {"bobby_session": "cookie:sid", "bobby": "json:id"}
    assert register("it", "bob", "Bob", "b").json == {"username": "bob", "display_name": "Bob", "password": "62"}


ANSWER = Response(
    303,
    {"location": f"http://localhost/cb?code={CODE}", "set-cookie": "a=1\nsid=2; Path=/"},
    is_json=True,
    body={"items": [{"id": "3"}]},
)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("json:items.0.id", "3"),
        ("json:items.1.id", MISSING),
        ("json:nothing", MISSING),
        ("json:items.0.id.deeper", MISSING),
        ("cookie:sid", "2"),
        ("cookie:other", MISSING),
        ("query:code", CODE),
        ("query:state", MISSING),
    ],
)
def test_what_is_found_in_an_answer(place: str, found: str) -> None:
    assert find(ANSWER, place) == found


def test_codes_are_forged() -> None:
    expired, foreign = find(ANSWER, "expired:code"), find(ANSWER, "foreign:code")
    assert forging.claims(expired) == {"iat": 13_600, "nbf": 13_600, "exp": 14_200, "aud": []}
    assert forging.claims(foreign) == forging.claims(CODE)
    assert foreign.rpartition(".")[2] != CODE.rpartition(".")[2]


def test_nothing_is_forged_from_what_is_no_code() -> None:
    answer = Response(303, {"location": "http://localhost/cb?code=abc"}, is_json=False, body="")
    assert find(answer, "expired:code") == MISSING
