"""The command `forum`, whose commands read and write the forum."""

from __future__ import annotations

from eternaltwin.cli.commands import LazyGroup

_READING = "eternaltwin.cli.forum_reading"
_WRITING = "eternaltwin.cli.forum_writing"

forum = LazyGroup(
    "forum",
    {
        "sections": f"{_READING}:sections",
        "section": f"{_READING}:section",
        "thread": f"{_READING}:thread",
        "read": f"{_READING}:thread",
        "new": f"{_WRITING}:new",
        "reply": f"{_WRITING}:reply",
        "edit": f"{_WRITING}:edit",
    },
    explanation="Read and write the forum.",
)
