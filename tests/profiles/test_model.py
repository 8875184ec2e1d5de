"""The cache behaves like a model of a few lines, in any order of events, in both variants and in both stores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from eternaltwin.exceptions import ConnectError, NotFoundError
from eternaltwin.profiles import KeptEntry, ProfileCache, RedisProfileStore
from tests.support.many_calls import user_id
from tests.support.profile_worlds import Clock, Player, World
from tests.support.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from eternaltwin.profiles import ProfileStore

FRESH, STALE, LAST_RESORT, NOT_FOUND, RETRY = 300, 86_400, 7 * 86_400, 60, 30
IDS = [user_id(number) for number in range(3)]

users = st.sampled_from(IDS)
groups = st.lists(users, unique=True)
#: Times around every limit.
times = st.sampled_from([0, 1, 29, 30, 59, 60, 299, 300, 1000, 86_399, 86_400, 86_700, 7 * 86_400, 7 * 86_400 + 86_700])


@dataclass(frozen=True)
class Remembered:
    """What the model knows of a user: the name, or None if there was none."""

    name: str | None
    fetched_at: float
    written_at: float
    failed_at: float = -1e9


class Model(RuleBasedStateMachine):
    """A server, a cache, and what the cache should return."""

    is_sync: ClassVar[bool]
    new_store: ClassVar[Callable[[Clock], str | ProfileStore]]
    forgets: ClassVar[bool]  # whether the store forgets entries by the clock of the test

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.world = World({IDS[0]: "0", IDS[1]: "1"})
        self.cache = ProfileCache(type(self).new_store(self.clock), clock=self.clock)
        self.player = Player(self.world, self.cache, is_sync=self.is_sync)
        self.known: dict[str, Remembered] = {}
        self.before = self.known

    @rule(seconds=times)
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def the_server_stops_or_starts(self) -> None:
        self.world.is_down = not self.world.is_down

    @rule(user=users, number=st.integers(0, 99))
    def a_user_registers_or_is_renamed(self, user: str, number: int) -> None:
        self.world.names[user] = f"Name {number}"

    @rule(user=users)
    def a_user_disappears(self, user: str) -> None:
        self.world.names.pop(user, None)

    @rule(user=users)
    def a_user_is_forgotten(self, user: str) -> None:
        if self.is_sync:
            self.cache.invalidate(user)
        else:
            self.player.run(self.cache.ainvalidate(user.upper()))
        self.known.pop(user, None)

    @rule(user=users, content=st.binary(max_size=80))
    def an_entry_is_damaged(self, user: str, content: bytes) -> None:
        self.cache.store.write({user: KeptEntry(content, 1000)})
        self.known.pop(user, None)

    @rule(user=users)
    def one_user_is_read(self, user: str) -> None:
        self.check([user], lambda: self._names(user))

    @rule(group=groups)
    def many_users_are_read(self, group: list[str]) -> None:
        self.check(group, lambda: self.player.names(group))

    @rule(group=groups)
    def many_users_are_read_past_the_cache(self, group: list[str]) -> None:
        self.check(group, lambda: self.player.names(group, fresh=True), is_fresh=True)

    @rule(user=users)
    def one_user_is_read_past_the_cache(self, user: str) -> None:
        self.check([user], lambda: self._names(user, fresh=True), is_fresh=True)

    def _names(self, user: str, *, fresh: bool = False) -> dict[str, str]:
        try:
            found = self.player.get(user, fresh=fresh)
        except NotFoundError:
            return {}
        times = (
            {self.clock.now} if fresh else {self.clock.now, self.before.get(user, Remembered(None, 0, 0)).fetched_at}
        )
        assert found.fetched_at is not None
        assert found.fetched_at.timestamp() in times
        return {user: found.username}

    def check(self, group: Sequence[str], read: Callable[[], dict[str, str]], *, is_fresh: bool = False) -> None:
        """Compare what is read with what the model expects, and which users the server is asked for."""
        self.world.asked.clear()
        self.before = dict(self.known)
        expected, asked = self.expect(group, is_fresh=is_fresh)
        if expected is None:
            with pytest.raises(ConnectError):
                read()
            assert set(self.world.asked) <= asked
        else:
            assert read() == expected
            assert set(self.world.asked) <= asked if self.world.is_down else set(self.world.asked) == asked
        assert len(self.world.asked) == len(set(self.world.asked))

    def expect(self, group: Sequence[str], *, is_fresh: bool) -> tuple[dict[str, str] | None, set[str]]:
        """Return the names, or None for an error, and who is asked for."""
        kept = {} if is_fresh else {user: known for user in group if (known := self.recall(user)) is not None}
        usable = {user for user, known in kept.items() if self.is_usable(known)}
        stale = {user for user in usable if not self.is_settled(kept[user])}
        wanted = [user for user in group if user not in usable]
        returned = {user: kept[user].name for user in usable}
        helpless = False
        for user in [*stale, *wanted]:
            known = kept.get(user)
            if not self.world.is_down:
                self.known[user] = Remembered(self.world.names.get(user), self.clock.now, self.clock.now)
            elif known is not None and known.name is not None:
                self.known[user] = replace(known, failed_at=self.clock.now, written_at=self.clock.now)
            elif user in wanted:
                helpless = True
        if helpless:
            return None, {*stale, *wanted}
        returned |= {user: self.known[user].name for user in wanted}
        return {user: name for user in group if (name := returned[user]) is not None}, {*stale, *wanted}

    def recall(self, user: str) -> Remembered | None:
        """Return what the store has not forgotten."""
        known = self.known.get(user)
        if known is None or (known.name is None and self.age(known.fetched_at) >= NOT_FOUND):
            return None
        return known if self.age(known.written_at) < FRESH + STALE + LAST_RESORT or not self.forgets else None

    def is_settled(self, known: Remembered) -> bool:
        limit = NOT_FOUND if known.name is None else FRESH
        return self.age(known.fetched_at) < limit or self.age(known.failed_at) < RETRY

    def is_usable(self, known: Remembered) -> bool:
        return self.is_settled(known) or (known.name is not None and self.age(known.fetched_at) < FRESH + STALE)

    def age(self, since: float) -> float:
        return self.clock.now - since

    def teardown(self) -> None:
        self.player.end()


def check_model(
    new_store: Callable[[Clock], str | ProfileStore], variant: str, examples: int, *, forgets: bool
) -> None:
    """Try the model in one variant and with one kind of store."""
    members = {"is_sync": variant == "sync", "new_store": staticmethod(new_store), "forgets": forgets}
    machine = type("TriedModel", (Model,), members)
    options = settings(max_examples=examples, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow])
    run_state_machine_as_test(machine, settings=options)


@pytest.mark.parametrize("variant", ["sync", "asyncio"])
def test_a_cache_in_memory_behaves_like_the_model(variant: str) -> None:
    check_model(lambda _: "memory", variant, 60, forgets=True)


@pytest.mark.parametrize("variant", ["sync", "asyncio"])
def test_a_cache_in_redis_behaves_like_the_model(tmp_path: Path, variant: str) -> None:
    server = RedisServer(tmp_path)

    def new_store(clock: Clock) -> ProfileStore:
        store = RedisProfileStore(server.url)
        store.forget(IDS)
        del clock
        return store

    check_model(new_store, variant, 20, forgets=False)
    server.stop()
