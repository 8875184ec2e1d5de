"""The commands that read and write the forum."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.forum import Post, Section, Thread
from eternaltwin.identities import Session
from eternaltwin.users import User
from tests.support.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.command_servers import CommandServer
    from tests.support.commands import Done
    from tests.support.keyrings import MemoryKeyring

EVIL = "**Hello** \x1b]0;owned\x07\x9b2J\u202egnp [docs](https://docs.example/)"


OWN_SECTION = ["can_create_thread"]


class Forum(NamedTuple):
    """A server with a thread of seven posts, and the token of alice, who may write."""

    server: DevServer
    client: Eternaltwin
    thread: Thread
    token: str


@pytest.fixture(scope="module")
def forum() -> Iterator[Forum]:
    config = {"frontend": {"forum_posts_per_page": 3, "forum_threads_per_page": 2}}
    with DevServer(config) as server, Eternaltwin(**server.connection_settings("kingdom_dev@clients")) as client:
        writer = alice(client)
        thread = Thread.create("main_en", "Patch notes", EVIL, client, identity=writer)
        for number in range(6):
            thread.reply(f"Reply {number}", identity=writer)
        for number in range(2):
            Thread.create("main_en", f"Thread {number}", "x", client, identity=writer)
        yield Forum(server, client, thread, token_of_alice(server, client, "base forum:write"))


def token_of_alice(server: DevServer, client: Eternaltwin, scope: str = "base") -> str:
    user = User.from_authorization_code(*server.authorization_code("alice", client, scope=scope), using=client)
    assert user.token
    return user.token.access_token


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use folders of the test, and return that of drafts."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "eternaltwin" / "drafts"


def run(forum: Forum, *arguments: str, typed: str | bytes = "", token: str | None = None) -> Done:
    return run_command(
        "forum", *arguments, "--url", forum.server.url, typed=typed, environment={"ETERNALTWIN_TOKEN": token}
    )


@pytest.fixture
def topic(forum: Forum) -> Thread:
    """A thread with one post of alice, for one test."""
    return Thread.create("main_de", "A topic", "First", forum.client, identity=alice(forum.client))


def alice(client: Eternaltwin) -> Session:
    return Session.login("alice", "aaaaaaaaaa", client)


def only_post(thread: Thread) -> Post:
    (post,) = thread.posts()
    return post


# --- reading


def test_sections_are_listed(forum: Forum) -> None:
    done = run(forum, "sections")
    assert (done.status, done.errors) == (0, "")
    assert re.search(r"^main_en +.* +en-US +\d+ *$", done.output, re.MULTILINE)
    listing = run(forum, "sections", "--json").json()
    assert listing["count"] == len(listing["items"]) > 3
    section = next(each for each in listing["items"] if each["key"] == "main_en")
    assert list(section) == ["identifier", "key", "name", "created_at", "locale", "thread_count", "roles", *OWN_SECTION]


def test_a_section_is_read_page_by_page(forum: Forum) -> None:
    done = run(forum, "section", "main_en")
    assert done.errors == "eternaltwin: page 1 of 2; next: --page 2\n"
    assert "Thread 1" in done.output
    assert "Patch notes" not in done.output
    second = run(forum, "section", "main_en", "--page", "2")
    assert second.errors == "eternaltwin: page 2 of 2\n"
    assert re.search(rf"^{forum.thread.identifier} +Patch notes +\d+ +\d", second.output, re.MULTILINE)
    beyond = run(forum, "section", "main_en", "--page", "9", "--per-page", "50")
    assert beyond.errors == "eternaltwin: page 9 of 1\n"
    found = run(forum, "section", "main_en", "--json", "--per-page", "1").json()
    assert found["key"] == "main_en"
    assert {**found["threads"], "items": len(found["threads"]["items"])} == {
        "offset": 0,
        "limit": 1,
        "count": 3,
        "items": 1,
    }


@pytest.mark.parametrize("command", ["thread", "read"])
def test_a_thread_is_read_with_authors_times_and_pages_and_controls_no_terminal(forum: Forum, command: str) -> None:
    done = run(forum, command, forum.thread.identifier)
    assert done.status == 0
    assert re.match(
        r"Patch notes\n\nAlice, \d{4}-\d\d-\d\d \d\d:\d\d UTC  [0-9a-f-]{36}\nHello .*docs\[1\]\n", done.output
    )
    assert "[1] https://docs.example/\n" in done.output
    assert not set("\x1b\x07\x9b\u202e") & set(done.output)
    assert "Reply 1" in done.output
    assert "Reply 2" not in done.output
    assert re.fullmatch(r"eternaltwin: page 1 of \d; next: --page 2\n", done.errors)


def test_all_posts_of_a_thread_are_read_at_once(forum: Forum) -> None:
    done = run(forum, "thread", forum.thread.identifier, "--all")
    assert [f"Reply {number}\n" in done.output for number in range(6)] == [True] * 6
    assert done.errors == ""
    posts = run(forum, "thread", forum.thread.identifier, "--all", "--json").json()["posts"]
    assert posts["count"] == len(posts["items"]) >= 7


def test_posts_have_a_stable_shape_as_json(forum: Forum) -> None:
    done = run(forum, "thread", forum.thread.identifier, "--json")
    found = done.json()
    assert not set("\x07\x9b\u202e") & set(done.output)
    assert list(found["posts"]) == ["offset", "limit", "count", "items"]
    (first, *_) = found["posts"]["items"]
    assert first["author"] == {"identifier": first["author"]["identifier"], "username": "Alice"}
    assert first["body"]["marktwin"] == EVIL
    assert first["thread"] == {"identifier": forum.thread.identifier, "title": "Patch notes"}
    assert list(first) == [
        "identifier",
        "created_at",
        "author",
        "author_role",
        "author_game",
        "body",
        "moderation",
        "revision",
        "revised_at",
        "revision_count",
        "can_edit",
        "thread",
    ]


def test_an_unknown_thread_is_a_failure(forum: Forum) -> None:
    done = run(forum, "thread", "no_such_thread", "--json")
    assert done.status == 1
    assert done.json()["error"]["type"] == "NotFoundError"


# --- writing


@pytest.mark.parametrize("arguments", [["new", "main_en", "--title", "Hi"], ["reply", "x"], ["edit", "x"]])
def test_writing_needs_somebody_who_is_signed_in(forum: Forum, arguments: list[str]) -> None:
    done = run(forum, *arguments, "--body", "x")
    assert done.status == 4
    assert done.errors == (
        f"eternaltwin: nobody is signed in to {forum.server.url}/\nnext: sign in with: eternaltwin login\n"
    )


def test_a_person_who_has_signed_in_writes_with_what_was_kept(commands: CommandServer) -> None:
    assert commands.sign_in().status == 0
    done = commands.run("forum", "new", "main_en", "--title", "By session", "--body", "x", "--json")
    assert (done.status, done.json()["title"]) == (0, "By session")


def test_a_thread_is_started(forum: Forum, tmp_path: Path, folders: Path) -> None:
    file = tmp_path / "post.md"
    file.write_text("\ufeffFrom a **file**\n", encoding="utf-8")
    done = run(forum, "new", "main_fr", "--title", "A title", "--file", str(file), token=forum.token)
    assert done.status == 0
    (thread,) = Section.get("main_fr", forum.client).threads()
    assert thread.identifier in done.output
    body = only_post(thread).body
    assert body
    assert body.marktwin == "From a **file**"
    assert list(folders.iterdir()) == []
    created = run(forum, "new", "main_de", "--title", "B title", "--body", "x", "--json", token=forum.token).json()
    assert created["title"] == "B title"


@pytest.mark.parametrize("arguments", [["--body", "Said"], []])
def test_a_reply_comes_from_an_option_or_from_standard_input(forum: Forum, topic: Thread, arguments: list[str]) -> None:
    done = run(forum, "reply", topic.identifier, *arguments, "--json", typed="Said\n", token=forum.token)
    assert done.json()["body"]["marktwin"] == "Said"


def test_an_empty_text_cancels(forum: Forum, topic: Thread, folders: Path) -> None:
    done = run(forum, "reply", topic.identifier, typed=" \n", token=forum.token)
    assert (done.status, done.errors) == (1, "eternaltwin: the text is empty, so nothing was sent\n")
    assert list(folders.iterdir()) == []


def test_a_text_has_one_source_which_can_be_read(forum: Forum, topic: Thread, tmp_path: Path) -> None:
    file = tmp_path / "latin.md"
    file.write_bytes(b"\xff")
    both = run(forum, "reply", topic.identifier, "--body", "x", "--file", str(file), token=forum.token)
    assert (both.status, "give --body or --file, not both" in both.errors) == (2, True)
    wrong = run(forum, "reply", topic.identifier, "--file", str(file), token=forum.token)
    assert (wrong.status, "is not UTF-8" in wrong.errors) == (2, True)
    missing = run(forum, "reply", topic.identifier, "--file", str(tmp_path / "missing"), token=forum.token)
    assert (missing.status, "missing cannot be read: No such file" in missing.errors) == (2, True)
    piped = run(forum, "reply", topic.identifier, typed=b"\xff", token=forum.token)
    assert (piped.status, "standard input is not UTF-8" in piped.errors) == (2, True)


def test_a_text_that_could_not_be_sent_is_kept_in_a_file_whose_name_is_printed(forum: Forum, folders: Path) -> None:
    done = run(forum, "new", "main_en", "--title", " ", typed="Precious\n", token=forum.token)
    assert done.status == 2
    (kept,) = folders.iterdir()
    assert done.errors.startswith(f"eternaltwin: the text is kept: send it with --file {kept}\n")
    assert kept.read_text() == "Precious\n"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_text_is_kept_when_sending_it_is_interrupted(
    forum: Forum, topic: Thread, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Thread, "reply", reply)
    done = run(forum, "reply", topic.identifier, "--body", "Precious", token=forum.token)
    (kept,) = folders.iterdir()
    assert (done.status, kept.read_text()) == (130, "Precious")
    assert str(kept) in done.errors


def test_a_post_is_changed_with_the_reason(forum: Forum, topic: Thread) -> None:
    post = only_post(topic)
    done = run(forum, "edit", post.identifier, "--body", "Better", "--comment", "typo", token=forum.token)
    assert (done.status, post.identifier in done.output) == (0, True)
    changed = Post.get(post.identifier, forum.client)
    assert changed.body
    assert (changed.body.marktwin, changed.last_revision.comment) == ("Better", "typo")
    same = run(forum, "edit", post.identifier, "--body", "Better", token=forum.token)
    assert (same.status, same.errors) == (1, "eternaltwin: the text was not changed, so nothing was sent\n")
    assert ", edited " in run(forum, "thread", topic.identifier, "--all").output


def test_a_conflict_is_explained_and_the_text_is_kept(
    forum: Forum, topic: Thread, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = only_post(topic)
    edit = Post.edit

    def edit_after_somebody_else(self: Post, *arguments: Any, **names: Any) -> Post:
        edit(self, "Theirs", identity=alice(forum.client))
        return edit(self, *arguments, **names)

    monkeypatch.setattr(Post, "edit", edit_after_somebody_else)
    done = run(forum, "edit", post.identifier, "--body", "Mine", token=forum.token)
    (kept,) = folders.iterdir()
    assert done.status == 1
    assert done.errors == (
        f"eternaltwin: the text is kept: send it with --file {kept}\n"
        "eternaltwin: somebody has changed the post since it was read, so that the text was not sent: it would undo"
        " their change\n"
        f"next: read it with: eternaltwin forum thread {topic.identifier}; then edit the post again\n"
    )


def test_the_released_server_cannot_change_posts(forum: Forum) -> None:
    with (
        DevServer(api_version="0.16.4") as server,
        Eternaltwin(**server.connection_settings("kingdom_dev@clients")) as client,
    ):
        thread = Thread.create("main_en", "Patch notes", "x", client, identity=alice(client))
        token = token_of_alice(server, client)
        done = run(forum._replace(server=server), "edit", only_post(thread).identifier, "--body", "y", token=token)
    assert done.status == 1
    assert "0.16.4" in done.errors


def test_removed_posts_and_remarks_of_moderators_are_shown(forum: Forum, topic: Thread) -> None:
    only_post(topic).edit(None, moderation="Off **topic**", identity=alice(forum.client))
    done = run(forum, "thread", topic.identifier)
    assert "\n(removed by a moderator)\nModerators: Off topic\n" in done.output


# --- as whom


def test_the_forum_is_read_as_who_is_signed_in_and_else_as_a_guest(forum: Forum, topic: Thread) -> None:
    for token, may in ((forum.token, True), (None, False)):
        section = run(forum, "section", "main_de", "--json", token=token).json()
        listed = next(each for each in section["threads"]["items"] if each["identifier"] == topic.identifier)
        assert (section["can_create_thread"], listed["can_post"]) == (may, may)
        for options in ((), ("--all",)):
            thread = run(forum, "thread", topic.identifier, "--json", *options, token=token).json()
            assert (thread["can_post"], thread["posts"]["items"][0]["can_edit"]) == (may, may)


def test_unread_threads_are_marked(forum: Forum, topic: Thread) -> None:
    bob = Session(forum.server.login("bob"))
    topic.reply("News", forum.client, identity=bob)
    assert "A topic (unread)" in run(forum, "section", "main_de", token=forum.token).output
    assert "(unread)" not in run(forum, "section", "main_de").output


def test_a_keyring_that_does_not_work_makes_a_reader_a_guest(
    commands: CommandServer, memory_keyring: MemoryKeyring
) -> None:
    commands.sign_in()
    memory_keyring.is_locked = True
    done = commands.run("forum", "sections")
    assert done.status == 0
    assert done.errors == "eternaltwin: this is what guests see, since the keyring does not work (KeyringLocked)\n"
