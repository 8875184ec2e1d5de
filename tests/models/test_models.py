"""The structs of the API's JSON: they decode the recordings, and encode to what they decode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin import models
from tests.support.fakes import ALICE, full_user
from tests.support.variants import recorded_json

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TIMES = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(max_size=20)
ROLES = st.lists(st.sampled_from(["Administrator", "Moderator"]) | TEXTS, max_size=3)
COUNTS = st.builds(models.Count, st.integers(0, 2**32))
USERS = st.builds(
    models.ShortUser, type=st.just("User"), id=st.uuids(), display_name=st.builds(models.DisplayName.of, TEXTS)
)
CONTENTS = st.builds(models.ForumContent, TEXTS, TEXTS)
ACTORS = st.builds(models.ForumActor, user=USERS, role=st.none() | TEXTS)
SECTIONS = st.builds(
    models.ForumSectionMeta,
    id=st.uuids(),
    key=st.none() | TEXTS,
    display_name=TEXTS,
    ctime=TIMES,
    locale=st.none() | TEXTS,
    threads=COUNTS,
    own=st.builds(models.ForumSelf, ROLES),
)
THREADS = st.builds(
    models.ForumThreadMeta,
    id=st.uuids(),
    key=st.none(),
    title=TEXTS,
    ctime=TIMES,
    is_pinned=st.booleans(),
    is_locked=st.booleans(),
    posts=COUNTS,
    section=SECTIONS | st.just(msgspec.UNSET),
)
REVISIONS = st.builds(
    models.ForumPostRevision,
    id=st.uuids(),
    time=TIMES,
    author=ACTORS,
    content=st.none() | CONTENTS,
    moderation=st.none() | CONTENTS,
    comment=st.none() | TEXTS,
)


def listings(items: SearchStrategy[Any]) -> SearchStrategy[models.Listing[Any]]:
    numbers = st.integers(0, 2**32)
    return st.builds(models.Listing[Any], numbers, numbers, numbers, st.lists(items, max_size=3))


POSTS = st.builds(
    models.ForumPost, id=st.uuids(), ctime=TIMES, author=ACTORS, revisions=listings(REVISIONS), thread=THREADS
)


@pytest.mark.parametrize(("kind", "values"), [(models.ForumPost, POSTS), (models.ForumThreadMeta, THREADS)])
@given(data=st.data())
def test_encoded_structs_decode_to_the_same(
    kind: type[msgspec.Struct], values: SearchStrategy[msgspec.Struct], data: st.DataObject
) -> None:
    value = data.draw(values)
    assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value


@pytest.mark.parametrize(
    ("recording", "kind"),
    [
        ("forum section after thread", models.ForumSection),
        ("forum add moderator", models.ForumSection),
        ("forum get thread", models.ForumThread),
        ("forum create thread", models.ForumThread),
        ("forum get post", models.ForumPost),
        ("forum create post", models.ForumPost),
        ("get user self session", models.User),
        ("tos get", models.TermsOfService),
        ("misc /api/v1/config", models.Config),
        ("misc /api/v1/app/releases", models.Releases),
    ],
)
def test_recordings_are_read_and_written_the_same(recording: str, kind: type[msgspec.Struct]) -> None:
    before = recorded_json(recording)
    assert _plain(msgspec.to_builtins(msgspec.convert(before, kind))) == _plain(before)


def _plain(value: object) -> object:
    """Return JSON with parsed times, since the same time has several spellings."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        return datetime.fromisoformat(value)
    return value


@given(extra=st.dictionaries(st.text(max_size=5).map("x_{}".format), st.none() | st.booleans() | TEXTS, max_size=3))
def test_new_fields_and_values_are_accepted(extra: dict[str, object]) -> None:
    before = recorded_json("forum get post")
    body = {**before, **extra, "type": "NewForumPost", "thread": {**before["thread"], **extra}}
    assert msgspec.json.decode(msgspec.json.encode(body), type=models.ForumPost).type == "NewForumPost"


@given(TIMES)
def test_times_have_a_zone(time: datetime) -> None:
    text = time.isoformat(timespec="milliseconds")
    read = msgspec.json.decode(msgspec.json.encode({"time": text}), type=models.ServerTime)
    assert read.time.utcoffset() == timedelta(0)
    assert abs(read.time - time) < timedelta(milliseconds=1)


@pytest.mark.parametrize("time", ["2021-01-01T00:00:00", "yesterday", 5, None])
def test_times_without_a_zone_are_refused(time: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**full_user(), "created_at": time}, models.User)


def test_the_name_of_an_archived_account() -> None:
    twinoid = models.ShortArchiveUser(type="TwinoidUser", id="1", display_name="Alice")
    dinoparc = models.ShortArchiveUser(type="DinoparcUser", server="dinoparc.com", id="1", username="alice")
    assert (twinoid.name, dinoparc.name) == ("Alice", "alice")
    assert models.ShortArchiveUser(type="NewUser", id=ALICE).name == ""


@pytest.mark.parametrize(
    "part",
    [
        models.AccessToken(token_type="Bearer", access_token="hidden", refresh_token="hidden"),
        models.LoginBody(login="alice", password="hidden"),
        models.Registration(username="alice", display_name="Alice", password="hidden"),
        models.UserPatch(password="hidden"),
    ],
)
def test_secrets_are_not_shown(part: msgspec.Struct) -> None:
    assert type(part).__name__ in repr(part)
    assert "hidden" not in repr(part)
