"""The recorder sends the request of each step, and keeps values of responses for later steps."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from conformance import forging
from conformance.exchanges import DROPPED, Response, load, save
from conformance.recorder import MISSING, Memory, build, find, record, shortened
from conformance.steps import authorization, basic, bearer, binary_step, cookie, log_in, query, register, session, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.steps import Identity, Step

CODE = forging.sign({"iat": 100_000, "nbf": 100_000, "exp": 100_600, "aud": []}, forging.SECRET)
MEMORY = Memory({"user1": "an-id", "user1_session": "a-session"})


class Echo(BaseHTTPRequestHandler):
    """Responds with the path of the request, or closes the connection without a response."""

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

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.hex().encode())

    def do_PUT(self) -> None:
        self.send_response(413)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_values_of_responses_are_sent_in_later_requests(address: str) -> None:
    steps = [step("one", "GET", "/one", kept="json:path"), step("two", "GET", "/two$kept/$unknown")]
    one, two = record(address, steps)
    assert one.response.body == {"path": "/one"}
    assert two.request.path == f"/two/one/{MISSING}"


def test_long_strings_are_recorded_as_their_beginning_and_their_length(address: str) -> None:
    long = "x" * 20_000
    (sent,) = record(address, [step("it", "POST", "/", text=long)])
    assert sent.request.body == f"{'x' * 20}… (20000 characters)"
    assert sent.response.body == f"{'78' * 10}… (40000 characters)"
    response = Response(200, {}, is_json=True, body={"a": [long, 1]})
    assert shortened(sent.request, response)[1].body == {"a": [sent.request.body, 1]}


def test_a_response_to_a_body_that_is_not_read_is_recorded(address: str) -> None:
    (exchange,) = record(address, [step("it", "PUT", "/", text="x" * 8_000_000)])
    assert exchange.response.status == 413


def test_only_significant_headers_are_recorded_with_all_their_values(address: str) -> None:
    (exchange,) = record(address, [step("it", "GET", "/")])
    assert exchange.response.headers == {"content-type": "text/plain", "set-cookie": "a=1\nsid=2; Path=/"}


def test_a_body_that_is_not_json_is_text(address: str) -> None:
    (exchange,) = record(address, [step("it", "GET", "/text")])
    assert (exchange.response.is_json, exchange.response.body) == (False, "\ufffd{")


def test_a_dropped_connection_is_recorded(address: str) -> None:
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
    ("described", "content_type", "text"),
    [
        (step("it", "POST", "/", json={"id": ["$user1", 1, None]}), "application/json", '{"id": ["an-id", 1, null]}'),
        (step("it", "POST", "/", json=None), "application/json", "null"),
        (step("it", "POST", "/", form={"a b": "$user1&"}), "application/x-www-form-urlencoded", "a+b=an-id%26"),
        (step("it", "POST", "/", text="{$$"), None, "{$"),
        (step("it", "POST", "/", text="x", headers=TYPE), "text/plain", "x"),
        (step("it", "POST", "/"), None, None),
        (binary_step("it", "/", b"\xff$", content_type="text/x"), "text/x", b"\xff$"),
    ],
)
def test_bodies(described: Step, content_type: str | None, text: str | bytes | None) -> None:
    request = build(described, MEMORY)
    assert (request.headers.get("Content-Type"), request.body) == (content_type, text)


def test_a_body_that_is_not_text_is_sent_and_recorded_as_it_is(address: str, tmp_path: Path) -> None:
    recorded = list(record(address, [binary_step("it", "/bytes", b"\xff\x00", content_type="text/x")]))
    assert recorded[0].response.body == "ff00"
    save(tmp_path / "recording.json", recorded)
    assert load(tmp_path / "recording.json") == recorded


def test_functions_that_build_steps() -> None:
    assert query("/a", id="$user1", b="c d&e") == "/a?id=$user1&b=c+d%26e"
    assert log_in("it", "bob", "b", "bobby").keep == {"bobby_session": "cookie:sid", "bobby": "json:id"}
    assert register("it", "bob", "Bob", "b").json == {"username": "bob", "display_name": "Bob", "password": "62"}


RESPONSE = Response(
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
def test_values_are_found_in_a_response(place: str, found: str) -> None:
    assert find(RESPONSE, place) == found


def test_codes_are_forged() -> None:
    expired, foreign = find(RESPONSE, "expired:code"), find(RESPONSE, "foreign:code")
    assert forging.claims(expired) == {"iat": 13_600, "nbf": 13_600, "exp": 14_200, "aud": []}
    assert forging.claims(foreign) == forging.claims(CODE)
    assert foreign.rpartition(".")[2] != CODE.rpartition(".")[2]
    other = find(RESPONSE, "header-none:code")
    assert forging.claims(other) == forging.claims(CODE)
    assert forging.decode(other.partition(".")[0]) == b'{"typ":"JWT","alg":"none"}'


def test_a_malformed_code_is_not_forged() -> None:
    response = Response(303, {"location": "http://localhost/cb?code=abc"}, is_json=False, body="")
    assert find(response, "expired:code") == MISSING
