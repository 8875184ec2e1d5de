"""The forum: sections, threads and posts.

Post bodies are written in Marktwin, a small Markdown, and read as Marktwin and as HTML.

- Every call has an async variant, whose name starts with `a`.
- `using` names the connection. A call on an object that was read over a connection uses the same one by default.
- `identity` is the caller, see [`identities`][eternaltwin.identities]. Objects do not remember it.
- Besides the errors that a call lists, it can raise those of every call: see [`exceptions`][eternaltwin.exceptions].

Example:
    >>> section = Section.get("main_en")
    >>> for thread in section.iterate_threads():
    ...     print(thread.title, thread.post_count)

    >>> session = Session.login("alice", password)
    >>> thread = Thread.create(section, "Hello", "**Hello** world", identity=session)
    >>> post = thread.reply("How are you?", identity=session)
"""

from __future__ import annotations

from msgspec import UNSET

from eternaltwin.forum.grammar import Grammar, LastPost, SectionName
from eternaltwin.forum.objects import Post, Section, Thread
from eternaltwin.forum.pages import ListPage
from eternaltwin.forum.revisions import Revision
from eternaltwin.forum.roles import RoleGrant
from eternaltwin.models import ForumContent as Body
from eternaltwin.models import ForumPostSource as Source
from eternaltwin.rules.forum import WRITE_SCOPE

__all__ = [
    "UNSET",
    "WRITE_SCOPE",
    "Body",
    "Grammar",
    "LastPost",
    "ListPage",
    "Post",
    "Revision",
    "RoleGrant",
    "Section",
    "SectionName",
    "Source",
    "Thread",
]
