"""No traceback shows a secret: every call that takes or sends one, failing in every way."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from eternaltwin import User
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import async_connections, configure, configure_from_environment, connections
from eternaltwin.identities import GameClient, Session, UserCredentials
from eternaltwin.keys import EdDSAKey, HS256Key, KeyABC, KeyRing, RS256Key, as_key
from eternaltwin.states import State, check_expected
from eternaltwin.tokens import Token
from tests.support.failing_servers import BEGINNINGS, SECRET, WAYS, holds, interrupting_server
from tests.support.fakes import ALICE, CALLBACK, CLIENT_ID
from tests.support.public_calls import OWNERS, functions, instance_of
from tests.support.servers import ScriptedServer
from tests.support.sockets import free_port
from tests.support.tracebacks import DID_NOT_FAIL, leaks_of_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from eternaltwin.clients.auth import Identifiable


KEY_SECRET = "k3y+with/at.least~32-bytes-of-the-game"

IDENTITIES: dict[str, Identifiable] = {
    "a token": Token.bearer(SECRET),
    "a session": Session(SECRET),
    "a user with a password": UserCredentials("alice", SECRET),
    "a game": GameClient(CLIENT_ID, SECRET),
}

#: Arguments that contain a secret.
SECRETS: dict[str, object] = {
    "authorization_code": SECRET,
    "form": {"code": SECRET},
    "json": {"password": SECRET},
    "password": SECRET,
    "query": {"token": SECRET},
    "token": SECRET,
}

#: Arguments that contain none.
PLAIN: dict[str, object] = {
    "account_id": 38,
    "body": "Hello",
    "dinoz_id": 38,
    "display_name": "Alice",
    "endpoint": "/api/v1",
    "ids": [ALICE],
    "name": "Alice",
    "post_id": ALICE,
    "section": "main_en",
    "server": "dinoparc.com",
    "site": "twinoid.com",
    "site_id": 38,
    "thread": "main_en",
    "time": datetime(2021, 1, 1, tzinfo=UTC),
    "title": "Hello",
    "user": ALICE,
    "user_id": ALICE,
    "username": "alice",
}

#: The same, for the calls of one class.
VALID_FOR: dict[tuple[str, str], object] = {
    ("DinoparcUser", "user_id"): 38,
    ("HammerfestUser", "server"): "hammerfest.fr",
    ("HammerfestUser", "user_id"): 38,
    ("TwinoidUser", "user_id"): 38,
}

#: Arguments that contain none, and that no call requires.
OPTIONAL = {
    *("comment", "concurrency", "fresh", "limit", "moderation", "offset", "page_size", "raise_on_error", "refresh"),
    *("revision", "using"),
}

#: States, of which a valid one is needed to send anything.
STATES = {"callback_state", "expected_state"}

Kind = type[Eternaltwin | AsyncEternaltwin]


class Game:
    """A client of one variant, and all of its calls that contain a secret, as functions without arguments."""

    def __init__(self, kind: Kind, url: str, timeout: float) -> None:
        self.is_sync = kind is Eternaltwin
        self.client: Any = kind(
            CLIENT_ID,
            SECRET,
            CALLBACK,
            HS256Key(KEY_SECRET),
            url=url,
            timeout=timeout,
            retries=0,
            max_response_size=10_000,
        )
        self.state: str = self.client.generate_state()

    def calls(self, changes: dict[str, object] | None = None) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Return the name of every call, and a function that calls it. Changes replace arguments with a secret."""
        identities = cycle(IDENTITIES.items())
        for name, function, using in self.functions():
            parameters = inspect.signature(function).parameters
            for label, secret in _arguments_with_secrets(parameters.keys(), identities):
                required = {
                    item.name: self._valid(name, item.name)
                    for item in parameters.values()
                    if item.default is item.empty
                }
                changed = {key: value for key, value in (changes or {}).items() if key in secret}
                yield f"{name}({label})", partial(function, **{**required, **using, **secret, **changed})

    def _valid(self, call: str, name: str) -> object:
        return (
            self.state
            if name in STATES
            else VALID_FOR.get((call.partition(".")[0], name)) or {**PLAIN, **SECRETS}[name]
        )

    def functions(self) -> Iterator[tuple[str, Callable[..., Any], dict[str, object]]]:
        """Return the name and the function of every call, and how it is told the connection."""
        for name in ("token", "get", "post"):
            yield f"client.{name}", getattr(self.client, name), {}
        for name in ("me", "get", "search"):
            yield f"client.users.{name}", getattr(self.client.users, name), {}
        for owner in OWNERS:
            found = functions(owner)
            for name, function in found.items():
                is_of_variant = (f"a{name}" in found) if self.is_sync else (name[0] == "a" and name[1:] in found)
                if is_of_variant and "using" in inspect.signature(function).parameters:
                    called = getattr(_called(owner, function), name)
                    yield f"{getattr(owner, '__name__', '')}.{name}", called, {"using": self.client}

    def run(self, call: Callable[[], Any]) -> object:
        """Call to the end: a coroutine is awaited, and an iterator is read."""
        result = call()
        if inspect.isgenerator(result):
            return list(result)
        return asyncio.run(self._finish(result)) if not self.is_sync else result

    async def _finish(self, result: Any) -> object:
        try:
            return [item async for item in result] if inspect.isasyncgen(result) else await result
        finally:
            await self.client.close()

    def me(self) -> Any:
        """Read who the caller is. The first call opens the transport."""
        return self.client.users.me()

    def end(self) -> None:
        self.client.discard()


