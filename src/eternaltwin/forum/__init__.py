"""The forum: sections, threads and posts.

    section = Section.get("main_en")
    for thread in section.iterate_threads():
        print(thread.title, thread.post_count)

    session = Session.login("alice", password)
    thread = Thread.create(section, "Hello", "**Hello** world", identity=session)
    thread.reply("How are you?", identity=session)

Texts are written in Marktwin, a small Markdown, and come back as HTML too. Each call has an asyncio
twin with an `a` before its name. `using` names the connection; what was read over one keeps to
it. `identity` says who asks, which no object remembers: see [`identities`][eternaltwin.identities].
"""

from __future__ import annotations

from msgspec import UNSET

from eternaltwin.clients.api.forum import WRITE_SCOPE
from eternaltwin.forum.pages import Page
from eternaltwin.forum.posts import Post, Revision
from eternaltwin.forum.sections import RoleGrant, Section
from eternaltwin.forum.threads import Thread
from eternaltwin.models import ForumContent as Body
from eternaltwin.models import ForumPostSource as Source

__all__ = ["UNSET", "WRITE_SCOPE", "Body", "Page", "Post", "Revision", "RoleGrant", "Section", "Source", "Thread"]
