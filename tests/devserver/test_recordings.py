"""The short recording of the official server 0.16.4, replayed in order; its random values may differ here.

The long recording is compared in `tests/conformance`.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from eternaltwin.devserver.config import load_config
from tests.support.asgi_server import Server, ServerResponse

if TYPE_CHECKING:
    from eternaltwin.devserver.domain.versions import ApiVersion

RECORDINGS = Path(__file__).parent.parent / "recordings"

#: Exchanges whose message is that of a parser in the official server's framework.
PARSER_MESSAGES = frozenset({"login not json", "forum thread empty title"})

#: Exchanges in which a newer server differs from the released one.
NEWER = frozenset(
    {
        "search not supported by 0.16.4",
        "tos get accepted",
        "get deleted as admin",
        "enable as admin",
        "enable when not deleted",
        "get enabled",
        "misc /api/v1",
        "link twinoid (admin ref)",
        "link hammerfest (admin ref)",
        "self after broken link",
        "forum patch post",
        "forum patch post with stale revision",
        "forum get post after edits",
        "forum create thread by token",
        "forum thread unknown",
    }
)

#: What only newer servers send of the forum, read off the client of DinoRPG.
ADDED = frozenset(
    {
        "can_create_thread",
        "children",
        "grammar",
        "has_admin_announcement",
        "last_post",
        "parent",
        "self",
        "unread_threads",
    }
)

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CODE = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")

Exchange = dict[str, Any]
ResponseData = dict[str, Any]

EXCHANGES: list[Exchange] = json.loads((RECORDINGS / "official-0.16.4-short.json").read_text(encoding="utf-8"))


class Replay:
    """Sends what was recorded, with this server's ids, sessions, tokens and codes in place of the recorded ones."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._current: dict[str, str] = {}

    def exchange(self, recorded: Exchange) -> tuple[ResponseData, ResponseData]:
        """Return the expected and the actual response."""
        expected, actual = recorded["response"], response_data(self._send(recorded["request"]))
        if recorded["name"] == "forum sections":
            expected, actual = with_sorted_sections(expected), with_sorted_sections(actual)
        self._learn(expected, actual)
        return without_times(self._translated(expected)), without_times(actual)

    def _send(self, request: Exchange) -> ServerResponse:
        request = self._translated(request)
        body = request.get("body", "").encode("latin-1")
        if "json" in request:
            body = json.dumps(request["json"]).encode()
        if "form" in request:
            body = urlencode(request["form"]).encode()
        return self._server.request(request["method"], request["path"], headers=request["headers"], body=body)

    def _translated(self, value: Any) -> Any:
        text = json.dumps(value)
        for recorded, current in self._current.items():
            text = text.replace(recorded, current)
        return json.loads(text)

    def _learn(self, recorded: Any, actual: Any) -> None:
        """Remember which random value of this server corresponds to which one of the recording."""
        for random in (UUID, CODE):
            pairs = zip(random.findall(json.dumps(recorded)), random.findall(json.dumps(actual)), strict=False)
            for old, current in pairs:
                self._current.setdefault(old, current)
                self._current.setdefault(old.upper(), current.upper())


def response_data(reply: ServerResponse) -> ResponseData:
    """Return a response in the form of the recordings."""
    names = ("content-type", "location", "set-cookie", "allow", "www-authenticate", "retry-after")
    headers = {name: value for name, value in reply.headers.items() if name in names}
    response: ResponseData = {"status": reply.status, "headers": headers}
    try:
        response["json"] = reply.json
    except ValueError:
        response["text"] = reply.text
    return response


def with_sorted_sections(response: ResponseData) -> ResponseData:
    """Sort a list of sections by key: the official server returns them in any order."""
    sections: list[ResponseData] = response["json"]["items"]
    content: ResponseData = response["json"] | {"items": sorted(sections, key=lambda section: str(section["key"]))}
    return response | {"json": content}


def without_times(response: ResponseData) -> ResponseData:
    timeless: ResponseData = json.loads(TIME.sub("(time)", json.dumps(response)))
    return timeless


def without_added(actual: Any, recorded: Any) -> Any:
    """Remove what only newer servers send from a response, where the recorded one lacks it."""
    kinds: set[type[object]] = {type(actual), type(recorded)}
    if kinds == {dict}:
        kept = [name for name in actual if name in recorded or name not in ADDED]
        return {name: without_added(actual[name], recorded.get(name)) for name in kept}
    if kinds == {list}:
        return [without_added(item, other) for item, other in itertools.zip_longest(actual, recorded)]
    return actual


@cache
def outcomes(api_version: ApiVersion = "0.16.4") -> dict[str, tuple[ResponseData, ResponseData]]:
    """Replay all exchanges once per process, as each depends on those before it."""
    with Server(load_config(RECORDINGS / "official-0.16.4-short.toml"), api_version=api_version) as server:
        replay = Replay(server)
        return {exchange["name"]: replay.exchange(exchange) for exchange in EXCHANGES}


@pytest.mark.parametrize("name", [exchange["name"] for exchange in EXCHANGES])
def test_responses_are_as_recorded(name: str) -> None:
    recorded, actual = outcomes()[name]
    if name in PARSER_MESSAGES:
        recorded["text"], actual["text"] = (response["text"].partition(": ")[0] for response in (recorded, actual))
    assert actual == recorded


def test_newer_servers_differ_in_nothing_else() -> None:
    differing = outcomes("latest").items()
    different = {name for name, (old, new) in differing if without_added(new, old) != old}
    assert different - PARSER_MESSAGES == NEWER


def claims(location: str) -> dict[str, Any]:
    code = dict(parse_qsl(urlsplit(location).query))["code"]
    payload = code.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


def test_codes_claim_what_recorded_codes_claim() -> None:
    recorded = next(exchange for exchange in EXCHANGES if exchange["name"] == "authorize ok")
    expected = claims(recorded["response"]["headers"]["location"])
    actual = claims(outcomes()["authorize ok"][1]["headers"]["location"])
    assert actual.keys() == expected.keys()
    assert {actual["iss"], tuple(actual["scopes"]), actual["aud"][1]} == {
        expected["iss"],
        tuple(expected["scopes"]),
        expected["aud"][1],
    }
    assert actual["exp"] - actual["iat"] == expected["exp"] - expected["iat"] == 600
    assert actual["nbf"] == actual["iat"]