def _arguments_with_secrets(
    names: Iterable[str], identities: Iterator[tuple[str, Identifiable]]
) -> Iterator[tuple[str, dict[str, object]]]:
    """Return the arguments of a call that contain a secret, each alone; of the identities one, each in its turn."""
    given = set(names)
    if "endpoint" not in given:
        given.discard("query")  # a part of a display name
    for name in sorted(given & SECRETS.keys()):
        yield name, {name: SECRETS[name]}
    if "identity" in given:
        label, identity = next(identities)
        yield label, {"identity": identity}


def _called(owner: object, function: Callable[..., object]) -> object:
    if "self" not in inspect.signature(function).parameters:
        return owner
    return Session(SECRET) if owner is Session else instance_of(owner)


@pytest.fixture(params=[Eternaltwin, AsyncEternaltwin], ids=["sync", "asyncio"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return cast("Kind", request.param)


def all_leaks(game: Game, changes: dict[str, object] | None = None) -> list[str]:
    """Return what the tracebacks of all calls show. Every call must fail."""
    calls = list(game.calls(changes))
    assert len(calls) > 50
    found = [
        f"{name}: {leak}"
        for name, call in calls
        for leak in leaks_of_failure(partial(game.run, call), SECRET, KEY_SECRET, game.state)
    ]
    game.end()
    return found


@pytest.mark.parametrize("way", WAYS)
def test_no_call_shows_a_secret_when_the_server_fails(kind: Kind, way: str) -> None:
    with ScriptedServer(WAYS[way]) as server:
        found = all_leaks(Game(kind, server.origin, timeout=10))
    # deleted users are read, and what these calls ignore is what the response contains
    assert [leak for leak in found if DID_NOT_FAIL not in leak] == []


def test_no_call_shows_a_secret_when_the_connection_is_refused(kind: Kind) -> None:
    assert all_leaks(Game(kind, f"http://127.0.0.1:{free_port()}", timeout=10)) == []


@pytest.mark.parametrize("sent", BEGINNINGS.values(), ids=BEGINNINGS)
def test_no_call_shows_a_secret_when_the_response_takes_too_long(kind: Kind, sent: bytes) -> None:
    with ScriptedServer(holds(sent)) as server:
        assert all_leaks(Game(kind, server.origin, timeout=0.02)) == []


@pytest.mark.parametrize("sent", BEGINNINGS.values(), ids=BEGINNINGS)
def test_no_call_shows_a_secret_when_it_is_interrupted_or_cancelled(kind: Kind, sent: bytes) -> None:
    with interrupting_server(sent) as server:
        assert all_leaks(Game(kind, server.origin, timeout=10)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"token": f"{SECRET}\n", "authorization_code": f"{SECRET}\n", "password": f"{SECRET}\ud800"},
        {"query": {SECRET: "\ud800"}, "form": {SECRET: "\ud800"}, "json": {SECRET: object()}},
        {"token": {SECRET}, "authorization_code": [SECRET], "password": {SECRET: 1}, "query": SECRET, "form": SECRET},
    ],
)
def test_no_call_shows_a_secret_that_is_not_valid(kind: Kind, changes: dict[str, object]) -> None:
    game = Game(kind, "http://127.0.0.1:1", timeout=10)
    assert all_leaks(game, changes) == []
    for name in ("get", "post"):
        both = partial(getattr(game.client, name), "/api/v1", token=SECRET, identity=IDENTITIES["a game"])
        assert leaks_of_failure(partial(game.run, both), SECRET) == []


