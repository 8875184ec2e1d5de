"""What a cache returns, when it asks, and what it keeps."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import msgspec
import pytest

from eternaltwin import Token, User, accounts
from eternaltwin.clients.api import profiles
from eternaltwin.exceptions import (
    ConfigurationError,
    ConnectError,
    InvalidArgumentError,
    NotFoundError,
    ServerError,
    UnexpectedResponseError,
)
from eternaltwin.profiles import KeptEntry, MemoryProfileStore, ProfileCache, ProfileStore
from eternaltwin.profiles.entries import decode_entry
from tests.support.fakes import TOKEN, json_response, self_response
from tests.support.many_calls import user_id
from tests.support.profile_worlds import Clock, Player, World

if TYPE_CHECKING:
    from collections.abc import Iterator

ZOE, ALICE, NOBODY = user_id(0), user_id(1), user_id(9)
ALWAYS_KEPT = 7 * 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    return World({ZOE: "Zoe", ALICE: "Alice"})


@pytest.fixture
def cache(clock: Clock) -> ProfileCache:
    return ProfileCache(clock=clock)


@pytest.fixture(params=["sync", "asyncio"])
def player(request: pytest.FixtureRequest, world: World, cache: ProfileCache) -> Iterator[Player]:
    player = Player(world, cache, is_sync=request.param == "sync")
    yield player
    player.end()


def fetched_at(user: User) -> float:
    assert user.fetched_at is not None
    return user.fetched_at.timestamp()


@pytest.mark.parametrize(
    ("age", "is_returned_at_once", "is_asked_for"),
    [
        (0, True, False),
        (299, True, False),
        (300, True, True),
        (86_699, True, True),
        (86_700, False, True),
    ],
)
def test_a_profile_is_fresh_then_stale_then_too_old(
    player: Player, world: World, clock: Clock, age: float, is_returned_at_once: bool, is_asked_for: bool
) -> None:
    start = clock.now
    assert player.get(ZOE).username == "Zoe"
    world.names[ZOE] = "Zoé"
    clock.now += age
    user = player.get(ZOE)
    assert user.username == ("Zoe" if is_returned_at_once else "Zoé")
    assert fetched_at(user) == (start if is_returned_at_once else clock.now)
    assert world.asked == [ZOE] * (1 + is_asked_for)
    assert player.get(ZOE).username == ("Zoé" if is_asked_for else "Zoe")
    assert world.asked == [ZOE] * (1 + is_asked_for)


@pytest.mark.parametrize(
    ("age", "is_kept"), [(86_700, True), (86_700 + ALWAYS_KEPT - 1, True), (86_700 + ALWAYS_KEPT, False)]
)
def test_an_old_profile_is_better_than_none_while_the_server_is_down(
    player: Player, world: World, clock: Clock, age: float, is_kept: bool
) -> None:
    start = clock.now
    player.get(ZOE)
    clock.now += age
    world.is_down = True
    if is_kept:
        assert fetched_at(player.get(ZOE)) == start
        assert player.names([ZOE]) == {ZOE: "Zoe"}
    else:
        with pytest.raises(ConnectError):
            player.get(ZOE)


@pytest.mark.parametrize(("pause", "is_asked_again"), [(29, False), (30, True)])
def test_a_server_that_is_down_is_asked_again_after_half_a_minute(
    player: Player, world: World, clock: Clock, pause: float, is_asked_again: bool
) -> None:
    player.get(ZOE)
    world.is_down = True
    for age in (300, 90_000):
        clock.now += age
        player.get(ZOE)
        world.asked.clear()
        clock.now += pause
        player.get(ZOE)
        assert world.asked == [ZOE] * is_asked_again


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_that_fails_is_like_one_that_is_down(player: Player, world: World, clock: Clock, status: int) -> None:
    player.get(ZOE)
    clock.now += 90_000
    world.failure = json_response(status)
    assert player.get(ZOE).username == "Zoe"
    with pytest.raises(Exception, match=f"{status}"):
        player.get(ALICE)


def test_a_response_of_something_else_is_no_reason_to_return_an_old_profile(
    player: Player, world: World, clock: Clock
) -> None:
    player.get(ZOE)
    clock.now += 90_000
    world.failure = json_response(200, {"no": "user"})
    with pytest.raises(UnexpectedResponseError):
        player.get(ZOE)


def test_a_stale_profile_survives_any_failure_behind(player: Player, world: World, clock: Clock) -> None:
    player.get(ZOE)
    clock.now += 1000
    world.failure = json_response(200, {"no": "user"})
    assert player.get(ZOE).username == "Zoe"
    assert player.get(ZOE).username == "Zoe"
    assert world.asked == [ZOE, ZOE]


@pytest.mark.parametrize(("age", "asked"), [(59, 1), (60, 2)])
def test_not_found_is_remembered_for_a_minute(
    player: Player, world: World, clock: Clock, age: float, asked: int
) -> None:
    with pytest.raises(NotFoundError, match="responded with 404"):
        player.get(NOBODY)
    clock.now += age
    with pytest.raises(NotFoundError) as refused:
        player.get(NOBODY)
    assert refused.value.response.status_code == 404
    assert len(world.asked) == asked
    assert player.names([ZOE, NOBODY]) == {ZOE: "Zoe"}
    assert len(world.asked) == asked + 1


def test_deleted_users_are_kept_as_deleted(player: Player, world: World) -> None:
    world.deleted.add(ZOE)
    assert [player.get(ZOE).deleted_at is None for _ in range(2)] == [False, False]
    assert world.asked == [ZOE]


def test_a_mixed_group_is_read_in_order_and_only_the_missing_are_asked_for(
    player: Player, world: World, clock: Clock
) -> None:
    world.names |= {user_id(number): f"User {number}" for number in range(2, 6)}
    player.get(user_id(2))
    clock.now += 1000
    player.get(user_id(4))
    world.asked.clear()
    wanted = [user_id(number) for number in (5, 4, 3, 2)]
    assert list(player.names(wanted)) == wanted
    assert sorted(world.asked) == [user_id(2), user_id(3), user_id(5)]
    assert player.names([]) == {}


def test_what_was_read_before_a_failure_is_kept(player: Player, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    responses = {ALICE: world.user(ALICE), NOBODY: json_response(200, {"no": "user"})}
    monkeypatch.setattr(world, "user", responses.__getitem__)
    with pytest.raises(UnexpectedResponseError):
        player.call("get_many", [ALICE, NOBODY], concurrency=1)
    world.is_down = True
    assert player.get(ALICE).username == "Alice"


def test_reading_past_the_cache_refreshes_it(player: Player, world: World) -> None:
    player.get(ZOE)
    world.names[ZOE] = "Zoé"
    assert player.get(ZOE).username == "Zoe"
    assert player.get(ZOE, fresh=True).username == "Zoé"
    assert player.get(ZOE).username == "Zoé"
    assert player.names([ZOE, ALICE], fresh=True) == {ZOE: "Zoé", ALICE: "Alice"}
    assert world.asked == [ZOE, ZOE, ZOE, ALICE]
    world.is_down = True
    with pytest.raises(ConnectError):
        player.get(ZOE, fresh=True)
    assert player.get(ALICE).username == "Alice"


@pytest.mark.parametrize("form", [ZOE, ZOE.upper(), UUID(ZOE), UUID(ZOE).hex])
def test_a_user_can_be_forgotten(player: Player, world: World, cache: ProfileCache, form: str | UUID) -> None:
    player.get(ZOE)
    cache.invalidate(form)
    player.get(ZOE)
    player.run(cache.ainvalidate(form))
    player.get(ZOE)
    assert world.asked == [ZOE, ZOE, ZOE]


@pytest.mark.parametrize("wrong", ["Zoe", None, 5, b"x", ""])
def test_only_users_can_be_forgotten(cache: ProfileCache, wrong: object) -> None:
    with pytest.raises(InvalidArgumentError, match="user_id must be a UUID"):
        cache.invalidate(cast("str", wrong))


def test_nothing_that_was_read_with_an_identity_is_kept(player: Player, world: World, cache: ProfileCache) -> None:
    token = Token(access_token=TOKEN, expires_in=1000, token_type="Bearer")
    user = player.get(ZOE, identity=token)
    assert (user.login_name, user.fetched_at) == ("secret", None)
    users = player.call("get_many", [ZOE], identity=token)
    assert (users[ZOE].login_name, users[ZOE].fetched_at) == ("secret", None)
    player.call("search", identity=token)
    assert cache.store.read([ZOE, ALICE]) == [None, None]
    assert player.get(ZOE).username == "Zoe"
    player.get(ZOE, identity=token)
    assert world.asked == [ZOE] * 4


def test_only_public_fields_are_kept_even_if_a_guest_is_sent_more(player: Player, cache: ProfileCache) -> None:
    assert player.get(ZOE).login_name is player.get(ZOE).login_name is None
    (entry,) = cache.store.read([ZOE])
    assert entry is not None
    assert b"secret" not in entry


def test_a_search_refreshes_what_the_cache_has(player: Player, world: World) -> None:
    player.get(ZOE)
    world.names[ZOE] = "Zoé"
    player.call("search")
    assert player.call("count") == 2
    world.is_down = True
    assert player.names([ZOE, ALICE]) == {ZOE: "Zoé", ALICE: "Alice"}


def test_a_search_that_finds_nobody_keeps_nothing(player: Player, world: World) -> None:
    world.names.clear()
    assert player.call("search") == []


def test_entries_are_msgpack_with_a_version(player: Player, cache: ProfileCache) -> None:
    player.get(ZOE)
    (entry,) = cache.store.read([ZOE])
    assert entry is not None
    fields = msgspec.msgpack.decode(entry)
    assert fields[0] == 1
    assert UUID(bytes=fields[2]) == UUID(ZOE)
    assert fields[4][0] == "Zoe"


def test_junk_is_a_miss(player: Player, world: World, cache: ProfileCache) -> None:
    player.get(ALICE)
    (other,) = cache.store.read([ALICE])
    player.get(ZOE)
    (good,) = cache.store.read([ZOE])
    assert good is not None
    assert other is not None
    for junk in (b"", b"\x80\x04N.", b"{}", good[:-1], good.replace(b"\x01", b"\x02", 1), other, b"\x91" * 100_000):
        world.asked.clear()
        cache.store.write({ZOE: KeptEntry(junk, 1000)})
        assert player.get(ZOE).username == "Zoe"
        assert world.asked == [ZOE]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0, 1e300])
def test_an_entry_of_no_time_is_a_miss(cache: ProfileCache, player: Player, number: float) -> None:
    player.get(ZOE)
    (good,) = cache.store.read([ZOE])
    assert good is not None
    fields = msgspec.msgpack.decode(good)
    fields[3] = number
    assert decode_entry(msgspec.msgpack.encode(fields), fields[1], ZOE) is None


def test_one_cache_may_serve_two_servers(world: World, cache: ProfileCache) -> None:
    first, other = Player(world, cache, is_sync=True), World({ZOE: "Another Zoe"})
    second = Player(other, cache, is_sync=True, url="http://other.test")
    first.get(ZOE)
    assert second.get(ZOE).username == "Another Zoe"
    assert first.get(ZOE).username == "Zoe"
    first.end()
    second.end()


def test_the_clock_of_another_machine_does_not_keep_profiles_for_ever(
    player: Player, world: World, clock: Clock
) -> None:
    clock.now += 100_000
    player.get(ZOE)
    clock.now -= 90_000
    player.get(ZOE)
    assert world.asked == [ZOE, ZOE]


@pytest.mark.parametrize("name", ["Zoe", "Zoé"])
def test_a_sign_in_refreshes_what_the_cache_has(player: Player, world: World, name: str) -> None:
    player.get(ZOE)
    me = self_response()
    body = me.json()
    body["user"] = {"type": "User", "id": ZOE, "display_name": {"current": {"value": name}}}
    world.myself = json_response(200, body)
    client = player.sync if player.is_sync else player.asyncio
    world.asked.clear()
    assert player.call("from_token", TOKEN).username == name
    player.get(ZOE)
    player.get(ALICE)
    assert client.settings.profile_cache is not None
    assert world.asked == ([ALICE] if name == "Zoe" else [ZOE, ALICE])


def test_many_threads_that_miss_a_user_ask_once(world: World, cache: ProfileCache) -> None:
    player = Player(world, cache, is_sync=True)
    barrier = threading.Barrier(20)

    def read(_: int) -> str:
        barrier.wait(10)
        return User.get(ZOE, using=player.sync).username

    with ThreadPoolExecutor(20) as executor:
        assert set(executor.map(read, range(20))) == {"Zoe"}
    assert world.asked == [ZOE]
    player.end()


def test_the_refreshing_thread_ends_with_the_client(world: World, clock: Clock, cache: ProfileCache) -> None:
    world.names |= {user_id(number): "Name" for number in range(2, 40)}
    player = Player(world, cache, is_sync=True)
    everyone = list(world.names)
    player.names(everyone)
    clock.now += 1000
    world.asked.clear()
    world.may_respond.clear()
    User.get_many(everyone, using=player.sync)
    world.has_request.wait(10)
    closing = threading.Thread(target=player.sync.close)
    closing.start()
    world.may_respond.set()
    closing.join(10)
    assert not [thread for thread in threading.enumerate() if thread.name == "eternaltwin-profiles"]
    assert len(world.asked) < len(everyone)
    player.end()


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [
        ({"fresh_for": -1}, "fresh_for"),
        ({"fresh_for": True}, "fresh_for"),
        ({"stale_for": "1"}, "stale_for"),
        ({"stale_for": float("nan")}, "stale_for"),
        ({"fresh_for": 1e12}, "fresh_for"),
        ({"max_entries": 0}, "max_entries"),
        ({"max_entries": 1.5}, "max_entries"),
        ({"store": "disk"}, "store"),
        ({"store": object()}, "store"),
        ({"store": "redis://localhost:port"}, "server"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], setting: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        ProfileCache(**arguments)
    assert refused.value.setting == setting


def test_caches_with_the_same_settings_are_equal() -> None:
    assert ProfileCache() == ProfileCache("memory", fresh_for=300.0)
    assert hash(ProfileCache()) == hash(ProfileCache())
    assert ProfileCache() != ProfileCache(stale_for=1)
    assert ProfileCache(MemoryProfileStore()) != ProfileCache(MemoryProfileStore())
    assert ProfileCache() != "memory"


def test_a_cache_shows_no_password() -> None:
    assert "hunter2" not in repr(ProfileCache("redis://:hunter2@localhost"))
    assert repr(ProfileCache()) == "<ProfileCache <MemoryProfileStore 0 of 100000>, fresh for 300 s, stale for 86400 s>"


def test_a_full_memory_drops_what_was_not_used_for_the_longest_time() -> None:
    store = MemoryProfileStore(2)
    for key in ("a", "b"):
        store.write({key: KeptEntry(b"x", 10)})
    assert store.read(["a"]) == [b"x"]
    store.write({"c": KeptEntry(b"x", 10)})
    assert store.read(["a", "b", "c"]) == [b"x", None, b"x"]
    assert len(store) == 2


def test_an_error_of_the_server_is_logged_where_an_old_profile_is_returned(
    player: Player, world: World, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    player.get(ZOE)
    clock.now += 90_000
    world.is_down = True
    with caplog.at_level(logging.INFO, "eternaltwin.profiles"):
        player.get(ZOE)
    assert [record.getMessage() for record in caplog.records if record.name == "eternaltwin.profiles"] == [
        "the server is down; 1 profiles are those of the cache"
    ]


def test_a_store_of_ones_own_is_used(world: World, clock: Clock) -> None:
    class Counting(MemoryProfileStore):
        reads = 0

        def read(self, keys: Any) -> Any:
            self.reads += 1
            return super().read(keys)

    store = Counting(clock=clock)
    own: ProfileStore = store
    player = Player(world, ProfileCache(own, clock=clock), is_sync=True)
    assert player.names([ZOE, ALICE]) == player.names([ZOE, ALICE])
    assert store.reads == 2
    player.end()


def test_an_account_that_is_changed_is_forgotten(player: Player, world: World) -> None:
    token = Token(access_token=TOKEN, expires_in=1000, token_type="Bearer")
    player.get(ZOE)
    using = player.sync if player.is_sync else player.asyncio
    world.names[ZOE] = "Zoé"
    if player.is_sync:
        accounts.change_display_name(ZOE, "Zoé", using=player.sync, identity=token)
    else:
        player.run(accounts.achange_display_name(ZOE, "Zoé", using=player.asyncio, identity=token))
    assert using.settings.profile_cache is not None
    assert player.get(ZOE).username == "Zoé"


def test_a_server_error_without_an_old_profile_is_raised(player: Player, world: World) -> None:
    world.failure = json_response(500)
    with pytest.raises(ServerError):
        player.names([ZOE])


def test_what_the_cache_had_is_counted(
    player: Player, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counter[str]()

    def count(result: str, number: int = 1) -> None:
        counted[result] += number

    def seen() -> dict[str, int]:
        found = {result: number for result, number in counted.items() if number}
        counted.clear()
        return found

    monkeypatch.setattr(profiles, "count_lookups", count)
    player.names([ZOE, NOBODY])
    assert seen() == {"miss": 2}
    player.names([ZOE, NOBODY, ALICE])
    assert seen() == {"fresh": 1, "absent": 1, "miss": 1}
    clock.now += 300
    player.names([ZOE])
    assert seen() == {"stale": 1}
    clock.now += 86_700
    world.is_down = True
    player.names([ZOE, ALICE])
    assert seen() == {"expired": 2}
