"""Posts of the forum and their revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import basic, bearer, keeping, session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchanges import Json
    from conformance.steps import Identity, Step

FORUM = "/api/v1/forum"
THREAD = f"{FORUM}/threads/$thread"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ALICE, MODERATOR, BOB, CHARLIE = session("alice"), session("user1"), session("bob"), session("charlie")
CLIENT = basic("python_client@clients", "dev_secret")


def _post(name: str, *by: Identity, body: Json, **keep: str) -> Step:
    return keeping(step(f"forum post {name}", "POST", THREAD, *by, json=body), **keep)


WRITING: Sequence[Step] = (
    _post("as guest", body={"body": "x"}),
    _post("second", ALICE, body={"body": "Second"}, alices="json:id", alices_1="json:revisions.items.0.id"),
    _post("third", BOB, body={"body": "Third"}, bobs="json:id", bobs_1="json:revisions.items.0.id"),
    _post("as moderator", MODERATOR, body={"body": "Fourth"}),
    _post("by basic", basic("bob", "bbbbbbbbbb"), body={"body": "Fifth"}),
    _post("empty body", BOB, body={"body": ""}),
    _post("body null", BOB, body={"body": None}),
    _post("without body", BOB, body={}),
    _post("long body", BOB, body={"body": "word " * 800}),
    _post("guest with bad body", body={}),
    step("forum post not json", "POST", THREAD, BOB, text="{", headers={"Content-Type": "application/json"}),
    step("forum post in malformed thread", "POST", f"{FORUM}/threads/No-Such", BOB, json={"body": "x"}),
    step("forum post as guest in unknown thread", "POST", f"{FORUM}/threads/{UNKNOWN}", json={"body": "x"}),
    *(_post(f"number {number}", CHARLIE, body={"body": f"Number {number}"}) for number in range(1, 8)),
    step("forum thread of many posts", "GET", THREAD),
    step("forum thread of many posts, second page", "GET", f"{THREAD}?offset=10"),
    *(
        step(f"forum thread page {page}", "GET", f"{THREAD}?{page}")
        for page in ("offset=1&limit=2", "limit=0", "limit=100", "offset=50", "offset=-1", "limit=abc")
    ),
    step("forum section after posts", "GET", f"{FORUM}/sections/main_fr?limit=3"),
)


def _edit(name: str, post: str, *by: Identity, revision: str, **body: Json) -> Step:
    full: dict[str, Json] = {"last_revision_id": f"${revision}", "comment": None} | body
    return step(f"forum edit {name}", "PATCH", f"{FORUM}/posts/${post}", *by, json=full)


EDITING: Sequence[Step] = (
    step("forum get post", "GET", f"{FORUM}/posts/$bobs"),
    step("forum get post as author", "GET", f"{FORUM}/posts/$bobs", BOB),
    step("forum get post as moderator", "GET", f"{FORUM}/posts/$bobs", MODERATOR),
    step("forum get post as admin", "GET", f"{FORUM}/posts/$bobs", ALICE),
    step("forum get post by token", "GET", f"{FORUM}/posts/$bobs", bearer("$token")),
    step("forum get post malformed", "GET", f"{FORUM}/posts/abc"),
    step("forum get post source", "GET", f"{FORUM}/posts/$bobs/source"),
    step("forum get post head", "HEAD", f"{FORUM}/posts/$bobs"),
    _edit("as guest", "bobs", revision="bobs_1", content="Edited"),
    _edit("as author", "bobs", BOB, revision="bobs_1", content="Edited"),
    _edit("as other", "bobs", CHARLIE, revision="bobs_1", content="Edited"),
    _edit("as moderator", "bobs", MODERATOR, revision="bobs_1", content="Edited"),
    _edit("as admin", "bobs", ALICE, revision="bobs_1", content="Edited", comment="typo"),
    _edit("removal as author", "bobs", BOB, revision="bobs_1", content=None),
    _edit("moderation as author", "bobs", BOB, revision="bobs_1", moderation="Mind your words"),
    _edit("moderation as other", "bobs", CHARLIE, revision="bobs_1", moderation="Mind your words"),
    _edit("moderation by admin of one's own", "alices", ALICE, revision="alices_1", moderation="**Mine**"),
    step(
        "forum edit without comment",
        "PATCH",
        f"{FORUM}/posts/$bobs",
        BOB,
        json={
            "last_revision_id": "$bobs_1",
            "content": "Third",
        },
    ),
    step("forum edit without revision", "PATCH", f"{FORUM}/posts/$bobs", BOB, json={"content": "x", "comment": None}),
    _edit("empty comment", "bobs", BOB, revision="bobs_1", content="Third", comment=""),
    _edit("comment of one line break", "bobs", BOB, revision="bobs_1", content="Third", comment="\n"),
    _edit("comment is a number", "bobs", BOB, revision="bobs_1", content="Third", comment=1),
    _edit("content is a number", "bobs", BOB, revision="bobs_1", content=1),
    step(
        "forum edit malformed revision",
        "PATCH",
        f"{FORUM}/posts/$bobs",
        BOB,
        json={
            "last_revision_id": "abc",
            "content": "x",
            "comment": None,
        },
    ),
    step("forum edit malformed post", "PATCH", f"{FORUM}/posts/abc", BOB, json={}),
    step("forum edit null", "PATCH", f"{FORUM}/posts/$bobs", BOB, json=None),
    step(
        "forum edit not json",
        "PATCH",
        f"{FORUM}/posts/$bobs",
        BOB,
        text="{",
        headers={
            "Content-Type": "application/json",
        },
    ),
    step("forum edit guest with bad body", "PATCH", f"{FORUM}/posts/$bobs", json={}),
    _edit("same content as author", "bobs", BOB, revision="bobs_1", content="Third", comment="again"),
    _edit("nothing as other", "bobs", CHARLIE, revision="bobs_1"),
    _edit("unknown revision", "bobs", BOB, revision="nosuch", content="Third"),
    _edit(
        "moderation as moderator", "bobs", MODERATOR, revision="bobs_1", moderation="_Mind_ your words", comment="rules"
    ),
    _edit("same moderation as author", "bobs", BOB, revision="bobs_1", moderation="_Mind_ your words"),
    step("forum get post after moderation", "GET", f"{FORUM}/posts/$bobs"),
    _edit("removal as moderator", "bobs", MODERATOR, revision="bobs_1", content=None),
    _edit("restoring as author", "bobs", BOB, revision="bobs_1", content="Third"),
    _edit("moderation taken back as moderator", "bobs", MODERATOR, revision="bobs_1", moderation=None),
    _edit("removal of moderation as admin", "bobs", ALICE, revision="bobs_1", content=None, moderation=None),
    step("forum get post after edits", "GET", f"{FORUM}/posts/$bobs"),
    *(
        step(f"forum post page {page}", "GET", f"{FORUM}/posts/$bobs?{page}")
        for page in ("offset=1&limit=2", "limit=0", "offset=50", "limit=abc")
    ),
    step("forum thread after edits", "GET", f"{THREAD}?limit=3"),
)

#: The same as `EDITING`, in a section without moderators.
UNMODERATED: Sequence[Step] = (
    step(
        "unmoderated thread",
        "POST",
        f"{FORUM}/sections/main_de",
        BOB,
        json={"title": "Hallo", "body": "x"},
        free="json:posts.items.0.id",
        free_1="json:posts.items.0.revisions.last.id",
    ),
    _edit("unmoderated as author", "free", BOB, revision="free_1", content="Edited"),
    _edit("unmoderated removal as author", "free", BOB, revision="free_1", content=None),
    _edit("unmoderated removal as other", "free", CHARLIE, revision="free_1", content=None),
    _edit("unmoderated moderation as author", "free", BOB, revision="free_1", moderation="Mine"),
    _edit("unmoderated moderation as other", "free", CHARLIE, revision="free_1", moderation="Mine"),
    _edit("unmoderated moderation null as author", "free", BOB, revision="free_1", moderation=None),
    _edit("unmoderated same content as author", "free", BOB, revision="free_1", content="x", comment="again"),
    _edit("unmoderated same content as other", "free", CHARLIE, revision="free_1", content="x"),
    _edit("unmoderated unknown revision", "free", BOB, revision="nosuch", content="x"),
    _edit("unmoderated moderation as admin", "free", ALICE, revision="free_1", moderation="**No**", comment="rules"),
    _edit("unmoderated same moderation as author", "free", BOB, revision="free_1", moderation="**No**"),
    _edit("unmoderated moderation taken back as author", "free", BOB, revision="free_1", moderation=None),
    _edit("unmoderated removal as admin", "free", ALICE, revision="free_1", content=None),
    _edit("unmoderated removal of the removed as author", "free", BOB, revision="free_1", content=None),
    _edit("unmoderated restoring as admin", "free", ALICE, revision="free_1", content="x"),
    step("unmoderated post after edits", "GET", f"{FORUM}/posts/$free"),
    step("unmoderated section after edits", "GET", f"{FORUM}/sections/main_de"),
)

#: The memory store of the official server drops the connection; after some of these, also all later connections.
UNKNOWN_THINGS: Sequence[Step] = (
    step("forum get post unknown", "GET", f"{FORUM}/posts/{UNKNOWN}"),
    step("forum get thread unknown key", "GET", f"{FORUM}/threads/nosuch"),
    step(
        "forum edit unknown post",
        "PATCH",
        f"{FORUM}/posts/{UNKNOWN}",
        BOB,
        json={
            "last_revision_id": UNKNOWN,
            "content": "x",
            "comment": None,
        },
    ),
    _post("by token", bearer("$token"), body={"body": "x"}),
    _post("by client", CLIENT, body={"body": "x"}),
    _edit("by token", "bobs", bearer("$token"), revision="bobs_1", content="Edited"),
    step("forum still responds", "GET", f"{FORUM}/threads/$second_thread"),
)

#: Each of these requires its own server: the forum of the official server does not work afterwards.
FATAL: Sequence[Step] = (
    step("forum post in unknown thread", "POST", f"{FORUM}/threads/{UNKNOWN}", BOB, json={"body": "x"}),
    step(
        "forum thread in unknown section", "POST", f"{FORUM}/sections/nosuch", BOB, json={"title": "Hello", "body": "x"}
    ),
    step(
        "forum add moderator in unknown section",
        "POST",
        f"{FORUM}/sections/nosuch/role_grants",
        ALICE,
        json={
            "type": "User",
            "id": "$bob",
        },
    ),
)

STEPS: Sequence[Step] = (*WRITING, *EDITING, *UNMODERATED)
LAST: Sequence[Step] = (*UNKNOWN_THINGS, *FATAL)