def test_every_parameter_of_a_call_is_known_to_contain_a_secret_or_not(kind: Kind) -> None:
    game = Game(kind, "http://127.0.0.1:1", timeout=10)
    known = {*SECRETS, *PLAIN, *OPTIONAL, *STATES, "identity", "self", "cls"}
    names = {name for _, function, _ in game.functions() for name in inspect.signature(function).parameters}
    assert names - known == set()


def settings(**changes: object) -> Any:
    """Return settings with secrets, of which something may be wrong."""
    return {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "redirect_uri": CALLBACK,
        "state_key": KEY_SECRET,
        **changes,
    }


WRONG_SETTINGS = [
    {"client_secret": f"{SECRET}\n"},
    {"client_secret": [SECRET]},
    {"state_key": [KEY_SECRET, 5]},
    {"state_key": KEY_SECRET[:31]},
    {"state_key": f"{KEY_SECRET}\ud800"},
    {"redirect_uri": "no address"},
    {"url": "no address"},
    {"unknown": 5},
    {"transport": 5},
]

BUILDERS: list[Callable[[Any], object]] = [
    lambda given: Eternaltwin(**given),
    lambda given: AsyncEternaltwin(**given),
    Eternaltwin.check,
    lambda given: Eternaltwin.check(given, alias="default"),
    lambda given: configure(default=given),
    lambda given: connections.configure(default=given),
    lambda given: async_connections.check(default=given),
    lambda given: connections.create_connection("other", **given),
    lambda given: connections.__setitem__("other", given),
    lambda given: connections.override("other", **given).__enter__(),
    lambda given: configure_from_environment(_environment(given)),
]


def _environment(given: dict[str, object]) -> dict[str, str]:
    return {f"ETERNALTWIN_{name.upper()}": value for name, value in given.items() if isinstance(value, str)}


@pytest.mark.parametrize("wrong", WRONG_SETTINGS)
def test_no_connection_shows_its_settings_when_they_are_wrong(wrong: dict[str, object]) -> None:
    given = settings(**wrong)
    found = {leak for build in BUILDERS for leak in leaks_of_failure(partial(build, given), SECRET, KEY_SECRET[:31])}
    assert found <= {DID_NOT_FAIL}
    assert leaks_of_failure(partial(BUILDERS[0], given), SECRET, KEY_SECRET[:31]) == []


PUBLIC = (
    Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
)
KEY = HS256Key(KEY_SECRET)
STATE = State.new("https://eternaltwin.org/", KEY, nonce=SECRET, rfp=SECRET)
PAYLOAD = STATE.jwt.split(".")[1]


class Undecided(KeyABC):
    """A key of the game that fails."""

    def encode(self, payload: dict[str, Any]) -> str:
        raise OSError(len(payload))

    def decode(self, token: str) -> dict[str, Any]:
        raise OSError(len(token))


