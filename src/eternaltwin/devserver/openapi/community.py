"""The forum and the archives, as the description has them."""

from __future__ import annotations

from eternaltwin import models
from eternaltwin.devserver.api import forum
from eternaltwin.devserver.openapi.operations import (
    PLAYERS_AND_GAMES,
    REFUSAL,
    TEXT,
    UNREADABLE,
    Operation,
    page,
)

_LARGEST = 2**32 - 1

_WRITING = (
    "A game may do it for a player who granted it the scope `forum:write`, on newer servers;"
    " the released one fails then."
)
_WRITTEN = UNREADABLE | {401: REFUSAL, 403: REFUSAL, 404: REFUSAL, 500: REFUSAL}
_ONLY_RELEASED = frozenset({500})

FORUM = (
    Operation(
        handler=forum.list_sections,
        answers={200: (models.Listing[models.ForumSectionMeta],)},
        askers=PLAYERS_AND_GAMES,
    ),
    Operation(handler=forum.create_section, answers={401: REFUSAL, 403: REFUSAL}),
    Operation(
        handler=forum.get_section,
        answers={200: (models.ForumSection,), 400: TEXT, 404: REFUSAL},
        query=page(_LARGEST, 20),
        askers=PLAYERS_AND_GAMES,
        about="Threads with the newest posts come first.",
    ),
    Operation(
        handler=forum.create_thread,
        answers=_WRITTEN | {200: (models.ForumThread,)},
        body=models.NewForumThread,
        askers=PLAYERS_AND_GAMES,
        needs_asker=True,
        about=_WRITING,
        only_released=_ONLY_RELEASED,
    ),
    Operation(
        handler=forum.add_moderator,
        answers=_WRITTEN | {200: (models.ForumSection,), 422: (*TEXT, *REFUSAL)},
        body=models.UserRef,
        askers=PLAYERS_AND_GAMES,
        needs_asker=True,
        only_released=_ONLY_RELEASED,
    ),
    Operation(
        handler=forum.remove_moderator,
        answers=_WRITTEN | {200: (models.ForumSection,), 422: (*TEXT, *REFUSAL)},
        body=models.UserRef,
        askers=PLAYERS_AND_GAMES,
        needs_asker=True,
        only_released=_ONLY_RELEASED,
    ),
    Operation(
        handler=forum.get_thread,
        answers={200: (models.ForumThread,), 400: TEXT, 404: REFUSAL, 500: REFUSAL},
        query=page(_LARGEST, 10),
        askers=PLAYERS_AND_GAMES,
        only_released=_ONLY_RELEASED,
        about="Posts come in the order in which they were written.",
    ),
    Operation(
        handler=forum.create_post,
        answers=_WRITTEN | {200: (models.ForumPost,)},
        body=models.NewForumPost,
        askers=PLAYERS_AND_GAMES,
        needs_asker=True,
        about=_WRITING,
        only_released=_ONLY_RELEASED,
    ),
    Operation(
        handler=forum.get_post,
        answers={200: (models.ForumPost,), 400: TEXT, 404: REFUSAL},
        query=page(_LARGEST, 10),
        askers=PLAYERS_AND_GAMES,
        about="Revisions come in the order in which they were written.",
    ),
    Operation(
        handler=forum.edit_post,
        answers=_WRITTEN | {200: (models.ForumPost,), 409: REFUSAL},
        body=models.ForumPostEdit,
        askers=PLAYERS_AND_GAMES,
        needs_asker=True,
        about=f"The status is 409 where somebody else has changed the post: read it again. {_WRITING}",
        only_released=_ONLY_RELEASED,
    ),
    Operation(
        handler=forum.get_source,
        answers={200: (models.ForumPostSource,), 400: TEXT, 404: REFUSAL},
        in_released=False,
    ),
)
