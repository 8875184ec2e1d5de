"""Requests of internal tools: registering games and creating sections, with the internal key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.forging import SECRET
from conformance.scenario.callers import ALICE, CALLERS
from conformance.steps import Identity, basic, hexadecimal, query, session, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.exchanges import Json
    from conformance.steps import Step

CLIENTS = "/api/v1/oauth_clients"
SECTIONS = "/api/v1/forum/sections"
TOOL = Identity("Etwin-Internal-Auth", SECRET)
STRANGERS: Mapping[str, tuple[Identity, ...]] = {
    **CALLERS,
    "wrong key": (Identity("Etwin-Internal-Auth", "x"),),
    "empty key": (Identity("Etwin-Internal-Auth", ""),),
}

GAME: dict[str, Json] = {
    "key": "fresh_dev@clients",
    "display_name": "Fresh",
    "app_uri": "http://fresh.example/",
    "callback_uri": "http://fresh.example/callback",
    "secret": hexadecimal("fresh secret"),
}
SECTION: dict[str, Json] = {"key": "fresh", "display_name": "Fresh section", "locale": "fr-FR"}


def _with(body: Mapping[str, Json], **changes: Json) -> Json:
    return {name: value for name, value in {**body, **changes}.items() if value != "-"}


def _game(name: str, **changes: Json) -> Step:
    return step(f"client {name}", "POST", CLIENTS, TOOL, json=_with(GAME, **changes))


def _section(name: str, **changes: Json) -> Step:
    return step(f"section {name}", "POST", SECTIONS, TOOL, json=_with(SECTION, **changes))


def _refused(name: str, path: str, body: Json) -> Sequence[Step]:
    return (
        *(step(f"{name} as {caller}", "POST", path, *by, json=body) for caller, by in STRANGERS.items()),
        step(f"{name} malformed as guest", "POST", path, json={}),
        step(f"{name} without body as guest", "POST", path),
        step(f"{name} bad json", "POST", path, TOOL, text="{", headers={"Content-Type": "application/json"}),
        step(f"{name} bad content type", "POST", path, TOOL, text="{}", headers={"Content-Type": "text/plain"}),
        step(f"{name} list", "POST", path, TOOL, json=[]),
    )


STEPS: Sequence[Step] = (
    *_refused("client", CLIENTS, GAME),
    _game("new"),
    _game("again"),
    step("client signs in", "GET", "/api/v1/auth/self", basic("fresh_dev@clients", "fresh secret")),
    step(
        "client authorizes",
        "GET",
        query("/oauth/authorize", response_type="code", client_id="fresh_dev@clients"),
        session("user1"),
        fresh_code="query:code",
    ),
    step(
        "client claims",
        "POST",
        "/oauth/token",
        basic("fresh_dev@clients", "fresh secret"),
        json={"code": "$fresh_code"},
    ),
    _game(
        "changed",
        display_name="A(b)-c_",
        app_uri="HTTP://Other.example",
        callback_uri="http://other.example/callback?x=1",
        secret=hexadecimal("other secret"),
    ),
    step("client old secret", "GET", "/api/v1/auth/self", basic("fresh_dev@clients", "fresh secret")),
    step("client new secret", "GET", "/api/v1/auth/self", basic("fresh_dev@clients", "other secret")),
    _game("further fields", owner="x"),
    _game("empty secret", secret=""),
    _game("of another site", callback_uri="mailto:player@game.example"),
    _game("of the configuration", key="kingdom_dev@clients", display_name="Kingdom"),
    *(_game(f"without {name}", **{name: "-"}) for name in GAME),
    *(_game(f"{name} null", **{name: None}) for name in GAME),
    _game("key without suffix", key="fresh_dev"),
    _game("key malformed", key="Fresh@clients"),
    _game("name too short", display_name="x"),
    _game("name too long", display_name="x" * 33),
    _game("name with digit", display_name="Fresh 1"),
    _game("address relative", app_uri="/"),
    _game("callback relative", callback_uri="callback"),
    _game("secret not hexadecimal", secret="xy"),
    _game("secret of odd length", secret="abc"),
    *(step(f"client {method}", method, CLIENTS) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
    *_refused("section", SECTIONS, SECTION),
    _section("new"),
    _section("again", display_name="Other", locale=None),
    step("section read", "GET", f"{SECTIONS}/fresh"),
    _section("without locale", key="fresh2", locale="-"),
    _section("locale null", key="fresh3", locale=None),
    _section("of the configuration", key="main_en", display_name="Other"),
    _section("longest name", key="fresh4", display_name="x" * 64),
    step("section thread", "POST", f"{SECTIONS}/fresh", ALICE, json={"title": "Title", "body": "Body"}),
    _section("with a thread"),
    _section("without key", key="-"),
    _section("without name", display_name="-"),
    _section("key malformed", key="Fresh"),
    _section("key too long", key="x" * 33),
    _section("name too short", display_name="x"),
    _section("name too long", display_name="x" * 65),
    _section("name of two lines", display_name="a\nb"),
    _section("name is a number", display_name=1),
    _section("locale unknown", locale="xx"),
    _section("locale is a number", locale=1),
)
