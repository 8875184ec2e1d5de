"""Calls that need the same users at the same time: one asks, the others wait, but not for ever."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, cast

import pytest

from eternaltwin import User, configure, configure_from_environment
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import ConfigurationError, ConnectError
from eternaltwin.profiles import KeptEntry, MemoryProfileStore, ProfileCache
from tests.support.fakes import CALLBACK, CLIENT_ID, SECRET
from tests.support.many_calls import user_id
from tests.support.profile_worlds import REFRESHING, Clock, Player, World, wait_for_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from eternaltwin.connections import ReadingSettings
    from eternaltwin.profiles import Leases

ZOE, ALICE = user_id(0), user_id(1)


class Shared(MemoryProfileStore):
    """A store that others use, too.

    Attributes:
        before_lease: Called before each lease is taken, with how many were taken before.
        forgets_reads: Whether nothing is read, except with a lease.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock=clock)
        self.before_lease: Callable[[int], None] = lambda _: None
        self.forgets_reads = False
        self._count = 0

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        return [None for _ in keys] if self.forgets_reads else super().read(keys)

    def lease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        self.before_lease(self._count)
        self._count += 1
        return super().lease(keys, token, seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    return World({ZOE: "Zoe", ALICE: "Alice"})


@pytest.fixture
def store(clock: Clock) -> Shared:
    return Shared(clock)


@pytest.fixture(params=["sync", "asyncio"])
def player(request: pytest.FixtureRequest, world: World, store: Shared, clock: Clock) -> Iterator[Player]:
    cache = ProfileCache(store, clock=clock)
    player = Player(world, cache, is_sync=request.param == "sync", timeout=0.1)
    yield player
    player.end()


def entry_of(player: Player, store: Shared, user: str) -> bytes:
    """Return the entry of a user, which is then forgotten."""
    player.get(user)
    (entry,) = store.read([user])
    assert entry is not None
    store.forget([user])
    return entry


def test_a_call_waits_for_the_one_that_asks(player: Player, world: World, store: Shared) -> None:
    entry = entry_of(player, store, ZOE)
    store.lease([ZOE], "other", 100)
    world.asked.clear()
    store.before_lease = lambda count: store.settle("other", {ZOE: KeptEntry(entry, 100)} if count == 5 else {})
    assert player.names([ZOE, ALICE]) == {ZOE: "Zoe", ALICE: "Alice"}
    assert world.asked == [ALICE]


def test_a_call_does_not_wait_longer_than_its_timeout(player: Player, world: World, store: Shared) -> None:
    store.lease([ZOE], "other", 1000)
    assert player.get(ZOE).username == "Zoe"
    assert world.asked == [ZOE]


def test_a_call_asks_when_the_lease_of_another_has_expired(
    player: Player, world: World, store: Shared, clock: Clock
) -> None:
    store.lease([ZOE], "other", 10)
    clock.now += 10
    assert player.get(ZOE).username == "Zoe"
    assert world.asked == [ZOE]


def test_what_another_has_read_meanwhile_is_not_asked_for(player: Player, world: World, store: Shared) -> None:
    player.get(ZOE)
    store.forgets_reads = True
    assert player.get(ZOE).username == "Zoe"
    assert player.names([ZOE, ALICE]) == {ZOE: "Zoe", ALICE: "Alice"}
    assert world.asked == [ZOE, ALICE]
    assert list(store.lease([ZOE], "other", 10).granted) == [True]


def test_what_another_has_refreshed_meanwhile_is_not_refreshed(
    player: Player, world: World, store: Shared, clock: Clock
) -> None:
    player.get(ZOE)
    clock.now += 1000
    other = Shared(clock)
    other_player = Player(world, ProfileCache(other, clock=clock), is_sync=True)
    fresh = entry_of(other_player, other, ZOE)
    other_player.end()
    world.asked.clear()
    store.before_lease = lambda _: store.write({ZOE: KeptEntry(fresh, 1000)})
    player.get(ZOE)
    assert world.asked == []


def test_a_profile_that_is_forgotten_while_it_is_refreshed_stays_so(
    player: Player, world: World, store: Shared, clock: Clock
) -> None:
    player.get(ZOE)
    clock.now += 1000
    world.is_down = True
    store.before_lease = lambda _: store.forget([ZOE])
    assert player.get(ZOE).username == "Zoe"
    with pytest.raises(ConnectError):
        player.get(ZOE)


def test_a_failed_call_leaves_no_lease(player: Player, world: World, store: Shared) -> None:
    world.is_down = True
    with pytest.raises(ConnectError):
        player.get(ZOE)
    assert list(store.lease([ZOE], "other", 10).granted) == [True]


def test_a_cancelled_call_leaves_no_lease(world: World, store: Shared, clock: Clock) -> None:
    player = Player(world, ProfileCache(store, clock=clock), is_sync=False)
    world.holds = True

    async def give_up() -> None:
        call = asyncio.create_task(User.aget(ZOE, using=player.asyncio))
        await world.is_held.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    player.run(give_up())
    assert list(store.lease([ZOE], "other", 10).granted) == [True]
    player.end()


@pytest.mark.parametrize("ending", ["close", "discard", "loop"])
def test_the_refreshing_task_ends_with_the_client(world: World, store: Shared, clock: Clock, ending: str) -> None:
    player = Player(world, ProfileCache(store, clock=clock), is_sync=False)
    player.names([ZOE, ALICE])
    clock.now += 1000
    world.holds = True

    async def read() -> None:
        await User.aget_many([ZOE, ALICE], using=player.asyncio)
        await User.aget_many([ZOE, ALICE], using=player.asyncio)
        (task,) = [task for task in asyncio.all_tasks() if task.get_name() == REFRESHING]
        await world.is_held.wait()
        if ending == "close":
            await player.asyncio.close()
            assert task.cancelled()
        elif ending == "discard":
            player.asyncio.discard()
            await asyncio.wait([task])
            assert task.cancelled()

    asyncio.run(read())
    world.holds = False
    assert list(store.lease([ZOE, ALICE], "other", 10).granted) == [True, True]
    store.forget([ZOE, ALICE])
    assert player.names([ZOE, ALICE]) == {ZOE: "Zoe", ALICE: "Alice"}
    player.end()


def test_a_loop_that_is_gone_does_not_keep_others_from_refreshing(world: World, store: Shared, clock: Clock) -> None:
    player = Player(world, ProfileCache(store, clock=clock), is_sync=False)
    player.names([ZOE])
    clock.now += 1000
    world.holds = True
    loop = asyncio.new_event_loop()
    loop.run_until_complete(User.aget(ZOE, using=player.asyncio))
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()
    player.asyncio.discard()
    world.holds = False
    assert player.names([ZOE]) == {ZOE: "Zoe"}
    assert world.asked.count(ZOE) >= 2
    player.end()


def test_a_user_who_is_being_refreshed_is_not_refreshed_twice(world: World, store: Shared, clock: Clock) -> None:
    player = Player(world, ProfileCache(store, clock=clock), is_sync=True)
    player.names([ZOE, ALICE])
    clock.now += 1000
    world.asked.clear()
    world.has_request.clear()
    world.may_respond.clear()
    User.get(ZOE, using=player.sync)
    assert world.has_request.wait(10)
    User.get(ZOE, using=player.sync)
    User.get(ALICE, using=player.sync)
    world.may_respond.set()
    wait_for_threads()
    assert world.asked == [ZOE, ALICE]
    player.end()


def test_a_child_process_refreshes_what_its_parent_was_refreshing(world: World, store: Shared, clock: Clock) -> None:
    player = Player(world, ProfileCache(store, clock=clock), is_sync=True)
    player.names([ZOE])
    clock.now += 1000
    world.asked.clear()
    world.has_request.clear()
    world.may_respond.clear()
    User.get(ZOE, using=player.sync)
    assert world.has_request.wait(10)
    child = os.fork()
    if child == 0:
        world.may_respond = threading.Event()
        world.may_respond.set()
        world.names[ZOE] = "Child"
        User.get(ZOE, using=player.sync)
        wait_for_threads()
        os._exit(User.get(ZOE, using=player.sync).username != "Child")
    world.may_respond.set()
    assert os.waitpid(child, 0)[1] == 0
    wait_for_threads()
    player.end()


def test_both_clients_of_a_connection_share_a_cache() -> None:
    configure(default={"url": "http://eternaltwin.test", "profile_cache": "memory"})
    sync = connections.get_connection()
    assert sync.settings.profile_cache is async_connections.get_connection().settings.profile_cache
    configure(default={"url": "http://eternaltwin.test", "profile_cache": "memory"})
    assert connections.get_connection() is sync
    assert async_connections.get_connection().settings.profile_cache is sync.settings.profile_cache
    configure(default={"url": "http://eternaltwin.test"})
    assert connections.get_connection().settings.profile_cache is None
    assert connections.profile_cache("another") is None
    configure()


def test_the_environment_names_a_cache() -> None:
    variables = {
        "ETERNALTWIN_CLIENT_ID": CLIENT_ID,
        "ETERNALTWIN_CLIENT_SECRET": SECRET,
        "ETERNALTWIN_REDIRECT_URI": CALLBACK,
        "ETERNALTWIN_STATE_KEY": "correct horse battery staple, four words",
    }
    configure_from_environment({**variables, "ETERNALTWIN_PROFILE_CACHE": "memory"})
    assert connections.profile_cache("default") == ProfileCache()
    with pytest.raises(ConfigurationError, match="ETERNALTWIN_PROFILE_CACHE: profile_cache"):
        configure_from_environment({**variables, "ETERNALTWIN_PROFILE_CACHE": "disk"})
    configure()


@pytest.mark.parametrize("wrong", ["disk", 5, b"memory", "redis://localhost:port"])
def test_a_wrong_cache_is_refused(wrong: object) -> None:
    settings = cast("ReadingSettings", {"profile_cache": wrong})
    with pytest.raises(ConfigurationError, match="connection 'default': profile_cache") as refused:
        configure(default=settings)
    assert refused.value.setting == "profile_cache"
