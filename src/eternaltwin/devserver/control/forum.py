"""`/_dev/muted` and `/_dev/threads`: what only moderators and administrators of the forum do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from eternaltwin.devserver.api.operations import EMPTY, Operation
from eternaltwin.devserver.api.responses import ApiResponse, json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_TAG = "Forum"

_USER = {"user": {"type": "string", "description": "The id or the username."}}
_THREAD = {"thread": {"type": "string", "description": "The id."}}


class ThreadMarks(msgspec.Struct, kw_only=True):
    """What a thread is to be. Fields that are left out are false.

    Attributes:
        is_pinned: Whether it is shown before other threads.
        is_locked: Whether only moderators may write in it.
        is_announcement: Whether it is an announcement of the administrators, which it is until a reset.
    """

    is_pinned: bool = False
    is_locked: bool = False
    is_announcement: bool = False


class MarkedThread(ThreadMarks, kw_only=True):
    """A thread.

    Attributes:
        id: The id.
        title: The title.
        is_pinned: Whether it is shown before other threads.
        is_locked: Whether only moderators may write in it.
        is_announcement: Whether it is an announcement of the administrators.
    """

    id: UUID
    title: str


@control_endpoint(
    "PUT",
    "/_dev/muted/{user}",
    Operation(
        tag=_TAG,
        summary="Forbid a user to write in the forum, until a reset",
        responses={204: EMPTY},
        description="The released server, 0.16.4, mutes nobody: nothing changes there.",
        path=_USER,
    ),
)
def _mute_user(request: ApiRequest) -> ApiResponse:
    request.world.forum.mute(request.world.user(request.path_parameter("user")))
    return ApiResponse(204)


@control_endpoint(
    "DELETE",
    "/_dev/muted/{user}",
    Operation(tag=_TAG, summary="Permit a user to write in the forum again", responses={204: EMPTY}, path=_USER),
)
def _unmute_user(request: ApiRequest) -> ApiResponse:
    request.world.forum.mute(request.world.user(request.path_parameter("user")), is_muted=False)
    return ApiResponse(204)


@control_endpoint(
    "PUT",
    "/_dev/threads/{thread}",
    Operation(
        tag=_TAG,
        summary="Pin or lock a thread, or make it an announcement",
        responses={200: MarkedThread},
        request_body=ThreadMarks,
        path=_THREAD,
    ),
)
def _mark_thread(request: ApiRequest) -> ApiResponse:
    marks = body_of(request, ThreadMarks)
    forum = request.world.forum
    thread = forum.mark(request.path_parameter("thread"), is_pinned=marks.is_pinned, is_locked=marks.is_locked)
    forum.announce(thread.id, marks.is_announcement)
    return json_response(
        MarkedThread(
            id=thread.id,
            title=thread.title,
            is_pinned=thread.is_pinned,
            is_locked=thread.is_locked,
            is_announcement=marks.is_announcement,
        )
    )


ENDPOINTS = (_mute_user, _unmute_user, _mark_thread)
