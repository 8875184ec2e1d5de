"""The forum and the archives, as the description has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.devserver.openapi.operations import Kinds

_LARGEST = 2**32 - 1

_WRITING = (
    "A game may do it for a player who granted it the scope `forum:write`, on newer servers;"
    " the released one fails then."
)
_EDITING = f"The status is 409 where somebody else has changed the post: read it again. {_WRITING}"
_WRITTEN = UNREADABLE | {401: REFUSAL, 403: REFUSAL, 404: REFUSAL, 500: REFUSAL}
_ONLY_RELEASED = frozenset({500})


def _writing(handler: Endpoint, answers: dict[int, Kinds], body: type[object], about: str = "") -> Operation:
    return Operation(
        handler=handler,
        answers=_WRITTEN | answers,
        body=body,
        askers=PLAYERS_AND_GAMES,
        needs_asker=True,
        about=about,
        only_released=_ONLY_RELEASED,
    )


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
    _writing(forum.create_thread, {200: (models.ForumThread,)}, models.NewForumThread, _WRITING),
    _writing(forum.add_moderator, {200: (models.ForumSection,), 422: (*TEXT, *REFUSAL)}, models.UserRef),
    _writing(forum.remove_moderator, {200: (models.ForumSection,), 422: (*TEXT, *REFUSAL)}, models.UserRef),
    Operation(
        handler=forum.get_thread,
        answers={200: (models.ForumThread,), 400: TEXT, 404: REFUSAL, 500: REFUSAL},
        query=page(_LARGEST, 10),
        askers=PLAYERS_AND_GAMES,
        only_released=_ONLY_RELEASED,
        about="Posts come in the order in which they were written.",
    ),
    _writing(forum.create_post, {200: (models.ForumPost,)}, models.NewForumPost, _WRITING),
    Operation(
        handler=forum.get_post,
        answers={200: (models.ForumPost,), 400: TEXT, 404: REFUSAL},
        query=page(_LARGEST, 10),
        askers=PLAYERS_AND_GAMES,
        about="Revisions come in the order in which they were written.",
    ),
    _writing(
        forum.edit_post,
        {200: (models.ForumPost,), 409: REFUSAL},
        models.ForumPostEdit,
        f"The status is 409 where somebody else has changed the post: read it again. {_WRITING}",
    ),
    Operation(
        handler=forum.get_source,
        answers={200: (models.ForumPostSource,), 400: TEXT, 404: REFUSAL},
        in_released=False,
    ),
)
