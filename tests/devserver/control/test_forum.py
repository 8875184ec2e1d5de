"""`/_dev/muted` and `/_dev/threads`: users are muted, and threads are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from eternaltwin.devserver.domain.errors import NotPermittedError

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.support.control import Control


def test_a_user_is_muted_and_permitted_to_write_again_idempotently(server: DevServer, control: Control) -> None:
    bob, forum = server.world.user("bob"), server.world.forum
    for user in ("bob", bob.id):
        control.json("PUT", f"/muted/{user}", status=204)
        with pytest.raises(NotPermittedError):
            forum.create_thread(bob, "main_en", "Hello", "World")
    for _ in range(2):
        control.json("DELETE", "/muted/bob", status=204)
        assert forum.create_thread(bob, "main_en", "Hello", "World").title == "Hello"


def test_a_thread_is_pinned_locked_and_announced(server: DevServer, control: Control) -> None:
    thread = server.world.forum.create_thread(server.world.user("bob"), "main_en", "Hello", "World")
    path = f"/threads/{thread.id}"
    marks = {"is_pinned": True, "is_locked": True, "is_announcement": True}
    assert control.json("PUT", path, marks) == {"id": str(thread.id), "title": "Hello", **marks}
    marked = server.world.forum.thread(thread.id)
    assert (marked.is_pinned, marked.is_locked) == (True, True)
    assert server.world.forum.has_admin_announcement(marked)
    control.json("PUT", path, {})
    marked = server.world.forum.thread(thread.id)
    assert (marked.is_pinned, marked.is_locked) == (False, False)
    assert not server.world.forum.has_admin_announcement(marked)


def test_unknown_users_and_threads_are_not_found(control: Control) -> None:
    assert control.problem("PUT", "/muted/nobody") == (404, "not_found")
    assert control.problem("DELETE", "/muted/nobody") == (404, "not_found")
    for thread in ("hello", uuid4()):
        assert control.problem("PUT", f"/threads/{thread}", {}) == (404, "not_found")
