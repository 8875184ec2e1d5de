"""Objects of the forum, from the recording of the official server."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eternaltwin.forum import Post, Section, Thread
from eternaltwin.identities import Session
from eternaltwin.tokens import Token
from tests.support.fakes import TOKEN, json_response
from tests.support.variants import recorded, recorded_json

MAIN = "1bd73a0b-6ee5-4578-a89d-a5e5a2e8e106"
THREAD = "9a2bb2e4-a4e5-4c09-a26c-6d459aa3ca1c"
POST = "0ddf3b16-ba78-4d89-8a71-60468dc38374"
REVISION = "00ab9a74-e678-4594-a92a-6b86433ce7a8"
USER1 = "6d62fb63-3b2b-493a-bc99-c04b036b6716"
ME = Session("45fe9b8b-dbd6-4a01-900b-2cd6af8f4a39")
NEWER = json_response(200, {"eternaltwin": {"version": "0.17.0"}})
OLDER = recorded("misc /api/v1")
CONFIG = recorded("misc /api/v1/config")
SELF = recorded("self with session")


def token(scope: str | None) -> Token:
    return Token(access_token=TOKEN, expires_in=None, token_type="Bearer", scope=scope)


def section() -> Section:
    return Section(_model("forum section after thread", "ForumSection"))


def thread() -> Thread:
    return Thread(_model("forum get thread", "ForumThread"))


def post() -> Post:
    return Post(_model("forum get post", "ForumPost"), thread())


def _model(recording: str, kind: str) -> Any:
    import msgspec

    from eternaltwin import models

    return msgspec.convert(recorded_json(recording), getattr(models, kind))


def post_json(count: int, sizes: int, first: int = 0, **revision: object) -> dict[str, Any]:
    model = recorded_json("forum get post")
    known = model["revisions"]["items"][0]
    items = [{**known, "id": str(UUID(int=first + number)), **revision} for number in range(sizes)]
    return {**model, "revisions": {"offset": first, "limit": 100, "count": count, "items": items}}
