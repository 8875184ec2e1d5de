"""The forum as JSON and as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import to_builtins

from eternaltwin.cli.post_text import render_post
from eternaltwin.cli.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from eternaltwin.forum import ListPage, Post, Section, Thread
    from eternaltwin.forum.revisions import Authored
    from eternaltwin.models import ForumContent

JsonObject = dict[str, object]


class PostStyle(NamedTuple):
    """How posts are shown.

    Attributes:
        width: The number of columns.
        color: Whether to show emphasis by escape sequences.
        spoilers: Whether to show what spoilers contain.
    """

    width: int
    color: bool
    spoilers: bool = False


def section_as_json(section: Section) -> JsonObject:
    """Return a section as JSON.

    Args:
        section: The section.

    Returns:
        Its attributes, in the words of [`Section`][eternaltwin.forum.Section].
    """
    return {
        "identifier": section.identifier,
        "key": section.key,
        "name": section.name,
        "created_at": to_builtins(section.created_at),
        "locale": section.locale,
        "thread_count": section.thread_count,
        "roles": sorted(section.roles),
        "can_create_thread": section.can_create_thread,
    }


def thread_as_json(thread: Thread) -> JsonObject:
    """Return a thread as JSON.

    Args:
        thread: The thread.

    Returns:
        Its attributes, in the words of [`Thread`][eternaltwin.forum.Thread]; of its section only the names.
    """
    section = thread.section
    return {
        "identifier": thread.identifier,
        "key": thread.key,
        "title": thread.title,
        "created_at": to_builtins(thread.created_at),
        "is_pinned": thread.is_pinned,
        "is_locked": thread.is_locked,
        "post_count": thread.post_count,
        "is_unread": thread.is_unread,
        "can_post": thread.can_post,
        "section": section and {"identifier": section.identifier, "key": section.key, "name": section.name},
    }


def post_as_json(post: Post) -> JsonObject:
    """Return a post as JSON.

    Args:
        post: The post.

    Returns:
        Its attributes, in the words of [`Post`][eternaltwin.forum.Post]; of its revisions only the last.
    """
    last = post.last_revision
    author = post.author
    return {
        "identifier": post.identifier,
        "created_at": to_builtins(post.created_at),
        "author": author and {"identifier": author.identifier, "username": author.username},
        "author_role": post.author_role,
        "author_game": post.author_game,
        "body": _content_as_json(post.body),
        "moderation": _content_as_json(last.moderation),
        "revision": last.identifier,
        "revised_at": to_builtins(last.created_at),
        "revision_count": post.revision_count,
        "can_edit": post.can_edit,
        "thread": {"identifier": post.thread.identifier, "title": post.thread.title},
    }


def page_as_json(page: ListPage[Thread] | ListPage[Post], items: list[JsonObject]) -> JsonObject:
    """Return a page of a list as JSON.

    Args:
        page: The page.
        items: Its items as JSON.

    Returns:
        The page in the words of the API: `count` is the number of items of the whole list.
    """
    return {"offset": page.offset, "limit": page.limit, "count": page.total, "items": items}


def thread_heading(thread: Thread) -> str:
    """Return the title of a thread, with what is special about it.

    Args:
        thread: The thread.

    Returns:
        One line.
    """
    known = (("unread", thread.is_unread), ("pinned", thread.is_pinned), ("locked", thread.is_locked))
    marks = [mark for mark, holds in known if holds]
    suffix = f" ({', '.join(marks)})" if marks else ""
    return f"{visible(thread.title)}{suffix}"


def post_lines(post: Post, style: PostStyle) -> Iterator[str]:
    """Yield the lines of a post: who wrote it and when, its text, and the remark of the moderators.

    Args:
        post: The post.
        style: How to show it.

    Yields:
        The lines. The first one ends with the id of the post.
    """
    edited = f", edited {shown_time(post.last_revision.created_at)}" if post.revision_count > 1 else ""
    yield f"{_author(post)}, {shown_time(post.created_at)}{edited}  {post.identifier}"
    moderation = post.last_revision.moderation
    yield "(removed by a moderator)" if post.body is None else _content_text(post.body, style)
    if moderation is not None:
        yield f"Moderators: {_content_text(moderation, style)}"
    yield ""


def shown_time(time: datetime) -> str:
    """Return a time for people.

    Args:
        time: The time.

    Returns:
        Date and time in UTC, to the minute.
    """
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _author(part: Authored) -> str:
    names = [part.author and part.author.username, part.author_game and f"{part.author_game} (game)"]
    name = next((visible(name) for name in names if name), "Unknown")
    return f"{name} [{visible(part.author_role)}]" if part.author_role else name


def _content_text(content: ForumContent, style: PostStyle) -> str:
    return render_post(content.html, style.width, color=style.color, spoilers=style.spoilers)


def _content_as_json(content: ForumContent | None) -> JsonObject | None:
    return None if content is None else {"marktwin": content.marktwin, "html": content.html}
