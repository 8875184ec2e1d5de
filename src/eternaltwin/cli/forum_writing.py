"""The commands that write to the forum: `new`, `reply` and `edit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eternaltwin.cli.callers import signed_in_caller
from eternaltwin.cli.compositions import TextSource, composed, text_options
from eternaltwin.cli.connections import opened
from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.forum_views import post_as_json, thread_as_json
from eternaltwin.cli.options import DocumentedCommand, connection_options, json_option
from eternaltwin.cli.output import print_fields, print_json
from eternaltwin.cli.visible_text import visible
from eternaltwin.exceptions import ConflictError

if TYPE_CHECKING:
    from pathlib import Path

    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.forum import Post

_MARKTWIN = "It is Marktwin: **strong**, _emphasis_, ~~struck~~, [text](https://…), and \\ before a sign to show it."


@click.command(cls=DocumentedCommand)
@click.argument("section", metavar="SECTION")
@click.option("--title", required=True, help="The title of the thread: 2 to 64 characters.")
@text_options
@connection_options
@json_option
def new(
    connection: ChosenConnection, *, section: str, title: str, body: str | None, file: Path | None, is_json: bool
) -> None:
    """Start a thread. SECTION is the key or the id of the section.

    Args:
        connection: The connection to use.
        section: Key or id of the section.
        title: Title of the thread.
        body: Text of the first post, in Marktwin.
        file: File with the text.
        is_json: Whether to print JSON.
    """
    from eternaltwin.forum import Section, Thread

    with opened(connection) as client:
        caller = signed_in_caller(client)
        found = Section.get(section, client, identity=caller)
        notes = (f"The first post of {visible(title)!r} in {visible(found.name)!r}.", _MARKTWIN)
        with composed(TextSource(body, file), *notes) as text:
            created = Thread.create(found, title, text, client, identity=caller)
    if is_json:
        print_json(thread_as_json(created))
        return
    print_fields([("thread", created.identifier), ("title", created.title)])


@click.command(cls=DocumentedCommand)
@click.argument("thread", metavar="THREAD")
@text_options
@connection_options
@json_option
def reply(connection: ChosenConnection, *, thread: str, body: str | None, file: Path | None, is_json: bool) -> None:
    """Add a post to a thread. THREAD is its id or its key.

    Args:
        connection: The connection to use.
        thread: Id or key of the thread.
        body: Text of the post, in Marktwin.
        file: File with the text.
        is_json: Whether to print JSON.
    """
    from eternaltwin.forum import Thread

    with opened(connection) as client:
        caller = signed_in_caller(client)
        found = Thread.get(thread, client, identity=caller)
        with composed(TextSource(body, file), f"A reply to {visible(found.title)!r}.", _MARKTWIN) as text:
            created = found.reply(text, client, identity=caller)
    _print_post(created, is_json=is_json)


@click.command(cls=DocumentedCommand)
@click.argument("post", metavar="POST")
@click.option("--comment", help="Why the post is changed.")
@text_options
@connection_options
@json_option
def edit(
    connection: ChosenConnection,
    *,
    post: str,
    comment: str | None,
    body: str | None,
    file: Path | None,
    is_json: bool,
) -> None:
    """Change the text of a post. POST is its id, which `forum thread` shows.

    Args:
        connection: The connection to use.
        post: Id of the post.
        comment: Why the post is changed.
        body: The new text, in Marktwin.
        file: File with the text.
        is_json: Whether to print JSON.
    """
    from eternaltwin.forum import Post

    with opened(connection) as client:
        caller = signed_in_caller(client)
        found = Post.get(post, client, identity=caller)
        source = found.source(client, identity=caller)
        notes = (f"A post in {visible(found.thread.title)!r}.", _MARKTWIN)
        with composed(TextSource(body, file), *notes, initial=source.content or "") as text:
            try:
                changed = found.edit(text, comment, client, revision=source.last_revision_id, identity=caller)
            except ConflictError:
                raise CommandFailedError(
                    "somebody has changed the post since it was read, so that the text was not sent: it would undo"
                    " their change",
                    f"read it with: eternaltwin forum thread {found.thread.identifier}; then edit the post again",
                ) from None
    _print_post(changed, is_json=is_json)


def _print_post(post: Post, *, is_json: bool) -> None:
    if is_json:
        print_json(post_as_json(post))
        return
    print_fields([("post", post.identifier), ("thread", post.thread.identifier)])