FAILURES: dict[str, Callable[[], object]] = {
    "a user with a password": lambda: UserCredentials("alice", f"{SECRET}\ud800"),
    "a user without a name": lambda: UserCredentials("", SECRET),
    "a game": lambda: GameClient("a:b", SECRET),
    "a session": lambda: Session(f"{SECRET} "),
    "a token": lambda: Token(access_token=SECRET, expires_in=cast("int", SECRET), token_type="Bearer"),
    "a short key": lambda: HS256Key(SECRET),
    "a key that is no string": lambda: HS256Key(cast("str", [SECRET])),
    "a key that cannot be encoded": lambda: HS256Key(f"{SECRET}\ud800"),
    "a public key": lambda: RS256Key(SECRET, None),
    "a private key": lambda: EdDSAKey(PUBLIC, f"-----BEGIN PRIVATE KEY-----\n{SECRET}"),
    "a ring of keys": lambda: as_key([KEY_SECRET, SECRET]),
    "a payload": lambda: KEY.encode({"nonce": SECRET, "more": object()}),
    "a payload without a private key": lambda: EdDSAKey(PUBLIC, None).encode({"nonce": SECRET}),
    "a payload of a ring": lambda: KeyRing([EdDSAKey(PUBLIC, None)]).encode({"nonce": SECRET}),
    "a forged token": lambda: KEY.decode(f"{STATE.jwt[:-4]}AAAA"),
    "a malformed token": lambda: KEY.decode(f"{STATE.jwt}="),
    "a long token": lambda: KEY.decode(STATE.jwt * 99),
    "a token of another key": lambda: EdDSAKey(PUBLIC, None).decode(STATE.jwt),
    "a token of no key of a ring": lambda: KeyRing([EdDSAKey(PUBLIC, None), HS256Key("x" * 32)]).decode(STATE.jwt),
    "a nonce": lambda: State.new("", KEY, nonce=f"{SECRET}\n"),
    "an rfp": lambda: State.new("", KEY, rfp=SECRET * 99),
    "an expiration": lambda: State.new("", KEY, expiration=0, nonce=SECRET),
    "a state that cannot be signed": lambda: State.new("", EdDSAKey(PUBLIC, None), nonce=SECRET).jwt,
    "a state of a broken key": lambda: State.new("", Undecided(), nonce=SECRET).jwt,
    "a state of a key that breaks": lambda: State.from_jwt(STATE.jwt, "https://eternaltwin.org/", Undecided()),
    "a state of another server": lambda: State.from_jwt(STATE.jwt, "https://eternaltwin.net/", KEY),
    "a state of another key": lambda: State.from_jwt(STATE.jwt, "https://eternaltwin.org/", HS256Key("x" * 32)),
    "a state that is no string": lambda: State.from_jwt(cast("str", [STATE.jwt]), "https://eternaltwin.org/", KEY),
    "an expired state": lambda: replace(STATE, exp=0).check_expiration(STATE.jwt),
    "an unexpected state": lambda: check_expected(STATE.jwt, SECRET),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_no_key_identity_or_state_shows_a_secret_when_it_fails(failure: str) -> None:
    assert leaks_of_failure(FAILURES[failure], SECRET, KEY_SECRET, PAYLOAD) == []


def test_no_call_with_a_state_shows_it(kind: Kind) -> None:
    game = Game(kind, "http://127.0.0.1:1", timeout=10)
    forged = f"{game.state[:-4]}AAAA"
    player = User.from_authorization_code if game.is_sync else User.afrom_authorization_code
    failures: list[Callable[[], object]] = [
        lambda: game.client.authorization_url(game.state, scope='"'),
        lambda: game.client.authorization_url(f"{SECRET}\ud800"),
        lambda: game.client.generate_state(nonce=f"{SECRET}\n"),
        lambda: game.client.generate_state(0, rfp=SECRET),
        lambda: game.client.validate_state(forged),
        lambda: game.client.validate_state(game.state, SECRET),
        lambda: User.start_authorization(nonce=f"{SECRET}\n", using=game.client),
        lambda: User.start_authorization(nonce=SECRET, using=game.client, scope='"'),
        lambda: game.run(lambda: player(SECRET, forged, using=game.client)),
        lambda: game.run(lambda: player(SECRET, game.state, SECRET, using=game.client)),
        lambda: GameClient.of_connection(cast("str", object())),
    ]
    found = [leak for failure in failures for leak in leaks_of_failure(failure, SECRET, game.state, PAYLOAD)]
    assert found == []


def test_no_call_through_a_proxy_shows_the_credentials_of_the_proxy(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    with interrupting_server(b"HTTP/1.1 200") as proxy:
        for url in ("http://eternaltwin.test", "https://eternaltwin.test"):
            address = f"http://player:{quote(SECRET, safe='')}@127.0.0.1:{proxy.port}"
            monkeypatch.setenv(f"{url.partition(':')[0]}_proxy", address)
            game = Game(kind, url, timeout=10)
            assert leaks_of_failure(partial(game.run, game.me), SECRET) == []
    monkeypatch.setenv("http_proxy", f"ftp://player:{SECRET}@127.0.0.1")
    game = Game(kind, "http://eternaltwin.test", timeout=10)
    assert leaks_of_failure(partial(game.run, game.me), SECRET) == []
