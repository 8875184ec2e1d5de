"""Fills a database with many users and posts, to make slow queries measurable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import insert

from eternaltwin.devserver.config import load_config
from eternaltwin.devserver.services.world import World
from eternaltwin.devserver.storage.database import Database
from eternaltwin.devserver.storage.engines import open_engine
from eternaltwin.devserver.storage.schema import forum_posts, forum_revisions, forum_threads, users

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USERS = 100_000
POSTS = 10_000
THREADS = 500
#: Number of posts in the longest thread; the other threads share the rest.
LONGEST = 2_000

#: The section of all threads.
SECTION = "main_fr"

#: The ids of the longest thread and of its first post.
LONGEST_THREAD = UUID(int=1)
FIRST_POST = UUID(int=1)

SYLLABLES = ("an", "dor", "el", "is", "ka", "lu", "mi", "or", "par", "ro", "sha", "ten", "vin", "ze")

_TIME = datetime(2023, 11, 14, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_BODY = "A post of **some** length, with _emphasis_ and [a link](https://example.org/), as players write them. " * 3

Row = dict[str, object]


def fill(configuration: Path) -> None:
    """Fill the empty database of a configuration file with the seeds, `USERS` users and `POSTS` posts."""
    config = load_config(configuration)
    world = World(config)
    section, author = world.forum.section(SECTION).number, world.user("alice").id
    world.close()
    database = Database(open_engine(config))
    with database.transaction():
        database.run(insert(users), list(_users()))
        database.run(insert(forum_threads), list(_threads(section)))
        database.run(insert(forum_posts), list(_posts(author)))
        database.run(insert(forum_revisions), list(_revisions(author)))
    database.close()


def _users() -> Iterator[Row]:
    for number in range(USERS):
        name = _name(number)
        yield {
            "id": UUID(int=number + 1),
            "username": f"player{number}",
            "display_name": name,
            "folded_name": name.casefold(),
            "is_administrator": False,
            "password": None,
            "created_at": _TIME + number * _MILLISECOND,
            "username_at": _TIME,
            "password_at": _TIME,
        }


def _name(number: int) -> str:
    """Return a name of three syllables, similar to a real one."""
    count, mixed = len(SYLLABLES), number * 7919
    chosen = [SYLLABLES[part % count] for part in (mixed, mixed // count, mixed // count // count)]
    return f"{''.join(chosen)}{number % 1000}".capitalize()


def _thread_of(post: int) -> int:
    """Return the number of the thread of a post: one long thread, and many short ones."""
    return 1 if post <= LONGEST else 2 + post % (THREADS - 1)


def _threads(section: int) -> Iterator[Row]:
    posts: dict[int, list[int]] = {}
    for post in range(1, POSTS + 1):
        posts.setdefault(_thread_of(post), []).append(post)
    for number, of_thread in sorted(posts.items()):
        yield {
            "number": number,
            "id": UUID(int=number),
            "section": section,
            "title": f"Thread {number}",
            "created_at": _TIME,
            "is_pinned": False,
            "is_locked": False,
            "post_count": len(of_thread),
            "last_post": of_thread[-1],
        }


def _posts(author: UUID) -> Iterator[Row]:
    for number in range(1, POSTS + 1):
        yield {
            "number": number,
            "id": UUID(int=number),
            "thread": _thread_of(number),
            "author_id": author,
            "created_at": _TIME + number * _MILLISECOND,
            "revision_count": 1,
            "last_revision": number,
        }


def _revisions(author: UUID) -> Iterator[Row]:
    for number in range(1, POSTS + 1):
        yield {
            "number": number,
            "id": UUID(int=number),
            "post": number,
            "author_id": author,
            "created_at": _TIME + number * _MILLISECOND,
            "content": _BODY,
        }
