"""The world: reset to its seeds, and used by many threads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from eternaltwin.devserver.config import default_config
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.services.world import World


def test_reset_restores_the_seeds(world: World) -> None:
    before = world.users()
    sid = world.open_session("bob")
    world.add_user("zoe")
    world.rename("bob", "Robert")
    world.delete_user("alice")
    assert isinstance(world.clock, VirtualClock)
    world.clock.advance(3600)
    world.reset()
    assert [(user.id, user.display_name) for user in world.users()] == [(user.id, user.display_name) for user in before]
    assert world.session_user(sid) is None
    assert abs(world.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_reset_does_not_change_a_system_clock() -> None:
    world = World(default_config())
    before = world.clock.now()
    world.reset()
    assert world.clock.now() >= before
    world.close()


def test_users_are_added_from_many_threads(world: World) -> None:
    def add(thread: int) -> None:
        for number in range(20):
            user = world.add_user(f"user_{thread}_{number}")
            assert world.session_user(world.open_session(user)) == user
            world.delete_user(user)
            world.register(f"other_{thread}_{number}", "Other", "x")

    threads = [threading.Thread(target=add, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.count_users("other") == 80
    assert len(world.users("other")) == 80
