"""The commands that read the forum: `sections`, `section`, `thread` and `read`."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from eternaltwin.cli.callers import reading_caller
from eternaltwin.cli.connections import opened
from eternaltwin.cli.forum_views import (
    PostStyle,
    page_as_json,
    post_as_json,
    post_lines,
    section_as_json,
    shown_time,
    thread_as_json,
    thread_heading,
)
from eternaltwin.cli.options import DocumentedCommand, connection_options, json_option
from eternaltwin.cli.output import note, print_json, print_table
from eternaltwin.cli.request_printer import wants_color
from eternaltwin.cli.terminals import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.forum import ListPage, Post, Thread

Item = TypeVar("Item")

#: Columns of text where there is no terminal.
_WIDTH_OF_FILES = 80

_PAGE = click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Number of the page.")
_PER_PAGE = click.option("--per-page", type=click.IntRange(1, 1000), help="Length of a page.  [default: the server's]")


@click.command(cls=DocumentedCommand)
@connection_options
@json_option
def sections(connection: ChosenConnection, *, is_json: bool) -> None:
    """List all sections.

    Args:
        connection: The connection to use.
        is_json: Whether to print JSON.
    """
    from eternaltwin.forum import Section

    with opened(connection) as client:
        found = Section.list(client, identity=reading_caller(client))
    if is_json:
        print_json({"items": [section_as_json(each) for each in found], "count": len(found)})
        return
    rows = [(each.key or each.identifier, each.name, each.locale, each.thread_count) for each in found]
    print_table(("section", "name", "language", "threads"), rows)


@click.command(cls=DocumentedCommand)
@click.argument("section", metavar="SECTION")
@_PAGE
@_PER_PAGE
@connection_options
@json_option
def section(connection: ChosenConnection, *, section: str, page: int, per_page: int | None, is_json: bool) -> None:
    """List the threads of a section. SECTION is its key or its id.

    Args:
        connection: The connection to use.
        section: Key or id of the section.
        page: Number of the page, from 1.
        per_page: Length of a page. None means the server's.
        is_json: Whether to print JSON.
    """
    from eternaltwin.forum import Section

    with opened(connection) as client:
        caller = reading_caller(client)
        found = Section.get(section, client, identity=caller)
        threads = _page(partial(found.threads, identity=caller), page, per_page)
    if is_json:
        items = [thread_as_json(each) for each in threads]
        print_json({**section_as_json(found), "threads": page_as_json(threads, items)})
        return
    rows = [(each.identifier, thread_heading(each), each.post_count, shown_time(each.created_at)) for each in threads]
    print_table(("thread", "title", "posts", "started"), rows)
    _note_pages(threads, page)


@click.command(cls=DocumentedCommand)
@click.argument("thread", metavar="THREAD")
@_PAGE
@_PER_PAGE
@click.option("--all", "reads_all", is_flag=True, help="Show all posts, and not only one page.")
@click.option("--spoilers", is_flag=True, help="Show what spoilers hide.")
@connection_options
@json_option
def thread(
    connection: ChosenConnection,
    *,
    thread: str,
    page: int,
    per_page: int | None,
    reads_all: bool,
    spoilers: bool,
    is_json: bool,
) -> None:
    """Show the posts of a thread. THREAD is its id or its key.

    Args:
        connection: The connection to use.
        thread: Id or key of the thread.
        page: Number of the page, from 1.
        per_page: Length of a page. None means the server's.
        reads_all: Whether to show all posts.
        spoilers: Whether to show what spoilers hide.
        is_json: Whether to print JSON.
    """
    from eternaltwin.forum import Thread

    with opened(connection) as client:
        caller = reading_caller(client)
        found = Thread.get(thread, client, identity=caller)
        if reads_all:
            posts_of_all = _counted(found.iterate_posts(per_page, identity=caller), found)
            _show_all(found, posts_of_all, _style(spoilers=spoilers), is_json=is_json)
            return
        posts = _page(partial(found.posts, identity=caller), page, per_page)
    if is_json:
        print_json({**thread_as_json(found), "posts": page_as_json(posts, [post_as_json(each) for each in posts])})
        return
    _show(found, posts, _style(spoilers=spoilers))
    _note_pages(posts, page)


def _show_all(thread: Thread, posts: Iterator[Post], style: PostStyle, *, is_json: bool) -> None:
    """Show all posts, each as soon as it was read; JSON in the end."""
    if is_json:
        items = [post_as_json(each) for each in posts]
        print_json({**thread_as_json(thread), "posts": {"count": len(items), "items": items}})
        return
    _show(thread, posts, style)


def _counted(posts: Iterator[Post], thread: Thread) -> Iterator[Post]:
    """Yield the posts, and show how many were read unless they are shown in the terminal themselves."""
    if sys.stdout.isatty():
        yield from posts
        return
    with progress("Reading posts", is_printing=True) as show:
        for number, post in enumerate(posts, 1):
            show(number, thread.post_count)
            yield post


def _show(thread: Thread, posts: Iterator[Post] | ListPage[Post], style: PostStyle) -> None:
    click.echo(f"{thread_heading(thread)}\n")
    for post in posts:
        click.echo("\n".join(post_lines(post, style)))


def _style(*, spoilers: bool) -> PostStyle:
    width = shutil.get_terminal_size((_WIDTH_OF_FILES, 24)).columns if sys.stdout.isatty() else _WIDTH_OF_FILES
    return PostStyle(width, wants_color(sys.stdout), spoilers)


def _page(read: Callable[[int, int | None], ListPage[Item]], number: int, length: int | None) -> ListPage[Item]:
    """Read a page by its number. Without a length, that of the first page is the server's."""
    if number > 1 and length is None:
        length = read(0, None).limit
    return read((number - 1) * (length or 0), length)


def _note_pages(page: ListPage[Thread] | ListPage[Post], number: int) -> None:
    last = max(-(-page.total // page.limit), 1) if page.limit else 1
    following = f"; next: --page {number + 1}" if page.has_next and number < last else ""
    note(f"page {number} of {last}{following}")
